"""Which of several things are meant, by where they lie: "the last two", "the outer ones", "the two on the left"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from wugan.apps.voice_to_3d.language.talk.reference_types import Adjectives

T = TypeVar("T")
ENDS = {"left": (0, 0), "right": (0, -1), "front": (1, 0), "back": (1, -1), "bottom": (2, 0), "top": (2, -1)}
"""For each side the axis, and which end of the things in order along it."""
ALIKE = 1.0
"""Things whose middles lie less than this apart (mm) lie equally far to a side."""


def spread(things: Sequence[T], centre: Callable[[T, int], float]) -> tuple[int, float]:
    """The axis along which things lie apart the most, and how far."""
    gaps = [max(centre(one, i) for one in things) - min(centre(one, i) for one in things) for i in range(3)]
    return gaps.index(max(gaps)), max(gaps)


def narrow(
    things: Sequence[T],
    centre: Callable[[T, int], float],
    extent: Callable[[T, str], float],
    seen: Adjectives,
    sides: Sequence[str],
    start: str,
) -> list[T]:
    """What the adjectives leave of things that are there.

    Args:
        things: at least one.
        centre: where the middle of a thing lies along an axis (mm).
        extent: how large it is: "volume", "x", "z", "flat".
        seen: the adjectives.
        sides: "left", "top", "middle", "outer"…: those on that side; so many of them where a number was said.
        start: the side from which an ordinal counts; from below or from the left where it is empty.

    Returns:
        In order where they were counted; nothing where an ordinal or a number goes beyond them.
    """
    left = list(things)
    if len(left) < 2:
        return left if seen.ordinal in (None, 0, -1) else []
    main, gap = spread(left, centre)
    count = seen.count if seen.count and seen.count < len(left) else 1
    if seen.degree is not None:
        what, sign = seen.degree
        left = sorted(left, key=lambda one: -sign * extent(one, what))[: count if seen.ordinal is None else None]
    for word in sides:
        left = _at(left, word, main, centre, count)
    if seen.ordinal is None:
        return left
    axis, last = ENDS.get(start, (main, 0))
    if start or gap >= ALIKE:
        left = sorted(left, key=lambda one: centre(one, axis), reverse=bool(last))
    n = seen.ordinal
    if not -len(left) <= n < len(left) or (count > 1 and count > len(left)):
        return []
    if n < 0:
        return left[len(left) + n + 1 - count : len(left) + n + 1]
    return left[n : n + count]


def _at(left: list[T], word: str, main: int, centre: Callable[[T, int], float], count: int) -> list[T]:
    ranked = sorted(left, key=lambda one: centre(one, main))
    if word == "middle":
        first = (len(ranked) - count) // 2
        return ranked[first : first + count]
    if word == "outer":
        each = max(1, count // 2)
        return [*ranked[:each], *ranked[-each:]] if len(ranked) > 2 * each else ranked
    if word == "inner":
        return ranked[1:-1]
    axis, last = ENDS[word]
    ranked = sorted(left, key=lambda one: centre(one, axis), reverse=bool(last))
    if count > 1:
        return ranked[:count]
    return [one for one in left if abs(centre(one, axis) - centre(ranked[0], axis)) < ALIKE]
