"""Flanges: flat, blind, hubbed and weld neck; by explicit sizes or by nominal size (EN 1092-1, PN 16)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import said
from wugan.apps.voice_to_3d.families.shop.holes import chord, circle, drilled, keyed, keyway, standing
from wugan.apps.voice_to_3d.families.shop.workpiece import Gap, Leads, Workpiece
from wugan.apps.voice_to_3d.scene.model import Length
from wugan.apps.voice_to_3d.scene.solid import Compound, Cylinder, Feature, Join, Revolve
from wugan.errors import DataError

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
Thick = Annotated[Length, said("height", "thick", "flange thickness")]
Flanged = Annotated[Length, said("thick", "flange thickness")]
"""Thickness of a flange that has a height of its own."""
Bore = Annotated[
    Length, said("center hole", "centre hole", "central hole", "inner diameter", "id", "central bore", "middle hole")
]
Hole = Annotated[Length, said("bolt hole", "bolt hole diameter", "hole size", "holes diameter")]
Holes = Annotated[int, Field(ge=0, le=200), said("bolts", "bolt holes", "number of holes")]
Circled = Annotated[Length, said("bolt circle diameter", "pitch circle diameter", "pitch circle", "pcd", "bcd")]


class AnyFlange(Workpiece):
    """What flanges have in common: a disc with holes on a bolt circle."""

    follows: ClassVar[Leads] = {
        "bolt_circle": ("diameter",),
        "bore": ("diameter", "bolt_circle"),
        "diameter": ("bolt_circle",),
        "hub_diameter": ("diameter", "bolt_circle"),
        "hub_height": ("diameter",),
        "pipe_diameter": ("diameter", "bolt_circle"),
    }
    yields: ClassVar[Leads] = {"hole_diameter": ("diameter", "bolt_circle"), "thickness": ("diameter",)}

    size: Annotated[str, Field(max_length=12), said("nominal size", "dn", "nominal diameter")] = ""
    diameter: Outer = 120.0
    thickness: Thick = 12.0
    holes: Holes = 6
    hole_diameter: Hole = 9.0
    bolt_circle: Circled = 95.0

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
    follows: ClassVar[Leads] = {
        "bolt_circle": ("diameter",),
        "bore": ("diameter", "bolt_circle", "hub_diameter"),
        "diameter": ("bolt_circle",),
    }

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
            hub = Cylinder(diameter=self.hub_diameter, height=self.thickness + self.hub_height)
            features.append(Join(id="hub", name="hub", shape=hub, place=standing(0)))
        bolts = self.bolts(max(self.bore, self.hub_diameter), "hub_diameter" if self.hub_diameter else "bore")
        base = Cylinder(diameter=self.diameter, height=self.thickness)
        return Compound(base=base, features=(*features, drilled(self.bore, id="bore", name="bore"), *bolts))


class BlindFlange(AnyFlange):
    """A flange without bore, to close a pipe."""

    names = ("blind flange", "blank flange", "end cap flange")

    def solid(self) -> Compound:
        return Compound(
            base=Cylinder(diameter=self.diameter, height=self.thickness), features=self.bolts(0.0, "nothing")
        )


class WeldNeckFlange(AnyFlange):
    """A flange with a tapered neck that a pipe is welded to, EN 1092-1 type 11."""

    names = ("weld neck flange", "welding neck flange", "neck flange", "weld-neck flange")

    yields: ClassVar[Leads] = {**AnyFlange.yields, "thickness": ("diameter", "height")}

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
        return Compound(base=Revolve(points=outline), features=(drilled(self.bore, id="bore", name="bore"), *bolts))


class ShaftHub(AnyFlange):
    """A hub with a flange, keyed to a shaft."""

    names = ("shaft hub", "flanged hub", "hub", "hub flange", "shaft flange", "flange hub")

    yields: ClassVar[Leads] = {**AnyFlange.yields, "thickness": ("diameter", "height")}

    diameter: Outer = 60.0
    thickness: Flanged = 6.0
    holes: Holes = 4
    hole_diameter: Hole = 5.5
    bolt_circle: Circled = 46.0
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
        hub = Join(
            id="hub",
            name="hub",
            shape=Cylinder(diameter=self.hub_diameter, height=self.height),
            place=standing(0),
        )
        base = Cylinder(diameter=self.diameter, height=self.thickness)
        return Compound(
            base=base, features=(hub, keyed(self.bore, width, depth), *self.bolts(self.hub_diameter, "hub_diameter"))
        )
