"""Wheels: toothed, grooved, bladed; racks, cams and cranks."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import Gap, Workpiece, led, said
from wugan.apps.voice_to_3d.families.shop.kit import (
    arc,
    chord,
    circle,
    clean,
    drilled,
    hanging,
    keyed,
    keyway,
    spot,
    standing,
)
from wugan.apps.voice_to_3d.families.solids import added, bar, extruded, prism, taken, worked
from wugan.apps.voice_to_3d.scene.model import Length
from wugan.apps.voice_to_3d.scene.placement import Polar
from wugan.apps.voice_to_3d.scene.profile import Combined, Ellipse, Gear, Piece, Profile, Rectangle
from wugan.apps.voice_to_3d.scene.solid import (
    Box,
    Common,
    Compound,
    Cut,
    Cylinder,
    Extrude,
    Feature,
    Hull,
    Placed,
    Pyramid,
    Revolve,
    Solid,
    Torus,
)

Bore = Annotated[
    Gap, said("bore diameter", "shaft diameter", "shaft hole", "center hole", "centre hole", "hole", "hole diameter")
]
Width = Annotated[Length, said("thickness", "face width", "tooth width", "height", "wide", "thick")]
RackWidth = Annotated[
    Length, said("thickness", "face width", "tooth width", "wide", "thick")
]  # it has a height besides
Teeth = Annotated[int, Field(ge=6, le=400), said("number of teeth", "tooth count", "tooth")]
Module = Annotated[Length, said("gear module", "mod", "tooth module")]
Pressure = Annotated[float, Field(ge=10, le=35), said("degrees of pressure")]


class Toothed(Workpiece):
    """What gears have in common: teeth, a bore with a keyway where asked, a hub, lightening holes."""

    module: Module = 2.0
    teeth: Teeth = 24
    width: Width = 12.0
    pressure_angle: Pressure = 20.0
    bore: Bore = 10.0
    keyway: Annotated[bool, said("key", "key slot", "keyed")] = False
    hub_diameter: Annotated[Gap, said("boss diameter", "hub")] = 0.0
    hub_height: Annotated[Gap, said("hub length", "hub thickness", "boss height")] = 0.0
    holes: Annotated[int, Field(ge=0, le=24), said("lightening holes", "weight-saving holes", "cutouts")] = 0
    hole_diameter: Annotated[Gap, said("lightening hole diameter", "hole size")] = 0.0

    @classmethod
    def usual(cls, said: Mapping[str, Any]) -> dict[str, Any]:
        module, teeth = _real(said, "module", 2.0), _real(said, "teeth", 24)
        filled: dict[str, Any] = {}
        if "width" not in said and "module" in said:
            filled["width"] = 6 * module
        root = module * (teeth - 2.5)
        filled["bore"] = max(0.0, min(10.0 * module / 2 if module < 2 else 10.0, 0.4 * root))
        if _real(said, "hub_diameter", 0) and "hub_height" not in said:
            filled["hub_height"] = _real(said, "width", filled.get("width", 12.0)) * 0.6
        if _real(said, "hub_height", 0) and "hub_diameter" not in said:
            bore = _real(said, "bore", filled["bore"])
            filled["hub_diameter"] = min(max(1.8 * bore, 0.4 * root), 0.9 * root)
        return filled

    @property
    def pitch_diameter(self) -> float:
        """Module times teeth (mm)."""
        return self.module * self.teeth

    def worked(self, root: float) -> tuple[Feature, ...]:
        """Hub, bore and lightening holes; `root` is the diameter at the teeth's feet."""
        features: list[Feature] = []
        inner = self.bore
        if self.hub_diameter and self.hub_height:
            self.below("hub_diameter", root, "the diameter at the teeth's feet", equal=True)
            self.below("bore", self.hub_diameter, "hub_diameter")
            high = self.width + self.hub_height
            hub = bar(self.hub_diameter, high)
            features.append(added("hub", hub, standing(0)))
            inner = self.hub_diameter
        if self.bore:
            self.below("bore", root, "the diameter at the teeth's feet")
            key, deep = keyway(self.bore) if self.keyway else (0.0, 0.0)
            if self.keyway:
                self.below("bore", (self.hub_diameter or root) - 2 * deep, "what the keyway leaves")
            features.append(keyed(self.bore, key, deep))
        if self.holes:
            middle = (inner + root) / 2
            room = min((root - inner) / 2, chord(self.holes, middle))
            hole = self.hole_diameter or 0.6 * room
            self.below("hole_diameter", room, "what lies between bore and teeth")
            features.append(drilled(hole, id="lightening_hole", pattern=circle(self.holes, middle)))
        return tuple(features)


