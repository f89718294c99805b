"""A made-up patient as DICOM files, on planes that lie as one likes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from wugan.modalities.medical.ct.trunk import trunk

CT = "1.2.840.10008.5.1.4.1.1.2"
NODULES = np.array([[-74.0, 0.0, 235.0, 14.0], [70.0, 20.0, 250.0, 12.0]])


def write_plane(
    path: Path, stored: NDArray[Any], position: Sequence[float], orientation: Sequence[float], spacing: Sequence[float],
    number: int, study: str = "1.2.3", **tags: Any,
) -> Path:  # fmt: skip
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian

    data = Dataset()
    data.SOPClassUID, data.SOPInstanceUID = CT, f"{study}.9.{number}"
    data.StudyInstanceUID, data.SeriesInstanceUID, data.FrameOfReferenceUID = study, f"{study}.4", f"{study}.5"
    data.Modality, data.ImageType = "CT", ["ORIGINAL", "PRIMARY", "AXIAL"]
    data.PatientID, data.PatientName, data.PatientBirthDate, data.PatientSex = "P-1001", "Doe^Jane", "19700101", "F"
    data.StudyDate, data.StudyTime, data.StudyID, data.AccessionNumber = "20240101", "120000", "7", "A123"
    data.SeriesNumber, data.SeriesDescription, data.InstanceNumber = 2, "Body", number
    data.Manufacturer, data.ConvolutionKernel, data.SliceThickness = "Maker", "B30f", 3
    data.ReferringPhysicianName, data.PositionReferenceIndicator = "House^Gregory", ""
    data.Rows, data.Columns, data.PixelSpacing = *stored.shape, list(spacing)
    data.ImageOrientationPatient, data.ImagePositionPatient = list(orientation), [round(v, 6) for v in position]
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 16, 15, 1
    data.RescaleSlope, data.RescaleIntercept, data.RescaleType = 1, -1024, "HU"
    data.PixelData = (np.rint(stored) + 1024).astype("<i2").tobytes()
    for keyword, value in tags.items():
        setattr(data, keyword, value)
    data.file_meta = FileMetaDataset()
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data.file_meta.MediaStorageSOPClassUID, data.file_meta.MediaStorageSOPInstanceUID = CT, data.SOPInstanceUID
    data.save_as(path, enforce_file_format=True)
    return path


def write_ball(
    folder: Path, centre: Sequence[float], affine: NDArray[np.float64], size: tuple[int, int, int],
    radius: float = 9.0, **tags: Any,
) -> Path:  # fmt: skip
    """A dense ball in water in air, on planes with this affine (x, y, z in pixels and planes to LPS mm)."""
    folder.mkdir(parents=True, exist_ok=True)
    columns, rows, planes = size
    y, x = np.mgrid[:rows, :columns]
    spacing = np.linalg.norm(affine[:3, :3], axis=0)
    directions = affine[:3, :2] / spacing[:2]
    for z in range(planes):
        places = np.stack([x, y, np.full_like(x, z)], -1) @ affine[:3, :3].T + affine[:3, 3]
        far = np.linalg.norm(places - np.array(centre), axis=-1)
        values = np.where(far <= radius, 300.0, np.where(far <= 4 * radius, 0.0, -1000.0))
        write_plane(
            folder / f"{(z * 7919) % 1009:04}.dcm", values, places[0, 0], directions.T.ravel().tolist(),
            (spacing[1], spacing[0]), z + 1, **tags,
        )  # fmt: skip
    return folder


@pytest.fixture(scope="session")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case with a chest of 4 × 4 × 5 mm voxels and two nodules, in `ct/`."""
    case = tmp_path_factory.mktemp("patient")
    write_trunk(case / "ct")
    return case


def write_trunk(folder: Path, study: str = "1.2.3") -> Path:
    folder.mkdir(parents=True)
    volume = trunk((4.0, 4.0, 5.0), heights=(100.0, 300.0), nodules=NODULES, vessels=20).volume
    x, y, _ = volume.spacing
    for k, values in enumerate(volume.values):
        position = volume.to_world((0, 0, k)).tolist()
        write_plane(folder / f"{(k * 7919) % 1009:04}.dcm", values, position, (1, 0, 0, 0, 1, 0), (y, x), k + 1, study)
    return folder


@dataclass(frozen=True)
class Exported:
    """What `write_standards` gave."""

    case: Path
    folder: Path
    result: Any
    files: dict[str, str]
    pseudonyms: Any


@pytest.fixture(scope="session")
def looked_at(patient: Path) -> Any:
    """The made-up patient's CT, looked at once for all tests."""
    from wugan.apps.diagnosis.pipeline import CtLook

    return CtLook().look(patient / "ct")


def export(case: Path, seen: Any, folder: Path, deidentified: bool) -> Exported:
    from wugan.apps.diagnosis.evidence import Evidence
    from wugan.apps.diagnosis.result import Provenance, Result
    from wugan.apps.diagnosis.standards import write_standards
    from wugan.privacy.pseudonyms import Pseudonyms

    made = Provenance(wugan="1.0", created="2026-01-02T03:04:05+00:00", deidentified=deidentified)
    result = Result(case="case", streams=(seen.stream,), findings=seen.findings, provenance=made)
    keys = Pseudonyms(b"k" * 32)
    return Exported(case, folder, result, write_standards(result, Evidence({"ct": seen}), folder, keys), keys)


@pytest.fixture(scope="session")
def exported(patient: Path, looked_at: Any, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    return export(patient, looked_at, tmp_path_factory.mktemp("deidentified"), True)


@pytest.fixture(scope="session")
def exported_identified(patient: Path, looked_at: Any, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    return export(patient, looked_at, tmp_path_factory.mktemp("identified"), False)


@pytest.fixture(scope="session")
def ball() -> Callable[..., Path]:
    return write_ball


@pytest.fixture(scope="session")
def places() -> Callable[..., NDArray[np.float64]]:
    """LPS mm `[N, 3]` of the pixels of one segment of a SEG, by its own geometry alone."""

    def found(seg: Any, segment: int) -> NDArray[np.float64]:
        frames = seg.pixel_array if seg.pixel_array.ndim == 3 else seg.pixel_array[None]
        shared = seg.SharedFunctionalGroupsSequence[0]
        spacing = [float(v) for v in shared.PixelMeasuresSequence[0].PixelSpacing]
        out = []
        for frame, group in zip(frames, seg.PerFrameFunctionalGroupsSequence, strict=True):
            named = (group if "SegmentIdentificationSequence" in group else shared).SegmentIdentificationSequence[0]
            if int(named.ReferencedSegmentNumber) != segment:
                continue
            orientation = (group if "PlaneOrientationSequence" in group else shared).PlaneOrientationSequence[0]
            along, down = np.array(orientation.ImageOrientationPatient, float).reshape(2, 3)
            first = np.array(group.PlanePositionSequence[0].ImagePositionPatient, float)
            row, column = np.nonzero(frame)
            out.append(first + column[:, None] * spacing[1] * along + row[:, None] * spacing[0] * down)
        return np.concatenate(out)

    return found
