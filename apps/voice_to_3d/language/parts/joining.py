"""Joining: a solid that is added to the part: where it touches, which way it points, and how it lies across."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.parts.bodies import body, guess
from wugan.apps.voice_to_3d.language.parts.frames import NUMBER, Body, Box, Frame, Spot, extent, middle, side_of
from wugan.apps.voice_to_3d.language.parts.layouts import layout
from wugan.apps.voice_to_3d.language.parts.locating import DOWN, UPRIGHT, Locator, placement, points_pattern, start_of
from wugan.apps.voice_to_3d.language.parts.vocabulary import DIRECTIONS
from wugan.apps.voice_to_3d.scene import solid as solids
from wugan.apps.voice_to_3d.scene.placement import Pattern, Polar
from wugan.apps.voice_to_3d.scene.profile import Polygon

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.parts.grounding import Ground


ROUND = ("cylinder", "tube", "cone", "round", "sphere", "hemisphere", "hexagon", "octagon", "torus")


class Joiner:
    """Adds one frame's solid."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground

    def join(self, frame: Frame) -> None:
        """Works out the place of a solid and adds the feature."""
        ground = self.ground
        if frame.called("gusset") or frame.called("rib") or frame.called("brace"):
            if gusset(ground, frame):
                return
        frame.shape = frame.shape or (guess(frame) if guess(frame) != "box" else "")
        spots = frame.all_spots()
        reference = self._reference(frame, spots)
        axis, side = self._direction(frame, spots, reference)
        made = self._body(frame, axis, side, reference, spots)
        if isinstance(made, str):
            ground.refuse(frame, f"its shape lacks {made}")
            return
        size = self._turned(made, axis, frame)
        ground.stack_axis, ground.stack_side = axis, side
        half = {one: size[NUMBER[one]] / 2 for one in "xyz"}
        box = ground.box(reference) if reference is not None else ground.whole
        assert box is not None
        locator = Locator(ground, frame, box, "", half)
        crossing = frame.has("crossing") or any(
            spot.kind == "through" and spot.where is not None and spot.where.of is not None for spot in spots
        )
        rim = any(spot.where is not None and spot.where.kind in ("rim", "circumference") for spot in spots)
        if rim and frame.get("circle") is not None:
            for one in "xyz":
                locator.put(one, middle(box, one))  # round about it, not on top
            crossing = True
        if not crossing:
            self._stack(locator, frame, spots, axis, side, half, box)
        locator.collect(spots)
        self._flush_sides(locator, frame, spots, axis, half, box)
        ground.stack_axis = axis
        made_at = layout(ground, frame, locator)
        self._emit(frame, made, made_at.points, made_at.polar, size, axis, side)

    def _body(self, frame: Frame, axis: str, side: int, reference: Frame | None, spots: list[Spot]) -> Body | str:
        ground = self.ground
        box = ground.box(reference) or ground.whole
        hints = {one: extent(box, one) for one in "xyz"}
        total = next((one.get("total_height") for one in ground.frames if one.get("total_height") is not None), None)
        if total is not None and axis == "z":
            rest = total - extent(ground.whole, "z")
            if rest > 0:
                hints["z"] = rest
        elif total is not None:
            hints["z"] = total
        standing = self._standing(frame, spots, box, hints) if axis == "z" else None
        if standing is not None:
            return body(standing, hints)
        if axis in "xy" and frame.get("reach") is not None:
            hints[axis] = frame.get("reach") or 0.0
            if frame.shape in ("box", "") and frame.get("width") is not None:
                across_axis = "y" if axis == "x" else "x"
                return body(
                    _relabelled(frame, {across_axis: frame.get("width") or 0.0, axis: frame.get("reach") or 0.0}, hints)
                )
        return body(frame, hints)

    def _standing(self, frame: Frame, spots: list[Spot], box: Box, hints: dict[str, float]) -> Frame | None:
        """A wall that stands on a side of the base: its thickness lies across that side, its width along it."""
        thick, high = frame.get("thickness"), frame.get("height", "reach")
        if (
            frame.shape not in ("box", "")
            or thick is None
            or high is None
            or frame.sizes
            or any(key.startswith("axis_") for key in frame.dims)
        ):
            return None
        where = next(
            (
                one.where
                for one in spots
                if one.where is not None
                and one.kind in ("at", "on", "along", "fromface", "flush", "beside")
                and one.where.kind in ("end", "side", "edge", "left", "right", "front", "back")
            ),
            None,
        )
        if where is None:
            return None
        long = "x" if extent(box, "x") >= extent(box, "y") - 1e-9 else "y"
        words = [word for word in ("left", "right", "front", "back") if word in where.which or where.kind == word]
        across_axis = (
            DIRECTIONS[words[0]][0] if words else ("y" if long == "x" else "x") if "long" in where.which else long
        )
        other = "y" if across_axis == "x" else "x"
        wide = frame.get("width", "length", "depth")
        return _relabelled(
            frame, {across_axis: thick, "z": high, other: wide if wide is not None else hints[other]}, hints
        )

    def _turned(self, made: Body, axis: str, frame: Frame) -> tuple[float, float, float]:
        x, y, z = made.size
        if frame.shape in ("box", "") and isinstance(made.solid, solids.Box):
            return made.size
        return {"x": (z, y, x), "y": (x, z, y), "z": (x, y, z)}[axis]

    # --- what it refers to, and which way it points

    def _reference(self, frame: Frame, spots: list[Spot]) -> Frame | None:
        """The solid that it touches: one that was named, else the last one."""
        for spot in spots:
            where = spot.where
            if (
                where is not None
                and where.of is not None
                and where.of.kind == "solid"
                and where.of is not frame
                and self.ground.box(where.of) is not None
            ):
                return where.of
        for spot in spots:
            where = spot.where
            if (
                where is not None
                and where.of is not None
                and where.of.host is not None
                and self.ground.box(where.of.host) is not None
            ):
                return where.of.host
        placed = [
            spot
            for spot in spots
            if spot.kind not in ("at", "flag", "around", "centred")
            or spot.where is None
            or spot.where.kind not in ("axis", "centre", "centreline", "row", "even")
        ]
        if (
            frame.shape in (*ROUND, "")
            and self.ground.last_join is not None
            and self.ground.last_join.shape in (*ROUND, "")
            and not placed
        ):
            return self.ground.last_join
        return self.ground.base

    def _direction(self, frame: Frame, spots: list[Spot], reference: Frame | None) -> tuple[str, int]:
        ground = self.ground
        base_shape = reference.shape if reference is not None else ""
        axis, side = "", 0
        for spot in spots:
            where = spot.where
            if spot.kind == "on":
                words = (
                    [] if where is None else [word for word in DIRECTIONS if word in where.which or where.kind == word]
                )
                axis, side = DIRECTIONS[words[0]] if words else ("z", 1)
                break
            if spot.kind == "under":
                axis, side = "z", -1
                break
            if where is None:
                continue
            words = [word for word in DIRECTIONS if word in where.which or where.kind == word]
            if (
                spot.kind in ("at", "beside", "fromface", "along", "flag")
                and words
                and where.kind
                in (
                    "face",
                    "side",
                    "surface",
                    "left",
                    "right",
                    "front",
                    "back",
                    "top",
                    "bottom",
                    "end",
                    "edge",
                    "centre",
                )
            ):
                axis, side = DIRECTIONS[words[0]]
                if frame.shape in ("box", "") and axis != "z" and not self._sticks(frame):
                    axis, side = "z", 1  # a wall stands on the end of a base
                break
        if frame.axis in ("x", "y", "z") and frame.axis:
            if frame.axis != axis:
                axis, side = frame.axis, side if axis == frame.axis else 1
        for spot in spots:
            if spot.kind == "axis_is" and spot.where is not None and spot.where.axis in ("x", "y", "z"):
                axis, side = spot.where.axis, side or 1
            if spot.kind == "perpendicular" and spot.where is not None and spot.where.of is not None:
                axis, side = ("x" if ground.axis_of(spot.where.of) != "x" else "y"), 1
            if (
                spot.kind == "parallel"
                and spot.where is not None
                and spot.where.kind == "axis"
                and spot.where.axis in "xyz"
            ):
                axis, side = spot.where.axis, 1
        if axis:
            return axis, side
        if base_shape == "torus" and frame.shape in ROUND:
            return "x", -1
        if self._sticks(frame) and frame.shape in ("box", ""):
            return self._sticking(spots, reference)
        opposite = any(
            spot.where is not None
            and (spot.where.far is not None or "other" in spot.where.which or "opposite" in spot.where.which)
            for spot in spots
            if spot.kind in ("at", "on", "from")
        )
        if frame.noun == "flange" and frame.shape in ROUND and not opposite and ground.last_join is None:
            return "z", -1
        return (
            "z",
            -ground.stack_side
            if opposite
            else ground.stack_side
            if ground.last_join is not None and frame.shape in ROUND
            else 1,
        )

    def _sticks(self, frame: Frame) -> bool:
        return frame.get("reach") is not None or frame.has("sticks")

    def _sticking(self, spots: list[Spot], reference: Frame | None) -> tuple[str, int]:
        ground = self.ground
        box = ground.box(reference) or ground.whole
        long = "x" if extent(box, "x") >= extent(box, "y") else "y"
        for spot in spots:
            where = spot.where
            if where is None:
                continue
            if "long" in where.which and where.kind in ("side", "edge"):
                return ("y" if long == "x" else "x"), -1
            if where.size is not None:
                return ("x" if abs(extent(box, "y") - where.size) < 1e-6 else "y"), -1
        return long, -1

    # --- where

    def _stack(
        self, locator: Locator, frame: Frame, spots: list[Spot], axis: str, side: int, half: dict[str, float], box: Box
    ) -> None:
        """Brings it against the side of what it refers to."""
        for spot in spots:  # "starts at the bottom of the pocket"
            where = spot.where
            cut = (
                self.ground.box(where.of)
                if where is not None and where.of is not None and where.of.kind == "cut"
                else None
            )
            if cut is not None and where is not None and where.kind in ("bottom", "floor") and axis == "z":
                locator.put(axis, side_of(cut, axis, -1) + half[axis])
                return
        base = self.ground.base
        included = base is not None and base.get("total_length", "total_height") is not None and frame.shape in ROUND
        if included and not spots and axis == "z":
            locator.put(axis, side_of(box, axis, side) - side * half[axis])  # the overall length includes it
            return
        stated = any(
            spot.kind == "flush"
            and spot.where is not None
            and any(DIRECTIONS[w][0] == axis for w in DIRECTIONS if w in spot.where.which or spot.where.kind == w)
            for spot in spots
        )
        if stated and frame.shape in ("box", ""):
            return
        sink = 0.0
        reference = self._reference(frame, spots)
        if reference is not None and reference.shape == "torus" and axis in "xy":
            sink = extent(box, "z") / 2  # into the ring, up to the middle of its tube
        if (
            reference is not None
            and reference.shape in ROUND
            and axis in "xy"
            and reference.shape != "torus"
            and self.ground.axis_of(reference) == "z"
        ):
            sink = min(half.get(_other(axis), 0.0), extent(box, axis) / 4)
        at = side_of(box, axis, side) + side * half[axis]
        locator.put(axis, at)
        self.sink = sink

    def _flush_sides(
        self, locator: Locator, frame: Frame, spots: list[Spot], axis: str, half: dict[str, float], box: Box
    ) -> None:
        """Reads "on the left end", "at the end of the leg at X = 0": inside the footprint, flush with that end."""
        if axis != "z" or frame.shape not in ("box", ""):
            return
        for spot in spots:
            where = spot.where
            if where is None or spot.kind not in ("at", "on", "beside", "along", "fromface"):
                continue
            if where.kind in ("end", "side", "edge", "left", "right", "front", "back", "corner"):
                for one, sides in locator.boundaries(where):
                    if one == "z":
                        continue
                    locator.put(one, *(side_of(box, one, k) - k * half[one] for k in sides[: max(1, frame.count)]))
                if where.kind != "corner":
                    break

    def _emit(
        self,
        frame: Frame,
        made: Body,
        points: list[dict[str, float]],
        polar: Pattern | None,
        size: tuple[float, float, float],
        axis: str,
        side: int,
    ) -> None:
        ground = self.ground
        sink = getattr(self, "sink", 0.0)
        shape = made.solid
        if sink and isinstance(shape, solids.Cylinder):
            shape = shape.model_copy(update={"height": shape.height + sink})
            points = [{**point, axis: point[axis] - side * sink / 2} for point in points]
        start = start_of(points)
        rotate = (0.0, 0.0, 0.0)
        if not isinstance(shape, solids.Box):
            rotate = (
                (UPRIGHT if side >= 0 else DOWN)[axis]
                if (axis != "z" or isinstance(shape, (solids.Cone, solids.Sphere, solids.Pyramid)))
                else (0.0, 0.0, 0.0)
            )
        feature = solids.Join(
            id=ground.name(frame), name=frame.noun, shape=shape, place=placement(ground, start, rotate=rotate),
            pattern=polar if polar is not None else points_pattern(points),
        )  # fmt: skip
        ground.features.append(feature)
        if axis == "z" and side < 0 and rotate == (0.0, 0.0, 0.0):
            ground.flipped.add(id(frame))
        ground.axes[id(frame)] = axis if frame.shape in ROUND else max("xyz", key=lambda one: size[NUMBER[one]])
        first = points[0]
        box = (
            [first[one] - size[NUMBER[one]] / 2 for one in "xyz"],
            [first[one] + size[NUMBER[one]] / 2 for one in "xyz"],
        )
        ground.boxes[id(frame)] = box
        for point in points:
            ground.grow(
                (
                    [point[one] - size[NUMBER[one]] / 2 for one in "xyz"],
                    [point[one] + size[NUMBER[one]] / 2 for one in "xyz"],
                )
            )
        if isinstance(polar, Polar):
            reach = polar.diameter / 2
            ground.grow(
                ([box[0][0] - reach, box[0][1] - reach, box[0][2]], [box[1][0] + reach, box[1][1] + reach, box[1][2]])
            )
        ground.last_join = frame
        ground.last_at = [first[one] for one in "xyz"]


