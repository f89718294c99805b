"""`Scan`: a scanned thing alone, upright, and measured."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wugan.apps.voice_to_3d.readings.clean import Cleaned, clean
from wugan.apps.voice_to_3d.readings.cloud_file import Unit, load_cloud

_BEYOND = 0.0006  # share of the points that may lie beyond a side: strays that were not found
_STEP = 0.001  # share of the extent between places where the density is looked at
_BLUR = 3.0  # steps
_BLURRED = 0.008  # noise and blur move the half height at most so far, share of the thing's diagonal
_TOP = 0.8  # how much of the way from half height to the peak's top the side is
_SECTORS = 48  # of a plan that may be round
_LEVEL = 0.3  # of the density behind a side that is not flat, where the side is taken to be
_FACE = 1.8  # how much denser a flat side is than what lies behind it
_TILTS = np.radians(np.arange(0, 90, 1.0))  # directions tried for the sides of the box


@dataclass(slots=True)
class Scan:
    """A thing that was scanned.

    Attributes:
        name: of the file.
        points: float32 `[N, 3]` in metres: the longer side of its box along x, the shorter along y, z up; the middle
            of the box's floor is the origin.
        width: longer side of the box in plan, mm.
        depth: shorter side, mm.
        height: mm.
        round: whether it is round in plan.
        notes: what was decided about it.
    """

    name: str
    points: NDArray[np.float32]
    width: float
    depth: float
    height: float
    round: bool = False
    notes: list[str] = field(default_factory=list)

    @property
    def size(self) -> tuple[float, float, float]:
        """Width, depth and height in mm."""
        return self.width, self.depth, self.height


def load_scan(path: str | Path, unit: Unit | None = None) -> Scan:
    """Read, clean and measure a scan.

    Args:
        path: `.ply`, `.pcd`, `.xyz`, `.npy`, `.stl`, `.obj` or `.glb`.
        unit: of its coordinates; guessed, with a note, unless given.

    Raises:
        DataError: the file cannot be read, or is empty, flat or not finite; names it.
    """
    points, notes = load_cloud(Path(path), unit)
    return measure(clean(points, Path(path).name), Path(path).name, notes)


def scan_of(points: NDArray[np.floating], name: str = "scan") -> Scan:
    """Clean and measure points.

    Args:
        points: `[N, 3]` mm, z up.
        name: for messages.

    Raises:
        DataError: they are too few or flat.
    """
    return measure(clean(np.asarray(points, dtype=np.float64), name), name, [])


def measure(cleaned: Cleaned, name: str, notes: list[str]) -> Scan:
    """The upright box of a thing: the rectangle of least area around its plan, and its height.

    A thing that is round in plan is measured from its axis, so that it is whole where its back was not seen. Of
    rectangles that are alike the one along the scan's own axes is taken.
    """
    points = cleaned.points
    reach = float(np.linalg.norm(np.ptp(np.percentile(points, [1, 99], axis=0), axis=0)))
    round_ = round_plan(points[:, :2], reach)
    if round_ is not None:
        points = points - [*round_[0], 0.0]
        low, high = [-round_[1]] * 2, [round_[1]] * 2
    else:
        plan, low, high = _boxed(points[:, :2], reach)
        points = np.column_stack([plan, points[:, 2]])
    bottom, top = _sides(points[:, 2], reach)
    if cleaned.floor is None:
        notes = [*notes, f"{name}: no ground around it was seen, so its underside may be missing from its height"]
    else:
        bottom = cleaned.floor
    size = [max(high[0] - low[0], 0.1), max(high[1] - low[1], 0.1), max(top - bottom, 0.1)]
    points = points - [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, bottom]
    if size[1] > size[0]:
        points = points[:, [1, 0, 2]] * (1.0, -1.0, 1.0)
        size = [size[1], size[0], size[2]]
    width, depth, height = float(size[0]), float(size[1]), float(size[2])
    notes = [*notes, *cleaned.notes]
    return Scan(name, (points / 1000).astype(np.float32), width, depth, height, round_ is not None, notes)


def _boxed(plan: NDArray[np.float64], reach: float) -> tuple[NDArray[np.float64], list[float], list[float]]:
    """A plan turned into its rectangle of least area, and the rectangle's corners."""
    best, rectangular = _tilt(plan)
    # The hull, its corners trimmed, tells little of how an octagon or an oval lies: then more directions are measured.
    more = [] if rectangular else [best + angle for angle in np.radians(np.arange(5, 90, 5))]
    found = []
    for tilt in (best, *more):
        turned = plan @ _turn(tilt)
        low, high = map(list, zip(*(_sides(turned[:, axis], reach) for axis in (0, 1)), strict=True))
        found.append(((high[0] - low[0]) * (high[1] - low[1]), turned, low, high))
    return min(found, key=lambda one: one[0])[1:]


