"""Smooth normals that stay sharp at creases: what GLB, OBJ and the preview draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from manifold3d import Manifold

CREASE = 35.0  # degrees; facets of a round thing of 12 sides or more meet at 30 or less


@dataclass(frozen=True, slots=True)
class Shaded:
    """A mesh whose vertices are doubled along creases, so that each has one normal.

    Attributes:
        vertices: float32 [V, 3], mm.
        normals: float32 [V, 3], of length 1, outwards.
        faces: int32 [F, 3], counter-clockwise from outside.
        welded: int32 [V]: the number of each vertex's place; vertices that lie together share it.
    """

    vertices: np.ndarray
    normals: np.ndarray
    faces: np.ndarray
    welded: np.ndarray


def shaded(solid: Manifold, crease: float = CREASE) -> Shaded:
    """The surface of `solid` with normals; edges sharper than `crease` degrees stay sharp."""
    mesh = solid.calculate_normals(0, crease).to_mesh()
    properties = np.asarray(mesh.vert_properties, np.float32)
    vertices = np.ascontiguousarray(properties[:, :3]) + np.float32(0)  # no -0
    faces = np.ascontiguousarray(mesh.tri_verts, np.int32)
    normals = _unit(properties[:, 3:6], vertices, faces)
    return Shaded(vertices, normals, faces, _welded(len(vertices), mesh.merge_from_vert, mesh.merge_to_vert))


def creases(mesh: Shaded, crease: float = CREASE) -> np.ndarray:
    """The sharp edges: int32 [E, 2], numbers of vertices of `mesh`."""
    faces, places = mesh.faces, mesh.welded
    ends = faces[:, (0, 1, 1, 2, 2, 0)].reshape(-1, 2)
    own = np.sort(places[ends], axis=1).astype(np.int64)
    key = own[:, 0] * len(mesh.vertices) + own[:, 1]
    order = np.argsort(key, kind="stable")
    key, ends, face = key[order], ends[order], order // 3
    pairs = np.flatnonzero(key[1:] == key[:-1])
    normals = face_normals(mesh.vertices, faces)
    cosine = np.einsum("ij,ij->i", normals[face[pairs]], normals[face[pairs + 1]])
    return np.ascontiguousarray(ends[pairs[cosine < np.cos(np.radians(crease))]], np.int32)


def face_normals(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Normals of the triangles, float64 [F, 3]; zero where a triangle has no area."""
    corners = vertices.astype(np.float64)[faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    return np.divide(normals, length, out=np.zeros_like(normals), where=length > 0)


def _unit(normals: np.ndarray, vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Of length 1 in float32, as glTF wants; a vertex of degenerate triangles only gets one all the same."""
    normals = normals.astype(np.float64)
    length = np.linalg.norm(normals, axis=1)
    bad = ~(np.isfinite(length) & (length > 1e-6))
    if bad.any():
        flat = face_normals(vertices, faces)
        for column in range(3):
            normals[faces[:, column][bad[faces[:, column]]]] = flat[bad[faces[:, column]]]
        length = np.linalg.norm(normals, axis=1)
        bad = ~(np.isfinite(length) & (length > 1e-6))
        normals[bad], length[bad] = (0.0, 0.0, 1.0), 1.0
    return (normals / length[:, None]).astype(np.float32)


def _welded(count: int, sources: object, targets: object) -> np.ndarray:
    places = np.arange(count, dtype=np.int32)
    source = np.asarray(sources, np.int64)
    if len(source):
        places[source] = np.asarray(targets, np.int32)
        while not np.array_equal(places, places[places]):  # merges may lead on to merges
            places = places[places]
    return places
