"""Turned vessels: vase, bowl, plate, jar, bottle, plant pot, bucket. All are hollow."""

from __future__ import annotations

from math import cos, pi, sin
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import Part, said
from wugan.apps.voice_to_3d.families.home.kit import SUNK, bail, below, cut, own, require
from wugan.apps.voice_to_3d.families.home.lathe import Outline, inner, scaled, smooth, turned, vessel
from wugan.apps.voice_to_3d.families.home.made import Made, Sizes
from wugan.apps.voice_to_3d.scene.placement import at
from wugan.apps.voice_to_3d.scene.solid import Box, Common, Compound, Cylinder, Revolve

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
    yields: ClassVar[Sizes] = {"wall_thickness": ("diameter", "height")}

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
    follows: ClassVar[Sizes] = {"height": ("diameter",), "diameter": ("height",)}
    yields: ClassVar[Sizes] = {"wall_thickness": ("diameter", "height")}

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
    follows: ClassVar[Sizes] = {"height": ("diameter",), "rim_width": ("diameter",)}
    yields: ClassVar[Sizes] = {"thickness": ("diameter", "height")}

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
    yields: ClassVar[Sizes] = {"wall_thickness": ("diameter", "height")}

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
    follows: ClassVar[Sizes] = {"neck_height": ("height",), "neck_diameter": ("diameter",)}
    yields: ClassVar[Sizes] = {"wall_thickness": ("diameter", "height", "neck_diameter")}

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
        whole, room_above = vessel(points, inside), Cylinder(diameter=4 * r, height=2 * tall)
        low_part = Common(shape=Cylinder(diameter=4 * r, height=neck + SUNK), place=at())
        found = [
            Part("body", Compound(base=whole, features=(low_part,)), at(), "glass"),
            Part(
                "neck",
                Compound(base=whole, features=(Common(shape=room_above, place=at(z=neck)),)),
                at(z=neck),
                "glass",
                ("top",),
            ),
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
    follows: ClassVar[Sizes] = {
        "height": ("diameter",),
        "diameter": ("height",),
        "bottom_diameter": ("diameter", "height"),
    }
    yields: ClassVar[Sizes] = {"wall_thickness": ("diameter", "height")}

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
        body = cut(pot, (Cylinder(diameter=0.25 * low, height=3 * t), own(0, 0, -t))) if self.drainage_hole else pot
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
        drain = [(Cylinder(diameter=0.12 * d, height=3 * t), own(0, 0, -t))] if self.drainage_hole else []
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
    follows: ClassVar[Sizes] = {
        "handle_height": ("diameter", "height"),
        "height": ("diameter",),
        "diameter": ("height",),
        "bottom_diameter": ("diameter", "height"),
    }
    yields: ClassVar[Sizes] = {
        "wall_thickness": ("diameter", "height"),
        "handle_thickness": ("diameter", "height"),
    }

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
