"""Where a feature meets the body's surface: the rims of cuts, the junctions of joins, and what works them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wugan.apps.voice_to_3d.geometry.edges import Edged, Unworkable, across_of, size_of
from wugan.apps.voice_to_3d.geometry.outlines import Level, Lines, Outline, clean, fits, pieces, quarter, shrink
from wugan.apps.voice_to_3d.geometry.placing import Frame, inverse
from wugan.apps.voice_to_3d.geometry.solids import manifold, stack
from wugan.apps.voice_to_3d.scene.solid import Fillet
from wugan.errors import DataError

if TYPE_CHECKING:
    from manifold3d import CrossSection, Manifold


# Rings: a small cross-section carried along an outline, for chamfers and fillets where two surfaces meet.
#
# The section lies in the plane of an outward direction (s, from the wall) and the wall's own (z). It runs from a
# point W on the wall to a point Q on the surface, straight or as an arc about the edge P between them.

LAP = 0.002  # mm that a ring reaches into the void (a cut) or into the material (a join), so that no faces coincide


@dataclass
class Section:
    """Where the ring lies at each vertex of a loop.

    Attributes:
        edge: z of the edge P, `[N]`.
        surface: z of the surface at Q, `[N]`.
        across: s of Q.
        along: distance from P to W on the wall, `[N]`.
        up: whether W lies above P (a junction on an upward face) or below it (the rim of a hole in one).
        round: an arc, or straight.
        spare: mm that the ring goes on behind the surface line, into the void of a cut or the material of a join.
    """

    edge: NDArray[np.float64]
    surface: NDArray[np.float64]
    across: float
    along: NDArray[np.float64]
    up: bool
    round: bool
    spare: float


def ring(loop: Outline, section: Section, mask: NDArray[np.bool_] | None = None) -> list[Manifold]:
    """The ring round a loop, or along the edges of it that `mask` marks (one piece each run).

    Args:
        loop: closed, the feature to its left; s grows away from it.
        section: its cross-section.
        mask: `[N]`, of the edges from vertex i on.
    """
    sign = 1.0 if section.up else -1.0
    count = pieces(section.across, np.pi / 2) if section.round else 1
    t = np.linspace(0, 1, count + 1)
    s, z = _curve(section, sign, t)  # [M] and [M, N]
    # Behind W the curve's first piece goes on to s = -LAP, beyond the wall.
    step_s, step_z = s[1] - s[0], z[1] - z[0]
    s = np.concatenate([[-LAP], s, [section.across, -LAP]])
    behind = z[0] - step_z * (LAP / np.maximum(step_s, 1e-9))
    spare = -sign * section.spare
    z = np.concatenate([behind[None], z, (section.surface + spare)[None], (section.edge + spare)[None]])
    lines = Lines(loop)
    flat = np.stack([lines.points(-value) for value in s])  # [M, N, 2]
    points = np.concatenate([flat, z[:, :, None]], axis=2)
    if mask is None or mask.all():
        return [_closed(points)]
    return [_open(points[:, run], s, z[:, run]) for run in _runs(mask)]


def _curve(section: Section, sign: float, t: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The s `[M]` and z `[M, N]` from W to Q; a fillet is the conic that touches the wall in W and the surface in Q."""
    wall = section.edge + sign * section.along
    if not section.round:
        return t * section.across, wall + t[:, None] * (section.surface - wall)
    rise = section.surface - section.edge
    length = np.hypot(section.across, rise)
    # cos of half the turn from the wall's direction (towards P) to the surface's (away from P)
    cosine = -sign * rise / length
    weight = float(np.sqrt(np.mean((1 + cosine) / 2)))
    a, b, c = (1 - t) ** 2, 2 * t * (1 - t) * weight, t**2
    total = a + b + c
    s = c * section.across / total
    z = (a[:, None] * wall + b[:, None] * section.edge + c[:, None] * section.surface) / total[:, None]
    return s, z


