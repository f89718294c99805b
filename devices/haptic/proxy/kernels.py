"""What the proxies' loops are made of, compiled by numba: vectors, triangles, half-spaces, friction, a proxy's memory.

Vectors are three numbers in loops: numba compiles these in a tenth of the time of NumPy's assignments.

Half-spaces: the nearest point that they allow is where a proxy goes when planes keep it from its goal. Three
constraints at most are active in space (Zilles and Salisbury 1995 solve the same problem with Lagrange multipliers,
Ortega, Redon and Coquillart 2007 with Gauss' principle). Added one by one, as in Seidel's linear programming in few
dimensions, the solution is exact and needs no iteration that might not end.

Friction: inside the friction cone the proxy stays where it is; outside it follows until the hand pulls along the cone's
edge (Harwin and Melder 2002, "Improved haptic rendering for multi-finger manipulation using friction cone based
god-objects"). Two coefficients make it stick and slip; since nothing moves inside the cone, noise of the encoder makes
it creep nowhere.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from types import CellType, FunctionType
from typing import Any, TypeVar, cast
from zlib import crc32

import numpy as np
from numba import njit
from numpy.typing import NDArray

_Function = TypeVar("_Function", bound=Callable[..., Any])

#: Of all sources of this package. numba notices a change in the file of a function only, not in the files of the
#: functions and constants that it uses: a proxy compiled with last week's constants falls through the floor.
_SOURCES = crc32(b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py"))))


def compiled(function: _Function) -> _Function:
    """Compile at the first call, or load what an earlier process compiled from the same sources.

    numba keys its cache by a function's bytes and by what it closes over. The function gets one closed-over value that
    it never reads: the check sum of the sources. Division by zero raises nothing in the loop (and compiles faster so).
    """
    plain = cast(FunctionType, function)
    code = plain.__code__.replace(co_freevars=(*plain.__code__.co_freevars, "_sources"))
    closed = (*(plain.__closure__ or ()), CellType(_SOURCES))
    keyed = FunctionType(code, plain.__globals__, plain.__name__, plain.__defaults__, closed)
    keyed.__doc__, keyed.__module__, keyed.__qualname__ = plain.__doc__, plain.__module__, plain.__qualname__
    return cast(_Function, njit(cache=True, error_model="numpy")(keyed))


_Array = NDArray[np.float64]


@compiled
def put(target: _Array, source: _Array) -> None:
    """Copy all numbers of `source`."""
    for i in range(len(source)):
        target[i] = source[i]


@compiled
def grow(v: _Array, factor: float) -> None:
    """Multiply in place."""
    for i in range(len(v)):
        v[i] *= factor


@compiled
def add(a: _Array, b: _Array, total: _Array) -> None:
    """The sum into `total`, which may be `a`."""
    for i in range(len(a)):
        total[i] = a[i] + b[i]


@compiled
def dot(a: _Array, b: _Array) -> float:
    """The scalar product."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


@compiled
def square(a: _Array, b: _Array) -> float:
    """The square of the distance."""
    x, y, z = a[0] - b[0], a[1] - b[1], a[2] - b[2]
    return x * x + y * y + z * z


#: Features: the face, the edges that start at vertex 0, 1, 2, the vertices.
FACE, EDGE, VERTEX = 0, 1, 4


