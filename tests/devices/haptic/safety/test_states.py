"""States that cannot be true never come in; those that can, always do."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wugan.devices.haptic.driver import HapticSpec, State
from wugan.devices.haptic.safety.events import Code, Events
from wugan.devices.haptic.safety.guard import LATE_S, StateGuard

PERIOD_S = 1e-3


def swing(time_s: float, scale: float = 1.0, speed: float = 1.0) -> State:
    """A hand that swings within 5 cm about the middle of the Cartesian device."""
    omega = 2 * math.pi * 2.0
    sine, cosine = 0.05 * math.sin(omega * time_s), 0.05 * omega * math.cos(omega * time_s)
    return State((scale * sine, 0.0, scale * (0.075 + sine)), (scale * speed * cosine, 0.0, scale * speed * cosine))


def run(spec: HapticSpec, states: list[State]) -> tuple[list[State | None], StateGuard, Events]:
    events = Events()
    guard = StateGuard(spec, events)
    return [guard.admit(state, number * PERIOD_S) for number, state in enumerate(states)], guard, events


def test_an_ordinary_hand_is_admitted_unchanged(arm: HapticSpec) -> None:
    states = [swing(number * PERIOD_S) for number in range(1000)]
    admitted, guard, events = run(arm, states)
    assert all(got is sent for got, sent in zip(admitted, states, strict=True))
    assert not guard.rejected and not len(events)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("where", ["position", "velocity", "time"])
def test_what_is_not_finite_is_refused(arm: HapticSpec, value: float, where: str) -> None:
    guard = StateGuard(arm, Events())
    position = (0.0, value if where == "position" else 0.0, 0.1)
    velocity = (0.0, value if where == "velocity" else 0.0, 0.0)
    assert guard.admit(State(position, velocity), value if where == "time" else 0.0) is None
    assert guard.rejected == {Code.STATE_NON_FINITE: 1}
    assert guard.admit(State((0.0, 0.0, 0.1), (0.0,) * 3), 0.001) is not None  # and leaves nothing behind


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (State((0.0, 0.0)), Code.STATE_SHAPE),
        (State((0.0, 0.0, 0.1), (0.0,)), Code.STATE_SHAPE),
        (State((), None), Code.STATE_SHAPE),
        (State((1e308, 1e308, 0.0)), Code.STATE_NON_FINITE),
        (State((5.0, 0.0, 0.1)), Code.STATE_RANGE),
        (State((0.0, 0.0, 0.1), (0.0, -2.1, 0.0)), Code.STATE_SPEED),
        (State((0.0, 0.08, 0.1)), Code.STATE_JUMP),
    ],
)
def test_each_reason_has_its_code(arm: HapticSpec, state: State, code: Code) -> None:
    events = Events()
    guard = StateGuard(arm, events)
    assert guard.admit(State((0.0, 0.0, 0.1), (0.0,) * 3), 0.0) is not None
    assert guard.admit(state, PERIOD_S) is None
    assert guard.rejected == {code: 1}
    assert [event.code for event in events] == [code]


def test_time_that_runs_backwards_is_refused(arm: HapticSpec) -> None:
    guard = StateGuard(arm, Events())
    assert guard.admit(State((0.0, 0.0, 0.1)), 1.0) is not None
    assert guard.admit(State((0.0, 0.0, 0.1)), 0.5) is None
    assert guard.rejected == {Code.CLOCK: 1}


@given(st.floats(-0.3, 0.3), st.floats(-0.3, 0.3), st.floats(0.0, 0.2))
def test_no_motion_faster_than_the_device_can_be_is_admitted(start: float, end: float, elapsed: float) -> None:
    spec = HapticSpec("x", "x", "cartesian", (8.0,), ((-0.1, 0.1),), (2.0,), 1000.0, 0.05, True, False)
    guard = StateGuard(spec, Events())
    assert guard.admit(State((start,)), 0.0) is not None
    admitted = guard.admit(State((end,)), elapsed)
    assert (admitted is not None) == (abs(end - start) <= 2.0 * (elapsed + LATE_S))


def test_after_a_gap_the_handle_may_be_elsewhere(arm: HapticSpec) -> None:
    guard = StateGuard(arm, Events())
    assert guard.admit(State((0.0, 0.0, 0.1)), 0.0) is not None
    assert guard.admit(State((0.09, 0.0, 0.1)), PERIOD_S) is None
    assert guard.admit(State((0.09, 0.0, 0.1)), 0.1) is not None
    guard.forget()
    assert guard.admit(State((-0.09, 0.0, 0.1)), 0.1001) is not None


@pytest.mark.parametrize(("scale", "speed"), [(1000.0, 1.0), (0.001, 1000.0), (1.0, 1000.0), (1.0, 57.3), (1.0, 0.001)])
def test_a_stream_in_wrong_units_is_found_before_the_ramp_is_over(arm: HapticSpec, scale: float, speed: float) -> None:
    """Positions, velocities or both in mm; velocities in degrees: within 250 ms nothing of it comes in any more."""
    admitted, guard, _ = run(arm, [swing(number * PERIOD_S, scale, speed) for number in range(400)])
    found = next(number for number, state in enumerate(admitted) if state is None)
    assert found < 250
    assert admitted[-1] is None and guard.rejected


def test_units_that_differ_stay_refused_until_the_next_connection(arm: HapticSpec) -> None:
    events = Events()
    guard = StateGuard(arm, events)
    for number in range(400):
        guard.admit(swing(number * PERIOD_S, speed=0.01), number * PERIOD_S)
    assert guard.admit(State((0.0, 0.0, 0.075), (0.0,) * 3), 0.5) is None
    assert Code.STATE_UNITS in {event.code for event in events}
    guard.forget()
    assert guard.admit(State((0.0, 0.0, 0.075), (0.0,) * 3), 0.6) is not None


@given(st.floats(0.5, 200.0), st.floats(0.0, 0.02))
def test_vibration_and_a_slow_filter_are_no_wrong_units(hertz: float, lag_s: float) -> None:
    spec = HapticSpec("x", "x", "cartesian", (8.0,), ((-0.1, 0.1),), (2.0,), 1000.0, 0.05, True, True)
    guard = StateGuard(spec, Events())
    omega, filtered = 2 * math.pi * hertz, 0.0
    size = min(0.05, 1.5 / omega)
    for number in range(300):
        now = number * PERIOD_S
        filtered += (size * omega * math.cos(omega * now) - filtered) * PERIOD_S / (PERIOD_S + lag_s)
        guard.admit(State((size * math.sin(omega * now),), (filtered,)), now)
    assert Code.STATE_UNITS not in guard.rejected


def test_velocity_is_estimated_where_none_is_measured(motors: HapticSpec) -> None:
    guard = StateGuard(motors, Events())
    for number in range(100):
        guard.admit(State((0.01 * number, -0.02 * number)), number * PERIOD_S)
    assert guard.velocity == pytest.approx([10.0, -20.0], rel=0.01)
