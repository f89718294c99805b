from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from wugan.errors import DataError
from wugan.modalities.medical.pathology.heatmap import overlay, paint
from wugan.modalities.medical.pathology.slide import Slide, open_slide
from wugan.modalities.medical.pathology.tiles import Tiling, cut_tiles


@pytest.fixture(scope="module")
def tiling(svs: Path) -> Tiling:
    with open_slide(svs) as slide:
        return cut_tiles(slide, size=128)


def test_weights_lie_where_their_tiles_lie(tiling: Tiling) -> None:
    weights = np.arange(len(tiling), dtype=float)
    values = paint(tiling, weights)
    assert values.shape == tiling.tissue.mask.shape
    for weight, (x, y) in zip(weights, tiling.centres_um / tiling.tissue.mpp, strict=True):
        assert values[int(y), int(x)] == weight
    covered = np.isfinite(values).sum() * tiling.tissue.mpp**2
    assert covered == pytest.approx(len(tiling) * tiling.side_um**2, rel=0.05)


def test_overlapping_tiles_share_their_ground(slide: Slide) -> None:
    tiling = cut_tiles(slide, size=128, overlap=0.5)
    values = paint(tiling, np.ones(len(tiling)))
    assert np.nanmin(values) == np.nanmax(values) == 1


def test_the_overlay_colours_tissue_and_leaves_glass(tiling: Tiling, slide: Slide) -> None:
    weights = tiling.centres_um[:, 0]
    picture = overlay(tiling, weights, slide=slide, label="µm²", width=400)
    down, across = tiling.tissue.mask.shape
    assert picture.shape == (round(400 * down / across) + 64, 400, 3)
    plain = slide.region(0, 0, (400, 300), tiling.tissue.mpp * across / 400)
    assert np.abs(picture[:20, :30].astype(int) - plain[:20, :30]).max() <= 1
    left, right = picture[150, 80].astype(int), picture[150, 330].astype(int)
    assert right.sum() > left.sum() + 100  # the scale runs from dark to light
    assert overlay(tiling, weights * 0, width=200).shape[1] == 200  # all weights alike


def test_the_same_weights_give_the_same_picture(tiling: Tiling) -> None:
    weights = tiling.share
    assert np.array_equal(overlay(tiling, weights, width=300), overlay(tiling, weights, width=300))


def test_weights_must_fit(tiling: Tiling) -> None:
    with pytest.raises(DataError, match=f"{len(tiling)} tiles need as many weights"):
        paint(tiling, np.ones(len(tiling) + 1))
    with pytest.raises(DataError, match="NaN"):
        overlay(tiling, np.full(len(tiling), np.nan))
