"""Toy vehicles: on wheels, boat, rocket and aeroplane. They look to the right, along x."""

from __future__ import annotations

from math import cos, pi, sin
from typing import Annotated, Any, Literal

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import Made, Part, led, said
from wugan.apps.voice_to_3d.families.home.kit import (
    UPRIGHT,
    below,
    block,
    cut,
    own,
    polygon,
    rounded,
    scaled,
    smooth,
    turned,
)
from wugan.apps.voice_to_3d.families.solids import bar, cone, extruded
from wugan.apps.voice_to_3d.scene.placement import at
from wugan.apps.voice_to_3d.scene.profile import Polygon, Rectangle
from wugan.apps.voice_to_3d.scene.solid import Ellipsoid, Loft, Solid

Wheels = Annotated[float, said("wheel size")]


def wheel(x: float, y: float, diameter: float, width: float, tags: tuple[str, ...]) -> list[Part]:
    """A wheel on the ground, its axle along y; the hub stands out, so that no two colours share a plane."""
    tyre = at(x, y, 0, rotate=(90, 0, 0))
    hub = at(x, y, 0.3 * diameter, rotate=(90, 0, 0))
    return [
        Part("wheel", bar(diameter, 0.86 * width), tyre, "black rubber", tags),
        Part("hub", bar(0.4 * diameter, width), hub, "silver", tags),
    ]


def axles(xs: list[float], depth: float, diameter: float, width: float) -> list[Part]:
    """Wheels on both sides at each x, and the axles between them."""
    found = []
    y = (depth - width) / 2
    for k, x in enumerate(xs):
        end = ("back",) if k == 0 else ("front",) if k == len(xs) - 1 else ("middle",)
        found += wheel(x, -y, diameter, width, ("right", *end)) + wheel(x, y, diameter, width, ("left", *end))
        rod = at(x, 0, 0.41 * diameter, rotate=(90, 0, 0))
        found.append(Part("axle", bar(0.18 * diameter, 2 * y), rod, "steel", end))
    return found


class _Vehicle(Made):
    length: float = Field(120, ge=15, le=10000)
    width: Annotated[float, said("depth")] = Field(56, ge=8, le=5000)
    height: float = Field(44, ge=8, le=5000)
    wheel_diameter: Wheels = Field(24, ge=3, le=2000)
    follows = (
        led("length", by=("height", "width"))
        | led("width", by=("length", "height"))
        | led("height", by=("length", "width"))
        | led("wheel_diameter", by=("height", "length", "width"))
    )

    def _wheels(self) -> tuple[float, float]:
        """Diameter and width of a wheel."""
        diameter: float = self.wheel_diameter
        below(self, "wheel_diameter", 0.62 * self.height, "height")
        below(self, "wheel_diameter", 0.28 * self.length, "length")
        return diameter, 0.17 * self.width


class Car(_Vehicle):
    """A toy car: saloon, van, pick-up or sports car."""

    names = ("car", "toy car", "automobile", "race car", "van", "taxi", "pickup")
    length: float = Field(120, ge=15, le=10000)
    width: Annotated[float, said("depth")] = Field(56, ge=8, le=5000)
    height: float = Field(44, ge=8, le=5000)
    wheel_diameter: Wheels = Field(24, ge=3, le=2000)
    style: Literal["saloon", "van", "pickup", "sporty"] = "saloon"

    def parts(self) -> list[Part]:
        """Body, cabin, windows, lights, wheels."""
        long, w, h = self.length, self.width, self.height
        d, tread = self._wheels()
        low = 0.35 * d
        belt = low + 0.5 * (h - low)
        inner = w - 1.2 * tread
        x = long / 2
        hood = {"saloon": 0.3, "van": 0.06, "pickup": 0.2, "sporty": 0.42}[self.style]
        tail = {"saloon": 0.2, "van": 0.02, "pickup": 0.45, "sporty": 0.12}[self.style]
        nose = 0.1 * (belt - low)
        lower = polygon(
            (-x, low + nose),
            (-x + nose, low),
            (x - nose, low),
            (x, low + nose),
            (x, belt - 2 * nose),
            (x - hood * long, belt),
            (-x + nose, belt),
            (-x, belt - nose),
        )
        front, back = x - hood * long, -x + tail * long
        rake = 0.35 * (h - belt)
        cabin = polygon((back, belt), (front, belt), (front - 1.6 * rake, h), (back + rake, h))
        glass = polygon(
            (back + 0.8 * rake, belt + 0.12 * (h - belt)),
            (front - 0.9 * rake, belt + 0.12 * (h - belt)),
            (front - 1.9 * rake, h - 0.18 * (h - belt)),
            (back + 1.3 * rake, h - 0.18 * (h - belt)),
        )
        deep = 0.92 * inner
        found = [
            Part("body", extruded(lower, inner), own(0, inner / 2, 0, UPRIGHT), "red"),
            Part("cabin", extruded(cabin, deep), own(0, deep / 2, 0, UPRIGHT), "red"),
            Part("window", extruded(glass, deep + 0.02 * w), own(0, (deep + 0.02 * w) / 2, 0, UPRIGHT), "light blue"),
        ]
        for side, y in (("right", -0.32 * inner), ("left", 0.32 * inner)):
            size = (0.02 * long, 0.18 * inner, 0.2 * (belt - low))
            found.append(
                block("headlight", size, x - size[0] / 2, y, low + 0.4 * (belt - low), "light yellow", (side, "front"))
            )
            found.append(
                block("tail light", size, -x + size[0] / 2, y, low + 0.45 * (belt - low), "dark red", (side, "back"))
            )
        return found + axles([-0.31 * long, 0.31 * long], w, d, tread)


