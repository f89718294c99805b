"""`normals`: the direction that the surface at each point faces, by Open3D."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError, PluginError

_FEWEST = 3  # points that make a plane


def normals(
    points: NDArray[np.float32],
    radius: float = 0.5,
    neighbours: int = 20,
    seen_from: tuple[float, float, float] = (0.0, 0.0, 0.0),
) -> NDArray[np.float32]:
    """Unit normals of the planes through each point's neighbours, turned towards the sensor.

    Args:
        points: `[N, 3]`, m, finite; a whole sweep takes long, its voxels' centroids do as well.
        radius: of the neighbourhood, m.
        neighbours: most points of it.
        seen_from: where the sensor stands, m.

    Returns:
        float32 `[N, 3]`; 0 where a point has fewer than two neighbours.

    Raises:
        DataError: points are not `[N, 3]`, or a parameter is out of its range.
        PluginError: Open3D is not installed.
    """
    if points.ndim != 2 or points.shape[1] != 3 or not radius > 0 or neighbours < _FEWEST:
        raise DataError(
            f"normals: points [N, 3], a radius above 0 m and at least {_FEWEST} neighbours, got "
            f"{list(points.shape)}, {radius} and {neighbours}"
        )
    try:
        import open3d
    except ImportError as error:
        raise PluginError("normals need Open3D: pip install 'wugan[spatial]'") from error
    if not len(points):
        return np.zeros((0, 3), np.float32)
    cloud = open3d.geometry.PointCloud(open3d.utility.Vector3dVector(np.asarray(points, np.float64)))
    search = open3d.geometry.KDTreeSearchParamHybrid(radius, neighbours)
    cloud.estimate_normals(search)
    found = np.asarray(cloud.normals)
    # Open3D gives (0, 0, 1) where there are too few; nothing is made up here.
    tree = open3d.geometry.KDTreeFlann(cloud)
    for place in np.flatnonzero((found == (0, 0, 1)).all(axis=1)):
        if tree.search_hybrid_vector_3d(cloud.points[place], radius, _FEWEST)[0] < _FEWEST:
            found[place] = 0
    away = ((np.array(seen_from) - points) * found).sum(axis=1) < 0
    found[away] *= -1
    return found.astype(np.float32)
