"""Storage furniture: bookcase, cabinet, wardrobe, chest of drawers, nightstand, wall shelf, shoe rack."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import Part, said
from wugan.apps.voice_to_3d.families.home.carcass import HandleStyle, door, drawer_stack, reach, shell
from wugan.apps.voice_to_3d.families.home.kit import SIDEWAYS, SUNK, as_one, bar, below, block, level, own, polygon
from wugan.apps.voice_to_3d.families.home.made import Made, Sizes
from wugan.apps.voice_to_3d.scene.placement import at
from wugan.apps.voice_to_3d.scene.profile import Circle
from wugan.apps.voice_to_3d.scene.solid import Extrude, Sweep

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
    yields: ClassVar[Sizes] = {"board_thickness": ("width", "height", "depth")}

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
    yields: ClassVar[Sizes] = {
        "board_thickness": ("width", "height", "depth"),
        "leg_height": ("height",),
    }
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
    yields: ClassVar[Sizes] = {"board_thickness": ("width", "height", "depth")}

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

    names: ClassVar[tuple[str, ...]] = (
        "chest of drawers",
        "dresser",
        "drawer unit",
        "commode",
        "filing cabinet",
    )
    width: Across = Field(800, ge=40, le=3000)
    depth: float = Field(450, ge=30, le=1000)
    height: float = Field(900, ge=40, le=2000)
    drawers: int = Field(4, ge=1, le=10)
    columns: int = Field(1, ge=1, le=4)
    board_thickness: Board = Field(18, ge=0.8, le=60)
    leg_height: Annotated[float, said("foot height", "feet height")] = Field(80, ge=0, le=400)
    handles: Annotated[HandleStyle, said("handle style", "pulls")] = "bar"
    follows: ClassVar[Sizes] = {}
    yields: ClassVar[Sizes] = {"board_thickness": ("width", "height", "depth"), "leg_height": ("height",)}

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
    yields: ClassVar[Sizes] = {"board_thickness": ("width", "depth", "height")}
    follows: ClassVar[Sizes] = {"height": ("depth", "width")}

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
            found.append(Part("bracket", Extrude(profile=shape, height=t), place, "black steel", tags))
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
    yields: ClassVar[Sizes] = {"board_thickness": ("width", "height", "depth")}

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
