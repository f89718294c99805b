"""Furrows: grooves round a shaft or along a block, vees, keyways, flats and steps."""

from __future__ import annotations

from math import cos, pi, radians, sin, tan
from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.parts.frames import NUMBER, Box, Frame, Spot, across, extent, middle, side_of
from wugan.apps.voice_to_3d.language.parts.layouts import layout
from wugan.apps.voice_to_3d.language.parts.locating import UPRIGHT, Locator, placement
from wugan.apps.voice_to_3d.language.parts.vocabulary import DIRECTIONS
from wugan.apps.voice_to_3d.scene import solid as solids
from wugan.apps.voice_to_3d.scene.placement import Placement
from wugan.apps.voice_to_3d.scene.profile import Polygon

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.parts.grounding import Ground


ROUND = ("cylinder", "tube", "cone", "round")
PLANES = {"x": ("y", "z"), "y": ("x", "z"), "z": ("x", "y")}


def groove(ground: Ground, frame: Frame) -> bool:
    """A groove: round the outside of something round, else straight along a face."""
    host = ground.host_frame(frame)
    if (
        host is not None
        and host.shape in ROUND
        and not frame.has("straight")
        and not any(
            spot.kind in ("parallel", "along") and spot.where is not None and spot.where.kind != "centre"
            for spot in frame.all_spots()
        )
    ):
        return _annular(ground, frame, host)
    return straight(ground, frame)


def _annular(ground: Ground, frame: Frame, host: Frame) -> bool:
    width, depth = frame.get("top_width", "width", "diameter", "height"), frame.get("depth")
    radius = frame.get("radius")
    if radius is not None and frame.get("width") is None:
        width, depth = 2 * radius, depth or radius
    box = ground.box(host) or ground.whole
    axis = ground.axis_of(host)
    across_axis = "x" if axis != "x" else "y"
    outer = extent(box, across_axis) / 2
    if (
        depth is None
        and frame.get("bottom_diameter", "inner_diameter", "diameter") is not None
        and frame.get("width") is not None
    ):
        depth = outer - (frame.get("bottom_diameter", "inner_diameter", "diameter") or 0.0) / 2
    if width is None or depth is None:
        ground.refuse(frame, "a groove needs a width and a depth")
        return True
    if not 0 < depth < outer:
        ground.refuse(frame, f"a groove {depth:g} mm deep does not fit a radius of {outer:g} mm")
        return True
    locator = Locator(ground, frame, box, "", {axis: width / 2})
    locator.along = axis
    locator.collect(frame.all_spots())
    for other in "xyz":
        if other != axis:
            locator.values[other] = [middle(box, other)]
    points = layout(ground, frame, locator).points
    bottom = frame.get("bottom_width")
    far = outer + 1.0
    if frame.has("semicircular") or radius is not None:
        outline = (
            *tuple(
                (outer + width / 2 * cos(pi / 2 + pi * k / 24), width / 2 * sin(pi / 2 + pi * k / 24))
                for k in range(25)
            ),
            (far, -width / 2),
            (far, width / 2),
        )
    elif frame.has("v_shape") or bottom is not None or frame.shape == "vee":
        low = bottom or 0.0
        slope = (width - low) / 2 / depth
        wide = width / 2 + slope
        outline = (
            ((outer - depth, low / 2), (outer - depth, -low / 2), (far, -wide), (far, wide))
            if low
            else ((outer - depth, 0.0), (far, -wide), (far, wide))
        )
        if outline[0][1] > 0:
            outline = tuple(reversed(outline))
    else:
        outline = ((outer - depth, -width / 2), (far, -width / 2), (far, width / 2), (outer - depth, width / 2))
    ring = solids.Revolve(points=tuple((round(r, 6), round(z, 6)) for r, z in outline))
    for point in points:
        feature = solids.Cut(
            id=ground.name(frame), name=frame.noun, shape=ring, place=placement(ground, point, rotate=UPRIGHT[axis])
        )
        ground.features.append(feature)
    first = points[0]
    size = dict.fromkeys("xyz", 2 * outer) | {axis: width}
    ground.boxes[id(frame)] = (
        [first[one] - size[one] / 2 for one in "xyz"],
        [first[one] + size[one] / 2 for one in "xyz"],
    )
    ground.axes[id(frame)] = axis
    ground.last_at = [first[one] for one in "xyz"]
    return True


