"""Blocks with worked edges, any choice of the twelve: a convex body, so the hull of its corners' points is exact."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wugan.apps.voice_to_3d.geometry.outlines import quarter
from wugan.apps.voice_to_3d.scene.solid import Chamfer, Edges, Fillet
from wugan.errors import DataError

if TYPE_CHECKING:
    from manifold3d import Manifold

Points = NDArray[np.float64]
Corner = tuple[int, int, int]  # 0: the low side, 1: the high side, along x, y, z


def runs(edges: tuple[Edges, ...], axis: int, corner: Corner) -> bool:
    """Whether the edge along `axis` at a corner is meant."""
    x, y, z = corner
    if "all" in edges or "xyz"[axis] in edges:
        return True
    level, side, depth = "top" if z else "bottom", "right" if x else "left", "back" if y else "front"
    if axis < 2:
        return "rims" in edges or level in edges or f"{level}-{side if axis else depth}" in edges
    return bool({"vertical", side, depth, f"{depth}-{side}"} & set(edges))


def block(size: tuple[float, float, float], edged: Chamfer | Fillet) -> Manifold:
    """A block on z = 0, centred over the origin, with the edges of one chamfer or fillet.

    Raises:
        DataError: the size does not fit; says what would.
    """
    from manifold3d import Manifold

    _check(size, edged)
    points = []
    for corner in product((0, 1), repeat=3):
        local = _corner(tuple(runs(edged.edges, axis, (corner[0], corner[1], corner[2])) for axis in range(3)), edged)
        high = np.array(corner) == 1
        points.append(np.where(high, np.array(size) - local, local))
    return Manifold.hull_points(np.concatenate(points)).translate((-size[0] / 2, -size[1] / 2, 0))


def _reach(edged: Chamfer | Fillet, axis: int, other: int) -> float:
    """How far the edge along `axis` reaches into the faces beside it, along `other`."""
    if isinstance(edged, Fillet):
        return edged.radius
    across = edged.size if edged.across is None else edged.across
    upright = other == 2 or (axis == 2 and other == 1)
    return edged.size if upright else across


def _check(size: tuple[float, float, float], edged: Chamfer | Fillet) -> None:
    for other in range(3):
        for axis in {0, 1, 2} - {other}:
            reach = _reach(edged, axis, other)
            third = 3 - axis - other
            for level in (0, 1):  # the two edges along `axis` that share a face
                ends = 0
                for end in (0, 1):
                    corner = [0, 0, 0]
                    corner[other], corner[third] = end, level
                    ends += runs(edged.edges, axis, (corner[0], corner[1], corner[2]))
                if ends * reach > size[other] + 1e-9:
                    what = "radius" if isinstance(edged, Fillet) else "chamfer"
                    most = size[other] / ends
                    raise DataError(
                        f"a {what} of {reach:g} mm does not fit {size[other]:g} mm; {most:g} mm is the most"
                    )


def _curve(edged: Chamfer | Fillet, axis: int) -> dict[int, NDArray[np.float64]]:
    """The cross-section of the edge along `axis`, as distances from the corner along the two other axes."""
    a, b = (i for i in range(3) if i != axis)
    if isinstance(edged, Fillet):
        angles = quarter(edged.radius)
        return {a: edged.radius * (1 - np.sin(angles)), b: edged.radius * (1 - np.cos(angles))}
    return {a: np.array((_reach(edged, axis, a), 0.0)), b: np.array((0.0, _reach(edged, axis, b)))}


def _corner(flags: tuple[bool, ...], edged: Chamfer | Fillet) -> Points:
    """The points of a corner as distances from it, by which of its three edges are worked."""
    chosen = [axis for axis in range(3) if flags[axis]]
    if not chosen:
        return np.zeros((1, 3))
    if len(chosen) == 3:
        return _three(edged)
    curves = {axis: _curve(edged, axis) for axis in chosen}
    if len(chosen) == 1:
        points = np.zeros((len(quarter(edged.radius)) if isinstance(edged, Fillet) else 2, 3))
        for other, values in curves[chosen[0]].items():
            points[:, other] = values
        return points
    # Two edges meet at a sharp third: both curves are followed along the axis that they share.
    shared = 3 - sum(chosen)
    first, second = (curves[axis] for axis in chosen)
    along = np.unique(np.concatenate([first[shared], second[shared]]))
    points = np.zeros((len(along), 3))
    points[:, shared] = along
    for curve, other in ((first, chosen[1]), (second, chosen[0])):
        order = np.argsort(curve[shared])
        points[:, other] = np.interp(along, curve[shared][order], curve[other][order])
    return points


def _three(edged: Chamfer | Fillet) -> Points:
    if isinstance(edged, Fillet):
        angles = quarter(edged.radius)
        up, around = (grid.ravel() for grid in np.meshgrid(angles, angles))
        ball = np.stack([np.cos(up) * np.cos(around), np.cos(up) * np.sin(around), np.sin(up)], axis=1)
        return edged.radius * (1 - ball)
    # A flat triangle between the three bevels.
    x, y, z = _reach(edged, 1, 0), _reach(edged, 0, 1), _reach(edged, 0, 2)
    corner_x, corner_y = _reach(edged, 2, 0), _reach(edged, 2, 1)
    return np.array([(x, y, 0.0), (corner_x, 0.0, z), (0.0, corner_y, z)])
