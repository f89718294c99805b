"""FHIR R4 of a result: a Bundle of Patient, ImagingStudy, Observations and the DiagnosticReport that joins them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

from wugan.apps.diagnosis.dicom.concepts import QUANTITIES, Triple
from wugan.apps.diagnosis.evidence import Identity
from wugan.apps.diagnosis.result import Code, Finding, Modality, Result

if TYPE_CHECKING:
    from pydicom import Dataset

FILE = "report.fhir.json"
Json = dict[str, Any]

_SYSTEMS = {"SCT": "http://snomed.info/sct", "DCM": "http://dicom.nema.org/resources/ontology/DCM"}
_UCUM = "http://unitsofmeasure.org"
_LOINC = "http://loinc.org"
_HL7 = "http://terminology.hl7.org/CodeSystem/"
#: Displays of units, where the code is not what people write.
_UNITS = {"[hnsf'U]": "HU", "cm2": "cm²", "1": ""}
_CATEGORIES: dict[Modality, tuple[str, str]] = {
    "ct": ("imaging", "Imaging"),
    "slide": ("laboratory", "Laboratory"),
    "record": ("survey", "Survey"),
}


@dataclass(frozen=True, slots=True)
class Study:
    """The CT, as an ImagingStudy says it; UIDs and dates are written as they stand here.

    Attributes:
        study_uid: StudyInstanceUID.
        series_uid: SeriesInstanceUID.
        date: StudyDate, `YYYYMMDD`, or empty.
        images: of the series.
        made: DICOM SR and SEG that were made of it.
    """

    study_uid: str
    series_uid: str
    date: str
    images: int
    made: tuple[Dataset, ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose it is, as it is to be written.

    Attributes:
        identity: a stand-in where the result is de-identified.
        issued: time of the documents, ISO 8601 with a time zone; empty leaves it out.
    """

    identity: Identity
    issued: str = ""


def write_fhir(result: Result, subject: Subject, study: Study | None, out: Path) -> dict[str, str]:
    """Write `report.fhir.json`; see `fhir_bundle`."""
    text = json.dumps(fhir_bundle(result, subject, study), ensure_ascii=False, indent=1) + "\n"
    (out / FILE).write_text(text, encoding="utf-8")
    return {FILE: "FHIR R4: DiagnosticReport, Observations, ImagingStudy"}


def fhir_bundle(result: Result, subject: Subject, study: Study | None) -> Json:
    """A Bundle of type `collection`.

    Each finding is an Observation: its value with the 95 % interval and the probability as components, the limit as
    reference range with its source. All are `preliminary`, since no person has looked at them. The same result gives
    the same ids.

    Args:
        result: what was found.
        subject: whose it is.
        study: the CT, if it is a DICOM series.
    """
    bundle = _Bundle(result, subject)
    patient = bundle.add(_patient(subject.identity), "patient")
    device = bundle.add(_device(result), "device")
    about = {"subject": patient, "device": device}
    imaging = [bundle.add(_imaging_study(study, patient), "imaging-study")] if study else []
    observations = []
    for finding in result.findings:
        found = _observation(finding) | about | bundle.issued
        if finding.modality == "ct" and imaging:
            found["derivedFrom"] = imaging
        observations.append(bundle.add(found, finding.id))
    report = _report(result, subject.issued) | {"subject": patient, "result": observations}
    if imaging:
        report["imagingStudy"] = imaging
    bundle.add(report, "report")
    made: Json = {"resourceType": "Bundle", "id": bundle.uuid("bundle"), "type": "collection"}
    return made | ({"timestamp": subject.issued} if subject.issued else {}) | {"entry": bundle.entries}


class _Bundle:
    """Entries with ids that follow from the result."""

    def __init__(self, result: Result, subject: Subject) -> None:
        self._key = f"{result.case}/{result.provenance.created}"
        self._security = [_coding(f"{_HL7}v3-ActReason", "HRESCH", "healthcare research")]
        if result.provenance.deidentified:
            self._security.append(_coding(f"{_HL7}v3-ObservationValue", "PSEUDED", "pseudonymized"))
        self.issued = {"issued": subject.issued} if subject.issued else {}
        self.entries: list[Json] = []

    def uuid(self, name: str) -> str:
        return str(uuid5(NAMESPACE_URL, f"wugan/{self._key}/{name}"))

    def add(self, resource: Json, name: str) -> Json:
        """Adds a resource and gives the reference to it."""
        found = {
            "resourceType": resource["resourceType"],
            "id": self.uuid(name),
            "meta": {"security": self._security},
            **{key: value for key, value in resource.items() if key != "resourceType"},
        }
        url = f"urn:uuid:{found['id']}"
        self.entries.append({"fullUrl": url, "resource": found})
        return {"reference": url}


def _patient(identity: Identity) -> Json:
    found: Json = {"resourceType": "Patient"}
    if identity.patient_id:
        found["identifier"] = [{"value": identity.patient_id}]
    if identity.name:
        family, _, given = identity.name.partition("^")
        found["name"] = [{"text": identity.name.replace("^", " ").strip(), "family": family or identity.name}]
        if names := [part for part in given.replace("^", " ").split() if part]:
            found["name"][0]["given"] = names
    if identity.sex:
        found["gender"] = identity.sex
    if identity.birth:
        found["birthDate"] = identity.birth
    return found


def _device(result: Result) -> Json:
    return {
        "resourceType": "Device",
        "deviceName": [{"name": "wugan diagnose", "type": "model-name"}],
        "version": [{"value": result.provenance.wugan}],
        "note": [{"text": result.disclaimer}],
    }