def _real(said: Mapping[str, Any], name: str, default: float) -> float:
    value = said.get(name, default)
    return float(value) if isinstance(value, int | float) else default


class SpurGear(Toothed):
    """A spur gear with involute teeth (ISO 53 rack)."""

    names = ("spur gear", "gear", "gear wheel", "cog", "cogwheel", "involute gear", "pinion")

    def solid(self) -> Compound:
        gear = Gear(module=self.module, teeth=self.teeth, pressure_angle=self.pressure_angle)
        base = extruded(gear, self.width)
        return worked(base, *self.worked(self.module * (self.teeth - 2.5)))


class HelicalGear(Toothed):
    """A helical gear: the transverse section of a spur gear, twisted by the helix angle at the pitch circle."""

    names = ("helical gear", "helical pinion", "skew gear")

    helix_angle: Annotated[float, Field(ge=-45, le=45), said("helix", "twist")] = 15.0

    def solid(self) -> Compound:
        gear = Gear(module=self.module, teeth=self.teeth, pressure_angle=self.pressure_angle)
        twist = math.degrees(2 * self.width * math.tan(math.radians(self.helix_angle)) / self.pitch_diameter)
        if abs(twist) > 3000:
            self.below("width", self.pitch_diameter * 20, "twenty pitch diameters")
        base = Extrude(profile=gear, height=self.width, twist=twist)
        return worked(base, *self.worked(self.module * (self.teeth - 2.5)))


class BevelGear(Toothed):
    """A bevel-like gear: a spur gear's section that narrows towards the cone's tip; module at the large end, below."""

    names = ("bevel gear", "cone gear", "mitre gear", "miter gear", "bevel pinion")

    cone_angle: Annotated[float, Field(ge=10, le=80), said("pitch angle", "bevel angle")] = 45.0

    @classmethod
    def usual(cls, said: Mapping[str, Any]) -> dict[str, Any]:
        filled = super().usual(said)
        filled["bore"] = min(filled["bore"], 0.25 * _real(said, "module", 2.0) * _real(said, "teeth", 24))
        return filled

    def solid(self) -> Compound:
        gear = Gear(module=self.module, teeth=self.teeth, pressure_angle=self.pressure_angle)
        tip = self.pitch_diameter / 2 / math.tan(math.radians(self.cone_angle))
        self.below(
            "width", 0.7 * tip, "seven tenths of the way to the cone's tip; fewer degrees of cone_angle allow more"
        )
        scale = 1 - self.width / tip
        root = self.module * (self.teeth - 2.5) * scale
        return worked(Pyramid(profile=gear, height=self.width, top_scale=scale), *self.worked(root))


