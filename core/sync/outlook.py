"""`Outlook`: which complete window `approximate` makes next, from what is known of each stream."""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from typing import Any

from wugan.packet import Packet

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
