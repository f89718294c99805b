from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from wugan.errors import DataError
from wugan.modalities.medical.pathology.analysis import SlideAnalysis, analyse, spread
from wugan.modalities.medical.pathology.phantom import Phantom, draw_phantom
from wugan.modalities.medical.pathology.slide import Slide, open_slide


def test_drawn_nuclei_are_counted(analysis: SlideAnalysis, phantom: Phantom) -> None:
    """Tiles are read with a margin: nuclei on the edges between them count once."""
    assert analysis.counts.sum() == pytest.approx(len(phantom.areas_um2), rel=0.03)
    true = len(phantom.areas_um2) / (0.392 * 0.264)
    assert analysis.counts.sum() / analysis.tissue_mm2.sum() == pytest.approx(true, rel=0.05)
    assert analysis.areas_um2.mean() == pytest.approx(phantom.areas_um2.mean(), rel=0.1)
    assert analysis.stains.estimated and analysis.notes == ()


def test_threads_change_nothing(analysis: SlideAnalysis, slide: Slide) -> None:
    threaded = analyse(slide, threads=3)
    assert np.array_equal(threaded.features, analysis.features, equal_nan=True)
    assert np.array_equal(threaded.areas_um2, analysis.areas_um2)
    assert np.array_equal(threaded.stains.vectors, analysis.stains.vectors)


def test_where_tiles_lie_changes_little(analysis: SlideAnalysis, slide: Slide) -> None:
    other = analyse(slide, tile_size=192)
    assert other.counts.sum() == pytest.approx(analysis.counts.sum(), rel=0.05)


def test_another_scanner_s_resolution_gives_the_same_figures(
    analysis: SlideAnalysis, write_svs: Callable[..., Path], tmp_path: Path
) -> None:
    drawn = draw_phantom((512.0, 384.0), margin_um=60, seed=3, mpp=0.4)
    with open_slide(write_svs(tmp_path / "other.svs", drawn.rgb, "MPP = 0.4")) as slide:
        other = analyse(slide)
    assert other.counts.sum() == pytest.approx(analysis.counts.sum(), rel=0.05)
    assert other.areas_um2.mean() == pytest.approx(analysis.areas_um2.mean(), rel=0.06)


def test_a_slide_too_coarse_for_nuclei_is_refused(picture_slide: Callable[..., Slide], phantom: Phantom) -> None:
    with pytest.raises(DataError, match="nuclei cannot be seen above 1 µm"):
        analyse(picture_slide(phantom.rgb, 2.0))


def test_a_slide_that_is_cut_off_is_named(svs: Path, tmp_path: Path) -> None:
    """The directory comes first here, the pixels are missing: it opens, and reading fails."""
    whole = svs.read_bytes()
    broken = tmp_path / "broken.svs"
    broken.write_bytes(whole[:1000] + b"\0" * 10 + whole[1010:])
    broken.write_bytes(broken.read_bytes()[: len(whole) * 2 // 3])
    with pytest.raises(DataError, match=r"broken\.svs"), open_slide(broken) as slide:
        analyse(slide)


def test_work_keeps_its_order_and_passes_errors_on() -> None:
    assert list(spread(lambda n: n * n, iter(range(100)), 3)) == [n * n for n in range(100)]
    with pytest.raises(ZeroDivisionError):
        list(spread(lambda n: 1 // n, iter([1, 0, 1]), 2))
