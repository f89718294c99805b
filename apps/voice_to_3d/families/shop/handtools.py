"""Hand tools: hammer, mallet, wrench, screwdriver, hex key."""

from __future__ import annotations

import math
from typing import Annotated, ClassVar, Literal

from wugan.apps.voice_to_3d.families.base import Part, said
from wugan.apps.voice_to_3d.families.shop.holes import circle, hanging, spot, standing
from wugan.apps.voice_to_3d.families.shop.outline import clean
from wugan.apps.voice_to_3d.families.shop.workpiece import Leads, Workpiece
from wugan.apps.voice_to_3d.scene.model import Length
from wugan.apps.voice_to_3d.scene.placement import at
from wugan.apps.voice_to_3d.scene.profile import Circle, Combined, Piece, Polygon, Rectangle, RegularPolygon
from wugan.apps.voice_to_3d.scene.solid import (
    Box,
    Compound,
    Cone,
    Cut,
    Cylinder,
    Extrude,
    Join,
    Loft,
    Revolve,
    Solid,
    Sweep,
)

Long = Annotated[Length, said("overall length", "long")]
Grip = Annotated[Length, said("grip diameter", "handle thickness")]


class Handled(Workpiece):
    """A tool of a handle and a head, in two materials."""


class Hammer(Handled):
    """A claw hammer, upright on its handle's end: head above, face to the right, claw to the left."""

    names = ("hammer", "claw hammer", "carpenter's hammer", "carpenters hammer")
    follows: ClassVar[Leads] = {
        "head_length": ("length",),
        "head_diameter": ("length", "head_length"),
        "handle_diameter": ("length",),
    }

    length: Annotated[Length, said("height", "overall length", "handle length", "tall")] = 320.0
    head_length: Annotated[Length, said("head width", "head")] = 130.0
    head_diameter: Annotated[Length, said("face diameter", "face")] = 28.0
    handle_diameter: Grip = 30.0

    def pieces(self) -> list[Part]:
        face, wide = self.head_diameter, self.head_length
        self.above("length", 3 * face, "three times the head_diameter")
        self.above("head_length", 3 * face, "three times the head_diameter")
        level = self.length - face / 2
        eye = 1.15 * face  # of the block through which the handle goes
        split, nose = 0.36 * wide, wide / 2
        core = Box(size=(eye, 0.9 * face, face))
        neck = Cylinder(diameter=0.7 * face, height=nose * 0.7)
        poll = Cylinder(diameter=face, height=nose * 0.42)
        # The claw: a curved tongue in the xz plane, slit along its middle.
        drop = 0.55 * face
        top = [
            (-0.3 * eye, face / 2),
            (-0.5 * eye, face / 2),
            *_curve((-0.5 * eye, face / 2), (-nose, -drop), 0.35 * face),
        ]
        under = list(reversed(_curve((-0.5 * eye, -0.2 * face), (-nose * 0.98, -drop * 1.15), 0.3 * face)))
        claw = Extrude(profile=Polygon(points=clean([*top, *under, (-0.3 * eye, -0.2 * face)])), height=0.85 * face)
        slit = Box(size=(split * 0.75, 0.16 * face, 4 * face))
        own = ("max", "centre", "origin")
        blade = Join(
            id="claw", name="claw", shape=claw, place=spot(-0.3 * eye, 0, face / 2, rotate=(90, 0, 0), own=own)
        )
        head = Compound(
            base=core,
            features=(
                Join(
                    id="neck",
                    name="neck",
                    shape=neck,
                    place=spot(0, 0, face / 2, rotate=(0, 90, 0), own=("min", "centre", "centre")),
                ),
                Join(
                    id="face",
                    name="face",
                    shape=poll,
                    place=spot(nose, 0, face / 2, rotate=(0, 90, 0), own=("max", "centre", "centre")),
                ),
                blade,
                Cut(
                    id="slit",
                    name="slit",
                    shape=slit,
                    place=spot(-nose - 1, 0, face / 2, own=("min", "centre", "centre")),
                ),
            ),
        )
        low = level - face / 2
        grip = self.handle_diameter
        outline = [
            (0.0, 0.0),
            (0.42 * grip, 0.0),
            (0.5 * grip, 0.04 * low),
            (0.46 * grip, 0.2 * low),
            (0.5 * grip, 0.35 * low),
        ]
        outline += [(0.36 * grip, 0.6 * low), (0.36 * grip, low + 0.5 * face), (0.0, low + 0.5 * face)]
        made = Revolve(points=clean(outline))
        return [
            Part("head", head, spot(0, 0, low, own=("origin", "origin", "origin")), "steel", ("top",)),
            Part("handle", made, at(), "ash", ("bottom",)),
        ]


def _curve(start: tuple[float, float], end: tuple[float, float], sag: float) -> list[tuple[float, float]]:
    """Points on a bow from start to end that bulges upwards by `sag`."""
    points = []
    for i in range(13):
        s = i / 12
        x, z = start[0] + (end[0] - start[0]) * s, start[1] + (end[1] - start[1]) * s
        points.append((x, z + sag * 4 * s * (1 - s) * 0.5))
    return points


