"""`FEATURES`: what is measured in a tile, each with its name, its unit and the scale that brings it to about one.

Amounts of stain are relative to the slide's own strength (what 99 % of its tissue stay under is 1), so that a pale
slide and a dark one of the same tissue look alike. Nothing here is learned.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wugan.modalities.medical.pathology.nuclei import MPP, Nuclei, nuclei_of, reduced
from wugan.modalities.medical.pathology.stain import CLEAR, Stains, density, is_ink

#: Name, unit, centre and scale of each feature. Centre and scale are near the mean and the standard deviation over the
#: tiles of an H&E skin slide (`benchmarks/medical/slide.py --scales` prints them), rounded, and are never fitted again.
TABLE: tuple[tuple[str, str, float, float], ...] = (
    ("tissue share", "1", 0.7, 0.25),
    ("haematoxylin mean", "1", 0.25, 0.1),
    ("haematoxylin deviation", "1", 0.2, 0.06),
    ("haematoxylin 10th percentile", "1", 0.07, 0.07),
    ("haematoxylin 90th percentile", "1", 0.5, 0.15),
    ("second stain mean", "1", 0.38, 0.1),
    ("second stain deviation", "1", 0.2, 0.06),
    ("second stain 10th percentile", "1", 0.14, 0.08),
    ("second stain 90th percentile", "1", 0.64, 0.12),
    ("unexplained density mean", "OD", 0.03, 0.02),
    ("correlation of the stains", "1", 0.2, 0.3),
    ("second stain is DAB", "0 or 1", 0.0, 1.0),
    ("haematoxylin band 0.5-1 µm", "log10", -1.3, 0.15),
    ("haematoxylin band 1-2 µm", "log10", -1.3, 0.15),
    ("haematoxylin band 2-4 µm", "log10", -1.3, 0.15),
    ("haematoxylin band 4-8 µm", "log10", -1.4, 0.15),
    ("second stain band 0.5-1 µm", "log10", -1.3, 0.15),
    ("second stain band 1-2 µm", "log10", -1.3, 0.15),
    ("second stain band 2-4 µm", "log10", -1.3, 0.15),
    ("second stain band 4-8 µm", "log10", -1.35, 0.15),
    ("alignment of structures", "1", 0.3, 0.2),
    ("red density mean", "OD", 0.25, 0.1),
    ("green density mean", "OD", 0.45, 0.12),
    ("blue density mean", "OD", 0.28, 0.08),
    ("red light share", "1", 0.15, 0.12),
    ("ink share", "1", 0.0, 0.05),
    ("sharpness", "log10", -0.5, 0.15),
    ("nuclei per mm²", "log10(1 + n)", 3.5, 0.35),
    ("nuclear area share", "1", 0.12, 0.07),
    ("nuclear area mean", "µm²", 25.0, 5.0),
    ("nuclear area variation", "1", 0.55, 0.15),
    ("nuclear area 90th percentile", "µm²", 40.0, 12.0),
    ("large nuclei share", "1", 0.01, 0.04),
    ("nuclear eccentricity mean", "1", 0.8, 0.06),
    ("nuclear eccentricity deviation", "1", 0.135, 0.03),
    ("nuclear haematoxylin mean", "1", 0.63, 0.07),
    ("nuclear haematoxylin deviation", "1", 0.14, 0.035),
    ("nuclear contrast", "1", 0.44, 0.09),
    ("nearest nucleus mean", "µm", 10.0, 3.0),
    ("nearest nucleus variation", "1", 0.5, 0.15),
    ("nuclear clustering", "1", 1.2, 0.2),
    ("DAB-positive nuclei share", "1", 0.0, 0.3),
    ("nuclear DAB mean", "OD", 0.0, 0.2),
)
NAMES = tuple(row[0] for row in TABLE)  #: of the features, in order
_CENTRES = np.array([row[2] for row in TABLE])
_SCALES = np.array([row[3] for row in TABLE])
LIMIT = 6.0  #: a feature further from its centre, in scales, is cut to this

_BANDS_UM = (0.5, 1.0, 2.0, 4.0, 8.0)
_HALVE_AT_UM = (1.0, 4.0)  # blurs from which on half of the pixels are enough
_LARGE_UM2 = 90.0  # a disc 10.7 µm across, half as wide again as a lymphocyte's nucleus
_SAMPLE = 20_000  # pixels of a tile, at least, that its colours are measured on
_RED = 0.12  # green minus red density above which, with as much blue, a pixel is red: blood, erythrocytes
_FEW = 3  # nuclei, to speak of their shape


@dataclass(frozen=True, slots=True)
class TileMeasures:
    """What was measured in a tile.

    Attributes:
        features: in the order and units of `TABLE`, float64 `[F]`; NaN where there are too few nuclei to say.
        nuclei: the nuclei found.
        tissue_mm2: area of pixels with any density.
    """

    features: NDArray[np.float64]
    nuclei: Nuclei
    tissue_mm2: float


def measure_tile(
    rgb: NDArray[np.uint8], stains: Stains, *, margin: int = 0, nuclear_marker: bool = False
) -> TileMeasures:
    """Measure a tile at `nuclei.MPP` microns per pixel, uint8 `[H, W, 3]`.

    Args:
        rgb: the pixels.
        stains: the slide's.
        margin: pixels on each side that are not the tile's, so that nuclei on its edge are seen whole; each belongs to
            the tile that its centre lies in. Without a margin, those on the edge count half.
        nuclear_marker: DAB marks nuclei; see `find_nuclei`.
    """
    densities = density(rgb, stains.background)
    amounts = stains.unmix(densities)
    ink = is_ink(densities)
    nuclei = nuclei_of(amounts, ink, stains, nuclear_marker=nuclear_marker)
    core = np.s_[margin : rgb.shape[0] - margin, margin : rgb.shape[1] - margin]
    nuclear = nuclei.labels[core] > 0
    nuclei, densities, amounts, ink = nuclei.inside(margin), densities[core], amounts[core], ink[core]
    tissue = (densities.sum(-1) > CLEAR) & ~ink
    relative = amounts[..., :2] / np.maximum(stains.amounts, 0.05).astype(np.float32)
    count = int(np.count_nonzero(tissue))
    area_mm2 = count * (MPP / 1000) ** 2
    values = dict.fromkeys(NAMES, float("nan"))
    values["tissue share"] = count / tissue.size
    values["second stain is DAB"] = float(stains.kind == "H-DAB")
    values["ink share"] = float(ink.mean())
    if count:
        sample = np.flatnonzero(tissue)[:: max(1, count // _SAMPLE)]
        values |= _colour(*(layer.reshape(-1, layer.shape[-1])[sample] for layer in (densities, amounts, relative)))
    values |= _texture(relative, tissue)
    values |= _nuclear(nuclei, relative[..., 0], stains, area_mm2, tissue, nuclear)
    return TileMeasures(np.array([values[name] for name in NAMES]), nuclei, area_mm2)


def standardise(features: NDArray[np.float64]) -> NDArray[np.float32]:
    """Features `[..., F]` in the units of `TABLE` as numbers of about one, float32; unknown ones are 0."""
    scaled = np.clip((features - _CENTRES) / _SCALES, -LIMIT, LIMIT)
    return np.nan_to_num(scaled, nan=0.0).astype(np.float32)


def _colour(
    densities: NDArray[np.float32], amounts: NDArray[np.float32], relative: NDArray[np.float32]
) -> dict[str, float]:
    """Of the tissue's pixels `[N, 3]` and `[N, 2]`."""
    out: dict[str, float] = {}
    for i, stain in enumerate(("haematoxylin", "second stain")):
        low, high = np.percentile(relative[:, i], (10, 90))
        out |= {
            f"{stain} mean": float(relative[:, i].mean()),
            f"{stain} deviation": float(relative[:, i].std()),
            f"{stain} 10th percentile": float(low),
            f"{stain} 90th percentile": float(high),
        }
    out["unexplained density mean"] = float(amounts[:, 2].mean())
    centred = relative - relative.mean(0)
    spread = float(np.sqrt((centred[:, 0] ** 2).mean() * (centred[:, 1] ** 2).mean()))
    out["correlation of the stains"] = float((centred[:, 0] * centred[:, 1]).mean()) / spread if spread > 1e-6 else 0.0
    for i, colour in enumerate(("red", "green", "blue")):
        out[f"{colour} density mean"] = float(densities[:, i].mean())
    red = np.minimum(densities[:, 1], densities[:, 2]) - densities[:, 0] > _RED
    out["red light share"] = float(red.mean())
    return out