def straight(ground: Ground, frame: Frame) -> bool:
    """A groove, channel, vee or open slot along a face of a block, all the way or from one end."""
    from wugan.apps.voice_to_3d.language.parts.cutting import Cutter

    host = ground.host_frame(frame)
    box = ground.box(host) or ground.whole
    cutter = Cutter(ground)
    normal, sides = _face(ground, frame, box)
    if not normal:
        normal, side = cutter.direction(frame, host, box)
        sides = [side]
    said = [
        spot.where.axis for spot in frame.all_spots() if spot.kind in ("axis_is", "through") and spot.where is not None
    ]
    said = [axis for axis in said if axis in ("x", "y")]
    if said and said[0] == normal and frame.get("depth") is not None:
        normal, sides = "z", [1]  # "a slot in the Y direction, 30 mm deep from the top"
    u, v = PLANES[normal]
    run = cutter.slot_axis(frame, normal, u, v, box)
    if said and said[0] in (u, v) and normal == "z":
        run = said[0]
    cross = v if run == u else u
    made = section(ground, frame, cross)
    if isinstance(made, str):
        ground.refuse(frame, f"it lacks {made}")
        return True
    outline, width, _ = made
    locator = Locator(ground, frame, box, normal, {cross: width / 2})
    locator.collect(frame.all_spots())
    locator.values.pop(run, None)
    frame_count = frame.count
    if len(sides) > 1:
        frame.count = 1
    across_values = [point[cross] for point in layout(ground, frame, locator).points]
    frame.count = frame_count
    for side in sides:
        face = side_of(box, normal, side)
        floor = _floor(ground, frame, normal, side, face)
        for at in dict.fromkeys(across_values):
            points = [(at + c, (floor if d > 0 else face) - side * d) for c, d in outline]
            plane = (cross, normal) if NUMBER[cross] < NUMBER[normal] else (normal, cross)
            if plane[0] == normal:
                points = [(q, p) for p, q in points]
            extrude(ground, frame, points, run, plane, box)
    ground.sides[id(frame)] = sides[0]
    return True


def _floor(ground: Ground, frame: Frame, normal: str, side: int, face: float) -> float:
    """Where the depth of a cut is told from: the face, or the bottom of the cut at whose bottom it lies."""
    for spot in frame.all_spots():
        other = spot.where.of if spot.where is not None and spot.where.kind == "bottom" else None
        box = ground.box(other) if other is not None and other.kind == "cut" else None
        if box is not None and id(other) in ground.boxes and not frame.has("from_face"):
            return side_of(box, normal, -side)
    return face


def _face(ground: Ground, frame: Frame, box: Box) -> tuple[str, list[int]]:
    """The face, or the pair of faces, that a straight cut is worked into."""
    long = "x" if extent(box, "x") >= extent(box, "y") else "y"
    for spot in frame.all_spots():
        where = spot.where
        if (
            where is None
            or spot.kind not in ("at", "into", "on", "along", "across", "fromface")
            or (where.of is not None and where.of.kind == "cut")
        ):
            continue
        words = [word for word in DIRECTIONS if word in where.which or where.kind == word]
        on = [word for word in DIRECTIONS if f"on_{word}" in where.which]
        if on or (
            words
            and where.kind in ("face", "side", "surface", "top", "bottom", "centre", "front", "back", "left", "right")
        ):
            axis, side = DIRECTIONS[(on or words)[0]]
            sides = {DIRECTIONS[word][1] for word in on or words if DIRECTIONS[word][0] == axis}
            return axis, sorted(sides) if len(sides) > 1 else [side]
        if where.kind in ("side", "face") and where.which & {"long", "short"}:
            axis = ("y" if long == "x" else "x") if "long" in where.which else long
            both = bool(where.which & {"each", "both", "plural", "all"}) or where.count > 1
            return axis, [-1, 1] if both else [-1]
        if where.kind in ("side",) and where.which & {"each", "both"}:
            return ("y" if long == "x" else "x"), [-1, 1]
    return "", []