def _tilt(plan: NDArray[np.float64]) -> tuple[float, bool]:
    """Angle of the rectangle of least area around the hull, radians, and whether the hull fills it."""
    corners = _hull(plan)
    best, area = 0.0, np.inf
    for tilt in _TILTS:
        sides = np.ptp(corners @ _turn(tilt), axis=0)
        if sides[0] * sides[1] < area * (0.985 if not best else 1.0):
            best, area = float(tilt), float(sides[0] * sides[1])
    fine = best + np.radians(np.linspace(-1, 1, 41))  # between the degrees
    areas = [np.prod(np.ptp(corners @ _turn(tilt), axis=0)) for tilt in fine]
    x, y = corners.T
    filled = 0.5 * abs(float(x @ np.roll(y, 1) - y @ np.roll(x, 1)))
    return float(fine[int(np.argmin(areas))]), filled > 0.93 * min(areas)


def round_plan(plan: NDArray[np.float64], reach: float) -> tuple[NDArray[np.float64], float] | None:
    """Centre and radius of a plan that is round as far as it was seen; `None` if it is not.

    The circle is the one through three points of the outline that most others agree with. More than half of the
    directions must end on it, and hardly anything may lie outside.

    Args:
        plan: `[N, 2]`.
        reach: diagonal of the thing, for how far noise may blur it.
    """
    corners = _hull(plan)
    edges = np.roll(corners, -1, 0) - corners
    lengths = np.linalg.norm(edges, axis=1)
    # Corners of the hull only: the chord across an unseen back has none between its ends.
    rng = np.random.default_rng(0)
    picks = corners[rng.integers(len(corners), size=(200, 3))]
    centres, radii = _circles(picks)
    across = float(lengths.sum()) / np.pi  # diameter, were it round
    sane = np.isfinite(radii) & (radii < 0.75 * across) & (radii > 0.4 * across)
    if not sane.any():
        return None
    centres, radii = centres[sane], radii[sane]
    off = np.abs(np.linalg.norm(corners[None] - centres[:, None], axis=2) - radii[:, None]) / radii[:, None]
    best = int((off < 0.02).sum(1).argmax())
    on = corners[off[best] < 0.02]
    if len(on) < 3:
        return None
    # Least squares through those (Kasa 1976).
    solved = np.linalg.lstsq(np.column_stack([2 * on, np.ones(len(on))]), (on**2).sum(1), rcond=None)[0]
    centre = solved[:2]
    distance = np.linalg.norm(plan - centre, axis=1)
    radius, straight = _side(np.concatenate([distance, -distance]), reach)
    if not straight:  # it bulges: few points are where it is widest
        radius = float(np.sqrt(solved[2] + centre @ centre))
    ends = _outline(plan - centre, distance) / radius
    on = np.abs(ends - 1) < 0.035
    # A polygon of eight sides comes near a circle too, but time and again; an unseen back leaves it once.
    leaves = int((on != np.roll(on, 1)).sum())
    if on.sum() < _SECTORS * 0.45 or leaves > 8 or ends[on].std() > 0.018 or (ends > 1.05).sum() > 2:
        return None
    return centre, radius


