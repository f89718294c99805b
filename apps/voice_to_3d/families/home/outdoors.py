"""Garden and street: plants, planter box, mailbox, street lamp, traffic cone, signpost, slide."""

from __future__ import annotations

from math import cos, pi, radians, sin
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import Made, Part, led, said
from wugan.apps.voice_to_3d.families.home.kit import (
    UPRIGHT,
    below,
    block,
    cut,
    level,
    on_circle,
    outline,
    own,
    polygon,
    rounded,
    sides,
    smooth,
    turned,
)
from wugan.apps.voice_to_3d.families.solids import bar, cone, extruded, prism
from wugan.apps.voice_to_3d.scene.placement import at
from wugan.apps.voice_to_3d.scene.profile import Circle
from wugan.apps.voice_to_3d.scene.solid import Box, Capsule, Cone, Ellipsoid, Revolve, Sphere, Sweep


class Tree(Made):
    """A tree: a round crown on a trunk, or a fir of cones, or a palm."""

    names = ("tree", "fir tree", "christmas tree", "pine tree", "palm tree", "oak tree")
    height: float = Field(150, ge=15, le=50000)
    width: Annotated[float, said("crown diameter", "crown width", "diameter")] = Field(90, ge=8, le=50000)
    style: Annotated[Literal["round", "conical", "palm"], said("crown")] = "round"
    tiers: Annotated[int, said("levels", "layers")] = Field(4, ge=1, le=10)
    follows = led("width", by="height") | led("height", by="width")

    def parts(self) -> list[Part]:
        """Trunk, and crown: lobes, tiers from the bottom up, or leaves. The trunk's foot stays within the width."""
        w, h = self.width, self.height
        below(self, "width", 2 * h, "height")
        trunk = min(0.14 * w, 0.14 * h)
        if self.style == "conical":
            low = 0.16 * h
            found = [Part("trunk", bar(trunk, low * 1.2), at(), "brown")]
            each = (h - low) / (0.55 * (self.tiers - 1) + 1)
            for k in range(self.tiers):
                wide = w * (1 - 0.62 * k / max(1, self.tiers - 1) if self.tiers > 1 else 1.0)
                tip = 0.0 if k == self.tiers - 1 else 0.12 * wide
                cone = Cone(bottom_diameter=wide, top_diameter=tip, height=each)
                found.append(Part("crown", cone, at(z=low + 0.55 * k * each), "forest green", level(k, self.tiers)))
            return found
        if self.style == "palm":
            return self._palm(trunk)
        crown = min(0.66 * h, 1.1 * w)
        line = smooth([(0.75 * trunk, 0), (0.5 * trunk, 0.15 * h), (0.42 * trunk, h - 0.6 * crown)], 6)
        found = [Part("trunk", turned(line), own(), "brown")]
        middle = h - crown / 2
        found.append(Part("crown", Ellipsoid(size=(w, w, 0.72 * crown)), at(0, 0, h - crown), "green", ("bottom",)))
        top = Ellipsoid(size=(0.72 * w, 0.72 * w, 0.7 * crown))
        found.append(Part("crown", top, at(0, 0, h - 0.7 * crown), "green", ("top",)))
        for x, y in on_circle(5, 0.27 * w, 20):
            lobe = Ellipsoid(size=(0.42 * w, 0.42 * w, 0.4 * crown))
            found.append(Part("crown", lobe, at(x, y, middle - 0.16 * crown), "forest green", sides(x, y)))
        return found

    def _palm(self, trunk: float) -> list[Part]:
        w, h = self.width, self.height
        rings = 7
        tall = 0.86 * h
        found = []
        for k in range(rings):
            each = tall / rings
            a = trunk * (0.9 - 0.35 * k / rings)
            cone = Cone(bottom_diameter=0.85 * a, top_diameter=a, height=each * 1.04)
            found.append(Part("trunk", cone, at(z=k * each), "brown", level(k, rings)))
        thick = max(0.8, 0.025 * h)
        r = w / 2
        leaf = [
            (0.0, tall - thick),
            (0.35 * r, 0.97 * h),
            (0.7 * r, 0.93 * h),
            (r, 0.72 * h),
            (0.66 * r, 0.88 * h),
            (0.35 * r, 0.91 * h),
            (0.0, tall - 2.4 * thick),
        ]
        shape = prism(reversed(leaf), max(1.2, 0.14 * w))
        half = max(1.2, 0.14 * w) / 2
        for k in range(8):
            a = pi * k / 4
            place = own(-sin(a) * -half, -cos(a) * -half, 0, (90.0, 0.0, 45.0 * k))
            found.append(Part("leaf", shape, place, "green"))
        found.append(Part("heart", Sphere(diameter=2 * (h - tall)), at(z=h - 2 * (h - tall)), "green", ("top",)))
        return found


