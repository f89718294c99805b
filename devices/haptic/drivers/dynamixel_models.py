"""Dynamixel X servos with current control: registers and models, keyed by model number.

Source: ROBOTIS e-Manual, one page a model. P and PRO servos have other addresses (torque enable is 512) and are not
in the table, so that they are refused and never written to.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum


class Register(IntEnum):
    """Addresses in the control table of the X series; below 64 lies EEPROM, writable only while torque is off."""

    MODEL = 0
    FIRMWARE = 6
    ID = 7
    BAUD = 8
    RETURN_DELAY = 9
    MODE = 11
    CURRENT_LIMIT = 38
    TORQUE_ENABLE = 64
    STATUS_LEVEL = 68
    HARDWARE_ERROR = 70
    WATCHDOG = 98
    GOAL_PWM = 100
    GOAL_CURRENT = 102
    GOAL_VELOCITY = 104
    GOAL_POSITION = 116
    TICK = 120
    CURRENT = 126
    VELOCITY = 128
    POSITION = 132
    VOLTAGE = 144
    TEMPERATURE = 146


CURRENT_MODE = 0
WATCHDOG_FIRMWARE = 38
"""First firmware with the bus watchdog."""

WATCHDOG_UNIT_MS = 20
RAD_PER_STEP = 2 * math.pi / 4096
CENTRE = 2048
RAD_S_PER_STEP = 0.229 * 2 * math.pi / 60
TICK_WRAP_MS = 32_768

HARDWARE_ERRORS = {
    0: "supply voltage out of range",
    2: "too hot",
    3: "encoder failed",
    4: "electrical shock, or not enough power",
    5: "overload",
}


@dataclass(frozen=True, slots=True)
class Model:
    """One kind of servo.

    Attributes:
        number: what it answers to a ping.
        name: the maker's.
        ampere: of one unit of current.
        torque_per_ampere: N·m; stall torque over stall current at the recommended voltage, the only figures that the
            maker gives. Friction of the gears makes the true torque less when it drives and more when it is driven.
        speed: without load at the recommended voltage, rad/s.
        current_limit: greatest value of register 38, in its units.
    """

    number: int
    name: str
    ampere: float
    torque_per_ampere: float
    speed: float
    current_limit: int

    @property
    def torque(self) -> float:
        """N·m of one unit of current."""
        return self.ampere * self.torque_per_ampere


_RPM = 2 * math.pi / 60
MODELS = {
    model.number: model
    for model in (
        Model(1020, "XM430-W350", 2.69e-3, 4.1 / 2.3, 46 * _RPM, 1193),
        Model(1030, "XM430-W210", 2.69e-3, 3.0 / 2.3, 77 * _RPM, 1193),
        Model(1120, "XM540-W270", 2.69e-3, 10.6 / 4.4, 30 * _RPM, 2047),
        Model(1190, "XL330-M077", 1e-3, 0.215 / 1.47, 383 * _RPM, 1750),
        Model(1200, "XL330-M288", 1e-3, 0.52 / 1.47, 103 * _RPM, 1750),
    )
}


def model_named(name: str) -> Model:
    """The model of that name.

    Raises:
        ValueError: there is none; the message lists those known.
    """
    for model in MODELS.values():
        if model.name.lower() == name.lower():
            return model
    raise ValueError(f"no Dynamixel model {name!r} is known; known are {known()}")


def known() -> str:
    """Names of the models, for messages."""
    return ", ".join(model.name for model in MODELS.values())


def hardware_error(bits: int) -> str:
    """Register 70 in words; empty for 0."""
    return ", ".join(HARDWARE_ERRORS.get(bit, f"error bit {bit}") for bit in range(8) if bits >> bit & 1)
