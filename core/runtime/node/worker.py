"""`Worker`: runs one node of a pipeline, the same way in a thread and in a Ray actor."""

from __future__ import annotations

import logging
import math
import os
import sys
import threading
from typing import Any, Protocol

from wugan.errors import DataError, WuganError
from wugan.packet import Packet
from wugan.runtime.letters import DeadLetters
from wugan.runtime.links.memory import Closed, End, Message
from wugan.runtime.links.payload import freeze
from wugan.runtime.node.meter import EMITTED, STATES, Meter, Tally

log = logging.getLogger(__name__)

LOUD_FAILURES = 5  # a stage that fails on every frame must not flood the log


class Output(Protocol):
    """Where a worker sends what it makes: a link in this process, or a wire to other ones."""

    def send(self, message: Message, to: str | None = None) -> None:
        """Deliver to every reader, or to one of them by its node's name; blocks where a reader's link says so.

        Raises:
            Closed: the run was cancelled, or no reader is left.
            DataError: this packet cannot be delivered; others can.
        """

    def close(self) -> None:
        """Give up whatever `send` waits for."""

    def next_seq(self) -> int:
        """One more than the highest `seq` that any reader has been sent."""


class Worker:
    """Common part of source and stage workers: sending, counters, and how a run ends.

    Args:
        name: the node's.
        output: where packets go.
        dead_letters: where packets go that fail.
        meter: its counters; in shared memory they outlive its process.
        max_failed_share: see `NodeOptions`; 1 lets all fail.

    Attributes:
        node: name of the node in its pipeline, by which its dead letters are kept; a replica has a name of its own.
        error: why the node could not go on, for the user; `None` while all is well.
    """

    def __init__(
        self,
        name: str,
        output: Output,
        dead_letters: DeadLetters,
        meter: Meter | None = None,
        max_failed_share: float = 1.0,
    ) -> None:
        self.name = self.node = name
        self.output = output
        self.dead_letters = dead_letters
        self.meter = meter or Meter()
        self.max_failed_share = max_failed_share
        before = "an error in a process that has died" if self.meter.get("failed") else ""
        self.tally = Tally(self.meter.get("handled"), self.meter.get("failed"), before)
        self.error: str | None = None
        self.exception: BaseException | None = None
        self.done = threading.Event()
        self._cancelled = threading.Event()
        self._warmed = self._started = False
        self._sent_time = -math.inf

    def warm_up(self) -> None:
        """Load what is heavy; on failure the error is kept and `run` only ends the stream."""
        try:
            self._warm_up()
        except (Exception, SystemExit) as error:  # Ctrl-C while a model loads is the caller's to answer
            self._fail("could not start", error)
        self._warmed = True

    def _state(self, state: str) -> None:
        self.meter.set("state", STATES.index(state))

    def start(self) -> None:
        """Run in a thread of its own."""
        self._started = True
        # A daemon, since user code that never returns must not keep the process.
        threading.Thread(target=self.run, name=f"wugan-{self.name}", daemon=True).start()

    def run(self) -> None:
        """Work until the input ends or the run is cancelled. Never raises."""
        self.meter.set("pid", os.getpid())
        self._state("running")
        if "torch" in sys.modules:
            # Stages run beside one another, so more threads in each would only fight; and one thread each is what makes
            # results the same on every runtime. It holds for this thread; see `Running.wait` for those made later.
            sys.modules["torch"].set_num_threads(1)
        try:
            if self.error is None:
                self._run()
                self.tally.judge(self.max_failed_share, ended=True)
        except Closed:
            pass
        except BaseException as error:
            self._fail("failed", error)
        finally:
            try:
                self._close()
            except BaseException as error:
                self._fail("could not close", error)
            try:
                if not self._cancelled.is_set():
                    self.output.send(End())
            except Closed:
                pass
            finally:
                self._state("failed" if self.error else "ended")
                self.done.set()

    def _fail(self, what: str, error: BaseException) -> None:
        detail = str(error) if isinstance(error, WuganError) else f"{type(error).__name__}: {error}"
        self.error = self.error or f"{self.name!r} {what}: {detail}"
        self.exception = self.exception or error
        log.debug("%s", self.error, exc_info=error)

    def _emit(self, packet: Packet[Any], entered_ns: int) -> bool:
        """Stamp a packet and send it; `entered_ns` is the age of what it is made of, where it does not say so.

        Returns:
            Whether it was sent; else it is in the dead letters.
        """
        counters = self.meter.words
        seq = counters[EMITTED]
        entered = packet.entered_ns or entered_ns
        stamped = Packet(
            freeze(packet.data), packet.time_ns, stream=self.name, seq=seq, attrs=packet.attrs, entered_ns=entered
        )
        try:
            self.output.send(stamped)
        except DataError as error:
            self._bury("", stamped, error)
            return False
        counters[EMITTED] = seq + 1
        if packet.time_ns > self._sent_time:
            self._sent_time = packet.time_ns
        return True

    def _bury(self, port: str, packet: Packet[Any] | None, error: Exception) -> None:
        """Keep a packet that could not be handled, and say so."""
        self.meter.add("failed")
        self.tally.fail(f"{type(error).__name__}: {error}")
        failed = self.meter.get("failed")
        try:
            letter = self.dead_letters.write(self.node, port, packet, error)
            kept = f"it is kept in {letter}"
        except OSError as full:
            kept = f"it could not be kept ({full})"
        if failed <= LOUD_FAILURES:
            log.warning("%r could not handle a packet (%s); %s", self.name, error, kept)
        elif failed == LOUD_FAILURES + 1:
            log.warning("%r fails again and again; further ones are counted without a word", self.name)

    def _warm_up(self) -> None: ...

    def _run(self) -> None: ...

    def _close(self) -> None: ...

    def stop(self) -> None:
        """End the stream gracefully; only a source needs telling, the rest follows."""

    def cancel(self) -> None:
        """End at once, leaving what is queued; before the start, only undo `warm_up`."""
        self._cancelled.set()
        if self._started:
            self.output.close()
            self._cancel()
            return
        try:
            if self._warmed:
                self._close()
        except Exception as error:
            log.debug("%r could not close", self.name, exc_info=error)
        self.done.set()

    def _cancel(self) -> None: ...

    def interrupt(self) -> None:
        """Drop what is queued and stop what is under way; the stream goes on."""

    def stats(self) -> dict[str, Any]:
        """Counters and timings; see `Meter.stats`."""
        return self.meter.stats()
