"""Solids with true surfaces: planes, cylinders, cones, spheres, tori and what sweeping and lofting gives."""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING

import numpy as np

from wugan.apps.voice_to_3d.geometry.export.step.flat import DRAWN, faces, of_loops
from wugan.apps.voice_to_3d.geometry.turned import outline, sweep_of
from wugan.apps.voice_to_3d.scene import profile as flat
from wugan.apps.voice_to_3d.scene import solid as solids

if TYPE_CHECKING:
    from build123d import Shape, Wire


class NoExact(Exception):
    """There is no exact form of this solid; the message says of what."""


def shape(of: solids.Solid) -> Shape:
    """The solid in its own frame, standing on z = 0 and centred over the origin.

    Raises:
        NoExact: it can only be had by its mesh.
    """
    return _shape(of)


def in_pieces(of: solids.Solid) -> bool:
    """Whether the solid's profile is drawn in short straight pieces although it is round (gears, letters)."""
    profiles = [getattr(of, name, None) for name in ("profile", "bottom", "top")]
    return any(isinstance(profile, DRAWN) for profile in profiles)


@singledispatch
def _shape(of: solids.Solid) -> Shape:
    raise NoExact(f"a {of.kind}")


@_shape.register(solids.Box)
def _(of: solids.Box) -> Shape:
    from build123d import Location, Solid

    x, y, z = of.size
    return Solid.make_box(x, y, z).moved(Location((-x / 2, -y / 2, 0)))


@_shape.register(solids.Cylinder)
def _(of: solids.Cylinder) -> Shape:
    from build123d import Solid

    body = Solid.make_cylinder(of.diameter / 2, of.height)
    return body.cut(Solid.make_cylinder(of.inner_diameter / 2, of.height)) if of.inner_diameter else body


@_shape.register(solids.Cone)
def _(of: solids.Cone) -> Shape:
    from build123d import Solid

    if of.bottom_diameter == of.top_diameter:
        return Solid.make_cylinder(of.bottom_diameter / 2, of.height)
    return Solid.make_cone(of.bottom_diameter / 2, of.top_diameter / 2, of.height)


@_shape.register(solids.Sphere)
def _(of: solids.Sphere) -> Shape:
    from build123d import Location, Solid

    if of.upper_half:
        return Solid.make_sphere(of.diameter / 2, angle1=0)
    return Solid.make_sphere(of.diameter / 2).moved(Location((0, 0, of.diameter / 2)))


@_shape.register(solids.Ellipsoid)
def _(of: solids.Ellipsoid) -> Shape:
    from build123d import Matrix, Solid

    x, y, z = of.size
    rows = [[x / 2, 0, 0, 0], [0, y / 2, 0, 0], [0, 0, z / 2, z / 2]]
    return Solid.make_sphere(1).transform_geometry(Matrix(rows))


@_shape.register(solids.Capsule)
def _(of: solids.Capsule) -> Shape:
    from build123d import Location, Solid

    radius = of.diameter / 2
    lower = Solid.make_sphere(radius).moved(Location((0, 0, radius)))
    if of.height - of.diameter < 1e-9:
        return lower
    upper = Solid.make_sphere(radius).moved(Location((0, 0, of.height - radius)))
    middle = Solid.make_cylinder(radius, of.height - of.diameter).moved(Location((0, 0, radius)))
    return lower.fuse(middle, upper)


@_shape.register(solids.Torus)
def _(of: solids.Torus) -> Shape:
    from build123d import Location, Solid

    body: Shape = Solid.make_torus(of.diameter / 2, of.tube / 2)
    if of.tube_inner:
        body = body.cut(Solid.make_torus(of.diameter / 2, of.tube_inner / 2))
    return body.moved(Location((0, 0, of.tube / 2)))


@_shape.register(solids.Extrude)
def _(of: solids.Extrude) -> Shape:
    from build123d import Solid

    made = []
    for face in faces(of.profile):
        if not of.twist:
            made.append(Solid.extrude(face, (0, 0, of.height)))
            continue
        made.append(
            Solid.extrude_linear_with_rotation(
                face.outer_wire(), (0, 0, 0), (0, 0, of.height), of.twist, list(face.inner_wires())
            )
        )
    return _together(made)


