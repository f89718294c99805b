"""Solids made of outlines one above the other, each the one below shrunk or grown: prisms with worked rims."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wugan.apps.voice_to_3d.geometry.circles import Outline
from wugan.apps.voice_to_3d.geometry.offsets import Level

if TYPE_CHECKING:
    from manifold3d import Manifold

Triangles = list[NDArray[np.int64]]


def manifold(vertices: NDArray[np.float64], triangles: NDArray[np.int64]) -> Manifold:
    """A manifold from vertices `[V, 3]` and triangles `[F, 3]`, in double precision."""
    from manifold3d import Manifold, Mesh64

    return Manifold(Mesh64(np.ascontiguousarray(vertices), np.ascontiguousarray(triangles.astype(np.uint64))))


def stack(below: Sequence[Level], above: Sequence[Level], twist: Callable[[float], float] | None = None) -> Manifold:
    """The solid between the last level of `below` and that of `above`; both start with the same level.

    Args:
        below: levels going down.
        above: levels going up.
        twist: degrees by z, about the axis.
    """
    points: list[NDArray[np.float64]] = []
    triangles: Triangles = []
    total = 0

    def put(level: Level) -> list[NDArray[np.int64]]:
        nonlocal total
        rows = []
        z = level.z
        for loop in level.loops:
            turned = _turned(loop, twist(z)) if twist else loop
            points.append(np.column_stack([turned, np.full(len(loop), z)]))
            rows.append(np.arange(total, total + len(loop)))
            total += len(loop)
        return rows

    down = [put(level) for level in below]
    up = [down[0], *(put(level) for level in above[1:])]
    for rows, levels, flip in ((down, below, True), (up, above, False)):
        for i in range(1, len(levels)):
            for a, b, became in zip(rows[i - 1], rows[i], levels[i].parents, strict=True):
                triangles += [part[:, ::-1] if flip else part for part in _band(a, b, became)]
    triangles += [_cap(below[-1].loops, down[-1], twist, below[-1].z)[:, ::-1]]
    triangles += [_cap(above[-1].loops, up[-1], twist, above[-1].z)]
    return manifold(np.concatenate(points), np.concatenate(triangles))


def twisted(loops: Sequence[Outline], height: float, degrees: float) -> Manifold:
    """Outlines drawn up `height` and turned on the way: long edges in pieces, as a twisted face is not flat."""
    reach = max(float(np.linalg.norm(loop, axis=1).max()) for loop in loops)
    fine = [_in_pieces(loop, 0.15 * reach) for loop in loops]
    same = [np.arange(len(loop)) for loop in fine]
    levels = [Level(0.0, float(z), fine, same) for z in np.linspace(0, height, int(np.ceil(abs(degrees) / 4)) + 1)]
    return stack(levels[:1], levels, lambda z: degrees * z / height)


def _in_pieces(loop: Outline, most: float) -> Outline:
    after = np.roll(loop, -1, axis=0)
    counts = np.maximum(1, np.ceil(np.linalg.norm(after - loop, axis=1) / most)).astype(int)
    pieces = [a + (b - a) * np.arange(n)[:, None] / n for a, b, n in zip(loop, after, counts, strict=True)]
    return np.concatenate(pieces)


def _band(lower: NDArray[np.int64], upper: NDArray[np.int64], became: NDArray[np.int64]) -> Triangles:
    """Faces between a loop and what it became above."""
    a, b = lower, np.roll(lower, -1)
    d, c = upper[became], upper[np.roll(became, -1)]
    whole = c != d
    return [np.stack([a, b, c], axis=1), np.stack([a, c, d], axis=1)[whole]]


def _cap(
    loops: list[Outline], rows: list[NDArray[np.int64]], twist: Callable[[float], float] | None, z: float
) -> NDArray[np.int64]:
    from manifold3d import triangulate

    flat = [_turned(loop, twist(z)) for loop in loops] if twist else loops
    found = np.asarray(triangulate([np.ascontiguousarray(loop) for loop in flat]), dtype=np.int64)
    return np.concatenate(rows)[found]


def _turned(loop: Outline, degrees: float) -> Outline:
    angle = np.radians(degrees)
    cosine, sine = np.cos(angle), np.sin(angle)
    return loop @ np.array([[cosine, sine], [-sine, cosine]])
