"""Knobs and grips."""

from __future__ import annotations

import math
from typing import Annotated, ClassVar

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import said
from wugan.apps.voice_to_3d.families.shop.holes import circle, hanging, spot, standing
from wugan.apps.voice_to_3d.families.shop.outline import arc, clean
from wugan.apps.voice_to_3d.families.shop.workpiece import Gap, Leads, Workpiece
from wugan.apps.voice_to_3d.scene.model import Length
from wugan.apps.voice_to_3d.scene.profile import Polygon
from wugan.apps.voice_to_3d.scene.solid import (
    Capsule,
    Compound,
    Cut,
    Cylinder,
    Extrude,
    Feature,
    Join,
    Revolve,
)

Outer = Annotated[Length, said("outer diameter", "od")]
Bore = Annotated[Gap, said("shaft hole", "shaft diameter", "hole", "hole diameter", "screw hole")]
Height = Annotated[Length, said("tall", "thickness", "overall height")]


class Gripped(Workpiece):
    """What knobs have in common: a blind bore from below."""

    made_of = "black plastic"

    def blind(self, bore: float, depth: float) -> tuple[Feature, ...]:
        """The bore for shaft or screw, from below."""
        if not bore:
            return ()
        shape = Cylinder(diameter=bore, height=depth)
        return (Cut(id="bore", name="bore", shape=shape, place=standing(0)),)


class Knob(Gripped):
    """A control knob: a grooved grip on a skirt, a blind bore from below, a pointer line where asked."""

    names = ("knob", "control knob", "volume knob", "potentiometer knob", "dial knob", "drawer knob", "cabinet knob")
    follows: ClassVar[Leads] = {"height": ("diameter",), "bore": ("diameter",), "bore_depth": ("height", "diameter")}

    diameter: Outer = 30.0
    height: Height = 20.0
    bore: Bore = 6.0
    bore_depth: Annotated[Length, said("hole depth")] = 12.0
    grooves: Annotated[int, Field(ge=0, le=90), said("knurls", "ridges", "flutes")] = 18
    pointer: Annotated[bool, said("indicator", "pointer line", "mark")] = False

    def solid(self) -> Compound:
        d, h = self.diameter, self.height
        self.below("bore", d * 0.85, "the grip, 85 % of the diameter")
        self.below("bore_depth", h, "height")
        top = 0.86 * d / 2
        edge = min(0.08 * h, 0.1 * d)
        points = [
            (0.0, 0.0),
            (d / 2, 0.0),
            (d / 2, 0.15 * h),
            (top * 1.06, 0.22 * h),
            (top, h - edge),
            (top - edge, h),
            (0.0, h),
        ]
        features: list[Feature] = []
        if self.grooves:
            groove = Cylinder(diameter=0.055 * d, height=0.8 * h)
            place = hanging(h * 1.05)
            cut = Cut(
                id="groove", name="groove", shape=groove, place=place, pattern=circle(self.grooves, 2 * top * 1.035)
            )
            features.append(cut)
        if self.pointer:
            line = Capsule(diameter=0.08 * d, height=0.5 * d)
            place = spot(0.22 * d, 0, h, rotate=(0, 90, 0))
            features.append(Cut(id="pointer", name="pointer", shape=line, place=place))
        return Compound(
            base=Revolve(points=clean(points)), features=(*features, *self.blind(self.bore, self.bore_depth))
        )


class StarKnob(Gripped):
    """A star grip: rounded lobes about a hub (DIN 6336)."""

    names = ("star knob", "star grip", "lobe knob", "hand knob", "star handle")
    follows: ClassVar[Leads] = {
        "height": ("diameter",),
        "bore": ("diameter",),
        "hub_height": ("height", "diameter"),
        "hub_diameter": ("diameter",),
    }

    diameter: Outer = 50.0
    height: Annotated[Length, said("thickness", "grip height")] = 18.0
    lobes: Annotated[int, Field(ge=3, le=12), said("arms", "points", "number of lobes")] = 5
    hub_height: Annotated[Gap, said("hub length", "neck height")] = 10.0
    hub_diameter: Annotated[Length, said("neck diameter", "hub")] = 20.0
    bore: Bore = 8.0

    def solid(self) -> Compound:
        r = self.diameter / 2
        self.below("hub_diameter", self.diameter * 0.64, "the grip between its lobes")
        self.below("bore", self.hub_diameter, "hub_diameter")
        # A wave about a circle: round tips on the diameter (the first towards +x), round notches between.
        wave = min(0.17, 0.55 / self.lobes) * r
        points = []
        for i in range(180):
            a = 2 * math.pi * i / 180
            radius = r - wave + wave * math.cos(self.lobes * a)
            points.append((radius * math.cos(a), radius * math.sin(a)))
        star = Extrude(profile=Polygon(points=tuple(points)), height=self.height)
        own = ("origin", "origin", "min")  # the star's box is not centred where its lobes are odd
        grip = Join(id="grip", name="grip", shape=star, place=spot(0, 0, self.hub_height, own=own))
        base = Cylinder(diameter=self.hub_diameter, height=self.height + self.hub_height)
        return Compound(base=base, features=(grip, *self.blind(self.bore, self.hub_height + 0.6 * self.height)))


class BallKnob(Gripped):
    """A ball knob with a flat foot and a blind bore (DIN 319)."""

    names = ("ball knob", "ball handle", "round knob", "gear knob")
    follows: ClassVar[Leads] = {"bore": ("diameter",), "bore_depth": ("diameter",)}

    diameter: Outer = 32.0
    bore: Bore = 8.0
    bore_depth: Annotated[Length, said("hole depth")] = 15.0

    def solid(self) -> Compound:
        self.below("bore", 0.6 * self.diameter, "the foot, six tenths of the diameter")
        self.below("bore_depth", 0.85 * self.diameter, "what the ball has room for")
        r = self.diameter / 2
        # The foot is cut where the ball is 0.6 of its diameter across: 0.1 of the diameter is lost.
        outline = [
            (0.0, 0.0),
            (0.6 * r, 0.0),
            *arc(0, 0.8 * r, r, math.degrees(math.asin(-0.8)), 0, 20),
            *arc(0, 0.8 * r, r, 0, 90, 32),
        ]
        return Compound(base=Revolve(points=clean(outline)), features=self.blind(self.bore, self.bore_depth))


class THandle(Gripped):
    """A T-handle: a crossbar with round ends on a shank, a blind bore from below."""

    names = ("t-handle", "t handle", "tee handle", "t-grip", "t grip")
    follows: ClassVar[Leads] = {
        "diameter": ("width",),
        "height": ("width",),
        "shank_diameter": ("width",),
        "bore": ("shank_diameter", "width"),
    }

    width: Annotated[Length, said("length", "bar length")] = 80.0
    diameter: Annotated[Length, said("bar diameter", "grip diameter")] = 18.0
    height: Height = 55.0
    shank_diameter: Annotated[Length, said("shaft diameter", "stem diameter", "shank")] = 16.0
    bore: Annotated[Gap, said("hole", "hole diameter")] = 8.0

    def solid(self) -> Compound:
        self.below("diameter", self.width, "width")
        self.below("diameter", self.height, "height")
        self.below("bore", self.shank_diameter, "shank_diameter")
        level = self.height - self.diameter / 2
        bar = Capsule(diameter=self.diameter, height=self.width)
        join = Join(id="bar", name="bar", shape=bar, place=spot(0, 0, level, rotate=(0, 90, 0)))
        shank = Cylinder(diameter=self.shank_diameter, height=level)
        return Compound(base=shank, features=(join, *self.blind(self.bore, 0.6 * level)))
