"""Where a thing goes: placements and frames as 3×4 matrices, boxes as `[6]` arrays (min x, y, z, max x, y, z)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from wugan.apps.voice_to_3d.scene.placement import Anchor, Axis, Coordinate, Placement

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
