"""A NIfTI source: no SR, no SEG, and a mask that lies over it."""

from __future__ import annotations

import json

import numpy as np
import pytest

pytest.importorskip("nibabel", reason="needs wugan[medical]")

import nibabel

from wugan.apps.diagnosis.evidence import CtEvidence, Evidence, Seen
from wugan.apps.diagnosis.result import Provenance, Result
from wugan.apps.diagnosis.standards import write_standards
from wugan.modalities.medical.ct.compartments import Compartment
from wugan.modalities.medical.ct.reader import read_ct


def test_masks_instead_of_dicom(looked_at, patient, tmp_path):
    # The same patient as NIfTI, with axes that run the other way.
    volume = looked_at.ct.volume
    affine = np.diag([-1.0, -1, 1, 1]) @ volume.affine
    image = nibabel.Nifti1Image(volume.values.transpose(2, 1, 0), affine).as_reoriented([[1, -1], [0, 1], [2, -1]])
    nibabel.save(image, tmp_path / "ct.nii.gz")
    nifti = read_ct(tmp_path / "ct.nii.gz")
    seen = Seen(looked_at.stream, looked_at.findings, ct=CtEvidence(nifti, looked_at.ct.analysis, ()))
    made = Provenance(wugan="1.0", created="2026-01-02T03:04:05+00:00")
    result = Result(case="case", streams=(seen.stream,), findings=seen.findings, provenance=made)
    files = write_standards(result, Evidence({"ct": seen}), tmp_path)
    assert set(files) == {"compartments.nii.gz", "candidates.nii.gz", "report.fhir.json"}
    assert all("no SEG or SR" in text for name, text in files.items() if name.endswith(".nii.gz"))
    assert not list(tmp_path.glob("*.dcm"))
    mask = nibabel.load(tmp_path / "compartments.nii.gz")
    lung = np.asarray(mask.dataobj) == Compartment.LEFT_LUNG
    places = (np.argwhere(lung) @ mask.affine[:3, :3].T + mask.affine[:3, 3]) * [-1, -1, 1]
    assert places[:, 0].mean() == pytest.approx(74, abs=12), "the left lung is on the left: +x in LPS"
    source = nibabel.load(tmp_path / "ct.nii.gz")
    index = nibabel.affines.apply_affine(np.linalg.inv(source.affine) @ mask.affine, np.argwhere(lung))
    assert np.allclose(index, np.rint(index), atol=1e-3), "voxel on voxel"
    values = np.asarray(source.dataobj)[tuple(np.rint(index).astype(int).T)]
    assert np.median(values) < -800 and (values < -300).mean() > 0.9
    bundle = json.loads((tmp_path / "report.fhir.json").read_text())
    assert not [e for e in bundle["entry"] if e["resource"]["resourceType"] == "ImagingStudy"]
