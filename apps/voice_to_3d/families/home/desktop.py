"""Things that stand on a desk or basin: pen holder, phone stand, toothbrush holder, soap dish, name plate."""

from __future__ import annotations

from math import pi, radians, sin, tan
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import Part, said
from wugan.apps.voice_to_3d.families.home.containers import hollow
from wugan.apps.voice_to_3d.families.home.kit import SIDEWAYS, below, block, cut, on_circle, outline, own, polygon
from wugan.apps.voice_to_3d.families.home.made import Made, Sizes
from wugan.apps.voice_to_3d.scene.placement import at
from wugan.apps.voice_to_3d.scene.profile import Rectangle, Text
from wugan.apps.voice_to_3d.scene.solid import Box, Cylinder, Extrude, Solid

Wall = Annotated[float, said("wall", "walls", "thickness")]


class PenHolder(Made):
    """A pen holder: a hollow prism, open at the top."""

    names = ("pen holder", "pencil holder", "pen pot", "pencil cup", "pen cup", "pencil pot", "brush pot")
    shape: Literal["round", "square", "hexagonal", "octagonal", "rectangular", "oval"] = "round"
    width: Annotated[float, said("diameter", "length")] = Field(80, ge=8, le=400)
    depth: float = Field(80, ge=8, le=400)
    height: float = Field(100, ge=8, le=500)
    wall_thickness: Wall = Field(3, ge=0.8, le=40)
    compartments: Annotated[int, said("sections")] = Field(1, ge=1, le=6)
    yields: ClassVar[Sizes] = {"wall_thickness": ("width", "height")}

    def parts(self) -> list[Part]:
        """One piece, and walls between compartments."""
        t = self.wall_thickness
        below(self, "wall_thickness", 0.25 * min(self.width, self.depth), "width", "depth")
        below(self, "wall_thickness", 0.5 * self.height, "height")
        below(self, "wall_thickness", 0.5 * self.width / self.compartments, "width", "compartments")
        profile = outline(self.shape, self.width, self.depth, 0.06 * self.width)
        found = [Part("body", hollow(profile, self.height, t, t), at(), "white")]
        for k in range(1, self.compartments):
            x = -self.width / 2 + self.width * k / self.compartments
            share = 1 - (2 * x / self.width) ** 2
            long = self.depth * (share**0.5 if self.shape in ("round", "oval") else 1.0)
            if self.shape in ("hexagonal", "octagonal"):
                long = min(self.depth, 2 * self.depth * (1 - abs(2 * x / self.width)) + 0.3 * self.depth)
            found.append(block("divider", (t, long - t, 0.85 * self.height - t), x, 0, 0.5 * t, "white"))
        return found


class PhoneStand(Made):
    """A stand for a phone or tablet: a leaning back, a lip in front, a slot for the cable."""

    names = ("phone stand", "phone holder", "tablet stand", "smartphone stand", "book stand", "ipad stand")
    width: float = Field(75, ge=15, le=400)
    depth: float = Field(90, ge=20, le=400)
    height: float = Field(100, ge=15, le=400)
    thickness: Annotated[float, said("wall thickness")] = Field(5, ge=0.8, le=40)
    angle: Annotated[float, said("lean", "tilt")] = Field(65, ge=45, le=85)
    lip_height: Annotated[float, said("lip")] = Field(14, ge=1, le=100)
    slot_width: Annotated[float, said("cable slot", "slot")] = Field(14, ge=0, le=100)
    follows: ClassVar[Sizes] = {"width": ("height",), "depth": ("height",), "lip_height": ("height",)}
    yields: ClassVar[Sizes] = {"thickness": ("width", "height", "depth"), "slot_width": ("width",)}

    def parts(self) -> list[Part]:
        """Foot, lip, back and slot in one piece."""
        t, h, d = self.thickness, self.height, self.depth
        below(self, "thickness", 0.15 * min(self.width, d, h), "width", "depth", "height")
        below(self, "slot_width", 0.7 * self.width, "width")
        below(self, "lip_height", 0.5 * h, "height")
        y0 = -d / 2
        a = radians(self.angle)
        foot = 0.22 * d
        run = (h - t) / tan(a)
        top = y0 + foot + run
        if top + t > d / 2:
            below(self, "height", t + (d * 0.78 - t) * tan(a), "depth", "angle", "thickness")
        wide = t / sin(a)
        profile = polygon(
            (y0, 0), (d / 2, 0), (d / 2, t), (y0 + foot + wide + t / tan(a), t),
            (top + wide, h), (top, h), (y0 + foot, t), (y0 + t, t), (y0 + t, max(t + self.lip_height, 1.2 * t)),
            (y0, max(t + self.lip_height, 1.2 * t)),
        )  # fmt: skip
        body: Solid = Extrude(profile=profile, height=self.width)
        stay_top = 0.6 * h
        y1 = y0 + foot + 0.5 * wide + (stay_top - t) / tan(a)
        stay = polygon(
            (y1, stay_top), (y0 + foot + 0.5 * wide, 0.5 * t), (d / 2 - t, 0.5 * t), (max(d / 2 - 2 * t, y1 + 0.1), t)
        )
        place = own(-self.width / 2, 0, 0, SIDEWAYS)
        if self.slot_width > 0.5:
            # In the profile's frame: x is the object's y, y its z, z its x.
            slot = Extrude(profile=Rectangle(width=foot, depth=0.5 * h), height=self.slot_width)
            middle = (self.width - self.slot_width) / 2
            body = cut(
                body,
                (slot, own(y0 + foot / 2, 0.25 * h + t, middle)),
                (slot, own(y0 + 0.75 * foot + t, 0.25 * h - 1, middle)),
            )
        rib = max(0.8, 0.6 * t)
        found = [Part("stand", body, place, "black plastic")]
        for side, x in (("left", -self.width / 2 + rib / 2), ("right", self.width / 2 - rib / 2)):
            found.append(
                Part(
                    "rib", Extrude(profile=stay, height=rib), own(x - rib / 2, 0, 0, SIDEWAYS), "black plastic", (side,)
                )
            )
        return found


