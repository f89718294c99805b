"""Hand tools: to strike, turn and cut with; what is measured and marked with."""

from __future__ import annotations

import math
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import Gap, Part, Sizes, Workpiece, led, said
from wugan.apps.voice_to_3d.families.shop.kit import circle, clean, drilled, hanging, rounded, spot, standing
from wugan.apps.voice_to_3d.families.solids import added, bar, extruded, prism, taken, worked
from wugan.apps.voice_to_3d.scene.model import Length
from wugan.apps.voice_to_3d.scene.placement import Grid, at
from wugan.apps.voice_to_3d.scene.profile import Circle, Combined, Piece, Rectangle, RegularPolygon
from wugan.apps.voice_to_3d.scene.solid import Box, Compound, Cone, Cylinder, Feature, Loft, Revolve, Solid, Sweep

Long = Annotated[Length, said("overall length", "long")]
Grip = Annotated[Length, said("grip diameter", "handle thickness")]


class Handled(Workpiece):
    """A tool of a handle and a head, in two materials."""


class Hammer(Handled):
    """A claw hammer, upright on its handle's end: head above, face to the right, claw to the left."""

    names = ("hammer", "claw hammer", "carpenter's hammer", "carpenters hammer")
    follows = (
        led("head_length", by="length")
        | led("head_diameter", by=("length", "head_length"))
        | led("handle_diameter", by="length")
    )

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
        neck = bar(0.7 * face, nose * 0.7)
        poll = bar(face, nose * 0.42)
        # The claw: a curved tongue in the xz plane, slit along its middle.
        drop = 0.55 * face
        top = [
            (-0.3 * eye, face / 2),
            (-0.5 * eye, face / 2),
            *_curve((-0.5 * eye, face / 2), (-nose, -drop), 0.35 * face),
        ]
        under = list(reversed(_curve((-0.5 * eye, -0.2 * face), (-nose * 0.98, -drop * 1.15), 0.3 * face)))
        claw = prism(clean([*top, *under, (-0.3 * eye, -0.2 * face)]), 0.85 * face)
        slit = Box(size=(split * 0.75, 0.16 * face, 4 * face))
        own = ("max", "centre", "origin")
        blade = added("claw", claw, spot(-0.3 * eye, 0, face / 2, rotate=(90, 0, 0), own=own))
        head = worked(
            core,
            added("neck", neck, spot(0, 0, face / 2, rotate=(0, 90, 0), own=("min", "centre", "centre"))),
            added("face", poll, spot(nose, 0, face / 2, rotate=(0, 90, 0), own=("max", "centre", "centre"))),
            blade,
            taken("slit", slit, spot(-nose - 1, 0, face / 2, own=("min", "centre", "centre"))),
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
    follows = (
        led("head_length", by="length")
        | led("head_width", "head_height", by=("length", "head_length"))
        | led("handle_diameter", by="length")
    )

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
            head = bar(self.head_height, self.head_length)
            place = at(z=low, rotate=(0, 90, 0))
        handle = bar(self.handle_diameter, low + 0.6 * self.head_height)
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
    follows = led("length", by="size") | led("thickness", by=("size", "length")) | led("size", by="length")

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
        base = extruded(Combined(add=tuple(pieces), cut=tuple(cuts)), t)
        # The handle between the heads is thinner: a hollow on both faces.
        room = x1 - x0 - (left + right) / 2
        if room <= af:
            return Compound(base=base)
        panel = extruded(Rectangle(width=0.85 * room, depth=0.4 * af, corner_radius=0.19 * af), 0.2 * t)
        middle = (x0 + left / 2 + x1 - right / 2) / 2
        return worked(
            base,
            taken("panel", panel, hanging(t, middle, 0), id="upper_panel"),
            taken("panel", panel, standing(0, middle, 0), id="lower_panel"),
        )


class Screwdriver(Handled):
    """A screwdriver standing on its handle: fluted grip, shaft, flat or cross tip."""

    names = ("screwdriver", "flathead screwdriver", "phillips screwdriver", "slotted screwdriver")
    follows = led("handle_length", "handle_diameter", "shaft_diameter", by="length")

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
        flute = bar(0.32 * g, 0.62 * low)
        place = hanging(0.62 * low)
        cut = taken("flute", flute, place, pattern=circle(6, 1.2 * g, 30))
        handle = worked(Revolve(points=clean(outline)), cut)
        reach, bit = self.length - 0.6 * low, min(3.0 * d, (self.length - low) / 2)
        shaft: Solid = bar(d, reach)
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
            blade_cross = worked(cone, *((taken("notch", notch, one, id=f"notch_{i}") for i, one in enumerate(spots))))
            shaft = _tipped(d, reach, bit, blade_cross)
        else:
            shaft = extruded(RegularPolygon(sides=6, across_flats=d * 0.86), reach)
        return [
            Part("handle", handle, at(), "red plastic", ("bottom",)),
            Part("shaft", shaft, at(z=0.6 * low), "steel", ("top",)),
        ]


def _tipped(diameter: float, length: float, tip: float, blade: Solid) -> Solid:
    body = bar(diameter, length - tip)
    return worked(body, added("tip", blade, standing(length - tip)))


class HexKey(Workpiece):
    """A hex key (Allen key), ISO 2936: a long arm along x, a short one up, bent with a radius."""

    names = ("hex key", "allen key", "allen wrench", "hex wrench", "hexagon key", "hexagon socket key")
    made_of = "black steel"
    follows = (
        led("length", by="size") | led("short_length", "bend_radius", by=("size", "length")) | led("size", by="length")
    )

    size: Annotated[Length, said("across flats", "key size", "wrench size", "width", "width across flats")] = 5.0
    length: Annotated[Length, said("long arm", "long arm length", "arm length")] = 85.0
    short_length: Annotated[Length, said("short arm", "short arm length", "height")] = 33.0
    bend_radius: Annotated[Length, said("radius", "bend")] = 7.5

    def solid(self) -> Solid:
        af, r = self.size, self.bend_radius
        self.above("bend_radius", 0.6 * af, "six tenths of the size")
        self.below(
            "bend_radius", min(self.length, self.short_length) - af / 2, "the arms less half of the size", equal=True
        )
        # A flat lies on the ground and another against the left: the corners point along y.
        hexagon = Combined(add=(Piece(profile=RegularPolygon(sides=6, across_flats=af), rotate=90),))
        # Middle lines: the long arm along x at half the flats, the short one up at its left end.
        x = af / 2
        path = ((x, 0.0, self.short_length), (x, 0.0, af / 2), (self.length, 0.0, af / 2))
        return Sweep(profile=hexagon, path=path, bend_radius=r)


class Chisel(Handled):
    """A wood chisel standing on its handle: grip, ferrule, flat blade with a bevelled edge."""

    names = ("chisel", "wood chisel", "bevel chisel")
    follows = led("handle_length", "handle_diameter", "blade_thickness", by="length")

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
        blade = prism(points, self.width)
        neck = min(self.width, 0.4 * g)
        side = (self.width - neck) / 2
        features: tuple[Feature, ...] = ()
        if side > 0.01:
            root = 0.3 * low + 0.25 * (self.length - low)
            # In the blade's own frame: x across its thickness, y along it, z its width.
            low_notch = Box(size=(4 * t, root, side))
            features = tuple(
                taken("shoulder", low_notch, spot(0, root / 2, z, own=("centre", "centre", own)), id=f"{name}_shoulder")
                for name, z, own in (("left", 0.0, "min"), ("right", self.width, "max"))
            )
        whole = worked(blade, *features) if features else blade
        return [
            Part("handle", Revolve(points=clean(outline)), at(), "beech", ("bottom",)),
            Part("blade", whole, at(z=0.7 * low, rotate=(90, 0, 90)), "tool steel", ("top",)),
        ]


class Scraper(Handled):
    """A scraper or putty knife, lying: a flat blade that widens from the handle."""

    names = ("scraper", "putty knife", "spatula knife", "filling knife", "paint scraper")
    follows = led("width", "handle_length", "handle_width", "handle_height", by="length")

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
        blade = prism(outline, self.thickness)
        radius = 0.49 * min(self.handle_width, self.handle_height)
        grip = extruded(
            Rectangle(width=self.handle_width, depth=self.handle_height, corner_radius=radius * 0.6), self.handle_length
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
    follows = led("width", "blade_length", "handle_diameter", "rise", by="length")

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
        blade = prism(outline, t)
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
        grip = bar(d, end + self.length / 2)
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
    follows = (
        led("diameter", by="length") | led("tip_diameter", by=("diameter", "length")) | led("tip_length", by="length")
    )

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


GaugeLong = Annotated[Length, said("long", "overall length")]
Wide = Annotated[Length, said("wide", "depth")]
High = Annotated[Length, said("tall", "overall height")]


class Parallel(Workpiece):
    """A machinist's parallel: a ground bar, with a row of lightening holes where asked."""

    names = ("parallel", "parallel bar", "machinist parallel", "gauge block", "parallel block")
    made_of = "tool steel"

    length: GaugeLong = 150.0
    width: Annotated[Length, said("thickness", "wide", "depth")] = 10.0
    height: High = 25.0
    holes: Annotated[int, Field(ge=0, le=60), said("lightening holes", "number of holes")] = 0
    hole_diameter: Annotated[Length, said("hole size")] = 12.0
    yields = led("hole_diameter", by=("height", "length"))

    def solid(self) -> Compound:
        base = Box(size=(self.length, self.width, self.height))
        if not self.holes:
            return Compound(base=base)
        step = self.length / self.holes
        self.below("hole_diameter", min(step, self.height), "height and the distance from hole to hole")
        grid = Grid(counts=(self.holes, 1, 1), steps=(step, 0, 0))
        return worked(base, drilled(self.hole_diameter, 0, 0, self.height / 2, axis="y", pattern=grid))


class SineBar(Workpiece):
    """A sine bar: a bar on two rollers whose centres lie the nominal length apart (DIN 2273)."""

    names = ("sine bar", "sine block")
    made_of = "tool steel"
    follows = led("width", "thickness", "roller_diameter", by="length")

    length: Annotated[Length, said("centre distance", "center distance", "nominal length", "roller distance")] = 100.0
    width: Wide = 25.0
    thickness: Annotated[Length, said("bar height", "height")] = 22.0
    roller_diameter: Annotated[Length, said("roller", "rollers")] = 16.0

    def solid(self) -> Compound:
        d, t = self.roller_diameter, self.thickness
        self.below("roller_diameter", self.length / 2, "half the length")
        self.above("thickness", 0.6 * d, "six tenths of roller_diameter")
        bar = self.length + d
        # The bar rests on the rollers by notches a quarter of a roller deep.
        low = 0.75 * d
        steps = tuple(
            added(
                "roller",
                Cylinder(diameter=d, height=self.width),
                spot(x, 0, d / 2, rotate=(90, 0, 0)),
                id=f"{side}_roller",
            )
            for side, x in (("left", -self.length / 2), ("right", self.length / 2))
        )
        block = Box(size=(bar, self.width, low + t))
        gap = Box(size=(bar * 2, self.width * 2, low))
        under = taken("underside", gap, standing(0))
        holes = Grid(counts=(3, 1, 1), steps=(self.length / 4, 0, 0))
        hole = 0.35 * t
        return worked(
            block, under, drilled(hole, 0, 0, low + t / 2 + 0.05 * t, axis="y", id="hole", pattern=holes), *steps
        )


class DrillJig(Workpiece):
    """A drill jig: a plate with bushed guide holes in a row and a fence below its front edge."""

    names = ("drill jig", "drilling jig", "drill guide", "dowel jig", "drilling template")
    made_of = "aluminium"
    yields = led("hole_diameter", by=("width", "depth")) | led("fence_height", by="depth")

    width: Annotated[Length, said("length", "long")] = 100.0
    depth: Annotated[Length, said("wide")] = 40.0
    thickness: Annotated[Length, said("thick", "plate thickness")] = 12.0
    holes: Annotated[int, Field(ge=1, le=60), said("guide holes", "number of holes")] = 3
    hole_diameter: Annotated[Length, said("guide hole diameter", "drill diameter", "drill size")] = 8.0
    spacing: Annotated[Gap, said("hole spacing", "pitch", "centre distance")] = 0.0
    fence_height: Annotated[Gap, said("fence", "lip height")] = 12.0
    fence_thickness: Annotated[Length, said("lip thickness")] = 8.0

    def solid(self) -> Compound:
        step = self.spacing or self.width / self.holes
        f = self.fence_height
        self.below("hole_diameter", min(step, self.depth - self.fence_thickness), "the plate beside the fence")
        if step * (self.holes - 1) + self.hole_diameter >= self.width:
            self.below("spacing", (self.width - self.hole_diameter) / max(1, self.holes - 1), "what width allows")
        self.below("fence_thickness", self.depth, "depth")
        height = self.thickness + f
        base: Solid = Box(size=(self.width, self.depth, height))
        features: list[Feature] = []
        if f:
            room = Box(size=(2 * self.width, self.depth - self.fence_thickness, f))
            features.append(taken("room", room, spot(0, self.depth / 2, 0, own=("centre", "max", "min"))))
        grid = Grid(counts=(self.holes, 1, 1), steps=(step, 0, 0))
        features.append(drilled(self.hole_diameter, 0, self.fence_thickness / 2 if f else 0.0, pattern=grid))
        return worked(base, *features)


class Ruler(Workpiece):
    """A ruler with a bevelled front edge, graduations engraved every 1, 5 and 10 mm, a hole to hang it up."""

    names = ("ruler", "straightedge", "straight edge", "scale ruler", "measuring stick", "steel rule")
    made_of = "stainless steel"

    length: GaugeLong = 160.0
    width: Annotated[Length, said("wide", "depth")] = 30.0
    thickness: Annotated[Length, said("thick", "height")] = 3.0
    graduations: Annotated[bool, said("marks", "markings", "divisions", "ticks")] = True
    hole_diameter: Annotated[Gap, said("hanging hole", "hole")] = 6.0
    yields = led("hole_diameter", by=("width", "length"))
    follows: ClassVar[Sizes] = {}

    def solid(self) -> Compound:
        long, w, t = self.length, self.width, self.thickness
        bevel = 0.35 * w
        points = ((-w / 2, 0.0), (w / 2, 0.0), (w / 2, t), (bevel - w / 2, t), (-w / 2, 0.4 * t))
        base = prism(points, long)
        features: list[Feature] = []
        if self.graduations:
            # In the bar's own frame: x across from the front edge, y up, z along; 5 mm are left at both ends.
            whole = math.floor(long - 10)
            if whole > 2000:
                self.below("length", 2010, "more marks cannot be modelled; say it without graduations", equal=True)
            for step, reach in ((1, 0.18), (5, 0.26), (10, 0.34)):
                count = whole // step + 1
                if whole < step:
                    continue
                for part in range(0, count, 1000):
                    some = min(1000, count - part)
                    shape = Box(size=(reach * w, t, 0.2))
                    slope = math.degrees(math.atan2(0.6 * t, bevel))
                    place = spot(
                        -w / 2,
                        0.4 * t - 0.06 * t,
                        5 + (part + (some - 1) / 2) * step,
                        rotate=(0, 0, slope),
                        own=("min", "min", "centre"),
                    )
                    grid = Grid(counts=(1, 1, some), steps=(0, 0, step))
                    features.append(taken("mark", shape, place, id=f"marks_{step}_{part}", pattern=grid))
        if self.hole_diameter:
            self.below("hole_diameter", min(0.5 * w, long), "half the width")
            features.append(
                drilled(self.hole_diameter, 0.2 * w, 0, long - max(0.9 * self.hole_diameter, 0.04 * long), axis="y")
            )
        return worked(base, *features)

    turned = (90, 0, 90)


class TrySquare(Workpiece):
    """A try square, lying: a thick stock, a thin blade at a right angle to it."""

    names = (
        "try square",
        "square tool",
        "engineer's square",
        "engineers square",
        "carpenter's square",
        "machinist square",
        "set square",
    )
    follows = led("stock_length", "blade_width", "stock_width", by="length") | led("length", by="stock_length")

    length: Annotated[Length, said("blade length", "blade")] = 150.0
    stock_length: Annotated[Length, said("handle length", "stock", "base length")] = 100.0
    blade_width: Annotated[Length, said("width of the blade")] = 28.0
    blade_thickness: Annotated[Length, said("thickness of the blade")] = 3.0
    stock_width: Annotated[Length, said("handle width")] = 26.0
    stock_thickness: Annotated[Length, said("handle thickness", "thickness", "height")] = 16.0

    def pieces(self) -> list[Part]:
        self.below("blade_thickness", self.stock_thickness, "stock_thickness")
        self.below("blade_width", self.stock_length, "stock_length", equal=True)
        self.above("length", self.stock_width, "stock_width")
        # The stock along y at the left, the blade along x from its rear end.
        stock = Box(size=(self.stock_width, self.stock_length, self.stock_thickness))
        blade = Box(size=(self.length, self.blade_width, self.blade_thickness))
        x = -self.length / 2 + self.stock_width / 2
        y = self.stock_length / 2 - self.blade_width / 2
        z = (self.stock_thickness - self.blade_thickness) / 2
        return [
            Part("stock", stock, at(x, 0, 0), "walnut", ("left",)),
            Part("blade", blade, at(0, y, z), "steel", ("right",)),
        ]
