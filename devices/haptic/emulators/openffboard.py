"""`EmulatedOpenFFBoard`: an OpenFFBoard wheel, firmware 1.17.1, as it answers its text protocol, traps included.

Source: the vendor's repository Ultrawipf/OpenFFBoard 1.17.1 (MIT), as wugan's notes on the protocol sum it up
(docs/senses/haptic-devices.md). Of the effects, constant force and spring act; the others are stored and answered only.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from wugan.devices.haptic.driver import HapticSpec
from wugan.devices.haptic.drivers.openffboard import EXTERNAL_EFFECTS
from wugan.devices.haptic.drivers.openffboard import spec as wheel_spec
from wugan.devices.haptic.emulators.device import EmulatedDevice

CONSTANT, SPRING = 1, 8
MOST_EFFECTS = 40
ENDLESS = 65535  # ms
FULL = 32767
FADE_S = 1.0  # of the output after an emergency stop was released; the real time is not documented


def signed16(value: int) -> int:
    """Cast as the firmware casts: without a check, so that 40000 becomes -25536."""
    return (value + 0x8000) % 0x10000 - 0x8000


class Wheel:
    """One axis. Position is 0 in the middle; the output is in counts, ±32767 being all that the motor gives."""

    RESOLUTION: ClassVar = 16384
    PARAMETERS: ClassVar = {
        "mag": 0,
        "coeff": 0,
        "sat": FULL,
        "deadzone": 0,
        "offset": 0,
        "period": 0,
        "duration": ENDLESS,
    }
    UNSIGNED: ClassVar = frozenset({"sat", "deadzone", "period", "duration"})
    SIZES: ClassVar = {"degrees": 16, "power": 16, "fxratio": 8, "idlespring": 8, "maxtorquerate": 32}

    def __init__(self) -> None:
        """A wheel as delivered: idle, with the spring that centres it, and a sixth of its power."""
        self.settings = {"degrees": 900, "power": 5000, "fxratio": 204, "idlespring": 127, "maxtorquerate": 0}
        self.effects: dict[int, dict[str, int]] = {}
        self.active = False
        self.estop = False
        self.enumerated = True
        self.counts = 0.0
        self.position = self.speed = self.encoder = 0
        self._kinds: dict[int, int] = {}
        self._started_s: dict[int, float] = {}
        self._released_s = -math.inf
        self._advanced_s: float | None = None

    @property
    def gain(self) -> float:
        """Share of all that the motor gives which effects of full magnitude reach."""
        return self.settings["fxratio"] / 255 * self.settings["power"] / FULL

    def sense(self, angle_rad: float, speed_rad: float) -> None:
        """Take the shaft's angle and speed."""
        self.encoder = math.floor(angle_rad / (2 * math.pi) * self.RESOLUTION)
        degrees = self.encoder * 360 / self.RESOLUTION
        scaled = int(degrees * 65535 / max(1, self.settings["degrees"]))
        self.position = min(max(scaled, -FULL), FULL)
        self.speed = int(math.degrees(speed_rad))

    def set(self, name: str, value: int) -> None:
        """Set a setting, cast to its size."""
        self.settings[name] = value % (1 << self.SIZES[name])

    def reset(self) -> None:
        """Delete all effects and deactivate."""
        self.effects.clear()
        self._started_s.clear()
        self.active = False

    def new(self, kind: int) -> int:
        """Create an effect; its index, or -1 when there is no room."""
        free = next((index for index in range(MOST_EFFECTS) if index not in self.effects), -1)
        if free >= 0:
            self.effects[free] = dict(self.PARAMETERS)
            self._kinds[free] = kind
            self._started_s.pop(free, None)
        return free

    def adjust(self, index: int, name: str, value: int) -> None:
        """Set a parameter, cast to 16 bits. The real one does not check the index, and writes who knows where."""
        if index in self.effects:
            self.effects[index][name] = value % 0x10000 if name in self.UNSIGNED else signed16(value)

    def parameter(self, index: int, name: str) -> int:
        """A parameter; 0 where there is no effect."""
        return self.effects.get(index, {}).get(name, 0)

    def start(self, index: int, on: bool, now_s: float) -> None:
        """Start an effect (its duration begins anew) or stop it."""
        if on and index in self.effects:
            self._started_s[index] = now_s
        elif not on:
            self._started_s.pop(index, None)

    def running(self, index: int) -> bool:
        """Started and not yet ended."""
        return index in self._started_s and index in self.effects

    def stop(self, on: bool, now_s: float) -> None:
        """Emergency stop, or its release, after which the output fades in."""
        if self.estop and not on:
            self._released_s = now_s
        self.estop = on

    def advance(self, now_s: float) -> None:
        """End what has lasted long enough and compute the output."""
        gone = 0.0 if self._advanced_s is None else max(0.0, now_s - self._advanced_s)
        self._advanced_s = now_s
        for index, started in list(self._started_s.items()):
            duration = self.parameter(index, "duration")
            if index not in self.effects or (duration != ENDLESS and now_s - started >= duration / 1000):
                del self._started_s[index]
        wanted = self._wanted() * min(1.0, max(0.0, (now_s - self._released_s) / FADE_S))
        rate = self.settings["maxtorquerate"] * 1000 * gone  # counts in each of its 1 kHz steps
        if self.estop or not self.enumerated:
            self.counts = 0.0
        elif self.settings["maxtorquerate"]:
            self.counts += min(max(wanted - self.counts, -rate), rate)
        else:
            self.counts = wanted

    def _wanted(self) -> float:
        power = self.settings["power"] / FULL
        if not self.active:
            # What `ffbstate=0` leaves pushing.
            return -self.position * self.settings["idlespring"] / 255 * power
        total = 0.0
        for index in self._started_s:
            effect = self.effects[index]
            if self._kinds[index] == CONSTANT:
                total -= effect["mag"]  # axes are inverted by default
            elif self._kinds[index] == SPRING:
                offset = self.position - effect["offset"]
                away = math.copysign(max(0, abs(offset) - effect["deadzone"]), offset)
                total -= min(max(away * effect["coeff"] / FULL, -effect["sat"]), effect["sat"])
        limited = min(max(total, -float(FULL)), float(FULL))
        return limited * self.settings["fxratio"] / 255 * power


