"""Keyways and flats: in shafts, and in the bores of hubs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.parts.frames import Frame
from wugan.apps.voice_to_3d.language.parts.furrows import extrude
from wugan.apps.voice_to_3d.language.parts.locating import Box, extent, middle, side_of
from wugan.apps.voice_to_3d.language.parts.vocabulary import DIRECTIONS

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.parts.grounding import Ground

ROUND = ("cylinder", "tube", "cone", "round")
PLANES = {"x": ("y", "z"), "y": ("x", "z"), "z": ("x", "y")}


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
