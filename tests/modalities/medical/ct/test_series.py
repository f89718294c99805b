"""Which series is read, and what is said of the others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from wugan.errors import DataError
from wugan.modalities.medical.ct import list_series, read_ct
from wugan.modalities.medical.ct.series import derived_uid

Save = Callable[..., Path]
HEIGHTS = np.arange(12) * 2.0
CORONAL = (1, 0, 0, 0, 0, -1)
SCOUT = {
    "ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"],
    "SeriesInstanceUID": "1.2.9",
    "SeriesDescription": "Topogram",
}
SECONDARY = "1.2.840.10008.5.1.4.1.1.7"
DERIVED = ["DERIVED", "SECONDARY", "AXIAL"]


def chosen(folder: Path) -> str:
    return next(summary.key for summary in list_series(folder) if summary.chosen)


@pytest.mark.parametrize(
    ("count", "tags", "reason"),
    [
        (2, SCOUT, "scout"),
        (3, {"SeriesDescription": "Scout AP"}, "scout"),
        (1, {"SOPClassUID": SECONDARY, "SeriesDescription": "Dose Report"}, "Secondary Capture Image Storage"),
        (20, {"ImageType": [*DERIVED, "MIP"]}, "computed picture (MIP)"),
        (20, {"ImageType": DERIVED, "SeriesDescription": "Thorax MIP 10mm"}, "computed picture by its description"),
        (20, {"SamplesPerPixel": 3}, "colour"),
        (20, {"Modality": "PT", "SOPClassUID": "1.2.840.10008.5.1.4.1.1.128"}, "Positron Emission"),
        (20, {"Modality": "OT"}, "modality OT"),
        (20, {"RescaleType": "Z_EFF"}, "Z_EFF, not Hounsfield"),
        (20, {"RescaleSlope": None}, "RescaleSlope"),
        (20, {"ImagePositionPatient": None}, "ImagePositionPatient"),
        (20, {"PixelSpacing": None}, "PixelSpacing"),
    ],
)
def test_what_is_no_ct_stack_is_left_out_with_the_reason(
    phantom: Any, save: Save, count: int, tags: dict[str, Any], reason: str
) -> None:
    folder = save(phantom.stack(HEIGHTS))
    save(phantom.stack(np.arange(count) * 1.0, **{"SeriesInstanceUID": "1.2.9", **tags}))
    listed = {summary.key: summary for summary in list_series(folder)}
    assert listed["1.2.3.4"].chosen and not listed["1.2.9"].chosen
    assert reason in listed["1.2.9"].reason and listed["1.2.9"].images == count
    volume = read_ct(folder)
    note = next(note for note in volume.notes if note.code == "series-left-out")
    assert reason in note.text and phantom.error(volume) < 0.51
    with pytest.raises(DataError, match=r"1\.2\.9 cannot be read"):
        read_ct(folder, series="1.2.9")


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        ({"ImageType": DERIVED}, {}),
        ({"StudyDate": "20230101"}, {}),
        ({"ConvolutionKernel": "B70f"}, {"ConvolutionKernel": "B30f"}),
        ({"ConvolutionKernel": "BONE"}, {"ConvolutionKernel": "STANDARD"}),
        ({"SeriesNumber": 9}, {"SeriesNumber": 3}),
    ],
)
def test_the_better_of_two_is_chosen(phantom: Any, save: Save, worse: dict[str, Any], better: dict[str, Any]) -> None:
    folder = save(phantom.stack(HEIGHTS, **{"SeriesInstanceUID": "1.2.1", **worse}))
    save(phantom.stack(HEIGHTS, **{"SeriesInstanceUID": "1.2.2", **better}))
    assert chosen(folder) == "1.2.2"
    assert read_ct(folder, series="1.2.1").series.series_uid == "1.2.1"


def test_more_and_thinner_planes_are_better(phantom: Any, save: Save) -> None:
    folder = save(phantom.stack(np.arange(0, 24, 4.0), SeriesInstanceUID="1.2.1"))
    save(phantom.stack(HEIGHTS, SeriesInstanceUID="1.2.2"))
    save(phantom.stack(HEIGHTS * 1.5, SeriesInstanceUID="1.2.0"))
    assert chosen(folder) == "1.2.2"


def test_an_unknown_wish_lists_what_there_is(phantom: Any, save: Save) -> None:
    with pytest.raises(DataError, match=r"(?s)no series '7'; it has:.*1\.2\.3\.4 'Body', 12 images: can be read"):
        read_ct(save(phantom.stack(HEIGHTS)), series="7")


def test_scouts_within_the_series(phantom: Any, save: Save, codes: Any) -> None:
    scouts = [phantom.plane((-14, -10, 30), CORONAL, ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"])]
    volume = read_ct(save([*phantom.stack(HEIGHTS), *scouts]))
    assert codes(volume) == {"scouts-dropped"} and volume.size[2] == 12
    unmarked = read_ct(save([*phantom.stack(HEIGHTS), phantom.plane((-14, -10, 30), CORONAL)], "unmarked"))
    assert codes(unmarked) == {"series-split", "series-left-out"} and unmarked.size[2] == 12


def test_orientations_or_sizes_in_like_numbers_are_refused_unless_one_is_chosen(phantom: Any, save: Save) -> None:
    coronal = [phantom.plane((-14, y * 2.0, 30), CORONAL) for y in range(10)]
    folder = save([*phantom.stack(HEIGHTS), *coronal])
    with pytest.raises(DataError, match=r"different orientation.*#1: 12 axial.*#2: 10 coronal"):
        read_ct(folder)
    assert not any(summary.chosen for summary in list_series(folder))
    assert read_ct(folder, series="1.2.3.4#2").size == (24, 20, 10)
    with pytest.raises(DataError, match="different orientation"):
        read_ct(folder, series="1.2.3.4")
    sized = save([*phantom.stack(HEIGHTS), *phantom.stack(HEIGHTS + 40, PixelSpacing=[1.5, 1.5])], "sized")
    with pytest.raises(DataError, match="pixel spacing in like numbers"):
        read_ct(sized)


def test_a_few_planes_without_their_place_are_left_out(phantom: Any, save: Save, codes: Any) -> None:
    datasets = phantom.stack(HEIGHTS)
    del datasets[4].ImagePositionPatient
    volume = read_ct(save(datasets))
    assert codes(volume) == {"planes-left-out", "gap-filled"} and phantom.error(volume) < 3


def test_acquisition_numbers_that_change_along_the_body_split_nothing(phantom: Any, save: Save, codes: Any) -> None:
    datasets = [phantom.plane((-14, -10, height), AcquisitionNumber=int(height // 8)) for height in HEIGHTS]
    volume = read_ct(save(datasets))
    assert not volume.notes and volume.size[2] == 12


def test_phases_of_the_heart_are_told_apart(phantom: Any, save: Save) -> None:
    datasets = [
        phantom.plane((-14, -10, height), NominalPercentageOfCardiacPhase=phase, intercept=-1024 + phase)
        for height in HEIGHTS
        for phase in (40, 70)
    ]
    for data in datasets:
        data.RescaleIntercept = -1024  # so that the phases differ
    folder = save(datasets)
    assert {summary.key for summary in list_series(folder)} == {"1.2.3.4#1", "1.2.3.4#2"}
    values = [read_ct(folder, series=f"1.2.3.4#{part}").values for part in (1, 2)]
    assert np.array_equal(values[0] - 30, values[1])  # 40 % comes first


def test_derived_uids_are_valid_and_depend_on_every_part() -> None:
    one = derived_uid("a", "b")
    assert one == derived_uid("a", "b") != derived_uid("ab", "") and len(one) <= 64
