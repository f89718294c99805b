"""`Geometry`: a mesh, a cloud or a path made ready to be touched: arrays with an index, shared between processes."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing import shared_memory
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wugan.errors import DataError

Kind = Literal["mesh", "cloud", "path"]
#: Triangles in a leaf of a mesh's tree of boxes.
LEAF = 4
_MAGIC = b"WHG1"
_HEADER = struct.Struct("<4sI")
_ALIGN = 64  # bytes: a cache line
_TYPES = {"<f8": np.float64, "<i8": np.int64, "<i4": np.int32, "|u1": np.uint8}
_MOST_HEADER = 16_384


@dataclass(slots=True)
class Geometry:
    """What a hand can touch, ready for the loop. Built by `mesh`, `cloud` or `path` in the process that has time.

    Attributes:
        kind: `mesh`, `cloud` or `path`.
        arrays: what the kernels of this kind read; read-only.
        scale: the length that the kind is resolved by, m: for a cloud its support radius, for a mesh its mean edge.
        radius: radius of the sphere that touches it unless an effect names another, m.
    """

    kind: Kind
    arrays: Mapping[str, NDArray[Any]]
    scale: float
    radius: float

    def __post_init__(self) -> None:
        """Make the arrays read-only: the kernels are compiled for that."""
        self.arrays = {key: array.view() for key, array in self.arrays.items()}
        for array in self.arrays.values():
            array.flags.writeable = False

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays."""
        return sum(array.nbytes for array in self.arrays.values())

    def share(self, name: str) -> shared_memory.SharedMemory:
        """Copy it into shared memory of a name, which other processes `attach`.

        Args:
            name: unique in the machine; letters, digits, `-` and `_`, at most 30 (macOS takes no more).

        Returns:
            The memory, which belongs to the caller: keep it as long as it is used, then `close()` and `unlink()` it.

        Raises:
            DataError: the name is taken or cannot be one.
        """
        if not 0 < len(name) <= 30 or not name.replace("-", "").replace("_", "").isalnum() or not name.isascii():
            raise DataError(f"{name!r} cannot name shared memory: use at most 30 letters, digits, - and _")
        places, at = [], 0
        for key, array in self.arrays.items():
            places.append((key, array.dtype.str, list(array.shape), at))
            at += -(-array.nbytes // _ALIGN) * _ALIGN
        head = {"kind": self.kind, "scale": self.scale, "radius": self.radius, "arrays": places}
        text = json.dumps(head).encode()
        start = _start(len(text))
        try:
            memory = shared_memory.SharedMemory(name, create=True, size=start + max(at, 1))
        except FileExistsError:
            raise DataError(f"shared memory {name!r} exists already; choose another name, or unlink the old") from None
        for (key, array), (_, _, _, offset) in zip(self.arrays.items(), places, strict=True):
            view = np.ndarray(array.shape, array.dtype, memory.buf, start + offset)
            view[...] = self.arrays[key]
            del view
        buffer = _buffer(memory)
        buffer[_HEADER.size : _HEADER.size + len(text)] = text
        buffer[: _HEADER.size] = _HEADER.pack(_MAGIC, len(text))  # last: until then nobody can attach
        return memory

    @classmethod
    def attach(cls, name: str) -> Geometry:
        """The geometry that another process shares under this name; nothing is copied, all pages are touched.

        Raises:
            DataError: there is no such memory, or it holds something else.
        """
        memory = _open(name)
        try:
            kind, scale, radius, places, start = _head(_buffer(memory), name)
            raw = np.asarray(_Mapped(memory))
            arrays: dict[str, NDArray[Any]] = {}
            for key, dtype, shape, offset in places:
                count = int(np.prod(shape)) * np.dtype(_TYPES[dtype]).itemsize
                arrays[str(key)] = raw[start + offset : start + offset + count].view(_TYPES[dtype]).reshape(shape)
            raw[::4096].max(initial=0)  # no page fault later, in the loop
        except (KeyError, TypeError, ValueError) as error:
            raise DataError(f"shared memory {name!r} holds no haptic geometry: {error}") from error
        geometry = cls(kind, arrays, scale, radius)
        geometry.check(name)
        return geometry

    def check(self, name: str) -> None:
        """Refuse arrays that do not belong together: the kernels look nothing up twice.

        Raises:
            DataError: an array is missing, or its shape does not suit the others.
        """
        shapes = {key: array.shape for key, array in self.arrays.items()}
        if self.kind == "mesh":
            count = shapes.get("triangles", (0,))[0]
            nodes = shapes.get("boxes", (0,))[0]
            wanted = {"triangles": (count, 9), "normals": (count, 3), "hollow": (count,), "boxes": (nodes, 6)}
            good = shapes == wanted and count > 0 and nodes >= 1 and LEAF * ((nodes + 1) // 2) >= count
        elif self.kind == "cloud":
            count, cells = shapes.get("points", (0,))[0], shapes.get("cells", (0,))[0]
            wanted = {"points": (count, 6), "cells": (cells,), "starts": (cells + 1,), "grid": (7,)}
            good = shapes == wanted and cells > 0
            if good:
                starts = self.arrays["starts"]
                good = bool(starts[0] == 0 and starts[-1] == count and (np.diff(starts) >= 0).all())
        else:
            good = list(shapes) == ["points"] and len(shapes["points"]) == 2 and shapes["points"][0] >= 2
        if not good:
            raise DataError(f"the {self.kind} {name!r} has arrays that do not belong together: {shapes}")


class _Mapped:
    """Shared memory as NumPy takes it for an array's base: mapped for as long as any array on it lives.

    An array made on `memory.buf` directly does not hold it: when the `SharedMemory` object goes, the pages go, and the
    next look at the array ends the process.
    """

    def __init__(self, memory: shared_memory.SharedMemory) -> None:
        self._memory = memory
        address = np.frombuffer(_buffer(memory), np.uint8).ctypes.data
        self.__array_interface__ = {"data": (address, True), "shape": (memory.size,), "typestr": "|u1", "version": 3}


def _head(buffer: memoryview, name: str) -> tuple[Kind, float, float, list[Any], int]:
    if len(buffer) < _HEADER.size:
        raise ValueError("it is too short")
    magic, length = _HEADER.unpack_from(buffer)
    if magic != _MAGIC or not length <= min(_MOST_HEADER, len(buffer) - _HEADER.size):
        raise ValueError(f"it starts with {bytes(magic)!r}")
    head = json.loads(bytes(buffer[_HEADER.size : _HEADER.size + length]))
    if head["kind"] not in get_args(Kind):
        raise ValueError(f"its kind is {head['kind']!r:.40}")
    return head["kind"], float(head["scale"]), float(head["radius"]), head["arrays"], _start(length)


def _buffer(memory: shared_memory.SharedMemory) -> memoryview:
    buffer = memory.buf
    assert buffer is not None, "it is closed only by its owner, or with the last array on it"
    return buffer


def _start(length: int) -> int:
    return -(-(_HEADER.size + length) // _ALIGN) * _ALIGN


def _open(name: str) -> shared_memory.SharedMemory:
    """Shared memory of another process, without becoming its owner.

    Until Python 3.13 (`track=False`) whoever attaches is registered as an owner, and its end would unlink the memory
    under the others.
    """
    from multiprocessing import resource_tracker

    register = resource_tracker.register
    resource_tracker.register = lambda *_: None
    try:
        return shared_memory.SharedMemory(name)
    except (FileNotFoundError, ValueError, OSError) as error:
        raise DataError(f"there is no shared memory {name!r}: {error}") from error
    finally:
        resource_tracker.register = register


#: The support radius in spacings of points: some 28 points of a surface speak for each place.
SPACINGS = 3.0
#: Neighbours from which a normal and the spacing are estimated.
_NEIGHBOURS = 12
_MOST = 5_000_000
_LEAST = 4
#: Cells along an axis: three of them fit an int64 key.
_MOST_CELLS = 1 << 20


def cloud(
    points: ArrayLike,
    normals: ArrayLike | None = None,
    *,
    viewpoint: ArrayLike | None = None,
    support: float | None = None,
    radius: float | None = None,
) -> Geometry:
    """Prepare a point cloud: normals, a common orientation, and a grid of cells as wide as the support.

    Either side can be touched; what counts is that neighbours agree which one is which.

    Args:
        points: m, float `[P, 3]`; of an Open3D cloud: `np.asarray(cloud.points)`.
        normals: float `[P, 3]`, oriented (as those of a cloud from a depth camera); None estimates them.
        viewpoint: m, `[3]`: estimated normals point to it. None orients neighbours alike along a spanning tree.
        support: m; points nearer than this take part in the surface at a place. Default: three spacings. Noise below
            it is smoothed, and so are edges.
        radius: m; the surface is felt this far in front of the points. Default: a quarter of the support.

    Raises:
        DataError: fewer than four points, numbers that are not finite, or normals without length.
    """
    xyz = np.ascontiguousarray(points, dtype=np.float64)
    if xyz.ndim != 2 or xyz.shape[1:] != (3,) or not _LEAST <= len(xyz) <= _MOST:
        raise DataError(f"a cloud is points [P, 3] with P from {_LEAST} to {_MOST}, not {xyz.shape}")
    if not np.isfinite(xyz).all():
        raise DataError("the cloud has points that are not finite; remove them (Open3D: remove_non_finite_points)")
    from scipy.spatial import cKDTree

    distances, neighbours = cKDTree(xyz).query(xyz, k=min(_NEIGHBOURS, len(xyz)))
    # A dense patch has more points than a sparse one, and a hole is worse than a rounded edge: the sparse side counts.
    spacing = float(np.quantile(distances[:, min(4, len(xyz) - 1)], 0.9))
    h = SPACINGS * spacing if support is None else float(support)
    if not 0.0 < h < np.inf:
        raise DataError(f"the support is {h:g} m; give a length above 0 (all points may lie at one place)")
    if normals is None:
        directions = _estimated(xyz, neighbours)
        directions = _towards(xyz, directions, viewpoint) if viewpoint is not None else _alike(directions, neighbours)
    else:
        directions = np.ascontiguousarray(normals, dtype=np.float64)
        if directions.shape != xyz.shape:
            raise DataError(f"normals must be {xyz.shape} as the points, not {directions.shape}")
        lengths = np.linalg.norm(directions, axis=1, keepdims=True)
        bad = int((~(lengths > 1e-9) | ~np.isfinite(lengths)).sum())
        if bad:
            raise DataError(f"{bad} of {len(xyz)} normals have no direction; remove those points or give no normals")
        directions = directions / lengths
    chosen = h / 4 if radius is None else float(radius)
    if not 0.0 < chosen <= h / 2:
        raise DataError(f"the radius is {chosen:g} m; for this cloud it must lie above 0 and below {h / 2:g}")
    low = xyz.min(axis=0) - h
    cells = np.floor((xyz - low) / h).astype(np.int64)
    counts = cells.max(axis=0) + 2
    if counts.max() > _MOST_CELLS:
        raise DataError(f"the cloud spans {counts.max()} supports of {h:g} m; remove far points or give a greater one")
    keys = (cells[:, 0] * counts[1] + cells[:, 1]) * counts[2] + cells[:, 2]
    order = np.argsort(keys, kind="stable")
    filled, starts = np.unique(keys[order], return_index=True)
    arrays: dict[str, NDArray[Any]] = {
        "points": np.ascontiguousarray(np.hstack([xyz, directions])[order]),
        "cells": filled,
        "starts": np.append(starts, len(xyz)).astype(np.int64),
        "grid": np.array([*low, *counts.astype(np.float64), h]),
    }
    return Geometry("cloud", arrays, h, chosen)


def path(points: ArrayLike) -> Geometry:
    """Prepare a line for `Guide`, where it is too long to lie in a program.

    Args:
        points: m or rad, float `[P, axes]`, P ≥ 2.

    Raises:
        DataError: fewer than two points, or numbers that are not finite.
    """
    line = np.ascontiguousarray(points, dtype=np.float64)
    if line.ndim != 2 or len(line) < 2 or not line.shape[1] or not np.isfinite(line).all():
        raise DataError(f"a path is two or more finite points [P, axes], not {line.shape}")
    lengths = np.linalg.norm(np.diff(line, axis=0), axis=1)
    if not (lengths > 0.0).any():
        raise DataError("all points of the path are the same")
    line = np.ascontiguousarray(line[np.append(True, lengths > 0.0)])
    return Geometry("path", {"points": line}, float(lengths.mean()), 0.0)


def _estimated(xyz: NDArray[np.float64], neighbours: NDArray[np.int64]) -> NDArray[np.float64]:
    """The direction in which each point's neighbourhood is thinnest."""
    local = xyz[neighbours] - xyz[neighbours].mean(axis=1, keepdims=True)
    _, axes = np.linalg.eigh(np.einsum("pki,pkj->pij", local, local))
    return np.ascontiguousarray(axes[:, :, 0])


def _towards(xyz: NDArray[np.float64], directions: NDArray[np.float64], viewpoint: ArrayLike) -> NDArray[np.float64]:
    eye = np.asarray(viewpoint, dtype=np.float64)
    if eye.shape != (3,) or not np.isfinite(eye).all():
        raise DataError(f"a viewpoint is three finite coordinates, not {viewpoint!r:.60}")
    facing = np.einsum("pi,pi->p", directions, eye - xyz)
    return np.where(facing[:, None] < 0.0, -directions, directions)


def _alike(directions: NDArray[np.float64], neighbours: NDArray[np.int64]) -> NDArray[np.float64]:
    """Neighbours turned the same way, along a minimum spanning tree (Hoppe et al. 1992)."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import breadth_first_order, connected_components, minimum_spanning_tree

    count, k = neighbours.shape
    rows, columns = np.repeat(np.arange(count), k - 1), neighbours[:, 1:].reshape(-1)
    agree = np.abs(np.einsum("pi,pi->p", directions[rows], directions[columns]))
    # The small constant keeps edges between parallel normals in the tree: a zero is no edge.
    tree = minimum_spanning_tree(coo_matrix((1.0 - agree + 1e-6, (rows, columns)), (count, count)).tocsr())
    turned = directions.copy()
    parts, part = connected_components(tree, directed=False)
    for first in (
        [int(np.argmax(part == index)) for index in range(parts)]
        if parts < 100
        else np.unique(part, return_index=True)[1]
    ):
        order, before = breadth_first_order(tree, int(first), directed=False)
        for index in order[1:]:
            if turned[index] @ turned[before[index]] < 0.0:
                turned[index] = -turned[index]
    return turned


#: A neighbour less than this part of an edge above a triangle's plane lies in the plane.
_FLAT = 1e-6
_MOST_TRIANGLES = 5_000_000


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
    if not good.any() or good.sum() > _MOST_TRIANGLES:
        raise DataError(
            f"a mesh needs 1 to {_MOST_TRIANGLES} triangles that have an area; this one has {int(good.sum())}"
        )
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