def _closed(points: NDArray[np.float64]) -> Manifold:
    rows = np.arange(points.shape[0] * points.shape[1]).reshape(points.shape[:2])
    a, b = rows, np.roll(rows, -1, axis=1)
    d, c = np.roll(rows, -1, axis=0), np.roll(np.roll(rows, -1, axis=0), -1, axis=1)
    triangles = np.concatenate([np.stack([a, b, c], -1).reshape(-1, 3), np.stack([a, c, d], -1).reshape(-1, 3)])
    return _outward(points.reshape(-1, 3), triangles)


def _open(points: NDArray[np.float64], s: NDArray[np.float64], z: NDArray[np.float64]) -> Manifold:
    from manifold3d import triangulate

    rows = np.arange(points.shape[0] * points.shape[1]).reshape(points.shape[:2])
    lower, upper = rows[:, :-1], rows[:, 1:]
    a, b, d, c = lower, upper, np.roll(lower, -1, axis=0), np.roll(upper, -1, axis=0)
    section = np.stack([s, z[:, 0]], axis=1)
    turn = float(np.dot(section[:, 0], np.roll(section[:, 1], -1)) - np.dot(section[:, 1], np.roll(section[:, 0], -1)))
    order = np.arange(len(s)) if turn > 0 else np.arange(len(s))[::-1]
    cap = order[np.asarray(triangulate([np.ascontiguousarray(section[order])]), dtype=np.int64)]
    if turn < 0:
        cap = cap[:, ::-1]  # back in the order of the rows
    triangles = [np.stack([a, b, c], -1).reshape(-1, 3), np.stack([a, c, d], -1).reshape(-1, 3)]
    triangles += [rows[:, 0][cap], rows[:, -1][cap][:, ::-1]]
    return _outward(points.reshape(-1, 3), np.concatenate(triangles))


def _outward(points: NDArray[np.float64], triangles: NDArray[np.int64]) -> Manifold:
    corners = points[triangles]
    volume = np.einsum("ij,ij->i", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])).sum()
    return manifold(points, triangles if volume > 0 else triangles[:, ::-1])


def _runs(mask: NDArray[np.bool_]) -> list[NDArray[np.int64]]:
    """The vertices of each run of marked edges, in order round a loop."""
    count = len(mask)
    runs = []
    for start in np.flatnonzero(mask & ~np.roll(mask, 1)):
        length = 1
        while mask[(start + length) % count]:
            length += 1
        runs.append((start + np.arange(length + 1)) % count)
    return runs


# Flares: what a chamfer or fillet takes off the rim of a cut, or puts around a boss, where all of the rim is flat.
#
# One solid from the wall to the surface, its outline growing on the way. Unlike a ring it follows an outline whose
# short edges vanish as it grows: letters, gears, stars.


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


BESIDE = 0.01  # mm beside a wall, where the surface is looked for
SAME = 1e-3  # mm: two heights are one


@dataclass
class Hit:
    """A stretch of material along a line parallel to the feature's axis, in the feature's frame."""

    low: float
    high: float
    low_flat: bool
    high_flat: bool

    def face(self, upper: bool) -> tuple[float, bool]:
        """The z of its upper or lower end, and whether the surface is square to the axis there."""
        return (self.high, self.high_flat) if upper else (self.low, self.low_flat)


@dataclass
class Rim:
    """An edge of the feature on the body's surface.

    Attributes:
        loops: the feature's outlines there.
        masks: which edges of each loop lie on this surface.
        z: the height; of each vertex, where the surface is not flat.
        upper: whether the surface faces along the feature's axis.
        wall: the least length of wall beside it, mm.
    """

    loops: list[Outline]
    masks: list[NDArray[np.bool_]]
    z: float | list[NDArray[np.float64]]
    upper: bool
    wall: float


