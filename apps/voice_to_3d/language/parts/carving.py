"""Carving: counterbores, corner cuts, grooves, vees, steps, keyways, flats: cuts shaped after their host."""

from __future__ import annotations

from math import radians, tan
from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.parts import furrows
from wugan.apps.voice_to_3d.language.parts.frames import Box, Frame, across, extent, inner, middle, side_of
from wugan.apps.voice_to_3d.language.parts.furrows import ROUND, edge_notch
from wugan.apps.voice_to_3d.language.parts.locating import UPRIGHT, Locator, coordinate, points_pattern, start_of
from wugan.apps.voice_to_3d.language.parts.vocabulary import DIRECTIONS
from wugan.apps.voice_to_3d.language.wordlist import words
from wugan.apps.voice_to_3d.scene import solid as solids
from wugan.apps.voice_to_3d.scene.placement import Coordinate, Pattern, Placement, Polar
from wugan.apps.voice_to_3d.scene.profile import Polygon

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.parts.cutting import Tool
    from wugan.apps.voice_to_3d.language.parts.grounding import Ground


# Rim cuts: notches, slits and round bites at the edge of something round, one or several round it.

RIMS = words("rim circumference edge outside exterior side")


def rim_cut(ground: Ground, frame: Frame) -> bool:
    """Cuts at the rim of a round host whose axis is z; `False` where the cut is none of these."""
    host = ground.host_frame(frame)
    if host is None or host.shape not in (*ROUND, "ring") or (host.shape != "ring" and ground.axis_of(host) != "z"):
        return False
    box = ground.box(host) or ground.whole
    radius = extent(box, "x") / 2
    if any(spot.own in ("inner", "outer") for spot in frame.all_spots()):
        return False
    rim = any(spot.where is not None and spot.where.kind in RIMS and spot.value is None for spot in frame.all_spots())
    diameter = across(frame) if frame.get("width") is None else None
    if diameter is not None:
        if not rim or frame.has("radial") or frame.noun == "hole":
            return False
        ring = frame.get("circle") or 2 * radius
        _add(ground, frame, solids.Cylinder(diameter=diameter, height=extent(box, "z")), ring, box)
        return True
    wide = frame.get("width") or next((size for size, _ in frame.sizes), None)
    deep = _deep(ground, frame, host, radius)
    named = frame.shape == "notch" or rim or frame.has("one_wall", "radial")
    if wide is None or deep is None or not named or frame.get("length", "apart") is not None:
        return False
    down = _down(ground, frame)
    height = extent(box, "z")
    shape = solids.Box(size=(deep + 1.0, wide, down if down is not None else height))
    _add(ground, frame, shape, 2 * radius - deep + 1.0, box, down)
    return True


def _deep(ground: Ground, frame: Frame, host: Frame, radius: float) -> float | None:
    """How far a cut reaches in from the rim: as said, to a floor so far from the axis, or through the wall."""
    deep = frame.get("depth")
    if deep is not None and _down(ground, frame) is None:
        return deep
    floor = (
        spot.value
        for spot in frame.all_spots()
        if spot.kind == "from" and spot.value and spot.where is not None and spot.where.kind in ("centre", "axis")
    )
    floored = next(floor, None)
    if floored is not None:
        return radius - abs(floored)
    sizes = [size for size, _ in frame.sizes]
    if len(sizes) > 1:
        return sizes[1]
    if frame.shape == "notch":
        return None
    bore = inner(host) or 0.0
    for one in ground.frames:  # the widest bore or pocket about the axis
        if one.kind == "cut" and id(one) in ground.boxes and one is not frame and (wide := across(one)):
            own = ground.boxes[id(one)]
            bore = max(bore, wide if abs(middle(own, "x")) + abs(middle(own, "y")) < 1e-6 else 0.0)
    return radius - bore / 2 + min(1.0, bore / 4) if bore else radius


def _down(ground: Ground, frame: Frame) -> float | None:
    """How far down from the top a cut goes that ends at another's floor; `None` goes through."""
    for spot in frame.all_spots():
        of = spot.where.of if spot.where is not None else None
        if of is not None and of.kind == "cut" and spot.kind == "to_floor":
            return of.get("depth")
    return frame.get("depth") if frame.get("depth_z") else None


