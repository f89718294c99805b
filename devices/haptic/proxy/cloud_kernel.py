"""How a proxy moves on a point cloud: on the implicit surface that its points' planes blend into.

At a place x the surface's height is the weighted mean of the heights over the points' tangent planes (as in Adamson
and Alexa 2003; for haptics Leeper, Chan and Salisbury 2012, "Point clouds can be represented as implicit surfaces for
constraint-based haptic rendering"). The proxy keeps a height of a radius, slides towards the hand in steps of a part
of the support, and after each step stands at its height again or goes back. So it passes no gap narrower than the
support. Only points that face the side it is on take part, which keeps the two faces of a thin plate apart; points
that stand out above the surface (the other walls of a corner, the opposite one of a slot) make surfaces of their own.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from wugan.devices.haptic.proxy.geometry import SPACINGS
from wugan.devices.haptic.proxy.kernels import (
    FLAT,
    HAND,
    LEVEL,
    PROXY,
    SIDE,
    add,
    compiled,
    dot,
    grow,
    held_goal,
    nearest_allowed,
    put,
    square,
    step_inside,
)

#: How often it looks at the surfaces around a place in one period, 2 to 3 µs each. What is left to go is for the next.
_MOST_LOOKS = 24
#: A move shorter than this is rest, m.
_REST = 1e-8
#: A height is right when it is wrong by less than this, m.
_LEVELLED = 1e-9
#: The longest step on a surface and in free space, in supports. In free space nothing is nearer than one support, and
#: points lie a third of it apart: half of it crosses nothing.
_STRIDE, _FREE_STRIDE = 0.25, 0.5
#: The proxy that was put nearer than its radius goes out to it, by this part of the radius a period.
_RECOVER = 1e-3
#: Normals this alike (cosine, 46°) belong to one surface.
_ALIKE = 0.7
#: Surfaces at a place: a corner has three; and near points that are looked at, with what is noted of each.
_MOST_SURFACES, _MOST_NEAR, _NEAR_NUMBERS = 4, 256, 8
#: Past an edge: the nearest points face another way than the face it was on (cosine).
_TURNED = 0.9
#: Less weight than this is rounding at the rim of the support.
_NO_WEIGHT = 1e-12

_Array = NDArray[np.float64]
_Cloud = tuple[_Array, NDArray[np.int64], NDArray[np.int64], _Array]


@compiled
def cloud_step(
    cloud: _Cloud,
    state: _Array,
    hand: _Array,
    radius: float,
    still: float,
    moving: float,
) -> None:
    """Move the proxy towards the hand, with friction.

    Args:
        cloud: positions and normals, float64 `[P, 6]`, sorted by cell; keys of the cells that have points, int64
            `[cells]`; first point of each, int64 `[cells + 1]`; the grid's corner, its counts of cells and their width,
            float64 `[7]`.
        state: the proxy's memory, see `friction`; changed in place.
        hand: float64 `[3]`, m.
        radius: m, above 0 and at most half a support.
        still: coefficient of friction at rest.
        moving: coefficient of friction while sliding.
    """
    start, proxy, goal, side = np.empty(3), np.empty(3), np.empty(3), np.empty(4)
    put(start, state[PROXY : PROXY + 3])
    put(proxy, start)
    put(side, state[SIDE : SIDE + 4])
    level = state[LEVEL]
    _advance(cloud, state, proxy, hand, radius)
    if held_goal(state, start, proxy, hand, still, moving, goal):
        put(proxy, start)
        put(state[SIDE : SIDE + 4], side)
        state[LEVEL] = level
        _advance(cloud, state, proxy, goal, radius)
    put(state[HAND : HAND + 3], hand)
    put(state[PROXY : PROXY + 3], proxy)


# One loop over shared arrays: split, its parts would each take ten arguments and cost calls in every period.
@compiled
def _advance(cloud: _Cloud, state: _Array, c: _Array, goal: _Array, radius: float) -> None:  # noqa: C901
    h = cloud[3][6]
    flat = state[FLAT] != 0.0
    side = state[SIDE : SIDE + 4]  # and TURN, which lies behind it
    n = np.empty((_MOST_SURFACES, 3))
    height, beta = np.empty(_MOST_SURFACES), np.empty(_MOST_SURFACES)
    wish, y, trial = np.empty(3), np.empty(3), np.empty(3)
    first = True
    left = np.array([_MOST_LOOKS])
    while left[0] > 0:
        left[0] -= 1
        for a in range(3):
            wish[a] = goal[a] - c[a]
        far = math.sqrt(dot(wish, wish))
        if far == 0.0:
            return
        count = _surfaces(cloud, c, side, flat, n, height)
        if count == 0:
            grow(side, 0.0)  # no side: the next surface is met from wherever it is met
            state[LEVEL] = radius
            first = False
            stride = _FREE_STRIDE * h
            if far <= stride:
                put(c, goal)
                return
            for a in range(3):
                c[a] += wish[a] * (stride / far)
            continue
        if first:  # the height at which it may be: its radius, or less where it was put nearer
            state[LEVEL] = min(radius, max(state[LEVEL] + _RECOVER * radius, 0.0), max(height[0], 0.0))
            first = False
        for i in range(count):
            beta[i] = (min(state[LEVEL], height[i]) if i else state[LEVEL]) - height[i]
            beta[i] = min(beta[i], 0.0)
        nearest_allowed(n, beta, count, wish, y)
        step_inside(n, beta, count, y)
        length = math.sqrt(dot(y, y))
        stride = _STRIDE * h
        if length > stride:
            grow(y, stride / length)
        elif y[0] == wish[0] and y[1] == wish[1] and y[2] == wish[2]:
            put(trial, goal)
            if _stands(cloud, trial, side, flat, n, height, state[LEVEL], left):
                put(c, goal)
                return
        moved = False
        for _ in range(4):
            add(c, y, trial)
            if _settle(cloud, trial, side, flat, n, height, state[LEVEL], left):
                moved = True
                break
            grow(y, 0.5)
        if not moved:
            return
        length = math.sqrt(square(trial, c))
        put(c, trial)
        if length < _REST:
            return


@compiled
def _stands(
    cloud: _Cloud,
    x: _Array,
    side: _Array,
    flat: bool,
    n: _Array,
    height: _Array,
    level: float,
    left: NDArray[np.int64],
) -> bool:
    """The place is high enough over every surface as it is."""
    left[0] -= 1
    count = _surfaces(cloud, x, side, flat, n, height)
    lowest = math.inf
    for i in range(count):
        lowest = min(lowest, height[i])
    return lowest >= level - _LEVELLED


@compiled
def _settle(
    cloud: _Cloud,
    x: _Array,
    side: _Array,
    flat: bool,
    n: _Array,
    height: _Array,
    level: float,
    left: NDArray[np.int64],
) -> bool:
    """Lift a place until it is high enough; False where that does not end."""
    lifted = 0.0
    for _ in range(6):
        left[0] -= 1
        count = _surfaces(cloud, x, side, flat, n, height)
        low = 0.0
        for i in range(count):
            lack = level - height[i]
            if lack > _LEVELLED:
                low = max(low, lack)
                for a in range(3):
                    x[a] += (lack + 0.1 * _LEVELLED) * n[i, a]
        if low == 0.0:
            return True
        lifted += low
        if lifted > cloud[3][6]:
            return False
    return False


@compiled
def _surfaces(cloud: _Cloud, x: _Array, side: _Array, flat: bool, n: _Array, height: _Array) -> int:
    """The surfaces at a place: heights over them and their normals; `side` turns to the normal of the first.

    The first is the one that the proxy is on: points that face `side`, and those of faces that fall away from it (over
    an edge it turns into them). Points that stand out above it belong to others: the walls of a corner or a slot.

    Returns:
        How many, 0 to `_MOST_SURFACES`.
    """
    grid = cloud[3]
    h = grid[6]
    for a in range(3):
        if not -h <= x[a] - grid[a] <= (grid[3 + a] + 1.0) * h:
            return 0
    ix, iy, iz = int((x[0] - grid[0]) // h), int((x[1] - grid[1]) // h), int((x[2] - grid[2]) // h)
    if side[3] == 0.0 and not _find_side(cloud, x, ix, iy, iz, side):
        return 0
    near = np.empty((_MOST_NEAR, _NEAR_NUMBERS))
    found = _gather(cloud, x, ix, iy, iz, side, near)
    if found > 0 and not _covered(near, found, h):
        # No point lies beneath: past an edge of the face, or over a hole in it. What is nearest tells which.
        other = np.zeros(4)
        if _find_side(cloud, x, ix, iy, iz, other) and other[3] == side[3] and dot(other, side) < _TURNED:
            put(side, other)
            found = _gather(cloud, x, ix, iy, iz, side, near)
    sums = np.zeros((_MOST_SURFACES, 5))
    _sort_out(near, found, side, h, sums)
    count = 0
    for which in range(_MOST_SURFACES):
        weight = sums[which, 0]
        length = math.sqrt(sums[which, 2] ** 2 + sums[which, 3] ** 2 + sums[which, 4] ** 2)
        if weight < _NO_WEIGHT or length < 0.1 * weight:
            continue
        for a in range(3):
            n[count, a] = sums[which, 2 + a] / length
            if count == 0:
                side[a] = n[count, a]
        height[count] = sums[which, 1] / weight
        if flat:  # the device has no third axis: the constraint within its plane
            level_part = math.sqrt(n[count, 0] ** 2 + n[count, 1] ** 2)
            if level_part < 1e-3:
                continue
            grow(n[count], 1.0 / level_part)
            n[count, 2] = 0.0
        count += 1
    return count


@compiled
def _gather(cloud: _Cloud, x: _Array, ix: int, iy: int, iz: int, side: _Array, near: _Array) -> int:
    """Note the points within a support; how many."""
    points, cells, starts, grid = cloud
    h, nx, ny, nz = grid[6], int(grid[3]), int(grid[4]), int(grid[5])
    found = 0
    for jx in range(max(ix - 1, 0), min(ix + 2, nx)):
        for jy in range(max(iy - 1, 0), min(iy + 2, ny)):
            row = (jx * ny + jy) * nz
            cell = _lower(cells, row + max(iz - 1, 0))
            last = row + min(iz + 1, nz - 1)
            while cell < len(cells) and cells[cell] <= last:
                for p in range(starts[cell], starts[cell + 1]):
                    away = 1.0 - square(x, points[p]) / (h * h)
                    if away > 0.0:
                        if found == _MOST_NEAR:  # far more than three spacings hold: a part speaks for all
                            break
                        _note(points[p], x, side, away, near[found])
                        found += 1
                cell += 1
    return found


@compiled
def _covered(near: _Array, found: int, h: float) -> bool:
    """A point of the face lies beneath the place, within half a spacing to the side."""
    least = math.inf
    for i in range(found):
        if near[i, 5] > _ALIKE:
            least = min(least, (1.0 - near[i, 7]) * h * h - near[i, 6] * near[i, 6])
    return least < (0.5 * h / SPACINGS) ** 2


@compiled
def _note(point: _Array, x: _Array, side: _Array, away: float, note: _Array) -> None:
    """One near point: its weight, height of the place over it, its normal, how it faces, how far it stands out."""
    up = facing = out = 0.0
    for a in range(3):
        normal = side[3] * point[3 + a]
        note[2 + a] = normal
        up += normal * (x[a] - point[a])
        facing += normal * side[a]
        out += side[a] * (point[a] - x[a])
    note[0], note[1], note[5], note[6], note[7] = away * away * away * away, up, facing, out, away


# One loop over shared arrays: split, its parts would each take ten arguments and cost calls in every period.
@compiled
def _sort_out(near: _Array, found: int, side: _Array, h: float, sums: _Array) -> None:  # noqa: C901
    """Sum up the near points by the surface that they belong to: weight, weighted height, weighted normal."""
    spacing = h / SPACINGS
    weight = level = 0.0
    for i in range(found):
        if near[i, 5] > _ALIKE:
            if near[i, 1] < -spacing:  # another sheet, seen from its back
                for k in range(1, 6):
                    near[i, k] = -near[i, k]
            else:
                weight += near[i, 0]
                level += near[i, 0] * near[i, 1]
    if weight > 0.0:
        level /= weight
    else:
        level = math.inf  # nothing faces: whatever there is stands out
    for i in range(found):
        facing = near[i, 5]
        if facing <= _ALIKE and near[i, 6] + level > 0.25 * spacing:
            continue
        if facing > 0.0:
            _add(near[i], facing, sums[0])
        near[i, 0] = 0.0  # taken, or on the far face of something thin
    for which in range(1, _MOST_SURFACES):
        seed, lowest = -1, math.inf
        for i in range(found):
            if near[i, 0] > 0.0 and 0.0 < near[i, 1] < lowest:
                seed, lowest = i, near[i, 1]
        if seed < 0:
            return
        ax, ay, az = near[seed, 2], near[seed, 3], near[seed, 4]
        for i in range(found):
            if near[i, 0] > 0.0:
                facing = ax * near[i, 2] + ay * near[i, 3] + az * near[i, 4]
                if facing > _ALIKE:
                    _add(near[i], facing, sums[which])
                    near[i, 0] = 0.0


@compiled
def _add(note: _Array, facing: float, total: _Array) -> None:
    w = note[0] * facing
    total[0] += w
    total[1] += w * note[1]
    for a in range(3):
        total[2 + a] += w * note[2 + a]


@compiled
def _find_side(cloud: _Cloud, x: _Array, ix: int, iy: int, iz: int, side: _Array) -> bool:
    """Find on which side of the surface a place is: the normal out of it, and `TURN`; False where no point is near.

    The sign is taken from the mean normal around the nearest point: at an edge the place may be behind one of the two
    faces and yet outside (for meshes: Baerentzen and Aanaes 2005, "Signed distance computation using the angle weighted
    pseudonormal").
    """
    points, cells, starts, grid = cloud
    h, nx, ny, nz = grid[6], int(grid[3]), int(grid[4]), int(grid[5])
    nearest, least = -1, h * h
    mean = np.zeros(3)
    for turn in range(2):
        for jx in range(max(ix - 1, 0), min(ix + 2, nx)):
            for jy in range(max(iy - 1, 0), min(iy + 2, ny)):
                row = (jx * ny + jy) * nz
                cell = _lower(cells, row + max(iz - 1, 0))
                while cell < len(cells) and cells[cell] <= row + min(iz + 1, nz - 1):
                    for p in range(starts[cell], starts[cell + 1]):
                        if turn == 0:
                            away = square(x, points[p])
                            if away < least:
                                nearest, least = p, away
                            continue
                        w = max(0.0, 1.0 - 4.0 * square(points[p], points[nearest]) / (h * h))
                        for a in range(3):
                            mean[a] += w * w * points[p, 3 + a]
                    cell += 1
        if nearest < 0:
            return False
    up = 0.0
    for a in range(3):
        up += mean[a] * (x[a] - points[nearest, a])
    side[3] = 1.0 if up >= 0.0 else -1.0
    length = math.sqrt(dot(mean, mean))
    for a in range(3):
        side[a] = side[3] * (mean[a] / length if length > 1e-9 else points[nearest, 3 + a])
    return True


@compiled
def _lower(cells: NDArray[np.int64], key: int) -> int:
    """The first cell whose key is not less."""
    low, high = 0, len(cells)
    while low < high:
        middle = (low + high) // 2
        if cells[middle] < key:
            low = middle + 1
        else:
            high = middle
    return low
