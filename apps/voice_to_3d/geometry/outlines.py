"""Flat outlines (mm): circles and arcs, corners, gears, letters, shrinking, and every `Profile` as a cross-section."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, singledispatch
from math import acos, ceil, cos, floor, pi, radians, sqrt, tan
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wugan.apps.voice_to_3d.scene import profile as flat
from wugan.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Collection

    from manifold3d import CrossSection


Outline = NDArray[np.float64]  # [N, 2], mm, counter-clockwise; holes clockwise
CHORD = 0.05  # mm that a piece may lie inside the circle
LEAST, LEAST_SMALL, MOST = 64, 48, 256


def segments(diameter: float) -> int:
    """Pieces of a whole circle: a multiple of 4, so that its box is exact; fewer for a circle below 3 mm."""
    least = LEAST if diameter > 3 else LEAST_SMALL
    if diameter <= 2 * CHORD:
        return least
    return min(MOST, max(least, 4 * ceil(pi / acos(1 - 2 * CHORD / diameter) / 4)))


def circle(diameter: float, pieces: int = 0) -> Outline:
    """Points of a circle about the origin, from +x on; exactly on the axes."""
    count = pieces or segments(diameter)
    angles = 2 * pi * np.arange(count) / count
    points = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    points[np.abs(points) < 1e-12] = 0.0
    return points * (diameter / 2)


def arc(radius: float, start: float, end: float, pieces: int = 0) -> Outline:
    """Points from angle `start` to `end` (degrees), both included, exact on the axes."""
    count = pieces or max(2, ceil(segments(2 * radius) * abs(end - start) / 360 - 1e-9))
    degrees = np.linspace(start, end, count + 1)
    low, high = sorted((start, end))
    # The axes between, so that the arc's box is exact.
    axes = [a for a in 90.0 * np.arange(ceil(low / 90), floor(high / 90) + 1) if low + 1e-9 < a < high - 1e-9]
    if axes and not pieces:
        near = np.abs(degrees[:, None] - np.array(axes)[None]).min(1) < abs(end - start) / count / 3
        near[[0, -1]] = False
        degrees = np.sort(np.concatenate([degrees[~near], axes]))
        degrees = degrees if end > start else degrees[::-1]
    angles = np.radians(degrees)
    points = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    points[np.abs(points) < 1e-12] = 0.0
    return points * radius


def area(outline: Outline) -> float:
    """Signed: positive counter-clockwise."""
    x, y = outline[:, 0], outline[:, 1]
    return float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2


CORNER = radians(15)  # a turn by more is a corner; by less, a piece of a curve
Pick = Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.bool_]]


def pieces(radius: float, angle: float) -> int:
    """Straight pieces of a fillet's arc over `angle` (radians): 8 to 24 for a quarter turn."""
    quarter = np.clip(ceil(1.571 / (2 * np.arccos(max(0.0, 1 - 0.02 / max(radius, 0.02))) + 1e-9)), 8, 24)
    return max(2, ceil(float(quarter) * angle / 1.5708 - 1e-9))


def quarter(radius: float) -> NDArray[np.float64]:
    """Angles (radians) from 0 to a right angle for a fillet."""
    return np.linspace(0, np.pi / 2, pieces(radius, np.pi / 2) + 1)


def turns(loop: Outline) -> NDArray[np.float64]:
    """The turn at each vertex, radians: positive to the left."""
    before, after = loop - np.roll(loop, 1, axis=0), np.roll(loop, -1, axis=0) - loop
    cross = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    return np.arctan2(cross, (before * after).sum(1))


def corners(loop: Outline) -> NDArray[np.bool_]:
    """Which vertices are corners."""
    return np.abs(turns(loop)) > CORNER


