"""Models of buildings: house, tower, castle, lighthouse, bridge."""

from __future__ import annotations

from math import cos, pi, sin
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import Part, said
from wugan.apps.voice_to_3d.families.home.kit import (
    SUNK,
    UPRIGHT,
    bar,
    below,
    block,
    cut,
    level,
    on_circle,
    outline,
    own,
    polygon,
    sides,
)  # fmt: skip
from wugan.apps.voice_to_3d.families.home.lathe import scaled, smooth, turned
from wugan.apps.voice_to_3d.families.home.made import Made, Sizes
from wugan.apps.voice_to_3d.scene.placement import at
from wugan.apps.voice_to_3d.scene.profile import Polygon, Rectangle
from wugan.apps.voice_to_3d.scene.solid import Cone, Cylinder, Extrude, Pyramid, Solid

Across = Annotated[float, said("length")]


class House(Made):
    """A model of a house: walls, a gabled, hipped or flat roof, a door, windows, a chimney."""

    names = ("house", "cottage", "home", "barn", "shed", "cabin", "hut", "dog house", "doghouse", "kennel", "dollhouse")
    width: Across = Field(120, ge=10, le=50000)
    depth: float = Field(90, ge=10, le=50000)
    height: float = Field(110, ge=10, le=50000)
    roof: Literal["gabled", "hipped", "flat"] = "gabled"
    roof_height: float = Field(45, ge=1, le=20000)
    floors: Annotated[int, said("storeys", "stories")] = Field(1, ge=1, le=10)
    windows: Annotated[int, said("windows in front")] = Field(2, ge=0, le=10)
    door: bool = True
    chimney: bool = True
    follows: ClassVar[Sizes] = {
        "roof_height": ("height", "width"),
        "width": ("height", "depth"),
        "depth": ("width", "height"),
        "height": ("width", "depth"),
    }

    def parts(self) -> list[Part]:
        """Walls, roof (its eaves are the width and depth), door, windows left and right of it and above, chimney."""
        w, d, h = self.width, self.depth, self.height
        flat = self.roof == "flat"
        top = 0.06 * h if flat else self.roof_height
        if not flat:
            below(self, "roof_height", 0.8 * h, "height")
        tall = h - top
        over = 0.05 * min(w, d)
        a, b = w - 2 * over, d - 2 * over
        found = [block("wall", (a, b, tall), material="cream")]
        if flat:
            found.append(block("roof", (w, d, top), 0, 0, tall, "grey"))
        elif self.roof == "hipped":
            base = Rectangle(width=w, depth=d)
            found.append(Part("roof", Pyramid(profile=base, height=top, top_scale=0.12), at(z=tall), "dark red"))
        else:
            gable = polygon((-d / 2, 0), (d / 2, 0), (0, top))
            found.append(Part("roof", Extrude(profile=gable, height=w), own(-w / 2, 0, tall, (90, 0, 90)), "dark red"))
        front, thin = -b / 2, 0.5 * over
        story = tall / self.floors
        wide, high = 0.16 * a, 0.62 * story
        if self.door:
            found.append(block("door", (wide, 2 * thin, high), 0, front, 0, "brown"))
            knob = at(0.3 * wide, front - thin, 0.45 * high, "centre", (90, 0, 0))
            found.append(Part("door knob", Cylinder(diameter=0.12 * wide, height=0.5 * thin), knob, "brass"))
        for floor in range(self.floors):
            spots = self._spots(floor, a, wide)
            size = (min(0.15 * a, 0.7 * a / max(1, len(spots) + 1)), 2 * thin, 0.4 * story)
            for x in spots:
                z = floor * story + 0.35 * story
                found.append(
                    block("window", size, x, front, z, "light blue", (*sides(x, -1), *level(floor, self.floors)))
                )
        if self.chimney and not flat:
            stack = 0.1 * min(w, d)
            x, y = (0.28 * a, 0.16 * d) if self.roof == "gabled" else (0.25 * a, 0.1 * d)
            found.append(block("chimney", (stack, stack, top), x, y, tall, "brick"))
        return found

    def _spots(self, floor: int, a: float, wide: float) -> list[float]:
        n = self.windows
        if not n:
            return []
        if floor or not self.door:
            return [a * ((k + 0.5) / n - 0.5) for k in range(n)]
        left, right = (n + 1) // 2, n // 2
        half = (a - wide) / 2
        spots = [-wide / 2 - half * (k + 0.5) / left for k in range(left)]
        return spots + [wide / 2 + half * (k + 0.5) / right for k in range(right)]


