"""`GroundFinder`: how high each point lies above the ground, which may slope and bend.

The sweep is laid on a grid. A robust plane through the low points near the sensor (RANSAC; Fischler and Bolles 1981) is
where the ground begins, and it grows outwards cell by cell: a cell belongs to it whose low points continue the plane
through the ground cells around it, which bends no faster than roads do. So a slope is followed, and walls, cars and
what lies beyond them are not. Last, each cell gets a plane through the ground around it, which what stands a little
higher (wheels, kerbs) hardly lifts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError
from wugan.modalities.points.voxels import unwritable

_SEED_REACH = 25.0  # m around the sensor from which the first plane comes
_SEED_CLOSE = 6.0  # m around the sensor within which a cell may lie on that plane with no other beside it
_SEED_CELLS = 600  # most cells that are looked at for it
_TRIPLES = 200  # planes that are tried: one in six through ground only gives a miss once in 10¹⁵
_NEAR_PLANE = 0.15  # m from a plane: supports it
_UNDER_PLANE = 0.3  # m below it: speaks against it, for nothing lies under the ground
_STEP = 0.15  # m that a cell may stand above the continued ground: a kerb
_BEND = 0.1  # and for each metre to the nearest ground: slopes change by a tenth a metre at most
_FALL = 0.5  # m that it may lie below: embankments fall off, and nothing but ground lies so low
_WIDEN = 0.12  # how far to look for ground around a cell, for each metre of range: rings lie ever farther apart


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """What was found.

    Attributes:
        height: float32 `[N]`, m of each point above the ground, square to it; NaN where no ground is known.
        mask: bool `[N]`, whether the point is ground (or below it).
        plane: the ground at the sensor: z at its foot (m), and slopes along x and y; `None` where none was found.
    """

    height: NDArray[np.float32]
    mask: NDArray[np.bool_]
    plane: tuple[float, float, float] | None


@dataclass(frozen=True, slots=True)
class GroundFinder:
    """Finds the ground in a sweep.

    Args:
        clearance: m above the ground from which on a point is none of it.
        cell: side of a cell, m.
        reach: m from the sensor to each side that are looked at.
        max_tilt: degrees by which the ground at the sensor may be inclined against the frame's x-y plane.

    Raises:
        DataError: a parameter is out of its range.
    """

    clearance: float = 0.2
    cell: float = 1.0
    reach: float = 80.0
    max_tilt: float = 25.0

    def __post_init__(self) -> None:
        if not (0.02 <= self.clearance <= 2 and 0.2 <= self.cell <= 5 and 0 < self.max_tilt < 80):
            raise DataError(f"GroundFinder: clearance 0.02…2 m, cell 0.2…5 m and max_tilt below 80°, got {self}")
        if not 4 * self.cell <= self.reach <= 1000 * self.cell:
            raise DataError(f"GroundFinder: reach must be from 4 to 1000 cells, got {self}")

    def find(self, points: NDArray[np.float32]) -> Ground:
        """The ground under one sweep.

        Args:
            points: float32 `[N, 3]`, m, z up, the sensor at 0.
        """
        from wugan.modalities.points import kernels

        points = unwritable(points)
        cells = math.ceil(2 * self.reach / self.cell)
        half = cells * self.cell / 2
        home, means, held = kernels.lows(points, cells, self.cell, half)
        plane = self._seed(means[held > 0])
        if plane is None:
            nothing = np.zeros(len(points), np.bool_)
            return Ground(np.full(len(points), np.nan, np.float32), nothing, None)
        options = np.array([_SEED_CLOSE, _STEP, _BEND, _FALL, _WIDEN])
        planes, known = kernels.grow(means, held, cells, self.cell, plane, options)
        height = kernels.heights(points, home, planes, known, cells, self.cell)
        with np.errstate(invalid="ignore"):
            mask = height < self.clearance
        return Ground(height, mask, (float(plane[0]), float(plane[1]), float(plane[2])))

    def _seed(self, lows: NDArray[np.float64]) -> NDArray[np.float64] | None:
        """Height at the sensor and slopes of the plane that most low points near the sensor lie on, and few below."""
        ranges = np.hypot(lows[:, 0], lows[:, 1])
        near = lows[ranges < _SEED_REACH]
        if len(near) < 3:
            near = lows[np.argsort(ranges)[:_SEED_CELLS]]
        if len(near) < 3:
            return None
        random = np.random.default_rng(0)
        if len(near) > _SEED_CELLS:
            near = near[random.choice(len(near), _SEED_CELLS, replace=False)]
        rows = np.column_stack([np.ones(len(near)), near[:, :2]])
        three = random.integers(0, len(near), (_TRIPLES, 3))
        spread = np.linalg.det(rows[three])
        three = three[np.abs(spread) > 1.0]  # twice the triangle's area, m²
        if not len(three):
            return None
        planes = np.linalg.solve(rows[three], near[three, 2][..., None])[..., 0]
        planes = planes[np.hypot(planes[:, 1], planes[:, 2]) <= math.tan(math.radians(self.max_tilt))]
        if not len(planes):
            return None
        over = near[:, 2] - planes @ rows.T
        worth = (np.abs(over) < _NEAR_PLANE).sum(1) - 2.0 * (over < -_UNDER_PLANE).sum(1)
        best = int(worth.argmax())
        on = np.abs(over[best]) < _NEAR_PLANE
        refined: NDArray[np.float64] = np.linalg.lstsq(rows[on], near[on, 2], rcond=None)[0]
        return refined if on.sum() > 3 else planes[best]
