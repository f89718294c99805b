"""Kitchen, bath and shed: boards, cutlery, appliances, bathtub, toolbox, barrel."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import Made, Part, Sizes, led, said
from wugan.apps.voice_to_3d.families.home.kit import (
    SUNK,
    below,
    block,
    cut,
    inner,
    outline,
    own,
    polygon,
    radius_at,
    require,
    rounded,
    smooth,
    turned,
    vessel,
)
from wugan.apps.voice_to_3d.families.solids import bar, extruded, worked
from wugan.apps.voice_to_3d.scene.placement import at
from wugan.apps.voice_to_3d.scene.profile import Circle, Combined, Ellipse, Piece, Profile, Rectangle, Slot
from wugan.apps.voice_to_3d.scene.solid import Common, Ellipsoid, Revolve, Solid, Sphere, Sweep

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
    yields = led("thickness", "corner_radius", by=("width", "depth"))

    def parts(self) -> list[Part]:
        """One piece."""
        short = min(self.width, self.depth)
        below(self, "thickness", 0.5 * short, "width", "depth")
        below(self, "corner_radius", 0.5 * short + 1e-9, "width", "depth")
        board: Solid = extruded(outline(self.shape, self.width, self.depth, self.corner_radius), self.thickness)
        holes = []
        if self.groove:
            edge, wide = 0.06 * short, 0.03 * short
            outer = outline(self.shape, self.width - 2 * edge, self.depth - 2 * edge, 0.8 * self.corner_radius)
            hole = outline(
                self.shape, self.width - 2 * (edge + wide), self.depth - 2 * (edge + wide), 0.6 * self.corner_radius
            )
            ring = Combined(add=(Piece(profile=outer),), cut=(Piece(profile=hole),))
            holes.append((extruded(ring, self.thickness), own(0, 0, 0.75 * self.thickness)))
        if self.hole:
            slot = extruded(Slot(length=0.12 * self.depth, width=0.05 * short), 3 * self.thickness)
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
    follows = led("handle_length", by="length") | led("handle_diameter", by="diameter")

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
    follows = (
        led("height", by="diameter")
        | led("diameter", by="height")
        | led("spout_length", by=("height", "diameter"))
        | led("spout_diameter", by=("diameter", "height"))
    )
    yields = led("wall_thickness", by=("diameter", "height"))

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
    yields = led("thickness", by="width")

    def parts(self) -> list[Part]:
        """One piece."""
        below(self, "thickness", 0.4 * self.width, "width")
        board: Solid = extruded(outline(self.shape, self.width, self.depth, 0.1 * self.width), self.thickness)
        if self.rim:
            wide = max(0.8, 0.05 * self.width)
            hole = outline(self.shape, self.width - 2 * wide, self.depth - 2 * wide, 0.08 * self.width)
            board = cut(board, (extruded(hole, self.thickness), own(0, 0, 0.6 * self.thickness)))
        return [Part("coaster", board, at(), "cork")]


class EggCup(Made):
    """An egg cup: a cup on a foot."""

    names = ("egg cup", "eggcup", "egg holder")
    diameter: Annotated[float, said("width")] = Field(50, ge=10, le=200)
    height: float = Field(65, ge=10, le=300)
    wall_thickness: Thick = Field(3, ge=0.8, le=20)
    follows = led("height", by="diameter") | led("diameter", by="height")
    yields = led("wall_thickness", by=("diameter", "height"))

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
    yields = led("thickness", by=("width", "depth", "height"))

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
            panel = extruded(profile, t)
            found.append(Part("panel", panel, own(0, y + t / 2, 0.5 * t, (90, 0, 0)), "oak", tags))
        return found


class _Cutlery(Made):
    length: float = Field(200, ge=20, le=800)
    width: float = Field(42, ge=4, le=200)
    thickness: float = Field(2.5, ge=0.8, le=20)
    handle_width: float = Field(20, ge=2, le=150)
    follows = led("width", "handle_width", by="length")
    yields = led("thickness", by="length")

    def _check(self) -> None:
        below(self, "width", 0.4 * self.length, "length")
        below(self, "handle_width", 1.3 * self.width, "width")
        below(self, "thickness", 0.5 * self.handle_width, "handle_width")

    def _grip(self, head: float) -> Profile:
        """The handle's outline, from the left end to the head that begins `head` mm from the right end."""
        x0, x1, h = -self.length / 2, self.length / 2 - head, self.handle_width / 2
        neck = max(0.4 * h, 0.6 * self.thickness)
        points = [(x0 + 0.15 * h, -0.7 * h), (x0, 0.0), (x0 + 0.15 * h, 0.7 * h), (x0 + 0.6 * h, h), (x0 + 2 * h, h)]
        if x0 + 2 * h >= x1 - h:
            points = points[:3]
        points += [(x1 - 0.5 * h, neck), (x1 + 0.3 * head, neck), (x1 + 0.3 * head, -neck), (x1 - 0.5 * h, -neck)]
        return polygon(*points, *([(x0 + 2 * h, -h), (x0 + 0.6 * h, -h)] if len(points) > 7 else []))


