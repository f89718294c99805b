from __future__ import annotations

from typing import Any

import pytest

from wugan.modalities.medical.note import Findings
from wugan.modalities.medical.records.resources import RESOURCES
from wugan.modalities.medical.records.values import Value, choose, read_value


def value(findings: Findings | None = None, **fields: Any) -> Value | None:
    resource = RESOURCES["Observation"].validate_python({"code": {"text": "x"}, **fields})
    return read_value(resource, "Observation/x", findings or Findings())


def codes(findings: Findings) -> list[str]:
    return [note.code for note in findings.notes()]


def test_quantity_prefers_the_ucum_code() -> None:
    quantity = {"value": 5, "unit": "mg per dl", "code": "mg/dL", "system": "http://unitsofmeasure.org"}
    assert value(valueQuantity=quantity) == Value(5.0, ("mg/dL", "mg per dl"))
    assert value(valueQuantity={"value": 5, "unit": "mg/dL", "code": "xx", "system": "urn:local"}) == Value(
        5.0, ("mg/dL", "xx")
    )


def test_comparator() -> None:
    assert value(valueQuantity={"value": 5, "unit": "mg/L", "comparator": "<"}) == Value(5.0, ("mg/L",), "<")
    findings = Findings()
    assert value(findings, valueQuantity={"value": 5, "comparator": "ca"}) == Value(5.0)
    assert codes(findings) == ["comparator-unknown"]


def test_number_as_text_is_read_and_noted() -> None:
    findings = Findings()
    assert value(findings, valueQuantity={"value": "5,4", "unit": "mg/dL"}) == Value(5.4, ("mg/dL",))
    assert codes(findings) == ["number-as-text"]
    findings = Findings()
    assert value(findings, valueQuantity={"value": "1,234", "unit": "mg/dL"}) == Value(text="1,234", units=("mg/dL",))
    assert codes(findings) == ["number-not-read"]


def test_string_with_a_decimal_comma() -> None:
    findings = Findings()
    assert value(findings, valueString="<0,5 mg/dL") == Value(0.5, ("mg/dL",), "<", "<0,5 mg/dL")
    assert codes(findings) == ["decimal-comma"]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"valueString": "positive"}, Value(text="positive")),
        ({"valueString": "  "}, None),
        ({"valueInteger": 3}, Value(3.0, ("1",))),
        ({"valueBoolean": True}, Value(text="true")),
        ({"valueRange": {"low": {"value": 1}, "high": {"value": 3}}}, Value(text="1 - 3")),
        ({"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 128}}}, Value(text="1:128")),
        ({"valueDateTime": "2020-01-01"}, Value(text="2020-01-01")),
        ({"valueQuantity": {"unit": "mg"}}, None),
        ({"dataAbsentReason": {"text": "lost"}}, None),
        ({}, None),
    ],
)
def test_other_kinds(fields: dict[str, Any], expected: Value | None) -> None:
    assert value(**fields) == expected


def test_concept() -> None:
    concept = {"coding": [{"system": "http://snomed.info/sct", "code": "10828004", "display": "Positive"}]}
    assert value(valueCodeableConcept=concept) == Value(text="Positive", coded="http://snomed.info/sct|10828004")


def test_sampled_data_is_noted() -> None:
    findings = Findings()
    assert value(findings, valueSampledData={"period": 10}) is None
    assert codes(findings) == ["value-skipped"]


def test_known_loinc_code_is_chosen() -> None:
    codings = [{"system": "urn:local", "code": "HB"}, {"system": "http://loinc.org", "code": "99999-9"}]
    codings.append({"system": "http://loinc.org", "code": "718-7"})
    resource = RESOURCES["Observation"].validate_python({"code": {"coding": codings}})
    chosen = choose(resource.code)
    assert chosen is not None and chosen.code == "718-7"
    resource.code.coding.pop()
    chosen = choose(resource.code)
    assert chosen is not None and chosen.code == "99999-9"
