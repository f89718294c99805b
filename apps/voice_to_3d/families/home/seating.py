"""Seats: chair, stool, bench, armchair, sofa, rocking chair, ottoman."""

from __future__ import annotations

from math import asin, cos, degrees, radians, sin
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import Part, said
from wugan.apps.voice_to_3d.families.home.kit import (
    SIDEWAYS,
    SUNK,
    as_one,
    below,
    block,
    outline,
    own,
    polygon,
    require,
    rounded,
)
from wugan.apps.voice_to_3d.families.home.legs import LegShape, LegStyle, leg, leg_places
from wugan.apps.voice_to_3d.families.home.made import Made, Sizes
from wugan.apps.voice_to_3d.scene.placement import at
from wugan.apps.voice_to_3d.scene.profile import Combined, Piece
from wugan.apps.voice_to_3d.scene.solid import Extrude

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
    follows: ClassVar[Sizes] = {"seat_height": ("height",)}
    yields: ClassVar[Sizes] = {
        "seat_thickness": ("height", "width"),
        "leg_thickness": ("width", "height", "depth"),
    }

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
    yields: ClassVar[Sizes] = {"seat_thickness": ("height", "width"), "leg_thickness": ("width", "depth", "height")}

    def parts(self) -> list[Part]:
        """Seat, legs, foot ring, cushion."""
        t = self.leg_thickness
        pad = min(40.0, 0.1 * self.height) if self.cushion else 0.0
        below(self, "seat_thickness", 0.4 * self.height, "height")
        below(self, "leg_thickness", 0.25 * min(self.width, self.depth), "width", "depth")
        under = self.height - self.seat_thickness - pad
        seat = Extrude(
            profile=outline(self.shape, self.width, self.depth, 0.05 * self.width), height=self.seat_thickness
        )
        places = leg_places(self.shape, self.legs, self.width, self.depth, 0.5 * t)
        found = [Part("seat", seat, at(z=under), "oak")]
        found += [leg(self.leg_style, self.leg_shape, t, under, a, b) for a, b in places]
        if self.cushion:
            soft = Extrude(
                profile=outline(self.shape, 0.94 * self.width, 0.94 * self.depth, 0.1 * self.width), height=pad
            )
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
            found.append(Part("footrest", Extrude(profile=ring, height=0.5 * t), at(z=0.28 * under), "oak"))
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
    yields: ClassVar[Sizes] = {
        "seat_thickness": ("height", "width"),
        "leg_thickness": ("depth", "width", "height"),
        "backrest_height": ("height",),
    }

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
    follows: ClassVar[Sizes] = {"seat_height": ("height",)}
    yields: ClassVar[Sizes] = {"arm_width": ("width", "height"), "leg_height": ("seat_height", "height")}

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
    yields: ClassVar[Sizes] = {"leg_height": ("height",)}

    def parts(self) -> list[Part]:
        """Legs, the body, and a cushion on top."""
        below(self, "leg_height", 0.5 * self.height, "height")
        t = min(50.0, 0.12 * min(self.width, self.depth))
        places = leg_places(self.shape, 4, self.width, self.depth, 1.2 * t)
        found = [leg(self.leg_style, "round", t, self.leg_height, x, y, "walnut") for x, y in places]
        rest = self.height - self.leg_height
        r = 0.1 * min(self.width, self.depth)
        body = Extrude(profile=outline(self.shape, self.width, self.depth, r), height=0.65 * rest)
        pad = Extrude(profile=outline(self.shape, 0.97 * self.width, 0.97 * self.depth, r), height=0.35 * rest)
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
    follows: ClassVar[Sizes] = {"seat_height": ("height",)}

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
        runner = Extrude(profile=polygon(*lower, *upper), height=t)
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
