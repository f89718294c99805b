"""Furniture to sit at, on and in: tables, seats, beds."""

from __future__ import annotations

from dataclasses import replace
from math import asin, cos, degrees, hypot, radians, sin
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import Made, Part, led, said
from wugan.apps.voice_to_3d.families.home.kit import (
    SIDEWAYS,
    SUNK,
    LegShape,
    LegStyle,
    as_one,
    below,
    block,
    drawer_stack,
    lean,
    leg,
    leg_places,
    level,
    outline,
    own,
    polygon,
    reach,
    require,
    rounded,
    shell,
)
from wugan.apps.voice_to_3d.families.solids import bar, extruded, prism
from wugan.apps.voice_to_3d.scene.placement import at
from wugan.apps.voice_to_3d.scene.profile import Combined, Ellipse, Piece

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

    yields = led("top_thickness", by=("height", "width", "depth")) | led(
        "leg_thickness", by=("width", "depth", "height")
    )

    def parts(self) -> list[Part]:
        """The top, what carries it, and the shelf."""
        below(self, "top_thickness", 0.5 * self.height, "height")
        below(self, "leg_thickness", 0.4 * min(self.width, self.depth), "width", "depth")
        below(self, "corner_radius", 0.5 * min(self.width, self.depth) + 1e-6, "width", "depth")
        profile = outline(self.shape, self.width, self.depth, self.corner_radius)
        under = self.height - self.top_thickness
        found = [Part("top", extruded(profile, self.top_thickness), at(z=under), self.wood)]
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
            found.append(Part("shelf", extruded(low, thick), at(z=0.2 * under), self.wood))
        return found

    def _aprons(self, x: float, y: float, z: float, height: float, board: float) -> list[Part]:
        if self.shape not in ("rectangular", "square") or self.legs % 2:
            outer = Piece(profile=Ellipse(width=2 * x + board, depth=2 * y + board))
            ring = Combined(add=(outer,), cut=(Piece(profile=Ellipse(width=2 * x - board, depth=2 * y - board)),))
            return [Part("apron", extruded(ring, height), at(z=z), self.wood)]
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
        return [Part("pedestal", column, at(z=thick), self.wood), Part("foot", extruded(foot, thick), at(), self.wood)]

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
    yields = led("plank_thickness", by=("width", "height", "depth")) | led("bench_height", by="height")

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
        return Part("leg", prism(points, t), own(x - t / 2, 0, 0, SIDEWAYS), "pine", tags)


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
    yields = led("top_thickness", by=("height", "width")) | led("leg_thickness", by=("width", "depth", "height"))

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
    yields = led("top_thickness", by="height") | led("leg_thickness", by=("width", "depth", "height"))

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


LegThickness = Annotated[float, said("leg diameter", "leg width", "leg size")]
SeatThickness = Annotated[float, said("thickness of the seat")]