class Spoon(_Cutlery):
    """A spoon with a hollow bowl; it lies along x, the bowl to the right."""

    names = ("spoon", "teaspoon", "tablespoon", "soup spoon", "wooden spoon")
    bowl_depth: Annotated[float, said("depth")] = Field(9, ge=1, le=60)
    follows: ClassVar[Sizes] = {**_Cutlery.follows, "bowl_depth": ("length",)}

    def parts(self) -> list[Part]:
        """The bowl, a hollow half egg, and the handle level with its rim. The height is the bowl's depth."""
        self._check()
        t, w, deep = self.thickness, self.width, self.bowl_depth
        long = min(1.5 * w, 0.45 * self.length)
        below(self, "thickness", 0.6 * deep, "bowl_depth")
        below(self, "thickness", 0.2 * w, "width")
        outer = Ellipsoid(size=(long, w, 2 * deep))
        inside = Ellipsoid(size=(long - 2 * t, w - 2 * t, 2 * (deep - t)))
        lower = Common(shape=_slab(long * 1.1, w * 1.1, deep), place=own())
        half = worked(outer, lower)
        bowl = cut(half, (inside, own(0, 0, t)))
        middle = self.length / 2 - long / 2
        handle = extruded(self._grip(long), t)
        grip = cut(handle, (inside, own(middle, 0, 2 * t - deep - t)))
        return [Part("bowl", bowl, at(middle), "steel"), Part("handle", grip, own(0, 0, deep - t), "steel")]


def _slab(width: float, depth: float, height: float) -> Solid:
    return extruded(Rectangle(width=width, depth=depth), height)


class Fork(_Cutlery):
    """A fork that lies along x, its tines to the right."""

    names = ("fork", "dinner fork", "cake fork")
    width: float = Field(26, ge=4, le=200)
    follows: ClassVar[Sizes] = {**_Cutlery.follows, "handle_width": ("width", "length")}
    tines: Annotated[int, said("prongs")] = Field(4, ge=2, le=6)

    def parts(self) -> list[Part]:
        """The handle, and the head with its tines."""
        self._check()
        t, w = self.thickness, self.width
        head = min(2.6 * w, 0.45 * self.length)
        x1 = self.length / 2
        gap = w / (2.6 * self.tines - 1)
        each = (w - gap * (self.tines - 1)) / self.tines
        root = x1 - 0.62 * head
        body = polygon(
            (x1 - head, -0.2 * w),
            (root - 0.1 * head, -w / 2),
            (root, -w / 2),
            (root, w / 2),
            (root - 0.1 * head, w / 2),
            (x1 - head, 0.2 * w),
        )
        pieces = [Piece(profile=body)]
        for k in range(self.tines):
            y = -w / 2 + each / 2 + k * (each + gap)
            tip = 0.25 * each
            tine = polygon(
                (root - 0.05 * head, y - each / 2),
                (x1 - each, y - each / 2),
                (x1, y - tip),
                (x1, y + tip),
                (x1 - each, y + each / 2),
                (root - 0.05 * head, y + each / 2),
            )
            pieces.append(Piece(profile=tine))
        return [
            Part("head", extruded(Combined(add=tuple(pieces)), t), own(), "steel"),
            Part("handle", extruded(self._grip(head), t), own(), "steel"),
        ]


