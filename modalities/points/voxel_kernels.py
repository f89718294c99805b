"""Compiled parts of `voxels`: a hash table of cells, and sums over them."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

_FACTORS = np.array([73856093, 19349663, 83492791], np.int64)  # Teschner et al. 2003, Optimized Spatial Hashing


@njit(cache=True, nogil=True)
def span(points: NDArray[np.float32]) -> NDArray[np.float64]:
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
def gather(
    points: NDArray[np.float32], low: NDArray[np.float64], scale: float
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
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
def centroids(
    points: NDArray[np.float32], index: NDArray[np.int32], number: int
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
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
def spreads(
    points: NDArray[np.float32], index: NDArray[np.int32], means: NDArray[np.float32], counts: NDArray[np.int32]
) -> NDArray[np.float64]:
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
