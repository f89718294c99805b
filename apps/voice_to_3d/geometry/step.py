"""STEP (ISO 10303-214) with true surfaces, through build123d: a named and coloured solid for each part, in mm."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import singledispatch, singledispatchmethod
from itertools import pairwise
from math import cos, radians, sin
from typing import TYPE_CHECKING, Any

import numpy as np
from build123d import (
    Axis,
    Color,
    Compound,
    Edge,
    Face,
    Location,
    Matrix,
    Plane,
    Shape,
    Solid,
    Transition,
    Vector,
    Vertex,
    Wire,
    export_step,
)
from OCP.BRep import BRep_Builder
from OCP.BRepBuilderAPI import BRepBuilderAPI_MakeShapeOnMesh, BRepBuilderAPI_MakeSolid, BRepBuilderAPI_Transform
from OCP.BRepFilletAPI import BRepFilletAPI_MakeChamfer
from OCP.gp import gp_Pnt, gp_Trsf
from OCP.Poly import Poly_Triangle, Poly_Triangulation
from OCP.TopoDS import TopoDS_Iterator, TopoDS_Shell

from wugan.apps.voice_to_3d.geometry import made
from wugan.apps.voice_to_3d.geometry.edges import with_edges
from wugan.apps.voice_to_3d.geometry.export import face_normals, grouped
from wugan.apps.voice_to_3d.geometry.outlines import outlines
from wugan.apps.voice_to_3d.geometry.solids import outline, sweep_of
from wugan.apps.voice_to_3d.geometry.sound import mesh_of
from wugan.apps.voice_to_3d.scene import profile as flat
from wugan.apps.voice_to_3d.scene import solid as solids
from wugan.apps.voice_to_3d.scene.solid import Chamfer, Fillet
from wugan.errors import DataError

if TYPE_CHECKING:
    from manifold3d import Manifold

    from wugan.apps.voice_to_3d.geometry.build import Built


def step(built: Built) -> tuple[bytes, list[str]]:
    """The scene as STEP, z up, and notes on the parts that are written with flat faces.

    Raises:
        DataError: the kernel cannot write the scene.
    """
    exact = Exact()
    objects = []
    for name, parts in grouped(built).items():
        children = []
        for label, part in parts:
            form = exact.of(getattr(part, "made", None), part.solid)
            solids = form.solids()
            solid = solids[0] if len(solids) == 1 else Compound(solids)
            solid.label = label
            solid.color = Color(*(channel / 255 for channel in part.material.rgba()))  # sRGB, as readers take it
            children.append(solid)
        objects.append(Compound(children=children, label=name))
    whole = objects[0] if len(objects) == 1 else Compound(children=objects, label="scene")
    file = io.BytesIO()
    curves = not any("flat faces" in note for note in exact.notes)  # in planes they say nothing, and take half the file
    try:
        export_step(whole, file, write_pcurves=curves, timestamp="1970-01-01T00:00:00")  # so that files can be compared
    except RuntimeError as error:
        raise DataError(f"the scene cannot be written as STEP ({error})") from error
    return file.getvalue(), exact.notes


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
    return [_face([Edge.make_circle(profile.diameter / 2)])]


@_faces.register(flat.Ellipse)
def _(profile: flat.Ellipse) -> list[Face]:
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
    def placed(piece: flat.Piece) -> list[Face]:
        at = Location((piece.x, piece.y, 0), (0, 0, piece.rotate))
        return [face.moved(at) for face in faces(piece.profile)]

    first, *rest = [face for piece in profile.add for face in placed(piece)]
    result = first.fuse(*rest) if rest else first
    if cut := [face for piece in profile.cut for face in placed(piece)]:
        result = result.cut(*cut)
    return list(result.clean().faces())


def _face(outer: Iterable[Edge], inner: Iterable[Iterable[Edge]] = ()) -> Face:
    return Face(Wire(list(outer)), [Wire(list(edges)) for edges in inner])


def _arc(middle: tuple[float, float], radius: float, start: float, end: float) -> Edge:
    """From angle `start` to `end` (degrees), either way round."""
    points = [
        (middle[0] + radius * cos(radians(a)), middle[1] + radius * sin(radians(a)), 0)
        for a in (start, (start + end) / 2, end)
    ]
    return Edge.make_three_point_arc(*points)


def _closed(edges: list[Edge]) -> list[Edge]:
    """The edges in order with straight ones between, where one's end is not the next one's start."""
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
    x, y, z = of.size
    return Solid.make_box(x, y, z).moved(Location((-x / 2, -y / 2, 0)))


@_shape.register(solids.Cylinder)
def _(of: solids.Cylinder) -> Shape:
    body = Solid.make_cylinder(of.diameter / 2, of.height)
    return body.cut(Solid.make_cylinder(of.inner_diameter / 2, of.height)) if of.inner_diameter else body


@_shape.register(solids.Cone)
def _(of: solids.Cone) -> Shape:
    if of.bottom_diameter == of.top_diameter:
        return Solid.make_cylinder(of.bottom_diameter / 2, of.height)
    return Solid.make_cone(of.bottom_diameter / 2, of.top_diameter / 2, of.height)


@_shape.register(solids.Sphere)
def _(of: solids.Sphere) -> Shape:
    if of.upper_half:
        return Solid.make_sphere(of.diameter / 2, angle1=0)
    return Solid.make_sphere(of.diameter / 2).moved(Location((0, 0, of.diameter / 2)))


@_shape.register(solids.Ellipsoid)
def _(of: solids.Ellipsoid) -> Shape:
    x, y, z = of.size
    rows = [[x / 2, 0, 0, 0], [0, y / 2, 0, 0], [0, 0, z / 2, z / 2]]
    return Solid.make_sphere(1).transform_geometry(Matrix(rows))


@_shape.register(solids.Capsule)
def _(of: solids.Capsule) -> Shape:
    radius = of.diameter / 2
    lower = Solid.make_sphere(radius).moved(Location((0, 0, radius)))
    if of.height - of.diameter < 1e-9:
        return lower
    upper = Solid.make_sphere(radius).moved(Location((0, 0, of.height - radius)))
    middle = Solid.make_cylinder(radius, of.height - of.diameter).moved(Location((0, 0, radius)))
    return lower.fuse(middle, upper)


@_shape.register(solids.Torus)
def _(of: solids.Torus) -> Shape:
    body: Shape = Solid.make_torus(of.diameter / 2, of.tube / 2)
    if of.tube_inner:
        body = body.cut(Solid.make_torus(of.diameter / 2, of.tube_inner / 2))
    return body.moved(Location((0, 0, of.tube / 2)))


@_shape.register(solids.Extrude)
def _(of: solids.Extrude) -> Shape:
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
    loops = outline(of)
    assert loops is not None
    made = []
    for face in of_loops([[(float(r), float(z)) for r, z in loop] for loop in loops]):
        upright = face.moved(Plane.XZ.location)
        made.append(Solid.revolve(upright, sweep_of(of), Axis.Z))
    return _together(made)


@_shape.register(solids.Sweep)
def _(of: solids.Sweep) -> Shape:
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
    return made[0] if len(made) == 1 else Compound(made)


def _path(points: list[np.ndarray], bend: float) -> Wire:
    """Straight pieces with arcs of radius `bend` between them."""
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


SHARP = 15.0  # degrees: faces that meet flatter than this have no edge between them
SAME = 1e-5  # mm


def worked(body: Shape, edged: Chamfer | Fillet) -> Shape:
    """The body with the edges of one feature worked.

    Raises:
        NoExact: the kernel cannot do it, or there are no such edges.
    """
    found = _meant(body, set(edged.edges))
    if not found:
        raise NoExact(f"a {edged.kind}")
    solid = body.solids()[0]
    try:
        if isinstance(edged, Fillet):
            return solid.fillet(edged.radius, [edge for edge, _ in found])
        if edged.across is None or edged.across == edged.size:
            return solid.chamfer(edged.size, None, [edge for edge, _ in found])
        return _uneven(solid, edged.size, edged.across, found)
    except Exception as error:  # the kernel's errors have no common class
        raise NoExact(f"a {edged.kind} of {edged.radius if isinstance(edged, Fillet) else edged.size:g} mm") from error


def _uneven(solid: Shape, size: float, across: float, found: list[tuple[Edge, tuple[Face, Face]]]) -> Shape:
    """`across` on the flatter of the two faces of each edge, `size` on the other."""
    maker = BRepFilletAPI_MakeChamfer(solid.wrapped)
    for edge, pair in found:
        flatter = max(pair, key=lambda face: abs(face.normal_at(edge @ 0.5).Z))
        maker.Add(across, size, edge.wrapped, flatter.wrapped)
    return Solid(maker.Shape())


def _meant(body: Shape, names: set[str]) -> list[tuple[Edge, tuple[Face, Face]]]:
    """The sharp edges of those names, each with its two faces."""
    box = body.bounding_box()
    chosen = []
    for edge, pair in _sharp(body):
        around = edge.bounding_box()
        flat = around.max.Z - around.min.Z < SAME
        at_top = flat and abs(around.max.Z - box.max.Z) < SAME
        at_bottom = flat and abs(around.min.Z - box.min.Z) < SAME
        x_runs = around.max.Y - around.min.Y < SAME and flat
        y_runs = around.max.X - around.min.X < SAME and flat
        upright = not flat and around.max.X - around.min.X < SAME and around.max.Y - around.min.Y < SAME
        at = {
            "left": abs(around.max.X - box.min.X) < SAME,
            "right": abs(around.min.X - box.max.X) < SAME,
            "front": abs(around.max.Y - box.min.Y) < SAME,
            "back": abs(around.min.Y - box.max.Y) < SAME,
            "top": at_top,
            "bottom": at_bottom,
        }
        is_meant = (
            "all" in names
            or (at_top and names & {"top", "rims"})
            or (at_bottom and names & {"bottom", "rims"})
            or (upright and "vertical" in names)
            or (upright and any(at[side] for side in names & {"left", "right", "front", "back"}))
            or any(all(at[side] for side in name.split("-")) for name in names if "-" in name)
            or (x_runs and "x" in names)
            or (y_runs and "y" in names)
        )
        if is_meant:
            chosen.append((edge, pair))
    return chosen


def _sharp(body: Shape) -> list[tuple[Edge, tuple[Face, Face]]]:
    """Edges between two faces that do not run smoothly into each other; no seams."""
    beside: dict[int, tuple[Edge, list[Face]]] = {}
    for face in body.faces():
        for edge in face.edges():
            beside.setdefault(hash(edge), (edge, []))[1].append(face)
    found = []
    for edge, around in beside.values():
        if len(around) != 2 or around[0].is_same(around[1]):
            continue
        middle = edge @ 0.5
        normals: list[Vector] = [face.normal_at(middle) for face in around]
        if normals[0].get_angle(normals[1]) > SHARP:
            found.append((edge, (around[0], around[1])))
    return found


MOST = 6000  # triangles: each of them is some 700 bytes of STEP
FINE = 5e-5  # of the size: how far a simplified mesh may leave the true one, at first
KEPT = 0.003  # of the volume may change by simplifying


def faceted(mesh: Manifold) -> Shape:
    """The mesh as solids; triangles that lie in one plane are one face. Simplified where it has too many."""
    pieces = _coarser(mesh).decompose()
    outsides = [piece for piece in pieces if piece.volume() > 0]
    if len(outsides) == len(pieces):
        solids = [_joined(Solid(BRepBuilderAPI_MakeSolid(_shell(piece)).Solid()), piece) for piece in pieces]
        return solids[0] if len(solids) == 1 else Compound(solids)
    maker = BRepBuilderAPI_MakeSolid()
    for piece in sorted(pieces, key=lambda piece: -piece.volume()):  # the outside first, then what bounds hollows
        maker.Add(_shell(piece))
    return _joined(Solid(maker.Solid()), mesh)


def _joined(solid: Shape, mesh: Manifold) -> Shape:
    """The triangles of a plane as one face, where that is worth the kernel's time."""
    vertices, triangles = mesh_of(mesh)
    normals = face_normals(vertices, triangles)
    reach = np.einsum("ij,ij->i", normals, vertices[triangles[:, 0]].astype(np.float64))
    planes = np.unique(np.round(np.column_stack([normals * 1e4, reach * 1e2])), axis=0)
    return solid.clean() if len(planes) < 0.6 * len(triangles) else solid


