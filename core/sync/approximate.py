"""`approximate` and `exact`: packets that lie within a slop of each other belong together."""

from __future__ import annotations

import heapq
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from wugan.duration import to_ns
from wugan.errors import PipelineError
from wugan.packet import Packet
from wugan.sync.base import Arrival, Synchronizer, Window


class ApproximateSynchronizer(Synchronizer):
    """See `Approximate`."""

    def __init__(self, streams: Sequence[str], policy: Approximate | Exact) -> None:
        super().__init__(streams, policy.capacity, policy)
        self.slop = to_ns(policy.slop) if isinstance(policy, Approximate) else 0
        self.complete_only = policy.missing == "drop"
        self.max_wait_s = math.inf if policy.max_wait is None else to_ns(policy.max_wait) / 1e9
        # The head whose fate is uncertain, and what it hangs on: streams, and what was known of them then.
        self.waits_for: tuple[Packet[Any], dict[str, tuple[float, int]]] | None = None

    def clear(self) -> int:
        self.waits_for = None
        return super().clear()

    def _ready(self) -> list[Window]:
        windows: list[Window] = []
        while (anchor := self._anchor()) is not None:
            head = self.buffers[self.streams[anchor]][0]
            waited = time.monotonic() - self.arrived[id(head)] > self.max_wait_s
            if not waited and self._waits(head):
                break
            marks = [math.inf] * len(self.streams) if waited else list(self.watermarks.values())
            outlook = Outlook(list(self.buffers.values()), marks, self.slop, self.room)
            try:
                if self._fits(anchor, outlook):
                    self._take(outlook.choose(), windows)
                else:
                    self._settle(anchor, self._free_partners(anchor, outlook), windows)
            except Unknown as unknown:
                names = [self.streams[number] for number in unknown.streams]
                self.waits_for = head, {name: self._known(name) for name in names}
                break
        return windows

    def _anchor(self) -> int | None:
        """Number of the stream whose head is the earliest packet held."""
        heads = [(buffer[0].time_ns, number) for number, buffer in enumerate(self.buffers.values()) if buffer]
        return min(heads)[1] if heads else None

    def _waits(self, head: Packet[Any]) -> bool:
        """Whether nothing has changed for this head since its fate was found to be uncertain."""
        if self.waits_for is None or self.waits_for[0] is not head:
            return False
        return all(self._known(name) == known for name, known in self.waits_for[1].items())

    def _known(self, stream: str) -> tuple[float, int]:
        return self.watermarks[stream], len(self.buffers[stream])

    def _fits(self, anchor: int, outlook: Outlook) -> bool:
        """Whether the heads of all streams make a complete window with the anchor's."""
        edge = outlook.buffers[anchor][0].time_ns + self.slop
        return max(outlook.time(number, 0, edge) for number in range(len(self.streams))) < math.inf

    def _take(self, chosen: Heads, windows: list[Window]) -> None:
        """Give the window chosen, after what lies before it."""
        left = dict(zip(self.streams, chosen, strict=True))
        while any(left.values()):
            anchor = min((self.buffers[name][0].time_ns, n) for n, name in enumerate(self.streams) if left[name])[1]
            name = self.streams[anchor]
            others = [other for other in self.streams if left[other] and other != name]
            for used in self._settle(anchor, [other for other in others if self._near(name, other)], windows):
                left[used] -= 1
        self._give(self.streams, windows)

    def _settle(self, anchor: int, partners: list[str], windows: list[Window]) -> list[str]:
        """Give the anchor's head in a window that lacks a stream, or drop it; returns the streams used."""
        name = self.streams[anchor]
        if self.complete_only:
            self.horizon = self.buffers[name][0].time_ns
            self._drop(name, self.buffers[name].pop(0), "unmatched")
            return [name]
        used = [name, *partners]
        self._give([stream for stream in self.streams if stream in used], windows)
        return used

    def _give(self, streams: Sequence[str], windows: list[Window]) -> None:
        packets = {name: self._pop(name) for name in streams}
        self.horizon = min(packet.time_ns for packet in packets.values())
        windows.append(Window(int(self.horizon), packets))

    def _near(self, anchor: str, other: str) -> bool:
        """Whether the other's head lies within the slop of the anchor's, and no nearer to the anchor's successor."""
        head, nearest = self.buffers[anchor][0].time_ns, self.buffers[other][0].time_ns
        rivals = self.buffers[anchor][1:2]
        return nearest - head <= self.slop and not (rivals and abs(rivals[0].time_ns - nearest) < nearest - head)

    def _free_partners(self, anchor: int, outlook: Outlook) -> list[str]:
        """Streams whose head belongs to the anchor's, which is in no complete window."""
        if self.complete_only or len(self.streams) < 3:
            return []
        name, found = self.streams[anchor], []
        head = self.buffers[name][0].time_ns
        for number, other in enumerate(self.streams):
            nearest = outlook.time(number, 0, head + self.slop)
            if number == anchor or nearest == math.inf:
                continue
            outlook.time(anchor, 1, 2 * nearest - head - 1)  # the anchor's successor may be nearer
            if self._near(name, other) and self._free(anchor, number, nearest, outlook):
                found.append(other)
        return found

    def _free(self, anchor: int, other: int, time_ns: float, outlook: Outlook) -> bool:
        """Whether no complete window can hold this head, since some stream has nothing near it."""
        unknown: list[int] = []
        for number in range(len(self.streams)):
            try:
                if number != other and outlook.time(number, int(number == anchor), time_ns + self.slop) == math.inf:
                    return True
            except Unknown:
                unknown.append(number)
        if unknown:
            raise Unknown(*unknown)
        return False


