from __future__ import annotations

import pytest

from wugan.errors import DataError
from wugan.modalities.medical.pathology.slide import find_resolution

SCANNER = {"openslide.mpp-x": "0.4990", "openslide.mpp-y": "0.4990", "openslide.objective-power": "20"}


def test_the_caller_s_figure_comes_first_then_the_scanner_s() -> None:
    given = find_resolution(SCANNER, "a.svs", 0.25)
    assert (given.x, given.y, given.source, given.notes) == (0.25, 0.25, "given", ())
    written = find_resolution(SCANNER, "a.svs")
    assert (written.x, written.y, written.source, written.notes) == (0.499, 0.499, "file", ())


def test_a_comma_for_a_point_is_read() -> None:
    assert find_resolution({"openslide.mpp-x": "0,25", "openslide.mpp-y": "0,25"}, "a.mrxs").x == 0.25


def test_the_objective_is_a_stated_assumption() -> None:
    for power, mpp in (("40", 0.25), ("20", 0.5), ("10", 1.0)):
        found = find_resolution({"openslide.objective-power": power}, "a.svs")
        assert (found.x, found.y, found.source) == (mpp, mpp, "objective")
        (note,) = found.notes
        assert note.code == "mpp-assumed" and f"{mpp:g} µm" in note.text and "15 %" in note.text


def test_nothing_known_is_refused_with_the_remedy() -> None:
    with pytest.raises(DataError, match=r"a\.png does not say how large a pixel is.*mpp=0\.25 for a scan at 40×"):
        find_resolution({}, "a.png")


def test_a_screen_s_density_is_no_resolution() -> None:
    """72 dpi would be 353 µm a pixel."""
    for dpi in ("72", "96", "300", "1", "0"):
        tags = {"tiff.ResolutionUnit": "inch", "tiff.XResolution": dpi, "tiff.YResolution": dpi}
        with pytest.raises(DataError, match="does not say"):
            find_resolution(tags, "a.png")


def test_plausible_tags_are_used_and_said() -> None:
    tags = {"tiff.ResolutionUnit": "centimeter", "tiff.XResolution": "20000", "tiff.YResolution": "20000"}
    found = find_resolution(tags, "a.tif")
    assert (found.x, found.source, found.notes[0].code) == (0.5, "tags", "mpp-from-tags")


@pytest.mark.parametrize(
    ("unit", "factor"), [("µm", 1), ("&#181;m", 1), ("nm", 1000), ("mm", 0.001), (None, 1)], ids=str
)
def test_the_physical_size_of_an_ome_tiff(unit: str | None, factor: float) -> None:
    said = "".join(
        f' PhysicalSize{axis}="{0.25 * factor}"' + (f' PhysicalSize{axis}Unit="{unit}"' if unit else "")
        for axis in "XY"
    )
    found = find_resolution({"tiff.ImageDescription": f"<OME><Pixels{said}/></OME>"}, "a.ome.tiff")
    assert (found.x, found.y, found.source) == (pytest.approx(0.25), pytest.approx(0.25), "file")


def test_pixels_that_are_not_square_are_said() -> None:
    found = find_resolution({"openslide.mpp-x": "0.5", "openslide.mpp-y": "0.25"}, "a.tif")
    assert (found.x, found.y) == (0.5, 0.25)
    assert [note.code for note in found.notes] == ["mpp-anisotropic"]
    assert find_resolution({}, "a.tif", (0.5, 0.25)).notes[0].code == "mpp-anisotropic"


def test_one_axis_is_taken_for_both_and_said() -> None:
    found = find_resolution({"openslide.mpp-y": "0.5"}, "a.tif")
    assert (found.x, found.y, [note.code for note in found.notes]) == (0.5, 0.5, ["mpp-one-axis"])


@pytest.mark.parametrize("written", ["0.00025", "250", "1e9"])
def test_a_size_in_another_unit_is_refused(written: str) -> None:
    with pytest.raises(DataError, match="no microscope has"):
        find_resolution({"openslide.mpp-x": written, "openslide.mpp-y": written}, "a.svs")


@pytest.mark.parametrize("written", ["0", "-0.5", "nan", "inf", "unknown", ""])
def test_a_field_without_a_size_counts_as_none(written: str) -> None:
    found = find_resolution({"openslide.mpp-x": written, "openslide.objective-power": "20"}, "a.svs")
    assert found.source == "objective"


@pytest.mark.parametrize("given", [0, -1.0, 1e6, float("nan"), (0.5, 0)])
def test_a_given_size_must_be_one(given: float) -> None:
    with pytest.raises(DataError, match="is no size of a pixel"):
        find_resolution({}, "a.png", given)