def battlements(width: float, teeth: int, tooth: float, height: float, z: float, material: str) -> list[Part]:
    """Merlons on the edge of a round platform."""
    r = width / 2 - tooth / 2
    size = min(tooth, 0.9 * pi * r / teeth)
    points = on_circle(teeth, r - 0.3 * size)
    return [block("merlon", (size, size, height), x, y, z, material, sides(x, y)) for x, y in points]


class Tower(Made):
    """A model of a tower, round or square, with battlements or a pointed roof."""

    names = ("tower", "watchtower", "turret", "keep")
    shape: Literal["round", "square"] = "round"
    width: Annotated[float, said("diameter")] = Field(60, ge=8, le=20000)
    depth: float = Field(60, ge=8, le=20000)
    height: float = Field(150, ge=12, le=50000)
    roof: Annotated[Literal["battlements", "pointed", "flat"], said("top")] = "battlements"
    windows: int = Field(3, ge=0, le=12)
    door: bool = True
    follows: ClassVar[Sizes] = {"width": ("height",), "height": ("width", "depth")}

    def parts(self) -> list[Part]:
        """Shaft, platform, merlons or roof, door, slits from the bottom up."""
        w, h = self.width, self.height
        below(self, "width", 2 * h, "height")
        crown = min(0.14 * h, 0.3 * w)
        peak = min(0.35 * h, 0.9 * w) if self.roof == "pointed" else crown if self.roof == "battlements" else 0.0
        shaft = h - peak
        thick = 0.4 * crown
        body = outline(self.shape, 0.84 * w, 0.84 * w)
        platform = outline(self.shape, w, w)
        found = [
            Part("shaft", Extrude(profile=body, height=shaft), at(), "stone"),
            Part("platform", Extrude(profile=platform, height=thick), at(z=shaft - thick), "stone"),
        ]
        if self.roof == "pointed":
            cone: Solid = Cone(bottom_diameter=w, height=peak)
            if self.shape == "square":
                cone = Pyramid(profile=platform, height=peak)
            found.append(Part("roof", cone, at(z=shaft), "dark red"))
        elif self.roof == "battlements":
            tooth = 0.16 * w
            if self.shape == "round":
                found += battlements(w, 8, tooth, peak, shaft, "stone")
            else:
                edge = (w - tooth) / 2
                spots = {(a * edge, b * edge) for a in (-1, 0, 1) for b in (-1, 0, 1)} - {(0, 0)}
                found += [
                    block("merlon", (tooth, tooth, peak), x, y, shaft, "stone", sides(x, y)) for x, y in sorted(spots)
                ]
        front, thin = -0.42 * w, 0.08 * w
        if self.door:
            found.append(block("door", (0.2 * w, thin, min(0.3 * w, 0.25 * shaft)), 0, front + 0.3 * thin, 0, "brown"))
        for k in range(self.windows):
            z = shaft * (0.32 + 0.55 * k / max(1, self.windows))
            size = (0.07 * w, thin, min(0.16 * w, 0.4 * shaft / self.windows))
            found.append(block("window", size, 0, front + 0.3 * thin, z, "dark grey", level(k, self.windows)))
        return found


