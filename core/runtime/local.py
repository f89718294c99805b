"""`LocalRuntime`: every node in a thread of this process. Needs no Ray; same semantics."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wugan.errors import RuntimeFailure
from wugan.packet import Packet
from wugan.runtime.link import Closed, Inbox, Link, Message
from wugan.runtime.meter import Meter
from wugan.runtime.operators import operator
from wugan.runtime.running import Running, letters
from wugan.runtime.source_worker import SourceWorker
from wugan.runtime.stage_worker import StageWorker
from wugan.runtime.worker import Worker

if TYPE_CHECKING:
    from wugan.pipeline import Pipeline

GRACE_S = 2.0  # how long a cancelled stage may take to come back


class LocalOutput:
    """Puts messages straight into the readers' links.

    Args:
        meter: the writer's counters, which say when it waits for room and for whom.
    """

    def __init__(self, meter: Meter | None = None) -> None:
        self.links: dict[str, Link] = {}
        self.meter = meter or Meter()
        self._next_seq = 0

    def send(self, message: Message, to: str | None = None) -> None:
        """See `Output.send`."""
        if not self.links:
            return
        for number, (name, link) in enumerate(list(self.links.items()), 1):
            if to is not None and name != to:
                continue
            try:
                if isinstance(message, Packet):
                    self._put(number, link, message)
                else:
                    link.put(message)
            except Closed:
                del self.links[name]
        if isinstance(message, Packet):
            self._next_seq = message.seq + 1
        if not self.links:
            raise Closed

    def _put(self, number: int, link: Link, packet: Packet[Any]) -> None:
        if not link.full(packet):
            link.put(packet)
            return
        self.meter.set("blocked_on", number)
        self.meter.set("blocked_since_ns", time.monotonic_ns())
        try:
            link.put(packet)
        finally:
            self.meter.set("blocked_since_ns", 0)
            self.meter.set("blocked_on", 0)

    def next_seq(self) -> int:
        """See `Output.next_seq`."""
        return self._next_seq

    def close(self) -> None:
        """Wake a writer that waits for room."""
        for link in list(self.links.values()):
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
        meters = {name: Meter() for name in pipeline.nodes}
        outputs = {name: LocalOutput(meters[name]) for name in pipeline.nodes}
        self.workers: dict[str, Worker] = {}
        for node in pipeline.nodes.values():
            if node.ports.kind == "source":
                self.workers[node.name] = SourceWorker(
                    node.name, node.component, outputs[node.name], kept, meters[node.name]
                )
                continue
            inbox = Inbox(dict.fromkeys(node.inputs, node.link))
            for upstream in node.inputs:
                outputs[upstream].links[node.name] = inbox.links[upstream]
            made = operator(node.name, node.component, node.inputs)
            self.workers[node.name] = StageWorker(node.name, made, inbox, outputs[node.name], kept, meters[node.name])
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
