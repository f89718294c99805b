"""Small household things: frames, clocks, hooks, what stands on a desk or table, what makes a room lived in."""

from __future__ import annotations

from math import cos, pi, radians, sin, tan
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import Made, Part, led, said
from wugan.apps.voice_to_3d.families.home.kit import (
    SIDEWAYS,
    SUNK,
    UPRIGHT,
    below,
    block,
    cut,
    on_circle,
    outline,
    own,
    polygon,
    require,
    rounded,
    sides,
    smooth,
    turned,
)
from wugan.apps.voice_to_3d.families.home.storage import hollow
from wugan.apps.voice_to_3d.families.solids import bar, extruded, worked
from wugan.apps.voice_to_3d.scene.placement import at
from wugan.apps.voice_to_3d.scene.profile import Circle, Combined, Offsetted, Piece, Profile, Rectangle, Text
from wugan.apps.voice_to_3d.scene.solid import Box, Compound, Cylinder, Fillet, Solid, Sphere, Sweep

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
    yields = led("frame_width", "depth", by=("width", "height"))
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
        found = [Part("frame", extruded(ring, self.depth), at(rotate=UPRIGHT), self.rim)]
        if self.back_panel:
            thin = 0.4 * self.depth
            # Let into the frame all round.
            panel = extruded(self._profile(self.width - 1.6 * b, self.height - 1.6 * b), thin)
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
    yields = led("depth", "rim_width", by="width")

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
            Part("case", extruded(ring, d), at(rotate=UPRIGHT), "black"),
            Part("face", extruded(free, face), at(0, d / 2 - face / 2, b, rotate=UPRIGHT), "white"),
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
        pin = bar(0.06 * w, 2.4 * layer)
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
    follows = led("width", "depth", by="height")
    yields = led("thickness", by=("height", "width", "depth"))

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
            found.append(Part("stay", extruded(shape, t), own(0, t / 2, 0, UPRIGHT), "oak"))
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
    yields = led("board_thickness", by=("width", "height", "depth")) | led(
        "hook_thickness", by=("height", "depth", "width")
    )

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
    follows = led("height", by="width") | led("width", by="height")
    yields = led("thickness", by=("width", "height"))

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
    follows = led("diameter", by="height")
    yields = led("bar_thickness", by=("diameter", "height"))

    def parts(self) -> list[Part]:
        """A dish, rings and upright bars."""
        t, r = self.bar_thickness, self.diameter / 2
        below(self, "bar_thickness", 0.2 * r, "diameter")
        below(self, "bar_thickness", 2 * pi * 0.8 * r / self.bars, "diameter", "bars")
        below(self, "bar_thickness", 0.05 * self.height, "height")
        ring = Cylinder(diameter=2 * r, inner_diameter=2 * (r - 1.5 * t), height=t)
        dish = cut(bar(2 * r, 3 * t), (bar(2 * (r - 1.5 * t), 3 * t), own(0, 0, t)))
        found = [Part("base", dish, at(), "black")]
        found += [
            Part("ring", ring, at(z=self.height - t), "black", ("top",)),
            Part("ring", ring, at(z=0.55 * self.height), "black", ("middle",)),
        ]
        for x, y in on_circle(self.bars, r - 0.75 * t):
            found.append(Part("bar", bar(t, self.height - 1.5 * t), at(x, y, t), "black"))
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
    follows = led("width", "depth", by="height")
    yields = led("wall_thickness", by=("width", "height", "depth")) | led("hole_diameter", by=("width", "height"))

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
            extruded(body, deep),
            (extruded(inside, deep - 2 * t), own(0, 0, t)),
            (bar(d, 3 * t), own(0, 0.45 * h, deep - 2 * t)),
        )
        found = [Part("body", shell, own(0, y0 + deep / 2, 0, UPRIGHT), "pine")]
        long = self.depth
        boards = polygon(
            (0, h), (-half, eaves + thick), (-half, eaves), (0, h - thick), (half, eaves), (half, eaves + thick)
        )
        roof = extruded(boards, long)
        found.append(Part("roof", roof, own(0, long / 2, 0, UPRIGHT), "dark red", ("top",)))
        if self.perch:
            thin = max(0.8, 0.2 * d)
            place = at(0, -self.depth / 2 + (out + t) / 2, 0.45 * h - 0.75 * d - thin / 2, "centre", (90, 0, 0))
            found.append(Part("perch", bar(thin, out + t), place, "oak", ("front",)))
        return found


