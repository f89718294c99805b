"""A rig as it should be raises no doubt; the usual mistakes do."""

from __future__ import annotations

import re

import numpy as np
import pytest

from wugan.apps.perception.pipeline import doubts
from wugan.calibration import CameraModel, Transform

AHEAD = [0.5, 0.5, -0.5, 0.5]  # the change of axes: x ahead to z ahead


def camera(focal: float = 720.0) -> CameraModel:
    return CameraModel(np.array([[focal, 0, 610], [0, focal, 173], [0, 0, 1]]), 1242, 375, "optical")


def turned(yaw: float = 0.0, pitch: float = 0.0) -> Transform:
    """Mount of a camera turned to the left and up, degrees."""
    cy, sy, cp, sp = (f(np.radians(a)) for a in (yaw, pitch) for f in (np.cos, np.sin))
    body = np.array([[cy, -sy, 0], [sy, cy, 0], [0, 0, 1]]) @ np.array([[cp, 0, -sp], [0, 1, 0], [sp, 0, cp]])
    axes = Transform.of("lidar", "optical", AHEAD).rotation
    return Transform.of("lidar", "optical", axes @ body.T, [0, -0.1, -0.3])


@pytest.mark.parametrize("yaw", [0, 60, 180, -110])
@pytest.mark.parametrize("pitch", [0, -20, 10])
def test_cameras_that_look_anywhere_along_the_ground(yaw: float, pitch: float) -> None:
    assert doubts(camera(), turned(yaw, pitch)) == []


@pytest.mark.parametrize(
    ("mount", "focal", "told"),
    [
        (Transform(np.linalg.inv(turned().matrix), "lidar", "optical"), 720, "on its side.*inverse"),
        (Transform.identity("lidar", "optical"), 720, "change of axes"),
        (Transform.of("lidar", "optical", np.diag([-1.0, -1, 1]) @ turned().rotation), 720, "upside down"),
        (Transform.of("lidar", "optical", AHEAD, [0, -80, -270]), 720, r"281\.6 m away.*metres"),
        (turned(), 720e3, "0.099° across.*in pixels"),
        (turned(pitch=50), 720, "falls in 2% of.*look at the same"),
    ],
)
def test_the_usual_mistakes(mount: Transform, focal: float, told: str) -> None:
    (doubt,) = doubts(camera(focal), mount)
    assert re.search(told, doubt)
