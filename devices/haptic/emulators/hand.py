"""`Hand`: who holds an emulated device. A hand is a spring and a damper to where it wants to be, or a plain force."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from wugan.errors import DataError


class Hand(Protocol):
    """What a hand does to the device."""

    def force(self, time_s: float, position: Sequence[float], velocity: Sequence[float]) -> Sequence[float]:
        """Force or torque of the hand, one for each axis, N or N·m, at a time since the start."""


@dataclass(frozen=True, slots=True)
class SpringHand:
    """A hand that follows a path as muscles do: softly.

    Attributes:
        path: from seconds since the start to where the hand wants to be, m or rad, one for each axis.
        stiffness: N/m or N·m/rad. A relaxed hand has 100 to 500 N/m.
        damping: N·s/m or N·m·s/rad, on the device's velocity.
        strength: greatest force or torque that it gives on an axis.
    """

    path: Callable[[float], Sequence[float]]
    stiffness: float = 300.0
    damping: float = 5.0
    strength: float = math.inf

    def force(self, time_s: float, position: Sequence[float], velocity: Sequence[float]) -> list[float]:
        """Pull towards the path."""
        forces = []
        for wanted, at, speed in zip(self.path(time_s), position, velocity, strict=True):
            pull = self.stiffness * (wanted - at) - self.damping * speed
            forces.append(min(max(pull, -self.strength), self.strength))
        return forces


@dataclass(frozen=True, slots=True)
class ForceHand:
    """A hand that pushes by a force function of time, whatever the device does; N or N·m, one for each axis."""

    push: Callable[[float], Sequence[float]]

    def force(self, time_s: float, position: Sequence[float], velocity: Sequence[float]) -> Sequence[float]:
        """The force of that moment."""
        return self.push(time_s)


def scripted(text: str, start: Sequence[float], strength: Sequence[float], joint: bool) -> Hand | None:
    """A hand in the command line's form.

    `none`; `hold` keeps the start; `sine:AMPLITUDE[:HZ[:AXIS]]` swings about it (m or rad; 1 Hz; axis 0);
    `push:FORCE[:AXIS]` pushes steadily (N or N·m).

    Args:
        text: the hand.
        start: where the body starts, m or rad.
        strength: the device's greatest output, N or N·m: a hand is made about as strong.
        joint: positions are angles.

    Raises:
        DataError: the text says something else.
    """
    kind, *values = text.split(":")
    most = max(strength, default=1.0)
    # Sized so that the whole strength is used up one radian, or 3 cm, away from the path, and the swing dies out.
    stiffness = most / (1.0 if joint else 0.03)
    damping = stiffness / (100.0 if joint else 60.0)
    centre = list(start)
    try:
        numbers = [float(value) for value in values]
        if not all(map(math.isfinite, numbers)):
            raise ValueError
        if kind == "none" and not numbers:
            return None
        if kind == "hold" and not numbers:
            return SpringHand(lambda time_s: centre, stiffness, damping, 2 * most)
        if kind == "sine" and 1 <= len(numbers) <= 3:
            amplitude, hz, axis = (*numbers, *(1.0, 0.0)[len(numbers) - 1 :])

            def swing(time_s: float) -> list[float]:
                at = list(centre)
                at[int(axis)] += amplitude * math.sin(2 * math.pi * hz * time_s)
                return at

            swing(0.0)
            return SpringHand(swing, stiffness, damping, 2 * most)
        if kind == "push" and 1 <= len(numbers) <= 2:
            force = [0.0] * len(centre)
            force[int(numbers[1]) if len(numbers) > 1 else 0] = numbers[0]
            return ForceHand(lambda time_s: force)
    except (ValueError, IndexError):
        pass
    raise DataError(f"hand {text!r}: give none, hold, sine:AMPLITUDE[:HZ[:AXIS]] or push:FORCE[:AXIS]")
