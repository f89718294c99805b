"""Tables: dining, coffee, side, console; on legs, a pedestal or trestles."""

from __future__ import annotations

from dataclasses import replace
from math import hypot
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import Part, said
from wugan.apps.voice_to_3d.families.home.carcass import drawer_stack, reach, shell
from wugan.apps.voice_to_3d.families.home.kit import SIDEWAYS, SUNK, bar, below, block, outline, own, polygon
from wugan.apps.voice_to_3d.families.home.legs import LegShape, LegStyle, lean, leg, leg_places
from wugan.apps.voice_to_3d.families.home.made import Made, Sizes
from wugan.apps.voice_to_3d.scene.placement import at
from wugan.apps.voice_to_3d.scene.profile import Combined, Ellipse, Piece
from wugan.apps.voice_to_3d.scene.solid import Extrude

APRON = 18.0  # mm: the usual board


class _Table(Made):
    shape: Literal["rectangular", "square", "round", "oval", "hexagonal", "octagonal"] = "rectangular"
    width: Annotated[float, said("length", "diameter")] = Field(1400, ge=20, le=6000)
    depth: float = Field(800, ge=20, le=3000)
    height: float = Field(750, ge=20, le=1500)
    top_thickness: float = Field(25, ge=1, le=200)
    corner_radius: float = Field(0, ge=0, le=500)
    base: Literal["legs", "pedestal", "trestle"] = "legs"
    legs: int = Field(4, ge=1, le=12)
    leg_style: LegStyle = "straight"
    leg_shape: LegShape = "square"
    leg_thickness: Annotated[float, said("leg diameter", "leg width", "leg size")] = Field(60, ge=1, le=400)
    apron: bool = True
    shelf: Annotated[bool, said("lower shelf")] = False
    wood: ClassVar[str] = "oak"

    yields: ClassVar[Sizes] = {
        "top_thickness": ("height", "width", "depth"),
        "leg_thickness": ("width", "depth", "height"),
    }

    def parts(self) -> list[Part]:
        """The top, what carries it, and the shelf."""
        below(self, "top_thickness", 0.5 * self.height, "height")
        below(self, "leg_thickness", 0.4 * min(self.width, self.depth), "width", "depth")
        below(self, "corner_radius", 0.5 * min(self.width, self.depth) + 1e-6, "width", "depth")
        profile = outline(self.shape, self.width, self.depth, self.corner_radius)
        under = self.height - self.top_thickness
        found = [Part("top", Extrude(profile=profile, height=self.top_thickness), at(z=under), self.wood)]
        if self.base == "pedestal":
            return found + self._pedestal(under)
        if self.base == "trestle":
            return found + self._trestles(under)
        return found + self._legs(under)

    def _inset(self) -> float:
        rounding = 0.3 * self.corner_radius if self.shape in ("rectangular", "square") else 0.0
        return self.leg_thickness / 2 + 0.015 * min(self.width, self.depth) + rounding

    def _stance(self) -> tuple[str, int, float, float]:
        """Where the legs may stand: under a regular top on the circle within it."""
        if self.shape in ("hexagonal", "octagonal"):
            return "round", self.legs, self.depth, self.depth
        return self.shape, self.legs, self.width, self.depth

    def _below_top(self) -> str:
        return self.shape if self.shape in ("round", "oval") and self.legs > 1 else "rectangular"

    def _legs(self, under: float) -> list[Part]:
        size = self.leg_thickness
        places = leg_places(*self._stance(), self._inset())
        found = [leg(self.leg_style, self.leg_shape, size, under, x, y, self.wood) for x, y in places]
        tops = [(x + dx, y + dy) for x, y in places for dx, dy in [lean(self.leg_style, under, x, y)]]
        x, y = max(p[0] for p in tops), max(p[1] for p in tops)
        drop = min(90.0, 0.14 * under)
        board = min(APRON, 0.5 * size)
        stance, _, wide, deep = self._stance()
        if stance in ("round", "oval") and self.legs > 2:  # the ring runs through the legs' upper ends
            lean_in = hypot(*tops[0]) / max(hypot(*places[0]), 1e-9)
            x, y = (0.43 * wide - self._inset()) * lean_in, (0.43 * deep - self._inset()) * lean_in
        if self.apron and self.legs > 2 and x > size and y > size:
            found += self._aprons(x, y, under - drop, drop, board)
        if self.shelf:
            x, y = max(p[0] for p in places), max(p[1] for p in places)
            if self.shape in ("round", "oval"):  # through the legs' middles, which stand on an ellipse
                x, y = 0.43 * self.width - self._inset(), 0.43 * self.depth - self._inset()
            thick = min(self.top_thickness, 0.1 * under)
            low = outline(self._below_top(), 2 * max(x, 0.4 * size), 2 * max(y, 0.4 * size))
            found.append(Part("shelf", Extrude(profile=low, height=thick), at(z=0.2 * under), self.wood))
        return found

    def _aprons(self, x: float, y: float, z: float, height: float, board: float) -> list[Part]:
        if self.shape not in ("rectangular", "square") or self.legs % 2:
            outer = Piece(profile=Ellipse(width=2 * x + board, depth=2 * y + board))
            ring = Combined(add=(outer,), cut=(Piece(profile=Ellipse(width=2 * x - board, depth=2 * y - board)),))
            return [Part("apron", Extrude(profile=ring, height=height), at(z=z), self.wood)]
        return [
            block("apron", (2 * x, board, height), 0, -y, z, self.wood, ("front",)),
            block("apron", (2 * x, board, height), 0, y, z, self.wood, ("back",)),
            block("apron", (board, 2 * y, height), -x, 0, z, self.wood, ("left",)),
            block("apron", (board, 2 * y, height), x, 0, z, self.wood, ("right",)),
        ]

    def _pedestal(self, under: float) -> list[Part]:
        thick = min(self.top_thickness, 0.1 * under)
        foot = outline(self.shape, 0.6 * self.width, 0.6 * self.depth)
        column = bar(min(1.6 * self.leg_thickness, 0.5 * min(self.width, self.depth)), under - thick + SUNK)
        return [
            Part("pedestal", column, at(z=thick), self.wood),
            Part("foot", Extrude(profile=foot, height=thick), at(), self.wood),
        ]

    def _trestles(self, under: float) -> list[Part]:
        size, found = self.leg_thickness, []
        x = self.width / 2 - max(0.12 * self.width, size)
        foot = min(size, 0.1 * under)
        for side, where in (("left", -x), ("right", x)):
            found += [
                block(
                    "trestle", (size, 0.45 * self.depth, under - 1.5 * foot), where, 0, 0.75 * foot, self.wood, (side,)
                ),
                block("foot", (size, 0.8 * self.depth, foot), where, 0, 0, self.wood, (side,)),
                block("bearer", (size, 0.8 * self.depth, foot + SUNK), where, 0, under - foot, self.wood, (side,)),
            ]
        return [*found, block("stretcher", (2 * x, 0.5 * size, 0.12 * under), 0, 0, 0.35 * under, self.wood)]


