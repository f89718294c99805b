"""Vessels, all hollow: vases, bowls, plates, bottles, cups, jugs, pans and pots."""

from __future__ import annotations

from math import cos, pi, sin
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import Made, Part, Sizes, led, said
from wugan.apps.voice_to_3d.families.home.kit import (
    SUNK,
    Outline,
    bail,
    below,
    cavity,
    cut,
    inner,
    join,
    own,
    radius_at,
    require,
    scaled,
    smooth,
    turned,
    vessel,
)
from wugan.apps.voice_to_3d.families.solids import bar, extruded, worked
from wugan.apps.voice_to_3d.scene.placement import at
from wugan.apps.voice_to_3d.scene.profile import Circle, Ellipse, Slot
from wugan.apps.voice_to_3d.scene.solid import Box, Common, Cylinder, Hull, Placed, Revolve, Solid, Sweep

Wall = Annotated[float, said("wall", "walls", "thickness")]
Diameter = Annotated[float, said("width")]

# Shares of half the diameter and of the height, from the foot up.
VASES: dict[str, tuple[tuple[float, float], ...]] = {
    "classic": ((0.5, 0), (0.72, 0.12), (1, 0.42), (0.72, 0.68), (0.42, 0.84), (0.44, 0.9), (0.6, 1)),
    "cylindrical": ((1, 0), (1, 1)),
    "conical": ((0.55, 0), (1, 1)),
    "bulbous": ((0.5, 0), (0.9, 0.16), (1, 0.34), (0.86, 0.55), (0.36, 0.76), (0.32, 0.9), (0.42, 1)),
    "tulip": ((0.5, 0), (0.8, 0.14), (0.92, 0.36), (0.78, 0.68), (0.84, 0.86), (1, 1)),
    "hourglass": ((0.9, 0), (0.62, 0.28), (0.5, 0.5), (0.64, 0.75), (1, 1)),
}


class Vase(Made):
    """A vase, hollow and open at the top, of several outlines."""

    names = ("vase", "flower vase", "urn", "amphora")
    diameter: Diameter = Field(120, ge=8, le=1500)
    height: float = Field(240, ge=8, le=2000)
    style: Literal["classic", "cylindrical", "conical", "bulbous", "tulip", "hourglass"] = "classic"
    wall_thickness: Wall = Field(3, ge=0.8, le=50)
    miniature: ClassVar[float] = 0.6
    yields = led("wall_thickness", by=("diameter", "height"))

    def parts(self) -> list[Part]:
        """One piece."""
        below(self, "wall_thickness", 0.15 * self.diameter, "diameter")
        below(self, "wall_thickness", 0.3 * self.height, "height")
        points = smooth(scaled(VASES[self.style], self.diameter / 2, self.height))
        return [
            Part("vase", vessel(points, inner(self, points, self.wall_thickness, self.wall_thickness)), at(), "ceramic")
        ]


class Bowl(Made):
    """A bowl on a foot ring, shallow or deep."""

    names = ("bowl", "fruit bowl", "salad bowl", "soup bowl", "cereal bowl", "mixing bowl", "dish")
    diameter: Diameter = Field(180, ge=10, le=1500)
    height: Annotated[float, said("depth")] = Field(80, ge=5, le=1000)
    wall_thickness: Wall = Field(4, ge=0.8, le=50)
    foot: bool = True
    follows = led("height", by="diameter") | led("diameter", by="height")
    yields = led("wall_thickness", by=("diameter", "height"))

    def parts(self) -> list[Part]:
        """One piece."""
        t, r, h = self.wall_thickness, self.diameter / 2, self.height
        below(self, "wall_thickness", 0.3 * r, "diameter")
        below(self, "wall_thickness", 0.3 * h, "height")
        foot = 0.07 * h if self.foot else 0.0
        base = 0.42 if self.foot else 0.38
        round_part = [
            (r * (base + (1 - base) * sin(pi / 2 * k / 16)), foot + (h - foot) * (1 - cos(pi / 2 * k / 16)))
            for k in range(17)
        ]
        points: Outline = ([(0.4 * r, 0.0), (0.38 * r, foot * 0.98)] if self.foot else []) + round_part
        found = vessel(points, inner(self, points, t, foot + t))
        return [Part("bowl", found, at(), "ceramic")]


