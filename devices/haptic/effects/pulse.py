"""`Pulse`: a push of a set time."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from wugan.devices.haptic.effects.effect import MAX_DURATION, MAX_FORCE, Effect, Running
from wugan.devices.haptic.effects.values import Vector, spread, within

if TYPE_CHECKING:
    from wugan.devices.haptic.proxy.geometry import Geometry


@dataclass(frozen=True, slots=True)
class Pulse(Effect):
    """A force for a bounded time, rounded at both ends. For any axes. It gives energy to the hand.

    Attributes:
        force: N (N·m), one number for each axis.
        duration: s, at most 10.
        edge: s, over which it rises and falls; at most half the duration counts.
        serial: the same pulse in later programs goes on and does not begin anew; another number starts another one.
    """

    CODE: ClassVar[int] = 7
    force: Vector = field(default=(), metadata={"unit": "N"})
    duration: float = field(default=0.2, metadata={"unit": "s"})
    edge: float = field(default=0.01, metadata={"unit": "s"})
    serial: int = 0

    def validate(self) -> None:
        within(self.force, -MAX_FORCE, MAX_FORCE, self.where("force"), "N")
        within(self.duration, 1e-3, MAX_DURATION, self.where("duration"), "s")
        within(self.edge, 0.0, MAX_DURATION, self.where("edge"), "s")

    @property
    def key(self) -> tuple[object, ...]:
        return (type(self), self.serial)

    def start(self, axes: int, geometries: Mapping[str, Geometry]) -> Running:
        return _Running(self, axes)


class _Running(Running):
    def __init__(self, effect: Pulse, axes: int) -> None:
        self._axes = axes
        self._time = 0.0
        self.update(effect)

    def update(self, effect: Pulse) -> None:
        self._force = spread(effect.force, self._axes)
        self._duration, self._edge = effect.duration, min(effect.edge, 0.5 * effect.duration)

    def reset(self) -> None:
        self._time = math.inf  # it does not begin again by itself after the link was lost

    def add(
        self, position: list[float], velocity: list[float], dt_s: float, force: list[float], push: list[float]
    ) -> None:
        if self._time < self._duration:
            share = envelope(self._time, self._duration, self._edge)
            for axis, part in enumerate(self._force):
                push[axis] += share * part
        self._time += dt_s


def envelope(time_s: float, duration_s: float, edge_s: float) -> float:
    """0 to 1 and back in half cosines, and 1 between them."""
    left = min(time_s, duration_s - time_s)
    return 0.5 - 0.5 * math.cos(math.pi * left / edge_s) if left < edge_s else 1.0
