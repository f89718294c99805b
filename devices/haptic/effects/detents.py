"""`Detents`: places along an axis into which the hand clicks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from wugan.devices.haptic.effects.effect import MAX_FORCE, MAX_POSITION, Effect, Running
from wugan.devices.haptic.effects.values import Vector, unit_vector, within
from wugan.devices.haptic.effects.wall import along
from wugan.errors import DataError

if TYPE_CHECKING:
    from wugan.devices.haptic.proxy.geometry import Geometry


@dataclass(frozen=True, slots=True)
class Detents(Effect):
    """A row of notches. For any axes: a line in space, a joint, a knob.

    Within half a `width` of a notch the force pulls to it: linear in its middle half, falling to zero at its rim, so
    that there is no edge to feel but the click. Between notches there is no force.

    Attributes:
        spacing: m (rad) from notch to notch.
        force: the strongest pull, N (N·m).
        width: m (rad) of a notch, at most `spacing`; 0 takes `spacing`.
        direction: along which they lie, one number for each axis; made to length 1.
        first: m (rad) along the direction where notch 0 lies.
        count: number of notches from there; 0 means without end, both ways.
    """

    CODE: ClassVar[int] = 6
    spacing: float = field(default=5e-3, metadata={"unit": "m"})
    force: float = field(default=1.0, metadata={"unit": "N"})
    width: float = field(default=0.0, metadata={"unit": "m"})
    direction: Vector = (1.0, 0.0, 0.0)
    first: float = field(default=0.0, metadata={"unit": "m"})
    count: int = 0

    def validate(self) -> None:
        object.__setattr__(self, "direction", unit_vector(self.direction, self.where("direction")))
        within(self.spacing, 1e-5, MAX_POSITION, self.where("spacing"), "m")
        within(self.force, 0.0, MAX_FORCE, self.where("force"), "N")
        within(self.width, 0.0, MAX_POSITION, self.where("width"), "m")
        within(self.first, -MAX_POSITION, MAX_POSITION, self.where("first"), "m")
        if self.width > self.spacing:
            raise DataError(f"{self.where('width')} is {self.width:g} m, wider than the spacing ({self.spacing:g} m)")

    def start(self, axes: int, geometries: Mapping[str, Geometry]) -> Running:
        return _Running(self, axes)


class _Running(Running):
    def __init__(self, effect: Detents, axes: int) -> None:
        self._axes = axes
        self.update(effect)

    def update(self, effect: Detents) -> None:
        self._direction, self._spacing, self._force = effect.direction, effect.spacing, effect.force
        self._half = 0.5 * (effect.width or effect.spacing)
        self._first, self._count = effect.first, effect.count

    def add(
        self, position: list[float], velocity: list[float], dt_s: float, force: list[float], push: list[float]
    ) -> None:
        place = -self._first
        for axis, part in enumerate(self._direction):
            place += part * position[axis]
        notch = round(place / self._spacing)
        if self._count:
            notch = min(max(notch, 0), self._count - 1)
        away = (place - notch * self._spacing) / self._half  # −1 to 1 within the notch
        if abs(away) < 1.0:
            rise = 2.0 * away if abs(away) < 0.5 else 2.0 * ((1.0 if away > 0.0 else -1.0) - away)
            along(self._direction, -self._force * rise, force)
