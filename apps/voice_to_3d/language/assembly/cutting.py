"""Cutting: a hole, slot, pocket or groove: its axis, how deep, from which side, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.assembly.frame import IDENTITY, NUMBER, QUARTER, Made, after, turned, upright
from wugan.apps.voice_to_3d.language.assembly.lines import Lines
from wugan.apps.voice_to_3d.language.assembly.patterns import points_of
from wugan.apps.voice_to_3d.language.assembly.shapes import ROUND, tool
from wugan.apps.voice_to_3d.language.assembly.special_cuts import SpecialCuts
from wugan.apps.voice_to_3d.language.assembly.thing import Place, Thing
from wugan.apps.voice_to_3d.language.assembly.words import AXES_OF
from wugan.apps.voice_to_3d.scene import solid as solids

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.assembly.building import Building


class Cutting(SpecialCuts):
    """Places one cut."""

    def __init__(self, building: Building, thing: Thing) -> None:
        self.building, self.thing = building, thing
        self.places: list[Place] = [*thing.where, *(thing.group.where if isinstance(thing.group, Thing) else [])]
        self.named = False

    def run(self) -> str:
        """Works the cut; why it cannot be, or ""."""
        thing = self.thing
        if thing.lead is not None and isinstance(thing.lead, Thing):
            return self._led(thing.lead)
        if isinstance(thing.group, Thing) and not thing.shape:
            thing.shape = thing.group.shape
        if any(one.of is not None and "absorbed" in one.of.flags for one in self.places):
            return self._in_limbs()
        host = self._host()
        if thing.shape == "trim":
            return self._trim(host)
        if thing.shape in ("groove",) and (host.thing.shape in ROUND or "annular" in thing.flags):
            return self._ring(host)
        if (
            thing.shape in ("groove", "rebate", "notch", "vee", "dovetail", "keyway", "flat", "corner")
            and thing.shape != "groove"
        ):
            return f"a {thing.noun} is not read here"
        if thing.shape == "sphere" and not self.places:
            thing.where.append(Place("centred"))
        if (told := self._walled(host)) is not None:
            return told
        axis, way = self._axis(host)
        if "three_axes" in thing.flags:
            return next((told for one in "xyz" if (told := self._through(host, one, 1))), "")
        return self._through(host, axis, way)

    def _walled(self, host: Made) -> str | None:
        """A hole in side walls of a hollow body ("in one of the short sides") goes through those; `None`: no such."""
        place = next((one for one in self.places if one.part == "side" and one.how in ("at", "in", "on", "into")), None)
        if place is None or not self.building.wall or self.thing.shape != "hole" or self.thing.axis:
            return None
        walls = place.sides[:1]
        if not walls and place.which & {"long", "short"}:
            along = (host.extent("x") >= host.extent("y")) == ("short" in place.which)
            walls = ("left", "right") if along else ("front", "back")
            walls = walls if place.which & {"each", "both"} else walls[:1]
        for side in walls:
            place.sides, place.which, place.count = (side,), set(), 1
            if told := self._through(host, *AXES_OF[side]):
                return told
        return "" if walls else None

    def _in_limbs(self) -> str:
        """A hole in the legs of an L: through the one that lies, the one that stands, or each."""
        base, thing = self.building.bodies[0], self.thing
        of = next(one.of for one in self.places if one.of is not None and "absorbed" in one.of.flags)
        wall = base.thing.get("thickness", "wall", "flange_thickness")
        if base.thing.letter != "l" or wall is None or thing.get("depth") is not None or thing.count > 1:
            return "which wall it is in was not understood"
        flags = of.flags if of is not None else set()
        lies, stands = "lies" in flags, "stands" in flags
        if not lies and not stands:
            if not any(one.which & {"each", "both", "eachof"} for one in self.places):
                return "which wall it is in was not understood"
            lies = stands = True
        for one in self.places:
            one.of = None if one.of is of else one.of
        free = wall if any("free" in one.which for one in self.places) else 0.0
        for axis, wanted in (("z", lies), ("x", stands)):
            if wanted:
                low, high = [*base.low], [*base.high]
                high[NUMBER[axis]] = low[NUMBER[axis]] + wall
                low[0 if axis == "z" else 2] += free
                self.named = True
                limb = Made(base.thing, solids.Box(size=(1, 1, 1)), low, high, IDENTITY, "x" if axis == "z" else "z")
                if told := self._through(limb, axis, 1):
                    return told
        return ""

    def _host(self) -> Made:
        thing, building = self.thing, self.building
        for place in sorted(self.places, key=lambda one: one.how in ("through", "across")):
            if (
                place.of is not None
                and place.of.kind == "body"
                and place.how in ("through", "into", "at", "on", "in", "from", "along", "inside", "across")
            ):
                made = building.made_of(place.of)
                if made is not None:
                    self.named = True
                    return made
        hosts = [thing.host, thing.group.host if thing.group is not None else None]
        for host in hosts:
            if isinstance(host, Thing) and host.kind == "body":
                made = building.made_of(host)
                if made is not None:
                    self.named = made is not building.bodies[0]
                    return made
        for place in self.places:
            if place.of is not None and place.of.kind == "body" and (made := building.made_of(place.of)) is not None:
                return made
        return building.bodies[0]

    def _axis(self, host: Made) -> tuple[str, int]:
        thing = self.thing
        way, axis = 1, ""
        if thing.axis in ("x", "y", "z"):
            axis = thing.axis
        for place in self.places:
            if place.how == "through" and place.axis in ("x", "y", "z"):
                axis = axis or place.axis
            elif place.how == "axis" and place.axis in ("x", "y", "z") and not place.centred:
                if thing.shape not in ("slot",) or thing.get("depth") is None or place.axis == "z":
                    if not (thing.shape == "slot" and axis):
                        axis = axis or (place.axis if thing.shape != "slot" else "")
                if place.sides:
                    way = AXES_OF[place.sides[0]][1]
            elif place.how == "axis" and place.axis in ("length", "width", "height") and thing.shape != "slot":
                axis = axis or Lines(self.building, thing, host, "xyz", {}).named(place.axis, host)
        for place in self.places:
            faced = place.part in ("face", "side", "end", "", "floor") and place.how in (
                "at",
                "on",
                "into",
                "from",
                "in",
                "along",
                "under",
            )
            if (faced and place.sides and place.part != "side") or (faced and place.sides and place.how == "into"):
                one, sign = AXES_OF[place.sides[0]]
                if place.part == "end" and place.how not in ("into", "in", "from") and host.thing.shape not in ROUND:
                    continue
                if host.thing.shape in ROUND and place.part == "end" and one != host.axis:
                    one, sign = host.axis, 1 if place.sides[0] in ("right", "back", "top") else -1
                if not axis or axis == one:
                    axis, way = one, sign
                break
            if place.part in ("end",) and place.how in ("at", "into", "in", "on", "from"):
                if not axis and host.thing.shape in ROUND and not thing.flags & {"radial"}:
                    axis = host.axis
                    if "first" not in place.which:
                        way = Lines(self.building, thing, host, axis, {axis: 0.0}).way(axis, host, place)
                        way = 1 if "both" in place.which or "each" in place.which else way
                break
            if place.how == "under":
                axis, way = axis or "z", -1
        if (
            thing.flags & {"radial"}
            or any(one.how in ("across", "square") for one in self.places)
            or any(one.how == "axis" and one.axis == "width" for one in self.places)
        ):
            if axis in ("", host.axis) and host.thing.shape in ROUND:
                axis = "x" if host.axis != "x" else "y"
        if not axis:
            if host.thing.shape in ROUND:
                axis = host.axis
            elif host is not self.building.bodies[0] and isinstance(host.solid, solids.Box):
                axis = min("zyx", key=lambda one: round(host.extent(one), 6))
            elif host.thing.letter or host.thing.points:
                axis = host.axis if host.thing.points else "z"
            else:
                axis = "z"
        return axis, way

    def _span(self, host: Made, axis: str) -> tuple[float, float]:
        """From where to where a through cut goes."""
        thing = self.thing
        further = any(one.how == "through" and one.of is not None and one.of is not host.thing for one in self.places)
        if (
            self.named
            and not further
            and not thing.flags & {"through_all"}
            and not any(one.part == "whole" for one in self.places)
        ):
            return host.side(axis, -1), host.side(axis, 1)
        whole = self.building.whole()
        return whole.side(axis, -1), whole.side(axis, 1)

    def _through(self, host: Made, axis: str, way: int) -> str:
        thing = self.thing
        depth = thing.size("depth") if "depth" in thing.dims or (thing.group and "depth" in thing.group.dims) else None
        if depth is None and thing.shape not in ("hole",) and thing.get("height") is not None:
            depth = thing.get("height")
        if depth is None and thing.noun == "cube":
            depth = thing.get("side")
        through = depth is None or "through" in thing.flags
        if (
            through
            and thing.shape in ("pocket",)
            and thing.noun in ("pocket", "recess", "cavity", "seat")
            and not (thing.flags & {"through", "through_all"} or any(one.how == "through" for one in self.places))
        ):
            if depth is None:
                return "how deep it is was not said"
        channel = self._channel(host, axis, way, depth)
        if channel is not None:
            return channel
        low, high = self._span(host, axis)
        if through and self.building.wall and "through_all" not in thing.flags:
            sides = [side for one in self.places for side in one.sides if AXES_OF[side][0] == axis]
            if sides and not thing.flags & {"both_sides"}:
                through, depth, way = False, self.building.wall, AXES_OF[sides[0]][1]
        if not through and depth is not None:
            at = host.side(axis, way)
            low, high = (at - depth, at) if way > 0 else (at, at + depth)
        made = tool(thing, max(high - low, 0.01))
        if isinstance(made, str):
            return f"its shape lacks {made}"
        solid, own, _low_corner = made
        turn = upright(axis, 1)
        if self._crosswise(host, axis, own):
            turn = after(QUARTER, turn)
        size = list(turned(own, turn))
        half = {one: size[NUMBER[one]] / 2 for one in "xyz"}
        free = "xyz".replace(axis, "")
        ball = thing.shape in ("sphere", "hemisphere")
        lines = Lines(self.building, thing, host, "xyz" if ball else free, half)
        if ball and not any(
            (one.part in ("centre", "whole") and not one.sides) or one.how == "centred" for one in self.places
        ):
            lines.put(axis, [host.side(axis, way)])
        lines.collect(self.places)
        if not ball:
            lines.taken[axis] = [(low + high) / 2]
            lines.free = "xyz"
            if "both_ends" in thing.flags or self._both(axis):
                if not through:
                    lines.taken[axis] = [
                        host.low[NUMBER[axis]] + (high - low) / 2,
                        host.high[NUMBER[axis]] - (high - low) / 2,
                    ]
        points = points_of(self.building, thing, lines, host, axis)
        expected = thing.count * (2 if len(lines.taken.get(axis, [])) == 2 else 1)
        if thing.counted and len(points) != expected and len(points) != thing.count and "uncounted" not in thing.flags:
            return f"{thing.count} were said and places for {len(points)} understood"
        if len(host.points) > 1 and host.points[0] and len(points) <= 2 and host.thing is not self.building.base_thing:
            first = host.points[0]
            free_axes = [NUMBER[one] for one in free]
            points = [
                [value + (other[k] - first[k] if k in free_axes else 0.0) for k, value in enumerate(point)]
                for other in host.points
                for point in points
            ]
        points = self._mirrored(points)
        self.building.cut(thing, solid, turn, points, size)
        return ""

    def _both(self, axis: str) -> bool:
        return any(one.part in ("end", "face", "side") and one.which & {"each", "both"} for one in self.places) or (
            any({"top", "bottom"} <= {*one.sides} for one in self.places) and axis == "z"
        )

    def _crosswise(self, host: Made, axis: str, own: tuple[float, float, float]) -> bool:
        """Whether a slot or pocket lies along the second of the two axes that its outline may lie along."""
        thing = self.thing
        if abs(own[0] - own[1]) < 1e-6:
            return False
        first = next(one for one in "xyz" if upright(axis)[NUMBER[one]][0] != 0)
        long = ""
        for place in self.places:
            if place.how == "axis" and place.axis in ("x", "y", "z") and place.axis != axis and not place.centred:
                long = place.axis
            elif place.how == "axis" and place.axis in ("length", "width"):
                long = Lines(self.building, thing, host, "xyz".replace(axis, ""), {}).named(place.axis, host)
            elif place.how == "parallel" and place.part in ("edge", "side"):
                order = sorted((one for one in "xyz" if one != axis), key=lambda one: -host.extent(one))
                if place.size is not None:
                    long = next((one for one in order if abs(host.extent(one) - place.size) < 1e-6), "")
                elif place.which & {"long", "short"}:
                    long = order[0] if "long" in place.which else order[1]
        number = thing.get("axis_length")
        if number is not None:
            long = "xyz"[int(number)]
        wide = thing.get("axis_width")
        if wide is not None and not long:
            long = next((one for one in "xyz" if one != axis and one != "xyz"[int(wide)]), "")
        if thing.shape == "slot":
            if not long:
                order = sorted(
                    (one for one in "xyz" if one != axis), key=lambda one: (-round(host.extent(one), 6), one)
                )
                long = order[0]
            if "vertical" in thing.flags and axis != "z":
                long = "z"
            return long != first and own[0] > own[1]
        if axis == "z":
            if long:
                return (long != first) == (own[0] > own[1])
            return False
        return False

    def _mirrored(self, points: list[list[float]]) -> list[list[float]]:
        thing = self.thing
        flags = thing.flags | (thing.group.flags if thing.group is not None else set())
        if "mirror" not in flags:
            return points
        box = self.building.base_box()
        axes = [one[7:] for one in sorted(flags) if one.startswith("mirror_")]
        if not axes:
            off = {one: abs(points[0][NUMBER[one]] - box.mid(one)) for one in "xy"}
            axes = [max(off, key=lambda one: off[one])]
        for axis in axes:
            k = NUMBER[axis]
            for point in [*points]:
                other = [*point]
                other[k] = 2 * box.mid(axis) - point[k]
                if all(max(abs(a - b) for a, b in zip(other, one, strict=True)) > 1e-6 for one in points):
                    points.append(other)
        return points

    # --- others
