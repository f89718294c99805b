"""The made-up street: rides against plain arithmetic, points on the things that they are of."""

from __future__ import annotations

import math

import numpy as np
import pytest

from wugan.apps.perception.street import MOUNTED, Ride, Street, Thing, braking_street, weaving_street


def test_braking_to_a_stop_against_arithmetic() -> None:
    ride = Ride(x=10.0, speed=8.0, accelerations=((1.0, 5.0, -4.0),))
    before, braking, stopped = ride.at(1.0), ride.at(2.0), ride.at(4.0)
    assert (before.x, before.speed) == pytest.approx((18.0, 8.0), abs=0.05)
    assert (braking.x, braking.speed) == pytest.approx((24.0, 4.0), abs=0.05)
    assert (stopped.x, stopped.speed) == pytest.approx((26.0, 0.0), abs=0.05)


def test_a_turn_is_a_circle() -> None:
    now = Ride(speed=5.0, turns=((0, 9, 0.5),)).at(math.pi)  # a quarter of a circle of 10 m
    assert (now.x, now.y, now.yaw) == pytest.approx((10.0, 10.0, math.pi / 2), abs=0.05)


def test_truth_is_relative_to_a_vehicle_that_turns() -> None:
    ego = Ride(0.0, 0.0, math.pi / 2, 3.0)  # drives to the left of the street
    street = Street((Thing("car", (4, 2, 1.5), Ride(0.0, 20.0, 0.0, 5.0)), Thing("", (1, 1, 1), Ride())), ego)
    ((box, ground),) = street.truth(0.0)
    assert box.center == pytest.approx((20.0, 0.0, 0.75 - MOUNTED))
    assert box.velocity == pytest.approx((-3.0, -5.0, 0.0)) and ground == pytest.approx((0.0, -5.0))
    assert box.yaw == pytest.approx(-math.pi / 2)


@pytest.mark.parametrize("street", [braking_street(), weaving_street()])
def test_nobody_drives_through_anything(street: Street) -> None:
    for seconds in np.arange(0, street.seconds, 0.25).tolist():
        for box, _ in street.truth(seconds):
            x, y, _ = box.center
            reach = math.hypot(*box.size[:2]) / 2
            assert not (abs(x) < 2.0 + reach and abs(y) < 0.95 + min(box.size[:2]) / 2 and reach < 4), (seconds, box)