class Probe:
    """Looks along a feature's axis into the body."""

    def __init__(self, body: Manifold, frame: Frame) -> None:
        self.body = body
        self.frame = frame
        box = np.array(body.bounding_box())
        back = inverse(frame)
        middle = back[:, :3] @ ((box[:3] + box[3:]) / 2) + back[:, 3]
        self.reach = float(np.linalg.norm(box[3:] - box[:3])) + 10
        self.middle = float(middle[2])
        self.axis = frame[:, 2]

    def along(self, points: NDArray[np.float64]) -> list[list[Hit]]:
        """The material over each point (x, y) `[N, 2]` of the feature's frame, from the top down."""
        base = points @ self.frame[:, :2].T + self.frame[:, 3]
        starts = (base + self.axis * (self.middle + self.reach)).tolist()
        ends = (base + self.axis * (self.middle - self.reach)).tolist()
        top, length = self.middle + self.reach, 2 * self.reach
        x, y, z = self.axis.tolist()
        found = []
        for start, end in zip(starts, ends, strict=True):
            faces = []
            for hit in self.body.ray_cast(start, end):
                normal = hit.normal
                square = abs(normal[0] * x + normal[1] * y + normal[2] * z) > 0.99999
                faces.append((top - hit.distance * length, square))
            pairs = zip(faces[::2], faces[1::2], strict=True) if len(faces) % 2 == 0 else ()
            found.append([Hit(low[0], high[0], low[1], high[1]) for high, low in pairs])
        return found


def loops_at(solid: Manifold, z: float) -> list[Outline]:
    """The outlines of a solid at a height."""
    return [clean(np.asarray(loop, dtype=np.float64)) for loop in solid.slice(z).to_polygons() if len(loop) > 2]


def find(body: Manifold, feature: Manifold, frame: Frame, upper: bool, joined: bool) -> list[Rim]:
    """The rims of a feature on the surfaces of a body that face up (or down) its axis.

    Args:
        body: for a cut, what it left; for a join, what it was joined to.
        feature: in its own frame.
        frame: where it stands.
        upper: surfaces that face along the axis, or against it.
        joined: whether the feature stands on the surface (its wall lies beyond it) or is cut into it.
    """
    low, high = feature.bounding_box()[2], feature.bounding_box()[5]
    probe = Probe(body, frame)
    seen = _levels(probe, loops_at(feature, (low + high) / 2) or _silhouette(feature), (low, high), upper, joined)
    if not seen:
        seen = _levels(probe, _silhouette(feature), (low, high), upper, joined)
    if any(not flat for _, flat in seen):
        return _curved(probe, feature, (low, high), upper, joined)
    found = []
    for z in sorted({z for z, _ in seen}):
        # The wall lies below an upward surface for a cut, above it for a join.
        inside = z + (SAME if upper == joined else -SAME)
        loops = loops_at(feature, min(max(inside, low + SAME), high - SAME))
        rim = _at_level(probe, loops, z, (low, high), upper, joined)
        if rim is not None:
            found.append(rim)
    return found


def alike(copies: list[list[Rim]]) -> bool:
    """Whether every copy of a feature has the same rims, on flat surfaces all the way round."""
    first = copies[0]
    if any(not isinstance(rim.z, float) or not all(mask.all() for mask in rim.masks) for rim in first):
        return False
    return all(
        len(each) == len(first)
        and all(
            isinstance(rim.z, float)
            and isinstance(like.z, float)
            and abs(rim.z - like.z) < SAME
            and abs(rim.wall - like.wall) < SAME
            and all(mask.all() for mask in rim.masks)
            for rim, like in zip(each, first, strict=True)
        )
        for each in copies[1:]
    )


def _silhouette(feature: Manifold) -> list[Outline]:
    return [clean(np.asarray(loop, dtype=np.float64)) for loop in feature.project().to_polygons()]


def _faces(hits: list[Hit], span: tuple[float, float], upper: bool, joined: bool) -> list[tuple[float, bool, float]]:
    """(z, flat, wall's length) of the surfaces that the feature's wall meets, among the stretches along one line."""
    low, high = span
    found = []
    for i, hit in enumerate(hits):
        z, flat = hit.face(upper)
        if joined:  # the wall runs on outside the material, to its own end or the next material
            beyond = (
                (hits[i - 1].low if i else np.inf) if upper else (hits[i + 1].high if i + 1 < len(hits) else -np.inf)
            )
            wall = min(high, beyond) - z if upper else z - max(low, beyond)
            meets = low - SAME <= z <= high + SAME
        else:
            wall = min(z, high) - max(hit.low, low) if upper else min(hit.high, high) - max(z, low)
            meets = low - SAME <= z <= high + SAME
        if meets and wall > SAME:
            found.append((z, flat, wall))
    return found


