"""A part's mesh as readers see it: coordinates of 32 bits, and vertices that lie together are one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from manifold3d import Manifold


def triangles(solid: Manifold) -> tuple[np.ndarray, np.ndarray]:
    """Vertices float32 [V, 3] in mm, no two the same, and faces int32 [F, 3]."""
    mesh = solid.to_mesh()
    vertices = np.asarray(mesh.vert_properties, np.float32)[:, :3] + np.float32(0)  # no -0
    faces = np.asarray(mesh.tri_verts, np.int32)
    return _merged(vertices, faces)


def settled(solid: Manifold) -> Manifold:
    """The solid whose vertices still differ when they are written in 32 bits.

    Readers merge vertices that lie together. Where a solid has two of them (a boolean can leave an edge of no length),
    a reader finds triangles without area and calls the mesh open; here they are merged and such triangles left out.
    """
    from manifold3d import Error, Manifold, Mesh

    mesh = solid.to_mesh()
    before = np.asarray(mesh.vert_properties, np.float32)[:, :3]
    vertices, faces = _merged(before, np.asarray(mesh.tri_verts, np.int32))
    if len(vertices) == len(before):
        return solid
    merged = Manifold(Mesh(vertices, faces.astype(np.uint32)))
    return merged if merged.status() == Error.NoError and not merged.is_empty() else solid


def _merged(vertices: np.ndarray, faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    place = _places(vertices)
    if place is None:
        return np.ascontiguousarray(vertices), np.ascontiguousarray(faces)
    faces = place[faces]
    a, b, c = faces.T
    faces = faces[(a != b) & (b != c) & (c != a)]
    faces = _unfolded(faces)
    kept, number = np.unique(faces, return_inverse=True)
    return np.ascontiguousarray(vertices[kept]), number.reshape(-1, 3).astype(np.int32)


def _places(vertices: np.ndarray) -> np.ndarray | None:
    """For each vertex the first one at the same place; `None` where all differ."""
    x, y, z = (vertices[:, axis].copy().view(np.uint32).astype(np.uint64) for axis in range(3))
    key = x * np.uint64(0x9E3779B97F4A7C15) ^ y * np.uint64(0xC2B2AE3D27D4EB4F) ^ z * np.uint64(0x165667B19E3779F9)
    ordered = np.sort(key)
    if (ordered[1:] != ordered[:-1]).all():  # the common case, at the price of one sort
        return None
    _, first, inverse = np.unique(vertices, axis=0, return_index=True, return_inverse=True)
    return first[inverse.reshape(-1)].astype(np.int32) if len(first) < len(vertices) else None


def _unfolded(faces: np.ndarray) -> np.ndarray:
    """Without pairs of triangles that lie on each other back to back: they bound no volume."""
    key = np.sort(faces, axis=1)
    _, inverse, count = np.unique(key, axis=0, return_inverse=True, return_counts=True)
    return faces[count[inverse.reshape(-1)] == 1] if (count > 1).any() else faces
