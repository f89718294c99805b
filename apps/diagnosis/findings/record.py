"""Findings of a record: the newest value of each quantity against its range, critical values, and conditions."""

from __future__ import annotations

import math
from collections.abc import Iterable

from wugan.apps.diagnosis.certainty import beyond
from wugan.apps.diagnosis.findings.errors import half_width
from wugan.apps.diagnosis.result import Code, Finding, Measure, Place, Threshold, Urgency
from wugan.modalities.medical.records.comorbidity import comorbidity
from wugan.modalities.medical.records.labs import analytes, range_sources
from wugan.modalities.medical.records.observations import Event, Observation, Record
from wugan.modalities.medical.records.times import DAY_NS

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
        return [
            Finding(
                id=key,
                modality="record",
                title=of.display,
                statement=f"{shown} ({place.label}): not compared, {reason}.",
                status="unmeasured",
                places=(place,),
                reason=reason,
                codes=codes,
            )
        ]
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
