"""`SlideStatistics`: what a report says of a slide, with intervals."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from wugan.modalities.medical.pathology.analysis import SlideAnalysis

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
    n, p = len(positive), float(positive.mean())
    centre = (p + _Z95**2 / (2 * n)) / (1 + _Z95**2 / n)
    half = _Z95 / (1 + _Z95**2 / n) * math.sqrt(p * (1 - p) / n + _Z95**2 / (4 * n * n))
    return Estimate(value=p, low=max(0.0, centre - half), high=min(1.0, centre + half))
