"""Things to put things in: box with a lid, crate, basket, tray, drawer organiser, bin, chest."""

from __future__ import annotations

from math import cos, pi, sin
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import Part, said
from wugan.apps.voice_to_3d.families.home.kit import (
    SIDEWAYS,
    SUNK,
    bail,
    below,
    block,
    cut,
    level,
    outline,
    own,
    require,
)
from wugan.apps.voice_to_3d.families.home.lathe import inner, vessel
from wugan.apps.voice_to_3d.families.home.made import Made, Sizes
from wugan.apps.voice_to_3d.scene.placement import at
from wugan.apps.voice_to_3d.scene.profile import Combined, Offsetted, Piece, Polygon, Profile, Rectangle
from wugan.apps.voice_to_3d.scene.solid import Box as Block
from wugan.apps.voice_to_3d.scene.solid import Common, Compound, Extrude, Loft, Solid

Wall = Annotated[float, said("walls", "thickness", "wall")]
Shape = Literal["rectangular", "square", "round", "oval", "hexagonal", "octagonal"]
CLEARANCE = 0.3  # mm on each side of a lid's lip, as usual for printed parts


def hollow(profile: Profile, height: float, wall: float, floor: float) -> Solid:
    """A container with that outline, open at the top; walls are vertical."""
    inside = Extrude(profile=Offsetted(profile=profile, by=-wall, round=False), height=height)
    return cut(Extrude(profile=profile, height=height), (inside, own(0, 0, floor)))


class Box(Made):
    """A box, with or without a lid and compartments."""

    names = ("box", "storage box", "jewelry box", "jewellery box", "gift box", "container")
    shape: Shape = "rectangular"
    width: Annotated[float, said("length", "diameter")] = Field(120, ge=5, le=3000)
    depth: float = Field(80, ge=5, le=3000)
    height: float = Field(60, ge=4, le=3000)
    wall_thickness: Wall = Field(3, ge=0.8, le=100)
    corner_radius: float = Field(0, ge=0, le=500)
    lid: bool = False
    lid_thickness: float = Field(4, ge=0.8, le=100)
    lid_position: Literal["on", "beside"] = "on"
    columns: Annotated[int, said("compartments")] = Field(1, ge=1, le=20)
    rows: int = Field(1, ge=1, le=20)
    yields: ClassVar[Sizes] = {"wall_thickness": ("width", "depth", "height"), "lid_thickness": ("height",)}
    wood: ClassVar[str] = "oak"

    def parts(self) -> list[Part]:
        """The body, dividers, and the lid with a lip that goes inside. The height counts with the lid on."""
        t, top = self.wall_thickness, (self.lid_thickness if self.lid else 0.0)
        short = min(self.width, self.depth)
        below(self, "wall_thickness", 0.45 * short, "width", "depth")
        if self.lid:
            below(self, "lid_thickness", 0.6 * self.height, "height")
        tall = self.height - top
        below(self, "wall_thickness", tall, "height", "lid_thickness")
        below(self, "corner_radius", 0.5 * short + 1e-9, "width", "depth")
        profile = outline(self.shape, self.width, self.depth, self.corner_radius)
        found = [Part("body", hollow(profile, tall, t, t), at(), self.wood)]
        found += self._dividers(profile, tall)
        if self.lid:
            lip = Offsetted(profile=profile, by=-t - CLEARANCE, round=False)
            deep = min(0.5 * (tall - t), 2 * top)
            room = min(self.width / self.columns, self.depth / self.rows) > 4 * t
            if self.lid_position == "beside":
                x = self.width + max(10.0, 0.1 * self.width)
                plate = Part("lid", Extrude(profile=profile, height=top), at(x), self.wood)
                found.append(plate)
                if 0.5 * short > t + CLEARANCE + 1 and room:
                    found.append(Part("lid lip", Extrude(profile=lip, height=deep), at(x, 0, top), self.wood))
                return found
            found.append(Part("lid", Extrude(profile=profile, height=top), at(z=tall), self.wood))
            if 0.5 * short > t + CLEARANCE + 1 and self.columns * self.rows == 1:
                found.append(Part("lid lip", Extrude(profile=lip, height=deep + SUNK), at(z=tall - deep), self.wood))
        return found

    def _dividers(self, profile: Profile, tall: float) -> list[Part]:
        t, found = min(self.wall_thickness, 3.0), []
        if self.columns > 1:
            below(self, "wall_thickness", 0.5 * self.width / self.columns, "width", "columns")
        if self.rows > 1:
            below(self, "wall_thickness", 0.5 * self.depth / self.rows, "depth", "rows")
        inside = Combined(add=(Piece(profile=Offsetted(profile=profile, by=-0.5 * self.wall_thickness)),))
        high = tall - 0.5 * self.wall_thickness
        for k in range(1, self.columns):
            x = -self.width / 2 + self.width * k / self.columns
            found.append(
                Part("divider", _within(inside, (t, self.depth), x, 0, high), own(0, 0, tall - high), self.wood)
            )
        for k in range(1, self.rows):
            y = -self.depth / 2 + self.depth * k / self.rows
            found.append(
                Part("divider", _within(inside, (self.width, t), 0, y, high), own(0, 0, tall - high), self.wood)
            )
        return found


