"""`interpolate(max_gap)`: continuous streams at the stamps of a reference stream."""

from __future__ import annotations

import bisect
import logging
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from wugan.duration import to_ns
from wugan.errors import DataError, PipelineError
from wugan.packet import Packet
from wugan.sync.base import Arrival, Synchronizer, Window

log = logging.getLogger(__name__)

Mix = Callable[[Any, Any, float], Any]


def linear(a: Any, b: Any, weight: float) -> Any:
    """`a + weight * (b - a)` for numbers and arrays of one shape; integers become float64, float32 stays.

    Raises:
        DataError: they are no numbers, or their shapes differ.
    """
    left, right = _numbers(a), _numbers(b)
    if left.shape != right.shape:
        raise DataError(f"shapes {left.shape} and {right.shape} differ: give interpolate a mix(a, b, weight) for them")
    if left.dtype.kind in "iu":
        left = left.astype(np.float64)  # unsigned differences would wrap
    if right.dtype.kind in "iu":
        right = right.astype(np.float64)
    mixed = (1 - weight) * left + weight * right
    return mixed if isinstance(a, (np.ndarray, np.generic)) else mixed.tolist()


def _numbers(value: Any) -> np.ndarray:
    try:
        array = np.asarray(value)
    except ValueError:  # lists of several lengths
        array = np.empty(0, object)
    if array.dtype.kind not in "iufc":
        raise DataError(f"{type(value).__name__} is no array of numbers: give interpolate a mix(a, b, weight) for it")
    return array


class InterpolateSynchronizer(Synchronizer):
    """See `Interpolate`."""

    def __init__(self, streams: Sequence[str], policy: Interpolate) -> None:
        super().__init__(streams, policy.capacity, policy)
        self.reference = policy.reference or self.streams[0]
        if self.reference not in self.streams:
            raise PipelineError(
                f"interpolate: the reference {self.reference!r} is none of the streams {', '.join(self.streams)}"
            )
        self.others = [name for name in self.streams if name != self.reference]
        self.max_gap = to_ns(policy.max_gap)
        self.mix = policy.mix or linear
        self.checked = policy.mix is None
        self.complete_only = policy.missing == "drop"
        self.max_wait_s = math.inf if policy.max_wait is None else to_ns(policy.max_wait) / 1e9
        self.used: set[int] = set()  # packets held that some window has used

    def push(self, stream: str, packet: Packet[Any]) -> list[Window]:
        """Take one packet.

        Raises:
            DataError: it cannot be interpolated; nothing has changed then.
        """
        if self.checked and stream != self.reference:
            held = self.buffers[stream]
            try:  # here, where the error can be laid at the door of this packet
                linear(held[-1].data if held else packet.data, packet.data, 0.0)
            except DataError as error:
                raise DataError(f"packet {packet.seq} of stream {stream!r} at {packet.time_ns} ns: {error}") from error
        return super().push(stream, packet)

    def low_watermark(self) -> float:
        return self._next_stamp()

    def _next_stamp(self) -> float:
        """No window before this time will come any more."""
        waiting = self.buffers[self.reference]
        mark = self.watermarks[self.reference]
        return min(waiting[0].time_ns, mark) if waiting else mark

    def _late(self, stream: str, time_ns: int) -> bool:
        return super()._late(stream, time_ns) if stream == self.reference else time_ns < self.horizon

    def _drop(self, stream: str, packet: Packet[Any], reason: str) -> None:
        self.used.discard(id(packet))
        super()._drop(stream, packet, reason)

    def _ready(self) -> list[Window]:
        windows = []
        waiting = self.buffers[self.reference]
        self._forget()
        while waiting:
            head = waiting[0]
            waited = time.monotonic() - self.arrived[id(head)] > self.max_wait_s
            certain = self.watermarks[self.reference] >= head.time_ns  # an earlier one may come, given `lateness`
            if not waited and not (certain and all(self._certain(name, head.time_ns) for name in self.others)):
                break
            found = {name: packet for name in self.others if (packet := self._at(name, head.time_ns)) is not None}
            self.horizon = head.time_ns
            if self.complete_only and len(found) < len(self.others):
                self._drop(self.reference, waiting.pop(0), "unmatched")
            else:
                found[self.reference] = self._pop(self.reference)
                windows.append(Window(head.time_ns, {name: found[name] for name in self.streams if name in found}))
            self._forget()
        return windows

    def _neighbours(self, stream: str, time_ns: int) -> tuple[Packet[Any] | None, Packet[Any] | None]:
        """The last packet at or before this time and the first at or after it."""
        buffer = self.buffers[stream]
        right = bisect.bisect_left(buffer, time_ns, key=lambda item: item.time_ns)
        after = buffer[right] if right < len(buffer) else None
        if after is not None and after.time_ns == time_ns:
            return after, after
        return (buffer[right - 1] if right else None), after

    def _certain(self, stream: str, time_ns: int) -> bool:
        """Whether no packet to come can change what this stream is at this time."""
        before, after = self._neighbours(stream, time_ns)
        mark = self.watermarks[stream]
        if after is not None and mark >= after.time_ns:
            return True
        return mark > time_ns and (before is None or mark > before.time_ns + self.max_gap)

    def _at(self, stream: str, time_ns: int) -> Packet[Any] | None:
        """What this stream is at this time; `None` where it has a gap."""
        before, after = self._neighbours(stream, time_ns)
        if before is None or after is None or after.time_ns - before.time_ns > self.max_gap:
            return None
        self.used |= {id(before), id(after)}
        if before is after:
            return before
        weight = (time_ns - before.time_ns) / (after.time_ns - before.time_ns)
        try:
            data = self.mix(before.data, after.data, weight)
        except Exception:
            # To raise would lose the windows found before this one; a missing stream is normal.
            log.exception("interpolate: mix failed between packets %d and %d of %r", before.seq, after.seq, stream)
            self._drop(stream, before, "failed")
            self.used.add(id(before))  # it stays, as a neighbour of other stamps, and is not to be counted twice
            return None
        return Packet(data, time_ns, stream=stream, seq=before.seq, attrs=before.attrs)

    def _forget(self) -> None:
        """Let go of packets before the neighbours of the next stamp; those that no window used are superseded."""
        stamp = self._next_stamp()
        for name in self.others:
            buffer = self.buffers[name]
            while buffer and (stamp == math.inf or (len(buffer) > 1 and buffer[1].time_ns <= stamp)):
                if id(buffer[0]) in self.used:
                    self.used.discard(id(self._pop(name)))
                else:
                    self._drop(name, buffer.pop(0), "superseded")


