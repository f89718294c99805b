"""`EmulatedSimpleFoc`: Arduino-SimpleFOC's Commander (firmware 2.4.0) with one motor for each letter."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wugan.devices.haptic.drivers.simplefoc import CONTROLLERS, SimpleFoc
from wugan.devices.haptic.emulators.device import EmulatedDevice

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


LINE = 20  # bytes of the line buffer, its end included
SILENT, MACHINE = 0, 3
USER_FRIENDLY = 2
MOST_DECIMALS = 9
MODES = ("torque", "vel", "angle", "vel open", "angle open", "angle nocascade", "custom")
TORQUES = dict(CONTROLLERS.values())


@dataclass(slots=True)
class SimpleFocFaults:
    """What a test turns on.

    Attributes:
        silent: answers nothing, but does what it is told.
        chatter: a line that the sketch prints after each command.
        repeat: each answer comes twice.
    """

    silent: bool = False
    chatter: bytes = b""
    repeat: bool = False


class EmulatedFocBoard(EmulatedDevice):
    """Motors, and the faults of what they answer; without watchdog: targets stay for ever, and nothing is checked."""

    motors: list[EmulatedFocMotor]
    faults: SimpleFocFaults

    @property
    def output(self) -> NDArray[np.float64]:
        """Torque of each motor, N·m, float64 `[axes]`."""
        return np.array([motor.torque for motor in self.motors])

    def sense(self, position: NDArray[np.float64], velocity: NDArray[np.float64]) -> None:
        """Where the shafts are; the sensors round down to counts."""
        for motor, angle, speed in zip(self.motors, position, velocity, strict=True):
            motor.sense(float(angle), float(speed) if math.isfinite(speed) else 0.0)

    def _spoil(self, answer: bytes) -> bytes:
        if self.faults.silent:
            return b""
        return answer * 2 if self.faults.repeat else answer


class EmulatedSimpleFoc(EmulatedFocBoard):
    """The Commander's line buffer, its forgiving numbers and its silence, without watchdog: targets stay for ever."""

    def __init__(
        self,
        *,
        letters: str = "M",
        kt_nm_per_a: float = 0.08,
        resistance_ohm: float = 5.0,
        torque_by: str = "voltage",
        limit: float = 3.0,
        counts: int = 16384,
        own_supply: bool = True,
    ) -> None:
        """Switch it on.

        Args:
            letters: of the motors.
            kt_nm_per_a: torque constant, N·m/A.
            resistance_ohm: phase resistance.
            torque_by: what the driver will be told, for `spec`.
            limit: what the driver will be told, V or A, for `spec`.
            counts: of the sensors, in a turn.
            own_supply: pulling the USB cable does not switch it off, as motors need a supply of their own.
        """
        self._own_supply = own_supply
        driver = SimpleFoc(
            letters=letters, kt_nm_per_a=kt_nm_per_a, resistance_ohm=resistance_ohm, torque_by=torque_by, limit=limit
        )
        self._spec = driver.spec
        self._letters = letters
        self._motor = (kt_nm_per_a, resistance_ohm, counts)
        self.faults = SimpleFocFaults()
        self.power_cycle()

    def power_cycle(self) -> None:
        """As the sketch begins: motors on with target 0, answers for people, with three decimals."""
        self.motors = [EmulatedFocMotor(*self._motor) for _ in self._letters]
        self._verbose, self._decimals = USER_FRIENDLY, 3
        self._line = bytearray()
        self._said = bytearray()

    def receive(self, data: bytes, now_s: float) -> bytes:
        """Collect bytes to lines of at most 20; what does not fit is forgotten, and the rest is a new line."""
        for byte in data:
            self._line.append(byte)
            if byte in b"\n\r":
                self._run(self._line[:-1].decode("latin-1"))
                self._line.clear()
                self._said += self.faults.chatter
            elif len(self._line) >= LINE:
                self._line.clear()
        said = bytes(self._said)
        self._said.clear()
        return self._spoil(said)

    def _say(self, machine: str, person: str, value: str) -> None:
        if self._verbose != SILENT:
            before = machine if self._verbose == MACHINE else person if self._verbose == USER_FRIENDLY else ""
            self._said += f"{before}{value}\r\n".encode("latin-1")

    def _number(self, value: float) -> str:
        return printed(value, self._decimals)

    def _run(self, line: str) -> None:
        name = line[:1]
        if name == "?":
            for letter in self._letters:
                self._say("?", "", f"{letter}:motor")
        elif name == "@":
            if len(line) > 1:
                self._verbose = to_int(line[1:])
            if self._verbose == MACHINE:
                self._say("@", "", "machine")
            elif self._verbose in (1, USER_FRIENDLY):
                self._say("", "Verb:", "on!")
        elif name == "#":
            if len(line) > 1:
                self._decimals = min(max(to_int(line[1:]), 0), MOST_DECIMALS)
            self._say("#", "Decimal:", str(self._decimals))
        elif name and name in self._letters:
            self._command(self.motors[self._letters.index(name)], name, line[1:])

    def _command(self, motor: EmulatedFocMotor, letter: str, text: str) -> None:
        if not text:
            if self._verbose == MACHINE:
                self._say(letter, "", self._number(motor.target))
            return
        if text[0].isdecimal() or text[0] in "+-":
            self._target(motor, letter, text)
            return
        kind = text[0]
        sub = text[1:2] if "A" <= text[1:2] <= "Z" else ""
        value = text[1 + len(sub) :]
        machine = letter + kind + sub
        if kind == "L" and sub in ("U", "C", "V"):
            limit = {"U": "voltage_limit", "C": "current_limit", "V": "velocity_limit"}[sub]
            if value:
                setattr(motor, limit, to_float(value))
            self._say(machine, "Limits| ", self._number(getattr(motor, limit)))
        elif kind == "E" and not sub:
            if value:
                motor.enabled = bool(to_float(value))
            self._say(machine, "Status: ", str(int(motor.enabled)))
        elif kind == "C" and not sub:
            if value and 0 <= to_float(value) < len(MODES):
                motor.controller = int(to_float(value))
            self._say(machine, "Motion:", MODES[motor.controller])
        elif kind == "T" and not sub:
            if value and 0 <= to_float(value) < len(TORQUES):
                motor.torque_controller = int(to_float(value))
            self._say(machine, "Torque: ", TORQUES[motor.torque_controller])
        elif kind == "M" and sub == "G":
            self._monitor(motor, machine, value)
        else:
            self._say(machine, "unknown cmd ", "err")

    def _target(self, motor: EmulatedFocMotor, letter: str, text: str) -> None:
        parts = text.split(" ")
        motor.target = to_float(parts[0])
        limits = {1: ["torque"], 3: ["torque"], 2: ["velocity", "torque"], 4: ["velocity", "torque"]}
        for limit, value in zip(limits.get(motor.controller, []), filter(None, parts[1:]), strict=False):
            if limit == "velocity":
                motor.velocity_limit = to_float(value)
            elif motor.torque_controller == 0:
                motor.voltage_limit = to_float(value)
            else:
                motor.current_limit = to_float(value)
        self._say(letter, "Target: ", self._number(motor.target))

    def _monitor(self, motor: EmulatedFocMotor, machine: str, value: str) -> None:
        volts, amperes = 0.0, 0.0
        if motor.enabled:
            amperes = motor.torque / motor.kt_nm_per_a
            volts = amperes * motor.resistance_ohm
        values = [
            motor.target,
            volts,
            0.0,
            amperes if motor.torque_controller else 0.0,
            0.0,
            motor.velocity,
            motor.angle,
        ]
        index = int(to_float(value)) % 256 if abs(to_float(value)) < 1e9 else 255
        if index < len(values):
            self._say(machine, "Monitor | ", self._number(values[index]))
        elif index == len(values):
            self._say(machine, "Monitor | all: ", ";".join(map(self._number, values)))
        else:
            self._say(machine, "Monitor | ", "err")
