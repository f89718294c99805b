"""`Endpoint`, `Leader`, `Follower`: number, check and count packets, notice a lost link, balance the energy tanks.

The tanks: each side books the work at its own body exactly: the force that it held over the last period, times the
displacement that was then measured. It puts out no more than its level. Energy moves between the sides as grants, of
which the running total is sent: the receiver books the difference to the greatest total that it has seen. A lost or
late packet so delays energy and never makes any, whatever the channel does. The scheme is the passivity layer of
Franken et al., "Bilateral Telemanipulation With Time Delays: A Two-Layer Approach Combining Passivity and
Transparency", IEEE T-RO 27(4), 2011, with totals in place of single grants; the accounts at both ends are those of the
time-domain passivity approach (Ryu, Artigas, Preusche, "A passive bilateral control scheme for a teleoperator with
time-varying communication delay", Mechatronics 20(7), 2010).

The deadband is perceptual coding as in IEEE 1918.1.1 (haptic codecs for the tactile internet) and Hinterseer, Hirche,
Chaudhuri, Steinbach, Buss, "Perception-based data reduction and transmission of haptic data in telepresence and
teleaction systems", IEEE T-SP 56(2), 2008: a change within a fraction of the last value (Weber) is not felt. With
several axes the dead zone is a ball around the last vector. Below the absolute threshold, where Weber's law ends, it
keeps a least radius.
"""

from __future__ import annotations

import math
import secrets
from collections import Counter, deque
from dataclasses import dataclass, field

import numpy as np

from wugan.devices.haptic.teleoperation.packet import MAX_AXES, Side, TeleopPacket, Vector
from wugan.errors import DataError


@dataclass(frozen=True, slots=True)
class TeleopConfig:
    """Settings, in the units of the device's space (m, m/s, N; or rad, rad/s, N·m).

    Attributes:
        axes: how many.
        stiffness: of the coupling that pulls the follower to the leader's position, N/m.
        damping: of the coupling, N·s/m.
        max_force: greatest magnitude of the force at either body, N.
        weber: fraction of a value that a hand does not feel; 0 sends every sample. 10 % is what studies of force and
            velocity agree on (Hinterseer et al. 2008).
        force_floor: change of force near zero that is not felt, N.
        velocity_floor: change of velocity near zero that is not felt, m/s.
        position_floor: how far the follower may extrapolate wrongly before a packet corrects it, m.
        heartbeat_s: longest silence of a sender, so that the other side knows energy and link.
        repeat_s: after a sample that was felt, another packet (with the newest values) so much later: one in ten is
            lost, two in a row one in a hundred. None repeats nothing.
        lost_after_s: silence after which the link counts as lost and no force is given.
        ramp_s: the force rises over this time after the link has come (back).
        tank_j: target level of each side's tank.
        reserve_j: part of the level that is never planned to be used.
        tool_mass: kg of the tool, by which its inertia is taken out of what the operator feels where no force sensor
            measures the contact. 0 leaves it in.
        tool_friction: N·s/m of the tool, likewise.
        least_mass: of the lighter body, kg.
        drain_s: see `Tank`.
        refill_damping: greatest damping at the leader that fills the tanks, N·s/m.
        balance_s: time in which the sides' levels draw even.
        key: secret of both sides (at most 32 bytes), which keeps strangers' packets out.
    """

    axes: int = 3
    stiffness: float = 600.0
    damping: float = 12.0
    max_force: float = 8.0
    weber: float = 0.1
    force_floor: float = 0.1
    velocity_floor: float = 0.01
    position_floor: float = 0.0005
    heartbeat_s: float = 0.025
    repeat_s: float | None = 0.003
    lost_after_s: float = 0.25
    ramp_s: float = 0.25
    tank_j: float = 0.04
    reserve_j: float = 0.0005
    tool_mass: float = 0.0
    tool_friction: float = 0.0
    least_mass: float = 0.2
    drain_s: float = 0.02
    refill_damping: float = 8.0
    balance_s: float = 0.05
    key: bytes = b""

    def __post_init__(self) -> None:
        if not 1 <= self.axes <= MAX_AXES:
            raise ValueError(f"axes is {self.axes}; a packet carries 1 to {MAX_AXES}")
        if not 0 <= self.weber < 1:
            raise ValueError(f"weber is {self.weber}; give a fraction from 0 up to 1, such as 0.1")
        if len(self.key) > 32:
            raise ValueError(f"key has {len(self.key)} bytes; at most 32")
        for name in (
            "stiffness",
            "damping",
            "force_floor",
            "velocity_floor",
            "position_floor",
            "refill_damping",
            "tool_mass",
            "tool_friction",
        ):
            if not 0 <= getattr(self, name) < math.inf:
                raise ValueError(f"{name} is {getattr(self, name)}; give a finite number that is not negative")
        for name in ("max_force", "heartbeat_s", "lost_after_s", "ramp_s", "tank_j", "least_mass", "drain_s"):
            if not 0 < getattr(self, name) < math.inf:
                raise ValueError(f"{name} is {getattr(self, name)}; give a finite number above 0")
        if self.heartbeat_s * 2 > self.lost_after_s:
            raise ValueError(
                f"lost_after_s is {self.lost_after_s}; give at least two heartbeats ({2 * self.heartbeat_s} s), or one "
                "lost packet counts as a lost link"
            )


