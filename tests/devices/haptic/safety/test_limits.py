"""Limits that fit the device, and nothing above."""

from __future__ import annotations

import dataclasses
import math

import pytest

from wugan.devices.haptic.driver import HapticSpec
from wugan.devices.haptic.safety import Guard, Limits
from wugan.devices.haptic.safety.limits import RAMP_S
from wugan.errors import DataError


def test_the_limits_of_a_device_are_its_own(arm: HapticSpec) -> None:
    limits = Limits.of(arm)
    assert limits.output == arm.max_output and limits.norm == 8.0
    assert limits.ramp_s == RAMP_S == 0.25
    limits.check(arm)


def test_without_a_watchdog_they_are_half(motors: HapticSpec) -> None:
    limits = Limits.of(motors)
    assert limits.output == (0.06, 0.04) and limits.norm is None
    assert limits.edge[1] == 0.0  # it turns without end


def test_higher_limits_are_refused_without_a_watchdog(motors: HapticSpec) -> None:
    with pytest.raises(DataError, match="no watchdog"):
        Limits.of(motors, output=motors.max_output)
    watched = dataclasses.replace(motors, watchdog_s=0.1)
    assert Limits.of(watched, output=watched.max_output).output == motors.max_output
    with pytest.raises(DataError, match="slew"):
        Limits.of(motors, slew=[value / 0.001 for value in Limits.of(motors).output])
    with pytest.raises(DataError):
        Guard(motors, dataclasses.replace(Limits.of(motors), output=(0.12, 0.08)))


def test_quantities_with_units(arm: HapticSpec, motors: HapticSpec) -> None:
    limits = Limits.of(arm, output="2 N", slew="0.3 N/ms", speed=["500 mm/s", 1.0, "1 m/s"], edge="5 mm", ramp="400 ms")
    assert limits.output == (2.0, 2.0, 2.0) and limits.norm == 2.0
    assert limits.slew == pytest.approx((300.0,) * 3) and limits.speed == (0.5, 1.0, 1.0)
    assert limits.edge == (0.005,) * 3 and limits.ramp_s == 0.4
    assert Limits.of(motors, output="20 mN·m").output == pytest.approx((0.02, 0.02))


@pytest.mark.parametrize(
    "change",
    [
        {"output": "2 N·m"},
        {"output": "2"},
        {"output": 2000.0},  # millinewtons
        {"output": 0.0},
        {"output": -1.0},
        {"output": math.nan},
        {"output": [1.0, 1.0]},
        {"norm": "100 N"},
        {"slew": "1 N"},
        {"slew": math.inf},
        {"slew": 1e9},
        {"speed": "3 m/s"},
        {"speed": 500.0},  # millimetres a second
        {"edge": 5.0},  # millimetres
        {"edge": "1 deg"},
        {"edge": -0.01},
        {"ramp": "100 ms"},
        {"ramp": 400.0},  # milliseconds
        {"ramp": math.nan},
    ],
)
def test_what_does_not_fit_is_refused(arm: HapticSpec, change: dict[str, object]) -> None:
    with pytest.raises(DataError, match=next(iter(change))):
        Limits.of(arm, **change)  # type: ignore[arg-type]


def test_a_workspace_upside_down_is_refused(arm: HapticSpec) -> None:
    with pytest.raises(DataError, match="workspace"):
        dataclasses.replace(Limits.of(arm), workspace=((0.1, -0.1),) * 3).check(arm)


def test_a_share_of_the_limits(arm: HapticSpec) -> None:
    half = Limits.of(arm).scaled(0.5)
    assert half.output == (4.0, 4.0, 3.0) and half.norm == 4.0
    for share in (0.0, -1.0, 1.5, math.nan):
        with pytest.raises(DataError, match="share"):
            Limits.of(arm).scaled(share)