Wall = Annotated[float, said("wall", "walls", "thickness")]


class PenHolder(Made):
    """A pen holder: a hollow prism, open at the top."""

    names = ("pen holder", "pencil holder", "pen pot", "pencil cup", "pen cup", "pencil pot", "brush pot")
    shape: Literal["round", "square", "hexagonal", "octagonal", "rectangular", "oval"] = "round"
    width: Annotated[float, said("diameter", "length")] = Field(80, ge=8, le=400)
    depth: float = Field(80, ge=8, le=400)
    height: float = Field(100, ge=8, le=500)
    wall_thickness: Wall = Field(3, ge=0.8, le=40)
    compartments: Annotated[int, said("sections")] = Field(1, ge=1, le=6)
    yields = led("wall_thickness", by=("width", "height"))

    def parts(self) -> list[Part]:
        """One piece, and walls between compartments."""
        t = self.wall_thickness
        below(self, "wall_thickness", 0.25 * min(self.width, self.depth), "width", "depth")
        below(self, "wall_thickness", 0.5 * self.height, "height")
        below(self, "wall_thickness", 0.5 * self.width / self.compartments, "width", "compartments")
        profile = outline(self.shape, self.width, self.depth, 0.06 * self.width)
        found = [Part("body", hollow(profile, self.height, t, t), at(), "white")]
        for k in range(1, self.compartments):
            x = -self.width / 2 + self.width * k / self.compartments
            share = 1 - (2 * x / self.width) ** 2
            long = self.depth * (share**0.5 if self.shape in ("round", "oval") else 1.0)
            if self.shape in ("hexagonal", "octagonal"):
                long = min(self.depth, 2 * self.depth * (1 - abs(2 * x / self.width)) + 0.3 * self.depth)
            found.append(block("divider", (t, long - t, 0.85 * self.height - t), x, 0, 0.5 * t, "white"))
        return found


class PhoneStand(Made):
    """A stand for a phone or tablet: a leaning back, a lip in front, a slot for the cable."""

    names = ("phone stand", "phone holder", "tablet stand", "smartphone stand", "book stand", "ipad stand")
    width: float = Field(75, ge=15, le=400)
    depth: float = Field(90, ge=20, le=400)
    height: float = Field(100, ge=15, le=400)
    thickness: Annotated[float, said("wall thickness")] = Field(5, ge=0.8, le=40)
    angle: Annotated[float, said("lean", "tilt")] = Field(65, ge=45, le=85)
    lip_height: Annotated[float, said("lip")] = Field(14, ge=1, le=100)
    slot_width: Annotated[float, said("cable slot", "slot")] = Field(14, ge=0, le=100)
    follows = led("width", "depth", "lip_height", by="height")
    yields = led("thickness", by=("width", "height", "depth")) | led("slot_width", by="width")

    def parts(self) -> list[Part]:
        """Foot, lip, back and slot in one piece."""
        t, h, d = self.thickness, self.height, self.depth
        below(self, "thickness", 0.15 * min(self.width, d, h), "width", "depth", "height")
        below(self, "slot_width", 0.7 * self.width, "width")
        below(self, "lip_height", 0.5 * h, "height")
        y0 = -d / 2
        a = radians(self.angle)
        foot = 0.22 * d
        run = (h - t) / tan(a)
        top = y0 + foot + run
        if top + t > d / 2:
            below(self, "height", t + (d * 0.78 - t) * tan(a), "depth", "angle", "thickness")
        wide = t / sin(a)
        profile = polygon(
            (y0, 0), (d / 2, 0), (d / 2, t), (y0 + foot + wide + t / tan(a), t),
            (top + wide, h), (top, h), (y0 + foot, t), (y0 + t, t), (y0 + t, max(t + self.lip_height, 1.2 * t)),
            (y0, max(t + self.lip_height, 1.2 * t)),
        )  # fmt: skip
        body: Solid = extruded(profile, self.width)
        stay_top = 0.6 * h
        y1 = y0 + foot + 0.5 * wide + (stay_top - t) / tan(a)
        stay = polygon(
            (y1, stay_top), (y0 + foot + 0.5 * wide, 0.5 * t), (d / 2 - t, 0.5 * t), (max(d / 2 - 2 * t, y1 + 0.1), t)
        )
        place = own(-self.width / 2, 0, 0, SIDEWAYS)
        if self.slot_width > 0.5:
            # In the profile's frame: x is the object's y, y its z, z its x.
            slot = extruded(Rectangle(width=foot, depth=0.5 * h), self.slot_width)
            middle = (self.width - self.slot_width) / 2
            body = cut(
                body,
                (slot, own(y0 + foot / 2, 0.25 * h + t, middle)),
                (slot, own(y0 + 0.75 * foot + t, 0.25 * h - 1, middle)),
            )
        rib = max(0.8, 0.6 * t)
        found = [Part("stand", body, place, "black plastic")]
        for side, x in (("left", -self.width / 2 + rib / 2), ("right", self.width / 2 - rib / 2)):
            found.append(Part("rib", extruded(stay, rib), own(x - rib / 2, 0, 0, SIDEWAYS), "black plastic", (side,)))
        return found


