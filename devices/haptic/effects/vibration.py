"""`Vibration`: a buzz of a set time."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from wugan.devices.haptic.effects.effect import MAX_DURATION, MAX_FORCE, Effect, Running
from wugan.devices.haptic.effects.pulse import envelope
from wugan.devices.haptic.effects.values import Vector, unit_vector, within
from wugan.devices.haptic.effects.wall import along

if TYPE_CHECKING:
    from wugan.devices.haptic.proxy.geometry import Geometry


#: Above this a loop of 1 kHz has fewer than three samples a period; the hand feels most at 250 Hz.
MAX_FREQUENCY = 400.0
#: Ends come to zero over this time, so that a vibration begins and ends without a knock, s.
_EDGE = 5e-3


@dataclass(frozen=True, slots=True)
class Vibration(Effect):
    """A sine for a bounded time: an alarm, a tap, the ring of a hard contact. For any axes; it gives energy.

    Attributes:
        amplitude: N (N·m).
        frequency: Hz, at most 400.
        direction: one number for each axis; made to length 1.
        duration: s, at most 10.
        decay: s after which it has fallen to 1/e; 0 keeps it level. (0.02 s at 250 Hz rings like metal.)
        serial: as of `Pulse`.
    """

    CODE: ClassVar[int] = 8
    amplitude: float = field(default=0.5, metadata={"unit": "N"})
    frequency: float = field(default=150.0, metadata={"unit": "Hz"})
    direction: Vector = (1.0, 0.0, 0.0)
    duration: float = field(default=0.2, metadata={"unit": "s"})
    decay: float = field(default=0.0, metadata={"unit": "s"})
    serial: int = 0

    def validate(self) -> None:
        object.__setattr__(self, "direction", unit_vector(self.direction, self.where("direction")))
        within(self.amplitude, 0.0, MAX_FORCE, self.where("amplitude"), "N")
        within(self.frequency, 0.1, MAX_FREQUENCY, self.where("frequency"), "Hz")
        within(self.duration, 1e-3, MAX_DURATION, self.where("duration"), "s")
        within(self.decay, 0.0, MAX_DURATION, self.where("decay"), "s")

    @property
    def key(self) -> tuple[object, ...]:
        return (type(self), self.serial)

    def start(self, axes: int, geometries: Mapping[str, Geometry]) -> Running:
        return _Running(self, axes)


class _Running(Running):
    def __init__(self, effect: Vibration, axes: int) -> None:
        self._axes = axes
        self._time = self._phase = 0.0
        self.update(effect)

    def update(self, effect: Vibration) -> None:
        self._amplitude, self._frequency, self._direction = effect.amplitude, effect.frequency, effect.direction
        self._duration, self._decay = effect.duration, effect.decay

    def reset(self) -> None:
        self._time = math.inf

    def add(
        self, position: list[float], velocity: list[float], dt_s: float, force: list[float], push: list[float]
    ) -> None:
        if self._time < self._duration:
            share = envelope(self._time, self._duration, min(_EDGE, 0.5 * self._duration))
            if self._decay > 0.0:
                share *= math.exp(-self._time / self._decay)
            along(self._direction, self._amplitude * share * math.sin(math.tau * self._phase), push)
        self._time += dt_s
        self._phase = (self._phase + self._frequency * dt_s) % 1.0  # another frequency does not jump
