"""Lights: floor lamp, table lamp, desk lamp, pendant, lantern, candle, candlestick."""

from __future__ import annotations

from math import cos, pi, sin
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import Made, Part, led, said
from wugan.apps.voice_to_3d.families.home.kit import SUNK, below, block, cut, join, own, scaled, sides, smooth, turned
from wugan.apps.voice_to_3d.families.solids import bar
from wugan.apps.voice_to_3d.scene.placement import at
from wugan.apps.voice_to_3d.scene.profile import Circle, Rectangle
from wugan.apps.voice_to_3d.scene.solid import Box, Cone, Pyramid, Revolve, Solid, Sphere, Sweep, Torus

ShadeShape = Literal["conical", "cylindrical", "domed", "round"]
Wall = Annotated[float, said("shade wall", "wall")]


def shade(shape: str, diameter: float, height: float, wall: float) -> Solid:
    """A lampshade, open below and above (a dome or ball below only), with a spider that holds it to a rod."""
    r = diameter / 2
    if shape == "round":
        return cut(Sphere(diameter=diameter), (Sphere(diameter=diameter - 2 * wall), own(0, 0, wall)))
    if shape == "domed":
        arc = [(r * cos(pi / 2 * k / 16), height * sin(pi / 2 * k / 16)) for k in range(16)]
        hollow = [((r - wall) * cos(pi / 2 * k / 16), (height - wall) * sin(pi / 2 * k / 16)) for k in range(16)]
        return Revolve(points=(*arc, (0.0, height), (0.0, height - wall), *reversed(hollow)))
    top = 0.6 * r if shape == "conical" else r
    ring = Revolve(points=((r, 0.0), (top, height), (top - wall, height), (r - wall, 0.0)))
    spoke = own(0, 0, 0.9 * height)
    thin = min(max(wall, 0.02 * diameter), 0.08 * height)
    across = 2 * (top + (r - top) * 0.1 - wall / 2)
    return join(ring, (Box(size=(across, thin, thin)), spoke), (Box(size=(thin, across, thin)), spoke))


class _Lamp(Made):
    height: float = Field(1500, ge=40, le=3000)
    shade_diameter: Annotated[float, said("shade width", "diameter", "width")] = Field(400, ge=15, le=1200)
    shade_height: float = Field(280, ge=10, le=1000)
    shade_shape: ShadeShape = "conical"
    wall_thickness: Wall = Field(3, ge=0.8, le=20)
    base_diameter: Annotated[float, said("base width", "foot diameter")] = Field(300, ge=10, le=1000)
    base_thickness: float = Field(25, ge=0.8, le=200)
    pole_diameter: Annotated[float, said("pole thickness", "stem diameter")] = Field(25, ge=0.8, le=150)
    miniature: ClassVar[float] = 0.4
    follows = led("shade_height", by="shade_diameter")
    yields = (
        led("shade_diameter", by="height")
        | led("shade_height", "base_diameter", by=("height", "shade_diameter"))
        | led("base_thickness", "pole_diameter", by="height")
        | led("wall_thickness", by=("height", "shade_diameter"))
    )

    def _check(self) -> None:
        tall = self._shade_height()
        if self.shade_shape == "round":
            below(self, "shade_diameter", 0.7 * self.height, "height")
        else:
            below(self, "shade_height", 0.7 * self.height, "height")
        below(self, "base_thickness", 0.2 * self.height, "height")
        below(self, "wall_thickness", 0.1 * min(self.shade_diameter, 2 * tall), "shade_diameter", "shade_height")
        below(
            self, "pole_diameter", 0.5 * min(self.shade_diameter, self.base_diameter), "shade_diameter", "base_diameter"
        )

    def _shade_height(self) -> float:
        return self.shade_diameter if self.shade_shape == "round" else self.shade_height

    def _upper(self, metal: str) -> list[Part]:
        tall, low = self._shade_height(), self.height - self._shade_height()
        reach = self.height - self.base_thickness
        if self.shade_shape in ("domed", "round"):
            reach -= 0.5 * self.wall_thickness
        else:
            reach -= 0.06 * tall
        r, sunk = 0.16 * min(self.shade_diameter, tall), 0.5 * self.base_thickness
        bulb = at(0, 0, low + 0.35 * tall)
        lit = [Part("bulb", Sphere(diameter=2 * r), bulb, "light yellow")]
        form = shade(self.shade_shape, self.shade_diameter, tall, self.wall_thickness)
        return [
            Part("pole", bar(self.pole_diameter, reach + sunk), at(z=self.base_thickness - sunk), metal),
            *lit,
            Part("shade", form, own(0, 0, low), "cream cotton"),
        ]