class ToothbrushHolder(Made):
    """A holder for toothbrushes: a cup with holes in its cover."""

    names = ("toothbrush holder", "toothbrush cup", "toothbrush stand", "makeup brush holder")
    shape: Literal["round", "square", "oval", "rectangular"] = "round"
    width: Annotated[float, said("diameter", "length")] = Field(80, ge=15, le=300)
    depth: float = Field(80, ge=15, le=300)
    height: float = Field(105, ge=15, le=300)
    wall_thickness: Wall = Field(3, ge=0.8, le=20)
    holes: Annotated[int, said("brushes", "toothbrushes")] = Field(4, ge=1, le=10)
    hole_diameter: float = Field(14, ge=2, le=60)
    yields = led("wall_thickness", "hole_diameter", by=("width", "height"))

    def parts(self) -> list[Part]:
        """The cup and its cover with holes."""
        t, short = self.wall_thickness, min(self.width, self.depth)
        below(self, "wall_thickness", 0.15 * short, "width", "depth")
        below(self, "wall_thickness", 0.2 * self.height, "height")
        profile = outline(self.shape, self.width, self.depth, 0.12 * short)
        found = [Part("body", hollow(profile, self.height - t, t, t), at(), "white ceramic")]
        r = 0.5 * short - t - 0.6 * self.hole_diameter
        if self.holes == 1:
            places = [(0.0, 0.0)]
            below(self, "hole_diameter", short - 2 * t - 1, "width", "depth", "wall_thickness")
        else:
            below(self, "hole_diameter", 0.5 * (short - 2 * t), "width", "depth", "wall_thickness")
            below(self, "hole_diameter", 2 * sin(pi / self.holes) * max(r, 0.01), "width", "holes")
            places = on_circle(self.holes, r, 45)
        bore = bar(self.hole_diameter, 3 * t)
        cover = cut(extruded(profile, t), *((bore, own(x, y, -t)) for x, y in places))
        return [*found, Part("cover", cover, at(z=self.height - t), "white ceramic")]


class SoapDish(Made):
    """A soap dish with a rim and slots to drain."""

    names = ("soap dish", "soap holder", "soap tray")
    shape: Literal["rectangular", "oval", "round", "square"] = "oval"
    width: Annotated[float, said("length", "diameter")] = Field(130, ge=15, le=400)
    depth: float = Field(90, ge=15, le=400)
    height: float = Field(24, ge=4, le=150)
    wall_thickness: Wall = Field(4, ge=0.8, le=30)
    slots: Annotated[int, said("drain slots", "holes")] = Field(4, ge=0, le=12)
    yields = led("wall_thickness", by=("width", "height"))

    def parts(self) -> list[Part]:
        """One piece."""
        t, short = self.wall_thickness, min(self.width, self.depth)
        below(self, "wall_thickness", 0.2 * short, "width", "depth")
        below(self, "wall_thickness", 0.5 * self.height, "height")
        dish = hollow(outline(self.shape, self.width, self.depth, 0.2 * short), self.height, t, t)
        cuts = []
        for k in range(self.slots):
            x = 0.6 * self.width * ((k + 0.5) / self.slots - 0.5)
            slot = Box(size=(0.3 * 0.6 * self.width / self.slots, 0.45 * self.depth, 3 * t))
            cuts.append((slot, own(x, 0, -t)))
        return [Part("dish", cut(dish, *cuts) if cuts else dish, at(), "white ceramic")]


