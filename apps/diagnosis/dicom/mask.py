"""Label masks as NIfTI, for a CT that is no DICOM series."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from wugan.apps.diagnosis.dicom.seg import candidate_labels
from wugan.apps.diagnosis.evidence import CtEvidence

_LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])


def write_masks(ct: CtEvidence, out: Path) -> dict[str, str]:
    """Writes the compartments, and the nodule candidates if there are any, voxel on voxel over the CT.

    The axes run to the left, the back and the head, as nearly as the file's do, which may have them in another order.

    Args:
        ct: the CT.
        out: folder to write to.

    Returns:
        What each file is, by name. The values of the voxels are those of `Compartment`, or candidates' numbers.
    """
    import nibabel

    affine = _LPS_TO_RAS @ ct.volume.affine
    found = ct.analysis.compartments
    masks = {"compartments.nii.gz": (found, "compartments of the CT on its grid, as NIfTI (values: `Compartment`)")}
    if ct.analysis.candidates:
        text = "nodule candidates of the CT on its grid, as NIfTI (values: their numbers)"
        masks["candidates.nii.gz"] = (candidate_labels(found, ct.analysis.candidates), text)
    for name, (labels, _) in masks.items():
        values = np.ascontiguousarray(labels.on(ct.volume).transpose(2, 1, 0))
        image = nibabel.nifti1.Nifti1Image(values, affine)
        image.header.set_xyzt_units("mm")
        nibabel.save(image, out / name)
    return {name: text for name, (_, text) in masks.items()}
