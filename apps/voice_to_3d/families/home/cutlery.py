"""Cutlery: spoon, fork, knife; each lies along x."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import Part, said
from wugan.apps.voice_to_3d.families.home.kit import below, cut, own, polygon
from wugan.apps.voice_to_3d.families.home.made import Made, Sizes
from wugan.apps.voice_to_3d.scene.placement import at
from wugan.apps.voice_to_3d.scene.profile import Combined, Piece, Profile, Rectangle
from wugan.apps.voice_to_3d.scene.solid import (
    Common,
    Compound,
    Ellipsoid,
    Extrude,
    Solid,
)  # fmt: skip

Thick = Annotated[float, said("thickness", "wall")]


class _Cutlery(Made):
    length: float = Field(200, ge=20, le=800)
    width: float = Field(42, ge=4, le=200)
    thickness: float = Field(2.5, ge=0.8, le=20)
    handle_width: float = Field(20, ge=2, le=150)
    follows: ClassVar[Sizes] = {"width": ("length",), "handle_width": ("length",)}
    yields: ClassVar[Sizes] = {"thickness": ("length",)}

    def _check(self) -> None:
        below(self, "width", 0.4 * self.length, "length")
        below(self, "handle_width", 1.3 * self.width, "width")
        below(self, "thickness", 0.5 * self.handle_width, "handle_width")

    def _grip(self, head: float) -> Profile:
        """The handle's outline, from the left end to the head that begins `head` mm from the right end."""
        x0, x1, h = -self.length / 2, self.length / 2 - head, self.handle_width / 2
        neck = max(0.4 * h, 0.6 * self.thickness)
        points = [(x0 + 0.15 * h, -0.7 * h), (x0, 0.0), (x0 + 0.15 * h, 0.7 * h), (x0 + 0.6 * h, h), (x0 + 2 * h, h)]
        if x0 + 2 * h >= x1 - h:
            points = points[:3]
        points += [(x1 - 0.5 * h, neck), (x1 + 0.3 * head, neck), (x1 + 0.3 * head, -neck), (x1 - 0.5 * h, -neck)]
        return polygon(*points, *([(x0 + 2 * h, -h), (x0 + 0.6 * h, -h)] if len(points) > 7 else []))


class Spoon(_Cutlery):
    """A spoon with a hollow bowl; it lies along x, the bowl to the right."""

    names = ("spoon", "teaspoon", "tablespoon", "soup spoon", "wooden spoon")
    bowl_depth: Annotated[float, said("depth")] = Field(9, ge=1, le=60)
    follows: ClassVar[Sizes] = {**_Cutlery.follows, "bowl_depth": ("length",)}

    def parts(self) -> list[Part]:
        """The bowl, a hollow half egg, and the handle level with its rim. The height is the bowl's depth."""
        self._check()
        t, w, deep = self.thickness, self.width, self.bowl_depth
        long = min(1.5 * w, 0.45 * self.length)
        below(self, "thickness", 0.6 * deep, "bowl_depth")
        below(self, "thickness", 0.2 * w, "width")
        outer = Ellipsoid(size=(long, w, 2 * deep))
        inside = Ellipsoid(size=(long - 2 * t, w - 2 * t, 2 * (deep - t)))
        lower = Common(shape=_slab(long * 1.1, w * 1.1, deep), place=own())
        half = Compound(base=outer, features=(lower,))
        bowl = cut(half, (inside, own(0, 0, t)))
        middle = self.length / 2 - long / 2
        handle = Extrude(profile=self._grip(long), height=t)
        grip = cut(handle, (inside, own(middle, 0, 2 * t - deep - t)))
        return [
            Part("bowl", bowl, at(middle), "steel"),
            Part("handle", grip, own(0, 0, deep - t), "steel"),
        ]


def _slab(width: float, depth: float, height: float) -> Solid:
    return Extrude(profile=Rectangle(width=width, depth=depth), height=height)


class Fork(_Cutlery):
    """A fork that lies along x, its tines to the right."""

    names = ("fork", "dinner fork", "cake fork")
    width: float = Field(26, ge=4, le=200)
    follows: ClassVar[Sizes] = {**_Cutlery.follows, "handle_width": ("width", "length")}
    tines: Annotated[int, said("prongs")] = Field(4, ge=2, le=6)

    def parts(self) -> list[Part]:
        """The handle, and the head with its tines."""
        self._check()
        t, w = self.thickness, self.width
        head = min(2.6 * w, 0.45 * self.length)
        x1 = self.length / 2
        gap = w / (2.6 * self.tines - 1)
        each = (w - gap * (self.tines - 1)) / self.tines
        root = x1 - 0.62 * head
        body = polygon(
            (x1 - head, -0.2 * w),
            (root - 0.1 * head, -w / 2),
            (root, -w / 2),
            (root, w / 2),
            (root - 0.1 * head, w / 2),
            (x1 - head, 0.2 * w),
        )
        pieces = [Piece(profile=body)]
        for k in range(self.tines):
            y = -w / 2 + each / 2 + k * (each + gap)
            tip = 0.25 * each
            tine = polygon(
                (root - 0.05 * head, y - each / 2),
                (x1 - each, y - each / 2),
                (x1, y - tip),
                (x1, y + tip),
                (x1 - each, y + each / 2),
                (root - 0.05 * head, y + each / 2),
            )
            pieces.append(Piece(profile=tine))
        return [
            Part("head", Extrude(profile=Combined(add=tuple(pieces)), height=t), own(), "steel"),
            Part("handle", Extrude(profile=self._grip(head), height=t), own(), "steel"),
        ]


class Knife(_Cutlery):
    """A knife that lies along x: a handle on the left, a blade with a point on the right."""

    names = ("knife", "table knife", "kitchen knife", "chef's knife", "bread knife", "letter opener")
    length: float = Field(230, ge=20, le=800)
    width: float = Field(24, ge=4, le=200)
    handle_width: float = Field(18, ge=2, le=150)
    handle_thickness: float = Field(10, ge=0.8, le=60)
    follows: ClassVar[Sizes] = {**_Cutlery.follows}
    yields: ClassVar[Sizes] = {"thickness": ("length",), "handle_thickness": ("length",)}

    def parts(self) -> list[Part]:
        """Blade, handle. The height is the handle's thickness."""
        self._check()
        below(self, "thickness", self.handle_thickness + 1e-9, "handle_thickness")
        x0, x1, w = -self.length / 2, self.length / 2, self.width
        grip = 0.42 * self.length
        a = x0 + grip
        blade = polygon(
            (a - 0.3 * grip, 0.3 * w),
            (a, -w / 2),
            (x1 - 0.35 * (x1 - a), -w / 2),
            (x1 - 0.12 * (x1 - a), -0.24 * w),
            (x1, 0.35 * w),
            (x1 - 0.05 * (x1 - a), w / 2),
            (a - 0.3 * grip, w / 2),
        )
        h = self.handle_width
        handle = Extrude(profile=Rectangle(width=grip, depth=h, corner_radius=0.3 * h), height=self.handle_thickness)
        return [
            Part(
                "blade",
                Extrude(profile=blade, height=self.thickness),
                own(0, 0, (self.handle_thickness - self.thickness) / 2),
                "steel",
            ),
            Part("handle", handle, at(x0 + grip / 2, (w - h) / 2), "walnut"),
        ]