class Plate(Made):
    """A plate with a raised rim."""

    names: ClassVar[tuple[str, ...]] = ("plate", "dinner plate", "side plate", "dessert plate")
    diameter: Diameter = Field(270, ge=15, le=1000)
    height: float = Field(25, ge=2, le=200)
    thickness: Annotated[float, said("wall thickness", "wall")] = Field(4, ge=0.8, le=30)
    rim_width: Annotated[float, said("rim")] = Field(40, ge=1, le=300)
    follows = led("height", "rim_width", by="diameter")
    yields = led("thickness", by=("diameter", "height"))

    def parts(self) -> list[Part]:
        """One piece."""
        t, r, h = self.thickness, self.diameter / 2, self.height
        below(self, "thickness", 0.6 * h, "height")
        below(self, "rim_width", 0.6 * r, "diameter")
        below(self, "thickness", 0.2 * r, "diameter")
        well = r - self.rim_width
        lower = smooth([(0.6 * well, 0), (0.98 * well, 0.25 * (h - t)), (r, h - 0.6 * t)], pieces=6)
        upper = [
            (r, h),
            *reversed(smooth([(0.6 * well, t), (0.98 * well, 0.25 * (h - t) + t), (r - 0.3 * t, h)], pieces=6)[:-1]),
        ]
        points = [(0.0, 0.0), *lower, *upper, (0.0, t)]
        return [Part("plate", Revolve(points=tuple(points)), at(), "porcelain")]


class Saucer(Plate):
    """A small plate for a cup."""

    names = ("saucer", "coaster dish")
    diameter: Diameter = Field(150, ge=15, le=400)
    height: float = Field(20, ge=2, le=80)
    thickness: Annotated[float, said("wall thickness", "wall")] = Field(3, ge=0.8, le=20)
    rim_width: Annotated[float, said("rim")] = Field(38, ge=1, le=150)


class Jar(Made):
    """A jar with a lid and a knob."""

    names = ("jar", "cookie jar", "canister", "storage jar", "jam jar", "pot with lid")
    diameter: Diameter = Field(100, ge=10, le=800)
    height: float = Field(150, ge=12, le=1000)
    style: Literal["straight", "bellied"] = "straight"
    wall_thickness: Wall = Field(3, ge=0.8, le=40)
    lid: bool = True
    knob: bool = True
    miniature: ClassVar[float] = 0.6
    yields = led("wall_thickness", by=("diameter", "height"))

    def parts(self) -> list[Part]:
        """The body, the lid with its lip, the knob. The height counts with the lid on."""
        t, r = self.wall_thickness, self.diameter / 2
        below(self, "wall_thickness", 0.25 * r, "diameter")
        below(self, "wall_thickness", 0.12 * self.height, "height")
        knob = (0.12 * self.height if self.knob else 0.0) if self.lid else 0.0
        cover = 0.1 * self.height if self.lid else 0.0
        tall = self.height - knob - cover
        if self.style == "bellied":
            points = smooth(scaled([(0.7, 0), (0.95, 0.22), (1, 0.45), (0.88, 0.78), (0.74, 0.93), (0.74, 1)], r, tall))
        else:
            points = [(0.94 * r, 0.0), (r, 0.04 * tall), (r, tall)]
        inside = inner(self, points, t, t)
        found = [Part("body", vessel(points, inside), at(), "ceramic")]
        if self.lid:
            rim, room = points[-1][0], inside[-1][0]
            edge = rim if self.style == "straight" else 1.06 * rim
            lip = max(0.3 * room, room - 0.3)
            low = tall - SUNK
            profile = [(lip, tall - 0.6 * cover), (lip, low), (edge, low), (edge, tall + 0.6 * cover)]
            lid = turned([*profile, (0.7 * edge, tall + cover)])
            found.append(Part("lid", lid, own(), "oak"))
        if knob:
            k = min(0.9 * knob, 0.35 * r)
            outline = smooth([(0.5 * k, -SUNK), (0.45 * k, 0.3 * knob), (k, 0.7 * knob), (0.4 * k, knob)], pieces=4)
            found.append(Part("knob", turned(outline), own(0, 0, tall + cover), "oak"))
        return found


LIP = 1.12
"""How much wider the lip of a bottle is than the glass below it."""


