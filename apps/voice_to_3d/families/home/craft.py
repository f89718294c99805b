"""Toy boat, rocket and aeroplane; boat and aeroplane look to the right, along x."""

from __future__ import annotations

from math import cos, pi, sin
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import Part, said
from wugan.apps.voice_to_3d.families.home.kit import UPRIGHT, bar, below, block, cut, own, polygon
from wugan.apps.voice_to_3d.families.home.lathe import scaled, smooth, turned
from wugan.apps.voice_to_3d.families.home.made import Made, Sizes
from wugan.apps.voice_to_3d.scene.placement import at
from wugan.apps.voice_to_3d.scene.profile import Polygon, Rectangle
from wugan.apps.voice_to_3d.scene.solid import Cone, Cylinder, Ellipsoid, Extrude, Loft, Solid


class Boat(Made):
    """A toy boat: a hull with a cabin and a funnel, or with a mast and sails."""

    names = ("boat", "ship", "sailboat", "sailing boat", "toy boat", "tugboat", "yacht")
    length: float = Field(150, ge=20, le=30000)
    width: Annotated[float, said("depth", "beam")] = Field(55, ge=8, le=10000)
    height: float = Field(120, ge=12, le=30000)
    style: Annotated[Literal["sailing", "motor"], said("with sails", "kind")] = "sailing"
    follows: ClassVar[Sizes] = {
        "length": ("height", "width"),
        "width": ("length", "height"),
        "height": ("length", "width"),
    }

    def parts(self) -> list[Part]:
        """Hull (hollow), deck, mast and sails or cabin and funnel. The bow is to the right."""
        long, w, h = self.length, self.width, self.height
        hull = min(0.26 * h if self.style == "sailing" else 0.4 * h, 0.5 * w)
        top, bottom = self._plan(long, w), self._plan(0.78 * long, 0.55 * w)
        wall = max(0.8, 0.04 * w)
        inside = self._plan(long - 3.5 * wall, w - 2 * wall)
        low = self._plan(0.78 * long - 3.5 * wall, 0.55 * w - 2 * wall)
        body = cut(
            Loft(bottom=bottom, top=top, height=hull),
            (Loft(bottom=low, top=inside, height=hull), own(0, 0, max(wall, 0.55 * hull))),
        )
        found = [Part("hull", body, own(), "blue")]
        floor = max(wall, 0.55 * hull)
        if self.style == "sailing":
            t = max(0.8, 0.02 * long)
            mast_x = 0.06 * long
            found.append(Part("mast", bar(1.6 * t, h - 0.5 * hull), at(mast_x, 0, 0.5 * hull), "pine"))
            z = hull + 0.06 * h
            found.append(Part("boom", bar(t, 0.42 * long), at(mast_x - 0.2 * long, 0, z, rotate=(0, 90, 0)), "pine"))
            main = polygon((mast_x, z + 0.3 * t), (mast_x, 0.96 * h), (mast_x - 0.4 * long, z + 0.3 * t))
            jib = polygon((mast_x, z + 0.3 * t), (mast_x + 0.34 * long, z + 0.3 * t), (mast_x, 0.86 * h))
            for role, sail in (("mainsail", main), ("jib", jib)):
                found.append(
                    Part(
                        role,
                        Extrude(profile=sail, height=max(0.8, 0.5 * t)),
                        own(0, max(0.8, 0.5 * t) / 2, 0, UPRIGHT),
                        "white",
                    )
                )
            return found
        cab, tall = 0.34 * long, 0.42 * (h - floor)
        found.append(block("cabin", (cab, 0.5 * w, tall), -0.08 * long, 0, floor, "white"))
        found.append(block("bridge", (0.5 * cab, 0.42 * w, 0.5 * tall), 0, 0, floor + tall, "white"))
        found.append(
            block("window", (0.8 * cab, 0.52 * w, 0.25 * tall), -0.08 * long, 0, floor + 0.5 * tall, "light blue")
        )
        stack = bar(0.2 * w, h - floor - tall)
        return [*found, Part("funnel", stack, at(-0.2 * long, 0, floor + tall), "red")]

    def _plan(self, long: float, wide: float) -> Polygon:
        """The hull's outline from above: a square stern and a bow that is a pointed arch."""
        x0, x1, y = -long / 2, 0.05 * long, wide / 2
        n = 12
        right = [(x1 + (long / 2 - x1) * sin(pi / 2 * k / n), -y * cos(pi / 2 * k / n) ** 1.2) for k in range(n)]
        left = [(x, -b) for x, b in reversed(right)]
        return Polygon(
            points=(
                (x0, -0.8 * y),
                (x0 + 0.1 * long, -y),
                *right,
                (long / 2, 0.0),
                *left,
                (x0 + 0.1 * long, y),
                (x0, 0.8 * y),
            )
        )


