"""Bars of constant section, lying along x: angle, channel, I-beam, T-bar, square tube, T-slot extrusion, rails."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import Gap, Workpiece, led, said
from wugan.apps.voice_to_3d.families.shop.kit import clean, drilled, rounded, spot
from wugan.apps.voice_to_3d.families.solids import bar, extruded, prism, taken, worked
from wugan.apps.voice_to_3d.scene.model import Length
from wugan.apps.voice_to_3d.scene.placement import Grid
from wugan.apps.voice_to_3d.scene.profile import Circle, Combined, Piece, Polygon, Rectangle, RegularPolygon, Slot
from wugan.apps.voice_to_3d.scene.solid import Compound, Solid
from wugan.errors import DataError

Long = Annotated[Length, said("long", "overall length")]
Thick = Annotated[Length, said("wall thickness", "wall", "thick", "material thickness")]
Web = Annotated[Length, said("web", "thickness of the web")]
FlangeWidth = Annotated[Length, said("width", "flange", "width of the flange")]
FlangeThickness = Annotated[Length, said("thickness of the flange")]
Corner = Annotated[Gap, said("root radius", "fillet", "inside radius", "inner radius")]


class Bar(Workpiece):
    """What bars have in common: an outline in the yz plane, drawn out along x."""

    turned = (90, 0, 90)

    def drawn(self, points: list[tuple[float, float]] | tuple[tuple[float, float], ...], length: float) -> Solid:
        """The bar through (y, z) points."""
        return prism(tuple(points), length)


class AngleBar(Bar):
    """An angle section (EN 10056): a level leg and an upright one."""

    names = ("angle iron", "angle bar", "angle section", "l profile", "l-profile", "angle profile", "steel angle")
    follows = led("height", by="width") | led("width", by="height") | led("thickness", by=("width", "height"))

    width: Annotated[Length, said("leg width", "leg", "leg length", "flange width")] = 40.0
    height: Annotated[Length, said("other leg", "leg height")] = 40.0
    thickness: Thick = 4.0
    length: Long = 200.0
    root_radius: Corner = 0.0

    def solid(self) -> Solid:
        w, h, t = self.width, self.height, self.thickness
        self.below("thickness", min(w, h), "width and height")
        self.below("root_radius", min(w, h) - t, "the legs' inner length", equal=True)
        corners = [(0, 0, 0), (w, 0, 0), (w, t, 0), (t, t, self.root_radius), (t, h, 0), (0, h, 0)]
        return self.drawn(rounded([(x, y, r) for x, y, r in corners]), self.length)


class Channel(Bar):
    """A U channel, open above, with holes along its floor where asked."""

    names = ("channel", "u channel", "u-channel", "c channel", "c-channel", "u profile", "u-profile", "steel channel")
    follows = led("height", by="width") | led("thickness", by=("width", "height")) | led("width", by="height")

    width: Annotated[Length, said("outer width", "overall width", "wide")] = 40.0
    height: Annotated[Length, said("flange height", "outer height", "leg height")] = 30.0
    thickness: Thick = 4.0
    length: Long = 200.0
    holes: Annotated[int, Field(ge=0, le=100), said("number of holes")] = 0
    hole_diameter: Annotated[Length, said("hole size")] = 5.0

    def solid(self) -> Solid:
        w, h, t = self.width / 2, self.height, self.thickness
        self.below("thickness", min(w, h), "height and half the width")
        base = self.drawn(
            [(-w, 0), (w, 0), (w, h), (w - t, h), (w - t, t), (t - w, t), (t - w, h), (-w, h)], self.length
        )
        if not self.holes:
            return base
        step = self.length / self.holes
        self.below("hole_diameter", min(step, 2 * (w - t)), "the floor")
        # In the bar's own frame its length stands along z, its floor along x.
        pattern = Grid(counts=(1, 1, self.holes), steps=(0, 0, step))
        return worked(base, drilled(self.hole_diameter, 0, 0, self.length / 2, axis="y", pattern=pattern))


class IBeam(Bar):
    """An I-beam: two flanges and a web (EN 10365 IPE 100 by default)."""

    names = ("i-beam", "i beam", "h beam", "h-beam", "ibeam", "universal beam", "steel beam", "i profile", "girder")
    follows = (
        led("flange_width", by="height")
        | led("web_thickness", "flange_thickness", by=("height", "flange_width"))
        | led("height", by="flange_width")
        | led("length", by="height")
    )

    height: Annotated[Length, said("depth", "beam height", "overall height", "section height")] = 100.0
    flange_width: FlangeWidth = 55.0
    web_thickness: Web = 4.1
    flange_thickness: FlangeThickness = 5.7
    length: Long = 500.0
    root_radius: Corner = 0.0

    def solid(self) -> Solid:
        h, b, t, w, r = (
            self.height,
            self.flange_width / 2,
            self.flange_thickness,
            self.web_thickness / 2,
            self.root_radius,
        )
        self.below("web_thickness", self.flange_width, "flange_width")
        self.below("flange_thickness", h / 2, "half the height")
        self.below("root_radius", min(b - w, h / 2 - t), "what lies beside the web", equal=True)
        corners = [
            (-b, 0, 0),
            (b, 0, 0),
            (b, t, 0),
            (w, t, r),
            (w, h - t, r),
            (b, h - t, 0),
            (b, h, 0),
            (-b, h, 0),
            (-b, h - t, 0),
            (-w, h - t, r),
            (-w, t, r),
            (-b, t, 0),
        ]
        return self.drawn(rounded([(x, y, q) for x, y, q in corners]), self.length)


class TBar(Bar):
    """A T section: a flange below, a web standing on it."""

    names = ("t-bar", "t bar", "tee bar", "t profile", "t-profile", "t section", "t beam", "t-beam")
    follows = (
        led("height", by="flange_width")
        | led("flange_width", by="height")
        | led("web_thickness", "flange_thickness", by=("height", "flange_width"))
    )

    height: Annotated[Length, said("overall height", "web height")] = 50.0
    flange_width: FlangeWidth = 50.0
    web_thickness: Annotated[Length, said("web", "thickness")] = 6.0
    flange_thickness: FlangeThickness = 6.0
    length: Long = 200.0

    def solid(self) -> Solid:
        h, b, t, w = self.height, self.flange_width / 2, self.flange_thickness, self.web_thickness / 2
        self.below("web_thickness", self.flange_width, "flange_width")
        self.below("flange_thickness", h, "height")
        return self.drawn([(-b, 0), (b, 0), (b, t), (w, t), (w, h), (-w, h), (-w, t), (-b, t)], self.length)


class SquareTube(Bar):
    """A square or rectangular hollow section, its corners rounded where asked (EN 10219)."""

    names = (
        "square tube",
        "rectangular tube",
        "box section",
        "hollow section",
        "square pipe",
        "box tube",
        "square tubing",
        "rectangular hollow section",
        "square hollow section",
    )
    follows = led("height", by="width") | led("width", by="height") | led("wall_thickness", by=("width", "height"))

    width: Annotated[Length, said("outer width", "side", "side length", "wide")] = 40.0
    height: Annotated[Length, said("outer height", "tall")] = 40.0
    wall_thickness: Annotated[Length, said("wall", "thickness")] = 3.0
    length: Long = 200.0
    corner_radius: Annotated[Gap, said("outer radius", "radius", "rounded corners")] = 0.0

    def solid(self) -> Solid:
        w, h, t, r = self.width, self.height, self.wall_thickness, self.corner_radius
        self.below("wall_thickness", min(w, h) / 2, "half of width and height")
        self.below("corner_radius", min(w, h) / 2, "half of width and height", equal=True)
        outer = Rectangle(width=w, depth=h, corner_radius=r)
        inner = Rectangle(width=w - 2 * t, depth=h - 2 * t, corner_radius=max(0.0, r - t))
        return extruded(Combined(add=(Piece(profile=outer),), cut=(Piece(profile=inner),)), self.length)


class SquareBar(Bar):
    """A solid square or rectangular bar."""

    names = ("square bar", "rectangular bar", "key steel", "square rod", "key stock", "square stock")
    follows = led("height", by="width") | led("width", by="height")

    width: Annotated[Length, said("side", "side length", "wide")] = 20.0
    height: Annotated[Length, said("tall", "thickness")] = 20.0
    length: Long = 100.0

    def solid(self) -> Solid:
        return extruded(Rectangle(width=self.width, depth=self.height), self.length)


class HexBar(Bar):
    """A solid hexagonal bar, a flat below."""

    names = ("hex bar", "hexagonal bar", "hex rod", "hexagonal rod", "hex stock", "hexagon bar")

    across_flats: Annotated[Length, said("width", "across flats", "height", "wrench size", "diameter")] = 17.0
    length: Long = 100.0

    def solid(self) -> Solid:

        return extruded(RegularPolygon(sides=6, across_flats=self.across_flats), self.length)


SLOTS: dict[int, tuple[float, float, float, float, float]] = {
    20: (6.2, 12.0, 1.8, 6.1, 5.0),
    30: (8.2, 16.5, 2.2, 9.3, 6.8),
    40: (8.2, 20.0, 4.5, 12.25, 6.8),
    45: (10.2, 20.0, 4.5, 14.5, 8.5),
}
"""Opening, width inside, lip, depth, core bore (mm) of T-slots by the profile's module, as in usual catalogues."""


