"""Games: dice, chess pieces, domino, puzzle piece."""

from __future__ import annotations

from math import pi
from typing import Annotated, ClassVar

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import Part, said
from wugan.apps.voice_to_3d.families.home.kit import below, block, cut, on_circle, own
from wugan.apps.voice_to_3d.families.home.lathe import scaled, smooth, turned
from wugan.apps.voice_to_3d.families.home.made import Made, Sizes
from wugan.apps.voice_to_3d.scene.placement import Placement, at
from wugan.apps.voice_to_3d.scene.profile import Circle, Combined, Piece, Rectangle
from wugan.apps.voice_to_3d.scene.solid import Box, Compound, Cylinder, Extrude, Fillet, Solid, Sphere

PIPS: dict[int, tuple[tuple[int, int], ...]] = {
    0: (),
    1: ((0, 0),),
    2: ((-1, -1), (1, 1)),
    3: ((-1, -1), (0, 0), (1, 1)),
    4: ((-1, -1), (1, -1), (-1, 1), (1, 1)),
    5: ((-1, -1), (1, -1), (0, 0), (-1, 1), (1, 1)),
    6: ((-1, -1), (1, -1), (-1, 0), (1, 0), (-1, 1), (1, 1)),
}
Wide = Annotated[float, said("width", "base diameter")]


class Dice(Made):
    """A die: a cube with rounded edges and pips; opposite faces add up to seven."""

    names = ("dice", "die", "game die", "game cube")
    size: Annotated[float, said("width", "height", "edge length", "side length")] = Field(16, ge=4, le=500)
    rounding: Annotated[float, said("corner radius", "edge radius")] = Field(2, ge=0, le=100)
    pip_diameter: Annotated[float, said("dot diameter", "pip size")] = Field(3, ge=0.4, le=100)
    follows: ClassVar[Sizes] = {"rounding": ("size",), "pip_diameter": ("size",)}

    def parts(self) -> list[Part]:
        """One piece; the pips are hollows."""
        s, r, d = self.size, self.rounding, self.pip_diameter
        below(self, "rounding", 0.35 * s, "size")
        below(self, "pip_diameter", 0.24 * s, "size")
        cube: Solid = Box(size=(s, s, s))
        if r > 0.05:
            cube = Compound(base=cube, features=(Fillet(radius=r, edges=("all",)),))
        step, mid = 0.24 * s, s / 2
        ball, sink = Sphere(diameter=d), 0.2 * d
        spots: list[tuple[Solid, Placement]] = []
        for a, b in PIPS[1]:
            spots.append((ball, own(a * step, b * step, s - d / 2 + (d / 2 - sink))))
        for a, b in PIPS[6]:
            spots.append((ball, own(a * step, b * step, -d + sink)))
        for a, b in PIPS[2]:
            spots.append((ball, own(a * step, -mid - d / 2 + sink, mid + b * step - d / 2)))
        for a, b in PIPS[5]:
            spots.append((ball, own(a * step, mid + d / 2 - sink, mid + b * step - d / 2)))
        for a, b in PIPS[3]:
            spots.append((ball, own(mid + d / 2 - sink, a * step, mid + b * step - d / 2)))
        for a, b in PIPS[4]:
            spots.append((ball, own(-mid - d / 2 + sink, a * step, mid + b * step - d / 2)))
        return [Part("die", cut(cube, *spots), at(), "ivory")]


