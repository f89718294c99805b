"""`LocalRuntime`: every node in a thread of this process. Needs no Ray; same semantics."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wugan.errors import RuntimeFailure
from wugan.runtime.link import Closed, Inbox, Link, Message
from wugan.runtime.operators import operator
from wugan.runtime.running import Running, letters
from wugan.runtime.worker import SourceWorker, StageWorker, Worker

if TYPE_CHECKING:
    from wugan.pipeline import Pipeline

GRACE_S = 2.0  # how long a cancelled stage may take to come back


class LocalOutput:
    """Puts messages straight into the readers' links."""

    def __init__(self) -> None:
        self.links: list[Link] = []

    def send(self, message: Message) -> None:
        """Deliver to every reader; raises `Closed` once every one is gone."""
        if not self.links:
            return
        for link in list(self.links):
            try:
                link.put(message)
            except Closed:
                self.links.remove(link)
        if not self.links:
            raise Closed

    def close(self) -> None:
        """Wake a writer that waits for room."""
        for link in list(self.links):
            link.close()


class LocalRuntime:
    """Executes a pipeline in threads."""

    def start(self, pipeline: Pipeline, dead_letters: Path) -> LocalRunning:
        """See `Runtime.start`."""
        return LocalRunning(pipeline, dead_letters)


class LocalRunning(Running):
    """A pipeline that runs in threads."""

    def __init__(self, pipeline: Pipeline, dead_letters: Path) -> None:
        super().__init__(pipeline, dead_letters)
        kept = letters(dead_letters)
        outputs = {name: LocalOutput() for name in pipeline.nodes}
        self.workers: dict[str, Worker] = {}
        for node in pipeline.nodes.values():
            if node.ports.kind == "source":
                self.workers[node.name] = SourceWorker(node.name, node.component, outputs[node.name], kept)
                continue
            inbox = Inbox(dict.fromkeys(node.inputs, node.link))
            for upstream in node.inputs:
                outputs[upstream].links.append(inbox.links[upstream])
            made = operator(node.name, node.component, node.inputs)
            self.workers[node.name] = StageWorker(node.name, made, inbox, outputs[node.name], kept)
        self._start()

    def _start(self) -> None:
        stages = [worker for worker in self.workers.values() if isinstance(worker, StageWorker)]
        sources = [worker for worker in self.workers.values() if isinstance(worker, SourceWorker)]
        try:
            for worker in [*stages, *sources]:  # sources last, so that live data does not wait for models
                worker.warm_up()
            if errors := self.errors():
                raise RuntimeFailure(f"pipeline {self.pipeline.name!r}: " + "; ".join(errors))
        except BaseException:
            for worker in self.workers.values():
                worker.cancel()
            raise
        for worker in [*stages, *sources]:
            worker.start()

    def _ended(self, timeout: float) -> bool:
        deadline = time.monotonic() + timeout
        return all(worker.done.wait(max(0.0, deadline - time.monotonic())) for worker in self.workers.values())

    def errors(self) -> list[str]:
        return [worker.error for worker in self.workers.values() if worker.error]

    def stop(self) -> None:
        for worker in self.workers.values():
            worker.stop()

    def cancel(self) -> None:
        if self._ended(0):
            return
        for worker in self.workers.values():
            worker.cancel()
        self._ended(GRACE_S)  # what still runs then is in a daemon thread and cannot keep the process

    def interrupt(self) -> None:
        for worker in self.workers.values():
            worker.interrupt()

    def stats(self) -> dict[str, dict[str, Any]]:
        return {name: worker.stats() for name, worker in self.workers.items()}
