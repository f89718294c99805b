"""The views of a shape: what is drawn, and what turning it changes."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from wugan.errors import DataError
from wugan.modalities.points.shape.views import SIZE, azimuths, normalised, padded, rendered


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
    image = rendered(points, torch.tensor([4]), torch.zeros(1, 1))[0]
    front = image[0, 0]
    assert front[SIZE // 2, SIZE // 2] == pytest.approx(0.95)  # the point at y = 1 is nearer than that at y = -1
    assert image[0, 1, SIZE // 2, SIZE // 2] == pytest.approx(0.95)  # and the other is nearer from behind
    assert front[2, SIZE // 2] > 0
    assert front[SIZE - 3, SIZE // 2] > 0  # up is up
    assert front[:, 4].sum() == 0


def test_padding_draws_nothing() -> None:
    shape = normalised(np.random.default_rng(1).normal(size=(60, 3)))
    alone = rendered(*padded([shape]), azimuths(3)[None])
    beside = rendered(*padded([shape, np.repeat(shape, 3, axis=0)]), azimuths(3).expand(2, -1))
    assert torch.equal(alone[0], beside[0])


@given(st.integers(0, 5))
def test_turning_a_shape_by_a_step_moves_the_views_on(step: int) -> None:
    views = 6
    shape = normalised(np.random.default_rng(2).normal(size=(200, 3)) * [1, 2, 0.5])
    points, counts = padded([shape])
    still = rendered(points, counts, azimuths(views)[None])[0, :-1]
    moved = rendered(points, counts, (azimuths(views) + 2 * torch.pi * step / views)[None])[0, :-1]
    # A point on the border of two pixels may fall to either side.
    assert (moved - still.roll(-step, 0)).abs().gt(1e-3).float().mean() < 0.02