class Chair(Made):
    """A chair: a seat on four legs with a back of slats, a panel or spindles, with or without armrests."""

    names = ("chair", "dining chair", "kitchen chair", "side chair")
    width: float = Field(450, ge=20, le=1200)
    depth: float = Field(480, ge=20, le=1200)
    height: float = Field(850, ge=40, le=2000)
    seat_height: float = Field(450, ge=15, le=1000)
    seat_thickness: SeatThickness = Field(30, ge=0.8, le=150)
    back: Literal["slatted", "solid", "spindle"] = "slatted"
    slats: int = Field(3, ge=1, le=12)
    legs: int = Field(4, ge=3, le=4)
    leg_style: LegStyle = "straight"
    leg_shape: LegShape = "square"
    leg_thickness: LegThickness = Field(38, ge=0.8, le=150)
    armrests: bool = False
    cushion: bool = False
    stretchers: bool = True
    follows = led("seat_height", by="height")
    yields = led("seat_thickness", by=("height", "width")) | led("leg_thickness", by=("width", "height", "depth"))

    def parts(self) -> list[Part]:
        """Legs, seat, back posts, what lies between them, and arms."""
        t, s = self.leg_thickness, self.seat_thickness
        below(self, "seat_height", 0.9 * self.height, "height")
        below(self, "seat_thickness", 0.5 * self.seat_height, "seat_height")
        below(self, "leg_thickness", 0.25 * min(self.width, self.depth), "width", "depth")
        under = self.seat_height - s
        x, y = (self.width - t) / 2, (self.depth - t) / 2
        places = [(-x, -y), (x, -y), (-x, y), (x, y)] if self.legs == 4 else [(0.0, -y), (-x, y), (x, y)]
        found = [leg(self.leg_style, self.leg_shape, t, under, a, b) for a, b in places]
        seat = rounded(self.width, self.depth, s, min(0.06 * self.width, 2 * t))
        found.append(Part("seat", seat, at(z=under), "oak"))
        if self.stretchers and self.legs == 4 and self.leg_style in ("straight", "tapered"):
            found += self._stretchers(x, y, 0.3 * under, 0.45 * t)
        found.append(as_one("back", self._back(y), ("back",)))
        if self.cushion:
            pad = min(40.0, 0.25 * (self.height - self.seat_height))
            deep = self.depth - 2.2 * t
            soft = rounded(0.9 * self.width, deep, pad, 0.1 * self.width)
            found.append(
                Part("cushion", soft, at(0, (self.depth - deep) / -2, self.seat_height - 0.1 * s), "light grey fabric")
            )
        if self.armrests:
            rise = 0.5 * (self.height - self.seat_height)
            for side, a in (("left", -x), ("right", x)):
                post, deep = (0.7 * t, 0.7 * t, rise + 0.5 * s), self.depth - t
                found.append(block("armrest support", post, a, -0.55 * y, self.seat_height - 0.5 * s, "oak", (side,)))
                arm = (1.0 * t, deep, 0.7 * t)
                found.append(block("armrest", arm, a, y - deep / 2, self.seat_height + rise - 0.35 * t, "oak", (side,)))
        return found

    def _stretchers(self, x: float, y: float, z: float, size: float) -> list[Part]:
        return [
            block("stretcher", (size, 2 * y, size), -x, 0, z, "oak", ("left",)),
            block("stretcher", (size, 2 * y, size), x, 0, z, "oak", ("right",)),
            block("stretcher", (2 * x, size, size), 0, 0, z, "oak", ("middle",)),
        ]

    def _back(self, y: float) -> list[Part]:
        t, z = self.leg_thickness, self.seat_height - 0.5 * self.seat_thickness  # let into the seat
        rise = self.height - z
        x = (self.width - t) / 2
        post = min(t, 0.9 * rise)
        found = [
            block("back post", (t, t, rise), -x, y, z, "oak", ("left", "back")),
            block("back post", (t, t, rise), x, y, z, "oak", ("right", "back")),
        ]
        if self.back == "solid":
            return [*found, block("backrest", (2 * x, 0.5 * t, 0.7 * rise), 0, y, z + 0.28 * rise, "oak", ("back",))]
        rail = min(0.16 * rise, 70.0)
        found.append(block("back rail", (2 * x, 0.6 * t, rail), 0, y, z + rise - 1.1 * rail, "oak", ("back", "top")))
        if self.back == "spindle":
            thin = min(0.45 * post, 1.2 * x / self.slats)
            for k in range(self.slats):
                a = -x + 2 * x * (k + 1) / (self.slats + 1)
                found.append(
                    Part("spindle", rounded(thin, thin, rise - 0.5 * rail, 0.49 * thin), at(a, y, z), "oak", ("back",))
                )
            return found
        each = 0.55 * rise / max(1, self.slats)
        for k in range(self.slats - 1):
            low = z + 0.28 * rise + (0.55 * rise) * k / max(1, self.slats - 1)
            found.append(block("slat", (2 * x, 0.5 * t, 0.6 * min(each, rail)), 0, y, low, "oak", ("back",)))
        return found


