"""`SourceWorker`: runs a source, and a live one again when its device has been away."""

from __future__ import annotations

import dataclasses
import logging
import math
import threading
import time
from collections import deque
from typing import Any

from wugan.duration import to_ns
from wugan.errors import DataError, DeviceError
from wugan.observe.tracing import flush, spans_of
from wugan.options import RestartPolicy
from wugan.packet import Packet
from wugan.ports import check, check_time, ports
from wugan.runtime.letters import DeadLetters
from wugan.runtime.links.memory import Watermark
from wugan.runtime.node.meter import Meter
from wugan.runtime.node.worker import LOUD_FAILURES, Output, Worker
from wugan.stage import Source

log = logging.getLogger(__name__)

PATIENCE_S = 0.5  # how long a source may take to notice that it is to stop, before it is closed from outside
FIRST_PAUSE_S = 0.1  # before a lost device is opened again; it doubles with each attempt
LONGEST_PAUSE_S = 5.0
TICK_S = 0.1  # how often the time is told while a device is away
SLACK_NS = 250_000_000  # how far stamps may be off: sound servers on a busy machine were measured at 100 ms
_ENDED: Any = object()


class Attempts:
    """When a lost device may be opened again.

    Args:
        policy: `None` sets no limit.
    """

    def __init__(self, policy: RestartPolicy | None) -> None:
        self._limit = math.inf if policy is None else policy.max_restarts
        self._window_ns = 0 if policy is None else to_ns(policy.window)
        self._first_s = (to_ns(policy.backoff) / 1e9 if policy else 0) or FIRST_PAUSE_S
        self._pause_s = self._first_s
        self._made: deque[int] = deque()

    def next(self) -> float | None:
        """The pause before the next attempt, in seconds; `None` where the policy allows no more."""
        if self._limit < math.inf:
            now = time.monotonic_ns()
            while self._made and now - self._made[0] > self._window_ns:
                self._made.popleft()
            if len(self._made) >= self._limit:
                return None
            self._made.append(now)
        pause, self._pause_s = self._pause_s, max(self._first_s, min(2 * self._pause_s, LONGEST_PAUSE_S))
        return pause

    def reset(self) -> None:
        """The device gives data again: the next loss is a new one."""
        self._pause_s = self._first_s


