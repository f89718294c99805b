"""The emulated motor object, and numbers as a microcontroller reads and prints them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wugan.devices.haptic.emulators.simplefoc import EmulatedFocMotor, printed, to_float, to_int


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.25", 0.25),
        ("1e3", 1000.0),
        ("1,5", 1.0),
        ("abc", 0.0),
        ("", 0.0),
        (".5", 0.5),
        ("+2x", 2.0),
        ("1e99", math.inf),
    ],
)
def test_to_float(text: str, value: float) -> None:
    """As far as it is a number."""
    assert to_float(text) == value


def test_printed() -> None:
    """As Arduino does."""
    assert [printed(v) for v in (1.5, -0.25, math.nan, math.inf, 1.2e17)] == ["1.5000", "-0.2500", "nan", "inf", "ovf"]
    assert math.isnan(to_float("-nan"))
    assert to_int("12x") == 12


def test_limits() -> None:
    """By voltage the voltage limit holds, by current both; without power and without a number there is nothing."""
    motor = EmulatedFocMotor(0.08, 5.0, voltage_limit=3.0, current_limit=0.2, target=100.0)
    assert motor.torque == pytest.approx(0.048)
    motor.torque_controller = 2
    assert motor.torque == pytest.approx(0.016)
    motor.target = math.nan
    assert motor.torque == 0.0
    motor.target, motor.enabled = 1.0, False
    assert motor.torque == 0.0


@given(st.floats(), st.floats(), st.floats(), st.integers(0, 3))
def test_torque_is_a_number(target: float, volts: float, amperes: float, by: int) -> None:
    """Whatever was set."""
    motor = EmulatedFocMotor(0.08, 5.0, target=target, voltage_limit=volts, current_limit=amperes, torque_controller=by)
    assert math.isfinite(motor.torque)
