"""Outlines shrunk edge by edge: every edge moves along its normal, corners stay sharp, and each corner is followed.

A `CrossSection.offset` forgets which corner came from which; a chamfer or fillet of a rim needs to know, because its
faces lie between an outline and the same outline further in. Edges whose length runs out vanish on the way (the edge
events of a straight skeleton); where a piece would split in two, the size is too large.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wugan.apps.voice_to_3d.geometry.circles import Outline, area

NONE = 1e-7  # mm: an edge shorter than this has vanished


@dataclass
class Level:
    """Outlines at one inset.

    Attributes:
        inset: mm inwards (negative: outwards).
        z: its height, mm.
        loops: one `[N, 2]` each.
        parents: for every loop, which of this level's vertices each vertex of the level before became.
    """

    inset: float
    z: float
    loops: list[Outline]
    parents: list[NDArray[np.int64]]


class Lines:
    """A loop as its edges' lines: `normals · x = reach + inset`, normals pointing into the material."""

    def __init__(self, loop: Outline) -> None:
        along = np.roll(loop, -1, axis=0) - loop
        lengths = np.linalg.norm(along, axis=1)
        self.along = along / lengths[:, None]
        self.normals = np.stack([-self.along[:, 1], self.along[:, 0]], axis=1)
        self.reach = (self.normals * loop).sum(1)
        self.anchors = loop

    def points(self, inset: float) -> Outline:
        """Vertex i: where line i-1 and line i meet."""
        a, b = np.roll(self.normals, 1, axis=0), self.normals
        p, q = np.roll(self.reach, 1) + inset, self.reach + inset
        determinant = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
        flat = np.abs(determinant) < 1e-9
        determinant[flat] = 1.0
        x = (p * b[:, 1] - q * a[:, 1]) / determinant
        y = (a[:, 0] * q - b[:, 0] * p) / determinant
        points = np.stack([x, y], axis=1)
        if flat.any():  # edges in one line: their vertex goes straight in from where it was
            points[flat] = (self.anchors + inset * self.normals)[flat]
        return points

    def lengths(self, points: Outline) -> NDArray[np.float64]:
        """Of edge i, from vertex i to i + 1; negative once it has turned round."""
        return ((np.roll(points, -1, axis=0) - points) * self.along).sum(1)

    def without(self, gone: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Edges go; the new number of each old vertex comes back."""
        kept = np.flatnonzero(~gone)
        # Vertex i starts edge i: it becomes the start of the first kept edge at or after i.
        became = np.searchsorted(kept, np.arange(len(gone))) % len(kept)
        self.along, self.normals, self.reach = self.along[kept], self.normals[kept], self.reach[kept]
        self.anchors = self.anchors[kept]
        return became.astype(np.int64)


def clean(loop: Outline) -> Outline:
    """Without vertices that repeat or lie in the middle of a straight edge."""
    while len(loop) > 2:
        before, after = loop - np.roll(loop, 1, axis=0), np.roll(loop, -1, axis=0) - loop
        cross = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
        lengths = np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1)
        keep = (np.linalg.norm(before, axis=1) > 1e-6) & (np.abs(cross) > 1e-7 * np.maximum(lengths, 1e-12))
        if keep.all():
            return loop
        if not keep.any():
            break
        # One neighbour at a time: two vertices of one run must not both go on each other's account.
        drop = ~keep
        drop[1:] &= ~drop[:-1]
        loop = loop[~drop]
    return loop


def fits(loops: Sequence[Outline], like: Sequence[Outline]) -> bool:
    """Whether moved loops still are an outline: turning as before, and not across themselves or each other."""
    from wugan.apps.voice_to_3d.geometry.profiles import of_outlines

    areas = [area(loop) for loop in loops]
    if any(one * area(old) <= 0 for one, old in zip(areas, like, strict=True)):
        return False
    total = sum(areas)
    scale = sum(abs(one) for one in areas)
    return total > 0 and abs(of_outlines(list(loops)).area() - total) <= 1e-6 * scale


def shrink(loops: Sequence[Outline], z: float, steps: Sequence[tuple[float, float]]) -> list[Level] | None:
    """The outlines at inset 0 and height `z`, then at each of `steps` (inset, z), with the events between.

    Args:
        loops: outlines that do not cross; holes clockwise.
        z: height of the outlines as they are.
        steps: of one sign, never smaller than the one before.

    Returns:
        `None` where the outline does not bear the last inset: it would vanish, split or cross itself.
    """
    loops = [clean(loop) for loop in loops]
    lines = [Lines(loop) for loop in loops]
    levels = [Level(0.0, z, [np.array(loop) for loop in loops], [np.arange(len(loop)) for loop in loops])]
    if not steps:
        return levels
    crowd = 0.02 * abs(steps[-1][0])  # events this close are one: a curve does not make a level of each of its pieces
    now = 0.0
    for target, height in steps:
        start, low = now, z
        while True:
            event = _next_event(lines, now, target)
            stop = target if event is None or abs(target - event) <= crowd else event + float(np.sign(target)) * crowd
            settled = [_settle(one, stop) for one in lines]
            points, became = [], []
            for done in settled:
                if done is None:
                    return None
                points.append(done[0])
                became.append(done[1])
            share = (stop - start) / (target - start) if target != start else 1.0
            levels.append(Level(stop, low + share * (height - low), points, became))
            now = stop
            if stop == target:
                break
        z = height
    return levels if fits(levels[-1].loops, loops) else None


def _next_event(lines: list[Lines], now: float, target: float) -> float | None:
    """The first inset after `now` and before `target` at which an edge has no length."""
    first: float | None = None
    for one in lines:
        here, there = one.lengths(one.points(now)), one.lengths(one.points(target))
        running_out = there <= NONE
        if not running_out.any():
            continue
        share = np.clip(here[running_out] / np.maximum(here[running_out] - there[running_out], 1e-12), 0, 1)
        at = now + float(share.min()) * (target - now)
        if first is None or abs(at) < abs(first):
            first = at
    return first


def _settle(lines: Lines, inset: float) -> tuple[Outline, NDArray[np.int64]] | None:
    """The loop at an inset, without the edges that have vanished; `None` where fewer than three are left."""
    became = np.arange(len(lines.reach))
    while True:
        points = lines.points(inset)
        gone = lines.lengths(points) <= NONE
        if not gone.any():
            return points, became
        if gone.sum() > len(gone) - 3:
            return None
        # Of a run of short edges, the shortest ends first: those next to it may live on.
        if not _all_shrunk(lines, gone):
            lengths = lines.lengths(points)
            only = np.zeros_like(gone)
            only[int(np.argmin(lengths))] = True
            gone = only
        became = lines.without(gone)[became]


def _all_shrunk(lines: Lines, gone: NDArray[np.bool_]) -> bool:
    """Whether no two vanishing edges are neighbours with a kept edge's fate between them."""
    return not bool((gone & np.roll(gone, 1)).any())


def largest(loops: Sequence[Outline], upper: float, sign: float = 1.0) -> float:
    """The largest inset (of a sign) that the outlines bear, to 1 %, at most `upper`."""
    low, high = 0.0, upper
    for _ in range(12):
        middle = (low + high) / 2
        if shrink(loops, 0.0, [(sign * middle, 1.0)]) is None:
            high = middle
        else:
            low = middle
    return low
