from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from wugan.modalities.medical.records import Patient, Record
from wugan.modalities.medical.records.values import to_ns


def test_age() -> None:
    patient = Patient("p", "male", to_ns("1960-02-03"))
    assert patient.age(to_ns("2010-02-03")) == pytest.approx(50, abs=0.01)
    assert patient.age(to_ns("1950-01-01")) == 0
    assert patient.age(None) is None and Patient().age(0) is None


def test_latest_and_newest(read: Callable[..., Record], lab: Callable[..., dict[str, Any]]) -> None:
    record = read(lab(value=12, time="2024-05-02"), lab(value=13, time="2024-05-01"), lab(effectiveDateTime=None))
    newest = record.latest("hemoglobin")
    assert newest is not None and newest.value == 12
    assert record.newest_ns == to_ns("2024-05-02")
    assert record.latest("sodium") is None
    assert Record(Patient()).newest_ns is None


def test_the_same_quantity_whichever_code(read: Callable[..., Record], lab: Callable[..., dict[str, Any]]) -> None:
    record = read(lab("2345-7", 99, "mg/dL"), lab("14749-6", 5, "mmol/L", time="2024-05-02"))
    assert {of.quantity for of in record.observations} == {"glucose"}
