"""`Wall`: a plane that pushes back; a half-space that the hand does not enter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from wugan.devices.haptic.effects.effect import MAX_DAMPING, MAX_POSITION, MAX_STIFFNESS, Effect, Running
from wugan.devices.haptic.effects.values import Vector, spread, unit_vector, within

if TYPE_CHECKING:
    from wugan.devices.haptic.proxy.geometry import Geometry


@dataclass(frozen=True, slots=True)
class Wall(Effect):
    """Everything behind a plane is forbidden. For any axes: on joints it is a stop.

    F = max(0, stiffness · depth + damping · speed inwards) · normal. The damper works only while the hand pushes in, so
    the wall never holds back a hand that leaves.

    Attributes:
        normal: direction out of the wall, one number for each axis; made to length 1.
        point: a point of the plane, m (rad); empty is the origin.
        stiffness: N/m (N·m/rad).
        damping: N·s/m (N·m·s/rad).
    """

    CODE: ClassVar[int] = 3
    normal: Vector = (0.0, 0.0, 1.0)
    point: Vector = field(default=(), metadata={"unit": "m"})
    stiffness: float = field(default=500.0, metadata={"unit": "N/m"})
    damping: float = field(default=1.0, metadata={"unit": "N·s/m"})

    def validate(self) -> None:
        object.__setattr__(self, "normal", unit_vector(self.normal, self.where("normal")))
        within(self.point, -MAX_POSITION, MAX_POSITION, self.where("point"), "m")
        within(self.stiffness, 0.0, MAX_STIFFNESS, self.where("stiffness"), "N/m")
        within(self.damping, 0.0, MAX_DAMPING, self.where("damping"), "N·s/m")

    def start(self, axes: int, geometries: Mapping[str, Geometry]) -> Running:
        return _Running(self, axes)


class _Running(Running):
    def __init__(self, effect: Wall, axes: int) -> None:
        self._axes = axes
        self.update(effect)

    def update(self, effect: Wall) -> None:
        self._normal = effect.normal
        point = spread(effect.point, self._axes)
        self._level = sum(n * p for n, p in zip(self._normal, point, strict=True))
        self._stiffness, self._damping = effect.stiffness, effect.damping

    def add(
        self, position: list[float], velocity: list[float], dt_s: float, force: list[float], push: list[float]
    ) -> None:
        depth, inwards = self._level, 0.0
        for axis, n in enumerate(self._normal):
            depth -= n * position[axis]
            inwards -= n * velocity[axis]
        if depth > 0.0:
            along(self._normal, self._stiffness * depth + self._damping * max(0.0, inwards), force)

    def potential(self, position: list[float]) -> float:
        depth = self._level - sum(n * at for n, at in zip(self._normal, position, strict=True))
        return 0.5 * self._stiffness * max(0.0, depth) ** 2


def along(direction: Sequence[float], amount: float, force: list[float]) -> None:
    """Add a force of an amount (N) along a direction."""
    for axis, part in enumerate(direction):
        force[axis] += amount * part
