"""Small hardware: washers, spacers, standoffs, eye bolts, U-bolts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import said
from wugan.apps.voice_to_3d.families.shop.fastener import Fastener, Flats, Pitch, Threaded, screw_thread
from wugan.apps.voice_to_3d.families.shop.holes import drilled, hanging, spot, standing, sunk
from wugan.apps.voice_to_3d.families.shop.standards import EYE, HEX, SPRING_WASHER, WASHER
from wugan.apps.voice_to_3d.families.shop.workpiece import Leads, Workpiece
from wugan.apps.voice_to_3d.scene.model import Length
from wugan.apps.voice_to_3d.scene.profile import Circle, Rectangle, RegularPolygon
from wugan.apps.voice_to_3d.scene.solid import (
    Compound,
    Cylinder,
    Extrude,
    Feature,
    Helix,
    Join,
    Solid,
    Sweep,
    Torus,
)

Outer = Annotated[Length, said("diameter", "od", "outside diameter", "outer")]
Bore = Annotated[Length, said("bore", "id", "inner diameter", "inside diameter", "hole", "inner")]
Thick = Annotated[Length, said("height", "tall", "thick")]


class Washer(Fastener):
    """A plain washer, ISO 7089."""

    names: ClassVar[tuple[str, ...]] = ("washer", "flat washer", "plain washer")
    nominal_field: ClassVar[str] = "thread_diameter"
    table = WASHER

    thread_diameter: Annotated[Length, said("nominal diameter", "bolt diameter")] = 6.0
    hole_diameter: Bore = 6.4
    outer_diameter: Outer = 12.0
    thickness: Thick = 1.6

    def solid(self) -> Compound:
        self.below("hole_diameter", self.outer_diameter, "outer_diameter")
        base = Cylinder(diameter=self.outer_diameter, height=self.thickness)
        return Compound(base=base, features=(drilled(self.hole_diameter),))


class FenderWasher(Washer):
    """A washer three thread diameters wide, ISO 7093."""

    names = ("fender washer", "large washer", "penny washer", "mudguard washer", "repair washer")
    table: ClassVar = {"hole_diameter": WASHER["hole_diameter"], "thickness": WASHER["thickness"]}
    scaled: ClassVar[Mapping[str, float]] = {"outer_diameter": 3.0}

    outer_diameter: Outer = 18.0


class SpringWasher(Fastener):
    """A split lock washer, DIN 127 B: one turn, its ends twice its thickness apart."""

    names = ("spring washer", "lock washer", "split washer", "split lock washer", "lockwasher")
    nominal_field: ClassVar[str] = "thread_diameter"
    table = SPRING_WASHER
    made_of = "spring steel"

    thread_diameter: Annotated[Length, said("nominal diameter", "bolt diameter")] = 6.0
    hole_diameter: Bore = 6.1
    outer_diameter: Outer = 11.8
    thickness: Thick = 1.6

    def solid(self) -> Compound:
        self.below("hole_diameter", self.outer_diameter, "outer_diameter")
        wall = (self.outer_diameter - self.hole_diameter) / 2
        wire = Rectangle(width=wall, depth=self.thickness)
        helix = Helix(profile=wire, diameter=self.hole_diameter + wall, pitch=self.thickness, turns=0.97)
        return Compound(base=helix)


class Spacer(Workpiece):
    """A round spacer: a tube that keeps two parts apart."""

    names = ("spacer", "round spacer", "distance sleeve", "spacer sleeve", "spacer ring")
    made_of = "aluminium"
    follows: ClassVar[Leads] = {"hole_diameter": ("outer_diameter",), "outer_diameter": ("hole_diameter",)}

    outer_diameter: Outer = 10.0
    hole_diameter: Bore = 5.0
    length: Annotated[Length, said("height", "thickness", "tall", "thick")] = 15.0

    def solid(self) -> Compound:
        self.below("hole_diameter", self.outer_diameter, "outer_diameter")
        return Compound(
            base=Cylinder(diameter=self.outer_diameter, height=self.length), features=(drilled(self.hole_diameter),)
        )


class Standoff(Fastener):
    """A hexagonal standoff, tapped right through or, with a stud, from above."""

    names = ("standoff", "hex standoff", "stand-off", "pcb standoff", "hexagonal standoff", "hex spacer")
    nominal_field: ClassVar[str] = "hole_diameter"
    made_of = "brass"
    table: ClassVar = {"across_flats": HEX["across_flats"]}
    scaled: ClassVar[Mapping[str, float]] = {"length": 10 / 3, "stud_length": 2.0}

    size: Annotated[str, Field(max_length=24), said("thread", "thread size")] = "M3"
    hole_diameter: Bore = 3.0
    across_flats: Flats = 5.5
    length: Annotated[Length, said("height", "tall")] = 10.0
    stud: Annotated[bool, said("male", "male end", "threaded stud", "male-female")] = False
    stud_length: Length = 6.0
    pitch: Pitch = 0.5
    threaded: Threaded = False

    def solid(self) -> Compound:
        self.below("hole_diameter", self.across_flats, "across_flats")
        base = Extrude(profile=RegularPolygon(sides=6, across_flats=self.across_flats), height=self.length)
        self.check_pitch(self.length)
        deep = self.length * 0.7 if self.stud else self.length
        if self.threaded:
            tool: Solid = screw_thread(self.hole_diameter, self.pitch, deep + 2 * self.pitch, (False, False))
        else:
            tool = Cylinder(diameter=self.hole_diameter, height=deep)
        if not self.stud and not self.threaded:
            return Compound(base=base, features=(drilled(self.hole_diameter),))
        above = (0.0 if self.stud else 1.0) * self.pitch * self.threaded
        features: list[Feature] = [sunk(tool, self.length + above, id="hole")]
        if self.stud:
            bolt: Solid = Cylinder(diameter=self.hole_diameter, height=self.stud_length)
            if self.threaded:
                bolt = screw_thread(self.hole_diameter, self.pitch, self.stud_length, (True, False))
            place = hanging(0)
            features.append(Join(id="stud", name="stud", shape=bolt, place=place))
        return Compound(base=base, features=tuple(features))


class EyeBolt(Fastener):
    """A lifting eye bolt, DIN 580: ring, collar, shank."""

    names = ("eye bolt", "eyebolt", "lifting eye", "ring bolt", "eye screw")
    table = EYE

    size: Annotated[str, Field(max_length=24), said("thread", "thread size")] = "M8"
    diameter: Annotated[Length, said("shank diameter", "thread diameter")] = 8.0
    ring_outer_diameter: Annotated[Length, said("eye outer diameter", "ring od")] = 36.0
    ring_inner_diameter: Annotated[Length, said("eye diameter", "eye inner diameter", "ring id", "eye")] = 20.0
    collar_diameter: Annotated[Length, said("collar", "flange diameter")] = 20.0
    shank_length: Annotated[Length, said("length", "shank", "thread length")] = 13.0
    pitch: Pitch = 1.25
    threaded: Threaded = False

    def solid(self) -> Compound:
        self.below("ring_inner_diameter", self.ring_outer_diameter, "ring_outer_diameter")
        self.below("diameter", self.collar_diameter, "collar_diameter")
        self.check_pitch(self.shank_length)
        wire = (self.ring_outer_diameter - self.ring_inner_diameter) / 2
        collar = wire * 0.75
        self.below("collar_diameter", 2 * self.ring_outer_diameter, "twice the ring_outer_diameter")
        shank: Solid = Cylinder(diameter=self.diameter, height=self.shank_length)
        if self.threaded:
            shank = screw_thread(self.diameter, self.pitch, self.shank_length, (True, False))
        ring = Torus(diameter=self.ring_outer_diameter - wire, tube=wire)
        sit = self.shank_length + collar - wire / 2 + self.ring_outer_diameter / 2
        return Compound(
            base=shank,
            features=(
                Join(
                    id="collar",
                    name="collar",
                    shape=Cylinder(diameter=self.collar_diameter, height=collar),
                    place=standing(self.shank_length),
                ),
                Join(id="ring", name="ring", shape=ring, place=spot(0, 0, sit, rotate=(90, 0, 0))),
            ),
        )


class UBolt(Fastener):
    """A U-bolt: a rod bent over a pipe, both legs threaded where asked."""

    names = ("u-bolt", "u bolt", "ubolt")
    scaled: ClassVar = {"inner_width": 5.0, "height": 10.0, "thread_length": 4.0}

    diameter: Annotated[Length, said("rod diameter", "thread diameter", "wire diameter")] = 6.0
    inner_width: Annotated[Length, said("inside width", "pipe diameter", "width inside", "pipe")] = 30.0
    height: Annotated[Length, said("length", "tall")] = 60.0
    thread_length: Annotated[Length, said("threaded length")] = 24.0
    pitch: Pitch = 1.0
    threaded: Threaded = False

    def solid(self) -> Compound:
        radius = (self.inner_width + self.diameter) / 2
        straight = self.height - radius - self.diameter / 2
        if straight <= 0:
            self.above("height", radius + self.diameter / 2, "the bend over inner_width")
        self.below("diameter", self.inner_width, "inner_width, so that the rod can be bent", equal=True)
        foot = min(self.thread_length, straight * 0.95) if self.threaded else 0.0
        top = straight + radius
        # The bow reaches a little into the threads, so that the three are one.
        end = max(0.0, foot - 0.05 * self.pitch)
        path = ((-radius, 0.0, end), (-radius, 0.0, top), (radius, 0.0, top), (radius, 0.0, end))
        body = Sweep(profile=Circle(diameter=self.diameter), path=path, bend_radius=radius)
        if not self.threaded:
            return Compound(base=body)
        self.check_pitch(foot)
        leg = screw_thread(self.diameter, self.pitch, foot, (True, False))
        legs = [
            Join(id=f"{side}_thread", name="thread", shape=leg, place=standing(0, x))
            for side, x in (("left", -radius), ("right", radius))
        ]
        return Compound(base=body, features=tuple(legs))