END = re.compile(rb"[\n\r; ]")
BUFFER = 1024  # bytes, on CDC
GLUE_S = 0.5  # an unfinished command is forgotten after this silence
SHORTEST = 3  # characters of a command that is looked at
HANG_S = 2.0  # until the chip's watchdog resets a parser that hangs
COMMAND = re.compile(r"(?:([A-Za-z_]\w*)\.)?(?:(\d+)\.)?([A-Za-z_]\w*)(.*)", re.DOTALL | re.ASCII)
NUMBER = re.compile(r"[+-]?\d+|x[0-9a-fA-F]+", re.ASCII)
INT64 = 1 << 64

ESTOP, UNKNOWN_COMMAND = 2, 5
NOTHING_KNOWN = "unknown"  # of a command; the board says so in words, and only if nothing else of the batch was good
IDENTITY = {"swver": "1.17.1", "hwtype": "F407VG", "lsactive": "System Commands:sys:0:0:0\nEffects:fxm:0:2562:10"}


class EmulatedOpenFFBoard(EmulatedDevice):
    """One wheel. Closing the port stops nothing; unplugging deletes all effects.

    Args:
        full_torque: N·m of its motor at full output.
        main: its main class; 3 (external effects) is the one with `fxm`.
    """

    def __init__(self, *, full_torque: float = 8.0, main: int = EXTERNAL_EFFECTS) -> None:
        """Switch it on."""
        self._full_torque, self._main = full_torque, main
        self._position = self._velocity = np.zeros(1)
        self.power_cycle()

    def power_cycle(self) -> None:
        self.wheel = Wheel()
        self._buffer = b""
        self._received_s = 0.0
        self._hung_s: float | None = None
        self._errors: dict[int, tuple[str, str]] = {}
        self.sense(self._position, self._velocity)

    def unplugged(self, now_s: float) -> None:
        self._buffer = b""
        self.wheel.reset()
        self.wheel.enumerated = False

    @property
    def spec(self) -> HapticSpec:
        return wheel_spec(self._full_torque * self.wheel.gain, self.wheel.settings["degrees"])

    @property
    def hangs(self) -> bool:
        """The parser met what is no number, and hears nothing until the chip resets itself."""
        return self._hung_s is not None

    @property
    def output(self) -> NDArray[np.float64]:
        return np.array([self.wheel.counts / 32767 * self._full_torque + 0.0])  # no negative zero

    def sense(self, position: NDArray[np.float64], velocity: NDArray[np.float64]) -> None:
        self._position, self._velocity = position, velocity
        if self._hung_s is None:
            self.wheel.sense(float(position[0]), float(velocity[0]))

    def tick(self, now_s: float) -> bytes:
        if self._hung_s is not None:
            # The parser's thread outranks the one that computes forces: the last output stays.
            if now_s - self._hung_s < HANG_S:
                return b""
            self.power_cycle()
        self.wheel.advance(now_s)
        return b""

    def receive(self, data: bytes, now_s: float) -> bytes:
        self.tick(now_s)
        if self._hung_s is not None:
            return b""
        self.wheel.enumerated = True
        if now_s - self._received_s > GLUE_S:
            self._buffer = b""
        self._received_s = now_s
        if len(self._buffer) + len(data) > BUFFER:
            if END.search(data):
                self._buffer = b""
            return b""
        *commands, self._buffer = END.split(self._buffer + data)
        answers, good, unknown = b"", False, False
        for raw in commands:
            if len(raw) < SHORTEST:
                continue
            echo, value = self._run(raw.decode("ascii", "replace"), now_s)
            if self._hung_s is not None:
                return answers
            self.wheel.advance(now_s)
            if value == NOTHING_KNOWN:
                unknown = True
            elif value is not None:
                good = True
                answers += f"[{echo}|{value}]\n".encode()
        if unknown and not good:
            self._errors[UNKNOWN_COMMAND] = ("info", "Unknown command")
            answers += f"[sys.0.errors?|{self._told()}]\n".encode()
        return answers

    def _told(self) -> str:
        """The errors as the board words them; those of level `info` are told once."""
        told = "\n".join(f"{code}:{level}:{words}" for code, (level, words) in self._errors.items())
        self._errors = {code: error for code, error in self._errors.items() if error[0] != "info"}
        return told or "None"

    # --- one command

    def _run(self, text: str, now_s: float) -> tuple[str, str | int | None]:
        """Echo and value; None for no answer."""
        found = COMMAND.fullmatch(text)
        if not found:
            return "", NOTHING_KNOWN
        kind, instance, name, operands = found[1] or "sys", found[2] or "0", found[3], found[4]
        parsed = self._operands(operands, now_s)
        if parsed is None or self._hung_s is not None:
            return "", NOTHING_KNOWN
        echo, form, value, at = parsed
        handler: Callable[..., str | int | None] | None = getattr(self, f"_on_{kind}", None)
        if handler is None or instance != "0" or (kind == "fxm" and self._main != EXTERNAL_EFFECTS):
            return "", NOTHING_KNOWN
        return f"{kind}.{instance}.{name}{echo}", handler(name, form, value, at, now_s)

    def _operands(self, text: str, now_s: float) -> tuple[str, str, int, int] | None:
        """Echo, form (`""`, `?`, `!`, `=`, `?n`, `=n?n`), value and address."""
        if text in ("", "?", "!"):
            return text, text or "?", 0, 0
        if text[0] not in "=?":
            return None
        value, rest = self._number(text[1:], now_s)
        if text[0] == "?":
            return f"?{value}", "?n", 0, value
        at = rest.find("?")
        if at < 0:
            return f"={value}", "=", value, 0
        if at + 1 == len(rest):
            return f"={value}?", "=", value, 0
        address, _ = self._number(rest[at + 1 :], now_s)
        return f"={value}?{address}", "=n?n", value, address

    def _number(self, text: str, now_s: float) -> tuple[int, str]:
        """A number and what follows it. What is none hangs the parser."""
        found = NUMBER.match(text)
        if not found:
            self._hung_s = now_s
            return 0, ""
        value = int(found[0][1:], 16) if found[0][0] == "x" else int(found[0])
        return (value + INT64 // 2) % INT64 - INT64 // 2, text[found.end() :]

    def _on_sys(self, name: str, form: str, value: int, at: int, now_s: float) -> str | int | None:
        if name == "main":
            if form != "=":
                return self._main if form == "?" else None
            if value != self._main:
                self._main = value
                self.power_cycle()
            return "OK"
        if form not in "?!":
            return None
        if name == "uid":
            return "2359319:858992907:808530487"
        if name == "errors":
            return self._told()
        if name == "errorsclr":
            self._errors.clear()
            return "OK"
        return IDENTITY.get(name, NOTHING_KNOWN)

    def _on_main(self, name: str, form: str, value: int, at: int, now_s: float) -> str | int | None:
        wheel = self.wheel
        if name == "ffbactive" and form == "?":
            return -1 if wheel.estop else int(wheel.active)
        if name == "estop" and form == "?":
            return int(wheel.estop)
        if name == "estop" and form == "=":
            wheel.stop(bool(value), now_s)
            if value:
                self._errors[ESTOP] = ("warn", "Emergency stop")
            else:
                self._errors.pop(ESTOP, None)
            return "OK"
        return None if name in ("ffbactive", "estop") else NOTHING_KNOWN

    def _on_axis(self, name: str, form: str, value: int, at: int, now_s: float) -> str | int | None:
        wheel = self.wheel
        if name in wheel.settings:
            if form == "=":
                wheel.set(name, value)
                return "OK"
            return wheel.settings[name] if form == "?" else None
        measured = {
            "curpos": wheel.position,
            "curspd": wheel.speed,
            "curtorque": round(wheel.counts),
            "pos": wheel.encoder,
            "cpr": wheel.RESOLUTION,
        }
        if name not in measured:
            return NOTHING_KNOWN
        return measured[name] if form == "?" else None

    def _on_fxm(self, name: str, form: str, value: int, at: int, now_s: float) -> str | int | None:
        wheel = self.wheel
        if name == "reset":
            if form == "?":
                wheel.reset()
            elif form == "?n":
                wheel.effects.pop(at, None)
            return "OK" if form in ("?", "?n") else None
        if name == "new":
            return wheel.new(value) if form == "=" else None
        if name == "ffbstate":
            if form == "=":
                wheel.active = bool(value)
                return "OK"
            return int(wheel.active) if form == "?" else None
        if name == "state":
            if form == "=n?n":
                wheel.start(at, bool(value), now_s)
                return "OK"
            return int(wheel.running(at)) if form == "?n" else None
        if name in wheel.PARAMETERS:
            if form == "=n?n":
                wheel.adjust(at, name, value)
                return "OK"
            return wheel.parameter(at, name) if form == "?n" else None
        return NOTHING_KNOWN
