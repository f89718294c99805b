"""Flat outlines (mm), centred on their box unless they are given by points; `Extrude`, `Sweep` and `Loft` use them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from wugan.apps.voice_to_3d.scene.model import Angle, Count, Length, Model, Offset, Point


class Circle(Model):
    """A disc."""

    kind: Literal["circle"] = "circle"
    diameter: Length


class Ellipse(Model):
    """An ellipse, its axes along x and y."""

    kind: Literal["ellipse"] = "ellipse"
    width: Length
    depth: Length


class Rectangle(Model):
    """A rectangle; each corner sharp, rounded (`corner_radius`) or cut at 45° (`corner_chamfer`)."""

    kind: Literal["rectangle"] = "rectangle"
    width: Length
    depth: Length
    corner_radius: Annotated[float, Field(ge=0)] = 0.0
    corner_chamfer: Annotated[float, Field(ge=0)] = 0.0


class RegularPolygon(Model):
    """A regular polygon whose opposite flats lie `across_flats` apart (twice the apothem); a flat faces -y."""

    kind: Literal["regular_polygon"] = "regular_polygon"
    sides: Annotated[int, Field(ge=3, le=360)]
    across_flats: Length


class Slot(Model):
    """Two half circles and what lies between: `length` from centre to centre along x, `width` their diameter."""

    kind: Literal["slot"] = "slot"
    length: Annotated[float, Field(ge=0)]
    width: Length


class Sector(Model):
    """A piece of a disc or ring from angle `start` over `sweep`."""

    kind: Literal["sector"] = "sector"
    diameter: Length
    inner_diameter: Annotated[float, Field(ge=0)] = 0.0
    start: Angle = 0.0
    sweep: Angle = 90.0


class Star(Model):
    """A star: `points` tips on `diameter`, notches on `inner_diameter`."""

    kind: Literal["star"] = "star"
    points: Annotated[int, Field(ge=3, le=360)]
    diameter: Length
    inner_diameter: Length


class Polygon(Model):
    """An outline by its points, in order, with holes; not centred: points are coordinates."""

    kind: Literal["polygon"] = "polygon"
    points: tuple[Point, ...] = Field(min_length=3)
    holes: tuple[tuple[Point, ...], ...] = ()


class Gear(Model):
    """A spur gear's outline: involute teeth (ISO 53 rack: addendum 1 m, dedendum 1.25 m)."""

    kind: Literal["gear"] = "gear"
    module: Length
    teeth: Annotated[int, Field(ge=6, le=400)]
    pressure_angle: Annotated[float, Field(ge=10, le=35)] = 20.0


class Text(Model):
    """Letters, `height` mm high (cap height), centred."""

    kind: Literal["text"] = "text"
    text: Annotated[str, Field(min_length=1, max_length=80)]
    height: Length


class Piece(Model):
    """An outline moved and turned, for `Combined`."""

    profile: Profile
    x: Offset = 0.0
    y: Offset = 0.0
    rotate: Angle = 0.0


class Combined(Model):
    """Outlines joined, then others cut away."""

    kind: Literal["combined"] = "combined"
    add: tuple[Piece, ...] = Field(min_length=1)
    cut: tuple[Piece, ...] = ()


class Offsetted(Model):
    """An outline grown (or shrunk, negative) by `by` mm; corners rounded or sharp."""

    kind: Literal["offset"] = "offset"
    profile: Profile
    by: Offset
    round: bool = True


Profile = Annotated[
    Circle | Ellipse | Rectangle | RegularPolygon | Slot | Sector | Star | Polygon | Gear | Text | Combined | Offsetted,
    Field(discriminator="kind"),
]
for model in (Piece, Combined, Offsetted):
    model.model_rebuild()

__all__ = [
    "Circle", "Combined", "Count", "Ellipse", "Gear", "Offsetted", "Piece", "Polygon", "Profile", "Rectangle",
    "RegularPolygon", "Sector", "Slot", "Star", "Text",
]  # fmt: skip
