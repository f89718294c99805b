"""`Body`: the moving part of an emulated device, and `Hand`: who holds it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from wugan.devices.haptic.driver import HapticSpec
from wugan.devices.haptic.emulators.device import EmulatedDevice
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


Vector = NDArray[np.float64]

CARTESIAN_MASS_KG = 0.1  # a stylus and the arm behind it
CARTESIAN_DAMPING = 0.5  # N·s/m, bearings
JOINT_ACCELERATION = 2000.0  # rad/s² at full torque: what small direct-drive motors reach with a handle on
JOINT_TOP_SPEED = 100.0  # rad/s at which bearings eat full torque
DEFAULT_JOINT_STEP = 2 * np.pi / 4096  # a 12-bit magnetic encoder
DEFAULT_CARTESIAN_STEP = 2e-5  # m, of the order of desktop devices
_MAX = 1e9  # N; what is beyond it is no output


@runtime_checkable
class Moving(Protocol):
    """What an emulated device moves: a `Body`, or a world to touch."""

    @property
    def position(self) -> Vector:
        """True position, float64 `[axes]`, m or rad."""

    @property
    def velocity(self) -> Vector:
        """True velocity, float64 `[axes]`, m/s or rad/s."""

    @property
    def contact(self) -> Vector:
        """Force or torque from what it touches (hard ends, a world), float64 `[axes]`, N or N·m."""

    def step(self, output: Vector, dt_s: float) -> None:
        """Move on by `dt_s` under the actuators' `output`, float64 `[axes]`, N or N·m."""

    def sensed(self) -> tuple[Vector, Vector]:
        """Position as the encoder gives it (whole steps) and velocity."""


