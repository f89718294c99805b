from __future__ import annotations

import numpy as np
import pytest

from wugan.modalities.medical.pathology.analysis import (
    LIMIT,
    NAMES,
    TABLE,
    TileMeasures,
    measure_tile,
    standardise,
)
from wugan.modalities.medical.pathology.phantom import Phantom, draw_phantom
from wugan.modalities.medical.pathology.stain import REFERENCE, Stains, find_stains

GLASS = np.full(3, 245.0)


def measured(phantom: Phantom) -> TileMeasures:
    return measure_tile(phantom.rgb, find_stains(phantom.rgb.reshape(-1, 3), GLASS), nuclear_marker=True)


def value(measures: TileMeasures, name: str) -> float:
    return float(measures.features[NAMES.index(name)])


def test_every_feature_has_a_name_a_unit_and_a_scale() -> None:
    assert len(set(NAMES)) == len(TABLE) <= 64
    assert all(unit and scale > 0 for _, unit, _, scale in TABLE)


def test_what_was_drawn_is_measured() -> None:
    few, many = (measured(draw_phantom((192, 192), per_mm2=n, touching=0.0, seed=1)) for n in (1000, 4000))
    assert 10 ** value(few, "nuclei per mm²") == pytest.approx(1000, rel=0.12)
    assert 10 ** value(many, "nuclei per mm²") == pytest.approx(4000, rel=0.12)
    assert value(few, "tissue share") > 0.95
    assert value(many, "nearest nucleus mean") < value(few, "nearest nucleus mean")
    large = measured(draw_phantom((192, 192), per_mm2=1000, radius_um=6.0, seed=1))
    assert value(large, "nuclear area mean") > 2 * value(few, "nuclear area mean")
    assert value(large, "large nuclei share") > 0.5 > value(few, "large nuclei share")
    brown = measured(draw_phantom((192, 192), positive=0.4, seed=1))
    assert value(brown, "DAB-positive nuclei share") == pytest.approx(0.4, abs=0.12)
    assert value(brown, "second stain is DAB") == 1


def test_a_pale_slide_looks_like_a_dark_one() -> None:
    pale, dark = (standardise(measured(draw_phantom((192, 192), strength=s, seed=1)).features) for s in (0.6, 1.4))
    raw = [i for i, name in enumerate(NAMES) if "density" in name or name in ("red light share", "sharpness")]
    assert np.abs(np.delete(pale - dark, raw)).max() < 1.0


def test_fibres_run_one_way() -> None:
    fibres = measured(draw_phantom((128, 128), per_mm2=0, seed=1))
    random = np.random.default_rng(0).integers(100, 240, (256, 256, 3)).astype(np.uint8)
    noise = measure_tile(random, Stains("H&E", REFERENCE, (1, 1), GLASS))
    assert value(fibres, "alignment of structures") > 0.6 > 0.1 > value(noise, "alignment of structures")


@pytest.mark.parametrize("level", [0, 245, 255])
def test_a_blank_tile_gives_numbers(level: int) -> None:
    measures = measure_tile(np.full((64, 64, 3), level, np.uint8), Stains("H&E", REFERENCE, (1, 1), GLASS))
    out = standardise(measures.features)
    assert np.isfinite(out).all() and np.abs(out).max() <= LIMIT
    assert len(measures.nuclei) == 0


def test_what_is_unknown_is_zero() -> None:
    features = np.full((2, len(NAMES)), np.nan)
    assert (standardise(features) == 0).all()
    assert standardise(np.array([row[2] for row in TABLE])) == pytest.approx(np.zeros(len(NAMES)))


def test_turning_a_tile_changes_little() -> None:
    phantom = draw_phantom((128, 128), seed=3)
    stains = find_stains(phantom.rgb.reshape(-1, 3), GLASS)
    turned = [standardise(measure_tile(np.rot90(phantom.rgb, k).copy(), stains).features) for k in range(4)]
    assert np.abs(np.stack(turned) - turned[0]).max() < 0.5