class Truck(_Vehicle):
    """A toy lorry: a cab and a box, an open bed or a tank."""

    names = ("truck", "lorry", "toy truck", "dump truck", "tanker")
    length: float = Field(180, ge=25, le=20000)
    width: Annotated[float, said("depth")] = Field(60, ge=8, le=5000)
    height: float = Field(75, ge=12, le=6000)
    wheel_diameter: Wheels = Field(26, ge=3, le=2000)
    load: Annotated[Literal["box", "open", "tank"], said("bed", "body")] = "box"
    axles: int = Field(3, ge=2, le=6)

    def parts(self) -> list[Part]:
        """Chassis, cab, windscreen, load, wheels."""
        long, w, h = self.length, self.width, self.height
        d, tread = self._wheels()
        low, inner = 0.45 * d, w - 1.0 * tread
        x = long / 2
        cab = 0.26 * long
        rail = 0.4 * d
        bed = low + rail
        found = [block("chassis", (long, 0.6 * inner, rail), 0, 0, low, "dark grey")]
        top = 0.85 * h
        face = polygon((x - cab, bed), (x, bed), (x, bed + 0.5 * (top - bed)), (x - 0.25 * cab, top), (x - cab, top))
        found.append(Part("cab", extruded(face, inner), own(0, inner / 2, 0, UPRIGHT), "blue"))
        pane = polygon(
            (x - 0.75 * cab, bed + 0.5 * (top - bed)),
            (x - 0.1 * cab, bed + 0.5 * (top - bed)),
            (x - 0.32 * cab, bed + 0.88 * (top - bed)),
            (x - 0.75 * cab, bed + 0.88 * (top - bed)),
        )
        deep = inner * 1.03
        found.append(Part("window", extruded(pane, deep), own(0, deep / 2, 0, UPRIGHT), "light blue"))
        room = long - cab - 0.04 * long
        middle = -x + room / 2
        if self.load == "box":
            found.append(block("box", (room, inner, h - bed), middle, 0, bed, "white"))
        elif self.load == "tank":
            size = min(h - bed, inner)
            tank = extruded(Rectangle(width=inner, depth=h - bed, corner_radius=0.48 * size), room)
            found.append(Part("tank", tank, at(middle, 0, bed, rotate=(90, 0, 90)), "steel"))
        else:
            wall = max(0.8, 0.05 * inner)
            deep_ = 0.6 * (h - bed)
            tub = cut(
                rounded(room, inner, deep_, 0), (rounded(room - 2 * wall, inner - 2 * wall, deep_, 0), own(0, 0, wall))
            )
            found.append(Part("bed", tub, at(middle, 0, bed), "yellow"))
            shield = (0.06 * room, inner, h - bed)
            found.append(block("bulkhead", shield, -x + room - shield[0] / 2, 0, bed, "yellow"))
        rear = [-x + 0.6 * d + k * 1.06 * d for k in range(self.axles - 1)]
        below(self, "wheel_diameter", (long - cab) / (1.06 * self.axles), "length", "axles")
        return found + axles([*rear, x - 0.5 * cab], w, d, tread)


