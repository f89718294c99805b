from __future__ import annotations

import json

import pytest

pytest.importorskip("fhir.resources", reason="needs wugan[dev]")

from pydicom import Dataset

from wugan.apps.diagnosis.evidence import Identity
from wugan.apps.diagnosis.fhir_out import Study, Subject, fhir_bundle, write_fhir
from wugan.apps.diagnosis.result import (
    Assessment,
    Code,
    Finding,
    Measure,
    Place,
    Provenance,
    Result,
    Stream,
    Threshold,
    Urgency,
)

REPORT = Dataset()
REPORT.Modality, REPORT.SeriesDescription, REPORT.SeriesInstanceUID = "SR", "report", "1.2.5"
REPORT.SOPClassUID, REPORT.SOPInstanceUID = "1.2.840.1", "1.2.6"
STUDY = Study("1.2.3", "1.2.3.4", "20240101", 20, (REPORT,))
SUBJECT = Subject(Identity("P-1", "Doe^Jane Ann", "female", "1970-01-01"), "2026-01-02T03:04:05+00:00")
FINDINGS = (
    Finding(
        id="ct.emphysema-share",
        modality="ct",
        title="Emphysema",
        statement="Share of the lungs below -950 HU: 7 ± 1 %.",
        status="abnormal",
        probability=0.97,
        measure=Measure(value=7.0, low=6.0, high=8.0, unit="%"),
        threshold=Threshold(value=5.0, side="above", source="Amaza 2021"),
        codes=(Code(system="http://snomed.info/sct", code="87433001", display="Pulmonary emphysema"),),
    ),
    Finding(
        id="ct.nodule.1",
        modality="ct",
        title="Candidate",
        statement="A spot.",
        status="abnormal",
        probability=0.5,
        measure=Measure(value=9.0, unit="mm"),
        places=(Place(label="left lung", position=(1.0, 2.0, 3.0)),),
        codes=(Code(system="http://snomed.info/sct", code="427359005", display="Solitary nodule of lung"),),
    ),
    Finding(
        id="ct.lung-volume", modality="ct", title="Lungs", statement="Not measured.", status="unmeasured", reason="cut"
    ),
    Finding(
        id="record.hb",
        modality="record",
        title="Low haemoglobin",
        statement="Hb 70 g/L.",
        status="critical",
        probability=1.0,
        urgency=Urgency.URGENT,
        measure=Measure(value=70.0, low=65.0, high=75.0, unit="g/L"),
        threshold=Threshold(value=120.0, side="below", source="WHO"),
    ),
    Finding(id="slide.1.nuclei", modality="slide", title="Nuclei", statement="Many.", status="reported"),
)


def make(findings=FINDINGS, present=("ct", "slide", "record"), **changes) -> Result:
    streams = tuple(Stream(modality=m, present=m in present) for m in ("ct", "slide", "record"))
    seen = Assessment(category=Urgency.URGENT, probabilities={"routine": 0.1, "urgent": 0.9}, abstain=False)
    made = Provenance(wugan="1.0", created="2026-01-02T03:04:05+00:00", deidentified=False)
    fields = {"case": "c", "streams": streams, "findings": findings, "assessment": seen, "provenance": made}
    return Result(**fields | changes)


def validated(bundle):
    """As FHIR R4B has it; the parts that this uses are those of R4."""
    from fhir.resources.R4B.bundle import Bundle

    return Bundle.model_validate(bundle)


def resources(bundle, kind):
    return [e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == kind]


@pytest.mark.parametrize("study", [STUDY, None, Study("1.2", "1.3", "", 1)], ids=["dicom", "none", "bare"])
@pytest.mark.parametrize("subject", [SUBJECT, Subject(Identity())], ids=["named", "nobody"])
@pytest.mark.parametrize("findings", [FINDINGS, ()], ids=["findings", "no findings"])
def test_it_is_valid_fhir(study, subject, findings):
    validated(fhir_bundle(make(findings), subject, study))
    validated(fhir_bundle(make(findings, present=("record",), assessment=None, composite=True), subject, study))


