"""Solids (mm) as manifolds, each in its own frame: standing on z = 0, centred over the origin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, singledispatch
from math import ceil, hypot, pi
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wugan.apps.voice_to_3d.geometry.outlines import (
    Level,
    Outline,
    arc,
    area,
    circle,
    of_outlines,
    outlines,
    section,
    segments,
)
from wugan.apps.voice_to_3d.geometry.placing import WORLD, compose, offset_of, rotation, shift
from wugan.apps.voice_to_3d.scene import profile as flat
from wugan.apps.voice_to_3d.scene import solid as solids
from wugan.errors import DataError

if TYPE_CHECKING:
    from manifold3d import CrossSection, Manifold


Triangles = list[NDArray[np.int64]]


def manifold(vertices: NDArray[np.float64], triangles: NDArray[np.int64]) -> Manifold:
    """A manifold from vertices `[V, 3]` and triangles `[F, 3]`, in double precision."""
    from manifold3d import Manifold, Mesh64

    return Manifold(Mesh64(np.ascontiguousarray(vertices), np.ascontiguousarray(triangles.astype(np.uint64))))


def stack(below: Sequence[Level], above: Sequence[Level], twist: Callable[[float], float] | None = None) -> Manifold:
    """The solid between the last level of `below` and that of `above`; both start with the same level.

    Args:
        below: levels going down.
        above: levels going up.
        twist: degrees by z, about the axis.
    """
    points: list[NDArray[np.float64]] = []
    triangles: Triangles = []
    total = 0

    def put(level: Level) -> list[NDArray[np.int64]]:
        nonlocal total
        rows = []
        z = level.z
        for loop in level.loops:
            turned = _turned(loop, twist(z)) if twist else loop
            points.append(np.column_stack([turned, np.full(len(loop), z)]))
            rows.append(np.arange(total, total + len(loop)))
            total += len(loop)
        return rows

    down = [put(level) for level in below]
    up = [down[0], *(put(level) for level in above[1:])]
    for rows, levels, flip in ((down, below, True), (up, above, False)):
        for i in range(1, len(levels)):
            for a, b, became in zip(rows[i - 1], rows[i], levels[i].parents, strict=True):
                triangles += [part[:, ::-1] if flip else part for part in _band(a, b, became)]
    triangles += [_cap(below[-1].loops, down[-1], twist, below[-1].z)[:, ::-1]]
    triangles += [_cap(above[-1].loops, up[-1], twist, above[-1].z)]
    return manifold(np.concatenate(points), np.concatenate(triangles))


def twisted(loops: Sequence[Outline], height: float, degrees: float) -> Manifold:
    """Outlines drawn up `height` and turned on the way: long edges in pieces, as a twisted face is not flat."""
    reach = max(float(np.linalg.norm(loop, axis=1).max()) for loop in loops)
    fine = [_in_pieces(loop, 0.15 * reach) for loop in loops]
    same = [np.arange(len(loop)) for loop in fine]
    levels = [Level(0.0, float(z), fine, same) for z in np.linspace(0, height, int(np.ceil(abs(degrees) / 4)) + 1)]
    return stack(levels[:1], levels, lambda z: degrees * z / height)


def _in_pieces(loop: Outline, most: float) -> Outline:
    after = np.roll(loop, -1, axis=0)
    counts = np.maximum(1, np.ceil(np.linalg.norm(after - loop, axis=1) / most)).astype(int)
    pieces = [a + (b - a) * np.arange(n)[:, None] / n for a, b, n in zip(loop, after, counts, strict=True)]
    return np.concatenate(pieces)


def _band(lower: NDArray[np.int64], upper: NDArray[np.int64], became: NDArray[np.int64]) -> Triangles:
    """Faces between a loop and what it became above."""
    a, b = lower, np.roll(lower, -1)
    d, c = upper[became], upper[np.roll(became, -1)]
    whole = c != d
    return [np.stack([a, b, c], axis=1), np.stack([a, c, d], axis=1)[whole]]


def _cap(
    loops: list[Outline], rows: list[NDArray[np.int64]], twist: Callable[[float], float] | None, z: float
) -> NDArray[np.int64]:
    from manifold3d import triangulate

    flat = [_turned(loop, twist(z)) for loop in loops] if twist else loops
    found = np.asarray(triangulate([np.ascontiguousarray(loop) for loop in flat]), dtype=np.int64)
    return np.concatenate(rows)[found]


def _turned(loop: Outline, degrees: float) -> Outline:
    angle = np.radians(degrees)
    cosine, sine = np.cos(angle), np.sin(angle)
    return loop @ np.array([[cosine, sine], [-sine, cosine]])


SMOOTH = 128  # pieces of a ball's or ring's circles at most: both ways curved, they cost the square


def smooth(diameter: float) -> int:
    """Pieces of a circle of a surface that is curved both ways."""
    return min(SMOOTH, segments(diameter))


@singledispatch
def outline(shape: solids.Solid) -> list[Outline] | None:
    """The outline of a turned solid, outside counter-clockwise, holes clockwise; `None` for any other solid.

    Raises:
        DataError: sizes that contradict each other.
    """
    return None


@outline.register(solids.Cylinder)
def _(shape: solids.Cylinder) -> list[Outline]:
    outer, inner = shape.diameter / 2, shape.inner_diameter / 2
    if inner >= outer:
        raise DataError(f"the inner diameter {2 * inner:g} mm is not smaller than the outer one, {2 * outer:g} mm")
    return [np.array([(inner, 0), (outer, 0), (outer, shape.height), (inner, shape.height)])]


@outline.register(solids.Cone)
def _(shape: solids.Cone) -> list[Outline]:
    bottom, top, height = shape.bottom_diameter / 2, shape.top_diameter / 2, shape.height
    if bottom + top <= 0:
        raise DataError("a cone needs a diameter at one end")
    points = [(0.0, 0.0), (bottom, 0.0), (top, height), (0.0, height)]
    return [np.array([p for i, p in enumerate(points) if p != points[i - 1]])]


@outline.register(solids.Sphere)
def _(shape: solids.Sphere) -> list[Outline]:
    radius, count = shape.diameter / 2, smooth(shape.diameter) // 4
    if shape.upper_half:
        return [np.concatenate([np.zeros((1, 2)), arc(radius, 0, 90, count)])]
    return [arc(radius, -90, 90, 2 * count) + np.array((0.0, radius))]


@outline.register(solids.Ellipsoid)
def _(shape: solids.Ellipsoid) -> list[Outline] | None:
    x, y, z = shape.size
    if x != y:
        return None
    return [arc(0.5, -90, 90, smooth(max(shape.size)) // 2) * (x, z) + np.array((0.0, z / 2))]


@outline.register(solids.Capsule)
def _(shape: solids.Capsule) -> list[Outline]:
    radius, straight = shape.diameter / 2, shape.height - shape.diameter
    if straight < -1e-9:
        raise DataError(f"a capsule {shape.height:g} mm high cannot be {shape.diameter:g} mm wide; make it a ball")
    half = arc(radius, 0, 90, smooth(shape.diameter) // 4)
    lower = half[::-1] * (1, -1) + np.array((0.0, radius))
    upper = half + np.array((0.0, radius + max(straight, 0.0)))
    return [np.concatenate([lower, upper if straight > 1e-9 else upper[1:]])]


@outline.register(solids.Torus)
def _(shape: solids.Torus) -> list[Outline]:
    ring, tube, inner = shape.diameter / 2, shape.tube / 2, shape.tube_inner / 2
    if tube >= ring:
        raise DataError(f"a ring's tube of {2 * tube:g} mm closes its hole; its middle circle is {2 * ring:g} mm")
    if inner >= tube:
        raise DataError(
            f"the tube's inner diameter {2 * inner:g} mm is not smaller than its outer one, {2 * tube:g} mm"
        )
    middle = np.array((ring, tube))
    count = smooth(shape.tube) if shape.tube > 3 else 32
    loops = [circle(2 * tube, count) + middle]
    return [*loops, circle(2 * inner, count)[::-1] + middle] if inner else loops


@outline.register(solids.Revolve)
def _(shape: solids.Revolve) -> list[Outline]:
    loops = []
    for number, points in enumerate((shape.points, *shape.holes)):
        loop = np.array(points, dtype=np.float64)
        if np.allclose(loop[0], loop[-1]):
            loop = loop[:-1]
        if (loop[:, 0] < -1e-9).any():
            raise DataError("a turned outline lies on one side of the axis: no radius below 0")
        loop[:, 0] = np.maximum(loop[:, 0], 0.0)
        size = area(loop)
        if abs(size) < 1e-9:
            raise DataError("the points of a turned outline enclose no area")
        loop = loop if size > 0 else loop[::-1]
        if abs(of_outlines([loop]).area() - abs(size)) > 1e-6 * abs(size):
            raise DataError("a turned outline crosses itself; give its points in order around it")
        loops.append(loop[::-1] if number else loop)
    return loops


def sweep_of(shape: solids.Solid) -> float:
    """Degrees that a turned solid goes round."""
    return shape.sweep if isinstance(shape, solids.Revolve) else 360.0


def pieces_round(shape: solids.Solid, loops: list[Outline]) -> int:
    """Pieces of the widest circle."""
    diameter = 2 * max(float(loop[:, 0].max()) for loop in loops)
    both = isinstance(shape, solids.Sphere | solids.Ellipsoid | solids.Capsule | solids.Torus)
    return smooth(diameter) if both else segments(diameter)


def turned(loops: list[Outline] | CrossSection, pieces: int, sweep: float = 360.0) -> Manifold:
    """The solid of an outline."""
    from manifold3d import Manifold

    section = of_outlines(loops) if isinstance(loops, list) else loops
    return Manifold.revolve(section, pieces, sweep)


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


@lru_cache(maxsize=512)
def solid(shape: solids.Solid) -> Manifold:
    """The manifold of a solid.

    Raises:
        DataError: sizes that contradict each other.
    """
    from manifold3d import Error

    found = _solid(shape)
    if found.status() != Error.NoError or found.is_empty() or found.volume() <= 0:
        raise DataError(f"the {shape.kind} has no volume; give other sizes")
    return found


@singledispatch
def _solid(shape: solids.Solid) -> Manifold:
    """Everything that is turned about its axis."""
    loops = outline(shape)
    if loops is None:
        raise TypeError(f"unknown solid {shape!r}")
    return turned(loops, pieces_round(shape, loops), sweep_of(shape))


@_solid.register(solids.Box)
def _(shape: solids.Box) -> Manifold:
    from manifold3d import Manifold

    x, y, z = shape.size
    return Manifold.cube((x, y, z)).translate((-x / 2, -y / 2, 0))


@_solid.register(solids.Cylinder)
def _(shape: solids.Cylinder) -> Manifold:
    outer, inner = shape.diameter, shape.inner_diameter
    if inner >= outer:
        raise DataError(f"the inner diameter {inner:g} mm is not smaller than the outer one, {outer:g} mm")
    loops = [circle(outer)]
    return of_outlines([*loops, circle(inner)[::-1]] if inner else loops).extrude(shape.height)


@_solid.register(solids.Ellipsoid)
def _(shape: solids.Ellipsoid) -> Manifold:
    loops = outline(shape)
    if loops is not None:
        return turned(loops, pieces_round(shape, loops))
    largest = max(shape.size)
    ball = solid(solids.Sphere(diameter=largest))
    x, y, z = (side / largest for side in shape.size)
    return ball.scale((x, y, z))


@_solid.register(solids.Extrude)
def _(shape: solids.Extrude) -> Manifold:
    if shape.twist:
        return twisted(outlines(shape.profile), shape.height, shape.twist)
    return section(shape.profile).extrude(shape.height)


@_solid.register(solids.Pyramid)
def _(shape: solids.Pyramid) -> Manifold:
    base = section(shape.profile)
    x0, y0, x1, y1 = base.bounds()
    middle = ((x0 + x1) / 2, (y0 + y1) / 2)
    narrow = (shape.top_scale, shape.top_scale)
    if shape.top_scale == 0 and (len(base.decompose()) > 1 or base.num_contour() > 1):
        narrow = (1e-3, 1e-3)  # with a hole or in pieces it cannot end in one point
    lifted = base.translate((-middle[0], -middle[1])).extrude(shape.height, 0, 0.0, narrow)
    return lifted.translate((*middle, 0))


@_solid.register(solids.Loft)
def _(shape: solids.Loft) -> Manifold:

    return loft(shape)


@_solid.register(solids.Sweep)
def _(shape: solids.Sweep) -> Manifold:

    return sweep(shape)


@_solid.register(solids.Helix)
def _(shape: solids.Helix) -> Manifold:

    return helix(shape)


@_solid.register(solids.Hull)
def _(shape: solids.Hull) -> Manifold:
    from manifold3d import Manifold

    placed = []
    for piece in shape.of:
        frame = rotation(piece.place.rotate)
        body = solid(piece.shape).transform(frame)
        by = offset_of(piece.place, np.array(body.bounding_box()), WORLD)
        placed.append(solid(piece.shape).transform(compose(shift(by), frame)))
    return Manifold.batch_hull(placed)


@_solid.register(solids.Compound)
def _(shape: solids.Compound) -> Manifold:
    from wugan.apps.voice_to_3d.geometry.features import compound

    return compound(shape).body
