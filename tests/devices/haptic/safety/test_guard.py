"""The guard: what it does when something is wrong, case by case. Its invariants are in test_guard_invariants.py."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np
import pytest

from wugan.devices.haptic.driver import HapticSpec, State
from wugan.devices.haptic.safety import Code, Guard, Limits

PERIOD_S = 1e-3
ZERO = (0.0, 0.0, 0.0)
REST = State((0.0, 0.0, 0.075), ZERO)


class Loop:
    """A guard and its clock."""

    def __init__(self, spec: HapticSpec, limits: Limits | None = None) -> None:
        self.guard = Guard(spec, limits)
        self.now_s = 10.0

    def run(
        self,
        seconds: float,
        wanted: Sequence[float] = (1.0, 0.0, 0.0),
        state: State | None = REST,
        expires_s: float = math.inf,
    ) -> list[tuple[float, ...]]:
        outputs = []
        for _ in range(round(seconds / PERIOD_S)):
            self.now_s += PERIOD_S
            outputs.append(self.guard.limit(wanted, state, self.now_s, PERIOD_S, expires_s))
        return outputs

    @property
    def codes(self) -> list[Code]:
        return [event.code for event in self.guard.events]


@pytest.fixture
def loop(arm: HapticSpec) -> Loop:
    """Ready: the ramp is over."""
    made = Loop(arm)
    made.guard.connected(calibrated=True)
    assert made.run(0.3)[-1] == (1.0, 0.0, 0.0)
    return made


def test_nothing_comes_out_before_the_device_is_connected_and_calibrated(arm: HapticSpec) -> None:
    loop = Loop(arm)
    assert loop.guard.stopped is Code.LOST
    assert set(loop.run(0.5)) == {ZERO}
    loop.guard.connected(calibrated=False)
    assert loop.guard.stopped is Code.UNCALIBRATED
    assert set(loop.run(0.5)) == {ZERO}
    loop.guard.connected(calibrated=True)
    assert loop.run(0.3)[-1] == (1.0, 0.0, 0.0)


def test_the_ramp_takes_a_quarter_of_a_second(arm: HapticSpec) -> None:
    loop = Loop(arm)
    loop.guard.connected(calibrated=True)
    force = [output[0] for output in loop.run(0.4)]
    assert all(after >= before for before, after in zip(force, force[1:], strict=False))
    assert force[248] < 1.0 and force[251] == 1.0
    for number, value in enumerate(force[:250]):
        assert value <= (number + 1) * PERIOD_S / 0.25 + 1e-12
    assert Code.READY in loop.codes


def test_a_stall_during_the_ramp_does_not_skip_it(arm: HapticSpec) -> None:
    loop = Loop(arm)
    loop.guard.connected(calibrated=True)
    loop.now_s += 5.0
    assert loop.guard.limit((1.0, 0.0, 0.0), REST, loop.now_s, 5.0)[0] <= 0.02
    assert loop.guard.gain <= 0.02


def test_the_emergency_stop_holds_until_it_is_released(loop: Loop) -> None:
    loop.guard.estop("button")
    assert set(loop.run(0.2)) == {ZERO}
    loop.guard.connected(calibrated=True)  # a replug does not lift it
    loop.guard.lost()
    loop.guard.connected(calibrated=True)
    assert set(loop.run(0.5)) == {ZERO} and loop.guard.stopped is Code.ESTOP
    loop.guard.release()
    force = [output[0] for output in loop.run(0.3)]
    assert force[0] < 0.01 and force[-1] == 1.0
    assert loop.codes.count(Code.ESTOP) == 1 and Code.RELEASED in loop.codes


def test_the_devices_own_emergency_stop_latches_too(loop: Loop) -> None:
    pressed = dataclasses.replace(REST, flags=frozenset({"estop"}))
    assert loop.run(0.001, state=pressed) == [ZERO]
    assert set(loop.run(0.5)) == {ZERO}
    loop.guard.release()
    assert loop.run(0.3)[-1][0] == 1.0


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (dataclasses.replace(REST, fault="overcurrent"), Code.DEVICE_FAULT),
        (dataclasses.replace(REST, flags=frozenset({"fault"})), Code.DEVICE_FAULT),
        (dataclasses.replace(REST, flags=frozenset({"unreferenced"})), Code.UNCALIBRATED),
        (State((0.2, 0.0, 0.075), ZERO), Code.HARD_STOP),
    ],
)
def test_trouble_cuts_to_zero_and_the_ramp_brings_it_back(loop: Loop, state: State, code: Code) -> None:
    assert set(loop.run(0.05, state=state)) == {ZERO}
    assert code in loop.codes
    force = [output[0] for output in loop.run(0.3)]
    assert force[0] < 0.01 and force[-1] == 1.0


def test_an_expired_command_is_zero_at_once(loop: Loop) -> None:
    end = loop.now_s + 0.0105
    force = [output[0] for output in loop.run(0.02, expires_s=end)]
    assert force[9] == 1.0 and set(force[10:]) == {0.0}
    assert Code.EXPIRED in loop.codes
    assert loop.run(0.001)[0][0] < 0.01  # with the ramp


@pytest.mark.parametrize("state", [None, State((0.0,)), State((0.0, 0.0, 0.0), (0.0,))])
def test_without_a_state_there_is_no_output(loop: Loop, state: State | None) -> None:
    assert loop.run(0.003, state=state) == [ZERO] * 3
    assert Code.NO_STATE in loop.codes
    assert loop.run(0.01)[-1][0] == 1.0  # one lost answer costs no ramp


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ((math.nan, 0.0, 0.0), Code.OUTPUT_NON_FINITE),
        ((0.0, math.inf, 0.0), Code.OUTPUT_NON_FINITE),
        ((0.0, -math.inf, math.inf), Code.OUTPUT_NON_FINITE),
        ((1e308, 1e308, 0.0), Code.OUTPUT_NON_FINITE),
        (np.array([0.0, np.nan, 0.0]), Code.OUTPUT_NON_FINITE),
        ((1e30, 0.0, 0.0), Code.OUTPUT_OVERFLOW),
        ((0.0, 0.0, -6001.0), Code.OUTPUT_OVERFLOW),
        ((1.0, 1.0), Code.OUTPUT_SHAPE),
        ((), Code.OUTPUT_SHAPE),
        ((1.0, "x", 0.0), Code.OUTPUT_SHAPE),
        ((10**400, 0.0, 0.0), Code.OUTPUT_SHAPE),
        (None, Code.OUTPUT_SHAPE),
    ],
)
def test_what_nobody_can_have_meant_gives_zero(loop: Loop, wanted: Sequence[float], code: Code) -> None:
    assert loop.run(0.002, wanted) == [ZERO] * 2
    assert code in loop.codes
    assert loop.run(0.01)[-1] == (1.0, 0.0, 0.0)


@pytest.mark.parametrize("dt_s", [0.0, -1.0, math.nan, math.inf])
def test_a_period_of_no_length_changes_nothing(loop: Loop, dt_s: float) -> None:
    loop.now_s += PERIOD_S
    assert loop.guard.limit((5.0, 0.0, 0.0), REST, loop.now_s, dt_s) == (1.0, 0.0, 0.0)
    assert Code.CLOCK in loop.codes


@pytest.mark.parametrize("now_s", [0.0, math.nan, -math.inf])
def test_a_clock_that_is_wrong_gives_zero(loop: Loop, now_s: float) -> None:
    assert loop.guard.limit((1.0, 0.0, 0.0), REST, now_s, PERIOD_S) == ZERO
    assert Code.CLOCK in loop.codes
    assert loop.run(0.3)[-1] == (1.0, 0.0, 0.0)


def test_a_cartesian_force_keeps_its_direction_under_the_cap(loop: Loop) -> None:
    output = loop.run(0.1, (30.0, 40.0, 0.0))[-1]
    assert math.hypot(*output) == pytest.approx(8.0)
    assert output[1] / output[0] == pytest.approx(4 / 3)
    assert loop.run(0.1, (0.0, 0.0, 100.0))[-1] == pytest.approx((0.0, 0.0, 6.0))  # a weaker axis


def test_joints_are_capped_each_for_itself(motors: HapticSpec) -> None:
    loop = Loop(motors)
    loop.guard.connected(calibrated=True)
    assert loop.run(0.4, (1.0, -0.01), State((0.0, 7.0)))[-1] == (0.06, -0.01)


def test_above_the_speed_limit_it_brakes_and_drives_no_more(loop: Loop) -> None:
    fast = State(REST.position, (1.8, 0.0, 0.0))
    assert loop.run(0.05, (5.0, 1.0, 0.0), fast)[-1] == pytest.approx((-2.0, 1.0, 0.0))
    assert Code.BRAKED in loop.codes
    against = loop.run(0.05, (-5.0, 0.0, 0.0), fast)[-1]
    assert against[0] == pytest.approx(-7.0)  # what already brakes stays
    just = loop.run(0.05, (5.0, 0.0, 0.0), State(REST.position, (1.0 + 1e-9, 0.0, 0.0)))[-1]
    assert just[0] == pytest.approx(5.0, abs=1e-6)  # it sets in gently


def test_the_brake_works_on_an_estimated_velocity_too(motors: HapticSpec) -> None:
    loop = Loop(motors)
    loop.guard.connected(calibrated=True)
    output = ZERO
    for number in range(100):
        state = State((0.0, 0.058 * number))
        loop.now_s += PERIOD_S
        assert loop.guard.admit(state, loop.now_s) is state
        output = loop.guard.limit((0.0, 0.04), state, loop.now_s, PERIOD_S)
    assert output[1] < 0.0


def test_at_the_edge_of_the_workspace_nothing_pushes_outwards(loop: Loop) -> None:
    def settle(where: float, wanted: float) -> float:
        return loop.run(0.05, (wanted, 0.0, 0.0), State((where, 0.0, 0.075), ZERO))[-1][0]

    assert settle(0.089, 4.0) == pytest.approx(4.0)
    assert settle(0.095, 4.0) == pytest.approx(2.0)
    assert settle(0.0999999, 4.0) == pytest.approx(0.0, abs=1e-3)
    assert settle(0.105, 4.0) == pytest.approx(-1.0)  # half of a quarter of the cap, inwards
    assert settle(-0.105, -4.0) == pytest.approx(1.0)
    assert settle(0.095, -4.0) == pytest.approx(-4.0)  # inwards is as it was
    assert settle(0.1101, 4.0) == 0.0
    assert Code.HARD_STOP in loop.codes


def test_what_was_refused_is_counted(loop: Loop) -> None:
    loop.guard.admit(State((math.nan, 0.0, 0.0)), loop.now_s)
    assert loop.guard.rejected == {Code.STATE_NON_FINITE: 1}
    assert loop.guard.events.counts[Code.STATE_NON_FINITE] == 1


def test_events_bear_the_time_that_is_given(arm: HapticSpec) -> None:
    guard = Guard(arm)
    guard.connected(True, now_s=1.0)
    guard.estop("button", now_s=2.0)
    guard.release(now_s=3.0)
    guard.lost("unplugged", now_s=4.0)
    assert [(event.code, event.time_ns) for event in guard.events] == [
        (Code.CONNECTED, 1_000_000_000),
        (Code.ESTOP, 2_000_000_000),
        (Code.RELEASED, 3_000_000_000),
        (Code.LOST, 4_000_000_000),
    ]
