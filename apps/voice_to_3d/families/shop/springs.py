"""Springs: compression, extension with hooks; and the coil without either."""

from __future__ import annotations

import math
from typing import Annotated, ClassVar

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import said
from wugan.apps.voice_to_3d.families.shop.holes import standing
from wugan.apps.voice_to_3d.families.shop.outline import arc
from wugan.apps.voice_to_3d.families.shop.workpiece import Leads, Workpiece
from wugan.apps.voice_to_3d.scene.model import Length
from wugan.apps.voice_to_3d.scene.profile import Circle
from wugan.apps.voice_to_3d.scene.solid import Box, Common, Compound, Solid, Sweep
from wugan.errors import DataError

Outer = Annotated[Length, said("diameter", "od", "coil diameter", "outside diameter")]
Wire = Annotated[Length, said("wire", "wire thickness", "thickness")]
Coils = Annotated[int, Field(ge=1, le=100), said("turns", "windings", "number of coils")]
STEPS = 24  # pieces of a turn


class Coiled(Workpiece):
    """What springs have in common: a wire wound about z."""

    made_of = "spring steel"
    follows: ClassVar[Leads] = {
        "wire_diameter": ("outer_diameter",),
        "length": ("outer_diameter",),
        "outer_diameter": ("wire_diameter",),
    }

    outer_diameter: Outer = 20.0
    wire_diameter: Wire = 2.0
    coils: Coils = 8

    @property
    def radius(self) -> float:
        """Of the wire's middle line (mm)."""
        self.below("wire_diameter", self.outer_diameter / 3, "a third of the outer_diameter")
        return (self.outer_diameter - self.wire_diameter) / 2


class CompressionSpring(Coiled):
    """A compression spring; its ends closed and ground flat unless "open"."""

    names = ("spring", "compression spring", "coil spring", "helical spring")

    length: Annotated[Length, said("height", "free length", "tall")] = 50.0
    ground: Annotated[bool, said("closed", "closed ends", "ground ends", "flat ends")] = True

    def solid(self) -> Solid:
        r, wire, n = self.radius, self.wire_diameter, self.coils
        self.below("wire_diameter", self.length / (n + 1), "the length's share for each coil")
        rise, dead = self.length - wire, 1.0 if self.ground and n > 3 else 0.0
        if dead:
            # The dead coil at each end rises by little more than its wire, half of which is ground away.
            rise = self.length - 0.2 * wire
        steps = math.ceil(n * STEPS)
        path = []
        for i in range(steps + 1):
            turn = n * i / steps
            path.append(
                (
                    r * math.cos(2 * math.pi * turn),
                    r * math.sin(2 * math.pi * turn),
                    _level(turn, n, rise, wire * 1.02, dead),
                )
            )
        shift = 0.1 * wire if dead else wire / 2
        coil = Sweep(profile=Circle(diameter=wire), path=tuple((x, y, z + shift) for x, y, z in path))
        if not dead:
            return coil
        limits = Box(size=(2 * self.outer_diameter, 2 * self.outer_diameter, self.length))
        return Compound(
            base=coil,
            features=(Common(id="ends", name="ground ends", shape=limits, place=standing(0)),),
        )


def _level(turn: float, coils: float, rise: float, dead_rise: float, dead: float) -> float:
    """The wire's height (mm) after so many turns: little at the dead coils, evenly between."""
    if not dead:
        return rise * turn / coils
    active = coils - 2 * dead
    if turn <= dead:
        return dead_rise * turn / dead
    if turn >= coils - dead:
        return rise - dead_rise * (coils - turn) / dead
    return dead_rise + (rise - 2 * dead_rise) * (turn - dead) / active


class ExtensionSpring(Coiled):
    """An extension spring lying upright: coils a hair apart, a hook at each end; `length` from hook to hook outside."""

    names = ("extension spring", "tension spring", "pull spring", "spring with hooks")

    coils: Coils = 12
    length: Annotated[Length, said("height", "overall length", "free length")] = 70.0

    def solid(self) -> Solid:
        r, wire = self.radius, self.wire_diameter
        hook = r  # the hooks' middle line has the coils' radius
        body = self.length - 2 * (2 * hook + wire / 2)
        n = self.coils + 0.5
        pitch = body / n if n else 0
        if pitch < 1.05 * wire:
            raise DataError(
                f"extension spring: length {self.length:g} mm is too short for {self.coils:g} coils of "
                f"wire_diameter {wire:g} mm "
                f"and two hooks; at least {n * 1.05 * wire + 4 * hook + wire:.4g} mm"
            )
        low = wire / 2 + 2 * hook
        path: list[tuple[float, float, float]] = []
        # The lower hook: from its open end about the axis's foot up to the first coil, in the xz plane.
        path += [(x, 0.0, z) for x, z in arc(0, low - hook, hook, 110, 350, 20)]
        steps = math.ceil(n * STEPS)
        for i in range(steps + 1):
            turn = n * i / steps
            path.append((r * math.cos(2 * math.pi * turn), r * math.sin(2 * math.pi * turn), low + body * turn / n))
        top = low + body
        path += [(x, 0.0, z) for x, z in arc(0, top + hook, hook, 190, -50, 20)]
        return Sweep(profile=Circle(diameter=wire), path=_spaced(path, wire * 0.3))


def _spaced(path: list[tuple[float, float, float]], least: float) -> tuple[tuple[float, float, float], ...]:
    kept = [path[0]]
    for point in path[1:]:
        if math.dist(point, kept[-1]) > least:
            kept.append(point)
    return tuple(kept)