class NamePlate(Made):
    """A plate with raised letters that stands or lies: name plate, sign, key tag."""

    names = ("name plate", "nameplate", "sign", "name tag", "plaque", "key tag", "label")
    text: Annotated[str, said("saying", "name", "words", "reading", "letters")] = Field(
        "HELLO", min_length=1, max_length=40
    )
    width: Annotated[float, said("length")] = Field(120, ge=10, le=2000)
    height: Annotated[float, said("depth")] = Field(40, ge=5, le=1000)
    thickness: float = Field(4, ge=0.8, le=100)
    letter_thickness: Annotated[float, said("letter height", "relief")] = Field(2, ge=0.4, le=50)
    corner_radius: float = Field(4, ge=0, le=200)
    hole: bool = False
    yields = led("thickness", "corner_radius", by=("width", "height"))

    def parts(self) -> list[Part]:
        """The plate, which lies flat, and the letters on it. `height` is the plate's side along y."""
        below(self, "corner_radius", 0.5 * min(self.width, self.height) + 1e-9, "width", "height")
        profile = outline("rectangular", self.width, self.height, self.corner_radius)
        plate: Solid = extruded(profile, self.thickness)
        room = 0.84 * self.width
        if self.hole:
            d = 0.25 * self.height
            x = -self.width / 2 + 0.9 * d
            plate = cut(plate, (bar(d, 3 * self.thickness), own(x, 0, -self.thickness)))
            room -= 2.4 * d
        size = min(0.5 * self.height, 1.15 * room / len(self.text))
        letters = extruded(Text(text=self.text, height=size), self.letter_thickness)
        x = (0.84 * self.width - room) / 2
        return [Part("plate", plate, at(), "oak"), Part("letter", letters, at(x, 0, self.thickness), "black")]


class Book(Made):
    """A closed book that lies flat: a cover about its pages."""

    names = ("book", "notebook", "diary")
    width: float = Field(150, ge=10, le=1000)
    depth: Annotated[float, said("length")] = Field(210, ge=10, le=1000)
    thickness: Annotated[float, said("height")] = Field(30, ge=3, le=300)
    cover_thickness: float = Field(2.5, ge=0.8, le=20)
    follows = led("width", by="depth") | led("depth", by="width")
    yields = led("thickness", by=("width", "depth")) | led("cover_thickness", by=("thickness", "width", "depth"))

    def parts(self) -> list[Part]:
        """Two boards, the spine at the left, and pages that stand back a little on the other sides."""
        w, d, t, c = self.width, self.depth, self.thickness, self.cover_thickness
        below(self, "cover_thickness", 0.35 * t, "thickness")
        below(self, "cover_thickness", 0.2 * min(w, d), "width", "depth")
        back = min(0.03 * min(w, d), 4.0)
        pages = (w - c - back + SUNK, d - 2 * back, t - 2 * c + 2 * SUNK)
        return [
            block("cover", (w, d, c), material="navy", tags=("bottom",)),
            block("cover", (w, d, c), 0, 0, t - c, "navy", ("top",)),
            block("spine", (c, d, t - 2 * c + 2 * SUNK), (c - w) / 2, 0, c - SUNK, "navy", ("left",)),
            block("page", pages, (c - back - SUNK) / 2, 0, c - SUNK, "ivory"),
        ]


