"""`RangeView`: a sweep as the picture that a spinning lidar takes, one row a ring, one column a direction."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError
from wugan.signals import PointCloud


@dataclass(frozen=True, slots=True, eq=False)
class RangeImage:
    """A sweep seen from the sensor: H rows from the top down, W columns clockwise, the middle one ahead.

    Attributes:
        range_m: float32 `[H, W]`, distance of the nearest point; 0 where there is none.
        intensity: float32 `[H, W]`, of that point; `None` where the cloud has none.
        index: int32 `[H, W]`, that point's place in the cloud, -1 where there is none: what a network says of a pixel
            belongs to it.
        outside: points above or below the view.
        hidden: points that share a pixel with a nearer one.
    """

    range_m: NDArray[np.float32]
    intensity: NDArray[np.float32] | None
    index: NDArray[np.int32]
    outside: int
    hidden: int


@dataclass(frozen=True, slots=True)
class RangeView:
    """Projects sweeps to a sphere (Milioto et al., RangeNet++, IROS 2019, equation 1).

    Args:
        height: rows; the sensor's rings.
        width: columns of a full turn.
        top: elevation of the upper edge, degrees.
        bottom: of the lower edge; the defaults are those of a Velodyne HDL-64E.

    Raises:
        DataError: a size is not positive, or the top does not lie above the bottom.
    """

    height: int = 64
    width: int = 2048
    top: float = 3.0
    bottom: float = -25.0

    def __post_init__(self) -> None:
        if self.height < 1 or self.width < 1 or not -90 <= self.bottom < self.top <= 90:
            raise DataError(f"RangeView: sizes above 0, and the top above the bottom within ±90°, got {self}")

    def project(self, cloud: PointCloud) -> RangeImage:
        """The view of one sweep; the nearest point of each pixel is seen."""
        x, y, z = np.ascontiguousarray(cloud.points.T, np.float32)
        distance = np.sqrt(x * x + y * y + z * z)
        up = np.arctan2(z, np.hypot(x, y))
        top, bottom = math.radians(self.top), math.radians(self.bottom)
        row = np.floor((top - up) * (self.height / (top - bottom))).astype(np.int32)
        column = ((math.pi - np.arctan2(y, x)) * (self.width / (2 * math.pi))).astype(np.int32) % self.width
        inside = np.flatnonzero((row >= 0) & (row < self.height) & (distance > 0))
        pixel = row[inside] * self.width + column[inside]
        nearest = np.full(self.height * self.width, np.inf, np.float32)
        np.minimum.at(nearest, pixel, distance[inside])
        index = np.full(len(nearest), -1, np.int32)
        kept = nearest[pixel] == distance[inside]
        index[pixel[kept]] = inside[kept]
        seen = index >= 0
        range_m = np.where(seen, nearest, np.float32(0))
        intensity: NDArray[np.float32] | None = None
        if cloud.intensity is not None:
            intensity = np.zeros(len(index), np.float32)
            intensity[seen] = cloud.intensity[index[seen]]
            intensity = intensity.reshape(self.height, self.width)
        shape = (self.height, self.width)
        hidden = len(inside) - int(seen.sum())
        return RangeImage(
            range_m.reshape(shape), intensity, index.reshape(shape), len(cloud.points) - len(inside), hidden
        )
