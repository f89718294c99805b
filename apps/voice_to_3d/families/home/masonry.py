"""Pieces of buildings that stand alone: arch, column, wall, pyramid, well, tent, igloo."""

from __future__ import annotations

from math import cos, pi, sin
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import Part, said
from wugan.apps.voice_to_3d.families.home.kit import (
    UPRIGHT,
    bar,
    below,
    block,
    cut,
    join,
    level,
    on_circle,
    own,
    polygon,
)  # fmt: skip
from wugan.apps.voice_to_3d.families.home.lathe import turned
from wugan.apps.voice_to_3d.families.home.made import Made, Sizes
from wugan.apps.voice_to_3d.scene.placement import at
from wugan.apps.voice_to_3d.scene.profile import Circle, Combined, Piece, Polygon, Rectangle
from wugan.apps.voice_to_3d.scene.solid import Box, Cylinder, Extrude, Pyramid, Revolve, Solid, Sphere

Across = Annotated[float, said("length")]


class Arch(Made):
    """A round or pointed arch that stands on two piers."""

    names = ("arch", "archway", "gateway", "triumphal arch")
    width: float = Field(2000, ge=8, le=20000)
    depth: Annotated[float, said("thickness")] = Field(500, ge=2, le=10000)
    height: float = Field(2500, ge=8, le=20000)
    opening_width: Annotated[float, said("opening", "span")] = Field(1200, ge=2, le=19000)
    style: Literal["round", "pointed", "flat"] = "round"
    follows: ClassVar[Sizes] = {
        "width": ("height",),
        "height": ("width",),
        "depth": ("width", "height"),
        "opening_width": ("width", "height"),
    }

    def parts(self) -> list[Part]:
        """One block with the opening."""
        w, h, half = self.width, self.height, self.opening_width / 2
        below(self, "opening_width", 0.95 * w, "width")
        room = h - min(0.5 * (w - 2 * half), 0.3 * h)
        rise = {"round": half, "pointed": 1.6 * half, "flat": 0.0}[self.style]
        rise = min(rise, 0.85 * room)
        spring = room - rise
        if self.style == "round":
            arc = [(half * cos(pi * k / 32), spring + rise * sin(pi * k / 32)) for k in range(33)]
        elif self.style == "pointed":
            right = [(half * (1 - (k / 16) ** 2), spring + rise * k / 16) for k in range(17)]
            arc = [*right, *((-x, z) for x, z in reversed(right[:-1]))]
        else:
            arc = [(half, room), (-half, room)]
        points = [(-w / 2, 0), (-half, 0), *reversed(arc), (half, 0), (w / 2, 0), (w / 2, h), (-w / 2, h)]
        kept = [p for k, p in enumerate(points) if abs(p[0] - points[k - 1][0]) + abs(p[1] - points[k - 1][1]) > 1e-6]
        return [
            Part("arch", Extrude(profile=Polygon(points=tuple(kept)), height=self.depth), at(rotate=UPRIGHT), "stone")
        ]


class Column(Made):
    """A classical column: base, a smooth or fluted shaft that narrows to the top, and a capital."""

    names = ("column", "pillar", "greek column", "doric column")
    diameter: Annotated[float, said("width")] = Field(400, ge=4, le=10000)
    height: float = Field(3000, ge=12, le=50000)
    flutes: int = Field(16, ge=0, le=40)
    taper: Annotated[float, said("narrowing")] = Field(0.85, ge=0.5, le=1)
    style: Literal["classical", "plain"] = "classical"
    follows: ClassVar[Sizes] = {"diameter": ("height",), "height": ("diameter",)}

    def parts(self) -> list[Part]:
        """Base, shaft, capital. The base and the capital's slab are as wide as the column."""
        w, h = self.diameter, self.height
        if self.style == "plain":
            return [Part("shaft", bar(w, h), at(), "marble")]
        below(self, "diameter", 1.5 * h, "height")
        part = min(0.08 * h, 0.4 * w)
        r = 0.38 * w
        ring = turned(
            [(0.46 * w, 0), (0.5 * w, 0.25 * part), (0.46 * w, 0.5 * part), (r * 1.05, 0.6 * part), (r, 0.7 * part)]
        )
        wide = 1.3 * pi * r / max(1, self.flutes)
        grooves = tuple(
            Piece(profile=Circle(diameter=wide), x=x, y=y) for x, y in on_circle(self.flutes, r + 0.28 * wide)
        )
        plan = Combined(add=(Piece(profile=Circle(diameter=2 * r)),), cut=grooves)
        shaft = Pyramid(profile=plan, height=h - 1.7 * part, top_scale=self.taper)
        top = self.taper * r
        bell = turned([(top * 0.97, -0.05 * part), (top * 1.05, 0.25 * part), (0.48 * w, 0.75 * part)])
        return [
            Part("plinth", Box(size=(w, w, 0.3 * part)), at(), "marble"),
            Part("base", ring, at(z=0.28 * part), "marble"),
            Part("shaft", shaft, at(z=0.7 * part), "marble"),
            Part("capital", bell, own(0, 0, h - part), "marble"),
            Part("slab", Box(size=(w, w, 0.3 * part)), at(z=h - 0.3 * part), "marble"),
        ]


