"""Toothed parts: spur, helical, bevel and ring gears, rack, sprocket, ratchet."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import said
from wugan.apps.voice_to_3d.families.shop.holes import chord, circle, drilled, keyed, keyway, spot, standing
from wugan.apps.voice_to_3d.families.shop.outline import arc, clean
from wugan.apps.voice_to_3d.families.shop.workpiece import Gap, Leads, Workpiece
from wugan.apps.voice_to_3d.scene.model import Length
from wugan.apps.voice_to_3d.scene.profile import Gear, Polygon
from wugan.apps.voice_to_3d.scene.solid import (
    Compound,
    Cut,
    Cylinder,
    Extrude,
    Feature,
    Join,
    Pyramid,
    Solid,
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
            hub = Cylinder(diameter=self.hub_diameter, height=high)
            features.append(Join(id="hub", name="hub", shape=hub, place=standing(0)))
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
        base = Extrude(profile=gear, height=self.width)
        return Compound(base=base, features=self.worked(self.module * (self.teeth - 2.5)))


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
        return Compound(base=base, features=self.worked(self.module * (self.teeth - 2.5)))


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
        return Compound(base=Pyramid(profile=gear, height=self.width, top_scale=scale), features=self.worked(root))


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
        tool = Cut(id="teeth", name="teeth", shape=Extrude(profile=gear, height=1), through="z", place=spot())
        return Compound(base=Cylinder(diameter=self.outer_diameter, height=self.width), features=(tool,))


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
        return Extrude(profile=Polygon(points=clean(points)), height=self.width)

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
        base = Extrude(profile=Polygon(points=_ordered(points)), height=self.width)
        features: list[Feature] = []
        if self.hub_diameter and self.hub_height:
            self.below("hub_diameter", root, "the diameter at the teeth's feet")
            self.below("bore", self.hub_diameter, "hub_diameter")
            high = self.width + self.hub_height
            features.append(
                Join(
                    id="hub",
                    name="hub",
                    shape=Cylinder(diameter=self.hub_diameter, height=high),
                    place=standing(0),
                )
            )
        if self.bore:
            key, deep = keyway(self.bore) if self.keyway else (0.0, 0.0)
            self.below("bore", root - 2 * deep, "the diameter at the teeth's feet")
            features.append(keyed(self.bore, key, deep))
        return Compound(base=base, features=tuple(features))


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
    follows: ClassVar[Leads] = {"tooth_depth": ("diameter",), "bore": ("diameter",), "width": ("diameter",)}

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
        base = Extrude(profile=Polygon(points=clean(points)), height=self.width)
        return Compound(base=base, features=(drilled(self.bore, id="bore", name="bore"),) if self.bore else ())
