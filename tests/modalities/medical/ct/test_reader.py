"""Files in, volume or refusal out. The phantom is known everywhere, so a wrong order or spacing shows in the values."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from wugan.errors import DataError
from wugan.modalities.medical.ct import list_series, read_ct, source_headers

Save = Callable[..., Path]
HEIGHTS = np.arange(16) * 2.0
MR = "1.2.840.10008.5.1.4.1.1.4"


def darker(datasets: list[Any]) -> list[Any]:
    """The same places with other values."""
    for data in datasets:
        data.PixelData = (np.frombuffer(data.PixelData, "<i2") + 5).tobytes()
    return datasets


def test_a_folder_whatever_the_names_and_numbers(phantom: Any, save: Save, codes: Any) -> None:
    order = np.random.default_rng(0).permutation(16)
    datasets = [phantom.plane((-14, -10, 2.0 * z), InstanceNumber=100 - z, SliceLocation=0) for z in order]
    folder = save(datasets)
    volume = read_ct(folder)
    assert volume.size == (24, 20, 16) and volume.spacing == pytest.approx((1.25, 1.5, 2))
    assert phantom.error(volume) <= 0.51 and not volume.notes
    assert np.allclose(volume.to_world([0, 0, 0]), [-14, -10, 0])
    series = volume.series
    assert (series.patient_id, series.study_uid, series.series_uid) == ("P-1001", "1.2.3", "1.2.3.4")
    assert (series.frame_of_reference_uid, series.kernel, series.study_date) == ("1.2.3.5", "B30f", "20240101")
    headers = source_headers(series)
    assert [float(header.ImagePositionPatient[2]) for header in headers] == HEIGHTS.tolist()
    assert [ref.z for ref in series.instances] == list(range(16))
    assert headers[3].SOPInstanceUID == series.instances[3].sop_uid


def test_foreign_and_broken_files_are_noted(phantom: Any, save: Save, codes: Any) -> None:
    folder = save(phantom.stack(HEIGHTS))
    (folder / "README.txt").write_text("about")
    (folder / "empty").touch()
    (folder / "cut").write_bytes(next(folder.glob("IM*")).read_bytes()[:200])
    volume = read_ct(folder)
    assert codes(volume) == {"files-ignored", "files-damaged"}
    assert "README.txt" in str(volume.notes[0]) and "cut" in str(volume.notes[1])


def test_the_same_volume_from_a_zip(phantom: Any, save: Save, tmp_path: Path) -> None:
    folder = save(phantom.stack(HEIGHTS), "in/deep")
    archive = Path(shutil.make_archive(str(tmp_path / "study"), "zip", tmp_path / "in"))
    one, other = read_ct(folder), read_ct(archive)
    assert np.array_equal(one.values, other.values) and np.array_equal(one.affine, other.affine)
    assert len(source_headers(other.series)) == 16
    (tmp_path / "case").mkdir()
    shutil.move(archive, tmp_path / "case" / "study.zip")
    assert np.array_equal(read_ct(tmp_path / "case").values, one.values)


@pytest.mark.parametrize("spoil", [[], [5, 6]])
def test_harmless_changes_change_nothing(
    phantom: Any, save: Save, codes: Any, tmp_path: Path, spoil: list[int]
) -> None:
    from pydicom.uid import RLELossless

    datasets = [data for index, data in enumerate(phantom.tilted(HEIGHTS, 12)) if index not in spoil]
    plain = read_ct(save(datasets))
    for index, data in enumerate(datasets):
        data.add_new((0x0009, 0x0010), "LO", "PRIVATE")
        data.InstanceNumber = 1000 - 7 * index % 16
        data.compress(RLELossless, generate_instance_uid=False)
    folder = save([datasets[index] for index in np.random.default_rng(5).permutation(len(datasets))], "other/deep/er")
    packed = Path(shutil.make_archive(str(tmp_path / "other"), "zip", folder))
    for changed in (read_ct(folder), read_ct(packed)):
        assert np.array_equal(plain.values, changed.values) and np.array_equal(plain.affine, changed.affine)
        assert plain.notes == changed.notes
        assert [ref.sop_uid for ref in plain.series.instances] == [ref.sop_uid for ref in changed.series.instances]


def test_a_missing_slice_is_filled_where_simpleitk_squeezes_the_stack(phantom: Any, save: Save, codes: Any) -> None:
    import SimpleITK as sitk

    folder = save(phantom.stack(np.delete(HEIGHTS, [5, 9, 10])))
    volume = read_ct(folder)
    assert volume.size[2] == 16 and codes(volume) == {"gap-filled"}
    assert phantom.error(volume) < 8
    assert [ref.z for ref in volume.series.instances] == [z for z in range(16) if z not in (5, 9, 10)]
    reader = sitk.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder)))
    sitk.ProcessObject.SetGlobalWarningDisplay(False)
    squeezed = reader.Execute()
    assert squeezed.GetSize()[2] == 13 and squeezed.GetSpacing()[2] != pytest.approx(2, abs=0.2)


def test_a_tilted_series_is_straightened_where_simpleitk_shears_it(phantom: Any, save: Save, codes: Any) -> None:
    import SimpleITK as sitk

    folder = save(phantom.tilted(HEIGHTS, 20, GantryDetectorTilt=20))
    volume = read_ct(folder)
    assert codes(volume) == {"tilt-resampled"}
    assert volume.spacing[2] == pytest.approx(2 * np.cos(np.radians(20)))
    assert all(ref.z is None for ref in volume.series.instances)
    reader = sitk.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder)))
    sheared = reader.Execute()
    # The last plane's corner comes out where it is not.
    corner = sheared.TransformIndexToPhysicalPoint((0, 0, 15))
    assert abs(corner[1] - -10) > 5


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "empty"), (1, "no CT series that can be read"), (2, "no DICOM or NIfTI file, only others: a.txt")],
)
def test_nothing_to_read(tmp_path: Path, phantom: Any, save: Save, count: int, words: str) -> None:
    folder = save(phantom.stack(HEIGHTS, Modality="MR", SOPClassUID=MR)) if count == 1 else tmp_path
    if count == 2:
        (tmp_path / "a.txt").write_text("a")
    with pytest.raises(DataError, match=words) as caught:
        read_ct(folder)
    assert str(folder) in str(caught.value)
    assert count != 1 or "MR Image Storage (modality MR), not CT" in str(caught.value)


def test_two_patients_are_refused(phantom: Any, save: Save) -> None:
    folder = save(phantom.stack(HEIGHTS))
    save(phantom.stack(HEIGHTS[:2], PatientID="Q-2", SeriesInstanceUID="1.9", SOPClassUID=MR, Modality="MR"))
    for read in (read_ct, list_series):
        with pytest.raises(DataError, match="two patients, whose PatientID differs: P…1 .* and Q…2"):
            read(folder)


def test_copies_are_dropped(phantom: Any, save: Save, codes: Any) -> None:
    folder = save([*phantom.stack(HEIGHTS), *phantom.stack(HEIGHTS[3:6], AcquisitionNumber=7)])
    volume = read_ct(folder)
    assert codes(volume) == {"duplicates-dropped"} and volume.size[2] == 16 and phantom.error(volume) < 0.51


def test_two_acquisitions_are_split_and_can_be_chosen(phantom: Any, save: Save, codes: Any) -> None:
    second = darker(phantom.stack(HEIGHTS, AcquisitionNumber=10))
    folder = save([*second, *phantom.stack(HEIGHTS, AcquisitionNumber=9)])
    volume = read_ct(folder)
    assert codes(volume) == {"acquisitions-split", "series-split", "series-left-out"}
    assert phantom.error(volume) < 0.51  # number 9, the first one
    other = read_ct(folder, series="1.2.3.4#2")
    assert np.array_equal(other.values, volume.values + 5)


def test_two_acquisitions_that_nothing_tells_apart_are_refused(phantom: Any, save: Save) -> None:
    folder = save([*phantom.stack(HEIGHTS), *darker(phantom.stack(HEIGHTS, uid=""))][:20])
    with pytest.raises(DataError, match="bear the same SOPInstanceUID"):
        read_ct(folder)
    folder = save([*phantom.stack(HEIGHTS), *darker(phantom.stack(HEIGHTS, AccessionNumber="2"))], "other")
    with pytest.raises(DataError, match="no field tells the acquisitions apart"):
        read_ct(folder)


def test_a_truncated_file_counts_as_missing(phantom: Any, save: Save, codes: Any) -> None:
    datasets = phantom.stack(HEIGHTS)
    datasets[7].PixelData = datasets[7].PixelData[:400]
    volume = read_ct(save(datasets))
    assert codes(volume) == {"files-damaged", "gap-filled"}
    assert phantom.error(volume) < 5 and volume.size[2] == 16
    named = next(note for note in volume.notes if note.code == "files-damaged")
    assert "IM055433" in named.text
    for data in datasets[8:10]:
        data.PixelData = data.PixelData[:400]
    with pytest.raises(DataError, match=r"3 of 16 images cannot be read.*less than expected.*At most 10%"):
        read_ct(save(datasets, "worse"))


def test_files_cut_off_in_the_middle_of_their_pixels(phantom: Any, save: Save, codes: Any) -> None:
    folder = save(phantom.stack(HEIGHTS))
    file = folder / "IM055433"
    file.write_bytes(file.read_bytes()[:-300])
    assert codes(read_ct(folder)) == {"files-damaged", "gap-filled"}


def test_one_slice_is_a_volume_with_a_note(phantom: Any, save: Save, codes: Any) -> None:
    volume = read_ct(save(phantom.stack([4.0])))
    assert volume.size == (24, 20, 1) and codes(volume) == {"single-slice"}


def test_without_uids_they_are_derived_the_same_each_time(phantom: Any, save: Save, codes: Any) -> None:
    datasets = phantom.stack(HEIGHTS, StudyInstanceUID="", SeriesInstanceUID="")
    one = read_ct(save(datasets))
    other = read_ct(save(datasets[::-1], "other"))
    assert codes(one) == {"uid-derived"}
    assert one.series.series_uid == other.series.series_uid and one.series.series_uid.startswith("2.25.")
    assert one.series.study_uid.startswith("2.25.") and one.series.study_uid != one.series.series_uid


def test_values_without_air_are_noted(phantom: Any, save: Save, codes: Any) -> None:
    datasets = phantom.stack(HEIGHTS)
    for data in datasets:
        data.RescaleIntercept = 1024
    assert codes(read_ct(save(datasets))) == {"no-air"}


def test_nifti_in_a_folder(data_root: Path, tmp_path: Path) -> None:
    for name in ("example_ct_sm.nii.gz", "example_seg.nii.gz"):
        shutil.copy(data_root / "ct" / name, tmp_path)
    volume = read_ct(tmp_path)
    assert volume.size == (122, 101, 30)
    assert [note.code for note in volume.notes] == ["files-ignored"] and "example_seg" in volume.notes[0].text
    shutil.copy(tmp_path / "example_ct_sm.nii.gz", tmp_path / "second.nii.gz")
    with pytest.raises(DataError, match="several CT volumes"):
        read_ct(tmp_path)
    assert read_ct(tmp_path, series="second.nii.gz").size == (122, 101, 30)
    assert {summary.key for summary in list_series(tmp_path)} >= {"second.nii.gz"}


def test_a_real_series_beside_simpleitk(data_root: Path, codes: Any) -> None:
    import SimpleITK as sitk

    folder = data_root / "ct" / "dicom_series"
    volume = read_ct(folder)
    reader = sitk.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder)))
    image = reader.Execute()
    assert np.array_equal(volume.values, np.maximum(sitk.GetArrayFromImage(image), -1024))
    assert volume.spacing == pytest.approx(image.GetSpacing())
    assert np.allclose(volume.to_world([7, 5, 3]), image.TransformIndexToPhysicalPoint((7, 5, 3)))
    assert codes(volume) == {"uid-derived"}