def _add(ground: Ground, frame: Frame, shape: solids.Solid, circle: float, box: Box, down: float | None = None) -> None:
    at = {axis: coordinate(ground, axis, middle(box, axis)) for axis in "xyz"}
    if down is not None:
        at["z"] = Coordinate(to="max", own="max")
    place = Placement(x=at["x"], y=at["y"], z=at["z"])
    whole = down is None and abs(extent(box, "z") - extent(ground.whole, "z")) < 1e-6
    pair = 2 if frame.has("both_sides", "both_ends") else 1
    around = Polar(count=max(pair, frame.count), diameter=circle)
    ground.features.append(
        solids.Cut(
            id=ground.name(frame),
            name=frame.noun,
            shape=shape,
            place=place,
            pattern=around,
            through="z" if whole else None,
        )
    )
    ground.boxes[id(frame)] = ([*box[0]], [*box[1]])
    ground.axes[id(frame)] = "z"


def widened(ground: Ground, frame: Frame) -> None:
    """A counterbore or countersink: at every copy of the hole or slot that it widens."""
    from wugan.apps.voice_to_3d.language.parts.cutting import Cutter, Tool

    lead = frame.lead
    assert lead is not None
    leads = lead.members or [lead]
    cutter = Cutter(ground)
    for one in leads:
        if id(one) not in ground.points:
            ground.refuse(frame, f"the {lead.noun} that it belongs to is not there")
            return
        full, polar = ground.points[id(one)]
        normal, side = ground.axes[id(one)], ground.sides.get(id(one), 1)
        host = ground.host_frame(one)
        box = ground.box(host) or ground.whole
        for spot in frame.all_spots():
            if spot.where is not None:
                words = [word for word in DIRECTIONS if word in spot.where.which or spot.where.kind == word]
                if words and DIRECTIONS[words[0]][0] == normal:
                    side = DIRECTIONS[words[0]][1]
                near = ground.box(spot.where.of) if spot.where.of is not None and not words else None
                off = middle(near, normal) - middle(box, normal) if near is not None else 0.0
                if spot.where.kind in ("side", "end", "face") and abs(off) > 1e-6:
                    side = 1 if off > 0 else -1  # "from the side with the peg"
        if frame.shape == "countersink":
            _countersink(ground, frame, one, full, polar, normal, side, box)
            continue
        depth = frame.get("depth", "height", "thickness")
        if depth is None:
            ground.refuse(frame, "its depth was not said")
            return
        tool: Tool | str
        if one.shape == "slot" and (
            frame.has("of_slot") or frame.get("apart", "length") is not None or across(frame) is not None
        ):
            u, v = {"x": ("z", "y"), "y": ("x", "z"), "z": ("x", "y")}[normal]
            tool = cutter._slot(frame, normal, u, v, box)
        else:
            tool = cutter.tool(frame, normal, box)
        if isinstance(tool, str):
            ground.refuse(frame, f"its shape lacks {tool}")
            return
        assert isinstance(tool, Tool)
        start = side_of(box, normal, side)
        _cut_at(ground, frame, _solid_of(tool, depth), tool.spin, full, polar, normal, side, start)
        cutter.remember(frame, tool, full, normal, side, start, depth, False, polar)


def _solid_of(tool: Tool, depth: float) -> solids.Solid:
    return (
        solids.Cylinder(diameter=tool.diameter, height=depth)
        if tool.profile is None
        else solids.Extrude(profile=tool.profile, height=depth)
    )


def _cut_at(
    ground: Ground,
    frame: Frame,
    shape: solids.Solid,
    spin: float,
    full: list[dict[str, float]],
    polar: Pattern | None,
    normal: str,
    side: int,
    start: float,
) -> None:
    points = [{**point, normal: start} for point in full]
    first = start_of(points)
    at = {axis: coordinate(ground, axis, first[axis]) for axis in "xyz" if axis != normal}
    at[normal] = coordinate(ground, normal, start, "max" if side > 0 else "min")
    up, down = UPRIGHT[normal], {"z": (180.0, 0.0, 0.0), "x": (0.0, -90.0, 0.0), "y": (90.0, 0.0, 0.0)}[normal]
    rotate = down if side < 0 and isinstance(shape, solids.Cone) else up
    if spin and normal == "z":
        rotate = (rotate[0], rotate[1], spin)
    place = Placement(x=at["x"], y=at["y"], z=at["z"], rotate=rotate)
    ground.features.append(
        solids.Cut(
            id=ground.name(frame),
            name=frame.noun,
            shape=shape,
            place=place,
            pattern=polar if polar is not None else points_pattern(points),
        )
    )