def _outline(plan: NDArray[np.float64], distance: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far the plan reaches in each sector, without its outermost point or two; 0 where nothing is."""
    sector = np.floor((np.arctan2(plan[:, 1], plan[:, 0]) / (2 * np.pi) + 0.5) * _SECTORS).astype(int) % _SECTORS
    out = np.zeros(_SECTORS)
    for number in range(_SECTORS):
        within = np.sort(distance[sector == number])
        if len(within) > 4:
            out[number] = within[-1 - min(2, len(within) // 20)]
    return out


def _circles(corners: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Centres `[N, 2]` and radii of the circles through three points each, `[N, 3, 2]`; NaN where they are in line."""
    a, b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    twice = 2 * (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0])
    twice = np.where(np.abs(twice) > 1e-9, twice, np.nan)
    squares_a, squares_b = (a**2).sum(1), (b**2).sum(1)
    x = (b[:, 1] * squares_a - a[:, 1] * squares_b) / twice
    y = (a[:, 0] * squares_b - b[:, 0] * squares_a) / twice
    return corners[:, 0] + np.column_stack([x, y]), np.hypot(x, y)


def _sides(values: NDArray[np.float64], reach: float) -> tuple[float, float]:
    """Where a thing begins and ends along an axis, whatever the noise."""
    return -_side(-values, reach)[0], _side(values, reach)[0]


def _side(values: NDArray[np.float64], reach: float) -> tuple[float, bool]:
    """The upper side, and whether it is flat.

    Noise blurs a flat side, of which many points lie at one place, to a peak of their density: the side is its top.
    It blurs a round one to a slope: the side is where the density has risen to a part of what it is behind.
    """
    beyond = max(2, round(_BEYOND * len(values)))
    end = float(np.partition(values, len(values) - 1 - beyond)[-1 - beyond])
    extent = end - float(np.partition(values, beyond)[beyond])
    if not extent > 0:
        return end, False
    step = extent * _STEP
    deep = min(max(0.05 * extent, 4 * _BLURRED * reach), 0.25 * extent)
    place = end + step * np.arange(-round(deep / step), round(0.02 / _STEP) + 1)
    near = values[values > place[0] - 4 * _BLUR * step]
    density = np.exp(-0.5 * ((place[:, None] - near) / (_BLUR * step)) ** 2).sum(1)
    peaks = [i for i in range(1, len(place) - 1) if density[i - 1] <= density[i] > density[i + 1]]
    peaks = [i for i in peaks if density[i] > 0.4 * density.max()] or [int(density.argmax())]
    peak = peaks[-1]
    inside = float(np.median(density[: max(peak, 1)]))
    if density[peak] < _FACE * inside:  # a slope or a step
        return float(place[peak + int(np.argmax(density[peak:] < _LEVEL * inside))]), False
    half = peak + int(np.argmax(density[peak:] < 0.5 * density[peak]))
    gap = place[half] - place[peak]
    return float(place[half] - (_TOP * gap if gap < _BLURRED * reach else 0.0)), True


def _hull(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Corners `[H, 2]` of the hull of the plan, without the outermost points in each of 24 directions."""
    from scipy.spatial import ConvexHull, QhullError

    keep = np.ones(len(points), np.bool_)
    beyond = max(2, round(_BEYOND * len(points)))
    for angle in np.linspace(0, np.pi, 12, endpoint=False):
        along = points @ (np.cos(angle), np.sin(angle))
        ordered = np.partition(along, [beyond, len(along) - 1 - beyond])
        keep &= (along >= ordered[beyond]) & (along <= ordered[-1 - beyond])
    kept = points[keep]
    try:
        return kept[ConvexHull(kept).vertices]
    except (QhullError, ValueError):  # a line in plan
        return kept


def _turn(angle: float) -> NDArray[np.float64]:
    """The turn by -angle, for row vectors."""
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