def _within(inside: Profile, size: tuple[float, float], x: float, y: float, height: float) -> Solid:
    """A wall across a container, trimmed to its outline."""
    wall = Combined(add=(Piece(profile=Rectangle(width=size[0], depth=size[1]), x=x, y=y),))
    trim = Common(shape=Extrude(profile=inside, height=height), place=own())
    return Compound(base=Extrude(profile=wall, height=height), features=(trim,))


class DrawerOrganiser(Box):
    """A low open tray with compartments for a drawer."""

    names = ("drawer organiser", "drawer organizer", "organiser", "organizer", "desk organiser", "desk organizer")
    width: Annotated[float, said("length")] = Field(240, ge=5, le=1500)
    depth: float = Field(160, ge=5, le=1500)
    height: float = Field(45, ge=4, le=300)
    wall_thickness: Wall = Field(2, ge=0.8, le=20)
    columns: Annotated[int, said("compartments")] = Field(3, ge=1, le=20)
    rows: int = Field(2, ge=1, le=20)
    wood: ClassVar[str] = "white"


class Tray(Made):
    """A serving tray: a low rim with a handle cut into either end."""

    names = ("tray", "serving tray", "tea tray", "catchall")
    shape: Literal["rectangular", "round", "oval", "square"] = "rectangular"
    width: Annotated[float, said("length", "diameter")] = Field(420, ge=20, le=2000)
    depth: float = Field(300, ge=20, le=2000)
    height: Annotated[float, said("rim", "rim height")] = Field(45, ge=3, le=300)
    wall_thickness: Wall = Field(8, ge=0.8, le=50)
    corner_radius: float = Field(20, ge=0, le=500)
    handles: bool = True
    yields: ClassVar[Sizes] = {
        "wall_thickness": ("width", "depth", "height"),
        "corner_radius": ("width", "depth"),
    }

    def parts(self) -> list[Part]:
        """One piece."""
        t, short = self.wall_thickness, min(self.width, self.depth)
        below(self, "wall_thickness", 0.2 * short, "width", "depth")
        below(self, "wall_thickness", 0.6 * self.height, "height")
        below(self, "corner_radius", 0.5 * short + 1e-9, "width", "depth")
        profile = outline(self.shape, self.width, self.depth, self.corner_radius)
        body = hollow(profile, self.height, t, min(t, 0.3 * self.height))
        free = self.height - t
        if self.handles and free > 2.5:
            slot = Block(size=(2 * self.width, 0.32 * self.depth, 0.4 * free))
            body = cut(body, (slot, own(0, 0, t + 0.3 * free)))
        return [Part("tray", body, at(), "walnut")]


