"""`Spring`: a pull to a point, as far as the hand is away from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from wugan.devices.haptic.effects.effect import MAX_POSITION, MAX_STIFFNESS, Effect, Running
from wugan.devices.haptic.effects.values import PerAxis, Vector, spread, within

if TYPE_CHECKING:
    from wugan.devices.haptic.proxy.geometry import Geometry


@dataclass(frozen=True, slots=True)
class Spring(Effect):
    """F = −stiffness · (position − center), each axis for itself. For any axes.

    Attributes:
        stiffness: N/m (N·m/rad); one for all axes or one for each, 0 leaves an axis alone.
        center: m (rad); empty is the origin.
        slack: m (rad) around the center without force.
    """

    CODE: ClassVar[int] = 1
    stiffness: PerAxis = field(default=100.0, metadata={"unit": "N/m"})
    center: Vector = field(default=(), metadata={"unit": "m"})
    slack: float = field(default=0.0, metadata={"unit": "m"})

    def validate(self) -> None:
        within(self.stiffness, 0.0, MAX_STIFFNESS, self.where("stiffness"), "N/m")
        within(self.center, -MAX_POSITION, MAX_POSITION, self.where("center"), "m")
        within(self.slack, 0.0, MAX_POSITION, self.where("slack"), "m")

    def start(self, axes: int, geometries: Mapping[str, Geometry]) -> Running:
        return _Running(self, axes)


class _Running(Running):
    def __init__(self, effect: Spring, axes: int) -> None:
        self._axes = axes
        self.update(effect)

    def update(self, effect: Spring) -> None:
        self._stiffness = spread(effect.stiffness, self._axes)
        self._center = spread(effect.center, self._axes)
        self._slack = effect.slack

    def add(
        self, position: list[float], velocity: list[float], dt_s: float, force: list[float], push: list[float]
    ) -> None:
        slack = self._slack
        for axis, stiffness in enumerate(self._stiffness):
            away = position[axis] - self._center[axis]
            if away > slack:
                force[axis] -= stiffness * (away - slack)
            elif away < -slack:
                force[axis] -= stiffness * (away + slack)

    def potential(self, position: list[float]) -> float:
        energy = 0.0
        for axis, stiffness in enumerate(self._stiffness):
            energy += 0.5 * stiffness * max(0.0, abs(position[axis] - self._center[axis]) - self._slack) ** 2
        return energy
