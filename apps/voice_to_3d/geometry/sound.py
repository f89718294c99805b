"""A solid that stays one when its mesh is written: no two vertices share a place in float32.

Two sheets of a solid may touch along an edge or at a point (two blocks corner to corner). With vertices by number that
is a manifold; a file keeps places only, and a reader that merges equal places finds edges with four faces. Such
vertices are drawn into their own material by `NUDGE`, so that a gap finer than any printer opens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError

if TYPE_CHECKING:
    from manifold3d import Manifold

NUDGE = 0.004  # mm
NEAR = 1e-4  # mm: readers that work in metres merge places as near as 1e-5
_ASKEW = np.array((0.5376138, 0.6892431, 0.4857019))
SHORT = 2e-4  # mm: edges below this are merged
GRID = 65536.0  # steps in a mm: finer than float32 from 128 mm on
Vertices = NDArray[np.float32]
Faces = NDArray[np.int32]


def snapped(solid: Manifold) -> Manifold:
    """The solid with its vertices on a fine grid: faces that meet by two different sums (0.1 + 0.2 and 0.3) do meet."""
    return solid.warp_batch(lambda places: np.round(np.asarray(places) * GRID) / GRID)


def mesh_of(solid: Manifold) -> tuple[Vertices, Faces]:
    """Vertices `[V, 3]` (mm, float32) and triangles `[F, 3]` of a solid."""
    mesh = solid.to_mesh()
    # Copies: the mesh's own arrays are read-only, and keep all of it alive.
    vertices = np.array(mesh.vert_properties[:, :3], dtype=np.float32, order="C")
    return vertices, np.array(mesh.tri_verts, dtype=np.int32, order="C")


def touching(vertices: Vertices) -> int:
    """How many pairs of vertices share a place, or are so near that a reader may take them for one."""
    return len(_near(vertices))


def _near(vertices: Vertices) -> NDArray[np.int64]:
    """The pairs `[P, 2]` of vertices nearer than `NEAR`.

    Sorted along a direction that no edge follows, near vertices are neighbours, and few others are.
    """
    most = max(NEAR, 2 * float(np.spacing(np.abs(vertices).max(initial=0))))
    places = vertices.astype(np.float64)
    along = places @ _ASKEW
    order = np.argsort(along, kind="stable")
    along, places = along[order], places[order]
    found = []
    for step in range(1, len(order)):
        close = np.flatnonzero(along[step:] - along[:-step] < most)
        if not len(close):
            break
        between = places[close + step] - places[close]
        pairs = close[np.einsum("ij,ij->i", between, between) < most * most]
        found.append(np.stack([order[pairs], order[pairs + step]], axis=1))
    return np.concatenate(found) if found else np.zeros((0, 2), dtype=np.int64)


def sound(solid: Manifold) -> Manifold:
    """The solid, its short edges merged and its touching sheets a hair apart; itself where neither was needed.

    Raises:
        DataError: the solid is empty or broken, or its sheets could not be parted.
    """
    return parted(solid)[0]


def parted(solid: Manifold) -> tuple[Manifold, bool]:
    """As `sound`, and whether sheets had to be parted."""
    from manifold3d import Error, Manifold, Mesh

    if solid.status() != Error.NoError:
        raise DataError(f"the solid could not be built ({solid.status().name}); change its sizes a little")
    if solid.is_empty():
        return solid, False
    vertices, faces = mesh_of(solid)
    short = max(SHORT, 4 * float(np.spacing(np.abs(vertices).max())))
    if not touching(vertices) and not _short(vertices, faces, short).any():
        return solid, False
    vertices, faces = mesh_of(solid.simplify(short))
    attempt = 0
    for attempt in range(6):
        vertices, faces = _collapse(vertices, faces, short)
        if not touching(vertices):
            break
        vertices = _part(vertices, faces, NUDGE * (1 + attempt))
    else:
        raise DataError("surfaces of the solid touch in too many places to part them; change its sizes a little")
    result = Manifold(Mesh(np.ascontiguousarray(vertices), np.ascontiguousarray(faces, dtype=np.uint32)))
    if result.status() != Error.NoError or result.is_empty():
        raise DataError("surfaces of the solid touch and could not be parted; change its sizes a little")
    return result, attempt > 0


def _edges(faces: Faces) -> Faces:
    """Each edge once."""
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    return edges[edges[:, 0] < edges[:, 1]]


def _short(vertices: Vertices, faces: Faces, most: float) -> NDArray[np.bool_]:
    edges = _edges(faces)
    between = vertices[edges[:, 0]] - vertices[edges[:, 1]]
    found: NDArray[np.bool_] = np.einsum("ij,ij->i", between, between) < most * most
    return found


def _collapse(vertices: Vertices, faces: Faces, most: float) -> tuple[Vertices, Faces]:
    """Ends of edges shorter than `most` become one vertex; triangles without area go, and pairs back to back."""
    for _ in range(4):
        edges = _edges(faces)[_short(vertices, faces, most)]
        if not len(edges):
            return vertices, faces
        owner = np.arange(len(vertices))

        def root(vertex: int, owner: NDArray[np.int64] = owner) -> int:
            while owner[vertex] != vertex:
                owner[vertex] = owner[owner[vertex]]
                vertex = int(owner[vertex])
            return vertex

        for a, b in edges.tolist():
            first, second = sorted((root(a), root(b)))
            owner[second] = first
        for vertex in np.unique(edges):
            owner[vertex] = root(int(vertex))
        faces = owner[faces].astype(np.int32)
        faces = faces[(faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 2] != faces[:, 0])]
        _, group, count = np.unique(np.sort(faces, axis=1), axis=0, return_inverse=True, return_counts=True)
        faces = faces[count[group.ravel()] != 2]
        used, renumbered = np.unique(faces, return_inverse=True)
        vertices, faces = vertices[used], renumbered.reshape(-1, 3).astype(np.int32)
    return vertices, faces


def _part(vertices: Vertices, faces: Faces, by: float) -> Vertices:
    """Every vertex that shares its place moves against its own sheet's normal, into the material."""
    shared = np.unique(_near(vertices))
    corners = vertices[faces].astype(np.float64)
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-30)
    sums = np.zeros((len(vertices), 3))
    for corner in range(3):
        before, after = corners[:, corner - 1] - corners[:, corner], corners[:, corner - 2] - corners[:, corner]
        lengths = np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1)
        angle = np.arccos(np.clip((before * after).sum(1) / np.maximum(lengths, 1e-30), -1, 1))
        np.add.at(sums, faces[:, corner], normals * angle[:, None])
    sums /= np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-30)
    step = max(by, 8 * float(np.spacing(np.abs(vertices).max())))
    moved = vertices.copy()
    moved[shared] -= (sums[shared] * step).astype(np.float32)
    return moved
