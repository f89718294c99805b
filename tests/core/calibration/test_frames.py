"""A tree of frames: the way between any two, and what would contradict it."""

from __future__ import annotations

import numpy as np
import pytest

from wugan.calibration import Frames, Transform
from wugan.errors import DataError


def rig() -> Frames:
    return Frames(
        [
            Transform.of("lidar", "ego", [0.5, 0.5, 0.5, 0.5], (1, 0, 2)),
            Transform.of("ego", "world", translation=(100, 50, 0)),
            Transform.of("camera", "ego", [0.5, -0.5, 0.5, -0.5], (2, 0, 1)),
        ]
    )


def test_lookup_goes_through_the_tree_in_either_direction() -> None:
    frames = rig()
    there, back = frames.lookup("lidar", "camera"), frames.lookup("camera", "lidar")
    np.testing.assert_allclose((back @ there).matrix, np.eye(4), atol=1e-12)
    through = frames.lookup("ego", "camera") @ frames.lookup("lidar", "ego")
    np.testing.assert_allclose(there.matrix, through.matrix, atol=1e-12)
    np.testing.assert_allclose(frames.lookup("camera", "camera").matrix, np.eye(4))
    assert frames.names == ("lidar", "ego", "world", "camera") and "ego" in frames


def test_a_second_way_is_refused() -> None:
    with pytest.raises(DataError, match="joined already .through lidar – ego – world"):
        rig().add(Transform.identity("lidar", "world"))


def test_unknown_and_unjoined() -> None:
    frames = rig()
    with pytest.raises(DataError, match="no frame 'radar'; those known: lidar, ego"):
        frames.lookup("lidar", "radar")
    frames.add(Transform.identity("radar", "mast"))
    with pytest.raises(DataError, match="nothing joins"):
        frames.lookup("lidar", "mast")


def test_what_was_looked_up_before_a_join_is_not_stale() -> None:
    frames = rig()
    frames.lookup("lidar", "camera")
    frames.add(Transform.of("radar", "lidar", translation=(0, 0, 1)))
    np.testing.assert_allclose(frames.lookup("radar", "lidar").translation, [0, 0, 1])
