from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from wugan.modalities.medical.pathology.phantom import draw_phantom
from wugan.modalities.medical.pathology.slide import Slide, open_slide
from wugan.modalities.medical.pathology.tiles import Tissue, find_tissue, tissue_of


def glass(colour: tuple[int, int, int] = (245, 244, 245), noise: float = 2.0) -> NDArray[np.uint8]:
    random = np.random.default_rng(0)
    return np.clip(np.array(colour) + random.normal(0, noise, (200, 160, 3)), 0, 255).astype(np.uint8)


def codes(tissue: Tissue) -> list[str]:
    return [note.code for note in tissue.notes]


def test_drawn_tissue_is_found_and_glass_is_not(slide: Slide) -> None:
    tissue = find_tissue(slide, 4.0)
    assert tissue.mask.shape == (96, 128)
    y, x = np.mgrid[:96, :128] * 4.0 + 2
    true = (x > 60) & (x < 452) & (y > 60) & (y < 324)
    both = (tissue.mask & true).sum() / (tissue.mask | true).sum()
    assert both > 0.93
    assert tissue.area_mm2 == pytest.approx(0.392 * 0.264, rel=0.07)
    assert tissue.notes == ()


@pytest.mark.parametrize("colour", [(255, 255, 255), (235, 233, 228), (245, 240, 215), (225, 228, 235)], ids=str)
def test_a_blank_slide_has_none_and_says_so(colour: tuple[int, int, int]) -> None:
    """Otsu alone would find tissue in half of the noise."""
    tissue = tissue_of(glass(colour, 3.0), 8.0, "blank.svs")
    assert not tissue.mask.any()
    assert codes(tissue) == ["no-tissue"]
    assert "blank.svs" in str(tissue.notes[0]) and "saturation" in tissue.notes[0].text


def test_a_constant_picture_is_blank() -> None:
    for level in (0, 128, 255):
        assert codes(tissue_of(np.full((64, 64, 3), level, np.uint8), 8.0))[-1] == "no-tissue"


def test_a_slide_full_of_tissue_is_all_tissue() -> None:
    """Otsu alone would call its paler half glass."""
    full = draw_phantom((400, 400), mpp=1.0, seed=1)
    tissue = tissue_of(full.rgb, 1.0)
    assert tissue.mask.mean() > 0.99 and tissue.notes == ()
    assert (tissue.background == 255).all()


@pytest.mark.parametrize(
    ("ink", "colour"),
    [("blue", (40, 60, 190)), ("green", (30, 140, 60)), ("teal", (20, 130, 130)), ("black", (20, 20, 20))],
)
def test_ink_is_left_out_and_tissue_stays(ink: str, colour: tuple[int, int, int]) -> None:
    picture = glass()
    picture[20:80, 20:140] = (200, 120, 170)  # H&E
    picture[120:180, 20:140] = colour
    tissue = tissue_of(picture, 8.0)
    assert tissue.mask[22:78, 22:138].all()
    assert not tissue.mask[120:180].any()
    assert codes(tissue) == ["ink-excluded"]


def test_ink_alone_is_no_tissue() -> None:
    picture = glass()
    picture[120:180, 20:140] = (30, 140, 60)
    tissue = tissue_of(picture, 8.0)
    assert codes(tissue) == ["ink-excluded", "no-tissue"] and "ink covers" in tissue.notes[1].text


def test_brown_stain_is_no_ink() -> None:
    picture = glass()
    picture[20:180, 20:140] = (150, 105, 70)
    assert tissue_of(picture, 8.0).mask[25:175, 25:135].all()


def test_faint_tissue_is_found_with_a_note() -> None:
    picture = glass((245, 245, 245), 1.0)
    picture[50:150, 40:120] -= np.array([0, 10, 4], np.uint8)
    tissue = tissue_of(picture, 8.0)
    assert tissue.mask[60:140, 50:110].all() and tissue.mask.mean() < 0.3
    assert codes(tissue) == ["faint-tissue"]


def test_dust_is_left_out() -> None:
    picture = glass()
    picture[20:80, 20:140] = (200, 120, 170)
    picture[150:152, 100:102] = (150, 80, 140)
    assert not tissue_of(picture, 8.0).mask[100:].any()


def test_shares_are_exact_areas(slide: Slide) -> None:
    mask = np.zeros((40, 50), bool)
    mask[10:30, 20:] = True
    tissue = Tissue(mask, ~mask, 8.0, np.zeros((40, 50, 3), np.uint8), np.full(3, 255.0))
    x, y = np.array([160.0, 156.0, 0.0, 392.0, 160.0]), np.array([80.0, 76.0, 0.0, 80.0, 80.0])
    assert tissue.share(x, y, 16.0) == pytest.approx([1.0, 0.75**2, 0.0, 0.5, 1.0])
    assert tissue.area_mm2 == pytest.approx(20 * 30 * 64e-6)


def test_a_picture_smaller_than_the_overview_s_pixels_is_looked_at_closer(picture_slide: Callable[..., Slide]) -> None:
    small = draw_phantom((128, 128), seed=2)
    tissue = find_tissue(picture_slide(small.rgb))
    assert tissue.mpp == 2.0 and tissue.mask.mean() > 0.98


def test_a_real_slide(data_root: Path) -> None:
    with open_slide(data_root / "slide" / "cmu_small_region.svs") as slide:
        coarse, fine = find_tissue(slide), find_tissue(slide, 4.0)
    assert 0.33 < coarse.mask.mean() < 0.39
    enlarged = coarse.mask.repeat(2, 0).repeat(2, 1)[: fine.mask.shape[0], : fine.mask.shape[1]]
    fine_mask = fine.mask[: enlarged.shape[0], : enlarged.shape[1]]
    assert 2 * (enlarged & fine_mask).sum() / (enlarged.sum() + fine_mask.sum()) > 0.95


def test_the_mask_is_the_same_whatever_the_stain_s_strength() -> None:
    drawn = (draw_phantom((256, 256), margin_um=60, seed=3, strength=s, mpp=1.0).rgb for s in (0.6, 1.0, 1.4))
    masks = [tissue_of(rgb, 1.0).mask for rgb in drawn]
    for mask in masks:
        assert 2 * (mask & masks[1]).sum() / (mask.sum() + masks[1].sum()) > 0.97