class FloorLamp(_Lamp):
    """A standing lamp: a base, a pole and a shade."""

    names = ("floor lamp", "standing lamp", "standard lamp")

    def parts(self) -> list[Part]:
        """Base, pole, bulb, shade; the wider of shade and base is the width."""
        self._check()
        base = turned([(self.base_diameter / 2, 0), (self.base_diameter / 2, 0.4 * self.base_thickness),
                       (max(self.pole_diameter / 2, 0.3 * self.base_diameter), self.base_thickness)])  # fmt: skip
        return [Part("base", base, at(), "black"), *self._upper("black")]


class TableLamp(_Lamp):
    """A lamp for a table: a turned or straight body and a shade."""

    names = ("table lamp", "lamp", "bedside lamp")
    height: float = Field(480, ge=40, le=1200)
    shade_diameter: Annotated[float, said("shade width", "diameter", "width")] = Field(300, ge=15, le=800)
    shade_height: float = Field(200, ge=10, le=600)
    base_diameter: Annotated[float, said("base width", "foot diameter")] = Field(150, ge=10, le=600)
    base_thickness: float = Field(15, ge=0.8, le=100)
    pole_diameter: Annotated[float, said("pole thickness", "stem diameter")] = Field(16, ge=0.8, le=100)
    body: Literal["turned", "straight", "round"] = "turned"

    def parts(self) -> list[Part]:
        """Base, body, pole, bulb, shade; the wider of shade and base is the width."""
        self._check()
        low = self.base_thickness
        tall = max(self.height - self._shade_height() - low, 0.1 * self.height)
        r, p = self.base_diameter / 2, self.pole_diameter / 2
        found = [Part("base", bar(self.base_diameter, low), at(), "walnut")]
        shapes: dict[str, list[tuple[float, float]]] = {
            "turned": [(0.5, 0), (0.3, 0.08), (0.62, 0.3), (0.7, 0.42), (0.32, 0.72), (0.24, 0.9), (0.3, 1)],
            "round": [(0.3, 0), (0.72, 0.25), (0.85, 0.5), (0.72, 0.75), (0.3, 1)],
            "straight": [(0.45, 0), (0.45, 1)],
        }
        body = smooth([(max(p, r * a), 0.92 * tall * b) for a, b in shapes[self.body]], pieces=6)
        found.append(Part("body", turned(body), at(z=low), "ceramic"))
        return found + self._upper("brass")


class PendantLamp(Made):
    """A lamp that hangs from the ceiling on a cord."""

    names = ("pendant lamp", "pendant light", "hanging lamp", "pendant", "ceiling lamp", "lampshade")
    diameter: Annotated[float, said("width", "shade diameter")] = Field(400, ge=15, le=1500)
    height: Annotated[float, said("drop")] = Field(900, ge=30, le=3000)
    shade_height: float = Field(220, ge=10, le=1000)
    shade_shape: ShadeShape = "domed"
    wall_thickness: Wall = Field(3, ge=0.8, le=20)
    cord_diameter: Annotated[float, said("cord thickness")] = Field(8, ge=0.8, le=60)
    follows = led("shade_height", by="diameter")
    yields = led("wall_thickness", by=("diameter", "height")) | led("cord_diameter", by=("height", "diameter"))

    def parts(self) -> list[Part]:
        """Shade, bulb, cord, canopy at the ceiling."""
        tall = self.diameter if self.shade_shape == "round" else self.shade_height
        name = "diameter" if self.shade_shape == "round" else "shade_height"
        below(self, name, 0.8 * self.height, "height")
        below(self, "wall_thickness", 0.1 * min(self.diameter, 2 * tall), "diameter", "shade_height")
        below(self, "cord_diameter", 0.3 * self.diameter, "diameter")
        bulb = min(0.32 * tall, 0.3 * self.diameter)
        canopy = min(0.3 * self.diameter, 0.8 * self.diameter)
        thick = 0.03 * self.height
        bottom = 0.35 * tall
        return [
            Part("shade", shade(self.shade_shape, self.diameter, tall, self.wall_thickness), own(), "copper"),
            Part("bulb", Sphere(diameter=bulb), at(z=bottom), "light yellow"),
            Part(
                "cord", bar(self.cord_diameter, self.height - bottom - 0.5 * bulb), at(z=bottom + 0.5 * bulb), "black"
            ),
            Part("canopy", bar(canopy, thick), at(z=self.height - thick), "copper"),
        ]


