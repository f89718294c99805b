"""Holes as features: drilled, counterbored, countersunk, keyed; each with an id by which edits find it (mm)."""

from __future__ import annotations

import math

from wugan.apps.voice_to_3d.scene.placement import Axis, Coordinate, Grid, Pattern, Placement, Polar
from wugan.apps.voice_to_3d.scene.profile import Circle, Combined, Piece, Rectangle, RegularPolygon, Slot
from wugan.apps.voice_to_3d.scene.solid import Cone, Cut, Cylinder, Extrude, Solid

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
    shape = Cylinder(diameter=diameter, height=1)
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
    shape = Extrude(profile=RegularPolygon(sides=6, across_flats=across_flats), height=depth)
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
    shape = Extrude(profile=Slot(length=length - width, width=width), height=1)
    return Cut(id=id, name="slot", shape=shape, through="z", place=spot(x, y, rotate=(0, 0, turn)), pattern=pattern)


def keyed(bore: float, width: float, depth: float, id: str = "bore") -> Cut:
    """A bore with a keyway `width` wide, its floor `depth` beyond the bore's wall towards +y; width 0: no keyway."""
    if not width:
        return drilled(bore, id=id, name="bore")
    key = Piece(profile=Rectangle(width=width, depth=bore / 2 + depth), y=(bore / 2 + depth) / 2)
    profile = Combined(add=(Piece(profile=Circle(diameter=bore)), key))
    place = spot(own=("origin", "origin", "centre"))  # the outline's box is not centred on the axis
    return Cut(id=id, name="bore", shape=Extrude(profile=profile, height=1), through="z", place=place)


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
