"""`find_clusters`: points that stand together, with the upright rectangle around each group."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wugan.modalities.points.kinds import Footprint

_WIDEN = 0.05  # cells more to bridge for each metre of range: a lidar's points lie ever farther apart


@dataclass(frozen=True, slots=True, eq=False)
class Cluster:
    """Points that stand together.

    Attributes:
        points: int64 `[K]`, which of the given points.
        footprint: rectangle around them.
        tightness: 0…1, how close to the rectangle's edges they lie: 1 for an L of two faces, less for a bush.
        piece: whether it was part of something longer than things are.
    """

    points: NDArray[np.int64]
    footprint: Footprint
    tightness: float
    piece: bool = False


def find_clusters(points: NDArray[np.float32], cell: float, reach: float, least: int, longest: float) -> list[Cluster]:
    """Groups of at least `least` points, connected on a grid seen from above.

    Those longer than `longest` are looked at again on cells half as wide, which parts a car from the wall behind it;
    what is too long even then is left out.

    Args:
        points: float32 `[N, 3]`, m, the sensor at 0, within `reach` of it.
        cell: side of a cell, m. Two points closer than that are connected, two farther apart than twice that are not;
            more at a distance.
        reach: half the side of the grid, m.
        least: points.
        longest: m.
    """
    if not len(points):
        return []
    found, chosen = [], np.arange(len(points))
    for side in (cell, cell / 2):
        clusters = _clusters(np.ascontiguousarray(points[chosen]), chosen, side, reach, least, side < cell)
        found += [one for one in clusters if max(one.footprint.length, one.footprint.width) <= longest]
        long = [one.points for one in clusters if max(one.footprint.length, one.footprint.width) > longest]
        if not long:
            break
        chosen = np.concatenate(long)
    return found


def _clusters(
    points: NDArray[np.float32], numbers: NDArray[np.int64], cell: float, reach: float, least: int, piece: bool
) -> list[Cluster]:
    from wugan.modalities.points import cluster_kernels as kernels

    labels, number = kernels.connect(points, cell, reach, _WIDEN)
    order, starts = kernels.group(labels, number)
    rectangles = kernels.rectangles(points, order, starts, least)
    found = []
    for one in np.flatnonzero(np.isfinite(rectangles[:, 0])):
        angle, low, high, near, far, tightness = (float(value) for value in rectangles[one])
        along, across = (low + high) / 2, (near + far) / 2
        cos, sin = np.cos(angle), np.sin(angle)
        x, y = float(cos * along - sin * across), float(sin * along + cos * across)
        inside = numbers[order[starts[one] : starts[one + 1]]]
        found.append(Cluster(inside, Footprint(x, y, high - low, far - near, angle), tightness, piece))
    return found
