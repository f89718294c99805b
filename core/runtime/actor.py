"""`StageActor`: the body of one Ray actor, which runs one node. Plain Python; `ray.py` makes it an actor."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from typing import Any

from wugan.runtime.dead_letters import DeadLetters
from wugan.runtime.link import Inbox, LinkConfig
from wugan.runtime.operators import operator
from wugan.runtime.slots import SlotPool
from wugan.runtime.source_worker import SourceWorker
from wugan.runtime.stage_worker import StageWorker
from wugan.runtime.wire import Dock, Wire, WireOutput
from wugan.runtime.worker import Worker


class StageActor:
    """One node in a process of its own.

    Args:
        name: the node's.
        component: its component.
        links: link settings by port; empty for a source.
        run: prefix of the run's shared files.
        index: number of the node in its run, which keeps file names short.
        key: secret of the run's wires.
        dead_letters: folder for packets that fail.
    """

    def __init__(
        self,
        name: str,
        component: Any,
        links: dict[str, LinkConfig],
        run: str,
        index: int,
        key: bytes,
        dead_letters: Path,
    ) -> None:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the driver's to answer
        self.key = key
        self.pool = SlotPool(f"{run}-{index}")
        self.output = WireOutput(self.pool)
        self.dock: Dock | None = None
        kept = DeadLetters(dead_letters)
        self.worker: Worker
        if links:
            inbox = Inbox(links)
            self.dock = Dock(inbox, f"{run}-{index}", key)
            made = operator(name, component, list(links))
            self.worker = StageWorker(name, made, inbox, self.output, kept)
        else:
            self.worker = SourceWorker(name, component, self.output, kept)

    def contact(self) -> tuple[str | None, int]:
        """Where its wires arrive, and the number of its process."""
        return self.dock.address if self.dock else None, os.getpid()

    def warm_up(self) -> str | None:
        """Load what is heavy; returns the error, if any."""
        self.worker.warm_up()
        return self.worker.error

    def connect(self, readers: list[tuple[str, str, LinkConfig]]) -> None:
        """Lay wires to (address, port, link) of every reader."""
        for address, port, link in readers:
            self.output.wires.append(Wire(address, port, self.key, link, self.pool))

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
