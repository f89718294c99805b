"""Edging: which edges a chamfer or fillet is for, in the words of the typed features."""

from __future__ import annotations

from math import radians, tan
from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.parts.frames import NUMBER, Box, Frame, Where, extent, middle
from wugan.apps.voice_to_3d.language.parts.vocabulary import DIRECTIONS
from wugan.apps.voice_to_3d.scene import solid as solids

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.parts.grounding import Ground

ROUND = ("cylinder", "tube", "cone", "round", "hexagon", "octagon")
FLIP = {"top": "bottom", "bottom": "top"}


def edge_feature(ground: Ground, frame: Frame) -> None:
    """Adds a chamfer or fillet for each thing it is for."""
    size = frame.get("radius", "corner_radius") if frame.shape == "fillet" else None
    size = (
        size
        if size is not None
        else frame.get("size", "leg", "side", "width", "length", "depth", "thickness", "height", "radius")
    )
    if size is None and frame.sizes:
        size = frame.sizes[0][0]
    if size is None and frame.get("diameter") is not None:
        size = (frame.get("diameter") or 0.0) / 2
    if size is None and frame.shape == "fillet" and (frame.has("full") or any(w.kind == "end" for w in frame.targets)):
        box = ground.whole
        size = min(extent(box, axis) for axis in "xy") / 2  # "the right end is rounded": a half circle
    if size is None:
        ground.refuse(frame, "its size was not said")
        return
    if size <= 0:
        ground.refuse(frame, "a size above zero is needed")
        return
    wheres = [
        *frame.targets,
        *(spot.where for spot in frame.spots if spot.where is not None and spot.kind not in ("axis_is", "flag")),
    ]
    flags = [spot.where.kind for spot in frame.spots if spot.kind == "flag" and spot.where is not None] + sorted(
        frame.flags
    )
    chosen = _chosen(ground, frame, wheres, flags)
    for of, edges in chosen.items():
        if edges:
            _add(ground, frame, size, of, tuple(sorted(edges)))


def _add(ground: Ground, frame: Frame, size: float, of: str, edges: tuple[str, ...]) -> None:
    number = 1 + sum(one.id.startswith(frame.shape) for one in ground.features)
    ident = f"{frame.shape}-{number}"
    if frame.shape == "chamfer":
        angle = frame.get("angle", "size_angle")
        across = size * tan(radians(angle)) if angle and abs(angle - 45) > 1e-6 else frame.get("across")
        ground.features.append(solids.Chamfer(id=ident, name="chamfer", of=of, edges=edges, size=size, across=across))
    else:
        ground.features.append(solids.Fillet(id=ident, name="fillet", of=of, edges=edges, radius=size))


