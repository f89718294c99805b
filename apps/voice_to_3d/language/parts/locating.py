"""Locating: statements of place become coordinates along the axes that are free, in the object's frame (mm)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.parts.frames import (
    NUMBER,
    Box,
    Frame,
    Spot,
    Where,
    across,
    extent,
    middle,
    side_of,
)
from wugan.apps.voice_to_3d.language.parts.vocabulary import DIRECTIONS
from wugan.apps.voice_to_3d.scene.placement import Anchor, Coordinate, Grid, Pattern, Placement, Points

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.parts.grounding import Ground


BOUNDARIES = ("edge", "side", "end", "face", "rim", "circumference", "outside", "exterior", "mouth", "corner")


OUTWARD = {
    "left": ("x", -1),
    "right": ("x", 1),
    "front": ("y", -1),
    "back": ("y", 1),
    "below": ("z", -1),
    "above": ("z", 1),
}
OUTWARD |= {"top": ("z", 1), "bottom": ("z", -1)}


@dataclass
class Locator:
    """Collects the coordinates of one frame.

    Attributes:
        ground: what is built so far.
        frame: what is placed.
        host: the box that places refer to where they name nothing else.
        normal: the axis that is not asked for ("" for a solid that is placed along all three).
        half: half the size of the placed thing along each axis.
        values: axis -> coordinates of its middle; several where it is repeated.
    """

    ground: Ground
    frame: Frame
    host: Box
    normal: str
    half: dict[str, float]
    values: dict[str, list[float]] = field(default_factory=dict)
    soft: dict[str, float] = field(default_factory=dict)
    hints: dict[str, int] = field(default_factory=dict)
    along: str = ""
    inward: bool = True
    cornered: set[str] = field(default_factory=set)
    sure: list[str] = field(default_factory=list)
    used: list[Spot] = field(default_factory=list)
    near: Frame | None = None
    far: Frame | None = None

    def collect(self, spots: list[Spot]) -> None:
        """Takes all statements, a member's own before its group's; the first about an axis wins."""
        own = [spot for spot in spots if spot in self.frame.spots]
        if own and len(own) < len(spots):
            self._collect(own)
            spots = [spot for spot in spots if spot not in own]
        self._collect(spots)

    def _collect(self, spots: list[Spot]) -> None:
        for spot in spots:
            if spot.where is not None and spot.kind in ("at", "on", "from", "fromface", "flush"):
                found = self.directions(spot.where)
                for axis, side in found:
                    self.hints.setdefault(axis, side)
                if len({axis for axis, _ in found}) == 2:
                    self.cornered |= {axis for axis, _ in found}
        default = next(
            (
                spot.where
                for spot in spots
                if spot.where is not None and (spot.where.near is not None or spot.where.far is not None)
            ),
            None,
        )
        if default is not None:
            self.near, self.far = default.near, default.far
        for spot in spots:  # "10mm from either side": an axis of twice that size is meant, and the middle of it
            where = spot.where
            if spot.kind == "from" and where is not None and spot.value and "either" in where.which:
                for axis in self.axes:
                    if abs(extent(self.box_of(where), axis) - 2 * spot.value) < 1e-6 and axis not in self.values:
                        self.put(axis, middle(self.box_of(where), axis))
                        self.sure.append(axis)
                        self.used.append(spot)
                        break
        self._opposites(spots)
        for spot in spots:
            if spot not in self.used and spot.kind in ("from", "either", "further", "flush", "coordinate"):
                self._distance(spot)
        for spot in spots:
            if spot.kind in (
                "centred",
                "at",
                "around",
                "between",
                "on",
                "along",
                "through",
                "into",
                "toward",
                "fromface",
            ):
                self._statement(spot)

    def _opposites(self, spots: list[Spot]) -> None:
        """Two things, "25 to the left and 25 to the right of the centre": one on each side."""
        told = [spot for spot in spots if spot.value is not None and spot.way in OUTWARD]
        for a, b in zip(told, told[1:], strict=False):
            axis, sign = OUTWARD[a.way]
            if self.frame.count != 2 or OUTWARD[b.way] != (axis, -sign):
                continue
            where, before, found = a.where or b.where, dict(self.values), []
            for one in (a, b):
                self.values = {}
                self._distance(Spot("from", where, one.value, one.way, one.own, one.axes))
                found += [(axis, value) for axis, values in self.values.items() for value in values]
            self.values = before
            if len({axis for axis, _ in found}) == 1:
                self.put(found[0][0], *(value for _, value in found))
                self.used += [a, b]

    def put(self, axis: str, *values: float) -> None:
        """Coordinates along an axis, unless there are some."""
        if axis in "xyz" and axis and axis != self.normal and axis not in self.values:
            self.values[axis] = sorted({round(value, 6) for value in values})

    # --- directions of a place

    # --- statements

    def _distance(self, spot: Spot) -> None:
        where, value = spot.where, spot.value
        if spot.kind == "further":
            self._further(spot)
            return
        if where is None:
            if spot.kind == "flush":
                return
            return
        if spot.kind == "flush":
            for axis, sides in self.boundaries(where)[:1]:
                self.put(
                    axis, *(side_of(self.box_of(where), axis, side) - side * self.half.get(axis, 0.0) for side in sides)
                )
            return
        if value is None:
            return
        if spot.kind == "either":
            axis = self._line_axis(spot)
            centre = side_of(self.box_of(where), axis, 0) if where.kind != "coordinate" else 0.0
            self.put(axis, centre - value, centre + value)
            return
        if where.kind == "coordinate":
            self._coordinate(where, value)
            return
        box = self.box_of(where)
        stated = [axis for axis in spot.axes if axis in "xyz"] if spot.axes else []
        if spot.way in OUTWARD and spot.way not in ("in", "out"):
            axis, sign = OUTWARD[spot.way]
            if self.normal == "z" and axis == "z":
                axis = "y" if spot.way in ("above", "below") else axis
            if axis == self.normal:
                return
            self._beyond(spot, where, box, axis, sign, value)
            return
        centre_like = where.kind in ("centre", "axis", "centreline", "middle", "origin") or (
            where.kind == "" and where.of is not None
        )
        if centre_like:
            axis = (
                stated[0]
                if stated
                else where.axis
                if where.axis in ("x", "y", "z") and where.kind != "axis"
                else self._open_axis()
            )
            if where.kind == "" and where.of is not None and where.of.kind == "solid" and not self._inside(where.of):
                sides = [-1]
                self.put(axis, *(side_of(box, axis, side) - side * value for side in sides))
                return
            pair = self.frame.count == 2 and self.frame.group is not None and not stated
            self.put(axis, *(side_of(box, axis, 0) + value * sign for sign in ((-1, 1) if pair else (1,))))
            return
        bounds = self.boundaries(where)
        if stated and bounds:
            bounds = [(axis, signs) for axis, signs in bounds if axis in stated] or [
                (stated[0], [self._side(where, stated[0], box)])
            ]
        for axis, signs in bounds:
            direction = 1 if spot.way == "out" else -1
            self.put(
                axis,
                *(
                    side_of(box, axis, side) + direction * side * (value + self._own_offset(spot, axis, side))
                    for side in signs
                ),
            )

    def _inside(self, frame: Frame | None) -> bool:
        return frame is self.ground.host_frame(self.frame)

    def _own_offset(self, spot: Spot, axis: str, side: int) -> float:
        """How far the thing's middle lies behind the point of it that was measured."""
        if spot.own in ("edge", "side", "face", "rim", "end", "corner") and spot.own:
            return self.half.get(axis, 0.0)
        own, towards = OUTWARD.get(spot.own.removeprefix("circle-"), ("", 0))
        own = "y" if own == "z" and self.normal == "z" else own
        half = self.half.get(axis, 0.0)
        if spot.own.startswith("circle-"):
            half -= min(self.half.get(one, 0.0) for one in self.axes)  # the middle of one of a slot's two circles
        return side * towards * half if own == axis else 0.0  # "its left end is 10 mm from…"

    def _beyond(self, spot: Spot, where: Where, box: Box, axis: str, sign: int, value: float) -> None:
        """Reads "10 mm above the base", "20 mm to the left of the centre", "8 mm below the top"."""
        named = dict(self.directions(where))
        boundary = where.kind in BOUNDARIES or axis in named
        if axis in named:
            base = side_of(box, axis, named[axis])
        elif where.kind == "" and where.of is None and axis == "z":
            base = side_of(box, axis, -sign)
        elif where.kind in ("centre", "axis", "centreline", "") and not (
            where.kind == "" and where.of is not None and axis == "z"
        ):
            base = side_of(box, axis, 0)
        elif where.kind == "" and axis == "z":
            base = side_of(
                box,
                axis,
                -1 if self._inside(where.of) and sign > 0 else 1 if sign < 0 and self._inside(where.of) else sign,
            )
        else:
            base = side_of(box, axis, -sign if boundary else 0)
        at = base + sign * value
        self.put(axis, at + self._own_offset(spot, axis, -1) if spot.own not in ("edge", "side", "end", "face") else at)

    def _coordinate(self, where: Where, value: float) -> None:
        axis = where.axis
        low = self.host[0][NUMBER[axis]] if self.ground.corner_origin else middle(self.host, axis)
        if self.frame.kind == "solid" and value in (0.0, extent(self.host, axis)):
            side = -1 if value == 0 else 1  # "at X = 0": flush with that end
            self.put(axis, side_of(self.host, axis, side) - side * self.half.get(axis, 0.0))
            return
        self.put(axis, low + value)

    def _further(self, spot: Spot) -> None:
        axis, sign = OUTWARD.get(spot.way, ("x", 1))
        if self.normal == "z" and axis == "z":
            axis = "y"
        previous = self.ground.last_at
        if previous is None or spot.value is None:
            base = middle(self.host, axis)
        else:
            base = previous[NUMBER[axis]]
            for other in self.axes:
                if other != axis:
                    self.soft.setdefault(other, previous[NUMBER[other]])
        self.put(axis, base + sign * (spot.value or 0.0))

    def _rounded_ends(self, where: Where, box: Box) -> bool:
        """The middles of the half circles that a plate ends in; `False` where its ends are square."""
        host = self.ground.host_frame(self.frame)
        if host is None or not host.has("rounded_ends") or len(self.axes) < 2:
            return False
        long, short = self._long_short(box, self.axes)
        sides = [side for axis, side in self.directions(where) if axis == long] or [-1, 1]
        self.put(long, *(side_of(box, long, side) - side * extent(box, short) / 2 for side in sides))
        self.put(short, middle(box, short))
        if len(sides) == 2 and not self.frame.counted:
            self.frame.count = 2
        return True

    def _line_axis(self, spot: Spot) -> str:
        if spot.axes and spot.axes[0] in "xyz":
            return spot.axes[0]
        where = spot.where
        if where is not None and where.axis in ("length", "width", "height"):
            return self.ground.dimension_axis(where.axis, self.host)
        group = self.frame.group
        for sibling in group.members if group is not None else []:
            for one in sibling.spots:
                if one.where is not None and one.where.axis in ("length", "width", "height"):
                    return self.ground.dimension_axis(one.where.axis, self.host)
        return self.along or self._open_axis()

    def _open_axis(self) -> str:
        return next((axis for axis in self.axes if axis not in self.values and axis not in self.soft), self.axes[0])

    def _statement(self, spot: Spot) -> None:
        where = spot.where
        if where is None:
            if spot.kind == "centred":
                for axis in self.axes:
                    self.put(axis, middle(self.host, axis))
            return
        box = self.box_of(where)
        if where.kind == "dimension" or where.axis in ("length", "width", "height", "thickness"):
            axis = self.ground.dimension_axis(where.axis, box)
            if spot.kind in ("centred", "at") and where.kind != "end":
                self.put(axis, middle(box, axis))
            return
        if spot.kind == "between":
            return
        if where.kind in ("axis", "centreline") and where.axis in ("x", "y", "z"):
            if spot.kind == "centred" or where.kind == "centreline" or spot.kind == "at":
                axis = where.axis
                if where.kind == "centreline" and spot.kind in ("at", "along", "centred") and self.ground.line_words:
                    axis = where.axis
                self.put(axis, middle(box, axis))
            return
        if where.kind == "centreline" or (where.kind == "axis" and spot.kind in ("at", "along", "on")):
            axes = self.axes
            axis = "z" if "horizontal" in where.which and "z" in axes else self._long_short(box, axes)[1]
            if "vertical" in where.which:
                axis = "x" if "x" in axes else axes[0]
            if "short" in where.which:
                axis = axes[0]
            self.put(axis, middle(box, axis))
            self.along = self._other(axis, axes)
            return
        if spot.own == "tip" and where.kind in ("centre", "middle", ""):
            axes = sorted(self.axes, key=lambda axis: -self.half.get(axis, 0.0))
            half, width = self.half.get(axes[0], 0.0), self.half.get(axes[1], 0.0)
            self.put(axes[0], middle(box, axes[0]) + half - width)  # one of a slot's two circles
            self.put(axes[1], middle(box, axes[1]))
            return
        if where.kind == "centre" and "on_end" in where.which and self._rounded_ends(where, box):
            return
        if where.kind in ("centre", "middle") and spot.kind in ("at", "centred", "on", "through", "around", "into"):
            for axis in self.axes:
                if not (self.frame.kind == "solid" and axis == self.ground.stack_axis):
                    self.put(axis, middle(box, axis))
            return
        if spot.kind in ("centred", "around"):
            for axis in self.axes:
                if not (self.frame.kind == "solid" and axis == self.ground.stack_axis):
                    self.put(axis, middle(box, axis))
            return
        if where.kind == "corner":
            for axis, sides in self.boundaries(where):
                self.hints.setdefault(axis, sides[0])
            return
        if where.kind == "" and where.of is not None and spot.kind in ("through", "at", "on", "into"):
            for axis in self.axes:
                if where.of.kind == "cut" or spot.kind == "through":
                    self.soft.setdefault(axis, middle(box, axis))

    # Boundaries: the sides of a box that words such as "left", "the short edge" or "the free end" name.
    @property
    def axes(self) -> list[str]:
        """The axes that are asked for, the longer extent first."""
        free = [axis for axis in "xyz" if axis != self.normal]
        return sorted(free, key=lambda axis: -round(extent(self.host, axis), 6)) if self.normal else free

    def directions(self, where: Where) -> list[tuple[str, int]]:
        """The sides that words such as "left" or "top" name, seen along the normal."""
        named = [
            word
            for word in ("left", "right", "front", "back", "top", "bottom")
            if word in where.which or where.kind == word
        ]
        found = []
        for word in named:
            axis, side = DIRECTIONS[word]
            if axis == self.normal or (axis == "z" and self.normal == "z"):
                if self.normal == "z" and word in ("top", "bottom"):
                    axis = "y"  # looking down on it
                elif self.normal == "x" and word in ("left", "right"):
                    axis = "y"
                elif self.normal == "y" and word in ("front", "back"):
                    continue
                else:
                    continue
            found.append((axis, side))
        return found

    def box_of(self, where: Where) -> Box:
        """The box that a place belongs to."""
        if where.of is not None and where.of is not self.frame:
            box = self.ground.box(where.of)
            if box is not None:
                return box
        return self.host

    def boundaries(self, where: Where) -> list[tuple[str, list[int]]]:
        """Axis -> sides of the boundary that a place names; [] where it names none."""
        box = self.box_of(where)
        free = list(self.axes)
        long, short = self._long_short(box, free)
        if "leg" in where.which and self.normal == "z":
            return [(axis, [-1]) for axis in free if axis not in self.values]
        found = [(axis, [side]) for axis, side in self.directions(where)]
        pair = where.which & {"each", "both", "all", "plural", "either"}
        if found:
            axes = {axis for axis, _ in found}
            if len(found) == 2 and len(axes) == 1:
                return [(found[0][0], [-1, 1])]  # "the left and right edges"
            if pair and len(found) > 1 and len({axis for axis, _ in found}) == 1:
                return [(found[0][0], [-1, 1])]
            return found
        axis = ""
        if where.size is not None:
            axis = next((one for one in free if abs(extent(box, self._other(one, free)) - where.size) < 1e-6), "")
        if where.axis in ("x", "y", "z") and not axis:
            axis = where.axis
        if "long" in where.which and where.kind != "end":
            axis = axis or (short if short not in self.sure else long)
        elif "short" in where.which:
            axis = axis or long
        elif where.kind == "end" and not axis:
            axis = self._end_axis(where, free, long)
        if where.kind == "corner" and not axis:
            return (
                [(long, [-1, 1]), (short, [-1, 1])]
                if pair or where.count > 1
                else [(one, [self.hints.get(one, -1)]) for one in (long, short)]
            )
        if not axis and where.kind in ("edge", "side", "face") and (pair or where.count >= 2):
            if where.which & {"each", "all", "both", "plural", "adjacent"} and where.kind in ("edge", "side"):
                placed = [one for one in (long, short) if one in self.values]
                open_ = [one for one in (long, short) if one not in placed]
                if set(open_) <= self.cornered:
                    return [
                        (one, [self.hints[one]]) for one in open_
                    ]  # "in the top left corner, 15 mm from both edges"
                return [(one, [-1, 1]) for one in open_]
        if not axis:
            fixed = set(self.values) | set(self.soft)
            axis = (
                next((one for one in (short, long) if one not in fixed), short)
                if where.kind in BOUNDARIES and fixed
                else long
                if where.kind in ("side", "edge", "face")
                else ""
            )
            if where.kind in ("rim", "circumference", "outside", "exterior", "mouth"):
                axis = long
            if not axis:
                return []
        if pair or (where.count >= 2 and "one" not in where.which):
            return [(axis, [-1, 1])]
        return [(axis, [self._side(where, axis, box)])]

    def _other(self, axis: str, free: list[str]) -> str:
        return next((one for one in free if one != axis), axis)

    def _long_short(self, box: Box, free: list[str]) -> tuple[str, str]:
        ordered = sorted(free, key=lambda axis: -round(extent(box, axis), 6))
        return (ordered[0], ordered[1]) if len(ordered) > 1 else (ordered[0], ordered[0])

    def _end_axis(self, where: Where, free: list[str], long: str) -> str:
        own = self.ground.axis_of(where.of or self.ground.host_frame(self.frame))
        return own if own in free else long

    def _side(self, where: Where, axis: str, box: Box) -> int:
        """Which of two sides: by what is near or far, by what is free, by a hint, else the lower."""
        k = NUMBER[axis]
        near, far = where.near, where.far
        if (
            near is None
            and far is None
            and where.kind in ("end", "side")
            and not where.which & {"other", "opposite", "free"}
        ):
            near, far = self.near, self.far
        for frame, sign in ((near, 1), (far, -1)):
            other = self.ground.box(frame) if frame is not None else None
            if other is not None:
                off = (other[0][k] + other[1][k]) / 2 - middle(box, axis)
                if abs(off) > 1e-6:
                    return sign * (1 if off > 0 else -1)
        if where.which & {"free", "opposite", "other", "plain"}:
            taken = self.ground.taken(axis, box, where.of, self.frame)
            if taken:
                return -taken
        if axis in self.hints:
            return self.hints[axis]
        previous = self.ground.last_side.get(axis)
        if "same" in where.which and previous:
            return previous
        if axis == "z":
            return 1 if self.ground.axis_of(where.of) == "z" and self.normal != "" else -1
        return -1


