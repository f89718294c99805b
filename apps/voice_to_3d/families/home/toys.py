"""Toys, figures and games."""

from __future__ import annotations

from math import cos, pi, sin
from typing import Annotated, ClassVar

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import Made, Part, led, said
from wugan.apps.voice_to_3d.families.home.kit import below, block, cut, level, on_circle, own, scaled, smooth, turned
from wugan.apps.voice_to_3d.families.solids import bar, cone, extruded, worked
from wugan.apps.voice_to_3d.scene.placement import Grid, Placement, at
from wugan.apps.voice_to_3d.scene.profile import Circle, Combined, Piece, Rectangle
from wugan.apps.voice_to_3d.scene.solid import (
    Box,
    Capsule,
    Cut,
    Cylinder,
    Ellipsoid,
    Fillet,
    Join,
    Solid,
    Sphere,
    Sweep,
    Torus,
)

COLOURS = ("red", "orange", "yellow", "green", "blue", "purple")


class Robot(Made):
    """A toy robot: head with eyes and an antenna, body with a panel, arms and legs."""

    names = ("robot", "toy robot", "android")
    height: float = Field(150, ge=20, le=3000)
    width: float = Field(100, ge=15, le=3000)
    depth: float = Field(45, ge=8, le=2000)
    antennas: Annotated[int, said("antennae", "aerials")] = Field(1, ge=0, le=2)
    wheels: Annotated[bool, said("tracks")] = False
    follows = led("width", by="height") | led("depth", by=("height", "width")) | led("height", by="width")

    def parts(self) -> list[Part]:
        """Feet, legs, body, panel, arms with hands, neck, head, eyes, mouth, antennas."""
        w, d, h = self.width, self.depth, self.height
        aerial = 0.12 * h if self.antennas else 0.0
        tall = h - aerial
        leg, torso = 0.26 * tall, 0.4 * tall
        head = tall - leg - torso - 0.03 * tall
        bw = 0.56 * w
        y = -d / 2
        found: list[Part] = []
        foot = 0.22 * leg
        for side, s in (("right", -1), ("left", 1)):
            x = s * 0.28 * bw
            if self.wheels:
                disc = at(s * 0.42 * bw, 0, 0, rotate=(0, 90, 0))
                found.append(Part("wheel", bar(min(leg * 1.05, d), 0.2 * bw), disc, "black rubber", (side,)))
                found.append(block("leg", (0.62 * bw, 0.5 * d, 0.6 * leg), 0, 0, 0.45 * leg, "grey"))
            else:
                found.append(block("foot", (0.42 * bw, d, foot), x, 0, 0, "dark grey", (side,)))
                found.append(block("leg", (0.3 * bw, 0.5 * d, leg - 0.5 * foot), x, 0, 0.5 * foot, "grey", (side,)))
            arm = 0.8 * torso
            ax = s * (w / 2 - 0.09 * w)
            found.append(block("arm", (0.14 * w, 0.4 * d, arm), ax, 0, leg + torso - arm, "grey", (side,)))
            shoulder = at(s * (bw / 2 + 0.06 * w), 0, leg + torso - 0.2 * w, rotate=(0, 90, 0))
            found.append(Part("shoulder", bar(0.15 * w, 0.16 * w), shoulder, "dark grey", (side,)))
            hand = at(ax, 0, leg + torso - arm - 0.09 * w)
            found.append(Part("hand", Sphere(diameter=0.18 * w), hand, "red", (side,)))
        found.append(block("body", (bw, 0.84 * d, torso), 0, 0, leg - 0.01 * tall, "light blue"))
        found.append(
            block(
                "panel", (0.6 * bw, 0.1 * d, 0.4 * torso), 0, y + 0.09 * d, leg + 0.4 * torso, "dark grey", ("front",)
            )
        )
        for k, colour in enumerate(("red", "yellow", "green")):
            button = at((k - 1) * 0.17 * bw, y + 0.04 * d, leg + 0.6 * torso, "centre", (90, 0, 0))
            found.append(Part("button", bar(0.1 * bw, 0.08 * d), button, colour))
        neck = leg + torso - 0.03 * tall
        found.append(Part("neck", bar(0.3 * bw, 0.1 * tall), at(z=neck), "dark grey"))
        low = tall - head
        found.append(block("head", (0.66 * bw, 0.7 * d, head), 0, 0, low, "light blue"))
        for side, s in (("right", -1), ("left", 1)):
            eye = at(s * 0.16 * bw, -0.36 * d, low + 0.62 * head, "centre", (90, 0, 0))
            found.append(Part("eye", bar(0.15 * bw, 0.12 * d), eye, "yellow", (side,)))
            ear = at(s * 0.35 * bw, 0, low + 0.5 * head, "centre", (0, 90, 0))
            found.append(Part("ear", bar(0.25 * head, 0.1 * bw), ear, "dark grey", (side,)))
        found.append(block("mouth", (0.32 * bw, 0.06 * d, 0.1 * head), 0, -0.36 * d, low + 0.22 * head, "black"))
        for k in range(self.antennas):
            x = 0.0 if self.antennas == 1 else (k - 0.5) * 0.34 * bw
            ball = min(0.06 * tall, 0.3 * bw)
            found.append(
                Part("antenna", bar(max(0.8, 0.04 * bw), aerial - 0.4 * ball), at(x, 0, tall - 0.1 * ball), "dark grey")
            )
            found.append(Part("antenna tip", Sphere(diameter=ball), at(x, 0, h - ball), "red"))
        return found


