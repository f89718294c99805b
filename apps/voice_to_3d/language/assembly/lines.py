"""Lines: where along one axis a thing's middle lies, from the places that were said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.assembly.frame import NUMBER, Made
from wugan.apps.voice_to_3d.language.assembly.thing import Place, Thing, worth
from wugan.apps.voice_to_3d.language.assembly.words import AXES_OF

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.assembly.building import Building

Half = dict[str, float]
MANY = {"each", "both", "all", "plural", "adjacent", "eachof"}


class Lines:
    """Works out coordinates for one thing.

    Attributes:
        free: the axes that are asked for.
        host: the box that places refer to where they name nothing.
        half: half the size of the thing along each axis.
        taken: axis -> coordinates found so far.
    """

    def __init__(self, building: Building, thing: Thing, host: Made, free: str, half: Half) -> None:
        self.building, self.thing, self.host, self.free, self.half = building, thing, host, free, half
        self.taken: dict[str, list[float]] = {}
        self.plane = free
        self.used: set[int] = set()

    def put(self, axis: str, values: list[float], place: Place | None = None) -> None:
        """Coordinates along an axis, unless there are some."""
        if place is not None:
            self.used.add(id(place))
        if axis in self.free and axis not in self.taken and values:
            self.taken[axis] = sorted({round(value, 6) for value in values})

    def ordered(self, box: Made) -> list[str]:
        """The free axes, the longer extent first."""
        return sorted(self.plane, key=lambda axis: (-round(box.extent(axis), 6), axis))

    def target(self, place: Place) -> Made:
        """The box that a place refers to."""
        if place.of is not None and place.of is not self.thing:
            made = self.building.made_of(place.of)
            if made is not None:
                return made
        return self.building.whole() if place.part == "whole" else self.host

    def collect(self, places: list[Place]) -> None:
        """Takes all places, distances first."""
        for place in places:
            if place.how == "distance":
                self._distance(place)
            elif place.how == "flush":
                self._flush(place)
            elif place.how == "point":
                self._point(place)
        for place in places:
            if place.how in ("centred", "around"):
                self._centred(place)
            elif place.how == "between":
                self._between(place, places)
            elif place.centred and place.how in (
                "at",
                "on",
                "through",
                "from",
                "to",
                "into",
                "in",
                "along",
                "under",
                "over",
                "above",
            ):
                self._centred(place)
            elif (
                place.part == "corner"
                and self.thing.shape in ("pocket", "")
                and place.how in ("at", "from", "into", "on")
            ):
                self._flush(place)
                for axis in self.free:
                    way = self.way(axis, self.target(place), place)
                    self.put(axis, [self.target(place).side(axis, way) - way * self.half[axis]])
            elif (
                place.how in ("at", "on", "from", "to", "along", "under", "inside")
                and place.sides
                and (self.thing.kind == "body")
            ):
                self._flush(place)
            elif place.how == "axis" and place.centred:
                self._centred(place)

    # --- kinds

    def _point(self, place: Place) -> None:
        for axis, value in zip(
            [one for one in "xyz" if one in self.free] if len(place.point) == len(self.free) else "xyz",
            place.point,
            strict=False,
        ):
            self.put(axis, [self.origin(axis) + value], place)

    def origin(self, axis: str) -> float:
        """Where coordinates count from along an axis."""
        box = self.building.base_box()
        return box.mid(axis) if self.building.centred and axis != "z" else box.low[NUMBER[axis]]

    def _flush(self, place: Place) -> None:
        box = self.target(place)
        for side in place.sides:
            axis, way = AXES_OF[side]
            axis = self.seen(axis)
            self.put(axis, [box.side(axis, way) - way * self.half[axis]], place)
        if not place.sides and place.part in ("end", "edge", "side") and place.how == "flush":
            for axis, ways in self.bounds(place, box):
                self.put(axis, [box.side(axis, way) - way * self.half[axis] for way in ways], place)

    def seen(self, axis: str) -> str:
        """Looking down on a plate, "top" and "bottom" are the back and the front; on a side face left is the front."""
        if axis in self.free:
            return axis
        if axis == "z" and "y" in self.free:
            return "y"
        return axis

    def _centred(self, place: Place) -> None:
        box = self.target(place)
        self.used.add(id(place))
        if place.axis and place.part != "centre":
            axis = self.named(place.axis, box)
            if place.how == "axis":  # along the centreline of an axis: in the middle of the other
                for one in self.free:
                    if one != axis:
                        self.put(one, [box.mid(one)])
                return
            self.put(axis, [box.mid(axis)])
            return
        along = {self.seen(AXES_OF[side][0]) for side in place.sides}
        if place.part == "end" and box.thing.flags & {"rounded_ends", "full_round"} and len(self.ordered(box)) > 1:
            long, short = self.ordered(box)[:2]
            inset = box.extent(short) / 2
            ways = [-1, 1] if place.which & MANY or not place.sides else [AXES_OF[place.sides[0]][1]]
            self.put(long, [box.side(long, way) - way * inset for way in ways])
            self.put(short, [box.mid(short)])
            return
        if place.part in ("side", "edge") and place.which & {"long", "short"} and self.thing.kind == "cut":
            for axis, ways in self.bounds(place, box):
                self.put(axis, [box.side(axis, way) for way in ways])
        if place.part == "axis" and place.which & {"long", "short", "vertical", "horizontal"}:
            order = self.ordered(box)
            axis = order[-1] if "long" in place.which else order[0]
            if "vertical" in place.which:
                axis = "x" if "x" in self.free else order[0]
            if "horizontal" in place.which:
                axis = "z" if "z" in self.free else "y"
            self.put(axis, [box.mid(axis)])
            return
        if place.part in ("axis",) and place.how in ("along", "at", "on") and self.thing.count > 1:
            self.put(self.ordered(box)[-1], [box.mid(self.ordered(box)[-1])])
            return
        for axis in self.free:
            if axis not in along:
                self.put(axis, [box.mid(axis)])
        if place.part in ("edge", "side", "end") and along and self.thing.kind == "cut":
            for side in place.sides:
                axis, way = AXES_OF[side]
                self.put(self.seen(axis), [box.side(self.seen(axis), way)])

    def _between(self, place: Place, places: list[Place]) -> None:
        boxes = [self.target(one) for one in places if one.how == "between" and one.of is not None]
        if len(boxes) == 2 and boxes[0] is not boxes[1]:
            for axis in self.free:
                self.put(axis, [(boxes[0].mid(axis) + boxes[1].mid(axis)) / 2], place)
        elif place.which & {"each"} or (boxes and len(boxes[0].points) == 2):
            points = boxes[0].points if boxes else []
            for axis in self.free:
                if points:
                    self.put(axis, [sum(p[NUMBER[axis]] for p in points) / len(points)], place)

    def named(self, name: str, box: Made) -> str:
        """The axis that "x" or "length" names."""
        if name in "xyz":
            return name
        flat = sorted("xy", key=lambda axis: (-round(box.extent(axis), 6), axis))
        if name == "height":
            return "z"
        if name in ("length",):
            return box.axis if box.thing.shape in ("cylinder", "tube") else flat[0]
        if name in ("width", "depth"):
            return flat[1]
        if name == "sideways":
            return "x" if "x" in self.free else "y"
        if name == "thickness":
            return min("xyz", key=box.extent)
        return flat[0]

    def bounds(self, place: Place, box: Made) -> list[tuple[str, list[int]]]:
        """Axis -> the sides of a target that a place names."""
        found: dict[str, list[int]] = {}
        for side in place.sides:
            axis, way = AXES_OF[side]
            found.setdefault(self.seen(axis), []).append(way)
        found = {axis: ways for axis, ways in found.items() if axis in self.free}
        if found:
            return list(found.items())
        order = self.ordered(box)
        if not order:
            return []
        many = bool(place.which & MANY) or place.count > 1
        axis = ""
        if place.size is not None and len(order) > 1:
            axis = next(
                (one for one in order if abs(box.extent(next(o for o in order if o != one)) - place.size) < 1e-6), ""
            )
        if place.axis in ("x", "y", "z"):
            axis = place.axis
        if "long" in place.which and place.part != "end":
            axis = axis or order[-1]
        elif "short" in place.which:
            axis = axis or order[0]
        elif place.part == "end" and not axis:
            axis = box.axis if box.axis in self.free else order[0]
        if axis:
            return [(axis, [-1, 1] if many and "one" not in place.which else [self.way(axis, box, place)])]
        if many and place.part in ("edge", "side", "face"):
            open_ = [one for one in order if one not in self.taken]
            hinted = {AXES_OF[side][0]: AXES_OF[side][1] for side in self.building.hints(self.thing)}
            return [(one, [hinted[one]] if one in hinted else [-1, 1]) for one in open_]
        open_ = [one for one in order if one not in self.taken]
        axis = (open_ or order)[0]
        return [(axis, [self.way(axis, box, place)])]

    def way(self, axis: str, box: Made, place: Place) -> int:
        """Which of two ends: a free one lies away from what was joined there."""
        if place.which & {"free", "other", "opposite"}:
            mid = box.mid(axis)
            for one in self.building.bodies:
                if one is not box and abs(one.mid(axis) - mid) > 1e-6:
                    return -1 if one.mid(axis) > mid else 1
            return 1
        for other in self.building.hints(self.thing):
            hint = AXES_OF[other]
            if hint[0] == axis:
                return hint[1]
        if axis == "z":
            return 1
        if box.thing is not self.building.base_thing and box is not self.host and "first" not in place.which:
            host = self.building.base_box()
            off = box.mid(axis) - host.mid(axis)
            if abs(off) > 1e-6:
                return 1 if off > 0 else -1
        return -1

    def _distance(self, place: Place) -> None:
        box = self.target(place)
        values = [worth(place.value, self.thing) or 0.0, *place.point]
        if place.way in AXES_OF:
            self._beyond(place, box, values)
            return
        if place.part == "previous":
            return
        if place.part in ("centre", "axis", "point") or (place.part in ("", "whole") and place.of is not None):
            axis = (
                self.named(place.axis, box)
                if place.axis
                else next((one for one in self.ordered(box) if one not in self.taken), "")
            )
            if (
                place.part == ""
                and place.of is not None
                and place.of.kind == "body"
                and self.target(place) is not self.host
            ):
                self.put(axis, [box.side(axis, 1) + value + self.half.get(axis, 0.0) for value in values], place)
            elif axis:
                self.put(axis, [box.mid(axis) + value for value in values], place)
            return
        for axis, ways in self.bounds(place, box):
            grow = 0.0
            if place.own in (
                "edge",
                "side",
                "face",
                "end",
                "left",
                "right",
                "front",
                "back",
                "top",
                "bottom",
                "rim",
            ) or (self.thing.kind == "body" and self.thing.shape in ("box", "", "rib") and place.own != "centre"):
                grow = self.half[axis]
            out = 1 if place.way == "out" else -1
            self.put(
                axis, [box.side(axis, way) + out * way * (value + grow) for value in values for way in ways], place
            )

    def _beyond(self, place: Place, box: Made, values: list[float]) -> None:
        """Reads "10 mm above the base", "20 mm to the left of the centre", "8 mm below the top"."""
        axis, way = AXES_OF[place.way]
        axis = self.seen(axis)
        if place.part == "previous":
            last = self.building.last
            start = last[NUMBER[axis]] if last is not None else box.mid(axis)
            if last is not None:
                for one in self.free:
                    if one != axis:
                        self.taken.setdefault(one, [last[NUMBER[one]]])
            self.put(axis, [start + way * value for value in values], place)
            return
        named = {self.seen(AXES_OF[side][0]): AXES_OF[side][1] for side in place.sides}
        if axis in named:
            start = box.side(axis, named[axis])
        elif place.part in ("centre", "axis"):
            start = box.mid(axis)
        elif place.part in ("edge", "end", "side", "face", "rim"):
            start = box.side(axis, -way)
        elif axis == "z":
            start = box.side(axis, way)
            if box is self.host and self.thing.kind == "cut":
                start = box.side(axis, -1 if way > 0 else 1)
        else:
            start = box.mid(axis)
        at = [start + way * value for value in values]
        if place.own in AXES_OF and AXES_OF[place.own][0] == axis:
            at = [value - AXES_OF[place.own][1] * self.half[axis] for value in at]
        self.put(axis, at, place)