# Setting: coordinates in the object's frame become a `Placement` that follows the body where it can.

NEAR = 1e-6
UPRIGHT = {"x": (0.0, 90.0, 0.0), "y": (-90.0, 0.0, 0.0), "z": (0.0, 0.0, 0.0)}
DOWN = {"x": (0.0, -90.0, 0.0), "y": (90.0, 0.0, 0.0), "z": (180.0, 0.0, 0.0)}


def coordinate(ground: Ground, axis: str, value: float, own: Anchor = "centre") -> Coordinate:
    """A coordinate of the placed thing's `own` side, tied to the side or middle of the body that it lies nearest."""
    k = NUMBER[axis]
    low, high, centre = ground.whole[0][k], ground.whole[1][k], middle(ground.whole, axis)
    value = round(value, 6)
    if not ground.plain:
        return Coordinate(to="origin", offset=value, own=own)
    if abs(value - centre) < NEAR:
        return Coordinate(to="centre", own=own)
    if value < centre:
        return Coordinate(to="min", offset=round(value - low, 6), own=own)
    return Coordinate(to="max", offset=round(value - high, 6), own=own)


def placement(
    ground: Ground,
    at: dict[str, float],
    own: dict[str, Anchor] | None = None,
    rotate: tuple[float, float, float] = (0.0, 0.0, 0.0),
) -> Placement:
    """The place of a thing whose `own` sides (middles where not given) lie at `at`."""
    sides = own or {}
    made = {axis: coordinate(ground, axis, at[axis], sides.get(axis, "centre")) for axis in "xyz"}
    return Placement(x=made["x"], y=made["y"], z=made["z"], rotate=rotate)


