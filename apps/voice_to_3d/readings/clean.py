"""`clean`: a scanned thing alone and upright, without the ground, strays and clutter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError

Points = NDArray[np.float64]

MOST = 16_000  # points kept; more tell nothing about a size
_NEAR = 8  # neighbours that say how dense the cloud is at a point
_TRIALS = 300  # planes tried for the ground
_STEEPEST = np.cos(np.radians(35))  # ground may be so far from level before it is turned level
_WIDER = 1.1  # ground reaches beyond what stands on it, by more in one direction
_CLUTTER = 0.004  # a loose cluster with a smaller share of the points is no part of the thing (a table leg has 1 %)


@dataclass(slots=True)
class Cleaned:
    """A thing alone.

    Attributes:
        points: `[N, 3]` mm, z up, not moved but turned level where the ground says how.
        floor: height of the ground, if it was seen.
        notes: what was taken away.
    """

    points: Points
    floor: float | None
    notes: list[str]


def clean(points: Points, name: str) -> Cleaned:
    """Take away the ground, strays and loose clutter. The same points give the same result.

    Args:
        points: `[N, 3]` mm, z roughly up.
        name: of the scan, for messages.

    Raises:
        DataError: nothing is left, or it is flat: all in one plane, line or point.
    """
    rng = np.random.default_rng(0)
    notes: list[str] = []
    points, strays = _without_strays(_thinned(points, rng))
    points, floor = _on_ground(points, rng)
    if floor is not None:
        notes.append(f"{name}: the ground it stands on was taken away")
        points, more = _without_strays(points)
        strays += more
    points, lost = _largest(points)
    if strays + lost > 0.005 * len(points):
        notes.append(f"{name}: {strays + lost} stray points were left out")
    _check_solid(points, name)
    return Cleaned(points, floor, notes)


def _thinned(points: Points, rng: np.random.Generator) -> Points:
    """At most `MOST` points."""
    if len(points) <= MOST:
        return points
    return points[rng.choice(len(points), MOST, replace=False)]


def _spacing(points: Points) -> NDArray[np.float64]:
    """Mean distance of each point to its nearest others."""
    from scipy.spatial import cKDTree

    return cKDTree(points).query(points, _NEAR + 1)[0][:, 1:].mean(1)


def _without_strays(points: Points) -> tuple[Points, int]:
    """Points that lie as dense as the rest (Rusu et al. 2008, with the median in the place of the mean)."""
    spacing = _spacing(points)
    middle = np.median(spacing)
    spread = 1.4826 * np.median(np.abs(spacing - middle))
    keep = spacing <= middle + max(5 * spread, 1.5 * middle)
    return points[keep], int((~keep).sum())


def _largest(points: Points) -> tuple[Points, int]:
    """The clusters that hold more than a few of the points; what a gap parts may still be one thing (legs, a shade)."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import cKDTree

    reach = 4 * float(np.median(_spacing(points)))
    pairs = cKDTree(points).query_pairs(reach, output_type="ndarray")
    graph = coo_matrix((np.ones(len(pairs), np.bool_), (pairs[:, 0], pairs[:, 1])), (len(points),) * 2)
    number, label = connected_components(graph, directed=False)
    size = np.bincount(label, minlength=number)
    keep = (size >= _CLUTTER * len(points))[label] | (label == size.argmax())
    return points[keep], int((~keep).sum())


def _on_ground(points: Points, rng: np.random.Generator) -> tuple[Points, float | None]:
    """What stands on a wide level plane, turned level, and the plane's height; all of it if there is no such plane."""
    low, high = np.percentile(points, [1, 99], axis=0)
    near = 0.01 * float(np.linalg.norm(high - low))
    few = points[rng.choice(len(points), min(len(points), 2500), replace=False)]
    # Half of the planes are tried among the lower points, where a small patch of ground is likelier to be hit.
    lower = few[few[:, 2] < np.percentile(few[:, 2], 30)]
    lower = lower if len(lower) else few
    corners = np.concatenate([among[rng.integers(len(among), size=(_TRIALS, 3))] for among in (few, lower)])
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    length = np.linalg.norm(normals, axis=1)
    good = length > 1e-9 * max(length.max(initial=0.0), 1e-30)
    corners, normals = corners[good], normals[good] / length[good, None]
    normals *= np.where(normals[:, 2:] < 0, -1.0, 1.0)
    level = normals[:, 2] > _STEEPEST
    corners, normals = corners[level, 0], normals[level]
    if not len(normals):
        return points, None
    heights = few @ normals.T - (corners * normals).sum(1)
    share = (np.abs(heights) < near).mean(0)
    beneath = (heights < -2 * near).mean(0)
    share[beneath > 0.02] = 0
    best = int(share.argmax())
    if share[best] < 0.1:
        return points, None
    normal, at = normals[best], corners[best]
    for _ in range(3):  # refine on all points
        inside = points[np.abs((points - at) @ normal) < near]
        at = inside.mean(0)
        normal = np.linalg.svd(inside - at, full_matrices=False)[2][2]
        normal = normal * np.sign(normal[2])
    height = (points - at) @ normal
    inside = np.abs(height) < near
    sigma = 1.4826 * float(np.median(np.abs(height[inside])))
    above = height > max(4 * sigma, 1e-3 * near)
    if above.sum() < max(50, 0.02 * len(points)):
        return points, None
    turned = points @ _level(normal).T
    ground, rest = turned[inside], turned[above]
    wider = _reach(ground) / np.maximum(_reach(rest), 1e-9)
    if wider.min() < _WIDER or wider.prod() < _WIDER**3:
        return points, None
    return rest, float((_level(normal) @ at)[2])


def _reach(points: Points) -> NDArray[np.float64]:
    low, high = np.percentile(points[:, :2], [4, 96], axis=0)  # strays are among them still
    return high - low


def _level(normal: NDArray[np.float64]) -> NDArray[np.float64]:
    """The smallest turn that brings a unit normal onto z (Rodrigues)."""
    x, y, z = normal
    cross = np.array([[0, 0, -x], [0, 0, -y], [x, y, 0]])
    return np.eye(3) + cross + cross @ cross / (1 + z)


def _check_solid(points: Points, name: str) -> None:
    spread = np.linalg.svd(points - points.mean(0), compute_uv=False) / np.sqrt(len(points)) if len(points) else [0.0]
    if len(points) < 50 or spread[0] < 1e-6:
        raise DataError(f"{name}: nothing is left of the scan but {len(points)} points: scan the thing more closely")
    if spread[2] < 2e-3 * spread[0]:
        raise DataError(f"{name}: the scan is flat; scan the thing from more than one side")