def _texture(relative: NDArray[np.float32], tissue: NDArray[np.bool_]) -> dict[str, float]:
    """How much the stains vary at each size, over the tissue; how much structures run one way; how sharp it is."""
    from scipy import ndimage

    out: dict[str, float] = {}
    if not tissue.any():
        return out
    both: NDArray[np.float32] | None = None
    for i, stain in enumerate(("haematoxylin", "second stain")):
        inside, step = tissue, 1
        blurred = ndimage.gaussian_filter(relative[..., i], _BANDS_UM[0] / MPP, truncate=3)
        for fine, coarse in zip(_BANDS_UM, _BANDS_UM[1:], strict=False):
            # Blur adds in squares. What is smooth enough is seen by fewer pixels as well.
            sigma = (coarse**2 - fine**2) ** 0.5 / (MPP * step)
            smoother = ndimage.gaussian_filter(blurred, sigma, truncate=3)
            band = (blurred - smoother)[inside]
            energy = float(np.sqrt((band**2).mean())) if band.size else 0.0
            out[f"{stain} band {fine:g}-{coarse:g} µm"] = float(np.log10(energy + 1e-3))
            blurred = smoother
            if coarse in _HALVE_AT_UM:
                blurred, inside, step = reduced(blurred, 2), reduced(inside.astype(np.float32), 2) > 0.5, step * 2
            if coarse == _HALVE_AT_UM[0]:
                both = blurred if both is None else both + blurred
    assert both is not None
    dy, dx = (np.asarray(slope) for slope in np.gradient(both))
    within = reduced(tissue.astype(np.float32), 2) > 0.5
    xx, yy, xy = (float(product[within].sum()) for product in (dx * dx, dy * dy, dx * dy))
    # Coherence of the structure tensor: 0 where edges run every way, 1 where all run one way.
    out["alignment of structures"] = float(np.hypot(xx - yy, 2 * xy) / max(xx + yy, 1e-9))
    edges = ndimage.laplace(relative.sum(-1))
    out["sharpness"] = float(np.log10(edges[tissue].std() + 1e-3))
    return out


