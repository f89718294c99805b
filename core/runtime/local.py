"""`LocalRuntime`: every node in a thread of this process. Needs no Ray; same semantics."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wugan.duration import to_ns
from wugan.errors import PipelineError, RuntimeFailure
from wugan.packet import Packet
from wugan.runtime.links.memory import Closed, Inbox, Link, Message
from wugan.runtime.links.payload import decode, encode
from wugan.runtime.node.meter import LOOK_S, Meter, Stalls
from wugan.runtime.node.source import SourceWorker
from wugan.runtime.node.stage import StageWorker
from wugan.runtime.node.worker import Worker
from wugan.runtime.plan import Planned, plan
from wugan.runtime.running import Running, letters

if TYPE_CHECKING:
    from wugan.pipeline import Pipeline

GRACE_S = 2.0  # how long a cancelled stage may take to come back


class LocalOutput:
    """Puts messages straight into the readers' links.

    Args:
        meter: the writer's counters, which say when it waits for room and for whom.
        private: readers that get only packets that are sent `to` them.
    """

    def __init__(self, meter: Meter | None = None, private: Sequence[str] = ()) -> None:
        self.links: dict[str, Link] = {}
        self.private = frozenset(private)
        self.readers: list[str] = []
        self.meter = meter or Meter()
        self._next_seq = 0

    def connect(self, reader: str, link: Link) -> None:
        """Add a reader by its node's name."""
        self.readers.append(reader)
        self.links[reader] = link

    def send(self, message: Message, to: str | None = None) -> None:
        """See `Output.send`."""
        if not self.links:
            return
        left = False
        for name, link in list(self.links.items()):
            if name != to if to is not None else isinstance(message, Packet) and name in self.private:
                continue
            try:
                if isinstance(message, Packet):
                    self._put(name, link, message)
                else:
                    link.put(message)
            except Closed:
                del self.links[name]
                left = left or name not in self.private
        if isinstance(message, Packet):
            self._next_seq = message.seq + 1
        if left and not self.links.keys() - self.private:
            raise Closed

    def _put(self, name: str, link: Link, packet: Packet[Any]) -> None:
        if not link.full(packet):
            link.put(packet)
            return
        self.meter.set("blocked_on", self.readers.index(name) + 1)
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


def _copied(planned: Planned) -> Planned:
    """A replica with a component of its own, as an actor would get it. Raises `PipelineError` where it cannot be."""
    try:
        pickled, buffers = encode(planned)
        copied: Planned = decode(pickled, [bytearray(buffer) for buffer in buffers])
    except Exception as error:
        raise PipelineError(
            f"node {planned.node.name!r} cannot be copied for its replicas: {str(error).splitlines()[0]} "
            "Keep what cannot be pickled (locks, sockets, models) out of __init__; warm_up() may make it"
        ) from error
    return copied


def _check_places(pipeline: Pipeline) -> None:
    """Refuse what this machine does not have; labels and custom resources name machines of a cluster, and are left out.

    Raises:
        PipelineError: names the node and the field.
    """
    for node in pipeline.nodes.values():
        place = node.options.place
        if place is None:
            continue
        if place.num_cpus > (cpus := os.cpu_count() or 1):
            raise PipelineError(f"node {node.name!r}: place.num_cpus={place.num_cpus:g}, but this machine has {cpus}")
        if place.num_gpus > (gpus := _gpus()):
            raise PipelineError(
                f"node {node.name!r}: place.num_gpus={place.num_gpus:g}, but this machine has {gpus}: leave it out to "
                "run on the CPU, or run it on a Ray cluster that has one"
            )


def _gpus() -> int:
    import torch

    return torch.accelerator.device_count() if torch.accelerator.is_available() else 0


class LocalRuntime:
    """Executes a pipeline in threads.

    Args:
        stall_after: how long a stage may work on one packet before the log names it.
    """

    def __init__(self, stall_after: str | float = "5s") -> None:
        self.stall_after_s = to_ns(stall_after) / 1e9

    def start(self, pipeline: Pipeline, dead_letters: Path) -> LocalRunning:
        """See `Runtime.start`."""
        _check_places(pipeline)
        return LocalRunning(pipeline, dead_letters, self)


class LocalRunning(Running):
    """A pipeline that runs in threads."""

    def __init__(self, pipeline: Pipeline, dead_letters: Path, runtime: LocalRuntime) -> None:
        super().__init__(pipeline, dead_letters)
        self._stalls = Stalls(runtime.stall_after_s)
        kept = letters(dead_letters)
        self.planned = {planned.name: planned for planned in plan(pipeline)}
        meters = {name: Meter() for name in self.planned}
        outputs = {name: LocalOutput(meters[name], planned.private) for name, planned in self.planned.items()}
        inboxes = {name: Inbox(planned.inputs) for name, planned in self.planned.items()}
        self.workers: dict[str, Worker] = {}
        for name, planned in self.planned.items():
            output, meter, node = outputs[name], meters[name], planned.node
            for reader in planned.readers:
                output.connect(reader, inboxes[reader].links[name])
            if planned.inputs:
                made = (_copied(planned) if planned.role == "replica" else planned).operator()
                share = 1.0 if planned.role == "replica" else node.options.max_failed_share  # the coordinator judges
                self.workers[name] = StageWorker(name, made, inboxes[name], output, kept, meter, share)
            else:
                latency_ns = to_ns(node.options.latency)
                share, restart = node.options.max_failed_share, node.options.restart
                self.workers[name] = SourceWorker(name, node.component, output, kept, meter, latency_ns, restart, share)
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
            self.cancel()
            raise
        for worker in [*stages, *sources]:
            worker.start()
        threading.Thread(target=self._watch, name="wugan-stalls", daemon=True).start()

    def _watch(self) -> None:
        stopped = False
        while not self._ended(LOOK_S):
            running = {name: worker.meter for name, worker in self.workers.items() if not worker.done.is_set()}
            self._stalls.look(running)
            if not stopped and any(w.error and isinstance(w, StageWorker) for w in self.workers.values()):
                stopped = True
                self.stop()  # a stage cannot go on, and the sources need not end by themselves

    def _ended(self, timeout: float) -> bool:
        deadline = time.monotonic() + timeout
        return all(worker.done.wait(max(0.0, deadline - time.monotonic())) for worker in self.workers.values())

    def errors(self) -> list[str]:
        return [worker.error for worker in self.workers.values() if worker.error]

    def stop(self) -> None:
        for worker in self.workers.values():
            worker.stop()

    def cancel(self) -> None:
        self.withdraw()
        if not self._ended(0):
            for worker in self.workers.values():
                worker.cancel()
            self._ended(GRACE_S)  # what still runs then is in a daemon thread and cannot keep the process
        self._finish()

    def _finish(self) -> None:
        if torch := sys.modules.get("torch"):
            # The workers have set their own threads to one, and with that the number that later threads begin with; it
            # is to be this thread's again, which nobody has touched.
            torch.set_num_threads(torch.get_num_threads())

    def interrupt(self, *nodes: str) -> None:
        names = self._workers(nodes)
        self._stalls.interrupted(names)
        for name, worker in self.workers.items():
            if names is None or name in names:
                worker.interrupt()

    def reader(self, name: str, number: int) -> str | None:
        return self.planned[name].readers[number - 1] if number else None

    def stats(self) -> dict[str, dict[str, Any]]:
        return {
            name: {**worker.stats(), "blocked_on": self.reader(name, worker.meter.get("blocked_on"))}
            for name, worker in self.workers.items()
        }
