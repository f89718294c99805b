"""Boxes: two corners, and their sides, middles and extents along an axis."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    pass

Box = tuple[list[float], list[float]]
NUMBER = {"x": 0, "y": 1, "z": 2}


def middle(box: Box, axis: str) -> float:
    """The middle of a box along an axis."""
    k = NUMBER[axis]
    return (box[0][k] + box[1][k]) / 2


def extent(box: Box, axis: str) -> float:
    """The size of a box along an axis."""
    k = NUMBER[axis]
    return box[1][k] - box[0][k]


def side_of(box: Box, axis: str, side: int) -> float:
    """The coordinate of a side of a box (0: its middle)."""
    return middle(box, axis) if side == 0 else (box[1] if side > 0 else box[0])[NUMBER[axis]]
