"""Small household things: frames, mirror, clock, bookend, coat hook, hanger, umbrella stand, bird house."""

from __future__ import annotations

from math import cos, pi, sin
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import Part, said
from wugan.apps.voice_to_3d.families.home.kit import UPRIGHT, below, block, cut, on_circle, outline, own, polygon
from wugan.apps.voice_to_3d.families.home.lathe import smooth, turned
from wugan.apps.voice_to_3d.families.home.made import Made, Sizes
from wugan.apps.voice_to_3d.scene.placement import at
from wugan.apps.voice_to_3d.scene.profile import Circle, Combined, Offsetted, Piece, Profile
from wugan.apps.voice_to_3d.scene.solid import Box, Cylinder, Extrude, Sphere, Sweep

Upright = Literal["rectangular", "square", "round", "oval"]


class PictureFrame(Made):
    """A picture frame that stands upright: a moulding, the picture behind glass, and a stand if it is wanted."""

    names = ("picture frame", "photo frame", "frame", "painting")
    shape: Upright = "rectangular"
    width: float = Field(180, ge=10, le=3000)
    height: float = Field(240, ge=10, le=3000)
    depth: Annotated[float, said("thickness")] = Field(20, ge=1.5, le=200)
    frame_width: Annotated[float, said("border", "border width", "moulding width")] = Field(22, ge=1, le=400)
    back_panel: Annotated[bool, said("picture", "photo")] = True
    miniature: ClassVar[float] = 0.4
    yields: ClassVar[Sizes] = {"frame_width": ("width", "height"), "depth": ("width", "height")}
    even: ClassVar[tuple[str, str] | None] = ("width", "height")
    role: ClassVar[str] = "picture"
    pane: ClassVar[str] = "sky blue"
    rim: ClassVar[str] = "walnut"

    def parts(self) -> list[Part]:
        """The frame and what it holds; the front is at -y."""
        b = self.frame_width
        below(self, "frame_width", 0.45 * min(self.width, self.height), "width", "height")
        profile = self._profile(self.width, self.height)
        hole = self._profile(self.width - 2 * b, self.height - 2 * b)
        ring = Combined(add=(Piece(profile=profile),), cut=(Piece(profile=hole),))
        found = [Part("frame", Extrude(profile=ring, height=self.depth), at(rotate=UPRIGHT), self.rim)]
        if self.back_panel:
            thin = 0.4 * self.depth
            # Let into the frame all round.
            panel = Extrude(profile=self._profile(self.width - 1.6 * b, self.height - 1.6 * b), height=thin)
            found.append(Part(self.role, panel, at(0, 0.2 * self.depth, 0.8 * b, rotate=UPRIGHT), self.pane))
        return found

    def _profile(self, width: float, height: float) -> Profile:
        return outline(self.shape, width, height)


class Mirror(PictureFrame):
    """A mirror in a frame that stands upright: rectangular, square, round or oval."""

    names = ("mirror", "wall mirror", "standing mirror", "vanity mirror")
    shape: Upright = "oval"
    width: Annotated[float, said("diameter")] = Field(500, ge=10, le=3000)
    height: float = Field(700, ge=10, le=3000)
    depth: Annotated[float, said("thickness")] = Field(25, ge=1.5, le=200)
    frame_width: Annotated[float, said("border", "border width", "moulding width")] = Field(35, ge=1, le=400)
    back_panel: Annotated[bool, said("glass")] = True
    role: ClassVar[str] = "glass"
    pane: ClassVar[str] = "mirror"
    rim: ClassVar[str] = "brass"