class Stool(Made):
    """A stool: a round or square seat on three or four legs, with a ring or rails for the feet."""

    names = ("stool", "bar stool", "barstool", "milking stool", "step stool", "footstool")
    shape: Literal["round", "square", "rectangular", "oval"] = "round"
    width: Annotated[float, said("diameter")] = Field(340, ge=20, le=1000)
    depth: float = Field(340, ge=20, le=1000)
    height: Annotated[float, said("seat height")] = Field(450, ge=20, le=1000)
    seat_thickness: SeatThickness = Field(30, ge=0.8, le=150)
    legs: int = Field(4, ge=3, le=8)
    leg_style: LegStyle = "splayed"
    leg_shape: LegShape = "round"
    leg_thickness: LegThickness = Field(32, ge=0.8, le=150)
    cushion: bool = False
    footrest: Annotated[bool, said("foot ring")] = False
    yields = led("seat_thickness", by=("height", "width")) | led("leg_thickness", by=("width", "depth", "height"))

    def parts(self) -> list[Part]:
        """Seat, legs, foot ring, cushion."""
        t = self.leg_thickness
        pad = min(40.0, 0.1 * self.height) if self.cushion else 0.0
        below(self, "seat_thickness", 0.4 * self.height, "height")
        below(self, "leg_thickness", 0.25 * min(self.width, self.depth), "width", "depth")
        under = self.height - self.seat_thickness - pad
        seat = extruded(outline(self.shape, self.width, self.depth, 0.05 * self.width), self.seat_thickness)
        places = leg_places(self.shape, self.legs, self.width, self.depth, 0.5 * t)
        found = [Part("seat", seat, at(z=under), "oak")]
        found += [leg(self.leg_style, self.leg_shape, t, under, a, b) for a, b in places]
        if self.cushion:
            soft = extruded(outline(self.shape, 0.94 * self.width, 0.94 * self.depth, 0.1 * self.width), pad)
            found.append(Part("cushion", soft, at(z=self.height - pad), "brown leather"))
        if self.footrest:
            share = 0.28 * min(0.45, 0.14 * under / max(places[0][0] ** 2 + places[0][1] ** 2, 1e-9) ** 0.5)
            share = 1 - share if self.leg_style == "splayed" else 1.0
            x, y = (share * max(abs(p[i]) for p in places) for i in (0, 1))
            if self.shape in ("round", "oval"):  # on the ellipse that the legs stand on
                x, y = share * (0.43 * self.width - 0.5 * t), share * (0.43 * self.depth - 0.5 * t)
            ring = Combined(
                add=(Piece(profile=outline(self.shape, 2 * x + 0.4 * t, 2 * y + 0.4 * t)),),
                cut=(Piece(profile=outline(self.shape, 2 * x - 0.5 * t, 2 * y - 0.5 * t)),),
            )
            found.append(Part("footrest", extruded(ring, 0.5 * t), at(z=0.28 * under), "oak"))
        return found


class Bench(Made):
    """A long seat for several, with or without a back."""

    names = ("bench", "garden bench", "park bench", "entryway bench")
    width: Annotated[float, said("length")] = Field(1200, ge=40, le=4000)
    depth: float = Field(400, ge=20, le=1000)
    height: float = Field(450, ge=20, le=1500)
    seat_thickness: SeatThickness = Field(40, ge=0.8, le=150)
    legs: int = Field(4, ge=2, le=12)
    leg_style: LegStyle = "straight"
    leg_shape: LegShape = "square"
    leg_thickness: LegThickness = Field(60, ge=0.8, le=200)
    backrest: Annotated[bool, said("back")] = False
    backrest_height: Annotated[float, said("back height")] = Field(400, ge=10, le=1000)
    slats: int = Field(1, ge=1, le=12)
    yields = (
        led("seat_thickness", by=("height", "width"))
        | led("leg_thickness", by=("depth", "width", "height"))
        | led("backrest_height", by="height")
    )

    def parts(self) -> list[Part]:
        """Seat boards, legs, bearers, back. The height counts to the seat; a back stands on it."""
        t, s = self.leg_thickness, self.seat_thickness
        below(self, "seat_thickness", 0.6 * self.height, "height")
        below(self, "leg_thickness", 0.4 * self.depth, "depth")
        below(self, "leg_thickness", 0.3 * self.width, "width")
        under = self.height - s
        gap = min(10.0, 0.03 * self.depth) if self.slats > 1 else 0.0
        board = (self.depth - gap * (self.slats - 1)) / self.slats
        found = []
        for k in range(self.slats):
            y = -self.depth / 2 + board / 2 + k * (board + gap)
            found.append(block("seat" if self.slats == 1 else "slat", (self.width, board, s), 0, y, under))
        places = leg_places(
            "rectangular", self.legs, self.width, self.depth, 0.5 * t + 0.02 * self.width * (self.legs > 2)
        )
        if self.legs == 2:
            x = 0.36 * self.width
            for side, a in (("left", -x), ("right", x)):
                found.append(block("leg", (t, 0.9 * self.depth, under), a, 0, 0, "oak", (side,)))
        else:
            found += [leg(self.leg_style, self.leg_shape, t, under, a, b) for a, b in places]
        bearer = (0.5 * t, self.depth, min(0.12 * under, 60.0))
        for side, a in (("left", -0.3 * self.width), ("right", 0.3 * self.width)):
            found.append(block("bearer", bearer, a, 0, under - bearer[2], "oak", (side,)))
        long = (0.8 * self.width, 0.4 * t, bearer[2])
        if self.legs > 2:
            for y, tag in ((-places[-1][1], "front"), (places[-1][1], "back")):
                found.append(block("rail", long, 0, y, under - bearer[2], "oak", (tag,)))
        return found + (self._back() if self.backrest else [])

    def _back(self) -> list[Part]:
        rise, deep = self.backrest_height, min(40.0, 0.12 * self.depth)
        y = (self.depth - deep) / 2
        found = []
        for side, x in (("left", -0.42 * self.width), ("right", 0.42 * self.width)):
            found.append(
                block("back post", (1.2 * deep, deep, rise + SUNK), x, y, self.height - SUNK, "oak", (side, "back"))
            )
        for k, tag in enumerate(("bottom", "top")):
            size = (self.width, 0.6 * deep, 0.3 * rise)
            z = self.height + rise * (0.25 if k == 0 else 0.7)
            found.append(block("backrest", size, 0, y, z, "oak", ("back", tag)))
        return found


