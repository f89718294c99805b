"""`Content`: what both reports show, put in order once."""

from __future__ import annotations

from dataclasses import dataclass

from wugan.apps.diagnosis.evidence import Evidence
from wugan.apps.diagnosis.report.pictures import COLOURS, Picture, pictures
from wugan.apps.diagnosis.result import COMPOSITE, Assessment, Finding, Modality, Result, Urgency
from wugan.apps.diagnosis.triage.rules import assess
from wugan.modalities.medical.records.observations import Record
from wugan.modalities.medical.records.values import DAY_NS

NAMES: dict[Modality, str] = {"ct": "CT", "slide": "Pathology", "record": "Record"}
SAID = {
    Urgency.ROUTINE: "Routine: to be read in its turn",
    Urgency.PROMPT: "Prompt: to be read within days",
    Urgency.URGENT: "Urgent: to be read now",
}
LEAST_SHARE = 0.005  #: below, a share is shown as 0 % and called unused
_TREND = 40  # points of a trend


@dataclass(frozen=True, slots=True)
class Trend:
    """Values of a quantity over time.

    Attributes:
        finding: the newest.
        points: days before the newest entry and value, the oldest first.
        low: end of the reference range.
        high: likewise.
    """

    finding: Finding
    points: tuple[tuple[float, float], ...]
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """What a report shows.

    Attributes:
        result: all of it.
        banner: what must stand on every page.
        headline: the assessment in words.
        weighty: findings that carry the assessment.
        findings: of each modality, without the record's values.
        trends: the record's values.
        pictures: of each modality.
        legend: compartments and their colours.
        tokens: what counted most for the fusion network, of the record.
        fusion: what the fusion network says and what it contributes; empty without one.
        role: what the fusion network is to the assessment, in a few words.
    """

    result: Result
    banner: str
    headline: str
    weighty: tuple[Finding, ...]
    findings: dict[str, tuple[Finding, ...]]
    trends: tuple[Trend, ...]
    pictures: dict[str, tuple[Picture, ...]]
    legend: tuple[tuple[str, str], ...]
    tokens: tuple[tuple[str, float], ...]
    fusion: str
    role: str


def content(result: Result, evidence: Evidence) -> Content:
    """Put a result in order. The pictures are drawn once for all reports of the same evidence."""
    trends = _trends(result, evidence.record)
    valued = {trend.finding.id for trend in trends}
    moved = fusion_share(result)
    role = "unused in the assessment" if moved < LEAST_SHARE else f"moves the assessment by {moved:.0%}"
    if evidence.drawn is None:
        evidence.drawn = tuple(pictures(evidence, role))
    drawn = evidence.drawn
    by_id = {finding.id: finding for finding in result.findings}
    assessment = result.assessment
    banner = result.disclaimer if not result.composite else f"{COMPOSITE}. {result.disclaimer}"
    return Content(
        result=result,
        banner=banner[0].upper() + banner[1:],
        headline=headline(result),
        weighty=tuple(by_id[name] for name in assessment.reasons if name in by_id) if assessment else (),
        findings={
            m: tuple(f for f in result.findings if f.modality == m and f.id not in valued)
            for m in ("ct", "slide", "record")
        },
        trends=trends,
        pictures={m: tuple(p for p in drawn if p.modality == m) for m in ("ct", "slide", "record")},
        legend=tuple((c.name.lower().replace("_", " "), "#" + bytes(colour).hex()) for c, colour in COLOURS.items()),
        tokens=_tokens(evidence),
        fusion=_fusion(assessment, role) if assessment else "",
        role=role,
    )


def headline(result: Result) -> str:
    """The assessment in words."""
    assessment = result.assessment
    if assessment is None:
        return "No assessment"
    chance = assessment.probabilities[assessment.category.value]
    if assessment.abstain:
        return f"No category: {assessment.category.value} is the likeliest with {chance:.0%}, which is too little"
    shown = "> 99 %" if 0.99 < chance < 1 else f"{100 * chance:.0f} %"
    return f"{SAID[assessment.category]} ({shown})"


def contribution(share: float) -> str:
    """A share of the assessment, for people: what contributes nothing is called unused."""
    return "unused (0 %)" if share < LEAST_SHARE else f"{100 * share:.0f} %"


def fusion_share(result: Result) -> float:
    """How far the fusion network moved the assessment, 0 to 1: total variation from what the rules alone say."""
    if result.assessment is None:
        return 0.0
    there = [stream.modality for stream in result.streams if stream.present]
    rules = assess({m: [f for f in result.findings if f.modality == m] for m in there})
    said = result.assessment.probabilities
    return 0.0 if rules is None else sum(abs(said[name] - p) for name, p in rules.probabilities.items()) / 2


def _fusion(assessment: Assessment, role: str) -> str:
    if not assessment.fusion:
        return ""
    said = ", ".join(f"{name} {100 * p:.0f} %" for name, p in assessment.fusion.items())
    return f"Second reading, of the fusion network, from the tokens alone ({role}): {said}."


def _trends(result: Result, record: Record | None) -> tuple[Trend, ...]:
    """Values that have a measure, the abnormal ones first, as the result has them."""
    if record is None:
        return ()
    series: dict[tuple[str, str], list[tuple[float, float]]] = {}
    ends: dict[tuple[str, str], tuple[float | None, float | None]] = {}
    newest = record.newest_ns or 0
    for of in record.observations:
        if of.value is not None and of.time_ns is not None:
            key = (of.system, of.code)
            series.setdefault(key, []).append(((newest - of.time_ns) / DAY_NS, of.value))
            ends[key] = (of.low, of.high)
    trends = []
    for finding in result.findings:
        if finding.modality != "record" or finding.measure is None or finding.id.endswith(".critical"):
            continue
        if not finding.codes or (key := (finding.codes[0].system, finding.codes[0].code)) not in series:
            continue
        trends.append(Trend(finding, tuple(series[key][-_TREND:]), *ends[key]))
    return tuple(trends)


def _tokens(evidence: Evidence, most: int = 8) -> tuple[tuple[str, float], ...]:
    """The record's entries that counted most for the fusion network."""
    relevance = evidence.relevance.get("record")
    if evidence.record is None or relevance is None:
        return ()
    from wugan.modalities.medical.records.encoder import describe

    named = describe(evidence.record)
    if len(named) != len(relevance):
        return ()
    order = sorted(range(len(named)), key=lambda i: (-float(relevance[i]), i))[:most]
    order = [i for i in order if relevance[i] >= LEAST_SHARE]
    # Texts' titles may hold names; their kind is enough.
    return tuple((named[i] if not named[i].startswith("text:") else "a text", float(relevance[i])) for i in order)