class Table(_Table):
    """A table: a top on legs, a pedestal or trestles."""

    names = ("table", "dining table", "kitchen table", "dinner table")


class CoffeeTable(_Table):
    """A low table before a sofa."""

    names = ("coffee table", "low table", "cocktail table")
    width: Annotated[float, said("length", "diameter")] = Field(1100, ge=20, le=4000)
    depth: float = Field(600, ge=20, le=3000)
    height: float = Field(420, ge=20, le=900)
    leg_style: LegStyle = "tapered"
    leg_thickness: Annotated[float, said("leg diameter", "leg width", "leg size")] = Field(50, ge=1, le=400)
    wood: ClassVar[str] = "walnut"


class SideTable(_Table):
    """A small table beside a bed, chair or sofa."""

    names = ("side table", "end table", "occasional table", "bistro table", "lamp table")
    shape: Literal["rectangular", "square", "round", "oval", "hexagonal", "octagonal"] = "round"
    width: Annotated[float, said("length", "diameter")] = Field(450, ge=20, le=1500)
    depth: float = Field(450, ge=20, le=1500)
    height: float = Field(550, ge=20, le=1200)
    top_thickness: float = Field(20, ge=1, le=200)
    legs: int = Field(4, ge=1, le=12)
    leg_style: LegStyle = "splayed"
    leg_shape: LegShape = "round"
    leg_thickness: Annotated[float, said("leg diameter", "leg width", "leg size")] = Field(32, ge=1, le=200)
    apron: bool = False


class ConsoleTable(_Table):
    """A narrow high table that stands against a wall."""

    names = ("console table", "console", "hall table", "sofa table")
    width: Annotated[float, said("length")] = Field(1200, ge=20, le=3000)
    depth: float = Field(350, ge=20, le=3000)
    height: float = Field(800, ge=20, le=1200)
    leg_thickness: Annotated[float, said("leg diameter", "leg width", "leg size")] = Field(40, ge=1, le=200)
    shelf: Annotated[bool, said("lower shelf")] = True