class Wall(Made):
    """A wall: plain, or of bricks in courses."""

    names = ("wall", "brick wall", "garden wall", "stone wall")
    width: Across = Field(2000, ge=10, le=90000)
    depth: Annotated[float, said("thickness")] = Field(240, ge=1, le=5000)
    height: float = Field(1000, ge=5, le=20000)
    style: Literal["plain", "brick"] = "brick"
    courses: Annotated[int, said("rows", "layers")] = Field(8, ge=1, le=40)
    bricks: Annotated[int, said("bricks in a row")] = Field(5, ge=1, le=40)
    yields: ClassVar[Sizes] = {"depth": ("width", "height")}

    def parts(self) -> list[Part]:
        """The core, and the joints cut into its faces."""
        w, d, h = self.width, self.depth, self.height
        core = Box(size=(w, d, h))
        if self.style == "plain":
            return [Part("wall", core, at(), "stone")]
        each = h / self.courses
        joint, deep = min(0.1 * each, 0.08 * w / self.bricks), min(0.06 * d, 0.15 * each)
        size = w / self.bricks
        cuts: list[Piece] = []
        for row in range(1, self.courses):
            cuts.append(Piece(profile=Rectangle(width=1.01 * w, depth=joint), y=row * each))
        for row in range(self.courses):
            shift = 0.0 if row % 2 else 0.5
            for k in range(self.bricks + 1):
                x = -w / 2 + (k + shift) * size
                if -w / 2 + 1e-6 < x < w / 2 - 1e-6:
                    cuts.append(Piece(profile=Rectangle(width=joint, depth=each), x=x, y=(row + 0.5) * each))
        if not cuts:
            return [Part("wall", core, at(), "brick")]
        net = Extrude(profile=Combined(add=tuple(cuts)), height=deep)
        body = cut(core, (net, own(0, -d / 2 + deep, 0, UPRIGHT)), (net, own(0, d / 2, 0, UPRIGHT)))
        return [Part("wall", body, at(), "brick")]


class PyramidBuilding(Made):
    """A pyramid on a square, smooth or in steps."""

    names = ("pyramid", "step pyramid", "ziggurat")
    width: Annotated[float, said("base", "length")] = Field(100, ge=3, le=90000)
    depth: float = Field(100, ge=3, le=90000)
    height: float = Field(64, ge=2, le=50000)
    steps: Annotated[int, said("levels")] = Field(0, ge=0, le=30)
    shape: Literal["square", "rectangular"] = "square"
    follows: ClassVar[Sizes] = {"height": ("width", "depth"), "width": ("height",)}

    def parts(self) -> list[Part]:
        """One piece, or its steps from the bottom up."""
        w, d, h = self.width, self.depth, self.height
        if not self.steps:
            return [Part("pyramid", Pyramid(profile=Rectangle(width=w, depth=d), height=h), at(), "sandstone")]
        found = []
        for k in range(self.steps):
            share = 1 - k / (self.steps + 0.5)
            sunk = 0.05 * h / self.steps if k else 0.0  # into the step below, so that both are one piece
            size = (w * share, d * share, h / self.steps + sunk)
            found.append(block("step", size, 0, 0, k * h / self.steps - sunk, "sandstone", level(k, self.steps)))
        return found


class Well(Made):
    """A well: a hollow round wall, a roof on two posts, a bucket on a shaft."""

    names = ("well", "wishing well", "water well")
    width: Annotated[float, said("diameter")] = Field(120, ge=20, le=5000)
    height: float = Field(160, ge=25, le=6000)
    roof: bool = True
    follows: ClassVar[Sizes] = {"width": ("height",), "height": ("width",)}

    def parts(self) -> list[Part]:
        """Ring, posts, shaft, rope with bucket, roof; the depth is the ring's diameter."""
        w, h = self.width, self.height
        below(self, "width", 1.6 * h, "height")
        ring = 0.86 * w if self.roof else w
        low = 0.36 * h if self.roof else h
        tube = Cylinder(diameter=ring, inner_diameter=0.72 * ring, height=low)
        found = [Part("wall", tube, at(), "stone"), Part("water", bar(0.8 * ring, 0.3 * low), at(), "blue")]
        if not self.roof:
            return found
        t, x = 0.07 * w, 0.43 * ring
        top = 0.22 * h
        eaves = h - top
        for s, a in (("left", -x), ("right", x)):
            found.append(block("post", (t, t, eaves - 0.3 * low + 0.2 * top), a, 0, 0.3 * low, "oak", (s,)))
        gable = polygon((-0.36 * w, 0), (0.36 * w, 0), (0, top))
        found.append(Part("roof", Extrude(profile=gable, height=w), own(-w / 2, 0, eaves, (90, 0, 90)), "dark red"))
        z = 0.62 * h
        found.append(Part("shaft", bar(0.08 * w, 2 * x), at(0, 0, z, rotate=(0, 90, 0)), "oak"))
        drop = z - low * 0.95
        found.append(Part("rope", bar(0.02 * w + 0.4, drop), at(0, 0, z - drop + 0.02 * w), "rope"))
        pail = turned([(0.07 * w, 0), (0.1 * w, 0.14 * w)])
        return [*found, Part("bucket", pail, at(0, 0, z - drop - 0.1 * w), "walnut")]


