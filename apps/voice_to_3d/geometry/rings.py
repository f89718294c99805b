"""Rings: a small cross-section carried along an outline, for chamfers and fillets where two surfaces meet.

The section lies in the plane of an outward direction (s, from the wall) and the wall's own (z). It runs from a point W
on the wall to a point Q on the surface, straight or as an arc about the edge P between them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wugan.apps.voice_to_3d.geometry.circles import Outline
from wugan.apps.voice_to_3d.geometry.corners import pieces
from wugan.apps.voice_to_3d.geometry.offsets import Lines
from wugan.apps.voice_to_3d.geometry.stacks import manifold

if TYPE_CHECKING:
    from manifold3d import Manifold

LAP = 0.002  # mm that a ring reaches into the void (a cut) or into the material (a join), so that no faces coincide


@dataclass
class Section:
    """Where the ring lies at each vertex of a loop.

    Attributes:
        edge: z of the edge P, `[N]`.
        surface: z of the surface at Q, `[N]`.
        across: s of Q.
        along: distance from P to W on the wall, `[N]`.
        up: whether W lies above P (a junction on an upward face) or below it (the rim of a hole in one).
        round: an arc, or straight.
        spare: mm that the ring goes on behind the surface line, into the void of a cut or the material of a join.
    """

    edge: NDArray[np.float64]
    surface: NDArray[np.float64]
    across: float
    along: NDArray[np.float64]
    up: bool
    round: bool
    spare: float


def ring(loop: Outline, section: Section, mask: NDArray[np.bool_] | None = None) -> list[Manifold]:
    """The ring round a loop, or along the edges of it that `mask` marks (one piece each run).

    Args:
        loop: closed, the feature to its left; s grows away from it.
        section: its cross-section.
        mask: `[N]`, of the edges from vertex i on.
    """
    sign = 1.0 if section.up else -1.0
    count = pieces(section.across, np.pi / 2) if section.round else 1
    t = np.linspace(0, 1, count + 1)
    s, z = _curve(section, sign, t)  # [M] and [M, N]
    # Behind W the curve's first piece goes on to s = -LAP, beyond the wall.
    step_s, step_z = s[1] - s[0], z[1] - z[0]
    s = np.concatenate([[-LAP], s, [section.across, -LAP]])
    behind = z[0] - step_z * (LAP / np.maximum(step_s, 1e-9))
    spare = -sign * section.spare
    z = np.concatenate([behind[None], z, (section.surface + spare)[None], (section.edge + spare)[None]])
    lines = Lines(loop)
    flat = np.stack([lines.points(-value) for value in s])  # [M, N, 2]
    points = np.concatenate([flat, z[:, :, None]], axis=2)
    if mask is None or mask.all():
        return [_closed(points)]
    return [_open(points[:, run], s, z[:, run]) for run in _runs(mask)]


def _curve(section: Section, sign: float, t: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The s `[M]` and z `[M, N]` from W to Q; a fillet is the conic that touches the wall in W and the surface in Q."""
    wall = section.edge + sign * section.along
    if not section.round:
        return t * section.across, wall + t[:, None] * (section.surface - wall)
    rise = section.surface - section.edge
    length = np.hypot(section.across, rise)
    # cos of half the turn from the wall's direction (towards P) to the surface's (away from P)
    cosine = -sign * rise / length
    weight = float(np.sqrt(np.mean((1 + cosine) / 2)))
    a, b, c = (1 - t) ** 2, 2 * t * (1 - t) * weight, t**2
    total = a + b + c
    s = c * section.across / total
    z = (a[:, None] * wall + b[:, None] * section.edge + c[:, None] * section.surface) / total[:, None]
    return s, z


def _closed(points: NDArray[np.float64]) -> Manifold:
    rows = np.arange(points.shape[0] * points.shape[1]).reshape(points.shape[:2])
    a, b = rows, np.roll(rows, -1, axis=1)
    d, c = np.roll(rows, -1, axis=0), np.roll(np.roll(rows, -1, axis=0), -1, axis=1)
    triangles = np.concatenate([np.stack([a, b, c], -1).reshape(-1, 3), np.stack([a, c, d], -1).reshape(-1, 3)])
    return _outward(points.reshape(-1, 3), triangles)


def _open(points: NDArray[np.float64], s: NDArray[np.float64], z: NDArray[np.float64]) -> Manifold:
    from manifold3d import triangulate

    rows = np.arange(points.shape[0] * points.shape[1]).reshape(points.shape[:2])
    lower, upper = rows[:, :-1], rows[:, 1:]
    a, b, d, c = lower, upper, np.roll(lower, -1, axis=0), np.roll(upper, -1, axis=0)
    section = np.stack([s, z[:, 0]], axis=1)
    turn = float(np.dot(section[:, 0], np.roll(section[:, 1], -1)) - np.dot(section[:, 1], np.roll(section[:, 0], -1)))
    order = np.arange(len(s)) if turn > 0 else np.arange(len(s))[::-1]
    cap = order[np.asarray(triangulate([np.ascontiguousarray(section[order])]), dtype=np.int64)]
    if turn < 0:
        cap = cap[:, ::-1]  # back in the order of the rows
    triangles = [np.stack([a, b, c], -1).reshape(-1, 3), np.stack([a, c, d], -1).reshape(-1, 3)]
    triangles += [rows[:, 0][cap], rows[:, -1][cap][:, ::-1]]
    return _outward(points.reshape(-1, 3), np.concatenate(triangles))


def _outward(points: NDArray[np.float64], triangles: NDArray[np.int64]) -> Manifold:
    corners = points[triangles]
    volume = np.einsum("ij,ij->i", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])).sum()
    return manifold(points, triangles if volume > 0 else triangles[:, ::-1])


def _runs(mask: NDArray[np.bool_]) -> list[NDArray[np.int64]]:
    """The vertices of each run of marked edges, in order round a loop."""
    count = len(mask)
    runs = []
    for start in np.flatnonzero(mask & ~np.roll(mask, 1)):
        length = 1
        while mask[(start + length) % count]:
            length += 1
        runs.append((start + np.arange(length + 1)) % count)
    return runs
