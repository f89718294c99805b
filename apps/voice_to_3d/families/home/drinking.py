"""Things to drink and pour from: cup, mug, glass, wine glass, goblet, jug, teapot, watering can."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import Part, said
from wugan.apps.voice_to_3d.families.home.kit import SUNK, below, cut, join, own
from wugan.apps.voice_to_3d.families.home.lathe import (
    Outline,
    cavity,
    inner,
    radius_at,
    scaled,
    smooth,
    turned,
    vessel,
)  # fmt: skip
from wugan.apps.voice_to_3d.families.home.made import Made, Sizes
from wugan.apps.voice_to_3d.scene.placement import at
from wugan.apps.voice_to_3d.scene.profile import Ellipse
from wugan.apps.voice_to_3d.scene.solid import Cylinder, Hull, Placed, Solid, Sweep

Wall = Annotated[float, said("wall", "walls", "thickness")]
Diameter = Annotated[float, said("width")]
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
    follows: ClassVar[Sizes] = {"handle_reach": ("height", "diameter")}
    yields: ClassVar[Sizes] = {
        "wall_thickness": ("diameter", "height"),
        "handle_thickness": ("diameter", "height", "handle_reach"),
    }
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
    yields: ClassVar[Sizes] = {
        "wall_thickness": ("diameter", "height"),
        "bottom_thickness": ("height", "diameter"),
    }

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
    follows: ClassVar[Sizes] = {"stem_height": ("height",), "foot_diameter": ("diameter",)}
    yields: ClassVar[Sizes] = {
        "wall_thickness": ("diameter", "height"),
        "stem_thickness": ("height", "diameter"),
    }
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
    follows: ClassVar[Sizes] = {"handle_reach": ("height", "diameter"), "spout_reach": ("diameter", "height")}
    yields: ClassVar[Sizes] = {
        "wall_thickness": ("diameter", "height"),
        "handle_thickness": ("diameter", "height", "handle_reach"),
    }

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
        root = Cylinder(diameter=max(0.3 * rim - 2 * less, 0.5), height=slab)
        place = own(-radius_at(points, low) + 0.15 * rim + less, 0, low + 1.5 * less)
        tip = -(self.diameter / 2 + self.spout_reach) + nose
        return Hull(
            of=(
                Placed(
                    shape=Cylinder(diameter=2 * (wide - less), height=slab), place=own(-0.6 * rim, 0, h - slab + up)
                ),
                Placed(shape=Cylinder(diameter=2 * (nose - less), height=slab), place=own(tip, 0, h - slab + up)),
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
    follows: ClassVar[Sizes] = {
        "height": ("diameter",),
        "diameter": ("height",),
        "handle_reach": ("diameter", "height"),
        "spout_reach": ("diameter", "height"),
    }
    yields: ClassVar[Sizes] = {
        "wall_thickness": ("diameter", "height"),
        "handle_thickness": ("diameter", "height", "handle_reach"),
        "spout_thickness": ("diameter", "height"),
    }

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
    slabs = [Cylinder(diameter=wide - less, height=0.4) for _, _, wide in ends]
    places = [own(x, 0, z - 0.4) for x, z, _ in ends]
    if lengthen:
        places[-1] = own(ends[-1][0], 0, ends[-1][1] + 0.1)
        places[0] = own(ends[0][0] + less, 0, ends[0][1])
    lower = Hull(of=(Placed(shape=slabs[0], place=places[0]), Placed(shape=slabs[1], place=places[1])))
    upper = Hull(of=(Placed(shape=slabs[1], place=places[1]), Placed(shape=slabs[2], place=places[2])))
    return join(lower, (upper, own()))
