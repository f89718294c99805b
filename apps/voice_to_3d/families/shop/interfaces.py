"""Plates between two machines: adapter plate, motor mount, VESA plate."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import said
from wugan.apps.voice_to_3d.families.shop.holes import chord, circle, corners, drilled
from wugan.apps.voice_to_3d.families.shop.plates import slab
from wugan.apps.voice_to_3d.families.shop.workpiece import Gap, Leads, Workpiece
from wugan.apps.voice_to_3d.scene.model import Length
from wugan.apps.voice_to_3d.scene.solid import Compound, Cylinder, Feature
from wugan.errors import DataError

Width = Annotated[Length, said("length", "long")]
Thick = Annotated[Length, said("height", "thick")]
Hole = Annotated[Length, said("holes diameter", "diameter of the holes", "hole size", "screw hole diameter")]
Corner = Annotated[Gap, said("rounded corners", "corner rounding", "radius of the corners", "radius")]
Circled = Annotated[Length, said("pitch circle diameter", "pcd", "bolt circle", "bolt circle diameter", "pitch circle")]


class AdapterPlate(Workpiece):
    """A round plate with two circles of holes and a bore, to join two machines."""

    names = ("adapter plate", "adaptor plate", "adapter ring", "interface plate")
    made_of = "aluminium"
    follows: ClassVar[Leads] = {
        "bore": ("diameter",),
        "inner_bolt_circle": ("diameter",),
        "outer_bolt_circle": ("diameter",),
        "diameter": ("outer_bolt_circle",),
    }
    yields: ClassVar[Leads] = {"inner_hole_diameter": ("diameter",), "outer_hole_diameter": ("diameter",)}

    diameter: Annotated[Length, said("outer diameter", "od")] = 120.0
    thickness: Thick = 10.0
    bore: Annotated[Length, said("center hole", "centre hole")] = 30.0
    inner_bolt_circle: Annotated[Length, said("inner circle", "inner pcd")] = 55.0
    inner_hole_diameter: Annotated[Length, said("inner hole size")] = 6.6
    inner_holes: Annotated[int, Field(ge=1, le=200)] = 4
    outer_bolt_circle: Annotated[Length, said("outer circle", "outer pcd")] = 100.0
    outer_hole_diameter: Annotated[Length, said("outer hole size")] = 9.0
    outer_holes: Annotated[int, Field(ge=1, le=200)] = 6

    def solid(self) -> Compound:
        inner, outer = self.inner_hole_diameter, self.outer_hole_diameter
        self.above("inner_bolt_circle", self.bore + inner, "bore and inner_hole_diameter")
        self.above("outer_bolt_circle", self.inner_bolt_circle + inner + outer, "the inner circle of holes")
        self.below("outer_bolt_circle", self.diameter - outer, "diameter less outer_hole_diameter")
        self.below(
            "inner_hole_diameter", chord(self.inner_holes, self.inner_bolt_circle), "the distance from hole to hole"
        )
        self.below(
            "outer_hole_diameter", chord(self.outer_holes, self.outer_bolt_circle), "the distance from hole to hole"
        )
        return Compound(
            base=Cylinder(diameter=self.diameter, height=self.thickness),
            features=(
                drilled(self.bore, id="bore", name="bore"),
                drilled(inner, id="inner_hole", pattern=circle(self.inner_holes, self.inner_bolt_circle)),
                drilled(outer, id="outer_hole", pattern=circle(self.outer_holes, self.outer_bolt_circle)),
            ),
        )


NEMA: dict[int, tuple[float, float, float, float]] = {
    8: (20.3, 15.4, 15, 2.4),
    11: (28.2, 23, 22, 2.9),
    14: (35.2, 26, 22, 3.4),
    17: (42.3, 31, 22, 3.4),
    23: (57.2, 47.14, 38.1, 5.2),
    34: (86.4, 69.6, 73.0, 6.6),
    42: (110.5, 88.9, 55.5, 8.5),
}
"""Face, hole spacing, pilot and clearance hole (mm) of stepper motors by frame size, NEMA ICS 16."""


class MotorMount(Workpiece):
    """A plate for a stepper motor of a NEMA frame size: pilot bore and four holes (NEMA ICS 16)."""

    names = (
        "motor mount",
        "motor mounting plate",
        "stepper mount",
        "nema mount",
        "motor plate",
        "stepper motor mount",
        "nema plate",
        "motor flange",
    )
    made_of = "aluminium"

    frame: Annotated[str, Field(max_length=12), said("nema", "frame size", "nema size", "nema frame")] = "17"
    width: Width = 42.3
    depth: Length = 42.3
    thickness: Thick = 5.0
    pilot_diameter: Annotated[Length, said("bore", "pilot", "center hole", "centre hole", "boss")] = 22.0
    hole_spacing: Annotated[Length, said("spacing", "hole distance")] = 31.0
    hole_diameter: Hole = 3.4
    corner_radius: Corner = 0.0

    @classmethod
    def usual(cls, said: Mapping[str, Any]) -> dict[str, Any]:
        text = str(said.get("frame", "17")).lower().removeprefix("nema").strip()
        if not text.isdecimal() or (frame := int(text)) not in NEMA:
            raise DataError(f"motor mount: there is no NEMA frame {text}; sizes are {', '.join(map(str, NEMA))}")
        face, spacing, pilot, hole = NEMA[frame]
        return {"width": face, "depth": face, "hole_spacing": spacing, "pilot_diameter": pilot, "hole_diameter": hole}

    def solid(self) -> Compound:
        short = min(self.width, self.depth)
        self.below("corner_radius", short / 2, "half the shorter side", equal=True)
        self.below("hole_spacing", short - self.hole_diameter, "the shorter side less hole_diameter")
        self.below("pilot_diameter", math.sqrt(2) * self.hole_spacing - self.hole_diameter, "the holes about it")
        self.below("pilot_diameter", short, "the shorter side")
        self.below("hole_diameter", self.hole_spacing, "hole_spacing")
        return Compound(
            base=slab(self.width, self.depth, self.thickness, self.corner_radius),
            features=(
                drilled(self.pilot_diameter, id="pilot", name="bore"),
                drilled(self.hole_diameter, pattern=corners(self.hole_spacing, self.hole_spacing)),
            ),
        )


class VesaPlate(Workpiece):
    """A plate for a monitor's VESA mount: four holes on a square, 75 or 100 mm (VESA FDMI)."""

    names = ("vesa plate", "vesa mount", "monitor plate", "vesa mounting plate", "vesa adapter")

    spacing: Annotated[Length, said("vesa", "hole spacing", "vesa size")] = 100.0
    width: Width = 120.0
    depth: Length = 120.0
    thickness: Thick = 3.0
    hole_diameter: Hole = 4.5
    bore: Annotated[Gap, said("center hole", "centre hole", "cable hole")] = 30.0
    corner_radius: Corner = 6.0
    follows: ClassVar[Leads] = {"width": ("spacing",), "depth": ("spacing",)}
    yields: ClassVar[Leads] = {"bore": ("spacing", "width", "depth")}

    def solid(self) -> Compound:
        short = min(self.width, self.depth)
        self.below("corner_radius", short / 2, "half the shorter side", equal=True)
        self.below("spacing", short - self.hole_diameter, "the shorter side less hole_diameter")
        self.below("bore", math.sqrt(2) * self.spacing - self.hole_diameter, "the holes about it")
        self.below("bore", short, "the shorter side")
        self.below("hole_diameter", self.spacing, "spacing")
        features: list[Feature] = [drilled(self.hole_diameter, pattern=corners(self.spacing, self.spacing))]
        if self.bore:
            features.append(drilled(self.bore, id="bore", name="bore"))
        return Compound(base=slab(self.width, self.depth, self.thickness, self.corner_radius), features=tuple(features))
