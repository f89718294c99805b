"""`Surface`: a mesh or a point cloud that the hand touches and does not enter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from wugan.devices.haptic.effects.effect import MAX_DAMPING, MAX_STIFFNESS, Effect, Running, find
from wugan.devices.haptic.effects.values import within
from wugan.errors import DataError

if TYPE_CHECKING:
    from wugan.devices.haptic.proxy.geometry import Geometry

#: Rubber on dry glass has about this; more is a wrong number.
MAX_FRICTION = 3.0


@dataclass(frozen=True, slots=True)
class Surface(Effect):
    """A virtual proxy on a geometry: a thing to touch, or a region that is forbidden. Needs 2 or 3 Cartesian axes.

    F = stiffness · (proxy − hand) + damping · speed inwards · normal. The proxy stays on the side of the surface where
    the hand was when the geometry appeared, so a hand that is inside something is not thrown out.

    Attributes:
        geometry: the name under which a mesh or cloud is shared.
        stiffness: N/m.
        damping: N·s/m, along the normal, only while pushing in.
        radius: m of the sphere that touches it; 0 takes the geometry's own.
        still: coefficient of friction at rest.
        moving: coefficient of friction while sliding; at most `still`.
    """

    CODE: ClassVar[int] = 13
    CARTESIAN: ClassVar[bool] = True
    geometry: str = ""
    stiffness: float = field(default=500.0, metadata={"unit": "N/m"})
    damping: float = field(default=1.0, metadata={"unit": "N·s/m"})
    radius: float = field(default=0.0, metadata={"unit": "m"})
    still: float = 0.0
    moving: float = 0.0

    def validate(self) -> None:
        within(self.stiffness, 0.0, MAX_STIFFNESS, self.where("stiffness"), "N/m")
        within(self.damping, 0.0, MAX_DAMPING, self.where("damping"), "N·s/m")
        within(self.radius, 0.0, 1.0, self.where("radius"), "m")
        within(self.still, 0.0, MAX_FRICTION, self.where("still"), "")
        within(self.moving, 0.0, MAX_FRICTION, self.where("moving"), "")
        if not self.geometry:
            raise DataError(f"{self.where('geometry')} is empty; give the name under which the mesh or cloud is shared")
        if self.moving > self.still:
            raise DataError(f"{self.where('moving')} is {self.moving:g}, above still ({self.still:g})")

    @property
    def geometry_names(self) -> tuple[str, ...]:
        return (self.geometry,)

    @property
    def key(self) -> tuple[object, ...]:
        return (type(self), self.geometry, self.radius)

    def start(self, axes: int, geometries: Mapping[str, Geometry]) -> Running:
        return _Running(self, axes, find(geometries, self.geometry, self.where("geometry")))


class _Running(Running):
    def __init__(self, effect: Surface, axes: int, geometry: Geometry) -> None:
        from wugan.devices.haptic.proxy.proxy import Proxy

        self._axes = axes
        self._proxy = Proxy(geometry, effect.radius, axes)
        self.update(effect)

    def update(self, effect: Surface) -> None:
        self._effect = effect

    def reset(self) -> None:
        self._proxy.reset()

    def add(
        self, position: list[float], velocity: list[float], dt_s: float, force: list[float], push: list[float]
    ) -> None:
        effect, proxy = self._effect, self._proxy
        if proxy.move(position, effect.still, effect.moving) <= 0.0:
            return
        place, normal = proxy.position.tolist(), proxy.normal.tolist()
        inwards = -sum(speed * part for speed, part in zip(velocity, normal, strict=False))
        drag = effect.damping * max(0.0, inwards)
        for axis in range(self._axes):
            force[axis] += effect.stiffness * (place[axis] - position[axis]) + drag * normal[axis]

    def potential(self, position: list[float]) -> float:
        return 0.5 * self._effect.stiffness * self._proxy.depth**2
