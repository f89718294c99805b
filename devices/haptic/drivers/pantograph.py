"""`Pantograph`: a five-bar linkage, from two motor angles to the handle and from forces to torques."""

from __future__ import annotations

import math
from dataclasses import dataclass

Pair = tuple[float, float]

SHORTEST_AREA = 0.05  # of L²; the forearms are nearly in line below it, and a small torque is a huge force


@dataclass(frozen=True, slots=True)
class Pantograph:
    """Two motors `base` apart on the x axis, each with an upper arm, joined at the handle by two forearms.

    Motor 1 is at (0, 0), motor 2 at (base, 0); angles are counted from the x axis, counter-clockwise. The handle is
    the intersection of the forearms' circles that lies to the left when looking from elbow 1 to elbow 2, which is the
    upper one wherever the device can be held. The defaults are Haply's 2DIY.

    Attributes:
        upper: length of the upper arms, m.
        fore: length of the forearms, m.
        base: distance of the motors, m.
    """

    upper: float = 0.05
    fore: float = 0.07
    base: float = 0.02

    def elbows(self, angles: Pair) -> tuple[Pair, Pair]:
        """The two elbows, (x, y) in m, for motor angles in rad."""
        first, second = angles
        return (
            (self.upper * math.cos(first), self.upper * math.sin(first)),
            (self.base + self.upper * math.cos(second), self.upper * math.sin(second)),
        )

    def handle(self, angles: Pair) -> Pair | None:
        """The handle, (x, y) in m, for motor angles in rad; None where the forearms do not meet."""
        (ax, ay), (bx, by) = self.elbows(angles)
        wx, wy = bx - ax, by - ay
        apart = math.hypot(wx, wy)
        height2 = self.fore**2 - apart**2 / 4
        if height2 < 0 or apart == 0:
            return None
        rise = math.sqrt(height2) / apart
        return (ax + bx) / 2 - rise * wy, (ay + by) / 2 + rise * wx

    def angles(self, handle: Pair) -> Pair | None:
        """Motor angles in rad for a handle in m, elbows outwards; None where it is out of reach.

        Counted from 0 to 2π for motor 1 and from −π to π for motor 2, so that neither jumps within reach above.
        """
        x, y = handle
        first, second = self._shoulder(x, y), self._shoulder(x - self.base, y)
        if first is None or second is None:
            return None
        left = math.atan2(y, x) + first
        right = math.atan2(y, x - self.base) - second
        return left % (2 * math.pi), (right + math.pi) % (2 * math.pi) - math.pi

    def torques(self, angles: Pair, force: Pair) -> Pair | None:
        """Motor torques in N·m that give a force in N at the handle: Jᵀ·F.

        From |P − A|² = fore²: (P − A)·dP = (P − A)·dA, and the same for B; so J = M⁻¹·diag(q), with the forearms as
        the rows of M. None near the singular postures, where M cannot be inverted.
        """
        arms = self._arms(angles)
        if arms is None:
            return None
        (px, py, first), (rx, ry, second) = arms
        area = px * ry - py * rx
        fx, fy = force
        return first * (fx * ry - fy * rx) / area, second * (fy * px - fx * py) / area

    def force(self, angles: Pair, torques: Pair) -> Pair | None:
        """Force in N at the handle that motor torques in N·m give: J⁻ᵀ·τ. None where a motor has no lever."""
        arms = self._arms(angles)
        if arms is None:
            return None
        (px, py, first), (rx, ry, second) = arms
        if min(abs(first), abs(second)) < self.upper * self.fore * SHORTEST_AREA:
            return None
        along_first, along_second = torques[0] / first, torques[1] / second
        return px * along_first + rx * along_second, py * along_first + ry * along_second

    def _shoulder(self, x: float, y: float) -> float | None:
        """Angle between the line to the handle and the upper arm."""
        distance = math.hypot(x, y)
        if distance == 0:
            return None
        cosine = (self.upper**2 + distance**2 - self.fore**2) / (2 * self.upper * distance)
        return math.acos(cosine) if abs(cosine) <= 1 else None

    def _arms(self, angles: Pair) -> tuple[tuple[float, float, float], tuple[float, float, float]] | None:
        """For each side: the forearm (x, y), and its lever on the motor."""
        handle = self.handle(angles)
        if handle is None:
            return None
        arms = []
        for angle, (ex, ey) in zip(angles, self.elbows(angles), strict=True):
            x, y = handle[0] - ex, handle[1] - ey
            arms.append((x, y, self.upper * (y * math.cos(angle) - x * math.sin(angle))))
        if abs(arms[0][0] * arms[1][1] - arms[0][1] * arms[1][0]) < SHORTEST_AREA * self.fore**2:
            return None
        return arms[0], arms[1]
