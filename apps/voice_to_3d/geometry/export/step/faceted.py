"""A solid of flat faces from a mesh, for what the kernel cannot describe exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wugan.apps.voice_to_3d.geometry.sound import mesh_of

if TYPE_CHECKING:
    from build123d import Shape
    from manifold3d import Manifold

MOST = 6000  # triangles: sewing them takes about a second
FINE = 5e-5  # of the size: how far a simplified mesh may leave the true one, at first
KEPT = 0.003  # of the volume may change by simplifying


def faceted(mesh: Manifold) -> Shape:
    """The mesh as a solid; triangles that lie in one plane are one face. Simplified where it has too many."""
    from build123d import Compound, Shape, Solid
    from OCP.BRepBuilderAPI import BRepBuilderAPI_MakeSolid

    mesh = _coarser(mesh)
    shells = Shape.cast(_sewn(mesh)).shells()
    if len(shells) > 1 and all(piece.volume() > 0 for piece in mesh.decompose()):
        return Compound([Solid(BRepBuilderAPI_MakeSolid(shell.wrapped).Solid()).clean() for shell in shells])
    maker = BRepBuilderAPI_MakeSolid()
    for shell in shells:  # the first is the outside, others bound hollows
        maker.Add(shell.wrapped)
    return Solid(maker.Solid()).clean()


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


def _sewn(mesh: Manifold) -> Any:
    from OCP.BRepBuilderAPI import BRepBuilderAPI_MakeFace, BRepBuilderAPI_MakePolygon, BRepBuilderAPI_Sewing
    from OCP.gp import gp_Pnt

    vertices, triangles = mesh_of(mesh)
    points = [gp_Pnt(*place) for place in vertices.astype(float).tolist()]
    sewing = BRepBuilderAPI_Sewing(1e-5)
    for a, b, c in triangles.tolist():
        outline = BRepBuilderAPI_MakePolygon(points[a], points[b], points[c], True)
        if outline.IsDone():
            face = BRepBuilderAPI_MakeFace(outline.Wire(), True)
            if face.IsDone():
                sewing.Add(face.Face())
    sewing.Perform()
    return sewing.SewedShape()
