"""Bare numbers in a wrong unit are refused; those that a person would feel pass."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wugan.devices.haptic.driver import HapticSpec
from wugan.devices.haptic.safety.limits import Plausible, si
from wugan.errors import DataError

SCALES = ("N/m", "N·s/m", "kg")


@pytest.mark.parametrize("name", SCALES)
@given(share=st.floats(0.0, 1.0))
def test_no_value_that_passes_passes_in_a_unit_a_thousand_times_off(spec: HapticSpec, name: str, share: float) -> None:
    check = Plausible.of(spec)
    least, most = check.ranges[name]
    value = least * (most / least) ** share
    value = min(max(value, least), most)
    check.check(value, name, "x")
    for wrong in (value * 1000, value / 1000):
        with pytest.raises(DataError, match="cannot be meant"):
            check.check(wrong, name, "x")


@pytest.mark.parametrize(
    ("unit", "right", "wrong"),
    [
        ("m", 0.05, 50.0),  # mm
        ("m", 0.0005, 0.5),
        ("m", 0.1, 10.0),  # cm
        ("m/s", 0.2, 200.0),
        ("N", 0.5, 500.0),  # mN
        ("N", 2.0, 204.0),  # gram-force
        ("N/m", 1500.0, 1.5),  # N/mm
        ("N/m", 1500.0, 1_500_000.0),
        ("N/m", 200.0, 0.2),
        ("N·s/m", 2.0, 0.002),
        ("N·s/m", 2.0, 2000.0),
        ("kg", 0.12, 120.0),  # g
        ("Hz", 200.0, 200_000.0),
        ("s", 0.25, 250_000.0),
    ],
)
def test_slips_on_a_cartesian_device(arm: HapticSpec, unit: str, right: float, wrong: float) -> None:
    check = Plausible.of(arm)
    check.check(right, unit, "x")
    with pytest.raises(DataError, match="x = "):
        check.check(wrong, unit, "x")


def test_slips_on_joints(motors: HapticSpec) -> None:
    check = Plausible.of(dataclasses.replace(motors, workspace=((-1.5, 3.0), (-1.0, 1.0))))
    check.check(math.radians(30), "m", "x")
    with pytest.raises(DataError, match="degrees"):
        check.check(30.0, "m", "x")
    with pytest.raises(DataError, match="N·m/rad"):
        check.check(50.0, "N/m", "x")  # N·mm/rad
    Plausible.of(motors).check(1e3, "m", "x")  # a wheel turns as often as it likes


def test_a_written_unit_is_believed_where_it_is_small_only(arm: HapticSpec) -> None:
    check = Plausible.of(arm)
    check.check(si("0.001 N/mm", "N/m"), "N/m", "x")
    with pytest.raises(DataError, match="write the unit"):
        check.check(1.0, "N/m", "x")
    with pytest.raises(DataError, match="cannot be meant"):
        check.check(si("2000 N/mm", "N/m"), "N/m", "x")
    check.check(0.0, "N/m", "x")
    with pytest.raises(DataError, match="wants m"):
        check.check(si("5 deg", "rad"), "m", "x")


@pytest.mark.parametrize("value", [math.nan, math.inf, (0.0, (0.1, -math.inf))])
def test_what_is_not_finite_never_passes(arm: HapticSpec, value: float) -> None:
    for name in ("m", "N", "anything"):
        with pytest.raises(DataError, match="finite"):
            Plausible.of(arm).check(value, name, "x")


def test_all_fields_of_a_dataclass(arm: HapticSpec) -> None:
    @dataclass
    class Thing:
        stiffness: float = field(default=500.0, metadata={"unit": "N/m"})
        points: tuple[tuple[float, ...], ...] = field(default=((0.0, 0.05),), metadata={"unit": "m"})
        name: str = field(default="a", metadata={"unit": "m"})
        count: int = 10**9

    Plausible.of(arm).check_fields(Thing())
    with pytest.raises(DataError, match=r"Thing\.points = 50 m"):
        Plausible.of(arm).check_fields(Thing(points=((0.0, 50.0),)))
