from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wugan.apps.perception.tracking.overlap import iou_matrix, iou_pairs, rectangle_intersection

PLACE = st.floats(-3, 3)
SIDE = st.floats(0.2, 5)
RECTANGLE = st.tuples(PLACE, PLACE, SIDE, SIDE, st.floats(-7, 7))


def row(*values: float) -> np.ndarray:
    return np.array([values], np.float64)


@pytest.mark.parametrize(
    ("first", "second", "area"),
    [
        ((0, 0, 2, 2, 0), (0, 0, 2, 2, 0), 4),  # the same
        ((0, 0, 2, 2, 0), (1, 0, 2, 2, 0), 2),
        ((0, 0, 2, 2, 0), (2, 0, 2, 2, 0), 0),  # they touch
        ((0, 0, 2, 2, 0), (0, 0, 1, 1, 0.3), 1),  # one within the other
        ((0, 0, 1, 1, 0.3), (0, 0, 2, 2, 0), 1),
        ((0, 0, 2, 2, 0), (0, 0, 2, 2, math.pi / 4), 8 * (math.sqrt(2) - 1)),  # a regular octagon
        ((0, 0, 4, 1, 0), (0, 0, 4, 1, math.pi / 2), 1),  # a cross
        ((1e6, -1e6, 2, 2, 0.1), (1e6, -1e6, 2, 2, 0.1), 4),
    ],
)
def test_known_areas(first: tuple[float, ...], second: tuple[float, ...], area: float) -> None:
    assert rectangle_intersection(row(*first), row(*second))[0] == pytest.approx(area, abs=1e-6)


def covered(rectangle: tuple[float, ...], points: np.ndarray) -> np.ndarray:
    x, y, length, width, yaw = rectangle
    away = points - (x, y)
    along = away @ (math.cos(yaw), math.sin(yaw))
    across = away @ (-math.sin(yaw), math.cos(yaw))
    return (np.abs(along) <= length / 2) & (np.abs(across) <= width / 2)


@settings(max_examples=60, deadline=None)
@given(RECTANGLE, RECTANGLE)
def test_area_is_that_of_the_points_in_both(first: tuple[float, ...], second: tuple[float, ...]) -> None:
    area = rectangle_intersection(row(*first), row(*second))[0]
    assert area == pytest.approx(rectangle_intersection(row(*second), row(*first))[0], abs=1e-6)
    steps = (np.arange(150) + 0.5) / 150 * 14 - 7
    grid = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    counted = (covered(first, grid) & covered(second, grid)).sum() * (14 / 150) ** 2
    # A border of one cell may be counted or not.
    assert area == pytest.approx(counted, abs=1.2 * 14 / 150 * (sum(first[2:4]) + sum(second[2:4])))


def test_overlap_of_boxes() -> None:
    box = (0.0, 0, 0, 4, 2, 2, 0)
    assert iou_pairs(row(*box), row(*box))[0] == pytest.approx(1)
    assert iou_pairs(row(*box), row(0, 0, 1, 4, 2, 2, math.pi))[0] == pytest.approx(1 / 3)
    assert iou_pairs(row(*box), row(0, 0, 2, 4, 2, 2, 0))[0] == 0  # one on top of the other


def test_matrix_is_the_pairs() -> None:
    chance = np.random.default_rng(0)
    boxes = np.concatenate([chance.normal(0, 1, (7, 3)), chance.uniform(1, 4, (7, 3)), chance.normal(0, 2, (7, 1))], 1)
    matrix = iou_matrix(boxes[:4], boxes[4:])
    assert matrix.shape == (4, 3)
    assert matrix[2, 1] == pytest.approx(iou_pairs(boxes[2:3], boxes[5:6])[0])
    assert iou_matrix(boxes, boxes[:0]).shape == (7, 0)
