"""Plants as models: tree, cactus, flower."""

from __future__ import annotations

from math import cos, pi, radians, sin
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import Part, said
from wugan.apps.voice_to_3d.families.home.kit import (
    bar,
    below,
    level,
    on_circle,
    own,
    polygon,
    sides,
)  # fmt: skip
from wugan.apps.voice_to_3d.families.home.lathe import smooth, turned
from wugan.apps.voice_to_3d.families.home.made import Made, Sizes
from wugan.apps.voice_to_3d.scene.placement import at
from wugan.apps.voice_to_3d.scene.profile import Circle
from wugan.apps.voice_to_3d.scene.solid import (
    Capsule,
    Cone,
    Ellipsoid,
    Extrude,
    Sphere,
    Sweep,
)  # fmt: skip


class Tree(Made):
    """A tree: a round crown on a trunk, or a fir of cones, or a palm."""

    names = ("tree", "fir tree", "christmas tree", "pine tree", "palm tree", "oak tree")
    height: float = Field(150, ge=15, le=50000)
    width: Annotated[float, said("crown diameter", "crown width", "diameter")] = Field(90, ge=8, le=50000)
    style: Annotated[Literal["round", "conical", "palm"], said("crown")] = "round"
    tiers: Annotated[int, said("levels", "layers")] = Field(4, ge=1, le=10)
    follows: ClassVar[Sizes] = {"width": ("height",), "height": ("width",)}

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
        shape = Extrude(profile=polygon(*reversed(leaf)), height=max(1.2, 0.14 * w))
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
    follows: ClassVar[Sizes] = {"width": ("height",), "height": ("width",)}

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
    follows: ClassVar[Sizes] = {"diameter": ("height",), "height": ("diameter",)}

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
    follows: ClassVar[Sizes] = {
        "width": ("height",),
        "height": ("width",),
        "pot_diameter": ("width", "height"),
        "pot_height": ("height", "width"),
    }

    def parts(self) -> list[Part]:
        """Pot, soil, stems and leaves, the first and highest leaf to the right."""
        h, w, p, low = self.height, self.width, self.pot_diameter, self.pot_height
        below(self, "pot_height", 0.6 * h, "height")
        below(self, "pot_diameter", 0.9 * w, "width")
        wall = max(0.8, 0.04 * p)
        pot = turned([(0.36 * p, 0.0), (0.5 * p, low), (0.5 * p - wall, low), (0.36 * p - wall, wall)])
        soil = Cone(bottom_diameter=0.8 * p, top_diameter=0.94 * p, height=0.5 * low)
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
