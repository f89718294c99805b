"""`Damper`: a resistance that grows with speed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from wugan.devices.haptic.effects.effect import MAX_DAMPING, Effect, Running
from wugan.devices.haptic.effects.values import PerAxis, spread, within

if TYPE_CHECKING:
    from wugan.devices.haptic.proxy.geometry import Geometry


@dataclass(frozen=True, slots=True)
class Damper(Effect):
    """F = −damping · velocity, each axis for itself. For any axes.

    Attributes:
        damping: N·s/m (N·m·s/rad); one for all axes or one for each.
    """

    CODE: ClassVar[int] = 2
    damping: PerAxis = field(default=1.0, metadata={"unit": "N·s/m"})

    def validate(self) -> None:
        within(self.damping, 0.0, MAX_DAMPING, self.where("damping"), "N·s/m")

    def start(self, axes: int, geometries: Mapping[str, Geometry]) -> Running:
        return _Running(self, axes)


class _Running(Running):
    def __init__(self, effect: Damper, axes: int) -> None:
        self._axes = axes
        self.update(effect)

    def update(self, effect: Damper) -> None:
        self._damping = spread(effect.damping, self._axes)

    def add(
        self, position: list[float], velocity: list[float], dt_s: float, force: list[float], push: list[float]
    ) -> None:
        for axis, damping in enumerate(self._damping):
            force[axis] -= damping * velocity[axis]