class Rocket(Made):
    """A rocket that stands on its fins."""

    names = ("rocket", "space rocket", "spaceship", "rocket ship", "missile")
    diameter: Annotated[float, said("body diameter")] = Field(40, ge=5, le=10000)
    height: Annotated[float, said("length")] = Field(180, ge=20, le=50000)
    fins: int = Field(4, ge=3, le=8)
    windows: Annotated[int, said("portholes")] = Field(2, ge=0, le=6)
    style: Literal["round", "slim"] = "round"
    follows: ClassVar[Sizes] = {"diameter": ("height",), "height": ("diameter",)}

    def parts(self) -> list[Part]:
        """Engine, body, nose, fins, portholes."""
        r, h = self.diameter / 2, self.height
        below(self, "diameter", 0.45 * h, "height")
        low = 0.08 * h
        belly = (
            [(0.7, 0), (0.95, 0.25), (1, 0.45), (0.86, 0.72)]
            if self.style == "round"
            else [(1, 0), (1, 0.45), (1, 0.72)]
        )
        tip = smooth(scaled([*belly, (0.45, 0.9), (0.04, 1)], r, h - low), 6)
        part = 0.72 * (h - low)
        body = [one for one in tip if one[1] <= part + 1e-9]
        nose = [(one[0], one[1] - part) for one in tip if one[1] >= part - 1e-9]
        nose.insert(0, (0.9 * nose[0][0], -0.04 * (h - low)))  # let into the body
        found = [
            Part("body", turned(body), own(0, 0, low), "white"),
            Part("nose", turned(nose), own(0, 0, low + part), "red"),
            Part(
                "engine",
                Cone(bottom_diameter=1.1 * r, top_diameter=0.8 * r, height=low * 1.1),
                at(z=0.25 * low),
                "dark grey",
            ),
        ]
        thick = max(0.8, 0.14 * r)
        reach = 1.9 * r
        fin = polygon(
            (0.3 * r, low + 0.05 * h), (reach - 0.25 * r, 0), (reach, 0), (reach, 0.12 * h), (0.5 * r, 0.34 * h)
        )
        for k in range(self.fins):
            angle = 360 * k / self.fins
            turn = (90.0, 0.0, angle)
            a = angle * pi / 180
            place = own(-sin(a) * thick / 2, cos(a) * thick / 2, 0, turn)
            found.append(Part("fin", Extrude(profile=fin, height=thick), place, "red"))
        for k in range(self.windows):
            z = low + (h - low) * (0.62 - 0.2 * k if self.windows < 4 else 0.66 - 0.12 * k)
            glass = at(0, -0.85 * r, z, "centre", (90, 0, 0))
            found.append(Part("window", bar(0.55 * r if self.windows < 4 else 0.35 * r, 0.3 * r), glass, "light blue"))
        return found