@dataclass
class Interpolate(Arrival):
    """Each packet of the reference stream gives a window with the value of every other stream at that very time.

    The value lies between the packets before and after it: linear for numbers and arrays, or what `mix` makes of them.
    A stream whose neighbours lie further apart than `max_gap`, or that has none on one side, is absent. The error of
    linear interpolation is at most h² / 8 times the largest second derivative, for packets h apart.

    Attributes:
        max_gap: longest time between two packets that may be interpolated, such as `"100ms"`.
        reference: name of the reference stream; `None` is the first.
        mix: `mix(a, b, weight)` with weight from 0 (all `a`) to 1 (all `b`), for data that is no array of numbers.
        missing: `"emit"` windows that lack a stream, or `"drop"` them.
        max_wait: longest wait by the clock for a stream that gives no sign; `None` waits for its watermark.
        capacity: packets held per stream, at least two; more wait in the stream's link.
    """

    max_gap: str | float
    reference: str | None = None
    mix: Mix | None = None
    missing: Literal["emit", "drop"] = "emit"
    max_wait: str | float | None = None
    capacity: int = 256

    def __post_init__(self) -> None:
        super().__post_init__()
        to_ns(self.max_gap)
        if self.max_wait is not None:
            to_ns(self.max_wait)
        if self.capacity < 2:
            raise PipelineError(f"interpolate: capacity must be at least 2 (the two neighbours), got {self.capacity}")

    def synchronizer(self, streams: Sequence[str]) -> Synchronizer:
        """The state machine of this policy over these streams.

        Raises:
            PipelineError: none of them is the reference.
        """
        return InterpolateSynchronizer(streams, self)
