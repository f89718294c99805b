"""`approximate` and `exact`: packets that lie within a slop of each other belong together."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from wugan.duration import to_ns
from wugan.errors import PipelineError
from wugan.packet import Packet
from wugan.sync.base import Arrival, Synchronizer, Window
from wugan.sync.outlook import Heads, Outlook, Unknown


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
