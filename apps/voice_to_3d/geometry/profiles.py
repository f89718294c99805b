"""Flat outlines as cross-sections (mm): every `Profile` of the scene."""

from __future__ import annotations

from functools import lru_cache, singledispatch
from math import cos, pi, radians
from typing import TYPE_CHECKING

import numpy as np

from wugan.apps.voice_to_3d.geometry.circles import Outline, arc, area, circle, segments
from wugan.apps.voice_to_3d.scene import profile as flat
from wugan.errors import DataError

if TYPE_CHECKING:
    from manifold3d import CrossSection


@lru_cache(maxsize=1024)
def section(profile: flat.Profile) -> CrossSection:
    """The cross-section of a profile.

    Raises:
        DataError: an outline that has no area or crosses itself, or sizes that contradict each other.
    """
    found = _section(profile)
    if found.is_empty() or found.area() <= 1e-9:
        raise DataError(f"the {profile.kind.replace('_', ' ')} outline has no area; give other sizes")
    return found


def outlines(profile: flat.Profile) -> list[Outline]:
    """The closed outlines of a profile: the outside counter-clockwise, holes clockwise."""
    return [np.asarray(points, dtype=np.float64) for points in section(profile).to_polygons()]


def of_outlines(loops: list[Outline]) -> CrossSection:
    """A cross-section from loops that do not cross; holes clockwise."""
    from manifold3d import CrossSection, FillRule

    return CrossSection(loops, FillRule.Positive)


@singledispatch
def _section(profile: flat.Profile) -> CrossSection:
    raise TypeError(f"unknown profile {profile!r}")


@_section.register(flat.Circle)
def _(profile: flat.Circle) -> CrossSection:
    return of_outlines([circle(profile.diameter)])


@_section.register(flat.Ellipse)
def _(profile: flat.Ellipse) -> CrossSection:
    points = circle(1.0, segments(max(profile.width, profile.depth)))
    return of_outlines([points * (profile.width, profile.depth)])


@_section.register(flat.Rectangle)
def _(profile: flat.Rectangle) -> CrossSection:
    radius, cut = profile.corner_radius, profile.corner_chamfer
    if radius and cut:
        raise DataError("a rectangle's corners are rounded or cut, not both")
    shorter = min(profile.width, profile.depth)
    if 2 * max(radius, cut) > shorter + 1e-9:
        raise DataError(
            f"corners of {max(radius, cut):g} mm do not fit a rectangle of {profile.width:g} x {profile.depth:g} mm; "
            f"{shorter / 2:g} mm is the most"
        )
    x, y = profile.width / 2, profile.depth / 2
    size = max(radius, cut)
    if not size:
        return of_outlines([np.array([(-x, -y), (x, -y), (x, y), (-x, y)])])
    pieces = segments(2 * radius) // 4 if radius else 1
    corners = ((1, 1, 0), (-1, 1, 90), (-1, -1, 180), (1, -1, 270))
    loop = [arc(size, a, a + 90, pieces) + np.array((i * (x - size), j * (y - size))) for i, j, a in corners]
    return of_outlines([np.concatenate(loop)])


@_section.register(flat.RegularPolygon)
def _(profile: flat.RegularPolygon) -> CrossSection:
    return of_outlines([regular(profile.sides, profile.across_flats)])


def regular(sides: int, across_flats: float) -> Outline:
    """A regular polygon with twice the apothem `across_flats`, a flat towards -y."""
    angles = -pi / 2 + pi / sides + 2 * pi * np.arange(sides) / sides
    return np.stack([np.cos(angles), np.sin(angles)], axis=1) * (across_flats / 2 / cos(pi / sides))


@_section.register(flat.Slot)
def _(profile: flat.Slot) -> CrossSection:
    radius, half = profile.width / 2, profile.length / 2
    if not half:
        return of_outlines([circle(profile.width)])
    pieces = segments(profile.width) // 2
    right = arc(radius, -90, 90, pieces) + np.array((half, 0.0))
    return of_outlines([np.concatenate([right, -right])])


