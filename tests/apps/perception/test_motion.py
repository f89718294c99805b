"""The sensor's own motion: predicted, bridged, and taken off what things do."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wugan.apps.perception.perceiver import SelfMotion, SensorState
from wugan.apps.perception.street import Ride
from wugan.modalities.points import EgoPose
from wugan.objects import Box3D

STEP_NS = 100_000_000


def pose(x: float, y: float, yaw: float) -> np.ndarray:
    found = np.eye(4)
    found[:2] = [[math.cos(yaw), -math.sin(yaw), 0, x], [math.sin(yaw), math.cos(yaw), 0, y]]
    return found


def ego(matrix: np.ndarray, tracked: bool = True) -> EgoPose:
    return EgoPose(matrix, np.eye(4), 0.0, 1.0, tracked)


def driven(ride: Ride, sweeps: int) -> SelfMotion:
    motion = SelfMotion()
    for number in range(sweeps):
        motion.take(ego(ride.at(number / 10).pose), number * STEP_NS)
    return motion


@pytest.mark.parametrize("rate", [0.0, 0.4, -0.4])
@pytest.mark.parametrize("late", [0.0, 0.1, 0.25, -0.04])
def test_even_motion_is_known_and_predicted(rate: float, late: float) -> None:
    ride = Ride(speed=9.0, turns=((0, 9, rate),))
    state = driven(ride, 8).at(round((0.7 + late) * 1e9))
    truth = ride.at(0.7 + late)
    np.testing.assert_allclose(state.pose, truth.pose, atol=0.03)
    assert state.velocity == pytest.approx([9, 0, 0], abs=0.03)
    assert state.yaw_rate == pytest.approx(rate, abs=1e-3) and state.known
    assert state.age_ns == pytest.approx(max(0.0, late) * 1e9, abs=1)
    told = state.told()
    assert told is not None and told.speed == pytest.approx(9.0, abs=0.03)
    assert told.yaw == pytest.approx(truth.yaw, abs=0.01)


def test_a_sweep_that_matched_nothing_is_bridged_by_the_motion_before_it() -> None:
    motion = driven(Ride(speed=10.0), 6)
    motion.take(ego(pose(5.0, 0, 0), tracked=False), 6 * STEP_NS)  # where it was last known to be
    for number in range(7, 10):  # what comes starts from there
        motion.take(ego(pose(5.0 + (number - 6) * 1.0, 0, 0)), number * STEP_NS)
    state = motion.at(9 * STEP_NS)
    np.testing.assert_allclose(state.pose, pose(9.0, 0, 0), atol=0.02)
    assert state.velocity[0] == pytest.approx(10, abs=0.1)


def test_what_is_not_known_is_said() -> None:
    motion = SelfMotion()
    nothing = motion.at(0)
    assert not nothing.known and nothing.told() is None and np.array_equal(nothing.pose, np.eye(4))
    motion.take(ego(pose(1, 0, 0)), 0)
    assert not motion.at(STEP_NS).known  # one pose is no velocity
    motion = driven(Ride(speed=10.0), 6)
    assert motion.at(1_400_000_000).known and not motion.at(1_600_000_000).known
    motion.take(ego(pose(99, 0, 0)), 3 * STEP_NS)  # older than the last: left out
    assert motion.at(5 * STEP_NS).pose[0, 3] == pytest.approx(5.0)
    motion.take(ego(pose(50, 0, 0)), 5_000_000_000)  # after a long gap, it begins anew
    assert not motion.at(5_000_000_000).known
    motion.reset()
    assert not motion.at(0).known


numbers = st.floats(-30, 30)


@given(numbers, numbers, st.floats(-3, 3), numbers, numbers, st.floats(-3, 3), st.floats(-9, 9), st.floats(-9, 9))
def test_relative_and_back(
    x: float, y: float, yaw: float, bx: float, by: float, byaw: float, vx: float, vy: float
) -> None:
    """Seen from the sensor and taken to the frame that stands still again, a box is where it was."""
    state = SensorState(pose(x, y, yaw), np.array([4.0, 0.5, 0.0]), 0.3, 0, True)
    box = Box3D((bx, by, 0.5), (4, 2, 1.5), byaw, "still", label="car", velocity=(vx, vy, 0.0), id=7)
    seen = state.relative(box, "lidar")
    back = state.pose @ np.array([*seen.center, 1.0])
    np.testing.assert_allclose(back[:3], box.center, atol=1e-9)
    assert math.cos(seen.yaw + yaw - byaw) == pytest.approx(1.0)
    over = state.pose[:3, :3] @ (np.array(seen.velocity) + state.velocity)
    np.testing.assert_allclose(over, box.velocity, atol=1e-9)
    assert (seen.frame, seen.id, seen.label, seen.size) == ("lidar", 7, "car", box.size)
