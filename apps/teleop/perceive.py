"""What the guidance needs to know, found in a point cloud: a hole, or a rim."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError

Points = NDArray[np.float64]

_THICKNESS_M = 0.0008  # points this near to the top's plane belong to it: several times a scanner's noise
_LEAST = 200  # points of a top that can be trusted


@dataclass(frozen=True, slots=True)
class Hole:
    """A round hole in a plane.

    Attributes:
        centre: of its mouth, m `[3]`.
        radius: m.
        depth: m, to the lowest points in it.
        residual: m, root mean square distance of the mouth's points from the circle.
    """

    centre: NDArray[np.float64]
    radius: float
    depth: float
    residual: float


def top_of(cloud: Points) -> NDArray[np.bool_]:
    """Which points belong to the level top, bool `[P]`.

    Raises:
        DataError: there is no level top in the cloud.
    """
    heights = cloud[:, 2]
    counts, edges = np.histogram(heights, bins=max(1, int(np.ptp(heights) / (_THICKNESS_M / 2))))
    level = edges[counts.argmax()] + (edges[1] - edges[0]) / 2
    level = float(np.median(heights[np.abs(heights - level) < _THICKNESS_M]))
    top = np.abs(heights - level) < _THICKNESS_M
    if top.sum() < _LEAST:
        raise DataError(
            f"the cloud of {len(cloud)} points has no level top ({int(top.sum())} points at most lie in one plane): "
            "turn the part so that its top is level, or scan it more densely"
        )
    return top


def find_hole(cloud: Points) -> Hole:
    """The one hole in the top.

    The top's points are drawn on a raster; the greatest empty patch that the top surrounds is the hole's mouth. A
    circle is fitted to the points of the wall below it (Kåsa's least squares, repeated on what lies near the circle).

    Args:
        cloud: m, float64 `[P, 3]`, top level.

    Raises:
        DataError: no top, no hole that the top surrounds, or too little of its wall.
    """
    from scipy import ndimage

    top = top_of(cloud)
    level = float(np.median(cloud[top][:, 2]))
    flat = cloud[top][:, :2]
    low, span = flat.min(axis=0), np.ptp(flat, axis=0)
    cell = 3.0 * float(np.sqrt(span.prod() / len(flat)))
    cells = np.floor((flat - low) / cell).astype(int) + 1
    filled = np.zeros(cells.max(axis=0) + 2, bool)
    filled[tuple(cells.T)] = True
    inside = ndimage.binary_fill_holes(filled) & ~filled
    patches, count = ndimage.label(inside)
    if not count:
        raise DataError("the top has no hole; scan the part from above, so that the hole's mouth is seen")
    sizes = ndimage.sum_labels(inside, patches, range(1, count + 1))
    middle = low + (np.array(ndimage.center_of_mass(patches == 1 + int(np.argmax(sizes)))) - 0.5) * cell
    radius = cell * float(np.sqrt(sizes.max() / np.pi))
    below = cloud[cloud[:, 2] < level - 2 * _THICKNESS_M]
    below = below[np.hypot(*(below[:, :2] - middle).T) < 1.5 * radius + cell]
    floor = float(np.quantile(below[:, 2], 0.05)) if len(below) else level
    wall = below[below[:, 2] > floor + 2 * _THICKNESS_M][:, :2]
    residual = np.inf
    for _ in range(3):
        if len(wall) < _LEAST // 4:
            raise DataError(f"only {len(wall)} points of the hole's wall were scanned; tilt the scanner to see into it")
        (x, y, c), *_ = np.linalg.lstsq(np.column_stack([2 * wall, np.ones(len(wall))]), (wall**2).sum(1), rcond=None)
        middle, radius = np.array([x, y]), float(np.sqrt(c + x * x + y * y))
        off = np.hypot(*(wall - middle).T) - radius
        residual = float(np.sqrt(np.mean(off**2)))
        wall = wall[np.abs(off) < max(3 * residual, _THICKNESS_M)]
    return Hole(np.array([*middle, level]), radius, level - floor, residual)


def find_rim(cloud: Points, start: float, end: float, spacing: float = 0.001) -> Points:
    """The rim at the front (greatest y) of the top, from x = `start` to `end`: where the front wall meets the top.

    Args:
        cloud: m, float64 `[P, 3]`, top level, front wall upright.
        start: m.
        end: m.
        spacing: of the points returned, m.

    Returns:
        m, float64 `[N, 3]`.

    Raises:
        DataError: no top, or the front wall does not reach from `start` to `end`.
    """
    from scipy.interpolate import UnivariateSpline

    level = float(np.median(cloud[top_of(cloud)][:, 2]))
    wall = cloud[cloud[:, 2] < level - 2 * _THICKNESS_M]
    wall = wall[wall[:, 0].argsort()]
    x, rows = np.unique(wall[:, 0], return_index=True)
    if len(x) < _LEAST or x[0] > start or x[-1] < end:
        raise DataError(f"the front wall is not seen from x = {start:g} to {end:g} m; scan more of the part")
    y = wall[rows, 1]
    noise = 1.05 * float(np.median(np.abs(np.diff(y))))  # standard deviation, where neighbours differ by noise alone
    spline = UnivariateSpline(x, y, k=3, s=len(x) * noise**2)
    at = np.arange(start, end + spacing / 2, spacing)
    return np.stack([at, spline(at), np.full(len(at), level)], axis=1)
