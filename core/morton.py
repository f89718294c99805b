"""Morton order: things that lie near each other in space lie near each other in the row of tokens.

Attention routes in blocks of neighbouring tokens, so a block should be a compact piece of the slide, volume or scene.
Morton, A Computer Oriented Geodetic Data Base and a New Technique in File Sequencing, IBM, 1966.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

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
    return _interleaved([cells[:, axis] for axis in range(cells.shape[1])])


def morton_order(points: ArrayLike, cell: float) -> NDArray[np.int64]:
    """The order `[N]` that sorts points along the Z-order curve; points of one cell keep their order.

    Args:
        points: coordinates `[N, 2]` or `[N, 3]`.
        cell: side of a cell, in the points' unit; the grid starts at the smallest coordinates.

    Raises:
        DataError: the shape is not that, or the points reach over more than 2²⁰ cells.
    """
    points = np.asarray(points)
    if not len(points):
        return np.zeros(0, np.int64)
    if points.ndim != 2 or points.shape[1] not in (2, 3):
        raise DataError(f"Morton codes are of points [N, 2] or [N, 3], got {list(points.shape)}")
    axes = []
    for axis in range(points.shape[1]):  # one by one, in place: an axis of a sweep stays in the processor's cache
        place = points[:, axis].astype(np.float64)
        place -= place.min()
        place /= cell
        place += 1e-9
        if not place.max() < 2**_BITS:  # nor NaN
            raise DataError(
                f"Morton codes are of cells from 0 to {2**_BITS - 1}: the points reach over {place.max():.6g} cells of "
                f"{cell}; take larger ones, or leave out what is far away or not finite"
            )
        axes.append(place.astype(np.int32))
    # Points of a scan come in runs along the curve, which the stable sort makes use of: it takes half as long.
    return np.argsort(_interleaved(axes), kind="stable")


def _interleaved(axes: Sequence[NDArray[np.integer[Any]]]) -> NDArray[np.int64]:
    """The bits of the axes' numbers in turn, the first axis' lowest."""
    spread, code = _spread(len(axes)), np.zeros(len(axes[0]), np.int64)
    for axis, cells in enumerate(axes):
        part = spread[cells >> _TABLE_BITS]
        part <<= _TABLE_BITS * len(axes)
        part |= spread[cells & (_TABLE - 1)]
        part <<= axis
        code |= part
    return code


@cache
def _spread(axes: int) -> NDArray[np.int64]:
    """For each number below `_TABLE`, the number with `axes` - 1 zeros between its bits."""
    numbers = np.arange(_TABLE, dtype=np.int64)
    found = np.zeros(_TABLE, np.int64)
    for bit in range(_TABLE_BITS):
        found |= ((numbers >> bit) & 1) << (axes * bit)
    return found
