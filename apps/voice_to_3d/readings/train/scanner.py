"""A scanner to learn from: what a depth camera carried around a thing would see of it, with the faults of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from trimesh import Trimesh

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Faults:
    """How bad a scan is.

    Attributes:
        points: on the surface, before what is hidden is taken away.
        views: places that the camera looks from.
        around: degrees that they are spread over; 360 sees every side, 150 leaves the back unseen.
        noise: standard deviation along the surface's normal, share of the diagonal.
        strays: share of points that lie anywhere.
        holes: patches that the camera did not catch.
        ground: whether what it stands on is in the scan too.
    """

    points: int = 6000
    views: int = 4
    around: float = 360.0
    noise: float = 0.003
    strays: float = 0.01
    holes: int = 1
    ground: bool = True


def faults(rng: np.random.Generator) -> Faults:
    """A scan as it may come."""
    return Faults(
        points=int(rng.integers(2500, 7000)),
        views=int(rng.integers(3, 7)),
        around=float(rng.uniform(150, 360)),
        noise=float(rng.uniform(0.0005, 0.004)),
        strays=float(rng.uniform(0, 0.02)),
        holes=int(rng.integers(0, 4)),
        ground=bool(rng.random() < 0.6),
    )


def scanned(mesh: Trimesh, faults: Faults, rng: np.random.Generator) -> Points:
    """Points `[N, 3]` in the mesh's unit, turned about z at random.

    Args:
        mesh: watertight, z up.
        faults: of the scan.
        rng: the only source of randomness.
    """
    import trimesh

    points, faces = trimesh.sample.sample_surface(mesh, faults.points, seed=int(rng.integers(2**31)))
    points, normals = np.asarray(points, dtype=np.float64), np.asarray(mesh.face_normals)[faces]
    low, high = mesh.bounds
    centre, diagonal = (low + high) / 2, float(np.linalg.norm(high - low))
    seen = np.zeros(len(points), np.bool_)
    start = rng.uniform(0, 2 * np.pi)
    for turn in np.radians(faults.around) * (np.arange(faults.views) + 0.5) / faults.views:
        rise = rng.uniform(np.radians(5), np.radians(60))
        azimuth = start + turn
        way = np.array([np.cos(rise) * np.cos(azimuth), np.cos(rise) * np.sin(azimuth), np.sin(rise)])
        seen |= _visible(points, centre + 2.5 * diagonal * way)
    points, normals = points[seen], normals[seen]
    points = points + rng.normal(0, faults.noise * diagonal, (len(points), 1)) * normals
    for _ in range(faults.holes):
        middle = points[rng.integers(len(points))]
        points = points[np.linalg.norm(points - middle, axis=1) > rng.uniform(0.03, 0.09) * diagonal]
    if faults.ground:
        points = np.vstack([points, _ground(mesh, len(points), faults.noise * diagonal, rng)])
    strays = round(faults.strays * len(points))
    points = np.vstack([points, rng.uniform(centre - 0.8 * diagonal, centre + 0.8 * diagonal, (strays, 3))])
    angle = rng.uniform(0, 2 * np.pi)
    cosine, sine = np.cos(angle), np.sin(angle)
    return points @ np.array([[cosine, sine, 0], [-sine, cosine, 0], [0, 0, 1]])


def _visible(points: Points, eye: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which points are seen from `eye` (Katz, Tal & Basri, Direct visibility of point sets, SIGGRAPH 2007)."""
    from scipy.spatial import ConvexHull

    away = points - eye
    distance = np.linalg.norm(away, axis=1, keepdims=True)
    flipped = away + 2 * (distance.max() * 10**2.2 - distance) * away / distance
    hull = ConvexHull(np.vstack([flipped, np.zeros(3)]))
    seen = np.zeros(len(points) + 1, np.bool_)
    seen[hull.vertices] = True
    return seen[:-1]


def _ground(mesh: Trimesh, count: int, noise: float, rng: np.random.Generator) -> Points:
    """A round patch of floor as dense as the thing, except where the thing stands in the way."""
    low, high = mesh.bounds
    radius = rng.uniform(0.9, 1.4) * float(np.linalg.norm(high - low)) / 2 * 1.3
    count = int(count * rng.uniform(0.4, 1.0))
    reach, angle = radius * np.sqrt(rng.random(count)), rng.uniform(0, 2 * np.pi, count)
    middle = (low + high) / 2
    floor = np.column_stack(
        [middle[0] + reach * np.cos(angle), middle[1] + reach * np.sin(angle), low[2] + rng.normal(0, noise, count)]
    )
    return floor
