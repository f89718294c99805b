from __future__ import annotations

import json

import pytest

pytest.importorskip("fhir.resources", reason="needs wugan[dev]")

from wugan.apps.diagnosis.evidence import Evidence, Identity, Seen
from wugan.apps.diagnosis.result import Provenance, Result, Stream
from wugan.apps.diagnosis.standards import write_standards
from wugan.privacy.pseudonyms import Pseudonyms

RECORD = Stream(modality="record", present=True)
STREAMS = (Stream(modality="ct", present=False), Stream(modality="slide", present=False), RECORD)
PERSON = Identity("MRN-77", "Doe^Jane", "female", "1970-01-01")


def write(tmp_path, deidentified, pseudonyms=None):
    made = Provenance(wugan="1.0", created="2026-01-02T03:04:05+00:00", deidentified=deidentified)
    result = Result(case="case", streams=STREAMS, provenance=made)
    files = write_standards(result, Evidence({"record": Seen(RECORD, identity=PERSON)}), tmp_path, pseudonyms)
    return files, (tmp_path / "report.fhir.json").read_text()


def test_a_case_without_ct_gives_fhir_alone_and_hides_whose_it_is(tmp_path):
    keys = Pseudonyms(b"k" * 32)
    files, text = write(tmp_path, True, keys)
    assert list(files) == ["report.fhir.json"]
    for secret in ("MRN-77", "Doe", "Jane", "1970", "2026-01-02"):
        assert secret not in text, secret
    patient = json.loads(text)["entry"][0]["resource"]
    assert patient["identifier"][0]["value"] == keys.label("patient", "MRN-77")
    assert "PSEUDED" in text


def test_identified_it_says_whose_it_is(tmp_path):
    _, text = write(tmp_path, False)
    patient = json.loads(text)["entry"][0]["resource"]
    assert patient["identifier"] == [{"value": "MRN-77"}] and patient["birthDate"] == "1970-01-01"
    assert patient["name"][0] == {"text": "Doe Jane", "family": "Doe", "given": ["Jane"]} and "PSEUDED" not in text


def test_with_another_key_it_cannot_be_linked(tmp_path):
    assert write(tmp_path, True)[1] != write(tmp_path, True)[1]
