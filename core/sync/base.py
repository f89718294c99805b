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
from typing import Any, Literal

from wugan.duration import to_ns
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


@dataclass(kw_only=True)
class Arrival:
    """What every policy says of how packets arrive.

    Attributes:
        lateness: how far back in time a packet may come after its stream has been said to have passed it. Windows wait
            that much longer, and out-of-order packets within it are put in order.
        max_jump: longest step in time between two packets of a stream, forth or back; choose it longer than the longest
            pause. A packet beyond it is dropped, unless the one before it, dropped too, lies by it: then the clock has
            been set, and the new time holds as far as no window of that time has been decided. `None` takes any step.
        duplicates: `"drop"` packets whose time and `seq` their stream has had, of the last few hundred (a sender that
            repeats). `"keep"` suits stages that give several packets for one.
        on_drop: called with stream, packet and reason for each packet dropped, where the join runs.
    """

    lateness: str | float = 0
    max_jump: str | float | None = None
    duplicates: Literal["keep", "drop"] = "keep"
    on_drop: OnDrop | None = None

    def __post_init__(self) -> None:
        to_ns(self.lateness)
        if self.max_jump is not None:
            to_ns(self.max_jump)


class Synchronizer(ABC):
    """Base of the policies' state machines. `push`, `advance` and `end` return the windows that became certain.

    Attributes:
        drops: stream name to a counter of reasons (`unmatched`, `late`, `overflow`, `superseded`, `duplicate`, `jump`,
            `interrupted`, `failed`).
        on_drop: called with stream, packet and reason, if set.
    """

    def __init__(self, streams: Sequence[str], capacity: int = 256, arrival: Arrival | None = None) -> None:
        arrival = arrival or Arrival()
        self.streams = tuple(streams)
        self.capacity = self.room = capacity
        self.buffers: dict[str, list[Packet[Any]]] = {name: [] for name in streams}
        self.watermarks: dict[str, float] = dict.fromkeys(streams, -math.inf)
        self.drops: dict[str, Counter[str]] = {name: Counter() for name in streams}
        self.on_drop = arrival.on_drop
        self.lateness = to_ns(arrival.lateness)
        self.max_jump = math.inf if arrival.max_jump is None else to_ns(arrival.max_jump)
        self.drop_duplicates = arrival.duplicates == "drop"
        self.horizon = -math.inf  # time of the last packet decided; what comes before it is late
        self.last: dict[str, int] = {}  # time of each stream's last packet, by the clock that holds
        self.suspects: dict[str, int] = {}  # of the last one dropped for its jump
        self.seen: dict[str, dict[tuple[int, int], None]] = {name: {} for name in streams}
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
        if not self._admit(stream, packet):
            return []
        buffer = self.buffers[stream]
        if len(buffer) >= self.room:
            self._drop(stream, buffer.pop(0), "overflow")
        bisect.insort(buffer, packet, key=lambda item: item.time_ns)
        self.arrived[id(packet)] = time.monotonic()
        return self.advance(stream, packet.time_ns)

    def advance(self, stream: str, time_ns: float) -> list[Window]:
        """Learn that no packet of this stream before `time_ns` (less `lateness`) will come any more."""
        self.watermarks[stream] = max(self.watermarks[stream], time_ns - self.lateness)
        return self._ready()

    def end(self, stream: str) -> list[Window]:
        """Learn that this stream has ended."""
        return self.advance(stream, math.inf)

    def poll(self) -> list[Window]:
        """Windows that became certain by waiting (see `max_wait`); call now and then when nothing arrives."""
        return self._ready()

    def patience_s(self) -> float:
        """Seconds until `poll` may find a window that is not waited for any longer."""
        return math.inf

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

    def _admit(self, stream: str, packet: Packet[Any]) -> bool:
        """Whether to take this packet; if not, it has been dropped with its reason."""
        if self._jumped(stream, packet.time_ns):
            reason = "jump"
        elif self._late(stream, packet.time_ns):
            reason = "late"
        elif self.drop_duplicates and self._repeats(stream, packet):
            reason = "duplicate"
        else:
            return True
        self._drop(stream, packet, reason)
        return False

    def _late(self, stream: str, time_ns: int) -> bool:
        """Whether a packet of this time would make a window before what was decided or promised."""
        return time_ns < max(self.horizon, self.low_watermark())

    def _jumped(self, stream: str, time_ns: int) -> bool:
        last = self.last.get(stream, time_ns)
        if abs(time_ns - last) > self.max_jump:
            suspect = self.suspects.get(stream)
            self.suspects[stream] = time_ns
            if suspect is None or abs(time_ns - suspect) > self.max_jump:
                return True
            if self._late(stream, time_ns):
                if self.drops[stream]["jump"] % 1000 == 1:  # the second, and now and then
                    log.warning(
                        "the clock of %r went back by %.3f s; until it has caught up, its packets are dropped",
                        stream,
                        (last - time_ns) / 1e9,
                    )
                return True
            log.warning("the clock of %r has jumped by %.3f s", stream, (time_ns - last) / 1e9)
            self.watermarks[stream] = min(self.watermarks[stream], time_ns - self.lateness)
        self.last[stream] = time_ns
        self.suspects.pop(stream, None)
        return False

    def _repeats(self, stream: str, packet: Packet[Any]) -> bool:
        seen, key = self.seen[stream], (packet.time_ns, packet.seq)
        if key in seen:
            return True
        seen[key] = None
        if len(seen) > 2 * self.capacity:
            del seen[next(iter(seen))]
        return False

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
