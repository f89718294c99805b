"""`EmulatedODrive`: an ODrive v3 with firmware 0.5.6, as it answers its ASCII protocol, traps included.

Source: the vendor's repository odriverobotics/ODrive (MIT): docs/ascii-protocol.rst, Firmware/communication and
Firmware/MotorControl, as wugan's notes on the protocol sum them up (docs/senses/haptic-devices.md).
"""

from __future__ import annotations

import math
import re
from functools import reduce
from operator import xor
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from wugan.devices.haptic.driver import HapticSpec
from wugan.devices.haptic.drivers.odrive import WATCHDOG
from wugan.devices.haptic.drivers.odrive import spec as odrive_spec
from wugan.devices.haptic.emulators.device import EmulatedDevice

IDLE, CALIBRATE, CLOSED_LOOP = 1, 3, 8
TORQUE, VELOCITY, POSITION = 1, 2, 3
INVALID_STATE, MOTOR_FAILED, CONTROLLER_FAILED = 1 << 0, 1 << 6, 1 << 9
OVERSPEED = 1 << 0  # of the controller
NOT_A_NUMBER = 1 << 16  # of the motor
CALIBRATION_S = 12.0  # the beep, and one turn to and fro


class Axis:
    """Torque control with the limiters that the firmware has switched on by default.

    The properties are what the protocol reads and writes; an `int`, a `bool` and a `float` are parsed as such.
    """

    READ_ONLY: ClassVar = frozenset(
        {"current_state", "motor.is_calibrated", "encoder.is_ready", "encoder.pos_estimate", "encoder.vel_estimate"}
    )

    def __init__(self, calibrated: bool, saved: dict[str, float]) -> None:
        """Switch it on: idle, with the saved configuration or the maker's."""
        self.properties: dict[str, float] = {
            "requested_state": 0,
            "current_state": IDLE,
            "error": 0,
            "motor.error": 0,
            "encoder.error": 0,
            "controller.error": 0,
            "config.watchdog_timeout": 0.0,
            "config.enable_watchdog": False,
            "controller.input_pos": 0.0,
            "controller.input_vel": 0.0,
            "controller.input_torque": 0.0,
            "controller.config.input_mode": 1,
            "controller.config.control_mode": POSITION,
            "controller.config.pos_gain": 20.0,
            "controller.config.vel_gain": 1 / 6,
            "controller.config.vel_limit": 2.0,
            "controller.config.vel_limit_tolerance": 1.2,
            "controller.config.enable_torque_mode_vel_limit": True,
            "controller.config.enable_overspeed_error": True,
            "motor.config.torque_constant": 0.04,
            "motor.config.current_lim": 10.0,
            "motor.config.torque_lim": math.inf,
            "motor.is_calibrated": calibrated,
            "encoder.is_ready": calibrated,
            "encoder.pos_estimate": 0.0,
            "encoder.vel_estimate": 0.0,
        } | saved
        self.torque = 0.0
        self._now_s: float | None = None
        self._left_s = 0.0  # until the watchdog expires; loaded by feeding only
        self._calibrated_at: float | None = None

    @property
    def turns(self) -> float:
        """Position, in turns."""
        return self.properties["encoder.pos_estimate"]

    @turns.setter
    def turns(self, value: float) -> None:
        self.properties["encoder.pos_estimate"] = value

    @property
    def turns_per_s(self) -> float:
        """Velocity, in turns a second."""
        return self.properties["encoder.vel_estimate"]

    @turns_per_s.setter
    def turns_per_s(self, value: float) -> None:
        self.properties["encoder.vel_estimate"] = value

    @property
    def strongest(self) -> float:
        """Greatest torque by its current limit, N·m."""
        by_current = self.properties["motor.config.torque_constant"] * self.properties["motor.config.current_lim"]
        return min(by_current, self.properties["motor.config.torque_lim"])

    def configuration(self) -> dict[str, float]:
        """What saving keeps."""
        return {name: value for name, value in self.properties.items() if ".config." in f".{name}"}

    def feed(self) -> None:
        """Load the watchdog with its time."""
        self._left_s = max(0.0, self.properties["config.watchdog_timeout"])

    def clear(self) -> None:
        """Clear the errors; nothing else changes, the stored torque least of all."""
        for name in ("error", "motor.error", "encoder.error", "controller.error"):
            self.properties[name] = 0

    def command(self, kind: str, values: list[float]) -> None:
        """A set-point by `c`, `v`, `p`, `q` or `t`, with its optional further values."""
        first, second, third = (*values, *[None] * 3)[:3]
        if kind == "c":
            self._set(TORQUE, torque=first)
        elif kind == "v":
            self._set(VELOCITY, vel=first, torque=second)
        elif kind == "q":
            self._set(POSITION, pos=first)
            if second is not None:
                self.properties["controller.config.vel_limit"] = second
            if third is not None:
                self.properties["motor.config.torque_lim"] = third
        else:
            self._set(POSITION, pos=first, vel=second, torque=third)

    def _set(self, mode: int, **inputs: float | None) -> None:
        self.properties["controller.config.control_mode"] = mode
        for name, value in inputs.items():
            if value is not None:
                self.properties[f"controller.input_{name}"] = value

    def advance(self, now_s: float) -> None:
        """Let time pass: requests, watchdog, control."""
        gone = 0.0 if self._now_s is None else max(0.0, now_s - self._now_s)
        self._now_s = now_s
        mine = self.properties
        self._request(now_s)
        if mine["config.enable_watchdog"]:
            self._left_s -= gone
            if self._left_s <= 0:
                self._fail(WATCHDOG)
        if mine["error"] and mine["current_state"] != IDLE:
            mine["current_state"] = IDLE
        self.torque = self._control() if mine["current_state"] == CLOSED_LOOP else 0.0

    def _request(self, now_s: float) -> None:
        mine = self.properties
        if self._calibrated_at is not None and now_s >= self._calibrated_at:
            self._calibrated_at = None
            if mine["current_state"] == CALIBRATE:
                mine["motor.is_calibrated"] = mine["encoder.is_ready"] = True
                mine["current_state"] = IDLE
        wanted, mine["requested_state"] = mine["requested_state"], 0
        if not wanted:
            return
        ready = mine["motor.is_calibrated"] and mine["encoder.is_ready"]
        if wanted == IDLE:
            mine["current_state"] = IDLE
        elif mine["error"]:
            pass  # an axis with an error stays where it is
        elif wanted == CALIBRATE:
            mine["current_state"] = CALIBRATE
            self._calibrated_at = now_s + CALIBRATION_S
        elif wanted == CLOSED_LOOP and ready:
            mine["current_state"] = CLOSED_LOOP
        else:
            self._fail(INVALID_STATE)

    def _fail(self, axis: int, part: str = "", bits: int = 0) -> None:
        mine = self.properties
        mine["error"] = int(mine["error"]) | axis
        if part:
            mine[f"{part}.error"] = int(mine[f"{part}.error"]) | bits
        mine["current_state"] = IDLE

    def _control(self) -> float:
        """The torque of this moment, N·m; 0 after an error that disarms."""
        mine = self.properties
        speed, limit = self.turns_per_s, mine["controller.config.vel_limit"]
        mode = mine["controller.config.control_mode"]
        if (
            mine["controller.config.enable_overspeed_error"]
            and abs(speed) > limit * mine["controller.config.vel_limit_tolerance"]
        ):
            self._fail(CONTROLLER_FAILED, "controller", OVERSPEED)
            return 0.0
        gain = mine["controller.config.vel_gain"]
        torque = mine["controller.input_torque"]
        if mode >= VELOCITY:
            wanted = mine["controller.input_vel"]
            if mode == POSITION:
                wanted += mine["controller.config.pos_gain"] * (mine["controller.input_pos"] - self.turns)
            torque += gain * (min(max(wanted, -limit), limit) - speed)
        elif mine["controller.config.enable_torque_mode_vel_limit"]:
            torque = _clamp(torque, (-limit - speed) * gain, (limit - speed) * gain)
        torque = _clamp(torque, -self.strongest, self.strongest)
        if math.isnan(torque):
            self._fail(MOTOR_FAILED, "motor", NOT_A_NUMBER)
            return 0.0
        return torque


