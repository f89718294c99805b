"""`PassivityController`: keeps rendered forces from giving out more energy than they have taken in.

Time-domain passivity observer and controller (Hannaford and Ryu, "Time-domain passivity control of haptic interfaces",
IEEE Transactions on Robotics and Automation 18(1), 2002), with the bookkeeping by position differences, which is exact
for a force that is held during a period, and with the commands that are still under way taken into account.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence


class PassivityController:
    """Observer and controller of one port with any number of axes.

    Args:
        axes: number of axes.
        delay_periods: whole periods between the return of `step` and the moment when its force acts.
        max_damping: greatest damping that it adds to pay back a debt (N·s/m or N·m·s/rad).
    """

    def __init__(self, axes: int, *, delay_periods: int = 1, max_damping: float = math.inf) -> None:
        self.axes = axes
        self.delay_periods = delay_periods
        self.max_damping = max_damping
        self.reset()

    def reset(self) -> None:
        """Forget all energy, after a (re)connect."""
        zero = (0.0,) * self.axes
        self.energy_j = 0.0
        self._position: tuple[float, ...] | None = None
        self._under_way: deque[tuple[float, ...]] = deque([zero] * (self.delay_periods + 1))

    def step(
        self,
        force: Sequence[float],
        velocity: Sequence[float],
        dt_s: float,
        position: Sequence[float] | None = None,
    ) -> tuple[float, ...]:
        """The force with so much damping added that the port stays passive.

        Args:
            force: rendered, N or N·m, one for each axis, positive along the axis as the hand feels it.
            velocity: of the handle, m/s or rad/s.
            dt_s: length of a period.
            position: of the handle; makes the bookkeeping exact. Without it `velocity·dt_s` stands for the motion.

        Returns:
            The force to be commanded, one for each axis.
        """
        where = None if position is None else tuple(float(value) for value in position)
        if where is None or self._position is None:
            moved = [float(value) * dt_s for value in velocity]
        else:
            moved = [now - was for now, was in zip(where, self._position, strict=True)]
        self._position = where
        acted = self._under_way.popleft()
        self.energy_j -= sum(f * x for f, x in zip(acted, moved, strict=True))
        coming = [float(value) * dt_s for value in velocity]
        budget = self.energy_j - sum(f * x for pending in self._under_way for f, x in zip(pending, coming, strict=True))
        given = [float(value) for value in force]
        excess = sum(f * x for f, x in zip(given, coming, strict=True)) - budget
        square = sum(x * x for x in coming)
        if excess > 0.0 and square > 0.0:
            damping = min(excess / square * dt_s, self.max_damping)
            given = [f - damping * x / dt_s for f, x in zip(given, coming, strict=True)]
        self._under_way.append(tuple(given))
        return tuple(given)

    def applied(self, force: Sequence[float]) -> None:
        """Tell what was really commanded, where something after `step` has changed it (a limit, a stop)."""
        self._under_way[-1] = tuple(float(value) for value in force)
