"""Views of a sweep: `RangeView`, as the spinning lidar sees it, and `BirdsEye`, from above."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError
from wugan.objects import Box3D
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


_FULL = 64  # points in a cell that make its density 1 (Chen et al., MV3D, CVPR 2017)
_COLOURS = {"car": (255, 120, 60), "pedestrian": (80, 160, 255), "cyclist": (220, 90, 255), "truck": (255, 200, 0)}
_OTHER = (90, 200, 90)
_LOW, _HIGH = -2.0, 1.0  # m: heights between which points turn from dark to bright


@dataclass(frozen=True, slots=True, eq=False)
class BevMaps:
    """Maps of the ground plane, `[H, W]`: the first row is farthest ahead (x), the first column farthest left (y).

    Attributes:
        height: float32, m: z of the highest point; `floor` where there is none.
        intensity: float32, of the highest point; `None` where the cloud has none.
        density: float32, 0…1: logarithm of the number of points, 1 from 64 on.
    """

    height: NDArray[np.float32]
    intensity: NDArray[np.float32] | None
    density: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class BirdsEye:
    """A view from above.

    Args:
        ahead: from and to, m along x.
        aside: from and to, m along y.
        cell: side of a cell or pixel, m.
        floor: z of an empty cell, m; what lies below counts as no point.

    Raises:
        DataError: a span is empty, or the cell larger than it.
    """

    ahead: tuple[float, float] = (-40.0, 60.0)
    aside: tuple[float, float] = (-40.0, 40.0)
    cell: float = 0.2
    floor: float = -3.0

    def __post_init__(self) -> None:
        spans = (self.ahead[1] - self.ahead[0], self.aside[1] - self.aside[0])
        if not 0 < self.cell <= min(spans) or max(spans) / self.cell > 20_000:
            raise DataError(f"BirdsEye: spans must be wider than a cell and have at most 20000 of them, got {self}")

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return (
            max(1, round((self.ahead[1] - self.ahead[0]) / self.cell)),
            max(1, round((self.aside[1] - self.aside[0]) / self.cell)),
        )

    def project(self, cloud: PointCloud) -> BevMaps:
        """The maps of one sweep."""
        rows, columns = self.shape
        inside, pixel = self._pixels(cloud.points)
        z = cloud.points[inside, 2]
        lowest_first = np.argsort(z)
        top = np.full(rows * columns, -1, np.int64)
        top[pixel[lowest_first]] = inside[lowest_first]  # of several the last is kept: the highest
        seen = top >= 0
        height = np.full(rows * columns, self.floor, np.float32)
        height[seen] = cloud.points[top[seen], 2]
        intensity: NDArray[np.float32] | None = None
        if cloud.intensity is not None:
            intensity = np.zeros(rows * columns, np.float32)
            intensity[seen] = cloud.intensity[top[seen]]
            intensity = intensity.reshape(rows, columns)
        counts = np.bincount(pixel, minlength=rows * columns)
        density = np.minimum(1.0, np.log1p(counts) / np.log(_FULL)).astype(np.float32)
        return BevMaps(height.reshape(rows, columns), intensity, density.reshape(rows, columns))

    def draw(self, cloud: PointCloud, boxes: Sequence[Box3D] = ()) -> NDArray[np.uint8]:
        """A picture, uint8 `[H, W, 3]` (red, green, blue): points by height, boxes with a line to where they head.

        Raises:
            ImportError: OpenCV is not installed (`pip install 'wugan[spatial]'`).
        """
        import cv2

        maps = self.project(PointCloud(cloud.points))
        picture = np.full((*self.shape, 3), 18, np.uint8)
        seen = maps.density > 0
        bright = np.clip((maps.height[seen] - _LOW) / (_HIGH - _LOW), 0, 1)
        picture[seen] = (70 + bright[:, None] * np.array([150, 160, 170])).astype(np.uint8)
        for box in boxes:
            colour = _COLOURS.get(box.label, _OTHER)
            corners = box.corners()[:4, :2]
            front = corners[[0, 3]].mean(axis=0) if len(corners) == 4 else corners[0]
            lines = [corners, np.array([box.center[:2], front])]
            for line, closed in zip(lines, (True, False), strict=True):
                at = np.stack([self.aside[1] - line[:, 1], self.ahead[1] - line[:, 0]], 1) / self.cell
                cv2.polylines(picture, [np.round(at * 8).astype(np.int32)], closed, colour, 1, cv2.LINE_AA, 3)
        return picture

    def _pixels(self, points: NDArray[np.float32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The points in the view, and each one's pixel."""
        rows, columns = self.shape
        row = np.floor((self.ahead[1] - points[:, 0]) / self.cell)
        column = np.floor((self.aside[1] - points[:, 1]) / self.cell)
        within = (row >= 0) & (row < rows) & (column >= 0) & (column < columns) & (points[:, 2] >= self.floor)
        inside = np.flatnonzero(within)
        return inside, row[inside].astype(np.int64) * columns + column[inside].astype(np.int64)
