"""Handles, levers and handwheels."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import said
from wugan.apps.voice_to_3d.families.shop.holes import drilled, spot, standing
from wugan.apps.voice_to_3d.families.shop.knobs import Gripped
from wugan.apps.voice_to_3d.families.shop.outline import arc, clean
from wugan.apps.voice_to_3d.families.shop.workpiece import Gap, Leads, Workpiece
from wugan.apps.voice_to_3d.scene.model import Length
from wugan.apps.voice_to_3d.scene.placement import Grid, Polar
from wugan.apps.voice_to_3d.scene.profile import Circle
from wugan.apps.voice_to_3d.scene.solid import (
    Capsule,
    Compound,
    Cut,
    Cylinder,
    Feature,
    Hull,
    Join,
    Placed,
    Revolve,
    Sphere,
    Sweep,
    Torus,
)

Outer = Annotated[Length, said("outer diameter", "od")]
Bore = Annotated[Gap, said("shaft hole", "shaft diameter", "hole", "hole diameter", "screw hole")]
Height = Annotated[Length, said("tall", "thickness", "overall height")]


class Lever(Gripped):
    """A lever: a hub with a bore, a tapered arm, a ball at its end."""

    names = ("lever", "clamping lever", "control lever", "gear lever", "ratchet lever")
    follows: ClassVar[Leads] = {
        "hub_diameter": ("length",),
        "hub_height": ("length",),
        "arm_diameter": ("length",),
        "ball_diameter": ("length",),
        "bore": ("hub_diameter", "length"),
    }

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
        hub = Cylinder(diameter=self.hub_diameter, height=z + self.hub_height / 2)
        arm = Cylinder(diameter=self.arm_diameter, height=self.length)
        ball = Sphere(diameter=self.ball_diameter)
        features: tuple[Feature, ...] = (
            Join(id="arm", name="arm", shape=arm, place=spot(self.length / 2, 0, z, rotate=(0, 90, 0))),
            Join(id="ball", name="ball", shape=ball, place=spot(self.length, 0, z)),
        )
        if self.bore:
            features += (drilled(self.bore, id="bore", name="bore"),)
        return Compound(base=hub, features=features)


class Handwheel(Workpiece):
    """A handwheel: a round rim on spokes, a hub with a bore, a crank grip where asked (DIN 950)."""

    names = ("handwheel", "hand wheel", "valve wheel", "steering wheel", "machine handwheel")
    made_of = "cast iron"
    follows: ClassVar[Leads] = {
        "rim_diameter": ("diameter",),
        "hub_diameter": ("diameter", "bore"),
        "height": ("diameter",),
        "bore": ("diameter",),
        "spoke_diameter": ("diameter",),
    }

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
        spoke = Cylinder(diameter=self.spoke_diameter, height=ring / 2)
        pattern = Polar(count=self.spokes, diameter=ring / 2)
        features: list[Feature] = [
            Join(id="rim", name="rim", shape=Torus(diameter=ring, tube=self.rim_diameter), place=spot(0, 0, z)),
            Join(id="spoke", name="spoke", shape=spoke, place=spot(0, 0, z, rotate=(0, 90, 0)), pattern=pattern),
        ]
        if self.handle:
            grip = Capsule(diameter=self.rim_diameter * 0.9, height=0.4 * self.diameter)
            # On the first spoke's end, so that the wheel's box grows upwards only.
            place = standing(z, ring / 2, 0)
            features.append(Join(id="handle", name="handle", shape=grip, place=place))
        if self.bore:
            features.append(drilled(self.bore, id="bore", name="bore"))
        return Compound(base=Cylinder(diameter=self.hub_diameter, height=self.height), features=tuple(features))


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
    follows: ClassVar[Leads] = {
        "height": ("hole_spacing",),
        "diameter": ("hole_spacing",),
        "hole_diameter": ("diameter", "hole_spacing"),
    }

    hole_spacing: Annotated[Length, said("length", "center distance", "centre distance", "width", "spacing")] = 96.0
    height: Annotated[Length, said("projection", "clearance", "tall")] = 36.0
    diameter: Annotated[Length, said("bar diameter", "thickness", "rod diameter")] = 10.0
    bend_radius: Annotated[Length, said("radius", "corner radius")] = 14.0
    hole_diameter: Annotated[Gap, said("screw hole diameter", "screw hole")] = 4.0
    yields: ClassVar[Leads] = {"bend_radius": ("hole_spacing", "height")}

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
        return Compound(base=bar, features=(Cut(id="hole", name="hole", shape=hole, place=place, pattern=pattern),))


class PullHandle(Workpiece):
    """A pull handle: a straight bar on two posts."""

    names = ("pull handle", "bar handle", "door pull", "bar pull", "cabinet pull", "drawer pull", "pull")
    made_of = "brushed stainless steel"
    follows: ClassVar[Leads] = {
        "hole_spacing": ("length",),
        "height": ("length",),
        "diameter": ("length",),
        "post_diameter": ("diameter", "length"),
        "length": ("hole_spacing",),
    }

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
        return Compound(
            base=post,
            features=(
                Join(id="bar", name="bar", shape=bar, place=spot(self.hole_spacing / 2, 0, level, rotate=(0, 90, 0))),
                Join(id="right_post", name="post", shape=post, place=standing(0, self.hole_spacing)),
            ),
        )


class CrankHandle(Gripped):
    """A crank handle: a hub with a bore, a flat arm, a turning grip standing up from its end (DIN 469)."""

    names = ("crank handle", "hand crank", "winding handle", "crank with handle")
    made_of = "black steel"
    follows: ClassVar[Leads] = {
        "hub_diameter": ("length",),
        "arm_thickness": ("length",),
        "grip_diameter": ("length",),
        "grip_length": ("length",),
        "bore": ("hub_diameter", "length"),
    }

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
                Placed(shape=Cylinder(diameter=d, height=t), place=standing(0, x))
                for d, x in ((self.hub_diameter, 0.0), (end, self.length))
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
        features: tuple[Feature, ...] = (
            Join(
                id="grip",
                name="grip",
                shape=Revolve(points=clean(outline)),
                place=standing(t, self.length, 0),
            ),
        )
        if self.bore:
            features += (drilled(self.bore, id="bore", name="bore"),)
        return Compound(base=arm, features=features)
