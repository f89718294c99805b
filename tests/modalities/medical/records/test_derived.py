from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from wugan.modalities.medical.records import Observation, Record, read_record
from wugan.modalities.medical.records.derived import egfr_ckd_epi_2021

Read = Callable[..., Record]
Lab = Callable[..., dict[str, Any]]


def derived(record: Record) -> dict[str, Observation]:
    return {of.code: of for of in record.observations if of.derived}


@pytest.mark.parametrize(
    ("creatinine", "age", "female", "expected"),
    [  # mL/min/1.73 m², rounded as laboratories report it
        (1.0, 50, False, 92), (1.0, 50, True, 69), (0.6, 30, True, 124), (2.5, 70, False, 27), (0.8, 65, False, 98),
    ],
)  # fmt: skip
def test_ckd_epi_2021(creatinine: float, age: float, female: bool, expected: int) -> None:
    assert round(egfr_ckd_epi_2021(creatinine, age, female)) == expected


def test_egfr_needs_an_adult_of_known_sex(bundle: Any, patient: Any, lab: Lab) -> None:
    creatinine = lab("14682-9", 88.4, "umol/L")
    found = derived(read_record(bundle(patient(), creatinine)))["98979-8"]
    assert (found.analyte, found.flag, found.unit) == ("egfr", "normal", "mL/min/{1.73_m2}")
    assert found.value == pytest.approx(egfr_ckd_epi_2021(1.0, 64.24, False), rel=1e-3)
    assert found.source == "derived from Observation/14682-9-2024-05-01"
    assert "N Engl J Med" in found.derived
    for other in (patient(birth="2015-01-01"), patient(gender="unknown")):
        assert derived(read_record(bundle(other, creatinine))) == {}


def test_what_the_record_has_itself_is_not_derived(read: Read, lab: Lab) -> None:
    record = read(lab("2160-0", 1.0, "mg/dL"), lab("33914-3", 80, "mL/min/{1.73_m2}"))
    assert derived(record) == {}


def test_chemistry(read: Read, lab: Lab) -> None:
    found = derived(
        read(
            lab("17861-6", 2.0, "mmol/L"), lab("1751-7", 20, "g/L"), lab("2951-2", 140, "mmol/L"),
            lab("2075-0", 100, "mmol/L"), lab("2028-9", 20, "mmol/L"), lab("1742-6", 36, "U/L"),
            lab("1920-8", 60, "U/L"), lab("777-3", 100, "10*9/L"), lab("751-8", 8, "10*9/L"),
            lab("731-0", 1, "10*9/L"), lab("2093-3", 200, "mg/dL"), lab("2085-9", 50, "mg/dL"),
        )
    )  # fmt: skip
    assert found["corrected-calcium"].value == pytest.approx(2.0 * 4.0078 + 0.8 * 2, rel=1e-4)
    assert (found["33037-3"].value, found["33037-3"].flag) == (20, "high")
    assert found["fib-4"].value == pytest.approx(64.24 * 60 / (100 * 6), rel=1e-3)
    assert (found["nlr"].value, found["nlr"].flag) == (8, "high")
    assert found["43396-1"].value == 150


def test_only_values_that_belong_together(read: Read, lab: Lab) -> None:
    sodium, chloride = lab("2951-2", 140, "mmol/L"), lab("2075-0", 100, "mmol/L")
    assert "33037-3" not in derived(read(sodium, chloride, lab("2028-9", 20, "mmol/L", time="2024-05-05")))
    assert derived(read(lab("29463-7", 80, "kg"), lab("8302-2", 200, "cm", time="2024-01-01")))["39156-5"].value == 20


def test_nothing_follows_from_what_is_implausible_or_not_exact(read: Read, lab: Lab) -> None:
    assert derived(read(lab("2160-0", 90, "mg/dL"))) == {}
    quantity = {"value": 1, "unit": "mg/dL", "comparator": "<"}
    assert derived(read(lab("2160-0", valueQuantity=quantity))) == {}
