"""`Volume`: a CT stack in Hounsfield units with its place in the patient, and where it came from; resampling of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

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
        """The volume on a grid with the same centre and axes and another spacing.

        Linear between neighbours where the new grid is finer, and a triangle as wide as the new spacing (no aliasing)
        where it is coarser. Beyond the outermost planes their values go on.

        Args:
            spacing: mm, one number or x, y, z.

        Raises:
            DataError: a spacing is not a positive number.
        """
        wanted = np.broadcast_to(np.asarray(spacing, np.float64), 3)
        if not (np.isfinite(wanted).all() and (wanted > 0).all()):
            raise DataError(f"spacing must be positive millimetres (one number, or x, y, z), got {spacing!r}")
        old = np.array(self.spacing)
        sizes = np.maximum(1, np.round(np.array(self.size) * old / wanted)).astype(int)
        # Index, in the old grid, of the new first voxel: both grids have the same centre.
        first = (np.array(self.size) - 1) / 2 - (sizes - 1) / 2 * wanted / old
        weights = [
            line_weights(first[axis] + np.arange(sizes[axis]) * wanted[axis] / old[axis], self.size[axis], width)
            for axis, width in enumerate(np.maximum(1.0, wanted / old))
        ]
        affine = self.affine.copy()
        affine[:3, 3] = self.to_world(first)
        affine[:3, :3] = self.directions * wanted
        same = np.array_equal(sizes, self.size) and np.allclose(wanted, old, rtol=0, atol=1e-9)
        values = self.values if same else _apply(self.values, *weights)
        series = self.series if same else _without_planes(self)
        return replace(self, values=values, affine=affine, series=series)

    def canonical(self) -> Volume:
        """The same voxels with the axes that lie nearest to left, back and head, by swapping and turning axes only.

        Source images keep their `z` only where the third axis stays in place.
        """
        order, signs = nearest_axes(self.directions)
        if order == (0, 1, 2) and (signs > 0).all():
            return self
        values = np.transpose(self.values, [2 - order[2], 2 - order[1], 2 - order[0]])
        values = values[:: int(signs[2]), :: int(signs[1]), :: int(signs[0])]
        affine = np.eye(4)
        affine[:3, :3] = self.affine[:3, list(order)] * signs
        last = np.array(self.size, np.float64) - 1
        affine[:3, 3] = self.affine[:3, 3]
        for axis, sign in zip(order, signs, strict=True):
            if sign < 0:  # the old last voxel becomes the first
                affine[:3, 3] += self.affine[:3, axis] * last[axis]
        series = self.series
        if order[2] != 2:
            series = _without_planes(self)
        elif signs[2] < 0:
            top = self.size[2] - 1
            turned = (replace(ref, z=None if ref.z is None else top - ref.z) for ref in reversed(series.instances))
            series = replace(series, instances=tuple(turned))
        return replace(self, values=np.ascontiguousarray(values), affine=affine + 0.0, series=series)  # no -0.0

    def replace(self, **changes: Any) -> Volume:
        """A copy with other fields."""
        return replace(self, **changes)

    def noted(self, *notes: Note) -> Volume:
        """A copy with further notes."""
        return replace(self, notes=(*self.notes, *notes))


def nearest_axes(directions: NDArray[np.float64]) -> tuple[tuple[int, int, int], NDArray[np.float64]]:
    """Which column of `directions [3, 3]` lies nearest to each of x, y, z, and with which sign."""
    from scipy.optimize import linear_sum_assignment

    _, columns = linear_sum_assignment(-np.abs(directions))
    order = (int(columns[0]), int(columns[1]), int(columns[2]))
    signs = np.array([1.0 if directions[row, column] >= 0 else -1.0 for row, column in enumerate(order)])
    return order, signs


def line_weights(places: NDArray[np.float64], size: int, width: float = 1.0) -> csr_array:
    """Weights `[len(places), size]` that read a line of `size` samples at fractional indices.

    Args:
        places: fractional indices to read at.
        size: number of samples of the line.
        width: half width of the triangle, in samples; 1 is linear interpolation.
    """
    reach = int(np.ceil(width))
    offsets = np.arange(-reach, reach + 1)
    near = np.floor(places).astype(int)[:, None] + offsets
    weights = np.maximum(0.0, 1.0 - np.abs(places[:, None] - near) / width)
    rows = np.broadcast_to(np.arange(len(places))[:, None], near.shape)
    kept = weights > 1e-9
    columns = np.clip(near, 0, size - 1)
    matrix = csr_array((weights[kept], (rows[kept], columns[kept])), shape=(len(places), size))
    total = matrix.sum(axis=1)
    matrix = csr_array((matrix.data / np.repeat(total, np.diff(matrix.indptr)), matrix.indices, matrix.indptr))
    matrix.resize((len(places), size))
    return matrix.astype(np.float32)


def _apply(
    values: NDArray[np.float32], along_x: csr_array, along_y: csr_array, along_z: csr_array
) -> NDArray[np.float32]:
    """The weights of each axis applied to `values [Z, Y, X]`; sparse, so the sum's order never depends on threads."""
    z, y, x = values.shape
    planes = (along_z @ values.reshape(z, y * x)).reshape(-1, y, x)
    out = np.empty((len(planes), along_y.shape[0], along_x.shape[0]), np.float32)
    for index, plane in enumerate(planes):
        out[index] = (along_x @ np.ascontiguousarray((along_y @ plane).T)).T
    return out


def _without_planes(volume: Volume) -> Series:
    """Its series, with images that no plane stands for any more."""
    instances = tuple(replace(ref, z=None) for ref in volume.series.instances)
    return replace(volume.series, instances=instances)
