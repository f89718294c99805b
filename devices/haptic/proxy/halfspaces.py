"""The nearest point that a set of half-spaces allows: where a proxy goes when planes keep it from its goal.

Three constraints at most are active in space (Zilles and Salisbury 1995 solve the same problem with Lagrange
multipliers, Ortega, Redon and Coquillart 2007 with Gauss' principle). Added one by one, as in Seidel's linear
programming in few dimensions, the solution is exact and needs no iteration that might not end.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from wugan.devices.haptic.proxy.compiled import compiled
from wugan.devices.haptic.proxy.vectors import dot, grow, put

#: A constraint counts as kept up to here, m: far below what a device resolves, far above rounding.
SLACK = 1e-12
#: Planes whose directions differ less than this (sine squared) are parallel.
_PARALLEL = 1e-10

_Array = NDArray[np.float64]


@compiled
def nearest_allowed(n: _Array, beta: _Array, count: int, t: _Array, y: _Array) -> bool:
    """Find the y nearest to `t` with n[i]·y ≥ beta[i] for all i < count.

    Args:
        n: unit normals, float64 `[A, 3]`.
        beta: least values, float64 `[A]`, m; with all beta ≤ 0 the solution exists (y = 0 is allowed).
        count: number of half-spaces.
        t: the wish, float64 `[3]`, m.
        y: the answer, float64 `[3]`; overwritten.

    Returns:
        False where the half-spaces have no common point, as far as rounding lets one see; y is 0 then.
    """
    put(y, t)
    for i in range(count):
        if dot(n[i], y) >= beta[i] - SLACK:
            continue
        need_i = beta[i] - dot(n[i], t)
        for a in range(3):
            y[a] = t[a] + need_i * n[i, a]
        for j in range(i):
            if dot(n[j], y) >= beta[j] - SLACK:
                continue
            if not _on_line(n, beta, i, j, t, y):
                grow(y, 0.0)
                return False
    return True


@compiled
def _on_line(n: _Array, beta: _Array, i: int, j: int, t: _Array, y: _Array) -> bool:
    """The nearest point on the line where planes i and j meet, that all k < j allow."""
    cosine = dot(n[i], n[j])
    sine2 = 1.0 - cosine * cosine
    need_i, need_j = beta[i] - dot(n[i], t), beta[j] - dot(n[j], t)
    if sine2 < _PARALLEL:
        if cosine < 0.0:
            return False
        need = max(need_i, need_j)
        for a in range(3):
            y[a] = t[a] + need * n[j, a]
        return True
    u, v = (need_i - cosine * need_j) / sine2, (need_j - cosine * need_i) / sine2
    for a in range(3):
        y[a] = t[a] + u * n[i, a] + v * n[j, a]
    dx = n[i, 1] * n[j, 2] - n[i, 2] * n[j, 1]
    dy = n[i, 2] * n[j, 0] - n[i, 0] * n[j, 2]
    dz = n[i, 0] * n[j, 1] - n[i, 1] * n[j, 0]
    low, high = -math.inf, math.inf
    for k in range(j):
        along = n[k, 0] * dx + n[k, 1] * dy + n[k, 2] * dz
        need = beta[k] - dot(n[k], y)
        if along * along < _PARALLEL * sine2:
            if need > 1e-9:
                return False
        elif along > 0.0:
            low = max(low, need / along)
        else:
            high = min(high, need / along)
    if low > high:
        if (low - high) * math.sqrt(sine2) > 1e-9:
            return False
        low = high
    s = min(max(0.0, low), high)
    y[0] += s * dx
    y[1] += s * dy
    y[2] += s * dz
    return True


@compiled
def step_inside(n: _Array, beta: _Array, count: int, y: _Array) -> None:
    """Shorten y until every half-space with beta ≤ 0 really allows it: whatever rounding did, the move is safe."""
    scale = 1.0
    for i in range(count):
        value = dot(n[i], y)
        least = min(beta[i], 0.0)
        if value < least - 2.0 * SLACK:
            scale = min(scale, least / value)
    if scale < 1.0:
        grow(y, scale)