class Mallet(Handled):
    """A mallet: a wooden or rubber head, block or round, on a handle."""

    names = ("mallet", "wooden mallet", "rubber mallet", "sledgehammer", "sledge hammer", "gavel")
    follows: ClassVar[Leads] = {
        "head_length": ("length",),
        "head_width": ("length", "head_length"),
        "head_height": ("length", "head_length"),
        "handle_diameter": ("length",),
    }

    length: Annotated[Length, said("height", "overall length", "tall")] = 320.0
    head_length: Annotated[Length, said("head")] = 130.0
    head_width: Annotated[Length, said("head depth", "head thickness")] = 70.0
    head_height: Annotated[Length, said("head diameter")] = 80.0
    handle_diameter: Grip = 28.0
    head: Annotated[Literal["square", "round"], said("head shape")] = "square"

    def pieces(self) -> list[Part]:
        self.below("head_height", self.length, "length")
        self.below("handle_diameter", min(self.head_width, self.head_length), "the head")
        low = self.length - self.head_height
        if self.head == "square":
            head: Solid = Box(size=(self.head_length, self.head_width, self.head_height))
            place = at(z=low)
        else:
            head = Cylinder(diameter=self.head_height, height=self.head_length)
            place = at(z=low, rotate=(0, 90, 0))
        handle = Cylinder(diameter=self.handle_diameter, height=low + 0.6 * self.head_height)
        return [Part("head", head, place, "beech", ("top",)), Part("handle", handle, at(), "ash", ("bottom",))]


class Wrench(Workpiece):
    """An open-ended, ring or combination wrench, lying along x (DIN 3113 in proportion)."""

    names = (
        "wrench",
        "spanner",
        "open-end wrench",
        "open ended spanner",
        "combination wrench",
        "combination spanner",
        "ring spanner",
    )
    made_of = "chrome steel"
    follows: ClassVar[Leads] = {
        "length": ("size",),
        "thickness": ("size", "length"),
        "size": ("length",),
    }

    size: Annotated[
        Length, said("across flats", "wrench size", "jaw width", "opening", "jaw opening", "width across flats")
    ] = 13.0
    length: Long = 160.0
    thickness: Annotated[Length, said("thick", "height")] = 7.0
    ends: Annotated[Literal["combination", "open", "double", "ring", "box"], said("type", "end")] = "combination"

    def solid(self) -> Compound:
        af, t = self.size, self.thickness
        head, ring = 2.2 * af, 1.7 * af
        left, right = (
            (head if self.ends in ("combination", "open", "double") else ring),
            (head if self.ends == "double" else ring),
        )
        self.above("length", 1.6 * head + ring, "the two heads")
        # A jaw opens 15° off the handle: what is left of its head ends at the nearer tip, not on the axis.
        tip = math.cos(math.asin(af / head) - math.radians(15))
        jawed = self.ends in ("combination", "open", "double")
        x0 = left / 2 * (tip if jawed else 1.0) - self.length / 2
        x1 = self.length / 2 - right / 2 * (tip if self.ends == "double" else 1.0)
        if self.ends == "open":
            x1 = self.length / 2 - 0.35 * af
            right = 0.7 * af
        pieces = [
            Piece(profile=Circle(diameter=left), x=x0),
            Piece(profile=Circle(diameter=right), x=x1),
            Piece(profile=Rectangle(width=x1 - x0, depth=0.7 * af), x=(x0 + x1) / 2),
        ]
        cuts: list[Piece] = []
        jaws = (
            [(x0, -1)] if self.ends in ("combination", "open") else [(x0, -1), (x1, 1)] if self.ends == "double" else []
        )
        for x, sign in jaws:
            # The jaw opens 15° off the handle: a slot from the head's middle outwards.
            mouth = Rectangle(width=head, depth=af)
            slope = math.radians(15)
            cuts.append(
                Piece(
                    profile=mouth,
                    x=x + sign * (head / 2 - 0.25 * af) * math.cos(slope),
                    y=(head / 2 - 0.25 * af) * math.sin(slope) * sign,
                    rotate=15,
                )
            )
        rings = [x1] if self.ends == "combination" else [x0, x1] if self.ends in ("ring", "box") else []
        cuts += [Piece(profile=RegularPolygon(sides=6, across_flats=af), x=x) for x in rings]
        if self.ends == "open":
            cuts.append(Piece(profile=Circle(diameter=0.3 * af), x=x1))
        base = Extrude(profile=Combined(add=tuple(pieces), cut=tuple(cuts)), height=t)
        # The handle between the heads is thinner: a hollow on both faces.
        room = x1 - x0 - (left + right) / 2
        if room <= af:
            return Compound(base=base)
        panel = Extrude(profile=Rectangle(width=0.85 * room, depth=0.4 * af, corner_radius=0.19 * af), height=0.2 * t)
        middle = (x0 + left / 2 + x1 - right / 2) / 2
        return Compound(
            base=base,
            features=(
                Cut(id="upper_panel", name="panel", shape=panel, place=hanging(t, middle, 0)),
                Cut(id="lower_panel", name="panel", shape=panel, place=standing(0, middle, 0)),
            ),
        )