class Knife(_Cutlery):
    """A knife that lies along x: a handle on the left, a blade with a point on the right."""

    names = ("knife", "table knife", "kitchen knife", "chef's knife", "bread knife", "letter opener")
    length: float = Field(230, ge=20, le=800)
    width: float = Field(24, ge=4, le=200)
    handle_width: float = Field(18, ge=2, le=150)
    handle_thickness: float = Field(10, ge=0.8, le=60)
    follows: ClassVar[Sizes] = {**_Cutlery.follows}
    yields = led("thickness", "handle_thickness", by="length")

    def parts(self) -> list[Part]:
        """Blade, handle. The height is the handle's thickness."""
        self._check()
        below(self, "thickness", self.handle_thickness + 1e-9, "handle_thickness")
        x0, x1, w = -self.length / 2, self.length / 2, self.width
        grip = 0.42 * self.length
        a = x0 + grip
        blade = polygon(
            (a - 0.3 * grip, 0.3 * w),
            (a, -w / 2),
            (x1 - 0.35 * (x1 - a), -w / 2),
            (x1 - 0.12 * (x1 - a), -0.24 * w),
            (x1, 0.35 * w),
            (x1 - 0.05 * (x1 - a), w / 2),
            (a - 0.3 * grip, w / 2),
        )
        h = self.handle_width
        handle = extruded(Rectangle(width=grip, depth=h, corner_radius=0.3 * h), self.handle_thickness)
        return [
            Part(
                "blade",
                extruded(blade, self.thickness),
                own(0, 0, (self.handle_thickness - self.thickness) / 2),
                "steel",
            ),
            Part("handle", handle, at(x0 + grip / 2, (w - h) / 2), "walnut"),
        ]


class KitchenIsland(Made):
    """A kitchen island: cupboards under a worktop."""

    names = ("kitchen island", "kitchen counter", "counter", "base unit")
    width: Annotated[float, said("length")] = Field(1500, ge=100, le=6000)
    depth: float = Field(800, ge=80, le=3000)
    height: float = Field(900, ge=80, le=2000)
    top_thickness: Annotated[float, said("worktop thickness")] = Field(40, ge=1, le=200)
    overhang: float = Field(30, ge=0, le=500)
    doors: int = Field(3, ge=0, le=10)
    yields = led("top_thickness", by="height") | led("overhang", by=("width", "depth"))

    def parts(self) -> list[Part]:
        """Plinth, body, worktop, and doors with handles at the front."""
        w, d, h, t = self.width, self.depth, self.height, self.top_thickness
        below(self, "top_thickness", 0.4 * h, "height")
        below(self, "overhang", 0.25 * min(w, d), "width", "depth")
        o = self.overhang
        leaf = min(18.0, 0.04 * d) if self.doors else 0.0
        knob = 0.7 * min(o, 30.0)
        kick = 0.1 * h
        bw, bd = w - 2 * o, d - 2 * o - leaf
        tall = h - t - kick
        found = [
            block("plinth", (0.94 * bw, 0.9 * bd, kick + SUNK), 0, leaf / 2, 0, "dark grey"),
            block("body", (bw, bd, tall + SUNK), 0, leaf / 2, kick, "white"),
            block("worktop", (w, d, t), 0, 0, h - t, "oak"),
        ]
        y = leaf / 2 - bd / 2
        for k in range(self.doors):
            each = bw / self.doors
            x = -bw / 2 + each * (k + 0.5)
            tags = () if abs(x) < 1e-6 else ("left",) if x < 0 else ("right",)
            gap = min(2.0, 0.02 * each)
            size = (each - gap, leaf + SUNK, tall - gap)
            found.append(block("door", size, x, y - leaf / 2 + SUNK / 2, kick + gap / 2, "white", tags))
            if knob > 0.5:
                pull = (0.4 * each, knob + SUNK, 0.014 * h)
                found.append(block("handle", pull, x, y - leaf - knob / 2, kick + 0.88 * tall, "black", tags))
        return found


