"""Notches: openings cut into the edge of a plate, through it or to a depth: rectangular, round or pointed."""

from __future__ import annotations

from math import cos, pi, sin
from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.parts.furrows import ROUND, extrude
from wugan.apps.voice_to_3d.language.parts.boxes import NUMBER, Box, extent, side_of
from wugan.apps.voice_to_3d.language.parts.extents import across
from wugan.apps.voice_to_3d.language.parts.frames import Frame, Spot
from wugan.apps.voice_to_3d.language.parts.layouts import layout
from wugan.apps.voice_to_3d.language.parts.locating import Locator

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.parts.grounding import Ground

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


__all__ = ["edge_notch"]
