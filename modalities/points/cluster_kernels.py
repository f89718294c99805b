"""Compiled parts of `clusters`: connected cells of a grid, and the rectangle around each cluster's points."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

_COARSE = np.radians(3.0)  # first all angles so far apart,
_FINE = (np.radians(1.5), np.radians(0.75), np.radians(0.4))  # then so far to either side of the best one
_NEAREST = 0.03  # m: points so near an edge are on it (Zhang's d0); a lidar's noise
_FEW = 0.03  # share of the points that may lie outside at each side while the angle is sought
_BESIDE = 0.12  # m outside: part of the face, as its noise and roundness have it
_BINS = 128  # in which they are counted
_MOST = 500  # points that a rectangle is fitted to; of more, an even choice


@njit(cache=True, nogil=True)
def connect(points: NDArray[np.float32], cell: float, reach: float, widen: float) -> tuple[NDArray[np.int32], int]:
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
def group(labels: NDArray[np.int32], number: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
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
def _bounds(values: NDArray[np.float64], bins: NDArray[np.int64]) -> tuple[float, float]:
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
def _closeness(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    angle: float,
    turned: NDArray[np.float64],
    bins: NDArray[np.int64],
    box: NDArray[np.float64],
) -> float:
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
def rectangles(
    points: NDArray[np.float32], order: NDArray[np.int64], starts: NDArray[np.int64], least: int
) -> NDArray[np.float64]:
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
