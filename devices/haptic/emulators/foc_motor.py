"""`EmulatedFocMotor`: what SimpleFOC's motor object keeps, and how a microcontroller reads and prints numbers."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np

TORQUE_CONTROL = 0
MOST_PRINTED = 4_294_967_040.0  # above it, Arduino prints `ovf`
_NUMBER = re.compile(r"\s*([+-]?(?:nan|inf(?:inity)?|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?))", re.IGNORECASE)


def to_float(text: str) -> float:
    """C's `atof` to single precision: as far as it is a number, otherwise 0."""
    found = _NUMBER.match(text)
    with np.errstate(over="ignore"):
        return float(np.float32(found.group(1))) if found else 0.0


def to_int(text: str) -> int:
    """C's `atoi`, without its overflow: the digits at the beginning, otherwise 0."""
    found = re.match(r"\s*([+-]?\d{1,9})", text)
    return int(found.group(1)) if found else 0


def printed(value: float, decimals: int = 4) -> str:
    """A float as Arduino prints it."""
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "inf"
    if abs(value) > MOST_PRINTED:
        return "ovf"
    return f"{value + 0.0:.{decimals}f}"


@dataclass(slots=True)
class EmulatedFocMotor:
    """A motor, its driver chip and its sensor. Nothing is checked when it is set, as on the real one.

    Attributes:
        kt_nm_per_a: torque constant, N·m/A.
        resistance_ohm: phase resistance.
        counts: of the sensor, in a turn.
        target: V, A, rad/s or rad, by controller.
        enabled: the driver chip is on.
        controller: 0 torque, 1 velocity, 2 angle, …; only torque is emulated, the others push nothing here.
        torque_controller: 0 voltage, 1 to 3 currents.
        voltage_limit: V.
        current_limit: A.
        velocity_limit: rad/s.
        angle: rad, in whole counts.
        velocity: rad/s.
    """

    kt_nm_per_a: float
    resistance_ohm: float
    counts: int = 16384
    target: float = 0.0
    enabled: bool = True  # `motor.init()` switches it on
    controller: int = 0
    torque_controller: int = 0
    voltage_limit: float = 12.0
    current_limit: float = 2.0
    velocity_limit: float = 20.0
    angle: float = 0.0
    velocity: float = 0.0

    def sense(self, angle: float, velocity: float) -> None:
        """Where the shaft is, and how fast it turns."""
        self.angle = math.floor(angle * self.counts / (2 * math.pi)) * 2 * math.pi / self.counts
        self.velocity = velocity

    @property
    def torque(self) -> float:
        """N·m at rest. Limits that are no numbers limit nothing; a target that is none pushes nothing here."""
        if not self.enabled or self.controller != TORQUE_CONTROL or math.isnan(self.target):
            return 0.0
        volts = self.target
        if self.torque_controller:
            volts = _bounded(self.target, self.current_limit) * self.resistance_ohm
        volts = _bounded(volts, self.voltage_limit)
        return volts / self.resistance_ohm * self.kt_nm_per_a if math.isfinite(volts) else 0.0


def _bounded(value: float, limit: float) -> float:
    limit = abs(limit)
    return value if math.isnan(limit) else min(max(value, -limit), limit)