class Clock(Made):
    """A wall clock: a case, a face with marks, and hands."""

    names = ("clock", "wall clock", "kitchen clock")
    shape: Literal["round", "square"] = "round"
    width: Annotated[float, said("diameter", "height")] = Field(300, ge=15, le=2000)
    depth: Annotated[float, said("thickness")] = Field(40, ge=2, le=300)
    marks: Annotated[int, said("numbers", "ticks")] = Field(12, ge=0, le=60)
    hour: Annotated[float, said("o'clock")] = Field(10, ge=0, le=12)
    minute: float = Field(10, ge=0, le=60)
    rim_width: Annotated[float, said("frame width", "rim")] = Field(15, ge=0.8, le=200)
    miniature: ClassVar[float] = 0.4
    even: ClassVar[tuple[str, str] | None] = None  # it stands upright: the depth is a thickness
    yields: ClassVar[Sizes] = {"depth": ("width",), "rim_width": ("width",)}

    def parts(self) -> list[Part]:
        """Case, rim, face, marks and hands; the face looks to the front, the clock stands upright."""
        w, d, b = self.width, self.depth, self.rim_width
        below(self, "rim_width", 0.3 * w, "width")
        below(self, "depth", w, "width")
        full, free = outline(self.shape, w, w), outline(self.shape, w - 2 * b, w - 2 * b)
        ring = Combined(add=(Piece(profile=full),), cut=(Piece(profile=free),))
        y0, layer = -d / 2, 0.1 * d
        face = 0.5 * d
        found = [
            Part("case", Extrude(profile=ring, height=d), at(rotate=UPRIGHT), "black"),
            Part("face", Extrude(profile=free, height=face), at(0, d / 2 - face / 2, b, rotate=UPRIGHT), "white"),
        ]
        front, middle = y0 + d - face, w / 2
        radius = (w / 2 - b) * 0.84
        for k in range(self.marks):
            a = 2 * pi * k / self.marks
            big = self.marks <= 12 or k % 5 == 0
            size = (0.022 * w, layer, (0.07 if big else 0.035) * w)
            x, z = radius * sin(a), middle + radius * cos(a)
            place = at(x, front - layer / 2, z, "centre", (0.0, 360 * k / self.marks, 0.0))
            found.append(Part("mark", Box(size=size), place, "black"))
        reach = w / 2 - b
        hands = (
            ("hour hand", 0.5, 0.03, 30 * (self.hour + self.minute / 60)),
            ("minute hand", 0.78, 0.02, 6 * self.minute),
        )
        for n, (role, share, wide, angle) in enumerate(hands):
            long, out = share * reach, layer * (1.0 + n)
            a = angle * pi / 180
            x, z = 0.42 * long * sin(a), middle + 0.42 * long * cos(a)
            place = at(x, front - out / 2, z, "centre", (0.0, angle % 360, 0.0))
            found.append(Part(role, Box(size=(wide * w, out, 1.16 * long)), place, "black"))
        pin = Cylinder(diameter=0.06 * w, height=2.4 * layer)
        found.append(Part("pin", pin, at(0, front - 1.2 * layer, middle, "centre", (90, 0, 0)), "brass"))
        return found


class Bookend(Made):
    """A bookend: an upright on a foot, with a stay between them."""

    names = ("bookend", "book end", "book stop")
    width: float = Field(120, ge=10, le=500)
    depth: float = Field(100, ge=10, le=500)
    height: float = Field(160, ge=10, le=600)
    thickness: Annotated[float, said("wall thickness")] = Field(8, ge=0.8, le=60)
    stay: Annotated[bool, said("rib", "gusset")] = True
    follows: ClassVar[Sizes] = {"width": ("height",), "depth": ("height",)}
    yields: ClassVar[Sizes] = {"thickness": ("height", "width", "depth")}

    def parts(self) -> list[Part]:
        """Upright at the left, foot to the right, a triangular stay in the middle."""
        t = self.thickness
        below(self, "thickness", 0.3 * min(self.width, self.height, self.depth), "width", "height", "depth")
        x = -self.width / 2
        found = [
            block("upright", (t, self.depth, self.height), x + t / 2, material="oak"),
            block("foot", (self.width, self.depth, t), material="oak"),
        ]
        if self.stay:
            shape = polygon((x + t / 2, t / 2), (x + 0.8 * self.width, t / 2), (x + t / 2, 0.8 * self.height))
            found.append(Part("stay", Extrude(profile=shape, height=t), own(0, t / 2, 0, UPRIGHT), "oak"))
        return found