class DeskLamp(Made):
    """A lamp with a jointed arm for a desk."""

    names = ("desk lamp", "reading lamp", "task lamp", "architect lamp")
    width: Annotated[float, said("length", "reach")] = Field(420, ge=50, le=1200)
    height: float = Field(480, ge=50, le=1200)
    base_diameter: Annotated[float, said("base width")] = Field(170, ge=15, le=500)
    shade_diameter: float = Field(140, ge=12, le=400)
    arm_thickness: Annotated[float, said("arm diameter")] = Field(14, ge=1, le=60)
    miniature: ClassVar[float] = 0.5
    yields = led("base_diameter", "shade_diameter", "arm_thickness", by=("width", "height"))

    def parts(self) -> list[Part]:
        """Base, lower arm, upper arm, joints, shade, bulb."""
        t, r, s = self.arm_thickness, self.base_diameter / 2, self.shade_diameter / 2
        below(self, "base_diameter", 0.7 * self.width, "width")
        below(self, "shade_diameter", 0.5 * min(self.width, self.height), "width", "height")
        below(
            self, "arm_thickness", 0.3 * min(self.base_diameter, self.shade_diameter), "base_diameter", "shade_diameter"
        )
        thick = min(0.06 * self.height, 25.0)
        x0, x2 = -self.width / 2 + r, self.width / 2 - s
        x1 = -self.width / 2 + 0.75 * t
        top, z2 = self.height - 0.75 * t, 0.78 * self.height
        lower = Sweep(profile=Circle(diameter=t), path=((x0, 0, 0.4 * thick), (x1, 0, 0.55 * self.height)))
        upper = Sweep(profile=Circle(diameter=t), path=((x1, 0, 0.55 * self.height), (0.4 * x2, 0, top)))
        neck = Sweep(profile=Circle(diameter=t), path=((0.4 * x2, 0, top), (x2, 0, z2)))
        low = z2 - 0.9 * s
        cone = cut(
            Cone(bottom_diameter=2 * s, top_diameter=0.7 * s, height=z2 - low),
            (Cone(bottom_diameter=1.84 * s, top_diameter=0.54 * s, height=0.9 * (z2 - low)), own()),
        )
        return [
            Part("base", turned([(r, 0), (r, 0.6 * thick), (0.8 * r, thick)]), own(x0), "black"),
            Part("arm", lower, own(), "black", ("bottom",)),
            Part("arm", upper, own(), "black", ("top",)),
            Part("neck", neck, own(), "black"),
            Part("joint", Sphere(diameter=1.5 * t), at(x1, 0, 0.55 * self.height - 0.75 * t), "brass"),
            Part("joint", Sphere(diameter=1.5 * t), at(0.4 * x2, 0, top - 0.75 * t), "brass"),
            Part("shade", cone, own(x2, 0, low), "black"),
            Part("bulb", Sphere(diameter=0.9 * s), at(x2, 0, z2 - 0.95 * s), "light yellow"),
        ]


class Lantern(Made):
    """A lantern: four posts with glass between base and roof, and a ring to carry it."""

    names = ("lantern", "garden lantern")
    width: float = Field(160, ge=20, le=800)
    height: float = Field(300, ge=40, le=1500)
    candle: bool = True
    miniature: ClassVar[float] = 0.6
    follows = led("width", by="height") | led("height", by="width")

    def parts(self) -> list[Part]:
        """Base, posts, panes, roof, ring, candle. The depth is the width."""
        w, h = self.width, self.height
        below(self, "width", 1.5 * h, "height")
        t = 0.08 * w
        base, roof, ring = 0.06 * h, 0.18 * h, 0.14 * h
        eaves = h - roof - ring
        x = 0.42 * w - t / 2
        posts = [(a, b) for b in (-x, x) for a in (-x, x)]
        found = [block("base", (w, w, base), material="black")]
        found += [block("post", (t, t, eaves - base + SUNK), a, b, base, "black", sides(a, b)) for a, b in posts]
        for tag, a, b in (("front", 0, -x), ("back", 0, x), ("left", -x, 0), ("right", x, 0)):
            size = (2 * x, 0.25 * t, eaves - base) if a == 0 else (0.25 * t, 2 * x, eaves - base)
            found.append(block("pane", size, a, b, base, "glass", (tag,)))
        top = Pyramid(profile=Rectangle(width=w, depth=w), height=roof, top_scale=0.25)
        found.append(Part("roof", top, at(z=eaves), "black"))
        tube = min(0.2 * ring, 0.2 * w)
        loop = Torus(diameter=ring + 0.3 * tube - tube, tube=tube)
        found.append(Part("ring", loop, at(0, 0, h - ring - 0.3 * tube, rotate=(90, 0, 0)), "black"))
        if self.candle:
            found.append(Part("candle", bar(0.3 * w, 0.4 * (eaves - base)), at(z=base), "wax"))
        return found


