"""Corners of flat outlines rounded or cut, each exactly where its two edges allow it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil, radians
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wugan.apps.voice_to_3d.geometry.circles import Outline, area
from wugan.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Collection

CORNER = radians(15)  # a turn by more is a corner; by less, a piece of a curve
Pick = Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.bool_]]


def pieces(radius: float, angle: float) -> int:
    """Straight pieces of a fillet's arc over `angle` (radians): 8 to 24 for a quarter turn."""
    quarter = np.clip(ceil(1.571 / (2 * np.arccos(max(0.0, 1 - 0.02 / max(radius, 0.02))) + 1e-9)), 8, 24)
    return max(2, ceil(float(quarter) * angle / 1.5708 - 1e-9))


def quarter(radius: float) -> NDArray[np.float64]:
    """Angles (radians) from 0 to a right angle for a fillet."""
    return np.linspace(0, np.pi / 2, pieces(radius, np.pi / 2) + 1)


def turns(loop: Outline) -> NDArray[np.float64]:
    """The turn at each vertex, radians: positive to the left."""
    before, after = loop - np.roll(loop, 1, axis=0), np.roll(loop, -1, axis=0) - loop
    cross = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    return np.arctan2(cross, (before * after).sum(1))


def corners(loop: Outline) -> NDArray[np.bool_]:
    """Which vertices are corners."""
    return np.abs(turns(loop)) > CORNER


def worked(
    loop: Outline, at: Collection[int] | NDArray[np.bool_], size: float, across: float | None, round: bool
) -> Outline:
    """A loop with some corners rounded (radius `size`) or cut (`size`; `across` on the flatter of the two edges).

    A corner between curves that are drawn in short pieces takes as many of the pieces as it needs.

    Raises:
        DataError: an edge is too short for its corners; says what would fit.
    """
    chosen = np.zeros(len(loop), dtype=bool)
    chosen[np.asarray(at) if isinstance(at, np.ndarray) else list(at)] = True
    if not chosen.any():
        return loop
    turn = turns(loop)
    lengths = np.linalg.norm(np.roll(loop, -1, axis=0) - loop, axis=1)
    reach = size * np.tan(np.abs(turn) / 2) if round else np.full(len(loop), size)
    first = second = np.where(chosen, reach, 0.0)
    if not round and across is not None:
        along = np.abs(np.roll(loop, -1, axis=0) - loop)
        upright = along[:, 1] > along[:, 0]
        first = np.where(chosen, np.where(np.roll(upright, 1), size, across), 0.0)
        second = np.where(chosen, np.where(upright, size, across), 0.0)
    needed = second + np.roll(first, -1)
    ratio = lengths / np.maximum(needed, 1e-12)
    if (ratio < 1 - 1e-6).any():
        raise DataError(
            f"{'a radius' if round else 'a chamfer'} of {size:g} mm does not fit the edges; "
            f"{np.floor(size * float(ratio.min()) * 1000) / 1000:g} mm is the most"
        )
    made: list[Outline] = []
    for i, point in enumerate(loop):
        if not chosen[i]:
            made.append(point[None])
            continue
        before, after = loop[i - 1], loop[(i + 1) % len(loop)]
        start = point + (before - point) * (first[i] / np.linalg.norm(before - point))
        end = point + (after - point) * (second[i] / np.linalg.norm(after - point))
        made.append(_rounded(start, end, float(turn[i]), size) if round else np.stack([start, end]))
    return tidy(np.concatenate(made))


def _rounded(start: Outline, end: Outline, turn: float, radius: float) -> Outline:
    """An arc from `start` to `end` whose tangents turn by `turn`."""
    count = pieces(radius, abs(turn))
    chord = end - start
    half = turn / 2
    towards = np.arctan2(chord[1], chord[0])
    middle = start + radius * np.array((-np.sin(towards - half), np.cos(towards - half))) * np.sign(turn)
    around = np.linspace(0, turn, count + 1) + np.arctan2(start[1] - middle[1], start[0] - middle[0])
    arc: Outline = middle + radius * np.stack([np.cos(around), np.sin(around)], axis=1)
    arc[0], arc[-1] = start, end
    return arc


def tidy(loop: Outline) -> Outline:
    """Without repeated points."""
    return loop[np.linalg.norm(loop - np.roll(loop, 1, axis=0), axis=1) > 1e-7]


def worked_all(loops: Sequence[Outline], size: float, across: float | None, round: bool) -> list[Outline]:
    """Every corner of every loop worked; where curves are in the way, by opening and closing the whole outline."""
    marked = [corners(loop) for loop in loops]
    if not any(mark.any() for mark in marked):
        raise DataError("there is no corner to work: the outline is a curve")
    if round and any(_curves_beside(loop, mark) for loop, mark in zip(loops, marked, strict=True)):
        return opened(loops, size)
    return [worked(loop, mark, size, across, round) for loop, mark in zip(loops, marked, strict=True)]


def _curves_beside(loop: Outline, mark: NDArray[np.bool_]) -> bool:
    """Whether a corner has a curve's piece for a neighbour (a vertex that is no corner and no long straight)."""
    smooth = ~mark & (np.abs(turns(loop)) > 1e-6)
    return bool((mark & (np.roll(smooth, 1) | np.roll(smooth, -1))).any())


def opened(loops: Sequence[Outline], radius: float) -> list[Outline]:
    """Outlines with every corner rounded, inner ones filled, whatever curves lie beside them.

    Raises:
        DataError: the radius does not fit; says what would.
    """
    from manifold3d import JoinType

    from wugan.apps.voice_to_3d.geometry.circles import segments
    from wugan.apps.voice_to_3d.geometry.profiles import of_outlines

    shape, count = of_outlines(list(loops)), segments(2 * radius)
    inner = shape.offset(-radius, JoinType.Round, 2.0, count)
    if inner.is_empty() or len(inner.decompose()) != len(shape.decompose()):
        low, high = 0.0, radius
        for _ in range(10):
            middle = (low + high) / 2
            one = shape.offset(-middle, JoinType.Round, 2.0, count)
            low, high = (low, middle) if len(one.decompose()) != len(shape.decompose()) else (middle, high)
        raise DataError(f"a radius of {radius:g} mm does not fit the outline; {low:.3g} mm is the most")
    opened = inner.offset(2 * radius, JoinType.Round, 2.0, count).offset(-radius, JoinType.Round, 2.0, count)
    found = [np.asarray(loop, dtype=np.float64) for loop in opened.simplify(2e-3).to_polygons()]
    return [loop for loop in found if abs(area(loop)) > 1e-6]
