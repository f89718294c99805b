"""Deburring: lead a ball-nosed tool along a bent rim, at an even light pressure."""

from __future__ import annotations

import numpy as np

from wugan.apps.teleop.perceive import find_rim
from wugan.apps.teleop.tasks.task import MIDDLE, Limits, Place, Points, Task, resampled
from wugan.apps.teleop.workpiece import Casting

BALL_M = 0.0015
SUPPORT_M = 0.006  # of the surface through the scan's points: four balls, so that noise does not catch the ball
PRESS_N = 0.6  # that takes the burr off; with much more the ball slips off the edge, as a real one does
STIFFNESS = 1200.0  # N/m, of tool and part together
LENGTH_M = 0.07  # of the rim that is worked
LIMITS = Limits(time_s=7.0, path_m=0.001, force_n=5.0, press_n=(0.2, 1.2), speed=0.08, keep_out_m=0.012)


def deburring(seed: int = 0, origin: Place = MIDDLE) -> Task:
    """The task on the casting of this seed, placed at `origin` (m): the rim bends otherwise on each."""
    from wugan.devices.haptic.proxy.cloud import cloud

    part = Casting(phase=float(np.random.default_rng([seed, 2]).uniform(0, 2 * np.pi)))
    scan = part.scan(seed) + origin
    x = np.arange(-LENGTH_M / 2, LENGTH_M / 2 + 5e-4, 0.001)
    path = _path(part.rim(x) + origin, part.outward(x))
    rim = find_rim(
        scan, x[0] + origin[0] - 0.005, x[-1] + origin[0] + 0.005
    )  # beyond both ends, where a smoothed line is less sure
    slope = np.gradient(rim[:, 1], rim[:, 0])
    outward = np.stack([-slope, np.ones_like(slope), np.zeros_like(slope)], axis=1)
    outward /= np.linalg.norm(outward, axis=1, keepdims=True)
    seen = _path(rim[5:-5], outward[5:-5])
    into = -_side(part.outward(np.interp(path[:, 0] - origin[0], x, x)))
    worked = int(np.linalg.norm(path - path[0], axis=1).searchsorted(0.025))
    surface = cloud(
        scan, viewpoint=np.array([0.0, 0.2, 0.2]) + origin, support=SUPPORT_M, radius=BALL_M
    )  # the scan is what is felt
    return Task(
        "deburring", "Deburring a rim", seed, origin, path, seen, scan, worked, into, BALL_M, surface, STIFFNESS, LIMITS
    )


def _path(rim: Points, outward: Points) -> Points:
    """Where the ball's middle goes: approach, along the rim 45° above it and pressed a little into it, and away."""
    side = _side(outward)
    line = rim + side * (BALL_M - PRESS_N / STIFFNESS)
    return resampled(np.concatenate([[line[0] + 0.025 * side[0]], line, [line[-1] + 0.005 * side[-1]]]))


def _side(outward: Points) -> Points:
    """Where the tool comes from: 45° above the way out of the part."""
    return np.asarray((outward + np.array([0.0, 0.0, 1.0])) / np.sqrt(2))
