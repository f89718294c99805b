"""Plain bodies that may be named in a scene: cube, cylinder, ball… read like families, kept as solids."""

from __future__ import annotations

from abc import abstractmethod
from math import cos, pi
from typing import Annotated, ClassVar

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import Family, Part, said
from wugan.apps.voice_to_3d.scene import profile as p
from wugan.apps.voice_to_3d.scene import solid as s
from wugan.apps.voice_to_3d.scene.model import Length
from wugan.apps.voice_to_3d.scene.placement import Coordinate, Placement
from wugan.errors import DataError


class Primitive(Family):
    """A plain body; `solid()` is its shape."""

    def parts(self) -> list[Part]:
        """One nameless part."""
        return [Part("", self.solid())]

    @abstractmethod
    def solid(self) -> s.Solid:
        """The shape."""

    def given(self, *names: str) -> bool:
        """Whether any of the parameters was said."""
        return bool(self.model_fields_set & set(names))


class Cube(Primitive):
    """A cube; a block where its sizes differ."""

    names: ClassVar = ("cube",)
    size: Annotated[Length, said("side", "edge", "side length", "edge length")] = 50.0
    width: Annotated[float | None, Field(gt=0), said("length")] = None
    depth: float | None = None
    height: float | None = None

    def solid(self) -> s.Solid:
        fall = self.size
        if not self.given("size"):
            fall = next((value for value in (self.width, self.depth, self.height) if value), self.size)
        return s.Box(size=(self.width or fall, self.depth or fall, self.height or fall))


class Block(Primitive):
    """A rectangular block."""

    names: ClassVar = ("block", "cuboid", "rectangular prism", "rectangular block", "rectangular solid")
    width: Annotated[Length, said("length")] = 60.0
    depth: Length = 40.0
    height: Annotated[Length, said("thickness")] = 30.0

    def solid(self) -> s.Solid:
        depth = self.depth if self.given("depth") or not self.given("width") else min(self.depth, self.width)
        return s.Box(size=(self.width, depth, self.height))


class Slab(Primitive):
    """A flat board or plate."""

    names: ClassVar = ("slab", "sheet", "panel", "flat plate", "plate", "tile", "board", "plank", "base", "base slab")
    width: Annotated[Length, said("length")] = 100.0
    depth: Length = 60.0
    thickness: Annotated[Length, said("height")] = 5.0
    shape: Annotated[str, Field(pattern="^(rectangular|square|round)$")] = "rectangular"

    def solid(self) -> s.Solid:
        depth = self.depth if self.given("depth") else min(self.depth, self.width)
        if self.shape == "round":
            return s.Cylinder(diameter=self.width, height=self.thickness)
        if self.shape == "square" and not self.given("depth"):
            depth = self.width
        return s.Box(size=(self.width, depth, self.thickness))


class Beam(Primitive):
    """A long square bar, lying along x."""

    names: ClassVar = ("beam", "square bar", "batten")
    length: Annotated[Length, said("width")] = 200.0
    depth: Length = 20.0
    thickness: Annotated[Length, said("height")] = 20.0

    def solid(self) -> s.Solid:
        return s.Box(size=(self.length, self.depth, self.thickness))


class Pillar(Primitive):
    """A round or square post that stands."""

    names: ClassVar = ("pillar", "post", "column", "pole")
    diameter: Annotated[Length, said("width", "thickness")] = 40.0
    height: Annotated[Length, said("length")] = 200.0

    def solid(self) -> s.Solid:
        return s.Cylinder(diameter=self.diameter, height=self.height)


class RoundBody(Primitive):
    """A cylinder."""

    names: ClassVar = ("cylinder", "round bar", "rod", "dowel")
    diameter: Annotated[Length, said("width", "thickness", "across")] = 40.0
    height: Annotated[Length, said("length", "depth")] = 60.0

    def solid(self) -> s.Solid:
        return s.Cylinder(diameter=self.diameter, height=self.height)


class Disc(Primitive):
    """A flat round plate."""

    names: ClassVar = ("disc", "disk", "puck", "round plate", "circular plate")
    diameter: Annotated[Length, said("width")] = 60.0
    thickness: Annotated[Length, said("height")] = 6.0

    def solid(self) -> s.Solid:
        return s.Cylinder(diameter=self.diameter, height=self.thickness)


class Tube(Primitive):
    """A cylinder with a bore."""

    names: ClassVar = ("tube", "hollow cylinder", "sleeve")
    diameter: Annotated[Length, said("outside diameter", "outer diameter", "width")] = 40.0
    inner_diameter: Annotated[float | None, Field(gt=0), said("inside diameter", "bore")] = None
    wall_thickness: Annotated[float | None, Field(gt=0), said("thickness", "wall")] = None
    height: Annotated[Length, said("length")] = 60.0

    def solid(self) -> s.Solid:
        wall = self.wall_thickness
        outside = self.diameter
        if not self.given("diameter") and self.inner_diameter:
            outside = self.inner_diameter + 2 * (wall or 0.1 * self.inner_diameter)
        inner = self.inner_diameter or outside - 2 * (wall or 0.1 * outside)
        if not 0 < inner < outside:
            raise DataError(f"a tube of {outside:g} mm outside and {inner:g} mm inside has no wall; make one differ")
        if self.inner_diameter and wall and abs(outside - inner - 2 * wall) > 0.01:
            raise DataError(
                f"a tube {outside:g} mm outside and {inner:g} mm inside has "
                f"{(outside - inner) / 2:g} mm walls, not {wall:g}"
            )
        return s.Cylinder(diameter=outside, inner_diameter=inner, height=self.height)