class Body:
    """Independent axes of mass (or inertia) with viscous and Coulomb friction between hard ends.

    Integrated by semi-implicit Euler, with damping taken implicitly and Coulomb friction as a projection (it can stop
    an axis, never turn it round), so that no choice of friction makes it unstable. Hard ends take all momentum.
    """

    def __init__(
        self,
        mass: float | Sequence[float],
        damping: float | Sequence[float] = 0.0,
        *,
        axes: int | None = None,
        coulomb: float | Sequence[float] = 0.0,
        encoder_step: float | Sequence[float] = 0.0,
        ends: Sequence[tuple[float, float]] | None = None,
        start: float | Sequence[float] = 0.0,
        hand: Hand | None = None,
    ) -> None:
        """Build it at rest.

        Args:
            mass: kg, or kg·m² for a joint; one number for all axes or one for each. More than 0.
            damping: viscous friction, N·s/m or N·m·s/rad.
            axes: number of axes; needed only where every other value is a single number and there is more than one.
            coulomb: dry friction, N or N·m.
            encoder_step: m or rad of one encoder count; 0 is an ideal encoder.
            ends: least and greatest position of each axis; None is without ends.
            start: position at the start, m or rad.
            hand: who holds it; None is nobody.

        Raises:
            DataError: a value that cannot be, or lengths that differ.
        """
        given = [np.asarray(value, float) for value in (mass, damping, coulomb, encoder_step, start)]
        sizes = {value.size for value in given if value.ndim} | ({len(ends)} if ends is not None else set())
        count = axes or max(sizes, default=1)
        if sizes - {count}:
            raise DataError(f"body: values for {sorted(sizes)} axes do not fit together ({count} axes)")
        # Plain numbers: for a few axes they are many times faster than arrays, and this runs 2,000 times a second.
        self._mass, self._damping, self._coulomb, self._encoder, at = (
            np.broadcast_to(value, count).tolist() for value in given
        )
        if not all(0 < value < np.inf for value in self._mass):
            raise DataError(f"body: mass {mass} must be more than 0")
        for name, values in (("damping", self._damping), ("coulomb", self._coulomb), ("encoder_step", self._encoder)):
            if not all(0 <= value < np.inf for value in values):
                raise DataError(f"body: {name} {values} must be 0 or more")
        self._ends = (
            [(float(low), float(high)) for low, high in ends] if ends is not None else [(-np.inf, np.inf)] * count
        )
        if not all(low < high for low, high in self._ends):
            raise DataError(f"body: ends {self._ends} must be (least, greatest)")
        self._position: list[float] = at
        self._velocity = [0.0] * count
        self._contact = [0.0] * count
        self.place(at)
        self.hand = hand
        self.time_s = 0.0

    @classmethod
    def of(cls, spec: HapticSpec, hand: Hand | None = None, start: Sequence[float] | None = None) -> Self:
        """A body that suits a device, with its workspace as hard ends.

        Args:
            spec: the device's.
            hand: who holds it.
            start: where it lies, m or rad; None is the middle of the workspace.
        """
        strength = np.asarray(spec.max_output)
        joint = spec.space == "joint"
        ends = np.asarray(spec.workspace, float)
        middle = np.where(np.isfinite(ends).all(axis=1), np.nan_to_num(ends).mean(axis=1), 0.0)
        return cls(
            mass=(strength / JOINT_ACCELERATION).tolist() if joint else [CARTESIAN_MASS_KG] * spec.axes,
            damping=(strength / JOINT_TOP_SPEED).tolist() if joint else CARTESIAN_DAMPING,
            coulomb=(strength * 0.005).tolist(),
            encoder_step=DEFAULT_JOINT_STEP if joint else DEFAULT_CARTESIAN_STEP,
            ends=spec.workspace,
            start=middle.tolist() if start is None else start,
            hand=hand,
        )

    @property
    def position(self) -> Vector:
        """True position, float64 `[axes]`, m or rad."""
        return np.array(self._position)

    @property
    def velocity(self) -> Vector:
        """True velocity, float64 `[axes]`, m/s or rad/s."""
        return np.array(self._velocity)

    @property
    def contact(self) -> Vector:
        """Force or torque of the hard ends during the last step, float64 `[axes]`, N or N·m."""
        return np.array(self._contact)

    def step(self, output: Vector, dt_s: float) -> None:
        """Move on by `dt_s`; an output that is not finite moves nothing, as a broken drive would not."""
        hand = self.hand.force(self.time_s, self._position, self._velocity) if self.hand is not None else None
        for axis, force in enumerate(output.tolist()):
            if not -_MAX < force < _MAX:
                force = 0.0
            if hand is not None:
                force += hand[axis]
            mass, (low, high) = self._mass[axis], self._ends[axis]
            speed = (self._velocity[axis] + dt_s * force / mass) / (1 + dt_s * self._damping[axis] / mass)
            grip = dt_s * self._coulomb[axis] / mass
            speed = speed - grip if speed > grip else speed + grip if speed < -grip else 0.0
            wanted = self._position[axis] + dt_s * speed
            at = min(max(wanted, low), high)
            hit = at != wanted
            self._contact[axis] = -mass * speed / dt_s if hit else 0.0
            self._velocity[axis] = 0.0 if hit else speed
            self._position[axis] = at
        self.time_s += dt_s

    def sensed(self) -> tuple[Vector, Vector]:
        """Position in whole encoder steps (towards minus infinity, as counting does), and velocity."""
        counted = [
            math.floor(at / step) * step if step else at for at, step in zip(self._position, self._encoder, strict=True)
        ]
        return np.array(counted), np.array(self._velocity)

    def place(self, position: Sequence[float], velocity: Sequence[float] | None = None) -> None:
        """Put it somewhere, at rest or moving; m or rad, m/s or rad/s."""
        self._position = [min(max(float(at), low), high) for at, (low, high) in zip(position, self._ends, strict=True)]
        self._velocity = [0.0] * len(self._position) if velocity is None else [float(speed) for speed in velocity]


def held(device: EmulatedDevice, hand: str = "none") -> Body:
    """A body that suits a device, where the device rests, held by a hand in the form that `scripted` takes.

    Raises:
        DataError: the hand is none.
    """
    spec, rest = device.spec, device.rest
    return Body.of(spec, scripted(hand, rest, spec.max_output, spec.space == "joint"), rest)
