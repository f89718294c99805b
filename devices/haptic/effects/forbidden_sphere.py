"""`ForbiddenSphere`: a sphere that the hand does not enter, or does not leave."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from wugan.devices.haptic.effects.effect import MAX_DAMPING, MAX_POSITION, MAX_STIFFNESS, Effect, Running
from wugan.devices.haptic.effects.values import Vector, spread, within

if TYPE_CHECKING:
    from wugan.devices.haptic.proxy.geometry import Geometry


@dataclass(frozen=True, slots=True)
class ForbiddenSphere(Effect):
    """A sphere, forbidden inside or outside. For any axes that share a unit.

    A hand that is inside when a forbidden sphere appears is left in peace until it has been outside.

    Attributes:
        radius: m (rad).
        center: m (rad); empty is the origin.
        stiffness: N/m (N·m/rad).
        damping: N·s/m (N·m·s/rad), only while pushing in.
        outside: the outside is forbidden, and the hand is kept within.
    """

    CODE: ClassVar[int] = 12
    radius: float = field(default=0.02, metadata={"unit": "m"})
    center: Vector = field(default=(), metadata={"unit": "m"})
    stiffness: float = field(default=500.0, metadata={"unit": "N/m"})
    damping: float = field(default=1.0, metadata={"unit": "N·s/m"})
    outside: bool = False

    def validate(self) -> None:
        within(self.radius, 1e-6, MAX_POSITION, self.where("radius"), "m")
        within(self.center, -MAX_POSITION, MAX_POSITION, self.where("center"), "m")
        within(self.stiffness, 0.0, MAX_STIFFNESS, self.where("stiffness"), "N/m")
        within(self.damping, 0.0, MAX_DAMPING, self.where("damping"), "N·s/m")

    def start(self, axes: int, geometries: Mapping[str, Geometry]) -> Running:
        return _Running(self, axes)

    @property
    def key(self) -> tuple[object, ...]:
        return (type(self), self.outside)


class _Running(Running):
    def __init__(self, effect: ForbiddenSphere, axes: int) -> None:
        self._axes = axes
        self.reset()
        self.update(effect)

    def update(self, effect: ForbiddenSphere) -> None:
        self._effect, self._center = effect, spread(effect.center, self._axes)

    def reset(self) -> None:
        self._awake = False
        self._out = [1.0] + [0.0] * (self._axes - 1)  # at the centre itself the last direction counts

    def add(
        self, position: list[float], velocity: list[float], dt_s: float, force: list[float], push: list[float]
    ) -> None:
        sphere = self._effect
        distance = math.dist(position, self._center)
        depth = distance - sphere.radius if sphere.outside else sphere.radius - distance
        if depth <= 0.0:
            self._awake = True
        if distance > 1e-9:
            self._out = [(at - center) / distance for at, center in zip(position, self._center, strict=True)]
        if depth <= 0.0 or not (self._awake or sphere.outside):
            return
        sign = -1.0 if sphere.outside else 1.0
        inwards = -sign * sum(speed * part for speed, part in zip(velocity, self._out, strict=True))
        amount = sign * (sphere.stiffness * depth + sphere.damping * max(0.0, inwards))
        for axis, part in enumerate(self._out):
            force[axis] += amount * part

    def potential(self, position: list[float]) -> float:
        sphere = self._effect
        distance = math.dist(position, self._center)
        depth = distance - sphere.radius if sphere.outside else sphere.radius - distance
        return 0.5 * sphere.stiffness * max(0.0, depth) ** 2 if self._awake or sphere.outside else 0.0