class Ball(Primitive):
    """A sphere."""

    names: ClassVar = ("sphere", "ball", "orb")
    diameter: Annotated[Length, said("width", "height", "size")] = 50.0

    def solid(self) -> s.Solid:
        return s.Sphere(diameter=self.diameter)


class Dome(Primitive):
    """Half a ball, flat side down."""

    names: ClassVar = ("hemisphere", "dome", "half sphere", "half ball")
    diameter: Annotated[Length, said("width")] = 60.0

    def solid(self) -> s.Solid:
        return s.Sphere(diameter=self.diameter, upper_half=True)


class Egg(Primitive):
    """A stretched ball."""

    names: ClassVar = ("ellipsoid", "egg", "spheroid")
    width: Annotated[Length, said("diameter")] = 45.0
    depth: float | None = None
    height: Annotated[Length, said("length")] = 60.0

    def solid(self) -> s.Solid:
        return s.Ellipsoid(size=(self.width, self.depth or self.width, self.height))


class Cone(Primitive):
    """A cone; a frustum with a top diameter."""

    names: ClassVar = ("cone", "frustum", "truncated cone", "cone frustum", "conical frustum", "frustum of a cone")
    diameter: Annotated[Length, said("base diameter", "bottom diameter", "width", "base width")] = 50.0
    top_diameter: Annotated[float, Field(ge=0), said("upper diameter")] = 0.0
    height: Annotated[Length, said("length")] = 70.0

    def solid(self) -> s.Solid:
        return s.Cone(bottom_diameter=self.diameter, top_diameter=self.top_diameter, height=self.height)


class Pyramid(Primitive):
    """A pyramid."""

    names: ClassVar = ("pyramid",)
    width: Annotated[Length, said("base", "base width", "side", "size", "length")] = 60.0
    depth: float | None = None
    height: Length = 60.0
    sides: int = Field(4, ge=3, le=60)

    def solid(self) -> s.Solid:
        if self.sides == 4:
            return s.Pyramid(profile=p.Rectangle(width=self.width, depth=self.depth or self.width), height=self.height)
        return s.Pyramid(profile=p.RegularPolygon(sides=self.sides, across_flats=self.width), height=self.height)


class Doughnut(Primitive):
    """A ring with a round section, lying flat; `diameter` over all."""

    names: ClassVar = ("torus", "donut", "doughnut", "ring")
    diameter: Annotated[Length, said("outside diameter", "outer diameter", "width")] = 60.0
    thickness: Annotated[Length, said("tube diameter", "height", "section diameter")] = 15.0

    def solid(self) -> s.Solid:
        tube = self.thickness if self.given("thickness") else min(self.thickness, self.diameter / 4)
        if tube * 2 >= self.diameter:
            raise DataError(f"a ring {self.diameter:g} mm wide cannot be {tube:g} mm thick; less than half would do")
        return s.Torus(diameter=self.diameter - tube, tube=tube)


class Prism(Primitive):
    """An upright bar with a regular outline."""

    names: ClassVar = ("prism", "polygonal prism", "triangular prism", "hexagonal prism", "octagonal prism",
                       "pentagonal prism", "hexagonal bar")  # fmt: skip
    width: Annotated[Length, said("diameter", "across flats", "size")] = 50.0
    height: Annotated[Length, said("length", "thickness")] = 60.0
    sides: int = Field(6, ge=3, le=360)
    shape: Annotated[str, Field(pattern="^(triangular|square|pentagonal|hexagonal|octagonal|regular)$")] = "regular"

    def solid(self) -> s.Solid:
        corners = {"triangular": 3, "square": 4, "pentagonal": 5, "hexagonal": 6, "octagonal": 8}
        sides = corners.get(self.shape, self.sides)
        flats = self.width if sides % 2 == 0 else self.width * cos(pi / sides)
        return s.Extrude(profile=p.RegularPolygon(sides=sides, across_flats=flats), height=self.height)


class Wedge(Primitive):
    """A ramp: its slope rises to the right."""

    names: ClassVar = ("wedge", "ramp")
    width: Annotated[Length, said("length")] = 60.0
    depth: Length = 40.0
    height: Length = 30.0

    def solid(self) -> s.Solid:
        side = p.Polygon(points=((0, 0), (self.width, 0), (self.width, self.height)))
        upright = Placement(z=Coordinate(to="origin", own="min"), rotate=(90.0, 0.0, 0.0))
        return s.Hull(of=(s.Placed(shape=s.Extrude(profile=side, height=self.depth), place=upright),))


class Pill(Primitive):
    """A cylinder with round ends."""

    names: ClassVar = ("capsule", "pill")
    diameter: Annotated[Length, said("width")] = 20.0
    height: Annotated[Length, said("length")] = 60.0

    def solid(self) -> s.Solid:
        if self.height < self.diameter:
            raise DataError(f"a capsule {self.diameter:g} mm wide is at least as high, not {self.height:g} mm")
        return s.Capsule(diameter=self.diameter, height=self.height)


PRIMITIVES: tuple[type[Primitive], ...] = (
    Cube, Block, Slab, Beam, Pillar, RoundBody, Disc, Tube, Ball, Dome, Egg, Cone, Pyramid, Doughnut, Prism, Wedge,
    Pill,
)  # fmt: skip
