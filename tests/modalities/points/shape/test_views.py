"""The views of a shape: what is drawn, and what turning it changes."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from wugan.errors import DataError
from wugan.modalities.points.shape.views import (
    ABOVE,
    BELOW,
    SIZE,
    VIEWS,
    around,
    normalised,
    padded,
    rendered,
    scattered,
)


def test_a_shape_is_centred_and_of_unit_radius() -> None:
    points = np.random.default_rng(0).uniform(-1, 1, (500, 3)) * 7 + [100, -40, 3]
    out = normalised(points)
    assert np.allclose(out[:, :2].mean(axis=0), 0, atol=1e-5)
    assert np.isclose(np.quantile(np.linalg.norm(out, axis=1), 0.99), 1, atol=1e-5)


@pytest.mark.parametrize(
    ("points", "message"),
    [
        (np.zeros((5, 2)), "points \\[N, 3\\]"),
        (np.zeros((3, 3)), "4 points at least"),
        (np.full((9, 3), np.nan), "NaN"),
        (np.ones((9, 3)), "one place"),
    ],
)
def test_what_is_no_shape_is_refused(points: np.ndarray, message: str) -> None:
    with pytest.raises(DataError, match=message):
        normalised(points)


def test_a_point_is_drawn_where_it_is_seen() -> None:
    points = torch.tensor([[[0.0, 1.0, 0.0], [0.0, -1.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, -1.0]]])
    level = torch.zeros(1, 1)
    _, near, far = rendered(points, torch.tensor([4]), level, level)[0, 0]
    assert near[SIZE // 2, SIZE // 2] == pytest.approx(0.95, abs=1e-4)  # the point at y = 1 hides that at y = -1
    assert far[SIZE // 2, SIZE // 2] == pytest.approx(0.95, abs=1e-4)  # and the other is nearer from behind
    assert near[4, SIZE // 2] > 0
    assert near[SIZE - 5, SIZE // 2] > 0  # up is up
    assert near[:, 8].sum() == 0
    _, near, _ = rendered(points, torch.tensor([4]), level, level + torch.pi / 2)[0, 0]
    assert near[SIZE // 2 - 2 : SIZE // 2 + 3, SIZE // 2].max() == pytest.approx(0.95, abs=1e-4)  # z = 1 is on top
    assert near[SIZE - 5, SIZE // 2] > 0  # and the front is below


@pytest.mark.parametrize(("axis", "light"), [(1, 0.1 + 0.9 * 0.62), (2, 0.1 + 0.9 * 0.86)])
def test_a_surface_is_as_bright_as_it_faces_the_light(axis: int, light: float) -> None:
    points = torch.rand(1, 20_000, 3, generator=torch.Generator().manual_seed(0)) - 0.5
    points[..., axis] = 0
    height = 0.0 if axis == 1 else 1.0
    shading = rendered(points, torch.tensor([20_000]), torch.zeros(1, 1), torch.full((1, 1), height))[0, 0, 0]
    assert shading[SIZE // 2 - 3 : SIZE // 2 + 3, SIZE // 2].mean() == pytest.approx(light, abs=0.06)


def test_padding_draws_nothing() -> None:
    shape = normalised(np.random.default_rng(1).normal(size=(60, 3)))
    alone = rendered(*padded([shape]), *around(torch.zeros(1)))
    beside = rendered(*padded([shape, np.repeat(shape, 3, axis=0)]), *around(torch.zeros(2)))
    assert torch.equal(alone[0], beside[0])


@given(st.integers(0, 3))
def test_turning_a_shape_by_a_step_moves_the_views_on(step: int) -> None:
    shape = normalised(np.random.default_rng(2).normal(size=(200, 3)) * [1, 2, 0.5])
    points, counts = padded([shape])
    still = rendered(points, counts, *around(torch.zeros(1)))[0]
    moved = rendered(points, counts, *around(torch.full((1,), torch.pi * step)))[0]
    # A point on the border of two pixels may fall to either side.
    assert (moved - still.roll(-2 * step, 0)).abs().gt(1e-3).float().mean() < 0.02


def test_views_of_training_are_near_those_of_a_look() -> None:
    turn = torch.rand(50) * 6
    azimuth, elevation = scattered(turn)
    usual, heights = around(turn)
    assert azimuth.shape == elevation.shape == heights.shape == (50, VIEWS)
    assert ((azimuth >= usual) & (azimuth <= usual + 0.5)).all()
    off = torch.minimum((elevation - ABOVE).abs(), (elevation - BELOW).abs())
    assert off.max() <= np.radians(5) + 1e-6
    assert heights[0].tolist() == pytest.approx([ABOVE, BELOW] * 2)
