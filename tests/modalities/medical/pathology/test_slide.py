from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wugan.errors import DataError
from wugan.modalities.medical.pathology.phantom import Phantom
from wugan.modalities.medical.pathology.slide import Slide, open_slide


def test_a_scanner_s_slide(slide: Slide, phantom: Phantom) -> None:
    assert slide.format == "aperio"
    assert (slide.mpp, slide.resolution.source, slide.notes) == ((0.5, 0.5), "file", ())
    assert slide.size_um == (512, 384)
    assert slide.sizes == ((1024, 768), (512, 384))
    assert np.array_equal(slide.region(0, 0, (1024, 768), 0.5), phantom.rgb)


def test_the_smallest_level_that_resolves_is_read(slide: Slide) -> None:
    assert [slide.best_level(mpp) for mpp in (0.25, 0.5, 0.9, 0.99, 1.0, 8.0)] == [0, 0, 0, 1, 1, 1]
    assert slide.level_mpp(1) == (1.0, 1.0)


def test_a_level_shows_what_the_full_one_shows(slide: Slide, phantom: Phantom) -> None:
    mean = phantom.rgb.reshape(384, 2, 512, 2, 3).mean((1, 3))
    assert np.abs(slide.region(0, 0, (512, 384), 1.0) - mean).max() <= 1


@settings(max_examples=25)
@given(x=st.integers(0, 400), y=st.integers(0, 300), mpp=st.sampled_from([0.4, 0.5, 0.7, 1.3, 2.0]), odd=st.booleans())
def test_a_region_is_a_cutting_of_a_larger_one(svs: Path, x: int, y: int, mpp: float, odd: bool) -> None:
    """Resampling at a tile's edge sees what lies beyond it, so tiles join without seams."""
    with open_slide(svs) as slide:
        left, top = x * mpp + 0.137 * odd, y * mpp
        large = slide.region(left, top, 96, mpp).astype(int)
        small = slide.region(left + 32 * mpp, top + 16 * mpp, 48, mpp).astype(int)
    assert np.abs(large[16:64, 32:80] - small).max() <= 2  # Pillow rounds twice, once in each direction


def test_outside_the_slide_is_white(slide: Slide, phantom: Phantom) -> None:
    corner = slide.region(-64, -32, 256, 0.5)
    assert (corner[:64] == 255).all() and (corner[:, :128] == 255).all()
    assert np.array_equal(corner[64:, 128:], phantom.rgb[:192, :128])
    assert (slide.region(10_000, 10_000, 16, 0.5) == 255).all()


def test_pixels_that_are_not_square_become_square(picture_slide: Callable[..., Slide], phantom: Phantom) -> None:
    stretched = picture_slide(phantom.rgb.repeat(2, 0), (0.5, 0.25))
    assert stretched.size_um == (512, 384)
    seen = stretched.region(0, 0, (1024, 768), 0.5)
    assert np.abs(seen.astype(int) - phantom.rgb).mean() < 3  # the smoothing of a reduction in one direction
    assert [note.code for note in stretched.notes] == ["mpp-anisotropic"]


def test_the_overview_of_blocks_is_the_picture_of_the_whole(slide: Slide) -> None:
    whole = slide.region(0, 0, (64, 48), 8.0)
    assert np.abs(slide.overview(8.0).astype(int) - whole).max() <= 1


def test_a_pickled_slide_opens_where_it_arrives(slide: Slide, picture_slide: Callable[..., Slide]) -> None:
    for original in (slide, picture_slide(np.full((64, 64, 3), 200, np.uint8), (0.5, 0.4))):
        with pickle.loads(pickle.dumps(original)) as copy:
            assert copy.mpp == original.mpp and copy.notes == original.notes
            assert np.array_equal(copy.region(8, 8, 24, 0.5), original.region(8, 8, 24, 0.5))


def test_bad_files_say_what_is_wrong(tmp_path: Path, svs: Path) -> None:
    (tmp_path / "empty.svs").touch()
    (tmp_path / "text.svs").write_text("no slide " * 1000)
    whole = svs.read_bytes()
    (tmp_path / "cut.svs").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "folder").mkdir()
    for name, message in {
        "missing.svs": "no such file",
        "empty.svs": "0 bytes",
        "text.svs": "no slide or picture",
        "cut.svs": "cut off",
        "folder": "0 DICOM slides",
    }.items():
        with pytest.raises(DataError, match=message) as raised, open_slide(tmp_path / name) as opened:
            opened.overview(2.0)
        assert str(tmp_path / name) in str(raised.value)


def test_a_region_needs_a_size(slide: Slide) -> None:
    for size, mpp in ((0, 0.5), (16, 0.0), (16, -1.0)):
        with pytest.raises(DataError, match="is empty"):
            slide.region(0, 0, size, mpp)


def test_a_real_slide(data_root: Path) -> None:
    with open_slide(data_root / "slide" / "cmu_small_region.svs") as slide:
        assert slide.mpp == (0.499, 0.499) and slide.resolution.source == "file"
        assert slide.region(400, 700, 64, 0.5).std() > 20
