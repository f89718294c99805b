"""`Clips`: an endless stream of pictures to overlapping clips (`Clip`), by time."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from wugan.duration import to_ns
from wugan.errors import DataError
from wugan.modalities.video.frame import check_time, rgb
from wugan.packet import Packet
from wugan.signals import Image
from wugan.stage import Stage


@dataclass(slots=True)
class Clip:
    """T pictures of one size, an even time apart. A picture that did not come is missing, and none is put in its place.

    Attributes:
        pixels: uint8 `[T, H, W, 3]`; zeros where one is missing.
        time_ns: int64 `[T]`, when each was captured; of a missing one, when it would have been. Increasing.
        mask: bool `[T]`, true where there is a picture.
        interval_ns: time between two.

    Raises:
        DataError: the shapes do not fit together, or times do not increase.
    """

    pixels: NDArray[np.uint8]
    time_ns: NDArray[np.int64]
    mask: NDArray[np.bool_]
    interval_ns: int

    def __post_init__(self) -> None:
        shape, count = self.pixels.shape, len(self.time_ns)
        if len(shape) != 4 or shape[0] != count or shape[3] != 3 or not self.pixels.size or self.mask.shape != (count,):
            raise DataError(f"Clip: {count} times, mask {self.mask.shape}, but pixels {shape}: [T, H, W, 3] is needed")
        if (np.diff(self.time_ns) <= 0).any():
            raise DataError("Clip: times do not increase")

    def __len__(self) -> int:
        return len(self.time_ns)


logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Slot:
    """A moment of the grid and the picture that is nearest to it so far."""

    time_ns: int
    packet: Packet[Image] | None = None

    @property
    def start_ns(self) -> int:
        """The earlier of the moment and its picture."""
        return self.time_ns if self.packet is None else min(self.time_ns, self.packet.time_ns)


@dataclass(eq=False)
class Clips(Stage[Image, Clip]):
    """Cuts a stream into clips of `frames` pictures, `interval` apart, one clip every `stride` pictures.

    The pictures are those nearest to a grid of times, within half an interval: a faster camera is thinned out, and
    where a camera drops pictures the clip has holes (`Clip.mask`) but still spans the same time. A clip with fewer than
    `least` pictures is not given (`thin` counts them).

    A clip's packet has the time of its first moment and `attrs["end_ns"]`, the capture of its last picture. Time that
    jumps back, a pause longer than a clip, or another picture size ends the clip under way and begins a new grid;
    `jumps`, `gaps` and `resizes` count these. A picture with the time of the one before is left out (`repeats`). What
    is under way when the stream ends is given only if it is complete.

    Args:
        frames: pictures in a clip.
        interval: time between two.
        stride: pictures from the start of one clip to the start of the next; at most `frames` leaves out nothing.
        least: share of a clip's pictures that must have come.

    Raises:
        DataError: from `__init__`, settings that make no sense; from `process`, a picture that is empty or of another
            type (the stream goes on without it).
    """

    frames: int = 8
    interval: str | float = "100ms"
    stride: int = 4
    least: float = 0.5
    jumps: int = field(init=False, default=0)
    gaps: int = field(init=False, default=0)
    repeats: int = field(init=False, default=0)
    resizes: int = field(init=False, default=0)
    thin: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self._interval = to_ns(self.interval)
        if self.frames < 2 or self.stride < 1 or self._interval < 1 or not 0 < self.least <= 1:
            raise DataError(
                f"Clips: frames {self.frames} must be at least 2, stride {self.stride} at least 1, interval "
                f"{self.interval!r} more than 0, least {self.least} in (0, 1]"
            )
        self._interrupted = False  # set by another thread, read by ours
        self._reset()

    def _reset(self) -> None:
        self._slots: list[_Slot] = []
        self._next_ns: int | None = None  # the grid's next moment, once it has begun
        self._skip = 0  # moments until the next clip begins, where `stride` is more than `frames`
        self._last_ns: int | None = None
        self._shape: tuple[int, ...] | None = None

    def process(self, packet: Packet[Image]) -> Iterator[Packet[Clip]]:
        """The clip that this picture completes, if it does."""
        if self._interrupted:
            self._interrupted = False
            self._reset()
        shape = rgb(packet).shape
        if self._last_ns is not None:
            if check_time(packet) == self._last_ns:
                self.repeats += 1
                return
            yield from self._breaks(packet, shape)
        if self._next_ns is None:
            self._next_ns = check_time(packet)
        self._last_ns, self._shape = packet.time_ns, shape
        half = self._interval // 2
        # Moments that this picture is too late for are settled as missing.
        while packet.time_ns > self._next_ns + half:
            yield from self._open(None, packet)
        if self._slots and abs(packet.time_ns - self._slots[-1].time_ns) <= half:
            self._better(self._slots[-1], packet)
        elif packet.time_ns >= self._next_ns - half:
            yield from self._open(packet, packet)
        yield from self._complete(packet, settled=False)

    def flush(self) -> Iterator[Packet[Clip]]:
        """The last clip, if all of its moments have come."""
        if not self._interrupted and len(self._slots) == self.frames:
            last = self._slots[-1].packet
            if last is not None:
                yield from self._complete(last, settled=True)
        self._reset()

    def watermark(self, time_ns: int) -> int:
        """Start of the clip under way."""
        return min(time_ns, self._slots[0].start_ns) if self._slots else time_ns

    def interrupt(self) -> None:
        """Forget the clip under way, before the next picture."""
        self._interrupted = True

    def _breaks(self, packet: Packet[Image], shape: tuple[int, ...]) -> Iterator[Packet[Clip]]:
        assert self._last_ns is not None
        step = packet.time_ns - self._last_ns
        reason = ""
        if step < 0:
            self.jumps += 1
            reason = f"jumps back by {-step / 1e9:.3f} s"
        elif step > self.frames * self._interval:
            self.gaps += 1
            reason = f"pauses for {step / 1e9:.3f} s"
        elif shape != self._shape:
            self.resizes += 1
            reason = f"changes its size from {self._shape} to {shape}"
        if reason:
            logger.warning("%r %s: a new clip begins", packet.stream, reason)
            yield from self.flush()

    def _open(self, picture: Packet[Image] | None, packet: Packet[Image]) -> Iterator[Packet[Clip]]:
        """The grid's next moment; what came before it is settled."""
        assert self._next_ns is not None
        yield from self._complete(packet, settled=True)
        if self._skip:
            self._skip -= 1
        else:
            self._slots.append(_Slot(self._next_ns, picture))
        self._next_ns += self._interval

    def _better(self, slot: _Slot, packet: Packet[Image]) -> None:
        """Two pictures near one moment: the nearer one stays, of two equally near the first."""
        if slot.packet is None or abs(packet.time_ns - slot.time_ns) < abs(slot.packet.time_ns - slot.time_ns):
            slot.packet = packet

    def _complete(self, packet: Packet[Image], settled: bool) -> Iterator[Packet[Clip]]:
        """The clip, as soon as its last picture cannot be bettered: it is exact, or its moment is past."""
        if len(self._slots) < self.frames:
            return
        last = self._slots[-1]
        exact = last.packet is None or last.packet.time_ns >= last.time_ns
        if not settled and not exact:
            return
        done = self._slots
        self._slots = done[self.stride :]
        self._skip = max(0, self.stride - self.frames)
        there = [slot for slot in done if slot.packet is not None]
        if len(there) < self.least * self.frames:
            self.thin += 1
            logger.debug("%r: a clip with %d of %d pictures is left out", packet.stream, len(there), self.frames)
            return
        yield self._packet(done, there[-1])

    def _packet(self, slots: list[_Slot], newest: _Slot) -> Packet[Clip]:
        assert newest.packet is not None and self._shape is not None
        pixels: NDArray[np.uint8] = np.zeros((len(slots), *self._shape), np.uint8)
        times = np.empty(len(slots), np.int64)
        for index, slot in enumerate(slots):
            times[index] = slot.time_ns if slot.packet is None else slot.packet.time_ns
            if slot.packet is not None:
                pixels[index] = rgb(slot.packet)
        mask = np.array([slot.packet is not None for slot in slots])
        made = newest.packet.replace(Clip(pixels, times, mask, self._interval), end_ns=int(times[mask][-1]))
        return dataclasses.replace(made, time_ns=slots[0].start_ns)
