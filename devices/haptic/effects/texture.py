"""`Texture`: ripples in space, so that a surface feels rough to a hand that moves over it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from wugan.devices.haptic.effects.effect import MAX_FORCE, MAX_POSITION, Effect, Running
from wugan.devices.haptic.effects.values import Samples, Vector, unit_vector, within
from wugan.devices.haptic.effects.wall import along
from wugan.errors import DataError

if TYPE_CHECKING:
    from wugan.devices.haptic.proxy.geometry import Geometry


#: Samples of random textures (four for the finest ripple, and what fits a program), and the ripples that leaves.
_NOISE_SAMPLES, _MOST_GRAINS = 240, 60


@dataclass(frozen=True, slots=True)
class Texture(Effect):
    """A force along a direction that repeats in space. For any axes.

    It is drawn by position, never by time: the force is the slope of a landscape that repeats, so what a hill gives it
    has taken before, a closed path gives no energy, and a hand at rest feels no buzz.

    Attributes:
        amplitude: greatest force, N (N·m).
        wavelength: m (rad) after which it repeats.
        direction: along which it changes and pushes, one number for each axis; made to length 1.
        profile: one period of a recorded or random force, evenly spaced; empty is a sine. Its mean is taken off and
            it is scaled so that the greatest is `amplitude`.
        offset: m (rad) along the direction by which it is moved.
    """

    CODE: ClassVar[int] = 5
    amplitude: float = field(default=0.3, metadata={"unit": "N"})
    wavelength: float = field(default=2e-3, metadata={"unit": "m"})
    direction: Vector = (1.0, 0.0, 0.0)
    profile: Samples = ()
    offset: float = field(default=0.0, metadata={"unit": "m"})

    def validate(self) -> None:
        object.__setattr__(self, "direction", unit_vector(self.direction, self.where("direction")))
        within(self.amplitude, 0.0, MAX_FORCE, self.where("amplitude"), "N")
        within(self.wavelength, 1e-5, MAX_POSITION, self.where("wavelength"), "m")
        within(self.offset, -MAX_POSITION, MAX_POSITION, self.where("offset"), "m")
        if self.profile and (len(self.profile) < 2 or max(self.profile) - min(self.profile) < 1e-12):
            raise DataError(f"{self.where('profile')} needs two samples or more, and they must differ")

    @classmethod
    def noise(
        cls,
        amplitude: float = 0.3,
        wavelength: float = 20e-3,
        direction: Vector = (1.0, 0.0, 0.0),
        *,
        grains: int = 20,
        seed: int = 0,
    ) -> Texture:
        """A random texture, the same for the same seed.

        Args:
            amplitude: greatest force, N.
            wavelength: m after which it repeats.
            direction: along which it changes.
            grains: ripples within a wavelength, 1 to 60; finer ones are weaker.
            seed: of the random phases.

        Raises:
            DataError: a parameter is out of range.
        """
        import random

        if not 1 <= grains <= _MOST_GRAINS:
            raise DataError(f"Texture.noise: grains must be 1 to {_MOST_GRAINS}, not {grains}")
        draw = random.Random(seed)
        phases = [draw.uniform(0.0, math.tau) for _ in range(grains)]
        profile = [
            sum(math.sin(math.tau * (g + 1) * i / _NOISE_SAMPLES + phases[g]) / math.sqrt(g + 1) for g in range(grains))
            for i in range(_NOISE_SAMPLES)
        ]
        return cls(amplitude, wavelength, direction, tuple(profile))

    def start(self, axes: int, geometries: Mapping[str, Geometry]) -> Running:
        return _Running(self, axes)


class _Running(Running):
    def __init__(self, effect: Texture, axes: int) -> None:
        self._axes = axes
        self.update(effect)

    def update(self, effect: Texture) -> None:
        self._direction, self._amplitude = effect.direction, effect.amplitude
        self._wavelength, self._offset = effect.wavelength, effect.offset
        mean = sum(effect.profile) / max(1, len(effect.profile))
        largest = max((abs(value - mean) for value in effect.profile), default=1.0)
        self._profile = [(value - mean) / largest for value in effect.profile]

    def add(
        self, position: list[float], velocity: list[float], dt_s: float, force: list[float], push: list[float]
    ) -> None:
        place = -self._offset
        for axis, part in enumerate(self._direction):
            place += part * position[axis]
        turn = place / self._wavelength % 1.0
        if not self._profile:
            shown = -math.sin(math.tau * turn)
        else:  # lines between samples: their mean is the samples' mean, which is zero
            count = len(self._profile)
            before = int(turn * count) % count
            part = turn * count - int(turn * count)
            shown = self._profile[before] * (1.0 - part) + self._profile[(before + 1) % count] * part
        along(self._direction, self._amplitude * shown, force)
