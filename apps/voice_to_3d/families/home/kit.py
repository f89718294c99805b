"""What the families of the home are put together from: places, blocks, profiles stood upright, and refusals."""

from __future__ import annotations

from math import cos, pi, sin
from typing import Literal

from wugan.apps.voice_to_3d.families.base import Family, Part
from wugan.apps.voice_to_3d.scene.placement import Coordinate, Placement, at
from wugan.apps.voice_to_3d.scene.profile import Circle, Ellipse, Polygon, Profile, Rectangle, RegularPolygon
from wugan.apps.voice_to_3d.scene.solid import Box, Compound, Cut, Cylinder, Extrude, Join, Solid, Sweep
from wugan.errors import DataError

LEAST_WALL = 0.8  # mm: two lines of a 0.4 mm nozzle; a thinner wall does not print
SUNK = 0.05  # mm that a part reaches into the one it stands on: equal faces by two sums may lie 1e-13 apart
UPRIGHT = (90.0, 0.0, 0.0)  # a profile's x stays x, its y becomes z, its height runs to the front
SIDEWAYS = (90.0, 0.0, 90.0)  # a profile's x becomes y, its y becomes z, its height runs to the right
ALONG_X = (0.0, 90.0, 0.0)
ALONG_Y = (90.0, 0.0, 0.0)

TopShape = Literal["rectangular", "square", "round", "oval"]


def below(family: Family, small: str, limit: float, *of: str) -> None:
    """Refuse a field that is not less than `limit` mm, which follows from the fields `of`.

    Raises:
        DataError: names the fields, their values and what would do.
    """
    value = getattr(family, small)
    if value >= limit:
        given = ", ".join(f"{name} {getattr(family, name):g}" for name in of)
        raise DataError(
            f"{family.names[0]}: {small} ({value:g}) does not fit {given}; it must be less than {max(limit, 0):g}: "
            f"make {small} smaller or change {' or '.join(of)}"
        )


def require(family: Family, ok: bool, problem: str) -> None:
    """Refuse what cannot be made. Raises `DataError` with the family's name before the problem."""
    if not ok:
        raise DataError(f"{family.names[0]}: {problem}")


def own(x: float = 0, y: float = 0, z: float = 0, rotate: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> Placement:
    """The place where a solid's own origin comes to lie (mm), after it was turned."""
    return Placement(
        x=Coordinate(to="origin", offset=x, own="origin"),
        y=Coordinate(to="origin", offset=y, own="origin"),
        z=Coordinate(to="origin", offset=z, own="origin"),
        rotate=rotate,
    )


def sides(x: float, y: float) -> tuple[str, ...]:
    """Left or right, front or back, of a part at (x, y); nothing for a coordinate in the middle."""
    across = ("left",) if x < -1e-6 else ("right",) if x > 1e-6 else ()
    return across + (("front",) if y < -1e-6 else ("back",) if y > 1e-6 else ())


def level(index: int, count: int) -> tuple[str, ...]:
    """Bottom, middle or top, of the `index`-th of `count` from below."""
    if count < 2:
        return ()
    return ("bottom",) if index == 0 else ("top",) if index == count - 1 else ("middle",)


def block(
    role: str,
    size: tuple[float, float, float],
    x: float = 0,
    y: float = 0,
    z: float = 0,
    material: str = "oak",
    tags: tuple[str, ...] = (),
    rotate: tuple[float, float, float] = (0.0, 0.0, 0.0),
) -> Part:
    """A rectangular block centred over (x, y), its bottom at z (mm)."""
    return Part(role, Box(size=size), at(x, y, z, rotate=rotate), material, tags)


def bar(diameter: float, length: float) -> Cylinder:
    """A round bar standing on end."""
    return Cylinder(diameter=diameter, height=length)


def rounded(width: float, depth: float, height: float, radius: float) -> Extrude:
    """A block with rounded vertical corners; the radius is kept below half of the shorter side."""
    radius = max(0.0, min(radius, 0.499 * min(width, depth)))
    return Extrude(profile=Rectangle(width=width, depth=depth, corner_radius=radius), height=height)


def outline(shape: str, width: float, depth: float, radius: float = 0.0) -> Profile:
    """The outline of a top: rectangular or square (with a corner radius), round, oval, hexagonal or octagonal."""
    if shape == "round":
        return Circle(diameter=width)
    if shape == "oval":
        return Ellipse(width=width, depth=depth)
    if shape in ("hexagonal", "octagonal"):
        return RegularPolygon(sides=6 if shape == "hexagonal" else 8, across_flats=depth)
    return Rectangle(width=width, depth=depth, corner_radius=max(0.0, min(radius, 0.499 * min(width, depth))))


def on_circle(count: int, radius: float, start: float = 0.0) -> list[tuple[float, float]]:
    """`count` points evenly on a circle, the first at `start` degrees from +x; exact zeros where they are due."""
    angles = (start * pi / 180 + 2 * pi * k / count for k in range(count))
    return [(round(radius * cos(a), 9), round(radius * sin(a), 9)) for a in angles]


def bail(half: float, low: float, base: float, top: float, thick: float) -> Sweep:
    """A round handle bent over from (-half, base) to (half, base), its upper side at `top`; its ends go down to `low`.

    The arc has a level piece in its middle, so that `top` is met exactly.
    """
    rise = (top - thick / 2 - base) / sin(12 * pi / 25)
    arc = [(half * cos(pi * k / 25), 0.0, base + rise * sin(pi * k / 25)) for k in range(1, 25)]
    path = ((half, 0.0, low), (half, 0.0, base), *arc, (-half, 0.0, base), (-half, 0.0, low))
    return Sweep(profile=Circle(diameter=thick), path=path)


def polygon(*points: tuple[float, float]) -> Polygon:
    """An outline by its points."""
    return Polygon(points=points)


def cut(base: Solid, *holes: tuple[Solid, Placement]) -> Compound:
    """A solid with others taken away, each at a place of the solid's own frame."""
    return Compound(base=base, features=tuple(Cut(shape=shape, place=place) for shape, place in holes))


def join(base: Solid, *more: tuple[Solid, Placement]) -> Compound:
    """Solids made one, each at a place of the first one's own frame."""
    return Compound(base=base, features=tuple(Join(shape=shape, place=place) for shape, place in more))


def as_one(role: str, pieces: list[Part], tags: tuple[str, ...] = ()) -> Part:
    """Pieces that are placed by `at` or `own`, the first one unturned, as one part of the material of the first."""
    first, *rest = pieces
    start = [getattr(first.place, axis).offset for axis in ("x", "y", "z")]
    placed = []
    for piece in rest:
        moved = {
            axis: getattr(piece.place, axis).model_copy(update={"offset": getattr(piece.place, axis).offset - by})
            for axis, by in zip(("x", "y", "z"), start, strict=True)
        }
        placed.append((piece.shape, piece.place.model_copy(update=moved)))
    return Part(role, join(first.shape, *placed), own(*start), first.material, tags or first.sides)
