"""Tools with an edge or a point: chisel, scraper, trowel, punch."""

from __future__ import annotations

from typing import Annotated, ClassVar

from wugan.apps.voice_to_3d.families.base import Part, said
from wugan.apps.voice_to_3d.families.shop.handtools import Handled
from wugan.apps.voice_to_3d.families.shop.holes import spot
from wugan.apps.voice_to_3d.families.shop.outline import clean, rounded
from wugan.apps.voice_to_3d.families.shop.workpiece import Leads, Workpiece
from wugan.apps.voice_to_3d.scene.model import Length
from wugan.apps.voice_to_3d.scene.placement import at
from wugan.apps.voice_to_3d.scene.profile import Circle, Polygon, Rectangle
from wugan.apps.voice_to_3d.scene.solid import (
    Box,
    Compound,
    Cut,
    Cylinder,
    Extrude,
    Feature,
    Revolve,
    Solid,
    Sweep,
)

Long = Annotated[Length, said("overall length", "long")]
Grip = Annotated[Length, said("grip diameter", "handle thickness")]


class Chisel(Handled):
    """A wood chisel standing on its handle: grip, ferrule, flat blade with a bevelled edge."""

    names = ("chisel", "wood chisel", "bevel chisel")
    follows: ClassVar[Leads] = {
        "handle_length": ("length",),
        "handle_diameter": ("length",),
        "blade_thickness": ("length",),
    }

    length: Annotated[Length, said("overall length", "height", "long")] = 260.0
    width: Annotated[Length, said("blade width", "edge width")] = 20.0
    blade_thickness: Annotated[Length, said("thickness")] = 4.0
    handle_length: Annotated[Length, said("grip length")] = 120.0
    handle_diameter: Grip = 30.0

    def pieces(self) -> list[Part]:
        low, g, t = self.handle_length, self.handle_diameter, self.blade_thickness
        self.below("handle_length", self.length - 4 * t, "length less the blade's bevel")
        self.below("blade_thickness", 0.5 * g, "half the handle_diameter")
        outline = [
            (0.0, 0.0),
            (0.36 * g, 0.0),
            (0.48 * g, 0.06 * low),
            (0.5 * g, 0.3 * low),
            (0.38 * g, 0.7 * low),
            (0.34 * g, low),
            (0.0, low),
        ]
        blade_length = self.length - 0.7 * low
        bevel = 2.5 * t
        # Side view in the yz plane: the edge above, bevelled on one face.
        points = ((-t / 2, 0.0), (t / 2, 0.0), (t / 2, blade_length - bevel), (-t / 2, blade_length))
        blade = Extrude(profile=Polygon(points=points), height=self.width)
        neck = min(self.width, 0.4 * g)
        side = (self.width - neck) / 2
        features: tuple[Feature, ...] = ()
        if side > 0.01:
            root = 0.3 * low + 0.25 * (self.length - low)
            # In the blade's own frame: x across its thickness, y along it, z its width.
            low_notch = Box(size=(4 * t, root, side))
            features = tuple(
                Cut(
                    id=f"{name}_shoulder",
                    name="shoulder",
                    shape=low_notch,
                    place=spot(0, root / 2, z, own=("centre", "centre", own)),
                )
                for name, z, own in (("left", 0.0, "min"), ("right", self.width, "max"))
            )
        whole = Compound(base=blade, features=features) if features else blade
        return [
            Part("handle", Revolve(points=clean(outline)), at(), "beech", ("bottom",)),
            Part("blade", whole, at(z=0.7 * low, rotate=(90, 0, 90)), "tool steel", ("top",)),
        ]


class Scraper(Handled):
    """A scraper or putty knife, lying: a flat blade that widens from the handle."""

    names = ("scraper", "putty knife", "spatula knife", "filling knife", "paint scraper")
    follows: ClassVar[Leads] = {
        "width": ("length",),
        "handle_length": ("length",),
        "handle_width": ("length",),
        "handle_height": ("length",),
    }

    length: Long = 200.0
    width: Annotated[Length, said("blade width", "wide")] = 75.0
    thickness: Annotated[Length, said("blade thickness")] = 1.5
    handle_length: Annotated[Length, said("grip length")] = 100.0
    handle_width: Annotated[Length, said("grip width")] = 28.0
    handle_height: Annotated[Length, said("height", "handle thickness")] = 18.0

    def pieces(self) -> list[Part]:
        self.below("handle_length", 0.8 * self.length, "eight tenths of the length")
        self.below("thickness", self.handle_height, "handle_height")
        self.above("width", self.handle_width, "handle_width", equal=True)
        x0, x1 = -self.length / 2, self.length / 2
        joint = x0 + self.handle_length
        neck, half = 0.35 * self.handle_width, self.width / 2
        outline = (
            (joint - 0.3 * self.handle_length, -neck),
            (joint, -neck),
            (joint + 0.6 * (x1 - joint), -half),
            (x1, -half),
            (x1, half),
            (joint + 0.6 * (x1 - joint), half),
            (joint, neck),
            (joint - 0.3 * self.handle_length, neck),
        )
        blade = Extrude(profile=Polygon(points=outline), height=self.thickness)
        radius = 0.49 * min(self.handle_width, self.handle_height)
        grip = Extrude(
            profile=Rectangle(width=self.handle_width, depth=self.handle_height, corner_radius=radius * 0.6),
            height=self.handle_length,
        )
        z = (self.handle_height - self.thickness) / 2
        low = min(p[0] for p in outline)
        return [
            Part("handle", grip, at((x0 + joint) / 2, 0, 0, rotate=(90, 0, 90)), "beech", ("left",)),
            Part("blade", blade, at((low + x1) / 2, 0, z), "stainless steel", ("right",)),
        ]