class Sofa(Made):
    """An upholstered seat for two or more, with arms, a back and cushions."""

    names = ("sofa", "couch", "settee", "loveseat")
    width: Annotated[float, said("length")] = Field(2000, ge=50, le=5000)
    depth: float = Field(900, ge=40, le=1800)
    height: float = Field(820, ge=40, le=1600)
    seat_height: float = Field(430, ge=15, le=900)
    seats: Annotated[int, said("seater", "cushions", "seat cushions", "places")] = Field(3, ge=1, le=8)
    arms: Annotated[bool, said("armrests")] = True
    arm_width: Annotated[float, said("armrest width")] = Field(180, ge=3, le=500)
    leg_style: LegStyle = "tapered"
    leg_shape: LegShape = "round"
    leg_height: float = Field(120, ge=3, le=400)
    cover: ClassVar[str] = "light grey fabric"
    follows = led("seat_height", by="height")
    yields = led("arm_width", by=("width", "height")) | led("leg_height", by=("seat_height", "height"))

    def parts(self) -> list[Part]:
        """Legs, base, arms, back, seat cushions and back pads."""
        below(self, "seat_height", 0.8 * self.height, "height")
        below(self, "leg_height", 0.6 * self.seat_height, "seat_height")
        arm = self.arm_width if self.arms else 0.0
        if self.arms:
            below(self, "arm_width", 0.3 * self.width, "width")
        low, soft = self.leg_height, min(0.45 * (self.seat_height - self.leg_height), 160.0)
        base = self.seat_height - low - soft
        back = 0.24 * self.depth
        t = min(60.0, 0.08 * self.depth)
        places = leg_places("rectangular", 4, self.width, self.depth, 1.2 * t)
        found = [leg(self.leg_style, self.leg_shape, t, low, x, y, "walnut") for x, y in places]
        r = 0.03 * self.depth
        found.append(Part("base", rounded(self.width, self.depth, base, r), at(z=low), self.cover))
        rise = self.height - low
        shape = rounded(self.width, back, rise, 0.4 * back)
        found.append(Part("backrest", shape, at(0, (self.depth - back) / 2, low), self.cover, ("back",)))
        if self.arms:
            tall = base + soft + 0.5 * (self.height - self.seat_height)
            for side, x in (("left", -(self.width - arm) / 2), ("right", (self.width - arm) / 2)):
                shape = rounded(arm, self.depth, tall, 0.25 * arm)
                found.append(Part("armrest", shape, at(x, 0, low), self.cover, (side,)))
        each = (self.width - 2 * arm) / self.seats
        for k in range(self.seats):
            x = -(self.width - 2 * arm) / 2 + (k + 0.5) * each
            tags = (
                () if self.seats == 1 else ("left",) if k == 0 else ("right",) if k == self.seats - 1 else ("middle",)
            )
            pad = rounded(each - min(6.0, 0.03 * each), self.depth - back, soft, 0.06 * each)
            found.append(Part("cushion", pad, at(x, -back / 2, low + base), self.cover, tags))
            thick = 0.5 * back
            tall = 0.8 * (self.height - self.seat_height)
            upper = rounded(each - min(6.0, 0.03 * each), thick, tall, 0.3 * thick)
            place = at(x, self.depth / 2 - back - 0.35 * thick, self.seat_height)
            found.append(Part("back pad", upper, place, self.cover, tags))
        return found


