"""Cutting: a hole, slot, pocket, recess or opening with a straight outline; other cuts are in `carving`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.parts.bodies import body, outline
from wugan.apps.voice_to_3d.language.parts.frames import (
    NUMBER,
    Box,
    Frame,
    Spot,
    across,
    box_axes,
    extent,
    middle,
    side_of,
)
from wugan.apps.voice_to_3d.language.parts.layouts import layout, place_of
from wugan.apps.voice_to_3d.language.parts.locating import (
    UPRIGHT,
    Locator,
    coordinate,
    placement,
    points_pattern,
    reaching,
    start_of,
)
from wugan.apps.voice_to_3d.language.parts.vocabulary import DIRECTIONS
from wugan.apps.voice_to_3d.scene import solid as solids
from wugan.apps.voice_to_3d.scene.placement import Pattern, Placement
from wugan.apps.voice_to_3d.scene.profile import Profile, Rectangle, Slot

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.parts.grounding import Ground


ROUND = ("cylinder", "tube", "cone", "round", "hemisphere", "sphere", "torus")


@dataclass
class Tool:
    """What cuts: an outline along the normal, the size of its box along each axis, and a turn about the normal."""

    profile: Profile | None
    diameter: float
    size: dict[str, float]
    spin: float = 0.0


class Cutter:
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

    # Directions: the axis of a cut and the face that it starts from.
    def direction(self, frame: Frame, host: Frame | None, box: Box) -> tuple[str, int]:
        """The axis of the cut, and the side of the host that it starts from."""
        ground = self.ground
        default = self.normal(host, box)
        axis, side, lined = "", 0, False
        plane = {letter for _, letter in frame.sizes if letter in ("x", "y", "z")}
        if len(plane) == 2 and frame.shape in ("pocket", "cutout", "rebate", "box", "notch"):
            axis = next(one for one in "xyz" if one not in plane)  # "40 mm (X) by 20 mm (Y)"
        spread = {one for one in "xyz" if frame.get("pitch_" + one, "apart_" + one)}
        if len(spread) == 2:
            axis = next(one for one in "xyz" if one not in spread)  # "23 mm apart in x and 80 mm apart in y"
        measured = {
            DIRECTIONS[word][0]
            for spot in frame.all_spots()
            if spot.kind == "from" and spot.value and spot.where is not None and spot.where.of is None
            for word in {*spot.where.which, spot.where.kind} & DIRECTIONS.keys()
        }
        if any(spot.kind == "from" and spot.value and spot.where is not None and spot.where.kind == "end"
               for spot in frame.all_spots()):  # fmt: skip
            measured.add(ground.axis_of(host))
        for spot in frame.all_spots():
            where = spot.where
            if where is None:
                continue
            if spot.kind == "axis_is":
                said = where.axis if where.axis in ("x", "y", "z") else ground.dimension_axis(where.axis, box)
                axis = axis if axis and lined else said  # what was said first of several
                lined = True
                continue
            if spot.kind == "through" and where.kind == "dimension":
                axis = axis or ground.dimension_axis(where.axis, box)
            if spot.kind == "through" and where.kind == "axis" and where.axis in "xyz":
                axis = axis or where.axis
            if spot.kind == "through" and where.kind == "sweep":
                flat = sorted("xy", key=lambda one: extent(box, one))
                axis = axis or (flat[0] if "side" in where.which else flat[1])
            if spot.kind in ("perpendicular",) and where.of is not None:
                own = ground.axis_of(where.of)
                axis = axis or ("x" if own != "x" else "y")
            if spot.kind == "perpendicular" and where.kind == "axis" and host is not None:
                own = ground.axis_of(host)
                axis = axis or ("x" if own != "x" else "y")
            if (
                spot.kind == "parallel"
                and where.kind == "axis"
                and where.axis in ("x", "y", "z")
                and frame.shape not in ("slot", "groove", "pocket")
            ):
                axis = axis or where.axis
            face = self._face(spot, box, host)
            if face and spot.kind == "at" and where.kind not in ("face", "surface") and face[0] in measured:
                continue  # "at the left end …, 15 mm from the end": it goes across
            if face and not axis:
                axis, side = face
            elif face and face[0] == axis:
                side = face[1]
        within = (spot.where.of for spot in frame.all_spots() if spot.where is not None and spot.kind != "from")
        inside = next((one for one in within if one is not None and one.kind == "cut" and id(one) in ground.axes), None)
        if not axis and inside is not None and not frame.axis and inside.shape in ("hole", "pocket", "hexagon"):
            return ground.axes[id(inside)], side or ground.sides.get(id(inside), 1)  # "in the middle of the recess"
        if not axis and frame.axis in ("x", "y", "z") and frame.axis:
            axis = frame.axis
        if not axis and frame.has("radial", "transverse") and host is not None and frame.shape != "slot":
            axis = "x" if ground.axis_of(host) == "z" else "z"
        if not axis and frame.has("vertical"):
            axis = "z"
        if not axis and frame.has("horizontal"):
            axis = "y"
        axis = axis or default
        return axis, side or 1

    def _face(self, spot: Spot, box: Box, host: Frame | None) -> tuple[str, int] | None:
        """The face that a cut starts from: "from the front", "in the left side", "at the end of the shank"."""
        where = spot.where
        assert where is not None
        if where.of is not None and where.of.kind == "cut":
            return None
        facing = (
            where.kind in ("face", "surface", "top", "bottom", "front", "back", "left", "right")
            or (where.kind == "side" and spot.kind != "from")
            or (where.kind == "end" and spot.kind in ("at", "into", "fromface", "flag"))
        )
        words = [word for word in DIRECTIONS if word in where.which or where.kind == word]
        facing = facing or (where.kind == "centre" and len(words) == 1)  # "into the middle of the top"
        if where.kind in ("face", "surface", "side", "end") and len(words) > 1:
            return None
        if (
            facing
            and words
            and spot.kind in ("at", "fromface", "into", "on", "through", "centred")
            and where.kind != "corner"
        ):
            axis, side = DIRECTIONS[words[0]]
            if (
                where.kind == "end"
                and axis in "xy"
                and host is not None
                and host.shape in ROUND
                and self.ground.axis_of(host) == "z"
            ):
                return "z", {"left": -1, "right": 1, "front": 1, "back": -1}[words[0]]
            if (
                words[0] in ("left", "right", "front", "back")
                and where.kind in ("left", "right", "front", "back")
                and spot.kind == "at"
            ):
                return None
            if (
                where.kind == "side"
                and spot.kind == "at"
                and host is not None
                and host.shape not in ROUND
                and not where.which & {"each", "both"}
                and min(extent(box, a) for a in "xyz") == extent(box, "z")
                and extent(box, "z") < extent(box, axis) / 3
            ):
                return None  # "on the left side of the plate" is seen from above
            return axis, side
        if spot.kind == "fromface" and where.kind in ("end",) and not words:
            return None
        if (
            where.kind == "end"
            and spot.kind in ("at", "into", "fromface")
            and host is not None
            and (host.shape in ROUND or self.ground.axis_of(host) == "z" or spot.kind == "into")
        ):
            axis = self.ground.axis_of(host)
            locator = Locator(self.ground, Frame("cut", "x"), box, "", {})
            far = bool(where.which & {"other", "opposite"}) and where.near is None and where.far is None
            side = locator._side(where, axis, box) if not far else -self.ground.last_side.get(axis, 1)
            if (
                not far
                and where.near is None
                and where.far is None
                and not where.which & {"free", "opposite", "other", "plain"}
            ):
                side = (
                    1
                    if not self.ground.taken(axis, box, host, Frame("cut", "x"))
                    else -self.ground.taken(axis, box, host, Frame("cut", "x"))
                )
            if "rear" in where.which or "back" in where.which:
                side = -1
            return axis, side
        if spot.kind == "under" and where.kind in ("", "bottom"):
            return "z", -1
        return None

    def normal(self, host: Frame | None, box: Box) -> str:
        """The axis a cut into a solid has unless said otherwise: a plate's thickness, a bar's own axis, else z."""
        if host is None:
            return "z"
        if host.shape in ROUND:
            return self.ground.axis_of(host)
        sizes = {axis: extent(box, axis) for axis in "xyz"}
        thin = min(sizes, key=lambda axis: (round(sizes[axis], 6), "zyx".index(axis)))
        others = [sizes[axis] for axis in "xyz" if axis != thin]
        if (
            thin != "z"
            and (sizes[thin] <= 0.5 * min(others) or "thickness" in host.dims)
            and sizes["z"] > sizes[thin] * 1.5
        ):
            return thin
        return "z"

    # Tools: the outline of a cut across its normal, from what was said of it.
    def tool(self, frame: Frame, normal: str, box: Box) -> Tool | str:
        """The outline of a cut across its normal."""
        u, v = {"x": ("z", "y"), "y": ("x", "z"), "z": ("x", "y")}[normal]
        margin = frame.get("margin")
        if margin is not None and not frame.sizes and frame.get("width", "length", "side", "diameter") is None:
            return self._inset(frame, margin, u, v, box)
        shape = frame.shape or ("hole" if across(frame) is not None else "pocket")
        if (
            shape in ("hole", "counterbore", "cylinder", "round")
            and frame.get("side") is None
            and not frame.has("square")
        ):
            diameter = across(frame)
            if diameter is None and frame.sizes and len(frame.sizes) >= 2:
                shape = "pocket"
            elif (
                diameter is None and (width := frame.get("width", "across")) is not None and frame.get("length") is None
            ):
                diameter = width
            if shape != "pocket":
                if diameter is None:
                    return "its diameter"
                return Tool(None, diameter, {u: diameter, v: diameter})
        if shape == "slot":
            return self._slot(frame, normal, u, v, box)
        if (
            shape in ("pocket", "cutout", "hole", "notch", "gap", "cut", "recess", "box", "counterbore", "slit")
            or shape == ""
        ):
            if shape == "pocket" and across(frame) is not None and not frame.sizes and frame.get("width") is None:
                diameter = across(frame) or 0.0
                return Tool(None, diameter, {u: diameter, v: diameter})
            return self._rectangle(frame, normal, u, v, box)
        made = outline(frame, shape)
        if isinstance(made, str):
            return made
        profile, size, _ = made
        return Tool(profile, 0.0, {u: size[0], v: size[1]})

    def _inset(self, frame: Frame, margin: float, u: str, v: str, box: Box) -> Tool | str:
        """An opening that leaves a border of its host: so much smaller on each side."""
        size = {u: extent(box, u) - 2 * margin, v: extent(box, v) - 2 * margin}
        if min(size.values()) <= 0:
            return f"room: a border of {margin:g} mm leaves nothing to cut"
        host = self.ground.host_frame(frame)
        if host is not None and host.shape in ("cylinder", "tube", "round"):
            return Tool(None, size[u], size)
        corner = frame.get("corner_radius") or 0.0
        return Tool(Rectangle(width=size[u], depth=size[v], corner_radius=corner), 0.0, size)

    def _rectangle(self, frame: Frame, normal: str, u: str, v: str, box: Box) -> Tool | str:
        side = frame.get("side")
        size = {u: side, v: side} if side is not None and not frame.sizes else self.flat_sizes(frame, u, v, normal, box)
        if u not in size and v in size and frame.has("square"):
            size[u] = size[v]
        if v not in size and u in size and frame.has("square"):
            size[v] = size[u]
        if u not in size or v not in size:
            return "its width and length"
        corner = frame.get("corner_radius") or 0.0
        if frame.has("semicircular", "rounded_ends"):
            corner = min(size[u], size[v]) / 2
        return Tool(Rectangle(width=size[u], depth=size[v], corner_radius=corner), 0.0, size)

    def flat_sizes(self, frame: Frame, u: str, v: str, normal: str, box: Box) -> dict[str, float]:
        """The sizes across the normal: named axes first, the longer one along the host's longer side."""
        copy = Frame(
            frame.kind,
            frame.noun,
            dims={k: w for k, w in frame.dims.items() if k not in ("depth", "thickness")},
            sizes=list(frame.sizes),
            group=None,
        )
        if frame.group is not None:
            copy.dims = {**{k: w for k, w in frame.group.dims.items() if k not in ("depth", "thickness")}, **copy.dims}
            copy.sizes = copy.sizes or list(frame.group.sizes)
        if normal == "z":
            sizes = box_axes(copy)
            if "depth" not in frame.dims and "z" in sizes and len(copy.sizes) == 3:
                frame.dims["depth"] = sizes["z"]
            found = {axis: value for axis, value in sizes.items() if axis in (u, v)}
            if (
                len(found) == 2
                and not any(axis for _, axis in copy.sizes)
                and extent(box, "y") > extent(box, "x") + 1e-6
                and not copy.get("axis_width")
            ):
                found = {"x": found["y"], "y": found["x"]}
            return found
        flat = {axis: value for value, axis in copy.sizes if axis in (u, v)}
        loose = [value for value, axis in copy.sizes if not axis]
        width, length, height = copy.get("width"), copy.get("length"), copy.get("height")
        across_axis = v if normal == "x" else u
        if height is not None:
            flat.setdefault("z", height)
        for value in (width, length):
            if value is not None:
                flat.setdefault(across_axis if across_axis not in flat else "z", value)
        for value, axis in zip(loose, [one for one in (across_axis, "z") if one not in flat], strict=False):
            flat[axis] = value
        return flat

    def _slot(self, frame: Frame, normal: str, u: str, v: str, box: Box) -> Tool | str:
        """A slot with round ends: its width, and its length between centres or over all."""
        width = across(frame) or frame.get("width")
        between, over = frame.get("apart"), frame.get("length", "total_length")
        lead = frame.lead
        if frame.count > 1 and (over is not None or len(frame.sizes) > 1):
            between = None  # how far apart the slots are
        if between is None and over is None and lead is not None:
            between = lead.get("apart")
            if between is None and lead.get("length") is not None and lead.get("width", "diameter") is not None:
                between = (lead.get("length") or 0) - (across(lead) or lead.get("width") or 0)
        if width is None and len(frame.sizes) >= 2:
            over, width = max(size for size, _ in frame.sizes), min(size for size, _ in frame.sizes)
        elif over is None and between is None and frame.sizes:
            over = frame.sizes[0][0]
        if width is None:
            return "its width"
        along = self.slot_axis(frame, normal, u, v, box)
        if between is None and over is None and any(spot.kind == "span" for spot in frame.all_spots()):
            return Tool(Rectangle(width=width, depth=width), 0.0, {u: width, v: width})
        if between is None and over is None:
            full = extent(box, along)
            if not frame.has("full") and not frame.has("through"):
                return "its length"
            return Tool(
                Rectangle(width=full + width if along == u else width, depth=width if along == u else full + width),
                0.0,
                {along: full, (v if along == u else u): width},
            )
        if between is None:
            assert over is not None
            between = over - width
            if between < 0:
                width, between = over, width - over
                if between < 0:
                    return "a length above its width"
        square = frame.has("square_ends", "rectangular") or frame.shape == "slit"
        total = between + width
        size = {along: total, (v if along == u else u): width}
        if square:
            return Tool(Rectangle(width=size[u], depth=size[v]), 0.0, size)
        return Tool(Slot(length=between, width=width), 0.0, size, 0.0 if along == u else 90.0)

    def slot_axis(self, frame: Frame, normal: str, u: str, v: str, box: Box) -> str:
        """The axis along which a slot, groove or slit runs."""
        for spot in [*frame.all_spots(), *(frame.lead.all_spots() if frame.lead is not None else [])]:
            where = spot.where
            if where is None or spot.kind not in ("parallel", "along", "perpendicular", "span"):
                continue
            axis = ""
            if where.axis in ("x", "y", "z"):
                axis = where.axis
            elif where.kind == "dimension":
                axis = self.ground.dimension_axis(where.axis, box)
            elif where.size is not None:
                axis = next((one for one in (u, v) if abs(extent(box, one) - where.size) < 1e-6), "")
            elif where.which & {"long", "short"}:
                ordered = sorted((u, v), key=lambda one: -extent(box, one))
                axis = ordered[0] if "long" in where.which else ordered[1]
            elif where.kind in ("side", "edge") and where.which & {"left", "right"}:
                axis = "y"
            elif where.kind in ("side", "edge") and where.which & {"front", "back"}:
                axis = "x"
            if axis in (u, v):
                return axis if spot.kind != "perpendicular" else next(one for one in (u, v) if one != axis)
        length_axis = frame.get("axis_length")
        if length_axis is not None and "xyz"[int(length_axis)] in (u, v):
            return "xyz"[int(length_axis)]
        width_axis = frame.get("axis_width")
        if width_axis is not None and "xyz"[int(width_axis)] in (u, v):
            return next(one for one in (u, v) if one != "xyz"[int(width_axis)])
        if frame.has("vertical") and "z" in (u, v):
            return "z"
        if frame.has("horizontal") and "z" in (u, v):
            return u if v == "z" else v
        return max((u, v), key=lambda one: (round(extent(box, one), 6), one == "x"))


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
