"""Planes onto their grid: interpolated between planes (holes), then moved in their own plane (a tilted gantry)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wugan.modalities.medical.ct.geometry import Grid
from wugan.modalities.medical.ct.volume import AIR


def assembled(grid: Grid, planes: NDArray[np.float32]) -> NDArray[np.float32]:
    """float32 `[Z, Y, X]` on the grid, of planes `[N, rows, columns]` in the grid's order.

    Where nothing has to be done the planes come back themselves, without a copy.
    """
    shifts = grid.shifts
    if grid.stretched:
        below = np.floor(grid.places).astype(int)
        share = (grid.places - below).astype(np.float32)
        values = planes[below]
        for index in np.flatnonzero(share):
            values[index] *= 1 - share[index]
            values[index] += share[index] * planes[below[index] + 1]
        planes = values
        # Between two planes that are moved differently, the same pixel lies on a slanted line; so does what is between.
        known = np.arange(len(grid.order))
        shifts = np.stack([np.interp(grid.places, known, shifts[:, axis]) for axis in (0, 1)], axis=1)
    if not grid.sheared:
        return planes
    columns, rows = grid.size
    moved = np.full((len(planes), rows, columns), AIR, np.float32)
    for out, plane, (x, y) in zip(moved, planes, shifts, strict=True):
        _move(plane, float(x), float(y), out)
    return moved


def _move(plane: NDArray[np.float32], x: float, y: float, out: NDArray[np.float32]) -> None:
    """Write a plane into `out`, that many pixels to the right and down, linearly between pixels."""
    for axis, shift in ((0, y), (1, x)):
        whole = int(np.floor(shift + 1e-6))
        share = np.float32(max(0.0, shift - whole))
        length = out.shape[axis]
        size = [plane.shape[0], plane.shape[1]]
        size[axis] = length
        moved = np.full(size, AIR, np.float32)
        count = plane.shape[axis]
        target = [slice(None), slice(None)]
        target[axis] = slice(whole, whole + count)
        moved[tuple(target)] = plane
        if share > 1e-6:
            # Each pixel takes a share of the one before it; before the first one there is air.
            before = np.roll(moved, 1, axis=axis)
            first = [slice(None), slice(None)]
            first[axis] = slice(0, 1)
            before[tuple(first)] = AIR
            moved = moved * (1 - share) + before * share
        plane = moved
    out[:] = plane
