"""Chamfers and fillets on exact solids: the edges by the names that the scene uses, worked by the modelling kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.geometry.export.step.shapes import NoExact
from wugan.apps.voice_to_3d.scene.solid import Chamfer, Fillet

if TYPE_CHECKING:
    from build123d import Edge, Face, Shape, Vector

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
    from build123d import Solid
    from OCP.BRepFilletAPI import BRepFilletAPI_MakeChamfer

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
