"""`Worker`: runs one node of a pipeline, the same way in a thread and in a Ray actor."""

from __future__ import annotations

import logging
import math
import sys
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from wugan.errors import DataError, WuganError
from wugan.packet import Packet
from wugan.ports import check, ports
from wugan.runtime.dead_letters import DeadLetters
from wugan.runtime.link import Closed, End, Inbox, Message, Undelivered, Watermark
from wugan.runtime.operators import Failed, Operator, Produced
from wugan.runtime.payload import freeze
from wugan.stage import Source

log = logging.getLogger(__name__)

LOUD_FAILURES = 5  # a stage that fails on every frame must not flood the log
POLL_S = 0.05  # how often a join that waits looks at the clock
PATIENCE_S = 0.5  # how long a source may take to notice that it is to stop, before it is closed from outside
_ENDED: Any = object()


class Output(Protocol):
    """Where a worker sends what it makes: a link in this process, or a wire to other ones."""

    def send(self, message: Message) -> None:
        """Deliver to every reader; blocks where a reader's link says so.

        Raises:
            Closed: the run was cancelled, or no reader is left.
            DataError: this packet cannot be delivered; others can.
        """

    def close(self) -> None:
        """Give up whatever `send` waits for."""


class Worker:
    """Common part of source and stage workers: sending, counters, and how a run ends.

    Attributes:
        error: why the node could not go on, for the user; `None` while all is well.
    """

    def __init__(self, name: str, output: Output, dead_letters: DeadLetters) -> None:
        self.name = name
        self.output = output
        self.dead_letters = dead_letters
        self.error: str | None = None
        self.exception: BaseException | None = None
        self.done = threading.Event()
        self.handled = self.emitted = self.failed = self.flushed = 0
        self.busy_s = 0.0
        self.latencies: deque[float] = deque(maxlen=4096)
        self._cancelled = threading.Event()
        self._warmed = self._started = False
        self._sent_time = -math.inf

    def warm_up(self) -> None:
        """Load what is heavy; on failure the error is kept and `run` only ends the stream."""
        try:
            self._warm_up()
            if "torch" in sys.modules:
                # Stages run beside one another, so more threads in each would only fight; and one thread each is
                # what makes results the same on every runtime.
                sys.modules["torch"].set_num_threads(1)
        except (Exception, SystemExit) as error:  # Ctrl-C while a model loads is the caller's to answer
            self._fail("could not start", error)
        self._warmed = True

    def start(self) -> None:
        """Run in a thread of its own."""
        self._started = True
        # A daemon, since user code that never returns must not keep the process.
        threading.Thread(target=self.run, name=f"wugan-{self.name}", daemon=True).start()

    def run(self) -> None:
        """Work until the input ends or the run is cancelled. Never raises."""
        try:
            if self.error is None:
                self._run()
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
                self.done.set()

    def _fail(self, what: str, error: BaseException) -> None:
        detail = str(error) if isinstance(error, WuganError) else f"{type(error).__name__}: {error}"
        self.error = self.error or f"{self.name!r} {what}: {detail}"
        self.exception = self.exception or error
        log.debug("%s", self.error, exc_info=error)

    def _emit(self, packet: Packet[Any]) -> None:
        stamped = Packet(self.name, self.emitted, packet.time_ns, freeze(packet.data), packet.attrs)
        try:
            self.output.send(stamped)
        except DataError as error:
            self._bury("", stamped, error)
            return
        self.emitted += 1
        self._sent_time = max(self._sent_time, packet.time_ns)

    def _bury(self, port: str, packet: Packet[Any] | None, error: Exception) -> None:
        """Keep a packet that could not be handled, and say so."""
        self.failed += 1
        try:
            letter = self.dead_letters.write(self.name, port, packet, error)
            kept = f"it is kept in {letter}" if letter else "it is not kept, since there are too many"
        except OSError as full:
            kept = f"it could not be kept ({full})"
        if self.failed <= LOUD_FAILURES:
            log.warning("%r could not handle a packet (%s); %s", self.name, error, kept)
        elif self.failed == LOUD_FAILURES + 1:
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
        """Counters and timings."""
        ordered = sorted(self.latencies)
        return {
            "handled": self.handled,
            "emitted": self.emitted,
            "failed": self.failed,
            "flushed": self.flushed,
            "busy_s": round(self.busy_s, 4),
            "p50_ms": round(ordered[len(ordered) // 2] * 1000, 3) if ordered else 0.0,
            "p99_ms": round(ordered[int(len(ordered) * 0.99)] * 1000, 3) if ordered else 0.0,
        }


class SourceWorker(Worker):
    """Runs a `Source`."""

    def __init__(self, name: str, source: Source[Any], output: Output, dead_letters: DeadLetters) -> None:
        super().__init__(name, output, dead_letters)
        self.source = source
        self._gives = ports(source).gives
        self._stopping = threading.Event()
        self._left = threading.Event()

    def _warm_up(self) -> None:
        self.source.open()

    def _run(self) -> None:
        packets = iter(self.source.packets())
        while not self._stopping.is_set():
            started = time.perf_counter()
            try:
                packet = next(packets, _ENDED)
            except Exception as error:
                if not self._stopping.is_set():
                    raise
                log.debug("%r was closed while it read", self.name, exc_info=error)
                return
            took = time.perf_counter() - started
            self.busy_s += took
            if packet is _ENDED:
                return
            if packet is None:  # nothing just now
                continue
            self.latencies.append(took)
            self.handled += 1
            if not isinstance(packet, Packet):
                raise DataError(f"packets() must yield packets, got {type(packet).__name__}")
            try:
                check(packet.data, self._gives, f"source {self.name!r}")
            except DataError as error:
                self._bury("", packet, error)
                continue
            self._emit(packet)

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


class StageWorker(Worker):
    """Runs any other component behind its inbox."""

    def __init__(self, name: str, operator: Operator, inbox: Inbox, output: Output, dead_letters: DeadLetters) -> None:
        super().__init__(name, output, dead_letters)
        self.operator = operator
        self.inbox = inbox
        self._interrupted = threading.Event()

    def _warm_up(self) -> None:
        self.operator.warm_up()

    def _run(self) -> None:
        timeout = POLL_S if len(self.inbox.links) > 1 else None
        while not self.inbox.ended:
            got = self.inbox.get(timeout, self.operator.wants)
            if self._interrupted.is_set():
                self._interrupted.clear()
                self.flushed += self.operator.clear()
            if got is None:
                self._take("", None, self.operator.poll())
                continue
            port, message = got
            if isinstance(message, Packet) and self.inbox.stale:
                self.flushed += 1
                continue
            if isinstance(message, Packet):
                self.handled += 1
                if isinstance(message.data, Undelivered):
                    self._bury(port, None, message.data.error)
                    continue
                self._take(port, message, self.operator.handle(port, message))
            else:
                reached = message.time_ns if isinstance(message, Watermark) else math.inf
                self._take(port, None, self.operator.advance(port, reached))
            self._tell_time()
            del got, message  # what is shared must not be held while waiting for the next
        self._take("", None, self.operator.flush())

    def _take(self, port: str, packet: Packet[Any] | None, produced: Iterable[Produced]) -> None:
        """Send on what an operator produces; what raises goes to the dead letters and the stream goes on."""
        for out in self._guard(port, packet, produced):
            self._emit(out)

    def _guard(self, port: str, packet: Packet[Any] | None, produced: Iterable[Produced]) -> Iterator[Packet[Any]]:
        iterator, spent = iter(produced), 0.0
        while True:
            started = time.perf_counter()
            try:
                out = next(iterator, _ENDED)
            except Exception as error:
                self._bury(port, packet, error)
                out = _ENDED
            spent += time.perf_counter() - started
            if out is _ENDED:
                break
            if isinstance(out, Failed):
                self._bury(port, out.packet, out.error)
            else:
                yield out
        self.busy_s += spent
        if packet is not None:
            self.latencies.append(spent)

    def _tell_time(self) -> None:
        """Pass on the time reached where no packet has told it already."""
        reached = self.operator.watermark()
        if self._sent_time < reached < math.inf:
            self._sent_time = reached
            self.output.send(Watermark(reached))

    def _close(self) -> None:
        self.inbox.close()  # after a failure nobody would read on, and a writer must not wait for that
        self.operator.close()

    def _cancel(self) -> None:
        self.inbox.close()
        self._tell_component()

    def interrupt(self) -> None:
        self.flushed += self.inbox.flush()
        self._interrupted.set()
        self._tell_component()

    def _tell_component(self) -> None:
        try:
            self.operator.interrupt()
        except Exception as error:  # the others must hear of it all the same
            log.warning("%r could not be interrupted: %s: %s", self.name, type(error).__name__, error)

    def stats(self) -> dict[str, Any]:
        links = {port: link.stats() for port, link in self.inbox.links.items()}
        return {**super().stats(), "links": links, "dropped": self.operator.drops()}
