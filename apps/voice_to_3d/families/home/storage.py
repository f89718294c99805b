"""What things are kept in: storage furniture, boxes, crates, baskets, bins."""

from __future__ import annotations

from math import cos, pi, sin
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import Made, Part, Sizes, led, said
from wugan.apps.voice_to_3d.families.home.kit import (
    SIDEWAYS,
    SUNK,
    HandleStyle,
    as_one,
    bail,
    below,
    block,
    cut,
    door,
    drawer_stack,
    inner,
    level,
    outline,
    own,
    polygon,
    reach,
    require,
    shell,
    vessel,
)
from wugan.apps.voice_to_3d.families.solids import bar, extruded, worked
from wugan.apps.voice_to_3d.scene.placement import at
from wugan.apps.voice_to_3d.scene.profile import Circle, Combined, Offsetted, Piece, Polygon, Profile, Rectangle
from wugan.apps.voice_to_3d.scene.solid import Box as Block
from wugan.apps.voice_to_3d.scene.solid import Common, Loft, Solid, Sweep

Board = Annotated[float, said("thickness", "panel thickness", "wall thickness", "shelf thickness")]
Across = Annotated[float, said("length")]


class Bookcase(Made):
    """Shelves between two sides, with or without a back; the shelves are counted between top and bottom."""

    names = ("bookcase", "bookshelf", "shelf unit", "shelving unit", "book case")
    width: Across = Field(800, ge=30, le=4000)
    depth: float = Field(300, ge=15, le=1000)
    height: float = Field(1800, ge=30, le=3500)
    shelves: Annotated[int, said("tiers")] = Field(4, ge=0, le=20)
    dividers: Annotated[int, said("vertical dividers", "columns")] = Field(0, ge=0, le=12)
    board_thickness: Board = Field(20, ge=0.8, le=100)
    plinth: Annotated[bool, said("base", "kickboard")] = True
    back: bool = True
    yields = led("board_thickness", by=("width", "height", "depth"))

    def parts(self) -> list[Part]:
        """Sides, top, bottom, shelves from the bottom up, dividers, back."""
        b = self.board_thickness
        foot = min(70.0, 0.06 * self.height) if self.plinth else 0.0
        below(self, "board_thickness", 0.25 * self.width, "width")
        below(self, "board_thickness", 0.5 * self.depth, "depth")
        below(self, "board_thickness", (self.height - foot) / (2 * self.shelves + 4), "height", "shelves")
        below(self, "board_thickness", self.width / (2 * self.dividers + 2), "width", "dividers")
        found = shell(self.width, self.depth, self.height, b, back=self.back)
        found[2] = block("bottom", (self.width - b, self.depth, b), z=foot)
        free = self.height - foot - 2 * b
        for k in range(self.shelves):
            z = foot + b + free * (k + 1) / (self.shelves + 1) - b / 2
            found.append(block("shelf", (self.width - b, self.depth, b), z=z, tags=level(k, self.shelves)))
        for k in range(self.dividers):
            x = -self.width / 2 + b / 2 + (self.width - b) * (k + 1) / (self.dividers + 1)
            found.append(block("divider", (b, self.depth, free + b), x, 0, foot + b / 2))
        if foot:
            inset = 0.08 * self.depth
            found.append(block("plinth", (self.width - b, b, foot + b / 2), 0, -self.depth / 2 + inset + b / 2))
        return found