class Snowman(Made):
    """A snowman: two or three balls, a hat, a carrot nose, buttons, stick arms."""

    names = ("snowman", "snow man")
    height: float = Field(150, ge=20, le=5000)
    balls: Annotated[int, said("snowballs")] = Field(3, ge=2, le=3)
    hat: Annotated[bool, said("top hat")] = True
    buttons: int = Field(3, ge=0, le=5)
    arms: bool = True
    scarf: bool = True

    def parts(self) -> list[Part]:
        """Balls from the bottom up, face, buttons, scarf, arms, hat."""
        h = self.height
        top = 0.16 * h if self.hat else 0.0
        rest = h - 0.75 * top
        ratios = (1.0, 0.74, 0.52) if self.balls == 3 else (1.0, 0.62)
        sink = 0.16  # of the upper ball's diameter, so that they are one piece
        total = sum(ratios) - sink * sum(ratios[1:])
        unit = rest / total
        found, z, centres = [], 0.0, []
        for k, share in enumerate(ratios):
            size = share * unit
            z -= sink * size if k else 0.0
            found.append(Part("ball", Sphere(diameter=size), at(z=z), "snow", level(k, self.balls)))
            centres.append((z + size / 2, size / 2))
            z += size
        middle, r = centres[-1]
        nose = cone(0.36 * r, 0.06 * r, 0.9 * r)
        found.append(Part("nose", nose, own(0, -0.85 * r, middle, (90, 0, 0)), "orange"))
        for side, s in (("right", -1), ("left", 1)):
            found.append(
                Part("eye", Sphere(diameter=0.24 * r), at(s * 0.36 * r, -0.84 * r, middle + 0.26 * r), "black", (side,))
            )
        chest, rc = centres[1] if self.balls == 3 else centres[0]
        for k in range(self.buttons):
            share = 0.5 - 0.9 * k / max(1, self.buttons - 1) if self.buttons > 1 else 0.2
            dz = share * rc
            y = -((rc**2 - dz**2) ** 0.5)
            found.append(
                Part(
                    "button",
                    Sphere(diameter=0.2 * rc),
                    at(0, y, chest + dz - 0.1 * rc),
                    "black",
                    level(self.buttons - 1 - k, self.buttons),
                )
            )
        if self.scarf:
            ring = Torus(diameter=1.5 * r, tube=0.4 * r)
            found.append(Part("scarf", ring, at(z=middle - r - 0.02 * r), "red"))
        if self.arms:
            for side, s in (("right", -1), ("left", 1)):
                path = (
                    (s * 0.7 * rc, 0.0, chest + 0.1 * rc),
                    (s * 1.6 * rc, 0.0, chest + 0.55 * rc),
                    (s * 1.9 * rc, 0.0, chest + 1.0 * rc),
                )
                found.append(
                    Part("arm", Sweep(profile=Circle(diameter=max(0.8, 0.12 * rc)), path=path), own(), "brown", (side,))
                )
        if self.hat:
            found.append(Part("brim", bar(1.7 * r, 0.15 * top), at(z=h - top), "black"))
            found.append(Part("hat", bar(1.1 * r, top), at(z=h - top), "black"))
        return found


