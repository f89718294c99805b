"""`ForbiddenBox`: a box that the hand does not enter, or does not leave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from wugan.devices.haptic.effects.effect import MAX_DAMPING, MAX_POSITION, MAX_STIFFNESS, Effect, Running
from wugan.devices.haptic.effects.values import Vector, within
from wugan.errors import DataError

if TYPE_CHECKING:
    from wugan.devices.haptic.proxy.geometry import Geometry


@dataclass(frozen=True, slots=True)
class ForbiddenBox(Effect):
    """A box along the axes, forbidden inside or outside. For any axes (on joints: stops).

    The hand is pushed out through the face by which it came in, however thin the box and however fast the hand (the
    god-object of a box). A hand that is inside when the box appears is left in peace until it has been outside.

    Attributes:
        low: m (rad), one number for each axis.
        high: m (rad), above `low` on each axis.
        stiffness: N/m (N·m/rad).
        damping: N·s/m (N·m·s/rad), only while pushing in.
        outside: the outside is forbidden, and the hand is kept within.
    """

    CODE: ClassVar[int] = 11
    low: Vector = field(default=(-0.01, -0.01, -0.01), metadata={"unit": "m"})
    high: Vector = field(default=(0.01, 0.01, 0.01), metadata={"unit": "m"})
    stiffness: float = field(default=500.0, metadata={"unit": "N/m"})
    damping: float = field(default=1.0, metadata={"unit": "N·s/m"})
    outside: bool = False

    def validate(self) -> None:
        within(self.low, -MAX_POSITION, MAX_POSITION, self.where("low"), "m")
        within(self.high, -MAX_POSITION, MAX_POSITION, self.where("high"), "m")
        within(self.stiffness, 0.0, MAX_STIFFNESS, self.where("stiffness"), "N/m")
        within(self.damping, 0.0, MAX_DAMPING, self.where("damping"), "N·s/m")
        if (
            not self.low
            or len(self.low) != len(self.high)
            or any(a >= b for a, b in zip(self.low, self.high, strict=True))
        ):
            raise DataError(f"{self.where('low')} {self.low} must lie below high {self.high} on each axis")

    def start(self, axes: int, geometries: Mapping[str, Geometry]) -> Running:
        return _Within(self) if self.outside else _Without(self)

    @property
    def key(self) -> tuple[object, ...]:
        return (type(self), self.outside)


class _Within(Running):
    """Keeps the hand inside."""

    def __init__(self, effect: ForbiddenBox) -> None:
        self.update(effect)

    def update(self, effect: ForbiddenBox) -> None:
        self._effect = effect

    def add(
        self, position: list[float], velocity: list[float], dt_s: float, force: list[float], push: list[float]
    ) -> None:
        box = self._effect
        for axis, (low, high) in enumerate(zip(box.low, box.high, strict=True)):
            if position[axis] < low:
                force[axis] += box.stiffness * (low - position[axis]) + box.damping * max(0.0, -velocity[axis])
            elif position[axis] > high:
                force[axis] -= box.stiffness * (position[axis] - high) + box.damping * max(0.0, velocity[axis])

    def potential(self, position: list[float]) -> float:
        box = self._effect
        beyond = (max(low - at, at - high, 0.0) for low, at, high in zip(box.low, position, box.high, strict=True))
        return 0.5 * box.stiffness * sum(depth * depth for depth in beyond)


class _Without(Running):
    """Keeps the hand out."""

    def __init__(self, effect: ForbiddenBox) -> None:
        self._before: list[float] | None = None
        self._face: tuple[int, float] | None = None  # axis, and +1 for its high face
        self.update(effect)

    def update(self, effect: ForbiddenBox) -> None:
        self._effect = effect

    def reset(self) -> None:
        self._before, self._face = None, None

    def add(
        self, position: list[float], velocity: list[float], dt_s: float, force: list[float], push: list[float]
    ) -> None:
        box = self._effect
        if self._face is not None and not self._holds(self._face, position):
            self._face = None
            self._before = None if self._inside(position) else list(position)
        elif self._face is None:
            if self._before is not None:
                self._face = self._entered(self._before, position)
            if self._face is None:
                self._before = None if self._inside(position) else list(position)
        if self._face is not None:
            axis, sign = self._face
            level = box.high[axis] if sign > 0.0 else box.low[axis]
            amount = box.stiffness * sign * (level - position[axis]) + box.damping * max(0.0, -sign * velocity[axis])
            force[axis] += sign * amount

    def _inside(self, position: list[float]) -> bool:
        box = self._effect
        return all(low < at < high for low, at, high in zip(box.low, position, box.high, strict=True))

    def _holds(self, face: tuple[int, float], position: list[float]) -> bool:
        """The hand is still behind the face, and over it."""
        axis, sign = face
        box = self._effect
        level = box.high[axis] if sign > 0.0 else box.low[axis]
        return sign * (level - position[axis]) > 0.0 and all(
            other == axis or box.low[other] < at < box.high[other] for other, at in enumerate(position)
        )

    def _entered(self, before: list[float], now: list[float]) -> tuple[int, float] | None:
        """The face through which the way from one place to the next goes into the box."""
        box = self._effect
        enter, leave, face = 0.0, 1.0, None
        for axis, (a, b) in enumerate(zip(before, now, strict=True)):
            low, high, way = box.low[axis], box.high[axis], b - a
            if way == 0.0:
                if not low < a < high:
                    return None
                continue
            first, last = sorted(((low - a) / way, (high - a) / way))
            if first >= enter:
                enter, face = first, (axis, -1.0 if way > 0.0 else 1.0)
            leave = min(leave, last)
        return face if face is not None and enter < leave else None
