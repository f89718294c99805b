"""Small fittings: cable clip, grommet, wedge, ramp, foot, caster, heat sink."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import Part, said
from wugan.apps.voice_to_3d.families.shop.holes import drilled, hanging, spot, standing
from wugan.apps.voice_to_3d.families.shop.outline import arc, clean
from wugan.apps.voice_to_3d.families.shop.workpiece import Gap, Leads, Workpiece
from wugan.apps.voice_to_3d.scene.model import Length
from wugan.apps.voice_to_3d.scene.placement import Grid
from wugan.apps.voice_to_3d.scene.profile import Polygon
from wugan.apps.voice_to_3d.scene.solid import (
    Box,
    Compound,
    Cone,
    Cut,
    Cylinder,
    Extrude,
    Feature,
    Join,
    Revolve,
    Solid,
)

Wire = Annotated[Length, said("thickness", "diameter", "rod diameter", "wire thickness")]
Opening = Annotated[Length, said("hook diameter", "inner diameter", "inside diameter", "opening")]
Long = Annotated[Length, said("height", "overall length", "tall")]
Path = list[tuple[float, float, float]]


class CableClip(Workpiece):
    """A cable clip: an open ring that snaps over a cable, on a foot with a screw hole."""

    names = ("cable clip", "cable clamp", "wire clip", "cable holder", "cord clip", "cable hook")
    made_of = "black plastic"
    follows: ClassVar[Leads] = {
        "thickness": ("cable_diameter",),
        "width": ("cable_diameter",),
        "foot_length": ("cable_diameter",),
    }
    yields: ClassVar[Leads] = {"hole_diameter": ("cable_diameter", "width")}

    cable_diameter: Annotated[Length, said("cable", "diameter", "inner diameter", "wire diameter")] = 10.0
    thickness: Annotated[Length, said("wall", "wall thickness")] = 2.5
    width: Annotated[Length, said("depth", "wide")] = 10.0
    foot_length: Annotated[Length, said("tab length", "foot")] = 14.0
    hole_diameter: Annotated[Length, said("screw hole diameter", "screw hole")] = 4.0

    def solid(self) -> Compound:
        t, outer = self.thickness, self.cable_diameter + 2 * self.thickness
        self.below("hole_diameter", min(self.width, self.foot_length), "width and foot_length")
        ring = Cylinder(diameter=outer, height=self.width)
        foot = Box(size=(outer / 2 + self.foot_length, self.width, t))
        gap = Box(size=(0.7 * self.cable_diameter, 2 * self.width, outer))
        x = (outer / 2 + self.foot_length) / 2
        bore = Cylinder(diameter=self.cable_diameter, height=2 * self.width)
        # The foot is the base: x counts from its middle.
        return Compound(
            base=foot,
            features=(
                Join(id="ring", name="ring", shape=ring, place=spot(-x, 0, outer / 2, rotate=(90, 0, 0))),
                Cut(id="bore", name="bore", shape=bore, place=spot(-x, 0, outer / 2, rotate=(90, 0, 0))),
                Cut(id="mouth", name="mouth", shape=gap, place=standing(outer / 2, -x, 0)),
                drilled(self.hole_diameter, x - self.foot_length / 2, 0),
            ),
        )


class Grommet(Workpiece):
    """A rubber grommet: a sleeve with a groove about it for the panel's edge."""

    names = ("grommet", "rubber grommet", "cable grommet", "wire grommet", "bushing grommet")
    made_of = "rubber"
    follows: ClassVar[Leads] = {
        "outer_diameter": ("hole_diameter", "panel_hole_diameter"),
        "panel_hole_diameter": ("hole_diameter", "outer_diameter"),
        "hole_diameter": ("panel_hole_diameter", "outer_diameter"),
        "height": ("hole_diameter",),
    }

    hole_diameter: Annotated[Length, said("bore", "cable diameter", "inner diameter", "id", "hole", "cable")] = 8.0
    panel_hole_diameter: Annotated[Length, said("groove diameter", "panel hole", "panel cutout")] = 12.0
    outer_diameter: Annotated[Length, said("diameter", "od")] = 17.0
    height: Annotated[Length, said("thickness", "overall height")] = 7.0
    groove_width: Annotated[Length, said("panel thickness", "groove")] = 2.0
    yields: ClassVar[Leads] = {"groove_width": ("height",)}

    def solid(self) -> Solid:
        self.below("hole_diameter", self.panel_hole_diameter, "panel_hole_diameter")
        self.below("panel_hole_diameter", self.outer_diameter, "outer_diameter")
        self.below("groove_width", self.height, "height")
        hole, neck, rim = self.hole_diameter / 2, self.panel_hole_diameter / 2, self.outer_diameter / 2
        lip = (self.height - self.groove_width) / 2
        edge = min(lip, rim - neck) * 0.45
        h = self.height
        points = [
            (hole, 0.0),
            (rim - edge, 0.0),
            *arc(rim - edge, edge, edge, -90, 0, 8),
            (rim, lip),
            (neck, lip),
            (neck, h - lip),
            (rim, h - lip),
            *arc(rim - edge, h - edge, edge, 0, 90, 8),
            (hole, h),
        ]
        return Revolve(points=clean(points))


