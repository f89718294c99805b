"""Time to collision against plain arithmetic and a brute-force oracle."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wugan.apps.perception.decision import HORIZON_S, Vehicle, approach
from wugan.objects import Box3D

CAR = Vehicle(front=2.0, rear=2.7, width=1.9, margin=0.0)


def box(x: float, y: float, vx: float, vy: float = 0.0, yaw: float = 0.0, length: float = 4.0) -> Box3D:
    return Box3D((x, y, 0.8), (length, 1.8, 1.6), yaw, "lidar", velocity=(vx, vy, 0.0), id=1)


def test_a_car_ahead_that_is_closing() -> None:
    near = approach(box(24, 0, -10), CAR)  # its rear at 22 m, our bumper at 2 m
    assert near.gap_m == pytest.approx(20)
    assert near.ttc_s == pytest.approx(2.0, abs=0.002)
    assert near.closing_mps == 10


def test_what_never_touches() -> None:
    for other in (box(24, 0, 10), box(24, 3.5, -10), box(-20, 0, -5), box(24, 0, 0)):
        assert approach(other, CAR).ttc_s == math.inf
    assert approach(box(24, 3.5, -10), CAR).gap_m == math.inf


def test_a_crossing_pedestrian_is_seen_before_being_in_the_path() -> None:
    walker = Box3D((10, 6, 0.9), (0.6, 0.6, 1.8), 0.0, "lidar", velocity=(-4.0, -2.5, 0))
    near = approach(walker, CAR)
    assert near.gap_m == math.inf and near.ttc_s == pytest.approx(1.925, abs=0.01)


def test_what_crosses_so_fast_that_it_touches_for_a_moment_only_is_found() -> None:
    bolt = Box3D((2.0, 20.95, 0.5), (1.8, 1.8, 1.0), 0.0, "lidar", velocity=(0.0, -250.0, 0.0))
    assert approach(bolt, CAR).ttc_s == pytest.approx((20.95 - 0.9 - 0.95) / 250)


def test_from_behind_and_touching_already() -> None:
    assert approach(box(-20, 0, 10), CAR).ttc_s == pytest.approx(1.53, abs=0.002)
    assert approach(box(3, 0, 5), CAR).ttc_s == 0


def test_uncertain_speed_counts_against_us() -> None:
    sure, unsure = approach(box(24, 0, -5), CAR), approach(box(24, 0, -5), CAR, speed_spread=2.0)
    assert unsure.ttc_s < sure.ttc_s


@settings(max_examples=60, deadline=None)
@given(st.floats(-30, 30), st.floats(-15, 15), st.floats(-15, 15), st.floats(-8, 8), st.floats(-3.2, 3.2))
def test_points_of_the_outline_agree(x: float, y: float, vx: float, vy: float, yaw: float) -> None:
    """At the time found the boxes touch, as points laid densely on both outlines say; before it they do not."""
    other = box(x, y, vx, vy, yaw)
    ttc = approach(other, CAR).ttc_s

    def apart(time: float) -> float:
        grid = np.stack(np.meshgrid(np.linspace(-2, 2, 41), np.linspace(-0.9, 0.9, 19)), -1).reshape(-1, 2)
        turn = np.array([[math.cos(yaw), math.sin(yaw)], [-math.sin(yaw), math.cos(yaw)]])
        places = grid @ turn + [x + vx * time, y + vy * time]
        out = np.maximum(np.maximum(-2.7 - places[:, 0], places[:, 0] - 2.0), np.abs(places[:, 1]) - 0.95)
        return float(out.min())

    if ttc < math.inf:
        assert apart(ttc) < 0.15
    times = np.arange(0, min(ttc, HORIZON_S) - 0.06, 0.05)
    assert all(apart(float(time)) > -1e-6 for time in times)