class Bus(_Vehicle):
    """A toy bus with a row of windows."""

    names = ("bus", "coach", "school bus", "double decker bus")
    length: float = Field(180, ge=25, le=20000)
    width: Annotated[float, said("depth")] = Field(50, ge=8, le=5000)
    height: float = Field(60, ge=12, le=6000)
    wheel_diameter: Wheels = Field(22, ge=3, le=2000)
    windows: int = Field(6, ge=1, le=20)
    decks: Annotated[int, said("floors", "levels")] = Field(1, ge=1, le=2)

    def parts(self) -> list[Part]:
        """Body, windows on both sides and in front, lights, wheels."""
        long, w, h = self.length, self.width, self.height
        d, tread = self._wheels()
        low, inner = 0.35 * d, w - 0.6 * tread
        x = long / 2
        body = extruded(Rectangle(width=long, depth=h - low, corner_radius=0.08 * h), inner)
        found = [Part("body", body, at(0, 0, low, rotate=UPRIGHT), "yellow")]
        pitch = 0.86 * long / self.windows
        tall = 0.3 * (h - low) / (1 if self.decks == 1 else 1.6)
        for deck in range(self.decks):
            z = low + (h - low) * (0.5 if self.decks == 1 else 0.38 + 0.32 * deck)
            for k in range(self.windows):
                a = -0.43 * long + pitch * (k + 0.5)
                found.append(block("window", (0.8 * pitch, inner + 0.03 * w, tall), a, 0, z, "light blue"))
            found.append(
                block("windscreen", (0.02 * long, 0.8 * inner, tall), x - 0.01 * long, 0, z, "light blue", ("front",))
            )
        return found + axles([-0.3 * long, 0.32 * long], w, d, tread)


class Train(_Vehicle):
    """A toy steam locomotive, with wagons behind it if they are wanted."""

    names = ("train", "locomotive", "steam engine", "toy train")
    length: float = Field(160, ge=30, le=30000)
    width: Annotated[float, said("depth")] = Field(50, ge=8, le=5000)
    height: float = Field(75, ge=12, le=6000)
    wheel_diameter: Wheels = Field(24, ge=3, le=2000)
    wagons: Annotated[int, said("carriages", "cars", "coaches")] = Field(0, ge=0, le=5)
    follows = led("width", by="height") | led("height", by="width") | led("wheel_diameter", by=("height", "width"))
    yields = led("wheel_diameter", by="length")

    @classmethod
    def _proportioned(cls, data: dict[str, Any]) -> dict[str, Any]:
        """Wagons lengthen a train whose length was not said: each is as long as the engine."""
        wagons = data.get("wagons", 0)
        if "length" in data or not isinstance(wagons, int) or not 0 < wagons <= 5:
            return super()._proportioned(data)
        data = super()._proportioned(data)
        alone = data.get("length", cls.model_fields["length"].default)
        return {**data, "length": min(alone * (wagons + 1), 30000.0)}

    def parts(self) -> list[Part]:
        """Frame, boiler, cab, funnel, dome, buffer, wheels; the wagons share the length."""
        w, h = self.width, self.height
        d = self.wheel_diameter
        each = self.length / (self.wagons + 1)
        below(self, "wheel_diameter", 0.62 * h, "height")
        below(self, "wheel_diameter", 0.26 * each, "length", "wagons")
        tread = 0.16 * w
        x0 = self.length / 2 - each
        found = self._engine(x0, each, d, tread)
        for k in range(self.wagons):
            a = x0 - (k + 1) * each
            found += self._wagon(a, each, d, tread, k)
        return found

    def _engine(self, x0: float, long: float, d: float, tread: float) -> list[Part]:
        w, h = self.width, self.height
        low, inner, middle = 0.5 * d, w - 1.4 * tread, x0 + long / 2
        floor = low + 0.3 * d
        gap = 0.05 * long if self.wagons else 0.0
        found = [block("frame", (long - gap, inner, 0.3 * d), middle + gap / 2, 0, low, "black")]
        r = min(0.36 * inner, 0.28 * (h - floor))
        start, end = x0 + 0.3 * long, x0 + 0.95 * long
        axis = floor + r
        found.append(
            Part("boiler", bar(2 * r, end - start), at((start + end) / 2, 0, floor, rotate=(0, 90, 0)), "green")
        )
        cab = 0.32 * long - gap
        found.append(block("cab", (cab, inner, 0.9 * h - floor), x0 + gap + cab / 2, 0, floor, "green"))
        found.append(
            block("roof", (1.15 * cab - 0.05 * cab, inner * 1.08, 0.1 * h), x0 + gap + 0.55 * cab, 0, 0.9 * h, "black")
        )
        found.append(
            block("window", (0.5 * cab, inner * 1.03, 0.22 * h), x0 + gap + 0.5 * cab, 0, 0.62 * h, "light blue")
        )
        stack = turned([(0.32 * r, 0), (0.32 * r, 0.6 * (h - axis - r)), (0.55 * r, h - axis - r * 0.9)])
        found.append(Part("funnel", stack, at(x0 + 0.85 * long, 0, axis + 0.9 * r), "black"))
        dome = turned(smooth([(0.4 * r, 0), (0.38 * r, 0.4 * r), (0.05 * r, 0.6 * r)], 5))
        found.append(Part("dome", dome, at(x0 + 0.6 * long, 0, axis + 0.92 * r), "brass"))
        found.append(
            block("buffer", (0.05 * long, 0.9 * w, 0.35 * d), x0 + long - 0.025 * long, 0, 0.45 * d, "red", ("front",))
        )
        return found + axles([x0 + (0.16 + 0.28 * k) * long for k in range(3)], w, min(d, 0.26 * long), tread)

    def _wagon(self, x0: float, long: float, d: float, tread: float, number: int) -> list[Part]:
        w, h = self.width, self.height
        low, inner, middle = 0.5 * d, w - 1.4 * tread, x0 + long / 2
        body, wall = 0.86 * long, max(0.8, 0.05 * inner)
        tall = 0.42 * h
        tub = cut(rounded(body, inner, tall, 0), (rounded(body - 2 * wall, inner - 2 * wall, tall, 0), own(0, 0, wall)))
        colour = ("red", "blue", "yellow")[number % 3]
        back = 0.0 if number == self.wagons - 1 else 0.08 * long
        bar_ = block(
            "coupling",
            (long * 0.17 + body, 0.15 * inner, 0.2 * d),
            x0 + 0.07 * long + (body + 0.17 * long) / 2,
            0,
            low - 0.05 * d,
            "black",
        )
        found = [Part("wagon", tub, at(middle, 0, low), colour), bar_]
        if back == 0.0:
            found.append(
                block(
                    "buffer",
                    (0.07 * long + 0.02 * long, 0.5 * inner, 0.2 * d),
                    x0 + 0.045 * long,
                    0,
                    low,
                    "black",
                    ("back",),
                )
            )
        return found + axles([x0 + 0.28 * long, x0 + 0.72 * long], w, min(d, 0.3 * long), tread)


