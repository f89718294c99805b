"""`regular`: states as they came, on an even grid of time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError
from wugan.modalities.haptics.features import GAP_PERIODS
from wugan.signals import HapticSample

_EARLY = 0.75  # of a period: a last state that came so much early still stands for its period


@dataclass(frozen=True, slots=True)
class Regular:
    """States on an even grid, N of them.

    Attributes:
        start_ns: time of the first.
        rate: of the grid, Hz.
        position: float64 `[N, A]`.
        velocity: likewise.
        force: likewise.
        acceleration: `[N, A]`, measured; or the change of the velocity where the device measures none.
        whole: bool `[N]`, false in the midst of a hole: no state was there, and the values are not to be used.
    """

    start_ns: int
    rate: float
    position: NDArray[np.float64]
    velocity: NDArray[np.float64]
    force: NDArray[np.float64]
    acceleration: NDArray[np.float64]
    whole: NDArray[np.bool_]


def regular(sample: HapticSample, rate: float) -> Regular:
    """Interpolate between the states that lie around each moment of a grid; a faster device's are averaged.

    Raises:
        DataError: arrays differ in length, times run backwards, or a value is NaN or infinite.
    """
    _check(sample)
    time_s = (sample.time_ns - sample.time_ns[0]) / 1e9
    finer = max(1, round(sample.rate_hz / rate))  # averages, instead of the alias that leaving out would make
    count = max(1, int((time_s[-1] + 1 / sample.rate_hz) * rate + _EARLY))
    grid = np.arange(count * finer) / (rate * finer)

    def on_grid(values: NDArray[np.float64]) -> NDArray[np.float64]:
        columns = [np.interp(grid, time_s, values[:, axis]) for axis in range(values.shape[1])]
        return np.stack(columns, axis=1).reshape(count, finer, values.shape[1]).mean(axis=1)

    velocity = on_grid(sample.velocity)
    if sample.acceleration is not None:
        acceleration = on_grid(sample.acceleration)
    else:
        acceleration = np.gradient(velocity, axis=0) * rate if count > 1 else np.zeros_like(velocity)
    return Regular(
        start_ns=int(sample.time_ns[0]),
        rate=rate,
        position=on_grid(sample.position),
        velocity=velocity,
        force=on_grid(sample.force),
        acceleration=acceleration,
        whole=_whole(time_s, np.arange(count) / rate, GAP_PERIODS / min(rate, sample.rate_hz)),
    )


def _whole(time_s: NDArray[np.float64], grid: NDArray[np.float64], gap_s: float) -> NDArray[np.bool_]:
    """Which moments lie in no hole between two states."""
    after = np.clip(np.searchsorted(time_s, grid - 1e-9), 1, max(1, len(time_s) - 1))
    if len(time_s) < 2:
        return np.ones(len(grid), bool)
    return np.asarray(time_s[after] - time_s[after - 1] <= gap_s)


def _check(sample: HapticSample) -> None:
    length = len(sample.time_ns)
    for name in ("position", "velocity", "force", "acceleration"):
        values = getattr(sample, name)
        if values is None and name == "acceleration":
            continue
        if values.ndim != 2 or len(values) != length:
            raise DataError(f"HapticSample.{name} must be [{length}, A] as its times, got {values.shape}")
        if not np.isfinite(values).all():
            raise DataError(f"HapticSample.{name} holds NaN or infinity; a device that gives it must be stopped")
    if length == 0:
        raise DataError("HapticSample holds no state")
    if (np.diff(sample.time_ns) < 0).any():
        raise DataError("HapticSample.time_ns runs backwards")
    if not (np.isfinite(sample.rate_hz) and sample.rate_hz > 0):
        raise DataError(f"HapticSample.rate_hz must be more than 0, got {sample.rate_hz}")
