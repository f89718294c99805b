"""Findings of a CT: measures of the compartments against limits of the literature, and nodule candidates."""

from __future__ import annotations

import math
from collections.abc import Sequence

from wugan.apps.diagnosis.certainty import beyond
from wugan.apps.diagnosis.result import Code, Finding, Measure, Place, Threshold, Urgency
from wugan.modalities.medical.ct.encoder import CtAnalysis
from wugan.modalities.medical.ct.lesions import Candidate, smallest_mm
from wugan.modalities.medical.ct.measures import Measurement

SNOMED = "http://snomed.info/sct"
FLEISCHNER = "MacMahon et al., Radiology 284:228, 2017 (Fleischner Society): follow-up of solid nodules from 6 mm on"
NODULE_MM = 6.0
#: Constant and weights of `candidate_features`: fitted to drawn nodules of 6 mm and more among drawn vessels
#: (`python -m wugan.apps.diagnosis.triage.train` prints them). No real scan with read nodules was at hand.
_REAL = (-9.263, 4.475, 0.772, 5.138)
MOST_CANDIDATES = 10  # that become findings
_LEAST_LUNG_ML = 1000.0  # below, there is too little lung in the scan to say that it holds no nodule

# Which side of which limit is abnormal, what it is called, and its SNOMED CT concept.
_ABNORMAL: dict[str, tuple[float, str, str, Code | None]] = {
    "emphysema-share": (5.0, "above", "Emphysema", Code(system=SNOMED, code="87433001", display="Pulmonary emphysema")),
    "vertebral-trabecular-density": (
        110.0,
        "below",
        "Low bone density",
        Code(system=SNOMED, code="64859006", display="Osteoporosis"),
    ),
    "visceral-fat-area": (100.0, "above", "Visceral obesity", None),
}
_NODULE = Code(system=SNOMED, code="427359005", display="Solitary nodule of lung")


def ct_findings(analysis: CtAnalysis, measurements: Sequence[Measurement]) -> list[Finding]:
    """What a CT shows, in a fixed order.

    None of the measures calls for haste. A nodule of 6 mm and more is to be seen to promptly.

    Args:
        analysis: compartments and candidates.
        measurements: `measures(analysis.compartments)`.
    """
    return [*_nodules(analysis), *(_measured(one) for one in measurements)]


def _measured(one: Measurement) -> Finding:
    finding = f"ct.{one.name}"
    if one.value is None:
        return Finding(
            id=finding,
            modality="ct",
            title=one.title,
            statement=f"{one.title}: not measured, {one.reason}.",
            status="unmeasured",
            reason=one.reason,
        )
    half = one.uncertainty or 0.0
    measure = Measure(value=one.value, low=one.value - half, high=one.value + half, unit=one.unit)
    said = f"{one.title}: {one.value:.4g} ± {half:.2g} {_UNITS.get(one.unit, one.unit)}"
    if one.name not in _ABNORMAL or not one.thresholds:
        return Finding(
            id=finding,
            modality="ct",
            title=one.title,
            statement=f"{said} ({one.method}).",
            status="reported",
            measure=measure,
        )
    limit, side, title, code = _ABNORMAL[one.name]
    source = next(t.source for t in one.thresholds if t.limit == limit)
    threshold = Threshold(value=limit, side="above" if side == "above" else "below", source=source)
    probability = beyond(measure, threshold)
    return Finding(
        id=finding,
        modality="ct",
        title=title if probability >= 0.5 else one.title,
        statement=f"{said}; {one.meaning} ({one.method}).",
        status="abnormal" if probability >= 0.5 else "normal",
        probability=probability,
        measure=measure,
        threshold=threshold,
        codes=(code,) if code else (),
    )


_UNITS = {"[hnsf'U]": "HU", "cm2": "cm²"}


def lung_is_seen(analysis: CtAnalysis) -> bool:
    """Whether enough lung is in the scan to look for nodules."""
    return float(analysis.compartments.lung.sum()) * analysis.compartments.volume.voxel_ml >= _LEAST_LUNG_ML


def _nodules(analysis: CtAnalysis) -> list[Finding]:
    found = [_nodule(number, one) for number, one in enumerate(analysis.candidates[:MOST_CANDIDATES], 1)]
    least = smallest_mm(analysis.compartments)
    if found and lung_is_seen(analysis):
        return found
    if not lung_is_seen(analysis):
        reason = "less than a litre of lung in the scan"
        statement = f"Nodules of the lung: the rest of the lungs was not seen, {reason}."
        return [*found, _no_nodule("unmeasured", statement, reason)]
    statement = (
        f"No nodule candidate of {least:.3g} mm and more, as far as a classical screen sees; nodules in the pleura and "
        "most ground glass are not found by it."
    )
    return [_no_nodule("normal", statement, "")]


def _no_nodule(status: str, statement: str, reason: str) -> Finding:
    return Finding(
        id="ct.nodules",
        modality="ct",
        title="Nodules of the lung",
        statement=statement,
        status="normal" if status == "normal" else "unmeasured",
        probability=0.0 if status == "normal" else None,
        urgency=Urgency.PROMPT,
        reason=reason,
    )


def _nodule(number: int, one: Candidate) -> Finding:
    # Diameter of a ball by its voxels: about half a voxel of 2 mm on either side, and never less than a millimetre.
    half = max(1.0, 0.12 * one.diameter_mm)
    measure = Measure(
        value=one.diameter_mm, low=max(0.0, one.diameter_mm - half), high=one.diameter_mm + half, unit="mm"
    )
    threshold = Threshold(value=NODULE_MM, side="above", source=FLEISCHNER)
    wide = beyond(measure, threshold)
    probability = is_nodule(one) * wide
    x, y, z = (float(v) for v in one.center_mm)
    side = "right" if x < 0 else "left"
    kind = one.kind.replace("-", " ")
    return Finding(
        id=f"ct.nodule.{number}",
        modality="ct",
        title=f"Candidate of a {kind}, {one.diameter_mm:.0f} mm",
        statement=(
            f"A spot like a {kind} in the {side} lung, {one.diameter_mm:.1f} ± {half:.1f} mm wide, mean "
            f"{one.mean_hu:.0f} HU, score {one.score:.2f}. For a person to look at: of such spots in made-up scans "
            f"{100 * is_nodule(one):.0f} % were nodules; the share among patients is not known."
        ),
        status="abnormal" if probability >= 0.5 else "reported",
        probability=probability,
        urgency=Urgency.PROMPT,
        measure=measure,
        threshold=threshold,
        places=(Place(label=f"{side} lung, z {z:.0f} mm", position=(x, y, z), extent=one.diameter_mm),),
        codes=(_NODULE,),
    )


def candidate_features(one: Candidate) -> tuple[float, float, float]:
    """What a candidate's probability hangs on: its score, its width (log2 of 10 mm), and whether it is solid.

    Not its very density, which would tell drawn nodules, all alike, better than those of patients.
    """
    return one.score, math.log2(one.diameter_mm / 10), float(one.kind == "solid-nodule")


def is_nodule(one: Candidate) -> float:
    """Probability that a candidate is a nodule, as among drawn ones."""
    x = _REAL[0] + sum(w * v for w, v in zip(_REAL[1:], candidate_features(one), strict=True))
    return 1 / (1 + math.exp(-x))
