"""`StageActor`: the body of one Ray actor, which runs one node. Plain Python; `ray.py` makes it an actor."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wugan import buffers, clock
from wugan.duration import to_ns
from wugan.options import LinkConfig
from wugan.runtime.letters import DeadLetters
from wugan.runtime.links.inbox import Outlet, RingInbox, RingOutput
from wugan.runtime.links.ring import MADE, NodeFile
from wugan.runtime.links.slots import Slots
from wugan.runtime.node.source import SourceWorker
from wugan.runtime.node.stage import StageWorker
from wugan.runtime.node.worker import Worker

if TYPE_CHECKING:
    from wugan.runtime.plan import Planned

BEAT_S = 0.05


@dataclass(frozen=True, slots=True)
class Reader:
    """Where a node's packets go on this machine.

    Attributes:
        name: the reader's name.
        index: the number of its file.
        port: the port that they go to.
        links: configuration of all its ports.
    """

    name: str
    index: int
    port: str
    links: Mapping[str, LinkConfig]


@dataclass(frozen=True, slots=True)
class Wiring:
    """What a node must know of the run's shared files.

    Attributes:
        prefix: start of the run's file names on this machine.
        index: number of the node's file.
        nodes: how many nodes the run has.
        passes: see `Slots`.
        links: configuration of its ports.
        readers: where its packets go.
    """

    prefix: str
    index: int
    nodes: int
    passes: int
    links: Mapping[str, LinkConfig]
    readers: tuple[Reader, ...]


class StageActor:
    """One node, in a process of its own or (a sink that is a function) in the driver's.

    Args:
        planned: what to run; a spare has nothing yet, see `become`.
        dead_letters: folder for packets that fail.
        settings: offset of the driver's clock, the machine that it holds on, and variables of the environment; `None`
            in the driver itself.
    """

    planned: Planned
    worker: Worker

    def __init__(
        self, planned: Planned | None, dead_letters: Path, settings: tuple[int, str, dict[str, str]] | None = None
    ) -> None:
        if settings is not None:
            offset_ns, machine, variables = settings
            clock.set_offset(offset_ns, machine)
            os.environ.update(variables)
            if threading.current_thread() is threading.main_thread():
                signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the driver's to answer
        if planned is not None:
            self.planned = planned
        self._alone = settings is not None  # no other node shares the process
        self.letters = DeadLetters(dead_letters)
        self._over = threading.Event()

    def contact(self) -> tuple[str, int]:
        """The machine that it was placed on, by Ray's name for it, and the number of its process."""
        import ray

        return ray.get_runtime_context().get_node_id(), os.getpid()

    def become(self, planned: Planned) -> None:
        """Take the place of a node whose process has died."""
        self.planned = planned

    def connect(self, wiring: Wiring) -> None:
        """Open the node's shared file and those of its readers."""
        planned = self.planned
        node = self.node = NodeFile(wiring.prefix, wiring.index, wiring.links)
        made = node.words[MADE : MADE + 1]
        slots = self.slots = Slots(wiring.prefix, wiring.index, wiring.nodes, node.lock, wiring.passes, made=made)
        outlets = {
            reader.name: Outlet(NodeFile(wiring.prefix, reader.index, reader.links), reader.port, number)
            for number, reader in enumerate(wiring.readers, 1)
        }
        output = RingOutput(node, slots, outlets, planned.private)
        options = planned.node.options
        share = 1.0 if planned.role == "replica" else options.max_failed_share  # the coordinator judges
        if planned.inputs:
            inbox = RingInbox(node, slots)
            self.worker = StageWorker(planned.name, planned.operator(), inbox, output, self.letters, node.meter, share)
        else:
            self.worker = SourceWorker(
                planned.name,
                planned.node.component,
                output,
                self.letters,
                node.meter,
                latency_ns=to_ns(options.latency),
                restart=options.restart,
                max_failed_share=share,
            )
        if self._alone:
            buffers.use(slots)
        node.meter.set("pid", os.getpid())
        threading.Thread(target=self._beat, name=f"wugan-beat-{planned.name}", daemon=True).start()

    def _beat(self) -> None:
        """Show that the process lives, and give slots back while the worker waits or works."""
        while not self._over.is_set():
            self.node.meter.set("beat_ns", time.monotonic_ns())
            if self.slots.pending:
                with self.node.lock:
                    self.slots.settle()
            self._over.wait(BEAT_S)

    def warm_up(self) -> str | None:
        """Load what is heavy; returns the error, if any."""
        self.worker.warm_up()
        return self.worker.error

    def start(self) -> None:
        """Begin to work."""
        self.worker.start()

    def wait(self) -> str | None:
        """Return when the node is done, with its error, if any."""
        self.worker.done.wait()
        return self.worker.error

    def stop(self) -> None:
        """See `Worker.stop`."""
        self.worker.stop()

    def cancel(self) -> None:
        """See `Worker.cancel`."""
        self.worker.cancel()

    def interrupt(self) -> None:
        """See `Worker.interrupt`."""
        self.worker.interrupt()

    def stats(self) -> dict[str, Any]:
        """See `Worker.stats`."""
        return self.worker.stats()

    def close(self) -> None:
        """End the thread that shows it lives; the files go with the run."""
        self._over.set()