def _coarser(mesh: Manifold) -> Manifold:
    """With few enough triangles, unless that would change the volume."""
    box = mesh.bounding_box()
    step = FINE * max(high - low for low, high in zip(box[:3], box[3:], strict=True))
    whole, volume = mesh, mesh.volume()
    while mesh.num_tri() > MOST:
        coarser = whole.simplify(step)
        if abs(coarser.volume() - volume) > KEPT * volume:
            break
        mesh, step = coarser, step * 1.5
    return mesh


def _shell(mesh: Manifold) -> Any:
    """A face for each triangle, sharing edges with its neighbours as the triangles do; no sewing needed."""
    vertices, triangles = mesh_of(mesh)
    table = Poly_Triangulation(len(vertices), len(triangles), False)
    for number, place in enumerate(vertices.astype(float).tolist(), 1):
        table.SetNode(number, gp_Pnt(*place))
    for number, corners in enumerate((triangles + 1).tolist(), 1):
        table.SetTriangle(number, Poly_Triangle(*corners))
    maker = BRepBuilderAPI_MakeShapeOnMesh(table)
    maker.Build()
    shell, builder = TopoDS_Shell(), BRep_Builder()
    builder.MakeShell(shell)
    faces = TopoDS_Iterator(maker.Shape())
    while faces.More():
        builder.Add(shell, faces.Value())
        faces.Next()
    shell.Closed(True)
    return shell