class Television(Made):
    """A flat television on a foot."""

    names = ("television", "tv", "television set", "computer monitor", "computer screen")
    width: Annotated[float, said("length")] = Field(1100, ge=30, le=4000)
    height: float = Field(700, ge=25, le=3000)
    depth: float = Field(230, ge=8, le=800)
    screen_thickness: Annotated[float, said("thickness")] = Field(45, ge=2, le=200)
    stand: Annotated[bool, said("foot")] = True
    follows = led("height", by="width") | led("width", by="height")
    yields = led("depth", by=("width", "height")) | led("screen_thickness", by=("width", "height", "depth"))

    def parts(self) -> list[Part]:
        """Case, screen, neck and foot; it looks to the front. Without a foot the depth is that of the case."""
        w, h, t = self.width, self.height, self.screen_thickness
        below(self, "screen_thickness", 0.8 * self.depth, "depth")
        thick = t if self.stand else self.depth
        low = 0.1 * h if self.stand else 0.0
        rim = 0.02 * min(w, h)
        tall = h - low
        glass = min(2.0, 0.1 * thick)
        found = [
            block("case", (w, thick - glass, tall), 0, glass / 2, low, "black"),
            block("screen", (w - 2 * rim, thick / 2, tall - 2 * rim), 0, -thick / 4, low + rim, "dark blue"),
        ]
        if self.stand:
            foot = 0.25 * low
            found.append(block("neck", (0.12 * w, 0.6 * t, low), 0, 0.1 * t, 0.5 * foot, "black"))
            found.append(block("foot", (0.4 * w, self.depth, foot), material="black"))
        return found


class Rug(Made):
    """A rug that lies on the floor, with a border."""

    names = ("rug", "carpet", "floor mat", "doormat", "door mat")
    shape: Literal["rectangular", "square", "round", "oval"] = "rectangular"
    width: Annotated[float, said("diameter")] = Field(2000, ge=30, le=20000)
    depth: Annotated[float, said("length")] = Field(1400, ge=30, le=20000)
    thickness: Annotated[float, said("height")] = Field(12, ge=0.8, le=100)
    border: bool = True
    yields = led("thickness", by=("width", "depth"))

    def parts(self) -> list[Part]:
        """The field within the border, which is as thick."""
        w, d, t = self.width, self.depth, self.thickness
        below(self, "thickness", 0.3 * min(w, d), "width", "depth")
        if not self.border:
            return [Part("field", extruded(outline(self.shape, w, d), t), at(), "burgundy wool")]
        b = 0.07 * min(w, d)
        inside = outline(self.shape, w - 2 * b, d - 2 * b)
        rim = cut(extruded(outline(self.shape, w, d), t), (extruded(inside, t), at()))
        wider = outline(self.shape, w - 2 * b + 2 * SUNK, d - 2 * b + 2 * SUNK)
        return [
            Part("border", rim, at(), "cream wool"),
            Part("field", extruded(wider, 0.94 * t), at(), "burgundy wool"),
        ]


class Cushion(Made):
    """A cushion or pillow, soft at its edges."""

    names = ("cushion", "pillow", "throw pillow", "floor cushion", "seat cushion")
    shape: Literal["rectangular", "square", "round"] = "square"
    width: Annotated[float, said("length", "diameter")] = Field(450, ge=10, le=3000)
    depth: float = Field(450, ge=10, le=3000)
    thickness: Annotated[float, said("height")] = Field(130, ge=4, le=1000)
    yields = led("thickness", by=("width", "depth"))

    def parts(self) -> list[Part]:
        """One piece."""
        w, d, t = self.width, self.depth, self.thickness
        below(self, "thickness", 0.95 * min(w, d), "width", "depth")
        return [Part("cushion", _soft(self.shape, w, d, t, 0.42 * t), at(), "light grey fabric")]


class Mattress(Made):
    """A mattress with rounded edges."""

    names = ("mattress", "futon")
    width: float = Field(900, ge=20, le=3000)
    depth: Annotated[float, said("length")] = Field(2000, ge=20, le=3000)
    thickness: Annotated[float, said("height")] = Field(200, ge=4, le=800)
    yields = led("thickness", by=("width", "depth"))

    def parts(self) -> list[Part]:
        """One piece."""
        below(self, "thickness", 0.95 * min(self.width, self.depth), "width", "depth")
        body = _soft("rectangular", self.width, self.depth, self.thickness, 0.2 * self.thickness)
        return [Part("mattress", body, at(), "white cotton")]


