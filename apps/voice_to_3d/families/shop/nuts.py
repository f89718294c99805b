"""Nuts: hexagon, square, wing, cap, flange, T-slot, coupling; and the threaded insert."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import said
from wugan.apps.voice_to_3d.families.shop.fastener import Fastener, Flats, Pitch, Threaded, screw_thread
from wugan.apps.voice_to_3d.families.shop.holes import drilled, hanging, spot, standing, sunk
from wugan.apps.voice_to_3d.families.shop.outline import arc, clean
from wugan.apps.voice_to_3d.families.shop.standards import CAP, FLANGED, HEX, SQUARE, TNUT, WING
from wugan.apps.voice_to_3d.scene.model import Length
from wugan.apps.voice_to_3d.scene.placement import Polar
from wugan.apps.voice_to_3d.scene.profile import Polygon, RegularPolygon
from wugan.apps.voice_to_3d.scene.solid import (
    Box,
    Common,
    Compound,
    Cut,
    Cylinder,
    Extrude,
    Feature,
    Join,
    Revolve,
    Sphere,
)

Thread = Annotated[Length, said("thread diameter", "nominal diameter", "bore", "hole", "inner diameter", "id")]
Thick = Annotated[Length, said("height", "tall", "high")]


class Nut(Fastener):
    """What every nut has: a thread, modelled or left as a hole of the nominal diameter."""

    nominal_field: ClassVar[str] = "hole_diameter"

    hole_diameter: Thread = 6.0
    pitch: Pitch = 1.0
    threaded: Threaded = False

    def hole(self, height: float) -> Cut:
        """The hole right through, threaded where asked."""
        if not self.threaded:
            return drilled(self.hole_diameter)
        self.check_pitch(height)
        tool = screw_thread(self.hole_diameter, self.pitch, height + 2 * self.pitch, (False, False))
        return Cut(id="hole", name="threaded hole", shape=tool, place=spot(0, 0, height / 2))


class HexNut(Nut):
    """A hexagon nut, ISO 4032 style 1."""

    names: ClassVar[tuple[str, ...]] = ("hex nut", "nut", "hexagon nut", "hexagonal nut", "machine nut")
    table = HEX

    across_flats: Flats = 10.0
    thickness: Thick = 5.2
    chamfered: Annotated[bool, said("bevelled", "chamfered corners")] = False

    def solid(self) -> Compound:
        self.below("hole_diameter", self.across_flats, "across_flats")
        features: list[Feature] = []
        if self.chamfered:
            features.append(chamfered(self.across_flats, self.thickness))
        base = Extrude(profile=RegularPolygon(sides=6, across_flats=self.across_flats), height=self.thickness)
        return Compound(base=base, features=(*features, self.hole(self.thickness)))


def chamfered(across_flats: float, height: float, bottom: bool = True) -> Common:
    """What is left of a hexagon's corners when both faces are turned down at 30° to the width across flats."""
    corner = across_flats / math.sqrt(3) + 0.01
    drop = min((corner - across_flats / 2) * math.tan(math.radians(30)), height / 3)
    low = drop if bottom else 0.0
    flat = across_flats / 2
    start = [(flat, 0.0), (corner, low)] if bottom else [(corner, 0.0)]
    points = ((0.0, 0.0), *start, (corner, height - drop), (flat, height), (0.0, height))
    return Common(id="corners", name="chamfered corners", shape=Revolve(points=points), place=spot(0, 0, height / 2))


class CouplingNut(HexNut):
    """A long hexagon nut that joins two rods, three diameters long (DIN 6334)."""

    names = ("coupling nut", "long nut", "connector nut", "rod coupling nut")
    table: ClassVar[Any] = {"across_flats": HEX["across_flats"]}
    scaled: ClassVar[Mapping[str, float]] = {"thickness": 3.0}

    thickness: Annotated[Length, said("length", "height", "long")] = 18.0


