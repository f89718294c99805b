"""Findings of slides: figures with intervals. What is normal hangs on the organ and the question: no limits."""

from __future__ import annotations

import numpy as np

from wugan.apps.diagnosis.result import Finding, Measure, Place
from wugan.modalities.medical.pathology.analysis import SlideAnalysis
from wugan.modalities.medical.pathology.statistics import Estimate, SlideStatistics


def slide_findings(number: int, analysis: SlideAnalysis, of: SlideStatistics) -> list[Finding]:
    """What one slide shows: all of it `reported`.

    Args:
        number: of the slide in the case, from 1.
        analysis: its tiles.
        of: `summarise(analysis)`.
    """
    found = [
        _plain(number, "tissue", "Tissue", of.tissue_mm2, "mm2", f"{of.tissue_mm2:.3g} mm² of tissue, {of.stain}"),
        _estimate(number, "nuclei-density", "Density of nuclei", of.nuclei_per_mm2, "/mm2", "/mm²", _densest(analysis)),
        _estimate(number, "nuclear-area", "Mean area of a nucleus", of.nuclear_area_um2, "um2", "µm²"),
    ]
    if of.nuclear_area_variation is not None:
        text = f"variation of the nuclear area {of.nuclear_area_variation:.2f} (deviation over mean)"
        found.append(
            _plain(number, "nuclear-area-variation", "Variation of nuclear area", of.nuclear_area_variation, "1", text)
        )
    if of.stain == "H-DAB":
        share = of.positive_share
        if share is not None:
            share = Estimate(value=100 * share.value, low=100 * share.low, high=100 * share.high)
        found.append(_estimate(number, "positive-share", "Nuclei with DAB", share, "%", "%"))
    return found


def _plain(number: int, name: str, title: str, value: float, unit: str, text: str) -> Finding:
    return Finding(
        id=f"slide.{number}.{name}",
        modality="slide",
        title=title,
        statement=f"Slide {number}: {text}.",
        status="reported",
        measure=Measure(value=value, unit=unit),
    )


def _estimate(
    number: int, name: str, title: str, of: Estimate | None, unit: str, shown: str, places: tuple[Place, ...] = ()
) -> Finding:
    if of is None:
        reason = "too few nuclei were found"
        return Finding(
            id=f"slide.{number}.{name}",
            modality="slide",
            title=title,
            statement=f"Slide {number}: {title.lower()} not measured, {reason}.",
            status="unmeasured",
            reason=reason,
        )
    return Finding(
        id=f"slide.{number}.{name}",
        modality="slide",
        title=title,
        statement=(
            f"Slide {number}: {title[0].lower()}{title[1:]} {of.value:.4g} {shown} (95 % interval {of.low:.4g} to "
            f"{of.high:.4g}). No accepted limit."
        ),
        status="reported",
        measure=Measure(value=of.value, low=of.low, high=of.high, unit=unit),
        places=places,
    )


def _densest(analysis: SlideAnalysis) -> tuple[Place, ...]:
    """The tile with the most nuclei for its tissue."""
    enough = analysis.tissue_mm2 >= 0.25 * np.max(analysis.tissue_mm2, initial=0.0)
    if not enough.any() or not analysis.counts.any():
        return ()
    density = np.where(enough, analysis.counts / np.maximum(analysis.tissue_mm2, 1e-9), -1.0)
    tile = int(density.argmax())
    x, y = (float(v) for v in analysis.tiling.centres_um[tile])
    return (Place(label="densest tile", position=(x, y), extent=float(analysis.tiling.side_um)),)
