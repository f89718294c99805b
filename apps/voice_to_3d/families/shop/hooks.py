"""Hooks and pegs."""

from __future__ import annotations

import math
from typing import Annotated, ClassVar

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import said
from wugan.apps.voice_to_3d.families.shop.holes import hanging, spot, standing
from wugan.apps.voice_to_3d.families.shop.outline import arc, clean
from wugan.apps.voice_to_3d.families.shop.workpiece import Leads, Workpiece
from wugan.apps.voice_to_3d.scene.model import Length
from wugan.apps.voice_to_3d.scene.profile import Circle, Polygon
from wugan.apps.voice_to_3d.scene.solid import (
    Compound,
    Cone,
    Cut,
    Cylinder,
    Extrude,
    Feature,
    Join,
    Revolve,
    Solid,
    Sweep,
)

Wire = Annotated[Length, said("thickness", "diameter", "rod diameter", "wire thickness")]
Opening = Annotated[Length, said("hook diameter", "inner diameter", "inside diameter", "opening")]
Long = Annotated[Length, said("height", "overall length", "tall")]
Path = list[tuple[float, float, float]]


def wire(path: Path, diameter: float) -> Solid:
    """A round wire along points (x, z) of the xz plane, without repeated ones."""
    kept = [path[0]]
    kept += [after for before, after in zip(path, path[1:], strict=False) if math.dist(before, after) > 1e-6]
    return Sweep(profile=Circle(diameter=diameter), path=tuple(kept))


def bow(x: float, z: float, radius: float, start: float, end: float) -> Path:
    """An arc in the xz plane, a point every 5°."""
    return [(a, 0.0, b) for a, b in arc(x, z, radius, start, end, max(4, math.ceil(abs(end - start) / 5)))]


class SHook(Workpiece):
    """An S hook of round wire, upright."""

    names = ("s-hook", "s hook", "s shaped hook", "butcher hook", "meat hook")
    follows: ClassVar[Leads] = {"wire_diameter": ("length",), "opening": ("length",)}

    length: Long = 80.0
    wire_diameter: Wire = 5.0
    opening: Opening = 22.0

    def solid(self) -> Solid:
        d, r = self.wire_diameter, (self.opening + self.wire_diameter) / 2
        middle = self.length - d - 4 * r
        if middle < 0:
            self.above("length", 4 * r + d, "two hooks of opening and wire_diameter", equal=True)
        # The lower hook opens to the left, the upper to the right; the shank between them is on x = 0.
        low, high = d / 2 + r, self.length - d / 2 - r
        return wire([*bow(-r, low, r, 180, 360), *bow(r, high, r, 180, 0)], d)


class JHook(Workpiece):
    """A J hook: a plate with screw holes and a hook in front of it."""

    names = ("j-hook", "j hook", "hook", "utility hook", "single hook", "robe hook", "towel hook", "screw-on hook")
    follows: ClassVar[Leads] = {"width": ("height",), "thickness": ("height",), "opening": ("height",)}
    yields: ClassVar[Leads] = {"hole_diameter": ("width", "height")}

    height: Annotated[Length, said("length", "tall", "overall height")] = 80.0
    width: Annotated[Length, said("wide", "plate width")] = 20.0
    thickness: Annotated[Length, said("thick", "plate thickness")] = 5.0
    opening: Annotated[Length, said("hook diameter", "hook opening", "inside diameter")] = 25.0
    hole_diameter: Annotated[Length, said("screw hole diameter", "screw hole")] = 4.5
    holes: Annotated[int, Field(ge=0, le=2), said("screw holes")] = 2

    def solid(self) -> Compound:
        h, t, r = self.height, self.thickness, self.opening / 2
        self.above("height", r + t + 3 * self.hole_diameter, "the hook and the holes above it")
        self.below("hole_diameter", self.width, "width")
        # In the xz plane, the plate on the right, its back on x = 0; drawn along y, then turned to the front.
        cx, cz = -(t + r), t + r
        outer = arc(cx, cz, r + t, 360, 180, 40)
        inner = arc(cx, cz, r, 180, 360, 40)
        lip = 0.3 * self.opening
        points = [
            (0.0, h),
            *outer,
            (cx - r - t, cz + lip * 0.7),
            *arc(cx - r - t / 2, cz + lip, t / 2, 180, 0, 10),
            *inner,
            (-t, h),
        ]
        base = Extrude(profile=Polygon(points=clean(points)), height=self.width)
        features: list[Feature] = []
        if self.holes:
            # In the solid's own frame the outline's x and y are as above and the width stands along z.
            room = h - (cz + lip + t)
            low = cz + lip + t + self.hole_diameter if self.holes == 2 and room > 4 * self.hole_diameter else 0.0
            places = [h - 1.2 * self.hole_diameter] + ([low] if low else [])
            features = [
                Cut(
                    id=f"hole_{i}",
                    name="hole",
                    shape=Cylinder(diameter=self.hole_diameter, height=6 * t),
                    place=spot(0, z, self.width / 2, rotate=(0, 90, 0)),
                )
                for i, z in enumerate(places)
            ]
        return Compound(base=base, features=tuple(features))

    turned = (90, 0, 90)


