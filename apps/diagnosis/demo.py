"""The made-up case of `wugan demo`: a drawn scan, a drawn slide, an invented record. No part is of a person."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from wugan.apps.diagnosis.case import Case, open_case
from wugan.modalities.medical.ct.volume import Volume
from wugan.modalities.medical.records.labs import LOINC

#: Value, unit and day of each invented result.
_LABS: dict[str, tuple[str, str, tuple[tuple[str, float], ...]]] = {
    "718-7": ("Hemoglobin", "g/dL", (("2024-01-10", 13.9), ("2024-03-12", 12.8), ("2024-05-02", 11.9))),
    "2823-3": ("Potassium", "mmol/L", (("2024-01-10", 4.4), ("2024-03-12", 4.9), ("2024-05-02", 6.6))),
    "2951-2": ("Sodium", "mmol/L", (("2024-01-10", 139.0), ("2024-03-12", 138.0), ("2024-05-02", 136.0))),
    "2160-0": ("Creatinine", "mg/dL", (("2024-01-10", 1.1), ("2024-04-28", 1.2), ("2024-05-02", 2.1))),
    "4548-4": ("Hemoglobin A1c", "%", (("2024-01-10", 6.1), ("2024-05-02", 6.4))),
    "777-3": ("Platelets", "10*9/L", (("2024-01-10", 240.0), ("2024-05-02", 210.0))),
    "8480-6": ("Systolic blood pressure", "mm[Hg]", (("2024-01-10", 138.0), ("2024-05-02", 151.0))),
}
_NODULES = np.array([(-60.0, 20.0, 240.0, 11.0), (80.0, -10.0, 215.0, 7.0)])


def write_case(folder: Path, spacing: float = 2.5, slide_um: tuple[float, float] = (1024.0, 640.0)) -> Case:
    """Write the case into a folder: `ct.nii.gz`, `slides/`, `record.json`, `case.yaml`.

    Args:
        folder: made where it is missing.
        spacing: of the scan, mm.
        slide_um: width and height of the slide.
    """
    from PIL import Image

    from wugan.modalities.medical.ct.trunk import trunk
    from wugan.modalities.medical.pathology.phantom import draw_phantom

    (folder / "slides").mkdir(parents=True, exist_ok=True)
    write_nifti(trunk(spacing, nodules=_NODULES, trabecular=95, noise=12, seed=4).volume, folder / "ct.nii.gz")
    drawn = draw_phantom(slide_um, per_mm2=3200, margin_um=60, seed=2)
    dpi = 25_400 / drawn.mpp
    Image.fromarray(drawn.rgb).save(folder / "slides" / "drawn.tif", dpi=(dpi, dpi), compression="tiff_adobe_deflate")
    (folder / "record.json").write_text(json.dumps(record(), indent=1), encoding="utf-8")
    (folder / "case.yaml").write_text("name: made-up case\ncomposite: true\n", encoding="utf-8")
    return open_case(folder)


def write_nifti(volume: Volume, path: Path) -> None:
    """Write a volume as NIfTI, in its convention: x to the right, y to the front."""
    import nibabel

    affine = np.diag([-1.0, -1.0, 1.0, 1.0]) @ volume.affine
    image = nibabel.Nifti1Image(np.rint(volume.values.T).astype(np.int16), affine)
    image.header.set_xyzt_units("mm")
    nibabel.save(image, path)


def record() -> dict[str, Any]:
    """The invented record, a FHIR R4 bundle."""
    resources: list[dict[str, Any]] = [
        {"resourceType": "Patient", "id": "invented", "gender": "male", "birthDate": "1951-07-01"},
        _condition("44054006", "Diabetes mellitus type 2", "2015-02-01"),
        _condition("59621000", "Essential hypertension", "2009-06-01"),
    ]
    for code, (name, unit, values) in _LABS.items():
        resources += [_lab(code, name, unit, day, value) for day, value in values]
    entries = [{"fullUrl": f"urn:made:{r['resourceType']}/{r['id']}", "resource": r} for r in resources]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def _lab(code: str, name: str, unit: str, day: str, value: float) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": f"{code}-{day}",
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": code, "display": name}]},
        "subject": {"reference": "Patient/invented"},
        "effectiveDateTime": f"{day}T08:00:00Z",
        "valueQuantity": {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit},
    }


def _condition(code: str, name: str, day: str) -> dict[str, Any]:
    return {
        "resourceType": "Condition",
        "id": code,
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": code, "display": name}]},
        "subject": {"reference": "Patient/invented"},
        "onsetDateTime": day,
    }