class Wedge(Workpiece):
    """A wedge: a right triangle in side view, highest at the back."""

    names: ClassVar[tuple[str, ...]] = ("wedge", "shim", "door wedge", "door stop", "doorstop", "chock", "wheel chock")
    made_of = "rubber"

    length: Annotated[Length, said("depth", "long")] = 100.0
    width: Annotated[Length, said("wide")] = 40.0
    height: Annotated[Length, said("tall", "thickness", "rise", "thick end", "at the thick end", "at the back")] = 30.0
    tip_thickness: Annotated[
        Gap, said("thin end", "edge thickness", "tip height", "at the front", "at the thin end")
    ] = 0.0
    yields: ClassVar[Leads] = {"tip_thickness": ("height",)}
    turned = (90, 0, 90)

    def solid(self) -> Solid:
        self.below("tip_thickness", self.height, "height")
        points = ((0.0, 0.0), (self.length, 0.0), (self.length, self.height), (0.0, self.tip_thickness))
        return Extrude(profile=Polygon(points=clean(points)), height=self.width)


class Ramp(Wedge):
    """A ramp: a long wedge, lowest at the front."""

    names: ClassVar[tuple[str, ...]] = ("ramp", "incline", "inclined plane", "slope", "loading ramp")
    made_of = "aluminium"

    length: Annotated[Length, said("depth", "long")] = 600.0
    width: Annotated[Length, said("wide")] = 300.0
    height: Annotated[Length, said("tall", "rise")] = 120.0
    tip_thickness: Annotated[Gap, said("thin end", "edge thickness")] = 0.0


class Foot(Workpiece):
    """A round foot: a cone with a screw hole from above, countersunk from below."""

    names = ("foot", "rubber foot", "equipment foot", "furniture foot", "bumper", "rubber bumper", "levelling foot")
    made_of = "rubber"
    follows: ClassVar[Leads] = {"top_diameter": ("diameter",), "height": ("diameter",), "hole_diameter": ("diameter",)}

    diameter: Annotated[Length, said("bottom diameter", "outer diameter", "base diameter")] = 30.0
    top_diameter: Annotated[Length, said("upper diameter")] = 24.0
    height: Annotated[Length, said("tall", "thickness")] = 15.0
    hole_diameter: Annotated[Length, said("screw hole diameter", "screw hole", "hole", "bore")] = 5.0

    def solid(self) -> Compound:
        small = min(self.diameter, self.top_diameter)
        self.below("hole_diameter", small / 2, "half the smaller diameter")
        base = Cone(bottom_diameter=self.diameter, top_diameter=self.top_diameter, height=self.height)
        head = Cylinder(diameter=1.8 * self.hole_diameter, height=self.height / 2)
        counterbore = Cut(id="counterbore", name="counterbore", shape=head, place=standing(0))
        return Compound(base=base, features=(drilled(self.hole_diameter), counterbore))


class Caster(Workpiece):
    """A caster: a wheel in a fork under a plate with four holes."""

    names = ("caster", "castor", "caster wheel", "swivel caster", "castor wheel", "roller wheel")
    made_of = "galvanized steel"
    follows: ClassVar[Leads] = {
        "wheel_width": ("wheel_diameter", "height"),
        "height": ("wheel_diameter",),
        "wheel_diameter": ("height",),
        "plate_width": ("wheel_diameter", "height"),
        "plate_thickness": ("wheel_diameter", "height"),
    }
    yields: ClassVar[Leads] = {"hole_diameter": ("plate_width", "wheel_diameter", "height")}

    wheel_diameter: Annotated[Length, said("diameter", "wheel")] = 50.0
    wheel_width: Annotated[Length, said("width of the wheel", "tread width")] = 18.0
    height: Annotated[Length, said("overall height", "tall")] = 70.0
    plate_width: Annotated[Length, said("plate size", "plate")] = 60.0
    plate_thickness: Annotated[Length, said("plate")] = 3.0
    hole_diameter: Annotated[Length, said("screw hole diameter", "bolt hole")] = 6.5

    def pieces(self) -> list[Part]:
        d, w, t = self.wheel_diameter, self.wheel_width, self.plate_thickness
        cheek = 0.15 * w
        outer = 1.1 * w + 2 * cheek
        self.above("height", d + 2 * t, "wheel_diameter and two plate thicknesses")
        self.below("wheel_width", (self.plate_width - 2 * cheek) / 1.1, "plate_width less the fork")
        self.below("hole_diameter", self.plate_width / 5, "a fifth of plate_width")
        top = self.height - t
        features: list[Feature] = []
        bridge = Box(size=(0.5 * d, outer, max(t, top - 1.02 * d)))
        features.append(Join(id="bridge", name="bridge", shape=bridge, place=hanging(0)))
        for side, sign in (("left", -1), ("right", 1)):
            y = sign * (outer - cheek) / 2
            leg, eye = Box(size=(0.5 * d, cheek, top - d / 2)), Cylinder(diameter=0.5 * d, height=cheek)
            features.append(Join(id=f"{side}_fork", name="fork", shape=leg, place=hanging(0, 0, y)))
            features.append(
                Join(id=f"{side}_eye", name="eye", shape=eye, place=spot(0, y, d / 2 - top, rotate=(90, 0, 0)))
            )
        step = 0.72 * self.plate_width
        features.append(drilled(self.hole_diameter, pattern=Grid(counts=(2, 2, 1), steps=(step, step, 0))))
        # The plate is the frame's base: its underside is the zero of what hangs from it.
        frame = Compound(base=Box(size=(self.plate_width, self.plate_width, t)), features=tuple(features))
        tread, edge = d / 2, min(0.1 * d, 0.2 * w)
        outline = [(0.0, 0.0), (tread - edge, 0.0), (tread, edge), (tread, w - edge), (tread - edge, w), (0.0, w)]
        axle = Cylinder(diameter=0.2 * d, height=outer)
        middle = spot(0, 0, d / 2, rotate=(90, 0, 0))
        return [
            Part("frame", frame, spot(0, 0, top, own=("centre", "centre", "origin")), self.made_of, ("top",)),
            Part("wheel", Revolve(points=tuple(outline)), middle, "rubber", ("bottom",)),
            Part("axle", axle, middle, "steel", ("middle",)),
        ]


