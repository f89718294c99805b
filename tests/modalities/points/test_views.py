"""Range view and bird's-eye view."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np
import pytest

from wugan.errors import DataError
from wugan.modalities.points import BirdsEye, RangeView
from wugan.objects import Box3D
from wugan.signals import PointCloud

sys.path.insert(0, str(Path(__file__).parent))
from lidar_scene import Block, scan


def test_a_pixel_shows_the_nearest_point_in_its_direction() -> None:
    cloud = PointCloud(np.array([[10, 0, 0], [5, 0, 0], [0, 10, 0], [0, 0, 9]], np.float32), np.arange(4.0, dtype="f4"))
    view = RangeView(height=28, width=360, top=3, bottom=-25).project(cloud)
    assert (view.outside, view.hidden) == (1, 1)
    assert view.range_m[3, 180] == 5 and view.index[3, 180] == 1  # ahead lies in the middle
    assert view.index[3, 90] == 2  # left of it what is at the left
    assert view.intensity is not None and view.intensity[3, 90] == 2
    assert (view.index >= 0).sum() == 2 and (view.range_m > 0).sum() == 2


def test_every_point_of_a_sweep_is_in_the_range_view_or_counted() -> None:
    cloud = PointCloud(scan([Block(8, 2, 4, 2, 1.5)]).points)
    view = RangeView().project(cloud)
    assert (view.index >= 0).sum() + view.hidden + view.outside == len(cloud.points)
    seen = view.index >= 0
    assert np.allclose(view.range_m[seen], np.linalg.norm(cloud.points[view.index[seen]], axis=1))
    row, column = np.nonzero(seen)
    at = cloud.points[view.index[seen]]
    azimuth = np.degrees(np.arctan2(at[:, 1], at[:, 0]))
    off = (azimuth - (180 - (column + 0.5) * 360 / 2048) + 180) % 360 - 180
    assert np.abs(off).max() < 0.1
    assert view.intensity is None and len(row)


def test_maps_from_above() -> None:
    points = np.array([[9.9, 4.9, 0], [9.9, 4.9, 1], [-9.9, -4.9, 2], [0, 0, -9], [50, 0, 0]], np.float32)
    view = BirdsEye((-10, 10), (-5, 5), 0.5)
    maps = view.project(PointCloud(points, np.arange(5, dtype=np.float32)))
    assert view.shape == maps.height.shape == (40, 20)
    assert maps.height[0, 0] == 1 and maps.height[-1, -1] == 2  # ahead left, behind right
    assert maps.intensity is not None and maps.intensity[0, 0] == 1
    assert (maps.height > view.floor).sum() == 2
    assert maps.density[0, 0] == pytest.approx(math.log(3) / math.log(64)) and maps.density.max() <= 1


def test_a_picture_with_a_box() -> None:
    pytest.importorskip("cv2")
    view = BirdsEye((-10, 30), (-10, 10), 0.1)
    box = Box3D((10, 5, 0), (4, 2, 1.5), 0.0, "lidar", label="car")
    picture = view.draw(PointCloud(scan([]).points), [box])
    assert picture.shape == (400, 200, 3) and picture.dtype == np.uint8
    changed = np.argwhere((picture != view.draw(PointCloud(scan([]).points))).any(-1))
    assert np.abs(changed.min(0) - (180, 40)).max() <= 2 and np.abs(changed.max(0) - (220, 60)).max() <= 2


def test_an_empty_sweep_has_empty_views() -> None:
    cloud = PointCloud(np.zeros((0, 3), np.float32))
    assert not RangeView().project(cloud).range_m.any()
    assert not BirdsEye().project(cloud).density.any()


def test_parameters() -> None:
    for wrong in ({"height": 0}, {"top": -30.0}, {"bottom": -100.0}):
        with pytest.raises(DataError, match="RangeView"):
            RangeView(**wrong)
    for spans in ({"ahead": (5.0, 5.0)}, {"cell": 0.0}, {"cell": 1e-5}):
        with pytest.raises(DataError, match="BirdsEye"):
            BirdsEye(**spans)
