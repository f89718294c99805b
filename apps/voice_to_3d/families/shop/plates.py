"""Plates with holes and flanges: mounting plates, plates between two machines, pipe flanges (EN 1092-1, PN 16)."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import Gap, Sizes, Workpiece, led, said
from wugan.apps.voice_to_3d.families.shop.kit import (
    chord,
    circle,
    corners,
    countersink,
    drilled,
    keyed,
    keyway,
    slotted,
    standing,
)
from wugan.apps.voice_to_3d.families.solids import added, bar, extruded, prism, worked
from wugan.apps.voice_to_3d.scene.model import Length
from wugan.apps.voice_to_3d.scene.placement import Grid
from wugan.apps.voice_to_3d.scene.profile import Rectangle, Slot
from wugan.apps.voice_to_3d.scene.solid import Box, Compound, Feature, Revolve, Solid
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
    return extruded(Rectangle(width=width, depth=depth, corner_radius=radius), thickness)


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
    yields = led("hole_diameter", "margin", "bolt_circle", by=("width", "depth"))

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
        return worked(base, *features)

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
    yields = led("slot_length", by="depth") | led("slot_width", by="width")

    slots: Annotated[int, Field(ge=1, le=200), said("number of slots")] = 4
    slot_length: Annotated[Length, said("length of the slots")] = 40.0
    slot_width: Annotated[Length, said("width of the slots")] = 6.0

    def solid(self) -> Compound:
        step = self.width / (self.slots + 1)
        self.below("slot_length", self.depth, "depth")
        self.above("slot_length", self.slot_width, "slot_width", equal=True)
        self.below("slot_width", step, "the distance from slot to slot")
        pattern = Grid(counts=(self.slots, 1, 1), steps=(step, 0, 0))
        return worked(self.slab(), slotted(self.slot_length, self.slot_width, turn=90, pattern=pattern))


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
        return worked(self.slab(), drilled(self.hole_diameter, pattern=pattern))


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
    yields = led("hole_diameter", "margin", by=("width", "length"))

    def solid(self) -> Compound:
        if self.ends == "square":
            base: Solid = Box(size=(self.length, self.width, self.thickness))
        else:
            self.above("length", self.width, "width, as its ends are round", equal=True)
            base = extruded(Slot(length=self.length - self.width, width=self.width), self.thickness)
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
        return worked(base, *features)


class GussetPlate(Workpiece):
    """A flat triangle, its outer corners cut off, with holes along its two legs."""

    names = ("gusset plate", "gusset", "triangular gusset", "corner gusset")

    width: Annotated[Length, said("length", "leg length", "leg")] = 80.0
    depth: Annotated[Length, said("other leg")] = 80.0
    thickness: Thick = 5.0
    holes: Annotated[int, Field(ge=0, le=20), said("holes per leg")] = 2
    hole_diameter: Hole = 6.0
    follows = led("depth", by="width") | led("width", by="depth")
    yields = led("hole_diameter", by=("width", "depth"))

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
        base = prism(points, self.thickness)
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
        return worked(base, *features)


class AdapterPlate(Workpiece):
    """A round plate with two circles of holes and a bore, to join two machines."""

    names = ("adapter plate", "adaptor plate", "adapter ring", "interface plate")
    made_of = "aluminium"
    follows = led("bore", "inner_bolt_circle", "outer_bolt_circle", by="diameter") | led(
        "diameter", by="outer_bolt_circle"
    )
    yields = led("inner_hole_diameter", "outer_hole_diameter", by="diameter")

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
        return worked(
            bar(self.diameter, self.thickness),
            drilled(self.bore, id="bore", name="bore"),
            drilled(inner, id="inner_hole", pattern=circle(self.inner_holes, self.inner_bolt_circle)),
            drilled(outer, id="outer_hole", pattern=circle(self.outer_holes, self.outer_bolt_circle)),
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
        return worked(
            slab(self.width, self.depth, self.thickness, self.corner_radius),
            drilled(self.pilot_diameter, id="pilot", name="bore"),
            drilled(self.hole_diameter, pattern=corners(self.hole_spacing, self.hole_spacing)),
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
    follows = led("width", "depth", by="spacing")
    yields = led("bore", by=("spacing", "width", "depth"))

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
        return worked(slab(self.width, self.depth, self.thickness, self.corner_radius), *features)


PN16: dict[int, tuple[float, float, int, float, float, float, float]] = {
    15: (95, 65, 4, 14, 16, 21.3, 38),
    20: (105, 75, 4, 14, 18, 26.9, 40),
    25: (115, 85, 4, 14, 18, 33.7, 40),
    32: (140, 100, 4, 18, 18, 42.4, 42),
    40: (150, 110, 4, 18, 18, 48.3, 45),
    50: (165, 125, 4, 18, 18, 60.3, 45),
    65: (185, 145, 8, 18, 18, 76.1, 45),
    80: (200, 160, 8, 18, 20, 88.9, 50),
    100: (220, 180, 8, 18, 20, 114.3, 52),
    125: (250, 210, 8, 18, 22, 139.7, 55),
    150: (285, 240, 8, 22, 22, 168.3, 55),
    200: (340, 295, 12, 22, 24, 219.1, 62),
}
"""Outer diameter, bolt circle, bolts, hole, thickness, pipe's outer diameter, height of the neck; by DN (mm)."""

