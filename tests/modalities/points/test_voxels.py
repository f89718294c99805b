from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from wugan.errors import DataError
from wugan.modalities.points import voxelise
from wugan.morton import morton_code


@settings(max_examples=40)
@given(
    arrays(np.float32, st.tuples(st.integers(1, 60), st.just(3)), elements=st.floats(-50, 50, width=32)),
    st.sampled_from([0.25, 0.8, 7.0]),
)
def test_each_point_lies_in_its_voxel_and_none_is_lost(points: np.ndarray, size: float) -> None:
    voxels = voxelise(points, size)
    assert voxels.counts.sum() == len(points) == len(voxels.index)
    assert len(np.unique(voxels.cells, axis=0)) == len(voxels)
    corner = voxels.origin + voxels.cells[voxels.index] * size
    assert (points >= corner - 1e-4).all() and (points <= corner + size + 1e-4).all()
    for one in range(len(voxels)):
        inside = points[voxels.index == one].astype(np.float64)
        assert len(inside) == voxels.counts[one]
        assert np.allclose(inside.mean(axis=0), voxels.centroids[one], atol=1e-4)
    assert (np.diff(morton_code(voxels.cells)) > 0).all()
    assert np.allclose(voxels.mean(points[:, 0]), voxels.centroids[:, 0], atol=1e-4)


def test_the_grid_stays_where_it_is_whatever_the_points() -> None:
    points = np.random.default_rng(0).uniform(-9, 9, (500, 3)).astype(np.float32)
    whole, part = voxelise(points, 1.0), voxelise(points[:100], 1.0)
    assert {tuple(one) for one in part.centers} <= {tuple(one) for one in whole.centers}


def test_open3d_finds_the_same_voxels() -> None:
    open3d = pytest.importorskip("open3d")
    points = np.random.default_rng(0).uniform(0, 20, (2000, 3)).astype(np.float32)
    cloud = open3d.geometry.PointCloud(open3d.utility.Vector3dVector(points.astype(np.float64)))
    theirs = open3d.geometry.VoxelGrid.create_from_point_cloud_within_bounds(cloud, 0.5, np.zeros(3), np.full(3, 20.0))
    assert len(voxelise(points, 0.5)) == len(theirs.get_voxels())


def test_what_has_no_voxels() -> None:
    assert len(voxelise(np.zeros((0, 3), np.float32), 1.0)) == 0
    for points, size in ((np.zeros((2, 2)), 1.0), (np.zeros((2, 3)), 0.0), (np.array([[0, 0, 0], [1e9, 0, 0]]), 0.1)):
        with pytest.raises(DataError, match="voxelise"):
            voxelise(points.astype(np.float32), size)
    with pytest.raises(DataError, match="not finite"):
        voxelise(np.array([[0, 0, np.nan]], np.float32), 1.0)
