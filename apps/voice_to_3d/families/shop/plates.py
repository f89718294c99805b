"""Plates with holes: mounting, slotted, perforated, strips, gusset plates."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import said
from wugan.apps.voice_to_3d.families.shop.holes import chord, circle, countersink, drilled, slotted
from wugan.apps.voice_to_3d.families.shop.workpiece import Gap, Leads, Workpiece
from wugan.apps.voice_to_3d.scene.model import Length
from wugan.apps.voice_to_3d.scene.placement import Grid
from wugan.apps.voice_to_3d.scene.profile import Polygon, Rectangle, Slot
from wugan.apps.voice_to_3d.scene.solid import Box, Compound, Extrude, Feature, Solid
from wugan.errors import DataError

Width = Annotated[Length, said("length", "long")]
Thick = Annotated[Length, said("height", "thick")]
Hole = Annotated[Length, said("holes diameter", "diameter of the holes", "hole size", "screw hole diameter")]
Corner = Annotated[Gap, said("rounded corners", "corner rounding", "radius of the corners", "radius")]
Edge = Annotated[Length, said("edge distance", "hole inset", "inset", "from the edges", "hole margin", "hole offset")]
Circled = Annotated[Length, said("pitch circle diameter", "pcd", "bolt circle", "bolt circle diameter", "pitch circle")]
Number = Annotated[int, Field(ge=0, le=400), said("number of holes", "hole count")]


def slab(width: float, depth: float, thickness: float, radius: float) -> Solid:
    """A plate, its corners rounded where the radius is not 0."""
    if not radius:
        return Box(size=(width, depth, thickness))
    return Extrude(profile=Rectangle(width=width, depth=depth, corner_radius=radius), height=thickness)


class Plate(Workpiece):
    """What the rectangular plates have in common."""

    made_of = "aluminium"

    width: Width = 100.0
    depth: Length = 60.0
    thickness: Thick = 5.0
    corner_radius: Corner = 0.0

    def slab(self) -> Solid:
        """The bare plate."""
        self.below("corner_radius", min(self.width, self.depth) / 2, "half the shorter side", equal=True)
        return slab(self.width, self.depth, self.thickness, self.corner_radius)


class MountingPlate(Plate):
    """A plate with holes near its corners, in a grid, on a circle or in a row; optionally a bore in the middle."""

    names = ("mounting plate", "mount plate", "base plate", "baseplate", "cover plate", "drilled plate", "hole plate")
    yields: ClassVar[Leads] = {
        "hole_diameter": ("width", "depth"),
        "margin": ("width", "depth"),
        "bolt_circle": ("width", "depth"),
    }

    pattern: Annotated[Literal["corners", "grid", "circle", "row"], said("hole pattern")] = "corners"
    hole_diameter: Hole = 5.5
    margin: Edge = 10.0
    holes: Number = 4
    rows: Annotated[int, Field(ge=1, le=100)] = 2
    columns: Annotated[int, Field(ge=1, le=100)] = 3
    bolt_circle: Circled = 45.0
    bore: Annotated[Gap, said("center hole", "centre hole", "central hole", "middle hole")] = 0.0
    countersink_diameter: Annotated[Gap, said("countersink", "countersunk")] = 0.0

    def solid(self) -> Compound:
        base = self.slab()
        features: list[Feature] = []
        if self.bore:
            self.below("bore", min(self.width, self.depth), "the shorter side")
            features.append(drilled(self.bore, id="bore", name="bore"))
        pattern = self._pattern()
        if pattern is not None:
            features.append(drilled(self.hole_diameter, pattern=pattern))
            if self.countersink_diameter:
                self.above("countersink_diameter", self.hole_diameter, "hole_diameter")
                self.below(
                    "countersink_diameter",
                    self.hole_diameter + 2 * self.thickness,
                    "hole_diameter and thickness",
                    equal=True,
                )
                features.append(
                    countersink(self.countersink_diameter, self.hole_diameter, self.thickness, pattern=pattern)
                )
        return Compound(base=base, features=tuple(features))

    def _pattern(self) -> Any:
        if not self.holes:
            return None
        hole, short = self.hole_diameter, min(self.width, self.depth)
        if self.pattern == "circle":
            self.below("bolt_circle", short - hole, "the shorter side less hole_diameter")
            self.below("hole_diameter", chord(self.holes, self.bolt_circle), "the distance from hole to hole")
            if self.bore:
                self.above("bolt_circle", self.bore + hole, "bore and hole_diameter")
            return circle(self.holes, self.bolt_circle, 45 if self.holes == 4 else 0)
        self.above("margin", hole / 2, "half the hole_diameter")
        columns, rows = {"corners": (2, 2), "grid": (self.columns, self.rows), "row": (self.holes, 1)}[self.pattern]
        across, along = self.width - 2 * self.margin, self.depth - 2 * self.margin
        steps = (across / (columns - 1) if columns > 1 else 0.0, along / (rows - 1) if rows > 1 else 0.0, 0.0)
        for count, step in ((columns, steps[0]), (rows, steps[1])):
            if count > 1:
                self.below("hole_diameter", step, "what the margin leaves from hole to hole")
        return Grid(counts=(columns, rows, 1), steps=steps)


class SlottedPlate(Plate):
    """A plate with slots across it, evenly spaced along its width."""

    names = ("slotted plate", "slot plate", "adjustment plate")
    yields: ClassVar[Leads] = {"slot_length": ("depth",), "slot_width": ("width",)}

    slots: Annotated[int, Field(ge=1, le=200), said("number of slots")] = 4
    slot_length: Annotated[Length, said("length of the slots")] = 40.0
    slot_width: Annotated[Length, said("width of the slots")] = 6.0

    def solid(self) -> Compound:
        step = self.width / (self.slots + 1)
        self.below("slot_length", self.depth, "depth")
        self.above("slot_length", self.slot_width, "slot_width", equal=True)
        self.below("slot_width", step, "the distance from slot to slot")
        pattern = Grid(counts=(self.slots, 1, 1), steps=(step, 0, 0))
        return Compound(
            base=self.slab(), features=(slotted(self.slot_length, self.slot_width, turn=90, pattern=pattern),)
        )


class PerforatedPlate(Plate):
    """A plate full of holes `spacing` apart, straight or staggered; as many as fit unless rows and columns are said."""

    names = ("perforated plate", "perforated sheet", "perforated panel", "pegboard", "hole sheet", "breadboard plate")

    thickness: Thick = 2.0
    hole_diameter: Hole = 5.0
    spacing: Annotated[Length, said("pitch", "hole spacing", "centre distance", "center to center", "apart")] = 10.0
    columns: Annotated[int, Field(ge=0, le=100)] = 0
    rows: Annotated[int, Field(ge=0, le=100)] = 0

    @classmethod
    def usual(cls, said: Mapping[str, Any]) -> dict[str, Any]:
        hole, spacing = said.get("hole_diameter"), said.get("spacing")
        filled = {}
        if isinstance(hole, int | float) and spacing is None:
            filled["spacing"] = 2.0 * hole
        elif isinstance(spacing, int | float) and hole is None:
            filled["hole_diameter"] = spacing / 2
        return filled | super().usual(said)

    def solid(self) -> Compound:
        self.below("hole_diameter", self.spacing, "spacing")
        counts = []
        for name, side in (("columns", self.width), ("rows", self.depth)):
            fits = math.floor((side - self.hole_diameter - 1e-6) / self.spacing) + 1 if side > self.hole_diameter else 0
            said_count = getattr(self, name)
            # One spacing's width of margin in all where nobody said how many.
            usual = max(1, min(fits, math.floor((side - self.hole_diameter * 0.5) / self.spacing)))
            if fits < 1 or said_count > fits:
                raise DataError(
                    f"perforated plate: {max(1, said_count)} {name} of hole_diameter {self.hole_diameter:g} at "
                    f"spacing {self.spacing:g} need more than {side:g} mm; {max(fits, 0)} fit"
                )
            counts.append(said_count or usual)
        if counts[0] * counts[1] > 4000:
            raise DataError(
                f"perforated plate: {counts[0]} × {counts[1]} holes are too many (at most 4000); make spacing larger"
            )
        pattern = Grid(counts=(counts[0], counts[1], 1), steps=(self.spacing, self.spacing, 0))
        return Compound(base=self.slab(), features=(drilled(self.hole_diameter, pattern=pattern),))


class Strip(Workpiece):
    """A flat strip with holes in a row, its ends square or round."""

    names = ("strip", "flat bar", "flat strip", "strap", "link", "perforated strip", "hole strip", "flat link")

    length: Annotated[Length, said("long", "overall length")] = 100.0
    width: Annotated[Length, said("wide")] = 20.0
    thickness: Thick = 4.0
    holes: Annotated[int, Field(ge=0, le=200), said("number of holes")] = 2
    hole_diameter: Hole = 6.0
    margin: Edge = 10.0
    ends: Annotated[Literal["square", "round", "rounded"], said("end")] = "square"
    countersink_diameter: Annotated[Gap, said("countersink", "countersunk")] = 0.0
    yields: ClassVar[Leads] = {"hole_diameter": ("width", "length"), "margin": ("width", "length")}

    def solid(self) -> Compound:
        if self.ends == "square":
            base: Solid = Box(size=(self.length, self.width, self.thickness))
        else:
            self.above("length", self.width, "width, as its ends are round", equal=True)
            base = Extrude(profile=Slot(length=self.length - self.width, width=self.width), height=self.thickness)
        if not self.holes:
            return Compound(base=base)
        self.below("hole_diameter", self.width, "width")
        self.above("margin", self.hole_diameter / 2, "half the hole_diameter")
        step = (self.length - 2 * self.margin) / (self.holes - 1) if self.holes > 1 else 0.0
        if self.holes > 1:
            self.below("hole_diameter", step, "what margin leaves from hole to hole")
        else:
            self.below("hole_diameter", self.length, "length")
        pattern = Grid(counts=(self.holes, 1, 1), steps=(step, 0, 0))
        features: list[Feature] = [drilled(self.hole_diameter, pattern=pattern)]
        if self.countersink_diameter:
            self.above("countersink_diameter", self.hole_diameter, "hole_diameter")
            self.below("countersink_diameter", self.width, "width")
            self.below(
                "countersink_diameter",
                self.hole_diameter + 2 * self.thickness,
                "hole_diameter and thickness",
                equal=True,
            )
            features.append(countersink(self.countersink_diameter, self.hole_diameter, self.thickness, pattern=pattern))
        return Compound(base=base, features=tuple(features))


class GussetPlate(Workpiece):
    """A flat triangle, its outer corners cut off, with holes along its two legs."""

    names = ("gusset plate", "gusset", "triangular gusset", "corner gusset")

    width: Annotated[Length, said("length", "leg length", "leg")] = 80.0
    depth: Annotated[Length, said("other leg")] = 80.0
    thickness: Thick = 5.0
    holes: Annotated[int, Field(ge=0, le=20), said("holes per leg")] = 2
    hole_diameter: Hole = 6.0
    follows: ClassVar[Leads] = {"depth": ("width",), "width": ("depth",)}
    yields: ClassVar[Leads] = {"hole_diameter": ("width", "depth")}

    def solid(self) -> Compound:
        w, d, hole = self.width, self.depth, self.hole_diameter
        nose = 0.15
        points = (
            (-w / 2, -d / 2),
            (w / 2, -d / 2),
            (w / 2, -d / 2 + nose * d),
            (-w / 2 + nose * w, d / 2),
            (-w / 2, d / 2),
        )
        base = Extrude(profile=Polygon(points=points), height=self.thickness)
        if not self.holes:
            return Compound(base=base)
        inset = max(0.1 * min(w, d), 0.8 * hole)
        run = 0.62
        self.below(
            "hole_diameter", min(run * min(w, d) / max(1, self.holes - 1), 0.2 * min(w, d)), "what fits along a leg"
        )
        features: list[Feature] = []
        for i in range(self.holes):
            share = i / (self.holes - 1) if self.holes > 1 else 0.5
            features.append(
                drilled(hole, -w / 2 + inset + (run * w + 0.12 * w - inset) * share, -d / 2 + inset, id=f"hole_x{i}")
            )
            if share or self.holes == 1:
                features.append(
                    drilled(
                        hole, -w / 2 + inset, -d / 2 + inset + (run * d + 0.12 * d - inset) * share, id=f"hole_y{i}"
                    )
                )
        return Compound(base=base, features=tuple(features))
