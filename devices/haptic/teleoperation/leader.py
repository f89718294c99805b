"""`Leader`: the operator's side. Sends motion, gives back the follower's force as far as its tank can pay."""

from __future__ import annotations

import numpy as np

from wugan.devices.haptic.teleoperation.config import TeleopConfig
from wugan.devices.haptic.teleoperation.deadband import Deadband
from wugan.devices.haptic.teleoperation.endpoint import Endpoint, Step, capped
from wugan.devices.haptic.teleoperation.packet import Side, Vector


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
