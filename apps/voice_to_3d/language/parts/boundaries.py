"""Boundaries: the sides of a box that words such as "left", "the short edge" or "the free end" name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.parts.boxes import extent, middle
from wugan.apps.voice_to_3d.language.parts.frames import Frame, Where
from wugan.apps.voice_to_3d.language.parts.vocabulary import DIRECTIONS

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.parts.grounding import Ground

Box = tuple[list[float], list[float]]
BOUNDARIES = ("edge", "side", "end", "face", "rim", "circumference", "outside", "exterior", "mouth", "corner")
NUMBER = {"x": 0, "y": 1, "z": 2}


class Boundaries:
    """Finds boundaries for `Locator`."""

    ground: Ground
    frame: Frame
    host: Box
    normal: str
    values: dict[str, list[float]]
    soft: dict[str, float]
    hints: dict[str, int]
    cornered: set[str]
    sure: list[str]
    near: Frame | None
    far: Frame | None

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