class Cactus(Made):
    """A cactus with arms in a pot."""

    names = ("cactus", "saguaro")
    height: float = Field(120, ge=15, le=5000)
    width: float = Field(70, ge=8, le=5000)
    arms: int = Field(2, ge=0, le=2)
    pot: bool = True
    follows = led("width", by="height") | led("height", by="width")

    def parts(self) -> list[Part]:
        """Pot, trunk, arms."""
        w, h = self.width, self.height
        below(self, "width", 1.2 * h, "height")
        pot = 0.3 * h if self.pot else 0.0
        d = 0.3 * w
        found = []
        if self.pot:
            wide = w if not self.arms else 0.72 * w
            line = [(0.36 * wide, 0.0), (0.46 * wide, 0.7 * pot), (0.5 * wide, 0.72 * pot), (0.5 * wide, pot)]
            found = [
                Part("pot", turned(line), own(), "terracotta"),
                Part("soil", bar(0.9 * wide, 0.05 * h), at(z=pot - 0.03 * h), "dark brown"),
            ]
        elif not self.arms:
            d = w
        tall = h - 0.5 * pot
        d = min(d, 0.8 * tall)
        found.append(Part("trunk", Capsule(diameter=d, height=tall), at(z=h - tall), "green"))
        thin = 0.6 * d
        for k in range(self.arms):
            s, side = ((-1, "left"), (1, "right"))[k]
            x = s * (w / 2 - thin / 2)
            z = pot + (0.36 if k else 0.26) * (h - pot)
            top = z + 0.34 * (h - pot)
            path = ((0.0, 0.0, z), (x, 0.0, z), (x, 0.0, top))
            arm = Sweep(profile=Circle(diameter=thin), path=path, bend_radius=min(0.7 * thin, 0.4 * abs(x)))
            found.append(Part("arm", arm, own(), "green", (side,)))
            found.append(Part("arm tip", Sphere(diameter=thin), at(x, 0, top - thin / 2), "green", (side,)))
        return found


class Flower(Made):
    """A flower: a stem with leaves, petals round a centre."""

    names = ("flower", "daisy", "sunflower")
    height: float = Field(140, ge=15, le=5000)
    diameter: Annotated[float, said("width", "flower diameter", "blossom width")] = Field(70, ge=8, le=3000)
    petals: int = Field(8, ge=4, le=24)
    leaves: int = Field(2, ge=0, le=4)
    follows = led("diameter", by="height") | led("height", by="diameter")

    def parts(self) -> list[Part]:
        """Stem, leaves, petals, centre. The blossom looks up."""
        r, h = self.diameter / 2, self.height
        below(self, "diameter", 1.4 * h, "height")
        thick = max(0.8, 0.05 * r)
        core = 0.34 * r
        stem = max(1.2, 0.1 * r)
        dome = max(0.6 * core, 1.3 * thick)
        face = h - dome
        found = [
            Part("stem", bar(stem, face), at(), "green"),
            Part("foot", bar(min(4 * stem, 2 * r), max(0.8, 0.3 * stem)), at(), "green"),
        ]
        n = self.petals
        for k in range(n):
            a = 360 * k / n
            long, wide = r - 0.5 * core, min(0.5 * r, 2 * pi * 0.62 * r / n)
            petal = Ellipsoid(size=(long, wide, 2.4 * thick))
            d = r - long / 2
            place = at(d * cos(radians(a)), d * sin(radians(a)), face - 1.2 * thick, rotate=(0, 0, a))
            found.append(Part("petal", petal, place, "white"))
        found.append(Part("centre", Ellipsoid(size=(2 * core, 2 * core, 2 * dome)), at(z=h - 2 * dome), "yellow"))
        for k in range(self.leaves):
            s = -1 if k % 2 == 0 else 1
            leaf = Ellipsoid(size=(0.7 * r, 0.3 * r, 2 * thick))
            z = (0.25 + 0.14 * k) * face
            side = "left" if s < 0 else "right"
            found.append(Part("leaf", leaf, at(s * 0.34 * r, 0, z, rotate=(0, -s * 30, 0)), "green", (side,)))
        return found


