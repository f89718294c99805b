"""Knobs, grips, handles, levers and handwheels."""

from __future__ import annotations

import math
from typing import Annotated

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import Gap, Workpiece, led, said
from wugan.apps.voice_to_3d.families.shop.kit import arc, circle, clean, drilled, hanging, spot, standing
from wugan.apps.voice_to_3d.families.solids import added, bar, prism, taken, worked
from wugan.apps.voice_to_3d.scene.model import Length
from wugan.apps.voice_to_3d.scene.placement import Grid, Polar
from wugan.apps.voice_to_3d.scene.profile import Circle
from wugan.apps.voice_to_3d.scene.solid import (
    Capsule,
    Compound,
    Cylinder,
    Feature,
    Hull,
    Placed,
    Revolve,
    Sphere,
    Sweep,
    Torus,
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
        shape = bar(bore, depth)
        return (taken("bore", shape, standing(0)),)


class Knob(Gripped):
    """A control knob: a grooved grip on a skirt, a blind bore from below, a pointer line where asked."""

    names = ("knob", "control knob", "volume knob", "potentiometer knob", "dial knob", "drawer knob", "cabinet knob")
    follows = led("height", "bore", by="diameter") | led("bore_depth", by=("height", "diameter"))

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
            groove = bar(0.055 * d, 0.8 * h)
            place = hanging(h * 1.05)
            cut = taken("groove", groove, place, pattern=circle(self.grooves, 2 * top * 1.035))
            features.append(cut)
        if self.pointer:
            line = Capsule(diameter=0.08 * d, height=0.5 * d)
            place = spot(0.22 * d, 0, h, rotate=(0, 90, 0))
            features.append(taken("pointer", line, place))
        return worked(Revolve(points=clean(points)), *features, *self.blind(self.bore, self.bore_depth))


class StarKnob(Gripped):
    """A star grip: rounded lobes about a hub (DIN 6336)."""

    names = ("star knob", "star grip", "lobe knob", "hand knob", "star handle")
    follows = (
        led("height", "bore", by="diameter")
        | led("hub_height", by=("height", "diameter"))
        | led("hub_diameter", by="diameter")
    )

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
        star = prism(tuple(points), self.height)
        own = ("origin", "origin", "min")  # the star's box is not centred where its lobes are odd
        grip = added("grip", star, spot(0, 0, self.hub_height, own=own))
        base = bar(self.hub_diameter, self.height + self.hub_height)
        return worked(base, grip, *self.blind(self.bore, self.hub_height + 0.6 * self.height))


class BallKnob(Gripped):
    """A ball knob with a flat foot and a blind bore (DIN 319)."""

    names = ("ball knob", "ball handle", "round knob", "gear knob")
    follows = led("bore", "bore_depth", by="diameter")

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
        return worked(Revolve(points=clean(outline)), *self.blind(self.bore, self.bore_depth))


class THandle(Gripped):
    """A T-handle: a crossbar with round ends on a shank, a blind bore from below."""

    names = ("t-handle", "t handle", "tee handle", "t-grip", "t grip")
    follows = led("diameter", "height", "shank_diameter", by="width") | led("bore", by=("shank_diameter", "width"))

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
        join = added("bar", bar, spot(0, 0, level, rotate=(0, 90, 0)))
        shank = Cylinder(diameter=self.shank_diameter, height=level)
        return worked(shank, join, *self.blind(self.bore, 0.6 * level))


class Lever(Gripped):
    """A lever: a hub with a bore, a tapered arm, a ball at its end."""

    names = ("lever", "clamping lever", "control lever", "gear lever", "ratchet lever")
    follows = led("hub_diameter", "hub_height", "arm_diameter", "ball_diameter", by="length") | led(
        "bore", by=("hub_diameter", "length")
    )

    length: Annotated[Length, said("arm length", "radius")] = 100.0
    hub_diameter: Annotated[Length, said("hub")] = 26.0
    hub_height: Annotated[Length, said("hub thickness", "height")] = 22.0
    arm_diameter: Annotated[Length, said("arm thickness", "rod diameter")] = 10.0
    ball_diameter: Annotated[Length, said("ball", "grip diameter")] = 22.0
    bore: Bore = 12.0

    def solid(self) -> Compound:
        self.below("bore", self.hub_diameter, "hub_diameter")
        self.above("length", (self.hub_diameter + self.ball_diameter) / 2, "hub and ball", equal=True)
        self.below("arm_diameter", min(self.hub_height, self.ball_diameter), "hub_height and ball_diameter")
        z = self.hub_height / 2
        if self.ball_diameter > self.hub_height:
            z = self.ball_diameter / 2
        hub = bar(self.hub_diameter, z + self.hub_height / 2)
        arm = bar(self.arm_diameter, self.length)
        ball = Sphere(diameter=self.ball_diameter)
        features: tuple[Feature, ...] = (
            added("arm", arm, spot(self.length / 2, 0, z, rotate=(0, 90, 0))),
            added("ball", ball, spot(self.length, 0, z)),
        )
        if self.bore:
            features += (drilled(self.bore, id="bore", name="bore"),)
        return worked(hub, *features)


class Handwheel(Workpiece):
    """A handwheel: a round rim on spokes, a hub with a bore, a crank grip where asked (DIN 950)."""

    names = ("handwheel", "hand wheel", "valve wheel", "steering wheel", "machine handwheel")
    made_of = "cast iron"
    follows = (
        led("rim_diameter", by="diameter")
        | led("hub_diameter", by=("diameter", "bore"))
        | led("height", "bore", "spoke_diameter", by="diameter")
    )

    diameter: Outer = 160.0
    rim_diameter: Annotated[Length, said("rim", "rim thickness")] = 18.0
    hub_diameter: Annotated[Length, said("hub")] = 36.0
    height: Annotated[Length, said("hub height", "thickness")] = 30.0
    bore: Annotated[Gap, said("shaft hole", "shaft diameter", "hole")] = 16.0
    spokes: Annotated[int, Field(ge=2, le=24), said("number of spokes", "arms")] = 3
    spoke_diameter: Annotated[Length, said("spoke thickness", "spoke width")] = 12.0
    handle: Annotated[bool, said("crank handle", "grip")] = False

    def solid(self) -> Compound:
        self.below("hub_diameter", self.diameter - 2 * self.rim_diameter, "diameter less the rim on both sides")
        self.below("bore", self.hub_diameter, "hub_diameter")
        self.below("rim_diameter", self.height, "height", equal=True)
        self.below("spoke_diameter", self.rim_diameter, "rim_diameter", equal=True)
        z, ring = self.height / 2, self.diameter - self.rim_diameter
        spoke = bar(self.spoke_diameter, ring / 2)
        pattern = Polar(count=self.spokes, diameter=ring / 2)
        features: list[Feature] = [
            added("rim", Torus(diameter=ring, tube=self.rim_diameter), spot(0, 0, z)),
            added("spoke", spoke, spot(0, 0, z, rotate=(0, 90, 0)), pattern=pattern),
        ]
        if self.handle:
            grip = Capsule(diameter=self.rim_diameter * 0.9, height=0.4 * self.diameter)
            # On the first spoke's end, so that the wheel's box grows upwards only.
            place = standing(z, ring / 2, 0)
            features.append(added("handle", grip, place))
        if self.bore:
            features.append(drilled(self.bore, id="bore", name="bore"))
        return worked(bar(self.hub_diameter, self.height), *features)


class DHandle(Workpiece):
    """A bow handle: a bent round bar with a screw hole in each foot."""

    names = (
        "d-handle",
        "d handle",
        "bow handle",
        "handle",
        "grab handle",
        "grip handle",
        "drawer handle",
        "door handle",
    )
    made_of = "stainless steel"
    follows = led("height", "diameter", by="hole_spacing") | led("hole_diameter", by=("diameter", "hole_spacing"))

    hole_spacing: Annotated[Length, said("length", "center distance", "centre distance", "width", "spacing")] = 96.0
    height: Annotated[Length, said("projection", "clearance", "tall")] = 36.0
    diameter: Annotated[Length, said("bar diameter", "thickness", "rod diameter")] = 10.0
    bend_radius: Annotated[Length, said("radius", "corner radius")] = 14.0
    hole_diameter: Annotated[Gap, said("screw hole diameter", "screw hole")] = 4.0
    yields = led("bend_radius", by=("hole_spacing", "height"))

    def solid(self) -> Compound:
        d, half = self.diameter, self.hole_spacing / 2
        self.above("bend_radius", d / 2, "half the diameter", equal=True)
        self.below("bend_radius", min(half, self.height - d / 2), "half of hole_spacing, and height", equal=True)
        self.below("hole_diameter", d, "diameter")
        top = self.height - d / 2
        r = self.bend_radius
        path = ((-half, 0.0, 0.0), (-half, 0.0, top), (half, 0.0, top), (half, 0.0, 0.0))
        bar = Sweep(profile=Circle(diameter=d), path=path, bend_radius=r)
        if not self.hole_diameter:
            return Compound(base=bar)
        hole = Cylinder(diameter=self.hole_diameter, height=0.5 * self.height)
        pattern = Grid(counts=(2, 1, 1), steps=(self.hole_spacing, 0, 0))
        place = standing(0)
        return worked(bar, taken("hole", hole, place, pattern=pattern))


class PullHandle(Workpiece):
    """A pull handle: a straight bar on two posts."""

    names = ("pull handle", "bar handle", "door pull", "bar pull", "cabinet pull", "drawer pull", "pull")
    made_of = "brushed stainless steel"
    follows = (
        led("hole_spacing", "height", "diameter", by="length")
        | led("post_diameter", by=("diameter", "length"))
        | led("length", by="hole_spacing")
    )

    length: Annotated[Length, said("bar length", "overall length", "width")] = 160.0
    hole_spacing: Annotated[Length, said("post spacing", "center distance", "centre distance")] = 128.0
    height: Annotated[Length, said("projection", "tall")] = 35.0
    diameter: Annotated[Length, said("bar diameter", "thickness")] = 12.0
    post_diameter: Annotated[Length, said("foot diameter", "posts")] = 10.0

    def solid(self) -> Compound:
        self.below("diameter", self.height, "height")
        self.below("post_diameter", self.diameter, "diameter", equal=True)
        self.below("hole_spacing", self.length - self.post_diameter, "length less post_diameter", equal=True)
        level = self.height - self.diameter / 2
        post = Cylinder(diameter=self.post_diameter, height=level)
        bar = Cylinder(diameter=self.diameter, height=self.length)
        # A post is the base, as every solid stands on z = 0; the bar and the other post are joined to it.
        return worked(
            post,
            added("bar", bar, spot(self.hole_spacing / 2, 0, level, rotate=(0, 90, 0))),
            added("post", post, standing(0, self.hole_spacing), id="right_post"),
        )


class CrankHandle(Gripped):
    """A crank handle: a hub with a bore, a flat arm, a turning grip standing up from its end (DIN 469)."""

    names = ("crank handle", "hand crank", "winding handle", "crank with handle")
    made_of = "black steel"
    follows = led("hub_diameter", "arm_thickness", "grip_diameter", "grip_length", by="length") | led(
        "bore", by=("hub_diameter", "length")
    )

    length: Annotated[Length, said("arm length", "radius", "throw", "centre distance", "center distance")] = 100.0
    hub_diameter: Annotated[Length, said("hub")] = 30.0
    arm_thickness: Annotated[Length, said("thickness")] = 12.0
    grip_diameter: Annotated[Length, said("handle diameter")] = 22.0
    grip_length: Annotated[Length, said("handle length", "grip height")] = 70.0
    bore: Bore = 14.0

    def solid(self) -> Compound:
        self.below("bore", self.hub_diameter, "hub_diameter")
        self.above("length", (self.hub_diameter + self.grip_diameter) / 2, "hub and grip", equal=True)
        t, end = self.arm_thickness, self.grip_diameter * 1.1
        arm = Hull(
            of=tuple(
                Placed(shape=bar(d, t), place=standing(0, x)) for d, x in ((self.hub_diameter, 0.0), (end, self.length))
            )
        )
        neck, grip = 0.5 * self.grip_diameter, self.grip_diameter / 2
        long = self.grip_length
        outline = [
            (0.0, 0.0),
            (neck * 0.9, 0.0),
            (grip, 0.35 * long),
            *arc(grip * 0.6, long - grip * 0.4, grip * 0.4, 0, 90, 8),
            (0.0, long),
        ]
        features: tuple[Feature, ...] = (added("grip", Revolve(points=clean(outline)), standing(t, self.length, 0)),)
        if self.bore:
            features += (drilled(self.bore, id="bore", name="bore"),)
        return worked(arm, *features)
