"""`Volume`: a CT stack in Hounsfield units with its place in the patient, and where it came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wugan.errors import DataError
from wugan.modalities.medical.note import Note

AIR = -1024.0  #: Hounsfield units of what lies outside the scanned field; values below are raised to it


@dataclass(frozen=True, slots=True)
class InstanceRef:
    """One source image, so that results can point back at it (DICOM SR and SEG).

    Attributes:
        sop_class: SOP class UID.
        sop_uid: SOP instance UID.
        path: its file; of a file inside a zip, `archive.zip!/name/inside`.
        z: index of its plane in `Volume.values`; `None` where the volume was resampled so that no plane is its own.
        frame: number of its frame, from 1, in a multi-frame file; `None` in a single-frame one.
    """

    sop_class: str
    sop_uid: str
    path: str
    z: int | None = None
    frame: int | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """What the headers say about a series. Fields that a file lacks (all of them, for NIfTI) are empty.

    Attributes:
        patient_id: PatientID, as it stands in the file: mask it before it is shown.
        study_uid: StudyInstanceUID.
        series_uid: SeriesInstanceUID.
        frame_of_reference_uid: coordinates are comparable between series that share it.
        modality: always `"CT"`.
        description: SeriesDescription.
        study_date: StudyDate, `YYYYMMDD`.
        manufacturer: Manufacturer and model.
        kernel: ConvolutionKernel.
        slice_thickness: mm, as the header says it (the distance of the slices is `Volume.spacing[2]`).
        instances: the source images along the normal of the planes.
    """

    patient_id: str = ""
    study_uid: str = ""
    series_uid: str = ""
    frame_of_reference_uid: str = ""
    modality: str = "CT"
    description: str = ""
    study_date: str = ""
    manufacturer: str = ""
    kernel: str = ""
    slice_thickness: float | None = None
    instances: tuple[InstanceRef, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Volume:
    """A regular grid of Hounsfield units.

    The axes of the grid are at right angles and right-handed; those of a DICOM stack are its rows' direction, its
    columns' direction and the normal of its planes, so that a head-first supine axial series has x to the left, y to
    the back and z to the head. `canonical` gives this order for any other stack.

    Attributes:
        values: float32 `[Z, Y, X]` in Hounsfield units; padding is -1024 (air).
        affine: float64 `[4, 4]`, index (x, y, z, 1) to LPS+ millimetres (DICOM's patient coordinates: towards the
            left, the back, the head).
        series: what the headers say.
        notes: what was found and handled on the way in.

    Raises:
        DataError: the shapes do not fit, or the affine has no inverse.
    """

    values: NDArray[np.float32]
    affine: NDArray[np.float64]
    series: Series = Series()
    notes: tuple[Note, ...] = ()

    def __post_init__(self) -> None:
        if self.values.ndim != 3 or not self.values.size:
            raise DataError(f"Volume.values must be [Z, Y, X] and not empty, got {self.values.shape}")
        if self.affine.shape != (4, 4) or not np.isfinite(self.affine).all():
            raise DataError(f"Volume.affine must be a finite [4, 4], got {self.affine.tolist()}")
        if abs(np.linalg.det(self.affine[:3, :3])) < 1e-12:
            raise DataError("Volume.affine has no inverse: two of its axes coincide or a spacing is 0")

    @property
    def spacing(self) -> tuple[float, float, float]:
        """Distance of neighbouring voxels along x, y, z (mm)."""
        x, y, z = np.linalg.norm(self.affine[:3, :3], axis=0)
        return round(float(x), 9), round(float(y), 9), round(float(z), 9)

    @property
    def directions(self) -> NDArray[np.float64]:
        """Unit vectors of the axes x, y, z in LPS as columns of `[3, 3]`."""
        return self.affine[:3, :3] / np.linalg.norm(self.affine[:3, :3], axis=0)

    @property
    def size(self) -> tuple[int, int, int]:
        """Number of voxels along x, y, z."""
        z, y, x = self.values.shape
        return x, y, z

    @property
    def voxel_ml(self) -> float:
        """Volume of one voxel in millilitres."""
        return float(np.prod(self.spacing)) / 1000

    def to_world(self, index: ArrayLike) -> NDArray[np.float64]:
        """LPS millimetres `[..., 3]` of indices `[..., 3]` in the order x, y, z (fractions allowed)."""
        return np.asarray(index, np.float64) @ self.affine[:3, :3].T + self.affine[:3, 3]

    def to_index(self, world: ArrayLike) -> NDArray[np.float64]:
        """Indices `[..., 3]` in the order x, y, z (with fractions) of LPS millimetres `[..., 3]`."""
        return (np.asarray(world, np.float64) - self.affine[:3, 3]) @ np.linalg.inv(self.affine[:3, :3]).T

    def resampled(self, spacing: float | Sequence[float]) -> Volume:
        """The same body on a grid of another spacing (mm; one number, or x, y, z), averaging where it gets coarser."""
        from wugan.modalities.medical.ct.resample import to_spacing

        return to_spacing(self, spacing)

    def canonical(self) -> Volume:
        """The same voxels with the axes that lie nearest to left, back and head, by swapping and turning axes only.

        Source images keep their `z` only where the third axis stays in place.
        """
        from wugan.modalities.medical.ct.resample import to_canonical

        return to_canonical(self)

    def replace(self, **changes: Any) -> Volume:
        """A copy with other fields."""
        return replace(self, **changes)

    def noted(self, *notes: Note) -> Volume:
        """A copy with further notes."""
        return replace(self, notes=(*self.notes, *notes))