class CoatHook(Made):
    """A coat hook, or several on a board."""

    names = ("coat hook", "coat rack", "wall hook", "hat rack", "key rack", "hook rail", "coat peg")
    width: Annotated[float, said("length")] = Field(450, ge=10, le=2500)
    height: float = Field(110, ge=10, le=500)
    depth: Annotated[float, said("reach")] = Field(80, ge=8, le=400)
    hooks: Annotated[int, said("pegs")] = Field(4, ge=1, le=15)
    board_thickness: Annotated[float, said("thickness")] = Field(18, ge=0.8, le=80)
    hook_thickness: Annotated[float, said("hook diameter", "peg diameter")] = Field(14, ge=0.8, le=60)
    style: Literal["hook", "peg"] = "hook"
    yields: ClassVar[Sizes] = {
        "board_thickness": ("width", "height", "depth"),
        "hook_thickness": ("height", "depth", "width"),
    }

    def parts(self) -> list[Part]:
        """The board at the back and hooks from left to right."""
        b, t, h = self.board_thickness, self.hook_thickness, self.height
        below(self, "board_thickness", 0.5 * self.depth, "depth")
        below(self, "hook_thickness", 0.22 * h, "height")
        below(self, "hook_thickness", 0.25 * (self.depth - b), "depth", "board_thickness")
        below(self, "hook_thickness", 0.5 * self.width / self.hooks, "width", "hooks")
        y0 = self.depth / 2 - b
        found = [block("board", (self.width, b, h), 0, self.depth / 2 - b / 2)]
        y1 = -self.depth / 2 + t / 2
        for k in range(self.hooks):
            x = -self.width / 2 + self.width * (k + 0.5) / self.hooks
            tags = () if abs(x) < 1e-9 else ("left",) if x < 0 else ("right",)
            if self.style == "peg":
                out = self.depth - b
                peg = turned(
                    smooth([(0.4 * t, -0.3 * b), (0.35 * t, 0.6 * out), (0.55 * t, 0.85 * out), (0.3 * t, out)], 5)
                )
                found.append(Part("peg", peg, own(x, y0, 0.5 * h, (90, 0, 0)), "oak", tags))
                continue
            low, high = max(0.25 * h, 0.6 * t), 0.62 * h
            bend = min(0.4 * (high - low), 0.45 * (y0 - y1))
            path = ((x, y0 + 0.3 * b, low), (x, y1, low), (x, y1, high))
            found.append(
                Part("hook", Sweep(profile=Circle(diameter=t), path=path, bend_radius=bend), own(), "black steel", tags)
            )
            found.append(Part("hook tip", Sphere(diameter=t), at(x, y1, high - t / 2), "black steel", tags))
        return found


class Hanger(Made):
    """A clothes hanger with a hook, and a bar if it is wanted."""

    names = ("hanger", "coat hanger", "clothes hanger")
    width: float = Field(430, ge=30, le=800)
    height: float = Field(230, ge=20, le=500)
    thickness: Annotated[float, said("diameter", "depth")] = Field(10, ge=0.8, le=40)
    hanger_bar: Annotated[bool, said("trouser bar", "bar")] = True
    follows: ClassVar[Sizes] = {"height": ("width",), "width": ("height",)}
    yields: ClassVar[Sizes] = {"thickness": ("width", "height")}

    def parts(self) -> list[Part]:
        """Shoulders, bar, hook. It hangs upright."""
        t = self.thickness
        below(self, "thickness", 0.06 * min(self.width, self.height), "width", "height")
        x, low, neck = self.width / 2 - t / 2, t / 2, 0.48 * self.height
        path = ((-x, 0, low), (0, 0, neck), (x, 0, low))
        found = [
            Part(
                "shoulder", Sweep(profile=Circle(diameter=t), path=path, bend_radius=0.06 * self.width), own(), "walnut"
            )
        ]
        for a in (-x, x):
            found.append(Part("end", Sphere(diameter=t), at(a, 0, 0), "walnut", ("left",) if a < 0 else ("right",)))
        if self.hanger_bar:
            bar = Cylinder(diameter=0.8 * t, height=2 * x)
            found.append(Part("bar", bar, at(0, 0, 0.1 * t, rotate=(0, 90, 0)), "walnut"))
        r = 0.16 * self.height
        thin = 0.55 * t
        step = pi / 16.5  # a level piece in the middle, so that the height is met exactly
        middle = self.height - r * cos(step / 2) - thin / 2
        arc = [(r * cos(a), 0.0, middle + r * sin(a)) for a in (pi / 2 + step * (7.5 - k) for k in range(24))]
        arc.append((0.0, 0.0, middle - r))
        hook = Sweep(profile=Circle(diameter=thin), path=(*arc, (0.0, 0.0, neck - 0.9 * t - 0.02 * self.width)))
        return [*found, Part("hook", hook, own(), "steel")]