def section(ground: Ground, frame: Frame, cross: str) -> tuple[list[tuple[float, float]], float, float] | str:
    """The outline of a straight cut: (across, down from the face), its width and depth."""
    width = frame.get("top_width", "width", "diameter", "across")
    if cross == "z" and frame.get("height") is not None:
        width = frame.get("height")
    depth = frame.get("depth", "height" if cross != "z" else "depth")
    sizes = [size for size, _ in frame.sizes]
    if width is None and sizes:
        width = sizes[0]
    if depth is None and len(sizes) > 1:
        depth = sizes[1]
    if frame.shape == "vee" or (frame.has("v_shape") and frame.get("bottom_width") is None):
        angle = frame.get("angle") or 90.0
        if width is None and depth is not None:
            width = 2 * depth * tan(radians(angle / 2))
        if width is None:
            return "its width"
        depth = depth if depth is not None and frame.get("angle") is None else width / 2 / tan(radians(angle / 2))
        return [(-width / 2, 0.0), (0.0, depth), (width / 2, 0.0)], width, depth
    if frame.shape == "semicircle" or frame.has("semicircular"):
        wide = across(frame) or width
        if wide is None:
            return "its diameter"
        return [(wide / 2 * cos(pi * k / 32), wide / 2 * sin(pi * k / 32)) for k in range(33)], wide, wide / 2
    if width is None or depth is None:
        return "its width" if width is None else "its depth"
    bottom = frame.get("bottom_width")
    low = bottom if bottom is not None else width
    points = [(-width / 2, 0.0), (-low / 2, depth), (low / 2, depth), (width / 2, 0.0)]
    return points, max(width, low), depth


def extrude(
    ground: Ground,
    frame: Frame,
    points: list[tuple[float, float]],
    run: str,
    plane: tuple[str, str],
    box: Box,
    span: tuple[float, float] | None = None,
) -> None:
    """Cuts an outline of the plane across `run` along it: over the whole box, or over a span."""
    a, b = plane
    if run == "z":
        flat = list(points)
    elif run == "y":
        flat = [(p, -q) for p, q in points]
    else:
        flat = [(-q, p) for p, q in points]
    if sum(m[0] * n[1] - n[0] * m[1] for m, n in zip(flat, flat[1:] + flat[:1], strict=True)) < 0:
        flat.reverse()
    low, high = span or (side_of(box, run, -1), side_of(box, run, 1))
    whole = span is None and abs(extent(ground.whole, run) - extent(box, run)) < 1e-6
    shape = solids.Extrude(
        profile=Polygon(points=tuple((round(p, 6), round(q, 6)) for p, q in flat)), height=round(high - low, 6)
    )
    at = {a: min(p for p, _ in points), b: min(q for _, q in points), run: (low + high) / 2}
    place: Placement = placement(ground, at, {a: "min", b: "min"}, UPRIGHT[run])
    ground.features.append(
        solids.Cut(id=ground.name(frame), name=frame.noun, shape=shape, place=place, through=run if whole else None)
    )
    lows, highs = [0.0] * 3, [0.0] * 3
    for axis, values in ((a, [p for p, _ in points]), (b, [q for _, q in points]), (run, [low, high])):
        lows[NUMBER[axis]], highs[NUMBER[axis]] = min(values), max(values)
    ground.boxes[id(frame)] = (lows, highs)
    ground.axes[id(frame)] = run


def step(ground: Ground, frame: Frame) -> bool:
    """A step or rebate along an edge of a block: so wide, so deep, all along."""
    box = ground.box(ground.host_frame(frame)) or ground.whole
    words = [
        word
        for spot in frame.all_spots()
        if spot.where is not None
        for word in (spot.where.kind, *spot.where.which)
        if word in DIRECTIONS
    ]
    sides = dict(DIRECTIONS[word] for word in reversed(words))
    sides.setdefault("z", 1)
    if len(sides) < 2:
        long = "x" if extent(box, "x") >= extent(box, "y") else "y"
        sides[long] = 1
    across_axis = next((axis for axis in sides if axis != "z"), "x")
    wide = frame.get("width", "length")
    deep = frame.get("depth", "height", "thickness")
    drop = (spot.value for spot in frame.all_spots() if spot.kind == "from" and spot.way in ("below", "above"))
    deep = deep if deep is not None else next(drop, None)
    named = {axis: size for size, axis in frame.sizes if axis}
    wide, deep = named.get(across_axis, wide), named.get("z", deep)
    sizes = [size for size, axis in frame.sizes if not axis]
    wide = wide if wide is not None else sizes[0] if sizes else None
    deep = deep if deep is not None else sizes[1] if len(sizes) > 1 else None
    if wide is None and frame.has("half"):
        wide = extent(box, across_axis) / 2
    if deep is None and (rest := frame.get("rest_height")) is not None:
        deep = extent(box, "z") - rest
    if wide is None or deep is None or deep <= 0:
        ground.refuse(frame, "how wide and how deep it is was not said")
        return True
    run = next(axis for axis in "xyz" if axis not in (across_axis, "z"))
    ca, cz = side_of(box, across_axis, sides[across_axis]), side_of(box, "z", sides["z"])
    sa, sz = sides[across_axis], sides["z"]
    points = [
        (ca + sa, cz + sz),
        (ca - sa * wide, cz + sz),
        (ca - sa * wide, cz - sz * deep),
        (ca + sa, cz - sz * deep),
    ]
    extrude(ground, frame, points, run, (across_axis, "z"), box)
    return True


