"""Boxes and detections: geometry, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest

from wugan.errors import DataError
from wugan.objects import Box3D, Detections


def test_corners_of_a_box_that_heads_left() -> None:
    corners = Box3D((10, 5, 1), (4, 2, 1.5), math.pi / 2, "lidar").corners()
    np.testing.assert_allclose(corners.min(axis=0), [9, 3, 0.25])
    np.testing.assert_allclose(corners.max(axis=0), [11, 7, 1.75])
    np.testing.assert_allclose(corners[0], [9, 7, 0.25], atol=1e-12)  # front left, bottom


@pytest.mark.parametrize(
    ("center", "size", "yaw"),
    [((math.nan, 0, 0), (1, 1, 1), 0.0), ((0, 0, 0), (1, 0, 1), 0.0), ((0, 0, 0), (1, 1, 1), math.inf)],
)
def test_what_no_box_can_be(center: tuple[float, float, float], size: tuple[float, float, float], yaw: float) -> None:
    with pytest.raises(DataError, match="Box3D"):
        Box3D(center, size, yaw, "lidar")


def test_a_box_of_another_frame_is_refused() -> None:
    assert len(Detections()) == 0
    with pytest.raises(DataError, match="transform it first"):
        Detections([Box3D((0, 0, 0), (1, 1, 1), 0, "camera")], 0, "lidar")