@dataclass
class Approximate(Arrival):
    """Packets belong together when their times lie within `slop`; each is used at most once.

    Complete windows come first: of those possible, the plan that gives many and narrow ones (see `Outlook`), as far as
    packets of twice the slop can tell. What they leave over makes windows that lack a stream, of the nearest partners
    (`missing="emit"`: a missing modality is normal), or is dropped and counted (`missing="drop"`). A packet waits until
    its fate is certain, and no longer than every stream is twice the slop past it.

    Attributes:
        slop: largest difference in time inside a window, such as `"250ms"`.
        missing: `"emit"` windows that lack a stream, or `"drop"` them.
        max_wait: longest wait by the clock for a stream that gives no sign; `None` waits for its watermark.
        capacity: packets held per stream; more wait in the stream's link.
    """

    slop: str | float
    missing: Literal["emit", "drop"] = "emit"
    max_wait: str | float | None = None
    capacity: int = 256

    def __post_init__(self) -> None:
        super().__post_init__()
        to_ns(self.slop)
        if self.max_wait is not None:
            to_ns(self.max_wait)
        if self.capacity < 1:
            raise PipelineError(f"approximate: capacity must be at least 1, got {self.capacity}")

    def synchronizer(self, streams: Sequence[str]) -> Synchronizer:
        """The state machine of this policy over these streams."""
        return ApproximateSynchronizer(streams, self)


@dataclass
class Exact(Arrival):
    """Packets belong together when their times are equal, such as those of one hardware trigger or one file.

    Attributes:
        missing: `"emit"` windows that lack a stream, or `"drop"` them.
        max_wait: longest wait by the clock for a stream that gives no sign; `None` waits for its watermark.
        capacity: packets held per stream; more wait in the stream's link.
    """

    missing: Literal["emit", "drop"] = "emit"
    max_wait: str | float | None = None
    capacity: int = 256

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.max_wait is not None:
            to_ns(self.max_wait)
        if self.capacity < 1:
            raise PipelineError(f"exact: capacity must be at least 1, got {self.capacity}")

    def synchronizer(self, streams: Sequence[str]) -> Synchronizer:
        """The state machine of this policy over these streams."""
        return ApproximateSynchronizer(streams, self)


WORTH = 1.25  # what a complete window is worth in slops, less its span
HOPE = 0.2  # share of that given to packets at the edge of sight, whose partners may lie beyond
SIGHT = 4  # how far to look, in spans of the first window that fits; never beyond twice the slop

Heads = tuple[int, ...]


class Unknown(Exception):
    """The choice hangs on packets that may still come.

    Args:
        streams: numbers of the streams; nothing changes before one of them tells more.
    """

    def __init__(self, *streams: int) -> None:
        self.streams = streams


