from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from wugan.errors import DataError
from wugan.modalities.medical.pathology.nuclei import AREA_UM2, MPP, Nuclei, find_nuclei
from wugan.modalities.medical.pathology.phantom import Phantom, draw_phantom
from wugan.modalities.medical.pathology.stain import REFERENCE, Stains, find_stains

GLASS = np.full(3, 245.0)


def found_in(phantom: Phantom, **options: Any) -> Nuclei:
    stains = find_stains(phantom.rgb.reshape(-1, 3), GLASS)
    return find_nuclei(phantom.rgb, phantom.mpp, stains, **options)


def f1(true: NDArray[np.float64], found: NDArray[np.float64], within: float = 3.0) -> float:
    """Of centres matched one to one within 3 µm."""
    from scipy.optimize import linear_sum_assignment
    from scipy.spatial.distance import cdist

    distances = cdist(true, found)
    matched = linear_sum_assignment(np.minimum(distances, within))
    return 2 * float((distances[matched] < within).sum()) / (len(true) + len(found))


@pytest.mark.parametrize(
    "drawn",
    [
        {},
        {"per_mm2": 600},
        {"per_mm2": 5000, "touching": 0.5},
        {"strength": 0.5},
        {"strength": 1.5},
        {"mpp": 0.25},
        {"mpp": 0.8},
        {"radius_um": 2.8},
        {"radius_um": 6.5, "per_mm2": 1500},
        {"noise": 6.0},
    ],
    ids=str,
)
def test_drawn_nuclei_are_found(drawn: dict[str, float]) -> None:
    phantom = draw_phantom((192, 192), seed=5, **drawn)  # type: ignore[arg-type]
    assert f1(phantom.centres_um, found_in(phantom).centres_um) > 0.95


def test_areas_are_true_to_the_blur() -> None:
    for radius, tolerance in ((3.0, 0.15), (6.0, 0.08)):
        phantom = draw_phantom((224, 224), radius_um=radius, per_mm2=1200, touching=0.0, seed=2)
        found = found_in(phantom)
        assert found.areas_um2[~found.edge].mean() == pytest.approx(phantom.areas_um2.mean(), rel=tolerance)


def test_no_nuclei_where_there_are_none() -> None:
    empty = draw_phantom((128, 128), per_mm2=0)
    stains = Stains("H&E", REFERENCE, (0.9, 0.5), GLASS)
    assert len(find_nuclei(empty.rgb, 0.5, stains)) == 0
    blank = find_nuclei(np.full((64, 64, 3), 245, np.uint8), 0.5, stains)
    assert len(blank) == 0 and not blank.labels.any() and blank.centres_um.shape == (0, 2)


def test_shapes_are_those_of_drawn_ellipses() -> None:
    y, x = np.mgrid[:80, :120] * MPP + MPP / 2
    amount = np.zeros((80, 120))
    for centre, a, b in ((15, 5.0, 5.0), (40, 8.0, 4.0)):
        amount[np.hypot((x - centre) / a, (y - 20) / b) < 1] = 0.8
    rgb = np.rint(245 * 10 ** -(amount[..., None] * REFERENCE[0])).astype(np.uint8)
    found = find_nuclei(rgb, 0.5, Stains("H&E", REFERENCE, (0.8, 0.5), GLASS))
    assert found.centres_um == pytest.approx(np.array([[15, 20], [40, 20]]), abs=0.3)
    assert found.areas_um2 == pytest.approx([np.pi * 25, np.pi * 32], rel=0.1)
    assert found.eccentricities == pytest.approx([0, np.sqrt(0.75)], abs=0.2)
    assert found.haematoxylin == pytest.approx([0.8, 0.8], rel=0.15)
    assert not found.edge.any() and not found.positive.any()


def test_labels_and_lists_agree(phantom: Phantom) -> None:
    found = found_in(phantom)
    assert found.labels.max() == len(found) == len(np.unique(found.labels)) - 1
    assert np.bincount(found.labels.ravel())[1:] * MPP**2 == pytest.approx(found.areas_um2)
    assert AREA_UM2[0] <= found.areas_um2.min() and found.areas_um2.max() <= AREA_UM2[1]
    at = (found.centres_um / MPP).astype(int)
    inside = found.labels[at[:, 1], at[:, 0]] == np.arange(1, len(found) + 1)
    assert inside.mean() > 0.98  # the middle of a crescent may lie beside it