class Aquarium(Made):
    """A fish tank of glass, open at the top, with gravel and water if they are wanted."""

    names = ("aquarium", "fish tank", "terrarium")
    width: Annotated[float, said("length")] = Field(800, ge=20, le=5000)
    depth: float = Field(350, ge=20, le=3000)
    height: float = Field(400, ge=20, le=3000)
    wall_thickness: Annotated[float, said("glass thickness", "thickness", "wall")] = Field(8, ge=0.8, le=100)
    gravel: Annotated[bool, said("sand")] = False
    water: bool = False
    yields = led("wall_thickness", by=("width", "depth", "height"))

    def parts(self) -> list[Part]:
        """The tank, gravel on its floor, and water up to nine tenths."""
        w, d, h, t = self.width, self.depth, self.height, self.wall_thickness
        below(self, "wall_thickness", 0.2 * min(w, d, h), "width", "depth", "height")
        inside = (w - 2 * t + 2 * SUNK, d - 2 * t + 2 * SUNK)
        tank = cut(Box(size=(w, d, h)), (Box(size=(w - 2 * t, d - 2 * t, h)), at(z=t)))
        found = [Part("tank", tank, at(), "glass")]
        low = t - SUNK
        if self.gravel:
            found.append(block("gravel", (*inside, 0.1 * h), 0, 0, low, "tan"))
            low += 0.1 * h - SUNK
        if self.water:
            found.append(block("water", (*inside, 0.9 * h - low), 0, 0, low, "translucent light blue"))
        return found


class HatStand(Made):
    """A hat or coat stand: a pole on a foot with pegs about its top."""

    names = ("hat stand", "coat stand", "hatstand", "coat tree", "hall tree", "clothes stand")
    height: float = Field(1750, ge=60, le=3000)
    foot_diameter: Annotated[float, said("base diameter", "diameter", "width")] = Field(400, ge=20, le=1500)
    pole_diameter: Annotated[float, said("pole thickness", "thickness")] = Field(40, ge=2, le=200)
    pegs: Annotated[int, said("hooks", "arms")] = Field(6, ge=1, le=16)
    peg_length: float = Field(150, ge=5, le=600)
    yields = led("foot_diameter", by="height") | led("pole_diameter", "peg_length", by=("height", "foot_diameter"))

    def parts(self) -> list[Part]:
        """Foot, pole with its knob, and pegs that rise outwards, the first one to the right."""
        h, r, p = self.height, self.foot_diameter / 2, self.pole_diameter / 2
        below(self, "pole_diameter", 0.6 * self.foot_diameter, "foot_diameter")
        below(self, "peg_length", 0.25 * h, "height")
        require(
            self,
            self.peg_length > 1.6 * p,
            f"peg_length ({self.peg_length:g}) does not leave the pole ({2 * p:g} thick)",
        )
        foot, thick = 0.02 * h, max(0.8, 0.5 * p)
        found = [
            Part("foot", turned([(r, 0.0), (r, 0.7 * foot), (0.9 * r, foot)]), own(), "walnut"),
            Part("pole", bar(2 * p, 0.97 * h - foot), at(z=0.5 * foot), "walnut"),
            Part(
                "knob",
                turned(smooth([(0.6 * p, 0.94 * h), (1.3 * p, 0.98 * h), (0.3 * p, h)], pieces=5)),
                own(),
                "walnut",
            ),
        ]
        out, low = self.peg_length, 0.9 * h
        for n, (x, y) in enumerate(on_circle(self.pegs, 1.0)):
            z = low - (0.06 * h if n % 2 and self.pegs % 2 == 0 else 0.0)  # every other one lower, so that hats fit
            path = ((0.2 * p * x, 0.2 * p * y, z - 0.2 * out), (out * x, out * y, z + 0.3 * out))
            tags = (("left",) if x < -0.1 else ("right",) if x > 0.1 else ()) + (
                ("front",) if y < -0.1 else ("back",) if y > 0.1 else ()
            )
            found.append(Part("peg", Sweep(profile=Circle(diameter=2 * thick), path=path), own(), "walnut", tags))
        return found


