"""Rivets, pins, nails and wood screws."""

from __future__ import annotations

from typing import Annotated, ClassVar

from wugan.apps.voice_to_3d.families.base import said
from wugan.apps.voice_to_3d.families.shop.fastener import Head, Pitch, Threaded
from wugan.apps.voice_to_3d.families.shop.holes import drilled, standing, sunk
from wugan.apps.voice_to_3d.families.shop.screws import dome
from wugan.apps.voice_to_3d.families.shop.workpiece import Gap, Leads, Workpiece
from wugan.apps.voice_to_3d.scene.model import Length
from wugan.apps.voice_to_3d.scene.profile import Polygon
from wugan.apps.voice_to_3d.scene.solid import (
    Box,
    Chamfer,
    Common,
    Compound,
    Cylinder,
    Feature,
    Helix,
    Join,
    Revolve,
    Solid,
)

Outer = Annotated[Length, said("diameter", "od", "outside diameter", "outer")]
Bore = Annotated[Length, said("bore", "id", "inner diameter", "inside diameter", "hole", "inner")]
Thick = Annotated[Length, said("height", "tall", "thick")]


class Rivet(Workpiece):
    """A round head rivet, proportioned as DIN 660."""

    names = ("rivet", "round head rivet", "solid rivet")
    made_of = "aluminium"
    follows: ClassVar[Leads] = {
        "head_diameter": ("diameter",),
        "head_height": ("diameter", "head_diameter"),
        "length": ("diameter",),
    }

    diameter: Annotated[Length, said("shank diameter", "shaft diameter")] = 5.0
    length: Annotated[Length, said("shank length")] = 15.0
    head_diameter: Head = 8.75
    head_height: Length = 3.0

    def solid(self) -> Compound:
        self.below("diameter", self.head_diameter, "head_diameter")
        self.below("head_height", self.head_diameter / 2, "half the head_diameter", equal=True)
        head = Revolve(points=dome(self.head_diameter, self.head_height))
        place = standing(self.length)
        base = Cylinder(diameter=self.diameter, height=self.length)
        return Compound(base=base, features=(Join(id="head", name="head", shape=head, place=place),))


class DowelPin(Workpiece):
    """A parallel pin with chamfered ends, ISO 2338."""

    names = ("dowel pin", "dowel", "pin", "parallel pin", "cylindrical pin", "locating pin")
    follows: ClassVar[Leads] = {"length": ("diameter",), "chamfer": ("diameter",)}

    diameter: Length = 6.0
    length: Annotated[Length, said("height")] = 24.0
    chamfer: Annotated[Gap, said("bevel")] = 0.8

    def solid(self) -> Compound:
        self.below("chamfer", min(self.diameter, self.length) / 2, "half the diameter, half the length")
        ends = (Chamfer(id="ends", size=self.chamfer, edges=("top", "bottom")),) if self.chamfer else ()
        return Compound(base=Cylinder(diameter=self.diameter, height=self.length), features=ends)


class ClevisPin(Workpiece):
    """A pin with a flat head and a cross hole for a cotter, ISO 2341."""

    names = ("clevis pin", "hitch pin", "headed pin")
    follows: ClassVar[Leads] = {
        "head_diameter": ("diameter",),
        "head_height": ("diameter",),
        "hole_diameter": ("diameter",),
        "length": ("diameter",),
        "hole_offset": ("diameter",),
    }

    diameter: Annotated[Length, said("shank diameter")] = 10.0
    length: Annotated[Length, said("shank length")] = 50.0
    head_diameter: Head = 18.0
    head_height: Annotated[Length, said("head thickness")] = 4.0
    hole_diameter: Annotated[Length, said("cross hole", "cotter hole")] = 3.2
    hole_offset: Annotated[Length, said("from the end", "hole distance", "from the free end")] = 6.0
    chamfer: Annotated[Gap, said("end chamfer", "free end chamfer", "bevel")] = 0.0

    def solid(self) -> Compound:
        self.below("diameter", self.head_diameter, "head_diameter")
        self.below("hole_diameter", self.diameter, "diameter")
        self.above("hole_offset", self.hole_diameter / 2, "half the hole_diameter")
        self.below("hole_offset", self.length - self.hole_diameter / 2, "length")
        self.below("chamfer", min(self.diameter / 2, self.hole_offset), "half the diameter, and hole_offset")
        head = Cylinder(diameter=self.head_diameter, height=self.head_height)
        end = (Chamfer(id="end", size=self.chamfer, edges=("bottom",)),) if self.chamfer else ()
        place = standing(self.length)
        return Compound(
            base=Cylinder(diameter=self.diameter, height=self.length),
            features=(
                *end,
                drilled(self.hole_diameter, z=self.hole_offset, axis="x"),
                Join(id="head", name="head", shape=head, place=place),
            ),
        )