class Bottle(Made):
    """A bottle with a neck, and a stopper if it is wanted."""

    names = ("bottle", "wine bottle", "water bottle", "flask", "carafe", "decanter")
    diameter: Diameter = Field(75, ge=10, le=500)
    height: float = Field(300, ge=20, le=1200)
    neck_diameter: Annotated[float, said("neck")] = Field(28, ge=4, le=300)
    neck_height: Annotated[float, said("neck length")] = Field(90, ge=3, le=600)
    wall_thickness: Wall = Field(3, ge=0.8, le=30)
    stopper: Annotated[bool, said("cork", "cap", "lid")] = False
    miniature: ClassVar[float] = 0.6
    follows = led("neck_height", by="height") | led("neck_diameter", by="diameter")
    yields = led("wall_thickness", by=("diameter", "height", "neck_diameter"))

    def parts(self) -> list[Part]:
        """The body with shoulder, neck and lip; the stopper. The height counts with the stopper."""
        t, r, n = self.wall_thickness, self.diameter / 2, self.neck_diameter / 2 / LIP  # the lip is as wide as the neck
        below(self, "neck_diameter", 0.95 * self.diameter, "diameter")
        below(self, "neck_height", 0.6 * self.height, "height")
        below(self, "wall_thickness", 0.7 * n, "neck_diameter")
        below(self, "wall_thickness", 0.2 * self.height, "height")
        plug = 0.06 * self.height if self.stopper else 0.0
        tall = self.height - plug
        shoulder = min(0.18 * tall, tall - self.neck_height - 0.1 * tall)
        neck = tall - self.neck_height
        body = [(0.92 * r, 0.0), (r, 0.02 * tall), (r, neck - shoulder)]
        bend = smooth([(r, neck - shoulder), (0.9 * r + 0.1 * n, neck - 0.6 * shoulder), (n, neck)], pieces=8)[1:]
        lip = (LIP - 1) * n
        rim = [(n, tall - 0.09 * self.neck_height), (n + lip, tall - 0.08 * self.neck_height), (n + lip, tall)]
        points = [*body, *bend, *rim]
        inside = inner(self, points, t, 1.5 * t)
        whole, room_above = vessel(points, inside), bar(4 * r, 2 * tall)
        low_part = Common(shape=bar(4 * r, neck + SUNK), place=at())
        found = [
            Part("body", worked(whole, low_part), at(), "glass"),
            Part("neck", worked(whole, Common(shape=room_above, place=at(z=neck))), at(z=neck), "glass", ("top",)),
        ]
        if plug:
            room = inside[-1][0]
            wide = room + 0.5 * t  # rests on the rim
            low = tall - SUNK
            cork = turned([(0.9 * room, tall - plug), (0.98 * room, low), (wide, low), (wide, tall + plug)])
            found.append(Part("cork", cork, own(), "cork"))
        return found


class PlantPot(Made):
    """A flower pot with a rim and a drainage hole, and a saucer if it is wanted."""

    names = ("plant pot", "flower pot", "flowerpot", "planter", "pot plant pot")
    shape: Literal["round", "square"] = "round"
    diameter: Annotated[float, said("width", "top diameter")] = Field(150, ge=10, le=1500)
    height: float = Field(140, ge=10, le=1500)
    bottom_diameter: Annotated[float, said("base diameter")] = Field(100, ge=5, le=1500)
    wall_thickness: Wall = Field(5, ge=0.8, le=60)
    rim: bool = True
    drainage_hole: Annotated[bool, said("drain hole", "hole")] = True
    saucer: bool = False
    follows = (
        led("height", by="diameter") | led("diameter", by="height") | led("bottom_diameter", by=("diameter", "height"))
    )
    yields = led("wall_thickness", by=("diameter", "height"))

    def parts(self) -> list[Part]:
        """The pot; the saucer stands under it and within its height."""
        t, r, low = self.wall_thickness, self.diameter / 2, self.bottom_diameter / 2
        require(self, low <= r, f"bottom_diameter ({2 * low:g}) is wider than diameter ({2 * r:g}): make it smaller")
        below(self, "wall_thickness", 0.3 * low, "bottom_diameter")
        below(self, "wall_thickness", 0.15 * self.height, "height")
        foot = 1.0 * t if self.saucer else 0.0
        tall = self.height - foot
        if self.shape == "square":
            return self._square(tall, foot)
        if self.rim:
            band, step = 0.18 * tall, min(0.06 * r, 0.5 * (r - low) + 0.02 * r)
            points = [(low, 0.0), (r - step, tall - band), (r, tall - 0.97 * band), (r, tall)]
        else:
            points = [(low, 0.0), (r, tall)]
        pot = vessel(points, inner(self, points, t, t))
        body = cut(pot, (bar(0.25 * low, 3 * t), own(0, 0, -t))) if self.drainage_hole else pot
        found = [Part("pot", body, at(z=foot), "terracotta")]
        if self.saucer:
            wide = min(1.35 * low, r)
            edge = [(0.9 * wide, 0.0), (wide, max(2.2 * t, 0.12 * tall))]
            dish = vessel(edge, inner(self, edge, min(t, 0.2 * wide), foot, steps=6))
            found.append(Part("saucer", dish, at(), "terracotta"))
        return found

    def _square(self, tall: float, foot: float) -> list[Part]:
        """A box that is open at the top, as wide as the diameter says."""
        t, d = self.wall_thickness, self.diameter
        inside = (Box(size=(d - 2 * t, d - 2 * t, tall)), at(z=t))
        drain = [(bar(0.12 * d, 3 * t), own(0, 0, -t))] if self.drainage_hole else []
        found = [Part("pot", cut(Box(size=(d, d, tall)), inside, *drain), at(z=foot), "terracotta")]
        if self.saucer:
            found.append(Part("saucer", Box(size=(d, d, foot)), at(), "terracotta"))
        return found