def _other(axis: str) -> str:
    return "y" if axis == "x" else "x"


def _relabelled(frame: Frame, sizes: dict[str, float], hints: dict[str, float]) -> Frame:
    """A copy of a frame with its box's sizes tied to axes."""
    copy = Frame(frame.kind, frame.noun, set(frame.names), "box", flags=set(frame.flags))
    copy.sizes = [(value, axis) for axis, value in sizes.items()]
    thick = frame.get("thickness", "height")
    copy.sizes += [(thick if thick is not None else hints[axis], axis) for axis in "xyz" if axis not in sizes]
    return copy


# Gussets and ribs in the inside corner between a lying and a standing plate.


def gusset(ground: Ground, frame: Frame) -> bool:
    """Adds a triangle with its legs on the two plates; `False` where there is no such corner."""
    leg = frame.get("leg", "side") or (frame.sizes[0][0] if frame.sizes else None)
    other = frame.get("leg_2") or (frame.sizes[1][0] if len(frame.sizes) > 1 else None)
    wide, high = frame.get("length", "width", "depth"), frame.get("height")
    if leg is None and wide is not None and high is not None:
        leg, other = wide, high
    thick = frame.get("thickness") or frame.get("width")
    standing = _standing(ground)
    if leg is None or thick is None or standing is None or ground.base is None:
        return False
    other = other or leg
    base = ground.boxes[id(ground.base)]
    axis, side, wall = standing
    run = "y" if axis == "x" else "x"
    corner = side_of(wall, axis, -side)
    floor = side_of(base, "z", 1)
    points = [(corner, floor), (corner - side * leg, floor), (corner, floor + other)]
    flat = [(p, -q) for p, q in points] if run == "y" else [(-q, p) for p, q in points]
    if sum(m[0] * n[1] - n[0] * m[1] for m, n in zip(flat, flat[1:] + flat[:1], strict=True)) < 0:
        flat.reverse()
    shape = solids.Extrude(profile=Polygon(points=tuple(flat)), height=thick)
    values = _across(ground, frame, run, wall, thick)
    for at in values:
        where = {axis: min(p for p, _ in points), "z": floor, run: at}
        place = placement(ground, where, {axis: "min", "z": "min"}, UPRIGHT[run])
        ground.features.append(solids.Join(id=ground.name(frame), name=frame.noun, shape=shape, place=place))
    low, high_ = [0.0] * 3, [0.0] * 3
    for one, pair in (
        (axis, [p for p, _ in points]),
        ("z", [q for _, q in points]),
        (run, [values[0] - thick / 2, values[0] + thick / 2]),
    ):
        low[NUMBER[one]], high_[NUMBER[one]] = min(pair), max(pair)
    ground.boxes[id(frame)] = (low, high_)
    return True


def _across(ground: Ground, frame: Frame, run: str, wall: Box, thick: float) -> list[float]:
    """Where along the corner: in the middle, or at both ends."""
    if frame.count == 2 or frame.has("both_ends", "both_sides"):
        return [side_of(wall, run, -1) + thick / 2, side_of(wall, run, 1) - thick / 2]
    if frame.count > 2:
        size = extent(wall, run) - thick
        return [side_of(wall, run, -1) + thick / 2 + size * k / (frame.count - 1) for k in range(frame.count)]
    return [middle(wall, run)]


def _standing(ground: Ground) -> tuple[str, int, Box] | None:
    """The plate that stands on the base: the axis across it, the side of the base it stands at, its box."""
    if ground.base is None:
        return None
    base = ground.boxes[id(ground.base)]
    for frame in reversed(ground.frames):
        box = ground.boxes.get(id(frame))
        if box is None or frame is ground.base or frame.kind != "solid" or box[0][2] < base[1][2] - 1e-6:
            continue
        axis = "x" if extent(box, "x") <= extent(box, "y") else "y"
        off = middle(box, axis) - middle(base, axis)
        if abs(off) > 1e-6:
            return axis, 1 if off > 0 else -1, box
    return None