class Cabinet(Made):
    """A cabinet: doors, drawers above them and shelves inside, on feet."""

    names = ("cabinet", "cupboard", "sideboard", "credenza", "tv stand", "media unit", "kitchen cabinet")
    width: Across = Field(1000, ge=40, le=4000)
    depth: float = Field(420, ge=30, le=1200)
    height: float = Field(850, ge=40, le=3000)
    doors: int = Field(2, ge=0, le=6)
    drawers: int = Field(0, ge=0, le=6)
    shelves: int = Field(1, ge=0, le=10)
    compartments: Annotated[int, said("sections", "bays")] = Field(1, ge=1, le=10)
    board_thickness: Board = Field(18, ge=0.8, le=80)
    leg_height: Annotated[float, said("foot height", "feet height")] = Field(100, ge=0, le=500)
    handles: Annotated[HandleStyle, said("handle style", "pulls")] = "bar"
    glass: Annotated[bool, said("glass doors", "glazed")] = False
    yields = led("board_thickness", by=("width", "height", "depth")) | led("leg_height", by="height")
    wood: ClassVar[str] = "oak"

    def parts(self) -> list[Part]:
        """Feet, case, shelves, doors, a row of drawers, handles."""
        b, low = self.board_thickness, self.leg_height
        below(self, "leg_height", 0.5 * self.height, "height")
        tall = self.height - low
        below(self, "board_thickness", 0.08 * min(self.width, tall), "width", "height", "leg_height")
        below(self, "board_thickness", tall / (3 * self.shelves + 4), "height", "shelves")
        below(self, "board_thickness", 0.12 * self.depth, "depth")
        fronts = self.doors or self.drawers
        row = min(180.0, 0.3 * tall) if self.drawers and self.doors else tall if self.drawers else 0.0
        wide = min(w for w in (self.width / max(1, self.doors), self.width / max(1, self.drawers), tall))
        out = reach(self.handles, wide) if fronts else 0.0
        deep = self.depth - out - (b if fronts else 0.0)
        front = self.depth / 2 - deep
        found = shell(self.width, deep, tall, b, 0, front + deep / 2, low, (), self.wood)
        free = tall - row - b
        for k in range(self.shelves if self.doors or not self.drawers else 0):
            z = low + b / 2 + free * (k + 1) / (self.shelves + 1)
            size = (self.width - b, deep - 2 * b, b)
            found.append(block("shelf", size, 0, front + deep / 2 + b, z, self.wood, level(k, self.shelves)))
        below(self, "board_thickness", self.width / (3 * self.compartments + 1), "width", "compartments")
        for k in range(1, self.compartments):
            x, size = (k / self.compartments - 0.5) * (self.width - b), (b, deep - 2 * b, free)
            found.append(block("divider", size, x, front + deep / 2 + b, low + b / 2, self.wood))
        if self.doors:
            each, gap = self.width / self.doors, min(3.0, 0.01 * self.width, 1.2 * b)
            for k in range(self.doors):
                x = -self.width / 2 + (k + 0.5) * each
                hinge = "left" if k % 2 == 0 else "right"
                found += door(
                    each - gap,
                    tall - row - gap,
                    x,
                    front,
                    low + gap / 2,
                    b,
                    hinge,
                    self.handles,
                    self.wood,
                    out,
                    self.glass,
                )
        if self.drawers:
            case = (self.width - 2 * b, row - 2 * b) if row < tall else (self.width - 2 * b, tall - 2 * b)
            if row < tall:
                found.append(block("divider", (self.width - b, deep, b), 0, front + deep / 2, low + tall - row - b / 2))
            stack = drawer_stack(
                case[0], case[1], front, deep, 1, 0, self.height - row + b, b, b, self.handles, self.wood,
                out=out, columns=self.drawers,
            )  # fmt: skip
            found += stack
        return found + self._feet()

    def _feet(self) -> list[Part]:
        low = self.leg_height
        if low < 1:
            return []
        t = min(50.0, 0.12 * min(self.width, self.depth))
        x, y = self.width / 2 - 0.9 * t, self.depth / 2 - 1.2 * t
        return [
            Part("leg", bar(t, low), at(a, c), self.wood, (s, f))
            for c, f in ((-y + 0.6 * t, "front"), (y, "back"))
            for a, s in ((-x, "left"), (x, "right"))
        ]


