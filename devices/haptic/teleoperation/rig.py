"""`Rig`: a hand, a haptic device, a network, a tool and a wall in virtual time, to try settings on.

One axis. The hand is a spring and damper that pulls the device along a plan; the tool is a mass with friction; the wall
is a stiff spring. Bodies are integrated in steps of 0.1 ms, so that the work at both ports (force held over a period,
times the way that the body really went) is that of the bodies and not what the controllers believe of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from wugan.devices.haptic.teleoperation.packet import Channel, Vector

PERIOD_S = 0.001
_SUBSTEPS = 10


class OneSide(Protocol):
    """What the rig steps: `Leader`, `Follower`, or a peer's scheme."""

    def receive(self, data: bytes, now_s: float) -> bool:
        """Take a packet."""

    def step(self, position: Vector, velocity: Vector, now_s: float) -> StepLike:
        """One period."""


class FarSide(Protocol):
    """As `OneSide`, with a force sensor."""

    def receive(self, data: bytes, now_s: float) -> bool:
        """Take a packet."""

    def step(self, position: Vector, velocity: Vector, now_s: float, contact: Vector | None = None) -> StepLike:
        """One period."""


class StepLike(Protocol):
    """Force and packet of one period."""

    @property
    def force(self) -> Vector:
        """N `[1]`."""

    @property
    def packet(self) -> bytes | None:
        """To send, if any."""


@dataclass(slots=True)
class Mass:
    """A body on one axis. kg, N·s/m, m, m/s."""

    mass: float
    damping: float
    position: float = 0.0
    velocity: float = 0.0

    def move(self, held: float, outside: Callable[[float, float], float], dt_s: float) -> float:
        """One period under a held force and one that depends on the state; the held force's work (J)."""
        before = self.position
        h = dt_s / _SUBSTEPS
        for _ in range(_SUBSTEPS):
            force = held + outside(self.position, self.velocity) - self.damping * self.velocity
            self.velocity += force / self.mass * h
            self.position += self.velocity * h
        return held * (self.position - before)


@dataclass(slots=True)
class Hand:
    """How the operator holds the device, and where to.

    Attributes:
        plan: (s, m) pairs; minimum-jerk moves between them.
        stiffness: N/m.
        damping: N·s/m.
        tremor: m, amplitude of an 8 Hz tremor.
    """

    plan: tuple[tuple[float, float], ...]
    stiffness: float = 150.0
    damping: float = 4.0
    tremor: float = 0.0

    def aim(self, now_s: float) -> float:
        """Where the hand wants to be, m."""
        (start_s, start), *rest = self.plan
        shake = self.tremor * math.sin(2 * math.pi * 8 * now_s)
        for end_s, end in rest:
            if now_s < end_s:
                r = max(0.0, (now_s - start_s) / (end_s - start_s))
                return start + (end - start) * r**3 * (10 - 15 * r + 6 * r * r) + shake
            start_s, start = end_s, end
        return start + shake


@dataclass(slots=True)
class Trace:
    """What happened, one value a period.

    Attributes:
        time_s: float64 `[T]`.
        leader: position of the device, m `[T]`.
        follower: position of the tool, m `[T]`.
        felt: force on the device, N `[T]`.
        applied: force of the coupling on the tool, N `[T]`.
        net_j: energy put into the two-port so far at both bodies, less what it put out, J `[T]`. A passive one that
            began empty is never below 0.
        pressed: force of the tool on the wall, N `[T]`.
        packets: sent so far, both directions.
    """

    time_s: NDArray[np.float64]
    leader: NDArray[np.float64]
    follower: NDArray[np.float64]
    felt: NDArray[np.float64]
    applied: NDArray[np.float64]
    net_j: NDArray[np.float64]
    pressed: NDArray[np.float64]
    packets: int = 0


@dataclass(slots=True)
class Rig:
    """Two sides joined by two channels.

    Attributes:
        leader: the operator's side.
        follower: the tool's side.
        forth: network from leader to follower.
        back: network from follower to leader.
        hand: the operator.
        wall_m: where the wall stands; infinity for free motion.
        wall_stiffness: N/m.
        wall_damping: N·s/m, while in the wall.
        device: the haptic device with the hand's own mass.
        tool: the tool.
        sensor: the follower is told what a force sensor at the tool measures.
        encoder_m: what both sides' encoders resolve; 0 for perfect ones. The work is that of the true positions.
    """

    leader: OneSide
    follower: FarSide
    forth: Channel
    back: Channel
    hand: Hand
    wall_m: float = math.inf
    wall_stiffness: float = 10_000.0
    wall_damping: float = 5.0
    device: Mass = field(default_factory=lambda: Mass(0.4, 0.5))
    tool: Mass = field(default_factory=lambda: Mass(0.4, 1.0))
    encoder_m: float = 0.0
    sensor: bool = True

    def run(self, seconds: float) -> Trace:
        """Let the time pass. Stops early where a body has left ±10 m: the scheme is unstable."""
        count = round(seconds / PERIOD_S)
        rows = np.zeros((count, 7))
        net, packets = 0.0, 0
        for index in range(count):
            now_s = index * PERIOD_S
            for data in self.forth.arrived(now_s):
                self.follower.receive(data, now_s)
            for data in self.back.arrived(now_s):
                self.leader.receive(data, now_s)
            mine = self.leader.step(self._read(self.device), _one(self.device.velocity), now_s)
            pressing = _one(-self._wall(self.tool.position, self.tool.velocity))
            sensed = pressing if self.sensor else None
            far = self.follower.step(self._read(self.tool), _one(self.tool.velocity), now_s, sensed)
            for step, channel in ((mine, self.forth), (far, self.back)):
                if step.packet is not None:
                    channel.send(step.packet, now_s)
                    packets += 1
            felt, applied = float(mine.force[0]), float(far.force[0])
            rows[index] = now_s, self.device.position, self.tool.position, felt, applied, net, float(pressing[0])
            net -= self.device.move(felt, self._pull(now_s), PERIOD_S)
            net -= self.tool.move(applied, self._wall, PERIOD_S)
            if abs(self.device.position) > 10 or abs(self.tool.position) > 10:
                rows = rows[: index + 1]
                break
        time_s, leader, tool, given, used, net_j, pressed = rows.T
        return Trace(time_s, leader, tool, given, used, net_j, pressed, packets)

    def _read(self, body: Mass) -> Vector:
        step = self.encoder_m
        return _one(round(body.position / step) * step if step else body.position)

    def _pull(self, now_s: float) -> Callable[[float, float], float]:
        """The hand's force on the device during the period that begins now."""
        aim = self.hand.aim(now_s)
        speed = (self.hand.aim(now_s + PERIOD_S) - aim) / PERIOD_S

        def pull(position: float, velocity: float) -> float:
            return self.hand.stiffness * (aim - position) + self.hand.damping * (speed - velocity)

        return pull

    def _wall(self, position: float, velocity: float) -> float:
        into = position - self.wall_m
        return min(0.0, -self.wall_stiffness * into - self.wall_damping * velocity) if into > 0 else 0.0


def _one(value: float) -> Vector:
    return np.array([value])
