from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wugan.errors import DataError, WuganError
from wugan.modalities.medical.records import Record, read_record, read_records

Lab = Callable[..., dict[str, Any]]
Make = Callable[..., dict[str, Any]]


def codes(record: Record) -> list[str]:
    return [note.code for note in record.notes]


def example() -> dict[str, Any]:
    """A bundle with one of everything."""
    subject = {"reference": "Patient/p"}
    loinc = "http://loinc.org"
    resources: list[dict[str, Any]] = [
        {"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1950-01-01"},
        {"resourceType": "Condition", "id": "c", "subject": subject, "onsetDateTime": "2010",
         "code": {"coding": [{"system": "http://snomed.info/sct", "code": "22298006", "display": "Infarction"}]}},
        {"resourceType": "MedicationRequest", "id": "m", "subject": subject, "status": "active", "authoredOn": "2011",
         "medicationCodeableConcept": {"text": "aspirin"}},
        {"resourceType": "DiagnosticReport", "id": "r", "subject": subject, "code": {"text": "CT"}, "issued": "2012",
         "conclusion": "Nothing."},
        {"resourceType": "Organization", "id": "x"},
    ]  # fmt: skip
    for i, (code, value, unit) in enumerate(
        [("718-7", 11, "g/dL"), ("2160-0", 1.1, "mg/dL"), ("777-3", 90, "10*3/uL")]
    ):
        resources.append(
            {"resourceType": "Observation", "id": f"o{i}", "subject": subject, "effectiveDateTime": f"2020-0{i + 1}-01",
             "code": {"coding": [{"system": loinc, "code": code}]}, "valueQuantity": {"value": value, "unit": unit}}
        )  # fmt: skip
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": of} for of in resources]}


def test_one_of_everything() -> None:
    record = read_record(example())
    assert (record.patient.id, record.patient.sex, record.charlson) == ("p", "female", 1)
    assert [(of.analyte, of.flag) for of in record.observations] == [
        ("hemoglobin", "low"), ("creatinine", "normal"), ("egfr", "low"), ("platelets", "low"),
    ]  # fmt: skip
    assert [of.display for of in record.events] == ["Infarction", "aspirin"]
    assert [of.text for of in record.notes_text] == ["Nothing."]
    assert codes(record) == ["resources-skipped"]
    assert "1 Organization" in record.notes[0].text


@given(st.randoms(use_true_random=False))
@settings(max_examples=25)
def test_the_order_of_entries_changes_nothing(chance: random.Random) -> None:
    bundle = example()
    chance.shuffle(bundle["entry"])
    assert read_record(bundle) == read_record(example())


def test_two_patients_are_refused_and_can_be_told_apart(bundle: Make, patient: Make, lab: Lab) -> None:
    both = bundle(patient(), patient("q"), lab(), lab(id="b", value=9, subject={"reference": "Patient/q"}))
    with pytest.raises(DataError, match=r"2 patients \('p', 'q'\), which must not be mixed"):
        read_record(both)
    assert [record.patient.id for record in read_records(both)] == ["p", "q"]
    assert [of.value for of in read_record(both, "Patient/q").observations] == [9]
    with pytest.raises(DataError, match="has no patient 'r'"):
        read_record(both, "r")


def test_a_subject_that_is_not_here_is_another_patient(bundle: Make, patient: Make, lab: Lab) -> None:
    with pytest.raises(DataError, match="2 patients"):
        read_record(bundle(patient(), lab(), lab(id="b", subject={"reference": "Patient/stranger"})))


def test_without_a_patient_resource(bundle: Make, lab: Lab) -> None:
    record = read_record(bundle(lab(value=13)))
    assert (record.patient.id, record.patient.sex, record.patient.birth_ns) == ("p", "", None)
    assert record.observations[0].flag == "normal"  # of either sex
    assert {"patient-missing", "age-unknown", "sex-unknown"} <= set(codes(record))


def test_a_patient_without_an_id_is_whom_the_others_name(lab: Lab) -> None:
    resources = [{"resourceType": "Patient", "gender": "female"}, lab(), lab("2951-2", 140, "mmol/L")]
    record = read_record({"resourceType": "Bundle", "entry": [{"resource": of} for of in resources]})
    assert (record.patient.id, record.patient.sex, len(record.observations)) == ("p", "female", 2)
    assert "patient-without-id" in codes(record)