class Wardrobe(Made):
    """A wardrobe: tall doors before a rail for clothes, drawers below."""

    names = ("wardrobe", "closet", "armoire")
    width: Across = Field(1200, ge=60, le=4000)
    depth: float = Field(600, ge=40, le=1200)
    height: float = Field(2000, ge=80, le=3500)
    doors: int = Field(2, ge=1, le=6)
    drawers: int = Field(0, ge=0, le=6)
    board_thickness: Board = Field(20, ge=0.8, le=60)
    handles: Annotated[HandleStyle, said("handle style", "pulls")] = "bar"
    rail: Annotated[bool, said("clothes rail", "hanging rail")] = True
    mirror: Annotated[bool, said("mirrored")] = False
    yields = led("board_thickness", by=("width", "height", "depth"))

    def parts(self) -> list[Part]:
        """Case, plinth, hat shelf, rail, doors, drawers."""
        b = self.board_thickness
        below(self, "board_thickness", 0.06 * min(self.width, self.height, 2 * self.depth), "width", "height", "depth")
        foot = min(80.0, 0.05 * self.height)
        tall, row = self.height - foot, (0.22 * self.height if self.drawers else 0.0)
        out = reach(self.handles, self.width / max(self.doors, self.drawers, 1))
        deep = self.depth - out - b
        front = self.depth / 2 - deep
        mid = front + deep / 2
        found = shell(self.width, deep, tall, b, 0, mid, foot)
        found.append(block("plinth", (self.width - 2 * b, deep - 2 * b, foot), 0, mid))
        shelf = self.height - 0.16 * self.height
        found.append(block("shelf", (self.width - b, deep - 2 * b, b), 0, mid + b, shelf, tags=("top",)))
        if self.rail:
            thick = min(28.0, 0.06 * self.depth)
            place = at(0, mid, shelf - 2.5 * thick, rotate=(0, 90, 0))
            found.append(Part("rail", bar(thick, self.width - b), place, "steel"))
        gap = min(3.0, 0.01 * self.width, 1.2 * b)
        each = self.width / self.doors
        for k in range(self.doors):
            x, hinge = -self.width / 2 + (k + 0.5) * each, ("left" if k % 2 == 0 else "right")
            size = (each - gap, tall - row - gap)
            z = foot + row + gap / 2
            found += door(*size, x, front, z, b, hinge, self.handles, "oak", out)
            if self.mirror:
                glass = (0.6 * each, 0.25 * out + 0.4, 0.75 * size[1])
                if self.handles == "none":
                    glass = (0.6 * each, 0.5 * b, 0.75 * size[1])
                    found.append(
                        block("mirror", glass, x, front - b + 0.25 * b, z + 0.12 * size[1], "mirror", (hinge,))
                    )
                else:
                    found.append(
                        block(
                            "mirror", glass, x, front - b - glass[1] / 2 + SUNK, z + 0.12 * size[1], "mirror", (hinge,)
                        )
                    )
        if self.drawers:
            found.append(block("divider", (self.width - b, deep, b), 0, mid, foot + row - b / 2))
            found += drawer_stack(
                self.width - 2 * b, row - 2 * b, front, deep, 1, 0, foot + b, b, b, self.handles, out=out,
                columns=self.drawers,
            )  # fmt: skip
        return found


class Dresser(Made):
    """A chest of drawers: drawers over each other, in one or more columns."""

    names: ClassVar[tuple[str, ...]] = ("chest of drawers", "dresser", "drawer unit", "commode", "filing cabinet")
    width: Across = Field(800, ge=40, le=3000)
    depth: float = Field(450, ge=30, le=1000)
    height: float = Field(900, ge=40, le=2000)
    drawers: int = Field(4, ge=1, le=10)
    columns: int = Field(1, ge=1, le=4)
    board_thickness: Board = Field(18, ge=0.8, le=60)
    leg_height: Annotated[float, said("foot height", "feet height")] = Field(80, ge=0, le=400)
    handles: Annotated[HandleStyle, said("handle style", "pulls")] = "bar"
    follows: ClassVar[Sizes] = {}
    yields = led("board_thickness", by=("width", "height", "depth")) | led("leg_height", by="height")

    def parts(self) -> list[Part]:
        """Case, feet, drawers from the bottom up. `drawers` counts those of one column."""
        b, low = self.board_thickness, self.leg_height
        below(self, "leg_height", 0.4 * self.height, "height")
        tall = self.height - low
        below(self, "board_thickness", 0.12 * self.width / self.columns, "width", "columns")
        below(self, "board_thickness", tall / (3 * self.drawers + 2), "height", "drawers", "leg_height")
        below(self, "board_thickness", 0.12 * self.depth, "depth")
        out = reach(self.handles, min(self.width / self.columns, tall / self.drawers))
        deep = self.depth - out - b
        front = self.depth / 2 - deep
        found = shell(self.width, deep, tall, b, 0, front + deep / 2, low)
        for k in range(self.columns - 1):
            x = -self.width / 2 + self.width * (k + 1) / self.columns
            found.append(block("divider", (b, deep, tall - b), x, front + deep / 2, low + b / 2))
        found += drawer_stack(
            self.width - 2 * b, tall - 2 * b, front, deep, self.drawers, 0, low + b, b, b, self.handles, out=out,
            columns=self.columns,
        )  # fmt: skip
        if low >= 1:
            t = min(60.0, 0.12 * min(self.width, deep))
            x, y = self.width / 2 - 0.7 * t, deep / 2 - 0.7 * t
            for c, f in ((-y, "front"), (y, "back")):
                for a, s in ((-x, "left"), (x, "right")):
                    found.append(block("leg", (t, t, low), a, front + deep / 2 + c, 0, "oak", (s, f)))
        return found


