"""`Track`: where on a polyline the hand is, followed from period to period."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np


class Track:
    """The nearest place of a polyline, found once everywhere and then by walking on from where it was.

    Args:
        points: `[P][axes]`; equal neighbours count as one.
        closed: the last point is joined to the first.
    """

    #: The last part of an open path, over which `left` falls to zero.
    _END = 0.02

    def __init__(self, points: list[list[float]], closed: bool) -> None:
        ring = [*points, points[0]] if closed else points
        self._starts: list[list[float]] = []
        self._directions: list[list[float]] = []
        self._lengths: list[float] = []
        for before, after in pairwise(ring):
            length = math.dist(before, after)
            if length > 0.0:
                self._starts.append(before)
                self._directions.append([(b - a) / length for a, b in zip(before, after, strict=True)])
                self._lengths.append(length)
        self._closed = closed
        self._before = [0.0, *np.cumsum(self._lengths).tolist()]
        self._at = -1
        self._all = np.array(self._starts), np.array(self._directions), np.array(self._lengths)
        self.nearest = list(points[0])
        self.direction = self._directions[0]
        self.left = 1.0

    @property
    def follows(self) -> bool:
        """It knows where on the path the hand is."""
        return self._at >= 0

    def let_go(self) -> None:
        """Forget the place; the next `follow` looks everywhere."""
        self._at = -1

    def follow(self, position: list[float]) -> float:
        """Find the nearest place; sets `nearest`, `direction` and `left` (1, falling to 0 at the end of an open path).

        Args:
            position: `[axes]`.

        Returns:
            The distance to it.
        """
        count = len(self._lengths)
        if self._at < 0:
            starts, directions, lengths = self._all
            away = np.asarray(position) - starts
            along = np.clip((away * directions).sum(axis=1), 0.0, lengths)
            self._at = int(np.argmin(((away - along[:, None] * directions) ** 2).sum(axis=1)))
        at = self._at
        square, along_here = self._distance(at, position)
        for step in (1, -1):
            for _ in range(count):
                other = (at + step) % count if self._closed else at + step
                if not 0 <= other < count:
                    break
                next_square, next_along = self._distance(other, position)
                if next_square > square or (next_square == square and next_along in (0.0, self._lengths[other])):
                    break
                at, square, along_here = other, next_square, next_along
        self._at = at
        start, self.direction = self._starts[at], self._directions[at]
        self.nearest = [a + along_here * part for a, part in zip(start, self.direction, strict=True)]
        total = self._before[-1]
        rest = total - self._before[at] - along_here
        self.left = 1.0 if self._closed else min(1.0, rest / (self._END * total))
        return math.sqrt(square)

    def _distance(self, index: int, position: list[float]) -> tuple[float, float]:
        """Square of the distance to a segment, and how far along it the nearest place is."""
        start, direction = self._starts[index], self._directions[index]
        along = 0.0
        for a, part, value in zip(start, direction, position, strict=True):
            along += (value - a) * part
        along = min(max(along, 0.0), self._lengths[index])
        square = 0.0
        for a, part, value in zip(start, direction, position, strict=True):
            square += (value - a - along * part) ** 2
        return square, along