def _countersink(
    ground: Ground,
    frame: Frame,
    lead: Frame,
    full: list[dict[str, float]],
    polar: Pattern | None,
    normal: str,
    side: int,
    box: Box,
) -> None:
    wide = across(frame) or frame.get("width", "top_diameter")
    hole = across(lead) or 0.0
    angle = frame.get("angle") or 90.0
    depth = frame.get("depth")
    if wide is None and depth is not None:
        wide = hole + 2 * depth * tan(radians(angle / 2))
    if wide is None:
        wide = 2 * hole
        ground.assumed.append(f"countersink {wide:g} mm wide: twice its hole")
    if wide <= hole:
        ground.refuse(frame, f"a countersink is wider than its hole ({wide:g} is not above {hole:g} mm)")
        return
    height = (wide - hole) / 2 / tan(radians(angle / 2))
    shape = solids.Cone(bottom_diameter=hole, top_diameter=wide, height=height)
    _cut_at(ground, frame, shape, 0.0, full, polar, normal, side, side_of(box, normal, side))


def corner(ground: Ground, frame: Frame) -> bool:
    """Corners cut off: a right triangle at each named corner."""
    leg = frame.get("leg", "side", "size", "depth", "length") or (frame.sizes[0][0] if frame.sizes else None)
    other = frame.get("leg_2") or (frame.sizes[1][0] if len(frame.sizes) > 1 else leg)
    if leg is None or other is None:
        ground.refuse(frame, "how much is cut off was not said")
        return True
    box = ground.box(ground.host_frame(frame)) or ground.whole
    if frame.has("edges"):
        return _bevelled(ground, frame, box, leg, other)
    signs = _corner_signs(ground, frame, box)
    for sx, sy in signs:
        cx, cy = side_of(box, "x", sx), side_of(box, "y", sy)
        points = ((cx, cy), (cx - sx * leg, cy), (cx, cy - sy * other))
        if sx * sy < 0:
            points = (points[0], points[2], points[1])
        at = {"x": min(x for x, _ in points), "y": min(y for _, y in points)}
        shape = solids.Extrude(profile=Polygon(points=points), height=extent(box, "z"))
        place = Placement(
            x=coordinate(ground, "x", at["x"], "min"),
            y=coordinate(ground, "y", at["y"], "min"),
            z=coordinate(ground, "z", middle(box, "z")),
        )
        ground.features.append(
            solids.Cut(id=ground.name(frame), name="corner cut", shape=shape, place=place, through="z")
        )
    xs = [side_of(box, "x", sx) for sx, _ in signs]
    ys = [side_of(box, "y", sy) for _, sy in signs]
    ground.boxes[id(frame)] = ([min(xs), min(ys), box[0][2]], [max(xs), max(ys), box[1][2]])
    return True


def _bevelled(ground: Ground, frame: Frame, box: Box, leg: float, other: float) -> bool:
    """An edge of a block cut off: "the top right edge at 45 degrees"."""
    words = {
        word for spot in frame.all_spots() if spot.where is not None for word in {*spot.where.which, spot.where.kind}
    }
    pair = [DIRECTIONS[word] for word in DIRECTIONS if word in words]
    if len({axis for axis, _ in pair}) != 2:
        ground.refuse(frame, "which edge is meant was not said")
        return True
    (a, sa), (b, sb) = pair[0], pair[1]
    run = next(axis for axis in "xyz" if axis not in (a, b))
    first, second = (a, b) if {"x": 0, "y": 1, "z": 2}[a] < {"x": 0, "y": 1, "z": 2}[b] else (b, a)
    signs = {a: sa, b: sb}
    ca, cb = side_of(box, first, signs[first]), side_of(box, second, signs[second])
    lengths = {first: leg, second: other}
    points = [(ca, cb), (ca - signs[first] * lengths[first], cb), (ca, cb - signs[second] * lengths[second])]
    furrows.extrude(ground, frame, points, run, (first, second), box)
    ground.slopes[id(frame)] = (first, second, signs[first], signs[second], lengths[first], lengths[second], ca, cb)
    return True


def _corner_signs(ground: Ground, frame: Frame, box: Box) -> list[tuple[int, int]]:
    """The corners that are meant, as signs along x and y."""
    count = frame.count
    if count >= 4:
        return [(-1, -1), (1, -1), (1, 1), (-1, 1)]
    words = {
        word for spot in frame.all_spots() if spot.where is not None for word in {*spot.where.which, spot.where.kind}
    }
    sx = 1 if "right" in words else -1
    sy = 1 if words & {"back", "top"} else -1
    long = "x" if extent(box, "x") >= extent(box, "y") else "y"
    if count == 2:
        if words & {"opposite", "diagonal"} and not words & {"left", "right", "top", "bottom", "front", "back"}:
            return [(-1, -1), (1, 1)]
        if words & {"left", "right"}:
            return [(sx, -1), (sx, 1)]
        if words & {"front", "back", "top", "bottom"} and not ({"top"} & words and "edge" in words):
            return [(-1, sy), (1, sy)]
        if "long" in words:
            long = "y" if long == "x" else "x"
        return [(-1, -1), (-1, 1)] if long == "x" else [(-1, -1), (1, -1)]
    return [(sx, sy)]


