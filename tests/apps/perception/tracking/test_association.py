from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from wugan.apps.perception.tracking.tracker import FORBIDDEN, affinity, assign, doubled

SPREAD, REACH = np.full((1, 2), 0.5), np.full(1, 4.0)
KIND = np.zeros(1, np.int64)


def box(x: float, y: float = 0.0) -> np.ndarray:
    return np.array([[x, y, 0, 4, 2, 1.5, 0]])


def test_affinity_is_overlap_less_distance() -> None:
    assert affinity(box(5), KIND, box(5), KIND, SPREAD, REACH)[0, 0] == pytest.approx(1)
    # 2 m off: a third of the union; four standard deviations, as much as an overlap of 1
    assert affinity(box(7), KIND, box(5), KIND, SPREAD, REACH)[0, 0] == pytest.approx(1 / 3 - 1)
    assert affinity(box(25), KIND, box(5), KIND, SPREAD, REACH)[0, 0] == pytest.approx(-10)


def test_a_class_does_not_become_another() -> None:
    fit = affinity(box(5), KIND, box(5), KIND + 1, SPREAD, REACH)
    assert fit[0, 0] == FORBIDDEN
    assert assign(fit, np.array([-100.0]))[0].size == 0


def test_of_two_classes_in_one_place_the_surer_stays() -> None:
    boxes = np.concatenate([box(5), box(6), box(20), box(20), box(20.5)])
    kinds = np.array([0, 1, 0, 1, 0])
    odds = np.array([1.0, 2.0, 3.0, 3.0, -1.0])
    # 1 m off is three fifths of the union. Of equals the first stays. Within a class, overlap is the detector's matter.
    assert doubled(boxes, kinds, odds).tolist() == [True, False, False, True, True]
    assert doubled(boxes, np.zeros(5, np.int64), odds).tolist() == [False] * 5
    assert doubled(boxes[:0], kinds[:0], odds[:0]).shape == (0,)


@settings(max_examples=100, deadline=None)
@given(arrays(np.float64, st.tuples(st.integers(1, 4), st.integers(1, 4)), elements=st.floats(-2, 1)))
def test_assignment_is_the_best_of_all(fit: np.ndarray) -> None:
    least = np.full(fit.shape[1], -0.5)
    rows, columns = assign(fit, least)
    assert len(set(rows)) == len(rows) and len(set(columns)) == len(columns)
    assert (fit[rows, columns] > -0.5).all()
    worth = np.maximum(fit + 0.5, 0)
    worth = worth if worth.shape[0] <= worth.shape[1] else worth.T
    choices = itertools.permutations(range(worth.shape[1]), worth.shape[0])
    best = max(sum(worth[row, column] for row, column in enumerate(choice)) for choice in choices)
    assert (fit[rows, columns] + 0.5).sum() == pytest.approx(best)


def test_nothing_to_assign() -> None:
    for shape in ((0, 3), (3, 0), (0, 0)):
        rows, columns = assign(np.zeros(shape), np.zeros(shape[1]))
        assert rows.size == columns.size == 0
