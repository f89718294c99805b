"""Gussets and ribs in the inside corner between a lying and a standing plate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.parts.frames import Frame
from wugan.apps.voice_to_3d.language.parts.locating import NUMBER, Box, extent, middle, side_of
from wugan.apps.voice_to_3d.language.parts.setting import UPRIGHT, placement
from wugan.apps.voice_to_3d.scene import solid as solids
from wugan.apps.voice_to_3d.scene.profile import Polygon

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.parts.grounding import Ground


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