@_shape.register(solids.Pyramid)
def _(of: solids.Pyramid) -> Shape:
    return _between(of.profile, of.profile, of.height, (0.0, 0.0), of.top_scale)


@_shape.register(solids.Loft)
def _(of: solids.Loft) -> Shape:
    if _corners(of.bottom) != _corners(of.top):
        raise NoExact("a loft between outlines of different kinds")
    return _between(of.bottom, of.top, of.height, of.shift, 1.0)


@_shape.register(solids.Revolve)
def _(of: solids.Revolve) -> Shape:
    from build123d import Axis, Plane, Solid

    loops = outline(of)
    assert loops is not None
    made = []
    for face in of_loops([[(float(r), float(z)) for r, z in loop] for loop in loops]):
        upright = face.moved(Plane.XZ.location)
        made.append(Solid.revolve(upright, sweep_of(of), Axis.Z))
    return _together(made)


@_shape.register(solids.Sweep)
def _(of: solids.Sweep) -> Shape:
    from build123d import Plane, Solid, Transition, Vector

    if of.closed:
        raise NoExact("a sweep along a closed path")
    path = _path([np.array(point, np.float64) for point in of.path], of.bend_radius)
    along = Vector(*of.path[1]) - Vector(*of.path[0])
    level = Vector(0, 0, 1).cross(along)
    side = level if level.length > 1e-9 else Vector(1, 0, 0)
    made = []
    for face in faces(of.profile):
        start = face.moved(Plane(Vector(*of.path[0]), -side if level.length > 1e-9 else side, along).location)
        made.append(Solid.sweep(start, path, transition=Transition.RIGHT))
    return _together(made)


@_shape.register(solids.Helix)
def _(of: solids.Helix) -> Shape:
    from build123d import Edge, Location, Plane, Solid, Vector

    path = Edge.make_helix(of.pitch, of.pitch * of.turns, of.diameter / 2)
    start = Vector(of.diameter / 2, 0, 0)
    made = [
        Solid.sweep(face.moved(Plane(start, (1, 0, 0), path % 0).location), path, is_frenet=True)
        for face in faces(of.profile)
    ]
    wound = _together(made)
    return wound.moved(Location((0, 0, -wound.bounding_box().min.Z)))


def _between(
    below: flat.Profile, above: flat.Profile, height: float, shift: tuple[float, float], scale: float
) -> Shape:
    """Straight faces from an outline to another."""
    from build123d import Location, Solid, Vertex

    (lower,), (upper,) = faces(below), faces(above)
    if lower.inner_wires() or upper.inner_wires():
        raise NoExact("a loft with a hole")
    if not scale:
        return Solid.make_loft([lower.outer_wire(), Vertex(*shift, height)], ruled=True)
    top = upper.scale(scale).outer_wire().moved(Location((*shift, height)))
    return Solid.make_loft([lower.outer_wire(), top], ruled=True)


def _corners(profile: flat.Profile) -> tuple[str, int]:
    count = len(profile.points) if isinstance(profile, flat.Polygon) else getattr(profile, "sides", 0)
    return profile.kind, count


def _together(made: list[Shape]) -> Shape:
    from build123d import Compound

    return made[0] if len(made) == 1 else Compound(made)


def _path(points: list[np.ndarray], bend: float) -> Wire:
    """Straight pieces with arcs of radius `bend` between them."""
    from build123d import Edge, Wire

    edges: list[Edge] = []
    at = points[0]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        first, second = (before - corner), (after - corner)
        first, second = first / np.linalg.norm(first), second / np.linalg.norm(second)
        half = np.arccos(np.clip(first @ second, -1, 1)) / 2
        if not bend or abs(half - np.pi / 2) < 1e-9:
            edges.append(Edge.make_line(tuple(at), tuple(corner)))
            at = corner
            continue
        reach = bend / np.tan(half)
        start, end = corner + reach * first, corner + reach * second
        inwards = first + second
        middle = corner + inwards / np.linalg.norm(inwards) * (bend / np.sin(half) - bend)
        if np.linalg.norm(start - at) > 1e-9:
            edges.append(Edge.make_line(tuple(at), tuple(start)))
        edges.append(Edge.make_three_point_arc(tuple(start), tuple(middle), tuple(end)))
        at = end
    edges.append(Edge.make_line(tuple(at), tuple(points[-1])))
    return Wire(edges)
