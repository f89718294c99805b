"""`TextureDetector`: where the hand slides from one surface onto another."""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError
from wugan.modalities.haptics.encoder import power
from wugan.packet import Packet
from wugan.signals import HapticSample
from wugan.stage import Stage

_SPACING_M = 0.25e-3  # at 1 kHz a hand of 0.25 m/s gives one state for each: finer says nothing more
_WINDOW = 48  # samples: 12 mm, the pad of a finger
_HOP = 16  # 4 mm
_SIDE = 3  # windows that are averaged before and after a place
_BANDS = 6
_FLOOR = 1e-6  # of a band's power, N² or (m/s²)²
_LOOK_BACK = _SIDE + _WINDOW // _HOP  # hops by which a change is noticed late, at most


@dataclass(slots=True)
class TextureChange:
    """The surface under the hand feels different from here on.

    Attributes:
        time_ns: when the hand passed the border.
        position: float64 `[A]`, where it was then.
        novelty: how different: root mean square over the bands, in decades of power.
    """

    time_ns: int
    position: NDArray[np.float64]
    novelty: float


@dataclass(slots=True)
class _Window:
    time_ns: int  # of its middle
    position: NDArray[np.float64]
    bands: NDArray[np.float64]


@dataclass(eq=False)
class TextureDetector(Stage[HapticSample, TextureChange]):
    """Compares the spectra of the force before and after each place that the hand slides over.

    The spectra are of distance, not of time: a grating of 1 mm is a grating of 1 mm, however fast the hand is. They are
    taken of the measured acceleration where the device has a sensor, otherwise of the force, reduced over the axes
    (DFT321). Where contact is lost, or the hand rests, nothing is compared across it. A change is reported once, where
    the difference is greatest.

    Args:
        novelty: difference in decades of power from which on it is another surface.
        least_force: N below which the hand does not touch.
        least_speed: m/s below which it rests.

    Raises:
        DataError: a parameter is not above 0, or the device's axes are joints, which have no distance.
    """

    novelty: float = 0.7
    least_force: float = 0.1
    least_speed: float = 0.01

    def __post_init__(self) -> None:
        if min(self.novelty, self.least_force, self.least_speed) <= 0:
            raise DataError("TextureDetector: novelty, least_force and least_speed must be above 0")
        self.interrupt()

    def interrupt(self) -> None:
        """Forget the surface."""
        self._path = 0.0  # m, since the hand began to slide
        self._next = 0.0  # path of the next sample
        self._start_ns = 0  # when it began
        self._last: NDArray[np.float64] | None = None  # time since then, position and signal of the last state
        self._samples: deque[NDArray[np.float64]] = deque(maxlen=_WINDOW)
        self._count = 0
        self._windows: deque[_Window] = deque(maxlen=2 * _SIDE)
        self._best: TextureChange | None = None
        self._since = 0  # windows since the greatest difference

    def watermark(self, time_ns: int) -> int:
        """A change is dated back, to before what is held."""
        oldest = [window.time_ns for window in self._windows][:1]
        if self._best is not None:
            oldest.append(self._best.time_ns)
        return min([time_ns, *oldest])

    def process(self, packet: Packet[HapticSample]) -> Iterator[Packet[TextureChange]]:
        sample = packet.data
        if sample.space != "cartesian":
            raise DataError(f"{packet.stream!r} has joint axes; textures lie along a path in metres")
        signal = sample.force if sample.acceleration is None else sample.acceleration
        speed = np.linalg.norm(sample.velocity, axis=1)
        sliding = (np.linalg.norm(sample.force, axis=1) >= self.least_force) & (speed >= self.least_speed)
        rows = np.column_stack([sample.position, signal])
        for index, time_ns in enumerate(sample.time_ns.tolist()):
            if not sliding[index]:
                yield from self._end(packet)
                continue
            for found in self._slide(time_ns, rows[index], float(speed[index]), sample.axes):
                yield self._packet(packet, found)

    def flush(self) -> Iterator[Packet[TextureChange]]:
        """The stream ends: a change that was still growing is none that anybody could confirm."""
        self.interrupt()
        return iter(())

    def _end(self, packet: Packet[HapticSample]) -> Iterator[Packet[TextureChange]]:
        best = self._best
        if self._last is not None:
            self.interrupt()
        if best is not None:
            yield self._packet(packet, best)

    def _packet(self, packet: Packet[HapticSample], found: TextureChange) -> Packet[TextureChange]:
        return dataclasses.replace(packet.replace(found), time_ns=found.time_ns)

    def _slide(self, time_ns: int, row: NDArray[np.float64], speed: float, axes: int) -> Iterator[TextureChange]:
        """Take one state; samples of even distance lie between it and the one before."""
        if self._last is None:
            self._start_ns = time_ns
        # As floats, times from when the sliding began are exact to the nanosecond for weeks.
        row = np.concatenate([[float(time_ns - self._start_ns)], row])
        last, self._last = self._last, row
        if last is None:
            return
        step = speed * (row[0] - last[0]) / 1e9
        start, self._path = self._path, self._path + step
        while step > 0 and self._next <= self._path:
            share = (self._next - start) / step
            self._samples.append(last + share * (row - last))
            self._next += _SPACING_M
            self._count += 1
            if self._count >= _WINDOW and (self._count - _WINDOW) % _HOP == 0:
                yield from self._window(axes)

    def _window(self, axes: int) -> Iterator[TextureChange]:
        rows = np.array(self._samples)
        signal = rows[:, 1 + axes :]
        hann = np.hanning(_WINDOW + 1)[:-1, None]
        spectrum = power((signal - signal.mean(axis=0)) * hann) * (2.0 / (_WINDOW * float((hann**2).sum())))
        bands = np.add.reduceat(spectrum[1:], _STARTS)
        middle = rows[_WINDOW // 2]
        self._windows.append(_Window(self._start_ns + round(middle[0]), middle[1 : 1 + axes], np.log10(bands + _FLOOR)))
        if len(self._windows) == 2 * _SIDE:
            yield from self._compare()

    def _compare(self) -> Iterator[TextureChange]:
        windows = list(self._windows)
        before = np.mean([window.bands for window in windows[:_SIDE]], axis=0)
        after = np.mean([window.bands for window in windows[_SIDE:]], axis=0)
        novelty = float(np.sqrt(np.mean((after - before) ** 2)))
        first, second = windows[_SIDE - 1], windows[_SIDE]
        self._since += 1
        if novelty >= self.novelty and (self._best is None or novelty > self._best.novelty):
            border = (first.time_ns + second.time_ns) // 2
            self._best = TextureChange(border, (first.position + second.position) / 2, novelty)
            self._since = 0
        # Windows that hold both surfaces differ from either side too: the greatest of them is waited for.
        elif self._best is not None and self._since >= _LOOK_BACK:
            best, self._best = self._best, None
            yield best


#: First bin of each band, after the mean: even in the logarithm, each with at least one bin.
_STARTS = np.unique(np.round(np.geomspace(1, _WINDOW // 2, _BANDS + 1)[:-1]).astype(int)) - 1
