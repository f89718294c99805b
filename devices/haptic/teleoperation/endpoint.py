"""`Endpoint`: what both sides do with packets: number, check, count, notice a lost link, balance the tanks."""

from __future__ import annotations

import secrets
from collections import Counter, deque
from dataclasses import dataclass

import numpy as np

from wugan.devices.haptic.teleoperation.config import TeleopConfig
from wugan.devices.haptic.teleoperation.packet import Side, TeleopPacket, Vector
from wugan.devices.haptic.teleoperation.tank import Tank
from wugan.errors import DataError

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
