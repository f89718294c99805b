"""Outlines by points: arcs, rounded corners, points that repeat."""

from __future__ import annotations

from math import dist, hypot, pi

import pytest

from wugan.apps.voice_to_3d.families.shop.kit import arc, clean, rounded
from wugan.errors import DataError


def area(points: tuple[tuple[float, float], ...]) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, points[1:] + points[:1], strict=True)) / 2


def test_arc_starts_and_ends_where_it_is_said() -> None:
    points = arc(1, 2, 5, 0, 90)
    assert points[0] == pytest.approx((6, 2)) and points[-1] == pytest.approx((1, 7))
    assert all(hypot(x - 1, y - 2) == pytest.approx(5) for x, y in points)


def test_rounded_square_has_the_area_of_one() -> None:
    points = rounded([(0, 0, 2), (10, 0, 2), (10, 10, 2), (0, 10, 2)])
    assert area(points) == pytest.approx(100 - (4 - pi) * 4, rel=1e-3)


def test_inner_corner_is_filled() -> None:
    """An L with its inner corner rounded holds more than the sharp one."""
    corners = [(0, 0, 0), (10, 0, 0), (10, 2, 0), (2, 2, 3), (2, 10, 0), (0, 10, 0)]
    assert area(rounded(corners)) == pytest.approx(36 + 9 - pi * 9 / 4, rel=1e-3)


def test_sharp_corners_stay() -> None:
    corners = [(0.0, 0.0), (4.0, 0.0), (0.0, 3.0)]
    assert rounded([(x, y, 0) for x, y in corners]) == tuple(corners)


def test_radius_that_does_not_fit_is_told() -> None:
    with pytest.raises(DataError, match="radius of 6 mm does not fit"):
        rounded([(0, 0, 6), (10, 0, 6), (10, 10, 6), (0, 10, 6)])


def test_clean_drops_repeated_points_and_the_closing_one() -> None:
    points = clean([(0, 0), (0, 0), (1, 0), (1, 1), (1, 1), (0, 0)])
    assert points == ((0, 0), (1, 0), (1, 1))
    assert all(dist(a, b) > 0 for a, b in zip(points, points[1:], strict=False))