def _clamp(value: float, least: float, greatest: float) -> float:
    """As the firmware clamps: by comparisons, which not-a-number passes."""
    if value < least:
        return least
    return greatest if value > greatest else value


LINE_ENDS = re.compile(rb"[\n\r!]")
LONGEST_LINE = 256  # what is longer is thrown away up to the next line end
LONGEST_NAME, LONGEST_VALUE, LONGEST_ANSWER = 63, 15, 9  # characters that its scanf and snprintf keep
FLOAT = re.compile(rb"\s*([+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?|inf(?:inity)?|nan))", re.IGNORECASE)
UNSIGNED = re.compile(rb"\s*\+?([0-9]+)")
INTEGER = re.compile(rb"\s*([+-]?[0-9]+)")
WORD = re.compile(rb"\s*([^\s]+)")
ROOT = {
    "vbus_voltage": 24.087744,
    "serial_number": 0,
    "hw_version_major": 3,
    "hw_version_minor": 6,
    "hw_version_variant": 56,
    "fw_version_major": 0,
    "fw_version_minor": 5,
    "fw_version_revision": 6,
    "error": 0,
}


class EmulatedODrive(EmulatedDevice):
    """Two axes, of which the first `axes` have a motor on a body. It has its own supply: unplugging stops nothing.

    Args:
        axes: 1 or 2 motors.
        calibrated: the motors were calibrated and that was saved; otherwise state 3 does it, and 8 is an error.
        serial: serial number, 48 bits, which `i` gives in hexadecimal.
        firmware: the version that it says it has.
    """

    _own_supply = True  # the motors' supply feeds the board too

    def __init__(
        self, *, axes: int = 1, calibrated: bool = True, serial: int = 0x2084387E304E, firmware: str = "0.5.6"
    ) -> None:
        """Switch it on."""
        if axes not in (1, 2):
            raise ValueError(f"axes is {axes}; 1 or 2")
        self._count, self._calibrated, self._serial, self._firmware = axes, calibrated, serial, firmware
        self._saved: list[dict[str, float]] = [{}, {}]
        self._position = np.zeros(axes)
        self._velocity = np.zeros(axes)
        self.power_cycle()

    def power_cycle(self) -> None:
        self.axes = [Axis(self._calibrated and number < self._count, self._saved[number]) for number in range(2)]
        self._line = b""
        self._overlong = False
        self._leftover = b""  # what a former value left on the stack
        self.sense(self._position, self._velocity)

    @property
    def spec(self) -> HapticSpec:
        limits = tuple(axis.strongest for axis in self.axes[: self._count])
        return odrive_spec(f"ODrive 3.6-56V, firmware {self._firmware}", limits)

    @property
    def output(self) -> NDArray[np.float64]:
        return np.array([axis.torque for axis in self.axes[: self._count]])

    def sense(self, position: NDArray[np.float64], velocity: NDArray[np.float64]) -> None:
        self._position, self._velocity = position, velocity
        for axis, angle, speed in zip(self.axes, position, velocity, strict=False):
            axis.turns, axis.turns_per_s = float(angle) / (2 * math.pi), float(speed) / (2 * math.pi)

    def tick(self, now_s: float) -> bytes:
        for axis in self.axes:
            axis.advance(now_s)
        return b""

    def receive(self, data: bytes, now_s: float) -> bytes:
        self.tick(now_s)
        answers = b""
        *lines, rest = LINE_ENDS.split(data)
        for part in lines:
            whole = self._line + part
            if not self._overlong and len(whole) <= LONGEST_LINE:
                answers += self._run(whole)
                self.tick(now_s)
            self._line, self._overlong = b"", False
        self._line += rest
        if len(self._line) > LONGEST_LINE:
            self._line, self._overlong = b"", True
        return answers

    # --- one line

    def _run(self, raw: bytes) -> bytes:
        text = raw.partition(b";")[0]
        command, star, given = text.partition(b"*")
        checked = bool(star and given)  # a star at the very end counts as none
        if checked:
            number = UNSIGNED.match(given)
            if not number or int(number[1]) != reduce(xor, command, 0):
                return b""
        else:
            command = text
        command = command.partition(b"\0")[0]  # its strings end there
        answer = self._answer(command)
        if not checked:
            return b"".join(b"%s\r\n" % part for part in answer)
        return b"".join(b"%s*%d\r\n" % (part, reduce(xor, part, 0)) for part in answer)

    def _answer(self, command: bytes) -> list[bytes]:
        kind, rest = command[:1], command[1:]
        if kind and kind in b"cvpqtfu":
            return self._for_axis(kind, rest)
        if kind == b"i":
            facts = (
                "Hardware version: 3.6-56V",
                f"Firmware version: {self._firmware}",
                f"Serial number: {self._serial:012X}",
            )
            return [fact.encode() for fact in facts]
        if kind == b"s":
            return self._system(rest[:1])
        if kind == b"r":
            return self._read(rest)
        if kind == b"w":
            return self._write(rest)
        return [b"unknown command"]

    def _for_axis(self, kind: bytes, rest: bytes) -> list[bytes]:
        number = UNSIGNED.match(rest)
        values: list[float] = []
        at = number.end() if number else 0
        while number and len(values) < 3 and (found := FLOAT.match(rest, at)):
            values.append(_binary32(found[1]))
            at = found.end()
        if not number or (kind in b"cvpqt" and not values):
            return [b"invalid command format"]
        if int(number[1]) > 1:
            return [b"invalid motor %d" % int(number[1])]
        axis = self.axes[int(number[1])]
        if kind == b"f":
            return [b"%f %f" % (axis.turns, axis.turns_per_s)]
        if kind != b"u":
            axis.command(kind.decode(), values)
        axis.feed()
        return []

    def _system(self, what: bytes) -> list[bytes]:
        if what == b"c":
            for axis in self.axes:
                axis.clear()
        elif what == b"s":
            self._saved = [axis.configuration() for axis in self.axes]
        elif what == b"e":
            self._saved = [{}, {}]
        elif what == b"r":
            self.power_cycle()
        return []

    def _find(self, word: bytes) -> tuple[dict[str, float], str] | None:
        name = word[:LONGEST_NAME].decode("ascii", "replace")
        axis, _, rest = name.partition(".")
        if axis in ("axis0", "axis1"):
            properties = self.axes[int(axis[-1])].properties
            return (properties, rest) if rest in properties else None
        return (ROOT, name) if name in ROOT else None

    def _read(self, rest: bytes) -> list[bytes]:
        word = WORD.match(rest)
        if not word:
            return [b"invalid command format"]
        found = self._find(word[1])
        if found is None:
            return [b"invalid property"]
        properties, name = found
        value = self._serial if name == "serial_number" else properties[name]
        text = f"{value:f}" if isinstance(value, float) else str(int(value))
        return [text[:LONGEST_ANSWER].encode()]

    def _write(self, rest: bytes) -> list[bytes]:
        word = WORD.match(rest)
        if not word:
            return [b"invalid command format"]
        value = WORD.match(rest, word.end())
        if value:
            # Not cleared before the next line: a line without a value finds it here.
            self._leftover = value[1][:LONGEST_VALUE]
        found = self._find(word[1])
        if found is None:
            return [b"invalid property"]
        properties, name = found
        if properties is ROOT or name in Axis.READ_ONLY:
            return [b"not implemented"]
        if isinstance(properties[name], float):
            number = FLOAT.match(self._leftover)
            if not number:
                return [b"not implemented"]
            properties[name] = _binary32(number[1])
        else:
            whole = INTEGER.match(self._leftover)
            if not whole:
                return [b"not implemented"]
            properties[name] = bool(int(whole[1])) if isinstance(properties[name], bool) else int(whole[1]) & 0xFFFFFFFF
        return []


def _binary32(text: bytes) -> float:
    with np.errstate(over="ignore"):
        return float(np.float32(float(text)))
