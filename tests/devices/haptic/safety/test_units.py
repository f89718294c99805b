"""Quantities with units: what was meant, or an error."""

from __future__ import annotations

import dataclasses
import math
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wugan.devices.haptic.safety.limits import UNITS, Given, si, unit
from wugan.errors import DataError


@dataclasses.dataclass(frozen=True)
class Holder:
    value: float


@pytest.mark.parametrize(
    ("text", "expected", "value"),
    [
        ("2 N/mm", "N/m", 2000.0),
        ("1500 N/m", "N/m", 1500.0),
        ("30 deg", "rad", math.pi / 6),
        ("30°", "rad", math.pi / 6),
        ("120 g", "kg", 0.12),
        ("5 mN·m", "N·m", 0.005),
        ("5 mN m", "N·m", 0.005),
        ("5 mNm", "N·m", 0.005),
        ("5 Nmm", "N·m", 0.005),
        ("3 Ns/m", "N·s/m", 3.0),
        ("3 N*s/m", "N·s/m", 3.0),
        ("2 N·m/deg", "N·m/rad", 360 / math.pi),
        ("60 rpm", "rad/s", math.tau),
        ("9 N/m/s", "N/m/s", 9.0),
        ("1 m s⁻²", "m/s^2", 1.0),
        ("4 m/s**2", "m/s²", 4.0),
        ("-5 µm", "m", -5e-6),
        ("1e-3 m", "m", 1e-3),
        (".5 s", "s", 0.5),
        ("250 ms", "s", 0.25),
        ("50 %", "1", 0.5),
        ("0.3", "1", 0.3),
        ("200 gf", "N", 1.96133),
    ],
)
def test_units_as_people_write_them(text: str, expected: str, value: float) -> None:
    assert si(text, expected) == pytest.approx(value, rel=1e-12)
    assert isinstance(si(text, expected), Given)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2", "N/m"),  # no unit
        ("2 mm", "N/m"),
        ("2 N/m", "N·m"),
        ("2 N·m/rad", "N·m"),  # an angle is a dimension
        ("30 deg", "m"),
        ("30 deg", "1"),
        ("2 rpm", "Hz"),
        ("1,5 N", "N"),
        ("1_000 N", "N"),
        ("0x10 N", "N"),
        ("nan N", "N"),
        ("inf m", "m"),
        ("1e400 m", "m"),
        ("", "m"),
        ("m", "m"),
        ("5 foo", "m"),
        ("5 MM", "m"),
        ("5 m/", "m"),
        ("5 //m", "m"),
        ("5 m²²", "m"),
        ("5 " + "m·" * 50 + "m", "m"),
    ],
)
def test_anything_else_is_refused(text: str, expected: str) -> None:
    with pytest.raises(DataError, match=r"unit|Unit|quantity|kind|large"):
        si(text, expected, "Wall.stiffness")


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, True, None, b"2 N", [2.0]])
def test_numbers_that_are_none_are_refused(value: object) -> None:
    with pytest.raises(DataError, match="depth"):
        si(value, "m", "depth")  # type: ignore[arg-type]


def test_bare_numbers_are_si_and_not_marked_as_given() -> None:
    assert si(3, "N") == 3.0 and not isinstance(si(3, "N"), Given)
    again = si("3 mm", "m")
    assert si(again, "m") is again
    with pytest.raises(DataError, match="wanted"):
        si(again, "rad")


def test_the_written_unit_travels_with_the_number() -> None:
    given = si("30 deg", "rad")
    for copy in (pickle.loads(pickle.dumps(given)), dataclasses.replace(Holder(given)).value):
        assert isinstance(copy, Given) and (copy, copy.unit) == (given, "rad")


@settings(max_examples=30)
@given(st.text(max_size=30))
def test_any_text_gives_a_finite_number_or_a_data_error(text: str) -> None:
    try:
        assert math.isfinite(si(text, "N/m"))
    except DataError:
        pass


@settings(max_examples=30)
@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e9, max_value=1e9), st.sampled_from(sorted(UNITS)))
def test_a_value_comes_back_in_its_own_unit(value: float, name: str) -> None:
    size, _ = unit(name)
    if not name.startswith(("1", "%")):
        assert si(f"{value!r} {name}", name) == pytest.approx(value, rel=1e-12)
    assert size > 0.0