class TSlotExtrusion(Bar):
    """A T-slot extrusion: 2020, 2040, 3030, 4040, 4080… with one slot for each module of a side."""

    names = (
        "t-slot extrusion",
        "t slot extrusion",
        "aluminium extrusion",
        "aluminum extrusion",
        "extrusion",
        "t-slot profile",
        "v-slot extrusion",
        "aluminium profile",
        "aluminum profile",
        "t slot profile",
    )
    made_of = "anodised aluminium"

    size: Annotated[
        Literal["2020", "2040", "3030", "3060", "4040", "4080", "4545", "4590"], said("profile", "series", "type")
    ] = "2020"
    length: Long = 200.0

    def cells(self) -> tuple[int, int, int]:
        """The module (mm) and how many modules deep and high."""
        first, second = int(self.size[:2]), int(self.size[2:])
        module = min(first, second)
        return module, first // module, second // module

    def solid(self) -> Solid:
        module, across, high = self.cells()
        opening, inside, lip, deep, bore = SLOTS[module]
        slot = _slot(module, opening, inside, lip, deep)
        # The larger side lies along y: "2040" is 40 wide and 20 high.
        wide, tall = max(across, high), min(across, high)
        w, h = wide * module, tall * module
        cuts: list[Piece] = []
        for i in range(wide):
            x = (i + 0.5) * module - w / 2
            cuts += [Piece(profile=slot, x=x, y=-h / 2), Piece(profile=slot, x=x, y=h / 2, rotate=180)]
            cuts += [Piece(profile=Circle(diameter=bore), x=x, y=(j + 0.5) * module - h / 2) for j in range(tall)]
        for j in range(tall):
            y = (j + 0.5) * module - h / 2
            cuts += [Piece(profile=slot, x=w / 2, y=y, rotate=90), Piece(profile=slot, x=-w / 2, y=y, rotate=-90)]
        outer = Rectangle(width=w, depth=h, corner_radius=0.06 * module)
        profile = Combined(add=(Piece(profile=outer),), cut=tuple(cuts))
        return extruded(profile, self.length)


