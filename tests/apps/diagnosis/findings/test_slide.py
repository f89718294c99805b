from __future__ import annotations

from wugan.apps.diagnosis.diagnose import Examination
from wugan.apps.diagnosis.findings import slide_findings


def test_figures_are_reported_without_a_limit(examination: Examination) -> None:
    slide = examination.evidence.slides[0]
    found = {f.id: f for f in slide_findings(2, slide.analysis, slide.statistics)}
    density = found["slide.2.nuclei-density"]
    assert density.measure is not None and density.measure.low is not None and density.measure.high is not None
    assert density.measure.low < 3200 < 1.4 * density.measure.high  # drawn with 3,200 per mm²
    assert all(f.status == "reported" and f.probability is None for f in found.values())
    x, y = density.places[0].position
    assert 0 <= x <= 448 and 0 <= y <= 320


def test_too_few_nuclei_are_no_figure(examination: Examination) -> None:
    slide = examination.evidence.slides[0]
    few = slide.statistics.model_copy(update={"nuclear_area_um2": None, "nuclear_area_variation": None})
    found = {f.id: f for f in slide_findings(1, slide.analysis, few)}
    assert found["slide.1.nuclear-area"].status == "unmeasured" and "slide.1.nuclear-area-variation" not in found


def test_dab_is_counted(examination: Examination) -> None:
    slide = examination.evidence.slides[0]
    share = type(slide.statistics.nuclei_per_mm2)(value=0.2, low=0.1, high=0.3)  # type: ignore[misc]
    dab = slide.statistics.model_copy(update={"stain": "H-DAB", "positive_share": share})
    found = {f.id: f for f in slide_findings(1, slide.analysis, dab)}
    measure = found["slide.1.positive-share"].measure
    assert measure is not None and (measure.value, measure.unit) == (20.0, "%")
