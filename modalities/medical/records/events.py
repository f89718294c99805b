"""FHIR conditions, medications, allergies, procedures, encounters and immunisations as `Event`s."""

from __future__ import annotations

from typing import Any

from wugan.modalities.medical.records import resources
from wugan.modalities.medical.records.findings import Findings
from wugan.modalities.medical.records.observations import Event
from wugan.modalities.medical.records.references import References
from wugan.modalities.medical.records.resources import CodeableConcept, Period
from wugan.modalities.medical.records.times import to_ns

_DROPPED = {"entered-in-error", "refuted", "not-done", "cancelled", "draft"}
_ACTIVE = {"active", "recurrence", "relapse", "in-progress", "arrived", "intended", "on-hold"}


def read_event(
    of: Any, kind: str, resource: dict[str, Any], source: str, references: References, findings: Findings
) -> Event | None:
    """One resource as an event; `None` (with a note) where it says that it is not so.

    Args:
        of: the checked resource, one of `resources`' classes.
        kind: its resource type.
        resource: its JSON, for what it contains.
        source: its name.
        references: to look a medication up.
        findings: where is noted what was left out.
    """
    verification = _code(getattr(of, "verification_status", None))
    status = _code(getattr(of, "clinical_status", None)) or getattr(of, "status", "")
    if dropped := {status, verification} & _DROPPED:
        findings.add("status-dropped", f"{kind} is {min(dropped)}: left out", source)
        return None
    concept = _concept(of, resource, references, source, findings)
    if concept is None:
        findings.add("code-absent", f"{kind} says not what it is about: left out", source)
        return None
    start, end = _times(of, source, findings)
    active = status in _ACTIVE if status else isinstance(of, (resources.Condition, resources.Allergy)) and end is None
    codings = [coding for coding in concept.coding if coding.code]
    first = codings[0] if codings else None
    display = concept.text or next((c.display for c in codings if c.display), "") or (first.code if first else "")
    return Event(
        kind=_KINDS[type(of)],
        code=first.code if first else "",
        system=first.system if first else "",
        display=display,
        start_ns=start,
        end_ns=end,
        active=active,
        status=status,
        source=source,
        codes=tuple(f"{coding.system}|{coding.code}" for coding in codings),
    )


def without_duplicates(events: list[Event], findings: Findings) -> list[Event]:
    """The same thing at the same time once, sorted by time."""
    kept: dict[tuple[object, ...], Event] = {}
    for event in sorted(events, key=_order):
        key = (event.kind, event.codes or event.display, event.start_ns, event.end_ns, event.status)
        if key in kept and event.start_ns is not None:
            findings.add("duplicates-dropped", f"the same {event.kind} at the same time again", event.source)
            continue
        kept[key if event.start_ns is not None else (*key, len(kept))] = event
    return list(kept.values())


_KINDS = {
    resources.Condition: "condition",
    resources.MedicationUse: "medication",
    resources.Allergy: "allergy",
    resources.Procedure: "procedure",
    resources.Encounter: "encounter",
    resources.Immunization: "immunization",
}
EVENT_TYPES = tuple(_KINDS)
"""Classes of resources that are read as events."""


def _concept(
    of: Any, resource: dict[str, Any], references: References, source: str, findings: Findings
) -> CodeableConcept | None:
    concept: CodeableConcept | None
    if isinstance(of, resources.MedicationUse):
        concept = of.medication_codeable_concept
        reference = of.medication_reference
        if concept is None and reference is not None:
            found = references.find(reference, "Medication", resource)
            try:
                concept = resources.RESOURCES["Medication"].validate_python(found).code if found else None
            except ValueError:
                concept = None
            if concept is None:
                what = "points to a Medication that is not here, or has no code"
                findings.add("reference-unresolved", what, source)
                concept = CodeableConcept(text=reference.display) if reference.display else None
    elif isinstance(of, resources.Encounter):
        concept = of.type[0] if of.type else None
        if concept is None and of.class_ is not None:
            concept = CodeableConcept(coding=[of.class_])
    else:
        concept = of.vaccine_code if isinstance(of, resources.Immunization) else of.code
    if concept is None or not (concept.text or any(coding.code or coding.display for coding in concept.coding)):
        return None
    return concept


def _times(of: Any, source: str, findings: Findings) -> tuple[int | None, int | None]:
    starts = ("onset_date_time", "performed_date_time", "occurrence_date_time", "effective_date_time", "authored_on")
    given = [getattr(of, name, "") for name in (*starts, "when_handed_over", "recorded_date")]
    periods = [getattr(of, name, None) for name in ("onset_period", "performed_period", "effective_period", "period")]
    spans: list[Period] = [period for period in periods if period is not None]
    start = next((text for text in [*given, *(p.start for p in spans)] if text), "")
    abated = getattr(of, "abatement_period", None)
    ends = [getattr(of, "abatement_date_time", ""), *(p.end for p in spans), *([abated.end] if abated else [])]
    end = next((text for text in ends if text), "")
    for text in (start, end):
        if text and to_ns(text) is None:
            findings.add("date-invalid", f"{text[:30]!r} is no date of a patient's life: taken as not dated", source)
    return (to_ns(start) if start else None), (to_ns(end) if end else None)


def _code(concept: CodeableConcept | None) -> str:
    return next((coding.code for coding in concept.coding if coding.code), "") if concept else ""


def _order(of: Event) -> tuple[object, ...]:
    return (of.start_ns is None, of.start_ns or 0, of.kind, of.codes, of.display, of.status, of.end_ns or 0, of.source)