def worked(
    loop: Outline, at: Collection[int] | NDArray[np.bool_], size: float, across: float | None, round: bool
) -> Outline:
    """A loop with some corners rounded (radius `size`) or cut (`size`; `across` on the flatter of the two edges).

    A corner between curves that are drawn in short pieces takes as many of the pieces as it needs.

    Raises:
        DataError: an edge is too short for its corners; says what would fit.
    """
    chosen = np.zeros(len(loop), dtype=bool)
    chosen[np.asarray(at) if isinstance(at, np.ndarray) else list(at)] = True
    if not chosen.any():
        return loop
    turn = turns(loop)
    lengths = np.linalg.norm(np.roll(loop, -1, axis=0) - loop, axis=1)
    reach = size * np.tan(np.abs(turn) / 2) if round else np.full(len(loop), size)
    first = second = np.where(chosen, reach, 0.0)
    if not round and across is not None:
        along = np.abs(np.roll(loop, -1, axis=0) - loop)
        upright = along[:, 1] > along[:, 0]
        first = np.where(chosen, np.where(np.roll(upright, 1), size, across), 0.0)
        second = np.where(chosen, np.where(upright, size, across), 0.0)
    needed = second + np.roll(first, -1)
    ratio = lengths / np.maximum(needed, 1e-12)
    if (ratio < 1 - 1e-6).any():
        raise DataError(
            f"{'a radius' if round else 'a chamfer'} of {size:g} mm does not fit the edges; "
            f"{np.floor(size * float(ratio.min()) * 1000) / 1000:g} mm is the most"
        )
    made: list[Outline] = []
    for i, point in enumerate(loop):
        if not chosen[i]:
            made.append(point[None])
            continue
        before, after = loop[i - 1], loop[(i + 1) % len(loop)]
        start = point + (before - point) * (first[i] / np.linalg.norm(before - point))
        end = point + (after - point) * (second[i] / np.linalg.norm(after - point))
        made.append(_rounded(start, end, float(turn[i]), size) if round else np.stack([start, end]))
    return tidy(np.concatenate(made))


def _rounded(start: Outline, end: Outline, turn: float, radius: float) -> Outline:
    """An arc from `start` to `end` whose tangents turn by `turn`."""
    count = pieces(radius, abs(turn))
    chord = end - start
    half = turn / 2
    towards = np.arctan2(chord[1], chord[0])
    middle = start + radius * np.array((-np.sin(towards - half), np.cos(towards - half))) * np.sign(turn)
    around = np.linspace(0, turn, count + 1) + np.arctan2(start[1] - middle[1], start[0] - middle[0])
    arc: Outline = middle + radius * np.stack([np.cos(around), np.sin(around)], axis=1)
    arc[0], arc[-1] = start, end
    return arc


def tidy(loop: Outline) -> Outline:
    """Without repeated points."""
    return loop[np.linalg.norm(loop - np.roll(loop, 1, axis=0), axis=1) > 1e-7]


def worked_all(loops: Sequence[Outline], size: float, across: float | None, round: bool) -> list[Outline]:
    """Every corner of every loop worked; where curves are in the way, by opening and closing the whole outline."""
    marked = [corners(loop) for loop in loops]
    if not any(mark.any() for mark in marked):
        raise DataError("there is no corner to work: the outline is a curve")
    if round and any(_curves_beside(loop, mark) for loop, mark in zip(loops, marked, strict=True)):
        return opened(loops, size)
    return [worked(loop, mark, size, across, round) for loop, mark in zip(loops, marked, strict=True)]


def _curves_beside(loop: Outline, mark: NDArray[np.bool_]) -> bool:
    """Whether a corner has a curve's piece for a neighbour (a vertex that is no corner and no long straight)."""
    smooth = ~mark & (np.abs(turns(loop)) > 1e-6)
    return bool((mark & (np.roll(smooth, 1) | np.roll(smooth, -1))).any())


