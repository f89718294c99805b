"""Small things to wear, win and collect: ring, bead, key, crown, trophy, medal, coin, button, bell."""

from __future__ import annotations

from math import cos, pi, sin
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import Made, Part, led, said
from wugan.apps.voice_to_3d.families.home.kit import (
    below,
    block,
    cut,
    inner,
    on_circle,
    own,
    polygon,
    scaled,
    smooth,
    turned,
    vessel,
)
from wugan.apps.voice_to_3d.families.solids import bar, extruded
from wugan.apps.voice_to_3d.scene.placement import at
from wugan.apps.voice_to_3d.scene.profile import Circle, Combined, Piece, Rectangle, Text
from wugan.apps.voice_to_3d.scene.profile import Star as StarProfile
from wugan.apps.voice_to_3d.scene.solid import Box, Cylinder, Revolve, Solid, Sphere, Sweep, Torus


class Ring(Made):
    """A finger ring, plain or with a stone."""

    names = ("finger ring", "wedding ring", "band ring", "engagement ring")
    inner_diameter: Annotated[float, said("ring size", "hole diameter")] = Field(18, ge=2, le=500)
    thickness: Annotated[float, said("wall thickness", "wall")] = Field(2, ge=0.8, le=100)
    width: Annotated[float, said("height", "band width")] = Field(5, ge=0.8, le=300)
    stone: Annotated[bool, said("gem", "diamond")] = False
    style: Literal["rounded", "flat"] = "rounded"
    even: ClassVar[tuple[str, str] | None] = None

    def parts(self) -> list[Part]:
        """The band lies flat; its outer diameter is the inner one and twice the thickness. A stone sits in front."""
        r, t, w = self.inner_diameter / 2, self.thickness, self.width
        below(self, "thickness", 2 * r, "inner_diameter")
        if self.style == "flat":
            line = [(r, 0.0), (r + t, 0.0), (r + t, w), (r, w)]
        else:
            line = [
                (r, 0.0),
                *((r + t * (0.55 + 0.45 * sin(pi * k / 12)), w * (1 - cos(pi * k / 12)) / 2) for k in range(13)),
                (r, w),
            ]
        found = [Part("band", Revolve(points=tuple(line)), own(), "gold")]
        if self.stone:
            s = min(w, 0.9 * r)
            gem = turned([(0.3 * s, -0.4 * t), (0.5 * s, 0.35 * s), (0.32 * s, 0.55 * s)])
            found.append(Part("stone", gem, own(0, -(r + t), w / 2, (90, 0, 0)), "translucent light blue"))
        return found


class Bead(Made):
    """A bead with a hole: round, cylindrical or cubic."""

    names = ("bead", "pearl")
    diameter: Annotated[float, said("width", "size")] = Field(12, ge=3, le=500)
    hole_diameter: Annotated[float, said("hole", "bore")] = Field(2, ge=0.5, le=300)
    shape: Literal["round", "cylindrical", "cubic"] = "round"
    even: ClassVar[tuple[str, str] | None] = None
    follows = led("hole_diameter", by="diameter")

    def parts(self) -> list[Part]:
        """One piece, its hole upright."""
        d = self.diameter
        below(self, "hole_diameter", 0.8 * d, "diameter")
        body: Solid = Sphere(diameter=d)
        if self.shape == "cylindrical":
            body = bar(d, d)
        elif self.shape == "cubic":
            body = Box(size=(d, d, d))
        hole = bar(self.hole_diameter, 2 * d)
        return [Part("bead", cut(body, (hole, own(0, 0, -d / 2))), at(), "turquoise")]


