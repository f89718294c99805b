"""Cutting: a hole, slot, pocket, recess or opening with a straight outline; other cuts are in `carving`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.parts.bodies import body
from wugan.apps.voice_to_3d.language.parts.directions import Directions
from wugan.apps.voice_to_3d.language.parts.frames import Frame
from wugan.apps.voice_to_3d.language.parts.layouts import layout
from wugan.apps.voice_to_3d.language.parts.listing import place_of
from wugan.apps.voice_to_3d.language.parts.locating import NUMBER, Box, Locator, extent, middle, side_of
from wugan.apps.voice_to_3d.language.parts.reaching import reaching
from wugan.apps.voice_to_3d.language.parts.setting import UPRIGHT, coordinate, placement, points_pattern, start_of
from wugan.apps.voice_to_3d.language.parts.tool import Tool
from wugan.apps.voice_to_3d.language.parts.tools import Tools
from wugan.apps.voice_to_3d.language.parts.vocabulary import DIRECTIONS
from wugan.apps.voice_to_3d.scene import solid as solids
from wugan.apps.voice_to_3d.scene.placement import Pattern, Placement
from wugan.apps.voice_to_3d.scene.profile import Polygon

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.parts.grounding import Ground


class Cutter(Directions, Tools):
    """Adds one frame's cut."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground

    def cut(self, frame: Frame) -> None:
        """Works out a cut and adds it."""
        from wugan.apps.voice_to_3d.language.parts import carving

        special = carving.CARVERS.get(frame.shape)
        if frame.lead is not None and frame.shape in ("counterbore", "countersink"):
            carving.widened(self.ground, frame)
        elif special is not None and special(self.ground, frame):
            return
        else:
            self.straight(frame)

    def straight(self, frame: Frame) -> None:
        """A cut with a straight outline."""
        ground = self.ground
        host = ground.host_frame(frame)
        box = ground.box(host) or ground.whole
        normal, side = self.direction(frame, host, box)
        if frame.has("three_axes"):
            frame.flags.discard("three_axes")
            for axis in "xyz":
                frame.axis = axis
                frame.spots = [spot for spot in frame.spots if spot.kind not in ("axis_is", "through", "along")]
                self.straight(frame)
            return
        if frame.shape in ("sphere", "hemisphere", "torus", "cone", "capsule", "ellipsoid"):
            self._body(frame, box)
            return
        _radial(frame)
        normal, side = self._running(frame, host, box, normal, side)
        reaching(ground, frame, normal)
        tool = self.tool(frame, normal, box)
        if isinstance(tool, str):
            ground.refuse(frame, f"its shape lacks {tool}")
            return
        locator = Locator(ground, frame, box, normal, {axis: tool.size.get(axis, 0.0) / 2 for axis in "xyz"})
        self._spans(frame, locator, tool, normal)
        locator.collect(frame.all_spots())
        depth = self.depth(frame, box, normal)
        if frame.has("one_wall"):
            depth = extent(box, normal) / 2  # from the outside to the middle
            frame.flags.discard("through")
        faces = (
            frame.has("both_sides", "both_ends")
            and depth is not None
            and frame.count <= 2
            and not any(spot.value for spot in frame.all_spots())
        )
        faces = faces or (
            any(
                spot.where is not None and spot.where.kind in ("face", "end") and spot.where.which & {"both", "each"}
                for spot in frame.all_spots()
            )
            and depth is not None
        )
        if faces:
            frame.flags -= {"both_sides", "both_ends"}
            frame.count = 1
        elif frame.has("corners") and tool.profile is not None and not set(locator.values) & set(locator.axes):
            for axis in locator.axes:  # "out of each corner": flush with it
                half = tool.size.get(axis, 0.0) / 2
                locator.put(axis, side_of(box, axis, -1) + half, side_of(box, axis, 1) - half)
            frame.count = 4
        elif tool.profile is not None and self._in_corners(frame, locator, tool, box):
            frame.counted = True
        made = place_of(ground, frame, locator) or layout(ground, frame, locator)
        if faces:
            self.emit(frame, tool, made.points, made.polar, normal, -side, depth, box, host)
        self.emit(frame, tool, made.points, made.polar, normal, side, depth, box, host)

    def _running(self, frame: Frame, host: Frame | None, box: Box, normal: str, side: int) -> tuple[str, int]:
        """A slot "in the Y direction" of a plate runs along Y; it is not cut along Y."""
        named = [spot for spot in frame.spots if spot.kind == "axis_is"]
        default = self.normal(host, box)
        long = frame.get("length", "apart", "total_length") is not None or len(frame.sizes) > 1
        far = any(spot.value and spot.where is not None and spot.where.of is not None for spot in frame.spots)
        if frame.shape != "slot" or normal == default or not named or not (long or far):
            return normal, side
        for spot in named:
            spot.kind = "parallel"
        return default, 1

    def _in_corners(self, frame: Frame, locator: Locator, tool: Tool, box: Box) -> bool:
        """Flush with the corners that were named without a distance: "cut from the upper right corner"."""
        spots = [spot for spot in frame.all_spots() if spot.where is not None and spot.where.kind == "corner"]
        if not spots or any(spot.value for spot in frame.all_spots()) or len(locator.axes) != 2:
            return False
        named = [dict(locator.directions(spot.where)) for spot in spots if spot.where is not None]
        several = any(spot.where is not None and spot.where.count > 1 for spot in spots)
        if not several and not any(len(one) == 2 for one in named):
            return False
        for axis in locator.axes:
            half = tool.size.get(axis, 0.0) / 2
            low, high = side_of(box, axis, -1) + half, side_of(box, axis, 1) - half
            side = next((one[axis] for one in named if axis in one), 0)
            locator.values[axis] = [low if side < 0 else high] if side else [low, high]
        frame.count = len(locator.values[locator.axes[0]]) * len(locator.values[locator.axes[1]])
        return True

    # --- the tool

    def _spans(self, frame: Frame, locator: Locator, tool: Tool, normal: str) -> None:
        """Reads "from the outside to the pocket": the cut reaches from the body's side to a feature."""
        from wugan.apps.voice_to_3d.language.parts.carving import spanned

        spanned(self.ground, frame, locator, tool, normal)

    def _body(self, frame: Frame, box: Box) -> None:
        """A ball, cone or ring that is taken away: about the middle of its host, or of what was named."""
        made = body(frame)
        if isinstance(made, str):
            self.ground.refuse(frame, f"its shape lacks {made}")
            return
        half = {axis: size / 2 for axis, size in zip("xyz", made.size, strict=True)}
        locator = Locator(self.ground, frame, box, "", half)
        locator.collect(frame.all_spots())
        at = {axis: (locator.values.get(axis) or [middle(box, axis)])[0] for axis in "xyz"}
        for spot in frame.all_spots():
            where = spot.where
            face = [word for word in DIRECTIONS if where is not None and (word in where.which or where.kind == word)]
            if face and spot.kind in ("at", "into", "on", "fromface"):
                axis, side = DIRECTIONS[face[0]]
                at[axis] = side_of(box, axis, side)
        ground = self.ground
        ground.features.append(
            solids.Cut(id=ground.name(frame), name=frame.noun, shape=made.solid, place=placement(ground, at))
        )
        ground.boxes[id(frame)] = ([at[a] - half[a] for a in "xyz"], [at[a] + half[a] for a in "xyz"])

    def depth(self, frame: Frame, box: Box, normal: str) -> float | None:
        """How deep; `None` goes through."""
        depth = frame.get("depth")
        floors = (spot.where.of for spot in frame.all_spots() if spot.kind == "to_floor" and spot.where is not None)
        floor = next(floors, None)
        if depth is None and floor is not None:
            return floor.get("depth")
        if (
            depth is None
            and frame.shape in ("hole", "pocket", "counterbore", "hexagon", "semicircle")
            and not frame.has("through")
        ):
            depth = frame.get("height", "length") if frame.shape == "hole" else frame.get("height")
        if depth is None and not frame.has("through"):
            axes = [size for size, axis in frame.sizes if axis == normal]
            depth = axes[0] if axes else None
        if frame.has("through") and frame.get("depth") is None:
            return None
        if depth is not None and depth >= extent(self.ground.whole, normal) - 1e-9 and frame.has("through"):
            return None
        return depth

    # --- the feature

    def emit(
        self,
        frame: Frame,
        tool: Tool,
        points: list[dict[str, float]],
        polar: Pattern | None,
        normal: str,
        side: int,
        depth: float | None,
        box: Box,
        host: Frame | None,
    ) -> None:
        """Adds the cut at points across the normal, from a side of the box."""
        ground = self.ground
        k = NUMBER[normal]
        low, high = box[0][k], box[1][k]
        named = frame.host is not None or (frame.group is not None and frame.group.host is not None)
        whole = depth is None and (
            not named
            or (frame.has("through") and not self._only(frame))
            or (abs(low - ground.whole[0][k]) < 1e-6 and abs(high - ground.whole[1][k]) < 1e-6)
        )
        if depth is None and not whole:
            start, height = high, high - low
            side = 1
        else:
            start, height = side_of(box, normal, side), depth if depth is not None else extent(ground.whole, normal)
            if not named and not whole:
                start = self._surface(points[0], normal, side, start)
            start = self._start(frame, normal, side, start, points, whole)
        shape: solids.Solid = (
            solids.Cylinder(diameter=tool.diameter, height=height)
            if tool.profile is None
            else solids.Extrude(profile=tool.profile, height=height)
        )
        rotate = (
            UPRIGHT[normal]
            if not tool.spin
            else {"z": (0.0, 0.0, tool.spin), "x": (0.0, 90.0, 0.0), "y": (-90.0, 0.0, 0.0)}[normal]
        )
        if tool.spin and normal != "z":
            shape = _spun(shape, tool)
        full = [{**point, normal: middle(ground.whole, normal) if whole else start} for point in points]
        first = start_of(full)
        anchors = {axis: coordinate(ground, axis, first[axis]) for axis in "xyz" if axis != normal}
        anchors[normal] = (
            coordinate(ground, normal, first[normal])
            if whole
            else coordinate(ground, normal, start, "max" if side > 0 else "min")
        )
        place = Placement(x=anchors["x"], y=anchors["y"], z=anchors["z"], rotate=rotate)
        feature = solids.Cut(
            id=ground.name(frame), name=frame.noun, shape=shape, place=place, through=normal if whole else None,

            pattern=polar if polar is not None else points_pattern(full),
        )  # fmt: skip
        ground.features.append(feature)
        self.remember(frame, tool, full, normal, side, start, height, whole, polar)

    def _surface(self, point: dict[str, float], normal: str, side: int, start: float) -> float:
        """The outermost face of the solids that stand over a point."""
        ground = self.ground
        faces = [start]
        for frame in ground.frames:
            box = ground.boxes.get(id(frame))
            if (
                frame.kind == "solid"
                and box is not None
                and all(
                    side_of(box, a, -1) - 1e-6 <= v <= side_of(box, a, 1) + 1e-6
                    for a, v in point.items()
                    if a != normal
                )
            ):
                faces.append(side_of(box, normal, side))
        return max(faces) if side > 0 else min(faces)

    def _only(self, frame: Frame) -> bool:
        """Whether a hole is only in what was named ("through one wall of the hub only")."""
        return frame.has("only")

    def _start(
        self, frame: Frame, normal: str, side: int, start: float, points: list[dict[str, float]], whole: bool
    ) -> float:
        """A cut at the bottom of another starts there ("at the bottom of the vee", "in the pocket")."""
        if whole:
            return start
        for spot in frame.all_spots():
            where = spot.where
            if (
                where is not None
                and where.of is not None
                and where.of.kind == "cut"
                and (where.kind in ("bottom", "floor") or spot.kind == "into")
            ):
                box = self.ground.box(where.of)
                if box is not None:
                    return side_of(box, normal, -side)
        return start

    def remember(
        self,
        frame: Frame,
        tool: Tool,
        full: list[dict[str, float]],
        normal: str,
        side: int,
        start: float,
        height: float,
        whole: bool,
        polar: Pattern | None,
    ) -> None:
        """Keeps the box of the cut for what refers to it."""
        ground = self.ground
        first = full[0]
        k = NUMBER[normal]
        low = [first[axis] - tool.size.get(axis, 0.0) / 2 for axis in "xyz"]
        high = [first[axis] + tool.size.get(axis, 0.0) / 2 for axis in "xyz"]
        if whole:
            low[k], high[k] = ground.whole[0][k], ground.whole[1][k]
        else:
            low[k], high[k] = (start - height, start) if side > 0 else (start, start + height)
        ground.boxes[id(frame)] = (low, high)
        ground.axes[id(frame)] = normal
        if polar is None:
            ground.last_at = [first[axis] for axis in "xyz"]
        ground.sides[id(frame)] = side
        ground.points[id(frame)] = (full, polar)
        ground.last_side[normal] = side


def _radial(frame: Frame) -> None:
    """Slots like spokes: from an inner to an outer distance from the middle, copied round it."""
    spots = [spot for spot in frame.spots if spot.kind == "from" and spot.own in ("inner", "outer") and spot.value]
    ends = {spot.own: spot.value or 0.0 for spot in spots}
    if frame.shape != "slot" or len(ends) != 2:
        return
    frame.dims["apart"] = ends["outer"] - ends["inner"]
    frame.dims["circle"] = ends["outer"] + ends["inner"]
    frame.spots = [spot for spot in frame.spots if spot not in spots]


def _spun(shape: solids.Solid, tool: Tool) -> solids.Solid:
    """A slot across: its outline turned by a quarter inside the extrusion."""
    from wugan.apps.voice_to_3d.scene.profile import Combined, Piece

    assert isinstance(shape, solids.Extrude)
    return shape.model_copy(update={"profile": Combined(add=(Piece(profile=shape.profile, rotate=tool.spin),))})


__all__ = ["Cutter", "Polygon", "Tool"]