def _imaging_study(study: Study, patient: Json) -> Json:
    ct = {
        "uid": study.series_uid,
        "modality": _coding(_SYSTEMS["DCM"], "CT", "Computed Tomography"),
        "numberOfInstances": study.images,
    }
    names = {"SR": "SR Document", "SEG": "Segmentation"}
    made = [
        {
            "uid": str(one.SeriesInstanceUID),
            "modality": _coding(_SYSTEMS["DCM"], str(one.Modality), names[one.Modality]),
            "description": str(one.SeriesDescription),
            "numberOfInstances": 1,
            "instance": [
                {
                    "uid": str(one.SOPInstanceUID),
                    "sopClass": {"system": "urn:ietf:rfc:3986", "code": f"urn:oid:{one.SOPClassUID}"},
                }
            ],
        }
        for one in study.made
    ]
    found: Json = {
        "resourceType": "ImagingStudy",
        "identifier": [{"system": "urn:dicom:uid", "value": f"urn:oid:{study.study_uid}"}],
        "status": "available",
        "subject": patient,
        "numberOfSeries": 1 + len(made),
        "numberOfInstances": study.images + len(made),
        "series": [ct, *made],
    }
    if len(study.date) == 8:
        found["started"] = f"{study.date[:4]}-{study.date[4:6]}-{study.date[6:]}"
    return found


def _observation(finding: Finding) -> Json:
    category, name = _CATEGORIES[finding.modality]
    found: Json = {
        "resourceType": "Observation",
        "identifier": [{"system": "urn:wugan:finding", "value": finding.id}],
        "status": "preliminary",
        "category": [_concept([_coding(f"{_HL7}observation-category", category, name)])],
        "code": _what(finding),
        "note": [{"text": finding.statement}],
    }
    measure = finding.measure
    if measure is not None:
        found["valueQuantity"] = _quantity(measure.value, measure.unit)
    elif finding.status == "unmeasured":
        found["dataAbsentReason"] = _concept(
            [_coding(f"{_HL7}data-absent-reason", "not-performed", "Not Performed")], finding.reason
        )
    else:
        found["valueCodeableConcept"] = _concept([_of(code) for code in finding.codes], finding.title)
    if coded := {"normal": ("N", "Normal"), "abnormal": ("A", "Abnormal"), "critical": ("AA", "Critical abnormal")}.get(
        finding.status
    ):
        found["interpretation"] = [_concept([_coding(f"{_HL7}v3-ObservationInterpretation", *coded)])]
    if finding.threshold is not None and measure is not None:
        # The range is where a value is not beyond the limit.
        end = "high" if finding.threshold.side == "above" else "low"
        found["referenceRange"] = [
            {end: _quantity(finding.threshold.value, measure.unit), "text": finding.threshold.source}
        ]
    components = []
    if measure is not None and measure.low is not None and measure.high is not None:
        interval = {"low": _quantity(measure.low, measure.unit), "high": _quantity(measure.high, measure.unit)}
        components.append({"code": {"text": "95 % interval"}, "valueRange": interval})
    if finding.probability is not None:
        components.append({"code": {"text": "Probability"}, "valueQuantity": _quantity(finding.probability, "1")})
    if finding.places and (label := "; ".join(place.label for place in finding.places if place.label)):
        components.append({"code": {"text": "Place"}, "valueString": label})
    return found | ({"component": components} if components else {})


def _what(finding: Finding) -> Json:
    """What was looked at. A finding's codes say what it means, so that they are a value and no name of a quantity."""
    quantity = QUANTITIES.get(finding.id)
    coding = _quantity_coding(quantity.name) if quantity else []
    return _concept(coding, finding.title)


def _quantity_coding(triple: Triple) -> list[Json]:
    code, scheme, meaning = triple
    return [_coding(_SYSTEMS[scheme], code, meaning)] if scheme in _SYSTEMS else []


def _report(result: Result, issued: str) -> Json:
    coding = [_coding(_LOINC, "18748-4", "Diagnostic imaging study")] if result.stream("ct").present else []
    found: Json = {
        "resourceType": "DiagnosticReport",
        "status": "preliminary",
        "category": [_concept([_coding(f"{_HL7}v2-0074", "OTH", "Other")])],
        "code": _concept(coding, "Decision support for research"),
        "conclusion": _conclusion(result),
    }
    if issued:
        found |= {"effectiveDateTime": issued, "issued": issued}
    codes = {code.code: _concept([_of(code)]) for f in result.findings if _stands(f) for code in f.codes}
    return found | ({"conclusionCode": list(codes.values())} if codes else {})


def _stands(finding: Finding) -> bool:
    """Whether a finding is more probable than not, so that its code may stand as a conclusion."""
    return finding.status in ("abnormal", "critical") and (finding.probability or 0.0) > 0.5


def _conclusion(result: Result) -> str:
    composite = "Composite, not one patient. " if result.composite else ""
    seen = result.assessment
    if seen is None:
        return f"{composite}{result.disclaimer}"
    chances = ", ".join(f"{name} {chance:.2f}" for name, chance in seen.probabilities.items())
    said = "no category is probable enough to be named" if seen.abstain else f"to be looked at: {seen.category.value}"
    return f"{composite}{said[0].upper()}{said[1:]} (probabilities: {chances}). {result.disclaimer}"


def _quantity(value: float, ucum: str) -> Json:
    found: Json = {"value": float(f"{value:.6g}"), "system": _UCUM, "code": ucum}
    if name := _UNITS.get(ucum, ucum):
        found["unit"] = name
    return found


def _concept(coding: list[Json], text: str = "") -> Json:
    return ({"coding": coding} if coding else {}) | ({"text": text} if text else {})


def _of(code: Code) -> Json:
    return _coding(code.system, code.code, code.display)


def _coding(system: str, code: str, display: str) -> Json:
    return {"system": system, "code": code, "display": display}