class SpinningTop(Made):
    """A spinning top with a point and a stem."""

    names = ("spinning top", "whirligig", "peg top", "dreidel")
    diameter: Annotated[float, said("width")] = Field(50, ge=6, le=500)
    height: float = Field(60, ge=8, le=500)
    follows = led("diameter", by="height") | led("height", by="diameter")

    def parts(self) -> list[Part]:
        """The body with its point, a band, the stem."""
        r, h = self.diameter / 2, self.height
        below(self, "diameter", 3 * h, "height")
        line = smooth(scaled([(0.04, 0), (0.3, 0.12), (0.9, 0.36), (1, 0.46), (0.7, 0.58), (0.2, 0.64)], r, h), 6)
        stem = smooth(scaled([(0.2, 0.6), (0.11, 0.68), (0.1, 0.9), (0.13, 0.97), (0.07, 1)], r, h), 5)
        ring = bar(1.99 * r, 0.06 * h)
        return [
            Part("body", turned(line), own(), "red"),
            Part("band", ring, at(z=0.43 * h), "yellow"),
            Part("stem", turned(stem), own(), "beech"),
        ]


class RingStack(Made):
    """A stacking toy: rings that grow smaller on a peg, with a ball on top."""

    names = ("ring stack", "stacking rings", "ring pyramid", "ring tower", "stacking toy", "stacker")
    diameter: Annotated[float, said("width", "base diameter")] = Field(110, ge=15, le=1000)
    height: float = Field(150, ge=20, le=1500)
    rings: int = Field(5, ge=2, le=12)
    follows = led("diameter", by="height") | led("height", by="diameter")

    def parts(self) -> list[Part]:
        """Base, peg, rings from the bottom up, ball."""
        w, h = self.diameter, self.height
        ball = min(0.3 * w, 0.22 * h)
        base = 0.07 * h
        room = h - base - 0.9 * ball
        each = room / self.rings
        peg = 0.16 * w
        found = [
            Part("base", bar(w, base), at(), "beech"),
            Part("peg", bar(peg, h - ball / 2 - base), at(z=base), "beech"),
        ]
        for k in range(self.rings):
            wide = w * (0.94 - 0.5 * k / self.rings)
            edge = min(0.48 * each, 0.3 * (wide - peg) / 2)
            r, hole = wide / 2, 0.46 * peg
            line = [
                (r - edge, 0),
                (r - 0.3 * edge, 0.3 * edge),
                (r, edge),
                (r, each - edge),
                (r - 0.3 * edge, each - 0.3 * edge),
                (r - edge, each * 1.02),
            ]
            ring = cut(turned(line), (bar(2 * hole, 2 * each), own(0, 0, -0.5 * each)))
            found.append(
                Part("ring", ring, own(0, 0, base + k * each), COLOURS[k % len(COLOURS)], level(k, self.rings))
            )
        return [*found, Part("ball", Sphere(diameter=ball), at(z=h - ball), "red")]


class Brick(Made):
    """A toy building brick with studs on top, hollow below."""

    names = ("toy brick", "building brick", "building block", "lego brick", "brick")
    studs: Annotated[int, said("length", "studs long", "knobs")] = Field(4, ge=1, le=24)
    rows: Annotated[int, said("studs wide")] = Field(2, ge=1, le=24)
    pitch: Annotated[float, said("stud spacing")] = Field(8, ge=3, le=100)
    height: float = Field(9.6, ge=1.5, le=200)
    wall_thickness: Annotated[float, said("wall", "walls")] = Field(1.2, ge=0.8, le=10)
    follows = led("height", "wall_thickness", by="pitch")

    def parts(self) -> list[Part]:
        """One piece. Width and depth follow from the studs; the height is the body's, studs stand above it."""
        p, t = self.pitch, self.wall_thickness
        below(self, "wall_thickness", 0.25 * p, "pitch")
        below(self, "wall_thickness", 0.5 * self.height, "height")
        w, d, h = self.studs * p, self.rows * p, self.height
        knob = bar(0.6 * p, 0.21 * p + 0.1)
        grid = Grid(counts=(self.studs, self.rows, 1), steps=(p, p, 0.0))
        hollow = Box(size=(w - 2 * t, d - 2 * t, h - t))
        features: list[Cut | Join] = [
            Cut(shape=hollow, place=own()),
            Join(shape=knob, place=own(0, 0, h - 0.1), pattern=grid),
        ]
        if self.studs > 1 and self.rows > 1:
            tube = Cylinder(diameter=0.81 * p, inner_diameter=0.6 * p, height=h - 0.5 * t)
            inner = Grid(counts=(self.studs - 1, self.rows - 1, 1), steps=(p, p, 0.0))
            features.append(Join(shape=tube, place=own(), pattern=inner))
        return [Part("brick", worked(Box(size=(w, d, h)), *features), at(), "red plastic")]


