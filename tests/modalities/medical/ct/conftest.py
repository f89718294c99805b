"""A phantom that is known at every point of space, written as DICOM by pydicom alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

CT = "1.2.840.10008.5.1.4.1.1.2"
AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


class Phantom:
    """Smooth enough that linear interpolation over h mm errs by less than h² / 4 HU."""

    rows, columns = 20, 24
    spacing = (1.5, 1.25)  # mm between rows, between columns

    @staticmethod
    def truth(points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Hounsfield units at LPS mm `[..., 3]`, between -950 and 350."""
        x, y, z = np.moveaxis(np.asarray(points, np.float64), -1, 0)
        return -300 + 400 * np.sin(x / 20 + 0.3) * np.cos(y / 17) + 250 * np.sin(z / 15 + 0.1 * x / 20)

    def plane(
        self,
        position: Sequence[float],
        orientation: Sequence[float] = AXIAL,
        *,
        slope: float = 1,
        intercept: float = -1024,
        uid: str = "",
        **tags: Any,
    ) -> Dataset:
        """One image plane with its first pixel at `position`; `tags` are set by keyword, `None` removes one."""
        row, column = np.array(orientation[:3]), np.array(orientation[3:])
        j, i = np.meshgrid(np.arange(self.columns), np.arange(self.rows))
        points = np.array(position) + j[..., None] * self.spacing[1] * row + i[..., None] * self.spacing[0] * column
        stored = np.rint((self.truth(points) - intercept) / slope).astype("<i2")
        data = Dataset()
        data.SOPClassUID, data.SOPInstanceUID = CT, uid or generate_uid(entropy_srcs=[str(position), str(tags)])
        data.StudyInstanceUID, data.SeriesInstanceUID, data.FrameOfReferenceUID = "1.2.3", "1.2.3.4", "1.2.3.5"
        data.Modality, data.ImageType = "CT", ["ORIGINAL", "PRIMARY", "AXIAL"]
        data.PatientID, data.PatientName, data.PatientBirthDate = "P-1001", "Doe^Jane", "19700101"
        data.StudyDate, data.StudyTime, data.StudyID, data.AccessionNumber = "20240101", "120000", "1", ""
        data.SeriesNumber, data.SeriesDescription, data.InstanceNumber = 2, "Body", 1
        data.Manufacturer, data.ConvolutionKernel, data.SliceThickness = "Maker", "B30f", 2
        data.Rows, data.Columns, data.PixelSpacing = self.rows, self.columns, list(self.spacing)
        data.ImageOrientationPatient, data.ImagePositionPatient = list(orientation), [round(v, 6) for v in position]
        data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
        data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 16, 15, 1
        data.RescaleSlope, data.RescaleIntercept, data.RescaleType = slope, intercept, "HU"
        data.PixelData = stored.tobytes()
        for keyword, value in tags.items():
            if value is None:
                delattr(data, keyword)
            else:
                setattr(data, keyword, value)
        data.file_meta = FileMetaDataset()
        data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        data.file_meta.MediaStorageSOPClassUID = data.SOPClassUID
        data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID
        return data

    def stack(self, heights: Iterable[float], **tags: Any) -> list[Dataset]:
        """Axial planes at these heights (mm)."""
        return [
            self.plane((-14.0, -10.0, height), InstanceNumber=index + 1, **tags) for index, height in enumerate(heights)
        ]

    def tilted(self, heights: Iterable[float], degrees: float, **tags: Any) -> list[Dataset]:
        """Planes of a gantry tilted about the patient's left-right axis, the table moving along z."""
        angle = np.radians(degrees)
        orientation = (1.0, 0.0, 0.0, 0.0, float(np.cos(angle)), float(np.sin(angle)))
        return [self.plane((-14.0, -10.0, height), orientation, **tags) for height in heights]

    def error(self, volume: Any, margin: int = 1) -> float:
        """Largest difference between a volume and the truth, away from the grid's edge."""
        z, y, x = (np.arange(n) for n in volume.values.shape)
        grid = np.stack(np.meshgrid(x, y, z, indexing="ij"), -1)
        wanted = np.moveaxis(self.truth(volume.to_world(grid)), (0, 1, 2), (2, 1, 0))
        inner = slice(margin, -margin or None)
        return float(np.abs(volume.values - wanted)[:, inner, inner].max())


@pytest.fixture(scope="session")
def phantom() -> Phantom:
    return Phantom()


@pytest.fixture
def save(tmp_path: Path) -> Callable[..., Path]:
    """Write data sets under names without meaning into a folder of the test's own."""

    def write(datasets: Iterable[Dataset], folder: str = "study") -> Path:
        target = tmp_path / folder
        target.mkdir(parents=True, exist_ok=True)
        start = len(list(target.iterdir()))
        for index, data in enumerate(datasets):
            data.save_as(target / f"IM{(start + index) * 7919 % 100_003:06d}", enforce_file_format=True)
        return target

    return write


@pytest.fixture
def codes() -> Callable[[Any], set[str]]:
    """Codes of a volume's notes."""
    return lambda volume: {note.code for note in volume.notes}
