"""Outlines as faces bounded by true lines, arcs and ellipses; those given by points keep their points."""

from __future__ import annotations

from collections.abc import Iterable
from functools import singledispatch
from itertools import pairwise
from math import cos, radians, sin
from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.geometry.profiles import outlines
from wugan.apps.voice_to_3d.scene import profile as flat

if TYPE_CHECKING:
    from build123d import Edge, Face, Wire

DRAWN = (flat.Gear, flat.Text, flat.Offsetted)  # curves that even the exact model holds as short straight pieces


def faces(profile: flat.Profile) -> list[Face]:
    """The faces of a profile on z = 0, normals up; several where its outline is in several pieces (letters)."""
    return _faces(profile)


@singledispatch
def _faces(profile: flat.Profile) -> list[Face]:
    """By the points of the cross-section: exact for polygons."""
    return of_loops([[(float(x), float(y)) for x, y in loop] for loop in outlines(profile)])


def of_loops(loops: list[list[tuple[float, float]]]) -> list[Face]:
    """Faces of closed outlines by points: outsides counter-clockwise, holes clockwise."""
    from build123d import Face, Wire

    wires = [Wire.make_polygon([(x, y, 0) for x, y in loop], close=True) for loop in loops]
    outer = [number for number, loop in enumerate(loops) if _area(loop) > 0]
    holes: dict[int, list[Wire]] = {number: [] for number in outer}
    for number, loop in enumerate(loops):
        if number not in holes:
            around = [one for one in outer if _inside(loop[0], loops[one])]
            holes[min(around, key=lambda one: _area(loops[one]))].append(wires[number])
    return [Face(wires[number], inner) for number, inner in holes.items()]


@_faces.register(flat.Circle)
def _(profile: flat.Circle) -> list[Face]:
    from build123d import Edge

    return [_face([Edge.make_circle(profile.diameter / 2)])]


@_faces.register(flat.Ellipse)
def _(profile: flat.Ellipse) -> list[Face]:
    from build123d import Edge

    return [_face([Edge.make_ellipse(profile.width / 2, profile.depth / 2)])]


@_faces.register(flat.Rectangle)
def _(profile: flat.Rectangle) -> list[Face]:
    x, y = profile.width / 2, profile.depth / 2
    radius, cut = profile.corner_radius, profile.corner_chamfer
    if not radius:
        corners = ((-x, -y), (x, -y), (x, y), (-x, y))
        if not cut:
            return of_loops([list(corners)])
        loop = [(-x + cut, -y), (x - cut, -y), (x, -y + cut), (x, y - cut)]
        return of_loops([[*loop, *((-a, -b) for a, b in loop)]])
    edges: list[Edge] = []
    for middle, start in (
        ((x - radius, y - radius), 0),
        ((-x + radius, y - radius), 90),
        ((-x + radius, -y + radius), 180),
        ((x - radius, -y + radius), 270),
    ):
        edges.append(_arc(middle, radius, start, start + 90))
    return [_face(_closed(edges))]


@_faces.register(flat.Slot)
def _(profile: flat.Slot) -> list[Face]:
    radius, half = profile.width / 2, profile.length / 2
    if not half:
        return faces(flat.Circle(diameter=profile.width))
    return [_face(_closed([_arc((half, 0), radius, -90, 90), _arc((-half, 0), radius, 90, 270)]))]


@_faces.register(flat.Sector)
def _(profile: flat.Sector) -> list[Face]:
    from build123d import Edge

    outer, inner = profile.diameter / 2, profile.inner_diameter / 2
    if abs(profile.sweep) >= 360:
        return [_face([Edge.make_circle(outer)], [[Edge.make_circle(inner)]] if inner else [])]
    start, end = sorted((profile.start, profile.start + profile.sweep))
    edges = [_arc((0, 0), outer, start, end)]
    if inner:
        edges.append(_arc((0, 0), inner, end, start))
        return [_face(_closed(edges))]
    return [_face(_closed([*edges, Edge.make_line(edges[0] @ 1, (0, 0))]))]


@_faces.register(flat.Combined)
def _(profile: flat.Combined) -> list[Face]:
    from build123d import Location

    def placed(piece: flat.Piece) -> list[Face]:
        at = Location((piece.x, piece.y, 0), (0, 0, piece.rotate))
        return [face.moved(at) for face in faces(piece.profile)]

    first, *rest = [face for piece in profile.add for face in placed(piece)]
    result = first.fuse(*rest) if rest else first
    if cut := [face for piece in profile.cut for face in placed(piece)]:
        result = result.cut(*cut)
    return list(result.clean().faces())


def _face(outer: Iterable[Edge], inner: Iterable[Iterable[Edge]] = ()) -> Face:
    from build123d import Face, Wire

    return Face(Wire(list(outer)), [Wire(list(edges)) for edges in inner])


def _arc(middle: tuple[float, float], radius: float, start: float, end: float) -> Edge:
    """From angle `start` to `end` (degrees), either way round."""
    from build123d import Edge

    points = [
        (middle[0] + radius * cos(radians(a)), middle[1] + radius * sin(radians(a)), 0)
        for a in (start, (start + end) / 2, end)
    ]
    return Edge.make_three_point_arc(*points)


def _closed(edges: list[Edge]) -> list[Edge]:
    """The edges in order with straight ones between, where one's end is not the next one's start."""
    from build123d import Edge

    made: list[Edge] = []
    for edge, following in pairwise([*edges, edges[0]]):
        made.append(edge)
        if (edge @ 1 - following @ 0).length > 1e-9:
            made.append(Edge.make_line(edge @ 1, following @ 0))
    return made


def _area(loop: list[tuple[float, float]]) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise([*loop, loop[0]])) / 2


def _inside(point: tuple[float, float], loop: list[tuple[float, float]]) -> bool:
    x, y = point
    inside = False
    for (ax, ay), (bx, by) in pairwise([*loop, loop[0]]):
        if (ay > y) != (by > y) and x < ax + (y - ay) / (by - ay) * (bx - ax):
            inside = not inside
    return inside
