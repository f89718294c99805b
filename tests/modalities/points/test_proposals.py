from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np
import pytest

from wugan.devices.clouds import read_cloud
from wugan.errors import DataError
from wugan.modalities.points import Proposals
from wugan.objects import Box3D
from wugan.packet import Packet
from wugan.signals import PointCloud
from wugan.testing import run_stage

sys.path.insert(0, str(Path(__file__).parent))
from lidar_scene import MOUNTED, Block, scan

CARS = [
    Block(10, 4, 4.2, 1.75, 1.5, 0.2),
    Block(-14, -5, 4.2, 1.75, 1.5, -0.5),
    Block(6, -9, 4.2, 1.75, 1.5, 1.3),
    Block(22, 7, 4.2, 1.75, 1.5, -1.0),
]


def nearest(boxes: list[Box3D], block: Block) -> Box3D:
    return min(boxes, key=lambda box: math.hypot(box.center[0] - block.x, box.center[1] - block.y))


def apart(one: float, other: float) -> float:
    """Angle between two headings, half a turn being none."""
    return abs((one - other + math.pi / 2) % math.pi - math.pi / 2)


@pytest.mark.parametrize("slope", [(0.0, 0.0), (0.05, -0.06)])
def test_cars_of_known_pose(slope: tuple[float, float]) -> None:
    found = Proposals().propose(PointCloud(scan(CARS, slope).points), 5)
    assert (found.time_ns, found.frame) == (5, "lidar")
    assert sum(box.label == "car" for box in found.boxes) == len(CARS)
    for block in CARS:
        box = nearest(found.boxes, block)
        assert box.label == "car"
        floor = slope[0] * block.x + slope[1] * block.y - MOUNTED
        assert math.hypot(box.center[0] - block.x, box.center[1] - block.y) < 0.25
        assert abs(box.center[2] - floor - block.height / 2) < 0.2
        assert np.allclose(box.size, (block.length, block.width, block.height), atol=0.3)
        assert apart(box.yaw, block.yaw) < math.radians(4)


def test_the_back_of_a_car_ahead_is_completed_away_from_the_sensor() -> None:
    ahead = Block(15, 0, 4.2, 1.75, 1.5)
    (box,) = Proposals().propose(PointCloud(scan([ahead]).points)).boxes
    assert box.label == "car" and apart(box.yaw, 0) < math.radians(3)
    assert np.allclose(box.center[:2], (15, 0), atol=0.2)


def test_classes_by_size() -> None:
    blocks = [
        Block(8, 0, 0.5, 0.6, 1.75),
        Block(10, 8, 1.8, 0.6, 1.7, 0.9),
        Block(-36, 14, 10, 2.5, 2.9, 0.1),
        Block(5, -7, 0.4, 0.4, 0.8),
    ]
    found = Proposals().propose(PointCloud(scan(blocks).points)).boxes
    assert [nearest(found, block).label for block in blocks] == ["pedestrian", "cyclist", "truck", ""]
    assert abs(nearest(found, blocks[2]).size[2] - 2.9) < 0.3
    assert {box.label for box in Proposals(labelled=True).propose(PointCloud(scan(blocks).points)).boxes} == {
        "pedestrian",
        "cyclist",
        "truck",
    }


def test_walls_signs_and_kerbs_are_no_things() -> None:
    blocks = [Block(0, 12, 60, 0.4, 4), Block(9, 0, 3, 0.2, 1, 0.0, 1.5), Block(0, -6, 8, 0.3, 0.15)]
    assert not Proposals().propose(PointCloud(scan(blocks).points)).boxes


def test_a_car_a_step_from_a_wall_is_seen() -> None:
    car = Block(8, 9.5, 4.2, 1.75, 1.5)
    boxes = Proposals().propose(PointCloud(scan([car, Block(0, 11.1, 60, 0.4, 4)]).points)).boxes
    assert nearest(boxes, car).label == "car"


def test_boxes_come_best_first_and_the_encoder_says_the_same() -> None:
    cloud = PointCloud(scan(CARS).points)
    scores = [box.score for box in Proposals().propose(cloud).boxes]
    assert scores == sorted(scores, reverse=True) and all(0 < score <= 1 for score in scores)
    (packet,) = run_stage(Proposals(frame="top"), [cloud])
    assert packet.data.frame == "top" and [box.score for box in packet.data.boxes] == scores


@pytest.mark.parametrize("points", [np.zeros((0, 3)), np.zeros((4, 3)), scan([]).points])
def test_nothing_is_an_answer_too(points: np.ndarray) -> None:
    assert not Proposals().propose(PointCloud(points.astype(np.float32))).boxes


def test_a_covered_sensor_is_no_free_road() -> None:
    cloud = PointCloud(np.full((3, 3), 0.1, np.float32))
    with pytest.raises(DataError, match="no ground is found in a sweep of 3 points.*covered"):
        Proposals(needs_ground=True).encode([Packet(cloud, 0, stream="lidar")])
    assert Proposals(needs_ground=True).encode([Packet(PointCloud(scan([]).points), 0, stream="lidar")])
    assert Proposals().encode([Packet(cloud, 0, stream="lidar")]) != [None]


def test_points_that_are_not_finite_change_nothing() -> None:
    points = scan(CARS).points
    bad = np.concatenate([points, [[np.nan, 0, 0], [np.inf, 1, 1], [1, -np.inf, np.nan], [1e30, 0, 0]]])
    found, expected = Proposals().propose(PointCloud(bad.astype(np.float32))), Proposals().propose(PointCloud(points))
    assert [box.center for box in found.boxes] == [box.center for box in expected.boxes]


def test_parameters() -> None:
    for wrong in ({"cell": 0.0}, {"reach": 0.1}, {"least": 1}):
        with pytest.raises(DataError, match="Proposals"):
            Proposals(**wrong)


def test_parked_cars_of_kitti(data_root: Path) -> None:
    """Seen in the picture of the first sweep: cars in a row at the left."""
    found = Proposals().propose(read_cloud(data_root / "kitti" / "velodyne" / "0000000000.bin").cloud).boxes
    cars = [box for box in found if box.label == "car"]
    for x, y in ((8, 3.3), (15, 3.4), (-12, 3.9), (31, -4.2), (39, -4.1)):
        assert min(math.hypot(box.center[0] - x, box.center[1] - y) for box in cars) < 1.2, (x, y)


def test_what_is_warm_compiles_nothing_when_the_first_sweep_comes() -> None:
    from numba.core.registry import CPUDispatcher

    from wugan.modalities.points import kernels as module

    proposals = Proposals()
    proposals.warm_up()
    kernels = [one for one in vars(module).values() if isinstance(one, CPUDispatcher)]
    before = [len(kernel.signatures) for kernel in kernels]
    points = scan(CARS).points.copy()
    points.flags.writeable = False  # as in a pipeline
    assert proposals.propose(PointCloud(points)).boxes
    assert len(kernels) > 5 and [len(kernel.signatures) for kernel in kernels] == before
