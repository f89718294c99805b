"""A solid of flat faces from a mesh, for what the kernel cannot describe exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from wugan.apps.voice_to_3d.geometry.export.shading import face_normals
from wugan.apps.voice_to_3d.geometry.sound import mesh_of

if TYPE_CHECKING:
    from build123d import Shape
    from manifold3d import Manifold

MOST = 6000  # triangles: each of them is some 700 bytes of STEP
FINE = 5e-5  # of the size: how far a simplified mesh may leave the true one, at first
KEPT = 0.003  # of the volume may change by simplifying


def faceted(mesh: Manifold) -> Shape:
    """The mesh as solids; triangles that lie in one plane are one face. Simplified where it has too many."""
    from build123d import Compound, Solid
    from OCP.BRepBuilderAPI import BRepBuilderAPI_MakeSolid

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
    from OCP.BRep import BRep_Builder
    from OCP.BRepBuilderAPI import BRepBuilderAPI_MakeShapeOnMesh
    from OCP.gp import gp_Pnt
    from OCP.Poly import Poly_Triangle, Poly_Triangulation
    from OCP.TopoDS import TopoDS_Iterator, TopoDS_Shell

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