class Boat(Made):
    """A toy boat: a hull with a cabin and a funnel, or with a mast and sails."""

    names = ("boat", "ship", "sailboat", "sailing boat", "toy boat", "tugboat", "yacht")
    length: float = Field(150, ge=20, le=30000)
    width: Annotated[float, said("depth", "beam")] = Field(55, ge=8, le=10000)
    height: float = Field(120, ge=12, le=30000)
    style: Annotated[Literal["sailing", "motor"], said("with sails", "kind")] = "sailing"
    follows = (
        led("length", by=("height", "width"))
        | led("width", by=("length", "height"))
        | led("height", by=("length", "width"))
    )

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
                    Part(role, extruded(sail, max(0.8, 0.5 * t)), own(0, max(0.8, 0.5 * t) / 2, 0, UPRIGHT), "white")
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
    follows = led("diameter", by="height") | led("height", by="diameter")

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
            Part("engine", cone(1.1 * r, 0.8 * r, low * 1.1), at(z=0.25 * low), "dark grey"),
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
            found.append(Part("fin", extruded(fin, thick), place, "red"))
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
    follows = (
        led("length", by=("width", "height"))
        | led("width", by=("length", "height"))
        | led("height", by=("length", "width"))
    )

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
            found.append(Part("wing", extruded(shape, thick), own(0, 0, 0.35 * d), "red", (side,)))
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
        found.append(Part("tailplane", extruded(plane, thick), own(0, 0, 0.5 * d), "red", ("back",)))
        fin = polygon((t, 0.5 * d), (t + 0.2 * long, 0.55 * d), (t + 0.07 * long, h), (t, h))
        found.append(Part("fin", extruded(fin, thick), own(0, thick / 2, 0, UPRIGHT), "red", ("back",)))
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
            blade: Solid = extruded(
                Rectangle(width=max(0.8, 0.12 * d), depth=min(reach, 0.98 * d)), max(0.8, 0.25 * spinner)
            )
            found.append(Part("propeller", blade, at(x + 0.35 * spinner, 0, d / 2, "centre", (90, 0, 90)), "black"))
        else:
            for side, y in (("right", -0.22 * w), ("left", 0.22 * w)):
                pod = at(root - 0.02 * long, y, 0.35 * d - 0.28 * d, rotate=(0, 90, 0))
                found.append(Part("engine", bar(0.36 * d, 0.2 * long), pod, "grey", (side,)))
        return found
