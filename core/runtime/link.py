"""`Link`: the bounded queue in front of a stage's port, and `Inbox`: all the links of one stage."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from wugan.packet import Packet
from wugan.runtime.payload import payload_bytes


class LinkConfig(BaseModel):
    """How a link behaves when its reader is slower than its writer.

    Attributes:
        policy: `block` the writer, `drop_oldest`, or keep only the `latest`.
        capacity: packets that may wait.
        max_bytes: payload bytes that may wait (one packet may always wait, however large).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    policy: Literal["block", "drop_oldest", "latest"] = "block"
    capacity: int = Field(default=64, ge=1)
    max_bytes: int = Field(default=256 * 1024 * 1024, ge=1)

    @property
    def limit(self) -> int:
        """Packets that may wait under this policy."""
        return 1 if self.policy == "latest" else self.capacity

    def full(self, waiting: int, waiting_bytes: int, size: int) -> bool:
        """Whether a packet of `size` bytes has no room beside those that wait."""
        return waiting >= self.limit or (waiting > 0 and waiting_bytes + size > self.max_bytes)


@dataclass(slots=True)
class Watermark:
    """Says that no packet before `time_ns` will follow on this link."""

    time_ns: float


@dataclass(slots=True)
class End:
    """Says that nothing more will follow on this link."""


@dataclass(slots=True)
class Undelivered:
    """Stands in for the data of a packet that could not be unpacked on arrival."""

    error: Exception


Message = Packet[Any] | Watermark | End


class Closed(Exception):
    """The link was cancelled while a writer or reader waited on it."""


class Link:
    """A bounded queue. Packets obey the policy; watermarks and the end are never dropped.

    `on_taken` is called with the number and bytes of packets that left the queue, read or dropped (what a remote
    writer may send again), and `on_closed` once the link takes nothing more.
    """

    def __init__(self, config: LinkConfig, condition: threading.Condition) -> None:
        self.config = config
        self.condition = condition
        self.items: deque[tuple[Message, int, float]] = deque()
        self.waiting = self.bytes = self.received = self.taken = self.dropped = 0
        self.age_s = 0.0
        self.closed = self.ended = False
        self.on_taken: Callable[[int, int], None] | None = None
        self.on_closed: Callable[[], None] | None = None

    def put(self, message: Message, size: int | None = None) -> None:
        """Append a message; blocks under the `block` policy while the link is full.

        Args:
            message: what to append.
            size: its payload's bytes, where the caller knows them already.

        Raises:
            Closed: the link was cancelled.
        """
        if size is None:
            size = payload_bytes(message.data) if isinstance(message, Packet) else 0
        released = released_bytes = 0
        with self.condition:
            while isinstance(message, Packet) and not self.closed and self._full(size):
                if self.config.policy == "block":
                    self.condition.wait()
                else:
                    released += 1
                    released_bytes += self._drop_oldest()
            if self.closed:
                raise Closed
            if isinstance(message, Packet):
                self.received += 1
                self.waiting += 1
                self.bytes += size
            elif isinstance(message, Watermark) and self.items and isinstance(self.items[-1][0], Watermark):
                self.items.pop()  # the newer one says more
            self.items.append((message, size, time.monotonic()))
            self.condition.notify_all()
        self._report(released, released_bytes)

    def _full(self, size: int) -> bool:
        return self.config.full(self.waiting, self.bytes, size)

    def _drop_oldest(self) -> int:
        """Drop the first packet; returns its bytes. The caller knows that there is one."""
        index = next(i for i, (message, _, _) in enumerate(self.items) if isinstance(message, Packet))
        size = self.items[index][1]
        del self.items[index]
        if 0 < index < len(self.items) and isinstance(self.items[index][0], Watermark):
            del self.items[index - 1]  # two watermarks in a row: the newer says more, and they must not pile up
        self.waiting -= 1
        self.bytes -= size
        self.dropped += 1
        return size

    def take(self) -> Message:
        """Remove the first message; the caller holds the condition and knows that there is one."""
        message, size, since = self.items.popleft()
        if isinstance(message, Packet):
            self.waiting -= 1
            self.bytes -= size
            self.taken += 1
            self.age_s = time.monotonic() - since
        elif isinstance(message, End):
            self.ended = True
        self.condition.notify_all()
        return message

    def flush(self) -> int:
        """Drop every packet that waits (an interruption); returns how many."""
        with self.condition:
            flushed, size = self.waiting, 0
            while self.waiting:
                size += self._drop_oldest()
            self.condition.notify_all()
        self._report(flushed, size)
        return flushed

    def close(self) -> None:
        """Wake whoever waits on this link with `Closed`."""
        with self.condition:
            self.closed = True
            self.condition.notify_all()
        if self.on_closed:
            self.on_closed()

    def _report(self, count: int, size: int) -> None:
        if count and self.on_taken:
            self.on_taken(count, size)

    def stats(self) -> dict[str, Any]:
        """Counters: packets in, out, dropped and waiting, bytes waiting, and how long the last one waited."""
        return {
            "in": self.received,
            "out": self.taken,
            "dropped": self.dropped,
            "waiting": self.waiting,
            "bytes": self.bytes,
            "wait_ms": round(self.age_s * 1000, 3),
        }


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
                        size = link.items[0][1]
                        message = link.take()
                        self._flushes_at_get = self._flushes
                        break
                else:
                    remaining = None if deadline is None else deadline - time.monotonic()
                    if remaining is not None and remaining <= 0:
                        return None
                    self.condition.wait(remaining)
                    continue
                break
        if isinstance(message, Packet):
            link._report(1, size)
        return port, message

    @property
    def stale(self) -> bool:
        """Whether there was a flush since the last `get`, which came too late for the packet it gave."""
        return self._flushes != self._flushes_at_get

    def flush(self) -> int:
        """Drop every packet that waits on any link; returns how many."""
        with self.condition:
            self._flushes += 1
            return sum(link.flush() for link in self.links.values())

    def close(self) -> None:
        """Cancel all links."""
        for link in self.links.values():
            link.close()

    @property
    def ended(self) -> bool:
        """Whether every link has given its end."""
        return all(link.ended for link in self.links.values())