class Bucket(Made):
    """A bucket that widens to the top, with a bail handle."""

    names = ("bucket", "pail")
    diameter: Annotated[float, said("width", "top diameter")] = Field(280, ge=15, le=1000)
    height: float = Field(260, ge=15, le=1000)
    bottom_diameter: Annotated[float, said("base diameter")] = Field(200, ge=10, le=1000)
    wall_thickness: Wall = Field(3, ge=0.8, le=40)
    handle: Annotated[bool, said("bail")] = True
    handle_thickness: float = Field(7, ge=0.8, le=60)
    handle_height: float = Field(120, ge=4, le=1000)
    follows = (
        led("handle_height", by=("diameter", "height"))
        | led("height", by="diameter")
        | led("diameter", by="height")
        | led("bottom_diameter", by=("diameter", "height"))
    )
    yields = led("wall_thickness", "handle_thickness", by=("diameter", "height"))

    def parts(self) -> list[Part]:
        """The body with a rolled rim; the handle stands `handle_height` above the body's height."""
        t, r, low = self.wall_thickness, self.diameter / 2, self.bottom_diameter / 2
        require(self, low <= r, f"bottom_diameter ({2 * low:g}) is wider than diameter ({2 * r:g}): make it smaller")
        below(self, "wall_thickness", 0.3 * low, "bottom_diameter")
        below(self, "wall_thickness", 0.2 * self.height, "height")
        below(self, "handle_thickness", 0.2 * min(r, self.height), "diameter", "height")
        roll = min(1.5 * t, 0.05 * r)
        points = [(low, 0.0), (r - roll, self.height - 1.6 * roll), (r, self.height - roll), (r, self.height)]
        inside = inner(self, points, t, t)
        found = [Part("body", vessel(points, inside), at(), "galvanized steel")]
        if self.handle:
            thick, up = self.handle_thickness, self.handle_height
            below(self, "handle_thickness", 0.4 * up, "handle_height")
            half, low = r - thick / 2, self.height - min(2 * t, 0.1 * self.height)
            found.append(Part("handle", bail(half, low, self.height, self.height + up, thick), own(), "steel"))
        return found


HandleReach = Annotated[float, said("handle width", "handle size")]


def ear(
    points: Outline, inside: Outline, wall: float, low: float, high: float, out: float, thick: float, beyond: float
) -> Solid:
    """A handle on the right of a vessel, from height `low` to `high`, ending `out` mm beyond radius `beyond`."""
    x = beyond + out - thick / 2
    deep = max(0.6 * thick, 1.3 * wall + 0.3)  # beyond the wall; what reaches inside is cut away
    a, b = radius_at(points, high) - deep, radius_at(points, low) - deep
    path = ((b, 0.0, low), (x, 0.0, low), (x, 0.0, high), (a, 0.0, high))
    bend = min(0.45 * (high - low), 0.8 * (x - max(a, b)))
    loop = Sweep(profile=Ellipse(width=1.2 * thick, depth=thick), path=path, bend_radius=max(0.0, bend))
    return cut(loop, (cavity(inside, into=0.4 * wall), own()))


class Mug(Made):
    """A mug with a handle on the right."""

    names: ClassVar[tuple[str, ...]] = ("mug", "coffee mug", "beer mug", "tankard", "stein", "beer stein")
    diameter: Diameter = Field(82, ge=10, le=400)
    height: float = Field(95, ge=10, le=500)
    wall_thickness: Wall = Field(4, ge=0.8, le=30)
    handle: bool = True
    handle_reach: HandleReach = Field(32, ge=3, le=200)
    handle_thickness: float = Field(10, ge=1, le=60)
    shape: Literal["straight", "tapered", "bellied"] = "straight"
    miniature: ClassVar[float] = 0.6
    follows = led("handle_reach", by=("height", "diameter"))
    yields = led("wall_thickness", by=("diameter", "height")) | led(
        "handle_thickness", by=("diameter", "height", "handle_reach")
    )
    made_of: ClassVar[str] = "ceramic"

    def _outline(self) -> Outline:
        r, h = self.diameter / 2, self.height
        if self.shape == "tapered":
            return [(0.7 * r, 0.0), (0.74 * r, 0.03 * h), (r, h)]
        if self.shape == "bellied":
            return smooth(scaled([(0.62, 0), (0.95, 0.25), (1, 0.42), (0.86, 0.8), (0.88, 1)], r, h))
        return [(0.94 * r, 0.0), (r, 0.04 * h), (r, h)]

    def parts(self) -> list[Part]:
        """The body, and a handle that reaches `handle_reach` beyond the diameter."""
        t = self.wall_thickness
        below(self, "wall_thickness", 0.15 * self.diameter, "diameter")
        below(self, "wall_thickness", 0.3 * self.height, "height")
        points = self._outline()
        inside = inner(self, points, t, t)
        found = [Part("body", vessel(points, inside), own(), self.made_of)]
        if self.handle:
            thick = self.handle_thickness
            below(self, "handle_thickness", 0.6 * self.handle_reach, "handle_reach")
            below(self, "handle_thickness", 0.25 * self.height, "height")
            loop = ear(
                points, inside, t, 0.2 * self.height, 0.8 * self.height, self.handle_reach, thick, self.diameter / 2
            )
            found.append(Part("handle", loop, own(), self.made_of, ("right",)))
        return found