class HousePlant(Made):
    """A plant in a pot: eight leaves on stems that rise from the soil."""

    names = ("plant", "houseplant", "house plant", "potted plant", "pot plant", "indoor plant")
    width: Annotated[float, said("diameter", "spread")] = Field(320, ge=20, le=3000)
    height: float = Field(500, ge=30, le=4000)
    pot_diameter: Annotated[float, said("pot width")] = Field(180, ge=10, le=1500)
    pot_height: float = Field(160, ge=8, le=1500)
    follows = (
        led("width", by="height")
        | led("height", by="width")
        | led("pot_diameter", by=("width", "height"))
        | led("pot_height", by=("height", "width"))
    )

    def parts(self) -> list[Part]:
        """Pot, soil, stems and leaves, the first and highest leaf to the right."""
        h, w, p, low = self.height, self.width, self.pot_diameter, self.pot_height
        below(self, "pot_height", 0.6 * h, "height")
        below(self, "pot_diameter", 0.9 * w, "width")
        wall = max(0.8, 0.04 * p)
        pot = turned([(0.36 * p, 0.0), (0.5 * p, low), (0.5 * p - wall, low), (0.36 * p - wall, wall)])
        soil = cone(0.8 * p, 0.94 * p, 0.5 * low)
        found = [Part("pot", pot, own(), "terracotta"), Part("soil", soil, at(z=0.42 * low), "dark brown")]
        thick = max(0.8, 0.02 * min(w, h))
        long, flat = 0.34 * w, max(1.0, 0.03 * min(w, h))
        out = 0.5 * w - 0.5 * long
        for k, (x, y) in enumerate(on_circle(8, 1.0)):
            top = h - flat if k == 0 else low + (h - low) * (0.5 + 0.4 * ((k * 5) % 8) / 8)
            path = ((0.1 * p * x, 0.1 * p * y, 0.7 * low), (0.4 * out * x, 0.4 * out * y, 0.5 * (low + top)),
                    (out * x, out * y, top))  # fmt: skip
            found.append(Part("stem", Sweep(profile=Circle(diameter=thick), path=path), own(), "green"))
            leaf = Ellipsoid(size=(long, 0.16 * w, 2 * flat))
            place = at(out * x, out * y, top - flat, rotate=(0.0, 0.0, 45.0 * k))
            found.append(Part("leaf", leaf, place, "forest green", sides(x, y)))
        return found


class PlanterBox(Made):
    """A rectangular planter on feet with soil in it."""

    names = ("planter box", "flower box", "window box", "raised bed", "trough")
    width: Annotated[float, said("length")] = Field(800, ge=30, le=6000)
    depth: float = Field(300, ge=20, le=3000)
    height: float = Field(320, ge=20, le=2000)
    wall_thickness: Annotated[float, said("walls", "wall", "thickness")] = Field(20, ge=0.8, le=200)
    soil: Annotated[bool, said("earth")] = True
    feet: Annotated[bool, said("legs")] = True
    yields = led("wall_thickness", by=("width", "depth", "height"))

    def parts(self) -> list[Part]:
        """Hollow body, soil, four feet."""
        w, d, h, t = self.width, self.depth, self.height, self.wall_thickness
        below(self, "wall_thickness", 0.2 * min(w, d), "width", "depth")
        below(self, "wall_thickness", 0.3 * h, "height")
        low = 0.08 * h if self.feet else 0.0
        tall = h - low
        body = cut(Box(size=(w, d, tall)), (Box(size=(w - 2 * t, d - 2 * t, tall)), own(0, 0, t)))
        found = [Part("body", body, at(z=low), "pine")]
        if self.feet:
            f = min(2.2 * t, 0.3 * min(w, d))
            x, y = (w - f) / 2, (d - f) / 2
            found += [
                block("foot", (f, f, low + 0.5 * t), a, b, 0, "pine", sides(a, b)) for b in (-y, y) for a in (-x, x)
            ]
        if self.soil:
            size = (w - 1.5 * t, d - 1.5 * t, 0.75 * tall - 0.5 * t)
            found.append(block("soil", size, 0, 0, low + 0.5 * t, "dark brown"))
        return found


