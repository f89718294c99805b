"""`Task`: what is to be done, where it may be felt, and what counts as good."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError

if TYPE_CHECKING:
    from wugan.devices.haptic.proxy.geometry import Geometry


Array = NDArray[np.float64]


class Line:
    """A path made ready to be asked.

    Args:
        points: m `[N, 3]`, N at least 2, no two neighbours alike.
    """

    def __init__(self, points: Array) -> None:
        from scipy.spatial import cKDTree

        self.points = points
        self._tree = cKDTree(points)
        self._steps = np.diff(points, axis=0)
        self._lengths = np.linalg.norm(self._steps, axis=1)

    def nearest(self, position: Array) -> tuple[Array, NDArray[np.int64], Array]:
        """Distance to the path, which point of it is nearest, and the vector to the path.

        Args:
            position: m `[T, 3]`.

        Returns:
            Distance in m `[T]`, index of the nearest point `[T]`, vector in m `[T, 3]`.
        """
        _, index = self._tree.query(position)
        best = self.points[index] - position
        for segment in (index - 1, index):  # the nearest place lies on one of the two segments at the nearest point
            segment = np.clip(segment, 0, len(self._steps) - 1)
            start, step = self.points[segment], self._steps[segment]
            share = ((position - start) * step).sum(1) / np.maximum(self._lengths[segment] ** 2, 1e-18)
            away = start + np.clip(share, 0, 1)[:, None] * step - position
            nearer = (away**2).sum(1) < (best**2).sum(1)
            best = np.where(nearer[:, None], away, best)
        return np.linalg.norm(best, axis=1), index.astype(np.int64), best


Points = NDArray[np.float64]

NOISE_M = 0.0001  # of a structured-light scanner at half a metre


@dataclass(frozen=True, slots=True)
class Flange:
    """A round plate with one bored hole.

    Attributes:
        centre: of the hole, m (x, y).
        hole: radius of the hole, m.
        depth: of the hole, m.
        outer: radius of the plate around the hole, m.
    """

    centre: tuple[float, float]
    hole: float = 0.008
    depth: float = 0.02
    outer: float = 0.045

    def scan(self, seed: int, spacing: float = 0.0009) -> Points:
        """A cloud of top, wall and bottom, m `[P, 3]`."""
        draw = np.random.default_rng(seed)
        top_area = math.pi * (self.outer**2 - self.hole**2)
        top = _ring(draw, self.hole, self.outer, round(top_area / spacing**2))
        bottom = _ring(draw, 0.0, self.hole, round(math.pi * self.hole**2 / spacing**2))
        count = round(2 * math.pi * self.hole * self.depth / spacing**2)
        angle, z = draw.uniform(0, 2 * math.pi, count), draw.uniform(-self.depth, 0, count)
        wall = np.stack([self.hole * np.cos(angle), self.hole * np.sin(angle), z], axis=1)
        points = np.concatenate([top, wall, bottom - [0, 0, self.depth]])
        return np.asarray(points + np.array([*self.centre, 0.0]) + draw.normal(0, NOISE_M, points.shape))

    def mesh(self, sectors: int = 64) -> tuple[Points, NDArray[np.int64]]:
        """Vertices m `[V, 3]` and triangles `[T, 3]` of what can be touched: top, wall and bottom."""
        angle = np.arange(sectors) * 2 * math.pi / sectors
        circle = np.stack([np.cos(angle), np.sin(angle), np.zeros(sectors)], axis=1)
        rims = [self.outer * circle, self.hole * circle, self.hole * circle - [0, 0, self.depth]]
        middle = np.array([[0.0, 0.0, -self.depth]])
        vertices = np.concatenate([*rims, middle]) + np.array([*self.centre, 0.0])
        here = np.arange(sectors)
        there = (here + 1) % sectors
        bands = []
        for outer in (0, sectors):  # from the outer rim to the hole, and down the wall
            a, b, c, d = outer + here, outer + there, outer + sectors + here, outer + sectors + there
            bands += [np.stack([a, b, c], axis=1), np.stack([b, d, c], axis=1)]
        floor = np.stack([2 * sectors + here, 2 * sectors + there, np.full(sectors, 3 * sectors)], axis=1)
        return vertices, np.concatenate([*bands, floor]).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Casting:
    """A block whose front rim bends in and out: the burr is along it.

    The rim is y(x) = offset + wave · sin(2π · waves · x / length + phase), at z = 0.

    Attributes:
        offset: m.
        wave: how far the rim bends, m.
        waves: how often along its length.
        phase: rad.
        length: of the rim, m.
        height: of the front wall, m.
        width: of the top behind the rim, m.
    """

    offset: float = 0.01
    wave: float = 0.006
    waves: float = 1.0
    phase: float = 0.0
    length: float = 0.08
    height: float = 0.02
    width: float = 0.03

    def rim(self, x: NDArray[np.float64]) -> Points:
        """Points of the rim at these x, m `[P, 3]`."""
        y = self.offset + self.wave * np.sin(2 * math.pi * self.waves * x / self.length + self.phase)
        return np.stack([x, y, np.zeros_like(x)], axis=1)

    def outward(self, x: NDArray[np.float64]) -> Points:
        """Unit vectors at these x, in the plane of the top, square to the rim and out of the block."""
        k = 2 * math.pi * self.waves / self.length
        slope = self.wave * k * np.cos(k * x + self.phase)
        normal = np.stack([-slope, np.ones_like(x), np.zeros_like(x)], axis=1)
        return np.asarray(normal / np.linalg.norm(normal, axis=1, keepdims=True))

    def scan(self, seed: int, spacing: float = 0.0009) -> Points:
        """A cloud of the top behind the rim and the wall below it, m `[P, 3]`."""
        draw = np.random.default_rng(seed)
        span = 1.15 * self.length  # the block goes on beyond what is to be deburred
        count = round(span * self.width / spacing**2)
        top = self.rim(draw.uniform(-span / 2, span / 2, count))
        top[:, 1] -= draw.uniform(0, self.width, count)
        count = round(1.1 * span * self.height / spacing**2)
        wall = self.rim(draw.uniform(-span / 2, span / 2, count))
        wall[:, 2] = -draw.uniform(0, self.height, count)
        points = np.concatenate([top, wall])
        return np.asarray(points + draw.normal(0, NOISE_M, points.shape))


def _ring(draw: np.random.Generator, inner: float, outer: float, count: int) -> Points:
    radius = np.sqrt(draw.uniform(inner**2, outer**2, count))
    angle = draw.uniform(0, 2 * math.pi, count)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle), np.zeros(count)], axis=1)


_THICKNESS_M = 0.0008  # points this near to the top's plane belong to it: several times a scanner's noise
_LEAST = 200  # points of a top that can be trusted


@dataclass(frozen=True, slots=True)
class Hole:
    """A round hole in a plane.

    Attributes:
        centre: of its mouth, m `[3]`.
        radius: m.
        depth: m, to the lowest points in it.
        residual: m, root mean square distance of the mouth's points from the circle.
    """

    centre: NDArray[np.float64]
    radius: float
    depth: float
    residual: float


def top_of(cloud: Points) -> NDArray[np.bool_]:
    """Which points belong to the level top, bool `[P]`.

    Raises:
        DataError: there is no level top in the cloud.
    """
    heights = cloud[:, 2]
    counts, edges = np.histogram(heights, bins=max(1, int(np.ptp(heights) / (_THICKNESS_M / 2))))
    level = edges[counts.argmax()] + (edges[1] - edges[0]) / 2
    level = float(np.median(heights[np.abs(heights - level) < _THICKNESS_M]))
    top = np.abs(heights - level) < _THICKNESS_M
    if top.sum() < _LEAST:
        raise DataError(
            f"the cloud of {len(cloud)} points has no level top ({int(top.sum())} points at most lie in one plane): "
            "turn the part so that its top is level, or scan it more densely"
        )
    return top


def find_hole(cloud: Points) -> Hole:
    """The one hole in the top.

    The top's points are drawn on a raster; the greatest empty patch that the top surrounds is the hole's mouth. A
    circle is fitted to the points of the wall below it (Kåsa's least squares, repeated on what lies near the circle).

    Args:
        cloud: m, float64 `[P, 3]`, top level.

    Raises:
        DataError: no top, no hole that the top surrounds, or too little of its wall.
    """
    from scipy import ndimage

    top = top_of(cloud)
    level = float(np.median(cloud[top][:, 2]))
    flat = cloud[top][:, :2]
    low, span = flat.min(axis=0), np.ptp(flat, axis=0)
    cell = 3.0 * float(np.sqrt(span.prod() / len(flat)))
    cells = np.floor((flat - low) / cell).astype(int) + 1
    filled = np.zeros(cells.max(axis=0) + 2, bool)
    filled[tuple(cells.T)] = True
    inside = ndimage.binary_fill_holes(filled) & ~filled
    patches, count = ndimage.label(inside)
    if not count:
        raise DataError("the top has no hole; scan the part from above, so that the hole's mouth is seen")
    sizes = ndimage.sum_labels(inside, patches, range(1, count + 1))
    middle = low + (np.array(ndimage.center_of_mass(patches == 1 + int(np.argmax(sizes)))) - 0.5) * cell
    radius = cell * float(np.sqrt(sizes.max() / np.pi))
    below = cloud[cloud[:, 2] < level - 2 * _THICKNESS_M]
    below = below[np.hypot(*(below[:, :2] - middle).T) < 1.5 * radius + cell]
    floor = float(np.quantile(below[:, 2], 0.05)) if len(below) else level
    wall = below[below[:, 2] > floor + 2 * _THICKNESS_M][:, :2]
    residual = np.inf
    for _ in range(3):
        if len(wall) < _LEAST // 4:
            raise DataError(f"only {len(wall)} points of the hole's wall were scanned; tilt the scanner to see into it")
        (x, y, c), *_ = np.linalg.lstsq(np.column_stack([2 * wall, np.ones(len(wall))]), (wall**2).sum(1), rcond=None)
        middle, radius = np.array([x, y]), float(np.sqrt(c + x * x + y * y))
        off = np.hypot(*(wall - middle).T) - radius
        residual = float(np.sqrt(np.mean(off**2)))
        wall = wall[np.abs(off) < max(3 * residual, _THICKNESS_M)]
    return Hole(np.array([*middle, level]), radius, level - floor, residual)


def find_rim(cloud: Points, start: float, end: float, spacing: float = 0.001) -> Points:
    """The rim at the front (greatest y) of the top, from x = `start` to `end`: where the front wall meets the top.

    Args:
        cloud: m, float64 `[P, 3]`, top level, front wall upright.
        start: m.
        end: m.
        spacing: of the points returned, m.

    Returns:
        m, float64 `[N, 3]`.

    Raises:
        DataError: no top, or the front wall does not reach from `start` to `end`.
    """
    from scipy.interpolate import UnivariateSpline

    level = float(np.median(cloud[top_of(cloud)][:, 2]))
    wall = cloud[cloud[:, 2] < level - 2 * _THICKNESS_M]
    wall = wall[wall[:, 0].argsort()]
    x, rows = np.unique(wall[:, 0], return_index=True)
    if len(x) < _LEAST or x[0] > start or x[-1] < end:
        raise DataError(f"the front wall is not seen from x = {start:g} to {end:g} m; scan more of the part")
    y = wall[rows, 1]
    noise = 1.05 * float(np.median(np.abs(np.diff(y))))  # standard deviation, where neighbours differ by noise alone
    spline = UnivariateSpline(x, y, k=3, s=len(x) * noise**2)
    at = np.arange(start, end + spacing / 2, spacing)
    return np.stack([at, spline(at), np.full(len(at), level)], axis=1)


Place = tuple[float, float, float]
MIDDLE: Place = (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Limits:
    """What counts as good, and what as unsafe. SI units.

    Attributes:
        time_s: time in which a trained person does it.
        path_m: root mean square distance from the path that earns half of the points.
        force_n: contact force that must not be exceeded.
        press_n: contact force, least and greatest, that the work needs; None where the lighter the better.
        speed: m/s that must not be exceeded while in contact.
        keep_out_m: how far from the path is unsafe.
    """

    time_s: float
    path_m: float
    force_n: float
    press_n: tuple[float, float] | None
    speed: float
    keep_out_m: float


@dataclass(frozen=True, slots=True)
class Task:
    """One task on one workpiece, in the haptic device's frame.

    Attributes:
        name: by which it is made again (`task(name, seed, origin)`).
        title: for people.
        seed: which workpiece of its kind.
        origin: where in the device's frame the workpiece stands, m.
        path: where the tool's middle should go in truth, m `[N, 3]`, about a millimetre apart.
        seen: the same path as it was found in the scan, m `[M, 3]`; the guidance pulls there.
        scan: the scan itself, m `[P, 3]`.
        worked: index into `path` from which on the path is work; before it is approach.
        into: unit vectors into the workpiece along the path, `[N, 3]`.
        ball: radius of the tool's tip, m.
        surface: what can be touched, a mesh or a cloud.
        stiffness: of the surface, N/m.
        limits: what counts.
    """

    name: str
    title: str
    seed: int
    origin: Place
    path: Points
    seen: Points
    scan: Points
    worked: int
    into: Points
    ball: float
    surface: Geometry
    stiffness: float
    limits: Limits

    @property
    def start(self) -> Points:
        """Where it begins, m `[3]`."""
        return self.path[0]

    @property
    def guide(self) -> Geometry:
        """The path that was seen, for the renderer."""
        from wugan.devices.haptic.proxy.geometry import path

        return path(self.seen)

    @property
    def error_m(self) -> float:
        """Greatest distance of the path found in the scan from the true one, m."""
        gaps = np.linalg.norm(self.seen[:, None] - self.path[None], axis=2).min(axis=1)
        return float(gaps.max())

    def contact(self, surface: str) -> list[dict[str, Any]]:
        """What the workpiece feels like.

        Args:
            surface: name under which its geometry is known to the renderer.
        """
        return [
            {
                "effect": "Surface",
                "geometry": surface,
                "radius": self.ball,
                "stiffness": self.stiffness,
                "damping": 2.0,
            }
        ]

    def guidance(self, level: float, path: str, stiffest: float) -> list[dict[str, Any]]:
        """A guide to the path that was seen, and a little damping of the hand.

        Args:
            level: 0 (none) to 1 (all).
            path: name under which the path is known to the renderer.
            stiffest: N/m at level 1.
        """
        guide = {
            "effect": "Guide",
            "path": path,
            "stiffness": level * stiffest,
            "damping": 3.0 * level,
            "strongest": 4.0,
        }
        return [guide] if level > 0 else []


def resampled(points: Points, spacing: float = 0.001) -> Points:
    """The same line with its points evenly apart, m `[N, 3]`."""
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    at = np.linspace(0, along[-1], max(2, round(along[-1] / spacing) + 1))
    return np.stack([np.interp(at, along, points[:, axis]) for axis in range(3)], axis=1)


def task(name: str, seed: int = 0, origin: Place = MIDDLE) -> Task:
    """A task by its name: `peg` or `deburring`, placed at `origin` (m).

    Raises:
        DataError: there is no such task.
    """
    makers = {"peg": peg, "deburring": deburring}
    if name not in makers:
        raise DataError(f"there is no task {name!r}; there are {', '.join(makers)}")
    x, y, z = origin  # a list, where it was read from a file
    return makers[name](seed, (x, y, z))


# --- peg in hole: a ball-ended peg over a bored hole, and to its bottom without pressing on the rim or the wall

PEG_BALL_M = 0.006  # radius of the peg; the hole has 8 mm
ABOVE_M = 0.02  # height over the mouth from which the peg goes straight down
_PEG_LIMITS = Limits(time_s=6.0, path_m=0.0015, force_n=6.0, press_n=None, speed=0.15, keep_out_m=0.015)


def peg(seed: int = 0, origin: Place = MIDDLE) -> Task:
    """The task on the flange of this seed, placed at `origin` (m): the hole lies elsewhere on each."""
    from wugan.devices.haptic.proxy.geometry import mesh

    part = part_of(seed)
    scan = part.scan(seed) + origin
    hole = find_hole(scan)
    vertices, triangles = part.mesh()
    path = _peg_path(np.array([*part.centre, 0.0]) + origin, part.depth, origin)
    worked = len(path) - round((ABOVE_M + part.depth - PEG_BALL_M) / 0.001)
    return Task(
        "peg",
        "Peg in hole",
        seed,
        origin,
        path,
        _peg_path(hole.centre, hole.depth, origin),
        scan,
        worked,
        np.broadcast_to([0.0, 0.0, -1.0], path.shape),
        PEG_BALL_M,
        mesh(vertices + origin, triangles, radius=PEG_BALL_M),
        1200.0,
        _PEG_LIMITS,
    )


def part_of(seed: int) -> Flange:
    """The flange of a seed, at the origin."""
    draw = np.random.default_rng([seed, 1])
    return Flange((float(draw.uniform(-0.012, 0.012)), float(draw.uniform(-0.012, 0.012))))


def _peg_path(mouth: Points, depth: float, origin: Place) -> Points:
    """From a corner of the workspace over the mouth, then straight down until the ball rests on the bottom."""
    up = np.array([0.0, 0.0, 1.0])
    knots = [np.array([-0.03, -0.03, 0.03]) + origin, mouth + (ABOVE_M + 0.002) * up, mouth + ABOVE_M * up]
    return resampled(np.array([*knots, mouth - (depth - PEG_BALL_M) * up]))


# --- deburring: a ball-nosed tool along a bent rim, at an even light pressure

TOOL_BALL_M = 0.0015
SUPPORT_M = 0.006  # of the surface through the scan's points: four balls, so that noise does not catch the ball
PRESS_N = 0.6  # that takes the burr off; with much more the ball slips off the edge, as a real one does
STIFFNESS = 1200.0  # N/m, of tool and part together
LENGTH_M = 0.07  # of the rim that is worked
_RIM_LIMITS = Limits(time_s=7.0, path_m=0.001, force_n=5.0, press_n=(0.2, 1.2), speed=0.08, keep_out_m=0.012)


def deburring(seed: int = 0, origin: Place = MIDDLE) -> Task:
    """The task on the casting of this seed, placed at `origin` (m): the rim bends otherwise on each."""
    from wugan.devices.haptic.proxy.geometry import cloud

    part = Casting(phase=float(np.random.default_rng([seed, 2]).uniform(0, 2 * np.pi)))
    scan = part.scan(seed) + origin
    x = np.arange(-LENGTH_M / 2, LENGTH_M / 2 + 5e-4, 0.001)
    path = _rim_path(part.rim(x) + origin, part.outward(x))
    rim = find_rim(
        scan, x[0] + origin[0] - 0.005, x[-1] + origin[0] + 0.005
    )  # beyond both ends, where a smoothed line is less sure
    slope = np.gradient(rim[:, 1], rim[:, 0])
    outward = np.stack([-slope, np.ones_like(slope), np.zeros_like(slope)], axis=1)
    outward /= np.linalg.norm(outward, axis=1, keepdims=True)
    seen = _rim_path(rim[5:-5], outward[5:-5])
    into = -_side(part.outward(np.interp(path[:, 0] - origin[0], x, x)))
    worked = int(np.linalg.norm(path - path[0], axis=1).searchsorted(0.025))
    surface = cloud(
        scan, viewpoint=np.array([0.0, 0.2, 0.2]) + origin, support=SUPPORT_M, radius=TOOL_BALL_M
    )  # the scan is what is felt
    return Task(
        "deburring",
        "Deburring a rim",
        seed,
        origin,
        path,
        seen,
        scan,
        worked,
        into,
        TOOL_BALL_M,
        surface,
        STIFFNESS,
        _RIM_LIMITS,
    )


def _rim_path(rim: Points, outward: Points) -> Points:
    """Where the ball's middle goes: approach, along the rim 45° above it and pressed a little into it, and away."""
    side = _side(outward)
    line = rim + side * (TOOL_BALL_M - PRESS_N / STIFFNESS)
    return resampled(np.concatenate([[line[0] + 0.025 * side[0]], line, [line[-1] + 0.005 * side[-1]]]))


def _side(outward: Points) -> Points:
    """Where the tool comes from: 45° above the way out of the part."""
    return np.asarray((outward + np.array([0.0, 0.0, 1.0])) / np.sqrt(2))
