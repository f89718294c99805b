"""Compiled parts of points: cells of a grid in space, ground that grows, clusters and the rectangles around them."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Float32s = NDArray[np.float32]
Float64s = NDArray[np.float64]
Int32s = NDArray[np.int32]
Int64s = NDArray[np.int64]
Bools = NDArray[np.bool_]

_FACTORS = np.array([73856093, 19349663, 83492791], np.int64)  # Teschner et al. 2003, Optimized Spatial Hashing


@njit(cache=True, nogil=True)
def span(points: Float32s) -> Float64s:
    """Smallest and largest coordinates, `[2, 3]`; NaN where one is not finite."""
    found = np.empty((2, 3))
    for axis in range(3):
        found[0, axis] = found[1, axis] = points[0, axis]
    for i in range(len(points)):
        for axis in range(3):
            value = points[i, axis]
            if not np.isfinite(value):
                found[:] = np.nan
                return found
            found[0, axis] = min(found[0, axis], value)
            found[1, axis] = max(found[1, axis], value)
    return found


@njit(cache=True, nogil=True)
def gather(points: Float32s, low: Float64s, scale: float) -> tuple[Int32s, Int32s]:
    """Cells `[V, 3]` in the order in which they are met, and the place of each point's cell among them `[N]`."""
    count = len(points)
    slots = 16
    while slots < 2 * count:
        slots *= 2
    table = np.full(slots, -1, np.int32)
    cells = np.empty((count, 3), np.int32)
    index = np.empty(count, np.int32)
    number = 0
    for i in range(count):
        x = np.int32(np.floor(points[i, 0] * scale) - low[0])
        y = np.int32(np.floor(points[i, 1] * scale) - low[1])
        z = np.int32(np.floor(points[i, 2] * scale) - low[2])
        slot = (x * _FACTORS[0] ^ y * _FACTORS[1] ^ z * _FACTORS[2]) & (slots - 1)
        while True:
            other = table[slot]
            if other < 0:
                table[slot] = number
                cells[number, 0], cells[number, 1], cells[number, 2] = x, y, z
                index[i] = number
                number += 1
                break
            if cells[other, 0] == x and cells[other, 1] == y and cells[other, 2] == z:
                index[i] = other
                break
            slot = (slot + 1) & (slots - 1)
    return cells[:number].copy(), index


@njit(cache=True, nogil=True)
def centroids(points: Float32s, index: Int32s, number: int) -> tuple[Int32s, Float32s]:
    """How many points each voxel holds, and their mean."""
    counts = np.zeros(number, np.int32)
    sums = np.zeros((number, 3))
    for i in range(len(points)):
        counts[index[i]] += 1
        for axis in range(3):
            sums[index[i], axis] += points[i, axis]
    means = np.empty((number, 3), np.float32)
    for one in range(number):
        for axis in range(3):
            means[one, axis] = sums[one, axis] / counts[one]
    return counts, means


@njit(cache=True, nogil=True)
def spreads(points: Float32s, index: Int32s, means: Float32s, counts: Int32s) -> Float64s:
    """Covariance of the points of each voxel, `[V, 3, 3]`, m²."""
    found = np.zeros((len(means), 3, 3))
    for i in range(len(points)):
        one = index[i]
        for r in range(3):
            for c in range(r + 1):
                found[one, r, c] += (points[i, r] - means[one, r]) * (points[i, c] - means[one, c])
    for one in range(len(means)):
        for r in range(3):
            for c in range(r + 1):
                found[one, r, c] /= counts[one]
                found[one, c, r] = found[one, r, c]
    return found


_LONE = 0.3  # m: a lowest point so far below the next one is a reflection from below the road
_LAYER = 0.15  # m above a cell's lowest point: what is averaged, against noise
_BIG = 1e9


@njit(cache=True, nogil=True)
def lows(points: Float32s, cells: int, cell: float, reach: float) -> tuple[Int32s, Float64s, Int32s]:
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
    means: Float64s,
    planes: Float64s,
    accepted: Bools,
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
    means: Float64s, held: Int32s, cells: int, cell: float, seed: Float64s, options: Float64s
) -> tuple[Float64s, Bools]:
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
def heights(points: Float32s, home: Int32s, planes: Float64s, known: Bools, cells: int, cell: float) -> Float32s:
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


_COARSE = np.radians(3.0)  # first all angles so far apart,
_FINE = (np.radians(1.5), np.radians(0.75), np.radians(0.4))  # then so far to either side of the best one
_NEAREST = 0.03  # m: points so near an edge are on it (Zhang's d0); a lidar's noise
_FEW = 0.03  # share of the points that may lie outside at each side while the angle is sought
_BESIDE = 0.12  # m outside: part of the face, as its noise and roundness have it
_BINS = 128  # in which they are counted
_MOST = 500  # points that a rectangle is fitted to; of more, an even choice


