"""Copies: several alike with nothing before them: crossing, stacked, a distance apart, at the ends of a rod."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.assembly.frame import (
    NUMBER,
    QUARTER,
    Made,
    turned,
    upright,
)
from wugan.apps.voice_to_3d.language.assembly.thing import Place, Thing
from wugan.apps.voice_to_3d.language.parts.body import Body
from wugan.apps.voice_to_3d.scene import solid as solids

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.assembly.building import Building


def copy_base(building: Building, thing: Thing, box: Made, made: Body) -> None:
    """Several alike and nothing before them: crossing, stacked, or apart."""
    if "crossing" in thing.flags or any(one.how == "square" for one in thing.where):
        for number in range(1, thing.count):
            axis = "xyz"[number - 1]
            turn = upright(axis)
            if isinstance(made.solid, solids.Box) or thing.shape == "box":
                turn = QUARTER if number == 1 else turn  # flat bars cross in their plane
            size = list(turned(made.size, turn))
            building.join(thing, made.solid, turn, [[*box.points[0]]], size)
        return
    if "stacked" in thing.flags:
        step = box.extent(box.axis)
        for number in range(1, thing.count):
            point = [*box.points[0]]
            point[NUMBER[box.axis]] += number * step
            building.join(thing, made.solid, box.turn, [point], list(turned(made.size, box.turn)))
        return
    gap = next((one for one in thing.where if one.how == "apart" and isinstance(one.value, float)), None)
    if gap is None and thing.count == 2:
        rod = next(
            (one for one in building.things if any(p.how == "between" and p.of is thing for p in one.where)), None
        )
        long = rod.size("length", "height") if rod is not None else None
        if long is not None:
            gap = Place("apart", value=long + box.extent(box.axis), axis=box.axis)
    if gap is not None and isinstance(gap.value, float):
        axis = gap.axis if gap.axis in ("x", "y", "z") else box.axis if thing.shape == "sphere" else "x"
        step = gap.value + (box.extent(axis) if gap.own in ("inner", "face", "edge", "side") else 0.0)
        points = []
        for number in range(1, thing.count):
            point = [*box.points[0]]
            point[NUMBER[axis]] += number * step
            points.append(point)
        first = box.points[0]
        building.join(thing, made.solid, box.turn, points, list(turned(made.size, box.turn)))
        building.bodies[-1].points = [first, *points]
        building.bodies[-1].low, building.bodies[-1].high = box.low, box.high
        building.bodies.pop(0)
        return
    building.refuse(thing, f"only one of {thing.count} was made; say where the others are")
