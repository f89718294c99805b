"""The camera of a preview: three quarters from the front, right and above, as near as everything fits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

DIRECTION = (0.62, -1.0, 0.52)  # from the thing to the camera; the front of a thing faces -y
FIELD = 26.0  # degrees, vertical: a long lens, which keeps parallel edges nearly parallel
MARGIN = 0.09  # of the picture's width and height, on each side
FOOT = 0.10  # of the picture's height, above the lower margin: the scale's place


@dataclass(frozen=True)
class Camera:
    """Where the camera stands and what it sees.

    Attributes:
        pose: float64 [4, 4], camera to world (mm); it looks along its -z, its y is up.
        size: of the picture, pixels.
        near, far: distances between which everything lies, mm.
        middle: distance of the middle of everything, mm.
    """

    pose: np.ndarray
    size: tuple[int, int]
    near: float
    far: float
    middle: float

    @property
    def yfov(self) -> float:
        """Vertical field of view, radians."""
        return float(np.radians(FIELD))

    def pixels_per_mm(self) -> float:
        """At the distance of the middle."""
        return self.size[1] / (2 * self.middle * float(np.tan(self.yfov / 2)))

    def project(self, points: np.ndarray) -> np.ndarray:
        """Pixels [N, 2], y downwards, of points [N, 3] in the world."""
        local = (points - self.pose[:3, 3]) @ self.pose[:3, :3]
        scale = self.size[1] / (2 * np.tan(self.yfov / 2))
        flat = local[:, :2] / -local[:, 2:3] * scale
        return np.column_stack([self.size[0] / 2 + flat[:, 0], self.size[1] / 2 - flat[:, 1]])


def framing(points: np.ndarray, size: tuple[int, int]) -> Camera:
    """The camera that shows all of `points` [N, 3] (mm) within the margins.

    Of all the cameras that look that way it is the nearest. A side of the picture is a plane through the camera that
    every point must lie inside of; with t the tangent of the side's angle, x + t z <= s + t d, where s is the camera's
    place sideways and d along its axis. Each pair of sides gives the least d, and s for it.
    """
    back = np.array(DIRECTION) / np.linalg.norm(DIRECTION)
    right = np.cross((0.0, 0.0, 1.0), back)
    right /= np.linalg.norm(right)
    turn = np.column_stack([right, np.cross(back, right), back])
    x, y, z = (points.astype(np.float64) @ turn).T
    whole = float(np.tan(np.radians(FIELD) / 2))
    sideways = whole * size[0] / size[1] * (1 - 2 * MARGIN)
    above, below = whole * (1 - 2 * MARGIN), whole * (1 - 2 * MARGIN - 2 * FOOT)
    right_of, left_of = (x + sideways * z).max(), (-x + sideways * z).max()
    top_of, bottom_of = (y + above * z).max(), (-y + below * z).max()
    distance = max((right_of + left_of) / (2 * sideways), (top_of + bottom_of) / (above + below))
    shift_x = (right_of - left_of) / 2
    # Where the width decides, the height has room to spare: half of it above, half below.
    shift_y = ((top_of - above * distance) + (below * distance - bottom_of)) / 2
    pose = np.eye(4)
    pose[:3, :3] = turn
    pose[:3, 3] = turn @ (shift_x, shift_y, distance)
    depth = max(float(distance - z.min()), 1e-6)
    near = max(float(distance - z.max()), 1e-3 * depth)
    return Camera(pose, size, near * 0.9, depth * 1.1, float(distance - (z.min() + z.max()) / 2))
