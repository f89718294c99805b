from __future__ import annotations

from typing import Any

import pytest

from wugan.apps.diagnosis.findings import record_findings
from wugan.apps.diagnosis.result import Finding, Urgency
from wugan.modalities.medical.records.reader import read_record


def bundle(*resources: dict[str, Any]) -> dict[str, Any]:
    patient = {"resourceType": "Patient", "id": "p", "gender": "male", "birthDate": "1960-02-03"}
    entries = [{"fullUrl": f"urn:x:{r['resourceType']}/{r['id']}", "resource": r} for r in (patient, *resources)]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def lab(code: str, value: float, unit: str, day: str = "2024-05-01") -> dict[str, Any]:
    quantity = {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit}
    return {
        "resourceType": "Observation",
        "id": f"{code}-{day}",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
        "subject": {"reference": "Patient/p"},
        "effectiveDateTime": day,
        "valueQuantity": quantity,
    }


def condition(code: str, name: str, day: str = "2024-04-30", status: str = "active") -> dict[str, Any]:
    return {
        "resourceType": "Condition",
        "id": code,
        "clinicalStatus": {"coding": [{"code": status}]},
        "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": code, "display": name}]},
        "subject": {"reference": "Patient/p"},
        "onsetDateTime": day,
    }


def found(*resources: dict[str, Any]) -> dict[str, Finding]:
    return {f.id: f for f in record_findings(read_record(bundle(*resources)))}


def test_a_critical_value_is_urgent_and_an_old_one_is_not() -> None:
    now = found(lab("2823-3", 7.0, "mmol/L"))
    critical = now["record.potassium.critical"]
    assert critical.status == "critical" and critical.urgency is Urgency.URGENT
    assert critical.probability == pytest.approx(1, abs=1e-4)
    assert now["record.potassium"].status == "abnormal"
    old = found(lab("2823-3", 7.0, "mmol/L", "2023-01-01"), lab("2951-2", 140, "mmol/L"))
    assert old["record.potassium.critical"].urgency is Urgency.PROMPT
    assert old["record.sodium"].status == "normal" and "record.sodium.critical" not in old


def test_a_value_on_its_limit_is_as_likely_beyond_as_not() -> None:
    # 6.2 mmol/L is the critical limit; 0.3 the allowable error.
    assert found(lab("2823-3", 6.2, "mmol/L"))["record.potassium.critical"].probability == pytest.approx(0.5)
    near = found(lab("2823-3", 6.05, "mmol/L"))["record.potassium.critical"]
    assert near.status == "reported" and near.probability == pytest.approx(0.1635, abs=1e-3)


def test_other_units_give_the_same_probability() -> None:
    one = found(lab("718-7", 6.8, "g/dL"))["record.hemoglobin.critical"]
    other = found(lab("718-7", 68, "g/L"))["record.hemoglobin.critical"]
    assert one.probability == pytest.approx(other.probability)
    assert other.threshold is not None and other.threshold.value == pytest.approx(66)


def test_only_the_newest_value_counts() -> None:
    both = found(lab("2823-3", 7.0, "mmol/L", "2024-04-01"), lab("2823-3", 4.2, "mmol/L"))
    assert both["record.potassium"].status == "normal" and "record.potassium.critical" not in both


def test_an_impossible_value_is_not_compared() -> None:
    finding = found(lab("2823-3", 700, "mmol/L"))["record.potassium"]
    assert finding.status == "unmeasured" and finding.probability is None and "not possible" in finding.reason


def test_conditions() -> None:
    of = found(
        condition("C34.1", "Cancer of the lung", "2020-01-01"),
        condition("I21.9", "Acute myocardial infarction"),
        condition("M54.5", "Low back pain"),
        condition("C18.9", "Cancer of the colon", status="resolved"),
    )
    urgencies = {f.title: f.urgency for f in of.values()}
    assert urgencies == {
        "Cancer of the lung": Urgency.PROMPT,
        "Acute myocardial infarction": Urgency.URGENT,
        "Low back pain": Urgency.ROUTINE,
    }
    late = found(condition("I21.9", "Acute myocardial infarction", "2020-01-01"), lab("2951-2", 140, "mmol/L"))
    assert late["record.condition.i21-9"].urgency is Urgency.ROUTINE


@pytest.mark.parametrize(("value", "urgency"), [(1.1, None), (1.7, Urgency.PROMPT), (2.4, Urgency.URGENT)])
def test_creatinine_that_rises_within_a_week(value: float, urgency: Urgency | None) -> None:
    of = found(lab("2160-0", 1.0, "mg/dL", "2024-04-27"), lab("2160-0", value, "mg/dL"))
    finding = of.get("record.acute-kidney-injury")
    assert (finding.urgency if finding else None) == urgency


def test_kidneys_that_hardly_filter_are_to_be_seen_to() -> None:
    of = found(lab("2160-0", 4.0, "mg/dL"))
    assert of["record.egfr"].urgency is Urgency.PROMPT and (of["record.egfr"].probability or 0) > 0.95
