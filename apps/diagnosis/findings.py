"""Findings of a case: measures and values against limits, nodule candidates, conditions, figures of slides.

How probable each is follows from what was measured and how exactly (`beyond`). How far a value of a record may be off
stands in `allowable_errors.csv`: for each analyte a share of the value, a difference in the analyte's unit, or both, of
which the greater counts. Sources there: C, the limits for proficiency testing of 42 CFR 493.931 to 493.941 as amended
in 2022 (in force since 2025), which a laboratory has to keep; T, ISO 80601-2-56 (clinical thermometers, 0.2 °C); O, ISO
80601-2-61 (pulse oximeters, 2 to 4 % points); B, about twice the deviation that ISO 81060-2 leaves to a device, less
what repeated readings take away; H, taken here as what reading by hand leaves. All else: `ELSE`, a tenth.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np

from wugan.apps.diagnosis.result import Code, Finding, Measure, Modality, Place, Threshold, Urgency
from wugan.modalities.medical.ct.encoder import CtAnalysis
from wugan.modalities.medical.ct.lesions import Candidate, smallest_mm
from wugan.modalities.medical.ct.measures import Measurement
from wugan.modalities.medical.pathology.analysis import Estimate, SlideAnalysis, SlideStatistics
from wugan.modalities.medical.records.derived import comorbidity
from wugan.modalities.medical.records.labs import analytes, range_sources
from wugan.modalities.medical.records.observations import Event, Observation, Record
from wugan.modalities.medical.records.values import DAY_NS


def beyond(measure: Measure, threshold: Threshold) -> float:
    """Probability that the true value lies on the threshold's side.

    The error of the measure is taken as normal, with the standard deviation that its 95 % interval implies on the side
    towards the threshold (GUM, JCGM 106:2012, section 7). Without an interval the answer is 0 or 1, or ½ on the
    threshold itself.
    """
    gap = measure.value - threshold.value
    if threshold.side == "below":
        gap = -gap
    towards = measure.low if measure.value > threshold.value else measure.high
    sigma = 0.0 if towards is None else abs(measure.value - towards) / NormalDist().inv_cdf(0.975)
    if sigma == 0.0:
        return 0.5 if gap == 0 else float(gap > 0)
    return NormalDist(0, sigma).cdf(gap)


ELSE = 0.10


def half_width(of: Observation) -> float:
    """Half width of the 95 % interval of a value, in its own unit."""
    value = abs(of.value or 0.0)
    share, absolute = _table().get(of.analyte, (ELSE, 0.0))
    analyte = analytes().get(of.analyte)
    if absolute and analyte is not None and of.compared is not None:
        middle = analyte.from_unit(of.compared, of.unit)
        absolute = abs(analyte.from_unit(of.compared + absolute, of.unit) - middle)
    return max(share * value, absolute)


@cache
def _table() -> dict[str, tuple[float, float]]:
    with (Path(__file__).parent / "allowable_errors.csv").open(encoding="utf-8", newline="") as file:
        return {row["analyte"]: (float(row["share"] or 0), float(row["absolute"] or 0)) for row in csv.DictReader(file)}


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


def _unmeasured(name: str, modality: Modality, title: str, statement: str, reason: str, **more: Any) -> Finding:
    """What could not be looked at, and why."""
    return Finding(
        id=name, modality=modality, title=title, statement=statement, status="unmeasured", reason=reason, **more
    )


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
        return _unmeasured(finding, "ct", one.title, f"{one.title}: not measured, {one.reason}.", one.reason)
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
    least, title = smallest_mm(analysis.compartments), "Nodules of the lung"
    if found and lung_is_seen(analysis):
        return found
    if not lung_is_seen(analysis):
        reason = "less than a litre of lung in the scan"
        statement = f"Nodules of the lung: the rest of the lungs was not seen, {reason}."
        return [
            *found,
            _unmeasured("ct.nodules", "ct", "Nodules of the lung", statement, reason, urgency=Urgency.PROMPT),
        ]
    statement = (
        f"No nodule candidate of {least:.3g} mm and more, as far as a classical screen sees; nodules in the pleura and "
        "most ground glass are not found by it."
    )
    return [
        Finding(
            id="ct.nodules",
            modality="ct",
            title=title,
            statement=statement,
            status="normal",
            probability=0.0,
            urgency=Urgency.PROMPT,
        )
    ]


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
        statement = f"Slide {number}: {title.lower()} not measured, {reason}."
        return _unmeasured(f"slide.{number}.{name}", "slide", title, statement, reason)
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


STALE_DAYS = 90.0  #: a value older than this before the record's newest entry is no emergency any more
ACUTE_DAYS = 7.0
KDIGO = "KDIGO Clinical Practice Guideline for Acute Kidney Injury, Kidney Int Suppl 2:1, 2012"
CKD = "KDIGO 2024 guideline for chronic kidney disease, Kidney Int 105:S117: refer below 30 mL/min/1.73 m²"
_REFER_EGFR = 30.0
_CREATININE_ERROR = 0.10
_MALIGNANT = {"malignancy", "metastatic solid tumour"}
_ACUTE = {"myocardial infarction", "cerebrovascular disease"}


def record_findings(record: Record) -> list[Finding]:
    """What a record says, in a fixed order: conditions, then quantities by name.

    A critical value is urgent unless it is older than `STALE_DAYS`, an active malignancy or an eGFR below 30 to be seen
    to promptly, a creatinine that doubled within a week urgent. All else is routine.
    """
    newest = record.newest_ns or 0
    findings = list(_conditions(record, newest))
    latest = sorted(_latest(record).items())
    for name, of in latest:
        findings += _quantity(name, of, record, newest)
    kidney = _kidney_injury(record, newest)
    return [*findings, *([kidney] if kidney else [])]


def _latest(record: Record) -> dict[str, Observation]:
    """The newest number of each quantity that has a range or a flag."""
    found: dict[str, Observation] = {}
    for of in record.observations:  # sorted by time
        if of.value is not None and of.time_ns is not None and of.flag != "unknown":
            found[of.quantity] = of
    return found


def _quantity(name: str, of: Observation, record: Record, newest: int) -> list[Finding]:
    assert of.value is not None and of.time_ns is not None
    days = (newest - of.time_ns) / DAY_NS
    place = Place(label=_ago(days), position=(days,))
    codes = (Code(system=of.system, code=of.code, display=of.display),) if of.system and of.code else ()
    key = f"record.{_slug(name)}"
    shown = f"{of.display}: {of.comparator}{of.value:.4g} {of.unit}".rstrip()
    if of.flag == "implausible":
        reason = "the value is not possible in a living person"
        statement = f"{shown} ({place.label}): not compared, {reason}."
        return [_unmeasured(key, "record", of.display, statement, reason, places=(place,), codes=codes)]
    half = half_width(of)
    measure = Measure(value=of.value, low=of.value - half, high=of.value + half, unit=of.unit or "1")
    limit = _nearest(of)
    probability = _outside(of, measure)
    abnormal = of.flag != "normal" if probability is None else probability >= 0.5
    between = f", reference {_range(of)}" if of.low is not None or of.high is not None else ""
    urgency = Urgency.ROUTINE
    if of.analyte == "egfr" and of.compared is not None and of.compared < _REFER_EGFR:
        urgency, limit = Urgency.PROMPT, Threshold(value=_REFER_EGFR, side="below", source=CKD)
    found = [
        Finding(
            id=key,
            modality="record",
            title=of.display,
            statement=f"{shown} ({place.label}){between}: {_flag(of, abnormal)}.",
            status="abnormal" if abnormal else "normal",
            probability=float(abnormal) if probability is None else probability,
            urgency=urgency,
            measure=measure,
            threshold=limit,
            places=(place,),
            codes=codes,
        )
    ]
    critical = _critical(of)
    if critical is not None and (danger := beyond(measure, critical)) >= 0.01:
        stale = days > STALE_DAYS
        found.append(
            Finding(
                id=f"{key}.critical",
                modality="record",
                title=f"Critical {of.display}" if danger >= 0.5 else f"{of.display} near its critical limit",
                statement=(
                    f"{shown} ({place.label}): {'beyond' if danger >= 0.5 else 'near'} the critical limit of "
                    f"{critical.value:g} {of.unit}" + (", but no emergency of today." if stale else ".")
                ),
                status="critical" if danger >= 0.5 else "reported",
                probability=danger,
                urgency=Urgency.PROMPT if stale else Urgency.URGENT,
                measure=measure,
                threshold=critical,
                places=(place,),
                codes=codes,
            )
        )
    return found


def _ends(of: Observation) -> list[Threshold]:
    source = "the record's own range"
    if of.range_source and of.range_source != "record":
        source = range_sources().get(of.range_source, of.range_source)
    ends = []
    if of.low is not None:
        ends.append(Threshold(value=of.low, side="below", source=source))
    if of.high is not None:
        ends.append(Threshold(value=of.high, side="above", source=source))
    return ends


def _nearest(of: Observation) -> Threshold | None:
    """The end of the range that the value is nearest to."""
    assert of.value is not None
    value = of.value
    return min(_ends(of), key=lambda end: abs(end.value - value), default=None)


def _outside(of: Observation, measure: Measure) -> float | None:
    """Probability that the true value lies outside the range; `None` without one."""
    ends = _ends(of)
    if of.comparator:  # a bound: the flag says what is known
        return None
    return min(1.0, sum(beyond(measure, end) for end in ends)) if ends else None


def _critical(of: Observation) -> Threshold | None:
    """The critical limit that the value is nearest to, in the value's unit."""
    analyte = analytes().get(of.analyte)
    if analyte is None or of.compared is None or of.value is None:
        return None
    low, high = analyte.critical
    value = of.compared
    if low is None and high is None:
        return None
    if high is None or (low is not None and abs(value - low) < abs(value - high)):
        assert low is not None
        return Threshold(
            value=round(analyte.from_unit(low, of.unit), 6), side="below", source=range_sources()["critical"]
        )
    return Threshold(value=round(analyte.from_unit(high, of.unit), 6), side="above", source=range_sources()["critical"])


