"""DICOM SEG of compartments and nodule candidates, pixel for pixel over the source images; or NIfTI masks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wugan.apps.diagnosis.dicom.concepts import (
    ABNORMAL_STRUCTURE,
    LUNG,
    NODULE,
    NODULE_COLOR,
    SEGMENTS,
    Triple,
    concept,
)
from wugan.apps.diagnosis.dicom.source import MAKER, RESEARCH, Source, SourcePlane
from wugan.apps.diagnosis.evidence import CtEvidence
from wugan.modalities.medical.ct.compartments import Compartments
from wugan.modalities.medical.ct.lesions import Candidate
from wugan.modalities.medical.ct.volume import Series, Volume

if TYPE_CHECKING:
    from pydicom import Dataset


#: Kind of algorithm (PS3.16 CID 7162).
FAMILIES: dict[str, Triple] = {
    "compartments": ("123104", "DCM", "Morphological Operations"),
    "candidates": ("123106", "DCM", "Multi-Scale/Resolution Filtering"),
}
SERIES_NUMBERS = {"compartments": 9001, "candidates": 9002, "report": 9003}


def compartment_labels(found: Compartments) -> tuple[Compartments, tuple[int, ...]]:
    """The compartments that occur, numbered from 1 without gaps as segments are, and which they are."""
    present = set(np.unique(found.labels).tolist())
    kept = tuple(int(name) for name in SEGMENTS if int(name) in present)
    numbers = np.zeros(256, np.uint8)
    numbers[list(kept)] = np.arange(1, len(kept) + 1)
    return replace(found, labels=numbers[found.labels]), kept


def candidate_labels(found: Compartments, candidates: Sequence[Candidate]) -> Compartments:
    """Candidate number n as label n. Where two share a voxel, it is the better one's."""
    labels = np.zeros_like(found.labels)
    for number, candidate in reversed(list(enumerate(candidates, 1))):
        labels[tuple(candidate.voxels.T)] = number
    return replace(found, labels=labels)


def on_source(labels: Compartments, source: Source) -> NDArray[np.uint8]:
    """Labels `[frames, rows, columns]` of each pixel of the source images, by where it lies in the patient.

    Frames that the volume was not made of stay empty. A pixel gets the label of the voxel that its centre lies nearest
    to, and none where it lies outside of the grid.
    """
    frames = int(source.images[0].NumberOfFrames) if source.multi_frame else len(source.planes)
    first = source.planes[0]
    out = np.zeros((frames, first.rows, first.columns), np.uint8)
    size = np.array(labels.volume.size)
    for number, plane in enumerate(source.planes):
        shape = (1, plane.rows, plane.columns)
        place = Volume(np.broadcast_to(np.float32(0), shape), plane.affine, Series())
        found = labels.on(place)[0]
        corners = labels.volume.to_index(place.to_world(_grid(2, 2, plane)))
        if (corners < -0.5).any() or (corners > size - 0.5).any():
            # `on` takes the nearest voxel even where that is far away.
            index = labels.volume.to_index(place.to_world(_grid(plane.rows, plane.columns, plane)))
            found = np.where(((index >= -0.5) & (index <= size - 0.5)).all(-1), found, 0)
        out[number if plane.frame is None else plane.frame] = found
    return out


def _grid(rows: int, columns: int, plane: SourcePlane) -> NDArray[np.float64]:
    """Places on a plane `[rows, columns, 3]` (x, y, 0 in pixels), from its first pixel to its last."""
    y, x = np.meshgrid(np.linspace(0, plane.rows - 1, rows), np.linspace(0, plane.columns - 1, columns), indexing="ij")
    return np.stack([x, y, np.zeros_like(x)], -1)


def compartments_seg(found: Compartments, source: Source, created: str, version: str) -> Dataset | None:
    """SEG of all compartments that occur on the source images; `None` if there are none.

    Args:
        found: compartments.
        source: images that they lie on.
        created: UTC, ISO 8601.
        version: of wugan.
    """
    labels, kept = compartment_labels(found)
    pixels = on_source(labels, source)
    by_number = {int(name): segment for name, segment in SEGMENTS.items()}
    described = [
        (s.label, s.category, s.kind, [s.site] if s.site else [], s.color) for s in (by_number[name] for name in kept)
    ]
    return _seg("compartments", pixels, described, source, created, version)


def candidates_seg(
    found: Compartments, candidates: Sequence[Candidate], source: Source, created: str, version: str
) -> Dataset | None:
    """SEG of nodule candidates, a segment for each; `None` if none lies on a source image."""
    if not candidates:
        return None
    pixels = on_source(candidate_labels(found, candidates), source)
    described: list[tuple[str, Triple, Triple, list[Triple], tuple[int, int, int]]] = [
        (f"Candidate {n}, {c.diameter_mm:.0f} mm", ABNORMAL_STRUCTURE, NODULE, [LUNG], NODULE_COLOR)
        for n, c in enumerate(candidates, 1)
    ]
    return _seg("candidates", pixels, described, source, created, version)


def _seg(
    name: str,
    pixels: NDArray[np.uint8],
    described: Sequence[tuple[str, Triple, Triple, Sequence[Triple], tuple[int, int, int]]],
    source: Source,
    created: str,
    version: str,
) -> Dataset | None:
    if not pixels.any():
        return None
    import highdicom

    algorithm = highdicom.AlgorithmIdentificationSequence(
        name=f"wugan {name}",
        family=concept(FAMILIES[name]),
        version=version,
    )
    # Segments without a pixel on these images are left out: a SEG must have a frame for each of its segments.
    there = [n for n in range(1, len(described) + 1) if (pixels == n).any()]
    numbers = np.zeros(256, np.uint8)
    numbers[there] = np.arange(1, len(there) + 1)
    segments = []
    for number, old in enumerate(there, 1):
        label, category, kind, sites, color = described[old - 1]
        segments.append(
            highdicom.seg.SegmentDescription(
                segment_number=number,
                segment_label=label,
                segmented_property_category=concept(category),
                segmented_property_type=concept(kind),
                algorithm_type="AUTOMATIC",
                algorithm_identification=algorithm,
                tracking_uid=source.uid(name, created, str(old)),
                tracking_id=f"{name}-{old}",
                anatomic_regions=[concept(site) for site in sites] or None,
                display_color=_lab(color),
            )
        )
    seg = highdicom.seg.Segmentation(
        source_images=list(source.images),
        pixel_array=numbers[pixels],
        segmentation_type="BINARY",
        segment_descriptions=segments,
        series_instance_uid=source.uid(name, created, "series"),
        series_number=SERIES_NUMBERS[name],
        sop_instance_uid=source.uid(name, created, "instance"),
        instance_number=1,
        manufacturer=MAKER,
        manufacturer_model_name="wugan diagnose",
        software_versions=version,
        device_serial_number=version,
        content_label=name.upper(),
        content_description=f"{name}: {RESEARCH}",
        series_description=f"wugan {name}: {RESEARCH}",
    )
    for item in (*seg.DimensionOrganizationSequence, *seg.DimensionIndexSequence):
        item.DimensionOrganizationUID = source.uid(name, created, "dimensions")  # a random one else
    source.stamp(seg, created)
    return seg


def _lab(color: tuple[int, int, int]) -> Any:
    import highdicom

    return highdicom.color.CIELabColor.from_rgb(*color)


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