class SquareNut(Nut):
    """A square nut, DIN 557."""

    names = ("square nut",)
    table = SQUARE

    width: Annotated[Length, said("across flats", "wrench size", "side", "flats")] = 10.0
    thickness: Thick = 5.0

    def solid(self) -> Compound:
        self.below("hole_diameter", self.width, "width")
        return Compound(base=Box(size=(self.width, self.width, self.thickness)), features=(self.hole(self.thickness),))


class CapNut(Nut):
    """A domed cap nut, DIN 1587: the hole is blind."""

    names = ("cap nut", "acorn nut", "dome nut", "domed nut", "domed cap nut")
    table = CAP

    across_flats: Flats = 10.0
    height: Length = 12.0
    dome_diameter: Length = 9.5

    def solid(self) -> Compound:
        self.below("hole_diameter", self.dome_diameter, "dome_diameter")
        self.below("dome_diameter", self.across_flats, "across_flats", equal=True)
        hexagon = self.height - self.dome_diameter / 2
        if hexagon <= 0:
            self.above("height", self.dome_diameter / 2, "half the dome_diameter")
        depth = hexagon + max(0.0, (self.dome_diameter - self.hole_diameter) / 4)
        dome = Join(id="dome", name="dome", shape=Sphere(diameter=self.dome_diameter), place=spot(0, 0, hexagon))
        if self.threaded:
            self.check_pitch(depth)
            tool = screw_thread(self.hole_diameter, self.pitch, depth + self.pitch, (False, False))
            hole = Cut(id="hole", name="threaded hole", shape=tool, place=hanging(depth))
        else:
            hole = sunk(Cylinder(diameter=self.hole_diameter, height=depth), depth, id="hole")
        base = Extrude(profile=RegularPolygon(sides=6, across_flats=self.across_flats), height=hexagon)
        # The ball's lower half would come out below a low hexagon.
        features: list[Feature] = [dome]
        if self.dome_diameter / 2 > hexagon:
            box = Box(size=(4 * self.across_flats, 4 * self.across_flats, self.height))
            features.append(Common(id="seat", name="seat", shape=box, place=standing(0)))
        return Compound(base=base, features=(*features, hole))


class FlangeNut(Nut):
    """A hexagon nut with a washer face, ISO 4161."""

    names = ("flange nut", "flanged nut", "hex flange nut", "collar nut")
    table = FLANGED

    across_flats: Flats = 10.0
    flange_diameter: Annotated[Length, said("washer diameter", "collar diameter", "outer diameter")] = 14.2
    flange_thickness: Annotated[Length, said("washer thickness")] = 1.1
    height: Annotated[Length, said("thickness")] = 6.0

    def solid(self) -> Compound:
        self.below("hole_diameter", self.across_flats, "across_flats")
        self.below("flange_thickness", self.height, "height")
        corners = 2 / math.sqrt(3) * self.across_flats
        self.above("flange_diameter", corners, "the hexagon of across_flats over its corners", equal=True)
        flange = Cylinder(diameter=self.flange_diameter, height=self.flange_thickness)
        hexagon = Extrude(profile=RegularPolygon(sides=6, across_flats=self.across_flats), height=self.height)
        join = Join(id="hexagon", name="hexagon", shape=hexagon, place=standing(0))
        return Compound(base=flange, features=(join, self.hole(self.height)))