class Armchair(Sofa):
    """An upholstered chair with arms for one."""

    names = ("armchair", "easy chair", "lounge chair", "club chair")
    width: Annotated[float, said("length")] = Field(850, ge=50, le=2000)
    depth: float = Field(850, ge=40, le=1800)
    height: float = Field(860, ge=40, le=1600)
    seats: Annotated[int, said("seater", "cushions", "seat cushions", "places")] = Field(1, ge=1, le=2)
    arm_width: Annotated[float, said("armrest width")] = Field(150, ge=3, le=500)
    cover: ClassVar[str] = "brown leather"


class Ottoman(Made):
    """An upholstered footstool without a back."""

    names = ("ottoman", "pouffe", "pouf", "hassock")
    shape: Literal["round", "square", "rectangular", "oval"] = "square"
    width: Annotated[float, said("diameter", "length")] = Field(500, ge=20, le=1500)
    depth: float = Field(500, ge=20, le=1500)
    height: float = Field(420, ge=20, le=800)
    leg_style: LegStyle = "tapered"
    leg_height: float = Field(100, ge=2, le=300)
    yields = led("leg_height", by="height")

    def parts(self) -> list[Part]:
        """Legs, the body, and a cushion on top."""
        below(self, "leg_height", 0.5 * self.height, "height")
        t = min(50.0, 0.12 * min(self.width, self.depth))
        places = leg_places(self.shape, 4, self.width, self.depth, 1.2 * t)
        found = [leg(self.leg_style, "round", t, self.leg_height, x, y, "walnut") for x, y in places]
        rest = self.height - self.leg_height
        r = 0.1 * min(self.width, self.depth)
        body = extruded(outline(self.shape, self.width, self.depth, r), 0.65 * rest)
        pad = extruded(outline(self.shape, 0.97 * self.width, 0.97 * self.depth, r), 0.35 * rest)
        found.append(Part("base", body, at(z=self.leg_height), "dark grey fabric"))
        return [*found, Part("cushion", pad, at(z=self.leg_height + 0.65 * rest), "light grey fabric")]


class RockingChair(Made):
    """A chair on two curved runners."""

    names = ("rocking chair", "rocker")
    width: float = Field(600, ge=40, le=1200)
    depth: Annotated[float, said("length")] = Field(900, ge=60, le=1500)
    height: float = Field(1050, ge=60, le=1600)
    seat_height: float = Field(430, ge=25, le=800)
    slats: int = Field(5, ge=1, le=12)
    armrests: bool = True
    follows = led("seat_height", by="height")

    def parts(self) -> list[Part]:
        """Runners, legs, seat, posts, slats, arms."""
        t = 0.065 * min(self.width, self.depth)
        below(self, "seat_height", 0.7 * self.height, "height")
        found: list[Part] = []
        s = 0.8 * t
        seat = self.seat_height - s
        require(
            self,
            seat > 0.16 * self.depth + 1.5 * t,
            f"seat_height ({self.seat_height:g}) leaves no room above the runners (depth {self.depth:g}): raise it",
        )
        # The runner is an arc of a circle that touches the floor in the middle and spans the depth.
        half, rise = self.depth / 2, 0.09 * self.depth
        r = (half**2 + rise**2) / (2 * rise)
        most = degrees(asin(half / r))
        angles = [radians(-most + 2 * most * k / 24) for k in range(25)]
        lower = [(r * sin(a), r - r * cos(a)) for a in angles]
        lower[0], lower[-1] = (-half, lower[0][1]), (half, lower[-1][1])
        upper = [((r - t) * sin(a), r - (r - t) * cos(a)) for a in reversed(angles)]
        runner = extruded(polygon(*lower, *upper), t)
        x, y = self.width / 2 - t / 2, 0.26 * self.depth
        for side, a in (("left", -x), ("right", x)):
            found.append(Part("runner", runner, own(a - t / 2, 0, 0, SIDEWAYS), "walnut", (side,)))
            z = 0.5 * t + r - (r**2 - y**2) ** 0.5
            for b, tag in ((-y, "front"), (y, "back")):
                top = self.seat_height if tag == "front" and not self.armrests else seat + s / 2
                tall = (0.62 * self.height if tag == "front" and self.armrests else top) - z
                found.append(block("leg", (0.8 * t, 0.8 * t, tall), a, b, z, "walnut", (side, tag)))
            found.append(
                block("back post", (0.8 * t, 0.8 * t, self.height - seat), a, y, seat, "walnut", (side, "back"))
            )
            if self.armrests:
                arm = (1.0 * t, 2 * y + 1.2 * t, 0.5 * t)
                found.append(block("armrest", arm, a, 0, 0.62 * self.height - 0.25 * t, "walnut", (side,)))
        found.append(block("seat", (self.width, 2 * y + 1.2 * t, s), 0, 0, seat, "walnut"))
        rail = 1.2 * t
        found.append(
            block("back rail", (2 * x, 0.6 * t, rail), 0, y, self.height - 1.2 * rail, "walnut", ("top", "back"))
        )
        wide = min(1.4 * x / self.slats, 60.0)
        for k in range(self.slats):
            a = -x + 2 * x * (k + 1) / (self.slats + 1)
            size = (wide, 0.35 * t, self.height - seat - rail)
            found.append(block("slat", size, a, y, seat + 0.4 * s, "walnut", ("back",)))
        return found