def _slot(module: float, opening: float, inside: float, lip: float, deep: float) -> Polygon:
    """A T-slot open downwards at y = 0: the neck, then the room behind, bevelled towards the core."""
    a, b = opening / 2, inside / 2
    foot = max(0.3 * b, b - (deep - lip) * 0.8)
    points = (
        (-a, -1.0),
        (a, -1.0),
        (a, lip),
        (b, lip),
        (b, lip + 0.2 * (deep - lip)),
        (foot, deep),
        (-foot, deep),
        (-b, lip + 0.2 * (deep - lip)),
        (-b, lip),
        (-a, lip),
    )
    return Polygon(points=points)


class Rail(Bar):
    """A linear guide rail with counterbored screw holes (15 mm size by default)."""

    names = ("rail", "linear rail", "guide rail", "linear guide", "slide rail")
    follows = led("height", "hole_diameter", "spacing", by="width")

    width: Annotated[Length, said("rail width", "wide")] = 15.0
    height: Annotated[Length, said("rail height", "tall")] = 15.0
    length: Long = 200.0
    hole_diameter: Annotated[Length, said("screw hole diameter")] = 4.5
    spacing: Annotated[Length, said("hole spacing", "pitch")] = 60.0

    def solid(self) -> Compound:

        w, h = self.width / 2, self.height
        self.below("hole_diameter", self.width / 2, "half the width")
        notch = 0.14 * self.width
        points = [
            (-w, 0),
            (w, 0),
            (w, 0.4 * h),
            (w - notch, 0.5 * h),
            (w - notch, 0.7 * h),
            (w, 0.8 * h),
            (w, h - 0.05 * self.width),
        ]
        points += [(w - 0.05 * self.width, h)]
        outline = clean([*points, *[(-x, y) for x, y in reversed(points)]])
        count = max(1, math.floor(self.length / self.spacing))
        if count > 300:
            self.above("spacing", self.length / 300, "more than 300 holes cannot be modelled", equal=True)
        self.below("hole_diameter", min(self.length, self.spacing) / 2, "half of length and spacing")
        pattern = Grid(counts=(1, 1, count), steps=(0, 0, self.spacing))
        # In the bar's own frame: x across, y up, z along.
        screw = drilled(self.hole_diameter, 0, 0, self.length / 2, axis="y", pattern=pattern)
        sink = bar(1.65 * self.hole_diameter, 0.4 * h)
        place = spot(0, h, self.length / 2, rotate=(90, 0, 0), own=("centre", "max", "centre"))
        bore = taken("counterbore", sink, place, pattern=pattern)
        return worked(self.drawn(outline, self.length), screw, bore)


