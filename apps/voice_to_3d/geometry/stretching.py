"""Cuts that go through: stretched along an axis beyond both faces of the body."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wugan.apps.voice_to_3d.geometry.placing import Box6, Frame, compose, moved, shift, turn
from wugan.apps.voice_to_3d.geometry.solids import solid
from wugan.apps.voice_to_3d.scene import solid as solids

BEYOND = 1.0  # mm past each face


def stretched(
    shape: solids.Solid, turned: Frame, by: NDArray[np.float64], axis: int, body: Box6
) -> tuple[solids.Solid, Frame, Box6]:
    """A solid long enough to pass through a body along an axis.

    Args:
        shape: the solid.
        turned: its turn.
        by: its move to its place, after the turn.
        axis: 0, 1 or 2.
        body: the body's box.

    Returns:
        The solid, its frame, and its box between the body's faces.
    """
    own = np.array(solid(shape).transform(turned).bounding_box())
    middle = (own[:3] + own[3:]) / 2 + by
    prismatic = isinstance(shape, solids.Cylinder | solids.Extrude) and not getattr(shape, "twist", 0.0)
    if prismatic and np.array_equal(turned, np.eye(3, 4)) and axis != 2:
        # Said without a turn, a bar that goes through along x lies along x.
        turned = turn(1, 90) if axis == 0 else turn(0, 90)
        own = np.array(solid(shape).transform(turned).bounding_box())
    length = float(body[axis + 3] - body[axis]) + 2 * BEYOND
    slant = np.abs(turned[axis, :3])
    local = int(np.argmax(slant))
    straight = slant[local] > 1 - 1e-9
    if straight:
        middle[axis] = (body[axis] + body[axis + 3]) / 2
    if prismatic and local == 2:
        if not straight:  # long enough whatever the angle
            length = 2 * float(np.linalg.norm(body[3:] - body[:3])) + 2 * BEYOND
        longer: solids.Solid = shape.model_copy(update={"height": length})
    elif isinstance(shape, solids.Box):
        size = list(shape.size)
        size[local] = length if straight else 2 * float(np.linalg.norm(body[3:] - body[:3])) + 2 * BEYOND
        longer = shape.model_copy(update={"size": tuple(size)})
    else:
        # Any other solid is drawn out along the axis.
        longer = shape
        factor = np.eye(3, 4)
        factor[axis, axis] = length / (own[axis + 3] - own[axis])
        turned = compose(factor, turned)
    now = np.array(solid(longer).transform(turned).bounding_box())
    to = middle - (now[:3] + now[3:]) / 2
    frame, box = compose(shift(to), turned), moved(now, to)
    box[axis], box[axis + 3] = max(box[axis], body[axis]), min(box[axis + 3], body[axis + 3])
    return longer, frame, box