@dataclass(slots=True)
class Tank:
    """Energy that one side may still put out.

    Attributes:
        target_j: level that the sides try to keep.
        reserve_j: never planned to be used: it pays for what one period's displacement differs from its forecast.
        least_mass: kg (or kg·m²) of the lightest body that the force may move, for that forecast.
        drain_s: the level may fall by a factor of e in this time and no faster, so that a force fades and is not cut.
        level_j: what is there.
        granted_j: handed over to the other side since the start.
        received_j: handed over by it, as far as is known.
        spilled_j: above the capacity (four targets), and so dissipated. It bounds what a fault could release.
    """

    target_j: float
    reserve_j: float
    least_mass: float
    drain_s: float
    level_j: float = 0.0
    granted_j: float = 0.0
    received_j: float = 0.0
    spilled_j: float = 0.0
    limited: int = field(default=0)

    def book(self, force: Vector, displacement: Vector) -> None:
        """Account for the period that has passed: the force on the body that was held, and how far the body went."""
        self.level_j -= float(force @ displacement)
        excess = self.level_j - 4 * self.target_j
        if excess > 0:
            self.level_j -= excess
            self.spilled_j += excess

    def admit(self, force: Vector, velocity: Vector, dt_s: float) -> Vector:
        """As much of a force on the body as the level can pay for in the coming period; 0…1 times `force`."""
        along = dt_s * float(force @ velocity)
        # The body's own acceleration under the force counts as well: a force on a body at rest does work.
        own = 0.5 * float(force @ force) * dt_s * dt_s / self.least_mass
        may = max(0.0, self.level_j - self.reserve_j) * -math.expm1(-dt_s / self.drain_s)
        if along + own <= may:
            return force
        self.limited += 1
        # The share s for which s·along + s²·own is what may be used; two forms of the root, each without cancellation.
        root = math.sqrt(along * along + 4 * own * may)
        if along < 0:
            return force * min(1.0, (root - along) / (2 * own))
        return force * min(1.0, 2 * may / (root + along)) if may else np.zeros_like(force)

    def grant(self, other_level_j: float, share: float) -> None:
        """Hand over a share of half of what the other side has less, leaving the reserve."""
        amount = min(0.5 * share * (self.level_j - other_level_j), self.level_j - self.reserve_j)
        if amount > 0:
            self.level_j -= amount
            self.granted_j += amount

    def receive(self, total_j: float) -> None:
        """Book the other side's running total of grants; an older or equal one changes nothing."""
        if total_j > self.received_j:
            self.level_j += total_j - self.received_j
            self.received_j = total_j

    def refill(self, velocity: Vector, most: float) -> Vector:
        """The damping force that draws energy out of the motion while the level is below its target."""
        lacking = min(1.0, max(0.0, 1.0 - self.level_j / self.target_j))
        return np.asarray(-most * lacking * velocity)