class Cup(Mug):
    """A tea cup with a handle on the right."""

    names = ("cup", "teacup", "tea cup", "coffee cup", "espresso cup")
    diameter: Diameter = Field(90, ge=10, le=300)
    height: float = Field(65, ge=10, le=300)
    wall_thickness: Wall = Field(2.5, ge=0.8, le=20)
    handle_reach: HandleReach = Field(24, ge=3, le=150)
    handle_thickness: float = Field(6, ge=1, le=40)
    shape: Literal["straight", "tapered", "bellied"] = "tapered"
    made_of: ClassVar[str] = "porcelain"


class Tumbler(Made):
    """A drinking glass without a stem."""

    names = ("glass", "tumbler", "drinking glass", "water glass", "whisky glass", "beaker", "pint glass", "shot glass")
    diameter: Diameter = Field(75, ge=8, le=300)
    height: float = Field(120, ge=8, le=500)
    wall_thickness: Wall = Field(2.5, ge=0.8, le=20)
    bottom_thickness: Annotated[float, said("floor thickness", "base thickness")] = Field(8, ge=0.8, le=60)
    taper: Annotated[float, said("narrowing")] = Field(0.85, ge=0.4, le=1)
    miniature: ClassVar[float] = 0.6
    yields = led("wall_thickness", by=("diameter", "height")) | led("bottom_thickness", by=("height", "diameter"))

    def parts(self) -> list[Part]:
        """One piece."""
        below(self, "wall_thickness", 0.3 * self.taper * self.diameter, "diameter", "taper")
        below(self, "bottom_thickness", 0.6 * self.height, "height")
        r = self.diameter / 2
        points = [(self.taper * r, 0.0), (r, self.height)]
        found = vessel(points, inner(self, points, self.wall_thickness, self.bottom_thickness))
        return [Part("glass", found, at(), "glass")]


class WineGlass(Made):
    """A glass on a stem and foot."""

    names = ("wine glass", "wineglass", "goblet", "champagne glass", "champagne flute", "chalice", "stemmed glass")
    diameter: Diameter = Field(85, ge=12, le=300)
    height: float = Field(210, ge=20, le=600)
    style: Literal["red", "white", "flute", "coupe"] = "red"
    wall_thickness: Wall = Field(1.6, ge=0.8, le=15)
    stem_height: Annotated[float, said("stem length")] = Field(85, ge=3, le=400)
    stem_thickness: Annotated[float, said("stem diameter")] = Field(8, ge=1, le=80)
    foot_diameter: Annotated[float, said("base diameter")] = Field(75, ge=8, le=300)
    miniature: ClassVar[float] = 0.6
    follows = led("stem_height", by="height") | led("foot_diameter", by="diameter")
    yields = led("wall_thickness", by=("diameter", "height")) | led("stem_thickness", by=("height", "diameter"))
    bowls: ClassVar[dict[str, tuple[tuple[float, float], ...]]] = {
        "red": ((0.0, 0), (0.7, 0.12), (1, 0.42), (0.9, 0.75), (0.74, 1)),
        "white": ((0.0, 0), (0.72, 0.14), (1, 0.45), (0.92, 0.75), (0.84, 1)),
        "flute": ((0.0, 0), (0.7, 0.15), (1, 0.5), (0.96, 0.8), (0.88, 1)),
        "coupe": ((0.0, 0), (0.7, 0.12), (0.94, 0.45), (1, 1)),
    }

    def parts(self) -> list[Part]:
        """Foot, stem and bowl in one turned piece, in three parts. The larger of bowl and foot is the width."""
        t, r, h = self.wall_thickness, self.diameter / 2, self.height
        stem, f = self.stem_thickness / 2, self.foot_diameter / 2
        below(self, "stem_height", 0.75 * h, "height")
        below(self, "stem_thickness", 0.5 * min(self.diameter, self.foot_diameter), "diameter", "foot_diameter")
        foot = min(max(1.2, 0.02 * h), 0.25 * self.stem_height)
        start = self.stem_height
        tall = h - start
        below(self, "wall_thickness", 0.2 * min(r, tall), "diameter", "height", "stem_height")
        shape = scaled(self.bowls[self.style], r, tall)
        points = [one for one in smooth(shape) if one[0] > stem]
        points = [(stem, 0.0), *points] if points[0][1] > 0 else points
        inside = inner(self, points, t, t)
        bowl = vessel(points, inside)
        flare = smooth([(0.98 * f, 0.4 * foot), (0.5 * f, 1.6 * foot), (stem, 0.35 * start)], pieces=6)
        column = turned([*flare, (stem, start + 0.4 * t)])
        disc = turned([(f, 0.0), (f, 0.5 * foot), (0.9 * f, 0.8 * foot)])
        return [
            Part("foot", disc, own(), "glass"),
            Part("stem", column, own(), "glass"),
            Part("bowl", bowl, at(z=start), "glass"),
        ]


