from __future__ import annotations

import io

import numpy as np
from PIL import Image

from wugan.apps.diagnosis.diagnose import Examination
from wugan.apps.diagnosis.report.pictures import COLOURS, ct_pictures, pictures
from wugan.modalities.medical.ct.compartments import Compartment


def test_each_modality_that_can_be_seen_has_pictures(examination: Examination) -> None:
    found = pictures(examination.evidence, "unused in the assessment")
    counts = {m: sum(p.modality == m for p in found) for m in ("ct", "slide", "record")}
    assert counts["ct"] >= 5 and counts["slide"] == 3 and counts["record"] == 0
    for picture in found:
        image = Image.open(io.BytesIO(picture.jpeg))
        assert image.size == picture.size and image.format == "JPEG"
        assert np.asarray(image).std() > 5  # it is not blank


def test_lungs_are_coloured_on_their_side(examination: Examination) -> None:
    assert examination.evidence.ct is not None
    axial = np.asarray(Image.open(io.BytesIO(ct_pictures(examination.evidence.ct, None, "")[0].jpeg))).astype(float)
    tinted = axial[:, axial.shape[1] // 2 :]
    sides = []
    for lung in (Compartment.RIGHT_LUNG, Compartment.LEFT_LUNG):
        colour = 0.4 * np.array(COLOURS[lung])  # over black
        sides.append(np.median(np.argwhere(np.abs(tinted - colour).sum(-1) < 30)[:, 1]))
    assert sides[0] < sides[1]  # the patient's right is on the picture's left