@dataclass(slots=True)
class Deadband:
    """One coded signal.

    Attributes:
        weber: fraction of the last sent value that is not felt.
        floor: radius of the dead zone around zero, in the signal's unit.
        last: the value that was sent last; None before the first.
    """

    weber: float
    floor: float
    last: Vector | None = field(default=None, repr=False)

    def radius(self, value: Vector) -> float:
        """How far a value may be from `value` without being felt."""
        return max(self.floor, self.weber * math.sqrt(float(value @ value)))

    def felt(self, value: Vector) -> bool:
        """Whether the difference to what was sent last would be felt (always before the first)."""
        if self.last is None:
            return True
        away = value - self.last
        return math.sqrt(float(away @ away)) > self.radius(self.last)

    def sent(self, value: Vector) -> None:
        """This value was sent."""
        self.last = value.copy()


_SESSIONS = 16  # earlier sessions of the other side whose stray packets are still known
_CLOCK_DRIFT = 1e-4  # clocks of two machines run apart by less than 100 µs a second
_LONGEST_PERIOD_S = 0.005  # a longer pause of the caller is not forecast over: the force was not held for it


@dataclass(slots=True)
class Step:
    """What one period gives.

    Attributes:
        force: to apply to this side's body until the next period, N or N·m.
        packet: bytes to send to the other side now; None most of the time.
    """

    force: Vector
    packet: bytes | None