class Crate(Made):
    """An open crate of slats on corner posts, with a grip in either end."""

    names = ("crate", "wooden crate", "apple crate", "wine crate", "milk crate")
    width: Annotated[float, said("length")] = Field(500, ge=30, le=2000)
    depth: float = Field(350, ge=30, le=2000)
    height: float = Field(300, ge=20, le=1500)
    slats: int = Field(3, ge=1, le=10)
    slat_thickness: Annotated[float, said("thickness", "board thickness")] = Field(12, ge=0.8, le=60)
    yields: ClassVar[Sizes] = {"slat_thickness": ("width", "depth", "height")}

    def parts(self) -> list[Part]:
        """Posts, slats from the bottom up, floor boards."""
        t = self.slat_thickness
        below(self, "slat_thickness", 0.12 * min(self.width, self.depth), "width", "depth")
        below(self, "slat_thickness", 0.4 * self.height, "height")
        post = 2.2 * t
        x, y = self.width / 2 - 0.9 * t - post / 2, self.depth / 2 - 0.9 * t - post / 2  # let into the slats
        found = [
            block("post", (post, post, self.height), a, b, 0, "pine", (s, f))
            for b, f in ((-y, "front"), (y, "back"))
            for a, s in ((-x, "left"), (x, "right"))
        ]
        gap = min(0.25 * self.height / self.slats, 2 * t) if self.slats > 1 else 0.0
        each = (self.height - gap * (self.slats - 1)) / self.slats
        a, b = (self.width - t) / 2, (self.depth - t) / 2
        for k in range(self.slats):
            z, tag = k * (each + gap), level(k, self.slats)
            for f, where in (("front", -b), ("back", b)):
                found.append(block("slat", (self.width, t, each), 0, where, z, "pine", (f, *tag)))
            for s, where in (("left", -a), ("right", a)):
                end: Solid = Block(size=(t, self.depth - 2 * t, each))
                if k == self.slats - 1 and each > 8:
                    end = cut(end, (Block(size=(2 * t, 0.3 * self.depth, 0.35 * each)), own(0, 0, 0.35 * each)))
                found.append(Part("slat", end, at(where, 0, z), "pine", (s, *tag)))
        boards = max(2, round((self.depth - 2 * t) / max(60.0, 0.18 * self.depth)))
        step = (self.depth - 2 * t) / boards
        for k in range(boards):
            where = -(self.depth - 2 * t) / 2 + (k + 0.5) * step
            found.append(block("floor board", (self.width - 2 * t, step * 0.94, t), 0, where, 0, "pine"))
        for s, where in (("left", -x), ("right", x)):
            found.append(block("batten", (post, 2 * y, t), where, 0, 0.5 * t, "pine", (s,)))
        return found


class Basket(Made):
    """A round woven basket, with or without a handle over it."""

    names = ("basket", "wicker basket", "laundry basket", "picnic basket", "bread basket")
    diameter: Annotated[float, said("width", "rim diameter")] = Field(300, ge=20, le=1500)
    height: float = Field(200, ge=15, le=1500)
    bottom_diameter: Annotated[float, said("base diameter")] = Field(230, ge=10, le=1500)
    wall_thickness: Wall = Field(8, ge=0.8, le=60)
    rows: Annotated[int, said("strands")] = Field(10, ge=2, le=30)
    handle: bool = False
    handle_height: float = Field(150, ge=5, le=1000)
    follows: ClassVar[Sizes] = {"bottom_diameter": ("diameter",), "handle_height": ("height",)}
    yields: ClassVar[Sizes] = {"wall_thickness": ("diameter", "height")}

    def parts(self) -> list[Part]:
        """The woven body; the handle stands `handle_height` above its rim."""
        t, r, low = self.wall_thickness, self.diameter / 2, self.bottom_diameter / 2
        below(self, "wall_thickness", 0.4 * min(r, low), "diameter", "bottom_diameter")
        below(self, "wall_thickness", 0.4 * self.height, "height")
        require(self, low <= r, f"bottom_diameter ({2 * low:g}) is wider than diameter ({2 * r:g}): make it smaller")
        swell = min(0.35 * t, 0.12 * self.height / self.rows)
        points = []
        for k in range(6 * self.rows + 1):
            share = k / (6 * self.rows)
            wave = swell * (1 - cos(2 * pi * share * self.rows)) / 2
            points.append((low + (r - swell - low) * share + wave, share * self.height))
        points = [(min(one, r), z) for one, z in points]
        points[-1] = (r, self.height)
        body = vessel(points, inner(self, points, t, t))
        found = [Part("body", body, at(), "wicker")]
        if self.handle:
            up, half, thick = self.handle_height, r - t / 2, t
            below(self, "wall_thickness", 0.4 * self.handle_height, "handle_height")
            sweep = bail(half, self.height - 0.6 * t, self.height, self.height + up, thick)
            found.append(Part("handle", sweep, own(), "wicker"))
        return found


