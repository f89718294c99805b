"""Flares: what a chamfer or fillet takes off the rim of a cut, or puts around a boss, where all of the rim is flat.

One solid from the wall to the surface, its outline growing on the way. Unlike a ring it follows an outline whose short
edges vanish as it grows: letters, gears, stars.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from wugan.apps.voice_to_3d.geometry.circles import Outline
from wugan.apps.voice_to_3d.geometry.corners import quarter
from wugan.apps.voice_to_3d.geometry.offsets import Level, clean, shrink
from wugan.apps.voice_to_3d.geometry.rings import LAP
from wugan.apps.voice_to_3d.geometry.stacks import stack

if TYPE_CHECKING:
    from manifold3d import Manifold


def flare(
    loops: Sequence[Outline], z: float, size: float, across: float, round: bool, upwards: bool
) -> Manifold | None:
    """The solid that widens from the feature's outline to `across` mm beyond it.

    Args:
        loops: the feature's outlines, the feature to their left.
        z: of the surface, where it is widest.
        size: mm along the axis, from where it starts.
        across: mm beyond the outline at the surface.
        round: a quarter of a circle, or straight.
        upwards: whether the surface is its upper end, or its lower one.

    Returns:
        `None` where the outline does not bear it: it would run into itself.
    """
    if round:
        run = [(size * (1 - float(np.cos(a))), size * (float(np.sin(a)) - 1)) for a in quarter(size)]
    else:
        run = [(0.0, -size), (across, 0.0)]
    # It starts a hair inside the outline, so that its wall and the feature's do not coincide.
    inside = shrink(loops, 0.0, [(LAP, 0.0)])
    lap = LAP if inside is not None else 0.0
    start = [clean(loop) for loop in (inside[-1].loops if inside is not None else loops)]
    slope = (run[1][1] - run[0][1]) / max(run[1][0] - run[0][0], 1e-9)
    steps = [(-(lap + s), height) for s, height in run if lap + s > 0] + [(-(lap + across), LAP)]
    levels = shrink(start, -size - lap * slope, steps)
    if levels is None:
        return None
    found = stack([Level(0.0, levels[0].z, levels[0].loops, levels[0].parents)], levels)
    return (found if upwards else found.mirror((0.0, 0.0, 1.0))).translate((0.0, 0.0, z))
