"""What the parts of the shop are put together from: outlines by points (mm, degrees) and holes as features."""

from __future__ import annotations

import math
from collections.abc import Sequence

from wugan.apps.voice_to_3d.families.solids import bar, extruded
from wugan.apps.voice_to_3d.scene.model import Point
from wugan.apps.voice_to_3d.scene.placement import Axis, Coordinate, Grid, Pattern, Placement, Polar
from wugan.apps.voice_to_3d.scene.profile import Circle, Combined, Piece, Rectangle, RegularPolygon, Slot
from wugan.apps.voice_to_3d.scene.solid import Cone, Cut, Solid
from wugan.errors import DataError


def arc(x: float, y: float, radius: float, start: float, end: float, steps: int = 0) -> list[Point]:
    """Points on an arc about (x, y), both ends included; about 4° apart unless `steps` says how many pieces."""
    steps = steps or max(2, math.ceil(abs(end - start) / 4))
    angles = (math.radians(start + (end - start) * i / steps) for i in range(steps + 1))
    return [(x + radius * math.cos(a), y + radius * math.sin(a)) for a in angles]


def rounded(corners: Sequence[tuple[float, float, float]]) -> tuple[Point, ...]:
    """The closed outline through (x, y, radius) corners, each rounded with its radius (0: sharp).

    Raises:
        DataError: a radius too large for the sides that meet at its corner.
    """
    points: list[Point] = []
    count = len(corners)
    reach = []
    for i, (x, y, radius) in enumerate(corners):
        before, after = corners[i - 1], corners[(i + 1) % count]
        a = math.atan2(before[1] - y, before[0] - x)
        b = math.atan2(after[1] - y, after[0] - x)
        opening = abs(math.remainder(b - a, 2 * math.pi))
        reach.append((radius / math.tan(opening / 2) if radius > 0 else 0.0, a, b, opening))
    for i, (x, y, radius) in enumerate(corners):
        cut, a, b, opening = reach[i]
        for j, other in ((i - 1, corners[i - 1]), ((i + 1) % count, corners[(i + 1) % count])):
            if radius > 0 and cut + reach[j][0] > math.dist((x, y), other[:2]) + 1e-6:
                raise DataError(
                    f"a corner's radius of {radius:g} mm does not fit between sides "
                    f"{math.dist((x, y), other[:2]):g} mm long; make it smaller"
                )
        if radius <= 0:
            points.append((x, y))
            continue
        middle = a + math.remainder(b - a, 2 * math.pi) / 2
        far = radius / math.sin(opening / 2)
        cx, cy = x + far * math.cos(middle), y + far * math.sin(middle)
        start = math.atan2(y + cut * math.sin(a) - cy, x + cut * math.cos(a) - cx)
        end = math.atan2(y + cut * math.sin(b) - cy, x + cut * math.cos(b) - cx)
        turn = math.remainder(end - start, 2 * math.pi)
        points += arc(cx, cy, radius, math.degrees(start), math.degrees(start + turn))
    return clean(points)


def clean(points: Sequence[Point]) -> tuple[Point, ...]:
    """Without points that repeat the one before (the last before the first)."""
    kept: list[Point] = []
    for point in points:
        if not kept or math.dist(point, kept[-1]) > 1e-6:
            kept.append(point)
    while len(kept) > 1 and math.dist(kept[0], kept[-1]) <= 1e-6:
        kept.pop()
    return tuple(kept)


_TURN: dict[Axis, tuple[float, float, float]] = {"x": (0, 90, 0), "y": (90, 0, 0), "z": (0, 0, 0)}


def spot(
    x: float = 0,
    y: float = 0,
    z: float = 0,
    rotate: tuple[float, float, float] = (0, 0, 0),
    own: tuple[str, str, str] = ("centre", "centre", "centre"),
) -> Placement:
    """The place of a feature in the solid's frame: the middle of its box there, or the sides that `own` names."""
    return Placement(
        x=Coordinate(to="origin", offset=x, own=own[0]),
        y=Coordinate(to="origin", offset=y, own=own[1]),
        z=Coordinate(to="origin", offset=z, own=own[2]),
        rotate=rotate,
    )


def standing(z: float, x: float = 0, y: float = 0) -> Placement:
    """Centred over (x, y), its lowest side at the level z: exact, so that pieces that meet share a face."""
    return spot(x, y, z, own=("centre", "centre", "min"))