def points_pattern(points: list[dict[str, float]]) -> Pattern | None:
    """A pattern for things at points, the first of which is the place itself; a grid where they form one."""
    if len(points) < 2:
        return None
    grid = _as_grid(points)
    if grid is not None:
        return grid
    first = points[0]
    return Points(
        offsets=tuple(
            (round(p["x"] - first["x"], 6), round(p["y"] - first["y"], 6), round(p["z"] - first["z"], 6))
            for p in points
        )
    )


def _as_grid(points: list[dict[str, float]]) -> Grid | None:
    counts, steps = [], []
    for axis in "xyz":
        values = sorted({round(point[axis], 6) for point in points})
        gaps = {round(b - a, 5) for a, b in zip(values, values[1:], strict=False)}
        if len(gaps) > 1:
            return None
        counts.append(len(values))
        steps.append(gaps.pop() if gaps else 0.0)
    if counts[0] * counts[1] * counts[2] != len(points):
        return None
    return Grid(counts=(counts[0], counts[1], counts[2]), steps=(steps[0], steps[1], steps[2]), centred=True)


def start_of(points: list[dict[str, float]]) -> dict[str, float]:
    """The place that a pattern of points starts from: a grid's middle, else the first point."""
    if len(points) > 1 and _as_grid(points) is not None:
        return {axis: (min(p[axis] for p in points) + max(p[axis] for p in points)) / 2 for axis in "xyz"}
    return points[0]