class DinRail(Bar):
    """A top hat rail, EN 60715 TH 35-7.5, with slots along its floor."""

    names = ("din rail", "top hat rail", "mounting rail", "th35 rail")
    made_of = "galvanized steel"

    width: Annotated[Length, said("wide")] = 35.0
    height: Annotated[Length, said("tall", "depth")] = 7.5
    thickness: Thick = 1.0
    length: Long = 200.0
    slotted: Annotated[bool, said("slots", "perforated")] = True

    @classmethod
    def usual(cls, said: Mapping[str, Any]) -> dict[str, Any]:
        height = said.get("height")
        return {"thickness": 1.5} if isinstance(height, int | float) and height >= 15 else {}

    def solid(self) -> Solid:

        w, h, t = self.width / 2, self.height, self.thickness
        floor = self.width * 27 / 35 / 2  # the hat's floor is 27 of 35 mm wide
        self.below("thickness", min(h / 2, floor / 2, (w - floor)), "half the height, and the brim")
        half = [(floor, 0), (floor, h - t), (w, h - t), (w, h), (floor - t, h), (floor - t, t)]
        base = self.drawn([*half, *[(-x, y) for x, y in reversed(half)]], self.length)
        width, slot, step = 0.18 * self.width, 0.43 * self.width, 0.714 * self.width
        if not self.slotted or self.length < step:
            return base
        count = math.floor(self.length / step)
        if count > 400:
            raise DataError(f"din rail: {count} slots are too many (400 at most); make it shorter, or without slots")
        pattern = Grid(counts=(1, 1, count), steps=(0, 0, step))
        shape = extruded(Slot(length=slot - width, width=width), 4 * t)
        place = spot(0, t / 2, self.length / 2, rotate=(90, 90, 0))
        return worked(base, taken("slot", shape, place, pattern=pattern))
