"""Rim cuts: notches, slits and round bites at the edge of something round, one or several round it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.parts.boxes import Box, extent, middle
from wugan.apps.voice_to_3d.language.parts.extents import across, inner
from wugan.apps.voice_to_3d.language.parts.frames import Frame
from wugan.apps.voice_to_3d.language.parts.furrows import ROUND
from wugan.apps.voice_to_3d.language.parts.setting import coordinate
from wugan.apps.voice_to_3d.language.wordlist import words
from wugan.apps.voice_to_3d.scene import solid as solids
from wugan.apps.voice_to_3d.scene.placement import Coordinate, Placement, Polar

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.parts.grounding import Ground

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


__all__ = ["rim_cut"]