class CupHook(Workpiece):
    """A cup hook: a hook of round wire with a collar and a screw point, upright."""

    names = ("cup hook", "screw hook", "ceiling hook", "screw-in hook")
    made_of = "brass"
    follows: ClassVar[Leads] = {
        "wire_diameter": ("length",),
        "opening": ("length",),
        "collar_diameter": ("length",),
        "screw_length": ("length",),
    }

    length: Long = 60.0
    wire_diameter: Wire = 4.0
    opening: Opening = 18.0
    collar_diameter: Annotated[Length, said("collar", "plate diameter")] = 14.0
    screw_length: Annotated[Length, said("thread length", "screw")] = 20.0

    def solid(self) -> Compound:
        d, r = self.wire_diameter, (self.opening + self.wire_diameter) / 2
        self.above("collar_diameter", d, "wire_diameter", equal=True)
        z = self.length - self.screw_length  # the ceiling, the screw above it
        # The hook, the line that leaves it at 60° right of the top, and the bend back onto the screw's axis.
        middle, turn = d / 2 + r, 0.9 * r
        straight = middle + 1.155 * r + 0.577 * turn
        if straight >= z - d / 2:
            self.above("length", self.screw_length + straight + d / 2, "screw_length and the hook of opening")
        point = min(2 * d, self.screw_length)
        ends = ((0.0, 0.0, z), (0.0, 0.0, self.length - point))
        body = wire([*bow(0, middle, r, 150, 420), *bow(turn, straight, turn, 240, 180), *ends], d)
        collar = Cone(bottom_diameter=d, top_diameter=self.collar_diameter, height=min(1.5 * d, z / 3))
        return Compound(
            base=body,
            features=(
                Join(id="collar", name="collar", shape=collar, place=hanging(z)),
                Join(
                    id="point",
                    name="point",
                    shape=Cone(bottom_diameter=d, top_diameter=0, height=point + 0.1 * d),
                    place=hanging(self.length),
                ),
            ),
        )


class Peg(Workpiece):
    """A peg: a round bar with a domed or flanged head, to be set into a board."""

    names = ("peg", "wall peg", "wooden peg", "shelf pin", "shelf peg", "shaker peg")
    made_of = "beech"
    follows: ClassVar[Leads] = {
        "head_diameter": ("diameter",),
        "head_thickness": ("diameter",),
        "length": ("diameter",),
    }

    diameter: Annotated[Length, said("shaft diameter")] = 12.0
    length: Annotated[Length, said("height", "overall length")] = 60.0
    head_diameter: Annotated[Length, said("head", "knob diameter")] = 20.0
    head_thickness: Annotated[Length, said("head height")] = 6.0

    def solid(self) -> Compound:
        self.below("head_thickness", self.length, "length")
        self.above("head_diameter", self.diameter, "diameter", equal=True)
        edge = min(self.head_thickness, self.head_diameter / 2) * 0.4
        r, t, low = self.head_diameter / 2, self.head_thickness, self.length - self.head_thickness
        outline = [(0.0, 0.0), (r, 0.0), *arc(r - edge, t - edge, edge, 0, 90, 8), (0.0, t)]
        head = Join(id="head", name="head", shape=Revolve(points=clean(outline)), place=standing(low))
        return Compound(base=Cylinder(diameter=self.diameter, height=self.length - edge), features=(head,))
