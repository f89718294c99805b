from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from wugan.errors import DataError
from wugan.modalities.medical.pathology.phantom import draw_phantom
from wugan.modalities.medical.pathology.stain import (
    REFERENCE,
    REFERENCE_AMOUNTS,
    RUIFROK,
    Stains,
    colour_statistics,
    density,
    find_stains,
    is_ink,
    to_rgb,
)

WHITE = np.full(3, 255.0)


def mixed(vectors: NDArray[np.float64], seed: int = 0, count: int = 20_000) -> NDArray[np.uint8]:
    """Pixels `[N, 3]` that bear two dyes in all proportions, some next to none."""
    random = np.random.default_rng(seed)
    amounts = random.gamma(1.0, 0.35, (count, 2)) * (random.random((count, 2)) < 0.7)
    return to_rgb((amounts @ vectors).astype(np.float32))


def angle(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    return float(np.degrees(np.arccos(np.clip(a @ b, -1, 1))))


def test_separation_is_scikit_image_s() -> None:
    from skimage.color import rgb2hed
    from skimage.data import immunohistochemistry

    rgb = immunohistochemistry()
    third = np.linalg.inv(np.vstack([RUIFROK[:2], np.cross(*RUIFROK[:2])]))
    ours = np.maximum(density(rgb) @ third, 0)
    assert np.allclose(Stains("H&E", RUIFROK[:2], (1, 1), WHITE).separate(rgb)[..., :2], ours[..., :2], atol=1e-4)
    # skimage takes DAB as the third dye; with the same three vectors the densities are its own, in other units.
    three = np.maximum(density(rgb) @ np.linalg.inv(RUIFROK), 0)
    theirs = rgb2hed(rgb)
    for dye in range(3):
        assert np.corrcoef(three[..., dye].ravel(), theirs[..., dye].ravel())[0, 1] > 0.99


@settings(max_examples=30)
@given(first=st.floats(0, 2), second=st.floats(0, 2))
def test_what_is_mixed_is_separated(first: float, second: float) -> None:
    stains = Stains("H&E", REFERENCE, (1.0, 1.0), WHITE)
    rgb = to_rgb(np.array([[first, second]], np.float32) @ REFERENCE.astype(np.float32))
    if rgb.min() < 12:  # a level or two of 255 is no density to speak of
        return
    assert stains.separate(rgb)[0, :2] == pytest.approx([first, second], abs=0.06)


@pytest.mark.parametrize("degrees", [-8, 0, 8])
def test_a_slide_s_own_stains_are_found(degrees: float) -> None:
    turned = REFERENCE + np.array([[0.1, -0.08, 0.02], [-0.06, 0.05, -0.04]]) * degrees / 8
    turned /= np.linalg.norm(turned, axis=1, keepdims=True)
    found = find_stains(mixed(turned))
    assert (found.kind, found.estimated, found.notes) == ("H&E", True, ())
    assert all(angle(found.vectors[i], turned[i]) < 4 for i in (0, 1))


def test_glass_that_is_not_white_is_taken_off() -> None:
    tinted = mixed(REFERENCE) * (np.array([245, 240, 225]) / 255)
    found = find_stains(np.rint(tinted).astype(np.uint8), np.array([245.0, 240.0, 225.0]))
    assert all(angle(found.vectors[i], REFERENCE[i]) < 4 for i in (0, 1))


@pytest.mark.parametrize(
    ("pixels", "reason"),
    [
        (np.full((1000, 3), 250, np.uint8), "0 coloured pixels"),
        (np.zeros((0, 3), np.uint8), "0 coloured pixels"),
        (np.full((1000, 3), (180, 120, 170), np.uint8), "one colour"),
        (mixed(REFERENCE[[0, 0]]), "one colour|one dye"),
        (mixed(np.array([[0.9, 0.3, 0.3], [0.1, 0.2, 0.97]])), "degrees"),
    ],
    ids=["blank", "none", "constant", "one dye", "other dyes"],
)
def test_what_does_not_bear_two_dyes_falls_back_and_says_why(pixels: NDArray[np.uint8], reason: str) -> None:
    """Where libraries of the method raise LinAlgError, or make something up."""
    import re

    found = find_stains(pixels, kind="H&E", name="a.svs")
    assert not found.estimated and np.array_equal(found.vectors, REFERENCE)
    assert found.notes[0].code == "stain-fallback" and re.search(reason, found.notes[0].text)
    assert np.isfinite(found.separate(pixels)).all()
    assert found.normalise(pixels).shape == pixels.shape


def test_a_blank_tile_stays_blank() -> None:
    stains = find_stains(mixed(REFERENCE))
    blank = np.full((16, 16, 3), 255, np.uint8)
    assert (stains.normalise(blank) == 255).all()


def test_ink_does_not_turn_the_stains() -> None:
    ink = np.full((4000, 3), (20, 130, 130), np.uint8)
    assert is_ink(density(ink)).all()
    with_ink = find_stains(np.concatenate([mixed(REFERENCE), ink]))
    assert angle(with_ink.vectors[0], REFERENCE[0]) < 4
    assert not is_ink(density(mixed(REFERENCE))).any()


def test_slides_of_any_strength_come_out_alike() -> None:
    """Tiles with stain from half to one and a half differ by far less after normalisation."""
    tiles = {s: draw_phantom((128, 128), strength=s, seed=1, noise=0).rgb for s in (0.5, 1.0, 1.5)}
    glass = np.full(3, 245.0)
    normal = {s: find_stains(t.reshape(-1, 3), glass).normalise(t).astype(float) for s, t in tiles.items()}
    for s in (0.5, 1.5):
        before = np.abs(tiles[s].astype(float) - tiles[1.0]).mean()
        assert np.abs(normal[s] - normal[1.0]).mean() < 0.25 * before
    stains = find_stains(normal[1.0].astype(np.uint8).reshape(-1, 3))
    assert stains.amounts == pytest.approx(REFERENCE_AMOUNTS, rel=0.15)


def test_immunohistochemistry_is_told_from_h_and_e() -> None:
    from skimage.data import immunohistochemistry

    assert find_stains(immunohistochemistry().reshape(-1, 3), np.full(3, 227.0)).kind == "H-DAB"
    assert find_stains(draw_phantom((128, 128)).rgb.reshape(-1, 3)).kind == "H&E"
    assert find_stains(draw_phantom((128, 128), positive=0.2).rgb.reshape(-1, 3), np.full(3, 245.0)).kind == "H-DAB"
    assert find_stains(immunohistochemistry().reshape(-1, 3), kind="H&E").kind == "H&E"
    with pytest.raises(DataError, match="'H&E' or 'H-DAB'"):
        find_stains(np.zeros((1, 3), np.uint8), kind="PAS")
    with pytest.raises(DataError, match="only H&E is normalised"):
        find_stains(immunohistochemistry().reshape(-1, 3)).normalise(immunohistochemistry())


def test_reinhard_meets_the_target_s_statistics() -> None:
    source, target = (draw_phantom((64, 64), strength=s, seed=1).rgb for s in (0.7, 1.2))
    wanted = colour_statistics(target)
    moved = colour_statistics(colour_statistics(source).match(source, wanted))
    assert moved.mean == pytest.approx(wanted.mean, abs=1.5)
    assert moved.spread == pytest.approx(wanted.spread, rel=0.1, abs=0.5)


def test_reinhard_survives_a_blank_tile() -> None:
    blank = np.full((8, 8, 3), 245, np.uint8)
    out = colour_statistics(blank).match(blank, colour_statistics(draw_phantom((64, 64)).rgb))
    assert out.std(axis=(0, 1)).max() == 0
    with pytest.raises(DataError, match="none"):
        colour_statistics(np.zeros((0, 3), np.uint8))