# Reaching: a slot that starts at another feature and ends so far from it ("runs up from the hole, 20 mm").


def reaching(ground: Ground, frame: Frame, normal: str) -> None:
    """Gives a slot that starts at a feature its length and place, where its far end is told from that feature."""
    if frame.shape != "slot" or frame.get("length", "apart", "total_length") is not None or frame.sizes:
        return
    if (across(frame) or frame.get("width")) is None:
        return
    for spot in frame.spots:
        where = spot.where
        start = where.of if where is not None else None
        if start is None or start is frame or start.kind != "cut" or id(start) not in ground.boxes or not spot.value:
            continue
        axis, sign = OUTWARD.get(spot.way, ("", 1))
        axis = "y" if axis == "z" and normal == "z" else axis or next((one for one in spot.axes if one in "xyz"), "")
        axis = axis or next(
            (one.where.axis for one in frame.spots if one.kind in ("parallel", "axis_is", "along") and one.where), ""
        )
        if axis not in ("x", "y", "z") or axis == normal:
            continue
        frame.dims["apart"] = abs(spot.value)
        half = sign * spot.value / 2
        frame.spots = [
            Spot("from", Where("centre", of=start), half if one == axis else 0.0, axes=one)
            for one in "xyz"
            if one != normal
        ]
        frame.spots.append(Spot("parallel", Where("axis", axis=axis)))
        return