class Key(Made):
    """An old key: a bow, a stem and a bit with teeth. It lies along x."""

    names = ("key", "door key", "skeleton key")
    length: float = Field(75, ge=10, le=1000)
    width: Annotated[float, said("bow width", "bow diameter")] = Field(26, ge=4, le=400)
    thickness: float = Field(4, ge=0.8, le=60)
    teeth: Annotated[int, said("notches")] = Field(3, ge=1, le=8)
    follows = led("width", by="length")
    yields = led("thickness", by="length")

    def parts(self) -> list[Part]:
        """Bow with its hole, stem, collar, bit."""
        long, w, t = self.length, self.width, self.thickness
        below(self, "width", 0.5 * long, "length")
        below(self, "thickness", 0.3 * w, "width")
        x0, x1 = -long / 2, long / 2
        bow = Combined(add=(Piece(profile=Circle(diameter=w)),), cut=(Piece(profile=Circle(diameter=0.6 * w)),))
        found = [
            Part("bow", extruded(bow, t), at(x0 + w / 2), "brass", ("left",)),
            block("stem", (long - 0.9 * w, max(0.8, 0.9 * t), t), (x0 + 0.9 * w + x1) / 2, 0, 0, "brass"),
            Part("collar", extruded(Rectangle(width=0.1 * w, depth=1.9 * t), t), at(x0 + 1.2 * w), "brass"),
        ]
        bit = min(0.3 * long, 0.7 * (long - 1.3 * w))
        pitch = bit / (2 * self.teeth - 1) if self.teeth > 1 else bit
        for k in range(self.teeth):
            deep = w / 2 * (1.0 if k % 2 == 0 else 0.72)
            x = x1 - 0.04 * long - pitch / 2 - (2 * k * pitch if self.teeth > 1 else 0)
            found.append(block("tooth", (pitch, deep, t), x, -deep / 2, 0, "brass", ("right",)))
        return found


class Crown(Made):
    """A crown: a band with points, balls on the points and stones on the band."""

    names = ("crown", "tiara", "king's crown")
    diameter: Annotated[float, said("width")] = Field(160, ge=10, le=2000)
    height: float = Field(90, ge=6, le=1500)
    points: Annotated[int, said("tips", "spikes")] = Field(8, ge=3, le=24)
    wall_thickness: Annotated[float, said("thickness", "wall")] = Field(4, ge=0.8, le=60)
    stones: Annotated[bool, said("jewels", "gems")] = True
    follows = led("height", by="diameter") | led("diameter", by="height")
    yields = led("wall_thickness", by=("diameter", "height"))

    def parts(self) -> list[Part]:
        """A ring cut into points, balls, stones."""
        r, h, t, n = self.diameter / 2, self.height, self.wall_thickness, self.points
        below(self, "wall_thickness", 0.25 * r, "diameter")
        below(self, "wall_thickness", 0.25 * h, "height")
        ball = 1.6 * t
        rise = h - ball * 0.8
        stone = 0.3 * t  # what balls and stones stand out from the band
        outer = r - stone
        valley = 0.42 * h
        ring = Cylinder(diameter=2 * outer, inner_diameter=2 * (outer - t), height=rise)
        wide = 1.84 * outer * sin(pi / n)
        notch = polygon((0, valley), (wide * 0.5, rise + 1), (-wide * 0.5, rise + 1))
        wedges = []
        for k in range(n):
            # Each notch is a wedge that runs outwards from the middle along its direction.
            angle = 360 * (k + 0.5) / n
            wedge = extruded(notch, 1.5 * r)
            wedges.append((wedge, own(0, 0, 0, (90.0, 0.0, angle))))
        # The rim has the whole diameter, whatever the number of points.
        rim = Cylinder(diameter=2 * r, inner_diameter=2 * (outer - t), height=0.08 * h)
        found = [Part("band", cut(ring, *wedges), own(), "gold"), Part("rim", rim, own(), "gold")]
        for x, y in on_circle(n, r - ball / 2, -90.0):
            found.append(Part("ball", Sphere(diameter=ball), at(x, y, h - ball), "gold"))
        if self.stones:
            size = min(0.16 * h, 0.5 * wide)
            for k in range(n):
                a = -pi / 2 + 2 * pi * k / n
                place = at(
                    (r - t / 2 - stone / 2) * cos(a),
                    (r - t / 2 - stone / 2) * sin(a),
                    0.24 * h,
                    "centre",
                    (0, 90, a * 180 / pi),
                )
                colour = "ruby" if k % 2 == 0 else "sapphire"
                found.append(Part("stone", bar(size, t + stone), place, colour))
        return found


