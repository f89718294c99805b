from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wugan.errors import DataError
from wugan.modalities.medical.deidentify.fhir import FhirDeidentifier
from wugan.privacy.pseudonyms import Pseudonyms

KEY = b"a key for tests only"
SECRETS = [
    "Przybylski",
    "Ottilie",
    "Kowalczyk",
    "MRN-77812",
    "0199",
    "Linden Row",
    "Utica",
    "Vondrackova",
    "Hypatia",
    "p-1",
]


def bundle(**patient: Any) -> dict[str, Any]:
    note = "Mrs Przybylski (born Kowalczyk) rang 555-0199 on 2024-02-03; seen by Jana Vondrackova. Potassium 4.2."
    data = base64.b64encode(note.encode()).decode()
    resources = [
        {
            "resourceType": "Patient", "id": "p-1", "gender": "female", "birthDate": "1961-05-06",
            "name": [{"family": "Przybylski", "given": ["Ottilie", "M"], "text": "Ottilie Przybylski"}],
            "identifier": [{"system": "urn:mrn", "value": "MRN-77812"}],
            "telecom": [{"system": "phone", "value": "555-0199"}],
            "address": [{"line": ["3 Linden Row"], "city": "Utica", "state": "NY", "country": "US"}],
            "extension": [{"url": "http://x/patient-mothersMaidenName", "valueString": "Anna Kowalczyk"}],
            "text": {"status": "generated", "div": "<div>Ottilie Przybylski</div>"},
            **patient,
        },
        {
            "resourceType": "Practitioner", "id": "d-1", "name": [{"family": "Vondrackova", "given": ["Jana"]}],
        },
        {"resourceType": "Organization", "id": "o-1", "name": "Saint Hypatia"},
        {
            "resourceType": "Observation", "id": "k-1", "status": "final", "issued": "2024-02-03T10:11:12.5+01:00",
            "code": {"coding": [{"system": "loinc", "code": "2823-3", "display": "Potassium"}], "text": "Potassium"},
            "subject": {"reference": "Patient/p-1", "display": "Ottilie Przybylski"},
            "performer": [{"reference": "Organization/o-1", "display": "Saint Hypatia"}],
            "effectiveDateTime": "2024-01-27", "valueQuantity": {"value": 4.2, "unit": "mmol/L", "code": "mmol/L"},
            "note": [{"text": note, "authorString": "Jana Vondrackova"}],
        },
        {
            "resourceType": "DocumentReference", "id": "n-1", "status": "current",
            "subject": {"reference": "Patient/p-1"},
            "content": [
                {"attachment": {"contentType": "text/plain", "data": data, "title": "Letter about Mrs Przybylski"}},
                {"attachment": {"contentType": "application/pdf", "data": data}},
            ],
        },
    ]  # fmt: skip
    entries = [{"fullUrl": f"http://h/fhir/{one['resourceType']}/{one['id']}", "resource": one} for one in resources]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def resources(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {entry["resource"]["resourceType"]: entry["resource"] for entry in document["entry"]}


def test_nothing_that_identifies_is_left() -> None:
    original = bundle()
    before = json.dumps(original)
    assert all(secret in before for secret in SECRETS)  # the test can fail
    clean, notes = FhirDeidentifier(Pseudonyms(KEY))(original)
    found = resources(clean)
    letter = base64.b64decode(found["DocumentReference"]["content"][0]["attachment"]["data"]).decode()
    after = (json.dumps(clean) + letter).lower()
    assert [secret for secret in SECRETS if secret.lower() in after] == []
    assert "potassium 4.2" in letter.lower()
    assert json.dumps(original) == before
    assert [note.code for note in notes] == ["document-removed"]
    assert found["Patient"]["address"] == [{"state": "NY", "country": "US"}] and found["Patient"]["gender"] == "female"


def test_what_the_record_says_stays() -> None:
    clean, _ = FhirDeidentifier(Pseudonyms(KEY))(bundle())
    found = resources(clean)
    seen = found["Observation"]
    assert seen["code"]["coding"][0]["display"] == "Potassium" and seen["valueQuantity"]["value"] == 4.2
    assert seen["subject"] == {"reference": f"Patient/{found['Patient']['id']}"}
    assert clean["entry"][0]["fullUrl"] == f"Patient/{found['Patient']['id']}"
    shift = Pseudonyms(KEY).shift("p-1").days
    from datetime import date

    assert (date.fromisoformat(seen["effectiveDateTime"]) - date(2024, 1, 27)).days == shift
    assert (date.fromisoformat(seen["issued"][:10]) - date(2024, 2, 3)).days == shift
    assert seen["issued"][10:] == "T10:11:12.5+01:00"
    assert found["Patient"]["birthDate"] == str((date(1961, 5, 6) + Pseudonyms(KEY).shift("p-1")).year)
    again, _ = FhirDeidentifier(Pseudonyms(KEY))(bundle())
    assert again == clean


def test_the_very_old_have_no_year_of_birth() -> None:
    clean, notes = FhirDeidentifier(Pseudonyms(KEY))(bundle(birthDate="1925-05-06"))
    assert "birthDate" not in resources(clean)["Patient"]
    assert "birth-removed" in [note.code for note in notes]


@settings(max_examples=25, deadline=None)
@given(
    st.from_regex(r"Q[a-z]{4,9}x", fullmatch=True), st.sampled_from(["note", "comment", "description", "title", "x"])
)
def test_a_name_is_found_in_any_text(family: str, key: str) -> None:
    document = bundle(name=[{"family": family}])
    document["entry"][3]["resource"]["component"] = [{"extension": [{key: f"told {family.upper()} and left"}]}]
    clean, _ = FhirDeidentifier(Pseudonyms(KEY))(document)
    assert family.lower() not in json.dumps(clean).lower()


@pytest.mark.parametrize("document", [{}, {"resourceType": 3}, {"entry": []}])
def test_what_is_no_resource_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(DataError, match="resourceType"):
        FhirDeidentifier()(document)