@_section.register(flat.Sector)
def _(profile: flat.Sector) -> CrossSection:
    outer, inner = profile.diameter / 2, profile.inner_diameter / 2
    if inner >= outer:
        raise DataError(f"the inner diameter {2 * inner:g} mm is not smaller than the outer one {2 * outer:g} mm")
    if abs(profile.sweep) < 1e-6:
        raise DataError("a sector needs an angle other than 0")
    if abs(profile.sweep) >= 360:
        ring = [circle(2 * outer)]
        return of_outlines([*ring, circle(2 * inner)[::-1]] if inner else ring)
    loop = arc(outer, profile.start, profile.start + profile.sweep)
    back = arc(inner, profile.start + profile.sweep, profile.start) if inner else np.zeros((1, 2))
    points = np.concatenate([loop, back])
    return of_outlines([points if area(points) > 0 else points[::-1]])


@_section.register(flat.Star)
def _(profile: flat.Star) -> CrossSection:
    if profile.inner_diameter >= profile.diameter:
        raise DataError(
            f"notches at {profile.inner_diameter:g} mm do not lie inside a star's tips, {profile.diameter:g} mm"
        )
    angles = pi / 2 + pi * np.arange(2 * profile.points) / profile.points
    reach = np.where(np.arange(2 * profile.points) % 2, profile.inner_diameter, profile.diameter) / 2
    return of_outlines([np.stack([np.cos(angles), np.sin(angles)], axis=1) * reach[:, None]])


@_section.register(flat.Polygon)
def _(profile: flat.Polygon) -> CrossSection:
    from manifold3d import OpType

    outer = _simple(np.array(profile.points, dtype=np.float64), "outline")
    holes = [_simple(np.array(hole, dtype=np.float64), "hole") for hole in profile.holes]
    return type(outer).batch_boolean([outer, *holes], OpType.Subtract) if holes else outer


def _simple(points: Outline, what: str) -> CrossSection:
    if len(points) > 1 and np.allclose(points[0], points[-1]):
        points = points[:-1]
    size = area(points)
    if abs(size) < 1e-9:
        raise DataError(f"the points of the {what} enclose no area")
    found = of_outlines([points if size > 0 else points[::-1]])
    if abs(found.area() - abs(size)) > 1e-6 * abs(size):
        raise DataError(f"the {what} of {len(points)} points crosses itself; give its points in order around it")
    return found


@_section.register(flat.Gear)
def _(profile: flat.Gear) -> CrossSection:
    from wugan.apps.voice_to_3d.geometry.gears import spur

    return of_outlines([spur(profile.module, profile.teeth, radians(profile.pressure_angle))])


@_section.register(flat.Text)
def _(profile: flat.Text) -> CrossSection:
    from wugan.apps.voice_to_3d.geometry.letters import letters

    return letters(profile.text, profile.height)


@_section.register(flat.Combined)
def _(profile: flat.Combined) -> CrossSection:
    from manifold3d import CrossSection, OpType

    def placed(piece: flat.Piece) -> CrossSection:
        return section(piece.profile).rotate(piece.rotate).translate((piece.x, piece.y))

    found = CrossSection.batch_boolean([placed(piece) for piece in profile.add], OpType.Add)
    if profile.cut:
        found = CrossSection.batch_boolean([found, *(placed(piece) for piece in profile.cut)], OpType.Subtract)
    return found.simplify(1e-5)


@_section.register(flat.Offsetted)
def _(profile: flat.Offsetted) -> CrossSection:
    return grown(section(profile.profile), profile.by, profile.round)


def grown(shape: CrossSection, by: float, round: bool) -> CrossSection:
    """A cross-section grown, or shrunk, by so many millimetres.

    Raises:
        DataError: nothing is left.
    """
    from manifold3d import JoinType

    found = shape.offset(by, JoinType.Round if round else JoinType.Miter, 10.0, segments(2 * abs(by))).simplify(1e-5)
    if found.is_empty():
        raise DataError(f"an outline shrunk by {-by:g} mm has nothing left")
    return found


__all__ = ["grown", "of_outlines", "outlines", "regular", "section"]
