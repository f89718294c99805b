"""`SlideAnalysis`: all that is measured on a slide, in one pass over its tiles; `SlideStatistics` for reports.

`TABLE` names what is measured in a tile, with its unit and the scale that brings it to about one. Amounts of stain are
relative to the slide's own strength (what 99 % of its tissue stay under is 1), so that a pale slide and a dark one of
the same tissue look alike. Nothing here is learned.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from wugan.errors import DataError
from wugan.modalities.medical.note import Note
from wugan.modalities.medical.pathology.nuclei import MPP, Nuclei, nuclei_of, reduced
from wugan.modalities.medical.pathology.slide import Slide
from wugan.modalities.medical.pathology.stain import CLEAR, Stains, density, find_stains, is_ink
from wugan.modalities.medical.pathology.tiles import Tiling, cut_tiles, spread

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


MAX_TILES = 1024  #: that are looked at unless told otherwise
_STAIN_TILES, _STAIN_PIXELS = 24, 4000  # tiles, and pixels of each, that the stains are estimated from
_MARGIN = 16  # pixels around a tile, 8 µm: nuclei up to 16 µm across are seen whole


@dataclass(frozen=True, slots=True)
class SlideAnalysis:
    """What is on a slide.

    Attributes:
        name: the slide's.
        tiling: the tiles, in Morton order.
        stains: the slide's dyes.
        resolution: microns per pixel of level 0 (x, y), and where that is from.
        features: float64 `[N, F]`, see `TABLE`; NaN where a tile does not tell.
        counts: nuclei whose centres lie in each tile, `[N]`; those cut by the slide's edge count half.
        tissue_mm2: pixels with any density in each tile, `[N]`.
        areas_um2: of every whole nucleus, `[M]`.
        eccentricities: likewise.
        positive: bool, likewise; all false for H&E.
        notes: of the slide, its tissue, tiles and stains.
    """

    name: str
    tiling: Tiling
    stains: Stains
    resolution: tuple[tuple[float, float], str]
    features: NDArray[np.float64]
    counts: NDArray[np.float64]
    tissue_mm2: NDArray[np.float64]
    areas_um2: NDArray[np.float64]
    eccentricities: NDArray[np.float64]
    positive: NDArray[np.bool_]
    notes: tuple[Note, ...] = ()


def analyse(
    slide: Slide,
    *,
    stain: str | None = None,
    nuclear_marker: bool = False,
    tile_size: int = 256,
    min_tissue: float = 0.25,
    max_tiles: int | None = MAX_TILES,
    threads: int | None = None,
) -> SlideAnalysis:
    """Look at a slide's tiles at 0.5 µm per pixel.

    The result does not depend on the number of threads.

    Args:
        slide: the slide, open.
        stain: `"H&E"` or `"H-DAB"`; told from the colours where not given.
        nuclear_marker: DAB marks nuclei (Ki-67, ER, p53); see `find_nuclei`.
        tile_size: side of a tile in pixels of 0.5 µm.
        min_tissue: share of a tile that has to be tissue.
        max_tiles: at most so many, spread evenly; `None` for all.
        threads: how many work; as many as there are processors, at most 8, where not given.

    Raises:
        DataError: there is no tissue, the slide is damaged, or too coarse for nuclei.
    """
    if min(slide.mpp) > 1.0:
        raise DataError(
            f"{slide.name} has {min(slide.mpp):.3g} µm per pixel: nuclei cannot be seen above 1 µm. "
            "Give a scan at 10× or more"
        )
    tiling = cut_tiles(slide, mpp=MPP, size=tile_size, min_tissue=min_tissue, max_tiles=max_tiles)
    stains = slide_stains(slide, tiling, stain)

    def look(corner: NDArray[np.float64]) -> TileMeasures:
        x, y = corner - _MARGIN * MPP
        rgb = slide.region(float(x), float(y), tiling.size + 2 * _MARGIN, tiling.mpp)
        return measure_tile(rgb, stains, margin=_MARGIN, nuclear_marker=nuclear_marker)

    features, counts, tissue, shapes = [], [], [], []
    for measures in spread(look, iter(tiling.corners_um), threads):
        nuclei, whole = measures.nuclei, ~measures.nuclei.edge
        features.append(measures.features)
        counts.append(weights(nuclei).sum())
        tissue.append(measures.tissue_mm2)
        shapes.append(np.stack([nuclei.areas_um2, nuclei.eccentricities, nuclei.positive.astype(float)])[:, whole])
    together = np.concatenate(shapes, axis=1)
    return SlideAnalysis(
        name=slide.name,
        tiling=tiling,
        stains=stains,
        resolution=(slide.mpp, slide.resolution.source),
        features=np.stack(features),
        counts=np.array(counts),
        tissue_mm2=np.array(tissue),
        areas_um2=together[0],
        eccentricities=together[1],
        positive=together[2].astype(bool),
        notes=(*tiling.notes, *stains.notes),
    )


def slide_stains(slide: Slide, tiling: Tiling, kind: str | None = None) -> Stains:
    """The slide's dyes, from tiles spread over its tissue.

    Args:
        slide: the slide, open.
        tiling: its tiles.
        kind: `"H&E"` or `"H-DAB"`; told from the colours where not given.
    """
    order = np.argsort(-tiling.share, kind="stable")[: max(_STAIN_TILES, len(tiling) // 2)]
    chosen = np.sort(order)[np.linspace(0, len(order) - 1, min(_STAIN_TILES, len(order))).round().astype(int)]
    pixels = []
    for corner in tiling.corners_um[chosen]:
        rgb = slide.region(float(corner[0]), float(corner[1]), tiling.size, tiling.mpp).reshape(-1, 3)
        pixels.append(rgb[:: max(1, len(rgb) // _STAIN_PIXELS)])
    return find_stains(np.concatenate(pixels), tiling.tissue.background, kind, slide.name)


_RESAMPLES = 400
_ASSUMED = 0.15  # relative uncertainty of a size of a pixel that is assumed from the objective's power
_Z95 = 1.96


class Estimate(BaseModel):
    """A figure and its 95 % interval.

    Attributes:
        value: the figure.
        low: lower bound.
        high: upper bound.
    """

    model_config = ConfigDict(frozen=True)

    value: float
    low: float
    high: float


class SlideStatistics(BaseModel):
    """A slide in figures. Intervals are 95 %: how much the figure would vary over other tiles of the same tissue.

    They hold the spread between tiles and, where the size of a pixel is assumed, its uncertainty; they do not hold what
    the segmentation itself does wrong.

    Attributes:
        slide: the file's name.
        stain: `"H&E"` or `"H-DAB"`.
        stains_estimated: whether the stain vectors are the slide's own.
        mpp: microns per pixel of the scan.
        mpp_source: `"given"`, `"file"`, `"tags"` or `"objective"`.
        tissue_mm2: area of the tissue on the slide.
        tiles: how many were looked at.
        nuclei: counted in them.
        nuclei_per_mm2: density in the tissue looked at.
        nuclear_area_um2: mean area of a nucleus.
        nuclear_area_variation: standard deviation of the area over its mean (anisokaryosis raises it).
        nuclear_eccentricity: mean, 0 round to 1 elongated.
        positive_share: of nuclei with DAB; `None` for H&E.
        notes: sentences on what was assumed and left out.
    """

    model_config = ConfigDict(frozen=True)

    slide: str
    stain: str
    stains_estimated: bool
    mpp: tuple[float, float]
    mpp_source: str
    tissue_mm2: float
    tiles: int
    nuclei: int
    nuclei_per_mm2: Estimate | None
    nuclear_area_um2: Estimate | None
    nuclear_area_variation: float | None
    nuclear_eccentricity: float | None
    positive_share: Estimate | None
    notes: list[str] = Field(default_factory=list)


def summarise(analysis: SlideAnalysis) -> SlideStatistics:
    """The figures of an analysis. A figure that needs nuclei is `None` where fewer than two were found."""
    areas = analysis.areas_um2
    mpp, source = analysis.resolution
    scale = _ASSUMED if source == "objective" else 0.0
    enough = len(areas) >= 2
    dab = analysis.stains.kind == "H-DAB"
    return SlideStatistics(
        slide=analysis.name,
        stain=analysis.stains.kind,
        stains_estimated=analysis.stains.estimated,
        mpp=mpp,
        mpp_source=source,
        tissue_mm2=analysis.tiling.tissue.area_mm2,
        tiles=len(analysis.tiling),
        nuclei=round(float(analysis.counts.sum())),
        nuclei_per_mm2=_density(analysis.counts, analysis.tissue_mm2, 2 * scale),
        nuclear_area_um2=_mean(areas, 2 * scale) if enough else None,
        nuclear_area_variation=float(areas.std() / areas.mean()) if enough else None,
        nuclear_eccentricity=float(analysis.eccentricities.mean()) if enough else None,
        positive_share=_share(analysis.positive) if dab and enough else None,
        notes=[str(note) for note in analysis.notes],
    )


def _density(counts: NDArray[np.float64], area_mm2: NDArray[np.float64], relative: float) -> Estimate | None:
    """Counts over area, with an interval from drawing tiles anew (always the same draws)."""
    if area_mm2.sum() <= 0:
        return None
    value = float(counts.sum() / area_mm2.sum())
    if len(counts) < 2:
        spread = math.sqrt(max(counts.sum(), 1)) / float(area_mm2.sum())  # one tile: as if placed at random (Poisson)
    else:
        drawn = np.random.default_rng(0).integers(0, len(counts), (_RESAMPLES, len(counts)))
        spread = float(np.std(counts[drawn].sum(1) / np.maximum(area_mm2[drawn].sum(1), 1e-12)))
    return _interval(value, spread, relative)


def _mean(values: NDArray[np.float64], relative: float) -> Estimate:
    return _interval(float(values.mean()), float(values.std() / math.sqrt(len(values))), relative)


def _interval(value: float, spread: float, relative: float) -> Estimate:
    """Statistical spread (one sigma) and a relative bound of the scale, added in squares."""
    half = math.hypot(_Z95 * spread, relative * value)
    return Estimate(value=value, low=max(0.0, value - half), high=value + half)


def _share(positive: NDArray[np.bool_]) -> Estimate:
    """Wilson's interval (1927) of a share."""
    from scipy.stats import binomtest

    interval = binomtest(int(positive.sum()), len(positive)).proportion_ci(0.95, "wilson")
    return Estimate(value=float(positive.mean()), low=float(interval.low), high=float(interval.high))