_FOOT = ((1, 0), (1, 0.05), (0.92, 0.09), (0.72, 0.13), (0.66, 0.17))
CHESS: dict[str, tuple[tuple[float, float], ...]] = {
    "pawn": (
        *_FOOT, (0.34, 0.45), (0.32, 0.58), (0.5, 0.62), (0.3, 0.66), (0.46, 0.78), (0.46, 0.86), (0.3, 0.96),
        (0.06, 1),
    ),
    "rook": (*_FOOT, (0.46, 0.42), (0.44, 0.62), (0.66, 0.72), (0.68, 0.78), (0.68, 1)),
    "bishop": (
        *_FOOT, (0.34, 0.45), (0.3, 0.58), (0.5, 0.62), (0.3, 0.65), (0.44, 0.74), (0.4, 0.84), (0.16, 0.93),
        (0.12, 0.95), (0.18, 0.97), (0.06, 1),
    ),
    "queen": (
        *_FOOT, (0.36, 0.45), (0.3, 0.62), (0.52, 0.66), (0.32, 0.69), (0.36, 0.78), (0.6, 0.9), (0.3, 0.94),
        (0.16, 0.96), (0.06, 1),
    ),
    "king": (
        *_FOOT, (0.38, 0.42), (0.32, 0.6), (0.54, 0.64), (0.34, 0.67), (0.4, 0.76), (0.56, 0.86), (0.3, 0.89),
        (0.1, 0.9),
    ),
}  # fmt: skip


class _ChessPiece(Made):
    diameter: Wide = Field(32, ge=4, le=1000)
    height: float = Field(60, ge=8, le=2000)
    follows: ClassVar[Sizes] = {"diameter": ("height",), "height": ("diameter",)}
    kind: ClassVar[str] = "pawn"

    def _body(self) -> Solid:
        below(self, "diameter", 1.2 * self.height, "height")
        return turned(smooth(scaled(CHESS[self.kind], self.diameter / 2, self.height), 5))

    def parts(self) -> list[Part]:
        """One turned piece."""
        return [Part(self.kind, self._body(), own(), "ivory")]


class Pawn(_ChessPiece):
    """A chess pawn."""

    names = ("pawn", "chess pawn", "game piece")
    diameter: Wide = Field(26, ge=4, le=1000)
    height: float = Field(45, ge=8, le=2000)
    kind: ClassVar[str] = "pawn"


class Bishop(_ChessPiece):
    """A chess bishop with its slit."""

    names = ("bishop", "chess bishop")
    height: float = Field(65, ge=8, le=2000)
    kind: ClassVar[str] = "bishop"

    def parts(self) -> list[Part]:
        """One piece, a slit cut into its head."""
        r, h = self.diameter / 2, self.height
        slit = Box(size=(0.6 * r, 4 * r, 0.025 * h))
        return [Part("bishop", cut(self._body(), (slit, own(0.34 * r, 0, 0.8 * h, (0, -35, 0)))), own(), "ivory")]


class Rook(_ChessPiece):
    """A chess rook with battlements."""

    names = ("rook", "chess rook", "chess castle")
    height: float = Field(52, ge=8, le=2000)
    battlements: Annotated[int, said("merlons")] = Field(6, ge=3, le=12)
    kind: ClassVar[str] = "rook"

    def parts(self) -> list[Part]:
        """One piece, hollow at the top."""
        r, h, n = self.diameter / 2, self.height, self.battlements
        hollow = Cylinder(diameter=0.92 * r, height=h)
        gap = Box(size=(2 * r, 0.5 * pi * 0.68 * r / n, h))
        notches = [
            (gap, own(x, y, 0.9 * h, (0.0, 0.0, 360 * (k + 0.5) / n)))
            for k, (x, y) in enumerate(on_circle(n, r, 180 / n))
        ]
        return [Part("rook", cut(self._body(), (hollow, own(0, 0, 0.86 * h)), *notches), own(), "ivory")]


class Queen(_ChessPiece):
    """A chess queen with a crown of points."""

    names = ("queen", "chess queen")
    height: float = Field(75, ge=8, le=2000)
    kind: ClassVar[str] = "queen"

    def parts(self) -> list[Part]:
        """One piece with notches in its crown."""
        r, h = self.diameter / 2, self.height
        ball = Sphere(diameter=0.22 * r)
        notches = [(ball, own(x, y, 0.86 * h)) for x, y in on_circle(8, 0.6 * r)]
        return [Part("queen", cut(self._body(), *notches), own(), "ivory")]


