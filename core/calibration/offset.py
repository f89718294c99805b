"""How far two sensors' clocks are apart, from how both felt the same motion."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError

_STEP_S = 0.002  # of the common grid; the peak is then found between its steps
_LEAST_S = 3.0  # of common time; shorter stretches of motion resemble themselves at every shift
_GAP = 3.5  # intervals: a longer hole in the samples is not bridged
_SURE = 0.7  # correlation below which two signals are hardly of the same motion


@dataclass(frozen=True, eq=False)
class Motion:
    """One number of a sensor's motion over time, such as the yaw rate or the speed.

    Args:
        time_ns: int64 `[N]`, by the sensor's clock, increasing.
        values: float `[N]`, any unit; the other sensor's may have another.

    Raises:
        DataError: fewer than 8 samples, times that do not increase, or values that are not finite.
    """

    time_ns: NDArray[np.int64]
    values: NDArray[np.float64]

    def __post_init__(self) -> None:
        times, values = np.asarray(self.time_ns), np.asarray(self.values, dtype=np.float64)
        if times.ndim != 1 or times.shape != values.shape or len(times) < 8:
            raise DataError(f"Motion: needs 8 times and values at least, got {times.shape} and {values.shape}")
        if (np.diff(times) <= 0).any():
            raise DataError("Motion: times must increase; sort them, and leave out repeated ones")
        if not np.isfinite(values).all():
            raise DataError("Motion: values must be finite; leave samples out where the motion is not known")
        object.__setattr__(self, "values", values)

    @classmethod
    def of_positions(cls, time_ns: NDArray[np.int64], values: NDArray[np.float64]) -> Motion:
        """The rate between samples of an angle or a place, stamped in the middle, where it is true."""
        times = np.asarray(time_ns)
        steps = np.diff(times)
        if (steps <= 0).any():
            raise DataError("Motion: times must increase; sort them, and leave out repeated ones")
        return cls(times[:-1] + steps // 2, np.diff(np.asarray(values, dtype=np.float64)) / (steps / 1e9))


@dataclass(frozen=True)
class TimeOffset:
    """An estimate.

    Attributes:
        offset_ns: what is to be added to the other sensor's stamps to have the reference's time.
        uncertainty_ns: standard error, from how the two signals differ once they are aligned.
        correlation: of the two, once they are aligned, 0…1.
    """

    offset_ns: int
    uncertainty_ns: int
    correlation: float


def estimate_offset(reference: Motion, other: Motion, max_offset_s: float = 0.25) -> TimeOffset:
    """Shift `other` until it correlates best with `reference`, between samples too.

    Both are brought to one grid by cubic interpolation, so that neither's sampling favours a shift.

    Args:
        reference: motion by the clock that is to hold.
        other: the same motion by the other clock.
        max_offset_s: largest offset looked for, s.

    Raises:
        DataError: too little common time, no motion, no peak within `max_offset_s`, or a correlation below 0.7. Drive a
            few curves, or brake and speed up, and measure again.
    """
    start = max(reference.time_ns[0], other.time_ns[0])
    end = min(reference.time_ns[-1], other.time_ns[-1])
    seconds = (int(end) - int(start)) / 1e9
    if seconds < _LEAST_S + 2 * max_offset_s:
        raise DataError(
            f"time offset: {max(seconds, 0):.1f} s are common to both; at least {_LEAST_S + 2 * max_offset_s:.1f} s "
            "are needed"
        )
    grid = np.arange(0, seconds, _STEP_S)
    # The sparser sensor has averaged over its interval, and so both do: else the other's noise would count in full.
    average = max(round(float(max(np.median(np.diff(one.time_ns)) for one in (reference, other))) / 1e9 / _STEP_S), 1)
    a, a_known = _resampled(reference, int(start), grid, average)
    b, b_known = _resampled(other, int(start), grid, average)
    most = round(max_offset_s / _STEP_S)
    shifts = range(-most, most + 1)
    found = np.array([_correlation(a, a_known, b, b_known, shift) for shift in shifts])
    best = int(np.nanargmax(found)) if np.isfinite(found).any() else 0
    top = float(found[best])
    if not top >= _SURE:
        raise DataError(
            f"time offset: the signals correlate by {top:.2f} at most (0.7 needed); is it the same motion, and is "
            "there enough of it? A signal that goes against the other has to be negated first"
        )
    if best in (0, len(found) - 1):
        raise DataError(f"time offset: no peak within {max_offset_s} s; give a larger max_offset_s")
    left, right = found[best - 1], found[best + 1]
    curve = left - 2 * top + right
    between = 0.5 * (left - right) / curve if curve < 0 else 0.0
    # Cramér-Rao: noise over the steepness of the signal, for as many samples as the sparser one has.
    samples = min(len(reference.time_ns), len(other.time_ns))
    noise = (max(1 - top * top, 0.0) / samples) ** 0.5
    steep = float(np.std(np.gradient(a[a_known], _STEP_S))) / max(float(np.std(a[a_known])), 1e-30)
    # a(t) = b(t + shift): an event at t here bears t + shift there.
    shift_s = (shifts[best] + between) * _STEP_S
    return TimeOffset(round(-shift_s * 1e9), round(noise / max(steep, 1e-9) * 1e9), top)


def _resampled(
    motion: Motion, start_ns: int, grid: NDArray[np.float64], average: int
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Values on the grid, by cubic Hermite interpolation and a sliding mean over `average` steps; and where no hole in
    the samples makes them a guess.
    """
    times = (motion.time_ns - start_ns) / 1e9
    values = motion.values
    slopes = np.gradient(values, times)
    at = np.clip(np.searchsorted(times, grid, side="right") - 1, 0, len(times) - 2)
    width = times[at + 1] - times[at]
    x = (grid - times[at]) / width
    h = values[at] * (1 + 2 * x) * (1 - x) ** 2 + values[at + 1] * x * x * (3 - 2 * x)
    h += width * (slopes[at] * x * (1 - x) ** 2 + slopes[at + 1] * x * x * (x - 1))
    known = width <= _GAP * np.median(np.diff(times))
    window = np.ones(average) / average
    return np.convolve(h, window, "same"), np.convolve(known, window, "same") > 1 - 1e-9


def _correlation(
    a: NDArray[np.float64], a_known: NDArray[np.bool_], b: NDArray[np.float64], b_known: NDArray[np.bool_], shift: int
) -> float:
    here = slice(max(0, -shift), len(a) - max(0, shift))
    there = slice(max(0, shift), len(b) - max(0, -shift))
    known = a_known[here] & b_known[there]
    x, y = a[here][known], b[there][known]
    if len(x) * _STEP_S < _LEAST_S:
        return float("nan")
    x, y = x - x.mean(), y - y.mean()
    power = float(np.sqrt((x @ x) * (y @ y)))
    return float(x @ y) / power if power > 1e-12 * len(x) else float("nan")