class Bathtub(Made):
    """A free-standing bathtub."""

    names = ("bathtub", "bath tub", "tub")
    shape: Literal["rectangular", "oval"] = "oval"
    width: Annotated[float, said("length")] = Field(1700, ge=40, le=4000)
    depth: float = Field(800, ge=30, le=2500)
    height: float = Field(600, ge=20, le=1500)
    wall_thickness: Annotated[float, said("thickness", "wall")] = Field(40, ge=0.8, le=200)
    even: ClassVar[tuple[str, str] | None] = None
    follows = led("depth", "height", by="width")
    yields = led("wall_thickness", by=("width", "depth", "height"))

    def parts(self) -> list[Part]:
        """The tub, open at the top, and its drain."""
        w, d, h, t = self.width, self.depth, self.height, self.wall_thickness
        below(self, "wall_thickness", 0.25 * min(w, d, h), "width", "depth", "height")
        corner = 0.2 * min(w, d)
        body = extruded(outline(self.shape, w, d, corner), h)
        room = extruded(outline(self.shape, w - 2 * t, d - 2 * t, corner - t / 2), h)
        drain = 0.07 * d
        return [
            Part("tub", cut(body, (room, at(z=t))), at(), "enamel"),
            Part("drain", bar(drain, 0.3 * t), at(-0.25 * w, 0, t - 0.15 * t), "steel"),
        ]


class Fridge(Made):
    """A fridge with a freezer compartment."""

    names = ("fridge", "refrigerator", "freezer", "fridge freezer")
    width: float = Field(600, ge=30, le=2000)
    depth: float = Field(650, ge=30, le=1500)
    height: float = Field(1800, ge=50, le=3000)
    doors: int = Field(2, ge=1, le=4)

    def parts(self) -> list[Part]:
        """Body, doors one above the other, handles at the left of them; it looks to the front."""
        w, d, h = self.width, self.depth, self.height
        leaf, reach = 0.09 * d, 0.05 * d
        found = [block("body", (w, d - leaf - reach, h), 0, (leaf + reach) / 2, material="white")]
        gap = 0.005 * h
        shares = [0.62, 0.38] if self.doors == 2 else [1 / self.doors] * self.doors
        low = 0.0
        y = -d / 2 + reach + leaf / 2
        for k, share in enumerate(shares):
            tall = share * h
            tags = (
                () if self.doors == 1 else ("bottom",) if k == 0 else ("top",) if k == self.doors - 1 else ("middle",)
            )
            door = (w, leaf + SUNK, tall - (gap if k < self.doors - 1 else 0))
            found.append(block("door", door, 0, y + SUNK / 2, low, "white", tags))
            z = low + (0.55 * tall if k == 0 and self.doors > 1 else 0.1 * tall)
            pull = (0.05 * w, reach + SUNK, 0.33 * tall)
            found.append(block("handle", pull, -0.42 * w, -d / 2 + reach / 2 + SUNK / 2, z, "steel", tags))
            low += tall
        return found