class BowlingPin(Made):
    """A bowling pin with bands at its neck."""

    names = ("bowling pin", "skittle", "ninepin", "tenpin")
    height: float = Field(150, ge=15, le=1000)
    diameter: Annotated[float, said("width")] = Field(48, ge=5, le=500)
    bands: Annotated[int, said("stripes")] = Field(2, ge=0, le=3)
    follows = led("diameter", by="height") | led("height", by="diameter")

    def parts(self) -> list[Part]:
        """The body and its bands."""
        r, h = self.diameter / 2, self.height
        below(self, "diameter", h, "height")
        shape = [
            (0.5, 0),
            (0.62, 0.05),
            (1, 0.3),
            (0.62, 0.56),
            (0.4, 0.68),
            (0.52, 0.84),
            (0.5, 0.92),
            (0.3, 0.98),
            (0.06, 1),
        ]
        line = smooth(scaled(shape, r, h), 6)
        found = [Part("body", turned(line), own(), "white")]
        for k in range(self.bands):
            z = (0.62 + 0.05 * k) * h
            found.append(Part("band", bar(1.0 * r + 0.02 * r, 0.025 * h), at(z=z), "red", level(k, self.bands)))
        return found


class YoYo(Made):
    """A yo-yo: two discs on an axle."""

    names = ("yo-yo", "yo yo", "yoyo")
    diameter: float = Field(56, ge=8, le=300)
    width: Annotated[float, said("thickness", "depth")] = Field(34, ge=4, le=200)
    gap: float = Field(3, ge=0.8, le=50)
    yields = led("gap", by=("width", "diameter"))
    follows = led("width", by="diameter") | led("diameter", by="width")

    def parts(self) -> list[Part]:
        """Two halves and the axle, which lies along x."""
        below(self, "gap", 0.4 * self.width, "width")
        r, half = self.diameter / 2, (self.width - self.gap) / 2
        dish = turned(smooth([(0.97 * r, 0), (r, 0.12 * half), (0.86 * r, 0.6 * half), (0.4 * r, half)], 6))
        x = self.gap / 2
        return [
            Part("half", dish, own(x, 0, r, (0, 90, 0)), "blue", ("right",)),
            Part("half", dish, own(-x, 0, r, (0, -90, 0)), "blue", ("left",)),
            Part("axle", bar(0.22 * r, self.gap + half), at(0, 0, r - 0.11 * r, rotate=(0, 90, 0)), "beech"),
        ]


class Mushroom(Made):
    """A toadstool: a stem and a spotted cap."""

    names = ("mushroom", "toadstool")
    diameter: Annotated[float, said("width", "cap diameter")] = Field(80, ge=10, le=2000)
    height: float = Field(90, ge=10, le=2000)
    spots: Annotated[int, said("dots")] = Field(9, ge=0, le=24)
    follows = led("diameter", by="height") | led("height", by="diameter")

    def parts(self) -> list[Part]:
        """Stem, cap, spots."""
        r, h = self.diameter / 2, self.height
        below(self, "diameter", 2.5 * h, "height")
        cap = 0.48 * h
        base = h - cap
        stem = turned(smooth([(0.42 * r, 0), (0.34 * r, 0.3 * base), (0.28 * r, base + 0.3 * cap)], 8))
        dome = [(r * cos(pi / 2 * k / 20), cap * (0.12 + 0.88 * sin(pi / 2 * k / 20))) for k in range(20)]
        line = [(0.86 * r, 0.0), *dome, (0.02 * r, cap)]
        found = [Part("stem", stem, own(), "cream"), Part("cap", turned(line), own(0, 0, base), "red")]
        for k in range(self.spots):
            up = 0.5 * pi * (0.26 + 0.54 * ((k * 0.618) % 1.0))
            a = 2 * pi * ((k * 0.382) % 1.0) - pi / 2
            x, y = 0.97 * r * cos(up) * cos(a), 0.97 * r * cos(up) * sin(a)
            z = base + cap * (0.12 + 0.85 * sin(up)) - 0.09 * r
            found.append(Part("spot", Sphere(diameter=0.18 * r), at(x, y, min(z, h - 0.18 * r)), "white"))
        return found