class Nightstand(Dresser):
    """A small chest beside a bed."""

    names = ("nightstand", "bedside table", "night stand", "bedside cabinet", "night table")
    width: Across = Field(450, ge=40, le=900)
    depth: float = Field(400, ge=30, le=800)
    height: float = Field(550, ge=40, le=1000)
    drawers: int = Field(2, ge=1, le=6)
    board_thickness: Board = Field(16, ge=0.8, le=60)
    leg_height: Annotated[float, said("foot height", "feet height")] = Field(120, ge=0, le=400)
    handles: Annotated[HandleStyle, said("handle style", "pulls")] = "knob"


class WallShelf(Made):
    """A board for the wall on two brackets, or floating without them."""

    names = ("wall shelf", "shelf")
    width: Across = Field(800, ge=20, le=3000)
    depth: float = Field(220, ge=15, le=800)
    height: float = Field(180, ge=2, le=800)
    board_thickness: Board = Field(25, ge=0.8, le=100)
    brackets: int = Field(2, ge=0, le=8)
    yields = led("board_thickness", by=("width", "depth", "height"))
    follows = led("height", by=("depth", "width"))

    def parts(self) -> list[Part]:
        """The board, and brackets below it that lie against the wall. Without brackets the height is the board's."""
        b = self.board_thickness
        if not self.brackets:
            return [
                block("shelf", (self.width, self.depth, b if "height" not in self.model_fields_set else self.height))
            ]
        below(self, "board_thickness", 0.6 * self.height, "height")
        below(self, "board_thickness", 0.3 * self.width / self.brackets, "width", "brackets")
        drop, y = self.height - b, self.depth / 2
        found = [block("shelf", (self.width, self.depth, b), z=drop)]
        t = min(b, 0.5 * self.width / self.brackets)
        arm = min(0.25 * drop, 0.2 * self.depth)
        shape = polygon((y, 0), (y, drop + SUNK), (-0.8 * y, drop + SUNK), (-0.8 * y, drop - 0.4 * arm), (y - arm, 0))
        for k in range(self.brackets):
            x = 0.0 if self.brackets == 1 else (self.width - 4 * t) * (k / (self.brackets - 1) - 0.5)
            tags = () if abs(x) < 1e-9 else ("left",) if x < 0 else ("right",)
            place = own(x - t / 2, 0, 0, SIDEWAYS)
            found.append(Part("bracket", extruded(shape, t), place, "black steel", tags))
        return found


class FloatingShelf(Made):
    """A board on the wall without anything to be seen that carries it."""

    names = ("floating shelf",)
    width: Across = Field(800, ge=20, le=3000)
    depth: float = Field(220, ge=15, le=800)
    height: Annotated[float, said("thickness", "board thickness")] = Field(38, ge=0.8, le=200)

    def parts(self) -> list[Part]:
        """The board."""
        return [block("shelf", (self.width, self.depth, self.height))]


