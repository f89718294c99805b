from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from wugan.modalities.medical.records import Record
from wugan.modalities.medical.records.values import to_ns

Read = Callable[..., Record]
Lab = Callable[..., dict[str, Any]]


def codes(record: Record) -> list[str]:
    return [note.code for note in record.notes]


def pressure(systolic: float, diastolic: float) -> list[dict[str, Any]]:
    return [
        {
            "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
            "valueQuantity": {"value": value, "unit": "mm[Hg]"},
        }
        for code, value in (("8480-6", systolic), ("8462-4", diastolic))
    ]


def test_components_are_observations(read: Read, lab: Lab) -> None:
    record = read(lab("85354-9", valueQuantity=None, component=pressure(150, 85)))
    assert [(o.analyte, o.value, o.flag, o.source) for o in record.observations] == [
        ("diastolic", 85, "normal", "Observation/85354-9-2024-05-01 component[1]"),
        ("systolic", 150, "high", "Observation/85354-9-2024-05-01 component[0]"),
    ]


@pytest.mark.parametrize("status", ["entered-in-error", "cancelled"])
def test_what_is_not_meant_is_left_out(status: str, read: Read, lab: Lab) -> None:
    record = read(lab(status=status), lab("2951-2", 140, "mmol/L"))
    assert [o.analyte for o in record.observations] == ["sodium"]
    assert "status-dropped" in codes(record)


def test_without_a_value(read: Read, lab: Lab) -> None:
    record = read(lab(valueQuantity=None, dataAbsentReason={"text": "lost"}))
    assert record.observations == ()
    assert "value-absent" in codes(record)
    panel = read(lab(valueQuantity=None, hasMember=[{"reference": "Observation/x"}]))
    assert panel.observations == panel.notes == ()


@pytest.mark.parametrize(
    ("fields", "expected", "code"),
    [
        ({"effectiveDateTime": "2024-05-01T08:00:00Z"}, "2024-05-01T08:00:00Z", None),
        ({"effectiveDateTime": None, "effectivePeriod": {"start": "2024-05-02"}}, "2024-05-02", None),
        ({"effectiveDateTime": None, "issued": "2024-05-03T00:00:00Z"}, "2024-05-03", "issued-for-effective"),
        ({"effectiveDateTime": None}, None, "undated"),
        ({"effectiveDateTime": "1.5.2024"}, None, "date-invalid"),
    ],
)
def test_times(fields: dict[str, Any], expected: str | None, code: str | None, read: Read, lab: Lab) -> None:
    record = read(lab(id="x", **fields))
    assert record.observations[0].time_ns == (to_ns(expected) if expected else None)
    assert code is None or code in codes(record)


def test_the_same_value_once(read: Read, lab: Lab) -> None:
    record = read(lab(id="a"), lab(id="b"), lab(id="c", value=140.0, unit="g/L"), lab(id="d", value=13.9))
    assert [o.value for o in record.observations] == [13.9, 14.0]
    assert "duplicates-dropped" in codes(record)


def test_undated_ones_are_not_taken_for_duplicates(read: Read, lab: Lab) -> None:
    record = read(lab(id="a", effectiveDateTime=None), lab(id="b", effectiveDateTime=None))
    assert len(record.observations) == 2


def test_answers_keep_their_concept(read: Read, lab: Lab) -> None:
    answer = {"coding": [{"system": "http://snomed.info/sct", "code": "266919005", "display": "Never smoker"}]}
    record = read(lab("72166-2", valueQuantity=None, valueCodeableConcept=answer))
    found = record.observations[0]
    assert (found.value, found.text, found.coded) == (None, "Never smoker", "http://snomed.info/sct|266919005")


def test_words_where_a_number_belongs(read: Read, lab: Lab) -> None:
    record = read(lab(valueQuantity=None, valueString="QNS"))
    assert (record.observations[0].text, record.observations[0].flag) == ("QNS", "unknown")
    assert "value-not-numeric" in codes(record)


def test_a_quantity_that_is_not_known_is_told(read: Read, lab: Lab) -> None:
    record = read(lab("99999-9", 3, "zz"), lab("2951-2", 140, "mmol/L"))
    assert [note.source for note in record.notes if note.code == "quantity-unknown"] == [
        "99999-9 (Observation/99999-9-2024-05-01)"
    ]


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"time": "1950-01-01"}, "before the patient's birth"),
        ({"issued": "2024-04-01T00:00:00Z"}, "after it was issued"),
    ],
)
def test_times_that_cannot_be(fields: dict[str, Any], says: str, read: Read, lab: Lab) -> None:
    record = read(lab(**fields))
    assert len(record.observations) == 1
    assert says in next(note.text for note in record.notes if note.code == "date-implausible")
