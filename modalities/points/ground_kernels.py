"""Compiled parts of `ground`: the low points of each cell, growth from the sensor outwards, height of every point."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

_LONE = 0.3  # m: a lowest point so far below the next one is a reflection from below the road
_LAYER = 0.15  # m above a cell's lowest point: what is averaged, against noise
_BIG = 1e9


@njit(cache=True, nogil=True)
def lows(
    points: NDArray[np.float32], cells: int, cell: float, reach: float
) -> tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.int32]]:
    """Each point's cell `[N]` (-1 outside), and x, y, z means of its lowest layer `[cells², 3]` with their counts."""
    count = len(points)
    home = np.empty(count, np.int32)
    first = np.full(cells * cells, _BIG, np.float32)
    second = np.full(cells * cells, _BIG, np.float32)
    for i in range(count):
        x, y, z = points[i, 0], points[i, 1], points[i, 2]
        if not (-reach <= x < reach and -reach <= y < reach):
            home[i] = -1
            continue
        at = np.int32((x + reach) / cell) * cells + np.int32((y + reach) / cell)
        home[i] = at
        if z < first[at]:
            second[at] = first[at]
            first[at] = z
        elif z < second[at]:
            second[at] = z
    for one in range(cells * cells):
        if second[one] < _BIG and second[one] - first[one] > _LONE:
            first[one] = second[one]
    means = np.zeros((cells * cells, 3))
    held = np.zeros(cells * cells, np.int32)
    for i in range(count):
        at = home[i]
        if at >= 0:
            above = points[i, 2] - first[at]
            if 0 <= above <= _LAYER:
                held[at] += 1
                for axis in range(3):
                    means[at, axis] += points[i, axis]
    for one in range(cells * cells):
        if held[one]:
            means[one] /= held[one]
    return home, means, held


@njit(cache=True, nogil=True)
def _fit(
    at: int,
    x: float,
    y: float,
    radius: int,
    cells: int,
    means: NDArray[np.float64],
    planes: NDArray[np.float64],
    accepted: NDArray[np.bool_],
    stiffness: float,
    rounds: int,
) -> tuple[float, float, float, float, int]:
    """Plane about (x, y) through the accepted cells around: height, slopes, distance of the nearest cell, their number.

    Weighted by nearness, and stiff: slopes keep to those of the neighbours where there is little to tell them from.
    From the second round on what stands above the plane counts less (wheels, kerbs, grass).
    """
    row, column = at // cells, at % cells
    height, a, b = 0.0, 0.0, 0.0
    nearest, number = _BIG, 0
    for turn in range(rounds):
        s = sx = sy = sxx = sxy = syy = sz = sxz = syz = ga = gb = 0.0
        number = 0
        for i in range(max(0, row - radius), min(cells, row + radius + 1)):
            for j in range(max(0, column - radius), min(cells, column + radius + 1)):
                other = i * cells + j
                if not accepted[other]:
                    continue
                dx, dy, z = means[other, 0] - x, means[other, 1] - y, means[other, 2]
                square = dx * dx + dy * dy
                nearest = min(nearest, square)
                w = 1.0 / (1.0 + square)
                if turn:
                    over = z - height - a * dx - b * dy
                    if over > 0.03:
                        w *= (0.03 / over) ** 2
                number += 1
                s += w
                sx += w * dx
                sy += w * dy
                sxx += w * dx * dx
                sxy += w * dx * dy
                syy += w * dy * dy
                sz += w * z
                sxz += w * dx * z
                syz += w * dy * z
                ga += w * planes[other, 1]
                gb += w * planes[other, 2]
        if not number:
            return 0.0, 0.0, 0.0, nearest, 0
        # Centred normal equations: slopes first, then the height at (x, y).
        mx, my, mz = sx / s, sy / s, sz / s
        cxx, cxy, cyy = sxx - s * mx * mx, sxy - s * mx * my, syy - s * my * my
        cxz, cyz = sxz - s * mx * mz, syz - s * my * mz
        pull = stiffness * s
        cxx += pull
        cyy += pull
        cxz += pull * ga / s
        cyz += pull * gb / s
        determinant = cxx * cyy - cxy * cxy
        a = (cxz * cyy - cyz * cxy) / determinant
        b = (cyz * cxx - cxz * cxy) / determinant
        height = mz - a * mx - b * my
    return height, a, b, np.sqrt(nearest), number


@njit(cache=True, nogil=True)
def grow(
    means: NDArray[np.float64],
    held: NDArray[np.int32],
    cells: int,
    cell: float,
    seed: NDArray[np.float64],
    options: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Ground planes `[cells², 3]` (height at the cell's middle, slopes) of the cells that have one, and which do."""
    seed_reach, step, bend, fall, wide = options
    near = max(1, int(np.ceil(4.0 / cell)))
    occupied = np.flatnonzero(held)
    ranges = np.sqrt(means[occupied, 0] ** 2 + means[occupied, 1] ** 2)
    accepted = np.zeros(cells * cells, np.bool_)
    planes = np.zeros((cells * cells, 3))
    for place in np.argsort(ranges):
        at, distance = occupied[place], ranges[place]
        x, y, z = means[at]
        guess, a, b, gap, number = _fit(at, x, y, near, cells, means, planes, accepted, 2.0, 1)
        if number < 4:
            far = max(near, int(np.ceil((4.0 + wide * distance) / cell)))
            guess, a, b, gap, number = _fit(at, x, y, far, cells, means, planes, accepted, 2.0, 1)
        if distance <= seed_reach or not number:
            expected = seed[0] + seed[1] * x + seed[2] * y
            if distance <= seed_reach and abs(z - expected) <= step:
                if not number:
                    a, b = seed[1], seed[2]
                accepted[at] = True
                planes[at, 1], planes[at, 2] = a, b
                continue
            if not number:
                continue
        over = z - guess
        if -(fall + 2 * bend * gap) <= over <= step + bend * gap:
            accepted[at] = True
            planes[at, 1], planes[at, 2] = a, b
    known = np.zeros(cells * cells, np.bool_)
    smooth = np.zeros((cells * cells, 3))
    half = cells * cell / 2
    for place in range(len(occupied)):
        at = occupied[place]
        x, y = (at // cells + 0.5) * cell - half, (at % cells + 0.5) * cell - half
        height, a, b, _, number = _fit(at, x, y, near, cells, means, planes, accepted, 0.5, 3)
        if number < 4:
            far = max(near, int(np.ceil((4.0 + wide * ranges[place]) / cell)))
            height, a, b, _, number = _fit(at, x, y, far, cells, means, planes, accepted, 0.5, 3)
        if number:
            known[at] = True
            smooth[at, 0], smooth[at, 1], smooth[at, 2] = height, a, b
    return smooth, known


@njit(cache=True, nogil=True)
def heights(
    points: NDArray[np.float32],
    home: NDArray[np.int32],
    planes: NDArray[np.float64],
    known: NDArray[np.bool_],
    cells: int,
    cell: float,
) -> NDArray[np.float32]:
    """Distance of each point from the ground plane of its cell, `[N]`; NaN where the cell has none."""
    found = np.empty(len(points), np.float32)
    half = cells * cell / 2
    for i in range(len(points)):
        at = home[i]
        if at < 0 or not known[at]:
            found[i] = np.nan
            continue
        a, b = planes[at, 1], planes[at, 2]
        x = points[i, 0] - ((at // cells + 0.5) * cell - half)
        y = points[i, 1] - ((at % cells + 0.5) * cell - half)
        found[i] = (points[i, 2] - planes[at, 0] - a * x - b * y) / np.sqrt(1.0 + a * a + b * b)
    return found
