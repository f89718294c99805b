"""Where a thing and its copies go: placements and frames as 3×4 matrices, boxes as `[6]` (min, then max), patterns."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from wugan.apps.voice_to_3d.scene.placement import (
    Anchor,
    Axis,
    Coordinate,
    Grid,
    Mirror,
    Pattern,
    Placement,
    Points,
    Polar,
    Spread,
)
from wugan.errors import DataError

Frame = NDArray[np.float64]
Box6 = NDArray[np.float64]
AXES: dict[Axis, int] = {"x": 0, "y": 1, "z": 2}
IDENTITY: Frame = np.eye(3, 4)
_COSINES = {0.0: (1.0, 0.0), 90.0: (0.0, 1.0), 180.0: (-1.0, 0.0), 270.0: (0.0, -1.0)}


def turn(axis: int, degrees: float) -> Frame:
    """A turn about an axis through the origin; exact for quarter turns, so that faces stay on their planes."""
    cosine, sine = _COSINES.get(degrees % 360) or (np.cos(np.radians(degrees)), np.sin(np.radians(degrees)))
    frame = np.eye(3, 4)
    a, b = (axis + 1) % 3, (axis + 2) % 3
    frame[a, a], frame[a, b], frame[b, a], frame[b, b] = cosine, -sine, sine, cosine
    return frame


def shift(by: Sequence[float] | NDArray[np.float64]) -> Frame:
    """A move."""
    frame = np.eye(3, 4)
    frame[:, 3] = by
    return frame


def compose(outer: Frame, inner: Frame) -> Frame:
    """`inner` first, then `outer`."""
    result = outer[:, :3] @ inner
    result[:, 3] += outer[:, 3]
    return result


def about(frame: Frame, point: NDArray[np.float64]) -> Frame:
    """The frame's turn about a point instead of the origin."""
    return compose(shift(point), compose(frame, shift(-point)))


def inverse(frame: Frame) -> Frame:
    """The way back."""
    linear = np.linalg.inv(frame[:, :3])
    return np.column_stack([linear, -linear @ frame[:, 3]])


def rotation(angles: Sequence[float]) -> Frame:
    """Degrees about x, then y, then z, through the origin."""
    frame = IDENTITY
    for axis, degrees in enumerate(angles):
        if degrees:
            frame = compose(turn(axis, degrees), frame)
    return frame


def side(box: Box6, axis: int, anchor: Anchor) -> float:
    """The coordinate of a side, the middle or the origin of a box along an axis."""
    low, high = float(box[axis]), float(box[axis + 3])
    return {"min": low, "centre": (low + high) / 2, "max": high, "origin": 0.0}[anchor]


def offset_of(place: Placement, own: Box6, other: Box6) -> NDArray[np.float64]:
    """The move that brings a thing (its box, already turned, `own`) to its place at a box `other`."""
    coordinates: tuple[Coordinate, ...] = (place.x, place.y, place.z)
    return np.array(
        [side(other, i, at.to) + at.offset - side(own, i, at.own) for i, at in enumerate(coordinates)], dtype=np.float64
    )


def moved(box: Box6, by: NDArray[np.float64]) -> Box6:
    """The box elsewhere."""
    return box + np.concatenate([by, by])


def joined(boxes: Sequence[Box6]) -> Box6:
    """The box around boxes."""
    stacked = np.asarray(boxes)
    return np.concatenate([stacked[:, :3].min(0), stacked[:, 3:].max(0)])


def centre(box: Box6) -> NDArray[np.float64]:
    """The middle of a box."""
    return (box[:3] + box[3:]) / 2


WORLD: Box6 = np.zeros(6)


MOST = 5000  # copies of one thing: more is a slip of the tongue, and minutes of work


def copies(pattern: Pattern, thing: Box6, body: Box6) -> list[Frame]:
    """The frames of a pattern's copies, in order.

    Args:
        pattern: of what kind.
        thing: the box of the thing at its place.
        body: the box that `Spread` and `Mirror` refer to.

    Raises:
        DataError: too many copies, or copies that do not fit where they are to be spread.
    """
    if isinstance(pattern, Grid):
        return _grid(pattern)
    if isinstance(pattern, Spread):
        return _spread(pattern, thing, body)
    if isinstance(pattern, Polar):
        return _polar(pattern, thing)
    if isinstance(pattern, Mirror):
        return _mirror(pattern, body)
    if isinstance(pattern, Points):
        return [shift(offset) for offset in pattern.offsets]
    raise TypeError(f"unknown pattern {pattern!r}")


