"""Parts of engines and their seals: piston, wrench socket, O-ring, gasket."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import said
from wugan.apps.voice_to_3d.families.shop.holes import chord, circle, drilled, standing, sunk
from wugan.apps.voice_to_3d.families.shop.workpiece import Gap, Leads, Workpiece
from wugan.apps.voice_to_3d.scene.model import Length
from wugan.apps.voice_to_3d.scene.profile import RegularPolygon
from wugan.apps.voice_to_3d.scene.solid import Box, Chamfer, Compound, Cut, Cylinder, Extrude, Feature, Solid, Torus

Outer = Annotated[Length, said("outer diameter", "od", "outside diameter")]


class Piston(Workpiece):
    """A piston: bored out from below, ring grooves under the crown, a hole for the wrist pin."""

    names = ("piston", "engine piston")
    made_of = "aluminium"
    follows: ClassVar[Leads] = {
        "height": ("diameter",),
        "wall_thickness": ("diameter",),
        "crown_thickness": ("diameter",),
        "pin_diameter": ("diameter",),
        "pin_height": ("height", "diameter"),
        "groove_width": ("diameter",),
        "groove_depth": ("diameter",),
        "groove_spacing": ("diameter",),
    }

    diameter: Outer = 50.0
    height: Annotated[Length, said("length", "tall")] = 55.0
    wall_thickness: Annotated[Length, said("wall", "skirt thickness", "thickness")] = 4.0
    crown_thickness: Annotated[Length, said("crown", "top thickness")] = 8.0
    grooves: Annotated[int, Field(ge=0, le=6), said("ring grooves", "rings")] = 2
    groove_width: Annotated[Length, said("ring groove width")] = 2.0
    groove_depth: Annotated[Length, said("ring groove depth")] = 2.0
    groove_spacing: Annotated[Length, said("groove pitch", "groove distance")] = 5.0
    pin_diameter: Annotated[Length, said("wrist pin hole", "pin hole", "wrist pin diameter", "gudgeon pin")] = 14.0
    pin_height: Annotated[Length, said("pin hole height", "height of the pin")] = 20.0

    def solid(self) -> Compound:
        d, h = self.diameter, self.height
        self.below("wall_thickness", d / 2, "half the diameter")
        self.below("crown_thickness", h, "height")
        self.below("groove_depth", self.wall_thickness, "wall_thickness")
        self.below("groove_width", self.groove_spacing, "groove_spacing")
        self.below("pin_diameter", d - 2 * self.wall_thickness, "the bore")
        self.above("pin_height", self.pin_diameter / 2, "half the pin_diameter")
        low = h - self.grooves * self.groove_spacing - self.groove_width
        self.below("pin_height", low - self.pin_diameter / 2, "what lies below the grooves")
        bore = Cylinder(diameter=d - 2 * self.wall_thickness, height=h - self.crown_thickness)
        features: list[Feature] = [Cut(id="bore", name="bore", shape=bore, place=standing(0))]
        ring = Cylinder(diameter=1.2 * d, height=self.groove_width, inner_diameter=d - 2 * self.groove_depth)
        features += [
            sunk(ring, h - (i + 1) * self.groove_spacing, id=f"groove_{i}", name="groove") for i in range(self.grooves)
        ]
        features.append(drilled(self.pin_diameter, 0, 0, self.pin_height, axis="x", id="pin_hole"))
        return Compound(base=Cylinder(diameter=d, height=h), features=tuple(features))


class WrenchSocket(Workpiece):
    """A socket for a wrench: a hexagon from above, a square drive from below, a hole between (ISO 1711)."""

    names = ("wrench socket", "socket", "hex socket", "socket wrench", "nut driver socket", "ratchet socket")
    made_of = "chrome steel"
    follows: ClassVar[Leads] = {
        "diameter": ("size",),
        "length": ("size",),
        "hex_depth": ("size", "length"),
        "drive_depth": ("drive", "length"),
        "hole_diameter": ("size", "drive"),
        "size": ("diameter",),
    }
    yields: ClassVar[Leads] = {"drive": ("diameter", "size")}

    size: Annotated[Length, said("across flats", "wrench size", "hexagon", "hex recess", "width across flats")] = 14.0
    diameter: Outer = 22.0
    length: Annotated[Length, said("height", "long", "tall")] = 35.0
    hex_depth: Annotated[Length, said("hexagon depth", "depth of the hexagon")] = 15.0
    drive: Annotated[Length, said("square", "square drive", "drive size", "square side")] = 12.7
    drive_depth: Annotated[Length, said("square depth", "depth of the square")] = 14.0
    hole_diameter: Annotated[Length, said("through hole", "connecting hole")] = 8.0
    chamfer: Annotated[Gap, said("bevel", "edge chamfer")] = 0.0

    def solid(self) -> Compound:
        self.below("size", self.diameter * 0.866, "diameter, the hexagon's corners counted")
        self.below("drive", self.diameter * 0.707, "diameter, the square's corners counted")
        self.below("hole_diameter", min(self.size, self.drive), "size and drive", equal=True)
        self.below("hex_depth", self.length - self.drive_depth, "length less drive_depth", equal=True)
        self.below("chamfer", min(self.diameter, self.length) / 4, "a quarter of diameter and length")
        hexagon = Extrude(profile=RegularPolygon(sides=6, across_flats=self.size), height=self.hex_depth)
        square = Box(size=(self.drive, self.drive, self.drive_depth))
        edges = (Chamfer(id="edges", size=self.chamfer, edges=("top", "bottom")),) if self.chamfer else ()
        return Compound(
            base=Cylinder(diameter=self.diameter, height=self.length),
            features=(
                *edges,
                sunk(hexagon, self.length, id="hexagon", name="socket"),
                Cut(id="drive", name="square", shape=square, place=standing(0)),
                drilled(self.hole_diameter),
            ),
        )


class ORing(Workpiece):
    """An O-ring, ISO 3601: inner diameter and cord."""

    names = ("o-ring", "o ring", "oring", "seal ring", "rubber ring")
    made_of = "rubber"
    follows: ClassVar[Leads] = {"cord_diameter": ("inner_diameter",)}

    inner_diameter: Annotated[Length, said("diameter", "id", "inside diameter", "bore")] = 20.0
    cord_diameter: Annotated[Length, said("section", "cross section", "cord", "thickness", "cord thickness")] = 2.65

    def solid(self) -> Solid:
        return Torus(diameter=self.inner_diameter + self.cord_diameter, tube=self.cord_diameter)


class Gasket(Workpiece):
    """A flat ring gasket, with bolt holes where asked."""

    names = ("gasket", "flange gasket", "ring gasket", "flat gasket", "flat seal")
    made_of = "rubber"
    follows: ClassVar[Leads] = {
        "inner_diameter": ("outer_diameter",),
        "bolt_circle": ("outer_diameter", "inner_diameter"),
        "outer_diameter": ("inner_diameter",),
    }
    yields: ClassVar[Leads] = {"hole_diameter": ("outer_diameter",)}

    outer_diameter: Annotated[Length, said("diameter", "od", "outside diameter")] = 100.0
    inner_diameter: Annotated[Length, said("bore", "id", "inside diameter", "opening", "hole")] = 50.0
    thickness: Annotated[Length, said("height", "thick")] = 2.0
    holes: Annotated[int, Field(ge=0, le=100), said("bolt holes", "number of holes")] = 0
    hole_diameter: Annotated[Length, said("bolt hole diameter", "hole size")] = 9.0
    bolt_circle: Annotated[Length, said("pcd", "pitch circle diameter", "bolt circle diameter")] = 75.0

    def solid(self) -> Compound:
        self.below("inner_diameter", self.outer_diameter, "outer_diameter")
        features: list[Feature] = []
        if self.holes:
            self.below("bolt_circle", self.outer_diameter - self.hole_diameter, "outer_diameter less hole_diameter")
            self.above("bolt_circle", self.inner_diameter + self.hole_diameter, "inner_diameter and hole_diameter")
            self.below("hole_diameter", chord(self.holes, self.bolt_circle), "the distance from hole to hole")
            features.append(drilled(self.hole_diameter, pattern=circle(self.holes, self.bolt_circle)))
        ring = Cylinder(diameter=self.outer_diameter, height=self.thickness, inner_diameter=self.inner_diameter)
        return Compound(base=ring, features=tuple(features))
