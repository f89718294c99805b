from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np
import pytest

from wugan.devices.clouds import read_cloud
from wugan.errors import DataError
from wugan.modalities.points.ground import GroundFinder

sys.path.insert(0, str(Path(__file__).parent))
from lidar_scene import MOUNTED, Block, scan

CARS = [Block(10, 3, 4.2, 1.8, 1.5, 0.3), Block(-12, -4, 4.2, 1.8, 1.5), Block(20, -6, 8, 2.5, 3.2, -0.2)]
WALL = Block(0, 18, 60, 0.5, 5.0)


@pytest.mark.parametrize("slope", [(0.0, 0.0), (0.1, 0.0), (0.0, -0.15), (-0.12, 0.2)])
def test_a_slope_is_ground_and_what_stands_on_it_is_not(slope: tuple[float, float]) -> None:
    scanned = scan([*CARS, WALL], slope)
    found = GroundFinder().find(scanned.points)
    truth = (scanned.points @ np.array([-slope[0], -slope[1], 1.0]) + MOUNTED) / math.hypot(1, *slope)
    assert found.mask[scanned.ground].mean() > 0.995
    standing = ~scanned.ground & (truth > 0.3)
    assert found.mask[standing].mean() < 0.005
    known = np.isfinite(found.height)
    assert known[scanned.ground].mean() > 0.995
    assert np.quantile(np.abs(found.height - truth)[known & scanned.ground], 0.99) < 0.1
    assert np.quantile(np.abs(found.height - truth)[known & standing], 0.95) < 0.25
    assert found.plane is not None and np.allclose(found.plane, (-MOUNTED, *slope), atol=0.05)


def test_a_road_that_begins_to_climb_is_followed() -> None:
    scanned = scan([])
    points = scanned.points.copy()
    climb = np.clip(points[:, 0] - 10, 0, None) * 0.12  # 12 % from 10 m on
    points[:, 2] += climb
    found = GroundFinder().find(points)
    assert found.mask.mean() > 0.98
    assert climb[found.mask].max() > 4


def test_reflections_from_below_the_road_do_not_pull_it_down() -> None:
    scanned = scan(CARS)
    random = np.random.default_rng(1)
    ghosts = scanned.points[random.choice(np.flatnonzero(scanned.ground), 60, replace=False)] - [0, 0, 2.0]
    found = GroundFinder().find(np.concatenate([scanned.points, ghosts]).astype(np.float32))
    height = found.height[: len(scanned.points)][scanned.ground]
    assert np.nanquantile(np.abs(height), 0.98) < 0.15


def test_a_turned_sensor_sees_the_same_ground() -> None:
    scanned = scan(CARS)
    angle = math.radians(12)
    turn = np.array([[math.cos(angle), 0, math.sin(angle)], [0, 1, 0], [-math.sin(angle), 0, math.cos(angle)]])
    found = GroundFinder().find((scanned.points @ turn.T).astype(np.float32))
    assert found.mask[scanned.ground].mean() > 0.99
    assert found.mask[~scanned.ground & (scanned.points[:, 2] > 0.3 - MOUNTED)].mean() < 0.01


@pytest.mark.parametrize("points", [np.zeros((0, 3)), np.zeros((1, 3)), np.zeros((50, 3)), np.full((9, 3), 500.0)])
def test_where_there_is_no_ground_none_is_found(points: np.ndarray) -> None:
    found = GroundFinder().find(points.astype(np.float32))
    assert found.plane is None and not found.mask.any() and np.isnan(found.height).all()
    assert len(found.mask) == len(points)


def test_parameters() -> None:
    for wrong in ({"cell": 0.0}, {"reach": 1.0}, {"max_tilt": 90.0}, {"clearance": -1.0}, {"reach": 1e9}):
        with pytest.raises(DataError, match="GroundFinder"):
            GroundFinder(**wrong)


def test_kitti(data_root: Path) -> None:
    for path in sorted((data_root / "kitti" / "velodyne").glob("*.bin"))[::4]:
        found = GroundFinder().find(read_cloud(path).cloud.points)
        assert found.plane is not None and abs(found.plane[0] + MOUNTED) < 0.12  # as the car's drawing has it
        assert 0.25 < found.mask.mean() < 0.6
