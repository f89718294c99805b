"""The camera: as near as everything fits, and pixels where a hand calculation puts them."""

from __future__ import annotations

import numpy as np
import pytest

from wugan.apps.voice_to_3d.geometry.render import FOOT, MARGIN, framing


@pytest.mark.parametrize("size", [(800, 600), (300, 900), (900, 300)])
@pytest.mark.parametrize("box", [(1, 1, 1), (1000, 20, 5), (3, 4, 900)])
def test_the_nearest_camera_that_shows_all(box: tuple[int, int, int], size: tuple[int, int]) -> None:
    x, y, z = (np.array([-side / 2, side / 2]) for side in box)
    corners = np.array(np.meshgrid(x + 50, y - 20, z + 7)).reshape(3, -1).T
    camera = framing(corners, size)
    places = camera.project(corners) / size
    low, high = places.min(axis=0), places.max(axis=0)
    assert (low >= MARGIN - 1e-6).all() and high[0] <= 1 - MARGIN + 1e-6 and high[1] <= 1 - MARGIN - FOOT + 1e-6
    tight_x = low[0] < MARGIN + 1e-6 and high[0] > 1 - MARGIN - 1e-6
    tight_y = low[1] < MARGIN + 1e-6 and high[1] > 1 - MARGIN - FOOT - 1e-6
    assert tight_x or tight_y
    depth = (camera.pose[:3, 3] - corners) @ camera.pose[:3, 2]
    assert (camera.near < depth.min()) and (depth.max() < camera.far)


def test_it_looks_from_the_front_the_right_and_above() -> None:
    camera = framing(np.eye(3), (800, 600))
    right, up, back = camera.pose[:3, :3].T
    assert back[0] > 0 and back[1] < 0 and back[2] > 0
    assert right[2] == pytest.approx(0) and up[2] > 0
    assert np.linalg.det(camera.pose[:3, :3]) == pytest.approx(1)


def test_pixels_per_mm_holds_at_the_middle() -> None:
    camera = framing(np.array([[-1.0, -1, -1], [1, 1, 1]]), (800, 600))
    middle = camera.pose[:3, 3] - camera.middle * camera.pose[:3, 2]
    ends = camera.project(np.array([middle, middle + 0.5 * camera.pose[:3, 0]]))
    assert np.linalg.norm(ends[1] - ends[0]) == pytest.approx(0.5 * camera.pixels_per_mm())