class Trophy(Made):
    """A trophy: a cup with two handles on a stem and a base."""

    names = ("trophy", "prize cup", "winner's cup", "award")
    height: float = Field(220, ge=20, le=2000)
    width: float = Field(150, ge=15, le=1500)
    handles: bool = True
    wall_thickness: Annotated[float, said("thickness", "wall")] = Field(3, ge=0.8, le=40)
    follows = led("width", by="height") | led("height", by="width")
    yields = led("wall_thickness", by=("height", "width"))

    def parts(self) -> list[Part]:
        """Base, plate, stem, hollow cup, handles left and right; the handles are the width."""
        h, w, t = self.height, self.width, self.wall_thickness
        below(self, "width", 1.5 * h, "height")
        r = (0.3 if self.handles else 0.5) * w
        below(self, "wall_thickness", 0.2 * r, "width")
        base = 0.18 * h
        cup = 0.52 * h
        foot = h - cup
        k = min(0.42 * w, 1.1 * r)
        line = smooth(scaled([(0.2, 0), (0.62, 0.12), (0.86, 0.45), (0.9, 0.85), (1, 1)], r, cup), 7)
        inside = inner(self, line, t, 2 * t if 2 * t < 0.4 * cup else 0.2 * cup)
        stem = smooth(
            [
                (0.6 * r, 0.9 * base),
                (0.3 * r, base + 0.3 * (foot - base)),
                (0.22 * r, base + 0.6 * (foot - base)),
                (0.2 * r, foot + 0.05 * cup),
            ],
            6,
        )
        found = [
            Part("base", extruded(Rectangle(width=k, depth=k), base), at(), "black marble"),
            block("plate", (0.7 * k, 0.04 * k, 0.5 * base), 0, -k / 2, 0.25 * base, "gold", ("front",)),
            Part("stem", turned(stem), own(), "gold"),
            Part("cup", vessel(line, inside), own(0, 0, foot), "gold"),
        ]
        if self.handles:
            thick = max(0.8, 0.1 * r)
            x = w / 2 - thick / 2
            for side, s in (("left", -1), ("right", 1)):
                path = (
                    (s * (0.9 * r - 0.5 * t), 0.0, foot + 0.8 * cup),
                    (s * x, 0.0, foot + 0.8 * cup),
                    (s * x, 0.0, foot + 0.32 * cup),
                    (s * (0.78 * r - 0.5 * t), 0.0, foot + 0.32 * cup),
                )
                bend = min(0.2 * cup, 0.6 * (x - 0.9 * r))
                loop: Solid = Sweep(profile=Circle(diameter=thick), path=path, bend_radius=max(0.0, bend))
                grown = turned([(a + 0.4 * t, b) for a, b in inside])
                found.append(Part("handle", cut(loop, (grown, own(0, 0, foot))), own(), "gold", (side,)))
        return found


class Medal(Made):
    """A medal with a raised rim, a star in relief and a ring for the ribbon."""

    names = ("medal", "medallion", "gold medal")
    diameter: Annotated[float, said("width", "size")] = Field(60, ge=8, le=500)
    thickness: Annotated[float, said("height")] = Field(4, ge=1.2, le=60)
    points: Annotated[int, said("star points")] = Field(5, ge=3, le=16)
    ring: Annotated[bool, said("loop", "eyelet")] = True
    yields = led("thickness", by="diameter")

    def parts(self) -> list[Part]:
        """Disc, rim, star; the ring stands out to the back."""
        d, t = self.diameter, self.thickness
        below(self, "thickness", 0.3 * d, "diameter")
        low = 0.6 * t
        rim = Cylinder(diameter=d, inner_diameter=0.86 * d, height=t)
        star = extruded(StarProfile(points=self.points, diameter=0.7 * d, inner_diameter=0.32 * d), t - 0.3 * low)
        found = [
            Part("disc", bar(0.95 * d, low), at(), "gold"),
            Part("rim", rim, at(), "gold"),
            Part("star", star, own(0, 0, 0.3 * low), "gold"),
        ]
        if self.ring:
            tube = min(0.07 * d, t)
            loop = Torus(diameter=0.2 * d, tube=tube)
            found.append(Part("ring", loop, at(0, d / 2 + 0.1 * d - 0.3 * tube, (t - tube) / 2), "gold", ("back",)))
        return found


