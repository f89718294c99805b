"""`Weight`: a constant force, such as the one that carries a device's own weight."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from wugan.devices.haptic.effects.effect import MAX_FORCE, Effect, Running
from wugan.devices.haptic.effects.values import Vector, spread, within

if TYPE_CHECKING:
    from wugan.devices.haptic.proxy.geometry import Geometry


@dataclass(frozen=True, slots=True)
class Weight(Effect):
    """A force that is the same everywhere: gravity, or its compensation (`force=(0, 0, mass · 9.81)`). For any axes.

    It has a potential, so it takes and gives the same energy; a delay cannot make it give more, and passivity control
    has no business with it. It lasts as long as the program does.

    Attributes:
        force: N (N·m), one number for each axis.
    """

    CODE: ClassVar[int] = 9
    force: Vector = field(default=(), metadata={"unit": "N"})

    def validate(self) -> None:
        within(self.force, -MAX_FORCE, MAX_FORCE, self.where("force"), "N")

    def start(self, axes: int, geometries: Mapping[str, Geometry]) -> Running:
        return _Running(self, axes)


class _Running(Running):
    def __init__(self, effect: Weight, axes: int) -> None:
        self._axes = axes
        self.update(effect)

    def update(self, effect: Weight) -> None:
        self._force = spread(effect.force, self._axes)

    def add(
        self, position: list[float], velocity: list[float], dt_s: float, force: list[float], push: list[float]
    ) -> None:
        for axis, part in enumerate(self._force):
            push[axis] += part
