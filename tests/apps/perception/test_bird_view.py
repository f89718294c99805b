from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

pytest.importorskip("cv2")
from wugan.apps.perception.dashboard import SKY, VERMILLION, BirdView
from wugan.apps.perception.view import View
from wugan.signals import PointCloud


def near(picture: np.ndarray, colour: tuple[int, int, int]) -> np.ndarray:
    """Rows and columns that have about this colour."""
    return np.argwhere(np.abs(picture.astype(int) - colour).max(axis=2) < 30)


def at(bird: BirdView, x: float, y: float) -> tuple[float, float]:
    """Row and column of a place."""
    return bird.height / 2 - y * bird.scale, (x - bird.ahead[0]) * bird.scale


def test_boxes_lie_where_things_are(view: Callable[..., View], thing: Callable[..., object]) -> None:
    bird = BirdView()
    walker = thing(2, 30, 6, "pedestrian", size=(0.8, 0.8, 1.7), velocity=(0.0, 0.0, 0.0))
    drawn = bird.draw(None, view(0, thing(1, 12, 0), walker, thing(3, 40, 0, stage="tentative")).perceived)
    assert drawn.shape == (300, 840, 3) and drawn.dtype == np.uint8
    alarmed = near(drawn, VERMILLION)  # what the decision is about
    assert np.abs(alarmed.mean(axis=0) - at(bird, 12, 0)).max() < 4
    assert np.ptp(alarmed[:, 1]) == pytest.approx(4.0 * bird.scale, abs=5)
    assert np.abs(near(drawn, SKY).mean(axis=0) - at(bird, 30, 6)).max() < 4


def test_points_are_drawn_and_those_outside_are_not_an_error() -> None:
    bird = BirdView()
    points = np.array([[20.0, 3.0, 1.0], [500, 0, 0], [0, -500, 0], [-19.99, 14.2, 0]], np.float32)
    row, column = (int(one) for one in at(bird, 20, 3))
    drawn = bird._base if bird._base is not None else None
    assert drawn is None
    picture = np.zeros((300, 840, 3), np.uint8)
    bird._points(picture, PointCloud(points))
    assert picture[row, column].min() > 150 and (picture.max(axis=2) > 0).sum() == 2


def test_ways_stand_still_where_the_own_motion_is_known(
    view: Callable[..., View], thing: Callable[..., object]
) -> None:
    """A parked car comes nearer by 0.5 m a sweep: over ground its way is a point, relative to the sensor a line."""
    for moving, longest in ((True, 0.01), (False, 5.0)):
        bird = BirdView()
        for number in range(11):
            bird.draw(None, view(number, thing(5, 30 - 0.5 * number, 3), moving=moving).perceived)
        way = np.array(bird._ways[5])
        assert np.ptp(way[:, 0]) == pytest.approx(longest, abs=0.02)
    bird.draw(None, view(11).perceived)
    assert not bird._ways