@njit(cache=True, nogil=True)
def connect(points: Float32s, cell: float, reach: float, widen: float) -> tuple[Int32s, int]:
    """Number of the cluster that each point belongs to, and how many clusters there are.

    Occupied cells of the x-y grid are connected over up to k cells, k = 1 + widen · range.
    """
    cells = int(np.ceil(2 * reach / cell))
    label = np.full(cells * cells, -1, np.int32)  # -1: empty, -2: occupied, not reached yet
    home = np.empty(len(points), np.int32)
    for i in range(len(points)):
        row, column = int((points[i, 0] + reach) / cell), int((points[i, 1] + reach) / cell)
        home[i] = min(max(row, 0), cells - 1) * cells + min(max(column, 0), cells - 1)
        label[home[i]] = -2
    stack = np.empty(len(points) + 1, np.int32)
    number = 0
    for i in range(len(points)):
        if label[home[i]] != -2:
            continue
        stack[0], held = home[i], 1
        label[home[i]] = number
        while held:
            held -= 1
            row, column = stack[held] // cells, stack[held] % cells
            distance = np.hypot(row * cell - reach, column * cell - reach)
            k = 1 + int(widen * distance)
            for r in range(max(0, row - k), min(cells, row + k + 1)):
                for c in range(max(0, column - k), min(cells, column + k + 1)):
                    if label[r * cells + c] == -2:
                        label[r * cells + c] = number
                        stack[held] = r * cells + c
                        held += 1
        number += 1
    found = np.empty(len(points), np.int32)
    for i in range(len(points)):
        found[i] = label[home[i]]
    return found, number


@njit(cache=True, nogil=True)
def group(labels: Int32s, number: int) -> tuple[Int64s, Int64s]:
    """Points in the order of their clusters, and where each cluster starts, `[number + 1]`."""
    starts = np.zeros(number + 1, np.int64)
    for one in labels:
        starts[one + 1] += 1
    starts = np.cumsum(starts)
    free = starts[:-1].copy()
    order = np.empty(len(labels), np.int64)
    for i in range(len(labels)):
        order[free[labels[i]]] = i
        free[labels[i]] += 1
    return order, starts


@njit(cache=True, nogil=True)
def _bounds(values: Float64s, bins: Int64s) -> tuple[float, float]:
    """Lowest and highest value when a few at either end are left out: mirrors, and noise beside an edge."""
    low, high = values.min(), values.max()
    few = int(_FEW * len(values))
    if not few or high - low < _NEAREST:
        return low, high
    bins[:] = 0
    scale = (len(bins) - 1) / (high - low)
    for value in values:
        bins[int((value - low) * scale)] += 1
    first, last, left = 0, len(bins) - 1, bins[0]
    while left <= few:
        first += 1
        left += bins[first]
    left = bins[last]
    while left <= few:
        last -= 1
        left += bins[last]
    inner_low, inner_high = high, low
    for value in values:
        place = int((value - low) * scale)
        if place >= first:
            inner_low = min(inner_low, value)
        if place <= last:
            inner_high = max(inner_high, value)
    return inner_low, inner_high


@njit(cache=True, nogil=True)
def _closeness(x: Float64s, y: Float64s, angle: float, turned: Float64s, bins: Int64s, box: Float64s) -> float:
    """How closely points lie along the edges of the rectangle at that angle; its sides go to `box` (2 × low, high)."""
    cos, sin = np.cos(angle), np.sin(angle)
    for i in range(len(x)):
        turned[0, i], turned[1, i] = cos * x[i] + sin * y[i], cos * y[i] - sin * x[i]
    box[0], box[1] = _bounds(turned[0, : len(x)], bins)
    box[2], box[3] = _bounds(turned[1, : len(x)], bins)
    total = 0.0
    for i in range(len(x)):
        along, across = turned[0, i], turned[1, i]
        edge = min(min(abs(along - box[0]), abs(box[1] - along)), min(abs(across - box[2]), abs(box[3] - across)))
        total += 1.0 / max(edge, _NEAREST)
    return total


@njit(cache=True, nogil=True)
def rectangles(points: Float32s, order: Int64s, starts: Int64s, least: int) -> Float64s:
    """For each cluster angle, low and high along it and across it, and the share of points near the edges, `[K, 6]`.

    Search by closeness: Zhang, Xu, Dong and Dolan, Efficient L-Shape Fitting for Vehicle Detection Using Laser
    Scanners, IEEE Intelligent Vehicles Symposium, 2017. Clusters of fewer than `least` points get NaN.
    """
    number = len(starts) - 1
    found = np.full((number, 6), np.nan)
    box, turned, bins = np.empty(4), np.empty((2, _MOST)), np.empty(_BINS, np.int64)
    for one in range(number):
        size = starts[one + 1] - starts[one]
        if size < least:
            continue
        kept = min(size, _MOST)
        x, y = np.empty(kept), np.empty(kept)
        for k in range(kept):
            i = order[starts[one] + k * size // kept]
            x[k], y[k] = points[i, 0], points[i, 1]
        best, angle = -1.0, 0.0
        steps = int(np.pi / 2 / _COARSE + 0.5)
        for step in range(steps):
            worth = _closeness(x, y, step * _COARSE, turned, bins, box)
            if worth > best:
                best, angle = worth, step * _COARSE
        for width in _FINE:
            middle = angle
            for side in (-1, 1):
                worth = _closeness(x, y, middle + side * width, turned, bins, box)
                if worth > best:
                    best, angle = worth, middle + side * width
        _closeness(x, y, angle, turned, bins, box)
        found[one, 0] = angle
        found[one, 1:5] = box
        for k in range(kept):  # what is only just outside belongs to it
            for axis in range(2):
                low, high, value = box[2 * axis], box[2 * axis + 1], turned[axis, k]
                if low - _BESIDE < value < found[one, 1 + 2 * axis]:
                    found[one, 1 + 2 * axis] = value
                if found[one, 2 + 2 * axis] < value < high + _BESIDE:
                    found[one, 2 + 2 * axis] = value
        found[one, 5] = best * _NEAREST / kept
    return found