class Mailbox(Made):
    """A mailbox with a rounded top on a post, a door and a flag."""

    names = ("mailbox", "letterbox", "letter box", "post box", "postbox")
    width: float = Field(200, ge=15, le=2000)
    depth: Annotated[float, said("length")] = Field(480, ge=20, le=3000)
    height: float = Field(1200, ge=40, le=3000)
    box_height: float = Field(260, ge=10, le=2000)
    flag: bool = True
    follows = led("box_height", "depth", by="width")

    def parts(self) -> list[Part]:
        """Post, hollow box, door with a knob, flag at the right."""
        w, d, h, b = self.width, self.depth, self.height, self.box_height
        below(self, "box_height", 0.8 * h, "height")
        below(self, "width", 1.9 * b, "box_height")
        out = 0.05 * d
        flag = 0.08 * w if self.flag else 0.0
        wide, long = w - flag, d - out
        x0, y0 = -flag / 2, out / 2
        r = wide / 2
        arch = [(r * cos(pi * k / 24), b - r + round(r * sin(pi * k / 24), 9)) for k in range(25)]
        shape = polygon((-r, 0), (r, 0), *arch)
        t = max(0.8, 0.03 * wide)
        inside = [((r - t) * cos(pi * k / 24), b - r + (r - t) * sin(pi * k / 24)) for k in range(25)]
        hollow = polygon((-(r - t), t), (r - t, t), *inside)
        body = cut(extruded(shape, long), (extruded(hollow, long - 2 * t), own(0, 0, t)))
        low = h - b
        post = 0.4 * wide
        found = [
            block("post", (post, post, low + 0.5 * t), x0, y0, 0, "pine"),
            Part("box", body, own(x0, y0 + long / 2, low, UPRIGHT), "blue"),
        ]
        knob = at(x0, -d / 2 + 0.55 * out, low + 0.72 * b, "centre", (90, 0, 0))
        found.append(Part("knob", bar(0.12 * wide, 1.1 * out), knob, "brass", ("front",)))
        if flag:
            arm = (flag * 1.2, 0.04 * d, 0.5 * b)
            x = w / 2 - 0.6 * flag
            found.append(block("flag", arm, x, y0, low + 0.25 * b, "red", ("right",)))
            found.append(
                block(
                    "flag", (flag * 1.2, 0.22 * d, 0.2 * b), x, y0 + 0.11 * d, low + 0.55 * b, "red", ("right", "top")
                )
            )
        return found


class StreetLamp(Made):
    """A street lamp: a pole with an arm, or with a lantern on top."""

    names = ("street lamp", "street light", "lamppost", "lamp post", "streetlight")
    height: float = Field(200, ge=30, le=12000)
    width: Annotated[float, said("arm length", "reach")] = Field(60, ge=6, le=5000)
    style: Literal["lantern", "curved"] = "lantern"
    follows = led("width", by="height") | led("height", by="width")

    def parts(self) -> list[Part]:
        """Base, pole, arm, lantern or lamp."""
        w, h = self.width, self.height
        below(self, "width", 0.8 * h, "height")
        pole = max(1.2, 0.02 * h)
        if self.style == "curved":
            foot = min(3 * pole, 0.6 * w)
            x0, head = -w / 2 + foot / 2, 0.36 * w
            x1 = w / 2 - head / 2
            top = h - pole / 2
            path = ((x0, 0.0, 0.3 * foot), (x0, 0.0, top), (x1, 0.0, top))
            arm = Sweep(profile=Circle(diameter=pole), path=path, bend_radius=0.6 * (x1 - x0))
            lamp = at(x1, 0, h - 1.6 * pole)
            return [
                Part("base", cone(foot, 1.2 * pole, 0.5 * foot), at(x0), "dark grey"),
                Part("pole", arm, own(), "dark grey"),
                Part("lamp", rounded(head, 2.4 * pole, 1.1 * pole, pole), lamp, "grey"),
                Part(
                    "light",
                    rounded(0.8 * head, 1.8 * pole, 0.6 * pole, 0.8 * pole),
                    at(x1, 0, h - 1.9 * pole),
                    "light yellow",
                ),
            ]
        head, r = 0.2 * h, min(w / 2, 0.09 * h)
        wide = w / 2
        line = smooth(
            [
                (wide, 0),
                (0.9 * wide, 0.02 * h),
                (max(0.4 * wide, pole), 0.06 * h),
                (max(0.3 * wide, pole / 2), 0.1 * h),
                (pole / 2, 0.13 * h),
            ],
            5,
        )
        glass = cone(1.1 * r, 1.8 * r, 0.5 * head)
        z = h - head
        return [
            Part("base", turned(line), own(), "black"),
            Part("pole", bar(pole, z), at(), "black"),
            Part("collar", bar(1.3 * r, 0.08 * head), at(z=z - 0.04 * head), "black"),
            Part("light", glass, at(z=z + 0.02 * head), "light yellow"),
            Part("roof", cone(2 * r, 0.2 * r, 0.36 * head), at(z=z + 0.5 * head), "black"),
            Part("finial", Sphere(diameter=0.2 * head), at(z=h - 0.2 * head), "black"),
        ]