class TeddyBear(Made):
    """A sitting teddy bear of round parts."""

    names = ("teddy bear", "teddy", "bear", "toy bear")
    height: float = Field(160, ge=20, le=2000)
    bow_tie: Annotated[bool, said("bow", "tie")] = False

    def parts(self) -> list[Part]:
        """Body, head, ears, snout, eyes, arms, legs."""
        h = self.height
        found = [
            Part("body", Ellipsoid(size=(0.5 * h, 0.44 * h, 0.56 * h)), at(0, 0.02 * h, 0), "caramel"),
            Part("belly", Ellipsoid(size=(0.34 * h, 0.2 * h, 0.4 * h)), at(0, -0.125 * h, 0.07 * h), "cream"),
            Part("head", Ellipsoid(size=(0.44 * h, 0.4 * h, 0.4 * h)), at(0, 0, 0.48 * h), "caramel"),
            Part("snout", Ellipsoid(size=(0.2 * h, 0.16 * h, 0.15 * h)), at(0, -0.19 * h, 0.55 * h), "cream"),
            Part("nose", Ellipsoid(size=(0.07 * h, 0.05 * h, 0.045 * h)), at(0, -0.265 * h, 0.635 * h), "black"),
        ]
        for side, s in (("right", -1), ("left", 1)):
            ear = at(s * 0.17 * h, 0.01 * h, h - 0.17 * h)
            found += [
                Part("ear", Ellipsoid(size=(0.17 * h, 0.09 * h, 0.17 * h)), ear, "caramel", (side,)),
                Part("eye", Sphere(diameter=0.05 * h), at(s * 0.09 * h, -0.172 * h, 0.7 * h), "black", (side,)),
                Part(
                    "arm",
                    Capsule(diameter=0.15 * h, height=0.36 * h),
                    at(s * 0.26 * h, -0.06 * h, 0.2 * h, rotate=(-25, s * 28, 0)),
                    "caramel",
                    (side,),
                ),
                Part(
                    "leg",
                    Capsule(diameter=0.18 * h, height=0.38 * h),
                    at(s * 0.19 * h, -0.22 * h, 0, rotate=(90, 0, s * 22)),
                    "caramel",
                    (side,),
                ),
            ]
        if self.bow_tie:
            for side, s in (("right", -1), ("left", 1)):
                place = own(0, -0.14 * h, 0.49 * h, (0, s * 90, 0))
                found.append(Part("bow", cone(0.03 * h, 0.12 * h, 0.12 * h), place, "red", (side,)))
        return found


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
    follows = led("rounding", "pip_diameter", by="size")

    def parts(self) -> list[Part]:
        """One piece; the pips are hollows."""
        s, r, d = self.size, self.rounding, self.pip_diameter
        below(self, "rounding", 0.35 * s, "size")
        below(self, "pip_diameter", 0.24 * s, "size")
        cube: Solid = Box(size=(s, s, s))
        if r > 0.05:
            cube = worked(cube, Fillet(radius=r, edges=("all",)))
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
    follows = led("diameter", by="height") | led("height", by="diameter")
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
        hollow = bar(0.92 * r, h)
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
    follows = led("depth", by="width") | led("width", by="depth")
    yields = led("thickness", by=("width", "depth"))

    def parts(self) -> list[Part]:
        """One piece; pips and line are hollows."""
        w, d, t = self.width, self.depth, self.thickness
        pip = 0.16 * min(w / 2, d)
        deep = min(0.25 * t, 0.3 * pip)
        cuts: list[tuple[Solid, Placement]] = [(Box(size=(0.03 * w, 0.8 * d, t)), own(0, 0, t - deep))]
        hole = bar(pip, t)
        for count, x in ((self.left, -w / 4), (self.right, w / 4)):
            step = 0.28 * min(w / 2, d)
            cuts += [(hole, own(x + b * step, a * step, t - deep)) for a, b in PIPS[count]]
        body = extruded(Rectangle(width=w, depth=d, corner_radius=0.08 * d), t)
        return [Part("tile", cut(body, *cuts), at(), "ivory")]


class PuzzlePiece(Made):
    """A piece of a jigsaw puzzle with two knobs and two sockets."""

    names = ("puzzle piece", "jigsaw piece", "jigsaw puzzle piece")
    size: Annotated[float, said("width", "length")] = Field(50, ge=8, le=1000)
    thickness: Annotated[float, said("height")] = Field(4, ge=0.8, le=100)
    yields = led("thickness", by="size")

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
        return [Part("piece", extruded(profile, t), at(), "blue")]
