"""`deskew`: points of a moving sensor as it would have seen them all at one moment."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError

_SMALL = 1e-9  # rad: no rotation


def deskew(
    points: NDArray[np.float32], share: NDArray[np.floating], motion: NDArray[np.float64], to: float = 1.0
) -> NDArray[np.float32]:
    """Undo the motion during a sweep, taken as even: one turn and one speed (a constant twist).

    Args:
        points: `[N, 3]`, m, each in the sensor's frame at the moment when it was measured.
        share: `[N]`, that moment as a share of the sweep, 0 at its start and 1 at its end: `time_s / duration`, or
            `turn_share`.
        motion: `[4, 4]`, pose of the sensor at the sweep's end in its frame at the start (`EgoMotion.step`, when
            sweeps follow each other without a gap).
        to: the moment, as a share, in whose frame the points are wanted.

    Returns:
        float32 `[N, 3]`, m.

    Raises:
        DataError: lengths disagree, or the motion is no rigid one.
    """
    motion = np.asarray(motion, np.float64)
    if len(share) != len(points):
        raise DataError(f"deskew: {len(points)} points and {len(share)} moments; there must be one for each point")
    turn = motion[:3, :3] if motion.shape == (4, 4) else np.zeros((3, 3))
    if not (np.isfinite(motion).all() and np.allclose(turn @ turn.T, np.eye(3), atol=1e-4) and np.linalg.det(turn) > 0):
        raise DataError(f"deskew: the motion must be a pose [4, 4] with a rotation, got {motion.tolist()}")
    axis, angle, speed = _twist(motion)
    # A moment s of the sweep seen from the moment `to` is the motion to the power of s - to.
    power = np.asarray(share, np.float64) - to
    turned = power * angle
    sin, cos = np.sin(turned)[:, None], (1 - np.cos(turned))[:, None]
    across = np.cross(axis, points)
    moved = points + sin * across + cos * np.cross(axis, across)
    if angle < _SMALL:
        moved = moved + power[:, None] * speed
    else:
        once = np.cross(axis, speed)
        twice = np.cross(axis, once)
        moved = moved + power[:, None] * speed + cos / angle * once + (turned[:, None] - sin) / angle * twice
    found: NDArray[np.float32] = moved.astype(np.float32)
    return found


def turn_share(points: NDArray[np.float32], start: float = math.pi, clockwise: bool = True) -> NDArray[np.float64]:
    """When a spinning lidar measured each point, by its direction, as a share of the turn `[N]`: 0 up to 1.

    For files without times. Look up in the sensor's manual where its sweeps are cut and how it turns.

    Args:
        points: `[N, 3]`, m.
        start: direction at which the sweep starts, rad, counter-clockwise from x.
        clockwise: how the sensor turns, seen from above.
    """
    angle = np.arctan2(points[:, 1], points[:, 0]).astype(np.float64)
    passed = start - angle if clockwise else angle - start
    found: NDArray[np.float64] = passed / (2 * math.pi) % 1.0
    return found


def _twist(motion: NDArray[np.float64]) -> tuple[NDArray[np.float64], float, NDArray[np.float64]]:
    """Axis (unit), angle (rad) and speed (m for the whole motion) of the even motion that ends in this pose."""
    turn, moved = motion[:3, :3], motion[:3, 3]
    twice_sin = np.array([turn[2, 1] - turn[1, 2], turn[0, 2] - turn[2, 0], turn[1, 0] - turn[0, 1]])
    angle = math.atan2(float(np.linalg.norm(twice_sin)), float(np.trace(turn) - 1))
    if angle < _SMALL:
        return np.array([0.0, 0.0, 1.0]), 0.0, moved
    if angle > math.pi - 1e-3:
        raise DataError("deskew: the sensor turned by half a turn during the sweep; no lidar's mount does")
    axis = twice_sin / np.linalg.norm(twice_sin)
    cross = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    left = np.eye(3) + (1 - math.cos(angle)) / angle * cross + (1 - math.sin(angle) / angle) * cross @ cross
    return axis, angle, np.linalg.solve(left, moved)