class Tent(Made):
    """A tent: a ridge tent with an open front, or a pointed one."""

    names = ("tent", "teepee", "wigwam")
    width: float = Field(120, ge=15, le=10000)
    depth: Annotated[float, said("length")] = Field(140, ge=15, le=10000)
    height: float = Field(90, ge=12, le=6000)
    style: Literal["ridge", "pointed"] = "ridge"
    wall_thickness: Annotated[float, said("thickness", "wall")] = Field(3, ge=0.8, le=100)
    follows: ClassVar[Sizes] = {
        "width": ("height", "depth"),
        "depth": ("width", "height"),
        "height": ("width", "depth"),
    }
    yields: ClassVar[Sizes] = {"wall_thickness": ("height", "width", "depth")}

    def parts(self) -> list[Part]:
        """One hollow piece, open in front; a ridge pole or poles."""
        w, d, h, t = self.width, self.depth, self.height, self.wall_thickness
        below(self, "wall_thickness", 0.08 * min(w, d, h), "width", "depth", "height")
        if self.style == "ridge":
            shape = polygon((-w / 2, 0), (w / 2, 0), (0, h))
            k = 1 - 2.6 * t / w * ((w / 2) ** 2 + h**2) ** 0.5 / h
            inside = polygon((-w / 2 * k, -1), (w / 2 * k, -1), (0, h * k))
            body = cut(Extrude(profile=shape, height=d), (Extrude(profile=inside, height=d), own(0, 0, t)))
            return [
                Part("tent", body, own(0, d / 2, 0, UPRIGHT), "orange"),
                block("floor", (w * k, d - t, t), 0, t / 2, 0, "grey"),
            ]
        peak = Pyramid(profile=Rectangle(width=w, depth=d), height=0.9 * h, top_scale=0.08)
        share = 1 - 3 * t / min(w, d)
        hollow = Pyramid(profile=Rectangle(width=w * share, depth=d * share), height=0.9 * h - 3 * t, top_scale=0.06)
        door = polygon((-0.2 * w, -1), (0.2 * w, -1), (0, 0.6 * h))
        shell = cut(peak, (hollow, own(0, 0, t)), (Extrude(profile=door, height=0.6 * d), own(0, 0, t, UPRIGHT)))
        pole = bar(max(1.2, 0.04 * w), 0.4 * h)
        return [Part("tent", shell, at(), "orange"), Part("pole", pole, at(0, 0, 0.6 * h), "oak")]


class Igloo(Made):
    """An igloo: a hollow dome of snow with an entrance."""

    names = ("igloo", "dome")
    diameter: Annotated[float, said("width")] = Field(120, ge=15, le=10000)
    wall_thickness: Annotated[float, said("thickness", "wall")] = Field(8, ge=0.8, le=500)
    entrance: Annotated[bool, said("door", "tunnel")] = True
    yields: ClassVar[Sizes] = {"wall_thickness": ("diameter",)}

    def parts(self) -> list[Part]:
        """The dome, half a ball, and a tunnel that reaches a third of the diameter to the front."""
        r, t = self.diameter / 2, self.wall_thickness
        below(self, "wall_thickness", 0.12 * self.diameter, "diameter")
        arc = [(r * cos(pi / 2 * k / 24), r * sin(pi / 2 * k / 24)) for k in range(24)]
        hollow = [((r - t) * cos(pi / 2 * k / 24), (r - t) * sin(pi / 2 * k / 24)) for k in range(24)]
        dome: Solid = Revolve(points=(*arc, (0.0, r), (0.0, r - t), *reversed(hollow)))
        if not self.entrance:
            return [Part("dome", dome, own(), "snow")]
        half, long = 0.38 * r, 1.66 * r
        inner = half - min(t, 0.5 * half)
        tunnel = Cylinder(diameter=2 * half, height=long)
        bore = (Cylinder(diameter=2 * inner, height=2 * long), own(0, 0, 0, (90, 0, 0)))
        floor = (Box(size=(4 * r, 8 * r, r)), own(0, 0, -r))
        dome = cut(dome, bore)
        whole = cut(
            join(Cylinder(diameter=2 * half, height=0.01 + 0.02 * r), (tunnel, own(0, 0, 0, (90, 0, 0)))), floor, bore
        )
        inside = Sphere(diameter=2 * (r - t))
        return [
            Part("dome", dome, own(), "snow"),
            Part("tunnel", cut(whole, (inside, own(0, 0, -(r - t)))), own(), "snow", ("front",)),
        ]