CLOSE = 0.005  # of the volume, and of the box: how far the exact form and the mesh may lie apart
CURVED = 0.02  # of a volume that the mesh of a small curved thing may leave out (a thread, a thin ring)
MANY = 3000  # triangles


@dataclass
class Exact:
    """Makes exact forms, and keeps why some parts have none.

    Attributes:
        notes: what had to be made of flat faces instead.
    """

    notes: list[str] = field(default_factory=list)
    _made: dict[made.Leaf, Shape] = field(default_factory=dict)

    def of(self, tree: made.Made | None, mesh: Manifold) -> Shape:
        """The exact form of a part whose mesh is `mesh`; of flat faces where there is none, with a note."""
        if tree is None:
            return self._flat(mesh, "the part")
        before = len(self.notes)
        try:
            found = self._form(tree)
        except NoExact as error:
            return self._flat(mesh, str(error))
        except Exception as error:  # the kernel's errors have no common class
            return self._flat(mesh, f"a part that the kernel refuses ({type(error).__name__})")
        if agrees(found, mesh):
            return found
        del self.notes[before:]
        return self._flat(mesh, "a part whose exact form came out otherwise than its mesh")

    def _piece(self, mesh: Manifold, what: str) -> Shape:
        """A piece of a part; the kernel takes minutes to join one of very many faces to others, if it can."""
        if mesh.num_tri() > MANY:
            raise NoExact(what)
        return self._flat(mesh, what)

    def _flat(self, mesh: Manifold, what: str) -> Shape:
        self._note(f"{what} is written with flat faces")
        return faceted(mesh)

    def _note(self, note: str) -> None:
        if note not in self.notes:
            self.notes.append(note)

    @singledispatchmethod
    def _form(self, tree: made.Made) -> Shape:
        raise NoExact(f"a {type(tree).__name__}")

    @_form.register(made.Leaf)
    def _(self, tree: made.Leaf) -> Shape:
        if tree not in self._made:
            self._made[tree] = self._leaf(tree)
        return self._made[tree]

    def _leaf(self, tree: made.Leaf) -> Shape:
        """One solid with its edges: exact, or of flat faces if it is one that has no exact form."""
        mesh, what = with_edges(tree.shape, tree.edged), f"a {tree.shape.kind}"
        try:
            body = shape(tree.shape)
            for edged in tree.edged:
                if set(edged.edges) != {"junction"}:
                    body = worked(body, edged)
        except NoExact as error:
            return self._piece(mesh, str(error))
        except Exception:  # the kernel's errors have no common class
            return self._piece(mesh, what)
        if not agrees(body, mesh):
            return self._piece(mesh, what)
        if in_pieces(tree.shape):
            self._note("letters, gears and grown outlines are written as drawn, in short straight pieces")
        return body

    @_form.register(made.Moved)
    def _(self, tree: made.Moved) -> Shape:
        return moved(self._form(tree.of), tree.frame)

    @_form.register(made.Joined)
    def _(self, tree: made.Joined) -> Shape:
        first, *rest = (self._form(one) for one in tree.of)
        return first.fuse(*rest) if rest else first

    @_form.register(made.Cut)
    def _(self, tree: made.Cut) -> Shape:
        tools = [self._form(tool) for tool in tree.tools]
        body = self._form(tree.body)
        return body.cut(*tools) if tools else body

    @_form.register(made.Common)
    def _(self, tree: made.Common) -> Shape:
        result, *rest = (self._form(one) for one in tree.of)
        for other in rest:
            found: Iterable[Shape] = result.intersect(other) or []
            solids = [solid for piece in found for solid in piece.solids()]
            if not solids:
                raise NoExact("an intersection")
            result = solids[0] if len(solids) == 1 else Compound(solids)
        return result

    @_form.register(made.Other)
    def _(self, tree: made.Other) -> Shape:
        return self._flat(tree.mesh, tree.why)


