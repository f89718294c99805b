"""`cloud()`: a point cloud made ready to be touched; `path()`: a line that guides."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wugan.devices.haptic.proxy.geometry import Geometry
from wugan.errors import DataError

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
