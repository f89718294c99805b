"""Garden and street: planter box, mailbox, street lamp, traffic cone, signpost, slide."""

from __future__ import annotations

from math import cos, pi, sin
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import Part, said
from wugan.apps.voice_to_3d.families.home.kit import (
    UPRIGHT,
    bar,
    below,
    block,
    cut,
    level,
    outline,
    own,
    polygon,
    rounded,
    sides,
)  # fmt: skip
from wugan.apps.voice_to_3d.families.home.lathe import smooth, turned
from wugan.apps.voice_to_3d.families.home.made import Made, Sizes
from wugan.apps.voice_to_3d.scene.placement import at
from wugan.apps.voice_to_3d.scene.profile import Circle
from wugan.apps.voice_to_3d.scene.solid import (
    Box,
    Cone,
    Cylinder,
    Extrude,
    Revolve,
    Sphere,
    Sweep,
)  # fmt: skip


class PlanterBox(Made):
    """A rectangular planter on feet with soil in it."""

    names = ("planter box", "flower box", "window box", "raised bed", "trough")
    width: Annotated[float, said("length")] = Field(800, ge=30, le=6000)
    depth: float = Field(300, ge=20, le=3000)
    height: float = Field(320, ge=20, le=2000)
    wall_thickness: Annotated[float, said("walls", "wall", "thickness")] = Field(20, ge=0.8, le=200)
    soil: Annotated[bool, said("earth")] = True
    feet: Annotated[bool, said("legs")] = True
    yields: ClassVar[Sizes] = {"wall_thickness": ("width", "depth", "height")}

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
    follows: ClassVar[Sizes] = {"box_height": ("width",), "depth": ("width",)}

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
        body = cut(Extrude(profile=shape, height=long), (Extrude(profile=hollow, height=long - 2 * t), own(0, 0, t)))
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
    follows: ClassVar[Sizes] = {"width": ("height",), "height": ("width",)}

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
                Part(
                    "base", Cone(bottom_diameter=foot, top_diameter=1.2 * pole, height=0.5 * foot), at(x0), "dark grey"
                ),
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
        glass = Cone(bottom_diameter=1.1 * r, top_diameter=1.8 * r, height=0.5 * head)
        z = h - head
        return [
            Part("base", turned(line), own(), "black"),
            Part("pole", bar(pole, z), at(), "black"),
            Part("collar", bar(1.3 * r, 0.08 * head), at(z=z - 0.04 * head), "black"),
            Part("light", glass, at(z=z + 0.02 * head), "light yellow"),
            Part(
                "roof",
                Cone(bottom_diameter=2 * r, top_diameter=0.2 * r, height=0.36 * head),
                at(z=z + 0.5 * head),
                "black",
            ),
            Part("finial", Sphere(diameter=0.2 * head), at(z=h - 0.2 * head), "black"),
        ]


class TrafficCone(Made):
    """A traffic cone, hollow, with white bands."""

    names = ("traffic cone", "road cone", "safety cone", "pylon")
    width: Annotated[float, said("base width")] = Field(280, ge=10, le=1500)
    height: float = Field(500, ge=15, le=2000)
    wall_thickness: Annotated[float, said("thickness", "wall")] = Field(5, ge=0.8, le=60)
    bands: Annotated[int, said("stripes")] = Field(2, ge=0, le=3)
    follows: ClassVar[Sizes] = {"width": ("height",), "height": ("width",)}
    yields: ClassVar[Sizes] = {"wall_thickness": ("width", "height")}

    def parts(self) -> list[Part]:
        """Foot, hollow cone, bands. The foot is square and the depth is the width."""
        w, h, t = self.width, self.height, self.wall_thickness
        below(self, "width", 1.6 * h, "height")
        below(self, "wall_thickness", 0.06 * w, "width")
        foot = 0.06 * h
        r, top = 0.38 * w, 0.08 * w
        tall = h - foot
        base = cut(rounded(w, w, foot, 0.15 * w), (Cylinder(diameter=2 * (r - t), height=3 * foot), own(0, 0, -foot)))
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
    follows: ClassVar[Sizes] = {"width": ("height",), "height": ("width",)}

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
                board = Extrude(profile=polygon(*points), height=thin)
                side = "right" if s > 0 else "left"
                found.append(
                    Part("board", board, own(0, y + 0.8 * thin, z, UPRIGHT), "white", (side, *level(k, self.boards)))
                )
            return found
        if self.shape == "triangular":
            tall = w * 0.866
            sign = Extrude(profile=polygon((-w / 2, 0), (w / 2, 0), (0, tall)), height=thin)
            small = Extrude(profile=polygon((-0.33 * w, 0), (0.33 * w, 0), (0, 0.66 * tall)), height=1.3 * thin)
            place = own(0, y + 0.8 * thin, h - tall, UPRIGHT)
            inner_place = own(0, y + 0.8 * thin, h - tall + 0.12 * tall, UPRIGHT)
            return [*found, Part("sign", sign, place, "red"), Part("face", small, inner_place, "white")]
        sign = Extrude(profile=outline(self.shape, w, w, 0.1 * w), height=thin)
        small = Extrude(profile=outline(self.shape, 0.76 * w, 0.76 * w, 0.08 * w), height=1.3 * thin)
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
    follows: ClassVar[Sizes] = {
        "width": ("height", "depth"),
        "depth": ("height", "width"),
        "height": ("width", "depth"),
    }

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
            found.append(
                Part("ladder rail", Extrude(profile=rail, height=t), own(0, y + t / 2, 0, UPRIGHT), "blue", (side,))
            )
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
        found.append(Part("chute", Extrude(profile=chute, height=d), own(0, d / 2, 0, UPRIGHT), "yellow"))
        up = 0.1 * h
        edge = polygon(*line, *[(x, z + up) for x, z in reversed(line)])
        for side, y in (("right", -(d - t) / 2), ("left", (d - t) / 2)):
            found.append(Part("side", Extrude(profile=edge, height=t), own(0, y + t / 2, 0, UPRIGHT), "red", (side,)))
        return found