class Nail(Workpiece):
    """A wire nail with a flat head and a point."""

    names = ("nail", "wire nail")
    follows: ClassVar[Leads] = {
        "diameter": ("length",),
        "head_diameter": ("diameter", "length"),
        "head_thickness": ("diameter", "length"),
        "length": ("diameter",),
    }

    length: Length = 60.0
    diameter: Annotated[Length, said("shank diameter", "wire diameter")] = 2.8
    head_diameter: Head = 6.0
    head_thickness: Annotated[Length, said("head height")] = 1.2

    def solid(self) -> Solid:
        self.below("diameter", self.head_diameter, "head_diameter")
        tip = 1.5 * self.diameter
        shank = self.length - tip - self.head_thickness
        if shank <= 0:
            self.above("length", tip + self.head_thickness, "the point and head_thickness")
        r, head, neck = self.diameter / 2, self.head_diameter / 2, self.length - self.head_thickness
        return Revolve(points=((0.0, 0.0), (r, tip), (r, neck), (head, neck), (head, self.length), (0.0, self.length)))


class WoodScrew(Workpiece):
    """A countersunk wood screw: coarse thread, gimlet point, cross recess (DIN 7997 in proportion); length over all."""

    names = ("wood screw", "woodscrew", "chipboard screw", "self-tapping screw", "drywall screw")
    made_of = "brass"
    follows: ClassVar[Leads] = {
        "diameter": ("length",),
        "head_diameter": ("diameter", "length"),
        "pitch": ("diameter", "length"),
        "length": ("diameter",),
    }

    length: Length = 40.0
    diameter: Annotated[Length, said("thread diameter", "shank diameter")] = 4.0
    head_diameter: Head = 8.0
    pitch: Pitch = 2.0
    threaded: Threaded = True

    def solid(self) -> Compound:
        self.below("diameter", self.head_diameter, "head_diameter")
        head = (self.head_diameter - self.diameter) / 2
        tip, core = 1.5 * self.diameter, self.diameter * 0.7
        thread = (self.length - head) * 0.6
        self.above("length", head + 2 * tip, "head and point")
        r, c = self.diameter / 2, core / 2
        neck, top = self.length - head, self.head_diameter / 2
        outline = ((0.0, 0.0), (c, tip), (c, thread), (r, thread), (r, neck), (top, self.length), (0.0, self.length))
        features: list[Feature] = []
        if self.threaded:
            if thread / self.pitch > 100:
                self.above("pitch", thread / 100, "more than 100 turns cannot be modelled", equal=True)
            self.below("pitch", thread / 2, "the threaded length")
            ridge = _ridge((self.diameter - core) / 2, self.pitch)
            # The thread runs out into the point, and a little into the shank.
            start = 0.8 * tip  # below, the core is thinner than the ridge reaches inwards
            ends = ((0.0, start), (0.8 * r, start), (r, 1.2 * tip), (r, thread + 0.1 * r), (0.0, thread + 0.1 * r))
            limits = Revolve(points=ends)
            turns = (thread + 0.1 * r - start) / self.pitch + 4
            helix = Helix(profile=ridge, diameter=core, pitch=self.pitch, turns=turns)
            wound = Compound(
                base=helix,
                features=(Common(shape=limits, place=standing(1.5 * self.pitch)),),
            )
            features.append(Join(id="thread", name="thread", shape=wound, place=standing(start)))
        wide, blade = self.head_diameter * 0.55, self.head_diameter * 0.12
        deep = min(0.6 * head, 0.2 * self.head_diameter)
        for name, size in (("recess", (wide, blade, deep)), ("recess_across", (blade, wide, deep))):
            features.append(sunk(Box(size=size), self.length, id=name, name="recess"))
        return Compound(base=Revolve(points=outline), features=tuple(features))


def _ridge(deep: float, pitch: float) -> Polygon:
    return Polygon(
        points=((-deep / 2, -0.22 * pitch), (deep, -0.03 * pitch), (deep, 0.03 * pitch), (-deep / 2, 0.22 * pitch))
    )
