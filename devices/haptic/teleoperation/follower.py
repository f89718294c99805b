"""`Follower`: the tool's side. Follows the leader's position through a spring and damper that its tank can pay for."""

from __future__ import annotations

import numpy as np

from wugan.devices.haptic.teleoperation.config import TeleopConfig
from wugan.devices.haptic.teleoperation.deadband import Deadband
from wugan.devices.haptic.teleoperation.endpoint import Endpoint, Step, capped
from wugan.devices.haptic.teleoperation.packet import Side, Vector

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