class ToothbrushHolder(Made):
    """A holder for toothbrushes: a cup with holes in its cover."""

    names = ("toothbrush holder", "toothbrush cup", "toothbrush stand", "makeup brush holder")
    shape: Literal["round", "square", "oval", "rectangular"] = "round"
    width: Annotated[float, said("diameter", "length")] = Field(80, ge=15, le=300)
    depth: float = Field(80, ge=15, le=300)
    height: float = Field(105, ge=15, le=300)
    wall_thickness: Wall = Field(3, ge=0.8, le=20)
    holes: Annotated[int, said("brushes", "toothbrushes")] = Field(4, ge=1, le=10)
    hole_diameter: float = Field(14, ge=2, le=60)
    yields: ClassVar[Sizes] = {"wall_thickness": ("width", "height"), "hole_diameter": ("width", "height")}

    def parts(self) -> list[Part]:
        """The cup and its cover with holes."""
        t, short = self.wall_thickness, min(self.width, self.depth)
        below(self, "wall_thickness", 0.15 * short, "width", "depth")
        below(self, "wall_thickness", 0.2 * self.height, "height")
        profile = outline(self.shape, self.width, self.depth, 0.12 * short)
        found = [Part("body", hollow(profile, self.height - t, t, t), at(), "white ceramic")]
        r = 0.5 * short - t - 0.6 * self.hole_diameter
        if self.holes == 1:
            places = [(0.0, 0.0)]
            below(self, "hole_diameter", short - 2 * t - 1, "width", "depth", "wall_thickness")
        else:
            below(self, "hole_diameter", 0.5 * (short - 2 * t), "width", "depth", "wall_thickness")
            below(self, "hole_diameter", 2 * sin(pi / self.holes) * max(r, 0.01), "width", "holes")
            places = on_circle(self.holes, r, 45)
        bore = Cylinder(diameter=self.hole_diameter, height=3 * t)
        cover = cut(Extrude(profile=profile, height=t), *((bore, own(x, y, -t)) for x, y in places))
        return [*found, Part("cover", cover, at(z=self.height - t), "white ceramic")]


class SoapDish(Made):
    """A soap dish with a rim and slots to drain."""

    names = ("soap dish", "soap holder", "soap tray")
    shape: Literal["rectangular", "oval", "round", "square"] = "oval"
    width: Annotated[float, said("length", "diameter")] = Field(130, ge=15, le=400)
    depth: float = Field(90, ge=15, le=400)
    height: float = Field(24, ge=4, le=150)
    wall_thickness: Wall = Field(4, ge=0.8, le=30)
    slots: Annotated[int, said("drain slots", "holes")] = Field(4, ge=0, le=12)
    yields: ClassVar[Sizes] = {"wall_thickness": ("width", "height")}

    def parts(self) -> list[Part]:
        """One piece."""
        t, short = self.wall_thickness, min(self.width, self.depth)
        below(self, "wall_thickness", 0.2 * short, "width", "depth")
        below(self, "wall_thickness", 0.5 * self.height, "height")
        dish = hollow(outline(self.shape, self.width, self.depth, 0.2 * short), self.height, t, t)
        cuts = []
        for k in range(self.slots):
            x = 0.6 * self.width * ((k + 0.5) / self.slots - 0.5)
            slot = Box(size=(0.3 * 0.6 * self.width / self.slots, 0.45 * self.depth, 3 * t))
            cuts.append((slot, own(x, 0, -t)))
        return [Part("dish", cut(dish, *cuts) if cuts else dish, at(), "white ceramic")]


class NamePlate(Made):
    """A plate with raised letters that stands or lies: name plate, sign, key tag."""

    names = ("name plate", "nameplate", "sign", "name tag", "plaque", "key tag", "label")
    text: Annotated[str, said("saying", "name", "words", "reading", "letters")] = Field(
        "HELLO", min_length=1, max_length=40
    )
    width: Annotated[float, said("length")] = Field(120, ge=10, le=2000)
    height: Annotated[float, said("depth")] = Field(40, ge=5, le=1000)
    thickness: float = Field(4, ge=0.8, le=100)
    letter_thickness: Annotated[float, said("letter height", "relief")] = Field(2, ge=0.4, le=50)
    corner_radius: float = Field(4, ge=0, le=200)
    hole: bool = False
    yields: ClassVar[Sizes] = {"thickness": ("width", "height"), "corner_radius": ("width", "height")}

    def parts(self) -> list[Part]:
        """The plate, which lies flat, and the letters on it. `height` is the plate's side along y."""
        below(self, "corner_radius", 0.5 * min(self.width, self.height) + 1e-9, "width", "height")
        profile = outline("rectangular", self.width, self.height, self.corner_radius)
        plate: Solid = Extrude(profile=profile, height=self.thickness)
        room = 0.84 * self.width
        if self.hole:
            d = 0.25 * self.height
            x = -self.width / 2 + 0.9 * d
            plate = cut(plate, (Cylinder(diameter=d, height=3 * self.thickness), own(x, 0, -self.thickness)))
            room -= 2.4 * d
        size = min(0.5 * self.height, 1.15 * room / len(self.text))
        letters = Extrude(profile=Text(text=self.text, height=size), height=self.letter_thickness)
        x = (0.84 * self.width - room) / 2
        return [
            Part("plate", plate, at(), "oak"),
            Part("letter", letters, at(x, 0, self.thickness), "black"),
        ]