class Castle(Made):
    """A model of a castle: four corner towers, walls with battlements, a gate and a keep."""

    names = ("castle", "fortress", "fort")
    width: Across = Field(160, ge=30, le=50000)
    depth: float = Field(160, ge=30, le=50000)
    height: float = Field(100, ge=20, le=50000)
    towers: Annotated[Literal["round", "square"], said("tower shape")] = "round"
    roof: Annotated[Literal["battlements", "pointed"], said("tower roof")] = "battlements"
    keep: Annotated[bool, said("main tower", "flag")] = True
    follows: ClassVar[Sizes] = {
        "width": ("height", "depth"),
        "depth": ("width", "height"),
        "height": ("width", "depth"),
    }

    def parts(self) -> list[Part]:
        """Ground, towers, walls, gate, keep."""
        w, d, h = self.width, self.depth, self.height
        tall = 0.75 * h if self.keep else h
        t = min(0.22 * min(w, d), 1.6 * tall)
        x, y = (w - t) / 2, (d - t) / 2
        found = [block("ground", (2 * x, 2 * y, 0.03 * h), material="green")]
        for b in (-y, y):
            for a in (-x, x):
                tower = Tower.model_construct(
                    shape=self.towers,
                    width=t,
                    depth=t,
                    height=tall,
                    roof=self.roof,
                    door=False,
                    windows=2,
                )
                found += _moved(tower.parts(), a, b, tall, "tower", sides(a, b))
        wall, thick = 0.5 * tall, 0.35 * t
        teeth = 5
        for f, b in (("front", -y), ("back", y)):
            found.append(block("wall", (2 * x, thick, wall), 0, b, 0, "stone", (f,)))
            for k in range(teeth):
                a = 2 * x * ((k + 0.5) / teeth - 0.5) * 0.8
                found.append(block("merlon", (0.1 * x, thick, 0.12 * tall), a, b, wall, "stone", (f,)))
        for s, a in (("left", -x), ("right", x)):
            found.append(block("wall", (thick, 2 * y, wall), a, 0, 0, "stone", (s,)))
            for k in range(teeth):
                b = 2 * y * ((k + 0.5) / teeth - 0.5) * 0.8
                found.append(block("merlon", (thick, 0.1 * y, 0.12 * tall), a, b, wall, "stone", (s,)))
        gate = 0.2 * x
        arch = polygon(
            *[(gate * cos(pi * k / 16), 0.4 * wall + gate * sin(pi * k / 16)) for k in range(17)], (-gate, 0), (gate, 0)
        )
        found.append(
            Part("gate", Extrude(profile=arch, height=1.3 * thick), at(0, -y, 0, rotate=UPRIGHT), "brown", ("front",))
        )
        if self.keep:
            middle = min(0.3 * min(w, d), 1.6 * h)
            centre = Tower.model_construct(
                shape="square",
                width=middle,
                depth=middle,
                height=h,
                roof="battlements",
                door=True,
                windows=2,
            )
            found += _moved(centre.parts(), 0, 0, h, "keep", ("middle",))
        return found


def _moved(parts: list[Part], x: float, y: float, height: float, role: str, tags: tuple[str, ...]) -> list[Part]:
    """A tower's parts carried to (x, y); the main ones are called by the tower's role."""
    found = []
    for part in parts:
        place = part.place.model_copy(
            update={
                "x": part.place.x.model_copy(update={"offset": part.place.x.offset + x}),
                "y": part.place.y.model_copy(update={"offset": part.place.y.offset + y}),
            }
        )
        name = role if part.role == "shaft" else f"{role} {part.role}"
        found.append(Part(name, part.shape, place, part.material, tags))
    return found


