"""Beds: bed, bunk bed, cot."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import Part, said
from wugan.apps.voice_to_3d.families.home.kit import SUNK, bar, below, block, level, rounded
from wugan.apps.voice_to_3d.families.home.legs import LegShape, LegStyle, leg
from wugan.apps.voice_to_3d.families.home.made import Made, Sizes
from wugan.apps.voice_to_3d.scene.placement import at

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
    follows: ClassVar[Sizes] = {"mattress_height": ("height",)}
    yields: ClassVar[Sizes] = {
        "mattress_thickness": ("mattress_height", "height"),
        "leg_thickness": ("width", "height", "depth"),
    }

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
    yields: ClassVar[Sizes] = {"post_thickness": ("width", "depth", "height")}

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
    yields: ClassVar[Sizes] = {
        "bar_thickness": ("width", "height", "depth"),
        "post_thickness": ("width", "height", "depth"),
    }

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