class PinFinSink(Workpiece):
    """A pin-fin heat sink: a grid of round pins on a base plate."""

    names = ("pin-fin heat sink", "pin fin heat sink", "pin heat sink", "pin-fin sink", "pin fin cooler")
    made_of = "aluminium"
    yields: ClassVar[Leads] = {"pin_diameter": ("width", "depth", "spacing"), "spacing": ("width", "depth")}

    width: Annotated[Length, said("wide")] = 40.0
    depth: Annotated[Length, said("length", "long")] = 40.0
    base_thickness: Annotated[Length, said("base", "base height", "plate thickness", "thickness")] = 4.0
    columns: Annotated[int, Field(ge=1, le=60), said("pins", "pins along x")] = 6
    rows: Annotated[int, Field(ge=1, le=60), said("pins along y")] = 6
    pin_diameter: Annotated[Length, said("pin dia", "fin diameter", "diameter of the pins")] = 3.0
    pin_height: Annotated[Length, said("fin height", "height of the pins", "height above the base")] = 12.0
    spacing: Annotated[Length, said("pitch", "pin spacing", "apart")] = 6.0

    def solid(self) -> Compound:
        self.below("pin_diameter", self.spacing, "spacing")
        for count, side in ((self.columns, self.width), (self.rows, self.depth)):
            if (count - 1) * self.spacing + self.pin_diameter > side + 1e-6:
                room = (side - self.pin_diameter) / max(1, count - 1)
                self.below("spacing", room, f"what {count} pins have on {side:g} mm", equal=True)
        # From inside the base, so that pins and base are one.
        pin = Cylinder(diameter=self.pin_diameter, height=self.pin_height + self.base_thickness / 2)
        pattern = Grid(counts=(self.columns, self.rows, 1), steps=(self.spacing, self.spacing, 0))
        place = hanging(self.base_thickness + self.pin_height)
        pins = Join(id="pin", name="pin", shape=pin, place=place, pattern=pattern)
        return Compound(base=Box(size=(self.width, self.depth, self.base_thickness)), features=(pins,))


class HeatSink(Workpiece):
    """A heat sink: fins along y on a base plate."""

    names = ("heat sink", "heatsink", "cooling fins", "radiator block", "finned heat sink", "cooler")
    made_of = "aluminium"
    yields: ClassVar[Leads] = {"base_thickness": ("height",), "fin_thickness": ("width",)}

    width: Annotated[Length, said("wide")] = 60.0
    depth: Annotated[Length, said("length", "long")] = 60.0
    height: Annotated[Length, said("overall height", "tall")] = 25.0
    base_thickness: Annotated[Length, said("base", "base height", "plate thickness")] = 5.0
    fins: Annotated[int, Field(ge=2, le=200), said("number of fins", "ribs")] = 10
    fin_thickness: Annotated[Length, said("fin width", "rib thickness")] = 1.5

    def solid(self) -> Compound:
        self.below("base_thickness", self.height, "height")
        pitch = (self.width - self.fin_thickness) / (self.fins - 1)
        self.below("fin_thickness", pitch, "the distance from fin to fin")
        gap = Box(size=(pitch - self.fin_thickness, 2 * self.depth, self.height - self.base_thickness))
        place = hanging(self.height)
        pattern = Grid(counts=(self.fins - 1, 1, 1), steps=(pitch, 0, 0))
        base = Box(size=(self.width, self.depth, self.height))
        return Compound(base=base, features=(Cut(id="gap", name="gap", shape=gap, place=place, pattern=pattern),))