class Lighthouse(Made):
    """A model of a lighthouse: a striped tapering tower, a gallery, a lantern room and a dome."""

    names = ("lighthouse", "light house")
    diameter: Annotated[float, said("width", "base diameter")] = Field(60, ge=10, le=20000)
    height: float = Field(180, ge=20, le=60000)
    stripes: Annotated[int, said("bands")] = Field(5, ge=1, le=15)
    follows: ClassVar[Sizes] = {"diameter": ("height",), "height": ("diameter",)}

    def parts(self) -> list[Part]:
        """Foot, bands from the bottom up, gallery, lantern, dome."""
        r, h = self.diameter / 2, self.height
        below(self, "diameter", 0.9 * h, "height")
        foot, tall = 0.05 * h, 0.7 * h
        found = [Part("base", bar(2 * r, foot), at(), "stone")]
        for k in range(self.stripes):
            a, b = (0.8 * r - 0.35 * r * s / self.stripes for s in (k, k + 1))
            step = (tall - foot) / self.stripes
            sunk = 0.02 * step  # into the band below, so that both are one piece
            cone = Cone(bottom_diameter=2 * a, top_diameter=2 * b, height=step + sunk)
            colour = "white" if k % 2 == 0 else "red"
            found.append(Part("band", cone, at(z=foot + k * step - sunk), colour, level(k, self.stripes)))
        z = tall
        found += [
            Part("gallery", bar(1.3 * r, 0.045 * h), at(z=z - 0.005 * h), "black"),
            Part("lantern", bar(0.7 * r, 0.13 * h), at(z=z + 0.035 * h), "light yellow"),
        ]
        for x, y in on_circle(12, 0.6 * r):
            found.append(
                Part(
                    "railing post",
                    bar(max(0.04 * r, 0.8 if r > 20 else 0.04 * r), 0.05 * h),
                    at(x, y, z + 0.035 * h),
                    "black",
                )
            )
        ring = Cylinder(diameter=1.28 * r, inner_diameter=1.12 * r, height=0.012 * h)
        found.append(Part("railing", ring, at(z=z + 0.085 * h), "black"))
        dome = smooth(scaled([(0.5, 0), (0.44, 0.5), (0.08, 0.75), (0.05, 1)], r, 0.14 * h), 6)
        return [*found, Part("dome", turned(dome), at(z=h - 0.14 * h), "red")]


class Bridge(Made):
    """A bridge: a deck on arches or piers, with parapets."""

    names = ("bridge", "viaduct", "footbridge")
    width: Across = Field(240, ge=20, le=90000)
    depth: Annotated[float, said("deck width")] = Field(50, ge=5, le=20000)
    height: float = Field(70, ge=5, le=30000)
    arches: Annotated[int, said("spans")] = Field(2, ge=1, le=12)
    style: Literal["arched", "beam"] = "arched"
    parapet: Annotated[bool, said("railing", "railings", "rails")] = True
    follows: ClassVar[Sizes] = {"width": ("height",), "depth": ("width", "height"), "height": ("width",)}

    def parts(self) -> list[Part]:
        """The body with its openings, the road, parapets front and back."""
        w, d, h = self.width, self.depth, self.height
        rail = 0.15 * h if self.parapet else 0.0
        deck = h - rail
        pier = 0.12 * w / self.arches
        span = (w - pier * (self.arches + 1)) / self.arches
        crown = deck * 0.84
        rise = min(span / 2, crown * 0.95) if self.style == "arched" else 0.0
        holes = []
        for k in range(self.arches):
            x = -w / 2 + pier + span / 2 + k * (span + pier)
            spring = crown - rise
            arc = [(x + span / 2 * cos(pi * j / 24), spring + rise * sin(pi * j / 24)) for j in range(25)]
            if self.style == "beam":
                arc = [(x + span / 2, crown), (x - span / 2, crown)]
            points = [(x - span / 2, -1.0), (x + span / 2, -1.0), *arc]
            holes.append((Extrude(profile=Polygon(points=tuple(points)), height=2 * d), own(0, 0, -d / 2)))
        block_ = Extrude(profile=Polygon(points=((-w / 2, 0), (w / 2, 0), (w / 2, deck), (-w / 2, deck))), height=d)
        found = [Part("body", cut(block_, *holes), own(0, d / 2, 0, UPRIGHT), "stone")]
        if self.parapet:
            thick = 0.1 * d
            for f, y in (("front", -(d - thick) / 2), ("back", (d - thick) / 2)):
                found.append(block("parapet", (w, thick, rail + SUNK), 0, y, deck - SUNK, "stone", (f,)))
            found.append(block("road", (w, d - 1.9 * thick, 0.3 * rail + SUNK), 0, 0, deck - SUNK, "dark grey"))
        return found