def _nuclear(
    nuclei: Nuclei,
    haematoxylin: NDArray[np.float32],
    stains: Stains,
    area_mm2: float,
    tissue: NDArray[np.bool_],
    within: NDArray[np.bool_],
) -> dict[str, float]:
    # Less than a hundredth of the tile: the density of a few nuclei in next to no tissue says nothing.
    if area_mm2 <= 0.01 * tissue.size * (MPP / 1000) ** 2:
        return {}
    out = {
        "nuclei per mm²": float(np.log10(1 + weights(nuclei).sum() / area_mm2)),
        "nuclear area share": float(np.count_nonzero(within) * (MPP / 1000) ** 2 / area_mm2),
    }
    whole = ~nuclei.edge
    if np.count_nonzero(whole) < _FEW:
        return out
    areas, dark = nuclei.areas_um2[whole], nuclei.haematoxylin[whole] / max(stains.amounts[0], 0.05)
    around = haematoxylin[tissue & ~within]
    nearest = _nearest(nuclei.centres_um)
    # Clark & Evans 1954: mean distance over that of random points of the same density; below 1 they cluster.
    expected = 0.5 / np.sqrt(len(nuclei) / (area_mm2 * 1e6))
    return out | {
        "nuclear area mean": float(areas.mean()),
        "nuclear area variation": float(areas.std() / areas.mean()),
        "nuclear area 90th percentile": float(np.percentile(areas, 90)),
        "large nuclei share": float((areas > _LARGE_UM2).mean()),
        "nuclear eccentricity mean": float(nuclei.eccentricities[whole].mean()),
        "nuclear eccentricity deviation": float(nuclei.eccentricities[whole].std()),
        "nuclear haematoxylin mean": float(dark.mean()),
        "nuclear haematoxylin deviation": float(dark.std()),
        "nuclear contrast": float(dark.mean() - around.mean()) if around.size else float("nan"),
        "nearest nucleus mean": float(nearest.mean()),
        "nearest nucleus variation": float(nearest.std() / max(nearest.mean(), 1e-6)),
        "nuclear clustering": float(nearest.mean() / expected),
        "DAB-positive nuclei share": float(nuclei.positive[whole].mean()),
        "nuclear DAB mean": float(nuclei.dab[whole].mean()),
    }


def weights(nuclei: Nuclei) -> NDArray[np.float64]:
    """What each nucleus counts, `[N]`: one cut by the picture's edge counts half, as it may be seen in two."""
    return np.where(nuclei.edge, 0.5, 1.0)


def _nearest(centres: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distance of each centre `[N, 2]` to the nearest other, `[N]`."""
    from scipy.spatial import cKDTree

    return np.asarray(cKDTree(centres).query(centres, k=2)[0][:, 1], np.float64)
