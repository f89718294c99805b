from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

from wugan.errors import DataError
from wugan.modalities.points import deskew, turn_share

sys.path.insert(0, str(Path(__file__).parent))
from lidar_scene import AZIMUTHS, Block, scan

BLOCKS = [Block(10, 3, 4.2, 1.8, 1.5, 0.3), Block(-6, -8, 4.2, 1.8, 1.5)]


def twist(speed: tuple[float, float, float], turn: tuple[float, float, float]) -> np.ndarray:
    a, b, c = turn
    generator = np.zeros((4, 4))
    generator[:3, :3] = [[0, -c, b], [c, 0, -a], [-b, a, 0]]
    generator[:3, 3] = speed
    return generator


def test_a_rotating_scan_of_a_moving_sensor_becomes_that_of_one_at_rest() -> None:
    generator = twist((2.0, 0.1, 0.0), (0.0, 0.0, math.radians(8)))  # 72 km/h in a bend, at 10 Hz
    step, poses = expm(generator / len(AZIMUTHS)), [np.eye(4)]
    while len(poses) < len(AZIMUTHS):
        poses.append(poses[-1] @ step)  # 1,800 exponentials would take 17 s
    moving = scan(BLOCKS, poses=np.stack(poses), noise=0.0)
    motion = expm(generator)
    straight = deskew(moving.points, moving.share, motion)
    for points, most in ((straight, 1e-3), (moving.points @ np.eye(3, dtype=np.float32), np.inf)):
        world = points @ motion[:3, :3].T + motion[:3, 3]
        off = np.abs(world[moving.ground, 2] + 1.73)
        assert off.max() < most
        car = world[moving.block == 0][:, :2] - (10, 3)
        along = car @ (math.cos(0.3), math.sin(0.3))
        across = car @ (-math.sin(0.3), math.cos(0.3))
        outside = np.maximum(np.abs(along) - 2.1, np.abs(across) - 0.9).max()
        assert outside < 1e-3 if most < 1 else outside > 0.3


@settings(max_examples=15)
@given(
    st.tuples(*[st.floats(-3, 3)] * 3),
    st.tuples(*[st.floats(-1, 1)] * 3),
    st.floats(0, 1),
    st.lists(st.floats(0, 1), min_size=1, max_size=8),
)
def test_it_is_the_power_of_the_motion(
    speed: tuple[float, float, float], turn: tuple[float, float, float], to: float, shares: list[float]
) -> None:
    generator = twist(speed, turn)
    points = np.random.default_rng(0).uniform(-30, 30, (len(shares), 3)).astype(np.float32)
    found = deskew(points, np.array(shares), expm(generator), to)
    for share, point, moved in zip(shares, points, found, strict=True):
        assert np.allclose(moved, (expm((share - to) * generator) @ [*point, 1])[:3], atol=1e-4)


def test_shares_of_a_turn() -> None:
    points = np.array([[-1, -1e-6, 0], [0, 1, 0], [1, 0, 0], [0, -1, 0]], np.float32)
    assert np.allclose(turn_share(points) % 1, [0, 0.25, 0.5, 0.75], atol=1e-5) or np.allclose(
        turn_share(points)[1:], [0.25, 0.5, 0.75]
    )
    assert np.allclose(turn_share(points, 0.0, clockwise=False)[1:], [0.25, 0, 0.75])


def test_what_is_no_motion_is_refused() -> None:
    points = np.zeros((2, 3), np.float32)
    mirrored = np.diag([1.0, -1.0, 1.0, 1.0])
    for motion in (np.eye(3), np.full((4, 4), np.nan), 2 * np.eye(4), mirrored):
        with pytest.raises(DataError, match="rotation"):
            deskew(points, np.zeros(2), motion)
    with pytest.raises(DataError, match="half a turn"):
        deskew(points, np.zeros(2), np.diag([-1.0, -1.0, 1.0, 1.0]))
    with pytest.raises(DataError, match="one for each point"):
        deskew(points, np.zeros(3), np.eye(4))