def _chosen(ground: Ground, frame: Frame, wheres: list[Where], flags: list[str]) -> dict[str, set[str]]:
    """Feature id -> its edges."""
    found: dict[str, set[str]] = {}
    bodies = [where.of for where in wheres if where.of is not None]
    host = next((one for one in bodies if one.kind in ("solid", "cut")), None)
    if any(where.kind == "junction" for where in wheres) or _between(wheres, frame):
        joined = [one for one in bodies if id(one) in ground.ids]
        if joined:
            found[ground.ids[id(joined[-1] if len(joined) > 1 and ground.base not in bodies else joined[0])]] = {
                "junction"
            }
            return found
        if ground.last_join is not None and id(ground.last_join) in ground.ids:
            return {ground.ids[id(ground.last_join)]: {"junction"}}
    for where in wheres or [Where("edge", {"all"})]:
        bodies_made = sum(one.kind == "solid" and id(one) in ground.boxes for one in ground.frames)
        lone = ground.base is not None and ground.base.shape in ("box", "") and bodies_made == 1
        if (
            where.kind == "end"
            and not lone
            and (where.count > 1 or where.which & {"both", "each", "outer"})
            and (where.of is None or id(where.of) not in ground.boxes)
        ):
            for one, edge in _stack_ends(ground):
                found.setdefault(ground.ids.get(id(one), "") if one is not ground.base else "", set()).add(edge)
            continue
        target = where.of or host or _default(ground, where, frame)
        targets: list[Frame | None] = [target]
        if target is not None and target.members:
            targets = [*target.members]
        for aim in targets:
            if aim is not None and aim.kind == "edge":
                continue
            if aim is not None and aim is not ground.base and id(aim) not in ground.ids:
                continue
            of = ground.ids.get(id(aim), "") if aim is not None and aim is not ground.base else ""
            found.setdefault(of, set()).update(_edges(ground, aim or ground.base, where, frame))
    run = next((where.axis for where in wheres if where.kind == "axis" and where.axis in ("x", "y")), "")
    for of, edges in found.items():
        levels = edges & {"top", "bottom"}
        if run and levels and not of:  # "the top edges that run along Y"
            beside = ("front", "back") if run == "x" else ("left", "right")
            edges = (edges - levels - {"all"}) | {f"{level}-{side}" for level in levels for side in beside}
        if len(edges) > 1 and "all" in edges and len(wheres) > 1:
            edges.discard("all")
        if {"top", "bottom"} & edges and "rims" in edges:
            edges.discard("rims")
        if any(edge.split("-")[0] in ("left", "right", "front", "back") for edge in edges):
            edges.discard("vertical")  # "the two corners on the right side"
        found[of] = edges
    return found


def _between(wheres: list[Where], frame: Frame) -> bool:
    solids_named = {
        id(where.of) for where in wheres if where.kind == "" and where.of is not None and where.of.kind == "solid"
    }
    return (len(solids_named) >= 2 and any(spot.kind == "between" for spot in frame.spots)) or (
        len(solids_named) >= 2 and frame.shape == "fillet"
    )


def _default(ground: Ground, where: Where, frame: Frame) -> Frame | None:
    """Whose edges are meant where nothing is named: the last thing made before it for a free end, else the base."""
    if where.which & {"free", "plain"} and ground.last_join is not None:
        return ground.last_join
    before = [
        one
        for one in ground.frames
        if one.kind in ("solid", "cut")
        and one.sentence == frame.sentence
        and one is not frame
        and (id(one) in ground.ids or one is ground.base)
    ]
    return (
        before[-1]
        if before and where.kind in ("", "edge") and not where.which and before[-1] is not ground.base
        else ground.base
    )


def _edges(ground: Ground, target: Frame | None, where: Where, frame: Frame) -> set[str]:
    """The edges of one thing that a place means."""
    if target is None:
        return {"all"}
    words = {*where.which, where.kind}
    if target.kind == "cut":
        return _cut_edges(ground, target, where, words)
    if target.shape in ROUND or (target.shape == "" and target.get("diameter") is not None):
        return _round_edges(ground, target, where, words)
    return _box_edges(ground.box(target) or ground.whole, where, words)


