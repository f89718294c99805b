"""Small stands and what lies on a table or head: mug tree, chess board, hat."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import Part, said
from wugan.apps.voice_to_3d.families.home.kit import SUNK, below, block, on_circle, own, sides
from wugan.apps.voice_to_3d.families.home.lathe import smooth, turned
from wugan.apps.voice_to_3d.families.home.made import Made, Sizes
from wugan.apps.voice_to_3d.scene.placement import at
from wugan.apps.voice_to_3d.scene.profile import Circle
from wugan.apps.voice_to_3d.scene.solid import Cylinder, Sweep


class MugTree(Made):
    """A stand for mugs: a pole on a round base with branches that rise outwards."""

    names = ("mug tree", "cup tree", "mug stand", "cup stand", "mug holder", "jewellery tree", "jewelry tree")
    height: float = Field(350, ge=30, le=1500)
    diameter: Annotated[float, said("base", "base diameter", "foot diameter", "width")] = Field(150, ge=10, le=800)
    pole_diameter: Annotated[float, said("pole thickness", "thickness")] = Field(24, ge=1.5, le=200)
    branches: Annotated[int, said("arms", "pegs", "hooks")] = Field(6, ge=1, le=24)
    branch_length: Annotated[float, said("arm length")] = Field(70, ge=3, le=400)
    follows: ClassVar[Sizes] = {"diameter": ("height",)}
    yields: ClassVar[Sizes] = {
        "pole_diameter": ("height", "diameter"),
        "branch_length": ("height", "diameter"),
    }

    def parts(self) -> list[Part]:
        """Base, pole and branches; those of odd number sit lower, so that mugs do not touch."""
        h, p, out = self.height, self.pole_diameter, self.branch_length
        below(self, "pole_diameter", 0.6 * self.diameter, "diameter")
        below(self, "branch_length", 0.5 * self.diameter + 1e-6, "diameter")
        low = max(1.0, 0.05 * h)
        thick = max(0.8, 0.4 * p)
        found = [
            Part("base", Cylinder(diameter=self.diameter, height=low), at(), "beech"),
            Part("pole", Cylinder(diameter=p, height=h - low + SUNK), at(z=low - SUNK), "beech"),
        ]
        for k, (x, y) in enumerate(on_circle(self.branches, 1.0)):
            z = (0.72 if k % 2 else 0.88) * h - 0.35 * out
            path = ((0.1 * p * x, 0.1 * p * y, z), (0.94 * out * x, 0.94 * out * y, z + 0.35 * out))
            branch = Sweep(profile=Circle(diameter=thick), path=path)
            found.append(Part("branch", branch, own(), "beech", sides(x, y)))
        return found


class ChessBoard(Made):
    """A board of light and dark fields in a frame."""

    names = ("chess board", "chessboard", "checkerboard", "checker board", "draughts board")
    width: Annotated[float, said("size", "length", "depth")] = Field(400, ge=20, le=3000)
    height: Annotated[float, said("thickness")] = Field(20, ge=1, le=200)
    fields: Annotated[int, said("rows", "squares per side")] = Field(8, ge=2, le=12)
    border: Annotated[float, said("border width", "frame width")] = Field(20, ge=0.5, le=300)
    yields: ClassVar[Sizes] = {"height": ("width",), "border": ("width",)}

    def parts(self) -> list[Part]:
        """The board, and its dark fields let into it; the field at the front left is dark."""
        w, h, n, b = self.width, self.height, self.fields, self.border
        below(self, "border", 0.3 * w, "width")
        each, deep = (w - 2 * b) / n, 0.4 * h
        found = [block("board", (w, w, h - 0.05 * h), material="maple")]
        for row in range(n):
            for column in range(n):
                if (row + column) % 2 == 0:
                    x, y = (column - (n - 1) / 2) * each, (row - (n - 1) / 2) * each
                    found.append(block("field", (0.96 * each, 0.96 * each, deep), x, y, h - deep, "walnut"))
        return found


class Hat(Made):
    """A hat with a round brim and a crown, and a band about it."""

    names = ("hat", "top hat", "bowler hat", "sun hat", "straw hat")
    width: Annotated[float, said("brim diameter", "diameter", "brim")] = Field(300, ge=10, le=2000)
    height: float = Field(140, ge=5, le=1500)
    crown_diameter: Annotated[float, said("crown width")] = Field(180, ge=5, le=1500)
    band: bool = True
    follows: ClassVar[Sizes] = {
        "width": ("height", "crown_diameter"),
        "height": ("width", "crown_diameter"),
        "crown_diameter": ("width", "height"),
    }

    def parts(self) -> list[Part]:
        """Brim, crown and band."""
        below(self, "crown_diameter", 0.95 * self.width, "width")
        h, r = self.height, self.crown_diameter / 2
        brim = max(0.8, 0.06 * h)
        crown = turned(smooth([(r, 0.5 * brim), (0.98 * r, 0.7 * h), (0.8 * r, 0.96 * h), (0.4 * r, h)], pieces=6))
        found = [
            Part("brim", Cylinder(diameter=self.width, height=brim), at(), "black"),
            Part("crown", crown, own(), "black"),
        ]
        if self.band:
            ring = Cylinder(diameter=2.06 * r, height=0.18 * h, inner_diameter=1.8 * r)
            found.append(Part("band", ring, at(z=0.9 * brim), "red"))
        return found
