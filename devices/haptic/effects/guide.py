"""`Guide`: a fixture that leads the hand along a path."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from wugan.devices.haptic.effects.effect import (
    MAX_DAMPING,
    MAX_FORCE,
    MAX_POSITION,
    MAX_STIFFNESS,
    Effect,
    Running,
    find,
)
from wugan.devices.haptic.effects.track import Track
from wugan.devices.haptic.effects.values import Path, within
from wugan.errors import DataError

if TYPE_CHECKING:
    from wugan.devices.haptic.proxy.geometry import Geometry


@dataclass(frozen=True, slots=True)
class Guide(Effect):
    """A tube with soft walls around a path, a pull to the path, and, if wanted, help forwards.

    For any axes that share a unit. The nearest place of the path is followed from where it was, so where the path
    crosses itself the hand stays on its branch. Farther than `reach` the fixture lets go, after a pull that has faded
    out over the last quarter of it, and takes the nearest place when the hand comes back.

    Attributes:
        path: points inline `[P][axes]`, m (rad), or the name of a geometry of the kind `path`. `curve` makes
            a smooth one.
        stiffness: N/m (N·m/rad) against leaving the tube.
        radius: m (rad) of the tube in which the hand is free; 0 pulls to the path itself.
        damping: N·s/m (N·m·s/rad) across the path, outside the tube.
        strongest: greatest pull, N (N·m): a hand that wants to leave can.
        assist: N (N·m) forwards along the path, inside the tube and beyond it as far as the pull reaches; falls to zero
            at the end of an open path. It gives energy to the hand.
        reach: m (rad).
        closed: the path goes on from its last point to its first.
    """

    CODE: ClassVar[int] = 10
    path: Path = field(default=((0.0, 0.0, 0.0), (0.1, 0.0, 0.0)), metadata={"unit": "m"})
    stiffness: float = field(default=300.0, metadata={"unit": "N/m"})
    radius: float = field(default=0.0, metadata={"unit": "m"})
    damping: float = field(default=0.0, metadata={"unit": "N·s/m"})
    strongest: float = field(default=3.0, metadata={"unit": "N"})
    assist: float = field(default=0.0, metadata={"unit": "N"})
    reach: float = field(default=0.05, metadata={"unit": "m"})
    closed: bool = False

    def validate(self) -> None:
        within(self.stiffness, 0.0, MAX_STIFFNESS, self.where("stiffness"), "N/m")
        within(self.radius, 0.0, MAX_POSITION, self.where("radius"), "m")
        within(self.damping, 0.0, MAX_DAMPING, self.where("damping"), "N·s/m")
        within(self.strongest, 0.0, MAX_FORCE, self.where("strongest"), "N")
        within(self.assist, -MAX_FORCE, MAX_FORCE, self.where("assist"), "N")
        within(self.reach, 1e-6, MAX_POSITION, self.where("reach"), "m")
        if self.radius >= self.reach:
            raise DataError(f"{self.where('radius')} is {self.radius:g} m; it must be below reach ({self.reach:g} m)")
        if isinstance(self.path, tuple):
            for point in self.path:
                within(point, -MAX_POSITION, MAX_POSITION, self.where("path"), "m")
            if all(point == self.path[0] for point in self.path):
                raise DataError(f"{self.where('path')}: all its points are the same")

    @property
    def geometry_names(self) -> tuple[str, ...]:
        return (self.path,) if isinstance(self.path, str) else ()

    def start(self, axes: int, geometries: Mapping[str, Geometry]) -> Running:
        return _Running(self, axes, geometries)


class _Running(Running):
    def __init__(self, effect: Guide, axes: int, geometries: Mapping[str, Geometry]) -> None:
        self._axes, self._geometries = axes, geometries
        self._source: tuple[object, ...] = ()
        self.update(effect)

    def update(self, effect: Guide) -> None:
        source = (effect.path, effect.closed)
        if source != self._source:
            self._track = Track(self._points(effect), effect.closed)
            self._source = source
        self._effect = effect

    def reset(self) -> None:
        self._track.let_go()

    def add(
        self, position: list[float], velocity: list[float], dt_s: float, force: list[float], push: list[float]
    ) -> None:
        effect, track = self._effect, self._track
        distance = track.follow(position)
        if distance >= effect.reach:
            track.let_go()
            return
        fade = min(1.0, 4.0 * (1.0 - distance / effect.reach))
        if distance > effect.radius:
            pull = fade * min(effect.stiffness * (distance - effect.radius), effect.strongest) / distance
            drag = fade * effect.damping
            forwards = sum(speed * part for speed, part in zip(velocity, track.direction, strict=True))
            for axis in range(self._axes):
                across = velocity[axis] - forwards * track.direction[axis]
                force[axis] -= pull * (position[axis] - track.nearest[axis]) + drag * across
        if effect.assist:
            share = effect.assist * fade * track.left
            for axis in range(self._axes):
                push[axis] += share * track.direction[axis]

    def potential(self, position: list[float]) -> float:
        effect = self._effect
        distance = math.dist(position, self._track.nearest) if self._track.follows else effect.reach
        soft = min(max(distance - effect.radius, 0.0), effect.reach)
        turn = effect.strongest / effect.stiffness if effect.stiffness > 0.0 else math.inf
        if soft <= turn:
            return 0.5 * effect.stiffness * soft * soft
        return effect.strongest * (soft - 0.5 * turn)

    def _points(self, effect: Guide) -> list[list[float]]:
        if isinstance(effect.path, tuple):
            return [list(point) for point in effect.path]
        geometry = find(self._geometries, effect.path, effect.where("path"))
        points = geometry.arrays.get("points")
        if geometry.kind != "path" or points is None or points.ndim != 2 or points.shape[1] != self._axes:
            raise DataError(f"{effect.where('path')}: {effect.path!r} is no path of {self._axes} axes")
        return [[float(value) for value in row] for row in points]