# Keyways and flats: in shafts, and in the bores of hubs.


def keyway(ground: Ground, frame: Frame) -> bool:
    """A keyway in a shaft, or in the bore of a hub."""
    cuts = [
        spot.where.of
        for spot in frame.all_spots()
        if spot.where is not None and spot.where.of is not None and spot.where.of.kind == "cut"
    ]
    width = frame.get("width", "diameter")
    if width is None and frame.sizes:
        width = frame.sizes[0][0]
    if width is None:
        ground.refuse(frame, "how wide it is was not said")
        return True
    bore = cuts[0] if cuts else frame.host if frame.host is not None and frame.host.kind == "cut" else None
    host = ground.host_frame(frame)
    if bore is None and host is not None and host.shape not in ROUND:
        bore = next((one for one in reversed(ground.frames) if one.shape == "hole" and id(one) in ground.boxes), None)
    if bore is not None and id(bore) in ground.boxes:
        return _in_bore(ground, frame, bore, width)
    if host is None:
        return False
    box = ground.box(host) or ground.whole
    axis = ground.axis_of(host)
    depth = frame.get("depth", "height", "thickness")
    if depth is None and len(frame.sizes) > 1:
        depth = frame.sizes[1][0]
    if depth is None:
        ground.refuse(frame, "how deep it is was not said")
        return True
    u, v = PLANES[axis]
    top = side_of(box, v, 1)
    centre = middle(box, u)
    points = [
        (centre - width / 2, top - depth),
        (centre + width / 2, top - depth),
        (centre + width / 2, top + 1.0),
        (centre - width / 2, top + 1.0),
    ]
    extrude(ground, frame, points, axis, (u, v), box, _span(ground, frame, axis, box))
    return True


def _in_bore(ground: Ground, frame: Frame, bore: Frame, width: float) -> bool:
    box = ground.box(bore)
    assert box is not None
    axis = ground.axes[id(bore)]
    u, v = PLANES[axis]
    radius = extent(box, u) / 2
    cu, cv = middle(box, u), middle(box, v)
    words = {
        word for spot in frame.all_spots() if spot.where is not None for word in {*spot.where.which, spot.where.kind}
    }
    along, sign = next(
        ((DIRECTIONS[word]) for word in DIRECTIONS if word in words and DIRECTIONS[word][0] in (u, v)), (v, 1)
    )
    reach = next(
        (
            spot.value
            for spot in frame.all_spots()
            if spot.kind == "from" and spot.value and spot.where is not None and spot.where.kind in ("centre", "axis")
        ),
        None,
    )
    depth = frame.get("depth", "height")
    if reach is None and depth is None:
        ground.refuse(frame, "how deep it is was not said")
        return True
    far = reach if reach is not None else radius + (depth or 0.0)
    if along == u:
        points = [
            (cu, cv - width / 2),
            (cu + sign * far, cv - width / 2),
            (cu + sign * far, cv + width / 2),
            (cu, cv + width / 2),
        ]
    else:
        points = [
            (cu - width / 2, cv),
            (cu - width / 2, cv + sign * far),
            (cu + width / 2, cv + sign * far),
            (cu + width / 2, cv),
        ]
    low, high = side_of(box, axis, -1), side_of(box, axis, 1)
    extrude(ground, frame, points, axis, (u, v), box, (low, high))
    return True