class SourceWorker(Worker):
    """Runs a `Source`.

    Where `meter` has counted already, a process before this one has run the source. A live source's numbers go on; any
    other is read again from its start, and what has been sent is sent again under the same numbers, by which readers
    know it.

    Args:
        name: the node's.
        source: what to run.
        output: where packets go.
        dead_letters: where packets go that fail.
        meter: its counters.
        latency_ns: taken off the stamps: the time from the event to the stamp.
        restart: for a live source, how often a lost device may be opened again; `None` sets no limit.
        max_failed_share: see `NodeOptions`.
    """

    def __init__(
        self,
        name: str,
        source: Source[Any],
        output: Output,
        dead_letters: DeadLetters,
        meter: Meter | None = None,
        latency_ns: int = 0,
        restart: RestartPolicy | None = None,
        max_failed_share: float = 1.0,
    ) -> None:
        super().__init__(name, output, dead_letters, meter, max_failed_share)
        self.source = source
        self.latency_ns = latency_ns
        self._gives = ports(source).gives
        self._attempts = Attempts(restart)
        self._losses = 0
        self._lost: DeviceError | None = None
        self._count = self.meter.get("handled")  # packets read
        self._again = 0  # those of them that a process before this one has dealt with
        self._last = (0, 0)  # time of the last packet, and when it was read
        self._stopping = threading.Event()
        self._left = threading.Event()
        self._spans = spans_of(name)  # None, unless packets are traced

    def _warm_up(self) -> None:
        try:
            self.source.open()
        except DeviceError as error:
            if not (self.source.live and self.meter.get("restarts")):
                raise  # it was never there
            self._lost = error

    def _run(self) -> None:
        if not self.source.live and (read := self.meter.get("handled")):
            # Everything is given again under its old numbers, and readers leave out what they have.
            self._again = read
            self._count = 0
            self.meter.set("emitted", 0)
        while not self._stopping.is_set():
            if self._lost is not None:
                self._reconnect(self._lost)
                self._lost = None
                continue
            try:
                self._read()
                return
            except DeviceError as error:
                if not self.source.live:
                    raise
                self._lost = error

    def _read(self) -> None:
        """Send what the source gives until it ends. Raises whatever it raises."""
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
                break
            if packet is None:  # nothing just now
                continue
            self.meter.time("latency", took)
            self._count += 1
            self._attempts.reset()
            if not isinstance(packet, Packet):
                raise DataError(f"packets() must yield packets, got {type(packet).__name__}")
            check_time(packet, f"source {self.name!r}")
            try:
                check(packet.data, self._gives, f"source {self.name!r}")
            except DataError as error:
                self._bury("", packet, error)
            else:
                self._give(packet)
            self.meter.set("handled", max(self._count, self.meter.get("handled")))
            self.tally.tried = self._count
            self.tally.judge(self.max_failed_share, ended=False)
        if self._count < self._again and not self._stopping.is_set():
            fewer = self._again - self._count
            log.warning("%r gave %d packets fewer than before its process died", self.name, fewer)

    def _bury(self, port: str, packet: Packet[Any] | None, error: Exception) -> None:
        if self._count > self._again:  # others are in the dead letters already
            super()._bury(port, packet, error)

    def _give(self, packet: Packet[Any]) -> None:
        now = time.monotonic_ns()
        if missed := packet.attrs.get("lost"):
            self.meter.add("missed", missed)
        if self.latency_ns:
            entered = (packet.entered_ns or now) - self.latency_ns
            packet = dataclasses.replace(packet, time_ns=packet.time_ns - self.latency_ns, entered_ns=entered)
        self._last = (packet.time_ns, now)
        if self._spans is None:
            self._emit(packet, now)
            return
        self._emit(self._spans.leave(self._spans.enter(packet, self.meter.get("emitted"))), now)
        self._spans.end()

    def _reconnect(self, error: DeviceError) -> None:
        """Open a lost device again, until it is back or the run is to stop.

        Raises:
            DeviceError: the restart policy allows no more attempts.
        """
        self._state("reconnecting")
        self._losses += 1
        if self._losses <= LOUD_FAILURES:
            log.warning("%r has lost its device and tries to reach it again (%s)", self.name, error)
        elif self._losses == LOUD_FAILURES + 1:
            log.warning("%r loses its device again and again; further times are counted without a word", self.name)
        self._release()
        tries = 0
        while (pause := self._attempts.next()) is not None:
            self._wait(pause)
            if self._stopping.is_set():
                return
            tries += 1
            try:
                self.source.open()
            except Exception as again:
                self._release()
                if self._stopping.is_set():
                    return
                if not isinstance(again, DeviceError):
                    raise
                error = again
                continue
            self.meter.add("restarts")
            self._state("running")
            log.log(logging.WARNING if self._losses <= LOUD_FAILURES else logging.DEBUG, "%r is back", self.name)
            return
        if not tries:
            raise error
        raise DeviceError(f"{error} (after {tries} attempts to reach it again, as many as its restart policy allows)")

    def _wait(self, seconds: float) -> None:
        """Wait before the next attempt. Time goes on, so that joins need not wait for what cannot come."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0 and not self._stopping.wait(min(left, TICK_S)):
            time_ns, read_ns = self._last
            reached = time_ns + time.monotonic_ns() - read_ns - SLACK_NS
            if read_ns and reached > self._sent_time:
                self._sent_time = reached
                self.output.send(Watermark(reached))

    def _release(self) -> None:
        try:
            self.source.close()
        except Exception as error:  # what is gone need not close well
            log.debug("%r could not close its lost device", self.name, exc_info=error)

    def _close(self) -> None:
        self._left.set()
        self.source.close()
        if self._spans is not None:
            flush()

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
