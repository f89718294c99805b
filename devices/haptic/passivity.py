"""`PassivityController`: keeps rendered forces from giving out more energy than they have taken in.

Time-domain passivity observer and controller (Hannaford and Ryu, "Time-domain passivity control of haptic interfaces",
IEEE Transactions on Robotics and Automation 18(1), 2002), with two changes for a sampled device behind a line:

- Energy is counted by position differences, which is exact for a force that is held during a period, and each force is
  counted in the period in which it acts, so the delay of the line is in the books.
- It looks ahead. The original damps when energy has already come out; here a force is only commanded as far as the
  energy that is left pays for the farthest motion that is to be expected while it acts. So a debt hardly arises, and
  taking force away cannot make a device unstable, as damping from coarse velocities can.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from typing import Self

from wugan.devices.haptic.driver import HapticSpec

CREDIT_J = 2e-5  # given in advance: without it a wall that is entered slowly could never build up any force
MEMORY = 4  # periods over which acceleration is taken: fewer follow the encoder's steps instead
FAST_COUNTS = 1.5  # with more motion in a period, the position inside an encoder count is as good as random
LEAST_COUNT = 1e-9  # m or rad: smaller differences are rounding, not an encoder
NO_FORCE = 1e-9  # N or N·m
FASTEST_START = {"cartesian": 150.0, "joint": 2500.0}  # m/s², rad/s²: what full output does to the lightest handles


class PassivityController:
    """Observer and controller of one port with any number of axes.

    Energy is the hand's work on what is rendered: it rises while a wall is pressed and falls while it pushes back. What
    is rendered as zero holds no energy, so leaving all contacts closes the account: what damping has eaten there cannot
    be spent in the next contact.

    It serves admittance too, where force is measured and velocity commanded: give the velocity for `force` and the
    negative measured force for `velocity`, without positions.

    Args:
        axes: number of axes.
        delay_periods: whole periods between the return of `step` and the moment when its force begins to act.
        least_mass: kg or kg·m², at most what moves with the handle: how far a force may move it while it acts. Too
            large a value lets energy out of light handles; too small a one softens walls near their surface.
        max_damping: greatest damping (N·s/m or N·m·s/rad) with which a debt is paid back. At 0 nothing is ever pushed
            against the motion, only force taken away.

    Attributes:
        energy_j: energy taken in less energy given out since the start (J), by the sensed positions.
        withheld: periods in which force was taken away.
    """

    def __init__(
        self, axes: int, *, delay_periods: int = 1, least_mass: float = math.inf, max_damping: float = 0.0
    ) -> None:
        if axes < 1 or delay_periods < 0 or not least_mass > 0.0 or not max_damping >= 0.0:
            raise ValueError(
                f"axes {axes} ≥ 1, delay_periods {delay_periods} ≥ 0, least_mass {least_mass} > 0, max_damping "
                f"{max_damping} ≥ 0"
            )
        self.axes = axes
        self.delay_periods = delay_periods
        self.least_mass = least_mass
        self.max_damping = max_damping
        self.withheld = 0
        self._zero = (0.0,) * axes
        self.reset()

    @classmethod
    def of(cls, spec: HapticSpec, delay_periods: int = 1) -> Self:
        """A controller for a device, with a handle that is as light as such devices have them."""
        return cls(
            spec.axes,
            delay_periods=delay_periods,
            least_mass=min(spec.max_output) / FASTEST_START[spec.space],
            max_damping=min(force / speed for force, speed in zip(spec.max_output, spec.max_velocity, strict=True)),
        )

    def reset(self) -> None:
        """Forget energy and motion, after a (re)connect."""
        self.energy_j = 0.0
        self._budget = 0.0
        self._count = 0.0
        self._position: list[float] | None = None
        self._moves: deque[list[float]] = deque([[0.0] * self.axes] * (MEMORY + 1), maxlen=MEMORY + 1)
        self._acted: Sequence[float] = self._zero
        # Oldest first: the force of the period that ends now, then those whose periods are still to come.
        self._under_way: deque[Sequence[float]] = deque([self._zero] * (self.delay_periods + 1))

    def grant(self, energy_j: float) -> None:
        """Allow energy to come out that never went in: what a new program stores at the handle's position.

        Args:
            energy_j: J; what is not finite or not positive is ignored.
        """
        if 0.0 < energy_j < math.inf:
            self._budget += energy_j

    def step(
        self,
        force: Sequence[float],
        velocity: Sequence[float],
        dt_s: float,
        position: Sequence[float] | None = None,
    ) -> tuple[float, ...]:
        """The force, as far as the energy that was taken in pays for it.

        Args:
            force: rendered, N or N·m, one for each axis, as the hand feels it. One that is not finite is given back as
                it is, for the guard to refuse.
            velocity: of the handle, m/s or rad/s; stands for the motion where there is no position.
            dt_s: length of a period, s.
            position: of the handle, m or rad; makes the bookkeeping exact.

        Returns:
            The force to be commanded.
        """
        moved = self._moved(velocity, dt_s, position)
        acted = self._under_way.popleft()
        self._count_work(acted, moved)
        given = [float(value) for value in force]
        total = sum(given)
        if total - total != 0.0:
            self._under_way.append(self._zero)
            return tuple(given)
        moves, coming, trend, doubt = self._moves, list(moved), [], []
        moves.append(moved)
        reach = dt_s * dt_s / self.least_mass
        for axis in range(self.axes):
            # While each force under way acts, motion goes on with the mean acceleration of the last few periods
            # (trend), give or take (doubt) by what it has changed from one period to the next, or by what the force
            # itself can do to the handle. Both grow as one looks further.
            before = moves[0][axis]
            trend.append((moved[axis] - before) / MEMORY)
            widest = 0.5 * self._count
            for move in moves:
                change = abs(move[axis] - before)
                if change > widest:
                    widest = change
                before = move[axis]
            strongest = abs(given[axis])
            for pending in self._under_way:
                if abs(pending[axis]) > strongest:
                    strongest = abs(pending[axis])
            doubt.append(max(widest, strongest * reach))
        left, ahead = self._budget + CREDIT_J, 0.0
        for pending in self._under_way:
            ahead += 1.0
            for axis, f in enumerate(pending):
                coming[axis] += trend[axis]
                left -= f * coming[axis] + abs(f) * doubt[axis] * ahead
        ahead += 1.0
        coming = [x + dx for x, dx in zip(coming, trend, strict=True)]
        paid = tuple(self._pay(given, coming, [d * ahead for d in doubt], left, dt_s))
        self._under_way.append(paid)
        return paid

    def applied(self, output: Sequence[float], active: Sequence[float] | None = None) -> None:
        """Tell what was really commanded, where limits or a stop have changed what `step` gave.

        Args:
            output: what the device was told, N or N·m.
            active: the part of it, before limits, that is meant to give energy out (a vibration) and did not pass
                `step`; the limits' effect is shared out in proportion.
        """
        if active is None:
            self._under_way[-1] = tuple(output)
            return
        given = self._under_way[-1]
        self._under_way[-1] = tuple(
            f * (out / (f + extra)) if abs(f + extra) > NO_FORCE else min(f, out, key=abs)
            for f, extra, out in zip(given, active, output, strict=True)
        )

    def _moved(self, velocity: Sequence[float], dt_s: float, position: Sequence[float] | None) -> list[float]:
        """Motion during the period that ends now, one for each axis; learns the encoder's count on the way."""
        if position is None:
            moved = [float(value) * dt_s for value in velocity]
        else:
            last, self._position = self._position, [float(value) for value in position]
            if last is None:
                return [0.0] * self.axes
            moved = [now - was for now, was in zip(self._position, last, strict=True)]
            for x in moved:
                if x != 0.0:
                    size = abs(x)
                    if size > LEAST_COUNT and (size < self._count or self._count == 0.0):
                        self._count = size
        total = sum(moved)
        return moved if total - total == 0.0 else [0.0] * self.axes

    def _count_work(self, acted: Sequence[float], moved: list[float]) -> None:
        """Enter the work of the period that ends now.

        Inside a count the position is unknown, and a force that changes there is entered for up to half a count of
        motion too much or too little. Slowly moving, the error is in our favour; at speed the worst is assumed.
        """
        work = unsure = 0.0
        fast = FAST_COUNTS * self._count
        for f, was, x in zip(acted, self._acted, moved, strict=True):
            work += f * x
            if f != was and (x > fast or x < -fast):
                unsure += abs(f - was)
        self._acted = acted
        self.energy_j -= work
        self._budget -= work + 0.5 * self._count * unsure

    def _pay(
        self, force: list[float], coming: list[float], doubt: list[float], left: float, dt_s: float
    ) -> list[float]:
        """What of a force `left` joules pay for, while the handle makes the motion `coming`, give or take `doubt`."""
        if not any(force):
            self._budget = min(self._budget, 0.0)
        out, risk = _work(force, coming, doubt)
        square = sum(x * x for x in coming)
        if out + risk > left:
            self.withheld += 1
            if out > max(0.0, left) and square > 0.0:
                # Along the motion first: across it no work is done.
                excess = (out - max(0.0, left)) / square
                force = [f - excess * x for f, x in zip(force, coming, strict=True)]
                out, risk = _work(force, coming, doubt)
            if out + risk > left:
                share = left / (out + risk) if left > 0.0 else 0.0
                force = [f * share for f in force]
        if left < 0.0 < square and self.max_damping > 0.0:
            damping = min(-left / square, self.max_damping / dt_s)
            force = [f - damping * x for f, x in zip(force, coming, strict=True)]
        return force


def _work(force: list[float], motion: list[float], doubt: list[float]) -> tuple[float, float]:
    """Work of a force over a motion, and by how much more it can be (J)."""
    work = risk = 0.0
    for f, x, d in zip(force, motion, doubt, strict=True):
        work += f * x
        risk += abs(f) * d
    return work, risk