Long = Annotated[float, said("length")]


class Bed(Made):
    """A bed: frame, mattress, headboard, pillows; the head is at the back."""

    names = ("bed", "double bed", "single bed", "bedstead", "king size bed", "queen size bed")
    width: float = Field(1600, ge=50, le=3000)
    depth: Long = Field(2080, ge=60, le=3000)
    height: Annotated[float, said("headboard height")] = Field(1000, ge=40, le=2500)
    mattress_height: Annotated[float, said("lying height", "bed height")] = Field(500, ge=20, le=1200)
    mattress_thickness: float = Field(200, ge=3, le=500)
    headboard: bool = True
    footboard: bool = False
    pillows: int = Field(2, ge=0, le=4)
    blanket: Annotated[bool, said("duvet", "cover")] = False
    leg_style: LegStyle = "straight"
    leg_shape: LegShape = "square"
    leg_thickness: Annotated[float, said("leg width", "leg diameter")] = Field(80, ge=1, le=300)
    follows = led("mattress_height", by="height")
    yields = led("mattress_thickness", by=("mattress_height", "height")) | led(
        "leg_thickness", by=("width", "height", "depth")
    )

    def parts(self) -> list[Part]:
        """Legs, rails, slatted base, boards, mattress, pillows. Without a headboard the mattress is the height."""
        t, m = self.leg_thickness, self.mattress_thickness
        lying = self.mattress_height if self.headboard or self.footboard else self.height
        below(self, "leg_thickness", 0.2 * min(self.width, self.depth), "width", "depth")
        below(self, "mattress_thickness", 0.7 * lying, "mattress_height", "height")
        if self.headboard or self.footboard:
            below(self, "mattress_height", 0.95 * self.height, "height")
        base = lying - m
        rail = min(0.55 * base + 0.2 * m, 0.7 * lying)
        x, y = (self.width - t) / 2, (self.depth - t) / 2
        low = base + 0.2 * m - rail
        found = [leg(self.leg_style, self.leg_shape, t, base, a, b, "oak") for b in (-y, y) for a in (-x, x)]
        board = 0.4 * t
        for side, a in (("left", -(self.width - board) / 2), ("right", (self.width - board) / 2)):
            found.append(block("rail", (board, self.depth, rail), a, 0, low, "oak", (side,)))
        for tag, b in (("front", -(self.depth - board) / 2), ("back", (self.depth - board) / 2)):
            found.append(block("rail", (self.width, board, rail), 0, b, low, "oak", (tag,)))
        slab = min(0.15 * base, 30.0)
        found.append(block("base", (self.width - board, self.depth - board, slab), 0, 0, base - slab, "pine"))
        ends = [("headboard", y + t / 2 - 0.4 * t, self.height, "back")] if self.headboard else []
        if self.footboard:
            ends.append(
                (
                    "footboard",
                    -(y + t / 2 - 0.4 * t),
                    self.height if not self.headboard else 0.5 * (self.height + lying),
                    "front",
                )
            )
        for role, b, top, tag in ends:
            found.append(block(role, (self.width, 0.8 * t, top - low), 0, b, low, "oak", (tag,)))
        front = 0.8 * t if self.footboard else board
        back = 0.8 * t if self.headboard else board
        deep = self.depth - front - back
        middle = (front - back) / 2
        soft = rounded(self.width - 2 * board, deep, m + SUNK, 0.05 * self.width)
        found.append(Part("mattress", soft, at(0, middle, base - SUNK), "white cotton"))
        if self.headboard:
            wide = 0.8 * (self.width - 2 * board) / max(1, self.pillows)
            tall = min(0.5 * m, 0.7 * (self.height - lying))
            for k in range(self.pillows):
                a = (k - (self.pillows - 1) / 2) * wide * 1.15
                tags = (
                    ()
                    if self.pillows == 1
                    else ("left",)
                    if k == 0
                    else ("right",)
                    if k == self.pillows - 1
                    else ("middle",)
                )
                pad = rounded(wide, 0.2 * deep, tall, 0.08 * wide)
                found.append(Part("pillow", pad, at(a, middle + 0.38 * deep, lying - 0.2 * tall), "white cotton", tags))
        if self.blanket:
            z = base - 0.1 * m if base > 0.2 * m else base
            cover = rounded(self.width - board, 0.62 * deep, lying - z + 0.0, 0.03 * self.width)
            found.append(Part("blanket", cover, at(0, middle - 0.18 * deep, z), "light blue fabric"))
        return found