class PlantStand(_Table):
    """A small high stand for a plant or lamp."""

    names = ("plant stand", "flower stand", "plinth table")
    shape: Literal["rectangular", "square", "round", "oval", "hexagonal", "octagonal"] = "round"
    width: Annotated[float, said("length", "diameter")] = Field(300, ge=20, le=1000)
    depth: float = Field(300, ge=20, le=1000)
    height: float = Field(700, ge=20, le=1500)
    top_thickness: float = Field(18, ge=1, le=200)
    leg_style: LegStyle = "tapered"
    leg_shape: LegShape = "round"
    leg_thickness: Annotated[float, said("leg diameter", "leg width", "leg size")] = Field(30, ge=1, le=200)
    apron: bool = False
    shelf: Annotated[bool, said("lower shelf")] = True


class PicnicTable(Made):
    """A garden table with a bench fixed on either side, on crossed legs."""

    names = ("picnic table", "picnic bench", "beer garden table")
    width: Annotated[float, said("length")] = Field(1800, ge=100, le=4000)
    depth: float = Field(1500, ge=100, le=3000)
    height: float = Field(750, ge=50, le=1500)
    planks: int = Field(5, ge=1, le=12)
    plank_thickness: Annotated[float, said("top thickness")] = Field(40, ge=2, le=150)
    bench_height: Annotated[float, said("seat height")] = Field(450, ge=25, le=1000)
    yields: ClassVar[Sizes] = {"plank_thickness": ("width", "height", "depth"), "bench_height": ("height",)}

    def parts(self) -> list[Part]:
        """Planks, benches, the two frames and a stretcher."""
        t = self.plank_thickness
        below(self, "plank_thickness", 0.15 * min(self.height, self.width), "height", "width")
        below(self, "bench_height", self.height - 2 * t, "height", "plank_thickness")
        below(self, "plank_thickness", self.bench_height / 3, "bench_height")
        top = 0.5 * self.depth
        gap = min(10.0, 0.02 * top) if self.planks > 1 else 0.0
        board = (top - gap * (self.planks - 1)) / self.planks
        found = [
            block("plank", (self.width, board, t), 0, -top / 2 + board / 2 + k * (board + gap), self.height - t, "pine")
            for k in range(self.planks)
        ]
        seat = 0.18 * self.depth
        x = 0.36 * self.width
        for y, tag in ((-(self.depth - seat) / 2, "front"), ((self.depth - seat) / 2, "back")):
            found.append(block("bench", (self.width, seat, t), 0, y, self.bench_height - t, "pine", (tag,)))
        for side, where in (("left", -x), ("right", x)):
            found += [
                block("bearer", (t, self.depth, 2 * t + SUNK), where, 0, self.bench_height - 3 * t, "pine", (side,)),
                block("bearer", (t, top, 2 * t), where, 0, self.height - 3 * t, "pine", (side, "top")),
            ]
            for sign, tag in ((-1, "front"), (1, "back")):
                found.append(self._slanted(where, sign, t, (side, tag)))
        found.append(block("stretcher", (2 * x, t, 2 * t), 0, 0, self.height - 3 * t, "pine"))
        return found

    def _slanted(self, x: float, sign: int, t: float, tags: tuple[str, ...]) -> Part:
        high, low, wide = 0.17 * self.depth, 0.36 * self.depth, 0.06 * self.depth
        z = self.height - t
        points = [(low - wide, 0.0), (low + wide, 0.0), (high + wide, z), (high - wide, z)]
        if sign < 0:
            points = [(-a, b) for a, b in reversed(points)]
        return Part("leg", Extrude(profile=polygon(*points), height=t), own(x - t / 2, 0, 0, SIDEWAYS), "pine", tags)