def _box_edges(box: Box, where: Where, words: set[str]) -> set[str]:
    """The edges of a block: upright ones by their sides, others by the two faces that meet there."""
    if where.kind == "corner" and not words & {"front", "back"}:  # corners of a plate are seen from above
        words = words | {{"top": "back", "bottom": "front"}[word] for word in words & {"top", "bottom"}}
    sides, levels = words & {"left", "right", "front", "back"}, words & {"top", "bottom"}
    ends, across = sides & {"front", "back"}, sides & {"left", "right"}
    if where.kind == "corner" or "vertical" in words or (len(sides) == 2 and ends and across and not levels):
        if words & {"opposite", "diagonal"} and not sides:
            return {"front-left", "back-right"}
        return {f"{a}-{b}" for a in ends for b in across} or sides or {"vertical"}
    extents = {axis: extent(box, axis) for axis in "xyz"}
    if where.kind == "end" and not levels and not sides:
        return {"left", "right"} if extents["x"] >= extents["y"] else {"front", "back"}
    long = "x" if extents["x"] >= extents["y"] else "y"
    if levels:
        if not sides and words & {"long", "short"}:
            run = long if "long" in words else {"x": "y", "y": "x"}[long]
            sides = {"front", "back"} if run == "x" else {"left", "right"}
        return {f"{a}-{b}" for a in levels for b in sides} or levels
    if len(sides) == 1 and ("on_face" in words or where.kind == "face"):
        (side,) = sides
        return {f"top-{side}", f"bottom-{side}"} | (
            {f"front-{side}", f"back-{side}"} if side in ("left", "right") else {f"{side}-left", f"{side}-right"}
        )
    if sides and where.kind in ("edge", "side", "end"):
        return sides
    if where.kind == "edge" and words & {"long", "short"}:
        ordered = sorted(extents, key=lambda axis: -extents[axis])
        run = ordered[0] if "long" in words else ordered[1]
        return {"vertical"} if run == "z" else {run}
    return {"all"}


def _round_edges(ground: Ground, target: Frame, where: Where, words: set[str]) -> set[str]:
    axis = ground.axes.get(id(target), "z")
    box = ground.box(target) or ground.whole
    side = 0
    if "top" in words and axis == "z":
        side = 1
    elif (
        "bottom" in words
        and axis == "z"
        and where.near is None
        and where.far is None
        and not (target is not ground.base and target in _hanging(ground))
    ):
        side = -1
    for one, sign in ((where.near, 1), (where.far, -1)):
        other = ground.box(one) if one is not None else None
        if other is not None:
            off = (other[0][NUMBER[axis]] + other[1][NUMBER[axis]]) / 2 - middle(box, axis)
            if abs(off) > 1e-9:
                side = sign * (1 if off > 0 else -1)
    pair = words & {"both", "each", "all", "two"} or where.count >= 2
    if (
        side == 0
        and (
            words & {"free", "plain", "outer", "end", "far", "exposed", "bottom", "tip", "edge", "rim", ""} or not words
        )
        and target is not ground.base
        and not pair
    ):
        taken = ground.taken(axis, box, target, target)
        side = -taken if taken else 1
    elif side == 0 and words & {"free", "plain"} and target is ground.base:
        taken = ground.taken(axis, box, target, target)
        side = -taken if taken else 0
    if side == 0:
        return {"top", "bottom"}
    local = "top" if side > 0 else "bottom"
    turned = ground.turned.get(id(target), 1)
    if turned < 0:
        local = FLIP[local]
    return {local}


def _stack_ends(ground: Ground) -> list[tuple[Frame, str]]:
    """The solids at the two ends of the whole, with the edge that lies there."""
    solids_made = [one for one in ground.frames if one.kind == "solid" and id(one) in ground.boxes]
    if not solids_made:
        return []
    low = min(solids_made, key=lambda one: ground.boxes[id(one)][0][2])
    high = max(solids_made, key=lambda one: ground.boxes[id(one)][1][2])
    return [(low, "bottom"), (high, "top")]


def _hanging(ground: Ground) -> list[Frame]:
    return []


def _cut_edges(ground: Ground, target: Frame, where: Where, words: set[str]) -> set[str]:
    """A cut's rims; its top rim is where it starts."""
    if where.kind == "corner" or "vertical" in words:
        return {"vertical"}
    named = [word for word in ("top", "bottom", "front", "back") if word in words]
    if where.which & {"both"} or len(named) > 1 or where.count > 1:
        return {"rims"}
    if "bottom" in named and ground.axes.get(id(target)) == "z":
        return {"bottom"}
    if named and named[0] in DIRECTIONS and DIRECTIONS[named[0]][0] == ground.axes.get(id(target)):
        return {"top" if DIRECTIONS[named[0]][1] > 0 else "bottom"}
    return {"rims"}
