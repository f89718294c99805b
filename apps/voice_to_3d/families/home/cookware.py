"""Pans and pots, hollow, with their handles and lids."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import Part, said
from wugan.apps.voice_to_3d.families.home.kit import below, cut, own
from wugan.apps.voice_to_3d.families.home.lathe import Outline, cavity, inner, smooth, turned, vessel
from wugan.apps.voice_to_3d.families.home.made import Made, Sizes
from wugan.apps.voice_to_3d.scene.profile import Circle, Slot
from wugan.apps.voice_to_3d.scene.solid import (
    Cylinder,
    Extrude,
    Solid,
    Sweep,
)  # fmt: skip

Thick = Annotated[float, said("thickness", "wall")]


class Pan(Made):
    """A frying pan with a long handle on the right."""

    names: ClassVar[tuple[str, ...]] = ("pan", "frying pan", "skillet", "wok")
    diameter: Annotated[float, said("width")] = Field(280, ge=20, le=800)
    height: Annotated[float, said("depth")] = Field(50, ge=5, le=400)
    wall_thickness: Thick = Field(4, ge=0.8, le=20)
    handle_length: float = Field(200, ge=5, le=600)
    handle_thickness: Annotated[float, said("handle width")] = Field(24, ge=1.5, le=80)
    follows: ClassVar[Sizes] = {"height": ("diameter",), "handle_length": ("diameter",)}
    yields: ClassVar[Sizes] = {
        "wall_thickness": ("diameter", "height"),
        "handle_thickness": ("diameter", "height"),
    }
    taper: ClassVar[float] = 0.82

    def _pot(self) -> tuple[Solid, Outline]:
        t, r = self.wall_thickness, self.diameter / 2
        below(self, "wall_thickness", 0.3 * self.height, "height")
        below(self, "wall_thickness", 0.2 * r, "diameter")
        k, h = self.taper, self.height
        points = (
            [(k * r, 0.0), (k * r + 0.4 * (1 - k) * r, 0.12 * h), (r, h)]
            if k < 1
            else [(0.97 * r, 0.0), (r, 0.05 * h), (r, h)]
        )
        inside = inner(self, points, t, t)
        return vessel(points, inside), inside

    def parts(self) -> list[Part]:
        """Body, and a handle that rises to the rim and reaches `handle_length` beyond it."""
        body, inside = self._pot()
        r, w = self.diameter / 2, self.handle_thickness
        below(self, "handle_thickness", 0.6 * self.diameter, "diameter")
        below(self, "handle_thickness", self.handle_length, "handle_length")
        thick = min(0.5 * w, 0.35 * self.height)
        z = self.height - thick
        start = 0.85 * r
        bar = Extrude(profile=Slot(length=r + self.handle_length - start - w / 2, width=w), height=thick)
        hole = Cylinder(diameter=0.4 * w, height=3 * thick)
        reach = r + self.handle_length
        # The slot's own frame is centred on its length; the left cap is cut away inside the pan.
        middle = (start + reach - w / 2) / 2
        grip = cut(
            bar,
            (cavity(inside, self.height, 0.4 * self.wall_thickness), own(-middle, 0, -z)),
            (hole, own(reach - w / 2 - middle - 0.1 * w, 0, -thick)),
        )
        return [
            Part("body", body, own(), "cast iron"),
            Part("handle", grip, own(middle, 0, z), "black", ("right",)),
        ]


class Pot(Pan):
    """A cooking pot with two loop handles, a lid and a knob."""

    names = ("pot", "cooking pot", "saucepan", "stock pot", "casserole", "dutch oven")
    diameter: Annotated[float, said("width")] = Field(220, ge=20, le=800)
    height: Annotated[float, said("depth")] = Field(130, ge=5, le=600)
    wall_thickness: Thick = Field(3, ge=0.8, le=20)
    handle_length: Annotated[float, said("handle reach")] = Field(35, ge=3, le=200)
    handle_thickness: float = Field(12, ge=1, le=60)
    lid: bool = True
    lid_height: Annotated[float, said("knob height")] = Field(30, ge=2, le=200)
    taper: ClassVar[float] = 1.0
    follows: ClassVar[Sizes] = {**Pan.follows, "lid_height": ("height", "diameter")}

    def parts(self) -> list[Part]:
        """Body, handles left and right, lid and knob on top of the height."""
        body, inside = self._pot()
        r, h, t, out = self.diameter / 2, self.height, self.handle_thickness, self.handle_length
        below(self, "handle_thickness", 0.45 * out, "handle_length")
        below(self, "handle_thickness", 0.3 * h, "height")
        wide = 0.32 * self.diameter
        below(self, "handle_thickness", 0.45 * wide, "diameter")
        found = [Part("body", body, own(), "steel")]
        z = 0.82 * h
        y = wide / 2 - t / 2
        root = ((r - 1.3 * self.wall_thickness - 0.3) ** 2 - y**2) ** 0.5 - 0.5 * t
        x = r + out - t / 2
        bend = min(0.4 * wide, 0.7 * (x - root), 0.9 * y)
        for side, sign in (("left", -1), ("right", 1)):
            path = ((sign * root, -y, z), (sign * x, -y, z), (sign * x, y, z), (sign * root, y, z))
            loop = cut(
                Sweep(profile=Circle(diameter=t), path=path, bend_radius=bend),
                (cavity(inside, into=0.4 * self.wall_thickness), own()),
            )
            found.append(Part("handle", loop, own(), "black", (side,)))
        if self.lid:
            k = self.lid_height
            top = 0.28 * k
            lid = turned([(r, -0.05), (r, 0.4 * top), *smooth([(0.92 * r, 0.6 * top), (0.2 * r, top)], 5)])
            found.append(Part("lid", lid, own(0, 0, h), "steel"))
            c = min(0.18 * r, 0.6 * k)
            line = [(0.6 * c, 0.2 * k), (0.5 * c, 0.45 * k), (c, 0.82 * k), (0.6 * c, k)]
            knob = turned(smooth(line, 5))
            found.append(Part("knob", knob, own(0, 0, h), "black"))
        return found