class TrafficCone(Made):
    """A traffic cone, hollow, with white bands."""

    names = ("traffic cone", "road cone", "safety cone", "pylon")
    width: Annotated[float, said("base width")] = Field(280, ge=10, le=1500)
    height: float = Field(500, ge=15, le=2000)
    wall_thickness: Annotated[float, said("thickness", "wall")] = Field(5, ge=0.8, le=60)
    bands: Annotated[int, said("stripes")] = Field(2, ge=0, le=3)
    follows = led("width", by="height") | led("height", by="width")
    yields = led("wall_thickness", by=("width", "height"))

    def parts(self) -> list[Part]:
        """Foot, hollow cone, bands. The foot is square and the depth is the width."""
        w, h, t = self.width, self.height, self.wall_thickness
        below(self, "width", 1.6 * h, "height")
        below(self, "wall_thickness", 0.06 * w, "width")
        foot = 0.06 * h
        r, top = 0.38 * w, 0.08 * w
        tall = h - foot
        base = cut(rounded(w, w, foot, 0.15 * w), (bar(2 * (r - t), 3 * foot), own(0, 0, -foot)))
        low = -0.5 * foot  # let into the foot
        line = ((r, low), (r, 0.0), (top, tall), (max(top - t, 0.2), tall), (r - t, 0.0), (r - t, low))
        cone = Revolve(points=line)
        found = [Part("base", base, at(), "orange"), Part("cone", cone, own(0, 0, foot), "orange")]
        for k in range(self.bands):
            z0 = (0.3 + 0.24 * k) * tall
            z1 = z0 + 0.13 * tall
            a, b = (r + (top - r) * z / tall for z in (z0, z1))
            proud = 0.012 * w
            band = cut(
                Cone(bottom_diameter=2 * (a + proud), top_diameter=2 * (b + proud), height=z1 - z0),
                (Cone(bottom_diameter=2 * a - 0.5 * t, top_diameter=2 * b - 0.5 * t, height=z1 - z0), own()),
            )
            found.append(Part("band", band, at(z=foot + z0), "white", level(k, self.bands)))
        return found


class Signpost(Made):
    """A signpost: a post with arrow boards, or a round or triangular traffic sign."""

    names = ("signpost", "sign post", "traffic sign", "road sign", "street sign")
    height: float = Field(200, ge=30, le=5000)
    width: float = Field(120, ge=15, le=3000)
    boards: Annotated[int, said("arms", "signs")] = Field(2, ge=1, le=5)
    shape: Literal["arrow", "round", "triangular", "octagonal", "square"] = "arrow"
    even: ClassVar[tuple[str, str] | None] = None
    follows = led("width", by="height") | led("height", by="width")

    def parts(self) -> list[Part]:
        """Post, foot, boards from the bottom up. Arrow boards point to either side in turn."""
        w, h = self.width, self.height
        below(self, "width", h, "height")
        t = max(1.6, 0.05 * w)
        found = [Part("post", bar(t, h if self.shape == "arrow" else h - 0.1 * w), at(), "brown")]
        found.append(Part("foot", bar(min(4 * t, 0.5 * w), 0.02 * h), at(), "dark grey"))
        thin = max(0.8, 0.3 * t)
        y = -0.5 * t
        if self.shape == "arrow":
            each = min(0.12 * h, 0.5 * h / self.boards)
            for k in range(self.boards):
                s = 1 if k % 2 == 0 else -1
                z = h - 0.04 * h - each * 1.25 * (self.boards - k)
                tip = 0.35 * each
                points = [(-w / 2, 0), (w / 2 - tip, 0), (w / 2, each / 2), (w / 2 - tip, each), (-w / 2, each)]
                if s < 0:
                    points = [(-a, b) for a, b in reversed(points)]
                board = prism(points, thin)
                side = "right" if s > 0 else "left"
                found.append(
                    Part("board", board, own(0, y + 0.8 * thin, z, UPRIGHT), "white", (side, *level(k, self.boards)))
                )
            return found
        if self.shape == "triangular":
            tall = w * 0.866
            sign = extruded(polygon((-w / 2, 0), (w / 2, 0), (0, tall)), thin)
            small = extruded(polygon((-0.33 * w, 0), (0.33 * w, 0), (0, 0.66 * tall)), 1.3 * thin)
            place = own(0, y + 0.8 * thin, h - tall, UPRIGHT)
            inner_place = own(0, y + 0.8 * thin, h - tall + 0.12 * tall, UPRIGHT)
            return [*found, Part("sign", sign, place, "red"), Part("face", small, inner_place, "white")]
        sign = extruded(outline(self.shape, w, w, 0.1 * w), thin)
        small = extruded(outline(self.shape, 0.76 * w, 0.76 * w, 0.08 * w), 1.3 * thin)
        return [
            *found,
            Part("sign", sign, at(0, y + 0.3 * thin, h - w, rotate=UPRIGHT), "red"),
            Part("face", small, at(0, y + 0.15 * thin, h - w + 0.12 * w, rotate=UPRIGHT), "white"),
        ]


