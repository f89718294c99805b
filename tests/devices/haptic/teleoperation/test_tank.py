from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from wugan.devices.haptic.teleoperation.endpoint import Tank

amount = st.floats(-10, 10)


def tank() -> Tank:
    return Tank(target_j=0.04, reserve_j=0.0005, least_mass=0.2, drain_s=0.02)


@settings(max_examples=30)
@given(st.lists(st.tuples(amount, amount), max_size=100))
def test_a_body_as_heavy_as_forecast_never_gets_more_than_the_level(steps: list[tuple[float, float]]) -> None:
    one, dt = tank(), 0.001
    put_out = 0.0
    for wanted, velocity in steps:
        force = one.admit(np.array([wanted]), np.array([velocity]), dt)
        assert 0 <= float(force[0] * wanted) <= wanted * wanted
        way = velocity * dt + 0.5 * float(force[0]) / one.least_mass * dt * dt
        one.book(force, np.array([way]))
        put_out += float(force[0]) * way
        assert put_out <= 1e-12 and one.level_j >= -1e-12


def test_force_at_rest_and_against_motion_is_given_whole() -> None:
    one = tank()
    one.level_j = 0.04
    assert one.admit(np.array([5.0]), np.array([0.0]), 0.001)[0] == 5.0
    one.level_j = 0.0
    assert one.admit(np.array([-5.0]), np.array([0.5]), 0.001)[0] == -5.0
    assert one.admit(np.array([5.0]), np.array([0.5]), 0.001)[0] == 0.0


@given(st.lists(st.floats(0, 100), min_size=1))
def test_totals_that_come_late_twice_or_never_make_no_energy(totals: list[float]) -> None:
    one = tank()
    for total in totals:
        one.receive(total)
    assert np.isclose(one.level_j, max(totals)) and one.received_j == max(totals)


@given(st.floats(-1, 1), st.floats(-1, 1), st.floats(0, 1))
def test_granting_only_moves_energy(level: float, other: float, share: float) -> None:
    one = tank()
    one.level_j = level
    one.grant(other, share)
    assert one.granted_j >= 0 and np.isclose(one.level_j + one.granted_j, level)
    assert one.granted_j == 0 or one.level_j >= min(level, one.reserve_j) - 1e-12


def test_what_is_above_the_capacity_is_spilled() -> None:
    one = tank()
    one.book(np.array([-10.0]), np.array([1.0]))
    assert np.isclose(one.level_j, 0.16) and np.isclose(one.spilled_j, 9.84)


def test_refill_damps_only_while_energy_is_lacking() -> None:
    one = tank()
    assert one.refill(np.array([0.1]), 8.0)[0] == -0.8
    one.level_j = 0.05
    assert one.refill(np.array([0.1]), 8.0)[0] == 0.0
