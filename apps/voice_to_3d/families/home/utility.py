"""Kitchen, bath and shed: kitchen island, bathtub, fridge, stove, toolbox, pedestal, barrel, rubber duck."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import Part, said
from wugan.apps.voice_to_3d.families.home.kit import SUNK, bar, below, block, cut, outline, own, require, rounded
from wugan.apps.voice_to_3d.families.home.lathe import radius_at, smooth, turned
from wugan.apps.voice_to_3d.families.home.made import Made, Sizes
from wugan.apps.voice_to_3d.scene.placement import at
from wugan.apps.voice_to_3d.scene.profile import Circle
from wugan.apps.voice_to_3d.scene.solid import Cylinder, Ellipsoid, Extrude, Sphere, Sweep


class KitchenIsland(Made):
    """A kitchen island: cupboards under a worktop."""

    names = ("kitchen island", "kitchen counter", "counter", "base unit")
    width: Annotated[float, said("length")] = Field(1500, ge=100, le=6000)
    depth: float = Field(800, ge=80, le=3000)
    height: float = Field(900, ge=80, le=2000)
    top_thickness: Annotated[float, said("worktop thickness")] = Field(40, ge=1, le=200)
    overhang: float = Field(30, ge=0, le=500)
    doors: int = Field(3, ge=0, le=10)
    yields: ClassVar[Sizes] = {"top_thickness": ("height",), "overhang": ("width", "depth")}

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
    follows: ClassVar[Sizes] = {"depth": ("width",), "height": ("width",)}
    yields: ClassVar[Sizes] = {"wall_thickness": ("width", "depth", "height")}

    def parts(self) -> list[Part]:
        """The tub, open at the top, and its drain."""
        w, d, h, t = self.width, self.depth, self.height, self.wall_thickness
        below(self, "wall_thickness", 0.25 * min(w, d, h), "width", "depth", "height")
        corner = 0.2 * min(w, d)
        body = Extrude(profile=outline(self.shape, w, d, corner), height=h)
        room = Extrude(profile=outline(self.shape, w - 2 * t, d - 2 * t, corner - t / 2), height=h)
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
            found.append(Part("knob", Cylinder(diameter=size, height=0.6 * out), place, "black"))
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
    follows: ClassVar[Sizes] = {"depth": ("width",), "height": ("width",)}
    yields: ClassVar[Sizes] = {"wall_thickness": ("width", "depth", "height")}

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
            Part("base", Extrude(profile=low, height=base), at(), "marble"),
            Part("shaft", Extrude(profile=high, height=h - base - cap + 2 * SUNK), at(z=base - SUNK), "marble"),
            Part("cap", Extrude(profile=low, height=cap), at(z=h - cap), "marble"),
        ]


class Barrel(Made):
    """A wooden barrel with hoops, closed at both ends."""

    names = ("barrel", "cask", "keg", "wine barrel", "rain barrel")
    diameter: Annotated[float, said("width")] = Field(600, ge=10, le=3000)
    height: float = Field(850, ge=12, le=4000)
    hoops: Annotated[int, said("bands", "rings")] = Field(4, ge=0, le=8)
    follows: ClassVar[Sizes] = {"height": ("diameter",), "diameter": ("height",)}

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
            ring = Cylinder(diameter=min(2 * (wide + thick), self.diameter), height=2 * half)
            tags = () if self.hoops == 1 else ("bottom",) if k == 0 else ("top",) if k == self.hoops - 1 else ()
            found.append(Part("hoop", ring, at(z=z - half), "black steel", tags))
        return found


class RubberDuck(Made):
    """A rubber duck that swims to the front."""

    names = ("rubber duck", "duck", "toy duck", "bath duck")
    length: float = Field(90, ge=10, le=3000)
    width: float = Field(75, ge=8, le=3000)
    height: float = Field(85, ge=9, le=3000)
    follows: ClassVar[Sizes] = {"width": ("length",), "height": ("length", "width"), "length": ("height", "width")}
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
            Part(
                "tail",
                tail,
                at(0.35 * x, 0, 0.36 * h, rotate=(0, -25, 0)),
                "yellow",
            ),
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