class Slide(Made):
    """A playground slide with a ladder."""

    names = ("slide", "playground slide")
    width: Annotated[float, said("length")] = Field(240, ge=40, le=8000)
    depth: float = Field(60, ge=10, le=3000)
    height: float = Field(150, ge=30, le=5000)
    steps: Annotated[int, said("rungs")] = Field(5, ge=2, le=15)
    follows = (
        led("width", by=("height", "depth"))
        | led("depth", by=("height", "width"))
        | led("height", by=("width", "depth"))
    )

    def parts(self) -> list[Part]:
        """Ladder on the left, platform, chute to the right with sides."""
        w, d, h = self.width, self.depth, self.height
        below(self, "height", 1.2 * w, "width")
        t = 0.08 * d
        deck = 0.72 * h
        x0 = -w / 2
        run = 0.16 * w
        found = []
        for side, y in (("right", -(d - t) / 2), ("left", (d - t) / 2)):
            found.append(block("post", (t, t, h), x0 + 0.12 * w, y, 0, "blue", (side,)))
            found.append(block("post", (t, t, h), x0 + 0.12 * w + run, y, 0, "blue", (side,)))
            found.append(block("handrail", (run + t, t, t), x0 + 0.12 * w + run / 2, y, h - t, "blue", (side,)))
            rail = polygon((x0, 0), (x0 + 1.6 * t, 0), (x0 + 0.12 * w + 1.2 * t, deck), (x0 + 0.12 * w - 0.4 * t, deck))
            found.append(Part("ladder rail", extruded(rail, t), own(0, y + t / 2, 0, UPRIGHT), "blue", (side,)))
        for k in range(self.steps):
            share = (k + 0.6) / self.steps
            x = x0 + 0.8 * t + 0.12 * w * share
            found.append(
                block("rung", (1.2 * t, d - t, 0.6 * t), x, 0, deck * share * 0.96, "blue", level(k, self.steps))
            )
        found.append(block("platform", (run + t, d, t), x0 + 0.12 * w + run / 2, 0, deck - t, "blue"))
        a, b = x0 + 0.12 * w + run, w / 2
        line = [
            (a, deck),
            (a + 0.06 * w, deck - 0.02 * h),
            (b - 0.2 * w, 0.1 * h),
            (b - 0.1 * w, 0.05 * h),
            (b, 0.05 * h),
        ]
        chute = polygon(*line, (b, 0.0), (b - 0.1 * w, 0.0), (b - 0.22 * w, 0.04 * h), (a, deck - t))
        found.append(Part("chute", extruded(chute, d), own(0, d / 2, 0, UPRIGHT), "yellow"))
        up = 0.1 * h
        edge = polygon(*line, *[(x, z + up) for x, z in reversed(line)])
        for side, y in (("right", -(d - t) / 2), ("left", (d - t) / 2)):
            found.append(Part("side", extruded(edge, t), own(0, y + t / 2, 0, UPRIGHT), "red", (side,)))
        return found