def spanned(ground: Ground, frame: Frame, locator: Locator, tool: Tool, normal: str) -> None:
    """Reads "from the outside of the plate to the pocket": stretches a slot between two things, square ended."""
    from wugan.apps.voice_to_3d.scene.profile import Rectangle

    spots = frame.all_spots()
    first = next((spot for spot in spots if spot.kind == "span"), None)
    last = next((spot for spot in spots if spot.kind == "span_to"), None)
    if (
        first is None
        or last is None
        or first.where is None
        or last.where is None
        or frame.shape not in ("slot", "groove", "cutout", "notch", "pocket", "slit")
    ):
        return
    named = [where for where in (first.where, last.where) if where.of is not None and where.of.kind == "cut"]
    target = ground.box(named[0].of) if named else None
    if target is None and any(where.kind in ("centre", "middle") for where in (first.where, last.where)):
        target = locator.host
    if target is None:
        return
    width = across(frame) or frame.get("width")
    if width is None:
        return
    axis = next(
        (
            spot.where.axis
            for spot in spots
            if spot.kind == "parallel" and spot.where is not None and spot.where.axis in ("x", "y", "z")
        ),
        "",
    )
    sides = locator.directions(first.where) + locator.directions(last.where)
    axis = axis or (sides[0][0] if sides else next(one for one in "xy" if one != normal))
    side = next((s for a, s in sides if a == axis), -1)
    edge = side_of(ground.whole, axis, side)
    inside = middle(target, axis)
    low, high = min(edge, inside), max(edge, inside)
    other = next(one for one in "xyz" if one not in (axis, normal))
    u, v = {"x": ("z", "y"), "y": ("x", "z"), "z": ("x", "y")}[normal]
    tool.size = {axis: high - low, other: width}
    tool.profile, tool.spin = Rectangle(width=tool.size[u], depth=tool.size[v]), 0.0
    locator.put(axis, (low + high) / 2)


def _slotlike(ground: Ground, frame: Frame) -> bool:
    """A slot, notch or slit that runs all along a face is a straight furrow."""
    if any(spot.kind == "span" for spot in frame.all_spots()):
        return False
    length = frame.get("length", "apart", "total_length") is not None or len(frame.sizes) > 1
    open_ended = frame.has("full") or (
        frame.get("depth") is not None and not length and not any(spot.kind == "span" for spot in frame.all_spots())
    )
    if _opening(ground, frame):
        return True
    if length or not open_ended or frame.get("width", "diameter") is None:
        return False
    host = ground.host_frame(frame)
    if host is not None and host.shape in furrows.ROUND and frame.shape == "keyway":
        return False
    return furrows.straight(ground, frame)


def _semicircle(ground: Ground, frame: Frame) -> bool:
    if _opening(ground, frame):
        return True
    host = ground.host_frame(frame)
    if host is not None and host.shape in furrows.ROUND:
        return False
    return furrows.straight(ground, frame)


def _notch(ground: Ground, frame: Frame) -> bool:
    """Notches in the edge of a plate, or of a disc, round it; one across an end of a face is a step."""
    named = {word for spot in frame.all_spots() if spot.where for word in {*spot.where.which, spot.where.kind}}
    if named & {"top", "bottom"} and named & {"left", "right", "front", "back"} and frame.has("full"):
        return furrows.step(ground, frame)
    if edge_notch(ground, frame):
        return True
    return rim_cut(ground, frame)


def _opening(ground: Ground, frame: Frame) -> bool:
    """An opening, or a round bite, at an edge or a rim."""
    return edge_notch(ground, frame) or rim_cut(ground, frame)


def _rebate(ground: Ground, frame: Frame) -> bool:
    """A step along an edge; with sizes in two directions a shallow pocket."""
    if len({letter for _, letter in frame.sizes if letter in ("x", "y")}) == 2 and frame.get("depth") is not None:
        frame.shape = "pocket"
        return False
    return furrows.step(ground, frame)


CARVERS = {
    "notch": _notch, "cutout": _opening, "pocket": _opening, "triangle": edge_notch,
    "hole": rim_cut, "cylinder": rim_cut,
    "corner": corner, "groove": furrows.groove, "vee": furrows.straight, "keyway": furrows.keyway, "flat": furrows.flat,
    "rebate": _rebate, "slot": _slotlike, "slit": _slotlike, "semicircle": _semicircle,
}  # fmt: skip