class Desk(Made):
    """A writing desk: a top on legs, with drawers under one side or both."""

    names = ("desk", "writing desk", "writing table", "office desk", "computer desk")
    width: Annotated[float, said("length")] = Field(1400, ge=100, le=3500)
    depth: float = Field(700, ge=60, le=1800)
    height: float = Field(740, ge=60, le=1300)
    top_thickness: float = Field(25, ge=1, le=100)
    drawers: int = Field(3, ge=0, le=8)
    drawer_side: Annotated[Literal["left", "right", "both"], said("drawers on the")] = "right"
    leg_style: LegStyle = "straight"
    leg_shape: LegShape = "square"
    leg_thickness: Annotated[float, said("leg diameter", "leg width")] = Field(50, ge=1, le=200)
    modesty_panel: Annotated[bool, said("back panel")] = True
    yields: ClassVar[Sizes] = {"top_thickness": ("height", "width"), "leg_thickness": ("width", "depth", "height")}

    def parts(self) -> list[Part]:
        """The top, legs where there are no drawers, and drawer units."""
        below(self, "top_thickness", 0.3 * self.height, "height")
        below(self, "leg_thickness", 0.15 * min(self.width, self.depth), "width", "depth")
        under = self.height - self.top_thickness
        found = [block("top", (self.width, self.depth, self.top_thickness), z=under, material="oak")]
        unit = 0.28 * self.width
        with_drawers = {"both": ("left", "right")}.get(self.drawer_side, (self.drawer_side,)) if self.drawers else ()
        board = min(18.0, 0.05 * unit)
        out = reach("bar", min(unit, under / max(1, self.drawers)))
        edge = 0.01 * self.depth
        deep = self.depth - 2 * edge - out - board
        front = self.depth / 2 - edge - deep
        for side, sign in (("left", -1), ("right", 1)):
            if side in with_drawers:
                x = sign * (0.98 * self.width - unit) / 2
                case = shell(unit, deep, under, board, x, front + deep / 2, tags=(side,))
                found += [replace(one, role="upper board") if one.role == "top" else one for one in case]
                opening, free = unit - 2 * board, under - 2 * board
                found += drawer_stack(
                    opening, free, front, deep, self.drawers, x, board, board, board / 2, tags=(side,), out=out
                )
                continue
            x = sign * (self.width / 2 - self.leg_thickness)
            for y in (-self.depth / 2 + self.leg_thickness, self.depth / 2 - self.leg_thickness):
                found.append(leg(self.leg_style, self.leg_shape, self.leg_thickness, under, x, y))
        if self.modesty_panel:
            thick = min(board, 0.5 * self.leg_thickness)
            size = (0.96 * self.width - 2 * self.leg_thickness, thick, 0.5 * under + SUNK)
            found.append(block("modesty panel", size, 0, 0.3 * self.depth, 0.5 * under, "oak", ("back",)))
        return found


class Workbench(Made):
    """A stout bench to work at, with a lower shelf and a vice."""

    names = ("workbench", "work bench", "workshop bench")
    width: Annotated[float, said("length")] = Field(1600, ge=100, le=4000)
    depth: float = Field(650, ge=60, le=1500)
    height: float = Field(880, ge=60, le=1300)
    top_thickness: float = Field(70, ge=2, le=200)
    leg_thickness: Annotated[float, said("leg width")] = Field(95, ge=2, le=250)
    shelf: Annotated[bool, said("lower shelf")] = True
    backboard: Annotated[bool, said("tool board")] = False
    yields: ClassVar[Sizes] = {"top_thickness": ("height",), "leg_thickness": ("width", "depth", "height")}

    def parts(self) -> list[Part]:
        """The top, four legs, rails and a shelf."""
        t = self.leg_thickness
        below(self, "top_thickness", 0.3 * self.height, "height")
        below(self, "leg_thickness", 0.3 * min(self.width, self.depth), "width", "depth")
        panel = 0.35 * self.height if self.backboard else 0.0
        bench = self.height - panel
        below(self, "top_thickness", 0.3 * bench, "height")
        under = bench - self.top_thickness
        found = [block("top", (self.width, self.depth, self.top_thickness), z=under, material="beech")]
        x, y = self.width / 2 - t, self.depth / 2 - t / 2
        found += [leg("straight", "square", t, under, a, b, "pine") for b in (-y, y) for a in (-x, x)]
        rail, z = min(0.5 * t, 40.0), 0.2 * under
        for b, tag in ((-y, "front"), (y, "back")):
            found.append(block("rail", (2 * x, rail, 0.12 * under), 0, b, z, "pine", (tag,)))
        for a, tag in ((-x, "left"), (x, "right")):
            found.append(block("rail", (rail, 2 * y, 0.12 * under), a, 0, z, "pine", (tag,)))
        if self.shelf:
            found.append(block("shelf", (2 * x, 2 * y, 0.4 * rail), 0, 0, z + 0.12 * under - 0.2 * rail, "pine"))
        if self.backboard:
            deep = min(18.0, 0.1 * self.depth)
            found.append(block("backboard", (self.width, deep, panel), 0, (self.depth - deep) / 2, bench, "plywood"))
        return found