def test_references_lead_to_what_is_in_the_bundle():
    bundle = fhir_bundle(make(), SUBJECT, STUDY)
    urls = [entry["fullUrl"] for entry in bundle["entry"]]
    assert len(set(urls)) == len(urls)

    def references(value):
        if isinstance(value, dict):
            if "reference" in value:
                yield value["reference"]
            for one in value.values():
                yield from references(one)
        elif isinstance(value, list):
            for one in value:
                yield from references(one)

    found = set(references(bundle))
    assert found <= set(urls)
    report = resources(bundle, "DiagnosticReport")[0]
    assert len(report["result"]) == len(FINDINGS) and report["imagingStudy"]


def test_values_intervals_limits_and_probabilities():
    bundle = fhir_bundle(make(), SUBJECT, STUDY)
    by_id = {o["identifier"][0]["value"]: o for o in resources(bundle, "Observation")}
    emphysema = by_id["ct.emphysema-share"]
    assert emphysema["valueQuantity"] == {"value": 7.0, "system": "http://unitsofmeasure.org", "code": "%", "unit": "%"}
    assert emphysema["referenceRange"][0]["high"]["value"] == 5.0
    assert emphysema["interpretation"][0]["coding"][0]["code"] == "A"
    parts = {part["code"]["text"]: part for part in emphysema["component"]}
    assert parts["95 % interval"]["valueRange"]["low"]["value"] == 6.0
    assert parts["Probability"]["valueQuantity"]["value"] == 0.97
    assert "low" in by_id["record.hb"]["referenceRange"][0] and "high" not in by_id["record.hb"]["referenceRange"][0]
    assert by_id["record.hb"]["interpretation"][0]["coding"][0]["code"] == "AA"
    assert "valueQuantity" not in by_id["ct.lung-volume"]
    assert by_id["ct.lung-volume"]["dataAbsentReason"]["text"] == "cut"
    assert "interpretation" not in by_id["slide.1.nuclei"]
    assert "derivedFrom" in emphysema and "derivedFrom" not in by_id["record.hb"]


def test_only_what_is_more_probable_than_not_is_a_conclusion():
    report = resources(fhir_bundle(make(), SUBJECT, STUDY), "DiagnosticReport")[0]
    assert [c["coding"][0]["code"] for c in report["conclusionCode"]] == ["87433001"]
    assert report["status"] == "preliminary" and "research" in report["conclusion"]
    assert all(o["status"] == "preliminary" for o in resources(fhir_bundle(make(), SUBJECT, STUDY), "Observation"))


def test_the_imaging_study_names_the_series_and_what_was_made_of_it():
    study = resources(fhir_bundle(make(), SUBJECT, STUDY), "ImagingStudy")[0]
    assert study["identifier"] == [{"system": "urn:dicom:uid", "value": "urn:oid:1.2.3"}]
    assert [s["uid"] for s in study["series"]] == ["1.2.3.4", "1.2.5"] and study["started"] == "2024-01-01"
    assert study["series"][1]["instance"][0]["uid"] == "1.2.6" and study["numberOfInstances"] == 21


def test_a_composite_says_so_and_an_abstention_too():
    seen = Assessment(category=Urgency.ROUTINE, probabilities={"routine": 0.5, "urgent": 0.5}, abstain=True)
    report = resources(fhir_bundle(make(composite=True, assessment=seen), SUBJECT, None), "DiagnosticReport")[0]
    assert report["conclusion"].startswith("Composite, not one patient. No category")


def test_the_same_result_gives_the_same_file(tmp_path):
    files = write_fhir(make(), SUBJECT, STUDY, tmp_path)
    first = (tmp_path / "report.fhir.json").read_bytes()
    write_fhir(make(), SUBJECT, STUDY, tmp_path)
    assert list(files) == ["report.fhir.json"] and (tmp_path / "report.fhir.json").read_bytes() == first
    assert json.loads(first)["resourceType"] == "Bundle"