class Jug(Made):
    """A jug with a handle on the right and a lip on the left."""

    names = ("jug", "pitcher", "milk jug", "water jug", "ewer", "creamer")
    diameter: Diameter = Field(120, ge=15, le=500)
    height: float = Field(220, ge=15, le=800)
    wall_thickness: Wall = Field(4, ge=0.8, le=30)
    handle: bool = True
    handle_reach: HandleReach = Field(45, ge=3, le=300)
    handle_thickness: float = Field(13, ge=1, le=80)
    spout: Annotated[bool, said("lip")] = True
    spout_reach: Annotated[float, said("spout length")] = Field(18, ge=1, le=200)
    miniature: ClassVar[float] = 0.6
    follows = led("handle_reach", by=("height", "diameter")) | led("spout_reach", by=("diameter", "height"))
    yields = led("wall_thickness", by=("diameter", "height")) | led(
        "handle_thickness", by=("diameter", "height", "handle_reach")
    )

    def parts(self) -> list[Part]:
        """Body, handle and spout; they reach beyond the diameter on either side."""
        t, r, h = self.wall_thickness, self.diameter / 2, self.height
        below(self, "wall_thickness", 0.15 * self.diameter, "diameter")
        below(self, "wall_thickness", 0.2 * h, "height")
        points = smooth(scaled([(0.7, 0), (0.94, 0.15), (1, 0.34), (0.72, 0.72), (0.68, 0.84), (0.8, 1)], r, h))
        inside = inner(self, points, t, t)
        body: Solid = vessel(points, inside)
        found = []
        if self.spout:
            below(self, "spout_reach", r, "diameter")
            found = [self._spout(points, inside)]
            body = cut(body, (self._beak(points, t), own()))
        found.insert(0, Part("body", body, own(), "stoneware"))
        if self.handle:
            below(self, "handle_thickness", 0.6 * self.handle_reach, "handle_reach")
            below(self, "handle_thickness", 0.2 * h, "height")
            loop = ear(points, inside, t, 0.3 * h, 0.86 * h, self.handle_reach, self.handle_thickness, r)
            found.append(Part("handle", loop, own(), "stoneware", ("right",)))
        return found

    def _beak(self, points: Outline, less: float) -> Solid:
        """The spout as a solid, or with `less` its inside, that many mm within; it is open above the rim."""
        h, rim, t = self.height, points[-1][0], self.wall_thickness
        slab, low = 0.03 * h, 0.8 * h
        nose, wide = max(0.16 * rim, 1.4 * t), max(0.4 * rim, 1.8 * t)
        up = slab if less else 0.0
        root = bar(max(0.3 * rim - 2 * less, 0.5), slab)
        place = own(-radius_at(points, low) + 0.15 * rim + less, 0, low + 1.5 * less)
        tip = -(self.diameter / 2 + self.spout_reach) + nose
        return Hull(
            of=(
                Placed(shape=bar(2 * (wide - less), slab), place=own(-0.6 * rim, 0, h - slab + up)),
                Placed(shape=bar(2 * (nose - less), slab), place=own(tip, 0, h - slab + up)),
                Placed(shape=root, place=place),
            )
        )

    def _spout(self, points: Outline, inside: Outline) -> Part:
        outer, hollow = self._beak(points, 0.0), self._beak(points, self.wall_thickness)
        lip = cut(outer, (hollow, own()), (cavity(inside, self.height, 0.4 * self.wall_thickness), own()))
        return Part("spout", lip, own(), "stoneware", ("left",))