class King(_ChessPiece):
    """A chess king with a cross."""

    names = ("king", "chess king")
    diameter: Wide = Field(34, ge=4, le=1000)
    height: float = Field(85, ge=8, le=2000)
    kind: ClassVar[str] = "king"

    def parts(self) -> list[Part]:
        """The turned body and the cross."""
        r, h = self.diameter / 2, self.height
        t = min(max(0.8, 0.1 * r), 0.1 * h)
        return [
            Part("king", self._body(), own(), "ivory"),
            block("cross", (t, t, 0.12 * h), 0, 0, 0.88 * h, "ivory"),
            block("cross", (0.36 * r + t, t, t), 0, 0, 0.95 * h - t / 2, "ivory", ("middle",)),
        ]


class Domino(Made):
    """A domino with two numbers of pips and a line between them."""

    names = ("domino", "domino tile")
    width: Annotated[float, said("length")] = Field(50, ge=10, le=500)
    depth: float = Field(25, ge=5, le=250)
    thickness: Annotated[float, said("height")] = Field(8, ge=1.5, le=100)
    left: Annotated[int, said("first number")] = Field(3, ge=0, le=6)
    right: Annotated[int, said("second number")] = Field(5, ge=0, le=6)
    follows: ClassVar[Sizes] = {"depth": ("width",), "width": ("depth",)}
    yields: ClassVar[Sizes] = {"thickness": ("width", "depth")}

    def parts(self) -> list[Part]:
        """One piece; pips and line are hollows."""
        w, d, t = self.width, self.depth, self.thickness
        pip = 0.16 * min(w / 2, d)
        deep = min(0.25 * t, 0.3 * pip)
        cuts: list[tuple[Solid, Placement]] = [(Box(size=(0.03 * w, 0.8 * d, t)), own(0, 0, t - deep))]
        hole = Cylinder(diameter=pip, height=t)
        for count, x in ((self.left, -w / 4), (self.right, w / 4)):
            step = 0.28 * min(w / 2, d)
            cuts += [(hole, own(x + b * step, a * step, t - deep)) for a, b in PIPS[count]]
        body = Extrude(profile=Rectangle(width=w, depth=d, corner_radius=0.08 * d), height=t)
        return [Part("tile", cut(body, *cuts), at(), "ivory")]


class PuzzlePiece(Made):
    """A piece of a jigsaw puzzle with two knobs and two sockets."""

    names = ("puzzle piece", "jigsaw piece", "jigsaw puzzle piece")
    size: Annotated[float, said("width", "length")] = Field(50, ge=8, le=1000)
    thickness: Annotated[float, said("height")] = Field(4, ge=0.8, le=100)
    yields: ClassVar[Sizes] = {"thickness": ("size",)}

    def parts(self) -> list[Part]:
        """One piece. The size is that of the square without knobs, which stand out by a fifth of it."""
        s, t = self.size, self.thickness
        below(self, "thickness", s, "size")
        d = 0.26 * s
        out = 0.2 * s - d / 2
        knob = Circle(diameter=d)
        neck = Rectangle(width=0.16 * s, depth=0.2 * s)
        side = Rectangle(width=0.2 * s, depth=0.16 * s)
        h = s / 2
        body = Piece(profile=Rectangle(width=s, depth=s))
        tongues = (
            Piece(profile=knob, x=h + out),
            Piece(profile=side, x=h - 0.02 * s),
            Piece(profile=knob, y=h + out),
            Piece(profile=neck, y=h - 0.02 * s),
        )
        sockets = (
            Piece(profile=knob, x=-h + out),
            Piece(profile=side, x=-h - 0.02 * s),
            Piece(profile=knob, y=-h + out),
            Piece(profile=neck, y=-h - 0.02 * s),
        )
        profile = Combined(add=(body, *tongues), cut=sockets)
        return [Part("piece", Extrude(profile=profile, height=t), at(), "blue")]
