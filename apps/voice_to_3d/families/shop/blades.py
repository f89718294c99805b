"""Bladed wheels: fan, propeller, impeller."""

from __future__ import annotations

import math
from typing import Annotated, ClassVar

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import said
from wugan.apps.voice_to_3d.families.shop.holes import drilled, spot, standing
from wugan.apps.voice_to_3d.families.shop.outline import arc, clean
from wugan.apps.voice_to_3d.families.shop.workpiece import Gap, Leads, Workpiece
from wugan.apps.voice_to_3d.scene.model import Length
from wugan.apps.voice_to_3d.scene.profile import Combined, Ellipse, Piece, Polygon, Profile, Rectangle
from wugan.apps.voice_to_3d.scene.solid import Common, Compound, Cylinder, Extrude, Feature, Join, Solid

Outer = Annotated[Length, said("outer diameter", "od", "span")]
Bore = Annotated[Gap, said("shaft diameter", "shaft hole", "hole", "center hole", "centre hole")]
Blades = Annotated[int, Field(ge=2, le=60), said("number of blades", "vanes", "fins")]
Hub = Annotated[Length, said("hub", "boss diameter")]


class Bladed(Workpiece):
    """What bladed wheels have in common: a hub with a bore, and blades to a diameter."""

    made_of = "black plastic"
    follows: ClassVar[Leads] = {
        "hub_diameter": ("diameter", "bore"),
        "bore": ("hub_diameter", "diameter"),
        "height": ("diameter",),
        "blade_thickness": ("diameter",),
        "blade_width": ("diameter",),
        "plate_thickness": ("diameter",),
    }

    def check(self) -> None:
        self.below("hub_diameter", getattr(self, "diameter") * 0.9, "nine tenths of the diameter")  # noqa: B009
        self.below("bore", getattr(self, "hub_diameter"), "hub_diameter")  # noqa: B009


class Propeller(Bladed):
    """A propeller: twisted elliptical-section blades on a hub."""

    names = ("propeller", "airscrew", "prop", "boat propeller", "drone propeller", "airplane propeller")

    diameter: Outer = 200.0
    blades: Blades = 3
    hub_diameter: Hub = 28.0
    height: Annotated[Length, said("hub height", "thickness")] = 20.0
    bore: Bore = 8.0
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

    diameter: Outer = 120.0
    blades: Blades = 7
    hub_diameter: Hub = 40.0
    height: Annotated[Length, said("hub height", "thickness", "depth")] = 24.0
    bore: Bore = 5.0
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
        Join(id=f"{name}_{i}", name=name, shape=shape, place=spot(0, 0, z, rotate=(0, tilt, 360 * i / count), own=own))
        for i in range(count)
    ]


def bladed(wheel: Propeller | Fan, section: Profile, twist: float) -> Compound:
    """Hub and blades; what would reach beyond the wheel's cylinder is cut off, so that its box is exact."""
    # The blade is drawn up from the axis and laid along x: its section is steepest at the hub, as its tip is fastest.
    start = 90 - wheel.blade_angle - twist / 2
    turned = Combined(add=(Piece(profile=section, rotate=start),))
    blade = Extrude(profile=turned, height=wheel.diameter * 0.52, twist=twist)
    limits = Cylinder(diameter=wheel.diameter, height=wheel.height)
    features = around("blade", blade, wheel.blades, wheel.height / 2, 90)
    features.append(Common(id="envelope", name="envelope", shape=limits, place=standing(0)))
    if wheel.bore:
        features.append(drilled(wheel.bore, id="bore", name="bore"))
    return Compound(base=Cylinder(diameter=wheel.hub_diameter, height=wheel.height), features=tuple(features))


class Impeller(Bladed):
    """A radial impeller: backward-curved vanes on a back plate, a hub."""

    names = ("impeller", "pump impeller", "blower wheel", "centrifugal impeller", "pump wheel")
    made_of = "aluminium"

    diameter: Outer = 100.0
    blades: Blades = 7
    hub_diameter: Hub = 26.0
    height: Annotated[Length, said("overall height", "hub height", "thickness")] = 24.0
    plate_thickness: Annotated[Length, said("back plate thickness", "disc thickness")] = 4.0
    blade_thickness: Annotated[Length, said("vane thickness")] = 3.0
    bore: Bore = 10.0

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
        vane = Extrude(
            profile=Polygon(points=clean([*upper, *reversed(lower)])), height=self.height - self.plate_thickness / 2
        )
        limits = Cylinder(diameter=self.diameter, height=self.height)
        hub = Cylinder(diameter=self.hub_diameter, height=self.height)
        features: list[Feature] = [
            *around("vane", vane, self.blades, self.plate_thickness / 2),
            Common(id="envelope", name="envelope", shape=limits, place=standing(0)),
            Join(id="hub", name="hub", shape=hub, place=standing(0)),
        ]
        if self.bore:
            features.append(drilled(self.bore, id="bore", name="bore"))
        return Compound(base=Cylinder(diameter=self.diameter, height=self.plate_thickness), features=tuple(features))
