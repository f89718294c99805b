"""Sources from arrays: sweeps and pictures that a program has made or loaded itself."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np

from wugan.errors import DataError
from wugan.packet import Packet
from wugan.signals import Image, PointCloud
from wugan.stage import Source

T = TypeVar("T", PointCloud, Image)


@dataclass(eq=False)
class _Arrays(Source[T], Generic[T]):
    arrays: Iterable[Any]
    rate: float = 10.0
    realtime: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.rate < 10_000:
            raise DataError(f"{type(self).__name__}: rate must be more than 0, got {self.rate}")

    @property
    def spec(self) -> dict[str, Any]:
        """Rate (Hz)."""
        return {"rate": self.rate}

    def packets(self) -> Iterator[Packet[T]]:
        """One for each array, times from 0 on."""
        started = time.monotonic()
        for number, array in enumerate(self.arrays):
            data = self._of(np.asarray(array), number)
            if self.realtime:
                time.sleep(max(0.0, started + number / self.rate - time.monotonic()))
            yield Packet(data, round(number * 1e9 / self.rate), seq=number)

    def _of(self, array: Any, number: int) -> T:
        raise NotImplementedError


class SweepArrays(_Arrays[PointCloud]):
    """Sweeps from arrays `[N, 3]` (x, y, z in m) or `[N, 4]` (and intensity); rows that are not finite are left out.

    Args:
        arrays: a list of them; it must give the same ones each time that it is gone through.
        rate: sweeps a second.
        realtime: give them at that rate instead of at once.

    Raises:
        DataError: a rate of 0. From `packets`: an array of another shape.
    """

    def _of(self, array: Any, number: int) -> PointCloud:
        if array.ndim != 2 or array.shape[1] not in (3, 4):
            raise DataError(f"sweep {number}: points must be an array [N, 3] or [N, 4], got {array.shape}")
        rows = array[np.isfinite(array).all(axis=1)].astype(np.float32)
        return PointCloud(np.ascontiguousarray(rows[:, :3]), rows[:, 3].copy() if array.shape[1] == 4 else None)


class PictureArrays(_Arrays[Image]):
    """Pictures from uint8 arrays `[H, W, 3]` (red, green, blue) or `[H, W]` (grey).

    Args:
        arrays: a list of them; it must give the same ones each time that it is gone through.
        rate: pictures a second.
        realtime: give them at that rate instead of at once.

    Raises:
        DataError: a rate of 0. From `packets`: an array of another shape or kind.
    """

    def _of(self, array: Any, number: int) -> Image:
        if array.dtype != np.uint8 or not (array.ndim == 2 or (array.ndim == 3 and array.shape[2] == 3)):
            raise DataError(
                f"picture {number}: must be a uint8 array [H, W, 3] or [H, W], got {array.dtype} {array.shape}"
            )
        return Image(array)
