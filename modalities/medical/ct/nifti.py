"""CT from NIfTI files: their RAS coordinates to DICOM's LPS, their voxels checked for Hounsfield units."""

from __future__ import annotations

import gzip
import math
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError
from wugan.modalities.medical.ct.volume import AIR, Volume, nearest_axes
from wugan.modalities.medical.note import Note

SUFFIXES = (".nii", ".nii.gz")
MAX_VOXELS = 2**31  #: of one volume; 8 GiB of float32
_TO_MM = {"meter": 1000.0, "mm": 1.0, "micron": 0.001, "unknown": 1.0}
_FAT = -20.0  # HU; every CT of a body holds fat or air, which lie below
_FINEST, _COARSEST = 0.01, 100.0  # mm between voxels
_FARTHEST = 1e5  # mm from the origin
_STRAIGHT = 0.7  # volume of the parallelepiped of the axes' unit vectors: two axes at 45°
_RIGHT_ANGLE = 1e-3  # cosine of two axes above which a grid counts as sheared


def is_nifti(name: str) -> bool:
    """Whether a file's name is one of NIfTI's."""
    return name.lower().endswith(SUFFIXES)


def read_nifti(file: IO[bytes], name: str) -> Volume:
    """A NIfTI-1 or NIfTI-2 file, packed by gzip or not.

    The sform gives the coordinates, the qform where there is no sform. The axes come back in the order left, back,
    head. A sheared grid is resampled to right angles.

    Args:
        file: the open file.
        name: what to call it in errors and notes.

    Raises:
        DataError: damaged, not three-dimensional, colour, or values that cannot be Hounsfield units.
    """
    import nibabel

    try:
        packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        stream: IO[bytes] = gzip.GzipFile(fileobj=file) if packed else file  # type: ignore[assignment]
        image = _image(nibabel, stream)
        shape = _shape(image, name)
        values = np.asanyarray(image.dataobj).reshape(shape).astype(np.float32)
    except DataError:
        raise
    except Exception as error:  # nibabel's, gzip's and zlib's, of many kinds
        raise DataError(f"{name} is no readable NIfTI file, or is cut off ({_line(error)}); copy it again") from error
    notes: list[Note] = []
    affine = _affine(image, name, notes)
    broken = ~np.isfinite(values)
    if broken.any():
        notes.append(Note("not-finite", f"{int(broken.sum())} voxels were NaN or infinite and count as air.", name))
        values[broken] = AIR
    _check_units(values, name)
    np.maximum(values, AIR, out=values)
    values = np.transpose(values, (2, 1, 0))  # NIfTI's first axis is x
    affine = np.diag([-1.0, -1.0, 1.0, 1.0]) @ affine  # RAS to LPS
    values, affine = _right_angled(values, affine, name, notes)
    return Volume(np.ascontiguousarray(values), affine, notes=tuple(notes)).canonical()


def _image(nibabel: Any, stream: IO[bytes]) -> Any:
    start = stream.read(4)
    stream.seek(0)
    # NIfTI-2 headers are 540 bytes long, and say so in their first field.
    kind = nibabel.Nifti2Image if 540 in (int.from_bytes(start, "little"), int.from_bytes(start, "big")) else None
    return (kind or nibabel.Nifti1Image).from_stream(stream)


def _shape(image: Any, name: str) -> tuple[int, int, int]:
    shape = tuple(int(length) for length in image.shape)
    if image.get_data_dtype().fields is not None:
        raise DataError(f"{name} holds colours, not Hounsfield units")
    if len(shape) < 3 or any(length != 1 for length in shape[3:]) or min(shape) < 1:
        raise DataError(f"{name} has the shape {shape}; a CT has three dimensions (give one time point as a file)")
    if math.prod(shape) > MAX_VOXELS:
        raise DataError(f"{name} announces {math.prod(shape)} voxels, more than {MAX_VOXELS}; crop or resample it")
    return shape[0], shape[1], shape[2]


