"""Reaching: a slot that starts at another feature and ends so far from it ("runs up from the hole, 20 mm")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.parts.extents import across
from wugan.apps.voice_to_3d.language.parts.frames import Frame, Spot, Where
from wugan.apps.voice_to_3d.language.parts.locating import OUTWARD

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.parts.grounding import Ground


def reaching(ground: Ground, frame: Frame, normal: str) -> None:
    """Gives a slot that starts at a feature its length and place, where its far end is told from that feature."""
    if frame.shape != "slot" or frame.get("length", "apart", "total_length") is not None or frame.sizes:
        return
    if (across(frame) or frame.get("width")) is None:
        return
    for spot in frame.spots:
        where = spot.where
        start = where.of if where is not None else None
        if start is None or start is frame or start.kind != "cut" or id(start) not in ground.boxes or not spot.value:
            continue
        axis, sign = OUTWARD.get(spot.way, ("", 1))
        axis = "y" if axis == "z" and normal == "z" else axis or next((one for one in spot.axes if one in "xyz"), "")
        axis = axis or next(
            (one.where.axis for one in frame.spots if one.kind in ("parallel", "axis_is", "along") and one.where), ""
        )
        if axis not in ("x", "y", "z") or axis == normal:
            continue
        frame.dims["apart"] = abs(spot.value)
        half = sign * spot.value / 2
        frame.spots = [
            Spot("from", Where("centre", of=start), half if one == axis else 0.0, axes=one)
            for one in "xyz"
            if one != normal
        ]
        frame.spots.append(Spot("parallel", Where("axis", axis=axis)))
        return


__all__ = ["reaching"]
