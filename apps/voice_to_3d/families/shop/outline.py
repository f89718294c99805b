"""Outlines by points: arcs and rounded corners, for `Polygon`, `Revolve` and `Sweep` (mm, degrees)."""

from __future__ import annotations

import math
from collections.abc import Sequence

from wugan.apps.voice_to_3d.scene.model import Point
from wugan.errors import DataError


def arc(x: float, y: float, radius: float, start: float, end: float, steps: int = 0) -> list[Point]:
    """Points on an arc about (x, y), both ends included; about 4° apart unless `steps` says how many pieces."""
    steps = steps or max(2, math.ceil(abs(end - start) / 4))
    angles = (math.radians(start + (end - start) * i / steps) for i in range(steps + 1))
    return [(x + radius * math.cos(a), y + radius * math.sin(a)) for a in angles]


def rounded(corners: Sequence[tuple[float, float, float]]) -> tuple[Point, ...]:
    """The closed outline through (x, y, radius) corners, each rounded with its radius (0: sharp).

    Raises:
        DataError: a radius too large for the sides that meet at its corner.
    """
    points: list[Point] = []
    count = len(corners)
    reach = []
    for i, (x, y, radius) in enumerate(corners):
        before, after = corners[i - 1], corners[(i + 1) % count]
        a = math.atan2(before[1] - y, before[0] - x)
        b = math.atan2(after[1] - y, after[0] - x)
        opening = abs(math.remainder(b - a, 2 * math.pi))
        reach.append((radius / math.tan(opening / 2) if radius > 0 else 0.0, a, b, opening))
    for i, (x, y, radius) in enumerate(corners):
        cut, a, b, opening = reach[i]
        for j, other in ((i - 1, corners[i - 1]), ((i + 1) % count, corners[(i + 1) % count])):
            if radius > 0 and cut + reach[j][0] > math.dist((x, y), other[:2]) + 1e-6:
                raise DataError(
                    f"a corner's radius of {radius:g} mm does not fit between sides "
                    f"{math.dist((x, y), other[:2]):g} mm long; make it smaller"
                )
        if radius <= 0:
            points.append((x, y))
            continue
        middle = a + math.remainder(b - a, 2 * math.pi) / 2
        far = radius / math.sin(opening / 2)
        cx, cy = x + far * math.cos(middle), y + far * math.sin(middle)
        start = math.atan2(y + cut * math.sin(a) - cy, x + cut * math.cos(a) - cx)
        end = math.atan2(y + cut * math.sin(b) - cy, x + cut * math.cos(b) - cx)
        turn = math.remainder(end - start, 2 * math.pi)
        points += arc(cx, cy, radius, math.degrees(start), math.degrees(start + turn))
    return clean(points)


def clean(points: Sequence[Point]) -> tuple[Point, ...]:
    """Without points that repeat the one before (the last before the first)."""
    kept: list[Point] = []
    for point in points:
        if not kept or math.dist(point, kept[-1]) > 1e-6:
            kept.append(point)
    while len(kept) > 1 and math.dist(kept[0], kept[-1]) <= 1e-6:
        kept.pop()
    return tuple(kept)