def flat(ground: Ground, frame: Frame) -> bool:
    """One flat, or two opposite ones, along a round bar."""
    host = ground.host_frame(frame)
    if host is None or host.shape not in ROUND:
        return False
    box = ground.box(host) or ground.whole
    axis = ground.axis_of(host)
    u, v = PLANES[axis]
    radius = extent(box, u) / 2
    flats, depth = frame.get("across_flats", "across"), frame.get("depth")
    pair = frame.count >= 2 or frame.has("both_sides")
    if flats is None:
        flats = host.dims.get("across_flats")
    if flats is not None:
        edge = flats / 2 if pair else flats - radius
    elif depth is not None:
        edge = radius - depth
    elif (
        offset := next(
            (spot.value for spot in frame.all_spots() if spot.kind == "from" and spot.value and spot.where is not None),
            None,
        )
    ) is not None:
        edge = offset
    else:
        ground.refuse(frame, "how deep it is cut was not said")
        return True
    if not -radius < edge < radius:
        ground.refuse(frame, "it lies outside the bar")
        return True
    centre_u, centre_v = middle(box, u), middle(box, v)
    for sign in (1, -1) if pair else (1,):
        near, far = centre_v + sign * edge, centre_v + sign * (radius + 1.0)
        points = [
            (centre_u - radius - 1, near),
            (centre_u + radius + 1, near),
            (centre_u + radius + 1, far),
            (centre_u - radius - 1, far),
        ]
        extrude(ground, frame, points, axis, (u, v), box, _span(ground, frame, axis, box))
    return True


def _span(ground: Ground, frame: Frame, axis: str, box: Box) -> tuple[float, float]:
    """How far along its host a keyway or flat reaches: its length from an end, else all."""
    length = frame.get("length")
    low, high = side_of(box, axis, -1), side_of(box, axis, 1)
    if length is None or length >= high - low - 1e-9:
        return low, high
    start = next(
        (
            spot
            for spot in frame.all_spots()
            if spot.kind == "from"
            and spot.value is not None
            and spot.where is not None
            and spot.where.kind in ("end", "edge", "face", "")
        ),
        None,
    )
    offset = start.value if start is not None and start.value is not None else 0.0
    if any(
        spot.kind == "centred" or (spot.where is not None and spot.where.kind == "centre") for spot in frame.all_spots()
    ):
        centre = (low + high) / 2
        return centre - length / 2, centre + length / 2
    return high - offset - length, high - offset


# Notches: openings cut into the edge of a plate, through it or to a depth: rectangular, round or pointed.

AT = ("at", "on", "into", "fromface", "along", "centred")
EDGES = ("edge", "side", "end", "left", "right", "front", "back", "top", "bottom", "centre")
Outline = list[tuple[float, float]]


