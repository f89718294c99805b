"""Things turned about an axis: smooth outlines, and hollow vessels whose wall is nowhere thinner than was said."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from wugan.apps.voice_to_3d.families.base import Family
from wugan.apps.voice_to_3d.scene.solid import Revolve
from wugan.errors import DataError

Outline = list[tuple[float, float]]  # (radius, z), z rising


def _slopes(z: Sequence[float], r: Sequence[float]) -> list[float]:
    """Slopes that keep the curve between its points (Fritsch and Carlson, SIAM J. Numer. Anal. 17(2), 1980)."""
    steps = [(r[i + 1] - r[i]) / (z[i + 1] - z[i]) for i in range(len(z) - 1)]
    inner = [2 * a * b / (a + b) if a * b > 0 else 0.0 for a, b in zip(steps, steps[1:], strict=False)]
    return [steps[0], *inner, steps[-1]]


def smooth(points: Sequence[tuple[float, float]], pieces: int = 8) -> Outline:
    """A curve through (radius, z) points, z rising, with `pieces` chords between two; it never overshoots a point."""
    r, z = [p[0] for p in points], [p[1] for p in points]
    m = _slopes(z, r)
    found: Outline = []
    for i in range(len(points) - 1):
        h = z[i + 1] - z[i]
        for k in range(pieces):
            t = k / pieces
            a, b = (1 + 2 * t) * (1 - t) ** 2, t * (1 - t) ** 2
            c, d = t * t * (3 - 2 * t), t * t * (t - 1)
            found.append((max(0.0, a * r[i] + b * h * m[i] + c * r[i + 1] + d * h * m[i + 1]), z[i] + t * h))
    return [*found, (r[-1], z[-1])]


def scaled(points: Sequence[tuple[float, float]], radius: float, height: float) -> Outline:
    """Points given as shares of a radius and a height, in mm."""
    return [(radius * r, height * z) for r, z in points]


def radius_at(points: Outline, z: float) -> float:
    """The outline's radius at height z, straight between its points."""
    for (r0, z0), (r1, z1) in zip(points, points[1:], strict=False):
        if z0 <= z <= z1:
            return r1 if z1 == z0 else r0 + (r1 - r0) * (z - z0) / (z1 - z0)
    return points[0][0] if z < points[0][1] else points[-1][0]


def inner(family: Family, points: Outline, wall: float, floor: float, steps: int = 28) -> Outline:
    """The inside of a vessel: every point of it at least `wall` mm from the outline, from `floor` up to the rim.

    Raises:
        DataError: the wall leaves no room, or the floor reaches the rim.
    """
    top = points[-1][1]
    if floor >= 0.9 * top:
        raise DataError(
            f"{family.names[0]}: the floor ({floor:g} mm thick) fills the height of {top:g} mm: make the wall or floor "
            "thinner, or the thing higher"
        )
    heights = sorted(
        {floor + (top - floor) * k / steps for k in range(steps + 1)} | {z for _, z in points if z > floor}
    )
    found: Outline = []
    for z in heights:
        near = [z + wall * k / 6 for k in range(-6, 7)]
        room = min(radius_at(points, one) - sqrt(max(0.0, wall**2 - (one - z) ** 2)) for one in near if 0 <= one <= top)
        if room > 0.2:
            found.append((room, z))
        elif found or z > floor + 0.5 * (top - floor):
            raise DataError(
                f"{family.names[0]}: a wall of {wall:g} mm leaves no room inside where the radius is "
                f"{radius_at(points, z):g} mm: make the wall thinner or the thing wider"
            )
    if len(found) < 2:
        raise DataError(f"{family.names[0]}: a wall of {wall:g} mm leaves no room inside: make it thinner")
    return found


def turned(points: Outline) -> Revolve:
    """A solid with that outline."""
    closed = [(0.0, points[0][1]), *points, (0.0, points[-1][1])]
    return Revolve(points=tuple(_without_repeats(closed)))


def cavity(inside: Outline, above: float = 0.0, into: float = 0.0) -> Revolve:
    """The inside as a solid: what is taken from a handle or spout.

    Args:
        inside: as `inner` gives it.
        above: mm that it is carried on beyond the rim.
        into: mm that it reaches into the wall, so that what is left ends inside the wall and not on its surface.
    """
    grown = [(r + into, z) for r, z in inside]
    return turned([*grown, *([(grown[-1][0], grown[-1][1] + above)] if above else [])])


def vessel(points: Outline, inside: Outline) -> Revolve:
    """A hollow thing, open at the top."""
    closed = [(0.0, points[0][1]), *points, *reversed(inside), (0.0, inside[0][1])]
    return Revolve(points=tuple(_without_repeats(closed)))


def _without_repeats(points: Outline) -> Outline:
    kept: Outline = []
    for one in points:
        if not kept or abs(one[0] - kept[-1][0]) + abs(one[1] - kept[-1][1]) > 1e-6:
            kept.append(one)
    return kept
