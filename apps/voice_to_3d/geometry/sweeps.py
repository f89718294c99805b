"""Profiles carried along a path, wound into a helix, or drawn over from one to another."""

from __future__ import annotations

from math import ceil, hypot, pi
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wugan.apps.voice_to_3d.geometry.circles import Outline, area, circle
from wugan.apps.voice_to_3d.geometry.profiles import outlines
from wugan.apps.voice_to_3d.geometry.stacks import manifold
from wugan.apps.voice_to_3d.scene import profile as flat
from wugan.apps.voice_to_3d.scene import solid as solids
from wugan.errors import DataError

if TYPE_CHECKING:
    from manifold3d import Manifold

Vector3 = NDArray[np.float64]
Rings = NDArray[np.float64]  # [R, N, 3]: one loop of a profile at R places
TURN_RINGS = 48  # rings of a helix in a turn
MOST_POINTS = 150_000


def sweep(shape: solids.Sweep) -> Manifold:
    """The profile along the path, joints mitred.

    Raises:
        DataError: a path that repeats a point or turns back on itself, a bend that does not fit its legs, or a
            profile too wide for the bend.
    """
    path = np.array(shape.path, dtype=np.float64)
    if shape.closed and np.allclose(path[0], path[-1]):
        path = path[:-1]
    if shape.closed and len(path) < 3:
        raise DataError("a closed path needs three points or more")
    loops = outlines(shape.profile)
    reach = max(float(np.linalg.norm(loop, axis=1).max()) for loop in loops)
    path, directions = _bent(path, shape.bend_radius, shape.closed, reach)
    tangents, across = _frames(path, shape.closed)
    ups = np.cross(tangents, across)
    count = len(path)
    made = []
    for loop in loops:
        rings = np.empty((count, len(loop), 3))
        for k in range(count):
            own = min(k, len(tangents) - 1)
            direction = directions[k]
            if np.isfinite(direction).all():  # on a bend, or at an end: square to the path there
                x = _carried(across[own], tangents[own], direction)
                rings[k] = path[k] + loop[:, :1] * x + loop[:, 1:] * np.cross(direction, x)
                continue
            flat_ring = loop[:, :1] * across[own] + loop[:, 1:] * ups[own]
            normal = tangents[k - 1] + tangents[own]  # a sharp corner is mitred
            rings[k] = path[k] + flat_ring - (flat_ring @ normal / (tangents[own] @ normal))[:, None] * tangents[own]
        steps = (np.roll(rings, -1, axis=0) if shape.closed else rings[1:]) - rings[: len(tangents)]
        if (np.einsum("knc,kc->kn", steps, tangents) <= 0).any():
            raise DataError(
                "the profile is too wide for a bend or a leg of the path; make the bend radius larger "
                f"than {reach:g} mm or the legs longer"
            )
        made.append(rings)
    return _skinned(made, loops, shape.closed)