class RingGear(Workpiece):
    """An internal gear: a ring with teeth inside."""

    names = ("ring gear", "internal gear", "annular gear", "annulus gear")

    module: Module = 2.0
    teeth: Teeth = 48
    width: Width = 12.0
    outer_diameter: Annotated[Length, said("diameter", "od", "outside diameter")] = 116.0
    pressure_angle: Pressure = 20.0

    @classmethod
    def usual(cls, said: Mapping[str, Any]) -> dict[str, Any]:
        module, teeth = _real(said, "module", 2.0), _real(said, "teeth", 48)
        if "outer_diameter" in said and "module" not in said:
            module = _real(said, "outer_diameter", 116.0) / (teeth + 10)
            return {"module": module, "width": 6 * module}
        return {"outer_diameter": module * (teeth + 10), "width": 6 * module}

    def solid(self) -> Compound:
        # The tool has the addendum where the ring has its dedendum: an outline grown by the difference, m/4.
        self.above("outer_diameter", self.module * (self.teeth + 2.8), "the teeth, 2.8 modules about the pitch circle")
        self.above("teeth", 16, "fewer teeth undercut", equal=True)
        gear = Gear(module=self.module, teeth=self.teeth, pressure_angle=self.pressure_angle)
        tool = Cut(id="teeth", name="teeth", shape=extruded(gear, 1), through="z", place=spot())
        return worked(bar(self.outer_diameter, self.width), tool)


class Rack(Workpiece):
    """A gear rack (ISO 53): straight flanks, addendum 1 m, dedendum 1.25 m; its length in whole teeth unless said."""

    names = ("rack", "gear rack", "rack gear", "toothed rack")

    module: Module = 2.0
    teeth: Annotated[int, Field(ge=1, le=400), said("number of teeth")] = 20
    width: RackWidth = 15.0
    height: Annotated[Length, said("overall height", "tall")] = 15.0
    pressure_angle: Pressure = 20.0

    @classmethod
    def usual(cls, said: Mapping[str, Any]) -> dict[str, Any]:
        module = _real(said, "module", 2.0)
        return {"width": 7.5 * module, "height": 7.5 * module}

    def solid(self) -> Solid:
        m, pitch = self.module, math.pi * self.module
        self.above("height", 2.25 * m, "the teeth, 2.25 modules high")
        length, level = self.teeth * pitch, self.height - m
        lean = math.tan(math.radians(self.pressure_angle))
        top, foot = pitch / 4 - m * lean, pitch / 4 + 1.25 * m * lean
        if foot >= pitch / 2:
            self.below("pressure_angle", 28, "teeth would meet at their feet")
        points = [(-length / 2, 0.0), (length / 2, 0.0)]
        for i in reversed(range(self.teeth)):
            x = (i + 0.5) * pitch - length / 2
            points += [
                (x + foot, level - 1.25 * m),
                (x + top, level + m),
                (x - top, level + m),
                (x - foot, level - 1.25 * m),
            ]
        # The first and last gap end at the rack's ends.
        points.insert(2, (length / 2, level - 1.25 * m))
        points.append((-length / 2, level - 1.25 * m))
        return prism(clean(points), self.width)

    turned = (90, 0, 0)


