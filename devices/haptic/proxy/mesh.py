"""`mesh()`: a triangle mesh made ready to be touched."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wugan.devices.haptic.proxy.geometry import LEAF, Geometry
from wugan.errors import DataError

#: A neighbour less than this part of an edge above a triangle's plane lies in the plane.
_FLAT = 1e-6
_MOST = 5_000_000


def mesh(vertices: ArrayLike, triangles: ArrayLike, *, radius: float | None = None) -> Geometry:
    """Prepare a mesh: sort its triangles along a Morton curve, box them in a tree, and note which edges are hollow.

    The mesh may be open, thin, of many parts or badly oriented: both sides of every triangle can be touched. Triangles
    without area are left out.

    Args:
        vertices: m, float `[V, 3]`.
        triangles: vertices of each triangle, int `[T, 3]`.
        radius: radius of the sphere that touches it, m. It is also what keeps the proxy from slipping through: the
            sphere's centre never comes nearer. Default: a fifth of a mean edge, but 0.1 mm to 1 mm.

    Raises:
        DataError: no triangles, numbers that are not finite, or vertices that do not exist.
    """
    points = np.ascontiguousarray(vertices, dtype=np.float64)
    faces = np.ascontiguousarray(triangles, dtype=np.int64)
    if points.ndim != 2 or points.shape[1:] != (3,) or faces.ndim != 2 or faces.shape[1:] != (3,):
        raise DataError(f"a mesh is vertices [V, 3] and triangles [T, 3], not {points.shape} and {faces.shape}")
    if not np.isfinite(points).all():
        raise DataError("the mesh has vertices that are not finite; remove them")
    if len(faces) and (faces.min() < 0 or faces.max() >= len(points)):
        raise DataError(f"the mesh has {len(points)} vertices; its triangles name {faces.min()} to {faces.max()}")
    corners = points[faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    areas = np.linalg.norm(normals, axis=1)
    edges = np.linalg.norm(corners - np.roll(corners, -1, axis=1), axis=2)
    good = areas > 1e-12 * np.maximum(edges.max(axis=1, initial=0.0) ** 2, 1e-30)
    if not good.any() or good.sum() > _MOST:
        raise DataError(f"a mesh needs 1 to {_MOST} triangles that have an area; this one has {int(good.sum())}")
    faces, corners, normals = faces[good], corners[good], normals[good] / areas[good, None]
    order = _morton(corners.mean(axis=1))
    faces, corners, normals = faces[order], corners[order], normals[order]
    edge = float(edges[good].mean())
    chosen = float(np.clip(edge / 5, 1e-4, 1e-3)) if radius is None else float(radius)
    if not 0.0 < chosen < np.inf:
        raise DataError(f"the radius is {chosen:g} m; a proxy needs a radius above 0")
    arrays: dict[str, NDArray[Any]] = {
        "triangles": np.ascontiguousarray(corners.reshape(-1, 9)),
        "normals": np.ascontiguousarray(normals),
        "hollow": _hollow(points, faces, corners, normals),
        "boxes": _boxes(corners),
    }
    return Geometry("mesh", arrays, edge, chosen)


def _morton(centres: NDArray[np.float64]) -> NDArray[np.int64]:
    """The order of points along a Morton curve of 21 bits an axis."""
    low = centres.min(axis=0)
    span = max(float((centres.max(axis=0) - low).max()), 1e-12)
    cells = ((centres - low) / span * ((1 << 21) - 1)).astype(np.uint64)
    code = np.zeros(len(centres), dtype=np.uint64)
    for axis in range(3):
        bits = cells[:, axis]
        for shift, mask in (
            (32, 0x1F00000000FFFF),
            (16, 0x1F0000FF0000FF),
            (8, 0x100F00F00F00F00F),
            (4, 0x10C30C30C30C30C3),
            (2, 0x1249249249249249),
        ):
            bits = (bits | (bits << np.uint64(shift))) & np.uint64(mask)
        code |= bits << np.uint64(axis)
    return np.argsort(code, kind="stable")


def _boxes(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Boxes of a complete binary tree, root first, children of i at 2i+1 and 2i+2: low and high, `[nodes, 6]`."""
    leaves = 1
    while leaves * LEAF < len(corners):
        leaves *= 2
    boxes = np.empty((2 * leaves - 1, 6))
    boxes[:, :3], boxes[:, 3:] = np.inf, -np.inf
    starts = np.arange(0, len(corners), LEAF)
    bottom = leaves - 1
    boxes[bottom : bottom + len(starts), :3] = np.minimum.reduceat(corners.min(axis=1), starts)
    boxes[bottom : bottom + len(starts), 3:] = np.maximum.reduceat(corners.max(axis=1), starts)
    while bottom:
        children = boxes[bottom : 2 * bottom + 1]
        bottom //= 2
        boxes[bottom : 2 * bottom + 1, :3] = np.minimum(children[0::2, :3], children[1::2, :3])
        boxes[bottom : 2 * bottom + 1, 3:] = np.maximum(children[0::2, 3:], children[1::2, 3:])
    return boxes


def _hollow(
    points: NDArray[np.float64],
    faces: NDArray[np.int64],
    corners: NDArray[np.float64],
    normals: NDArray[np.float64],
) -> NDArray[np.uint8]:
    """Which edges of each triangle have a neighbour that does not fall away, seen from above (bits 0–2), below (3–5).

    Vertices at the same place count as one, so that a mesh whose triangles do not share vertices is no heap of loose
    triangles.
    """
    _, same = np.unique(np.round(points / max(float(np.ptp(points)), 1e-12), 9), axis=0, return_inverse=True)
    welded = same.reshape(-1)[faces]
    starts = welded.reshape(-1)
    ends = np.roll(welded, -1, axis=1).reshape(-1)
    keys = np.minimum(starts, ends) * (int(same.max()) + 1) + np.maximum(starts, ends)
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    first = np.flatnonzero(ordered[1:] == ordered[:-1])
    hollow = np.zeros(len(faces), dtype=np.uint8)
    for mine, other in ((order[first], order[first + 1]), (order[first + 1], order[first])):
        triangle, side = mine // 3, mine % 3
        opposite = corners[other // 3, (other % 3 + 2) % 3]
        height = np.einsum("ij,ij->i", normals[triangle], opposite - corners[triangle, side])
        limit = _FLAT * np.linalg.norm(opposite - corners[triangle, side], axis=1)
        np.bitwise_or.at(hollow, triangle[height >= -limit], (1 << side[height >= -limit]).astype(np.uint8))
        np.bitwise_or.at(hollow, triangle[height <= limit], (8 << side[height <= limit]).astype(np.uint8))
    return hollow
