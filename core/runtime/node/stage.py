"""`StageWorker`: runs a component that has inputs, behind its inbox."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from wugan.duration import to_ns
from wugan.errors import DataError
from wugan.observe.tracing import flush, spans_of
from wugan.options import BatchConfig
from wugan.packet import Packet
from wugan.runtime.letters import DeadLetters
from wugan.runtime.links.memory import Inbox, Message, Watermark
from wugan.runtime.links.payload import Undelivered
from wugan.runtime.node.batching import CalledOff, gather
from wugan.runtime.node.meter import BUSY, BUSY_SINCE, HANDLED, Meter
from wugan.runtime.node.operators import Failed, Flushed, JoinOperator, Operator, Produced, To
from wugan.runtime.node.worker import Output, Worker

if TYPE_CHECKING:
    from wugan.observe.spans import Spans
    from wugan.runtime.links.inbox import RingInbox

log = logging.getLogger(__name__)

POLL_S = 0.05  # how often a join that waits looks at the clock
_ENDED: Any = object()


class StageWorker(Worker):
    """Runs any other component behind its inbox."""

    def __init__(
        self,
        name: str,
        operator: Operator,
        inbox: Inbox | RingInbox,
        output: Output,
        dead_letters: DeadLetters,
        meter: Meter | None = None,
        max_failed_share: float = 1.0,
    ) -> None:
        super().__init__(name, output, dead_letters, meter, max_failed_share)
        self._counts = operator.tally is None  # else the operator knows better what was tried
        self.tally = operator.tally or self.tally
        self.operator = operator
        self.node = operator.name
        self.inbox = inbox
        self._interrupted = threading.Event()
        self._flushing = threading.Lock()
        self._spans = spans_of(name)  # None, unless packets are traced
        self._joins = isinstance(operator, JoinOperator)

    def _warm_up(self) -> None:
        self.operator.warm_up()

    def _run(self) -> None:
        timeout = POLL_S if len(self.inbox.links) > 1 else None
        batch = self.operator.gathers
        self.operator.begin(self.output.next_seq())
        while not self.operator.over(self.inbox.ended):
            soon = timeout if timeout is None else min(timeout, self.operator.patience_s())
            got = self.inbox.get(soon, self.operator.wants)
            if self._interrupted.is_set():
                self._heed()
            if got is None:
                self._take("", None, self.operator.poll())
            elif batch is not None and isinstance(got[1], Packet):
                self._handle_batch(got[0], got[1], batch)
                self._tell_time()
            else:
                self._handle(*got)
                self._tell_time()
            del got  # what is shared must not be held while waiting for the next
            self.meter.set("held", self.operator.held())
            self.inbox.done()
            if self.tally.failed:
                self.tally.judge(self.max_failed_share, ended=False)
        self._take("", None, self.operator.flush())

    def _handle(self, port: str, message: Message) -> None:
        if not isinstance(message, Packet):
            reached = message.time_ns if isinstance(message, Watermark) else math.inf
            self._take(port, None, self.operator.advance(port, reached))
            return
        if self.inbox.stale:
            self._flushed(1)
            return
        answer = port in self.operator.answers
        if not answer:
            self.meter.words[HANDLED] += 1
            self.tally.tried += self._counts
        if isinstance(message.data, Undelivered):
            self._bury(port, None, message.data.error)
            self._take(port, None, self.operator.undelivered(port))
            return
        if self._spans is not None and not answer:
            message = self._begin(self._spans, port, message)
        self._take(port, None if answer else message, self.operator.handle(port, message))
        if self._spans is not None:
            self._spans.end()
        if message.entered_ns and (answer or not self.operator.answers):
            self.meter.time("age", time.monotonic_ns() - message.entered_ns)

    def _begin(self, spans: Spans, port: str, packet: Packet[Any]) -> Packet[Any]:
        """Begin the span of a packet, if it is traced; a join has one for each window."""
        if self._joins:
            spans.arrive()
            return packet
        return spans.begin(packet, port)

    def _handle_batch(self, port: str, first: Packet[Any], batch: BatchConfig) -> None:
        """Gather packets with the first one, encode them together, then handle what ended the gathering."""
        if self.inbox.stale:
            self._flushed(1)
            return
        found = gather(self.inbox, first, batch.max_size, to_ns(batch.max_wait) / 1e9, self._void)
        self._flushed(found.flushed)
        packets = []
        for packet in found.packets:
            if isinstance(packet.data, Undelivered):
                self.meter.add("handled")
                self.tally.tried += 1
                self._bury(port, None, packet.data.error)
            else:
                packets.append(packet)
        if packets:
            self._encode(port, packets)
        if found.after is not None:
            self._handle(*found.after)

    def _encode(self, port: str, packets: Sequence[Packet[Any]]) -> None:
        """Encode together; if that fails, each alone, so that only those are lost that are to blame."""
        produced: list[Produced] = []
        failure: Exception | None = None
        if self._spans is not None:
            packets = [self._begin(self._spans, port, packet) for packet in packets]
        started = time.monotonic_ns()
        self.meter.set("busy_since_ns", started)
        try:
            produced = self.operator.handle_batch(packets)
        except Exception as error:
            failure = error
        finally:
            self.meter.set("busy_since_ns", 0)
        spent = time.monotonic_ns() - started
        self.meter.add("busy_ns", spent)
        if isinstance(failure, CalledOff):
            self._flushed(len(packets))
        elif failure is not None and len(packets) > 1:
            if self._spans is not None:
                self._spans.end()
            log.debug("%r failed on a batch of %d", self.name, len(packets), exc_info=failure)
            for index, packet in enumerate(packets):
                if self._interrupted.is_set():
                    self._flushed(len(packets) - index)
                    break
                self._encode(port, [packet])
        elif failure is not None:
            self.meter.add("handled")
            self.tally.tried += 1
            self._bury(port, packets[0], failure)
        else:
            self.meter.add("handled", len(packets))
            self.tally.tried += len(packets)
            self.meter.add("batches")
            self.meter.add("batched", len(packets))
            self._give(port, packets, produced, spent)
        if self._spans is not None:
            self._spans.end()

    def _give(self, port: str, packets: Sequence[Packet[Any]], produced: list[Produced], spent: int) -> None:
        """Send on what came of a batch."""
        for out in produced:
            self._deliver(port, out, 0)
        now = time.monotonic_ns()
        for packet in packets:
            self.meter.time("latency", spent)
            if packet.entered_ns:
                self.meter.time("age", now - packet.entered_ns)

    def _take(self, port: str, packet: Packet[Any] | None, produced: Iterable[Produced]) -> None:
        """Send on what an operator produces; what raises goes to the dead letters and the stream goes on."""
        entered = packet.entered_ns if packet is not None else 0
        for out in self._guard(port, packet, produced):
            self._deliver(port, out, entered)

    def _deliver(self, port: str, out: Produced, entered_ns: int) -> None:
        if isinstance(out, Failed):
            self._bury(out.port or port, out.packet, out.error)
        elif isinstance(out, Flushed):
            self._flushed(1)
        elif isinstance(out, To):
            try:
                self.output.send(out.packet, to=out.reader)
            except DataError as error:
                self._bury(port, out.packet, error)
                self._take(port, None, self.operator.unsent(out.packet))
        else:
            if self._spans is not None:
                out = self._spans.leave(out)
            if not self._emit(out, entered_ns):
                self._take(port, None, self.operator.unsent(out))

    def _bury(self, port: str, packet: Packet[Any] | None, error: Exception) -> None:
        if self._spans is not None:
            self._spans.failed(packet, error)
        super()._bury(port, packet, error)

    def _guard(self, port: str, packet: Packet[Any] | None, produced: Iterable[Produced]) -> Iterator[Produced]:
        iterator, spent, counters = iter(produced), 0, self.meter.words
        while True:
            counters[BUSY_SINCE] = started = time.monotonic_ns()
            try:
                out = next(iterator, _ENDED)
            except Exception as error:
                self._bury(port, packet, error)
                out = _ENDED
            counters[BUSY_SINCE] = 0
            spent += time.monotonic_ns() - started
            if out is _ENDED:
                break
            yield out
        counters[BUSY] += spent
        if packet is not None:
            self.meter.time("latency", spent)

    def _tell_time(self) -> None:
        """Pass on the time reached where no packet has told it already."""
        reached = self.operator.watermark()
        if self._sent_time < reached < math.inf:
            self._sent_time = reached
            self.output.send(Watermark(reached))

    def _close(self) -> None:
        self.inbox.close()  # after a failure nobody would read on, and a writer must not wait for that
        self.operator.close()
        if self._spans is not None:
            flush()

    def _cancel(self) -> None:
        self.inbox.close()
        self._tell_component()

    def interrupt(self) -> None:
        with self._flushing:
            if self.operator.flushes:
                self.meter.add("flushed", self.inbox.flush())
            self._interrupted.set()
        self._tell_component()

    def _heed(self) -> bool:
        """Whether there was an interruption since the last call; forgets what the operator holds then."""
        with self._flushing:
            if not self._interrupted.is_set():
                return False
            self._interrupted.clear()
        self._flushed(self.operator.clear())
        return True

    def _void(self) -> bool:
        """Whether an interruption voids the packets that are being gathered."""
        return self._heed() and self.operator.flushes

    def _flushed(self, count: int) -> None:
        with self._flushing:  # `interrupt` counts too, in another thread
            self.meter.add("flushed", count)

    def _tell_component(self) -> None:
        try:
            self.operator.interrupt()
        except Exception as error:  # the others must hear of it all the same
            log.warning("%r could not be interrupted: %s: %s", self.name, type(error).__name__, error)

    def stats(self) -> dict[str, Any]:
        return {**super().stats(), "links": self.inbox.stats(), "dropped": self.operator.drops()}
