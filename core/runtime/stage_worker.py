"""`StageWorker`: runs a component that has inputs, behind its inbox."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Iterable, Iterator
from typing import Any

from wugan.packet import Packet
from wugan.runtime.dead_letters import DeadLetters
from wugan.runtime.link import Inbox, Message, Undelivered, Watermark
from wugan.runtime.meter import Meter
from wugan.runtime.operators import Failed, Operator, Produced
from wugan.runtime.worker import Output, Worker

log = logging.getLogger(__name__)

POLL_S = 0.05  # how often a join that waits looks at the clock
_ENDED: Any = object()


class StageWorker(Worker):
    """Runs any other component behind its inbox."""

    def __init__(
        self,
        name: str,
        operator: Operator,
        inbox: Inbox,
        output: Output,
        dead_letters: DeadLetters,
        meter: Meter | None = None,
    ) -> None:
        super().__init__(name, output, dead_letters, meter)
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
                self.meter.add("flushed", self.operator.clear())
            if got is None:
                self._take("", None, self.operator.poll())
            else:
                self._handle(*got)
                self._tell_time()
            del got  # what is shared must not be held while waiting for the next
            self.meter.set("held", self.operator.held())
            self.inbox.done()
            self.meter.set("emitted_acked", self.meter.get("emitted"))
        self._take("", None, self.operator.flush())

    def _handle(self, port: str, message: Message) -> None:
        if not isinstance(message, Packet):
            reached = message.time_ns if isinstance(message, Watermark) else math.inf
            self._take(port, None, self.operator.advance(port, reached))
            return
        if self.inbox.stale:
            self.meter.add("flushed")
            return
        self.meter.add("handled")
        if isinstance(message.data, Undelivered):
            self._bury(port, None, message.data.error)
            return
        self._take(port, message, self.operator.handle(port, message))
        if message.entered_ns:
            self.meter.time("age", time.monotonic_ns() - message.entered_ns)

    def _take(self, port: str, packet: Packet[Any] | None, produced: Iterable[Produced]) -> None:
        """Send on what an operator produces; what raises goes to the dead letters and the stream goes on."""
        entered = packet.entered_ns if packet is not None else 0
        for out in self._guard(port, packet, produced):
            self._emit(out, entered)

    def _guard(self, port: str, packet: Packet[Any] | None, produced: Iterable[Produced]) -> Iterator[Packet[Any]]:
        iterator, spent, meter = iter(produced), 0, self.meter
        while True:
            started = time.monotonic_ns()
            meter.set("busy_since_ns", started)
            try:
                out = next(iterator, _ENDED)
            except Exception as error:
                self._bury(port, packet, error)
                out = _ENDED
            meter.set("busy_since_ns", 0)
            spent += time.monotonic_ns() - started
            if out is _ENDED:
                break
            if isinstance(out, Failed):
                self._bury(port, out.packet, out.error)
            else:
                yield out
        meter.add("busy_ns", spent)
        if packet is not None:
            meter.time("latency", spent)

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
        self.meter.add("flushed", self.inbox.flush())
        self._interrupted.set()
        self._tell_component()

    def _tell_component(self) -> None:
        try:
            self.operator.interrupt()
        except Exception as error:  # the others must hear of it all the same
            log.warning("%r could not be interrupted: %s: %s", self.name, type(error).__name__, error)

    def stats(self) -> dict[str, Any]:
        return {**super().stats(), "links": self.inbox.stats(), "dropped": self.operator.drops()}