class Endpoint:
    """The half of one side that does not know whether it leads. Not thread-safe; holds no clock and does no I/O.

    Attributes:
        tank: this side's energy account.
        newest: the newest packet of the other side; None before the first.
        dropped: packets that were thrown away, by reason (`length`, `version`, `digest`, `value`, `side`, `axes`,
            `session`, `late`).
        received: packets that were taken.
        sent: packets that were given out.
        periods: steps so far.
    """

    def __init__(self, side: Side, config: TeleopConfig, session: int | None = None) -> None:
        self.side, self.config = side, config
        self.session = secrets.randbits(32) if session is None else session
        self.tank = Tank(config.tank_j, config.reserve_j, config.least_mass, config.drain_s)
        self.newest: TeleopPacket | None = None
        self.dropped: Counter[str] = Counter()
        self.received = self.sent = self.periods = 0
        self._past: deque[int] = deque(maxlen=_SESSIONS)
        self._transit_s = np.inf
        self._heard_s = -np.inf
        self._linked_s: float | None = None
        self._sent_s = -np.inf
        self._repeat_s = np.inf
        self._now_s: float | None = None
        self._position: Vector | None = None
        self._force: Vector = np.zeros(config.axes)

    def receive(self, data: bytes, now_s: float) -> bool:
        """Take a packet's bytes. A bad, foreign, late or doubled one is dropped and counted. Never raises."""
        try:
            packet = TeleopPacket.from_bytes(data, self.config.key)
        except DataError as error:
            return self._drop(str(error).partition(":")[0])
        if packet.side is not self.side.other:
            return self._drop("side")
        if len(packet.position) != self.config.axes:
            return self._drop("axes")
        if self.newest is not None and packet.session != self.newest.session:
            if packet.session in self._past:
                return self._drop("session")
            # The other side has started anew: its totals count from zero, and its clock may be another.
            self._past.append(self.newest.session)
            self.tank.received_j = 0.0
            self._transit_s = np.inf
            self._linked_s = None
        elif self.newest is not None and not 0 < (packet.seq - self.newest.seq) % 2**32 < 2**31:
            return self._drop("late")
        self.tank.receive(packet.granted)
        transit = now_s - packet.time_ns / 1e9
        waited = max(0.0, now_s - self._heard_s) if np.isfinite(self._heard_s) else 0.0
        self._transit_s = min(self._transit_s + _CLOCK_DRIFT * waited, transit)
        self._heard_s, self.newest = now_s, packet
        self.received += 1
        return True

    def _drop(self, reason: str) -> bool:
        self.dropped[reason] += 1
        return False

    def gain(self, now_s: float) -> float:
        """0 while the link is lost, rising to 1 over `ramp_s` once it is there."""
        if now_s - self._heard_s > self.config.lost_after_s:
            self._linked_s = None
            return 0.0
        if self._linked_s is None:
            self._linked_s = now_s
        return min(1.0, (now_s - self._linked_s) / self.config.ramp_s)

    def age(self, now_s: float) -> float:
        """Seconds since the newest packet would have come over the fastest transit seen. Clocks need not agree."""
        assert self.newest is not None
        return max(0.0, now_s - self.newest.time_ns / 1e9 - self._transit_s)

    def begin(self, position: Vector, velocity: Vector, now_s: float) -> float:
        """Book the period that has passed; its duration in seconds, for the forecast of the coming one.

        Raises:
            ValueError: position or velocity has another length than the axes, or is not finite.
        """
        for name, value in (("position", position), ("velocity", velocity)):
            if value.shape != (self.config.axes,) or not np.isfinite(value).all():
                raise ValueError(f"{name} {value} is not {self.config.axes} finite numbers; guard the state first")
        if self._position is not None:
            self.tank.book(self._force, position - self._position)
        dt_s = 0.001 if self._now_s is None else now_s - self._now_s
        self._position, self._now_s = position.copy(), now_s
        self.periods += 1
        return min(max(dt_s, 1e-5), _LONGEST_PERIOD_S)

    def finish(self, force: Vector, velocity: Vector, shown: Vector, felt: bool, now_s: float) -> Step:
        """Remember the force that is held; send `shown` if it was felt, or it is time."""
        self._force = force
        due = felt or now_s >= self._repeat_s or now_s - self._sent_s >= self.config.heartbeat_s
        if not due:
            return Step(force, None)
        if self.config.repeat_s is not None:
            self._repeat_s = now_s + self.config.repeat_s if felt else np.inf
        assert self._position is not None
        if self.newest is not None and self._linked_s is not None:  # energy sent into a dead link would be lost
            waited = now_s - self._sent_s if np.isfinite(self._sent_s) else 0.0
            self.tank.grant(self.newest.level, -np.expm1(-waited / self.config.balance_s))
        packet = TeleopPacket(
            self.side,
            self.session,
            self.sent % 2**32,
            round(now_s * 1e9),
            self.tank.granted_j,
            self.tank.level_j,
            self._position,
            velocity,
            shown,
        )
        self._sent_s = now_s
        self.sent += 1
        return Step(force, packet.to_bytes(self.config.key))


def capped(force: Vector, most: float) -> Vector:
    """A force of the same direction and at most this magnitude."""
    size = float(np.sqrt(force @ force))
    return force if size <= most else force * (most / size)


