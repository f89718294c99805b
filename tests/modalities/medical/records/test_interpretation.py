from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from wugan.modalities.medical.records import Observation, Record

Read = Callable[..., Record]
Lab = Callable[..., dict[str, Any]]
HIGH = [{"coding": [{"code": "H"}]}]


def one(record: Record) -> Observation:
    return record.observations[0]


def codes(record: Record) -> set[str]:
    return {note.code for note in record.notes}


@pytest.mark.parametrize(
    ("value", "flag"),
    [(14.0, "normal"), (13.5, "normal"), (13.4, "low"), (17.6, "high"), (6.0, "critical-low"), (21.0, "critical-high")],
)
def test_flags_by_the_table(value: float, flag: str, read: Read, lab: Lab) -> None:
    found = one(read(lab(value=value)))
    assert (found.flag, found.low, found.high, found.range_source) == (flag, 13.5, 17.5, "A")


def test_the_range_is_given_in_the_value_s_unit(read: Read, lab: Lab) -> None:
    found = one(read(lab(value=140, unit="g/L")))
    assert (found.unit, found.low, found.high, found.compared) == ("g/L", 135.0, 175.0, 14.0)
    found = one(read(lab("14749-6", 5.5, "mmol/L")))
    assert (found.analyte, found.unit, found.compared) == ("glucose", "mmol/L", pytest.approx(99.09, abs=0.01))
    assert found.low == pytest.approx(3.885, abs=0.01)


def test_a_unit_error_is_flagged_and_kept(read: Read, lab: Lab) -> None:
    record = read(lab(value=140, unit="g/dL"))
    found = one(record)
    assert (found.value, found.unit, found.flag, found.compared, found.deviation) == (
        140, "g/dL", "implausible", None, None,
    )  # fmt: skip
    assert "possible in g/L" in next(note.text for note in record.notes if note.code == "implausible")


def test_unknown_and_missing_units_are_kept_and_not_compared(read: Read, lab: Lab) -> None:
    for unit, code in (("furlong", "unit-unknown"), ("cm", "unit-unknown"), ("", "unit-missing")):
        record = read(lab(value=9.0, unit=unit))
        assert (one(record).value, one(record).flag, one(record).unit) == (9.0, "unknown", unit)
        assert code in codes(record)


def test_the_record_s_own_range_wins(read: Read, lab: Lab) -> None:
    own = [{"low": {"value": 11, "unit": "g/dL"}, "high": {"value": 13, "unit": "g/dL"}}]
    found = one(read(lab(value=14.0, referenceRange=own)))
    assert (found.flag, found.low, found.high, found.range_source) == ("high", 11, 13, "record")


def test_the_own_range_may_be_in_another_unit_or_words(read: Read, lab: Lab) -> None:
    own = [{"low": {"value": 110, "unit": "g/L"}, "high": {"value": 130, "unit": "g/L"}}]
    found = one(read(lab(value=14.0, referenceRange=own)))
    assert (found.flag, found.high) == ("high", pytest.approx(13.0))
    found = one(read(lab(value=14.0, referenceRange=[{"text": "11,0 - 13,0"}])))
    assert (found.flag, found.low, found.high) == ("high", 11.0, 13.0)


def test_ranges_for_others_are_passed_over(read: Read, lab: Lab) -> None:
    ranges = [
        {"high": {"value": 1}, "appliesTo": [{"text": "Female"}]},
        {"high": {"value": 2}, "age": {"high": {"value": 17}}},
        {"high": {"value": 3}, "type": {"coding": [{"code": "treatment"}]}},
        {"low": {"value": 15}, "high": {"value": 16}, "appliesTo": [{"text": "male"}], "age": {"low": {"value": 18}}},
    ]
    found = one(read(lab(value=14.0, referenceRange=ranges)))
    assert (found.low, found.high, found.flag) == (15, 16, "low")


def test_an_impossible_own_range_is_left_aside(read: Read, lab: Lab) -> None:
    record = read(lab(value=14.0, referenceRange=[{"low": {"value": 16}, "high": {"value": 12}}]))
    assert one(record).range_source == "A"
    assert "range-not-read" in codes(record)


def test_the_laboratory_wins_over_the_table_not_over_its_range(read: Read, lab: Lab) -> None:
    assert one(read(lab(value=14.0, interpretation=HIGH))).flag == "high"
    record = read(lab(value=14.0, interpretation=HIGH, referenceRange=[{"high": {"value": 15}}]))
    assert one(record).flag == "normal"
    assert "interpretation-differs" in codes(record)


@pytest.mark.parametrize(
    ("comparator", "value", "flag"),
    [("<", 13.5, "low"), ("<", 15.0, "unknown"), (">", 17.5, "high"), (">", 15.0, "unknown"), (">=", 17.5, "unknown")],
)
def test_with_a_comparator_only_what_is_certain(comparator: str, value: float, flag: str, read: Read, lab: Lab) -> None:
    quantity = {"value": value, "unit": "g/dL", "comparator": comparator}
    assert one(read(lab(valueQuantity=quantity))).flag == flag


def test_below_the_limit_of_detection_is_normal_where_only_high_matters(read: Read, lab: Lab) -> None:
    quantity = {"value": 5, "unit": "mg/L", "comparator": "<"}
    assert one(read(lab("1988-5", valueQuantity=quantity))).flag == "normal"


def test_a_quantity_that_is_not_known_goes_by_its_own_range(read: Read, lab: Lab) -> None:
    own = [{"low": {"value": 1, "unit": "zz"}, "high": {"value": 2, "unit": "zz"}}]
    found = one(read(lab("99999-9", 3.0, "zz", referenceRange=own)))
    assert (found.analyte, found.flag, found.deviation) == ("", "high", pytest.approx(3 * 1.96))
    assert one(read(lab("99999-9", 3.0, "zz"))).flag == "unknown"


def test_a_child_is_not_compared_with_adults(bundle: Any, patient: Any, lab: Lab) -> None:
    from wugan.modalities.medical.records import read_record

    record = read_record(bundle(patient(birth="2020-01-01"), lab("2160-0", 0.3, "mg/dL")))
    assert one(record).flag == "unknown"
    assert "no-range-for-age" in codes(record)