class Teapot(Made):
    """A teapot: a round body with a spout on the left, a handle on the right, and a lid with a knob."""

    names = ("teapot", "tea pot", "coffee pot", "kettle")
    diameter: Diameter = Field(150, ge=25, le=600)
    height: float = Field(150, ge=25, le=600)
    wall_thickness: Wall = Field(4, ge=0.8, le=25)
    spout_reach: Annotated[float, said("spout length")] = Field(60, ge=5, le=300)
    spout_thickness: Annotated[float, said("spout diameter")] = Field(22, ge=4, le=100)
    handle_reach: HandleReach = Field(48, ge=4, le=300)
    handle_thickness: float = Field(12, ge=1, le=60)
    lid: bool = True
    miniature: ClassVar[float] = 0.6
    follows = (
        led("height", by="diameter")
        | led("diameter", by="height")
        | led("handle_reach", "spout_reach", by=("diameter", "height"))
    )
    yields = (
        led("wall_thickness", by=("diameter", "height"))
        | led("handle_thickness", by=("diameter", "height", "handle_reach"))
        | led("spout_thickness", by=("diameter", "height"))
    )

    def parts(self) -> list[Part]:
        """Body, spout, handle, lid, knob. Spout and handle reach beyond the diameter; the lid counts for the height."""
        t, r = self.wall_thickness, self.diameter / 2
        below(self, "wall_thickness", 0.2 * self.spout_thickness, "spout_thickness")
        below(self, "wall_thickness", 0.1 * min(self.height, self.diameter), "height", "diameter")
        below(self, "spout_thickness", 0.2 * min(self.height, self.diameter), "height", "diameter")
        below(self, "handle_thickness", 0.5 * self.handle_reach, "handle_reach")
        below(self, "handle_thickness", 0.2 * self.height, "height")
        tall = (0.78 if self.lid else 1.0) * self.height
        points = smooth(scaled([(0.6, 0), (0.9, 0.2), (1, 0.45), (0.8, 0.82), (0.5, 0.97), (0.5, 1)], r, tall))
        inside = inner(self, points, t, t)
        s, low, high = self.spout_thickness, 0.28 * tall, 0.94 * tall
        tip = -(r + self.spout_reach)
        root = -radius_at(points, low) + 0.7 * s
        ends = ((root, low, 1.1 * s), (0.5 * (tip - r), 0.55 * tall, 0.9 * s), (tip + 0.35 * s, high, 0.7 * s))
        bore = _tube(ends, 2 * t, lengthen=0.05 * tall)
        channel = (bore, own())
        body = cut(vessel(points, inside), channel)
        spout = cut(_tube(ends, 0.0), channel, (cavity(inside, 0, 0.4 * t), own()))
        found = [
            Part("body", body, own(), "porcelain"),
            Part("spout", spout, own(), "porcelain", ("left",)),
            Part(
                "handle",
                ear(points, inside, t, 0.2 * tall, 0.8 * tall, self.handle_reach, self.handle_thickness, r),
                own(),
                "porcelain",
                ("right",),
            ),
        ]
        if self.lid:
            rim, top = points[-1][0], self.height - tall
            dome = turned(
                [(rim, -SUNK), (rim, 0.12 * top), *smooth([(0.96 * rim, 0.2 * top), (0.2 * rim, 0.5 * top)], 6)]
            )
            found.append(Part("lid", dome, own(0, 0, tall), "porcelain"))
            k = 0.25 * top
            knob = smooth([(0.5 * k, 0.45 * top), (0.5 * k, 0.55 * top), (k, 0.8 * top), (0.4 * k, top)], 4)
            found.append(Part("knob", turned(knob), own(0, 0, tall), "porcelain"))
        return found


def _tube(ends: tuple[tuple[float, float, float], ...], less: float, lengthen: float = 0.0) -> Solid:
    """A spout through discs (x, z, diameter), each `less` mm narrower; level rims, so that it pours and prints."""
    slabs = [bar(wide - less, 0.4) for _, _, wide in ends]
    places = [own(x, 0, z - 0.4) for x, z, _ in ends]
    if lengthen:
        places[-1] = own(ends[-1][0], 0, ends[-1][1] + 0.1)
        places[0] = own(ends[0][0] + less, 0, ends[0][1])
    lower = Hull(of=(Placed(shape=slabs[0], place=places[0]), Placed(shape=slabs[1], place=places[1])))
    upper = Hull(of=(Placed(shape=slabs[1], place=places[1]), Placed(shape=slabs[2], place=places[2])))
    return join(lower, (upper, own()))


Thick = Annotated[float, said("thickness", "wall")]


