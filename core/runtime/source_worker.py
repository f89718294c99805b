"""`SourceWorker`: runs a source."""

from __future__ import annotations

import logging
import threading
import time
from typing import Any

from wugan.errors import DataError
from wugan.packet import Packet
from wugan.ports import check, ports
from wugan.runtime.dead_letters import DeadLetters
from wugan.runtime.meter import Meter
from wugan.runtime.worker import Output, Worker
from wugan.stage import Source

log = logging.getLogger(__name__)

PATIENCE_S = 0.5  # how long a source may take to notice that it is to stop, before it is closed from outside
_ENDED: Any = object()


class SourceWorker(Worker):
    """Runs a `Source`."""

    def __init__(
        self, name: str, source: Source[Any], output: Output, dead_letters: DeadLetters, meter: Meter | None = None
    ) -> None:
        super().__init__(name, output, dead_letters, meter)
        self.source = source
        self._gives = ports(source).gives
        self._stopping = threading.Event()
        self._left = threading.Event()

    def _warm_up(self) -> None:
        self.source.open()

    def _run(self) -> None:
        packets = iter(self.source.packets())
        while not self._stopping.is_set():
            started = time.monotonic_ns()
            try:
                packet = next(packets, _ENDED)
            except Exception as error:
                if not self._stopping.is_set():
                    raise
                log.debug("%r was closed while it read", self.name, exc_info=error)
                return
            took = time.monotonic_ns() - started
            self.meter.add("busy_ns", took)
            if packet is _ENDED:
                return
            if packet is None:  # nothing just now
                continue
            self.meter.time("latency", took)
            self.meter.add("handled")
            if not isinstance(packet, Packet):
                raise DataError(f"packets() must yield packets, got {type(packet).__name__}")
            try:
                check(packet.data, self._gives, f"source {self.name!r}")
            except DataError as error:
                self._bury("", packet, error)
                continue
            self._emit(packet, time.monotonic_ns())

    def _close(self) -> None:
        self._left.set()
        self.source.close()

    def stop(self) -> None:
        self._stopping.set()
        threading.Thread(target=self._unblock, name=f"wugan-stop-{self.name}", daemon=True).start()

    def _unblock(self) -> None:
        """Close a source that waits for its device; one that is at work looks up by itself, and is left in peace."""
        if not self._left.wait(PATIENCE_S):
            try:
                self.source.close()
            except Exception as error:
                log.debug("%r could not be closed while it read", self.name, exc_info=error)

    def _cancel(self) -> None:
        self.stop()
