"""From torque to the target of a SimpleFOC board."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wugan.devices.haptic.drivers.simplefoc import FocMotor


def test_by_voltage_and_by_current() -> None:
    """V·kt/R at rest, A·kt where the current is controlled."""
    volts = FocMotor(0.08, 5.0, "voltage", 3.0)
    assert (volts.nm_per_unit, volts.most_nm, volts.volts) == pytest.approx((0.016, 0.048, 3.0))
    amperes = FocMotor(0.08, 5.0, "foc-current", 0.6)
    assert (amperes.nm_per_unit, amperes.most_nm, amperes.volts) == pytest.approx((0.08, 0.048, 6.0))


@given(st.floats(-1e6, 1e6))
def test_target_is_bounded_and_printable(torque: float) -> None:
    """Within the limit, four decimals, no minus before a zero."""
    target = FocMotor(0.08, 5.0, "voltage", 3.0).target(torque)
    assert abs(target) <= 3.0
    assert float(f"{target:.4f}") == target
    assert not f"{target:.4f}".startswith("-0.0000")


@pytest.mark.parametrize(
    ("name", "value"), [("kt_nm_per_a", 0.0), ("resistance_ohm", math.nan), ("limit", -1.0), ("torque_by", "magic")]
)
def test_what_cannot_be(name: str, value: Any) -> None:
    """Said with its name."""
    values = {"kt_nm_per_a": 0.08, "resistance_ohm": 5.0, "torque_by": "voltage", "limit": 3.0}
    with pytest.raises(ValueError, match=name):
        FocMotor(**(values | {name: value}))