class Aeroplane(Made):
    """A toy aeroplane with a propeller or jet engines."""

    names = ("aeroplane", "airplane", "plane", "aircraft", "jet")
    length: float = Field(160, ge=25, le=50000)
    width: Annotated[float, said("wingspan", "span", "depth")] = Field(160, ge=25, le=50000)
    height: float = Field(54, ge=8, le=20000)
    engine: Annotated[Literal["propeller", "jet"], said("powered by", "kind")] = "propeller"
    follows: ClassVar[Sizes] = {
        "length": ("width", "height"),
        "width": ("length", "height"),
        "height": ("length", "width"),
    }

    def parts(self) -> list[Part]:
        """Fuselage, wings, tail, cockpit, propeller or engines. The nose is to the right."""
        long, w, h = self.length, self.width, self.height
        d = min(0.5 * h, 0.16 * long)
        below(self, "height", 0.8 * long, "length")
        spinner = 0.05 * long if self.engine == "propeller" else 0.0
        body_long = long - spinner
        line = [
            (0.25 * d / 2, 0),
            (0.62 * d / 2, 0.22 * body_long),
            (d / 2, 0.6 * body_long),
            (0.9 * d / 2, 0.82 * body_long),
            (0.3 * d / 2, body_long),
        ]
        fuselage = turned(smooth(line, 7))
        found = [Part("fuselage", fuselage, own(-long / 2, 0, d / 2, (0, 90, 0)), "white")]
        thick = max(0.8, 0.16 * d)
        root = 0.1 * long
        wing = polygon(
            (root + 0.12 * long, 0), (root - 0.12 * long, 0), (root - 0.14 * long, w / 2), (root - 0.02 * long, w / 2)
        )
        other = polygon(
            (root + 0.12 * long, 0), (root - 0.02 * long, -w / 2), (root - 0.14 * long, -w / 2), (root - 0.12 * long, 0)
        )
        for side, shape in (("left", wing), ("right", other)):
            found.append(Part("wing", Extrude(profile=shape, height=thick), own(0, 0, 0.35 * d), "red", (side,)))
        t = -long / 2
        tail = 0.16 * w
        plane = polygon(
            (t + 0.16 * long, -0.1 * d),
            (t + 0.16 * long, 0.1 * d),
            (t + 0.06 * long, tail),
            (t, tail),
            (t, -tail),
            (t + 0.06 * long, -tail),
        )
        found.append(Part("tailplane", Extrude(profile=plane, height=thick), own(0, 0, 0.5 * d), "red", ("back",)))
        fin = polygon((t, 0.5 * d), (t + 0.2 * long, 0.55 * d), (t + 0.07 * long, h), (t, h))
        found.append(Part("fin", Extrude(profile=fin, height=thick), own(0, thick / 2, 0, UPRIGHT), "red", ("back",)))
        found.append(
            Part(
                "cockpit", Ellipsoid(size=(0.18 * long, 0.55 * d, 0.6 * d)), at(0.18 * long, 0, 0.58 * d), "light blue"
            )
        )
        if self.engine == "propeller":
            x = long / 2 - spinner
            hub = turned(smooth([(0.18 * d, -0.2 * spinner), (0.16 * d, 0.3 * spinner), (0.02 * d, spinner)], 5))
            found.append(Part("spinner", hub, own(x, 0, d / 2, (0, 90, 0)), "yellow"))
            reach = min(0.9 * d, h) if d * 0.95 < h else d
            blade: Solid = Extrude(
                profile=Rectangle(width=max(0.8, 0.12 * d), depth=min(reach, 0.98 * d)), height=max(0.8, 0.25 * spinner)
            )
            found.append(Part("propeller", blade, at(x + 0.35 * spinner, 0, d / 2, "centre", (90, 0, 90)), "black"))
        else:
            for side, y in (("right", -0.22 * w), ("left", 0.22 * w)):
                pod = at(root - 0.02 * long, y, 0.35 * d - 0.28 * d, rotate=(0, 90, 0))
                found.append(Part("engine", Cylinder(diameter=0.36 * d, height=0.2 * long), pod, "grey", (side,)))
        return found
