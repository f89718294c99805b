"""Shapes with a name: star, heart, crescent, cross, arrow, lightning bolt, drop, diamond, egg, donut, spiral."""

from __future__ import annotations

from math import cos, pi, sin
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import Made, Part, Sizes, led, said
from wugan.apps.voice_to_3d.families.home.kit import UPRIGHT, Outline, below, own, turned
from wugan.apps.voice_to_3d.families.solids import extruded, prism
from wugan.apps.voice_to_3d.scene.placement import at
from wugan.apps.voice_to_3d.scene.profile import Circle, Polygon
from wugan.apps.voice_to_3d.scene.solid import Helix, Hull, Placed, Revolve, Solid, Sphere, Sweep, Torus

Lies = Literal["lying", "standing"]


def fitted(points: list[tuple[float, float]], width: float, depth: float) -> Polygon:
    """An outline stretched so that its box is width x depth, centred."""
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    kx, ky = width / (max(xs) - min(xs)), depth / (max(ys) - min(ys))
    mx, my = (max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2
    return Polygon(points=tuple(((x - mx) * kx, (y - my) * ky) for x, y in points))


class _Flat(Made):
    """A flat figure `width` across and `length` from its foot to its top, `thickness` mm thick.

    Lying, the figure's top points to the back; standing, up.
    """

    width: Annotated[float, said("size", "diameter")] = Field(60, ge=3, le=5000)
    length: Annotated[float, said("height")] = Field(60, ge=3, le=5000)
    thickness: Annotated[float, said("depth")] = Field(5, ge=0.8, le=1000)
    position: Lies = "lying"
    follows = led("length", by="width") | led("width", by="length")
    yields = led("thickness", by=("width", "length"))
    colour: ClassVar[str] = "gold"

    def _points(self) -> list[tuple[float, float]]:
        raise NotImplementedError

    def _solid(self) -> Solid:
        return extruded(fitted(self._points(), self.width, self.length), self.thickness)

    def parts(self) -> list[Part]:
        """One piece."""
        turn = UPRIGHT if self.position == "standing" else (0.0, 0.0, 0.0)
        return [Part(self.names[0], self._solid(), at(rotate=turn), self.colour)]


class Star(_Flat):
    """A flat star with any number of points."""

    names = ("star", "sheriff star", "christmas star")
    points: Annotated[int, said("tips", "arms", "spikes")] = Field(5, ge=3, le=24)
    inner_ratio: Annotated[float, said("inner size")] = Field(0.4, ge=0.15, le=0.95)

    def _points(self) -> list[tuple[float, float]]:
        found = []
        for k in range(2 * self.points):
            r, a = (1.0 if k % 2 == 0 else self.inner_ratio), pi / 2 + pi * k / self.points
            found.append((r * cos(a), r * sin(a)))
        return found


class Heart(_Flat):
    """A flat heart."""

    names = ("heart", "love heart")
    colour: ClassVar[str] = "red"

    def _points(self) -> list[tuple[float, float]]:
        angles = [2 * pi * k / 96 for k in range(96)]
        return [(-16 * sin(a) ** 3, 13 * cos(a) - 5 * cos(2 * a) - 2 * cos(3 * a) - cos(4 * a)) for a in angles]


class Crescent(_Flat):
    """A flat crescent moon, its tips to the right."""

    names = ("crescent", "moon", "crescent moon", "half moon")
    width: Annotated[float, said("size", "diameter")] = Field(36, ge=3, le=5000)
    phase: Annotated[float, said("fullness")] = Field(0.35, ge=0.1, le=0.8)

    def _points(self) -> list[tuple[float, float]]:
        # Two arcs through (0, 1) and (0, -1): half a circle to the left, a flatter one to the right of it.
        n, bulge = 40, 1 - 2 * self.phase
        outer = [(-sin(pi * k / n), cos(pi * k / n)) for k in range(n + 1)]
        inner = [(-bulge * sin(pi * k / n), cos(pi * k / n)) for k in range(n - 1, 0, -1)]
        return outer + inner


class Cross(_Flat):
    """A flat cross with four equal arms, or a tall one."""

    names = ("plus sign", "plus", "crucifix", "wooden cross", "flat cross")
    bar_width: Annotated[float, said("arm width", "bar thickness")] = Field(18, ge=0.8, le=3000)
    style: Literal["equal", "latin"] = "equal"
    follows: ClassVar[Sizes] = {**_Flat.follows, "bar_width": ("width", "length")}
    colour: ClassVar[str] = "oak"

    def _solid(self) -> Solid:
        a, w, h = self.bar_width / 2, self.width / 2, self.length / 2
        below(self, "bar_width", 0.9 * min(self.width, self.length), "width", "length")
        m = 0.0 if self.style == "equal" else 0.3 * (h - a)
        points = [(-a, -h), (a, -h), (a, m - a), (w, m - a), (w, m + a), (a, m + a), (a, h), (-a, h), (-a, m + a),
                  (-w, m + a), (-w, m - a), (-a, m - a)]  # fmt: skip
        return prism(points, self.thickness)


class Arrow(_Flat):
    """A flat arrow that points to the right, `length` along x."""

    names = ("arrow", "pointer", "direction arrow")
    length: float = Field(100, ge=3, le=5000)
    width: Annotated[float, said("height", "head width", "span")] = Field(50, ge=3, le=5000)
    shaft_width: Annotated[float, said("shaft thickness")] = Field(20, ge=0.8, le=3000)
    head_length: float = Field(42, ge=1, le=3000)
    follows: ClassVar[Sizes] = {**_Flat.follows, "shaft_width": ("width", "length"), "head_length": ("length", "width")}
    colour: ClassVar[str] = "red"

    def _solid(self) -> Solid:
        below(self, "shaft_width", self.width, "width")
        below(self, "head_length", self.length, "length")
        w, h, s, k = self.length / 2, self.width / 2, self.shaft_width / 2, self.length / 2 - self.head_length
        points = [(-w, -s), (k, -s), (k, -h), (w, 0.0), (k, h), (k, s), (-w, s)]
        return prism(points, self.thickness)


class Lightning(_Flat):
    """A flat lightning bolt."""

    names = ("lightning bolt", "lightning", "flash", "thunderbolt")
    width: Annotated[float, said("size")] = Field(45, ge=3, le=5000)
    length: Annotated[float, said("height")] = Field(80, ge=3, le=5000)
    colour: ClassVar[str] = "yellow"

    def _points(self) -> list[tuple[float, float]]:
        return [(0.1, 0.0), (1.0, 0.62), (0.58, 0.62), (0.86, 1.0), (0.4, 1.0), (0.0, 0.46), (0.42, 0.46)]


class Cloud(_Flat):
    """A flat cloud of round lobes."""

    names = ("cloud", "speech cloud")
    width: Annotated[float, said("size")] = Field(90, ge=3, le=5000)
    length: Annotated[float, said("height")] = Field(50, ge=3, le=5000)
    colour: ClassVar[str] = "white"

    def _points(self) -> list[tuple[float, float]]:
        lobes = [(0.2, 0.2, 0.2), (0.45, 0.42, 0.28), (0.78, 0.36, 0.22), (0.95, 0.18, 0.18)]
        xs = [1.13 * k / 120 for k in range(121)]
        upper = []
        for x in xs:
            tops = [y + (r * r - (x - a) ** 2) ** 0.5 for a, y, r in lobes if abs(x - a) <= r]
            upper.append((x, max(tops) if tops else 0.0))
        return [(0.1, 0.0), (1.03, 0.0), *reversed([p for p in upper if p[1] > 0.02])]


class Crystal(Made):
    """A cut diamond: a table, a crown and a pavilion."""

    names = ("diamond", "gem", "gemstone", "jewel", "brilliant")
    diameter: Annotated[float, said("width", "size")] = Field(40, ge=3, le=2000)
    height: float = Field(26, ge=2, le=2000)
    facets: Annotated[int, said("sides")] = Field(8, ge=4, le=24)
    follows = led("height", by="diameter") | led("diameter", by="height")

    def parts(self) -> list[Part]:
        """One faceted piece that stands on a small flat. The diameter is that over its corners along x."""
        r, h, n = self.diameter / 2, self.height, self.facets
        girdle, table = 0.66 * h, 0.55 * r
        thin = 0.03 * h

        def ring(radius: float, start: float) -> Polygon:
            angles = [2 * pi * (k + start) / n for k in range(n)]
            return Polygon(points=tuple((round(radius * cos(a), 9), round(radius * sin(a), 9)) for a in angles))

        rings = ((max(0.04 * r, 0.05), 0.0, 0.0), (r, 0.0, girdle), (table, 0.5, h - thin))
        placed = tuple(Placed(shape=extruded(ring(a, s), thin), place=own(0, 0, z)) for a, s, z in rings)
        return [Part("diamond", Hull(of=placed), own(), "translucent light blue")]


class Egg(Made):
    """An egg, the blunt end down."""

    names: ClassVar[tuple[str, ...]] = ("egg", "easter egg")
    diameter: Annotated[float, said("width")] = Field(45, ge=3, le=2000)
    height: Annotated[float, said("length")] = Field(58, ge=3, le=3000)
    follows = led("height", by="diameter") | led("diameter", by="height")

    def _outline(self) -> Outline:
        found = []
        for k in range(49):
            a = pi * k / 48
            found.append((sin(a) * (1 + 0.2 * cos(a)), (1 - cos(a)) / 2))
        widest = max(p[0] for p in found)
        return [(max(0.0, r / widest * self.diameter / 2), z * self.height) for r, z in found]

    def parts(self) -> list[Part]:
        """One piece."""
        return [Part("egg", turned(self._outline()), own(), "eggshell")]


class Drop(Egg):
    """A drop of water, its tip up."""

    names = ("drop", "teardrop", "water drop", "raindrop")
    diameter: Annotated[float, said("width")] = Field(36, ge=3, le=2000)
    height: Annotated[float, said("length")] = Field(60, ge=3, le=3000)

    def _outline(self) -> Outline:
        found = []
        for k in range(49):
            a = pi * k / 48
            found.append((sin(a) * sin((pi - a) / 2) ** 1.6, (1 - cos(a)) / 2))
        widest = max(p[0] for p in found)
        return [(max(0.0, r / widest * self.diameter / 2), z * self.height) for r, z in found]

    def parts(self) -> list[Part]:
        """One piece."""
        return [Part("drop", turned(self._outline()), own(), "translucent blue")]


class Donut(Made):
    """A doughnut with icing and sprinkles, or a plain ring."""

    names = ("donut", "doughnut", "bagel")
    diameter: Annotated[float, said("width", "outer diameter")] = Field(90, ge=5, le=3000)
    thickness: Annotated[float, said("height", "tube diameter")] = Field(32, ge=1, le=1500)
    icing: Annotated[bool, said("glaze", "frosting")] = True
    sprinkles: int = Field(18, ge=0, le=80)
    follows = led("thickness", by="diameter")

    def parts(self) -> list[Part]:
        """The ring, the icing on its upper half, sprinkles."""
        t, w = self.thickness, self.diameter
        below(self, "thickness", 0.49 * w, "diameter")
        # Iced, the dough is a little thinner than the icing's ring, so that both together keep the size.
        glaze, tube = (0.52 * t, 0.96 * t) if self.icing else (t / 2, t)
        ring = w - 2 * glaze
        dough = Torus(diameter=ring, tube=tube)
        if not self.icing:
            return [Part("dough", dough, own(), "caramel")]
        n = 24
        outer = [(ring / 2 + glaze * cos(pi * k / n), glaze * sin(pi * k / n)) for k in range(n + 1)]
        low = [
            (ring / 2 + 0.8 * tube / 2 * cos(pi * k / n), 0.8 * tube / 2 * sin(pi * k / n)) for k in range(n, -1, -1)
        ]
        middle = tube / 2
        cap = Revolve(points=tuple((round(a, 9), round(b, 9)) for a, b in (*outer, *low)))
        found = [Part("dough", dough, own(), "caramel"), Part("icing", cap, own(0, 0, middle), "pink")]
        size = 0.07 * t
        for k in range(self.sprinkles):
            a, up = 2 * pi * k * 0.618, pi * (0.36 + 0.28 * ((k * 0.382) % 1))
            r = ring / 2 + (glaze - 0.3 * size) * cos(up)
            z = middle + (glaze - 0.3 * size) * sin(up) - size / 2
            z = min(z, t - size)
            colour = ("yellow", "light blue", "white", "green")[k % 4]
            found.append(Part("sprinkle", Sphere(diameter=size), at(r * cos(a), r * sin(a), z), colour))
        return found


class Spiral(Made):
    """A flat spiral, or a coil that climbs."""

    names = ("spiral", "spiral coil")
    diameter: Annotated[float, said("width", "outer diameter")] = Field(60, ge=5, le=3000)
    turns: Annotated[float, said("windings", "loops")] = Field(4, ge=1, le=30)
    thickness: Annotated[float, said("wire diameter", "tube diameter")] = Field(4, ge=0.8, le=300)
    height: float = Field(60, ge=0.8, le=5000)
    style: Literal["flat", "climbing"] = "climbing"
    follows = led("height", by="diameter")
    yields = led("thickness", by=("diameter", "height"))

    def parts(self) -> list[Part]:
        """One piece. A flat one is as high as it is thick."""
        t, r = self.thickness, self.diameter / 2
        if self.style == "climbing":
            below(self, "thickness", 0.4 * self.diameter, "diameter")
            below(self, "thickness", 0.9 * self.height / (self.turns + 1), "height", "turns")
            pitch = (self.height - t) / self.turns
            coil = Helix(profile=Circle(diameter=t), diameter=self.diameter - t, pitch=pitch, turns=self.turns)
            return [Part("coil", coil, at(), "steel")]
        below(self, "thickness", 0.8 * r / (self.turns + 1), "diameter", "turns")
        steps = max(24, round(36 * self.turns))
        start = 1.2 * t
        path = []
        for k in range(steps + 1):
            share = k / steps
            radius, a = start + (r - t / 2 - start) * share, 2 * pi * self.turns * share
            path.append((radius * cos(a), radius * sin(a), t / 2))
        return [Part("spiral", Sweep(profile=Circle(diameter=t), path=tuple(path)), own(), "steel")]
