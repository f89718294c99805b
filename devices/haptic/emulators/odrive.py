"""`EmulatedODrive`: an ODrive v3 with firmware 0.5.6, as it answers its ASCII protocol, traps included.

Source: the vendor's repository odriverobotics/ODrive (MIT): docs/ascii-protocol.rst, Firmware/communication and
Firmware/MotorControl, as wugan's notes on the protocol sum them up (docs/haptic-devices.md).
"""

from __future__ import annotations

import math
import re
from functools import reduce
from operator import xor

import numpy as np
from numpy.typing import NDArray

from wugan.devices.haptic.drivers.odrive import spec as odrive_spec
from wugan.devices.haptic.emulators.device import EmulatedDevice
from wugan.devices.haptic.emulators.odrive_axis import Axis
from wugan.devices.haptic.spec import HapticSpec

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

    def unplugged(self, now_s: float) -> None:
        """Nothing happens: the motors' supply feeds the board too."""

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
