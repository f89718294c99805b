"""`Link`: the bounded queue in front of a stage's port, and `Inbox`: all the links of one stage."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from wugan.options import LinkConfig
from wugan.packet import Packet
from wugan.runtime.links.payload import payload_bytes
from wugan.runtime.node.meter import LinkMeter


@dataclass(slots=True)
class Watermark:
    """Says that no packet before `time_ns` will follow on this link."""

    time_ns: float


@dataclass(slots=True)
class End:
    """Says that nothing more will follow on this link."""


Message = Packet[Any] | Watermark | End


class Closed(Exception):
    """The link was cancelled while a writer or reader waited on it."""


class Link:
    """A bounded queue. Packets obey the policy; watermarks and the end are never dropped."""

    def __init__(self, config: LinkConfig, condition: threading.Condition) -> None:
        self.config = config
        self.condition = condition
        self.meter = LinkMeter()
        self.items: deque[tuple[Message, int, int]] = deque()
        self.waiting = self.bytes = 0
        self.flushes = 0  # interruptions
        self.closed = self.ended = False

    def put(self, message: Message) -> None:
        """Append a message; blocks under the `block` policy while the link is full.

        Raises:
            Closed: the link was cancelled.
        """
        size = payload_bytes(message.data) if isinstance(message, Packet) else 0
        with self.condition:
            flushes = self.flushes
            while isinstance(message, Packet) and not self.closed and self._full(size):
                if self.config.policy == "block":
                    self.condition.wait()
                else:
                    self._drop_oldest()
                if flushes != self.flushes:  # an interruption drops what waits for room like all that waits
                    self.meter.add("in")
                    self.meter.add("dropped")
                    return
            if self.closed:
                raise Closed
            if isinstance(message, Packet):
                self.meter.add("in")
                self.waiting += 1
                self.bytes += size
            elif isinstance(message, Watermark) and self.items and isinstance(self.items[-1][0], Watermark):
                self.items.pop()  # the newer one says more
            self.items.append((message, size, time.monotonic_ns()))
            self.condition.notify_all()

    def full(self, packet: Packet[Any]) -> bool:
        """Whether `put` would wait for room now."""
        return self.config.policy == "block" and self._full(payload_bytes(packet.data))

    def _full(self, size: int) -> bool:
        return self.config.full(self.waiting, self.bytes, size)

    def _drop_oldest(self) -> None:
        """Drop the first packet. The caller knows that there is one."""
        index = next(i for i, (message, _, _) in enumerate(self.items) if isinstance(message, Packet))
        size = self.items[index][1]
        del self.items[index]
        if 0 < index < len(self.items) and isinstance(self.items[index][0], Watermark):
            del self.items[index - 1]  # two watermarks in a row: the newer says more, and they must not pile up
        self.waiting -= 1
        self.bytes -= size
        self.meter.add("dropped")

    def take(self) -> Message:
        """Remove the first message; the caller holds the condition and knows that there is one."""
        message, size, since = self.items.popleft()
        if isinstance(message, Packet):
            self.waiting -= 1
            self.bytes -= size
            now = time.monotonic_ns()
            self.meter.took(now - since, now - (message.entered_ns or now))
        elif isinstance(message, End):
            self.ended = True
        self.condition.notify_all()
        return message

    def flush(self) -> int:
        """Drop every packet that waits (an interruption); returns how many."""
        with self.condition:
            flushed = self.waiting
            self.flushes += 1
            while self.waiting:
                self._drop_oldest()
            self.condition.notify_all()
        return flushed

    def close(self) -> None:
        """Wake whoever waits on this link with `Closed`."""
        with self.condition:
            self.closed = True
            self.condition.notify_all()

    def stats(self) -> dict[str, Any]:
        """See `LinkMeter.stats`."""
        self.meter.set("waiting", self.waiting)
        self.meter.set("bytes", self.bytes)
        return self.meter.stats()


class Inbox:
    """The links into one stage, read fairly by one thread."""

    def __init__(self, links: dict[str, LinkConfig]) -> None:
        self.condition = threading.Condition()
        self.links = {port: Link(config, self.condition) for port, config in links.items()}
        self._turn = 0
        self._flushes = self._flushes_at_get = 0

    def get(
        self, timeout: float | None, wants: Callable[[str], bool] = lambda port: True
    ) -> tuple[str, Message] | None:
        """The next message of a port that is wanted, in turn; `None` when the time is up.

        Raises:
            Closed: the links were cancelled.
        """
        ports = list(self.links)
        with self.condition:
            deadline = None if timeout is None else time.monotonic() + timeout
            while True:
                for step in range(len(ports)):
                    port = ports[(self._turn + step) % len(ports)]
                    link = self.links[port]
                    if link.closed:
                        raise Closed
                    if link.items and (wants(port) or not isinstance(link.items[0][0], Packet)):
                        self._turn = (self._turn + step + 1) % len(ports)
                        self._flushes_at_get = self._flushes
                        return port, link.take()
                remaining = None if deadline is None else deadline - time.monotonic()
                if remaining is not None and remaining <= 0:
                    return None
                self.condition.wait(remaining)

    def done(self) -> None:
        """Say that every packet given by `get` so far has been dealt with; until then it would be given again."""

    @property
    def stale(self) -> bool:
        """Whether there was a flush since the last `get`, which came too late for the packet it gave."""
        return self._flushes != self._flushes_at_get

    def flush(self) -> int:
        """Drop every packet that waits on any link; returns how many."""
        with self.condition:
            self._flushes += 1
            return sum(link.flush() for link in self.links.values())

    def wake(self) -> None:
        """Let a `get` that waits look again."""
        with self.condition:
            self.condition.notify_all()

    def close(self) -> None:
        """Cancel all links."""
        for link in self.links.values():
            link.close()

    @property
    def ended(self) -> bool:
        """Whether every link has given its end."""
        return all(link.ended for link in self.links.values())

    def stats(self) -> dict[str, dict[str, Any]]:
        """Counters of every link, by port."""
        return {port: link.stats() for port, link in self.links.items()}
