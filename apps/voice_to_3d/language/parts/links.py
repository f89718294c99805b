"""Links: two circles and their outer tangents, drawn up to a lever, a cam or a link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.parts.extents import across
from wugan.apps.voice_to_3d.language.parts.frames import Frame
from wugan.apps.voice_to_3d.scene import solid as solids
from wugan.apps.voice_to_3d.scene.placement import Coordinate, Placement

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.parts.grounding import Ground


def link(ground: Ground) -> bool:
    """Makes the body of two circles a distance apart, where tangents between them were asked for."""
    if not ground.reader.tangents:
        return False
    group = next(
        (
            one
            for one in ground.frames
            if one.noun in ("circle", "disc", "cylinder", "end") and one.count == 2 and one.get("apart")
        ),
        None,
    )
    circles = [
        one
        for one in ground.frames
        if one.noun in ("circle", "disc", "cylinder", "end") and one is not group and across(one)
    ][:2]
    if group is None or len(circles) != 2:
        return False
    between = group.get("apart") or 0.0
    height = next(
        (one.get("height", "thickness", "depth") for one in ground.frames if one.get("height", "thickness")), None
    )
    height = next((size for one in ground.frames for size, axis in one.sizes if axis == "z"), height)
    if height is None:
        ground.refuse(group, "how thick it is was not said")
        return False
    if "right" in circles[0].names:
        circles.reverse()
    first, second = (across(one) or 0.0 for one in circles)
    left, right = -between / 2, between / 2
    ground.solid = solids.Hull(
        of=tuple(
            solids.Placed(shape=solids.Cylinder(diameter=d, height=height),
            place=Placement(x=Coordinate(to="origin", offset=x), y=Coordinate(to="origin"),
            z=Coordinate(to="origin", own="min")))
            for d, x in ((first, left), (second, right))
        )
    )  # fmt: skip
    base = Frame(
        "solid",
        "link",
        {"link", "lever", "plate", "outline", "part"},
        "link",
        said="the two circles and their tangents",
    )
    wide = max(first, second)
    ground.frames.insert(0, base)
    ground.base = base
    for frame, d, x in ((circles[0], first, left), (circles[1], second, right)):
        ground.boxes[id(frame)] = ([x - d / 2, -d / 2, 0.0], [x + d / 2, d / 2, height])
        ground.axes[id(frame)] = "z"
        frame.names |= {"end", "big" if d == wide and first != second else "small"}
        ground.done.add(id(frame))
    ground.done |= {
        id(group),
        *(id(one) for one in ground.frames if one.noun in ("outline", "profile", "shape", "line", "tangent")),
    }
    ground.boxes[id(base)] = ([left - first / 2, -wide / 2, 0.0], [right + second / 2, wide / 2, height])
    ground.whole = ([*ground.boxes[id(base)][0]], [*ground.boxes[id(base)][1]])
    ground.axes[id(base)] = "z"
    for frame in ground.frames:  # "the big end" is one of the circles
        for where in [*(spot.where for spot in frame.spots), *frame.targets]:
            if where is not None and where.kind == "end" and where.of is None and where.which & {"big", "small"}:
                size = "big" if "big" in where.which else "small"
                where.of = next((one for one in circles if size in one.names), None)
                where.kind = ""
                if where.of is not None and frame.kind == "cut":
                    frame.flags.add("through")
    return True