def opened(loops: Sequence[Outline], radius: float) -> list[Outline]:
    """Outlines with every corner rounded, inner ones filled, whatever curves lie beside them.

    Raises:
        DataError: the radius does not fit; says what would.
    """
    from manifold3d import JoinType

    shape, count = of_outlines(list(loops)), segments(2 * radius)
    inner = shape.offset(-radius, JoinType.Round, 2.0, count)
    if inner.is_empty() or len(inner.decompose()) != len(shape.decompose()):
        low, high = 0.0, radius
        for _ in range(10):
            middle = (low + high) / 2
            one = shape.offset(-middle, JoinType.Round, 2.0, count)
            low, high = (low, middle) if len(one.decompose()) != len(shape.decompose()) else (middle, high)
        raise DataError(f"a radius of {radius:g} mm does not fit the outline; {low:.3g} mm is the most")
    opened = inner.offset(2 * radius, JoinType.Round, 2.0, count).offset(-radius, JoinType.Round, 2.0, count)
    found = [np.asarray(loop, dtype=np.float64) for loop in opened.simplify(2e-3).to_polygons()]
    return [loop for loop in found if abs(area(loop)) > 1e-6]


# Outlines shrunk edge by edge: every edge moves along its normal, corners stay sharp, and each corner is followed.
#
# A `CrossSection.offset` forgets which corner came from which; a chamfer or fillet of a rim needs to know, because its
# faces lie between an outline and the same outline further in. Edges whose length runs out vanish on the way (the edge
# events of a straight skeleton); where a piece would split in two, the size is too large.

NONE = 1e-7  # mm: an edge shorter than this has vanished


@dataclass
class Level:
    """Outlines at one inset.

    Attributes:
        inset: mm inwards (negative: outwards).
        z: its height, mm.
        loops: one `[N, 2]` each.
        parents: for every loop, which of this level's vertices each vertex of the level before became.
    """

    inset: float
    z: float
    loops: list[Outline]
    parents: list[NDArray[np.int64]]


