"""Headers of single-frame, multi-frame and odd files."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import generate_uid

from wugan.modalities.medical.ct import list_series, read_ct, source_headers
from wugan.modalities.medical.ct.archive import Entry
from wugan.modalities.medical.ct.headers import ENHANCED_CT, planes, read_header

Save = Callable[..., Path]
HEIGHTS = np.arange(10) * 2.0
HERE = Entry("file", "file")


def item(**values: Any) -> Sequence:
    data = Dataset()
    for keyword, value in values.items():
        setattr(data, keyword, value)
    return Sequence([data])


def enhanced(singles: list[Dataset], phases: int = 1, **tags: Any) -> Dataset:
    """An enhanced CT file of single-frame ones in the order given, with phases at the same places one after another."""
    first = singles[0]
    data = Dataset()
    for keyword in (
        "StudyInstanceUID",
        "SeriesInstanceUID",
        "FrameOfReferenceUID",
        "Modality",
        "PatientID",
        "PatientName",
    ):
        setattr(data, keyword, getattr(first, keyword))
    data.SOPClassUID, data.SOPInstanceUID, data.ImageType = (
        ENHANCED_CT,
        generate_uid(),
        ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"],
    )
    data.PatientBirthDate, data.StudyDate = first.PatientBirthDate, first.StudyDate
    for keyword in ("Rows", "Columns", "SamplesPerPixel", "PhotometricInterpretation", "BitsAllocated", "BitsStored"):
        setattr(data, keyword, getattr(first, keyword))
    data.HighBit, data.PixelRepresentation, data.NumberOfFrames = 15, 1, len(singles)
    shared = Dataset()
    shared.PlaneOrientationSequence = item(ImageOrientationPatient=first.ImageOrientationPatient)
    shared.PixelMeasuresSequence = item(PixelSpacing=first.PixelSpacing, SliceThickness=2)
    data.SharedFunctionalGroupsSequence = Sequence([shared])
    groups = []
    for index, single in enumerate(singles):
        group = Dataset()
        group.PlanePositionSequence = item(ImagePositionPatient=single.ImagePositionPatient)
        # Slope and intercept may differ from frame to frame.
        group.PixelValueTransformationSequence = item(
            RescaleSlope=single.RescaleSlope, RescaleIntercept=single.RescaleIntercept, RescaleType="HU"
        )
        group.FrameContentSequence = item(TemporalPositionIndex=1 + index * phases // len(singles))
        group.CTImageFrameTypeSequence = item(FrameType=["ORIGINAL", "PRIMARY", "VOLUME", "NONE"])
        groups.append(group)
    data.PerFrameFunctionalGroupsSequence = Sequence(groups)
    data.PixelData = b"".join(single.PixelData for single in singles)
    for keyword, value in tags.items():
        setattr(data, keyword, value)
    data.file_meta = first.file_meta
    data.file_meta.MediaStorageSOPClassUID, data.file_meta.MediaStorageSOPInstanceUID = ENHANCED_CT, data.SOPInstanceUID
    return data


def test_an_enhanced_multi_frame_file(phantom: Any, tmp_path: Path) -> None:
    singles = [
        phantom.plane((-14, -10, height), slope=1 + index % 3, intercept=-1000 - index)
        for index, height in enumerate(HEIGHTS[::-1])
    ]
    path = tmp_path / "one.dcm"
    enhanced(singles).save_as(path, enforce_file_format=True)
    volume = read_ct(path)
    assert volume.size == (24, 20, 10) and volume.spacing == pytest.approx((1.25, 1.5, 2))
    assert phantom.error(volume) < 1.6 and not volume.notes
    assert [(ref.z, ref.frame) for ref in volume.series.instances][:2] == [(0, 10), (1, 9)]
    assert len(source_headers(volume.series)) == 1


def test_phases_of_a_multi_frame_file(phantom: Any, save: Save) -> None:
    early = phantom.stack(HEIGHTS)
    late = phantom.stack(HEIGHTS)
    for data in late:
        data.RescaleIntercept = -1000
    folder = save([enhanced([*early, *late], phases=2)])
    assert [summary.images for summary in list_series(folder)] == [10, 10]
    assert phantom.error(read_ct(folder)) < 0.51


def test_a_legacy_converted_series_of_highdicom(phantom: Any, tmp_path: Path) -> None:
    from highdicom.legacy import LegacyConvertedEnhancedCTImage

    singles = phantom.stack(HEIGHTS, PatientSex="F", PositionReferenceIndicator="", BodyPartExamined="CHEST")
    made = LegacyConvertedEnhancedCTImage(singles, "1.2.3.7", 3, generate_uid(), 1)
    made.save_as(tmp_path / "made.dcm")
    volume = read_ct(tmp_path / "made.dcm")
    assert volume.size == (24, 20, 10) and phantom.error(volume) < 0.51


def test_files_of_old_without_a_preamble(phantom: Any, tmp_path: Path) -> None:
    from pydicom.filewriter import dcmwrite

    for index, data in enumerate(phantom.stack(HEIGHTS)):
        dcmwrite(tmp_path / str(index), Dataset(data), implicit_vr=True, little_endian=True)
    assert (tmp_path / "0").read_bytes()[:2] == b"\x08\x00"
    volume = read_ct(tmp_path)
    assert volume.size[2] == 10 and phantom.error(volume) < 0.51


def test_what_is_no_dicom_is_none() -> None:
    for content in (b"", b"x" * 50, b"PK\x03\x04" + bytes(300), b"\x08\x00" + b"\xff" * 200):
        assert read_header(io.BytesIO(content)) is None


def test_values_against_the_standard_count_as_missing(phantom: Any) -> None:
    data = phantom.plane((0, 0, 0))
    data.ImagePositionPatient = ["1", "2"]
    data["RescaleSlope"]._value = "1,5"
    plane = planes(data, HERE)[0]
    assert plane.position is None and plane.slope is None
    assert plane.spacing == (1.25, 1.5) and plane.shape == (20, 24)


def test_padding_is_read_with_the_sign_of_the_pixels(phantom: Any) -> None:
    signed = planes(phantom.plane((0, 0, 0), PixelPaddingValue=63536, PixelPaddingRangeLimit=-1900), HERE)[0]
    assert signed.padding == (-2000, -1900)
    unsigned = planes(phantom.plane((0, 0, 0), PixelPaddingValue=63536, PixelRepresentation=0), HERE)[0]
    assert unsigned.padding == (63536, 63536)