class MonitorRiser(Made):
    """A riser for a monitor: a top on two panels."""

    names = ("monitor riser", "monitor stand", "desk riser", "screen riser")
    width: Annotated[float, said("length")] = Field(550, ge=30, le=2000)
    depth: float = Field(240, ge=20, le=1000)
    height: float = Field(120, ge=10, le=800)
    top_thickness: Annotated[float, said("thickness")] = Field(18, ge=0.8, le=100)
    panel_thickness: Annotated[float, said("side thickness", "leg thickness")] = Field(18, ge=0.8, le=100)
    yields = led("top_thickness", by=("height", "width", "depth")) | led(
        "panel_thickness", by=("width", "height", "depth")
    )

    def parts(self) -> list[Part]:
        """The top, and a panel under each end."""
        w, d, h, t, p = self.width, self.depth, self.height, self.top_thickness, self.panel_thickness
        below(self, "top_thickness", 0.6 * h, "height")
        below(self, "panel_thickness", 0.25 * w, "width")
        low = h - t + SUNK
        return [
            block("top", (w, d, t), 0, 0, h - t, "bamboo"),
            block("panel", (p, d, low), (p - w) / 2, material="bamboo", tags=("left",)),
            block("panel", (p, d, low), (w - p) / 2, material="bamboo", tags=("right",)),
        ]


def _soft(shape: str, width: float, depth: float, thick: float, edge: float) -> Compound:
    """A block or disc with rounded corners, its upper and lower edges rounded by `edge` mm."""
    radius = 0.12 * min(width, depth)
    if shape == "round":
        body = extruded(Circle(diameter=width), thick)
    else:
        body = rounded(width, depth, thick, max(radius, 1.02 * edge))
    return worked(body, Fillet(radius=edge, edges=("top", "bottom")))


class MugTree(Made):
    """A stand for mugs: a pole on a round base with branches that rise outwards."""

    names = ("mug tree", "cup tree", "mug stand", "cup stand", "mug holder", "jewellery tree", "jewelry tree")
    height: float = Field(350, ge=30, le=1500)
    diameter: Annotated[float, said("base", "base diameter", "foot diameter", "width")] = Field(150, ge=10, le=800)
    pole_diameter: Annotated[float, said("pole thickness", "thickness")] = Field(24, ge=1.5, le=200)
    branches: Annotated[int, said("arms", "pegs", "hooks")] = Field(6, ge=1, le=24)
    branch_length: Annotated[float, said("arm length")] = Field(70, ge=3, le=400)
    follows = led("diameter", by="height")
    yields = led("pole_diameter", "branch_length", by=("height", "diameter"))

    def parts(self) -> list[Part]:
        """Base, pole and branches; those of odd number sit lower, so that mugs do not touch."""
        h, p, out = self.height, self.pole_diameter, self.branch_length
        below(self, "pole_diameter", 0.6 * self.diameter, "diameter")
        below(self, "branch_length", 0.5 * self.diameter + 1e-6, "diameter")
        low = max(1.0, 0.05 * h)
        thick = max(0.8, 0.4 * p)
        found = [
            Part("base", bar(self.diameter, low), at(), "beech"),
            Part("pole", bar(p, h - low + SUNK), at(z=low - SUNK), "beech"),
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
    yields = led("height", "border", by="width")

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
    follows = (
        led("width", by=("height", "crown_diameter"))
        | led("height", by=("width", "crown_diameter"))
        | led("crown_diameter", by=("width", "height"))
    )

    def parts(self) -> list[Part]:
        """Brim, crown and band."""
        below(self, "crown_diameter", 0.95 * self.width, "width")
        h, r = self.height, self.crown_diameter / 2
        brim = max(0.8, 0.06 * h)
        crown = turned(smooth([(r, 0.5 * brim), (0.98 * r, 0.7 * h), (0.8 * r, 0.96 * h), (0.4 * r, h)], pieces=6))
        found = [Part("brim", bar(self.width, brim), at(), "black"), Part("crown", crown, own(), "black")]
        if self.band:
            ring = Cylinder(diameter=2.06 * r, height=0.18 * h, inner_diameter=1.8 * r)
            found.append(Part("band", ring, at(z=0.9 * brim), "red"))
        return found
