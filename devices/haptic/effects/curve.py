"""`curve()`: a smooth line through a few points, for `Guide`."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from wugan.devices.haptic.effects.values import MAX_POINTS
from wugan.errors import DataError


def curve(points: ArrayLike, step: float, *, closed: bool = False) -> tuple[tuple[float, ...], ...]:
    """A centripetal Catmull-Rom spline (Yuksel et al. 2011: no cusps, no loops) through points, as a fine polyline.

    Args:
        points: m or rad, float `[P, axes]`, P ≥ 2.
        step: m or rad between the points of the result, about.
        closed: it comes back to its start; give `Guide` the same.

    Returns:
        Points for `Guide.path`; for `proxy.path`, where they are too many for a program.

    Raises:
        DataError: too few points or equal neighbours, or more than 1,000 points would come out.
    """
    knots = np.asarray(points, dtype=np.float64)
    if knots.ndim != 2 or len(knots) < 2 or not np.isfinite(knots).all():
        raise DataError(f"a curve needs two or more finite points [P, axes], not {knots.shape}")
    ring = np.vstack([knots[-1], knots, knots[0], knots[1]]) if closed else _with_ends(knots)
    gaps = np.linalg.norm(np.diff(ring, axis=0), axis=1)
    if not gaps.min() > 0.0 or not 0.0 < step < np.inf:
        raise DataError("a curve needs neighbours at different places, and a step above 0")
    if gaps[1:-1].sum() / step > MAX_POINTS:
        raise DataError(f"a curve of {gaps[1:-1].sum():g} m in steps of {step:g} m is too long; take greater steps")
    parts = []
    for i in range(len(ring) - 3):
        p0, p1, p2, p3 = ring[i : i + 4]
        t1, t2, t3 = np.cumsum(np.sqrt(gaps[i : i + 3]))
        t = np.linspace(t1, t2, max(2, round(gaps[i + 1] / step) + 1))[:-1, None]
        a1, a2, a3 = (
            (t1 - t) / t1 * p0 + t / t1 * p1,
            (t2 - t) / (t2 - t1) * p1 + (t - t1) / (t2 - t1) * p2,
            (t3 - t) / (t3 - t2) * p2 + (t - t2) / (t3 - t2) * p3,
        )
        b1, b2 = (t2 - t) / t2 * a1 + t / t2 * a2, (t3 - t) / (t3 - t1) * a2 + (t - t1) / (t3 - t1) * a3
        parts.append((t2 - t) / (t2 - t1) * b1 + (t - t1) / (t2 - t1) * b2)
    if not closed:
        parts.append(knots[-1:])
    return tuple(tuple(float(value) for value in row) for row in np.vstack(parts))


def _with_ends(knots: np.ndarray) -> np.ndarray:
    """The points with one more at each end, straight on."""
    return np.vstack([2 * knots[0] - knots[1], knots, 2 * knots[-1] - knots[-2]])
