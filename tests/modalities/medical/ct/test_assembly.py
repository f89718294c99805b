from __future__ import annotations

import numpy as np
import pytest

from wugan.modalities.medical.ct.geometry import Grid, assembled
from wugan.modalities.medical.ct.volume import AIR


def placed(shifts: list[tuple[float, float]], places: list[float], size: tuple[int, int]) -> Grid:
    return Grid(tuple(range(len(shifts))), np.eye(4), size, np.array(shifts, float), np.array(places, float), ())


@pytest.fixture
def planes() -> np.ndarray:
    return np.random.default_rng(0).uniform(-100, 100, (3, 4, 5)).astype(np.float32)


def test_planes_on_their_grid_come_back_themselves(planes: np.ndarray) -> None:
    assert assembled(placed([(0, 0)] * 3, [0, 1, 2], (5, 4)), planes) is planes


def test_holes_are_filled_and_given_planes_stay_exact(planes: np.ndarray) -> None:
    made = assembled(placed([(0, 0)] * 3, [0, 0.25, 1, 2], (5, 4)), planes)
    assert np.array_equal(made[[0, 2, 3]], planes)
    assert np.allclose(made[1], 0.75 * planes[0] + 0.25 * planes[1], atol=1e-4)


def test_whole_pixels_are_moved_exactly_and_halves_are_averaged(planes: np.ndarray) -> None:
    made = assembled(placed([(0, 0), (2, 1), (0.5, 0)], [0, 1, 2], (7, 5)), planes)
    assert np.array_equal(made[0, :4, :5], planes[0]) and (made[0, 4] == AIR).all() and (made[0, :, 5:] == AIR).all()
    assert np.array_equal(made[1, 1:, 2:], planes[1]) and (made[1, 0] == AIR).all() and (made[1, :, :2] == AIR).all()
    assert np.allclose(made[2, :4, 1:5], (planes[2, :, 1:] + planes[2, :, :-1]) / 2, atol=1e-4)
    assert np.allclose(made[2, :4, 0], (planes[2, :, 0] + AIR) / 2, atol=1e-3)


def test_between_two_moved_planes_the_filled_one_is_moved_half_way() -> None:
    plane = np.random.default_rng(1).uniform(-100, 100, (4, 5)).astype(np.float32)
    made = assembled(placed([(0, 0), (2, 0)], [0, 0.5, 1], (7, 4)), np.stack([plane, plane]))
    assert np.allclose(made[1, :, 1:6], plane, atol=1e-4)
