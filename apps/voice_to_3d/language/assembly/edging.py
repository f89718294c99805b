"""Edging: which edges a chamfer or fillet is for, in the words of the typed features."""

from __future__ import annotations

from math import radians, tan
from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.assembly.frame import Made
from wugan.apps.voice_to_3d.language.assembly.lines import Lines
from wugan.apps.voice_to_3d.language.assembly.shapes import ROUND
from wugan.apps.voice_to_3d.language.assembly.thing import Place, Thing
from wugan.apps.voice_to_3d.language.assembly.words import AXES_OF
from wugan.apps.voice_to_3d.scene import solid as solids

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.assembly.building import Building

MANY = {"both", "each", "all", "plural"}


def edge_features(building: Building, thing: Thing) -> None:
    """Adds a chamfer or fillet for each thing it is for."""
    size = thing.get("radius", "corner_radius") if thing.shape == "fillet" else None
    if size is None:
        size = thing.get("size", "leg", "side", "width", "length", "depth", "height", "radius", "diameter")
    if size is None and thing.sizes:
        size = thing.sizes[0][0]
    if size is None or size <= 0:
        building.refuse(thing, "its size was not said")
        return
    chosen: dict[str, set[str]] = {}
    places = thing.where or [Place("at", of=thing.host if isinstance(thing.host, Thing) else None)]
    if "both_ends" in thing.flags:
        places = [Place("at", of=one.of, part="end", which={"both"}) for one in places[:1]]
    if _junction(building, thing, places, chosen):
        places = []
    for place in places:
        aim = building.made_of(place.of) if place.of is not None else None
        if place.of is not None and aim is None:
            building.refuse(thing, f"the {place.of.noun} that it is for was not built")
            return
        if aim is None:
            aim = _default(building, place, thing)
        edges = _edges(building, aim, place)
        if not edges:
            building.refuse(thing, "which edges it is for was not understood")
            return
        chosen.setdefault(aim.ident, set()).update(edges)
        group = aim.thing.group if aim.thing.group is not None else aim.thing
        for other in building.cuts:
            if other is not aim and other.thing.group is group and place.of is group:
                chosen.setdefault(other.ident, set()).update(edges)
    for of, edges in chosen.items():
        ident = building.name(thing.shape)
        names = tuple(sorted(edges))
        if thing.shape == "chamfer":
            angle = thing.get("angle")
            across = size * tan(radians(angle)) if angle and abs(angle - 45) > 1e-6 else None
            building.work(solids.Chamfer(id=ident, name="chamfer", of=of, edges=names, size=size, across=across))
        else:
            building.work(solids.Fillet(id=ident, name="fillet", of=of, edges=names, radius=size))


def _junction(building: Building, thing: Thing, places: list[Place], chosen: dict[str, set[str]]) -> bool:
    """Reads "between the shank and the head", "where the boss meets the plate"."""
    named = [place.of for place in places if place.of is not None and place.of.kind == "body"]
    if not ("junction" in thing.flags or any(place.how in ("between", "meeting") for place in places)):
        return False
    joined = [made for one in named if (made := building.made_of(one)) is not None and made.ident]
    if not joined:
        return False
    chosen[joined[-1].ident] = {"junction"}
    if len(joined) > 1 and building.bodies.index(joined[0]) > building.bodies.index(joined[-1]):
        chosen.clear()
        chosen[joined[0].ident] = {"junction"}
    return True


def _default(building: Building, place: Place, thing: Thing) -> Made:
    """Whose edges are meant where nothing is named."""
    host = thing.host
    if (
        isinstance(host, Thing)
        and (made := building.made_of(host)) is not None
        and place.part in ("", "edge", "rim", "corner")
    ):
        return made
    if place.which & {"free"} and building.bodies:
        return building.bodies[-1]
    return building.bodies[0]


def _edges(building: Building, aim: Made, place: Place) -> set[str]:
    words = {*place.which, *place.sides}
    if aim.thing.kind == "cut":
        if place.part == "corner" or "vertical" in words:
            return {"vertical"}
        named = [side for side in place.sides if AXES_OF[side][0] == aim.axis]
        if len(named) == 1 and not place.which & MANY:
            return {"top" if AXES_OF[named[0]][1] > 0 else "bottom"}
        return {"rims"}
    if place.part == "corner" and "inner" in place.which:
        return set()  # between two bodies: no edge of either
    shape = aim.thing.shape
    if shape in ROUND or (shape == "" and aim.thing.get("diameter") is not None):
        axis = aim.axis
        named = [side for side in place.sides if AXES_OF[side][0] == axis or place.part in ("end",)]
        if named:
            ways = {AXES_OF[side][1] for side in named}
            return {"top" if _own(aim, way) > 0 else "bottom" for way in ways}
        if place.part == "" and place.of is not None and not place.which & MANY and aim.ident and not words & {"all"}:
            return {"top" if _own(aim, _free(building, aim)) > 0 else "bottom"}
        if place.which & MANY or place.count > 1 or place.part == "":
            return {"top", "bottom"}
        if place.part in ("end", "edge", "rim", "face", "tip"):
            if place.part in ("edge", "rim") and not place.which & {"free", "outer"} and not aim.ident:
                return {"top", "bottom"} if place.part == "edge" and not place.which else {"top"}
            way = (
                Lines(building, aim.thing, aim, axis, {axis: 0.0}).way(axis, aim, place)
                if not aim.ident
                else _free(building, aim)
            )
            return {"top" if _own(aim, way) > 0 else "bottom"}
        return set()
    if (
        not isinstance(aim.solid, solids.Box)
        and not aim.thing.letter
        and shape not in ("box", "points", "pocket", "hexagon")
    ):
        if place.part in ("", "edge") and not words - {"all", "each", "plural"}:
            return {"all"}
    if place.part == "corner" or "vertical" in words:
        sides = {*place.sides} & {"left", "right", "front", "back"}
        return sides if sides and place.part != "corner" else sides if sides else {"vertical"}
    named = [side for side in place.sides if side in ("top", "bottom")]
    rest = [side for side in place.sides if side not in ("top", "bottom")]
    if named and not rest and not place.which & {"long", "short"} and place.axis == "":
        return set(named)
    if rest and not named:
        return set(rest)
    if place.part in ("edge", "") and not place.sides and not words - {"all", "each", "plural", "sharp", "outer"}:
        return {"all"}
    return set()


def _own(aim: Made, way: int) -> int:
    """A side in the world as a side along its own axis."""
    row = aim.turn["xyz".index(aim.axis)][2]
    return way if row >= 0 else -way


def _free(building: Building, aim: Made) -> int:
    """The side of a body on which nothing was joined."""
    axis = aim.axis
    for one in building.bodies:
        if one is not aim and abs(one.mid(axis) - aim.mid(axis)) > 1e-6:
            way = -1 if one.mid(axis) > aim.mid(axis) else 1
            return way
    return 1