class WingNut(Nut):
    """A wing nut, to be turned by hand, DIN 315."""

    names = ("wing nut", "wingnut", "butterfly nut", "thumb nut")
    table = WING

    width: Annotated[Length, said("wing span", "span")] = 33.0
    height: Annotated[Length, said("wing height")] = 17.0
    boss_diameter: Annotated[Length, said("hub diameter")] = 13.0
    thickness: Annotated[Length, said("boss height", "hub height")] = 6.0

    def solid(self) -> Compound:
        self.below("hole_diameter", self.boss_diameter, "boss_diameter")
        self.below("boss_diameter", self.width, "width")
        self.below("thickness", self.height, "height")
        near, far = self.boss_diameter * 0.32, self.width / 2
        low, tip = self.thickness * 0.25, min((far - near) * 0.45, self.height * 0.3)
        # A wing: from the boss up and out to a round tip.
        outline = [
            (near, low),
            (near, self.thickness),
            *arc(far - tip, self.height - tip, tip, 150, -60),
            (far * 0.6 + near * 0.4, low + (self.height - low) * 0.2),
        ]
        blade = Extrude(profile=Polygon(points=clean(outline)), height=self.boss_diameter * 0.3)
        x = (min(p[0] for p in outline) + max(p[0] for p in outline)) / 2
        z = (min(p[1] for p in outline) + max(p[1] for p in outline)) / 2
        pattern = Polar(count=2, diameter=2 * x)
        wings = Join(id="wing", name="wing", shape=blade, place=spot(0, 0, z, rotate=(90, 0, 0)), pattern=pattern)
        boss = Cylinder(diameter=self.boss_diameter, height=self.thickness)
        return Compound(base=boss, features=(wings, self.hole(2 * self.height)))


class TNut(Nut):
    """A nut for T-slots, DIN 508: a wide base and a neck that fits the slot."""

    names = ("t-nut", "t nut", "t slot nut", "tee nut", "t-slot nut")
    table = TNUT

    slot_width: Annotated[Length, said("neck width", "slot")] = 8.0
    width: Annotated[Length, said("base width")] = 13.0
    length: Length = 13.0
    height: Length = 10.0
    base_height: Annotated[Length, said("base thickness")] = 6.0

    @classmethod
    def usual(cls, said: Mapping[str, Any]) -> dict[str, Any]:
        filled = super().usual(said)
        return filled | {"length": said.get("width", filled["width"])}

    def solid(self) -> Compound:
        self.below("hole_diameter", self.slot_width, "slot_width")
        self.below("hole_diameter", self.length, "length")
        self.below("slot_width", self.width, "width")
        self.below("base_height", self.height, "height")
        neck = Box(size=(self.slot_width, self.length, self.height))
        join = Join(id="neck", name="neck", shape=neck, place=standing(0))
        base = Box(size=(self.width, self.length, self.base_height))
        return Compound(base=base, features=(join, self.hole(self.height)))


class ThreadedInsert(Nut):
    """A brass insert to be pressed or melted into plastic: knurled rings about a thread."""

    names = ("threaded insert", "heat-set insert", "heat set insert", "brass insert", "screw insert", "nutsert")
    made_of = "brass"
    scaled: ClassVar[Mapping[str, float]] = {"outer_diameter": 1.45, "length": 1.5}

    outer_diameter: Annotated[Length, said("diameter", "od", "outside diameter")] = 8.7
    length: Annotated[Length, said("height", "thickness")] = 9.0
    teeth: Annotated[int, Field(ge=6, le=120), said("knurls", "ridges")] = 24

    def solid(self) -> Compound:
        groove = self.outer_diameter - 0.16 * self.hole_diameter
        self.below("hole_diameter", self.outer_diameter / 1.2, "outer_diameter less the wall")
        radius, inner = self.outer_diameter / 2, groove / 2
        step = 2 * math.pi / self.teeth
        points = []
        for i in range(self.teeth):
            for share, r in ((0, radius), (0.35, radius), (0.5, inner), (0.85, inner)):
                a = (i + share - 0.175) * step
                # The first tooth's flat middle lies on +x, so that a count that four divides has the box of the circle.
                points.append((r * math.cos(a), r * math.sin(a)))
        knurl = Extrude(profile=Polygon(points=tuple(points)), height=self.length * 0.36)
        features: list[Feature] = [
            Join(id="knurl", name="knurl", shape=knurl, place=spot(0, 0, self.length * z)) for z in (0.24, 0.76)
        ]
        features[1] = features[1].model_copy(update={"id": "upper_knurl"})
        rim = Cylinder(diameter=self.outer_diameter, height=self.length * 0.06)
        features.append(Join(id="rim", name="rim", shape=rim, place=spot(0, 0, self.length * 0.97)))
        base = Cylinder(diameter=groove, height=self.length)
        return Compound(base=base, features=(*features, self.hole(self.length)))