def repeated(patterns: list[Pattern], thing: Box6, body: Box6) -> list[Frame]:
    """The frames of a pattern, of a pattern of that pattern, and so on."""
    frames = [IDENTITY]
    group = thing
    for pattern in patterns:
        outer = copies(pattern, group, body)
        if len(outer) * len(frames) > MOST:
            raise DataError(f"{len(outer) * len(frames)} copies of one thing; {MOST} is the most")
        frames = [compose(far, near) for far in outer for near in frames]
        group = box_around(thing, frames)
    return frames


def box_around(thing: Box6, frames: list[Frame]) -> Box6:
    """The box around a box under each of several frames."""
    corners = np.array(list(product(*((thing[i], thing[i + 3]) for i in range(3)))))
    places = np.concatenate([corners @ frame[:, :3].T + frame[:, 3] for frame in frames])
    return np.concatenate([places.min(0), places.max(0)])


def _grid(pattern: Grid) -> list[Frame]:
    total = int(np.prod(pattern.counts))
    if total > MOST:
        raise DataError(f"a grid of {total} copies; {MOST} is the most")
    steps, counts = np.array(pattern.steps), np.array(pattern.counts)
    for axis, (step, count) in enumerate(zip(steps, counts, strict=True)):
        if count > 1 and not step:
            raise DataError(f"a grid of {count} copies along {'xyz'[axis]} needs a step other than 0")
    first = -(counts - 1) / 2 if pattern.centred else np.zeros(3)
    return [shift((first + np.array((i, j, k))) * steps) for k, j, i in product(*(range(n) for n in counts[::-1]))]


def _spread(pattern: Spread, thing: Box6, body: Box6) -> list[Frame]:
    axis, count = AXES[pattern.axis], pattern.count
    low, high = body[axis], body[axis + 3]
    width = thing[axis + 3] - thing[axis]
    if pattern.margin is None:
        gap = (high - low - count * width) / (count + 1)
        if gap < 0:
            raise DataError(
                f"{count} copies of {width:g} mm do not fit side by side in {high - low:g} mm; "
                f"{int((high - low) / width)} would"
            )
        places = low + gap * np.arange(1, count + 1) + width * (np.arange(count) + 0.5)
    else:
        if high - low < 2 * pattern.margin:
            raise DataError(f"a margin of {pattern.margin:g} mm at both ends leaves nothing of {high - low:g} mm")
        ends = (low + pattern.margin, high - pattern.margin)
        places = np.linspace(*ends, count) if count > 1 else np.array([(low + high) / 2])
    frames = []
    for place in places:
        by = np.zeros(3)
        by[axis] = place - centre(thing)[axis]
        frames.append(shift(by))
    return frames


def _polar(pattern: Polar, thing: Box6) -> list[Frame]:
    axis = AXES[pattern.axis]
    whole = abs(pattern.sweep) % 360 < 1e-9 and pattern.sweep != 0
    step = pattern.sweep / pattern.count if whole else pattern.sweep / max(pattern.count - 1, 1)
    middle = centre(thing)
    out: NDArray[np.float64] = np.zeros(3)
    out[(axis + 1) % 3] = pattern.diameter / 2
    frames = []
    for i in range(pattern.count):
        around = turn(axis, pattern.start + i * step)
        if pattern.turn:
            frames.append(about(compose(around, shift(out)), middle))
        else:
            frames.append(shift(around[:, :3] @ out))
    return frames


def _mirror(pattern: Mirror, body: Box6) -> list[Frame]:
    middle = centre(body)
    frames = [IDENTITY]
    for name in dict.fromkeys(pattern.axes):
        flip = np.eye(3, 4)
        flip[AXES[name], AXES[name]] = -1.0
        flip[AXES[name], 3] = 2 * middle[AXES[name]]
        frames += [compose(flip, frame) for frame in frames]
    return frames