def hanging(z: float, x: float = 0, y: float = 0) -> Placement:
    """Centred over (x, y), its highest side at the level z."""
    return spot(x, y, z, own=("centre", "centre", "max"))


def drilled(
    diameter: float,
    x: float = 0,
    y: float = 0,
    z: float = 0,
    *,
    axis: Axis = "z",
    id: str = "hole",
    name: str = "hole",
    pattern: Pattern | None = None,
) -> Cut:
    """A round hole right through along `axis`, its axis through (x, y, z)."""
    shape = bar(diameter, 1)
    return Cut(id=id, name=name, shape=shape, through=axis, place=spot(x, y, z, rotate=_TURN[axis]), pattern=pattern)


def sunk(
    shape: Solid, top: float, x: float = 0, y: float = 0, *, id: str, name: str = "hole", pattern: Pattern | None = None
) -> Cut:
    """A shape sunk from the level `top` downwards."""
    return Cut(id=id, name=name, shape=shape, place=hanging(top, x, y), pattern=pattern)


def countersink(
    diameter: float, hole: float, top: float, x: float = 0, y: float = 0, *, pattern: Pattern | None = None
) -> Cut:
    """A 90° countersink of `diameter` at the level `top` for a hole."""
    cone = Cone(bottom_diameter=hole, top_diameter=diameter, height=(diameter - hole) / 2)
    return sunk(cone, top, x, y, id="countersink", name="countersink", pattern=pattern)


def hexagon(across_flats: float, depth: float, top: float, id: str = "socket") -> Cut:
    """A hexagon socket sunk from the level `top`."""
    shape = extruded(RegularPolygon(sides=6, across_flats=across_flats), depth)
    return sunk(shape, top, id=id, name="socket")


def slotted(
    length: float,
    width: float,
    x: float = 0,
    y: float = 0,
    *,
    id: str = "slot",
    turn: float = 0,
    pattern: Pattern | None = None,
) -> Cut:
    """A slot with round ends right through along z: `length` over all, along x unless turned."""
    shape = extruded(Slot(length=length - width, width=width), 1)
    return Cut(id=id, name="slot", shape=shape, through="z", place=spot(x, y, rotate=(0, 0, turn)), pattern=pattern)


def keyed(bore: float, width: float, depth: float, id: str = "bore") -> Cut:
    """A bore with a keyway `width` wide, its floor `depth` beyond the bore's wall towards +y; width 0: no keyway."""
    if not width:
        return drilled(bore, id=id, name="bore")
    key = Piece(profile=Rectangle(width=width, depth=bore / 2 + depth), y=(bore / 2 + depth) / 2)
    profile = Combined(add=(Piece(profile=Circle(diameter=bore)), key))
    place = spot(own=("origin", "origin", "centre"))  # the outline's box is not centred on the axis
    return Cut(id=id, name="bore", shape=extruded(profile, 1), through="z", place=place)


def keyway(bore: float) -> tuple[float, float]:
    """Width and depth in the hub (t2) of the keyway of a bore, DIN 6885-1; by proportion beyond its table."""
    for limit, width, depth in _KEYS:
        if bore <= limit:
            return width, depth
    return bore / 4, bore / 16


_KEYS = (
    (8, 2, 1), (10, 3, 1.4), (12, 4, 1.8), (17, 5, 2.3), (22, 6, 2.8), (30, 8, 3.3), (38, 10, 3.3), (44, 12, 3.3),
    (50, 14, 3.8), (58, 16, 4.3), (65, 18, 4.4), (75, 20, 4.9), (85, 22, 5.4), (95, 25, 5.4), (110, 28, 6.4),
)  # fmt: skip


def corners(width: float, depth: float) -> Grid:
    """Four copies, `width` and `depth` apart."""
    return Grid(counts=(2, 2, 1), steps=(width, depth, 0))


def circle(count: int, diameter: float, start: float = 0) -> Polar:
    """Copies on a circle."""
    return Polar(count=count, diameter=diameter, start=start)


def chord(count: int, diameter: float) -> float:
    """The distance (mm) between neighbours of `count` points on a circle; infinite for one."""
    return diameter * math.sin(math.pi / count) if count > 1 else math.inf
