"""Peg in hole: bring a ball-ended peg over a bored hole, and to its bottom without pressing on the rim or the wall."""

from __future__ import annotations

import numpy as np

from wugan.apps.teleop.perceive import find_hole
from wugan.apps.teleop.tasks.task import MIDDLE, Limits, Place, Points, Task, resampled
from wugan.apps.teleop.workpiece import Flange

BALL_M = 0.006  # radius of the peg; the hole has 8 mm
ABOVE_M = 0.02  # height over the mouth from which the peg goes straight down
LIMITS = Limits(time_s=6.0, path_m=0.0015, force_n=6.0, press_n=None, speed=0.15, keep_out_m=0.015)


def peg(seed: int = 0, origin: Place = MIDDLE) -> Task:
    """The task on the flange of this seed, placed at `origin` (m): the hole lies elsewhere on each."""
    from wugan.devices.haptic.proxy.mesh import mesh

    part = part_of(seed)
    scan = part.scan(seed) + origin
    hole = find_hole(scan)
    vertices, triangles = part.mesh()
    path = _path(np.array([*part.centre, 0.0]) + origin, part.depth, origin)
    worked = len(path) - round((ABOVE_M + part.depth - BALL_M) / 0.001)
    return Task(
        "peg",
        "Peg in hole",
        seed,
        origin,
        path,
        _path(hole.centre, hole.depth, origin),
        scan,
        worked,
        np.broadcast_to([0.0, 0.0, -1.0], path.shape),
        BALL_M,
        mesh(vertices + origin, triangles, radius=BALL_M),
        1200.0,
        LIMITS,
    )


def part_of(seed: int) -> Flange:
    """The flange of a seed, at the origin."""
    draw = np.random.default_rng([seed, 1])
    return Flange((float(draw.uniform(-0.012, 0.012)), float(draw.uniform(-0.012, 0.012))))


def _path(mouth: Points, depth: float, origin: Place) -> Points:
    """From a corner of the workspace over the mouth, then straight down until the ball rests on the bottom."""
    up = np.array([0.0, 0.0, 1.0])
    knots = [np.array([-0.03, -0.03, 0.03]) + origin, mouth + (ABOVE_M + 0.002) * up, mouth + ABOVE_M * up]
    return resampled(np.array([*knots, mouth - (depth - BALL_M) * up]))
