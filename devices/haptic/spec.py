"""`HapticSpec` and `State`: what is known of a force-feedback device, and what it says. SI units everywhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Space = Literal["cartesian", "joint"]


@dataclass(frozen=True, slots=True)
class HapticSpec:
    """What a haptic device can do, readable before it is opened.

    Attributes:
        protocol: name of the driver (`wugan`, `haply`, `inverse3`, `simplefoc`, `odrive`, `openffboard`, `dynamixel`).
        model: the maker's name of the device.
        space: what position, velocity and output mean: `cartesian` is m, m/s, N; `joint` is rad, rad/s, N·m.
        max_output: greatest output that the device can give, one for each axis (N or N·m).
        workspace: least and greatest position of each axis (m or rad).
        max_velocity: greatest believable speed of each axis (m/s or rad/s); a faster change is no state.
        max_rate_hz: exchanges a second that line and device can carry.
        watchdog_s: time after which the device itself drops to zero when the host is silent; None where it has no
            watchdog, which is why higher limits are refused there.
        reads_without_commanding: a state can be read without touching the output.
        measures_velocity: the device sends velocities; otherwise they are estimated from positions.
        usb: vendor and product ids by which it is found.
        keeps_position: positions mean the same after the power was away (absolute encoders). Where they do not, there
            is no force after an unplug until the device was calibrated again.
    """

    protocol: str
    model: str
    space: Space
    max_output: tuple[float, ...]
    workspace: tuple[tuple[float, float], ...]
    max_velocity: tuple[float, ...]
    max_rate_hz: float
    watchdog_s: float | None
    reads_without_commanding: bool
    measures_velocity: bool
    usb: tuple[tuple[int, int], ...] = ()
    keeps_position: bool = True

    @property
    def axes(self) -> int:
        """Number of actuated axes."""
        return len(self.max_output)


@dataclass(slots=True)
class State:
    """One answer of a device, to the command that is in flight. Never made up: no answer, no state.

    Attributes:
        position: m or rad, one for each axis.
        velocity: m/s or rad/s; None where the device does not measure it.
        output: the output that the device says it applies (N or N·m); None where it does not say.
        device_time_s: the device's own clock; None where it has none.
        flags: what the device reports (`armed`, `ramping`, `clamped`, `watchdog`, `estop`, `fault`, …).
        fault: the device's error in words; empty when there is none.
    """

    position: tuple[float, ...]
    velocity: tuple[float, ...] | None = None
    output: tuple[float, ...] | None = None
    device_time_s: float | None = None
    flags: frozenset[str] = field(default_factory=frozenset)
    fault: str = ""
