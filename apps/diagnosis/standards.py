"""`write_standards`: a result as DICOM SR and SEG over its source series, or NIfTI masks, and as FHIR."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from wugan.apps.diagnosis.dicom.seg import candidates_seg, compartments_seg, write_masks
from wugan.apps.diagnosis.dicom.source import Source, read_source
from wugan.apps.diagnosis.dicom.sr import report_sr
from wugan.apps.diagnosis.evidence import Evidence, Identity
from wugan.apps.diagnosis.fhir_out import Study, Subject, write_fhir
from wugan.apps.diagnosis.result import Result
from wugan.privacy.pseudonyms import Pseudonyms

if TYPE_CHECKING:
    from pydicom import Dataset

#: What each DICOM file is.
DICOM_FILES = {
    "compartments.dcm": "DICOM SEG of the compartments over the source series",
    "candidates.dcm": "DICOM SEG of the nodule candidates over the source series",
    "report.dcm": "DICOM SR (TID 1500) of what was measured on the CT",
}


def write_standards(
    result: Result, evidence: Evidence, out: Path, pseudonyms: Pseudonyms | None = None
) -> dict[str, str]:
    """Write what other systems read.

    A de-identified result refers to images by stand-ins: those that `wugan deidentify` gives the same images with the
    same key. An identified one refers to the images as they are.

    Args:
        result: as it is written to `result.json`.
        evidence: what it rests on.
        out: folder that is there.
        pseudonyms: makes the stand-ins; with a random key unless given.

    Returns:
        What each file is, by name. A CT that is no DICOM series gives NIfTI masks instead of SEG and SR, and says so.

    Raises:
        DataError: an image of the CT is not there any more.
    """
    hidden = (pseudonyms or Pseudonyms()) if result.provenance.deidentified else None
    ct, source = evidence.ct, None
    files: dict[str, str] = {}
    made: dict[str, Dataset] = {}
    if ct is not None and ct.volume.series.instances:
        source = read_source(ct.volume.series, hidden)
        made = _write_dicom(result, evidence, source, out)
        files = {name: DICOM_FILES[name] for name in made}
    elif ct is not None:
        why = "; no SEG or SR, since the CT is no DICOM series that they could refer to"
        files = {name: text + why for name, text in write_masks(ct, out).items()}
    study = None
    if source is not None:
        date = str(source.images[0].get("StudyDate") or "")
        study = Study(source.study_uid, source.series_uid, date, len(source.images), tuple(made.values()))
    return files | write_fhir(result, _subject(result, evidence, source, hidden), study, out)


def _write_dicom(result: Result, evidence: Evidence, source: Source, out: Path) -> dict[str, Dataset]:
    assert evidence.ct is not None
    analysis, created = evidence.ct.analysis, result.provenance.created
    version = result.provenance.wugan
    shown = [c for n, c in enumerate(analysis.candidates, 1) if any(f.id == f"ct.nodule.{n}" for f in result.findings)]
    segs = {
        "compartments.dcm": compartments_seg(analysis.compartments, source, created, version),
        "candidates.dcm": candidates_seg(analysis.compartments, shown, source, created, version),
    }
    there = {name: seg for name, seg in segs.items() if seg is not None}
    report = report_sr(result, shown, source, list(there.values()), version)
    if report is not None:
        there["report.dcm"] = report
    for name, document in there.items():
        document.save_as(out / name, enforce_file_format=True)
    return there


def _subject(result: Result, evidence: Evidence, source: Source | None, hidden: Pseudonyms | None) -> Subject:
    """Whose it is. A CT's stand-in and date are those of its DICOM files, so that they stay together."""
    identities = [evidence.seen[m].identity for m in ("ct", "record", "slide") if m in evidence.seen]
    known = next((one for one in identities if one.patient_id), Identity())
    created = result.provenance.created
    if hidden is None:
        birth = next((one.birth for one in identities if one.birth), "")
        sex = next((one.sex for one in identities if one.sex), "")
        return Subject(replace(known, birth=birth, sex=sex), created)
    if source is not None:
        return Subject(Identity(patient_id=str(source.images[0].PatientID)), source.when(created).isoformat())
    return Subject(Identity(patient_id=hidden.label("patient", known.patient_id) if known.patient_id else ""))