Outer = Annotated[Length, said("outer diameter", "od", "outside diameter", "flange diameter")]
FlangeThick = Annotated[Length, said("height", "thick", "flange thickness")]
Flanged = Annotated[Length, said("thick", "flange thickness")]
"""Thickness of a flange that has a height of its own."""
Bore = Annotated[
    Length, said("center hole", "centre hole", "central hole", "inner diameter", "id", "central bore", "middle hole")
]
BoltHole = Annotated[Length, said("bolt hole", "bolt hole diameter", "hole size", "holes diameter")]
Holes = Annotated[int, Field(ge=0, le=200), said("bolts", "bolt holes", "number of holes")]
BoltCircle = Annotated[Length, said("bolt circle diameter", "pitch circle diameter", "pitch circle", "pcd", "bcd")]


class AnyFlange(Workpiece):
    """What flanges have in common: a disc with holes on a bolt circle."""

    follows = (
        led("bolt_circle", by="diameter")
        | led("bore", by=("diameter", "bolt_circle"))
        | led("diameter", by="bolt_circle")
        | led("hub_diameter", by=("diameter", "bolt_circle"))
        | led("hub_height", by="diameter")
        | led("pipe_diameter", by=("diameter", "bolt_circle"))
    )
    yields = led("hole_diameter", by=("diameter", "bolt_circle")) | led("thickness", by="diameter")

    size: Annotated[str, Field(max_length=12), said("nominal size", "dn", "nominal diameter")] = ""
    diameter: Outer = 120.0
    thickness: FlangeThick = 12.0
    holes: Holes = 6
    hole_diameter: BoltHole = 9.0
    bolt_circle: BoltCircle = 95.0

    @classmethod
    def usual(cls, said: Mapping[str, Any]) -> dict[str, Any]:
        size = said.get("size")
        if not isinstance(size, str) or not size:
            own = {name: value for name, value in super().usual(said).items() if name in cls.model_fields}
            return own | cls.between({**own, **said})
        found = re.fullmatch(r"(?:dn)?\s*(\d+)", size.lower().strip())
        if not found or int(found[1]) not in PN16:
            raise DataError(f"flange: no nominal size {size!r}; sizes are DN {', '.join(map(str, PN16))}")
        outer, k, holes, hole, thick, pipe, neck = PN16[int(found[1])]
        row = {
            "diameter": outer,
            "bolt_circle": k,
            "holes": holes,
            "hole_diameter": hole,
            "thickness": thick,
            "bore": pipe + 1,
            "pipe_diameter": pipe,
            "hub_diameter": 1.25 * pipe,
            "hub_height": neck - thick,
            "height": neck,
            "wall": max(2.0, 0.04 * pipe),
        }
        return {name: value for name, value in row.items() if name in cls.model_fields}

    @classmethod
    def between(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """A bolt circle that nobody said: midway between what is in the middle and the rim."""
        fields = cls.model_fields
        inner = max(
            (_number(given, name) or (fields[name].default if name in fields else 0.0))
            for name in ("bore", "hub_diameter")
        )
        outer = _number(given, "diameter")
        inside = any(name in given for name in ("bore", "hub_diameter"))
        return (
            {"bolt_circle": (inner + outer) / 2}
            if "bolt_circle" not in given and outer and inside and outer > inner
            else {}
        )

    def bolts(self, inner: float, reason: str) -> tuple[Feature, ...]:
        """The holes on the bolt circle, clear of what lies in the middle (`inner` mm across)."""
        if not self.holes:
            return ()
        self.below("bolt_circle", self.diameter - self.hole_diameter, "diameter less hole_diameter")
        self.above("bolt_circle", inner + self.hole_diameter, f"{reason} and hole_diameter")
        self.below("hole_diameter", chord(self.holes, self.bolt_circle), "the distance from hole to hole")
        return (drilled(self.hole_diameter, pattern=circle(self.holes, self.bolt_circle)),)


def _number(given: Mapping[str, Any], name: str) -> float:
    value = given.get(name)
    return float(value) if isinstance(value, int | float) else 0.0


class Flange(AnyFlange):
    """A flange: a disc with a bore and a circle of bolt holes, with a hub where one is asked for."""

    names = (
        "flange",
        "flat flange",
        "round flange",
        "plate flange",
        "pipe flange",
        "slip-on flange",
        "slip on flange",
        "bored flange",
        "bolt flange",
    )

    bore: Bore = 50.0
    hub_diameter: Annotated[Gap, said("boss diameter", "hub", "raised hub diameter")] = 0.0
    hub_height: Annotated[Gap, said("boss height", "hub length")] = 0.0
    follows = (
        led("bolt_circle", by="diameter")
        | led("bore", by=("diameter", "bolt_circle", "hub_diameter"))
        | led("diameter", by="bolt_circle")
    )

    @classmethod
    def usual(cls, said: Mapping[str, Any]) -> dict[str, Any]:
        filled = super().usual(said)
        if not said.get("size"):
            filled.pop("hub_diameter", None), filled.pop("hub_height", None)
            hub, bore = _number(said, "hub_diameter"), _number(said, "bore")
            outer = _number(said, "diameter")
            if hub and not bore:
                filled["bore"] = 0.6 * hub
            if bore and not outer and "diameter" not in filled and bore >= 80:
                filled |= {"diameter": bore + 70, "bolt_circle": bore + 40}
        elif "hub_diameter" not in said and "hub_height" not in said:
            filled |= {"hub_diameter": 0.0, "hub_height": 0.0}  # a plate flange, type 01
        if said.get("hub_height") and not said.get("hub_diameter") and not filled.get("hub_diameter"):
            filled["hub_diameter"] = 1.35 * (_number(said, "bore") or filled.get("bore", 50.0))
        if said.get("hub_diameter") and not said.get("hub_height") and not filled.get("hub_height"):
            filled["hub_height"] = 20.0
        return filled

    def solid(self) -> Compound:
        self.below("bore", self.hub_diameter or self.diameter, "hub_diameter" if self.hub_diameter else "diameter")
        features: list[Feature] = []
        if self.hub_diameter and self.hub_height:
            self.below("hub_diameter", self.diameter, "diameter")
            hub = bar(self.hub_diameter, self.thickness + self.hub_height)
            features.append(added("hub", hub, standing(0)))
        bolts = self.bolts(max(self.bore, self.hub_diameter), "hub_diameter" if self.hub_diameter else "bore")
        base = bar(self.diameter, self.thickness)
        return worked(base, *features, drilled(self.bore, id="bore", name="bore"), *bolts)


class BlindFlange(AnyFlange):
    """A flange without bore, to close a pipe."""

    names = ("blind flange", "blank flange", "end cap flange")

    def solid(self) -> Compound:
        return worked(bar(self.diameter, self.thickness), *self.bolts(0.0, "nothing"))


class WeldNeckFlange(AnyFlange):
    """A flange with a tapered neck that a pipe is welded to, EN 1092-1 type 11."""

    names = ("weld neck flange", "welding neck flange", "neck flange", "weld-neck flange")

    yields: ClassVar[Sizes] = {**AnyFlange.yields, "thickness": ("diameter", "height")}

    thickness: Flanged = 12.0
    bore: Bore = 42.0
    pipe_diameter: Annotated[Length, said("neck diameter", "pipe size")] = 50.0
    hub_diameter: Annotated[Length, said("hub", "boss diameter")] = 64.0
    height: Annotated[Length, said("overall height", "total height", "neck height")] = 45.0

    @classmethod
    def usual(cls, said: Mapping[str, Any]) -> dict[str, Any]:
        filled = super().usual(said)
        if said.get("size"):
            pipe = filled["pipe_diameter"]
            filled["bore"] = pipe - 2 * max(2.0, 0.045 * pipe)
        elif "pipe_diameter" in said:
            pipe = _number(said, "pipe_diameter")
            filled = {"bore": 0.84 * pipe, "hub_diameter": 1.28 * pipe} | {
                k: v for k, v in filled.items() if k != "bore"
            }
        elif "bore" in said:
            bore = _number(said, "bore")
            filled |= {"pipe_diameter": bore * 50 / 42, "hub_diameter": bore * 64 / 42}
        return filled

    def solid(self) -> Compound:
        self.below("bore", self.pipe_diameter, "pipe_diameter")
        self.below("pipe_diameter", self.hub_diameter, "hub_diameter", equal=True)
        self.below("hub_diameter", self.diameter, "diameter")
        self.below("thickness", self.height, "height")
        rise = self.height - self.thickness
        top = self.height - 0.25 * rise
        outline = (
            (0.0, 0.0),
            (self.diameter / 2, 0.0),
            (self.diameter / 2, self.thickness),
            (self.hub_diameter / 2, self.thickness),
            (self.pipe_diameter / 2, top),
            (self.pipe_diameter / 2, self.height),
            (0.0, self.height),
        )
        bolts = self.bolts(self.hub_diameter, "hub_diameter")
        return worked(Revolve(points=outline), drilled(self.bore, id="bore", name="bore"), *bolts)


class ShaftHub(AnyFlange):
    """A hub with a flange, keyed to a shaft."""

    names = ("shaft hub", "flanged hub", "hub", "hub flange", "shaft flange", "flange hub")

    yields: ClassVar[Sizes] = {**AnyFlange.yields, "thickness": ("diameter", "height")}

    diameter: Outer = 60.0
    thickness: Flanged = 6.0
    holes: Holes = 4
    hole_diameter: BoltHole = 5.5
    bolt_circle: BoltCircle = 46.0
    bore: Annotated[Length, said("shaft diameter", "shaft", "center hole", "centre hole")] = 12.0
    hub_diameter: Annotated[Length, said("boss diameter")] = 30.0
    height: Annotated[Length, said("overall height", "hub height", "length")] = 24.0
    keyway: Annotated[bool, said("key", "keyed", "key slot")] = False

    def solid(self) -> Compound:
        self.below("bore", self.hub_diameter, "hub_diameter")
        self.below("hub_diameter", self.diameter, "diameter")
        self.below("thickness", self.height, "height")
        width, depth = keyway(self.bore) if self.keyway else (0.0, 0.0)
        if self.keyway:
            self.below("bore", self.hub_diameter - 2 * depth, "hub_diameter and the keyway")
        hub = added("hub", bar(self.hub_diameter, self.height), standing(0))
        base = bar(self.diameter, self.thickness)
        return worked(base, hub, keyed(self.bore, width, depth), *self.bolts(self.hub_diameter, "hub_diameter"))
