"""Legs of furniture: straight, tapered, turned or splayed; square or round; and where they stand."""

from __future__ import annotations

from math import hypot, radians, tan
from typing import Literal

from wugan.apps.voice_to_3d.families.base import Part
from wugan.apps.voice_to_3d.families.home.kit import SUNK, on_circle, own, rounded, sides
from wugan.apps.voice_to_3d.families.home.lathe import scaled, smooth, turned
from wugan.apps.voice_to_3d.scene.placement import Coordinate, Placement
from wugan.apps.voice_to_3d.scene.profile import Circle, Profile, Rectangle
from wugan.apps.voice_to_3d.scene.solid import Box, Compound, Cylinder, Join, Loft, Solid

LegStyle = Literal["straight", "tapered", "turned", "splayed"]
LegShape = Literal["square", "round"]
SPLAY = 8.0  # degrees: as usual for chairs and tables of the 1950s

# Shares of the radius and the height, from the foot up.
_TURNING = (
    (0.55, 0.0), (0.62, 0.03), (0.45, 0.07), (0.5, 0.1), (0.72, 0.2), (0.95, 0.5), (1.0, 0.58), (0.7, 0.66),
    (0.6, 0.68), (0.9, 0.71), (0.6, 0.74), (0.75, 0.77), (0.95, 0.8), (0.95, 1.0),
)  # fmt: skip


def section(shape: str, size: float) -> Profile:
    """A leg's cross-section."""
    return Circle(diameter=size) if shape == "round" else Rectangle(width=size, depth=size)


def leg_solid(style: str, shape: str, size: float, height: float, lean: tuple[float, float] = (0.0, 0.0)) -> Solid:
    """A leg on its foot, which is centred on the origin; `lean` (mm) carries its top end inwards."""
    if style == "turned":
        spindle = turned(smooth(scaled(_TURNING, size / 2, height), pieces=3))
        if shape == "round":
            return spindle
        head = Placement(z=Coordinate(to="max", own="max"))
        return Compound(base=spindle, features=(Join(shape=Box(size=(size, size, 0.22 * height)), place=head),))
    if style == "straight":
        return Cylinder(diameter=size, height=height) if shape == "round" else rounded(size, size, height, 0)
    foot = section(shape, (0.55 if style == "tapered" else 0.65) * size)
    return Loft(bottom=foot, top=section(shape, size), height=height, shift=lean)


def lean(style: str, height: float, x: float, y: float) -> tuple[float, float]:
    """How far (mm) the top end of a leg on (x, y) lies inwards of its foot."""
    out = hypot(x, y)
    if style != "splayed" or out < 1e-6:
        return 0.0, 0.0
    share = min(height * tan(radians(SPLAY)), 0.45 * out) / out
    return -share * x, -share * y


def leg(
    style: str, shape: str, size: float, height: float, x: float, y: float, material: str = "oak", role: str = "leg"
) -> Part:
    """A leg `size` mm thick that stays within `size` / 2 of (x, y) outwards; a splayed one leans inwards going up."""
    solid = leg_solid(style, shape, size, height + SUNK, lean(style, height, x, y))
    return Part(role, solid, own(x, y), material, sides(x, y))


def corners(width: float, depth: float, inset: float) -> list[tuple[float, float]]:
    """The four places `inset` mm inside the corners: front left, front right, back left, back right."""
    x, y = width / 2 - inset, depth / 2 - inset
    return [(-x, -y), (x, -y), (-x, y), (x, y)]


def leg_places(shape: str, legs: int, width: float, depth: float, inset: float) -> list[tuple[float, float]]:
    """Where legs stand under a top.

    Args:
        shape: of the top; under a round one (or with an odd number) the legs stand on an ellipse.
        legs: how many; an even number from 4 stands in two rows under a rectangular top.
        width: of the top (mm).
        depth: of the top (mm).
        inset: from the top's edge to a leg's middle (mm).
    """
    if legs == 1:
        return [(0.0, 0.0)]
    if shape in ("round", "oval") or legs % 2 or legs < 4:
        share = 0.86 if shape in ("round", "oval") else 1.0
        circle = on_circle(legs, 1.0, 45 if legs == 4 else 90 if legs % 2 else 0)
        x, y = share * width / 2 - inset, share * depth / 2 - inset
        return sorted(((round(x * a, 9), round(y * b, 9)) for a, b in circle), key=lambda p: (p[1], p[0]))
    row = legs // 2
    xs = [round(-(width / 2 - inset) + (width - 2 * inset) * k / (row - 1), 9) for k in range(row)]
    return [(x, y) for y in (-(depth / 2 - inset), depth / 2 - inset) for x in xs]


__all__ = ["LegShape", "LegStyle", "corners", "lean", "leg", "leg_places", "leg_solid", "section"]
