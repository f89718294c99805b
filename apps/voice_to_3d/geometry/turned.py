"""Solids of revolution as their outlines of (radius, z), so that their edges are corners in the plane."""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING

import numpy as np

from wugan.apps.voice_to_3d.geometry.circles import Outline, arc, area, circle, segments
from wugan.apps.voice_to_3d.geometry.profiles import of_outlines
from wugan.apps.voice_to_3d.scene import solid as solids
from wugan.errors import DataError

if TYPE_CHECKING:
    from manifold3d import CrossSection, Manifold

SMOOTH = 128  # pieces of a ball's or ring's circles at most: both ways curved, they cost the square


def smooth(diameter: float) -> int:
    """Pieces of a circle of a surface that is curved both ways."""
    return min(SMOOTH, segments(diameter))


@singledispatch
def outline(shape: solids.Solid) -> list[Outline] | None:
    """The outline of a turned solid, outside counter-clockwise, holes clockwise; `None` for any other solid.

    Raises:
        DataError: sizes that contradict each other.
    """
    return None


@outline.register(solids.Cylinder)
def _(shape: solids.Cylinder) -> list[Outline]:
    outer, inner = shape.diameter / 2, shape.inner_diameter / 2
    if inner >= outer:
        raise DataError(f"the inner diameter {2 * inner:g} mm is not smaller than the outer one, {2 * outer:g} mm")
    return [np.array([(inner, 0), (outer, 0), (outer, shape.height), (inner, shape.height)])]


@outline.register(solids.Cone)
def _(shape: solids.Cone) -> list[Outline]:
    bottom, top, height = shape.bottom_diameter / 2, shape.top_diameter / 2, shape.height
    if bottom + top <= 0:
        raise DataError("a cone needs a diameter at one end")
    points = [(0.0, 0.0), (bottom, 0.0), (top, height), (0.0, height)]
    return [np.array([p for i, p in enumerate(points) if p != points[i - 1]])]


@outline.register(solids.Sphere)
def _(shape: solids.Sphere) -> list[Outline]:
    radius, count = shape.diameter / 2, smooth(shape.diameter) // 4
    if shape.upper_half:
        return [np.concatenate([np.zeros((1, 2)), arc(radius, 0, 90, count)])]
    return [arc(radius, -90, 90, 2 * count) + np.array((0.0, radius))]


@outline.register(solids.Ellipsoid)
def _(shape: solids.Ellipsoid) -> list[Outline] | None:
    x, y, z = shape.size
    if x != y:
        return None
    return [arc(0.5, -90, 90, smooth(max(shape.size)) // 2) * (x, z) + np.array((0.0, z / 2))]


@outline.register(solids.Capsule)
def _(shape: solids.Capsule) -> list[Outline]:
    radius, straight = shape.diameter / 2, shape.height - shape.diameter
    if straight < -1e-9:
        raise DataError(f"a capsule {shape.height:g} mm high cannot be {shape.diameter:g} mm wide; make it a ball")
    half = arc(radius, 0, 90, smooth(shape.diameter) // 4)
    lower = half[::-1] * (1, -1) + np.array((0.0, radius))
    upper = half + np.array((0.0, radius + max(straight, 0.0)))
    return [np.concatenate([lower, upper if straight > 1e-9 else upper[1:]])]


@outline.register(solids.Torus)
def _(shape: solids.Torus) -> list[Outline]:
    ring, tube, inner = shape.diameter / 2, shape.tube / 2, shape.tube_inner / 2
    if tube >= ring:
        raise DataError(f"a ring's tube of {2 * tube:g} mm closes its hole; its middle circle is {2 * ring:g} mm")
    if inner >= tube:
        raise DataError(
            f"the tube's inner diameter {2 * inner:g} mm is not smaller than its outer one, {2 * tube:g} mm"
        )
    middle = np.array((ring, tube))
    count = smooth(shape.tube) if shape.tube > 3 else 32
    loops = [circle(2 * tube, count) + middle]
    return [*loops, circle(2 * inner, count)[::-1] + middle] if inner else loops


@outline.register(solids.Revolve)
def _(shape: solids.Revolve) -> list[Outline]:
    loops = []
    for number, points in enumerate((shape.points, *shape.holes)):
        loop = np.array(points, dtype=np.float64)
        if np.allclose(loop[0], loop[-1]):
            loop = loop[:-1]
        if (loop[:, 0] < -1e-9).any():
            raise DataError("a turned outline lies on one side of the axis: no radius below 0")
        loop[:, 0] = np.maximum(loop[:, 0], 0.0)
        size = area(loop)
        if abs(size) < 1e-9:
            raise DataError("the points of a turned outline enclose no area")
        loop = loop if size > 0 else loop[::-1]
        if abs(of_outlines([loop]).area() - abs(size)) > 1e-6 * abs(size):
            raise DataError("a turned outline crosses itself; give its points in order around it")
        loops.append(loop[::-1] if number else loop)
    return loops


def sweep_of(shape: solids.Solid) -> float:
    """Degrees that a turned solid goes round."""
    return shape.sweep if isinstance(shape, solids.Revolve) else 360.0


def pieces_round(shape: solids.Solid, loops: list[Outline]) -> int:
    """Pieces of the widest circle."""
    diameter = 2 * max(float(loop[:, 0].max()) for loop in loops)
    both = isinstance(shape, solids.Sphere | solids.Ellipsoid | solids.Capsule | solids.Torus)
    return smooth(diameter) if both else segments(diameter)


def turned(loops: list[Outline] | CrossSection, pieces: int, sweep: float = 360.0) -> Manifold:
    """The solid of an outline."""
    from manifold3d import Manifold

    section = of_outlines(loops) if isinstance(loops, list) else loops
    return Manifold.revolve(section, pieces, sweep)
