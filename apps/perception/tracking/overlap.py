"""Overlap of upright oriented boxes, many pairs at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: Metres by which one box of a pair grows, so that no two edges lie in one line (identical and touching boxes).
GROWTH = 1e-9
#: A direction component smaller than this (in metres along an edge) counts as this: the edge is parallel.
PARALLEL = 1e-12

_SIGNS = np.array([[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]]) / 2


def rectangle_intersection(first: Array, second: Array) -> Array:
    """Area common to pairs of rectangles.

    The border of the common area is made of the pieces of either rectangle's edges inside the other (edges clipped as
    by Liang and Barsky, 1984, in the other's axes); Green's theorem gives its area.

    Args:
        first: Rectangles as x, y (m), length, width (m), yaw (rad), shape (n, 5).
        second: Their partners, shape (n, 5).

    Returns:
        Areas in m², shape (n,).
    """
    half = first[:, 2:4] / 2 + GROWTH
    other_half = second[:, 2:4] / 2
    cos, sin = np.cos(first[:, 4]), np.sin(first[:, 4])
    dx, dy = second[:, 0] - first[:, 0], second[:, 1] - first[:, 1]
    turn = second[:, 4] - first[:, 4]
    # All in the axes of the first rectangle: precise also far from the origin.
    centre = np.stack([cos * dx + sin * dy, cos * dy - sin * dx], axis=1)
    c, s = np.cos(turn), np.sin(turn)
    corners = 2 * _SIGNS * half[:, None, :]
    local = 2 * _SIGNS * other_half[:, None, :]
    others = _rotate(local, c, s) + centre[:, None, :]
    seen = _rotate(corners - centre[:, None, :], c, -s)
    twice = _swept(corners, *_clip(seen, other_half)) + _swept(others, *_clip(others, half))
    return np.asarray(np.maximum(twice / 2, 0.0))


def iou_pairs(first: Array, second: Array) -> Array:
    """3D intersection over union of pairs of upright boxes.

    Args:
        first: Boxes as x, y, z of the centre, length, width, height (m), yaw about z (rad), shape (n, 7).
        second: Their partners, shape (n, 7).

    Returns:
        Values in [0, 1], shape (n,).
    """
    plane = [0, 1, 3, 4, 6]
    top = np.minimum(first[:, 2] + first[:, 5] / 2, second[:, 2] + second[:, 5] / 2)
    floor = np.maximum(first[:, 2] - first[:, 5] / 2, second[:, 2] - second[:, 5] / 2)
    common = np.zeros(len(first))
    reach = np.hypot(first[:, 3], first[:, 4]) / 2 + np.hypot(second[:, 3], second[:, 4]) / 2
    near = (top > floor) & (np.hypot(first[:, 0] - second[:, 0], first[:, 1] - second[:, 1]) < reach)
    if near.any():
        area = rectangle_intersection(first[near][:, plane], second[near][:, plane])
        common[near] = area * (top - floor)[near]
    volumes = np.prod(first[:, 3:6], axis=1) + np.prod(second[:, 3:6], axis=1)
    return np.asarray(np.minimum(common / np.maximum(volumes - common, PARALLEL), 1.0))


def iou_matrix(first: Array, second: Array) -> Array:
    """3D intersection over union of every box of one set with every box of another; shapes (n, 7), (m, 7) → (n, m)."""
    n, m = len(first), len(second)
    if not n or not m:
        return np.zeros((n, m))
    return iou_pairs(np.repeat(first, m, axis=0), np.tile(second, (n, 1))).reshape(n, m)


def _rotate(points: Array, cos: Array, sin: Array) -> Array:
    x, y = points[..., 0], points[..., 1]
    return np.stack([cos[:, None] * x - sin[:, None] * y, sin[:, None] * x + cos[:, None] * y], axis=-1)


def _clip(corners: Array, half: Array) -> tuple[Array, Array]:
    """Where each edge (n, 4) enters and leaves the box |x| ≤ half: parameters in [0, 1]; enter ≥ leave: never."""
    along = np.roll(corners, -1, axis=1) - corners
    along = np.where(np.abs(along) < PARALLEL, PARALLEL, along)
    one = (-half[:, None, :] - corners) / along
    two = (half[:, None, :] - corners) / along
    enter = np.maximum(np.minimum(one, two).max(axis=-1), 0.0)
    leave = np.minimum(np.maximum(one, two).min(axis=-1), 1.0)
    return enter, leave


def _swept(corners: Array, enter: Array, leave: Array) -> Array:
    """Twice the signed area that the kept pieces of the edges sweep about the origin, shape (n,)."""
    along = np.roll(corners, -1, axis=1) - corners
    # cross(p + t₀·d, p + t₁·d) = (t₁ − t₀)·cross(p, d)
    cross = corners[..., 0] * along[..., 1] - corners[..., 1] * along[..., 0]
    return np.asarray((np.maximum(leave - enter, 0.0) * cross).sum(axis=1))