class Pan(Made):
    """A frying pan with a long handle on the right."""

    names: ClassVar[tuple[str, ...]] = ("pan", "frying pan", "skillet", "wok")
    diameter: Annotated[float, said("width")] = Field(280, ge=20, le=800)
    height: Annotated[float, said("depth")] = Field(50, ge=5, le=400)
    wall_thickness: Thick = Field(4, ge=0.8, le=20)
    handle_length: float = Field(200, ge=5, le=600)
    handle_thickness: Annotated[float, said("handle width")] = Field(24, ge=1.5, le=80)
    follows = led("height", "handle_length", by="diameter")
    yields = led("wall_thickness", "handle_thickness", by=("diameter", "height"))
    taper: ClassVar[float] = 0.82

    def _pot(self) -> tuple[Solid, Outline]:
        t, r = self.wall_thickness, self.diameter / 2
        below(self, "wall_thickness", 0.3 * self.height, "height")
        below(self, "wall_thickness", 0.2 * r, "diameter")
        k, h = self.taper, self.height
        points = (
            [(k * r, 0.0), (k * r + 0.4 * (1 - k) * r, 0.12 * h), (r, h)]
            if k < 1
            else [(0.97 * r, 0.0), (r, 0.05 * h), (r, h)]
        )
        inside = inner(self, points, t, t)
        return vessel(points, inside), inside

    def parts(self) -> list[Part]:
        """Body, and a handle that rises to the rim and reaches `handle_length` beyond it."""
        body, inside = self._pot()
        r, w = self.diameter / 2, self.handle_thickness
        below(self, "handle_thickness", 0.6 * self.diameter, "diameter")
        below(self, "handle_thickness", self.handle_length, "handle_length")
        thick = min(0.5 * w, 0.35 * self.height)
        z = self.height - thick
        start = 0.85 * r
        bar = extruded(Slot(length=r + self.handle_length - start - w / 2, width=w), thick)
        hole = Cylinder(diameter=0.4 * w, height=3 * thick)
        reach = r + self.handle_length
        # The slot's own frame is centred on its length; the left cap is cut away inside the pan.
        middle = (start + reach - w / 2) / 2
        grip = cut(
            bar,
            (cavity(inside, self.height, 0.4 * self.wall_thickness), own(-middle, 0, -z)),
            (hole, own(reach - w / 2 - middle - 0.1 * w, 0, -thick)),
        )
        return [Part("body", body, own(), "cast iron"), Part("handle", grip, own(middle, 0, z), "black", ("right",))]


class Pot(Pan):
    """A cooking pot with two loop handles, a lid and a knob."""

    names = ("pot", "cooking pot", "saucepan", "stock pot", "casserole", "dutch oven")
    diameter: Annotated[float, said("width")] = Field(220, ge=20, le=800)
    height: Annotated[float, said("depth")] = Field(130, ge=5, le=600)
    wall_thickness: Thick = Field(3, ge=0.8, le=20)
    handle_length: Annotated[float, said("handle reach")] = Field(35, ge=3, le=200)
    handle_thickness: float = Field(12, ge=1, le=60)
    lid: bool = True
    lid_height: Annotated[float, said("knob height")] = Field(30, ge=2, le=200)
    taper: ClassVar[float] = 1.0
    follows: ClassVar[Sizes] = {**Pan.follows, "lid_height": ("height", "diameter")}

    def parts(self) -> list[Part]:
        """Body, handles left and right, lid and knob on top of the height."""
        body, inside = self._pot()
        r, h, t, out = self.diameter / 2, self.height, self.handle_thickness, self.handle_length
        below(self, "handle_thickness", 0.45 * out, "handle_length")
        below(self, "handle_thickness", 0.3 * h, "height")
        wide = 0.32 * self.diameter
        below(self, "handle_thickness", 0.45 * wide, "diameter")
        found = [Part("body", body, own(), "steel")]
        z = 0.82 * h
        y = wide / 2 - t / 2
        root = ((r - 1.3 * self.wall_thickness - 0.3) ** 2 - y**2) ** 0.5 - 0.5 * t
        x = r + out - t / 2
        bend = min(0.4 * wide, 0.7 * (x - root), 0.9 * y)
        for side, sign in (("left", -1), ("right", 1)):
            path = ((sign * root, -y, z), (sign * x, -y, z), (sign * x, y, z), (sign * root, y, z))
            loop = cut(
                Sweep(profile=Circle(diameter=t), path=path, bend_radius=bend),
                (cavity(inside, into=0.4 * self.wall_thickness), own()),
            )
            found.append(Part("handle", loop, own(), "black", (side,)))
        if self.lid:
            k = self.lid_height
            top = 0.28 * k
            lid = turned([(r, -0.05), (r, 0.4 * top), *smooth([(0.92 * r, 0.6 * top), (0.2 * r, top)], 5)])
            found.append(Part("lid", lid, own(0, 0, h), "steel"))
            c = min(0.18 * r, 0.6 * k)
            line = [(0.6 * c, 0.2 * k), (0.5 * c, 0.45 * k), (c, 0.82 * k), (0.6 * c, k)]
            knob = turned(smooth(line, 5))
            found.append(Part("knob", knob, own(0, 0, h), "black"))
        return found