def edge_notch(ground: Ground, frame: Frame) -> bool:
    """Cuts a notch into each side that was named; `False` where none was, or the cut is no notch."""
    from wugan.apps.voice_to_3d.language.parts.cutting import Cutter

    host = ground.host_frame(frame)
    box = ground.box(host) or ground.whole
    if host is not None and host.shape in ROUND:
        return False
    normal = Cutter(ground).normal(host, box)
    named = [(spot, found) for spot in frame.all_spots() if (found := _sides(ground, frame, spot, box, normal))]
    measured = [spot for spot in frame.all_spots() if spot.value is not None and spot.where is not None]
    if not named or (frame.shape != "notch" and _measured(ground, frame, measured, named[0][1][0][0], box, normal)):
        return False
    axis = named[0][1][0][0]
    sides = sorted({side for _, found in named for one, side in found if one == axis})
    along = next(one for one in "xyz" if one not in (axis, normal))
    made = _outline(frame, axis, along)
    if made is None:
        return False
    outline, width, depth = made
    down = _down(frame, normal, box)
    if down is None and not _through(frame, depth, extent(box, normal)):
        return False
    locator = Locator(ground, frame, box, normal, {along: width / 2, axis: depth / 2})
    locator.collect([spot for spot in frame.all_spots() if spot not in [one for one, _ in named]])
    locator.values[axis], locator.along = [0.0], along
    count, each = frame.count, max(1, frame.count // len(sides))
    frame.count = each
    middles = list(dict.fromkeys(point[along] for point in layout(ground, frame, locator).points))
    frame.count = count
    top = side_of(box, normal, 1)
    span = None if down is None else (top - down, top)
    plane = (along, axis) if NUMBER[along] < NUMBER[axis] else (axis, along)
    for side in sides:
        edge = side_of(box, axis, side)
        for at in middles:
            points = [(at + a, edge - side * d) for a, d in outline]
            extrude(ground, frame, points if plane[0] == along else [(q, p) for p, q in points], normal, plane,
                            box, span)  # fmt: skip
            low, high = ground.boxes[id(frame)]
            k = NUMBER[axis]
            low[k], high[k] = max(low[k], box[0][k]), min(high[k], box[1][k])
    return True


def _measured(ground: Ground, frame: Frame, spots: list[Spot], axis: str, box: Box, normal: str) -> bool:
    """Whether the distance from a side along this axis was said: then the cut lies inside the plate."""
    locator = Locator(ground, frame, box, normal, {})
    return any(one == axis for spot in spots if spot.where is not None for one, _ in locator.directions(spot.where))


def _sides(ground: Ground, frame: Frame, spot: Spot, box: Box, normal: str) -> list[tuple[str, int]]:
    """The sides of the plate, seen along its normal, that a statement of place is about."""
    where = spot.where
    if where is None or spot.value is not None or spot.kind not in AT or where.kind not in EDGES:
        return []
    if where.of is not None and where.of.kind == "cut":
        return []
    words = {word.removeprefix("on_") for word in where.which} | {where.kind}
    flat = bool(words & {"top", "bottom"}) and not words & {"on_edge", "edge", "side", "end"}  # a face, not its edge
    if flat and frame.shape not in ("notch", "semicircle", "triangle", "vee", "cutout"):
        return []
    locator = Locator(ground, frame, box, normal, {})
    sides = locator.directions(type(where)(where.kind, words, where.of))
    if sides or where.kind not in ("edge", "side", "end", "centre"):
        return sides[:1] if len({axis for axis, _ in sides}) > 1 else sides
    if where.kind == "centre" and not words & {"on_edge", "edge", "side", "end"}:
        return []
    if where.kind == "end" or where.size is not None or words & {"long", "short", "both", "each", "opposite"}:
        return [(axis, side) for axis, both in locator.boundaries(where) for side in both]
    return []


def _outline(frame: Frame, axis: str, along: str) -> tuple[Outline, float, float] | None:
    """(along the edge, into the plate) of a notch with its width and depth; it reaches outwards over the edge."""
    sizes = {letter: size for size, letter in frame.sizes if letter}
    loose = [size for size, letter in frame.sizes if not letter]
    round_, pointed = (
        frame.shape == "semicircle" or frame.has("semicircular"),
        frame.shape in ("triangle", "vee") or frame.has("v_shape"),
    )
    width, depth = frame.get("width", "side", "top_width", "height"), frame.get("length", "reach", "depth")
    if frame.shape in ("slot", "slit") and width is None:
        width = frame.get("diameter")
    if frame.get("axis_width") is not None and "xyz"[int(frame.get("axis_width") or 0)] == axis:
        width, depth = depth, width
    width, depth = sizes.get(along, width), sizes.get(axis, depth)
    if loose and width is None:
        width = loose.pop(0)
    if loose and depth is None:
        depth = loose[0]
    if round_ and width is None and (diameter := across(frame)) is not None:
        width, depth = diameter, depth or diameter / 2
    if frame.has("square") and width is not None and depth is None:
        depth = width
    if width is None or depth is None:
        return None
    half, out = width / 2, width / 2 + 1.0
    if pointed:
        return [(-half * (1 + 1 / depth), -1.0), (0.0, depth), (half * (1 + 1 / depth), -1.0)], width, depth
    radius = frame.get("corner_radius") or (0.0 if round_ else frame.get("radius") or 0.0)
    if round_ or frame.has("u_shape", "rounded_ends") or frame.shape == "slot":
        radius = half
    radius = min(radius, half, depth)
    left, right = [(-half, depth)], [(half, depth)]
    if radius > 0:
        arc = [pi / 2 * k / 24 for k in range(25)]
        left = [(-half + radius - radius * cos(a), depth - radius + radius * sin(a)) for a in arc]
        right = [(half - radius + radius * sin(a), depth - radius + radius * cos(a)) for a in arc]
    return [(-half, -out), *left, *right, (half, -out)], width, depth


def _down(frame: Frame, normal: str, box: Box) -> float | None:
    """How deep a notch goes that does not go through the plate; `None` where it does, or nothing was said."""
    named = [size for size, letter in frame.sizes if letter == normal]
    loose = [size for size, letter in frame.sizes if not letter]
    deep = named[0] if named else loose[2] if len(loose) > 2 else None
    if deep is None and frame.get("depth") is not None and (len(frame.sizes) > 1 or frame.get("length") is not None):
        deep = frame.get("depth")
    return deep if deep is not None and deep < extent(box, normal) - 1e-6 else None


def _through(frame: Frame, depth: float, thickness: float) -> bool:
    """Whether a cut at an edge, whose depth goes into the plate, goes through its thickness."""
    if frame.has("through") or frame.shape in ("notch", "semicircle", "triangle"):
        return True
    return frame.shape in ("cutout", "pocket", "slot", "slit") and depth > thickness
