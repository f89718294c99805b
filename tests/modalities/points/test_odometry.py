from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np
import pytest

from wugan.devices.clouds import read_cloud
from wugan.errors import DataError
from wugan.modalities.points import EgoMotion
from wugan.signals import PointCloud
from wugan.testing import run_stage

pytest.importorskip("small_gicp")
sys.path.insert(0, str(Path(__file__).parent))
from lidar_scene import Block, scan

STREET = [
    *(Block(x, 6 + x % 3, 4.2, 1.8, 1.5, 0.05 * x) for x in range(-30, 40, 9)),
    *(Block(x, -7 - x % 2, 0.5, 0.5, 4.0) for x in range(-33, 40, 7)),
    Block(5, 16, 70, 0.5, 6),
    Block(35, 0, 0.5, 20, 5),
]


def pose(x: float, y: float, turn: float) -> np.ndarray:
    found = np.eye(4)
    found[:2, :2] = [[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]]
    found[:2, 3] = x, y
    return found


def seen_from(one: np.ndarray, seed: int) -> PointCloud:
    return PointCloud(scan(STREET, poses=one, seed=seed, every=2).points)


def test_a_drive_through_a_street() -> None:
    path = [pose(0.8 * n, 0.01 * n * n, 0.02 * n) for n in range(6)]
    clouds = [seen_from(one, n) for n, one in enumerate(path)]
    packets = run_stage(EgoMotion(), clouds)
    assert all(packet.data.tracked for packet in packets)
    for packet, truth in zip(packets, path, strict=True):
        assert np.linalg.norm(packet.data.pose[:3, 3] - truth[:3, 3]) < 0.15
        turn = packet.data.pose[:3, :3].T @ truth[:3, :3]
        assert math.degrees(math.acos(min(1.0, (np.trace(turn) - 1) / 2))) < 0.5
    assert packets[-1].data.speed == pytest.approx(8.0, abs=1.0)  # 0.8 m in 100 ms


def test_sweeps_that_were_passed_over_do_not_mislead() -> None:
    """Over three times the gap one goes three times as far, further than points look for their counterpart."""
    times = [0, 1, 2, 5, 6, 9]
    path = [pose(1.2 * n, 0.004 * n * n, 0.03 * n) for n in times]
    ego = EgoMotion()
    for number, one in zip(times, path, strict=True):
        found = ego.step(seen_from(one, number), number * 100_000_000)
        assert found.tracked and np.linalg.norm(found.pose[:3, 3] - one[:3, 3]) < 0.2, number
    assert found.speed == pytest.approx(12.0, abs=1.0)


@pytest.mark.parametrize("step", [0.0, 3.0, -1.5])
def test_the_first_step_may_be_a_fast_one(step: float) -> None:
    """30 m/s are 3 m a sweep, further than points look for their counterpart; the street looks the same all along."""
    ego = EgoMotion()
    poses = [ego.step(seen_from(pose(step * n, 0, 0), n), n * 100_000_000).pose for n in range(3)]
    assert poses[1][0, 3] == pytest.approx(step, abs=0.15) and poses[2][0, 3] == pytest.approx(2 * step, abs=0.2)


def test_what_is_not_known_is_said_and_not_made_up() -> None:
    ego = EgoMotion()
    first = seen_from(np.eye(4), 0)
    assert ego.step(first, 10).tracked
    assert ego.step(PointCloud(np.zeros((0, 3), np.float32)), 20).reason == "0 points are too few"
    back = ego.step(first, 5)
    assert not back.tracked and "time jumped by" in back.reason and np.array_equal(back.pose, np.eye(4))
    assert ego.step(first, 100_000_000).tracked
    late = ego.step(first, 10_000_000_000)
    assert not late.tracked and ego.lost == 3
    elsewhere = ego.step(PointCloud(first.points + np.float32(500)), 10_100_000_000)
    assert not elsewhere.tracked and "have a counterpart" in elsewhere.reason


def test_parameters() -> None:
    for wrong in ({"thin": 0.0}, {"catch": 0.0}, {"threads": 0}, {"renew": -1.0}):
        with pytest.raises(DataError, match="EgoMotion"):
            EgoMotion(**wrong)


def test_kitti_moves_evenly_ahead(data_root: Path) -> None:
    """Straight on at a steady speed: 2.6 m in 1.1 s, as the first and last sweep laid on each other say."""
    ego = EgoMotion()
    poses = [
        ego.step(read_cloud(path).cloud, number * 100_000_000)
        for number, path in enumerate(sorted((data_root / "kitti" / "velodyne").glob("*.bin")))
    ]
    assert all(one.tracked for one in poses)
    assert poses[-1].pose[0, 3] == pytest.approx(2.63, abs=0.15)
    assert abs(poses[-1].pose[1, 3]) < 0.1 and abs(poses[-1].pose[2, 3]) < 0.1
    even = np.linspace(0, poses[-1].pose[0, 3], len(poses))
    assert np.abs([one.pose[0, 3] for one in poses] - even).max() < 0.15