class Leader(Endpoint):
    """Step it once a period with the haptic device's state; give received packets to `receive` before.

    Args:
        config: settings.
        session: names this run of this side; drawn by chance where none is given.
    """

    def __init__(self, config: TeleopConfig, session: int | None = None) -> None:
        super().__init__(Side.LEADER, config, session)
        self._motion = Deadband(config.weber, config.velocity_floor)
        self._sent_position: Vector | None = None

    def step(self, position: Vector, velocity: Vector, now_s: float) -> Step:
        """One period.

        Args:
            position: m or rad, float64 `[axes]`, finite.
            velocity: m/s or rad/s, likewise.
            now_s: any monotonic clock.

        Raises:
            ValueError: a state of another length, or one that is not finite.
        """
        dt_s = self.begin(position, velocity, now_s)
        force = np.zeros(self.config.axes)
        gain = self.gain(now_s)
        if self.newest is not None and gain > 0:
            force = self.tank.admit(capped(-gain * self.newest.force, self.config.max_force), velocity, dt_s)
        force = capped(force + self.tank.refill(velocity, self.config.refill_damping), self.config.max_force)
        felt = self._motion.felt(velocity) or self._strayed(position, now_s)
        step = self.finish(force, velocity, force, felt, now_s)
        if step.packet is not None:
            self._motion.sent(velocity)
            self._sent_position = position.copy()
        return step

    def _strayed(self, position: Vector, now_s: float) -> bool:
        """Whether the follower, which goes on at the velocity that was sent, is now too far from here."""
        if self._sent_position is None or self._motion.last is None:
            return True
        ahead = self._motion.last * (now_s - self._sent_s)
        return float(np.abs(position - self._sent_position - ahead).max()) > self.config.position_floor


_SMOOTHING_S = 0.005  # of the estimated contact: differences of velocities are noisy


class Follower(Endpoint):
    """Step it once a period with the tool's state; give received packets to `receive` before.

    Drift has no place to grow: positions are absolute, and what the passivity control withholds is force, not
    distance. So the spring brings the tool to the leader's position as soon as there is energy.

    Args:
        config: settings.
        session: names this run of this side; drawn by chance where none is given.

    Attributes:
        offset: added to the leader's position (clutch, other workspace), m or rad `[axes]`.
    """

    def __init__(self, config: TeleopConfig, session: int | None = None) -> None:
        super().__init__(Side.FOLLOWER, config, session)
        self.offset: Vector = np.zeros(config.axes)
        self._coded = Deadband(config.weber, config.force_floor)
        self._velocity: Vector | None = None
        self._before: Vector = np.zeros(config.axes)
        self._pressing: Vector = np.zeros(config.axes)

    def target(self, now_s: float) -> tuple[Vector, Vector]:
        """Where the leader is by its newest packet, carried on at its velocity for two heartbeats at most."""
        assert self.newest is not None
        horizon = 2 * self.config.heartbeat_s
        age = self.age(now_s)
        velocity = self.newest.velocity if age < horizon else np.zeros(self.config.axes)
        return self.newest.position + self.offset + self.newest.velocity * min(age, horizon), velocity

    def step(self, position: Vector, velocity: Vector, now_s: float, contact: Vector | None = None) -> Step:
        """One period; arguments and errors as in `Leader.step`.

        Args:
            position: of the tool.
            velocity: of the tool.
            now_s: any monotonic clock.
            contact: what a force sensor at the tool says that it presses with, N `[axes]`. Without a sensor the
                operator feels the coupling's force, less the inertia and friction that the settings know of.
        """
        dt_s = self.begin(position, velocity, now_s)
        gain = self.gain(now_s)
        force = -self.config.damping * velocity
        if self.newest is not None and gain > 0:
            to, speed = self.target(now_s)
            spring = self.config.stiffness * (to - position) + self.config.damping * speed
            force = force + gain * spring
        force = self.tank.admit(capped(force, self.config.max_force), velocity, dt_s)
        shown = self._estimated(velocity, dt_s) if contact is None else contact
        self._velocity, self._before = velocity.copy(), force
        step = self.finish(force, velocity, shown, self._coded.felt(shown), now_s)
        if step.packet is not None:
            self._coded.sent(shown)
        return step

    def _estimated(self, velocity: Vector, dt_s: float) -> Vector:
        """What is left of the force over the last period when the known inertia and friction are taken out of it."""
        if self._velocity is None:
            return self._pressing
        known = self.config.tool_mass * (velocity - self._velocity) / dt_s + self.config.tool_friction * velocity
        self._pressing = self._pressing + min(1.0, dt_s / _SMOOTHING_S) * (self._before - known - self._pressing)
        return self._pressing