class Outlook:
    """Chooses among windows of one packet per stream whose span is at most the slop.

    The first window that fits is the first head of every stream. To take it each time gives the most windows, yet wide
    ones, and where the slop is longer than a period it pairs packets a period apart. ROS message_filters looks for the
    narrowest window near the first (`approximate_time.h`: candidate, pivot), and loses windows by what it passes over.
    Here a window is worth `WORTH` slops less its span, and the plan worth most is looked for among what lies in sight.

    - A window that competes with the first is narrower than it and starts before it ends. Any other could be replaced
      by the first, and the plan would be worth no less. So one without such a rival is taken without looking further.
    - Only packets up to a time that the first window sets are looked at, and all of these are waited for. So a choice
      does not depend on how streams happen to arrive, and hangs on nothing beyond twice the slop.

    Args:
        buffers: packets held of each stream, by time.
        marks: time of each stream before which no further packet will come.
        slop: largest span of a window, ns.
        room: packets of a stream that can be held; one that is full is not waited for.
    """

    def __init__(self, buffers: Sequence[list[Packet[Any]]], marks: Sequence[float], slop: int, room: int) -> None:
        self.buffers = buffers
        self.marks = marks
        self.slop = slop
        self.room = room

    def time(self, stream: int, index: int, limit: float) -> float:
        """Time of this packet, or infinity where there is none up to `limit`.

        Raises:
            Unknown: one may still come.
        """
        buffer, mark = self.buffers[stream], self.marks[stream]
        if index < len(buffer):
            time_ns = buffer[index].time_ns
            if time_ns <= mark:  # else one before it may still come
                return time_ns if time_ns <= limit else math.inf
        elif len(buffer) >= self.room:
            return math.inf
        if mark > limit:
            return math.inf
        raise Unknown(stream)

    def choose(self) -> Heads:
        """Index in each buffer of the next window's packets, given that the first of each buffer fit.

        Raises:
            Unknown: it is not certain yet.
        """
        first = (0,) * len(self.buffers)
        times = [buffer[0].time_ns for buffer in self.buffers]
        start, span = min(times), max(times) - min(times)
        rivals = self._narrowing(first, start + 2 * span - 1) if span else []
        if len(rivals) < 2:
            return first
        return rivals[self._best(rivals, start + min(2 * self.slop, SIGHT * span))][1]

    def _narrowing(self, heads: Heads, limit: float) -> list[tuple[int, Heads]]:
        """The first window from these heads on that fits, then its rivals, each narrower; as span and heads."""
        at = list(heads)
        times = [self.time(stream, index, limit) for stream, index in enumerate(at)]
        found: list[tuple[int, Heads]] = []
        narrowest, pivot = self.slop + 1.0, math.inf
        while True:
            start, end = min(times), max(times)
            if end == math.inf or start > pivot or (found and end - pivot >= narrowest):
                return found
            if end - start < narrowest:
                narrowest = end - start
                pivot = end if not found else pivot
                found.append((int(narrowest), tuple(at)))
            earliest = times.index(start)
            at[earliest] += 1
            times[earliest] = self.time(earliest, at[earliest], limit)

    def _best(self, rivals: list[tuple[int, Heads]], limit: float) -> int:
        """Which of the rivals begins the plan worth most; the earliest of equals."""
        worth = WORTH * self.slop
        reached: dict[Heads, tuple[float, int]] = {}  # heads to what the plan is worth so far, and less its rival
        queue: list[tuple[int, Heads]] = []  # by the sum of heads, which grows along a plan

        def reach(before: float, rival: int, span: int, taken: Heads) -> None:
            heads = tuple(index + 1 for index in taken)
            plan = (before + worth - span, -rival)
            if heads not in reached:
                heapq.heappush(queue, (sum(heads), heads))
                reached[heads] = plan
            elif plan > reached[heads]:
                reached[heads] = plan

        for rival, (span, taken) in enumerate(rivals):
            reach(0.0, rival, span, taken)
        best = (-math.inf, 0)
        while queue:
            _, heads = heapq.heappop(queue)
            value, rival = reached[heads]
            windows = self._narrowing(heads, limit)
            for span, taken in windows:
                reach(value, -rival, span, taken)
            if not windows:
                best = max(best, (value + self._hope(heads, limit), rival))
        return -best[1]

    def _hope(self, heads: Heads, limit: float) -> float:
        """What the packets left at the edge of sight may still be worth, with partners just beyond it."""
        left: list[float] = []
        for stream, index in enumerate(heads):
            while (time_ns := self.time(stream, index, limit)) < limit - self.slop:
                index += 1
            left.append(time_ns)
        if max(left) < math.inf or min(left) == math.inf:
            return 0.0
        return HOPE * (WORTH * self.slop - (limit - min(left)))
