"""How a proxy moves on a mesh: always towards the hand, never through a triangle.

The proxy is the centre of a sphere. Every triangle that it could reach gives a half-space that holds the whole
triangle, kept at a radius's distance; inside all of them, and no farther than it looked, the sphere touches nothing,
all the way. Within that convex region it goes to the point nearest to the hand, looks again and goes on, until it
rests. So no step and no crease lets it through, however fast the hand (after Zilles and Salisbury 1995; Ruspini,
Kolarov and Khatib 1997; Ortega, Redon and Coquillart 2007).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from wugan.devices.haptic.proxy.geometry import LEAF
from wugan.devices.haptic.proxy.kernels import (
    EDGE,
    FACE,
    FLAT,
    HAND,
    PROXY,
    VERTEX,
    add,
    compiled,
    dot,
    grow,
    held_goal,
    nearest_allowed,
    nearest_on_triangle,
    put,
    square,
    step_inside,
)

#: Triangles near the proxy at a time; more than a few, and it looks less far, down to a quarter of a radius.
_FEW, MOST_NEAR = 96, 512
#: Moves in one period: on a surface a few suffice; through free space it may have far to go.
_MOST_MOVES, _MOST_FREE = 8, 40
#: Work in one period: triangles, each times the half-spaces that it is held against and 8 for finding it, about 8 ns.
#: What is left to go is for the next period.
_MOST_WORK = 4_000
#: How often it looks less far where there are too many triangles.
_HALVINGS = 8
#: A move shorter than this is rest, m.
_REST = 1e-8
#: How far a triangle may stick out of a half-space that counts as holding it, as part of the radius. The distance to
#: it shrinks by as much, which leaves the radius nearly whole.
_STICK_OUT = 1e-4

_Array = NDArray[np.float64]
_Mesh = tuple[_Array, _Array, NDArray[np.uint8], _Array]


@compiled
def mesh_step(
    mesh: _Mesh,
    state: _Array,
    hand: _Array,
    radius: float,
    still: float,
    moving: float,
) -> None:
    """Move the proxy towards the hand, with friction.

    Args:
        mesh: triangles, float64 `[T, 9]`; their normals, float64 `[T, 3]`; which of their edges are hollow, uint8
            `[T]`, see `mesh`; the tree's boxes, float64 `[nodes, 6]`.
        state: the proxy's memory, see `friction`; changed in place.
        hand: float64 `[3]`, m.
        radius: m, above 0.
        still: coefficient of friction at rest.
        moving: coefficient of friction while sliding.
    """
    start, proxy, goal = np.empty(3), np.empty(3), np.empty(3)
    put(start, state[PROXY : PROXY + 3])
    put(proxy, start)
    hint = 2.0 * math.sqrt(square(hand, state[HAND : HAND + 3]))
    put(state[HAND : HAND + 3], hand)
    flat = state[FLAT] != 0.0
    _advance(mesh, proxy, hand, radius, hint, flat)
    if held_goal(state, start, proxy, hand, still, moving, goal):
        put(proxy, start)
        _advance(mesh, proxy, goal, radius, hint, flat)
    put(state[PROXY : PROXY + 3], proxy)


# One loop over shared arrays: split, its parts would each take ten arguments and cost calls in every period.
@compiled
def _advance(  # noqa: C901
    mesh: _Mesh,
    c: _Array,
    goal: _Array,
    radius: float,
    hint: float,
    flat: bool,
) -> None:
    near = np.empty(MOST_NEAR, np.int64)
    points = np.empty((MOST_NEAR, 3))
    squares = np.empty(MOST_NEAR)
    features = np.empty(MOST_NEAR, np.int64)
    n = np.empty((MOST_NEAR, 3))
    beta = np.empty(MOST_NEAR)
    wish, y = np.empty(3), np.empty(3)
    reach_most = max(hint, radius)
    moves, work = 0, 0
    for _ in range(_MOST_FREE):
        for a in range(3):
            wish[a] = goal[a] - c[a]
        far = math.sqrt(dot(wish, wish))
        if far == 0.0:
            return
        reach = min(far, reach_most)
        found, tight = -1, False
        for _ in range(_HALVINGS):
            most = _FEW if reach > 0.25 * radius else MOST_NEAR
            found = _gather(mesh, c, radius + reach, most, near, points, squares, features)
            if found >= 0:
                break
            tight = True
            reach *= 0.3
        if tight:
            reach_most = reach
        crowded = found < 0
        count = _planes(mesh, c, radius, flat, abs(found), near, points, squares, features, n, beta)
        work += abs(found) * (8 + count)
        if not nearest_allowed(n, beta, count, wish, y):
            for i in range(count):
                beta[i] = min(beta[i], 0.0)
            nearest_allowed(n, beta, count, wish, y)
        step_inside(n, beta, count, y)
        length = math.sqrt(dot(y, y))
        short = length > reach * (1.0 + 1e-12)
        if short:
            grow(y, reach / length)
        if not short and not crowded and y[0] == wish[0] and y[1] == wish[1] and y[2] == wish[2]:
            put(c, goal)  # exactly, so that free means no force at all
            return
        if crowded:
            if not _squeeze(mesh, c, y, radius) or work > _MOST_WORK:
                return
            continue
        add(c, y, c)
        if work > _MOST_WORK:
            return
        if short:
            reach_most *= 1.0 if tight else 2.0
        else:
            moves += 1
            if length < _REST or moves >= _MOST_MOVES:
                return
            reach_most = max(2.0 * length, 0.25 * radius)  # the next one is shorter, and sees fewer triangles


@compiled
def _squeeze(mesh: _Mesh, c: _Array, y: _Array, radius: float) -> bool:
    """Move where more triangles meet than it can look at (the point of a finely cut cone): short, and checked.

    Half a radius from a place that is a radius away from everything crosses nothing.
    """
    length = math.sqrt(dot(y, y))
    if length > 0.5 * radius:
        grow(y, 0.5 * radius / length)
    trial = np.empty(3)
    allowed = min(radius, _clearance(mesh, c, radius)) - 1e-9 * radius
    for _ in range(_HALVINGS):
        add(c, y, trial)
        if _clearance(mesh, trial, radius) >= allowed:
            put(c, trial)
            return math.sqrt(dot(y, y)) > _REST
        grow(y, 0.5)
    return False


@compiled
def _clearance(mesh: _Mesh, c: _Array, most: float) -> float:
    """Distance to the nearest triangle, or `most` where that is farther."""
    triangles, boxes = mesh[0], mesh[3]
    stack = np.empty(64, np.int64)
    stack[0] = 0
    top, bottom, least = 1, len(boxes) // 2, most * most
    q = np.empty(3)
    while top:
        top -= 1
        node = stack[top]
        if _to_box(boxes[node], c) > least:
            continue
        if node < bottom:
            stack[top], stack[top + 1] = 2 * node + 1, 2 * node + 2
            top += 2
            continue
        first = (node - bottom) * LEAF
        for index in range(first, min(first + LEAF, len(triangles))):
            nearest_on_triangle(triangles[index], c, q)
            least = min(least, square(q, c))
    return math.sqrt(least)


@compiled
def _gather(
    mesh: _Mesh,
    c: _Array,
    within: float,
    most: int,
    near: NDArray[np.int64],
    points: _Array,
    squares: _Array,
    features: NDArray[np.int64],
) -> int:
    """Triangles within a distance, with their nearest points; −`most` when there are more than that."""
    triangles, boxes = mesh[0], mesh[3]
    stack = np.empty(64, np.int64)
    stack[0] = 0
    top, found = 1, 0
    bottom = len(boxes) // 2
    limit = within * within
    q = np.empty(3)
    while top:
        top -= 1
        node = stack[top]
        if _to_box(boxes[node], c) > limit:
            continue
        if node < bottom:
            stack[top], stack[top + 1] = 2 * node + 1, 2 * node + 2
            top += 2
            continue
        first = (node - bottom) * LEAF
        for index in range(first, min(first + LEAF, len(triangles))):
            feature = nearest_on_triangle(triangles[index], c, q)
            away = square(q, c)
            if away <= limit:
                if found == most:
                    return -most
                near[found], squares[found], features[found] = index, away, feature
                put(points[found], q)
                found += 1
    return found


# One loop over shared arrays: split, its parts would each take ten arguments and cost calls in every period.
@compiled
def _planes(  # noqa: C901
    mesh: _Mesh,
    c: _Array,
    radius: float,
    flat: bool,
    found: int,
    near: NDArray[np.int64],
    points: _Array,
    squares: _Array,
    features: NDArray[np.int64],
    n: _Array,
    beta: _Array,
) -> int:
    """Half-spaces of the near triangles, nearest first; those behind an earlier one need none of their own."""
    triangles, normals, hollow, _ = mesh
    count = 0
    m = np.empty(3)
    while True:
        pick, least = -1, math.inf
        for i in range(found):
            if squares[i] < least:
                pick, least = i, squares[i]
        if pick < 0:
            return count
        index = near[pick]
        v = triangles[index]
        height = 0.0
        for a in range(3):
            height += normals[index, a] * (c[a] - v[a])
        side = 1.0 if height >= 0.0 else -1.0
        distance = math.sqrt(least)
        if _face_counts(features[pick], hollow[index], side) and abs(height) >= radius * (1.0 - 1e-6):
            # Its whole plane: over an edge that does not fall away this is exact, where the plane through the
            # nearest point would lean against the way and make every edge between triangles a small step.
            distance = abs(height)
            for a in range(3):
                m[a] = side * normals[index, a]
        elif distance > 1e-9 * radius and features[pick] != FACE:
            for a in range(3):
                m[a] = (c[a] - points[pick, a]) / distance
        else:
            for a in range(3):
                m[a] = side * normals[index, a]
        level = m[0] * c[0] + m[1] * c[1] + m[2] * c[2] - distance + _STICK_OUT * radius
        for i in range(found):
            if squares[i] < math.inf and _behind(triangles[near[i]], m, level):
                squares[i] = math.inf
        squares[pick] = math.inf
        low = radius - distance
        if low > 1e-9:
            low = 0.0  # it was put here, nearer than its radius: it may go away, and is not thrown
        if flat:  # the device has no third axis: the constraint within its plane
            level_part = math.sqrt(m[0] * m[0] + m[1] * m[1])
            if level_part < 1e-6:
                continue
            grow(m, 1.0 / level_part)
            m[2] = 0.0
            low /= level_part
        put(n[count], m)
        beta[count] = low
        count += 1


@compiled
def _face_counts(feature: int, hollow: int, side: float) -> bool:
    """The plane of the triangle goes on beyond its feature, on this side."""
    bits = hollow if side > 0.0 else hollow >> 3
    if feature == FACE:
        return True
    if feature < VERTEX:
        return (bits >> (feature - EDGE)) & 1 == 1
    corner = feature - VERTEX
    return (bits >> corner) & 1 == 1 and (bits >> ((corner + 2) % 3)) & 1 == 1


@compiled
def _behind(v: _Array, m: _Array, level: float) -> bool:
    highest = -math.inf
    for corner in range(0, 9, 3):
        highest = max(highest, m[0] * v[corner] + m[1] * v[corner + 1] + m[2] * v[corner + 2])
    return highest <= level


@compiled
def _to_box(box: _Array, c: _Array) -> float:
    """Square of the distance to a box; infinite where the box is empty."""
    square = 0.0
    for a in range(3):
        away = max(box[a] - c[a], c[a] - box[a + 3])
        if away > 0.0:
            square += away * away
    return square
