from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from wugan.errors import DataError
from wugan.morton import morton_code, morton_order


def test_the_curve_of_a_square_and_a_cube() -> None:
    assert morton_code([(0, 0), (1, 0), (0, 1), (1, 1), (2, 0)]).tolist() == [0, 1, 2, 3, 4]
    assert morton_code([(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 1)]).tolist() == [0, 1, 2, 4, 7]


@settings(max_examples=30)
@given(arrays(np.int64, st.tuples(st.integers(1, 30), st.sampled_from([2, 3])), elements=st.integers(0, 2**20 - 1)))
def test_every_cell_has_a_place_of_its_own(cells: np.ndarray) -> None:  # type: ignore[type-arg]
    assert len(np.unique(morton_code(cells))) == len(np.unique(cells, axis=0))


def test_neighbours_in_the_row_are_neighbours_in_space() -> None:
    y, x = np.mgrid[:16, :16]
    points = np.stack([x.ravel(), y.ravel()], 1) * 128.0 - 500
    ordered = points[morton_order(points, 128.0)]
    block = ordered.reshape(16, 16, 2)  # sixteen blocks of sixteen tokens are squares of four by four
    assert (np.ptp(block, axis=1) == 3 * 128).all()


def test_points_of_one_cell_keep_their_order() -> None:
    assert morton_order([(3.0, 3.0), (1.0, 1.0), (2.0, 2.0)], 10.0).tolist() == [0, 1, 2]
    assert len(morton_order(np.zeros((0, 2)), 1.0)) == 0


@pytest.mark.parametrize("cell", [0.001, 0.5, 30.0])  # codes that leave room for a place, and codes that do not
def test_the_order_is_that_of_the_codes_and_stable(cell: float) -> None:
    points = np.random.default_rng(0).uniform(-500, 500, (2000, 3)).round()
    code = morton_code(np.floor((points - points.min(0)) / cell + 1e-9).astype(np.int64))
    assert np.array_equal(morton_order(points, cell), np.argsort(code, kind="stable"))


def test_what_has_no_code_is_refused() -> None:
    for cells in ([(0, -1)], [(0, 2**20)], [(1,)], [1, 2]):
        with pytest.raises(DataError, match="Morton codes"):
            morton_code(cells)


@pytest.mark.parametrize("far", [1e9, np.nan, np.inf])
def test_points_that_reach_too_far_are_refused(far: float) -> None:
    with np.errstate(invalid="ignore"), pytest.raises(DataError, match="larger ones"):
        morton_order([(0.0, 0.0), (far, 1.0)], 1.0)
    with pytest.raises(DataError, match="points"):
        morton_order([1.0, 2.0], 1.0)