def _levels(
    probe: Probe, loops: list[Outline], span: tuple[float, float], upper: bool, joined: bool
) -> set[tuple[float, bool]]:
    seen = set()
    for loop in loops:
        points = beside(loop)
        for hits in probe.along(points[:: max(1, len(points) // 8)]):
            for z, flat, _ in _faces(hits, span, upper, joined):
                seen.add((round(z, 3) if flat else 0.0, flat))
    return seen


def beside(loop: Outline, shares: tuple[float, ...] = (0.5,)) -> NDArray[np.float64]:
    """A point just outside each edge of a loop, edge by edge, at each share of its length."""
    after = np.roll(loop, -1, axis=0)
    along = after - loop
    outward = np.stack([along[:, 1], -along[:, 0]], axis=1) / np.linalg.norm(along, axis=1)[:, None]
    return np.concatenate([(loop + share * along + BESIDE * outward)[:, None] for share in shares], axis=1).reshape(
        -1, 2
    )


def _at_level(
    probe: Probe, loops: list[Outline], z: float, span: tuple[float, float], upper: bool, joined: bool
) -> Rim | None:
    masks, walls = [], [np.inf]

    def walls_at(points: NDArray[np.float64]) -> list[float]:
        lines = (_faces(hits, span, upper, joined) for hits in probe.along(points))
        return [min((wall for at, _, wall in faces if abs(at - z) < SAME), default=0.0) for faces in lines]

    for loop in loops:
        long = np.linalg.norm(np.roll(loop, -1, axis=0) - loop, axis=1) > 2.0
        if not long.any() and len(loop) > 32:  # a curve: a sample tells, unless it is only partly on the surface
            sample = walls_at(beside(loop)[:: len(loop) // 16])
            if min(sample) > 0:
                masks.append(np.ones(len(loop), dtype=bool))
                walls += sample
                continue
        found = np.array(walls_at(beside(loop, (0.02, 0.5, 0.98)))).reshape(len(loop), 3)
        found[~long] = found[~long, 1:2]
        mask = np.asarray((found > 0).any(1))
        # A short edge in a notch, its neighbours on the surface: the look beside it met the feature itself.
        masks.append(mask | (~long & (np.roll(mask, 1) | np.roll(mask, -1))))
        walls += found[found > 0].tolist()
    return Rim(loops, masks, z, upper, min(walls)) if any(mask.any() for mask in masks) else None


def _curved(probe: Probe, feature: Manifold, span: tuple[float, float], upper: bool, joined: bool) -> list[Rim]:
    """The rims of a feature with straight walls on a surface that is not flat across it."""
    loops = loops_at(feature, (span[0] + span[1]) / 2)
    heights: list[list[list[float]]] = []
    walls: list[float] = []
    for loop in loops:
        per_vertex = []
        for hits in probe.along(Lines(loop).points(-BESIDE)):
            faces = _faces(hits, span, upper, joined)
            per_vertex.append([z for z, _, _ in faces])
            walls += [wall for _, _, wall in faces]
        heights.append(per_vertex)
    counts = {len(one) for loop in heights for one in loop}
    if len(counts) != 1 or not walls:
        raise Unworkable("its rim is not one closed line on one surface, and cannot be worked")
    rims = []
    for k in range(counts.pop()):
        z = [np.array([one[k] for one in loop]) for loop in heights]
        rims.append(Rim(loops, [np.ones(len(loop), dtype=bool) for loop in loops], z, upper, min(walls)))
    return rims


def work(body: Manifold, rim: Rim, frame: Frame, edged: Edged, joined: bool) -> tuple[list[Manifold], bool]:
    """The rings that a chamfer or fillet cuts away at a rim, or adds at a junction; in the world's frame.

    Returns:
        The rings, and whether some were trimmed by the end of the surface.

    Raises:
        DataError: the size does not fit; says what would.
    """
    size, across, round = size_of(edged), across_of(edged), isinstance(edged, Fillet)
    if size > rim.wall + 1e-6:
        raise DataError(f"{size:g} mm does not fit the wall beside the edge; {rim.wall:.4g} mm is the most")
    probe = Probe(body, frame)
    made: list[Manifold] = []
    whole = all(mask.all() for mask in rim.masks)
    if whole and isinstance(rim.z, float):
        found = flare(rim.loops, rim.z, size, across, round, upwards=rim.upper != joined)
        if found is None:
            raise DataError(f"{across:g} mm beside the edge runs into another edge of it; use less")
        made, trimmed = _trimmed(probe, rim, rim.z, [found], size, across, joined)
        return [one.transform(frame) for one in made], trimmed
    outlines = [Lines(loop).points(-across) for loop in rim.loops]
    if any(
        (Lines(loop).lengths(points)[mask] <= 0).any()
        for loop, points, mask in zip(rim.loops, outlines, rim.masks, strict=True)
    ) or (whole and not fits(outlines, rim.loops)):
        raise DataError(f"{across:g} mm beside the edge runs into another edge of it; use less")
    trimmed = False
    for i, (loop, mask) in enumerate(zip(rim.loops, rim.masks, strict=True)):
        if not mask.any():
            continue
        if isinstance(rim.z, float):
            edge = surface = np.full(len(loop), rim.z)
            along, spare = np.full(len(loop), size), LAP
        else:
            edge = rim.z[i]
            surface = _surface(probe, outlines[i], edge, rim.upper)
            middle = _surface(probe, Lines(loop).points(-across / 2), edge, rim.upper)
            bulge = (middle - (edge + surface) / 2) * (1 if rim.upper else -1) * (-1 if joined else 1)
            spare = LAP + 2 * max(0.0, float(bulge.max()))
            # A fillet touches wall and surface equally far from the edge; a chamfer keeps its size on the wall.
            along = np.hypot(across, surface - edge) if round else np.full(len(loop), size)
        section = Section(edge, surface, across, along, rim.upper == joined, round, spare)
        made += ring(loop, section, mask)
    if isinstance(rim.z, float):
        made, trimmed = _trimmed(probe, rim, rim.z, made, size, across, joined)
    return [one.transform(frame) for one in made], trimmed


def _surface(probe: Probe, points: NDArray[np.float64], near: NDArray[np.float64], upper: bool) -> NDArray[np.float64]:
    """The surface's height at points, the nearest to a height; that height where there is none."""
    found = []
    for hits, height in zip(probe.along(points), near, strict=True):
        faces = [hit.face(upper)[0] for hit in hits]
        found.append(min(faces, key=lambda z: abs(z - height)) if faces else height)
    return np.array(found)


def _trimmed(
    probe: Probe, rim: Rim, z: float, made: list[Manifold], size: float, across: float, joined: bool
) -> tuple[list[Manifold], bool]:
    """A flat rim's rings kept off higher material (a cut), or kept over the surface that carries them (a join)."""
    partial = not all(mask.all() for mask in rim.masks)
    sign = 1.0 if rim.upper else -1.0
    if joined:
        held = all(
            any(abs(hit.face(rim.upper)[0] - z) < SAME for hit in hits)
            for loop in rim.loops
            for hits in probe.along(Lines(loop).points(-across))
        )
        if held:
            return made, False
        shape = _slice(probe, z - sign * 2 * SAME)
        block = shape.extrude(2 * size + 1).translate((0, 0, z - (0.5 if rim.upper else 2 * size + 0.5)))
        return [one ^ block for one in made], not partial
    if not partial:
        return made, False
    shape = _slice(probe, z + sign * 2 * LAP)
    if shape.is_empty():
        return made, False
    block = shape.extrude(2 * size + 1).translate((0, 0, z - (2 * size if rim.upper else 1)))
    return [one - block for one in made], False


def _slice(probe: Probe, z: float) -> CrossSection:
    return probe.body.transform(inverse(probe.frame)).slice(z)
