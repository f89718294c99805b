from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from wugan.modalities.medical.records import Record
from wugan.modalities.medical.records.values import to_ns

Read = Callable[..., Record]
SNOMED = "http://snomed.info/sct"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"


def concept(code: str, system: str = SNOMED, text: str = "") -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, "display": text}], "text": text}


def resource(kind: str, **fields: Any) -> dict[str, Any]:
    owner = "patient" if kind in ("AllergyIntolerance", "Immunization") else "subject"
    return {"resourceType": kind, "id": "x", owner: {"reference": "Patient/p"}, **fields}


def test_condition(read: Read) -> None:
    status = {"coding": [{"code": "resolved"}]}
    (found,) = read(
        resource(
            "Condition",
            code=concept("44054006", text="Diabetes"),
            clinicalStatus=status,
            onsetDateTime="2001-02-03",
            abatementDateTime="2002-02-03",
        )
    ).conditions
    assert (found.code, found.display, found.active, found.status) == ("44054006", "Diabetes", False, "resolved")
    assert (found.start_ns, found.end_ns) == (to_ns("2001-02-03"), to_ns("2002-02-03"))
    assert found.codes == (f"{SNOMED}|44054006",)


@pytest.mark.parametrize(
    ("fields", "active"),
    [
        ({"clinicalStatus": {"coding": [{"code": "active"}]}}, True),
        ({"clinicalStatus": {"coding": [{"code": "remission"}]}}, False),
        ({}, True),
        ({"abatementDateTime": "2002"}, False),
    ],
)
def test_which_conditions_are_active(fields: dict[str, Any], active: bool, read: Read) -> None:
    assert read(resource("Condition", code=concept("1"), **fields)).conditions[0].active is active


def test_medication_by_code_by_reference_and_contained(read: Read) -> None:
    drug = {"resourceType": "Medication", "id": "d", "code": concept("860975", RXNORM, "metformin")}
    found = [
        read(resource("MedicationRequest", status="active", authoredOn="2020", **fields), drug).medications
        for fields in (
            {"medicationCodeableConcept": concept("860975", RXNORM, "metformin")},
            {"medicationReference": {"reference": "Medication/d"}},
            {"medicationReference": {"reference": "#i"}, "contained": [{**drug, "id": "i"}]},
        )
    ]
    assert found[0] == found[1] == found[2]
    assert (found[0][0].code, found[0][0].active, found[0][0].start_ns) == ("860975", True, to_ns("2020"))


def test_a_medication_that_is_not_here_keeps_its_name(read: Read) -> None:
    record = read(
        resource("MedicationStatement", medicationReference={"reference": "Medication/9", "display": "Aspirin"})
    )
    assert [of.display for of in record.medications] == ["Aspirin"]
    assert "reference-unresolved" in [note.code for note in record.notes]
    record = read(resource("MedicationStatement", medicationReference={"reference": "Medication/9"}))
    assert record.medications == ()
    assert "code-absent" in [note.code for note in record.notes]


def test_other_kinds(read: Read) -> None:
    record = read(
        resource("AllergyIntolerance", code=concept("91936005"), recordedDate="2010"),
        resource("Procedure", code=concept("80146002"), performedPeriod={"start": "2011", "end": "2012"}),
        resource("Immunization", vaccineCode=concept("140"), occurrenceDateTime="2012"),
        resource("Encounter", status="finished", **{"class": {"code": "EMER"}}, period={"start": "2013"}),
    )
    assert [(e.kind, e.code, e.active) for e in record.events] == [
        ("allergy", "91936005", True), ("procedure", "80146002", False), ("immunization", "140", False),
        ("encounter", "EMER", False),
    ]  # fmt: skip
    assert record.allergies[0].kind == "allergy" and record.procedures[0].end_ns == to_ns("2012")


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("Condition", {"verificationStatus": {"coding": [{"code": "refuted"}]}, "code": concept("1")}),
        ("Immunization", {"status": "not-done", "vaccineCode": concept("1")}),
        ("Procedure", {"status": "entered-in-error", "code": concept("1")}),
    ],
)
def test_what_is_not_so_is_left_out(kind: str, fields: dict[str, Any], read: Read) -> None:
    record = read(resource(kind, **fields))
    assert record.events == ()
    assert "status-dropped" in [note.code for note in record.notes]


def test_the_same_event_once(read: Read) -> None:
    one = resource("Condition", code=concept("1"), onsetDateTime="2001")
    record = read(one, {**one, "id": "y"}, {**one, "id": "z", "onsetDateTime": "2002"})
    assert len(record.events) == 2