class UmbrellaStand(Made):
    """A stand for umbrellas: a tall open container with a ring of holes or bars."""

    names = ("umbrella stand", "umbrella holder")
    diameter: Annotated[float, said("width")] = Field(240, ge=20, le=800)
    height: float = Field(550, ge=40, le=1200)
    bars: int = Field(12, ge=3, le=40)
    bar_thickness: Annotated[float, said("thickness", "bar diameter")] = Field(10, ge=0.8, le=60)
    follows: ClassVar[Sizes] = {"diameter": ("height",)}
    yields: ClassVar[Sizes] = {"bar_thickness": ("diameter", "height")}

    def parts(self) -> list[Part]:
        """A dish, rings and upright bars."""
        t, r = self.bar_thickness, self.diameter / 2
        below(self, "bar_thickness", 0.2 * r, "diameter")
        below(self, "bar_thickness", 2 * pi * 0.8 * r / self.bars, "diameter", "bars")
        below(self, "bar_thickness", 0.05 * self.height, "height")
        ring = Cylinder(diameter=2 * r, inner_diameter=2 * (r - 1.5 * t), height=t)
        dish = cut(
            Cylinder(diameter=2 * r, height=3 * t), (Cylinder(diameter=2 * (r - 1.5 * t), height=3 * t), own(0, 0, t))
        )
        found = [Part("base", dish, at(), "black")]
        found += [
            Part("ring", ring, at(z=self.height - t), "black", ("top",)),
            Part("ring", ring, at(z=0.55 * self.height), "black", ("middle",)),
        ]
        for x, y in on_circle(self.bars, r - 0.75 * t):
            found.append(Part("bar", Cylinder(diameter=t, height=self.height - 1.5 * t), at(x, y, t), "black"))
        return found


class BirdHouse(Made):
    """A bird house with a round entrance, a perch and a gabled roof."""

    names = ("bird house", "birdhouse", "nesting box", "nest box", "bird box")
    width: float = Field(180, ge=30, le=800)
    depth: float = Field(200, ge=30, le=800)
    height: float = Field(260, ge=40, le=1000)
    wall_thickness: Annotated[float, said("walls", "wall")] = Field(12, ge=0.8, le=50)
    hole_diameter: Annotated[float, said("entrance", "entrance diameter")] = Field(38, ge=5, le=200)
    perch: bool = True
    follows: ClassVar[Sizes] = {"width": ("height",), "depth": ("height",)}
    yields: ClassVar[Sizes] = {
        "wall_thickness": ("width", "height", "depth"),
        "hole_diameter": ("width", "height"),
    }

    def parts(self) -> list[Part]:
        """A hollow body, two roof boards and the perch."""
        t, d, h = self.wall_thickness, self.hole_diameter, self.height
        below(self, "wall_thickness", 0.12 * min(self.width, self.depth, h), "width", "depth", "height")
        below(self, "hole_diameter", 0.5 * min(self.width, h) - 2 * t, "width", "height", "wall_thickness")
        out = 2 * d * 0.5 if self.perch else 0.5 * t
        w, deep = self.width - 3 * t, self.depth - out - 0.5 * t
        below(self, "hole_diameter", 0.5 * self.depth, "depth")
        y0 = (out - 0.5 * t) / 2
        slope = 0.42 * h
        # The boards' upper edge meets at the ridge, their lower one hangs 1.5 t beyond the walls.
        eaves, half = h - slope, self.width / 2
        rise = slope / half
        thick = t * (1 + rise**2) ** 0.5
        wall_top = h - thick - rise * w / 2
        gable, side = h - 0.5 * thick, wall_top + 0.5 * thick
        body = polygon((-w / 2, 0), (w / 2, 0), (w / 2, side), (0, gable), (-w / 2, side))
        inside = Offsetted(profile=body, by=-t, round=False)
        shell = cut(
            Extrude(profile=body, height=deep),
            (Extrude(profile=inside, height=deep - 2 * t), own(0, 0, t)),
            (Cylinder(diameter=d, height=3 * t), own(0, 0.45 * h, deep - 2 * t)),
        )
        found = [Part("body", shell, own(0, y0 + deep / 2, 0, UPRIGHT), "pine")]
        long = self.depth
        boards = polygon(
            (0, h), (-half, eaves + thick), (-half, eaves), (0, h - thick), (half, eaves), (half, eaves + thick)
        )
        roof = Extrude(profile=boards, height=long)
        found.append(Part("roof", roof, own(0, long / 2, 0, UPRIGHT), "dark red", ("top",)))
        if self.perch:
            thin = max(0.8, 0.2 * d)
            place = at(0, -self.depth / 2 + (out + t) / 2, 0.45 * h - 0.75 * d - thin / 2, "centre", (90, 0, 0))
            found.append(Part("perch", Cylinder(diameter=thin, height=out + t), place, "oak", ("front",)))
        return found
