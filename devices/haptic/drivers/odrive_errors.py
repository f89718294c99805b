"""What the error bits of an ODrive v3 (firmware 0.5.6) mean, in words.

Source: the vendor's odrive-interface.yaml (MIT).
"""

from __future__ import annotations

AXIS = {
    0: "invalid state (not calibrated, or the request does not fit)",
    6: "motor failed",
    7: "sensorless estimator failed",
    8: "encoder failed",
    9: "controller failed",
    11: "watchdog expired",
    12: "lower end stop pressed",
    13: "upper end stop pressed",
    14: "emergency stop requested",
    17: "homing without an end stop",
    18: "too hot",
    19: "unknown position",
}
MOTOR = {
    0: "phase resistance out of range",
    1: "phase inductance out of range",
    3: "gate driver fault",
    4: "control deadline missed",
    7: "modulation too large",
    10: "current sensor saturated",
    12: "current limit exceeded",
    16: "modulation is not a number (a torque of NaN was commanded)",
    17: "motor too hot",
    18: "transistors too hot",
    19: "timer update missed",
    20: "current not measured",
    21: "controller failed",
    22: "bus current out of range",
    23: "brake resistor disarmed",
    24: "system error (often a bus voltage out of range)",
}
ENCODER = {
    0: "unstable gain",
    1: "counts per turn and pole pairs do not fit",
    2: "no response",
    3: "unsupported mode",
    4: "illegal Hall state",
    5: "index not found yet",
    6: "SPI timeout",
    7: "SPI communication failed",
    8: "SPI encoder not ready",
    9: "Hall sensors not calibrated",
}
CONTROLLER = {
    0: "overspeed",
    1: "invalid input mode",
    2: "unstable gain",
    3: "invalid mirror axis",
    4: "invalid load encoder",
    5: "invalid estimate",
    6: "invalid circular range",
    7: "spin-out detected",
}
PARTS = {"": AXIS, "motor": MOTOR, "encoder": ENCODER, "controller": CONTROLLER}
WATCHDOG = 1 << 11
ESTOP = 1 << 14


def words(bits: int, part: str = "") -> str:
    """The errors of a part (`""` is the axis itself), in words; empty where there are none."""
    names = PARTS[part]
    told = [names.get(bit, f"unknown error bit {bit}") for bit in range(bits.bit_length()) if bits >> bit & 1]
    return ", ".join(told)
