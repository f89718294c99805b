"""Placing: a body against another: which side it touches, how it lies, and where across."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.assembly.frame import IDENTITY, NUMBER, Made, Matrix, turned, upright
from wugan.apps.voice_to_3d.language.assembly.laying import Laying
from wugan.apps.voice_to_3d.language.assembly.lines import Lines
from wugan.apps.voice_to_3d.language.assembly.patterns import points_of
from wugan.apps.voice_to_3d.language.assembly.shapes import ROUND, shape
from wugan.apps.voice_to_3d.language.assembly.thing import Place, Thing
from wugan.apps.voice_to_3d.language.assembly.words import AXES_OF
from wugan.apps.voice_to_3d.language.parts.body import Body
from wugan.apps.voice_to_3d.language.parts.extents import across
from wugan.apps.voice_to_3d.scene import solid as solids

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.assembly.building import Building

TOUCHING = ("across", "on", "under", "at", "from", "to", "beside", "along", "above", "toward", "opposite")
ALONG = ("edge", "end", "side", "face")


class Placing(Laying):
    """Places one body."""

    def __init__(self, building: Building, thing: Thing) -> None:
        self.building, self.thing = building, thing
        self.places: list[Place] = [*thing.where, *(thing.group.where if isinstance(thing.group, Thing) else [])]
        self.inner = False

    def run(self) -> str:
        """Adds the body; what its description lacks, or ""."""
        thing, building = self.thing, self.building
        reference = self._reference()
        axis, way = self._side(reference)
        thing.side = (axis, way)
        made = self._shape(reference, axis)
        if isinstance(made, str):
            return made
        turn = self._turn(made, axis, way)
        size = turned(made.size, turn)
        half = {one: size[NUMBER[one]] / 2 for one in "xyz"}
        lines = Lines(building, thing, reference, "xyz", half)
        lines.plane = "xyz".replace(axis, "") if axis else "xyz"
        solid = made.solid
        if axis:
            wall = self._wall(reference, axis)
            if wall:
                axis, way = "z", 1
            at = reference.side(axis, way) + way * half[axis]
            if any(
                one.own == "centre" and one.part in ("end", "face", "rim") and one.how in ("at", "on")
                for one in self.places
            ):
                at = reference.side(axis, way)
            if self._included(reference, axis):
                at = reference.side(axis, way) - way * half[axis]
            sink = self._sink(reference, axis, half)
            if sink:
                solid, half, at = self._longer(solid, turn, axis, way, sink, half, at)
                lines.half = half
            both = thing.flags & {"both_ends", "both_sides"} or (thing.count == 2 and self._both())
            other = reference.mid(axis) * 2 - at
            stated = [
                one for one in self.places if one.how in ("flush", "distance") and self._about(one, axis, reference)
            ]
            if not stated:
                lines.put(axis, [at, other] if both else [at])
        self._inside(lines, reference, half)
        lines.collect(self.places)
        points = points_of(building, thing, lines, reference, axis)
        expected = thing.count if not isinstance(thing.group, Thing) or thing.said_size else len(points)
        several = thing.flags & {"both_ends", "both_sides", "corners"} or self._both()
        if not thing.counted and thing.count == 1 and len(points) > 1 and not several:
            return f"places: one was said and {len(points)} understood"
        if thing.counted and len(points) != expected and "uncounted" not in thing.flags:
            return f"places: {thing.count} were said and {len(points)} understood"
        building.join(thing, solid, turn, points, [2 * half[one] for one in "xyz"])
        return ""

    # --- what it refers to

    def _reference(self) -> Made:
        building = self.building
        for place in self.places:
            if place.of is not None and place.of.kind == "body" and place.of is not self.thing:
                made = building.made_of(place.of)
                if made is not None:
                    return building.spanned(made)
            if place.of is not None and place.of.kind == "cut" and (made := building.made_of(place.of)) is not None:
                return made
        if any(place.part == "whole" for place in self.places):
            return building.whole()
        ends = [one for one in self.places if one.part == "end" or one.which & {"other", "opposite"}]
        assert building.bodies
        last, base = building.bodies[-1], building.bodies[0]
        if ends and not any(one.which & {"other", "opposite"} for one in ends) and last.thing.shape in ROUND:
            return last
        if (
            self._is_round()
            and last.thing.shape in ROUND
            and not [one for one in self.places if one.how in ("distance", "point") or one.sides]
        ):
            return last if not ends else base
        if self._stacked():
            return last
        return base

    def _stacked(self) -> bool:
        group = self.thing.group
        return "stacked" in self.thing.flags or (isinstance(group, Thing) and "stacked" in group.flags)

    def _is_round(self) -> bool:
        return self.thing.shape in ROUND or (not self.thing.shape and across(self.thing) is not None)

    def _both(self) -> bool:
        return any(
            (place.which & {"each", "both", "plural", "opposite"} and place.part in ("end", "side", "face"))
            or {"left", "right"} <= {*place.sides}
            for place in self.places
        )

    def _side(self, reference: Made) -> tuple[str, int]:
        """The axis along which it touches, and on which side; "" where it lies inside or across."""
        thing, building = self.thing, self.building
        through = [one for one in self.places if one.how in ("through", "around", "between")]
        if thing.flags & {"crossing", "around"} or any(one.how in ("through", "between") for one in self.places):
            return "", 0
        if any(one.how == "square" and (one.of is None or one.part in ("", "axis")) for one in self.places) and not any(
            one.how in ("on", "under", "beside") or one.part in ("end", "face") for one in self.places
        ):
            return "", 0
        if any(one.how == "inside" or one.part == "floor" for one in self.places):
            self.inner = True
            return "z", 1
        if any(one.how == "centred" and one.of is None and one.part in ("centre", "") for one in through):
            return "", 0
        touching = [
            one for one in self.places if one.how in TOUCHING and one.part not in ("centre", "corner", "axis", "plane")
        ]
        touching.sort(key=lambda one: {"on": 0, "under": 0, "beside": 1}.get(one.how, 2))
        for place in touching:
            if place.how == "toward":
                continue
            if place.how in ("on", "above", "across"):
                sides = list(place.sides)
                if place.part == "end" and not sides:
                    return self._end(reference, place)
                return AXES_OF[sides[0]] if sides else ("z", 1)
            if place.how == "under":
                return "z", -1
            if place.sides and (place.part in (*ALONG, "") or place.how == "beside"):
                return AXES_OF[place.sides[0]]
            if place.part == "end":
                return self._end(reference, place)
            if place.part in ("edge", "side") and place.which & {"long", "short"}:
                order = sorted("xy", key=lambda one: -reference.extent(one))
                return (order[1] if "long" in place.which else order[0]), -1
            if (
                place.how in ("from", "to", "at", "beside")
                and place.of is not None
                and place.part in ("", "face", "side")
            ):
                if place.part == "side" and reference.thing.shape in ROUND:
                    return "x", 1
                if self._is_round() or place.how != "at":
                    continue
        toward = next((one for one in self.places if one.how in ("toward",) or (one.how == "axis" and one.sides)), None)
        if toward is not None:
            return AXES_OF[toward.sides[0]]
        if any(one.how == "around" for one in self.places) and reference.thing.shape in ROUND and self._is_round():
            wide, other = across(thing), across(reference.thing)
            if thing.flags & {"around"} or (wide and other and wide > other and bool(building.totals)):
                return "", 0
        if thing.flags & {"both_ends"}:
            return reference.axis, 1
        if thing.flags & {"both_sides"}:
            return ("x", 1)
        if reference.thing.shape == "torus" and self._is_round():
            return "x", -1
        return "z", building.direction if reference.thing.shape in ROUND and self._is_round() else 1

    def _end(self, reference: Made, place: Place) -> tuple[str, int]:
        axis = reference.axis
        if place.sides:
            return axis, 1 if place.sides[0] in ("right", "top", "back") else -1
        if place.which & {"other", "opposite", "free"}:
            for one in self.building.bodies:
                if one is not reference and abs(one.mid(axis) - reference.mid(axis)) > 1e-6:
                    return axis, -1 if one.mid(axis) > reference.mid(axis) else 1
        return axis, 1

    def _about(self, place: Place, axis: str, reference: Made) -> bool:
        """Whether a place speaks of the axis along which it touches."""
        if place.way in AXES_OF:
            return AXES_OF[place.way][0] == axis
        return any(AXES_OF[side][0] == axis for side in place.sides) and place.how == "flush"

    # --- its shape

    def _shape(self, reference: Made, axis: str) -> Body | str:
        thing = self.thing
        hints = {one: reference.extent(one) for one in "xyz"}
        if axis == "z" or not axis:
            total = self.building.totals.get("height")
            if total is not None and axis == "z":
                rest = total - self.building.whole().extent("z")
                if rest > 0:
                    hints["z"] = rest
        if self.building.stock and not thing.points:
            hints["z"] = self.building.stock
        if thing.shape in ("", "box", "rib") and not thing.letter and across(thing) is None:
            sizes = self._laid(reference, axis, hints)
            thing.sizes, thing.dims = (
                [(value, one) for one, value in sizes.items()],
                {
                    key: value
                    for key, value in thing.dims.items()
                    if key in ("corner_radius", "wall", "radius", "inner_diameter", "floor")
                },
            )
            thing.shape = "box"
            return shape(thing, hints)
        if axis and thing.size("length", "height", "thickness") is None:
            reach = self._reach(reference, axis)
            if reach is not None:
                thing.dims["length"] = reach
        return shape(thing, hints)

    # --- how it lies

    def _turn(self, made: Body, axis: str, way: int) -> Matrix:
        thing = self.thing
        if isinstance(made.solid, solids.Box):
            return IDENTITY
        if thing.letter:
            return upright("y", -1)
        said = thing.axis if thing.axis in ("x", "y", "z") else ""
        for place in self.places:
            if place.how == "axis" and place.axis in ("x", "y", "z"):
                said = said or place.axis
            elif place.how == "axis" and place.axis in ("length", "width"):
                reference = self._reference()
                long = "x" if reference.extent("x") >= reference.extent("y") else "y"
                said = said or (long if place.axis == "length" else "y" if long == "x" else "x")
            elif place.how in ("square",):
                other = self._reference()
                said = said or ("x" if other.axis != "x" else "z")
            elif place.how == "parallel" and place.of is not None:
                made_of = self.building.made_of(place.of)
                said = said or (made_of.axis if made_of is not None else "")
        if "crossing" in thing.flags and not said:
            said = "x" if self._reference().axis != "x" else "y"
        if said and said != axis:
            return upright(said, 1)
        if axis and thing.shape in (
            *ROUND,
            "box",
            "pyramid",
            "wedge",
            "points",
            "triangle",
            "stadium",
            "ellipse",
            "slot",
            "semicircle",
            "polygon",
            "trapezoid",
        ):
            return upright(axis, way)
        return IDENTITY

    def _included(self, reference: Made, axis: str) -> bool:
        """Whether it lies inside the length that was said of the whole."""
        thing = self.thing
        if "besides" in thing.flags:
            return False
        if thing.flags & {"included"}:
            return True
        if (
            reference.thing.get("total_length", "total_height") is not None
            and self._is_round()
            and reference.thing.shape in ROUND
        ):
            wide, other = across(thing), across(reference.thing)
            return bool(wide and other and wide > other)
        bored = (
            reference.thing.shape in ("tube",) and self._is_round() and any(one.part == "end" for one in self.places)
        )
        wide, other = across(thing), across(reference.thing)
        return bool(
            bored and wide and other and wide > other and thing.noun in ("collar", "flange", "rim", "shoulder", "disc")
        )

    def _sink(self, reference: Made, axis: str, half: dict[str, float]) -> float:
        """How far it must go into something round so that it touches all along."""
        if reference.thing.shape == "torus":
            return reference.extent("z") / 2
        if reference.thing.shape in ("sphere", "hemisphere") and self._is_round():
            radius, own = reference.extent("x") / 2, min(v for k, v in half.items() if k != axis)
            return radius - sqrt(max(radius**2 - own**2, 0.0)) if own < radius else 0.0
        if reference.thing.shape not in ("cylinder", "tube", "cone", "round") or reference.axis == axis:
            return 0.0
        across_ = next(one for one in "xyz" if one not in (axis, reference.axis))
        radius, own = reference.extent(axis) / 2, min(half[across_], reference.extent(axis) / 2)
        return radius - sqrt(max(radius**2 - own**2, 0.0))

    def _longer(
        self, solid: solids.Solid, turn: Matrix, axis: str, way: int, sink: float, half: dict[str, float], at: float
    ) -> tuple[solids.Solid, dict[str, float], float]:
        grow = sink
        if isinstance(solid, solids.Box):
            size = list(solid.size)
            size[NUMBER[axis]] += grow
            solid = solids.Box(size=(size[0], size[1], size[2]))
        elif isinstance(solid, (solids.Cylinder, solids.Extrude)) and turn[NUMBER[axis]][2] != 0:
            solid = solid.model_copy(update={"height": solid.height + grow})
        else:
            return solid, half, at - way * sink
        return solid, {**half, axis: half[axis] + grow / 2}, at - way * grow / 2

    def _inside(self, lines: Lines, reference: Made, half: dict[str, float]) -> None:
        """What stands inside a box stands on its floor."""
        if not self.inner:
            return
        floor = self.building.floor
        lines.taken.pop("z", None)
        lines.put("z", [reference.low[2] + floor + half["z"]])