def test_cut_nuclei_are_marked() -> None:
    phantom = draw_phantom((128, 128), per_mm2=3000, seed=4)
    whole, cut = found_in(phantom), found_in(phantom)
    stains = find_stains(phantom.rgb.reshape(-1, 3), GLASS)
    cut = find_nuclei(phantom.rgb[:, :128], 0.5, stains)
    assert cut.edge.any() and not cut.edge.all()
    at_line = np.unique(cut.labels[:, -1])
    assert set(np.flatnonzero(cut.edge) + 1) >= set(at_line[at_line > 0])
    assert len(whole) > len(cut)


def test_tiles_read_with_a_margin_count_each_nucleus_once(phantom: Phantom) -> None:
    whole = found_in(phantom)
    stains = find_stains(phantom.rgb.reshape(-1, 3), GLASS)
    tiles = [(x, y) for y in range(0, 768, 192) for x in range(0, 1024, 256)]
    padded = np.pad(phantom.rgb, ((16, 16), (16, 16), (0, 0)), constant_values=245)
    counts, centres = 0, []
    for x, y in tiles:
        part = find_nuclei(padded[y : y + 192 + 32, x : x + 256 + 32], 0.5, stains).inside(16)
        assert part.labels.shape == (192, 256) and part.labels.max() <= len(part)
        assert (part.centres_um >= 0).all() and (part.centres_um < (128, 96)).all()
        counts += len(part)
        centres.append(part.centres_um + np.array([x, y]) * 0.5)
    assert counts == pytest.approx(len(whole), rel=0.01)
    assert f1(whole.centres_um, np.concatenate(centres), 1.0) > 0.98


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_the_share_of_positive_nuclei(share: float) -> None:
    phantom = draw_phantom((256, 256), positive=share, per_mm2=3000, seed=6)
    found = found_in(phantom, nuclear_marker=True)
    assert f1(phantom.centres_um, found.centres_um) > 0.95
    assert found.positive.mean() == pytest.approx(phantom.positive.mean(), abs=0.03)


def test_a_real_stain_in_the_cytoplasm() -> None:
    """scikit-image's picture, FHL2 in colonic glands: nuclei are blue, glands brown, stroma not."""
    from skimage.data import immunohistochemistry

    rgb = immunohistochemistry()
    found = find_nuclei(rgb, 0.5, find_stains(rgb.reshape(-1, 3), np.full(3, 227.0)))
    assert 200 < len(found) < 400
    stroma = (found.centres_um[:, 0] > 235) & (found.centres_um[:, 1] > 5)
    gland = (found.centres_um[:, 0] < 110) & (found.centres_um[:, 1] < 90)
    assert found.positive[stroma].mean() < 0.2 and found.positive[gland].mean() > 0.9


def test_counts_are_stable_under_harmless_changes() -> None:
    phantom = draw_phantom((192, 192), seed=3)
    count = len(found_in(phantom))
    random = np.random.default_rng(0)
    noisy = np.clip(phantom.rgb + random.normal(0, 2, phantom.rgb.shape), 0, 255).astype(np.uint8)
    changes: dict[str, Callable[[], Phantom]] = {
        "noise": lambda: Phantom(noisy, 0.5, *[np.empty(0)] * 3),  # type: ignore[arg-type]
        "mirrored": lambda: Phantom(phantom.rgb[:, ::-1].copy(), 0.5, *[np.empty(0)] * 3),  # type: ignore[arg-type]
        "turned": lambda: Phantom(np.rot90(phantom.rgb).copy(), 0.5, *[np.empty(0)] * 3),  # type: ignore[arg-type]
    }
    for name, change in changes.items():
        assert len(found_in(change())) == pytest.approx(count, rel=0.02), name


def test_what_cannot_be_read_is_refused() -> None:
    stains = Stains("H&E", REFERENCE, (1, 1), GLASS)
    with pytest.raises(DataError, match="cannot be seen at 2 µm"):
        find_nuclei(np.zeros((8, 8, 3), np.uint8), 2.0, stains)
    with pytest.raises(DataError, match="uint8"):
        find_nuclei(np.zeros((8, 8, 3), np.float32), 0.5, stains)  # type: ignore[arg-type]
