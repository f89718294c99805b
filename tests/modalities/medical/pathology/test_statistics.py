from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from wugan.modalities.medical.pathology.analysis import SlideAnalysis, SlideStatistics, analyse, summarise
from wugan.modalities.medical.pathology.phantom import Phantom, draw_phantom
from wugan.modalities.medical.pathology.slide import Slide, open_slide


def test_figures_of_drawn_tissue(analysis: SlideAnalysis, phantom: Phantom) -> None:
    figures = summarise(analysis)
    true = len(phantom.areas_um2) / (0.392 * 0.264)
    assert figures.stain == "H&E" and figures.positive_share is None and figures.mpp_source == "file"
    assert figures.nuclei_per_mm2 is not None and figures.nuclear_area_um2 is not None
    assert figures.nuclei_per_mm2.low < true < figures.nuclei_per_mm2.high
    assert figures.nuclear_area_um2.low < figures.nuclear_area_um2.value < figures.nuclear_area_um2.high
    assert figures.tissue_mm2 == pytest.approx(0.392 * 0.264, rel=0.1)
    assert SlideStatistics.model_validate(json.loads(figures.model_dump_json())) == figures


def test_an_assumed_size_of_a_pixel_widens_the_intervals(
    analysis: SlideAnalysis, write_svs: Callable[..., Path], phantom: Phantom, tmp_path: Path
) -> None:
    with open_slide(write_svs(tmp_path / "a.svs", phantom.rgb, "AppMag = 20")) as slide:
        assumed = summarise(analyse(slide))
    known = summarise(analysis)
    assert assumed.mpp_source == "objective" and any("assumed" in note for note in assumed.notes)
    assert assumed.nuclei_per_mm2 is not None and known.nuclei_per_mm2 is not None
    assert assumed.nuclei_per_mm2.value == pytest.approx(known.nuclei_per_mm2.value)
    width = assumed.nuclei_per_mm2.high - assumed.nuclei_per_mm2.value
    assert width >= 0.3 * assumed.nuclei_per_mm2.value


def test_the_share_of_positive_nuclei_has_wilson_s_interval(picture_slide: Callable[..., Slide]) -> None:
    drawn = draw_phantom((256, 256), positive=0.3, seed=1)
    figures = summarise(analyse(picture_slide(drawn.rgb), nuclear_marker=True))
    assert figures.stain == "H-DAB" and figures.positive_share is not None
    assert figures.positive_share.low < drawn.positive.mean() < figures.positive_share.high


def test_without_nuclei_there_is_nothing_to_say_of_them(analysis: SlideAnalysis) -> None:
    none = np.zeros(0)
    empty = dataclasses.replace(
        analysis, counts=analysis.counts * 0, areas_um2=none, eccentricities=none, positive=none.astype(bool)
    )
    figures = summarise(empty)
    assert figures.nuclear_area_um2 is None and figures.nuclear_eccentricity is None
    assert figures.nuclei == 0 and figures.nuclei_per_mm2 is not None and figures.nuclei_per_mm2.value == 0