class Screwdriver(Handled):
    """A screwdriver standing on its handle: fluted grip, shaft, flat or cross tip."""

    names = ("screwdriver", "flathead screwdriver", "phillips screwdriver", "slotted screwdriver")
    follows: ClassVar[Leads] = {
        "handle_length": ("length",),
        "handle_diameter": ("length",),
        "shaft_diameter": ("length",),
    }

    length: Annotated[Length, said("overall length", "height", "long")] = 200.0
    handle_length: Annotated[Length, said("grip length")] = 95.0
    handle_diameter: Grip = 28.0
    shaft_diameter: Annotated[Length, said("blade diameter", "shank diameter", "diameter")] = 6.0
    tip: Annotated[Literal["flat", "cross", "hex"], said("blade", "bit")] = "flat"

    def pieces(self) -> list[Part]:
        low, d, g = self.handle_length, self.shaft_diameter, self.handle_diameter
        self.below("handle_length", self.length - 2 * d, "length")
        self.below("shaft_diameter", 0.6 * g, "the handle's neck")
        r = g / 2
        crown = 0.5 * r
        outline = [
            (0.0, 0.0),
            *[
                (r - crown + crown * math.sin(a), crown - crown * math.cos(a))
                for a in (0.0, 0.4, 0.8, 1.2, math.pi / 2)
            ],
        ]
        outline += [(r, 0.55 * low), (0.7 * r, 0.72 * low), (0.75 * r, 0.85 * low), (0.62 * r, low), (0.0, low)]
        flute = Cylinder(diameter=0.32 * g, height=0.62 * low)
        place = hanging(0.62 * low)
        cut = Cut(id="flute", name="flute", shape=flute, place=place, pattern=circle(6, 1.2 * g, 30))
        handle = Compound(base=Revolve(points=clean(outline)), features=(cut,))
        reach, bit = self.length - 0.6 * low, min(3.0 * d, (self.length - low) / 2)
        shaft: Solid = Cylinder(diameter=d, height=reach)
        if self.tip == "flat":
            blade = Loft(
                bottom=Rectangle(width=0.75 * d, depth=0.75 * d), top=Rectangle(width=d, depth=0.16 * d), height=bit
            )
            shaft = _tipped(d, reach, bit, blade)
        elif self.tip == "cross":
            cone = Cone(bottom_diameter=d, top_diameter=0.3 * d, height=bit)
            notch = Box(size=(0.5 * d, 0.5 * d, bit))
            spots = [
                spot(0.4 * d * x, 0.4 * d * y, 0.25 * bit, rotate=(0, 0, 0), own=("centre", "centre", "min"))
                for x, y in ((1, 1), (1, -1), (-1, -1), (-1, 1))
            ]
            blade_cross = Compound(
                base=cone,
                features=tuple(
                    Cut(id=f"notch_{i}", name="notch", shape=notch, place=one) for i, one in enumerate(spots)
                ),
            )
            shaft = _tipped(d, reach, bit, blade_cross)
        else:
            shaft = Extrude(profile=RegularPolygon(sides=6, across_flats=d * 0.86), height=reach)
        return [
            Part("handle", handle, at(), "red plastic", ("bottom",)),
            Part("shaft", shaft, at(z=0.6 * low), "steel", ("top",)),
        ]


def _tipped(diameter: float, length: float, tip: float, blade: Solid) -> Solid:
    body = Cylinder(diameter=diameter, height=length - tip)
    return Compound(base=body, features=(Join(id="tip", name="tip", shape=blade, place=standing(length - tip)),))


class HexKey(Workpiece):
    """A hex key (Allen key), ISO 2936: a long arm along x, a short one up, bent with a radius."""

    names = ("hex key", "allen key", "allen wrench", "hex wrench", "hexagon key", "hexagon socket key")
    made_of = "black steel"
    follows: ClassVar[Leads] = {
        "length": ("size",),
        "short_length": ("size", "length"),
        "bend_radius": ("size", "length"),
        "size": ("length",),
    }

    size: Annotated[Length, said("across flats", "key size", "wrench size", "width", "width across flats")] = 5.0
    length: Annotated[Length, said("long arm", "long arm length", "arm length")] = 85.0
    short_length: Annotated[Length, said("short arm", "short arm length", "height")] = 33.0
    bend_radius: Annotated[Length, said("radius", "bend")] = 7.5

    def solid(self) -> Solid:
        af, r = self.size, self.bend_radius
        self.above("bend_radius", 0.6 * af, "six tenths of the size")
        self.below(
            "bend_radius",
            min(self.length, self.short_length) - af / 2,
            "the arms less half of the size",
            equal=True,
        )
        # A flat lies on the ground and another against the left: the corners point along y.
        hexagon = Combined(add=(Piece(profile=RegularPolygon(sides=6, across_flats=af), rotate=90),))
        # Middle lines: the long arm along x at half the flats, the short one up at its left end.
        x = af / 2
        path = ((x, 0.0, self.short_length), (x, 0.0, af / 2), (self.length, 0.0, af / 2))
        return Sweep(profile=hexagon, path=path, bend_radius=r)
