"""Workpieces as a scanner sees them: point clouds with noise. Millimetre sizes, metres in the arrays.

The frame is the haptic device's: z up, the top of every workpiece at z = 0, its middle near the origin.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]

NOISE_M = 0.0001  # of a structured-light scanner at half a metre


@dataclass(frozen=True, slots=True)
class Flange:
    """A round plate with one bored hole.

    Attributes:
        centre: of the hole, m (x, y).
        hole: radius of the hole, m.
        depth: of the hole, m.
        outer: radius of the plate around the hole, m.
    """

    centre: tuple[float, float]
    hole: float = 0.008
    depth: float = 0.02
    outer: float = 0.045

    def scan(self, seed: int, spacing: float = 0.0009) -> Points:
        """A cloud of top, wall and bottom, m `[P, 3]`."""
        draw = np.random.default_rng(seed)
        top_area = math.pi * (self.outer**2 - self.hole**2)
        top = _ring(draw, self.hole, self.outer, round(top_area / spacing**2))
        bottom = _ring(draw, 0.0, self.hole, round(math.pi * self.hole**2 / spacing**2))
        count = round(2 * math.pi * self.hole * self.depth / spacing**2)
        angle, z = draw.uniform(0, 2 * math.pi, count), draw.uniform(-self.depth, 0, count)
        wall = np.stack([self.hole * np.cos(angle), self.hole * np.sin(angle), z], axis=1)
        points = np.concatenate([top, wall, bottom - [0, 0, self.depth]])
        return np.asarray(points + np.array([*self.centre, 0.0]) + draw.normal(0, NOISE_M, points.shape))

    def mesh(self, sectors: int = 64) -> tuple[Points, NDArray[np.int64]]:
        """Vertices m `[V, 3]` and triangles `[T, 3]` of what can be touched: top, wall and bottom."""
        angle = np.arange(sectors) * 2 * math.pi / sectors
        circle = np.stack([np.cos(angle), np.sin(angle), np.zeros(sectors)], axis=1)
        rims = [self.outer * circle, self.hole * circle, self.hole * circle - [0, 0, self.depth]]
        middle = np.array([[0.0, 0.0, -self.depth]])
        vertices = np.concatenate([*rims, middle]) + np.array([*self.centre, 0.0])
        here = np.arange(sectors)
        there = (here + 1) % sectors
        bands = []
        for outer in (0, sectors):  # from the outer rim to the hole, and down the wall
            a, b, c, d = outer + here, outer + there, outer + sectors + here, outer + sectors + there
            bands += [np.stack([a, b, c], axis=1), np.stack([b, d, c], axis=1)]
        floor = np.stack([2 * sectors + here, 2 * sectors + there, np.full(sectors, 3 * sectors)], axis=1)
        return vertices, np.concatenate([*bands, floor]).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Casting:
    """A block whose front rim bends in and out: the burr is along it.

    The rim is y(x) = offset + wave · sin(2π · waves · x / length + phase), at z = 0.

    Attributes:
        offset: m.
        wave: how far the rim bends, m.
        waves: how often along its length.
        phase: rad.
        length: of the rim, m.
        height: of the front wall, m.
        width: of the top behind the rim, m.
    """

    offset: float = 0.01
    wave: float = 0.006
    waves: float = 1.0
    phase: float = 0.0
    length: float = 0.08
    height: float = 0.02
    width: float = 0.03

    def rim(self, x: NDArray[np.float64]) -> Points:
        """Points of the rim at these x, m `[P, 3]`."""
        y = self.offset + self.wave * np.sin(2 * math.pi * self.waves * x / self.length + self.phase)
        return np.stack([x, y, np.zeros_like(x)], axis=1)

    def outward(self, x: NDArray[np.float64]) -> Points:
        """Unit vectors at these x, in the plane of the top, square to the rim and out of the block."""
        k = 2 * math.pi * self.waves / self.length
        slope = self.wave * k * np.cos(k * x + self.phase)
        normal = np.stack([-slope, np.ones_like(x), np.zeros_like(x)], axis=1)
        return np.asarray(normal / np.linalg.norm(normal, axis=1, keepdims=True))

    def scan(self, seed: int, spacing: float = 0.0009) -> Points:
        """A cloud of the top behind the rim and the wall below it, m `[P, 3]`."""
        draw = np.random.default_rng(seed)
        span = 1.15 * self.length  # the block goes on beyond what is to be deburred
        count = round(span * self.width / spacing**2)
        top = self.rim(draw.uniform(-span / 2, span / 2, count))
        top[:, 1] -= draw.uniform(0, self.width, count)
        count = round(1.1 * span * self.height / spacing**2)
        wall = self.rim(draw.uniform(-span / 2, span / 2, count))
        wall[:, 2] = -draw.uniform(0, self.height, count)
        points = np.concatenate([top, wall])
        return np.asarray(points + draw.normal(0, NOISE_M, points.shape))


def _ring(draw: np.random.Generator, inner: float, outer: float, count: int) -> Points:
    radius = np.sqrt(draw.uniform(inner**2, outer**2, count))
    angle = draw.uniform(0, 2 * math.pi, count)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle), np.zeros(count)], axis=1)