class Coin(Made):
    """A coin with a rim and a number in relief."""

    names = ("coin", "token", "poker chip")
    diameter: Annotated[float, said("width", "size")] = Field(28, ge=5, le=500)
    thickness: Annotated[float, said("height")] = Field(2.4, ge=1, le=60)
    text: Annotated[str, said("saying", "number", "value", "letters")] = Field("1", min_length=1, max_length=6)
    yields = led("thickness", by="diameter")

    def parts(self) -> list[Part]:
        """Disc, rim, number."""
        d, t = self.diameter, self.thickness
        below(self, "thickness", 0.4 * d, "diameter")
        low = 0.7 * t
        size = min(0.5 * d, 0.8 * d / len(self.text))
        relief = extruded(Text(text=self.text, height=size), 0.5 * t)
        return [
            Part("disc", bar(d, low), at(), "gold"),
            Part("rim", Cylinder(diameter=d, inner_diameter=0.86 * d, height=t), at(), "gold"),
            Part("number", relief, at(z=0.5 * t), "gold"),
        ]


class Button(Made):
    """A button to sew on, with two or four holes."""

    names = ("button", "shirt button", "coat button")
    diameter: Annotated[float, said("width", "size")] = Field(20, ge=5, le=300)
    thickness: Annotated[float, said("height")] = Field(3, ge=1, le=60)
    holes: int = Field(4, ge=2, le=4)
    hole_diameter: float = Field(2, ge=0.5, le=50)
    follows = led("hole_diameter", by="diameter")
    yields = led("thickness", by="diameter")

    def parts(self) -> list[Part]:
        """One piece with a rim."""
        d, t, o = self.diameter, self.thickness, self.hole_diameter
        below(self, "thickness", 0.5 * d, "diameter")
        below(self, "hole_diameter", 0.16 * d, "diameter")
        bore = bar(o, 3 * t)
        places = on_circle(self.holes, 0.14 * d, 45 if self.holes == 4 else 0)
        dish = bar(0.76 * d, t)
        body = cut(bar(d, t), (dish, own(0, 0, 0.6 * t)), *((bore, own(x, y, -t)) for x, y in places))
        return [Part("button", body, at(), "navy")]


class Bell(Made):
    """A bell, hollow, with a clapper and a loop."""

    names = ("bell", "hand bell", "christmas bell")
    diameter: Annotated[float, said("width")] = Field(80, ge=8, le=2000)
    height: float = Field(100, ge=8, le=2000)
    wall_thickness: Annotated[float, said("thickness", "wall")] = Field(4, ge=0.8, le=60)
    clapper: bool = True
    follows = led("height", by="diameter") | led("diameter", by="height")
    yields = led("wall_thickness", by=("diameter", "height"))

    def parts(self) -> list[Part]:
        """The hollow body, open below; the clapper hangs from its crown; a loop on top."""
        r, h, t = self.diameter / 2, self.height, self.wall_thickness
        below(self, "wall_thickness", 0.15 * min(r, h), "diameter", "height")
        below(self, "diameter", 2.5 * h, "height")
        loop = 0.18 * h
        tall = h - loop
        outer = smooth(scaled([(1, 0), (0.78, 0.14), (0.62, 0.5), (0.52, 0.78), (0.3, 0.95), (0.1, 1)], r, tall), 6)
        hollow = [(max(a - t * 1.15, 0.0), z) for a, z in outer if z <= tall - 1.2 * t and a - t * 1.15 > 0.2]
        body = Revolve(points=(*outer, (0.0, tall), (0.0, tall - 1.2 * t), *((a, z) for a, z in reversed(hollow))))
        tube = 0.3 * loop
        ring = Torus(diameter=1.15 * loop - tube, tube=tube)
        found = [
            Part("body", body, own(), "brass"),
            Part("loop", ring, at(0, 0, h - 1.15 * loop, rotate=(90, 0, 0)), "brass"),
        ]
        if self.clapper:
            rod, ball = max(0.8, 0.05 * r), 0.3 * r
            low = 0.02 * tall + ball / 2
            found.append(Part("rod", bar(rod, tall - 0.5 * t - low), at(z=low), "steel"))
            found.append(Part("clapper", Sphere(diameter=ball), at(z=0.02 * tall), "steel"))
        return found
