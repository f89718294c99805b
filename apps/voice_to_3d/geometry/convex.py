"""Convex bodies with flat faces (pyramids, lofts, hulls): their planes, moved and bevelled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wugan.apps.voice_to_3d.geometry.outlines import pieces
from wugan.apps.voice_to_3d.scene.solid import Chamfer, Fillet
from wugan.errors import DataError

if TYPE_CHECKING:
    from manifold3d import Manifold

MOST_FACES = 200
MOST_CORNERS = 120


def planes(body: Manifold, convex: bool = False) -> NDArray[np.float64] | None:
    """The distinct faces `[N, 4]` (outward normal, reach) of a body; `None` where it is not `convex`, nor known so."""
    if not convex and body.hull().volume() > body.volume() * (1 + 1e-6):
        return None
    mesh = body.to_mesh64()
    corners = mesh.vert_properties[:, :3][mesh.tri_verts]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    areas = np.linalg.norm(normals, axis=1)
    large = areas > 1e-12 * areas.max()
    normals, places = normals[large] / areas[large, None], corners[large, 0]
    _, first = np.unique(np.round(normals, 7), axis=0, return_index=True)
    first = np.sort(first)
    return np.column_stack([normals[first], (normals[first] * places[first]).sum(1)])


def within(faces: NDArray[np.float64], inside: NDArray[np.float64]) -> Manifold | None:
    """The body between planes, by the hull of their duals about a point inside; `None` where that is not inside."""
    from manifold3d import Manifold

    depth = faces[:, 3] - faces[:, :3] @ inside
    if (depth <= 1e-6).any():
        return None
    dual = Manifold.hull_points(faces[:, :3] / depth[:, None])
    found = planes(dual, convex=True)
    if found is None or (found[:, 3] <= 1e-12).any():
        return None
    return Manifold.hull_points(found[:, :3] / found[:, 3:] + inside)


def inward(body: Manifold, by: float, opened: frozenset[str] = frozenset()) -> Manifold | None:
    """A convex body with every face moved inwards, exactly, but for flat ends in `opened`, which move outwards.

    Returns:
        `None` where the body is not convex.

    Raises:
        DataError: nothing would be left.
    """
    faces = planes(body)
    if faces is None:
        return None
    top = (faces[:, 2] > 1 - 1e-9) & ("top" in opened)
    bottom = (faces[:, 2] < -1 + 1e-9) & ("bottom" in opened)
    shifted = faces.copy()
    shifted[:, 3] += np.where(top | bottom, 1.0, -by)
    x0, y0, z0, x1, y1, z1 = body.bounding_box()
    points = body.to_mesh64().vert_properties[:, :3]
    for inside in (points.mean(0), np.array((x0 + x1, y0 + y1, z0 + z1)) / 2):
        found = within(shifted, inside)
        if found is not None and not found.is_empty():
            return found
    if len(faces) <= MOST_FACES:  # no point at hand lies inside: cut plane by plane
        found = _block_around(body)
        for normal, reach in zip(shifted[:, :3], shifted[:, 3], strict=True):
            found = found.trim_by_plane(tuple(-normal), float(-reach))
        if not found.is_empty() and found.volume() > 1e-9:
            return found
    raise DataError(f"walls of {by:g} mm leave no room inside; make them thinner")


def _block_around(body: Manifold) -> Manifold:
    """A block around a body, with room to spare."""
    from manifold3d import Manifold

    x0, y0, z0, x1, y1, z1 = body.bounding_box()
    return Manifold.cube((x1 - x0 + 4, y1 - y0 + 4, z1 - z0 + 4)).translate((x0 - 2, y0 - 2, z0 - 2))


def worked(body: Manifold, edged: tuple[Chamfer | Fillet, ...], kind: str) -> Manifold:
    """All edges of a convex body with flat faces rounded or bevelled; a bevel may also take the top or bottom ones.

    Raises:
        Unworkable: the body is curved or not convex, or the choice of edges is finer than that.
        DataError: a size does not fit.
    """
    from wugan.apps.voice_to_3d.geometry.edges import Unworkable

    for one in edged:
        faces = planes(body)
        if faces is None or len(faces) > MOST_FACES:
            raise Unworkable(f"the edges of {kind} cannot be worked; build it from blocks, bars or drawn profiles")
        if isinstance(one, Fillet):
            if set(one.edges) != {"all"}:
                raise Unworkable(f"{kind} is rounded along all its edges or none; say all edges")
            body = _rounded(body, one.radius)
        else:
            body = _bevelled(body, faces, one)
    return body


def _rounded(body: Manifold, radius: float) -> Manifold:
    """Shrunk by the radius, then swept by a ball: the hull of balls at the shrunken corners."""
    from manifold3d import Manifold

    from wugan.apps.voice_to_3d.geometry.edges import Unworkable

    try:
        core = inward(body, radius)
    except DataError:
        raise DataError(f"a radius of {radius:g} mm leaves nothing of the body; use a smaller one") from None
    assert core is not None
    corners = np.unique(np.round(core.to_mesh64().vert_properties[:, :3], 7), axis=0)
    if len(corners) > MOST_CORNERS:
        raise Unworkable("the body has too many corners to round them all; round its profile instead")
    ball = Manifold.sphere(radius, 4 * pieces(radius, np.pi / 2)).to_mesh64().vert_properties[:, :3]
    return Manifold.hull_points((corners[:, None] + ball[None]).reshape(-1, 3))


def _bevelled(body: Manifold, faces: NDArray[np.float64], edged: Chamfer) -> Manifold:
    """Each chosen edge cut by a plane `size` (and `across`, on the flatter face) from it."""
    mesh = body.to_mesh64()
    points = mesh.vert_properties[:, :3]
    on = np.abs(points @ faces[:, :3].T - faces[:, 3]) < 1e-6  # [V, F]
    low, high = points[:, 2].min(), points[:, 2].max()
    chosen, across = set(edged.edges), edged.size if edged.across is None else edged.across
    cut = 0
    for a in range(len(faces)):
        for b in range(a + 1, len(faces)):
            ends = points[on[:, a] & on[:, b]]
            if len(ends) < 2 or np.ptp(ends, axis=0).max() < 1e-6:
                continue
            at_top, at_bottom = np.abs(ends[:, 2] - high).max() < 1e-6, np.abs(ends[:, 2] - low).max() < 1e-6
            meant = (
                "all" in chosen or (at_top and chosen & {"top", "rims"}) or (at_bottom and chosen & {"bottom", "rims"})
            )
            if not meant and not ("vertical" in chosen and not at_top and not at_bottom):
                continue
            first, second = faces[a, :3], faces[b, :3]
            sizes = (edged.size, across) if abs(first[2]) < abs(second[2]) else (across, edged.size)
            # Directions from the edge into each face: each against the other face's normal.
            into = [_into(first, second) * sizes[0], _into(second, first) * sizes[1]]
            along = np.cross(first, second)
            normal = np.cross(along, into[1] - into[0])
            normal /= np.linalg.norm(normal)
            if normal @ (first + second) < 0:
                normal = -normal
            body = body.trim_by_plane(tuple(-normal), float(-(normal @ (ends[0] + into[0]))))
            cut += 1
    if not cut or body.is_empty():
        raise DataError(f"a chamfer of {edged.size:g} mm takes no edge, or all of the body")
    return body


def _into(own: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """The direction within face `own`, away from face `other`."""
    direction = -(other - (other @ own) * own)
    found: NDArray[np.float64] = direction / np.linalg.norm(direction)
    return found