def _bent(
    path: NDArray[np.float64], radius: float, closed: bool, reach: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The path with its corners rounded, as points, and its direction at each of them (not a number at a corner)."""
    count = len(path)
    legs = (np.roll(path, -1, axis=0) - path)[: count if closed else count - 1]
    lengths = np.linalg.norm(legs, axis=1)
    if (lengths < 1e-6).any():
        raise DataError("the path has the same point twice in a row; leave one out")
    along = legs / lengths[:, None]
    trim = np.zeros(count)
    angles = np.zeros(count)
    for k in range(0 if closed else 1, count if closed else count - 1):
        angles[k] = np.arccos(np.clip(along[k - 1] @ along[k % len(along)], -1, 1))
        if angles[k] > pi - 1e-3:
            raise DataError("the path turns straight back on itself; give it a point aside")
        trim[k] = radius * np.tan(angles[k] / 2)
    if radius:
        ratio = lengths / np.maximum((trim + np.roll(trim, -1))[: len(lengths)], 1e-12)
        if (ratio < 1 - 1e-9).any():
            most = np.floor(radius * float(ratio.min()) * 1000) / 1000
            raise DataError(f"a bend radius of {radius:g} mm does not fit the path; {most:g} mm is the most")
    points: list[Vector3] = []
    directions: list[Vector3] = []
    for k, corner in enumerate(path):
        if not radius or angles[k] < 1e-6:
            points.append(corner)
            straight = angles[k] < 1e-6
            directions.append(along[k % len(along)] if straight and k < len(along) else along[-1])
            if not straight:
                directions[-1] = np.full(3, np.nan)
            continue
        before, after = along[k - 1], along[k % len(along)]
        start = corner - before * trim[k]
        inward = after - before * (before @ after)
        inward /= np.linalg.norm(inward)
        steps = max(2, ceil(angles[k] / min(0.13, 2 * np.arccos(1 - 0.05 / max(radius + reach, 0.1)))))
        for angle in np.linspace(0, angles[k], steps + 1):
            points.append(start + radius * (np.sin(angle) * before + (1 - np.cos(angle)) * inward))
            directions.append(np.cos(angle) * before + np.sin(angle) * inward)
    kept = [0]
    for i, point in enumerate(points[1:], 1):
        if np.linalg.norm(point - points[kept[-1]]) > 1e-7:
            kept.append(i)
    if closed and np.linalg.norm(points[0] - points[kept[-1]]) < 1e-7:
        kept.pop()
    return np.array(points)[kept], np.array(directions)[kept]


def _frames(path: NDArray[np.float64], closed: bool) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The direction of each leg, and the profile's x there: level at first, then carried with the least turning."""
    legs = (np.roll(path, -1, axis=0) - path)[: len(path) if closed else len(path) - 1]
    tangents = legs / np.linalg.norm(legs, axis=1)[:, None]
    level = np.cross((0.0, 0.0, 1.0), tangents[0])
    first = level / np.linalg.norm(level) if np.linalg.norm(level) > 1e-9 else np.array((1.0, 0.0, 0.0))
    across = [first]
    for before, after in zip(tangents[:-1], tangents[1:], strict=True):
        across.append(_carried(across[-1], before, after))
    if closed:
        last = _carried(across[-1], tangents[-1], tangents[0])
        miss = np.arctan2(np.cross(first, last) @ tangents[0], first @ last)
        for k, tangent in enumerate(tangents):
            angle = -miss * k / len(tangents)
            across[k] = np.cos(angle) * across[k] + np.sin(angle) * np.cross(tangent, across[k])
    return tangents, np.array(across)


def _carried(vector: Vector3, before: Vector3, after: Vector3) -> Vector3:
    """Turned as `before` turns into `after`."""
    axis = np.cross(before, after)
    sine, cosine = float(np.linalg.norm(axis)), float(before @ after)
    if sine < 1e-12:
        return vector
    axis = axis / sine
    turned: Vector3 = vector * cosine + np.cross(axis, vector) * sine + axis * (axis @ vector) * (1 - cosine)
    return turned


def helix(shape: solids.Helix) -> Manifold:
    """The profile wound round z, its x away from the axis; its lowest point on z = 0.

    Raises:
        DataError: the turns would run into each other or into the axis.
    """
    loops = outlines(shape.profile)
    if isinstance(shape.profile, flat.Circle) and shape.profile.diameter < 40:
        loops = [circle(shape.profile.diameter, 4 * int(np.clip(MOST_POINTS / (64 * shape.turns), 3, 8)))]
    wide = np.concatenate(loops)
    radius, slope = shape.diameter / 2, shape.pitch / (pi * shape.diameter)
    if -wide[:, 0].min() >= radius:
        raise DataError(f"a coil {shape.diameter:g} mm across has no room for its profile; widen it")
    height = float(np.ptp(wide[:, 1])) * hypot(1, slope)
    if shape.turns > 1 and shape.pitch < height + 0.02:
        raise DataError(
            f"turns {shape.pitch:g} mm apart run into each other; {height + 0.1:.1f} mm or more keeps them apart"
        )
    fine = np.clip(4 * ceil(pi / np.arccos(1 - min(0.5, 0.03 / radius)) / 4), 24, TURN_RINGS)
    per_turn = int(np.clip(MOST_POINTS / (len(wide) * shape.turns), 16, fine))
    count = max(8, ceil(per_turn * shape.turns)) + 1
    angles = np.linspace(0, 2 * pi * shape.turns, count)
    outward = np.stack([np.cos(angles), np.sin(angles), np.zeros(count)], axis=1)
    tangents = np.stack([-np.sin(angles), np.cos(angles), np.full(count, slope)], axis=1)
    tangents /= np.linalg.norm(tangents, axis=1)[:, None]
    # Seen along the path, x × y points forward: the profile's x is mirrored so that it points away from the axis.
    ups = np.cross(tangents, outward)
    middle = outward * radius + np.stack([np.zeros(count)] * 2 + [shape.pitch * angles / (2 * pi)], axis=1)
    made = [middle[:, None] + loop[None, :, :1] * outward[:, None] + loop[None, :, 1:] * ups[:, None] for loop in loops]
    coil = _skinned(made, loops, closed=False)
    return coil.translate((0, 0, -coil.bounding_box()[2]))


def _skinned(made: list[Rings], loops: list[Outline], closed: bool) -> Manifold:
    """The skin over rings, with the ends closed unless the path is."""
    from manifold3d import triangulate

    points, triangles = [], []
    starts: list[NDArray[np.int64]] = []
    ends: list[NDArray[np.int64]] = []
    total = 0
    for rings in made:
        count, size = rings.shape[:2]
        rows = total + np.arange(count * size).reshape(count, size)
        total += count * size
        points.append(rings.reshape(-1, 3))
        lower = rows if closed else rows[:-1]
        upper = np.roll(rows, -1, axis=0) if closed else rows[1:]
        a, b, d, c = lower, np.roll(lower, -1, axis=1), upper, np.roll(upper, -1, axis=1)
        triangles += [np.stack([a, b, c], axis=-1).reshape(-1, 3), np.stack([a, c, d], axis=-1).reshape(-1, 3)]
        starts.append(rows[0])
        ends.append(rows[-1])
    if not closed:
        cap = np.asarray(triangulate([np.ascontiguousarray(loop) for loop in loops]), dtype=np.int64)
        triangles += [np.concatenate(starts)[cap][:, ::-1], np.concatenate(ends)[cap]]
    return manifold(np.concatenate(points), np.concatenate(triangles))


def loft(shape: solids.Loft) -> Manifold:
    """Straight from the lower outline to the upper one, points matched by their share of the way round.

    Raises:
        DataError: an outline has holes or is in pieces.
    """
    from manifold3d import triangulate

    ways = []
    for name, profile in (("lower", shape.bottom), ("upper", shape.top)):
        loops = outlines(profile)
        if len(loops) != 1:
            raise DataError(f"the {name} outline of a loft has a hole or is in pieces; it takes one closed outline")
        ways.append(_from_right(loops[0]))
    shares = [_shares(way) for way in ways]
    both = np.unique(np.round(np.concatenate([share[:-1] for share in shares]), 9))
    keep = np.diff(np.append(both, 1.0)) > 1e-6
    both = both[keep]
    lower, upper = (_at(way, share, both) for way, share in zip(ways, shares, strict=True))
    upper = upper + np.array(shape.shift)
    size = len(both)
    points = np.concatenate(
        [np.column_stack([lower, np.zeros(size)]), np.column_stack([upper, np.full(size, shape.height)])]
    )
    a, d = np.arange(size), size + np.arange(size)
    b, c = np.roll(a, -1), np.roll(d, -1)
    bottom = np.asarray(triangulate([lower]), dtype=np.int64)[:, ::-1]
    top = np.asarray(triangulate([upper]), dtype=np.int64) + size
    triangles = [np.stack([a, b, c], axis=1), np.stack([a, c, d], axis=1), bottom, top]
    return manifold(points, np.concatenate(triangles))


def _from_right(loop: Outline) -> Outline:
    """The loop from where it crosses the +x direction of its middle, so that two loops start alike."""
    loop = loop if area(loop) > 0 else loop[::-1]
    middle = (loop.min(0) + loop.max(0)) / 2
    off = loop - middle
    after = np.roll(off, -1, axis=0)
    crossing = np.flatnonzero((off[:, 1] <= 1e-12) & (after[:, 1] > 1e-12))
    best, where = 0, -np.inf
    for i in crossing:
        share = -off[i, 1] / (after[i, 1] - off[i, 1])
        x = off[i, 0] + share * (after[i, 0] - off[i, 0])
        if x > where:
            best, where = int(i), float(x)
    share = -off[best, 1] / (after[best, 1] - off[best, 1])
    start = loop[best] + share * (np.roll(loop, -1, axis=0)[best] - loop[best])
    turned = np.roll(loop, -(best + 1), axis=0)
    if np.linalg.norm(turned[-1] - start) < 1e-9:
        return np.roll(turned, 1, axis=0)
    return np.concatenate([start[None], turned])


def _shares(way: Outline) -> NDArray[np.float64]:
    lengths = np.linalg.norm(np.roll(way, -1, axis=0) - way, axis=1)
    return np.concatenate([[0.0], np.cumsum(lengths) / lengths.sum()])


def _at(way: Outline, shares: NDArray[np.float64], wanted: NDArray[np.float64]) -> Outline:
    closed = np.concatenate([way, way[:1]])
    return np.stack([np.interp(wanted, shares, closed[:, i]) for i in (0, 1)], axis=1)