class Lines:
    """A loop as its edges' lines: `normals · x = reach + inset`, normals pointing into the material."""

    def __init__(self, loop: Outline) -> None:
        along = np.roll(loop, -1, axis=0) - loop
        lengths = np.linalg.norm(along, axis=1)
        self.along = along / lengths[:, None]
        self.normals = np.stack([-self.along[:, 1], self.along[:, 0]], axis=1)
        self.reach = (self.normals * loop).sum(1)
        self.anchors = loop

    def points(self, inset: float) -> Outline:
        """Vertex i: where line i-1 and line i meet."""
        a, b = np.roll(self.normals, 1, axis=0), self.normals
        p, q = np.roll(self.reach, 1) + inset, self.reach + inset
        determinant = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
        flat = np.abs(determinant) < 1e-9
        determinant[flat] = 1.0
        x = (p * b[:, 1] - q * a[:, 1]) / determinant
        y = (a[:, 0] * q - b[:, 0] * p) / determinant
        points = np.stack([x, y], axis=1)
        if flat.any():  # edges in one line: their vertex goes straight in from where it was
            points[flat] = (self.anchors + inset * self.normals)[flat]
        return points

    def lengths(self, points: Outline) -> NDArray[np.float64]:
        """Of edge i, from vertex i to i + 1; negative once it has turned round."""
        return ((np.roll(points, -1, axis=0) - points) * self.along).sum(1)

    def without(self, gone: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Edges go; the new number of each old vertex comes back."""
        kept = np.flatnonzero(~gone)
        # Vertex i starts edge i: it becomes the start of the first kept edge at or after i.
        became = np.searchsorted(kept, np.arange(len(gone))) % len(kept)
        self.along, self.normals, self.reach = self.along[kept], self.normals[kept], self.reach[kept]
        self.anchors = self.anchors[kept]
        return became.astype(np.int64)


def clean(loop: Outline) -> Outline:
    """Without vertices that repeat or lie in the middle of a straight edge."""
    while len(loop) > 2:
        before, after = loop - np.roll(loop, 1, axis=0), np.roll(loop, -1, axis=0) - loop
        cross = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
        lengths = np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1)
        keep = (np.linalg.norm(before, axis=1) > 1e-6) & (np.abs(cross) > 1e-7 * np.maximum(lengths, 1e-12))
        if keep.all():
            return loop
        if not keep.any():
            break
        # One neighbour at a time: two vertices of one run must not both go on each other's account.
        drop = ~keep
        drop[1:] &= ~drop[:-1]
        loop = loop[~drop]
    return loop


def fits(loops: Sequence[Outline], like: Sequence[Outline]) -> bool:
    """Whether moved loops still are an outline: turning as before, and not across themselves or each other."""
    areas = [area(loop) for loop in loops]
    if any(one * area(old) <= 0 for one, old in zip(areas, like, strict=True)):
        return False
    total = sum(areas)
    scale = sum(abs(one) for one in areas)
    return total > 0 and abs(of_outlines(list(loops)).area() - total) <= 1e-6 * scale


def shrink(loops: Sequence[Outline], z: float, steps: Sequence[tuple[float, float]]) -> list[Level] | None:
    """The outlines at inset 0 and height `z`, then at each of `steps` (inset, z), with the events between.

    Args:
        loops: outlines that do not cross; holes clockwise.
        z: height of the outlines as they are.
        steps: of one sign, never smaller than the one before.

    Returns:
        `None` where the outline does not bear the last inset: it would vanish, split or cross itself.
    """
    loops = [clean(loop) for loop in loops]
    lines = [Lines(loop) for loop in loops]
    levels = [Level(0.0, z, [np.array(loop) for loop in loops], [np.arange(len(loop)) for loop in loops])]
    if not steps:
        return levels
    crowd = 0.02 * abs(steps[-1][0])  # events this close are one: a curve does not make a level of each of its pieces
    now = 0.0
    for target, height in steps:
        start, low = now, z
        while True:
            event = _next_event(lines, now, target)
            stop = target if event is None or abs(target - event) <= crowd else event + float(np.sign(target)) * crowd
            settled = [_settle(one, stop) for one in lines]
            points, became = [], []
            for done in settled:
                if done is None:
                    return None
                points.append(done[0])
                became.append(done[1])
            share = (stop - start) / (target - start) if target != start else 1.0
            levels.append(Level(stop, low + share * (height - low), points, became))
            now = stop
            if stop == target:
                break
        z = height
    return levels if fits(levels[-1].loops, loops) else None


def _next_event(lines: list[Lines], now: float, target: float) -> float | None:
    """The first inset after `now` and before `target` at which an edge has no length."""
    first: float | None = None
    for one in lines:
        here, there = one.lengths(one.points(now)), one.lengths(one.points(target))
        running_out = there <= NONE
        if not running_out.any():
            continue
        share = np.clip(here[running_out] / np.maximum(here[running_out] - there[running_out], 1e-12), 0, 1)
        at = now + float(share.min()) * (target - now)
        if first is None or abs(at) < abs(first):
            first = at
    return first


def _settle(lines: Lines, inset: float) -> tuple[Outline, NDArray[np.int64]] | None:
    """The loop at an inset, without the edges that have vanished; `None` where fewer than three are left."""
    became = np.arange(len(lines.reach))
    while True:
        points = lines.points(inset)
        gone = lines.lengths(points) <= NONE
        if not gone.any():
            return points, became
        if gone.sum() > len(gone) - 3:
            return None
        # Of a run of short edges, the shortest ends first: those next to it may live on.
        if not _all_shrunk(lines, gone):
            lengths = lines.lengths(points)
            only = np.zeros_like(gone)
            only[int(np.argmin(lengths))] = True
            gone = only
        became = lines.without(gone)[became]


def _all_shrunk(lines: Lines, gone: NDArray[np.bool_]) -> bool:
    """Whether no two vanishing edges are neighbours with a kept edge's fate between them."""
    return not bool((gone & np.roll(gone, 1)).any())


def largest(loops: Sequence[Outline], upper: float, sign: float = 1.0) -> float:
    """The largest inset (of a sign) that the outlines bear, to 1 %, at most `upper`."""
    low, high = 0.0, upper
    for _ in range(12):
        middle = (low + high) / 2
        if shrink(loops, 0.0, [(sign * middle, 1.0)]) is None:
            high = middle
        else:
            low = middle
    return low


FLANK = 10  # points on a flank: the chord error stays below 0.001 modules


def spur(module: float, teeth: int, pressure_angle: float) -> Outline:
    """A gear centred on the origin, a tooth on +x; roots are arcs of the root circle. `pressure_angle` in radians.

    The tooth is half the pitch wide on the pitch circle (no backlash). Below the base circle the flank goes on
    radially; undercut is not modelled.

    Raises:
        DataError: the teeth would end in points below their tip circle.
    """
    pitch, tip, root = module * teeth / 2, module * (teeth / 2 + 1), module * (teeth / 2 - 1.25)
    base = pitch * cos(pressure_angle)

    def involute(radius: float) -> float:
        angle = acos(base / radius) if radius > base else 0.0
        return tan(angle) - angle

    half = pi / (2 * teeth) + involute(pitch)  # half the tooth's angle where the involute starts
    if half - involute(tip) <= 0:
        raise DataError(f"a gear of {teeth} teeth at {np.degrees(pressure_angle):g}° has pointed tips; use more teeth")
    start = max(base, root)
    radii = [sqrt(start**2 + (tip**2 - start**2) * (i / FLANK) ** 1.5) for i in range(FLANK + 1)]
    flank = [(radius, half - involute(radius)) for radius in radii]
    if root < base:
        flank.insert(0, (root, half))
    pitch_angle = 2 * pi / teeth
    tip_angle = flank[-1][1]
    land = [(tip, a) for a in np.linspace(-tip_angle, tip_angle, 5)[1:-1]]
    gap = [(root, a) for a in np.linspace(flank[0][1], pitch_angle - flank[0][1], 5)[1:-1]]
    tooth = [(radius, -angle) for radius, angle in flank] + land + flank[::-1] + gap
    radius, angle = np.array(tooth).T
    turned = [angle + pitch_angle * i for i in range(teeth)]
    return np.concatenate([np.stack([radius * np.cos(a), radius * np.sin(a)], axis=1) for a in turned])


CURVE = 6  # straight pieces of a curve of a letter


@lru_cache(maxsize=1)
def _face() -> Any:
    from io import BytesIO

    try:
        import freetype
        from PIL import ImageFont
    except ImportError:
        raise DataError("letters need freetype-py and Pillow: pip install pyrender") from None
    data = getattr(ImageFont.load_default(32), "font_bytes", None)
    if not data:
        raise DataError("this build of Pillow has no outline font; install Pillow 10.1 or newer with FreeType")
    face = freetype.Face(BytesIO(data))
    face.set_char_size(64 * 1000)
    return face


def letters(text: str, height: float) -> CrossSection:
    """The letters of a text, capitals `height` mm high, centred on their box.

    Raises:
        DataError: a character that the font lacks, or nothing but spaces.
    """
    from manifold3d import CrossSection, FillRule

    face = _face()
    loops: list[Outline] = []
    across = 0.0
    for character in text:
        if not face.get_char_index(character):
            raise DataError(f"the font has no letter {character!r}; leave it out")
        face.load_char(character, _load_flags())
        loops += [outline + np.array((across, 0.0)) for outline in _outlines(face.glyph.outline)]
        across += face.glyph.advance.x
    if not loops:
        raise DataError(f"the text {text!r} has no letter to draw")
    face.load_char("H", _load_flags())
    scale = height / face.glyph.outline.get_bbox().yMax
    # PostScript outlines turn clockwise around ink, TrueType the other way: non-zero filling takes both.
    drawn = CrossSection([loop * scale for loop in loops], FillRule.NonZero)
    x0, y0, x1, y1 = drawn.bounds()
    return drawn.translate((-(x0 + x1) / 2, -(y0 + y1) / 2)).simplify(1e-4)


def _load_flags() -> int:
    import freetype

    return int(freetype.FT_LOAD_NO_HINTING | freetype.FT_LOAD_NO_BITMAP)


def _outlines(outline: Any) -> list[Outline]:
    """The closed curves of a glyph, flattened."""
    loops: list[list[np.ndarray]] = []
    along = np.linspace(0, 1, CURVE + 1)[1:, None]

    def point(vector: Any) -> np.ndarray:
        return np.array([vector.x, vector.y], dtype=np.float64)

    def move(to: Any, _: Any) -> None:
        loops.append([point(to)])

    def line(to: Any, _: Any) -> None:
        loops[-1].append(point(to))

    def conic(control: Any, to: Any, _: Any) -> None:
        a, b, c = loops[-1][-1], point(control), point(to)
        loops[-1].extend((1 - along) ** 2 * a + 2 * along * (1 - along) * b + along**2 * c)

    def cubic(first: Any, second: Any, to: Any, _: Any) -> None:
        a, b, c, d = loops[-1][-1], point(first), point(second), point(to)
        loops[-1].extend(
            (1 - along) ** 3 * a + 3 * along * (1 - along) ** 2 * b + 3 * along**2 * (1 - along) * c + along**3 * d
        )

    outline.decompose(None, move_to=move, line_to=line, conic_to=conic, cubic_to=cubic)
    return [np.array(loop) for loop in loops if len(loop) > 2]


@lru_cache(maxsize=1024)
def section(profile: flat.Profile) -> CrossSection:
    """The cross-section of a profile.

    Raises:
        DataError: an outline that has no area or crosses itself, or sizes that contradict each other.
    """
    found = _section(profile)
    if found.is_empty() or found.area() <= 1e-9:
        raise DataError(f"the {profile.kind.replace('_', ' ')} outline has no area; give other sizes")
    return found


def outlines(profile: flat.Profile) -> list[Outline]:
    """The closed outlines of a profile: the outside counter-clockwise, holes clockwise."""
    return [np.asarray(points, dtype=np.float64) for points in section(profile).to_polygons()]


def of_outlines(loops: list[Outline]) -> CrossSection:
    """A cross-section from loops that do not cross; holes clockwise."""
    from manifold3d import CrossSection, FillRule

    return CrossSection(loops, FillRule.Positive)


@singledispatch
def _section(profile: flat.Profile) -> CrossSection:
    raise TypeError(f"unknown profile {profile!r}")


@_section.register(flat.Circle)
def _(profile: flat.Circle) -> CrossSection:
    return of_outlines([circle(profile.diameter)])


@_section.register(flat.Ellipse)
def _(profile: flat.Ellipse) -> CrossSection:
    points = circle(1.0, segments(max(profile.width, profile.depth)))
    return of_outlines([points * (profile.width, profile.depth)])


@_section.register(flat.Rectangle)
def _(profile: flat.Rectangle) -> CrossSection:
    radius, cut = profile.corner_radius, profile.corner_chamfer
    if radius and cut:
        raise DataError("a rectangle's corners are rounded or cut, not both")
    shorter = min(profile.width, profile.depth)
    if 2 * max(radius, cut) > shorter + 1e-9:
        raise DataError(
            f"corners of {max(radius, cut):g} mm do not fit a rectangle of {profile.width:g} x {profile.depth:g} mm; "
            f"{shorter / 2:g} mm is the most"
        )
    x, y = profile.width / 2, profile.depth / 2
    size = max(radius, cut)
    if not size:
        return of_outlines([np.array([(-x, -y), (x, -y), (x, y), (-x, y)])])
    pieces = segments(2 * radius) // 4 if radius else 1
    corners = ((1, 1, 0), (-1, 1, 90), (-1, -1, 180), (1, -1, 270))
    loop = [arc(size, a, a + 90, pieces) + np.array((i * (x - size), j * (y - size))) for i, j, a in corners]
    return of_outlines([np.concatenate(loop)])


@_section.register(flat.RegularPolygon)
def _(profile: flat.RegularPolygon) -> CrossSection:
    return of_outlines([regular(profile.sides, profile.across_flats)])


def regular(sides: int, across_flats: float) -> Outline:
    """A regular polygon with twice the apothem `across_flats`, a flat towards -y."""
    angles = -pi / 2 + pi / sides + 2 * pi * np.arange(sides) / sides
    return np.stack([np.cos(angles), np.sin(angles)], axis=1) * (across_flats / 2 / cos(pi / sides))


@_section.register(flat.Slot)
def _(profile: flat.Slot) -> CrossSection:
    radius, half = profile.width / 2, profile.length / 2
    if not half:
        return of_outlines([circle(profile.width)])
    pieces = segments(profile.width) // 2
    right = arc(radius, -90, 90, pieces) + np.array((half, 0.0))
    return of_outlines([np.concatenate([right, -right])])


@_section.register(flat.Sector)
def _(profile: flat.Sector) -> CrossSection:
    outer, inner = profile.diameter / 2, profile.inner_diameter / 2
    if inner >= outer:
        raise DataError(f"the inner diameter {2 * inner:g} mm is not smaller than the outer one {2 * outer:g} mm")
    if abs(profile.sweep) < 1e-6:
        raise DataError("a sector needs an angle other than 0")
    if abs(profile.sweep) >= 360:
        ring = [circle(2 * outer)]
        return of_outlines([*ring, circle(2 * inner)[::-1]] if inner else ring)
    loop = arc(outer, profile.start, profile.start + profile.sweep)
    back = arc(inner, profile.start + profile.sweep, profile.start) if inner else np.zeros((1, 2))
    points = np.concatenate([loop, back])
    return of_outlines([points if area(points) > 0 else points[::-1]])


@_section.register(flat.Star)
def _(profile: flat.Star) -> CrossSection:
    if profile.inner_diameter >= profile.diameter:
        raise DataError(
            f"notches at {profile.inner_diameter:g} mm do not lie inside a star's tips, {profile.diameter:g} mm"
        )
    angles = pi / 2 + pi * np.arange(2 * profile.points) / profile.points
    reach = np.where(np.arange(2 * profile.points) % 2, profile.inner_diameter, profile.diameter) / 2
    return of_outlines([np.stack([np.cos(angles), np.sin(angles)], axis=1) * reach[:, None]])


@_section.register(flat.Polygon)
def _(profile: flat.Polygon) -> CrossSection:
    from manifold3d import OpType

    outer = _simple(np.array(profile.points, dtype=np.float64), "outline")
    holes = [_simple(np.array(hole, dtype=np.float64), "hole") for hole in profile.holes]
    return type(outer).batch_boolean([outer, *holes], OpType.Subtract) if holes else outer


def _simple(points: Outline, what: str) -> CrossSection:
    if len(points) > 1 and np.allclose(points[0], points[-1]):
        points = points[:-1]
    size = area(points)
    if abs(size) < 1e-9:
        raise DataError(f"the points of the {what} enclose no area")
    found = of_outlines([points if size > 0 else points[::-1]])
    if abs(found.area() - abs(size)) > 1e-6 * abs(size):
        raise DataError(f"the {what} of {len(points)} points crosses itself; give its points in order around it")
    return found


@_section.register(flat.Gear)
def _(profile: flat.Gear) -> CrossSection:

    return of_outlines([spur(profile.module, profile.teeth, radians(profile.pressure_angle))])


@_section.register(flat.Text)
def _(profile: flat.Text) -> CrossSection:

    return letters(profile.text, profile.height)


@_section.register(flat.Combined)
def _(profile: flat.Combined) -> CrossSection:
    from manifold3d import CrossSection, OpType

    def placed(piece: flat.Piece) -> CrossSection:
        return section(piece.profile).rotate(piece.rotate).translate((piece.x, piece.y))

    found = CrossSection.batch_boolean([placed(piece) for piece in profile.add], OpType.Add)
    if profile.cut:
        found = CrossSection.batch_boolean([found, *(placed(piece) for piece in profile.cut)], OpType.Subtract)
    return found.simplify(1e-5)


@_section.register(flat.Offsetted)
def _(profile: flat.Offsetted) -> CrossSection:
    return grown(section(profile.profile), profile.by, profile.round)


def grown(shape: CrossSection, by: float, round: bool) -> CrossSection:
    """A cross-section grown, or shrunk, by so many millimetres.

    Raises:
        DataError: nothing is left.
    """
    from manifold3d import JoinType

    found = shape.offset(by, JoinType.Round if round else JoinType.Miter, 10.0, segments(2 * abs(by))).simplify(1e-5)
    if found.is_empty():
        raise DataError(f"an outline shrunk by {-by:g} mm has nothing left")
    return found