class Stove(Made):
    """A kitchen stove: an oven with hobs on its top."""

    names = ("stove", "oven", "cooker", "kitchen stove")
    width: float = Field(600, ge=30, le=1500)
    depth: float = Field(600, ge=30, le=1200)
    height: float = Field(850, ge=40, le=1500)
    hobs: Annotated[int, said("burners", "hotplates", "rings")] = Field(4, ge=1, le=6)
    knobs: Annotated[int, said("dials")] = Field(5, ge=0, le=8)

    def parts(self) -> list[Part]:
        """Body, door with its window and handle, knobs in a row, hobs on the top; it looks to the front."""
        w, d, h = self.width, self.depth, self.height
        out, plate = 0.06 * d, 0.012 * h
        y = -d / 2 + out
        found = [block("body", (w, d - out, h - plate), 0, out / 2, material="white")]
        door = (0.92 * w, 0.4 * out + SUNK, 0.6 * h)
        found.append(block("door", door, 0, y - 0.2 * out + SUNK / 2, 0.12 * h, "black"))
        found.append(
            block("handle", (0.7 * w, 0.6 * out + SUNK, 0.02 * h), 0, y - 0.7 * out + SUNK / 2, 0.66 * h, "steel")
        )
        for k in range(self.knobs):
            x = w * (0.84 * (k + 0.5) / self.knobs - 0.42)
            size = min(0.06 * h, 0.5 * w / self.knobs)
            place = at(x, y - 0.2 * out, 0.86 * h, "centre", (90, 0, 0))
            found.append(Part("knob", bar(size, 0.6 * out), place, "black"))
        columns = 1 if self.hobs == 1 else 2 if self.hobs <= 4 else 3
        rows = -(-self.hobs // columns)
        for k in range(self.hobs):
            row, column = divmod(k, columns)
            x, z = w * ((column + 0.5) / columns - 0.5), (d - out) * ((row + 0.5) / rows - 0.5) + out / 2
            size = 0.72 * min(w / columns, (d - out) / rows)
            tags = (("left",) if x < -1e-6 else ("right",) if x > 1e-6 else ()) + (
                ("front",) if row == 0 and rows > 1 else ("back",) if row == rows - 1 and rows > 1 else ()
            )
            found.append(Part("hob", bar(size, plate + SUNK), at(x, z, h - plate - SUNK), "black", tags))
        return found


class Toolbox(Made):
    """A toolbox with a lid, a carrying handle and latches."""

    names = ("toolbox", "tool box", "tool chest", "tackle box")
    width: Annotated[float, said("length")] = Field(450, ge=40, le=1500)
    depth: float = Field(220, ge=25, le=800)
    height: float = Field(230, ge=25, le=800)
    wall_thickness: Annotated[float, said("thickness", "wall")] = Field(4, ge=0.8, le=40)
    latches: Annotated[int, said("clasps")] = Field(2, ge=0, le=4)
    follows = led("depth", "height", by="width")
    yields = led("wall_thickness", by=("width", "depth", "height"))

    def parts(self) -> list[Part]:
        """A hollow body, a lid on it, a handle over the lid; the height counts with it."""
        w, d, h, t = self.width, self.depth, self.height, self.wall_thickness
        below(self, "wall_thickness", 0.12 * min(w, d, h), "width", "depth", "height")
        grip, cover = 0.2 * h, 0.16 * h
        tall = h - grip - cover
        clasp = 0.03 * d if self.latches else 0.0
        deep = d - clasp
        body = cut(rounded(w, deep, tall, 0.04 * d), (rounded(w - 2 * t, deep - 2 * t, tall, 0.04 * d), at(z=t)))
        found = [
            Part("body", body, at(0, clasp / 2), "red"),
            Part("lid", rounded(w, deep, cover + SUNK, 0.04 * d), at(0, clasp / 2, tall - SUNK), "red"),
        ]
        thick = 0.4 * grip
        z = h - thick / 2
        x = 0.22 * w
        low = tall + 0.6 * cover
        mid = clasp / 2
        path = ((-x, mid, low), (-x, mid, z), (x, mid, z), (x, mid, low))
        found.append(
            Part("handle", Sweep(profile=Circle(diameter=thick), path=path, bend_radius=0.55 * thick), own(), "black")
        )
        for k in range(self.latches):
            x = w * ((k + 0.5) / self.latches - 0.5)
            tags = () if abs(x) < 1e-6 else ("left",) if x < 0 else ("right",)
            size = (0.07 * w, clasp + SUNK, 0.25 * tall + 0.5 * cover)
            found.append(block("latch", size, x, -d / 2 + clasp / 2 + SUNK / 2, 0.75 * tall, "steel", tags))
        return found


class Pedestal(Made):
    """A pedestal or plinth to stand something on: a base, a shaft and a cap."""

    names = ("pedestal", "plinth", "display stand", "podium")
    shape: Literal["square", "round"] = "square"
    width: Annotated[float, said("diameter")] = Field(350, ge=10, le=5000)
    depth: float = Field(350, ge=10, le=5000)
    height: float = Field(900, ge=10, le=5000)

    def parts(self) -> list[Part]:
        """The shaft is a fifth narrower than base and cap."""
        w, d, h = self.width, self.depth, self.height
        base, cap = 0.12 * h, 0.08 * h
        low, high = outline(self.shape, w, d), outline(self.shape, 0.8 * w, 0.8 * d)
        return [
            Part("base", extruded(low, base), at(), "marble"),
            Part("shaft", extruded(high, h - base - cap + 2 * SUNK), at(z=base - SUNK), "marble"),
            Part("cap", extruded(low, cap), at(z=h - cap), "marble"),
        ]


class Barrel(Made):
    """A wooden barrel with hoops, closed at both ends."""

    names = ("barrel", "cask", "keg", "wine barrel", "rain barrel")
    diameter: Annotated[float, said("width")] = Field(600, ge=10, le=3000)
    height: float = Field(850, ge=12, le=4000)
    hoops: Annotated[int, said("bands", "rings")] = Field(4, ge=0, le=8)
    follows = led("height", by="diameter") | led("diameter", by="height")

    def parts(self) -> list[Part]:
        """Staves that bulge to the full width, hoops about them."""
        h, thick = self.height, 0.012 * self.diameter
        r = self.diameter / 2 - (thick if self.hoops % 2 else 0.0)
        points = smooth([(0.8 * r, 0.0), (0.94 * r, 0.22 * h), (r, 0.5 * h), (0.94 * r, 0.78 * h), (0.8 * r, h)], 6)
        found = [Part("body", turned(points), own(), "oak")]
        for k in range(self.hoops):
            z = h * (k + 0.5) / self.hoops
            z += 0.16 * h * (0.5 - z / h) * -1 if self.hoops > 1 else 0.0
            half = 0.025 * h
            z = min(max(z, half), h - half)
            wide = max(radius_at(points, z - half), radius_at(points, z), radius_at(points, z + half))
            ring = bar(min(2 * (wide + thick), self.diameter), 2 * half)
            tags = () if self.hoops == 1 else ("bottom",) if k == 0 else ("top",) if k == self.hoops - 1 else ()
            found.append(Part("hoop", ring, at(z=z - half), "black steel", tags))
        return found


class RubberDuck(Made):
    """A rubber duck that swims to the front."""

    names = ("rubber duck", "duck", "toy duck", "bath duck")
    length: float = Field(90, ge=10, le=3000)
    width: float = Field(75, ge=8, le=3000)
    height: float = Field(85, ge=9, le=3000)
    follows = led("width", by="length") | led("height", by=("length", "width")) | led("length", by=("height", "width"))
    even: ClassVar[tuple[str, str] | None] = None

    def parts(self) -> list[Part]:
        """Body, tail, head, beak, eyes and wings; the beak looks to the left, along x."""
        x, w, h = self.length, self.width, self.height
        shares = f"length {x:g}, width {w:g} and height {h:g}"
        require(
            self,
            0.7 * h < x < 1.6 * h and 0.6 * h < w < 1.25 * h and w < 1.1 * x,
            f"{shares} are no proportions of a duck: say one of them, and the others follow",
        )
        head = min(0.52 * h, 0.52 * x)
        middle = (-0.1 * x, 0.0, h - head / 2)
        body_x = 0.92 * x
        body = Ellipsoid(size=(body_x, 0.9 * w, 0.62 * h))
        eye, tail = 0.16 * head, Ellipsoid(size=(0.3 * x, 0.4 * w, 0.22 * h))
        found = [
            Part("body", body, at(0.04 * x, 0, 0), "yellow"),
            Part("head", Sphere(diameter=head), at(middle[0], 0, h - head), "yellow"),
            Part("tail", tail, at(0.35 * x, 0, 0.36 * h, rotate=(0, -25, 0)), "yellow"),
        ]
        reach = middle[0] + x / 2  # from the tip of the beak to the middle of the head
        beak = Ellipsoid(size=(1.3 * reach, 0.5 * head, 0.2 * head))
        found.append(Part("beak", beak, at(-x / 2 + 0.65 * reach, 0, middle[2] - 0.22 * head), "orange"))
        for side, y in (("left", 1), ("right", -1)):
            place = at(middle[0] - 0.3 * head, y * 0.31 * head, middle[2] + 0.04 * head)
            found.append(Part("eye", Sphere(diameter=eye), place, "black", (side,)))
            wing = Ellipsoid(size=(0.45 * x, 0.14 * w, 0.3 * h))
            found.append(Part("wing", wing, at(0.1 * x, y * 0.43 * w, 0.2 * h), "yellow", (side,)))
        return found