@compiled
def nearest_on_triangle(v: _Array, p: _Array, q: _Array) -> int:
    """Ericson, "Real-Time Collision Detection" (2005), section 5.1.5.

    Args:
        v: the three vertices in a row, float64 `[9]`.
        p: the point, float64 `[3]`.
        q: the nearest point, float64 `[3]`; overwritten.

    Returns:
        `FACE`, `EDGE` + number of the vertex where the edge starts, or `VERTEX` + its number.
    """
    abx, aby, abz = v[3] - v[0], v[4] - v[1], v[5] - v[2]
    acx, acy, acz = v[6] - v[0], v[7] - v[1], v[8] - v[2]
    px, py, pz = p[0] - v[0], p[1] - v[1], p[2] - v[2]
    d1 = abx * px + aby * py + abz * pz
    d2 = acx * px + acy * py + acz * pz
    if d1 <= 0.0 and d2 <= 0.0:
        q[0], q[1], q[2] = v[0], v[1], v[2]
        return VERTEX
    px, py, pz = p[0] - v[3], p[1] - v[4], p[2] - v[5]
    d3 = abx * px + aby * py + abz * pz
    d4 = acx * px + acy * py + acz * pz
    if d3 >= 0.0 and d4 <= d3:
        q[0], q[1], q[2] = v[3], v[4], v[5]
        return VERTEX + 1
    vc = d1 * d4 - d3 * d2
    if vc <= 0.0 and d1 >= 0.0 and d3 <= 0.0 and d1 > d3:
        s = d1 / (d1 - d3)
        q[0], q[1], q[2] = v[0] + s * abx, v[1] + s * aby, v[2] + s * abz
        return EDGE
    px, py, pz = p[0] - v[6], p[1] - v[7], p[2] - v[8]
    d5 = abx * px + aby * py + abz * pz
    d6 = acx * px + acy * py + acz * pz
    if d6 >= 0.0 and d5 <= d6:
        q[0], q[1], q[2] = v[6], v[7], v[8]
        return VERTEX + 2
    vb = d5 * d2 - d1 * d6
    if vb <= 0.0 and d2 >= 0.0 and d6 <= 0.0 and d2 > d6:
        s = d2 / (d2 - d6)
        q[0], q[1], q[2] = v[0] + s * acx, v[1] + s * acy, v[2] + s * acz
        return EDGE + 2
    va = d3 * d6 - d5 * d4
    if va <= 0.0 and d4 >= d3 and d5 >= d6 and (d4 - d3) + (d5 - d6) > 0.0:
        s = (d4 - d3) / ((d4 - d3) + (d5 - d6))
        q[0], q[1], q[2] = v[3] + s * (v[6] - v[3]), v[4] + s * (v[7] - v[4]), v[5] + s * (v[8] - v[5])
        return EDGE + 1
    inverse = 1.0 / (va + vb + vc)
    s, t = vb * inverse, vc * inverse
    q[0], q[1], q[2] = v[0] + s * abx + t * acx, v[1] + s * aby + t * acy, v[2] + s * abz + t * acz
    return FACE


#: A constraint counts as kept up to here, m: far below what a device resolves, far above rounding.
SLACK = 1e-12
#: Planes whose directions differ less than this (sine squared) are parallel.
_PARALLEL = 1e-10


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


#: Places in a proxy's memory, float64 `[SIZE]`: proxy, hand of the last step, normal of the contact (out of the
#: surface), its depth without friction, whether it slides; for a cloud the direction out of the surface, whether its
#: normals are turned for that (±1, 0 away from it) and the height that is kept; whether the device has two axes.
PROXY, HAND, NORMAL, DEPTH, SLIDES, SIDE, TURN, LEVEL, FLAT = 0, 3, 6, 9, 10, 11, 14, 15, 16
SIZE = 17


@compiled
def held_goal(
    state: _Array, start: _Array, proxy: _Array, hand: _Array, still: float, moving: float, goal: _Array
) -> bool:
    """Note the contact, and decide how far friction lets the proxy go.

    Args:
        state: the proxy's memory; contact and sliding are written.
        start: where the proxy was, float64 `[3]`.
        proxy: where it would be without friction, float64 `[3]`; set to `start` where it sticks.
        hand: float64 `[3]`.
        still: coefficient of friction at rest.
        moving: coefficient of friction while sliding.
        goal: where to move instead of to the hand, float64 `[3]`; overwritten.

    Returns:
        True where the proxy has to move again from `start` to `goal`; False where `proxy` is the answer.
    """
    touched = state[DEPTH] > 0.0
    depth = math.sqrt(square(proxy, hand))
    state[DEPTH] = depth
    if depth == 0.0:
        grow(state[NORMAL : NORMAL + 3], 0.0)
        state[SLIDES] = 0.0
        return False
    along = 0.0
    for a in range(3):
        state[NORMAL + a] = (proxy[a] - hand[a]) / depth
        along += state[NORMAL + a] * (proxy[a] - start[a])
    if still <= 0.0 and moving <= 0.0:
        return False
    way = 0.0
    for a in range(3):
        goal[a] = proxy[a] - start[a] - along * state[NORMAL + a]
        way += goal[a] * goal[a]
    way = math.sqrt(way)
    slides = state[SLIDES] != 0.0
    limit = (moving if slides else still) * depth
    if way <= limit:
        state[SLIDES] = 0.0
        if touched:
            put(proxy, start)
            return False
        held = way  # just landed: it comes down where it is
    else:
        state[SLIDES] = 1.0
        held = moving * depth
    part = held / way if way > 0.0 else 0.0
    for a in range(3):
        goal[a] = hand[a] - part * goal[a]
    return True
