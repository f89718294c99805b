"""`approximate` and `exact`: packets that lie within a slop of each other belong together."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from wugan.duration import to_ns
from wugan.errors import PipelineError
from wugan.sync.base import Arrival, Synchronizer, Window


class ApproximateSynchronizer(Synchronizer):
    """See `Approximate`."""

    def __init__(self, streams: Sequence[str], policy: Approximate | Exact) -> None:
        super().__init__(streams, policy.capacity, policy)
        self.slop = to_ns(policy.slop) if isinstance(policy, Approximate) else 0
        self.complete_only = policy.missing == "drop"
        self.max_wait_s = math.inf if policy.max_wait is None else to_ns(policy.max_wait) / 1e9

    def _ready(self) -> list[Window]:
        windows = []
        while (anchor := self._anchor()) is not None:
            partners = self._partners(anchor)
            if partners is None:
                break
            self.horizon = self.buffers[anchor][0].time_ns
            chosen = [anchor, *partners]
            if self.complete_only and len(chosen) < len(self.streams):
                self._drop(anchor, self.buffers[anchor].pop(0), "unmatched")
                continue
            packets = {name: self._pop(name) for name in self.streams if name in chosen}
            windows.append(Window(packets[anchor].time_ns, packets))
        return windows

    def _anchor(self) -> str | None:
        """The stream whose head is the earliest packet held."""
        heads = [(buffer[0].time_ns, index) for index, buffer in enumerate(self.buffers.values()) if buffer]
        return self.streams[min(heads)[1]] if heads else None

    def _partners(self, anchor: str) -> list[str] | None:
        """Streams whose head belongs to the anchor's; `None` while a better match may still come."""
        head = self.buffers[anchor][0]
        waited = time.monotonic() - self.arrived[id(head)] > self.max_wait_s
        own = self.watermarks[anchor]
        if own < head.time_ns and not waited:  # an earlier one may still come (`lateness`)
            return None
        partners = []
        for other in self.streams:
            if other == anchor:
                continue
            mark = self.watermarks[other]
            nearest = self.buffers[other][0].time_ns if self.buffers[other] else math.inf
            # A tie at the edge is settled by time, so the watermark must have passed it.
            if mark < nearest and mark <= head.time_ns + self.slop and not waited:
                return None
            gap = nearest - head.time_ns
            if gap > self.slop:
                continue
            # The anchor's own successor may be nearer to the other's head; then the anchor leaves it alone.
            rivals = self.buffers[anchor][1:2]
            if rivals and abs(rivals[0].time_ns - nearest) < gap:
                continue
            certain = own >= head.time_ns + 2 * gap or (rivals and own >= rivals[0].time_ns)
            if not certain and not waited:
                return None
            partners.append(other)
        return partners


@dataclass
class Approximate(Arrival):
    """Packets belong together when their times lie within `slop`; each is used at most once.

    A packet waits until it is certain which partner is nearest. A stream that has no partner for it is absent from
    the window (`missing="emit"`: a missing modality is normal), or the packet is dropped and counted
    (`missing="drop"`).

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