class BunkBed(Made):
    """Two beds over each other with a ladder and a guard rail."""

    names = ("bunk bed", "bunkbed", "bunk", "loft bed")
    width: Annotated[float, said("length")] = Field(2080, ge=80, le=3000)
    depth: float = Field(980, ge=50, le=2000)
    height: float = Field(1700, ge=80, le=3000)
    beds: Annotated[int, said("levels", "bunks")] = Field(2, ge=1, le=3)
    post_thickness: Annotated[float, said("leg thickness")] = Field(70, ge=1, le=200)
    ladder: bool = True
    rungs: int = Field(4, ge=2, le=12)
    guard_rail: Annotated[bool, said("safety rail")] = True
    yields = led("post_thickness", by=("width", "depth", "height"))

    def parts(self) -> list[Part]:
        """Posts, frames with mattresses from the bottom up, guard rails, the ladder at the front right."""
        t = self.post_thickness
        below(self, "post_thickness", 0.12 * min(self.width, self.depth, self.height), "width", "depth", "height")
        x, y = (self.width - t) / 2, (self.depth - t) / 2
        rungs_out = 0.9 * t if self.ladder and self.beds > 1 else 0.0
        y0 = rungs_out / 2
        y -= rungs_out / 2
        found = [
            block("post", (t, t, self.height), a, b + y0, 0, "pine", (s, f))
            for b, f in ((-y, "front"), (y, "back"))
            for a, s in ((-x, "left"), (x, "right"))
        ]
        step = self.height * 0.8 / self.beds
        frame, soft = 0.16 * step, 0.2 * step
        tops = []
        for k in range(self.beds):
            z, tags = 0.16 * self.height + k * step if self.beds > 1 else 0.6 * self.height, level(k, self.beds)
            tops.append(z + frame)
            found.append(block("bed", (2 * x, 2 * y, frame), 0, y0, z, "pine", tags))
            pad = rounded(2 * x - t, 2 * y - 0.4 * t, soft, 0.04 * self.depth)
            found.append(Part("mattress", pad, at(0, y0, z + frame), "white cotton", tags))
            for b, f in ((-y, "front"), (y, "back")):
                found.append(block("rail", (2 * x, 0.5 * t, frame + 0.5 * soft), 0, b + y0, z, "pine", (*tags, f)))
        top = tops[-1]
        if self.guard_rail:
            z = top + soft + 0.25 * (self.height - top - soft)
            high = 0.5 * (self.height - top - soft)
            gap = 0.25 * self.width if rungs_out else 0.0
            found.append(block("guard rail", (2 * x - gap, 0.5 * t, high), -gap / 2, y0 - y, z, "pine", ("front",)))
            found.append(block("guard rail", (2 * x, 0.5 * t, high), 0, y0 + y, z, "pine", ("back",)))
            if gap:
                size = (0.6 * t, 0.5 * t, z + high - tops[-1] + frame)
                found.append(block("guard post", size, x - gap, y0 - y, tops[-1] - frame, "pine"))
        if rungs_out:
            wide, middle = 0.2 * self.width, x - 0.125 * self.width
            b = -self.depth / 2 + 0.45 * t
            for side, a in (("left", middle - wide / 2), ("right", middle + wide / 2)):
                found.append(block("ladder rail", (0.6 * t, 0.9 * t, top), a, b, 0, "pine", (side,)))
                found.append(
                    block("ladder hook", (0.6 * t, 1.6 * t, 0.6 * frame), a, b + 0.35 * t, top - 0.8 * frame, "pine")
                )
            for k in range(self.rungs):
                z = (top - frame) * (k + 1) / (self.rungs + 1)
                rung = bar(0.5 * t, wide)
                found.append(Part("rung", rung, at(middle, b, z, rotate=(0, 90, 0)), "pine", level(k, self.rungs)))
        return found