class Trowel(Handled):
    """A bricklayer's trowel, lying: a leaf-shaped blade, a bent neck, a round handle above the blade."""

    names = ("trowel", "brick trowel", "pointing trowel", "garden trowel", "masonry trowel")
    follows: ClassVar[Leads] = {
        "width": ("length",),
        "blade_length": ("length",),
        "handle_diameter": ("length",),
        "rise": ("length",),
    }

    length: Long = 300.0
    blade_length: Annotated[Length, said("blade")] = 160.0
    width: Annotated[Length, said("blade width", "wide")] = 110.0
    thickness: Annotated[Length, said("blade thickness")] = 2.0
    handle_diameter: Grip = 30.0
    rise: Annotated[Length, said("offset", "handle height")] = 40.0

    def pieces(self) -> list[Part]:
        d, t = self.handle_diameter, self.thickness
        self.below("blade_length", 0.7 * self.length, "seven tenths of the length")
        self.below("thickness", 0.3 * d, "three tenths of the handle_diameter")
        self.above("rise", d / 2, "half the handle_diameter", equal=True)
        x1 = self.length / 2
        root = x1 - self.blade_length
        half = self.width / 2
        # From the root's shoulders to the point, as a kite with a rounded back.
        outline = rounded(
            [
                (x1, 0.0, 0.0),
                (root + 0.25 * self.blade_length, half, 0.0),
                (root, 0.45 * half, 0.1 * half),
                (root, -0.45 * half, 0.1 * half),
                (root + 0.25 * self.blade_length, -half, 0.0),
            ]
        )
        blade = Extrude(profile=Polygon(points=outline), height=t)
        neck, level = 0.32 * d, self.rise
        end = root - 0.12 * self.length
        bent = Sweep(
            profile=Circle(diameter=neck),
            path=(
                (root + neck, 0.0, neck / 2),
                (root, 0.0, neck / 2),
                (end, 0.0, level),
                (end - 0.08 * self.length, 0.0, level),
            ),
        )
        grip = Cylinder(diameter=d, height=end + self.length / 2)
        return [
            Part("blade", blade, at((root + x1) / 2, 0, 0), "steel", ("right",)),
            Part("neck", bent, spot(own=("origin", "origin", "origin")), "steel", ("middle",)),
            Part(
                "handle", grip, at((end - self.length / 2) / 2, 0, level - d / 2, rotate=(0, 90, 0)), "beech", ("left",)
            ),
        ]


class Punch(Workpiece):
    """A centre punch: a hexagonal or round body with a cone point below."""

    names = ("punch", "center punch", "centre punch", "drift pin", "scriber")
    made_of = "tool steel"
    follows: ClassVar[Leads] = {
        "diameter": ("length",),
        "tip_diameter": ("diameter", "length"),
        "tip_length": ("length",),
    }

    length: Annotated[Length, said("overall length", "height", "long")] = 120.0
    diameter: Annotated[Length, said("body diameter")] = 10.0
    tip_diameter: Annotated[Length, said("point diameter")] = 3.0
    tip_length: Annotated[Length, said("point length", "taper length")] = 30.0

    def solid(self) -> Solid:
        self.below("tip_diameter", self.diameter, "diameter")
        self.below("tip_length", self.length, "length")
        r, tip = self.diameter / 2, self.tip_diameter / 2
        edge = min(0.12 * self.diameter, (self.length - self.tip_length) / 2)
        outline = ((0.0, 0.0), (tip, 0.0), (r, self.tip_length), (r, self.length - edge), (r - edge, self.length))
        return Revolve(points=(*outline, (0.0, self.length)))
