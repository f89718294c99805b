from __future__ import annotations

import locale

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wugan.modalities.medical.records.values import Reading, read_number, read_range


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5.4", 5.4), ("5,4", 5.4), ("12,55", 12.55), ("0,125", 0.125), ("7,4567", 7.4567), ("1.234", 1.234),
        ("1,234.5", 1234.5), ("1.234,5", 1234.5), ("1,234,567", 1234567.0), ("1.234.567", 1234567.0),
        ("12 000", 12000.0), ("1 234,5", 1234.5), ("1'234.5", 1234.5), ("-3,2", -3.2), ("−2", -2.0), ("1e3", 1000.0),
    ],
)  # fmt: skip
def test_numbers_as_people_write_them(text: str, value: float) -> None:
    reading = read_number(text)
    assert reading is not None
    assert reading.value == value


@pytest.mark.parametrize("text", ["", "1,234", "positive", "120/80", "1:128", "5,4,3", "5 6", "2 +", "10^9", "grade 3"])
def test_what_is_no_number_or_could_be_two_is_not_read(text: str) -> None:
    assert read_number(text) is None


def test_comparator_and_unit_stand_around_it() -> None:
    assert read_number("<0,5 mg/dL") == Reading(0.5, "<", "mg/dL", comma=True)
    assert read_number("≥ 60 mL/min/1.73m2") == Reading(60.0, ">=", "mL/min/1.73m2")
    assert read_number("5.4mg/dL") == Reading(5.4, "", "mg/dL")
    assert read_number("6.1 10*9/L") == Reading(6.1, "", "10*9/L")
    assert read_number("4 /uL") == Reading(4.0, "", "/uL")


def test_ranges() -> None:
    assert read_range("3.5 - 5.0") == (3.5, 5.0)
    assert read_range("3,5–5,0 mmol/L") == (3.5, 5.0)
    assert read_range("(-2 - 2)") == (-2.0, 2.0)
    assert read_range("<5") == (None, 5.0)
    assert read_range(">= 60") == (60.0, None)
    assert read_range("5.0 - 3.5") is None
    assert read_range("negative") is None


@given(st.decimals(min_value=-100000, max_value=100000, places=2, allow_nan=False))
@settings(max_examples=50)
def test_point_and_comma_say_the_same(number: object) -> None:
    text = str(number)
    with_point, with_comma = read_number(text), read_number(text.replace(".", ","))
    assert with_point is not None and with_comma is not None
    assert with_point.value == with_comma.value == float(text)


def test_the_machine_s_locale_decides_nothing() -> None:
    before = locale.setlocale(locale.LC_ALL)
    names = [name for name in ("de_DE.UTF-8", "fr_FR.UTF-8", "C.UTF-8") if _has(name)]
    try:
        for name in names:
            locale.setlocale(locale.LC_ALL, name)
            assert read_number("1.234,5") == Reading(1234.5, comma=True)
            assert read_number("1.5") == Reading(1.5)
    finally:
        locale.setlocale(locale.LC_ALL, before)
    assert names


def _has(name: str) -> bool:
    before = locale.setlocale(locale.LC_ALL)
    try:
        locale.setlocale(locale.LC_ALL, name)
    except locale.Error:
        return False
    finally:
        locale.setlocale(locale.LC_ALL, before)
    return True