class Sprocket(Workpiece):
    """A roller chain sprocket (ISO 606): teeth with round seats for the rollers."""

    names = ("sprocket", "chain wheel", "chain sprocket", "roller chain sprocket", "chainring")

    teeth: Annotated[int, Field(ge=7, le=200), said("number of teeth")] = 18
    pitch: Annotated[Length, said("chain pitch")] = 12.7
    roller_diameter: Annotated[Length, said("roller")] = 8.51
    width: Width = 7.2
    bore: Bore = 15.0
    keyway: Annotated[bool, said("key", "keyed")] = False
    hub_diameter: Annotated[Gap, said("boss diameter", "hub")] = 0.0
    hub_height: Annotated[Gap, said("hub length", "boss height")] = 0.0

    @classmethod
    def usual(cls, said: Mapping[str, Any]) -> dict[str, Any]:
        pitch, teeth = _real(said, "pitch", 12.7), _real(said, "teeth", 18)
        filled: dict[str, Any] = {"roller_diameter": 0.67 * pitch, "width": 0.567 * pitch} if "pitch" in said else {}
        root = pitch / math.sin(math.pi / max(teeth, 3)) - 0.67 * pitch
        filled["bore"] = min(15.0, 0.35 * root)
        if _real(said, "hub_diameter", 0) and "hub_height" not in said:
            filled["hub_height"] = 1.5 * _real(said, "width", filled.get("width", 7.2))
        return filled

    def solid(self) -> Compound:
        self.below("roller_diameter", 0.75 * self.pitch, "three quarters of the pitch")
        z, step = self.teeth, 2 * math.pi / self.teeth
        pitch_diameter = self.pitch / math.sin(math.pi / z)
        outer = self.pitch * (0.6 + 1 / math.tan(math.pi / z))
        seat = 0.505 * self.roller_diameter
        points: list[tuple[float, float]] = []
        r = pitch_diameter / 2
        for i in range(z):
            # A roller's seat, open outwards over 120°, then the tooth's rounded flank to its tip.
            a = (i + 0.5) * step
            cx, cy = r * math.cos(a), r * math.sin(a)
            half = 60
            points += arc(cx, cy, seat, math.degrees(a) + 180 + half, math.degrees(a) + 180 - half, 10)
            tip, mid = a + step / 2, a + step * 0.385
            rim = outer / 2
            points += [((r + (rim - r) * 0.62) * math.cos(mid), (r + (rim - r) * 0.62) * math.sin(mid))]
            for share in (-0.045, 0.045):
                points.append((rim * math.cos(tip + share * step), rim * math.sin(tip + share * step)))
            mid = a + step * 0.615
            points += [((r + (rim - r) * 0.62) * math.cos(mid), (r + (rim - r) * 0.62) * math.sin(mid))]
        root = pitch_diameter - 2 * seat
        # The seats run against the sense of the tooth's points: sort by the angle about each tooth.
        base = prism(_ordered(points), self.width)
        features: list[Feature] = []
        if self.hub_diameter and self.hub_height:
            self.below("hub_diameter", root, "the diameter at the teeth's feet")
            self.below("bore", self.hub_diameter, "hub_diameter")
            high = self.width + self.hub_height
            features.append(added("hub", bar(self.hub_diameter, high), standing(0)))
        if self.bore:
            key, deep = keyway(self.bore) if self.keyway else (0.0, 0.0)
            self.below("bore", root - 2 * deep, "the diameter at the teeth's feet")
            features.append(keyed(self.bore, key, deep))
        return worked(base, *features)