class ShoeRack(Made):
    """A rack of slanted or level tiers of bars between two sides."""

    names = ("shoe rack", "shoe shelf", "boot rack")
    width: Across = Field(700, ge=40, le=2000)
    depth: float = Field(300, ge=30, le=800)
    height: float = Field(500, ge=40, le=2000)
    tiers: Annotated[int, said("shelves", "levels")] = Field(3, ge=1, le=10)
    bars: int = Field(4, ge=2, le=12)
    board_thickness: Board = Field(18, ge=0.8, le=60)
    style: Literal["level", "slanted"] = "level"
    yields = led("board_thickness", by=("width", "height", "depth"))

    def parts(self) -> list[Part]:
        """Sides and bars."""
        b = self.board_thickness
        below(self, "board_thickness", 0.2 * self.width, "width")
        below(self, "board_thickness", 0.6 * self.depth / self.bars, "depth", "bars")
        below(self, "board_thickness", 0.5 * self.height / self.tiers, "height", "tiers")
        x = (self.width - b) / 2
        found = [block("side", (b, self.depth, self.height), a, tags=(s,)) for a, s in ((-x, "left"), (x, "right"))]
        thick, slope = 0.7 * b, (0.3 if self.style == "slanted" else 0.0)
        each = (self.height - b) / self.tiers
        run = self.depth - 2 * b
        rise = min(slope * run, 0.6 * each)
        for k in range(self.tiers):
            ends = [(s * (x - b), -run / 2, b + k * each + thick / 2) for s in (-1, 1)]
            across = Sweep(profile=Circle(diameter=0.6 * thick), path=((0.0, 0.0, 0.0), (0.0, run, rise)))
            rods = [Part("bar", across, own(*end), "steel") for end in ends]
            for n in range(self.bars):
                y = -run / 2 + run * n / (self.bars - 1)
                z = b + k * each + rise * n / (self.bars - 1) + thick / 2
                rod = Sweep(profile=Circle(diameter=thick), path=((-x, 0.0, 0.0), (x, 0.0, 0.0)))
                rods.append(Part("bar", rod, own(0, y, z), "steel"))
            found.append(as_one("tier", rods, level(k, self.tiers)))
        return found


Wall = Annotated[float, said("walls", "thickness", "wall")]
Shape = Literal["rectangular", "square", "round", "oval", "hexagonal", "octagonal"]
CLEARANCE = 0.3  # mm on each side of a lid's lip, as usual for printed parts


def hollow(profile: Profile, height: float, wall: float, floor: float) -> Solid:
    """A container with that outline, open at the top; walls are vertical."""
    inside = extruded(Offsetted(profile=profile, by=-wall, round=False), height)
    return cut(extruded(profile, height), (inside, own(0, 0, floor)))


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
    yields = led("wall_thickness", by=("width", "depth", "height")) | led("lid_thickness", by="height")
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
                plate = Part("lid", extruded(profile, top), at(x), self.wood)
                found.append(plate)
                if 0.5 * short > t + CLEARANCE + 1 and room:
                    found.append(Part("lid lip", extruded(lip, deep), at(x, 0, top), self.wood))
                return found
            found.append(Part("lid", extruded(profile, top), at(z=tall), self.wood))
            if 0.5 * short > t + CLEARANCE + 1 and self.columns * self.rows == 1:
                found.append(Part("lid lip", extruded(lip, deep + SUNK), at(z=tall - deep), self.wood))
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
    trim = Common(shape=extruded(inside, height), place=own())
    return worked(extruded(wall, height), trim)


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
    yields = led("wall_thickness", by=("width", "depth", "height")) | led("corner_radius", by=("width", "depth"))

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
    yields = led("slat_thickness", by=("width", "depth", "height"))

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
    follows = led("bottom_diameter", by="diameter") | led("handle_height", by="height")
    yields = led("wall_thickness", by=("diameter", "height"))

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
    yields = led("wall_thickness", by=("width", "depth", "height"))

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
            found.append(Part("lid", extruded(profile, 0.5 * over), at(z=tall), "dark grey"))
            knob = outline("round", 0.16 * short, 0.16 * short)
            found.append(Part("knob", extruded(knob, 0.5 * over), at(z=tall + 0.5 * over), "dark grey"))
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
    yields = led("wall_thickness", by=("width", "depth", "height"))

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
        found.append(Part("lid", extruded(arc, w), own(-w / 2, y0, tall, SIDEWAYS), "walnut"))
        wide = min(0.07 * w, 0.5 * w / max(1, self.bands))
        for k in range(self.bands):
            x = 0.0 if self.bands == 1 else (k / (self.bands - 1) - 0.5) * (w - wide)
            tags = ("left",) if x < -1e-9 else ("right",) if x > 1e-9 else ("middle",)
            hoop = self._arc(d + 2 * proud, top + proud)
            found.append(Part("band", extruded(hoop, wide), own(x - wide / 2, y0, tall, SIDEWAYS), "brass", tags))
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
