"""How many straight pieces stand for a circle, and points on arcs."""

from __future__ import annotations

from math import acos, ceil, floor, pi

import numpy as np
from numpy.typing import NDArray

Outline = NDArray[np.float64]  # [N, 2], mm, counter-clockwise; holes clockwise
CHORD = 0.05  # mm that a piece may lie inside the circle
LEAST, LEAST_SMALL, MOST = 64, 48, 256


def segments(diameter: float) -> int:
    """Pieces of a whole circle: a multiple of 4, so that its box is exact; fewer for a circle below 3 mm."""
    least = LEAST if diameter > 3 else LEAST_SMALL
    if diameter <= 2 * CHORD:
        return least
    return min(MOST, max(least, 4 * ceil(pi / acos(1 - 2 * CHORD / diameter) / 4)))


def circle(diameter: float, pieces: int = 0) -> Outline:
    """Points of a circle about the origin, from +x on; exactly on the axes."""
    count = pieces or segments(diameter)
    angles = 2 * pi * np.arange(count) / count
    points = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    points[np.abs(points) < 1e-12] = 0.0
    return points * (diameter / 2)


def arc(radius: float, start: float, end: float, pieces: int = 0) -> Outline:
    """Points from angle `start` to `end` (degrees), both included, exact on the axes."""
    count = pieces or max(2, ceil(segments(2 * radius) * abs(end - start) / 360 - 1e-9))
    degrees = np.linspace(start, end, count + 1)
    low, high = sorted((start, end))
    # The axes between, so that the arc's box is exact.
    axes = [a for a in 90.0 * np.arange(ceil(low / 90), floor(high / 90) + 1) if low + 1e-9 < a < high - 1e-9]
    if axes and not pieces:
        near = np.abs(degrees[:, None] - np.array(axes)[None]).min(1) < abs(end - start) / count / 3
        near[[0, -1]] = False
        degrees = np.sort(np.concatenate([degrees[~near], axes]))
        degrees = degrees if end > start else degrees[::-1]
    angles = np.radians(degrees)
    points = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    points[np.abs(points) < 1e-12] = 0.0
    return points * radius


def area(outline: Outline) -> float:
    """Signed: positive counter-clockwise."""
    x, y = outline[:, 0], outline[:, 1]
    return float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2
