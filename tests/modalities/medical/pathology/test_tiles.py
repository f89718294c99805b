from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wugan.errors import DataError
from wugan.modalities.medical.pathology.phantom import Phantom
from wugan.modalities.medical.pathology.slide import Slide, open_slide
from wugan.modalities.medical.pathology.tiles import Tiling, Tissue, cut_tiles, find_tissue, read_tiles

GLASS = np.full((256, 256, 3), 245, np.uint8)


def codes(tiling: Tiling) -> list[str]:
    return [note.code for note in tiling.notes]


@pytest.fixture(scope="module")
def tissue(svs: Path) -> Tissue:
    with open_slide(svs) as slide:
        return find_tissue(slide)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    mpp=st.sampled_from([0.25, 0.5, 1.0, 2.0]),
    size=st.sampled_from([64, 100, 256]),
    overlap=st.sampled_from([0.0, 0.25, 0.5]),
    least=st.sampled_from([0.0, 0.1, 0.5, 1.0]),
)
def test_all_tissue_is_covered(
    slide: Slide, tissue: Tissue, mpp: float, size: int, overlap: float, least: float
) -> None:
    tiling = cut_tiles(slide, mpp=mpp, size=size, overlap=overlap, min_tissue=least, tissue=tissue)
    assert len(tiling) > 0
    assert len(np.unique(tiling.corners_um, axis=0)) == len(tiling)
    assert tiling.share.min() >= least or codes(tiling)[-1] == "tiles-sparse"
    if least == 0:
        side, width, height = tiling.side_um, *slide.size_um
        assert tiling.corners_um.min() == 0
        reach = (tiling.corners_um + side).max(0)
        assert (reach >= np.array([width, height]) - 1e-6).all()
        assert (reach < np.array([width, height]) + side).all()
        if overlap == 0:
            total = tiling.share.sum() * side**2 / 1e6
            assert total == pytest.approx(tissue.area_mm2, rel=1e-6)


def test_the_order_keeps_neighbours_together(slide: Slide, tissue: Tissue) -> None:
    tiling = cut_tiles(slide, size=64, tissue=tissue)
    steps = np.linalg.norm(np.diff(tiling.corners_um, axis=0), axis=1)
    by_rows = tiling.corners_um[np.lexsort(tiling.corners_um.T)].reshape(-1, 2)
    rows = np.linalg.norm(by_rows[16:] - by_rows[:-16], axis=1)
    assert (
        np.median(steps) == tiling.side_um
        and np.linalg.norm(tiling.corners_um[16:] - tiling.corners_um[:-16], axis=1).mean() < rows.mean()
    )


def test_tiles_are_the_regions_whatever_the_threads(slide: Slide, tissue: Tissue, phantom: Phantom) -> None:
    tiling = cut_tiles(slide, size=128, tissue=tissue)
    one, four = list(read_tiles(slide, tiling, 1)), list(read_tiles(slide, tiling, 4))
    assert len(one) == len(tiling) and all(np.array_equal(a, b) for a, b in zip(one, four, strict=True))
    for tile, (x, y) in zip(one, (tiling.corners_um / 0.5).astype(int), strict=True):
        assert np.array_equal(tile, phantom.rgb[y : y + 128, x : x + 128])


def test_a_reader_that_stops_early_leaves_no_thread_behind(slide: Slide, tissue: Tissue) -> None:
    import threading

    reader = read_tiles(slide, cut_tiles(slide, size=64, tissue=tissue), 2)
    next(reader)
    reader.close()  # type: ignore[attr-defined]
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("tiles")]


def test_a_blank_slide_is_an_error_that_says_why(picture_slide: Callable[..., Slide]) -> None:
    blank = picture_slide(GLASS)
    with pytest.raises(DataError, match=r"has no tissue to cut into tiles. No tissue was found: .*min_tissue=0"):
        cut_tiles(blank)
    everything = cut_tiles(blank, min_tissue=0.0)
    assert len(everything) == 1 and "no-tissue" in codes(everything)


def test_too_little_tissue_for_any_tile_is_said(slide: Slide, tissue: Tissue) -> None:
    tiling = cut_tiles(slide, mpp=2.0, size=512, min_tissue=0.9, tissue=tissue)
    assert len(tiling) >= 1 and codes(tiling)[-1] == "tiles-sparse"


def test_at_most_so_many_spread_evenly(slide: Slide, tissue: Tissue) -> None:
    every, some = cut_tiles(slide, size=64, tissue=tissue), cut_tiles(slide, size=64, tissue=tissue, max_tiles=20)
    assert len(some) == 20 and codes(some)[-1] == "tiles-sampled" and f"20 of {len(every)}" in some.notes[-1].text
    assert np.ptp(some.corners_um, axis=0) == pytest.approx(np.ptp(every.corners_um, axis=0), abs=2 * 32)
    assert codes(cut_tiles(slide, size=64, tissue=tissue, max_tiles=len(every))) == []


def test_enlarged_tiles_are_said(slide: Slide, tissue: Tissue) -> None:
    assert codes(cut_tiles(slide, mpp=0.25, tissue=tissue)) == ["tiles-enlarged"]


def test_a_slide_smaller_than_a_tile_is_one_tile(picture_slide: Callable[..., Slide], phantom: Phantom) -> None:
    small = picture_slide(phantom.rgb[300:400, 300:420])
    tiling = cut_tiles(small)
    (tile,) = read_tiles(small, tiling)
    assert tile.shape == (256, 256, 3) and (tile[100:] == 255).all() and (tile[:, 120:] == 255).all()


def test_arguments_out_of_range(slide: Slide) -> None:
    for wrong in ({"size": 4}, {"mpp": 0}, {"overlap": 1.0}, {"overlap": -0.1}, {"min_tissue": 2}, {"max_tiles": 0}):
        with pytest.raises(DataError, match=next(iter(wrong))):
            cut_tiles(slide, **wrong)  # type: ignore[arg-type]
    with pytest.raises(DataError, match="larger mpp or size"):
        cut_tiles(slide, mpp=0.02, size=8, overlap=0.9)
