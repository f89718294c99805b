"""`Window` and `Synchronizer`: what every policy of `wugan.sync` gives and is made of."""

from __future__ import annotations

import bisect
import logging
import math
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from wugan.packet import Packet

log = logging.getLogger(__name__)

GROWTH = 16  # how many times its capacity a synchroniser may hold where it would wait for ever otherwise

OnDrop = Callable[[str, Packet[Any], str], None]


@dataclass(slots=True)
class Window:
    """Packets of several streams that belong together.

    Attributes:
        time_ns: time of the earliest packet in it (`approximate`), or of the trigger (`latest`).
        packets: stream name to packet; a stream without a match is absent.
    """

    time_ns: int
    packets: dict[str, Packet[Any]]


class Synchronizer(ABC):
    """Base of the policies' state machines. `push`, `advance` and `end` return the windows that became certain.

    Attributes:
        drops: stream name to a counter of reasons (`unmatched`, `late`, `overflow`, `superseded`).
        on_drop: called with stream, packet and reason, if set.
    """

    def __init__(self, streams: Sequence[str], capacity: int = 256) -> None:
        self.streams = tuple(streams)
        self.capacity = self.room = capacity
        self.buffers: dict[str, list[Packet[Any]]] = {name: [] for name in streams}
        self.watermarks: dict[str, float] = dict.fromkeys(streams, -math.inf)
        self.drops: dict[str, Counter[str]] = {name: Counter() for name in streams}
        self.on_drop: OnDrop | None = None
        self.arrived: dict[int, float] = {}

    def wants(self, stream: str) -> bool:
        """Whether there is room for another packet of this stream; if not, leave it queued in its link."""
        return len(self.buffers[stream]) < self.room

    @property
    def full(self) -> bool:
        """Whether some stream has no room."""
        return not all(map(self.wants, self.streams))

    def make_room(self) -> None:
        """Hold more than `capacity`, up to `GROWTH` times as much; beyond that, drop the older half of what is full.

        For when nothing comes while a stream waits for room: waiting on would be for ever where the missing stream is
        made of the waiting one by a stage that holds packets back.
        """
        if self.room < GROWTH * self.capacity:
            self.room *= 2
            return
        for stream, buffer in self.buffers.items():
            if len(buffer) >= self.room:
                log.warning("a join drops packets of %r, since those of another stream do not come", stream)
                while len(buffer) > self.room // 2:
                    self._drop(stream, buffer.pop(0), "overflow")

    def push(self, stream: str, packet: Packet[Any]) -> list[Window]:
        """Take one packet."""
        buffer = self.buffers[stream]
        if len(buffer) >= self.room:
            self._drop(stream, buffer.pop(0), "overflow")
        bisect.insort(buffer, packet, key=lambda item: item.time_ns)
        self.arrived[id(packet)] = time.monotonic()
        self.watermarks[stream] = max(self.watermarks[stream], packet.time_ns)
        return self._ready()

    def advance(self, stream: str, time_ns: float) -> list[Window]:
        """Learn that no packet of this stream before `time_ns` will come any more."""
        self.watermarks[stream] = max(self.watermarks[stream], time_ns)
        return self._ready()

    def end(self, stream: str) -> list[Window]:
        """Learn that this stream has ended."""
        return self.advance(stream, math.inf)

    def poll(self) -> list[Window]:
        """Windows that became certain by waiting (see `max_wait`); call now and then when nothing arrives."""
        return self._ready()

    def low_watermark(self) -> float:
        """No window before this time will come any more."""
        pending = [buffer[0].time_ns for buffer in self.buffers.values() if buffer]
        return min([*pending, *self.watermarks.values()])

    def clear(self) -> int:
        """Forget what is held (barge-in); returns how many packets that were."""
        held = sum(len(buffer) for buffer in self.buffers.values())
        for stream, buffer in self.buffers.items():
            while buffer:
                self._drop(stream, buffer.pop(0), "interrupted")
        return held

    def _pop(self, stream: str) -> Packet[Any]:
        packet = self.buffers[stream].pop(0)
        self.arrived.pop(id(packet), None)
        return packet

    def _drop(self, stream: str, packet: Packet[Any], reason: str) -> None:
        self.arrived.pop(id(packet), None)
        self.drops[stream][reason] += 1
        if self.on_drop:
            self.on_drop(stream, packet, reason)

    @abstractmethod
    def _ready(self) -> list[Window]: ...
