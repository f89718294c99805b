"""Shafts and what sits on them; parts of engines and their seals."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import Gap, Workpiece, led, said
from wugan.apps.voice_to_3d.families.shop.kit import chord, circle, clean, drilled, keyed, keyway, spot, standing, sunk
from wugan.apps.voice_to_3d.families.solids import added, bar, extruded, taken, worked
from wugan.apps.voice_to_3d.scene.model import Length
from wugan.apps.voice_to_3d.scene.profile import RegularPolygon, Slot
from wugan.apps.voice_to_3d.scene.solid import Box, Chamfer, Compound, Cylinder, Feature, Revolve, Solid, Sphere, Torus
from wugan.errors import DataError

Outer = Annotated[Length, said("diameter", "od", "outside diameter", "outer")]
Bore = Annotated[
    Length, said("inner diameter", "id", "inside diameter", "shaft diameter", "hole diameter", "hole", "inner")
]
Long = Annotated[Length, said("height", "long", "overall length")]
Bevel = Annotated[Gap, said("chamfers", "end chamfer", "bevel")]


class SteppedShaft(Workpiece):
    """A shaft of up to five cylindrical sections, one after another from below."""

    names = ("stepped shaft", "shaft with steps", "stepped pin", "spindle", "step shaft")

    diameter_1: Annotated[Length, said("first diameter", "diameter of the first section")] = 20.0
    length_1: Annotated[Length, said("first length", "length of the first section")] = 30.0
    diameter_2: Annotated[Length, said("second diameter", "diameter of the second section")] = 30.0
    length_2: Annotated[Length, said("second length", "length of the second section")] = 50.0
    diameter_3: Annotated[Gap, said("third diameter", "diameter of the third section")] = 15.0
    length_3: Annotated[Gap, said("third length", "length of the third section")] = 25.0
    diameter_4: Annotated[Gap, said("fourth diameter")] = 0.0
    length_4: Annotated[Gap, said("fourth length")] = 0.0
    diameter_5: Annotated[Gap, said("fifth diameter")] = 0.0
    length_5: Annotated[Gap, said("fifth length")] = 0.0
    chamfer: Bevel = 0.0
    bore: Annotated[Gap, said("through hole", "hollow", "center hole", "centre hole")] = 0.0

    @classmethod
    def usual(cls, said: Mapping[str, Any]) -> dict[str, Any]:
        # Two sections said are two sections meant.
        two = ("diameter_2" in said or "length_2" in said) and not any(
            f"{name}_3" in said for name in ("diameter", "length")
        )
        return {"diameter_3": 0.0, "length_3": 0.0} if two else {}

    def solid(self) -> Compound:
        sections = []
        for i in range(1, 6):
            diameter, length = getattr(self, f"diameter_{i}"), getattr(self, f"length_{i}")
            if bool(diameter) != bool(length):
                raise DataError(
                    f"stepped shaft: section {i} needs both diameter_{i} and length_{i}; give the one that is missing"
                )
            if diameter:
                sections.append((diameter, length))
        c = self.chamfer
        for diameter, length in (sections[0], sections[-1]):
            if c:
                self.below("chamfer", min(diameter / 2, length), "half the diameter and the length of an end")
        points: list[tuple[float, float]] = [(0.0, 0.0), (sections[0][0] / 2 - c, 0.0), (sections[0][0] / 2, c)]
        z = 0.0
        for i, (diameter, length) in enumerate(sections):
            if i:
                points.append((diameter / 2, z))
            z += length
            last = i == len(sections) - 1
            points.append((diameter / 2, z - (c if last else 0.0)))
        points += [(sections[-1][0] / 2 - c, z), (0.0, z)]
        features: tuple[Feature, ...] = ()
        if self.bore:
            self.below("bore", min(diameter for diameter, _ in sections), "the thinnest section's diameter")
            features = (drilled(self.bore, id="bore", name="bore"),)
        return worked(Revolve(points=clean(points)), *features)


class Shaft(Workpiece):
    """A round shaft with chamfered ends, a keyway and a cross hole where asked; its keyway as DIN 6885-1."""

    names = ("shaft", "round bar", "rod", "axle", "round rod", "round shaft", "bar", "round stock")
    follows = led("length", "key_width", "key_depth", by="diameter")

    diameter: Outer = 20.0
    length: Long = 100.0
    chamfer: Bevel = 0.0
    keyway: Annotated[bool, said("key", "keyed", "key slot")] = False
    key_width: Annotated[Length, said("keyway width", "key slot width")] = 6.0
    key_depth: Annotated[Length, said("keyway depth", "key slot depth")] = 3.5
    key_length: Annotated[Length, said("keyway length", "key slot length")] = 30.0
    key_end: Annotated[Literal["round", "open"], said("keyway end")] = "round"
    hole_diameter: Annotated[Gap, said("cross hole", "pin hole")] = 0.0
    flat: Annotated[Gap, said("d-cut", "d cut", "flat depth")] = 0.0

    @classmethod
    def usual(cls, said: Mapping[str, Any]) -> dict[str, Any]:
        filled = super().usual(said)
        keyed = any(name in said for name in ("key_width", "key_depth", "key_length"))
        diameter, length = said.get("diameter"), said.get("length", filled.get("length", 100.0))
        if isinstance(diameter, int | float) and diameter > 0:
            width, hub = keyway(diameter)
            filled |= {"key_width": width, "key_depth": width if diameter > 10 and width < 5 else hub * 1.25}
        if isinstance(length, int | float):
            filled["key_length"] = 0.3 * length
        return filled | ({"keyway": True} if keyed and "keyway" not in said else {})

    def solid(self) -> Compound:
        d, length = self.diameter, self.length
        features: list[Feature] = []
        if self.chamfer:
            self.below("chamfer", min(d, length) / 2, "half the diameter, half the length")
            features.append(Chamfer(id="ends", size=self.chamfer, edges=("top", "bottom")))
        if self.keyway:
            self.below("key_width", d, "diameter")
            self.below("key_depth", d / 2, "half the diameter")
            self.below("key_length", length, "length", equal=True)
            self.above("key_length", self.key_width, "key_width", equal=True)
            # Milled from the front into the upper end: the floor lies key_depth behind the shaft's front (-y).
            shape: Solid = Box(size=(self.key_width, d, self.key_length))
            floor = self.key_depth - d / 2
            place = spot(0, floor, length - self.key_length, own=("centre", "max", "min"))
            if self.key_end == "round" and self.key_length < length:
                slot = Slot(length=self.key_length - self.key_width, width=self.key_width)
                shape = extruded(slot, d)
                z = length - (length - self.key_length) / 4
                # The slot's length lies along x: turned upright, its depth along y.
                place = spot(0, floor, z, rotate=(90, 90, 0), own=("centre", "max", "max"))
            features.append(taken("keyway", shape, place))
        if self.flat:
            self.below("flat", d / 2, "half the diameter")
            place = spot(0, self.flat - d / 2, length / 2, own=("centre", "max", "centre"))
            features.append(taken("flat", Box(size=(2 * d, d, 2 * length)), place))
        if self.hole_diameter:
            self.below("hole_diameter", min(d, length / 2), "diameter and half the length")
            features.append(drilled(self.hole_diameter, 0, 0, min(d, length / 4), axis="x"))
        return worked(bar(d, length), *features)


class Coupling(Workpiece):
    """A rigid sleeve coupling: two bores end to end and set screw holes."""

    names = (
        "coupling",
        "shaft coupling",
        "rigid coupling",
        "sleeve coupling",
        "coupler",
        "shaft coupler",
        "motor coupling",
    )
    made_of = "aluminium"
    follows = (
        led("outer_diameter", by="bore")
        | led("length", by=("outer_diameter", "bore"))
        | led("second_bore", by=("bore", "outer_diameter"))
        | led("bore", by="outer_diameter")
        | led("screw_diameter", by=("outer_diameter", "bore"))
    )

    outer_diameter: Outer = 25.0
    length: Long = 40.0
    bore: Annotated[Length, said("first bore", "inner diameter", "shaft diameter", "id")] = 10.0
    second_bore: Annotated[Length, said("other bore", "second shaft diameter")] = 10.0
    screw_diameter: Annotated[
        Gap, said("set screw diameter", "set screw hole", "screw hole diameter", "set screws")
    ] = 4.0
    keyway: Annotated[bool, said("key", "keyed")] = False

    def solid(self) -> Compound:
        self.below("bore", self.outer_diameter, "outer_diameter")
        self.below("second_bore", self.outer_diameter, "outer_diameter")
        half = self.length / 2
        features: list[Feature] = []
        if self.bore == self.second_bore:
            key, deep = keyway(self.bore) if self.keyway else (0.0, 0.0)
            self.below("bore", self.outer_diameter - 2 * deep, "outer_diameter less the keyway", equal=not deep)
            features.append(keyed(self.bore, key, deep))
        else:
            for id, diameter, z, own in (
                ("bore", self.bore, 0.0, "min"),
                ("second_bore", self.second_bore, self.length, "max"),
            ):
                shape = bar(diameter, half)
                features.append(taken("bore", shape, spot(0, 0, z, own=("centre", "centre", own)), id=id))
        if self.screw_diameter:
            self.below("screw_diameter", min(half, self.outer_diameter), "half the length")
            # From one side only: the tool ends on the axis.
            screw = bar(self.screw_diameter, self.outer_diameter)
            for i, z in enumerate((half / 2, 1.5 * half)):
                place = spot(0, 0, z, rotate=(0, 90, 0), own=("min", "centre", "centre"))
                features.append(taken("hole", screw, place, id=f"screw_hole_{i}"))
        return worked(bar(self.outer_diameter, self.length), *features)


class Bushing(Workpiece):
    """A plain bearing bush, with a flange where asked (ISO 4379)."""

    names: ClassVar[tuple[str, ...]] = ("bushing", "bush", "sleeve", "sleeve bearing", "plain bearing", "bearing bush")
    made_of = "bronze"
    follows = (
        led("outer_diameter", by="bore")
        | led("bore", by="outer_diameter")
        | led("length", "flange_diameter", "flange_thickness", by=("outer_diameter", "bore"))
    )

    bore: Bore = 20.0
    outer_diameter: Outer = 26.0
    length: Long = 30.0
    flange: Annotated[bool, said("flanged", "collar")] = False
    flange_diameter: Annotated[Length, said("collar diameter")] = 32.0
    flange_thickness: Annotated[Length, said("collar thickness")] = 3.0
    chamfer: Annotated[Gap, said("bevel", "chamfer of the plain end")] = 0.0

    @classmethod
    def usual(cls, said: Mapping[str, Any]) -> dict[str, Any]:
        asked = any(name in said for name in ("flange_diameter", "flange_thickness")) and "flange" not in said
        return super().usual(said) | ({"flange": True} if asked else {})

    def solid(self) -> Compound:
        self.below("bore", self.outer_diameter, "outer_diameter")
        features: list[Feature] = []
        if self.flange:
            self.above("flange_diameter", self.outer_diameter, "outer_diameter")
            self.below("flange_thickness", self.length, "length")
            flange = bar(self.flange_diameter, self.flange_thickness)
            features.append(added("flange", flange, standing(0)))
        features.append(drilled(self.bore, id="bore", name="bore"))
        base: Solid = bar(self.outer_diameter, self.length)
        if self.chamfer:
            # Of the plain end's outer edge, above.
            self.below(
                "chamfer", min((self.outer_diameter - self.bore) / 2, self.length / 2), "the wall, half the length"
            )
            r, c = self.outer_diameter / 2, self.chamfer
            base = Revolve(
                points=((0.0, 0.0), (r, 0.0), (r, self.length - c), (r - c, self.length), (0.0, self.length))
            )
        return worked(base, *features)


class FlangedBushing(Bushing):
    """A plain bearing bush with a flange (ISO 4379)."""

    names = ("flanged bushing", "flange bushing", "flanged bush", "flange bush", "collar bushing", "flanged sleeve")

    flange: Annotated[bool, said("flanged", "collar")] = True


class Bearing(Workpiece):
    """A ball bearing: two rings with the balls between, pressed in, so that it is one piece; default 608 (ISO 15)."""

    names = ("bearing", "ball bearing", "roller bearing", "deep groove bearing", "608 bearing")
    made_of = "chrome steel"
    follows = (
        led("outer_diameter", by="bore")
        | led("bore", by="outer_diameter")
        | led("width", by=("bore", "outer_diameter"))
    )

    bore: Bore = 8.0
    outer_diameter: Outer = 22.0
    width: Annotated[Length, said("thickness", "height")] = 7.0
    balls: Annotated[int, Field(ge=0, le=60), said("number of balls", "rollers")] = 7

    def solid(self) -> Compound:
        self.below("bore", self.outer_diameter, "outer_diameter")
        wall = (self.outer_diameter - self.bore) / 2
        middle = (self.outer_diameter + self.bore) / 2
        gap = 0.44 * wall
        ball = 1.14 * gap  # reaches into both rings
        floor = 0.0 if self.balls else self.width * 0.8
        if self.balls:
            self.below("balls", math.pi * middle / ball, "what the raceway has room for")
            if chord(self.balls, middle) <= ball:
                self.below("balls", math.pi / math.asin(min(1.0, ball / middle)), "what the raceway has room for")
            self.above("width", ball, "the balls' diameter")
        race = Cylinder(diameter=middle + gap, height=self.width * 2, inner_diameter=middle - gap)
        z = self.width / 2 if self.balls else floor
        features: list[Feature] = [
            taken(
                "raceway", race, spot(0, 0, z, own=("centre", "centre", "centre" if self.balls else "min")), id="race"
            )
        ]
        if self.balls:
            sphere = Sphere(diameter=ball)
            features.append(added("ball", sphere, spot(0, 0, self.width / 2), pattern=circle(self.balls, middle)))
        base = Cylinder(diameter=self.outer_diameter, height=self.width, inner_diameter=self.bore)
        return worked(base, *features)


class ShaftCollar(Workpiece):
    """A shaft collar with a set screw hole, or split with a clamping slot (DIN 705)."""

    names = ("shaft collar", "collar", "set collar", "clamp collar", "stop collar", "locking collar", "lock collar")
    follows = (
        led("outer_diameter", by="bore")
        | led("bore", by="outer_diameter")
        | led("width", "screw_diameter", "slot_width", by=("bore", "outer_diameter"))
    )

    bore: Bore = 20.0
    outer_diameter: Outer = 36.0
    width: Annotated[Length, said("thickness", "height", "length")] = 14.0
    screw_diameter: Annotated[Gap, said("set screw diameter", "set screw hole", "screw hole")] = 5.0
    split: Annotated[bool, said("slit", "slotted", "clamping slot")] = False
    slot_width: Annotated[Length, said("slit width", "gap")] = 2.0
    screw_offset: Annotated[Gap, said("screw distance", "distance from the axis")] = 0.0

    def solid(self) -> Compound:
        self.below("bore", self.outer_diameter, "outer_diameter")
        features: list[Feature] = [drilled(self.bore, id="bore", name="bore")]
        if self.split:
            self.below("slot_width", self.bore, "bore")
            slit = Box(size=(self.slot_width, self.outer_diameter, self.width * 2))
            features.append(taken("slot", slit, spot(0, 0, self.width / 2, own=("centre", "min", "centre"))))
        if self.screw_diameter:
            self.below("screw_diameter", self.width, "width")
            screw = bar(self.screw_diameter, self.outer_diameter)
            if self.split:
                wall = self.screw_offset or (self.outer_diameter - self.bore) / 4 + self.bore / 2
                self.below("screw_offset", self.outer_diameter / 2, "half the outer_diameter")
                self.below("screw_diameter", (self.outer_diameter - self.bore) / 2, "the wall")
                place = spot(0, wall, self.width / 2, rotate=(0, 90, 0))
            else:
                place = spot(0, 0, self.width / 2, rotate=(0, 90, 0), own=("min", "centre", "centre"))
            features.append(taken("hole", screw, place, id="screw_hole"))
        return worked(bar(self.outer_diameter, self.width), *features)


SealOuter = Annotated[Length, said("outer diameter", "od", "outside diameter")]


class Piston(Workpiece):
    """A piston: bored out from below, ring grooves under the crown, a hole for the wrist pin."""

    names = ("piston", "engine piston")
    made_of = "aluminium"
    follows = (
        led("height", "wall_thickness", "crown_thickness", "pin_diameter", by="diameter")
        | led("pin_height", by=("height", "diameter"))
        | led("groove_width", "groove_depth", "groove_spacing", by="diameter")
    )

    diameter: SealOuter = 50.0
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
        bore = bar(d - 2 * self.wall_thickness, h - self.crown_thickness)
        features: list[Feature] = [taken("bore", bore, standing(0))]
        ring = Cylinder(diameter=1.2 * d, height=self.groove_width, inner_diameter=d - 2 * self.groove_depth)
        features += [
            sunk(ring, h - (i + 1) * self.groove_spacing, id=f"groove_{i}", name="groove") for i in range(self.grooves)
        ]
        features.append(drilled(self.pin_diameter, 0, 0, self.pin_height, axis="x", id="pin_hole"))
        return worked(bar(d, h), *features)


class WrenchSocket(Workpiece):
    """A socket for a wrench: a hexagon from above, a square drive from below, a hole between (ISO 1711)."""

    names = ("wrench socket", "socket", "hex socket", "socket wrench", "nut driver socket", "ratchet socket")
    made_of = "chrome steel"
    follows = (
        led("diameter", "length", by="size")
        | led("hex_depth", by=("size", "length"))
        | led("drive_depth", by=("drive", "length"))
        | led("hole_diameter", by=("size", "drive"))
        | led("size", by="diameter")
    )
    yields = led("drive", by=("diameter", "size"))

    size: Annotated[Length, said("across flats", "wrench size", "hexagon", "hex recess", "width across flats")] = 14.0
    diameter: SealOuter = 22.0
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
        hexagon = extruded(RegularPolygon(sides=6, across_flats=self.size), self.hex_depth)
        square = Box(size=(self.drive, self.drive, self.drive_depth))
        edges = (Chamfer(id="edges", size=self.chamfer, edges=("top", "bottom")),) if self.chamfer else ()
        return worked(
            bar(self.diameter, self.length),
            *edges,
            sunk(hexagon, self.length, id="hexagon", name="socket"),
            taken("square", square, standing(0), id="drive"),
            drilled(self.hole_diameter),
        )


class ORing(Workpiece):
    """An O-ring, ISO 3601: inner diameter and cord."""

    names = ("o-ring", "o ring", "oring", "seal ring", "rubber ring")
    made_of = "rubber"
    follows = led("cord_diameter", by="inner_diameter")

    inner_diameter: Annotated[Length, said("diameter", "id", "inside diameter", "bore")] = 20.0
    cord_diameter: Annotated[Length, said("section", "cross section", "cord", "thickness", "cord thickness")] = 2.65

    def solid(self) -> Solid:
        return Torus(diameter=self.inner_diameter + self.cord_diameter, tube=self.cord_diameter)


class Gasket(Workpiece):
    """A flat ring gasket, with bolt holes where asked."""

    names = ("gasket", "flange gasket", "ring gasket", "flat gasket", "flat seal")
    made_of = "rubber"
    follows = (
        led("inner_diameter", by="outer_diameter")
        | led("bolt_circle", by=("outer_diameter", "inner_diameter"))
        | led("outer_diameter", by="inner_diameter")
    )
    yields = led("hole_diameter", by="outer_diameter")

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
        return worked(ring, *features)
