"""Special cuts: counterbores of holes, grooves round a shaft, channels through a block, pieces taken off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.assembly.frame import IDENTITY, NUMBER, Made, turned, upright
from wugan.apps.voice_to_3d.language.assembly.lines import Lines
from wugan.apps.voice_to_3d.language.assembly.thing import Place, Thing
from wugan.apps.voice_to_3d.language.assembly.words import AXES_OF
from wugan.apps.voice_to_3d.scene import solid as solids

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.assembly.building import Building


class SpecialCuts:
    """Cuts that have a shape of their own."""

    building: Building
    thing: Thing
    places: list[Place]

    def _led(self, lead: Thing) -> str:
        """A counterbore or countersink of holes that are there."""
        thing, building = self.thing, self.building
        made = building.made_of(lead)
        holes = [one for one in building.cuts if one.thing is lead or one.thing.group is lead]
        if made is None or not holes:
            return "the hole that it is of was not found"
        wide, depth = thing.size("diameter"), thing.get("depth")
        axis = made.axis
        sides = [side for place in self.places for side in place.sides if AXES_OF[side][0] == axis]
        way = AXES_OF[sides[0]][1] if sides else 1
        if wide is None:
            return "its shape lacks its diameter"
        ended = next(
            (one for one in self.places if one.part == "end" and one.which & {"other", "opposite", "free"}), None
        )
        if ended is not None and not sides:
            way = Lines(building, thing, building.bodies[0], axis, {axis: 0.0}).way(axis, building.bodies[0], ended)
        at = (made if way > 0 or len(building.bodies) == 1 else building.whole()).side(axis, way)
        for hole in holes:
            if thing.shape == "countersink":
                angle = thing.get("angle") or 90.0
                from math import radians, tan

                own = hole.extent("x" if axis != "x" else "y")
                deep = (
                    depth
                    if depth is not None and thing.get("angle") is None
                    else (wide - own) / 2 / tan(radians(angle / 2))
                )
                solid: solids.Solid = solids.Cone(bottom_diameter=own, top_diameter=wide, height=deep)
            elif depth is None:
                return "how deep it is was not said"
            else:
                deep = depth
                solid = solids.Cylinder(diameter=wide, height=deep)
            turn = upright(axis, way)
            k = NUMBER[axis]
            points = [[*point] for point in hole.points]
            for point in points:
                point[k] = at - way * deep / 2
            size = list(turned((wide, wide, deep), turn))
            building.cut(thing, solid, turn, points, size)
        return ""

    def _ring(self, host: Made) -> str:
        """A groove round something round."""
        thing = self.thing
        width, deep = thing.get("width", "height", "length"), thing.get("depth")
        if width is None or deep is None:
            return "its shape lacks its width and depth"
        axis = host.axis
        outer = max(host.extent(one) for one in "xyz" if one != axis)
        if 2 * deep >= outer:
            return "it is deeper than the body"
        solid = solids.Cylinder(diameter=outer + 2, height=width, inner_diameter=outer - 2 * deep)
        half = dict.fromkeys("xyz", width / 2)
        lines = Lines(self.building, thing, host, axis, half)
        for place in self.places:
            if place.how == "distance" and place.own == "" and place.part in ("end", "edge", "face", "side"):
                place.own = "edge" if "starts" in thing.flags else place.own
        lines.collect(self.places)
        if "both_ends" in thing.flags and axis not in lines.taken:
            return "where it lies was not said"
        values = lines.taken.get(axis, [host.mid(axis)])
        points = []
        for value in values:
            point = [host.mid(one) for one in "xyz"]
            point[NUMBER[axis]] = value
            points.append(point)
        turn = upright(axis)
        self.building.cut(thing, solid, turn, points, list(turned((outer + 2, outer + 2, width), turn)))
        return ""

    def _trim(self, host: Made) -> str:
        """A piece of the body taken off at one side."""
        thing = self.thing
        side = next(iter(thing.which))
        axis, way = AXES_OF[side]
        k = NUMBER[axis]
        length = thing.get("length")
        if length is None:
            length = host.extent(axis) * (thing.get("share") or 0.5)
        size = [host.extent(one) + 2.0 for one in "xyz"]
        point = [host.mid(one) for one in "xyz"]
        size[k] = length + 1.0
        point[k] = host.side(axis, way) - way * (length - 1.0) / 2
        high = thing.get("height")
        if high is not None:
            rest = host.extent("z") - high
            if rest <= 0:
                return "it is no lower than the rest"
            size[2] = rest + 1.0
            point[2] = host.high[2] - (rest - 1.0) / 2
        solid = solids.Box(size=(size[0], size[1], size[2]))
        self.building.cut(thing, solid, IDENTITY, [point], size)
        return ""

    def _channel(self, host: Made, axis: str, way: int, depth: float | None) -> str | None:
        """A slot or groove without a length that is open at its ends: along what it runs, or along the block."""
        thing = self.thing
        if thing.shape not in ("slot", "groove", "pocket", "") or thing.noun not in (
            "slot",
            "groove",
            "channel",
            "cut",
            "gap",
        ):
            return None
        width = thing.get("width", "diameter")
        spread = any(one.how == "apart" for one in thing.where)
        if (
            width is None
            or thing.get("length") is not None
            or len(thing.sizes) > 1
            or spread
            or not isinstance(host.solid, solids.Box)
        ):
            return None
        if depth is None or thing.count > 1 or "rounded_ends" in thing.flags:
            return None
        along = next(
            (
                one.axis
                for one in self.places
                if one.how in ("through", "axis") and one.axis in ("x", "y", "z") and not one.centred
            ),
            "",
        )
        number = thing.get("axis_width")
        face, sign = axis, way
        if along == face or (face == "z" and along == "z"):
            face, sign = "z", 1
        if not along:
            flat = [one for one in "xyz" if one != face]
            if number is not None:
                along = next(one for one in flat if one != "xyz"[int(number)])
            else:
                along = max(flat, key=lambda one: (round(host.extent(one), 6), one == "x"))
        if along == face:
            return None
        across_ = next(one for one in "xyz" if one not in (face, along))
        size = {along: host.extent(along), across_: width, face: depth}
        half = {one: value / 2 for one, value in size.items()}
        lines = Lines(self.building, thing, host, across_, half)
        lines.collect(self.places)
        point = {one: host.mid(one) for one in "xyz"}
        point[across_] = lines.taken.get(across_, [host.mid(across_)])[0]
        point[face] = host.side(face, sign) - sign * depth / 2
        solid = solids.Box(size=(size["x"], size["y"], size["z"]))
        self.building.cut(thing, solid, IDENTITY, [[point[one] for one in "xyz"]], [size[one] for one in "xyz"])
        return ""
