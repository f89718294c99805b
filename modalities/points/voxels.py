"""`voxelise`: points gathered by the cells of a grid in space."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError
from wugan.morton import morton_code

_MOST_CELLS = 2**20 - 1  # along an axis, for Morton codes


@dataclass(frozen=True, slots=True, eq=False)
class Voxels:
    """The occupied cells of a grid, in Morton order, V of them.

    Attributes:
        size: side of a cell, m.
        origin: float64 `[3]`, m: the lower corner of cell (0, 0, 0).
        cells: int32 `[V, 3]`, places in the grid.
        counts: int32 `[V]`, points inside.
        centroids: float32 `[V, 3]`, m: mean of the points inside.
        index: int32 `[N]`, the voxel that each point lies in.
    """

    size: float
    origin: NDArray[np.float64]
    cells: NDArray[np.int32]
    counts: NDArray[np.int32]
    centroids: NDArray[np.float32]
    index: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.cells)

    @property
    def centers(self) -> NDArray[np.float32]:
        """Middles of the cells, float32 `[V, 3]`, m."""
        return (self.origin + (self.cells + 0.5) * self.size).astype(np.float32)

    def mean(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Mean over each voxel of a value that each point has: `[N]` to float32 `[V]`."""
        return (np.bincount(self.index, values, len(self)) / np.maximum(self.counts, 1)).astype(np.float32)


def unwritable(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """The points as compiled parts take them: in a row, and always read-only, as pipelines give them.

    To numba, arrays that can be written to are of another type: all would be compiled twice, the second time when the
    first sweep of a pipeline waits for it.
    """
    view = np.ascontiguousarray(points, np.float32).view()
    view.flags.writeable = False
    return view


def voxelise(points: NDArray[np.float32], size: float) -> Voxels:
    """Gather points by cells of `size` metres; the grid's planes lie at whole multiples of it, whatever the points.

    Args:
        points: finite, `[N, 3]`, m.
        size: m.

    Raises:
        DataError: points are not `[N, 3]`, or reach over more than 2²⁰ cells.
    """
    if points.ndim != 2 or points.shape[1] != 3 or not size > 0:
        raise DataError(f"voxelise takes points [N, 3] and a size above 0 m, got {list(points.shape)} and {size}")
    points = unwritable(points)
    if not len(points):
        nothing = np.zeros((0, 3), np.int32)
        return Voxels(size, np.zeros(3), nothing, nothing[:, 0], np.zeros((0, 3), np.float32), np.zeros(0, np.int32))
    from wugan.modalities.points import kernels

    span = kernels.span(points)
    low, high = np.floor(span / size)
    if not (high - low < _MOST_CELLS).all():
        raise DataError(
            f"voxelise: points from {span[0]} to {span[1]} reach over more than {_MOST_CELLS} "
            f"cells of {size} m; take larger ones, or leave out what is far away or not finite"
        )
    cells, index = kernels.gather(points, low, 1.0 / size)
    order = np.argsort(morton_code(cells))
    place = np.empty(len(order), np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    index = place[index]
    counts, centroids = kernels.centroids(points, index, len(order))
    return Voxels(size, low * size, cells[order], counts, centroids, index)
