"""Where a tool is in relation to a path."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Line:
    """A path made ready to be asked.

    Args:
        points: m `[N, 3]`, N at least 2, no two neighbours alike.
    """

    def __init__(self, points: Array) -> None:
        from scipy.spatial import cKDTree

        self.points = points
        self._tree = cKDTree(points)
        self._steps = np.diff(points, axis=0)
        self._lengths = np.linalg.norm(self._steps, axis=1)

    def nearest(self, position: Array) -> tuple[Array, NDArray[np.int64], Array]:
        """Distance to the path, which point of it is nearest, and the vector to the path.

        Args:
            position: m `[T, 3]`.

        Returns:
            Distance in m `[T]`, index of the nearest point `[T]`, vector in m `[T, 3]`.
        """
        _, index = self._tree.query(position)
        best = self.points[index] - position
        for segment in (index - 1, index):  # the nearest place lies on one of the two segments at the nearest point
            segment = np.clip(segment, 0, len(self._steps) - 1)
            start, step = self.points[segment], self._steps[segment]
            share = ((position - start) * step).sum(1) / np.maximum(self._lengths[segment] ** 2, 1e-18)
            away = start + np.clip(share, 0, 1)[:, None] * step - position
            nearer = (away**2).sum(1) < (best**2).sum(1)
            best = np.where(nearer[:, None], away, best)
        return np.linalg.norm(best, axis=1), index.astype(np.int64), best