def _ordered(points: list[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    return clean(sorted(points, key=lambda p: math.atan2(p[1], p[0])))


class Ratchet(Workpiece):
    """A ratchet wheel: saw teeth, steep on one side."""

    names = ("ratchet", "ratchet wheel", "ratchet gear", "saw-tooth wheel")

    diameter: Annotated[Length, said("outer diameter", "od")] = 60.0
    teeth: Annotated[int, Field(ge=4, le=200), said("number of teeth")] = 16
    tooth_depth: Annotated[Length, said("tooth height")] = 5.0
    width: Width = 8.0
    bore: Bore = 10.0
    follows = led("tooth_depth", "bore", "width", by="diameter")

    def solid(self) -> Compound:
        root = self.diameter - 2 * self.tooth_depth
        self.below("tooth_depth", self.diameter / 4, "a quarter of the diameter")
        self.below("bore", root, "the diameter at the teeth's feet")
        step, outer = 2 * math.pi / self.teeth, self.diameter / 2
        points: list[tuple[float, float]] = []
        for i in range(self.teeth):
            a = i * step
            points.append((outer * math.cos(a), outer * math.sin(a)))
            points.append((root / 2 * math.cos(a), root / 2 * math.sin(a)))
            for share in (0.25, 0.5, 0.75):
                r = root / 2 + (outer - root / 2) * share**1.3
                points.append((r * math.cos(a + share * step), r * math.sin(a + share * step)))
        base = prism(clean(points), self.width)
        return worked(base, *((drilled(self.bore, id="bore", name="bore"),) if self.bore else ()))


Outer = Annotated[Length, said("outer diameter", "outside diameter", "od")]
WheelBore = Annotated[
    Gap, said("bore diameter", "shaft diameter", "shaft hole", "center hole", "centre hole", "hole", "axle hole")
]
WheelWidth = Annotated[Length, said("thickness", "face width", "wide", "height")]
Hub = Annotated[Gap, said("hub", "boss diameter")]


class Turned(Workpiece):
    """What pulleys have in common: a bore, keyed where asked, and a hub on one side."""

    made_of = "aluminium"
    follows = (
        led("width", "bore", by="diameter") | led("diameter", by="bore") | led("groove_depth", by=("diameter", "width"))
    )

    bore: WheelBore = 12.0
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
            hub = bar(self.hub_diameter, high)
            features.append(added("hub", hub, standing(0)))
        if self.bore:
            key, deep = keyway(self.bore) if self.keyway else (0.0, 0.0)
            self.below("bore", root - 2 * deep, reason)
            features.append(keyed(self.bore, key, deep))
        return tuple(features)


class VPulley(Turned):
    """A V-belt pulley: one groove or several about the rim."""

    names = ("v-belt pulley", "v belt pulley", "v pulley", "v-pulley", "pulley", "sheave", "belt pulley")

    diameter: Outer = 80.0
    width: WheelWidth = 20.0
    groove_width: Annotated[Length, said("groove top width", "top width", "belt width")] = 12.0
    groove_depth: Annotated[Length, said("depth of the groove")] = 10.0
    groove_bottom: Annotated[Length, said("groove bottom width", "bottom width")] = 6.0
    grooves: Annotated[int, Field(ge=1, le=12), said("number of grooves")] = 1
    follows = (
        led("groove_depth", by="diameter")
        | led("groove_width", by="width")
        | led("groove_bottom", by=("groove_width", "width"))
        | led("bore", by="diameter")
        | led("diameter", by="bore")
    )

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
    bore: WheelBore = 5.0

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
        groove = bar(0.56 * self.pitch, 1)
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
            rim = bar(outer + 0.9 * self.pitch, self.flange_thickness)
            features += [
                added("flange", rim, standing(0), id="lower_flange"),
                added("flange", rim, hanging(self.width), id="upper_flange"),
            ]
        worked = self.worked(self.width, root, "the diameter at the teeth's feet")
        return Compound(base=bar(outer, self.width), features=(*features, *worked))


class FlatPulley(Turned):
    """A flat belt pulley with a crowned rim where asked."""

    names = ("flat pulley", "flat belt pulley", "crowned pulley", "idler pulley", "idler", "drum pulley")

    diameter: Outer = 80.0
    width: WheelWidth = 25.0
    crown: Annotated[Gap, said("crowning")] = 0.0

    def solid(self) -> Compound:
        self.below("crown", self.diameter / 4, "a quarter of the diameter")
        base: Solid = bar(self.diameter, self.width)
        if self.crown:
            edge = self.diameter / 2 - self.crown
            points = [(0.0, 0.0), (edge, 0.0)]
            for i in range(1, 24):
                share = i / 12 - 1
                points.append((self.diameter / 2 - self.crown * share * share, (share + 1) / 2 * self.width))
            points += [(edge, self.width), (0.0, self.width)]
            base = Revolve(points=tuple(points))
        return worked(base, *self.worked(self.width, self.diameter - 2 * self.crown, "the rim"))


class RopePulley(Turned):
    """A pulley with a round groove for a rope or cable."""

    names = ("rope pulley", "cable pulley", "wire pulley", "round groove pulley", "sheave wheel", "grooved wheel")
    made_of = "nylon"

    diameter: Outer = 60.0
    width: WheelWidth = 14.0
    rope_diameter: Annotated[Length, said("rope", "cable diameter", "groove diameter", "groove width")] = 8.0
    follows = (
        led("width", by=("rope_diameter", "diameter"))
        | led("rope_diameter", by=("width", "diameter"))
        | led("bore", by="diameter")
    )

    def solid(self) -> Compound:
        self.below("rope_diameter", self.width, "width")
        self.below("rope_diameter", self.diameter / 2, "half the diameter")
        groove = Torus(diameter=self.diameter, tube=self.rope_diameter)
        cut = taken("groove", groove, spot(0, 0, self.width / 2))
        worked = self.worked(self.width, self.diameter - self.rope_diameter, "the diameter at the groove's bottom")
        return Compound(base=bar(self.diameter, self.width), features=(cut, *worked))


class Wheel(Workpiece):
    """A spoked or solid wheel: rim, hub, spokes, axle bore; lying flat."""

    names = ("wheel", "spoked wheel", "cart wheel", "spoke wheel", "flywheel")
    follows = (
        led("width", "bore", by="diameter")
        | led("hub_diameter", by=("diameter", "bore"))
        | led("rim_thickness", "spoke_width", by="diameter")
    )

    diameter: Outer = 120.0
    width: WheelWidth = 24.0
    bore: WheelBore = 12.0
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
            features.append(added("spoke", spoke, spot(0, 0, self.width / 2), pattern=pattern))
        else:
            web = bar(self.diameter - self.rim_thickness, self.width * 0.5)
            features.append(added("web", web, spot(0, 0, self.width / 2)))
        hub = bar(self.hub_diameter, self.width)
        features.append(added("hub", hub, standing(0)))
        if self.bore:
            features.append(drilled(self.bore, id="bore", name="bore"))
        return worked(base, *features)


class Cam(Workpiece):
    """A disc cam: base circle, nose circle `lift` further out, tangents between; the nose towards +x."""

    names = ("cam", "cam lobe", "disc cam", "camshaft lobe", "disk cam")
    follows = led("nose_diameter", "lift", "bore", "width", by="base_diameter")

    base_diameter: Annotated[Length, said("diameter", "base circle", "base circle diameter")] = 40.0
    nose_diameter: Annotated[Length, said("tip diameter", "nose")] = 16.0
    lift: Annotated[Length, said("rise", "eccentricity", "throw")] = 12.0
    width: WheelWidth = 12.0
    bore: WheelBore = 12.0

    def solid(self) -> Compound:
        self.below("nose_diameter", self.base_diameter, "base_diameter")
        self.below("bore", self.base_diameter, "base_diameter")
        reach = self.base_diameter / 2 + self.lift - self.nose_diameter / 2
        body = bar(self.base_diameter, self.width)
        nose = bar(self.nose_diameter, self.width)
        z = self.width / 2
        lobe = Hull(of=(Placed(shape=body, place=spot(0, 0, z)), Placed(shape=nose, place=spot(reach, 0, z))))
        return worked(lobe, *((drilled(self.bore, id="bore", name="bore"),) if self.bore else ()))


class Eccentric(Workpiece):
    """A round disc with its bore off the middle."""

    names = ("eccentric", "eccentric disc", "eccentric cam", "eccentric wheel")
    follows = led("bore", "offset", "width", by="diameter")

    diameter: Outer = 50.0
    offset: Annotated[Length, said("eccentricity", "throw")] = 10.0
    width: WheelWidth = 12.0
    bore: Annotated[Length, said("bore diameter", "shaft diameter", "hole", "shaft hole")] = 12.0
    hub_diameter: Hub = 0.0
    hub_height: Annotated[Gap, said("hub length", "boss height")] = 0.0

    @classmethod
    def usual(cls, said: Mapping[str, Any]) -> dict[str, Any]:
        return super().usual(said) | ({"hub_height": 10.0} if said.get("hub_diameter") else {})

    def solid(self) -> Compound:
        self.below("offset", (self.diameter - self.bore) / 2, "half of diameter less bore")
        base = bar(self.diameter, self.width)
        hub: tuple[Feature, ...] = ()
        if self.hub_diameter and self.hub_height:
            # Concentric with the bore, not with the disc.
            self.above("hub_diameter", self.bore, "bore")
            self.below("hub_diameter", self.diameter - 2 * self.offset, "what the disc has about the bore", equal=True)
            boss = bar(self.hub_diameter, self.width + self.hub_height)
            hub = (added("hub", boss, standing(0, -self.offset)),)
        return worked(base, *hub, drilled(self.bore, -self.offset, 0, id="bore", name="bore"))


class CrankArm(Workpiece):
    """A crank arm: a shaft's eye, a pin's eye, a tapered arm between."""

    names = ("crank arm", "crank", "lever arm", "connecting rod", "link arm", "rocker arm", "con rod")
    follows = (
        led("big_diameter", by=("length", "big_bore"))
        | led("small_diameter", by=("length", "small_bore"))
        | led("big_bore", by=("big_diameter", "length"))
        | led("small_bore", by=("small_diameter", "length"))
        | led("thickness", by="length")
    )

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
        web = Hull(of=tuple(Placed(shape=bar(0.75 * d, arm), place=standing(0, x)) for d, x in discs))
        eye = bar(self.big_diameter, self.thickness)
        other = bar(self.small_diameter, self.thickness)
        return worked(
            eye,
            added("arm", web, spot(half, 0, z, own=("origin", "origin", "centre"))),
            added("eye", other, spot(self.length, 0, z), id="small_eye"),
            drilled(self.big_bore, id="bore", name="bore"),
            drilled(self.small_bore, self.length, 0, id="small_bore", name="bore"),
        )


Span = Annotated[Length, said("outer diameter", "od", "span")]
ShaftBore = Annotated[Gap, said("shaft diameter", "shaft hole", "hole", "center hole", "centre hole")]
Blades = Annotated[int, Field(ge=2, le=60), said("number of blades", "vanes", "fins")]
BladeHub = Annotated[Length, said("hub", "boss diameter")]


class Bladed(Workpiece):
    """What bladed wheels have in common: a hub with a bore, and blades to a diameter."""

    made_of = "black plastic"
    follows = (
        led("hub_diameter", by=("diameter", "bore"))
        | led("bore", by=("hub_diameter", "diameter"))
        | led("height", "blade_thickness", "blade_width", "plate_thickness", by="diameter")
    )

    def check(self) -> None:
        self.below("hub_diameter", getattr(self, "diameter") * 0.9, "nine tenths of the diameter")  # noqa: B009
        self.below("bore", getattr(self, "hub_diameter"), "hub_diameter")  # noqa: B009


class Propeller(Bladed):
    """A propeller: twisted elliptical-section blades on a hub."""

    names = ("propeller", "airscrew", "prop", "boat propeller", "drone propeller", "airplane propeller")

    diameter: Span = 200.0
    blades: Blades = 3
    hub_diameter: BladeHub = 28.0
    height: Annotated[Length, said("hub height", "thickness")] = 20.0
    bore: ShaftBore = 8.0
    blade_width: Annotated[Length, said("chord", "width of the blades")] = 26.0
    blade_thickness: Length = 4.0
    blade_angle: Annotated[float, Field(ge=5, le=60), said("pitch", "pitch angle", "angle of attack")] = 25.0
    twist: Annotated[float, Field(ge=0, le=60)] = 20.0

    def solid(self) -> Compound:
        self.below("blade_thickness", self.blade_width, "blade_width", equal=True)
        return bladed(self, Ellipse(width=self.blade_width, depth=self.blade_thickness), self.twist)


class Fan(Bladed):
    """An axial fan wheel: flat pitched blades on a hub."""

    names = ("fan", "fan wheel", "fan blade", "axial fan", "cooling fan", "turbine", "windmill rotor")

    diameter: Span = 120.0
    blades: Blades = 7
    hub_diameter: BladeHub = 40.0
    height: Annotated[Length, said("hub height", "thickness", "depth")] = 24.0
    bore: ShaftBore = 5.0
    blade_width: Annotated[Length, said("chord", "width of the blades")] = 26.0
    blade_thickness: Length = 2.0
    blade_angle: Annotated[float, Field(ge=5, le=75), said("pitch", "pitch angle")] = 35.0

    def solid(self) -> Compound:
        self.below("blade_thickness", self.blade_width, "blade_width")
        return bladed(self, Rectangle(width=self.blade_width, depth=self.blade_thickness), 12.0)


def around(name: str, shape: Solid, count: int, z: float, tilt: float = 0.0) -> list[Feature]:
    """A shape, drawn from its frame's origin, joined `count` times about z, its origin at the level z."""
    own = ("origin", "origin", "origin")
    return [
        added(name, shape, spot(0, 0, z, rotate=(0, tilt, 360 * i / count), own=own), id=f"{name}_{i}")
        for i in range(count)
    ]


def bladed(wheel: Propeller | Fan, section: Profile, twist: float) -> Compound:
    """Hub and blades; what would reach beyond the wheel's cylinder is cut off, so that its box is exact."""
    # The blade is drawn up from the axis and laid along x: its section is steepest at the hub, as its tip is fastest.
    start = 90 - wheel.blade_angle - twist / 2
    turned = Combined(add=(Piece(profile=section, rotate=start),))
    blade = Extrude(profile=turned, height=wheel.diameter * 0.52, twist=twist)
    limits = bar(wheel.diameter, wheel.height)
    features = around("blade", blade, wheel.blades, wheel.height / 2, 90)
    features.append(Common(id="envelope", name="envelope", shape=limits, place=standing(0)))
    if wheel.bore:
        features.append(drilled(wheel.bore, id="bore", name="bore"))
    return worked(bar(wheel.hub_diameter, wheel.height), *features)


class Impeller(Bladed):
    """A radial impeller: backward-curved vanes on a back plate, a hub."""

    names = ("impeller", "pump impeller", "blower wheel", "centrifugal impeller", "pump wheel")
    made_of = "aluminium"

    diameter: Span = 100.0
    blades: Blades = 7
    hub_diameter: BladeHub = 26.0
    height: Annotated[Length, said("overall height", "hub height", "thickness")] = 24.0
    plate_thickness: Annotated[Length, said("back plate thickness", "disc thickness")] = 4.0
    blade_thickness: Annotated[Length, said("vane thickness")] = 3.0
    bore: ShaftBore = 10.0

    def solid(self) -> Compound:
        self.below("plate_thickness", self.height, "height")
        self.below("blade_thickness", math.pi * self.hub_diameter / self.blades, "the hub's share for each vane")
        outer = self.diameter / 2
        # A vane is an arc from inside the hub to beyond the rim, turned back by 60°.
        radius, half = 0.62 * outer, self.blade_thickness / 2
        cx, cy = 0.55 * outer, -0.62 * radius
        middle = arc(cx, cy, radius, 165, 20, 28)
        upper = [(cx + (x - cx) * (1 + half / radius), cy + (y - cy) * (1 + half / radius)) for x, y in middle]
        lower = [(cx + (x - cx) * (1 - half / radius), cy + (y - cy) * (1 - half / radius)) for x, y in middle]
        vane = prism(clean([*upper, *reversed(lower)]), self.height - self.plate_thickness / 2)
        limits = bar(self.diameter, self.height)
        hub = bar(self.hub_diameter, self.height)
        features: list[Feature] = [
            *around("vane", vane, self.blades, self.plate_thickness / 2),
            Common(id="envelope", name="envelope", shape=limits, place=standing(0)),
            added("hub", hub, standing(0)),
        ]
        if self.bore:
            features.append(drilled(self.bore, id="bore", name="bore"))
        return worked(bar(self.diameter, self.plate_thickness), *features)