class Bin(Made):
    """A waste bin that widens to the top, round or rectangular, with or without a lid."""

    names = (
        "bin",
        "waste bin",
        "trash can",
        "dustbin",
        "wastebasket",
        "waste paper basket",
        "rubbish bin",
        "garbage can",
    )
    shape: Shape = "round"
    width: Annotated[float, said("diameter", "length")] = Field(260, ge=20, le=1500)
    depth: float = Field(260, ge=20, le=1500)
    height: float = Field(320, ge=20, le=1500)
    wall_thickness: Wall = Field(3, ge=0.8, le=40)
    taper: Annotated[float, said("narrowing")] = Field(0.8, ge=0.4, le=1)
    lid: bool = False
    yields: ClassVar[Sizes] = {"wall_thickness": ("width", "depth", "height")}

    def parts(self) -> list[Part]:
        """The body, and a lid with a knob. The height counts with the lid on."""
        t, short = self.wall_thickness, min(self.width, self.depth)
        below(self, "wall_thickness", 0.3 * self.taper * short, "width", "depth", "taper")
        below(self, "wall_thickness", 0.3 * self.height, "height")
        over = 0.12 * self.height if self.lid else 0.0
        tall, k = self.height - over, self.taper
        outer = Loft(
            bottom=outline(self.shape, k * self.width, k * self.depth, 0.12 * k * short),
            top=outline(self.shape, self.width, self.depth, 0.12 * short),
            height=tall,
        )
        a, b = 2 * t / self.width, 2 * t / self.depth
        hole = Loft(
            bottom=outline(self.shape, (k - a) * self.width, (k - b) * self.depth, max(0.5, 0.12 * k * short - t)),
            top=outline(self.shape, self.width - 2 * t, self.depth - 2 * t, max(0.5, 0.12 * short - t)),
            height=tall - t,
        )
        found = [Part("body", cut(outer, (hole, own(0, 0, t))), at(), "grey")]
        if self.lid:
            profile = outline(self.shape, self.width, self.depth, 0.12 * short)
            found.append(Part("lid", Extrude(profile=profile, height=0.5 * over), at(z=tall), "dark grey"))
            knob = outline("round", 0.16 * short, 0.16 * short)
            found.append(Part("knob", Extrude(profile=knob, height=0.5 * over), at(z=tall + 0.5 * over), "dark grey"))
        return found


class Chest(Made):
    """A treasure chest with a rounded lid, bands and a lock."""

    names = ("chest", "treasure chest", "trunk", "toy chest", "blanket chest")
    width: Annotated[float, said("length")] = Field(800, ge=30, le=2000)
    depth: float = Field(450, ge=20, le=1500)
    height: float = Field(500, ge=20, le=1500)
    wall_thickness: Wall = Field(18, ge=0.8, le=80)
    bands: int = Field(3, ge=0, le=8)
    lid: Annotated[Literal["rounded", "flat"], said("top")] = "rounded"
    yields: ClassVar[Sizes] = {"wall_thickness": ("width", "depth", "height")}

    def parts(self) -> list[Part]:
        """The body, the lid, metal bands and a lock."""
        t = self.wall_thickness
        below(self, "wall_thickness", 0.15 * min(self.width, self.depth, self.height), "width", "depth", "height")
        proud = min(0.25 * t, 4.0)
        w, d = self.width, self.depth - 4 * proud
        y0 = proud
        top = 0.35 * self.height - proud if self.lid == "rounded" else 0.15 * self.height - proud
        tall = self.height - proud - top
        body = cut(Block(size=(w, d, tall)), (Block(size=(w - 2 * t, d - 2 * t, tall)), own(0, 0, t)))
        found = [Part("body", body, at(0, y0), "walnut")]
        arc = self._arc(d, top)
        found.append(Part("lid", Extrude(profile=arc, height=w), own(-w / 2, y0, tall, SIDEWAYS), "walnut"))
        wide = min(0.07 * w, 0.5 * w / max(1, self.bands))
        for k in range(self.bands):
            x = 0.0 if self.bands == 1 else (k / (self.bands - 1) - 0.5) * (w - wide)
            tags = ("left",) if x < -1e-9 else ("right",) if x > 1e-9 else ("middle",)
            hoop = self._arc(d + 2 * proud, top + proud)
            found.append(
                Part("band", Extrude(profile=hoop, height=wide), own(x - wide / 2, y0, tall, SIDEWAYS), "brass", tags)
            )
            for f, b in (("front", -1), ("back", 1)):
                place = (x, y0 + b * d / 2, 0.0)
                found.append(block("band", (wide, 2 * proud, tall), *place, "brass", (*tags, f)))
        size = (0.1 * w, 4 * proud, 0.2 * self.height)
        found.append(
            block("lock", size, 0, -self.depth / 2 + 2 * proud, tall - 0.13 * self.height, "brass", ("front",))
        )
        if not self.bands:
            strap = block("hinge", (0.3 * w, 2 * proud, 0.1 * self.height), 0, d / 2 + y0, tall * 0.9, "brass")
            found += [strap, block("strap", (0.1 * w, 0.3 * d, 2 * proud), 0, y0, self.height - 2 * proud, "brass")]
        return found

    def _arc(self, depth: float, height: float) -> Polygon:
        if self.lid == "flat":
            return Polygon(points=((-depth / 2, 0), (depth / 2, 0), (depth / 2, height), (-depth / 2, height)))
        return Polygon(
            points=tuple(
                (round(depth / 2 * cos(pi * k / 32), 9), round(height * sin(pi * k / 32), 9)) for k in range(33)
            )
        )