def _flag(of: Observation, abnormal: bool) -> str:
    flag = of.flag.replace("-", " ")
    if abnormal and of.flag == "normal":
        return "within its range, but more probably outside than not, for its uncertainty"
    return flag


def _range(of: Observation) -> str:
    if of.low is None:
        return f"up to {of.high:g}"
    return f"from {of.low:g}" if of.high is None else f"{of.low:g} to {of.high:g}"


def _conditions(record: Record, newest: int) -> Iterable[Finding]:
    seen = set()
    for event in record.conditions:
        if not event.active or event.display in seen:
            continue
        seen.add(event.display)
        days = None if event.start_ns is None else (newest - event.start_ns) / DAY_NS
        categories = set(comorbidity([event]).categories)
        urgency = Urgency.ROUTINE
        if categories & _MALIGNANT:
            urgency = Urgency.PROMPT
        if categories & _ACUTE and days is not None and days <= ACUTE_DAYS and not _is_history(event):
            urgency = Urgency.URGENT
        since = "" if days is None else f" (began {_ago(days)})"
        yield Finding(
            id=f"record.condition.{_slug(event.code or event.display)}",
            modality="record",
            title=event.display,
            statement=f"Active condition: {event.display}{since}.",
            status="abnormal",
            probability=1.0,
            urgency=urgency,
            places=() if days is None else (Place(label=_ago(days), position=(days,)),),
            codes=(Code(system=event.system, code=event.code, display=event.display),)
            if event.system and event.code
            else (),
        )


