"""`Wheel`: what an emulated OpenFFBoard computes: effects and their ends, the idle spring, the output in counts."""

from __future__ import annotations

import math
from typing import ClassVar

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