def moved(body: Shape, frame: np.ndarray) -> Shape:
    """The body under a frame [3, 4]; surfaces stay what they are unless it stretches them unevenly."""
    rows = [[float(value) for value in row] for row in frame]
    square = frame[:, :3] @ frame[:, :3].T
    even = np.allclose(square, np.eye(3) * square[0, 0], rtol=1e-9, atol=1e-9 * abs(square[0, 0]))
    if not even:
        return body.transform_geometry(Matrix(rows))
    transformation = gp_Trsf()
    transformation.SetValues(*(value for row in rows for value in row))  # mirrors and scales, too
    return Shape.cast(BRepBuilderAPI_Transform(body.wrapped, transformation, True).Shape())


def agrees(found: Shape, mesh: Manifold) -> bool:
    """Whether an exact form has its mesh's box, and its volume or what straight pieces leave out more."""
    if not found.solids() or not found.is_valid:
        return False
    box = found.bounding_box()
    exact = np.array([*box.min, *box.max])
    drawn = np.array(mesh.bounding_box())
    size = float((drawn[3:] - drawn[:3]).max())
    if np.abs(exact - drawn).max() > CLOSE * size + 0.01:
        return False
    more = found.volume / mesh.volume() - 1
    return -CLOSE <= more <= CURVED
