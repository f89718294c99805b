"""`TeleopConfig`: the settings of one side. Both sides are usually given the same."""

from __future__ import annotations

import math
from dataclasses import dataclass

from wugan.devices.haptic.teleoperation.packet import MAX_AXES


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