def _affine(image: Any, name: str, notes: list[Note]) -> NDArray[np.float64]:
    header = image.header
    sform, sform_code = header.get_sform(coded=True)
    qform, qform_code = header.get_qform(coded=True)
    if sform_code and qform_code and not np.allclose(sform, qform, rtol=0, atol=0.1):
        text = "Its sform and qform place it differently; the sform counts."
        notes.append(Note("placements-differ", text, name))
    if not sform_code and not qform_code:
        text = (
            "It does not say how it lies (sform and qform codes are 0); left and right are as its axes suggest, "
            "and may be exchanged."
        )
        notes.append(Note("orientation-assumed", text, name))
    affine = np.array(sform if sform_code else qform if qform_code else header.get_base_affine(), np.float64)
    unit = header.get_xyzt_units()[0]
    if unit not in _TO_MM:
        raise DataError(f"{name} gives its coordinates in {unit!r}; millimetres are expected")
    affine[:3] *= _TO_MM[unit]
    possible = np.isfinite(affine).all() and np.abs(affine).max() < _FARTHEST
    spacing = np.linalg.norm(np.nan_to_num(affine[:3, :3]), axis=0)
    straightness = abs(np.linalg.det(np.nan_to_num(affine[:3, :3]) / np.where(spacing > 0, spacing, 1)))
    if not possible or spacing.min() < _FINEST or spacing.max() > _COARSEST or straightness < _STRAIGHT:
        raise DataError(
            f"{name}: its affine {affine.tolist()} is none of a body in millimetres (spacing {_FINEST} to {_COARSEST}, "
            "axes less than 45° off right angles); write the file again with its coordinates"
        )
    return affine


def _check_units(values: NDArray[np.float32], name: str) -> None:
    low, high = float(values.min()), float(values.max())
    if low > _FAT:
        raise DataError(
            f"{name} has values from {low:g} to {high:g}; CT in Hounsfield units has fat and air below {_FAT:g} (a "
            "mask, another modality, or values without their offset?)"
        )


def _right_angled(
    values: NDArray[np.float32], affine: NDArray[np.float64], name: str, notes: list[Note]
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """The grid itself if its axes are at right angles, otherwise a straight one that covers it."""
    spacing = np.linalg.norm(affine[:3, :3], axis=0)
    directions = affine[:3, :3] / spacing
    if np.abs(directions.T @ directions - np.eye(3)).max() <= _RIGHT_ANGLE:
        return values, affine
    from scipy.ndimage import affine_transform

    order, signs = nearest_axes(directions)
    nearest, _, other = np.linalg.svd(directions[:, order] * signs)
    straight = nearest @ other  # the rotation nearest to the axes (polar decomposition)
    spacing = spacing[list(order)]
    corners = np.stack(np.meshgrid(*[(0, length - 1) for length in values.shape[::-1]]), -1).reshape(-1, 3)
    placed = (corners @ affine[:3, :3].T + affine[:3, 3]) @ straight
    low, high = placed.min(axis=0), placed.max(axis=0)
    size = np.ceil((high - low) / spacing - 1e-6).astype(int) + 1
    grid = np.eye(4)
    grid[:3, :3], grid[:3, 3] = straight * spacing, straight @ low
    to_old = np.linalg.inv(affine) @ grid
    reverse = to_old[:3, :3][::-1, ::-1]  # scipy counts z, y, x
    sampled = affine_transform(values, reverse, to_old[:3, 3][::-1], tuple(size[::-1]), order=1, cval=AIR)
    angle = np.degrees(np.arcsin(np.clip(np.abs(directions.T @ directions - np.eye(3)).max(), 0, 1)))
    text = f"Its axes are off right angles by {angle:.1f}°; it was resampled to a grid at right angles."
    notes.append(Note("shear-resampled", text, name))
    return sampled, grid


def _line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
