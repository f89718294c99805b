"""`Friction`: dry friction that sticks and slips, and stays still at rest."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from wugan.devices.haptic.effects.effect import MAX_DAMPING, MAX_FORCE, MAX_STIFFNESS, Effect, Running
from wugan.devices.haptic.effects.values import within
from wugan.errors import DataError

if TYPE_CHECKING:
    from wugan.devices.haptic.proxy.geometry import Geometry


@dataclass(frozen=True, slots=True)
class Friction(Effect):
    """Dry friction with stick and slip, drawn by position. For any axes.

    A bristle holds the hand at an anchor, with `stiffness`. When it pulls harder than `still` it slips: the anchor
    follows, the pull is `moving`, until the hand turns round. Nothing moves while it sticks, so noise of the encoder
    makes it creep nowhere and buzz no more than noise · stiffness (Karnopp 1985; Salcudean and Vlaar 1997; Hayward and
    Armstrong 2000 for why the anchor follows position and not speed). It only takes energy, or gives back what the
    bristle stored.

    Attributes:
        moving: N (N·m) while sliding.
        still: N (N·m) at which it breaks away, at least `moving`; 0 takes `moving`.
        stiffness: N/m (N·m/rad) of the bristle. Keep moving/stiffness far above the encoder's step.
        viscous: N·s/m (N·m·s/rad) while sliding.
        each_axis: each axis for itself, as for joints; otherwise one friction against the direction of motion.
    """

    CODE: ClassVar[int] = 4
    moving: float = field(default=1.0, metadata={"unit": "N"})
    still: float = field(default=0.0, metadata={"unit": "N"})
    stiffness: float = field(default=1000.0, metadata={"unit": "N/m"})
    viscous: float = field(default=0.0, metadata={"unit": "N·s/m"})
    each_axis: bool = False

    def validate(self) -> None:
        within(self.moving, 0.0, MAX_FORCE, self.where("moving"), "N")
        within(self.still, 0.0, MAX_FORCE, self.where("still"), "N")
        within(self.stiffness, 1e-3, MAX_STIFFNESS, self.where("stiffness"), "N/m")
        within(self.viscous, 0.0, MAX_DAMPING, self.where("viscous"), "N·s/m")
        if 0.0 < self.still < self.moving:
            raise DataError(f"{self.where('still')} is {self.still:g} N, less than moving ({self.moving:g} N)")

    def start(self, axes: int, geometries: Mapping[str, Geometry]) -> Running:
        return _Running(self, axes)


class _Running(Running):
    def __init__(self, effect: Friction, axes: int) -> None:
        self._axes = axes
        self._slides: list[bool] = []
        self.reset()
        self.update(effect)

    def update(self, effect: Friction) -> None:
        self._moving, self._still = effect.moving, effect.still or effect.moving
        self._stiffness, self._viscous = effect.stiffness, effect.viscous
        self._groups = [[axis] for axis in range(self._axes)] if effect.each_axis else [list(range(self._axes))]
        if len(self._slides) != len(self._groups):
            self._slides = [False] * len(self._groups)

    def reset(self) -> None:
        self._anchor: list[float] | None = None

    def add(
        self, position: list[float], velocity: list[float], dt_s: float, force: list[float], push: list[float]
    ) -> None:
        if self._anchor is None:
            self._anchor = list(position)
        anchor = self._anchor
        for number, group in enumerate(self._groups):
            away = [position[axis] - anchor[axis] for axis in group]
            pull = self._stiffness * math.hypot(*away)
            limit = self._moving if self._slides[number] else self._still
            if pull <= limit:
                self._slides[number] = False
                shown = 1.0
            else:
                self._slides[number] = True
                shown = self._moving / pull
                for axis, part in zip(group, away, strict=True):
                    anchor[axis] = position[axis] - part * shown
            viscous = self._viscous if self._slides[number] else 0.0
            for axis, part in zip(group, away, strict=True):
                force[axis] -= self._stiffness * part * shown + viscous * velocity[axis]
