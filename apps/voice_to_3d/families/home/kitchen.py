"""Kitchen things: board, rolling pin, funnel, coaster, egg cup, napkin holder."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import Part, said
from wugan.apps.voice_to_3d.families.home.kit import below, block, cut, outline, own, polygon
from wugan.apps.voice_to_3d.families.home.lathe import inner, smooth, turned, vessel
from wugan.apps.voice_to_3d.families.home.made import Made, Sizes
from wugan.apps.voice_to_3d.scene.placement import at
from wugan.apps.voice_to_3d.scene.profile import Combined, Ellipse, Piece, Profile, Rectangle, Slot
from wugan.apps.voice_to_3d.scene.solid import (
    Extrude,
    Revolve,
    Solid,
)  # fmt: skip

Thick = Annotated[float, said("thickness", "wall")]


class CuttingBoard(Made):
    """A cutting board with a juice groove, and a hole or a handle to hang it by."""

    names = ("cutting board", "chopping board", "bread board", "breadboard", "cheese board", "serving board")
    shape: Literal["rectangular", "round", "oval", "square"] = "rectangular"
    width: Annotated[float, said("length", "diameter")] = Field(400, ge=20, le=1500)
    depth: float = Field(260, ge=20, le=1500)
    thickness: Annotated[float, said("height")] = Field(20, ge=1, le=100)
    corner_radius: float = Field(20, ge=0, le=300)
    groove: Annotated[bool, said("juice groove")] = True
    hole: Annotated[bool, said("hanging hole")] = True
    yields: ClassVar[Sizes] = {"thickness": ("width", "depth"), "corner_radius": ("width", "depth")}

    def parts(self) -> list[Part]:
        """One piece."""
        short = min(self.width, self.depth)
        below(self, "thickness", 0.5 * short, "width", "depth")
        below(self, "corner_radius", 0.5 * short + 1e-9, "width", "depth")
        board: Solid = Extrude(
            profile=outline(self.shape, self.width, self.depth, self.corner_radius), height=self.thickness
        )
        holes = []
        if self.groove:
            edge, wide = 0.06 * short, 0.03 * short
            outer = outline(self.shape, self.width - 2 * edge, self.depth - 2 * edge, 0.8 * self.corner_radius)
            hole = outline(
                self.shape, self.width - 2 * (edge + wide), self.depth - 2 * (edge + wide), 0.6 * self.corner_radius
            )
            ring = Combined(add=(Piece(profile=outer),), cut=(Piece(profile=hole),))
            holes.append((Extrude(profile=ring, height=self.thickness), own(0, 0, 0.75 * self.thickness)))
        if self.hole:
            slot = Extrude(profile=Slot(length=0.12 * self.depth, width=0.05 * short), height=3 * self.thickness)
            place = own(self.width / 2 - 0.15 * short, 0, -self.thickness, (0, 0, 90))
            holes.append((slot, place))
        return [Part("board", cut(board, *holes) if holes else board, at(), "beech")]


class RollingPin(Made):
    """A rolling pin that lies along x: a roller and two handles."""

    names = ("rolling pin", "dough roller")
    length: Annotated[float, said("width")] = Field(420, ge=30, le=1000)
    diameter: Annotated[float, said("thickness")] = Field(55, ge=5, le=300)
    handle_length: float = Field(85, ge=4, le=400)
    handle_diameter: float = Field(26, ge=2, le=200)
    follows: ClassVar[Sizes] = {
        "handle_length": ("length",),
        "handle_diameter": ("diameter",),
    }

    def parts(self) -> list[Part]:
        """The roller and the handles."""
        below(self, "handle_length", 0.45 * self.length, "length")
        below(self, "handle_diameter", self.diameter + 1e-9, "diameter")
        r, h, long = self.diameter / 2, self.handle_diameter / 2, self.handle_length
        roll = self.length - 2 * long
        edge = min(0.15 * r, 0.05 * roll)
        roller = turned([(r - edge, 0), (r, edge), (r, roll - edge), (r - edge, roll)])
        grip = turned(
            smooth(
                [
                    (0.6 * h, -0.02 * long),
                    (0.55 * h, 0.1 * long),
                    (h, 0.55 * long),
                    (0.7 * h, 0.95 * long),
                    (0.4 * h, long),
                ],
                5,
            )
        )
        return [
            Part("roller", roller, own(-roll / 2, 0, r, (0, 90, 0)), "beech"),
            Part("handle", grip, own(roll / 2, 0, r, (0, 90, 0)), "walnut", ("right",)),
            Part("handle", grip, own(-roll / 2, 0, r, (0, -90, 0)), "walnut", ("left",)),
        ]


class Funnel(Made):
    """A funnel: a cone and a spout, open through."""

    names = ("funnel", "filling funnel")
    diameter: Annotated[float, said("width", "top diameter")] = Field(100, ge=8, le=600)
    height: float = Field(120, ge=8, le=600)
    spout_diameter: Annotated[float, said("stem diameter", "outlet diameter")] = Field(14, ge=3, le=200)
    spout_length: Annotated[float, said("stem length")] = Field(50, ge=2, le=400)
    wall_thickness: Thick = Field(2, ge=0.8, le=20)
    follows: ClassVar[Sizes] = {
        "height": ("diameter",),
        "diameter": ("height",),
        "spout_length": ("height", "diameter"),
        "spout_diameter": ("diameter", "height"),
    }
    yields: ClassVar[Sizes] = {"wall_thickness": ("diameter", "height")}

    def parts(self) -> list[Part]:
        """One piece, open above and below."""
        t, r, s = self.wall_thickness, self.diameter / 2, self.spout_diameter / 2
        below(self, "spout_diameter", 0.9 * self.diameter, "diameter")
        below(self, "spout_length", 0.8 * self.height, "height")
        below(self, "wall_thickness", 0.6 * s, "spout_diameter")
        h, z = self.height, self.spout_length
        slope = ((r - s) ** 2 + (h - z) ** 2) ** 0.5 / (h - z) * t
        slope = min(slope, 0.8 * r)
        lower = max(s - t, 0.4)
        upper = r - slope
        # The inner cone meets the inner spout where both have its radius.
        meet = z + max(0.0, (lower - (s - slope)) / max(upper - (s - slope), 1e-6)) * (h - z)
        tip = 0.85
        points = (
            (tip * s, 0.0),
            (s, z),
            (r, h),
            (upper, h),
            (lower, min(meet, 0.97 * h)),
            (max(0.4, tip * s - t), 0.0),
        )
        return [Part("funnel", Revolve(points=points), at(), "white plastic")]


class Coaster(Made):
    """A coaster with a rim for a cup or glass."""

    names = ("coaster", "drink coaster", "beer mat")
    shape: Literal["round", "square", "hexagonal", "octagonal"] = "round"
    width: Annotated[float, said("diameter")] = Field(95, ge=8, le=400)
    depth: float = Field(95, ge=8, le=400)
    thickness: Annotated[float, said("height")] = Field(6, ge=1.2, le=50)
    rim: bool = True
    yields: ClassVar[Sizes] = {"thickness": ("width",)}

    def parts(self) -> list[Part]:
        """One piece."""
        below(self, "thickness", 0.4 * self.width, "width")
        board: Solid = Extrude(
            profile=outline(self.shape, self.width, self.depth, 0.1 * self.width), height=self.thickness
        )
        if self.rim:
            wide = max(0.8, 0.05 * self.width)
            hole = outline(self.shape, self.width - 2 * wide, self.depth - 2 * wide, 0.08 * self.width)
            board = cut(board, (Extrude(profile=hole, height=self.thickness), own(0, 0, 0.6 * self.thickness)))
        return [Part("coaster", board, at(), "cork")]


class EggCup(Made):
    """An egg cup: a cup on a foot."""

    names = ("egg cup", "eggcup", "egg holder")
    diameter: Annotated[float, said("width")] = Field(50, ge=10, le=200)
    height: float = Field(65, ge=10, le=300)
    wall_thickness: Thick = Field(3, ge=0.8, le=20)
    follows: ClassVar[Sizes] = {"height": ("diameter",), "diameter": ("height",)}
    yields: ClassVar[Sizes] = {"wall_thickness": ("diameter", "height")}

    def parts(self) -> list[Part]:
        """One piece."""
        t, r, h = self.wall_thickness, self.diameter / 2, self.height
        below(self, "wall_thickness", 0.25 * r, "diameter")
        below(self, "wall_thickness", 0.1 * h, "height")
        shape = [(0.8, 0), (0.78, 0.04), (0.36, 0.2), (0.32, 0.3), (0.7, 0.46), (0.94, 0.72), (1, 1)]
        points = smooth([(r * a, h * b) for a, b in shape])
        inside = [one for one in inner(self, points, t, 0.42 * h) if one[1] >= 0.42 * h]
        return [Part("cup", vessel(points, inside), at(), "porcelain")]


class NapkinHolder(Made):
    """A holder for napkins, letters or toast: upright panels on a base."""

    names = ("napkin holder", "letter holder", "toast rack", "letter rack")
    width: Annotated[float, said("length")] = Field(150, ge=15, le=600)
    depth: float = Field(60, ge=10, le=600)
    height: float = Field(110, ge=10, le=500)
    panels: int = Field(2, ge=2, le=10)
    thickness: Annotated[float, said("wall thickness", "panel thickness")] = Field(5, ge=0.8, le=40)
    style: Literal["arched", "straight"] = "arched"
    yields: ClassVar[Sizes] = {"thickness": ("width", "depth", "height")}

    def parts(self) -> list[Part]:
        """Base and panels, from front to back."""
        t = self.thickness
        below(self, "thickness", self.depth / (1.5 * self.panels), "depth", "panels")
        below(self, "thickness", 0.4 * min(self.height, self.width), "height", "width")
        found = [block("base", (self.width, self.depth, t), material="oak")]
        high, r = self.height - 0.5 * t, self.width / 2
        if self.style == "arched":
            rise = min(r, high)
            arch = Ellipse(width=self.width, depth=2 * rise)
            low = high - rise
            add = [Piece(profile=arch, y=low)]
            foot = Rectangle(width=self.width, depth=max(low, 0.02))
            profile: Profile = Combined(
                add=(*add, Piece(profile=foot, y=low / 2)),
                cut=(Piece(profile=Rectangle(width=3 * r, depth=2 * rise + 1), y=-rise - 0.5),),
            )
        else:
            profile = polygon((-r, 0), (r, 0), (r, high), (-r, high))
        for k in range(self.panels):
            y = -self.depth / 2 + t / 2 + (self.depth - t) * k / (self.panels - 1)
            tags = ("front",) if k == 0 else ("back",) if k == self.panels - 1 else ("middle",)
            panel = Extrude(profile=profile, height=t)
            found.append(Part("panel", panel, own(0, y + t / 2, 0.5 * t, (90, 0, 0)), "oak", tags))
        return found
