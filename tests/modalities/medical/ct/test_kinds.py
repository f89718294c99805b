"""What kind of image a plane is; `test_series` has the cases that decide about whole series."""

from __future__ import annotations

from typing import Any

import pytest

from wugan.modalities.medical.ct import headers, series
from wugan.modalities.medical.ct.archive import Entry

CORONAL = (1, 0, 0, 0, 0, -1)


def plane(phantom: Any, orientation: Any = (1, 0, 0, 0, 1, 0), **tags: Any) -> Any:
    return headers.planes(phantom.plane((0, 0, 0), orientation, **tags), Entry("x", "x"))[0]


def test_a_series_that_is_only_meant_for_projections_is_one_of_sections(phantom: Any) -> None:
    assert not series.no_section(plane(phantom, SeriesDescription="Thorax 1.0 for MIP"))
    derived = ["DERIVED", "SECONDARY", "AXIAL"]
    assert series.no_section(plane(phantom, SeriesDescription="Thorax MIP", ImageType=derived))
    assert not series.no_section(plane(phantom, SeriesDescription="Shipment", ImageType=derived))


def test_a_scout_by_its_name_has_few_planes(phantom: Any) -> None:
    named = plane(phantom, SeriesDescription="Topogramm 0.6 T20f")
    assert series.is_scout(named, 2) and not series.is_scout(named, 200)
    assert series.is_scout(plane(phantom, ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"]), 200)


def test_original_axial_images_come_first(phantom: Any) -> None:
    derived = ["DERIVED", "PRIMARY", "AXIAL"]
    found = [plane(phantom), plane(phantom, ImageType=derived), plane(phantom, CORONAL), plane(phantom, ImageType=None)]
    assert [series.kind(each) for each in found] == [3, 2, 1, 2]


@pytest.mark.parametrize(
    ("softer", "sharper"),
    [("B30f", "B70f"), ("Br38f\\3", "Bl57d"), ("STANDARD", "LUNG"), ("FC08", "FC51"), ("SOFT", "BONEPLUS")],
)
def test_kernels_by_sharpness(phantom: Any, softer: str, sharper: str) -> None:
    one, other = (series.sharpness(plane(phantom, ConvolutionKernel=name.split("\\"))) for name in (softer, sharper))
    assert one < other


def test_what_is_missing_is_named(phantom: Any) -> None:
    assert not series.unmeasured(plane(phantom))
    for field in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "RescaleSlope", "Rows"):
        assert field in series.unmeasured(plane(phantom, **{field: None}))