class Candle(Made):
    """A candle with a wick: a pillar, a taper or a tea light."""

    names = ("candle", "pillar candle", "taper candle", "tea light", "tealight")
    diameter: Annotated[float, said("width", "thickness")] = Field(70, ge=4, le=500)
    height: float = Field(150, ge=5, le=1000)
    style: Literal["pillar", "tapered"] = "pillar"
    flame: Annotated[bool, said("lit", "burning")] = False

    def parts(self) -> list[Part]:
        """Body, wick, flame; the height counts with them."""
        r = self.diameter / 2
        wick = min(0.12 * self.height, 12.0)
        fire = 0.12 * self.height if self.flame else 0.0
        tall = self.height - wick - fire
        thin = max(0.8, min(2.0, 0.3 * r))
        top = 0.55 * r if self.style == "tapered" else 0.94 * r
        points = [(r, 0.0), (r if self.style == "pillar" else 0.9 * r, 0.94 * tall), (top, tall)]
        found = [Part("body", turned(points), own(), "wax")]
        found.append(Part("wick", bar(thin, wick + min(2.0, 0.1 * tall)), at(z=tall - min(2.0, 0.1 * tall)), "black"))
        if self.flame:
            k = min(0.4 * r, 0.35 * fire)
            drop = smooth([(0.2 * k, 0), (k, 0.35 * fire), (0.5 * k, 0.75 * fire), (0.05 * k, fire)], pieces=5)
            found.append(Part("flame", turned(drop), own(0, 0, self.height - fire), "orange"))
        return found


class Candlestick(Made):
    """A holder for one or more candles, with or without the candles."""

    names = ("candlestick", "candle holder", "candleholder", "candelabra", "candelabrum")
    width: Annotated[float, said("diameter")] = Field(110, ge=20, le=800)
    height: float = Field(220, ge=20, le=1000)
    arms: Annotated[int, said("lights", "cups")] = Field(1, ge=1, le=7)
    candles: int = Field(0, ge=0, le=7)
    candle: Annotated[bool, said("with candle")] = False
    miniature: ClassVar[float] = 0.6
    follows = led("width", by="height")

    def parts(self) -> list[Part]:
        """Foot, stem, cups, arms in a row, candles."""
        count = max(self.arms, self.candles)
        lit = self.candles or (count if self.candle else 0)
        one = count == 1
        h = self.height * (0.6 if lit else 1.0)
        r = 0.5 * self.width if one else 0.22 * self.width
        cup = 0.45 * r if one else min(0.45 * r, 0.4 * self.width / count)
        c = max(1.2, cup)
        below(self, "width", 4 * self.height, "height")
        points = scaled(
            [
                (1, 0),
                (1, 0.03),
                (0.5, 0.08),
                (0.2, 0.16),
                (0.3, 0.3),
                (0.16, 0.42),
                (0.16, 0.7),
                (0.3, 0.82),
                (0.16, 0.9),
            ],
            r,
            h,
        )
        stem = smooth([points[0], *points[1:]], pieces=4)
        high = 0.14 * h
        found = [Part("base", turned([*stem, (0.2 * r, h - 0.7 * high)]), own(), "brass")]
        hole = 0.62 * c
        socket = cut(
            turned(smooth([(0.4 * c, 0), (c, 0.5 * high), (c, high)], 4)), (bar(2 * hole, high), own(0, 0, 0.4 * high))
        )
        xs = [0.0] if one else [(k / (count - 1) - 0.5) * (self.width - 2 * c) for k in range(count)]
        for n, x in enumerate(xs):
            tags = () if abs(x) < 1e-9 else ("left",) if x < 0 else ("right",)
            found.append(Part("cup", socket, own(x, 0, h - high), "brass", tags))
            if abs(x) > 1e-9:
                thick = max(0.8, 0.4 * c)
                drop = min(0.35 * h, 0.6 * abs(x) + 0.05 * h)
                arc = [
                    (x * sin(pi / 2 * k / 12), 0.0, h - 0.75 * high - drop * cos(pi / 2 * k / 12)) for k in range(13)
                ]
                found.append(Part("arm", Sweep(profile=Circle(diameter=thick), path=tuple(arc)), own(), "brass", tags))
            if n < lit:
                tall = self.height - h + 0.6 * high
                stick = [(hole, 0.0), (0.8 * hole, 0.94 * tall), (0.4 * hole, tall)]
                found.append(Part("candle", turned(stick), own(x, 0, h - 0.6 * high), "wax", tags))
        return found
