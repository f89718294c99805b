"""Pulleys, wheels, cams and cranks."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import said
from wugan.apps.voice_to_3d.families.shop.holes import chord, circle, drilled, hanging, keyed, keyway, spot, standing
from wugan.apps.voice_to_3d.families.shop.outline import clean
from wugan.apps.voice_to_3d.families.shop.workpiece import Gap, Leads, Workpiece
from wugan.apps.voice_to_3d.scene.model import Length
from wugan.apps.voice_to_3d.scene.placement import Polar
from wugan.apps.voice_to_3d.scene.solid import (
    Box,
    Compound,
    Cut,
    Cylinder,
    Feature,
    Hull,
    Join,
    Placed,
    Revolve,
    Solid,
    Torus,
)

Outer = Annotated[Length, said("outer diameter", "outside diameter", "od")]
Bore = Annotated[
    Gap, said("bore diameter", "shaft diameter", "shaft hole", "center hole", "centre hole", "hole", "axle hole")
]
Width = Annotated[Length, said("thickness", "face width", "wide", "height")]
Hub = Annotated[Gap, said("hub", "boss diameter")]


class Turned(Workpiece):
    """What pulleys have in common: a bore, keyed where asked, and a hub on one side."""

    made_of = "aluminium"
    follows: ClassVar[Leads] = {
        "width": ("diameter",),
        "bore": ("diameter",),
        "diameter": ("bore",),
        "groove_depth": ("diameter", "width"),
    }

    bore: Bore = 12.0
    keyway: Annotated[bool, said("key", "keyed", "key slot")] = False
    hub_diameter: Hub = 0.0
    hub_height: Annotated[Gap, said("hub length", "boss height")] = 0.0

    @classmethod
    def usual(cls, said: Mapping[str, Any]) -> dict[str, Any]:
        filled = super().usual(said)
        if said.get("hub_diameter") and "hub_height" not in said:
            filled["hub_height"] = 10.0
        return filled

    def worked(self, width: float, root: float, reason: str) -> tuple[Feature, ...]:
        """Hub and bore of a disc `width` thick whose solid middle is `root` across."""
        features: list[Feature] = []
        if self.hub_diameter and self.hub_height:
            self.below("hub_diameter", root, reason, equal=True)
            self.below("bore", self.hub_diameter, "hub_diameter")
            high = width + self.hub_height
            hub = Cylinder(diameter=self.hub_diameter, height=high)
            features.append(Join(id="hub", name="hub", shape=hub, place=standing(0)))
        if self.bore:
            key, deep = keyway(self.bore) if self.keyway else (0.0, 0.0)
            self.below("bore", root - 2 * deep, reason)
            features.append(keyed(self.bore, key, deep))
        return tuple(features)


class VPulley(Turned):
    """A V-belt pulley: one groove or several about the rim."""

    names = ("v-belt pulley", "v belt pulley", "v pulley", "v-pulley", "pulley", "sheave", "belt pulley")

    diameter: Outer = 80.0
    width: Width = 20.0
    groove_width: Annotated[Length, said("groove top width", "top width", "belt width")] = 12.0
    groove_depth: Annotated[Length, said("depth of the groove")] = 10.0
    groove_bottom: Annotated[Length, said("groove bottom width", "bottom width")] = 6.0
    grooves: Annotated[int, Field(ge=1, le=12), said("number of grooves")] = 1
    follows: ClassVar[Leads] = {
        "groove_depth": ("diameter",),
        "groove_width": ("width",),
        "groove_bottom": ("groove_width", "width"),
        "bore": ("diameter",),
        "diameter": ("bore",),
    }

    @classmethod
    def usual(cls, said: Mapping[str, Any]) -> dict[str, Any]:
        filled = super().usual(said)
        grooves = said.get("grooves", 1)
        if isinstance(grooves, int) and grooves > 1 and "width" not in said:
            filled["width"] = grooves * 1.25 * float(said.get("groove_width", 12.0)) + 4
        elif (
            isinstance(grooves, int)
            and grooves > 1
            and "groove_width" not in said
            and isinstance(said["width"], int | float)
        ):
            filled |= {"groove_width": said["width"] / grooves * 0.75, "groove_bottom": said["width"] / grooves * 0.4}
        return filled

    def solid(self) -> Compound:
        pitch = self.width / self.grooves
        self.below("groove_width", pitch, "the rim's share for each groove")
        self.below("groove_bottom", self.groove_width, "groove_width", equal=True)
        self.below("groove_depth", self.diameter / 2, "half the diameter")
        outer, root = self.diameter / 2, self.diameter / 2 - self.groove_depth
        rim: list[tuple[float, float]] = [(0.0, 0.0), (outer, 0.0)]
        for i in range(self.grooves):
            z = (i + 0.5) * pitch
            top, low = self.groove_width / 2, self.groove_bottom / 2
            rim += [(outer, z - top), (root, z - low), (root, z + low), (outer, z + top)]
        rim += [(outer, self.width), (0.0, self.width)]
        worked = self.worked(self.width, 2 * root, "the diameter at the groove's bottom")
        return Compound(base=Revolve(points=clean(rim)), features=worked)


class TimingPulley(Turned):
    """A timing belt pulley: round-bottomed grooves between two flanges (GT2 in proportion)."""

    names = (
        "timing pulley",
        "timing belt pulley",
        "toothed pulley",
        "gt2 pulley",
        "synchronous pulley",
        "toothed belt pulley",
    )

    teeth: Annotated[int, Field(ge=8, le=300), said("number of teeth")] = 40
    pitch: Annotated[Length, said("tooth pitch", "belt pitch")] = 2.0
    width: Annotated[Length, said("height", "overall width", "thickness")] = 9.0
    flange_thickness: Annotated[Gap, said("flanges", "rim thickness")] = 1.0
    bore: Bore = 5.0

    @classmethod
    def usual(cls, said: Mapping[str, Any]) -> dict[str, Any]:
        pitch, teeth = said.get("pitch", 2.0), said.get("teeth", 40)
        filled = super().usual({name: value for name, value in said.items() if name != "diameter"})
        filled.pop("diameter", None)
        if isinstance(pitch, int | float) and isinstance(teeth, int | float):
            filled["bore"] = min(5.0 * max(1.0, pitch / 2), 0.5 * pitch * teeth / math.pi)
        return filled

    def solid(self) -> Compound:
        self.below("flange_thickness", self.width / 2, "half the width")
        pitch_diameter = self.pitch * self.teeth / math.pi
        # The belt's pitch line lies a little outside the pulley (GT2: 0.254 mm for pitch 2).
        outer = pitch_diameter - 0.254 * self.pitch
        depth = 0.375 * self.pitch
        root = outer - 2 * depth
        groove = Cylinder(diameter=0.56 * self.pitch, height=1)
        middle = outer - 2 * (depth - 0.28 * self.pitch)
        cut = Cut(
            id="tooth_gap",
            name="tooth gap",
            shape=groove,
            through="z",
            place=spot(),
            pattern=circle(self.teeth, middle, 180 / self.teeth),
        )
        features: list[Feature] = [cut]
        if self.flange_thickness:
            rim = Cylinder(diameter=outer + 0.9 * self.pitch, height=self.flange_thickness)
            features += [
                Join(id="lower_flange", name="flange", shape=rim, place=standing(0)),
                Join(
                    id="upper_flange",
                    name="flange",
                    shape=rim,
                    place=hanging(self.width),
                ),
            ]
        worked = self.worked(self.width, root, "the diameter at the teeth's feet")
        return Compound(base=Cylinder(diameter=outer, height=self.width), features=(*features, *worked))


class FlatPulley(Turned):
    """A flat belt pulley with a crowned rim where asked."""

    names = ("flat pulley", "flat belt pulley", "crowned pulley", "idler pulley", "idler", "drum pulley")

    diameter: Outer = 80.0
    width: Width = 25.0
    crown: Annotated[Gap, said("crowning")] = 0.0

    def solid(self) -> Compound:
        self.below("crown", self.diameter / 4, "a quarter of the diameter")
        base: Solid = Cylinder(diameter=self.diameter, height=self.width)
        if self.crown:
            edge = self.diameter / 2 - self.crown
            points = [(0.0, 0.0), (edge, 0.0)]
            for i in range(1, 24):
                share = i / 12 - 1
                points.append((self.diameter / 2 - self.crown * share * share, (share + 1) / 2 * self.width))
            points += [(edge, self.width), (0.0, self.width)]
            base = Revolve(points=tuple(points))
        return Compound(base=base, features=self.worked(self.width, self.diameter - 2 * self.crown, "the rim"))


class RopePulley(Turned):
    """A pulley with a round groove for a rope or cable."""

    names = ("rope pulley", "cable pulley", "wire pulley", "round groove pulley", "sheave wheel", "grooved wheel")
    made_of = "nylon"

    diameter: Outer = 60.0
    width: Width = 14.0
    rope_diameter: Annotated[Length, said("rope", "cable diameter", "groove diameter", "groove width")] = 8.0
    follows: ClassVar[Leads] = {
        "width": ("rope_diameter", "diameter"),
        "rope_diameter": ("width", "diameter"),
        "bore": ("diameter",),
    }

    def solid(self) -> Compound:
        self.below("rope_diameter", self.width, "width")
        self.below("rope_diameter", self.diameter / 2, "half the diameter")
        groove = Torus(diameter=self.diameter, tube=self.rope_diameter)
        cut = Cut(id="groove", name="groove", shape=groove, place=spot(0, 0, self.width / 2))
        worked = self.worked(self.width, self.diameter - self.rope_diameter, "the diameter at the groove's bottom")
        return Compound(base=Cylinder(diameter=self.diameter, height=self.width), features=(cut, *worked))


class Wheel(Workpiece):
    """A spoked or solid wheel: rim, hub, spokes, axle bore; lying flat."""

    names = ("wheel", "spoked wheel", "cart wheel", "spoke wheel", "flywheel")
    follows: ClassVar[Leads] = {
        "width": ("diameter",),
        "bore": ("diameter",),
        "hub_diameter": ("diameter", "bore"),
        "rim_thickness": ("diameter",),
        "spoke_width": ("diameter",),
    }

    diameter: Outer = 120.0
    width: Width = 24.0
    bore: Bore = 12.0
    hub_diameter: Hub = 32.0
    rim_thickness: Annotated[Length, said("rim", "rim width")] = 12.0
    spokes: Annotated[int, Field(ge=0, le=60), said("number of spokes", "arms")] = 5
    spoke_width: Annotated[Length, said("spoke thickness")] = 10.0

    def solid(self) -> Compound:
        inner = self.diameter - 2 * self.rim_thickness
        self.below("hub_diameter", inner, "diameter less the rim on both sides")
        self.below("bore", self.hub_diameter, "hub_diameter")
        base: Solid = Cylinder(diameter=self.diameter, height=self.width, inner_diameter=max(inner, 0.0))
        # Spokes, or a web where there are none, are two thirds as wide as the rim.
        features: list[Feature] = []
        if self.spokes:
            self.below(
                "spoke_width", chord(max(self.spokes, 3), self.hub_diameter) * 1.2, "the hub's share for each spoke"
            )
            reach = (self.diameter - self.rim_thickness) / 2
            spoke = Box(size=(reach, self.spoke_width, self.width * 0.6))
            pattern = Polar(count=self.spokes, diameter=reach)
            features.append(
                Join(id="spoke", name="spoke", shape=spoke, place=spot(0, 0, self.width / 2), pattern=pattern)
            )
        else:
            web = Cylinder(diameter=self.diameter - self.rim_thickness, height=self.width * 0.5)
            features.append(Join(id="web", name="web", shape=web, place=spot(0, 0, self.width / 2)))
        hub = Cylinder(diameter=self.hub_diameter, height=self.width)
        features.append(Join(id="hub", name="hub", shape=hub, place=standing(0)))
        if self.bore:
            features.append(drilled(self.bore, id="bore", name="bore"))
        return Compound(base=base, features=tuple(features))


class Cam(Workpiece):
    """A disc cam: base circle, nose circle `lift` further out, tangents between; the nose towards +x."""

    names = ("cam", "cam lobe", "disc cam", "camshaft lobe", "disk cam")
    follows: ClassVar[Leads] = {
        "nose_diameter": ("base_diameter",),
        "lift": ("base_diameter",),
        "bore": ("base_diameter",),
        "width": ("base_diameter",),
    }

    base_diameter: Annotated[Length, said("diameter", "base circle", "base circle diameter")] = 40.0
    nose_diameter: Annotated[Length, said("tip diameter", "nose")] = 16.0
    lift: Annotated[Length, said("rise", "eccentricity", "throw")] = 12.0
    width: Width = 12.0
    bore: Bore = 12.0

    def solid(self) -> Compound:
        self.below("nose_diameter", self.base_diameter, "base_diameter")
        self.below("bore", self.base_diameter, "base_diameter")
        reach = self.base_diameter / 2 + self.lift - self.nose_diameter / 2
        body = Cylinder(diameter=self.base_diameter, height=self.width)
        nose = Cylinder(diameter=self.nose_diameter, height=self.width)
        z = self.width / 2
        lobe = Hull(of=(Placed(shape=body, place=spot(0, 0, z)), Placed(shape=nose, place=spot(reach, 0, z))))
        return Compound(base=lobe, features=(drilled(self.bore, id="bore", name="bore"),) if self.bore else ())


class Eccentric(Workpiece):
    """A round disc with its bore off the middle."""

    names = ("eccentric", "eccentric disc", "eccentric cam", "eccentric wheel")
    follows: ClassVar[Leads] = {"bore": ("diameter",), "offset": ("diameter",), "width": ("diameter",)}

    diameter: Outer = 50.0
    offset: Annotated[Length, said("eccentricity", "throw")] = 10.0
    width: Width = 12.0
    bore: Annotated[Length, said("bore diameter", "shaft diameter", "hole", "shaft hole")] = 12.0
    hub_diameter: Hub = 0.0
    hub_height: Annotated[Gap, said("hub length", "boss height")] = 0.0

    @classmethod
    def usual(cls, said: Mapping[str, Any]) -> dict[str, Any]:
        return super().usual(said) | ({"hub_height": 10.0} if said.get("hub_diameter") else {})

    def solid(self) -> Compound:
        self.below("offset", (self.diameter - self.bore) / 2, "half of diameter less bore")
        base = Cylinder(diameter=self.diameter, height=self.width)
        hub: tuple[Feature, ...] = ()
        if self.hub_diameter and self.hub_height:
            # Concentric with the bore, not with the disc.
            self.above("hub_diameter", self.bore, "bore")
            self.below("hub_diameter", self.diameter - 2 * self.offset, "what the disc has about the bore", equal=True)
            boss = Cylinder(diameter=self.hub_diameter, height=self.width + self.hub_height)
            hub = (Join(id="hub", name="hub", shape=boss, place=standing(0, -self.offset)),)
        return Compound(base=base, features=(*hub, drilled(self.bore, -self.offset, 0, id="bore", name="bore")))


class CrankArm(Workpiece):
    """A crank arm: a shaft's eye, a pin's eye, a tapered arm between."""

    names = ("crank arm", "crank", "lever arm", "connecting rod", "link arm", "rocker arm", "con rod")
    follows: ClassVar[Leads] = {
        "big_diameter": ("length", "big_bore"),
        "small_diameter": ("length", "small_bore"),
        "big_bore": ("big_diameter", "length"),
        "small_bore": ("small_diameter", "length"),
        "thickness": ("length",),
    }

    length: Annotated[
        Length, said("center distance", "centre distance", "throw", "centre to centre", "center to center")
    ] = 100.0
    big_diameter: Annotated[Length, said("big end diameter", "hub diameter")] = 40.0
    small_diameter: Annotated[Length, said("small end diameter", "pin eye diameter")] = 26.0
    big_bore: Annotated[Length, said("bore", "big end bore", "shaft diameter")] = 18.0
    small_bore: Annotated[Length, said("small end bore", "pin diameter", "pin bore")] = 10.0
    thickness: Annotated[Length, said("width", "height")] = 12.0
    arm_thickness: Annotated[Gap, said("web thickness", "thickness of the arm")] = 0.0

    def solid(self) -> Compound:
        self.below("big_bore", self.big_diameter, "big_diameter")
        self.below("small_bore", self.small_diameter, "small_diameter")
        self.above("length", (self.big_diameter + self.small_diameter) / 2, "half of both eyes", equal=True)
        arm = self.arm_thickness or self.thickness * 0.6
        self.below("arm_thickness", self.thickness, "thickness", equal=True)
        z, half = self.thickness / 2, self.length / 2
        discs = [(self.big_diameter, -half), (self.small_diameter, half)]
        web = Hull(
            of=tuple(Placed(shape=Cylinder(diameter=0.75 * d, height=arm), place=standing(0, x)) for d, x in discs)
        )
        eye = Cylinder(diameter=self.big_diameter, height=self.thickness)
        other = Cylinder(diameter=self.small_diameter, height=self.thickness)
        return Compound(
            base=eye,
            features=(
                Join(id="arm", name="arm", shape=web, place=spot(half, 0, z, own=("origin", "origin", "centre"))),
                Join(id="small_eye", name="eye", shape=other, place=spot(self.length, 0, z)),
                drilled(self.big_bore, id="bore", name="bore"),
                drilled(self.small_bore, self.length, 0, id="small_bore", name="bore"),
            ),
        )