def _is_history(event: Event) -> bool:
    return event.display.lower().startswith("history of")


def _kidney_injury(record: Record, newest: int) -> Finding | None:
    """A creatinine that rose to 1.5 times its least of the week before."""
    last = record.latest("creatinine")
    if last is None or last.time_ns is None or last.compared is None:
        return None
    days = (newest - last.time_ns) / DAY_NS
    before = [
        of.compared
        for of in record.observations
        if of.quantity == "creatinine"
        and of.compared
        and of.time_ns is not None
        and 0 < (last.time_ns - of.time_ns) / DAY_NS <= ACUTE_DAYS
    ]
    if not before or days > STALE_DAYS or not all(math.isfinite(v) for v in before):
        return None
    ratio = last.compared / min(before)
    half = ratio * _CREATININE_ERROR * math.sqrt(2)  # of two values
    measure = Measure(value=ratio, low=ratio - half, high=ratio + half)
    threshold = Threshold(value=1.5, side="above", source=KDIGO)
    probability = beyond(measure, threshold)
    if probability < 0.01:
        return None
    return Finding(
        id="record.acute-kidney-injury",
        modality="record",
        title="Creatinine rising within a week",
        statement=f"Creatinine is {ratio:.2f} ± {half:.2f} times its least of the week before ({_ago(days)}).",
        status="abnormal" if probability >= 0.5 else "reported",
        probability=probability,
        urgency=Urgency.URGENT if ratio >= 2 else Urgency.PROMPT,
        measure=measure,
        threshold=threshold,
        places=(Place(label=_ago(days), position=(days,)),),
        codes=(Code(system="http://snomed.info/sct", code="14669001", display="Acute kidney injury"),),
    )


def _ago(days: float) -> str:
    """How long before the record's newest entry."""
    if days < 1:
        return "newest"
    if days < 60:
        return f"{days:.0f} d before"
    return f"{days / 365.25:.1f} y before"


def _slug(text: str) -> str:
    words = "".join(c if c.isalnum() else " " for c in text.rpartition("/")[2].lower()).split()
    return "-".join(words) or "unnamed"
