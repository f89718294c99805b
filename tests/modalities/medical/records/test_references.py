from __future__ import annotations

import pytest

from wugan.modalities.medical.records.bundle import Entry, References
from wugan.modalities.medical.records.resources import Reference

PATIENT = {"resourceType": "Patient", "id": "p", "identifier": [{"system": "urn:mrn", "value": "7"}]}
DRUG = {"resourceType": "Medication", "id": "d"}
ALL = References([Entry("", "urn:uuid:1", PATIENT), Entry("", "https://x.org/Medication/d", DRUG)])


@pytest.mark.parametrize(
    "reference",
    ["urn:uuid:1", "Patient/p", "Patient/p/_history/3", "https://other.org/fhir/Patient/p", "urn:uuid:p"],
)
def test_all_ways_to_name_a_patient_who_is_here(reference: str) -> None:
    assert ALL.patient(Reference(reference=reference)) == "Patient/p"


def test_by_business_identifier() -> None:
    assert ALL.patient(Reference(identifier={"system": "urn:mrn", "value": "7"})) == "Patient/p"
    assert ALL.patient(Reference(identifier={"system": "urn:mrn", "value": "8"})) == "Patient urn:mrn|8"


def test_who_is_not_here_or_no_patient() -> None:
    assert ALL.patient(Reference(reference="Patient/q")) == "Patient/q"
    assert ALL.patient(Reference(reference="https://x.org/Patient/q")) == "Patient/q"
    assert ALL.patient(Reference(reference="urn:uuid:2")) == "urn:uuid:2"
    for reference in (None, Reference(), Reference(reference="Group/g"), Reference(reference="#x")):
        assert ALL.patient(reference) is None


def test_resources_here_and_inside() -> None:
    assert ALL.find(Reference(reference="Medication/d"), "Medication") is DRUG
    inside = {"contained": [{"resourceType": "Medication", "id": "x"}]}
    assert ALL.find(Reference(reference="#x"), "Medication", inside) is inside["contained"][0]
    assert ALL.find(Reference(reference="#y"), "Medication", inside) is None
    assert ALL.find(None, "Medication") is None
