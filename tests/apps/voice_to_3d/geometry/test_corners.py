"""Corners of outlines: the arcs touch both edges, sizes that do not fit are told."""

from __future__ import annotations

from math import pi

import numpy as np
import pytest

from wugan.apps.voice_to_3d.geometry.outlines import area, circle, corners, pieces, quarter, turns, worked, worked_all
from wugan.errors import DataError

SQUARE = np.array([(0.0, 0.0), (20.0, 0.0), (20.0, 10.0), (0.0, 10.0)])
ELL = np.array([(0.0, 0.0), (40.0, 0.0), (40.0, 10.0), (10.0, 10.0), (10.0, 40.0), (0.0, 40.0)])


def test_corners_are_told_from_curves() -> None:
    assert corners(SQUARE).all() and not corners(circle(10.0)).any()
    assert turns(ELL).round(6).tolist() == pytest.approx([pi / 2] * 3 + [-pi / 2] + [pi / 2] * 2, abs=1e-6)


def test_one_corner_rounded() -> None:
    found = worked(SQUARE, [2], 4.0, None, round=True)
    assert area(found) == pytest.approx(200 - 16 * (1 - pi / 4), rel=1e-3)
    arc = found[np.linalg.norm(found - (16, 6), axis=1) < 4.1]
    assert np.linalg.norm(arc - (16, 6), axis=1) == pytest.approx(4, abs=1e-9)
    assert arc[0].tolist() == [20, 6] and arc[-1].tolist() == [16, 10]


def test_one_corner_cut_more_along_the_upright_edge() -> None:
    found = worked(SQUARE, [2], 4.0, 6.0, round=False)
    assert [20, 6] in found.tolist() and [14, 10] in found.tolist()
    assert area(found) == pytest.approx(200 - 12)


def test_an_inner_corner_is_filled() -> None:
    (found,) = worked_all([ELL], 3.0, None, round=True)
    assert area(found) == pytest.approx(area(ELL) - (5 - 1) * 9 * (1 - pi / 4), rel=1e-3)


def test_a_full_round_end_has_no_edge_left() -> None:
    (found,) = worked_all([SQUARE], 5.0, None, round=True)
    assert area(found) == pytest.approx(100 + 25 * pi, rel=3e-3)
    assert np.linalg.norm(found - np.roll(found, 1, axis=0), axis=1).min() > 1e-7


@pytest.mark.parametrize(("round", "most"), [(True, "5 mm is the most"), (False, "5 mm is the most")])
def test_too_large(round: bool, most: str) -> None:
    with pytest.raises(DataError, match=most):
        worked_all([SQUARE], 5.1, None, round)
    with pytest.raises(DataError, match="no corner"):
        worked_all([circle(10.0)], 1.0, None, round)


@pytest.mark.parametrize("radius", [0.1, 1, 5, 40, 500])
def test_arcs_are_fine_enough(radius: float) -> None:
    assert 8 <= pieces(radius, pi / 2) <= 24
    assert quarter(radius)[[0, -1]].tolist() == [0, pi / 2]
    assert radius * (1 - np.cos(pi / 4 / pieces(radius, pi / 2))) <= max(0.02, 0.0011 * radius)
