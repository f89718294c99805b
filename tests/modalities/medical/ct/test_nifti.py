from __future__ import annotations

import gzip
import io
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pytest

from wugan.errors import DataError
from wugan.modalities.medical.ct import Volume, read_ct
from wugan.modalities.medical.ct.nifti import read_nifti

RAS = np.diag([-1.0, -1.0, 1.0, 1.0])  # LPS to RAS and back


def image(
    phantom: Any, affine_lps: Any, shape: tuple[int, int, int] = (24, 20, 12), kind: Any = nibabel.Nifti1Image
) -> Any:
    """The phantom sampled on a grid, axes in NIfTI's order."""
    index = np.stack(np.indices(shape), -1)
    values = phantom.truth(index @ np.asarray(affine_lps)[:3, :3].T + np.asarray(affine_lps)[:3, 3])
    return kind(np.rint(values).astype(np.int16), RAS @ affine_lps)


def read(made: Any) -> Volume:
    return read_nifti(io.BytesIO(made.to_bytes()), "x.nii")


@pytest.fixture
def upright() -> np.ndarray:
    affine = np.diag([1.25, 1.5, 2.0, 1.0])
    affine[:3, 3] = [-14, -10, 3]
    return affine


def test_ras_becomes_lps_in_canonical_order(phantom: Any, upright: np.ndarray) -> None:
    turned = upright @ np.diag([-1.0, 1, -1, 1])
    turned[:3, 3] = [14, -10, 27]
    swapped = turned[:, [1, 2, 0, 3]]
    for affine, shape in ((upright, (24, 20, 12)), (turned, (24, 20, 12)), (swapped, (20, 12, 24))):
        volume = read(image(phantom, affine, shape))
        assert volume.size == (24, 20, 12) and phantom.error(volume) <= 0.51 and not volume.notes
        assert (np.diag(volume.affine) > 0).all()


def test_nifti_2_and_gzip(phantom: Any, upright: np.ndarray, tmp_path: Path) -> None:
    made = image(phantom, upright, kind=nibabel.Nifti2Image)
    (tmp_path / "x.nii.gz").write_bytes(gzip.compress(made.to_bytes()))
    assert phantom.error(read_ct(tmp_path / "x.nii.gz")) <= 0.51


def test_qform_where_there_is_no_sform_and_a_note_where_there_is_none(phantom: Any, upright: np.ndarray) -> None:
    made = image(phantom, upright)
    made.set_qform(RAS @ upright, 1)
    made.set_sform(None, 0)
    assert phantom.error(read(made)) <= 0.51 and not read(made).notes
    made.set_sform(RAS @ upright, 2)
    made.set_qform(np.diag([1.25, 1.5, 2.0, 1.0]), 1)
    assert [note.code for note in read(made).notes] == ["placements-differ"] and phantom.error(read(made)) <= 0.51
    made.set_qform(None, 0)
    made.set_sform(None, 0)
    assert [note.code for note in read(made).notes] == ["orientation-assumed"]


def test_a_sheared_grid_is_straightened(phantom: Any, upright: np.ndarray) -> None:
    upright[1, 2] = 0.7
    volume = read(image(phantom, upright))
    assert [note.code for note in volume.notes] == ["shear-resampled"]
    assert np.allclose(volume.directions.T @ volume.directions, np.eye(3))
    z, y, x = np.indices(volume.values.shape)
    wanted = phantom.truth(volume.to_world(np.stack([x, y, z], -1)))
    middle = (slice(3, -3), slice(8, -8), slice(4, -4))
    assert np.abs(volume.values - wanted)[middle].max() < 4


def test_not_finite_voxels_are_air(phantom: Any, upright: np.ndarray) -> None:
    made = image(phantom, upright)
    values = made.get_fdata().astype(np.float32)
    values[0, 0, 0] = np.nan
    volume = read(nibabel.Nifti1Image(values, made.affine))
    assert volume.values[0, 0, 0] == -1024 and [note.code for note in volume.notes] == ["not-finite"]


def test_metres_are_converted_and_seconds_refused(phantom: Any, upright: np.ndarray) -> None:
    made = image(phantom, upright)
    small = RAS @ upright
    small[:3] /= 1000
    made.set_sform(small, 1)
    made.header.set_xyzt_units("meter")
    assert phantom.error(read(made)) <= 0.51


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (np.ones((4, 4, 4), np.int16), "mask"),
        (np.zeros((4, 4, 4, 3), np.int16), "three dimensions"),
        (np.zeros((4, 4), np.int16), "three dimensions"),
        (np.zeros((4, 4, 4), [("R", "u1"), ("G", "u1"), ("B", "u1")]), "colours"),
    ],
)
def test_what_is_no_ct_is_refused(values: Any, words: str) -> None:
    with pytest.raises(DataError, match=words):
        read(nibabel.Nifti1Image(values, np.eye(4)))


def test_damage_is_refused(phantom: Any, upright: np.ndarray) -> None:
    content = image(phantom, upright).to_bytes()
    packed = gzip.compress(content)
    for broken in (content[:-100], content[:100], b"", packed[:-30], b"\x1f\x8b" + bytes(50), b"text" * 200):
        with pytest.raises(DataError, match=r"x\.nii"):
            read_nifti(io.BytesIO(broken), "x.nii")


@pytest.mark.parametrize(
    ("row", "column", "value"), [(0, 0, 1e-4), (1, 1, 1e4), (1, 2, 8.0), (2, 3, 1e7), (0, 1, np.nan)]
)
def test_coordinates_of_no_body_are_refused(
    phantom: Any, upright: np.ndarray, row: int, column: int, value: float
) -> None:
    made = image(phantom, upright)
    affine = made.affine.copy()
    affine[row, column] = value
    content = bytearray(made.to_bytes())
    content[280 + 16 * row : 296 + 16 * row] = affine[row].astype("<f4").tobytes()
    with pytest.raises(DataError, match="none of a body"):
        read_nifti(io.BytesIO(bytes(content)), "x.nii")


def test_an_announced_size_beyond_reason_is_refused(phantom: Any, upright: np.ndarray) -> None:
    content = bytearray(image(phantom, upright).to_bytes())
    content[42:48] = np.array([30_000, 30_000, 30_000], "<i2").tobytes()
    with pytest.raises(DataError, match="announces"):
        read_nifti(io.BytesIO(bytes(content)), "x.nii")


@pytest.mark.parametrize("name", ["example_ct", "example_ct_sm"])
def test_real_files_beside_simpleitk(data_root: Path, name: str) -> None:
    import SimpleITK as sitk

    path = data_root / "ct" / f"{name}.nii.gz"
    volume, peer = read_ct(path), sitk.DICOMOrient(sitk.ReadImage(str(path)), "LPS")
    assert np.array_equal(volume.values, np.maximum(sitk.GetArrayFromImage(peer), -1024))
    assert np.allclose(volume.to_world([3, 4, 5]), peer.TransformIndexToPhysicalPoint((3, 4, 5)))