class Crib(Made):
    """A cot for a baby with bars all round."""

    names = ("crib", "cot", "baby bed")
    width: Annotated[float, said("length")] = Field(1240, ge=60, le=2000)
    depth: float = Field(660, ge=40, le=1200)
    height: float = Field(900, ge=50, le=1500)
    bars: Annotated[int, said("spindles", "slats")] = Field(12, ge=2, le=40)
    bar_thickness: Annotated[float, said("bar diameter")] = Field(18, ge=0.8, le=60)
    post_thickness: Annotated[float, said("leg thickness")] = Field(45, ge=1, le=150)
    shape: Literal["rectangular"] = "rectangular"
    yields = led("bar_thickness", "post_thickness", by=("width", "height", "depth"))

    def parts(self) -> list[Part]:
        """Posts, rails, bars, base and mattress. `bars` counts those of a long side."""
        t, thin = self.post_thickness, self.bar_thickness
        below(self, "post_thickness", 0.15 * min(self.width, self.depth, self.height), "width", "depth", "height")
        below(self, "bar_thickness", min(t, 0.8 * (self.width - 2 * t) / self.bars), "post_thickness", "bars")
        x, y = (self.width - t) / 2, (self.depth - t) / 2
        found = [
            block("post", (t, t, self.height), a, b, 0, "white", (s, f))
            for b, f in ((-y, "front"), (y, "back"))
            for a, s in ((-x, "left"), (x, "right"))
        ]
        low, rail, top = 0.25 * self.height, min(1.2 * t, 0.08 * self.height), 0.97 * self.height
        short = max(2, round(self.bars * self.depth / self.width))
        for z in (low, top - rail):
            tag = "bottom" if z == low else "top"
            for f, b in (("front", -y), ("back", y)):
                found.append(block("rail", (2 * x, 0.6 * t, rail), 0, b, z, "white", (f, tag)))
            for s, a in (("left", -x), ("right", x)):
                found.append(block("rail", (0.6 * t, 2 * y, rail), a, 0, z, "white", (s, tag)))
        tall = top - low - 1.2 * rail
        thin = min(thin, 0.55 * t)
        for k in range(self.bars):
            a = -x + 2 * x * (k + 1) / (self.bars + 1)
            for f, b in (("front", -y), ("back", y)):
                found.append(Part("bar", bar(thin, tall), at(a, b, low + 0.6 * rail), "white", (f,)))
        for k in range(short):
            b = -y + 2 * y * (k + 1) / (short + 1)
            for s, a in (("left", -x), ("right", x)):
                found.append(Part("bar", bar(min(thin, 0.55 * t), tall), at(a, b, low + 0.6 * rail), "white", (s,)))
        found.append(block("base", (2 * x, 2 * y, 0.4 * rail), 0, 0, low + 0.3 * rail, "white"))
        pad = rounded(2 * x - t, 2 * y - t, 0.11 * self.height, 0.05 * self.depth)
        return [*found, Part("mattress", pad, at(0, 0, low + 0.65 * rail), "cream cotton")]
