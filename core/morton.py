"""Morton order: things that lie near each other in space lie near each other in the row of tokens.

Attention routes in blocks of neighbouring tokens, so a block should be a compact piece of the slide, volume or scene.
Morton, A Computer Oriented Geodetic Data Base and a New Technique in File Sequencing, IBM, 1966.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wugan.errors import DataError

_BITS = 20  # of each coordinate: three of them fit an int64
_TABLE_BITS = _BITS // 2  # half a coordinate is looked up at a time
_TABLE = 2**_TABLE_BITS


def morton_code(cells: ArrayLike) -> NDArray[np.int64]:
    """Place of each grid cell along the Z-order curve, int64 `[N]`.

    Args:
        cells: integers `[N, 2]` or `[N, 3]`, each from 0 to 2²⁰ - 1; the first axis varies fastest.

    Raises:
        DataError: the shape or a cell's number is not that.
    """
    cells = np.asarray(cells, np.int64)
    if cells.ndim != 2 or cells.shape[1] not in (2, 3):
        raise DataError(f"Morton codes are of cells [N, 2] or [N, 3], got {list(cells.shape)}")
    if cells.size and (cells.min() < 0 or cells.max() >= 2**_BITS):
        raise DataError(f"Morton codes are of cells from 0 to {2**_BITS - 1}, got {cells.min()} to {cells.max()}")
    spread = _spread(cells.shape[1])
    code = np.zeros(len(cells), np.int64)
    for axis in range(cells.shape[1]):
        low = spread[cells[:, axis] & (_TABLE - 1)]
        high = spread[cells[:, axis] >> _TABLE_BITS]
        code |= (low | high << (_TABLE_BITS * cells.shape[1])) << axis
    return code


def morton_order(points: ArrayLike, cell: float) -> NDArray[np.int64]:
    """The order `[N]` that sorts points along the Z-order curve; points of one cell keep their order.

    Args:
        points: coordinates `[N, 2]` or `[N, 3]`.
        cell: side of a cell, in the points' unit; the grid starts at the smallest coordinates.

    Raises:
        DataError: the shape is not that, or the points reach over more than 2²⁰ cells.
    """
    points = np.asarray(points, np.float64)
    if not len(points):
        return np.zeros(0, np.int64)
    axes = np.ascontiguousarray(points.T)  # numpy reduces along rows several times as fast as along columns
    code = morton_code(np.floor((axes - axes.min(axis=1, keepdims=True)) / cell + 1e-9).astype(np.int64).T)
    place_bits = len(code).bit_length()
    if int(code.max()).bit_length() + place_bits > 63:
        return np.argsort(code, kind="stable")
    # Numbers that end in their place are all different, so that numpy's fastest sort is a stable one.
    keys = code << place_bits | np.arange(len(code))
    keys.sort()
    return keys & ((1 << place_bits) - 1)


@cache
def _spread(axes: int) -> NDArray[np.int64]:
    """For each number below `_TABLE`, the number with `axes` - 1 zeros between its bits."""
    numbers = np.arange(_TABLE, dtype=np.int64)
    found = np.zeros(_TABLE, np.int64)
    for bit in range(_TABLE_BITS):
        found |= ((numbers >> bit) & 1) << (axes * bit)
    return found
