"""`nearest`: each packet of the first stream with the one nearest to it in time of every other, after a short wait."""

from __future__ import annotations

import bisect
import logging
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from wugan.duration import to_ns
from wugan.errors import PipelineError
from wugan.packet import Packet
from wugan.sync.base import Arrival, Synchronizer, Window

log = logging.getLogger(__name__)

_EARLY = 0.75  # of a stream's shortest recent step: its next packet is not expected before that
_STEPS = 8  # recent steps of a stream that are looked at


class NearestSynchronizer(Synchronizer):
    """See `Nearest`."""

    def __init__(self, streams: Sequence[str], policy: Nearest) -> None:
        super().__init__(streams, policy.capacity, policy)
        self.max_age = to_ns(policy.max_age)
        self.wait_s = to_ns(policy.wait) / 1e9
        self.near: dict[str, list[Packet[Any]]] = {name: [] for name in streams[1:]}
        self.used: dict[str, set[int]] = {name: set() for name in streams[1:]}  # ids of held packets that were given
        self.steps: dict[str, list[int]] = {name: [] for name in streams[1:]}
        self.newest: dict[str, int] = {}
        self.back: dict[str, int] = {}  # time of a packet that went back, which the next one may confirm
        self.vain: set[str] = set()  # streams that were waited for and gave nothing since

    def wants(self, stream: str) -> bool:
        return stream != self.streams[0] or super().wants(stream)

    def push(self, stream: str, packet: Packet[Any]) -> list[Window]:
        if not self._admit(stream, packet):
            return []
        if stream == self.streams[0]:
            if not self.wants(stream):
                self._drop(stream, self.buffers[stream].pop(0), "overflow")
            self.buffers[stream].append(packet)
            self.arrived[id(packet)] = time.monotonic()
        else:
            self._hold(stream, packet)
        return self.advance(stream, packet.time_ns)

    def _admit(self, stream: str, packet: Packet[Any]) -> bool:
        if self.drop_duplicates and self._repeats(stream, packet):
            self._drop(stream, packet, "duplicate")
            return False
        time_ns, newest = packet.time_ns, self.newest.get(stream, packet.time_ns)
        if abs(time_ns - newest) > self.max_jump and not self._confirmed(stream, time_ns):
            self._drop(stream, packet, "jump")
            return False
        # A picture that comes a little late is still of use; a trigger would make a window before one that was given.
        if time_ns < newest - (0 if stream == self.streams[0] else self.max_age):
            if not self._confirmed(stream, time_ns):
                self._drop(stream, packet, "late")
                return False
            log.warning("the clock of %r has gone back by %.3f s", stream, (newest - time_ns) / 1e9)
            self._forget(stream)
            newest = time_ns
        self.back.pop(stream, None)
        self.newest[stream] = max(newest, time_ns)
        if stream in self.steps and time_ns > newest:
            self.steps[stream] = [*self.steps[stream][1 - _STEPS :], time_ns - newest]
        return True

    def _confirmed(self, stream: str, time_ns: int) -> bool:
        """Whether the packet before this one, dropped for its time too, shows that the clock has been set."""
        before = self.back.get(stream)
        self.back[stream] = time_ns
        return before is not None and before <= time_ns <= before + self.max_jump

    def _forget(self, stream: str) -> None:
        """Begin a stream anew, since its clock was set back."""
        self.watermarks[stream] = -math.inf
        while self.near.get(stream):
            self._let_go(stream)
        while self.buffers[stream]:
            self._drop(stream, self.buffers[stream].pop(0), "jump")
        if stream in self.steps:
            self.steps[stream].clear()

    def _hold(self, stream: str, packet: Packet[Any]) -> None:
        held = self.near[stream]
        bisect.insort(held, packet, key=lambda item: item.time_ns)
        self.vain.discard(stream)
        triggers = self.buffers[self.streams[0]]
        oldest = triggers[0].time_ns if triggers else self.newest.get(self.streams[0], held[0].time_ns)
        # The one before the oldest that may still be asked for is as near as any before it.
        while len(held) > self.capacity or (len(held) > 1 and held[1].time_ns <= oldest):
            self._let_go(stream)

    def _let_go(self, stream: str) -> None:
        packet = self.near[stream].pop(0)
        if id(packet) in self.used[stream]:
            self.used[stream].discard(id(packet))
        else:
            self._drop(stream, packet, "unmatched")

    def low_watermark(self) -> float:
        first = self.streams[0]
        return min([*(packet.time_ns for packet in self.buffers[first][:1]), self.watermarks[first]])

    def patience_s(self) -> float:
        buffer = self.buffers[self.streams[0]]
        return self.arrived[id(buffer[0])] + self.wait_s - time.monotonic() if buffer else math.inf

    def _ready(self) -> list[Window]:
        windows: list[Window] = []
        first = self.streams[0]
        while self.buffers[first]:
            head = self.buffers[first][0]
            best = {name: self._best(name, head.time_ns) for name in self.near}
            open_ = [name for name, packet in best.items() if not self._settled(name, packet, head.time_ns)]
            if open_ and time.monotonic() - self.arrived[id(head)] < self.wait_s:
                break
            self.vain.update(name for name in open_ if best[name] is None)
            found = {name: packet for name, packet in best.items() if packet is not None}
            for name, packet in found.items():
                self.used[name].add(id(packet))
            self._pop(first)
            windows.append(Window(head.time_ns, {first: head, **found}))
        return windows

    def _best(self, stream: str, time_ns: int) -> Packet[Any] | None:
        """What is held nearest to a time, if it is near enough."""
        found = min(self.near[stream], key=lambda packet: abs(packet.time_ns - time_ns), default=None)
        return found if found is not None and abs(found.time_ns - time_ns) <= self.max_age else None

    def _settled(self, stream: str, best: Packet[Any] | None, time_ns: int) -> bool:
        """Whether nothing nearer is to be expected."""
        if stream in self.vain:
            return True
        reached = self.watermarks[stream]
        if best is not None and self.steps[stream]:
            reached = max(reached, self.newest[stream] + _EARLY * min(self.steps[stream]))
        return reached >= time_ns + (self.max_age if best is None else abs(best.time_ns - time_ns))


@dataclass
class Nearest(Arrival):
    """Each packet of the first stream triggers a window with the packet nearest to it in time of every other stream.

    It waits for a nearer one, at most `wait` by the clock and only where one is to be expected: a stream whose packets
    come in steps of 100 ms is not waited for when one 10 ms away is there, nor is a stream that the last wait was in
    vain for, until it gives something again. So windows may depend on arrival. A packet may be used in several windows.

    A packet of the first stream that goes back in time is dropped (`late`); where the next one confirms it, the clock
    has been set back, and its time holds.

    Attributes:
        max_age: largest difference in time to the trigger, such as `"250ms"`; a stream without one is left out.
        wait: longest wait, such as `"30ms"`.
        capacity: triggers that wait, and packets held of each other stream.
    """

    max_age: str | float
    wait: str | float = "30ms"
    capacity: int = 64

    def __post_init__(self) -> None:
        super().__post_init__()
        to_ns(self.max_age)
        to_ns(self.wait)
        if self.capacity < 1:
            raise PipelineError(f"nearest: capacity must be at least 1, got {self.capacity}")

    def synchronizer(self, streams: Sequence[str]) -> Synchronizer:
        """The state machine of this policy over these streams; the first is the trigger."""
        return NearestSynchronizer(streams, self)