def test_what_names_nobody_belongs_to_the_only_patient(bundle: Make, patient: Make, lab: Lab) -> None:
    record = read_record(bundle(patient(), lab(subject=None)))
    assert len(record.observations) == 1
    assert "subject-missing" in codes(record)
    records = read_records(bundle(patient(), patient("q"), lab(subject=None)))
    assert [len(record.observations) for record in records] == [0, 0]
    assert "entry-dropped" in codes(records[0])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"valueQuantity": {"value": [1]}}, "Observation.valueQuantity.value: must be a number"),
        ({"valueQuantity": {"value": True}}, "Observation.valueQuantity.value: must be a number"),
        ({"code": None}, "Observation.code: input should be"),
        ({"code": {"coding": {"code": "1"}}}, "Observation.code.coding: input should be a valid list"),
        ({"component": [{"code": {"coding": [{"code": 7}]}}]}, "Observation.component[0].code.coding[0].code"),
    ],
)
def test_a_malformed_entry_is_left_out_and_its_field_named(
    change: dict[str, Any], says: str, bundle: Make, patient: Make, lab: Lab
) -> None:
    record = read_record(bundle(patient(), lab(), lab(id="bad") | change))
    assert len(record.observations) == 1
    dropped = next(note for note in record.notes if note.code == "entry-dropped")
    assert says in dropped.text
    assert dropped.source == "entry[2]"


def test_nothing_of_a_patient_is_an_error(bundle: Make, lab: Lab) -> None:
    with pytest.raises(DataError, match="no resource of a patient is left"):
        read_record(bundle({"resourceType": "Organization", "id": "x"}))
    with pytest.raises(DataError, match=r"Observation\.code: field required"):
        read_record(bundle({"resourceType": "Observation", "id": "x"}))


def test_a_modifier_that_is_not_known_is_told(bundle: Make, patient: Make, lab: Lab) -> None:
    record = read_record(bundle(patient(), lab(modifierExtension=[{"url": "https://x.org/haemolytic"}])))
    assert "https://x.org/haemolytic" in next(n.text for n in record.notes if n.code == "modifier-extension")


_JUNK = st.sampled_from([None, True, -1, 1e308, "", "1,234", "\x00", [], {}, [[]], {"coding": 3}, [{"value": "x"}]])


@given(st.data())
@settings(max_examples=50)
def test_any_field_may_be_anything(data: st.DataObject) -> None:
    """A field that is not what it should be gives a record or an error of ours, never another exception."""
    bundle = example()
    for _ in range(data.draw(st.integers(1, 3))):
        place: Any = data.draw(st.sampled_from(bundle["entry"]))["resource"]
        for _ in range(data.draw(st.integers(0, 3))):
            children = list(place.values()) if isinstance(place, dict) else list(place)
            inner = [child for child in children if isinstance(child, (dict, list)) and child]
            place = data.draw(st.sampled_from(inner)) if inner else place
        key = data.draw(st.sampled_from(list(place) if isinstance(place, dict) else list(range(len(place)))))
        place[key] = copy.deepcopy(data.draw(_JUNK))
        if isinstance(bundle["entry"], list) and not all(entry.get("resource") for entry in bundle["entry"]):
            break
    try:
        records = read_records(bundle)
    except WuganError as error:
        assert len(str(error)) > 20
    else:
        assert all(isinstance(record, Record) for record in records)


def test_real_bundles_are_read_whole(data_root: Path) -> None:
    folder = data_root / "fhir"
    if not folder.is_dir():
        pytest.skip(f"needs {folder}")
    for path in sorted(folder.glob("*.json"))[:6]:
        record = read_record(path)
        assert record.patient.sex and record.patient.birth_ns is not None
        assert len(record.observations) > 20 and record.conditions
        assert not {"entry-dropped", "unit-unknown", "implausible", "undated"} & set(codes(record))
        assert "quantity-unknown" not in codes(record)
        resources = [entry["resource"] for entry in json.loads(path.read_text())["entry"]]
        measured = [of for of in resources if of["resourceType"] == "Observation"]
        values = sum(any(name.startswith("value") for name in of) + len(of.get("component", [])) for of in measured)
        assert sum(not of.derived for of in record.observations) == values, "no value is lost"
        known = [of for of in record.observations if of.value is not None and not of.derived]
        assert sum(bool(of.analyte) for of in known) / len(known) > 0.9


def test_the_same_file_the_same_record(bundle: Make, patient: Make, lab: Lab, written: Callable[..., Path]) -> None:
    path = written(bundle(patient(), lab()))
    assert read_record(path) == read_record(path)
    assert replace(read_record(path), notes=()) == replace(read_record(bundle(patient(), lab())), notes=())
