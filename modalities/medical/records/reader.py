"""`read_record`: a patient's record from FHIR R4 files, or from a table; `RecordSource` gives records to a pipeline.

Resources become observations (one for each value, those of components such as blood pressure included), events
(conditions, medications, allergies, procedures, encounters, immunisations) and texts (attachments of documents and
reports, conclusions, remarks).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from os import PathLike
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from wugan.errors import DataError, IdentityError
from wugan.modalities.medical.note import Findings
from wugan.modalities.medical.records import resources
from wugan.modalities.medical.records.bundle import Entry, References, parse_entries, read_entries
from wugan.modalities.medical.records.derived import comorbidity, derive
from wugan.modalities.medical.records.interpretation import interpret
from wugan.modalities.medical.records.labs import LOINC, by_loinc
from wugan.modalities.medical.records.observations import Event, Observation, Patient, Record, Text
from wugan.modalities.medical.records.resources import Attachment, CodeableConcept
from wugan.modalities.medical.records.values import DAY_NS, choose, read_value, to_ns
from wugan.packet import Packet
from wugan.stage import Source

_NOT_MEANT = ("entered-in-error", "cancelled")


@dataclass(slots=True)
class ObservationReader:
    """Reads the observations of one patient.

    Attributes:
        patient: whose they are: ranges depend on sex and age.
        findings: where is noted what was left out or could not be compared.
    """

    patient: Patient
    findings: Findings = field(default_factory=Findings)

    def read(self, of: resources.Observation, source: str) -> list[Observation]:
        """What one resource holds: its own value, if any, and its components'."""
        if of.status in _NOT_MEANT:
            self.findings.add("status-dropped", f"Observation is {of.status}: left out", source)
            return []
        time_ns = self._time(of, source)
        category = next((coding.code for concept in of.category for coding in concept.coding if coding.code), "")
        out = []
        parts = [(of, source), *((c, f"{source} component[{i}]") for i, c in enumerate(of.component))]
        for part, name in parts:
            read = self._one(part, name, time_ns, category)
            if read is not None:
                out.append(read)
        if not out and not of.has_member:  # a panel has its values in the observations that it names
            self.findings.add("value-absent", "Observation has no value: left out", source)
        return out

    def _one(self, of: resources.Valued, source: str, time_ns: int | None, category: str) -> Observation | None:
        value = read_value(of, source, self.findings)
        if value is None:
            return None
        coding = choose(of.code)
        code, system = (coding.code, coding.system) if coding else ("", "")
        analyte = by_loinc().get(code) if system == LOINC else None
        display = (coding.display if coding else "") or of.code.text or (analyte.name if analyte else code)
        name = analyte.name if analyte else display
        if analyte is not None and value.number is None and not value.coded:
            self.findings.add("value-not-numeric", f"{name} is a number, and words are given: kept as text", source)
        if analyte is None and value.number is not None:
            what = "has no LOINC code that is known here: compared with the record's own range only, if there is one"
            self.findings.add("quantity-unknown", what, f"{name} ({source})")
        age = self.patient.age(time_ns)
        means = interpret(
            value, analyte, self.patient, age, of.reference_range, of.interpretation, name, source, self.findings
        )
        return means.observation(
            value, analyte, code=code, system=system, display=display, time_ns=time_ns, source=source, category=category
        )

    def _time(self, of: resources.Observation, source: str) -> int | None:
        period = of.effective_period
        given = of.effective_date_time or of.effective_instant or (period.start or period.end if period else "")
        time_ns = to_ns(given) if given else None
        if given and time_ns is None:
            self.findings.add(
                "date-invalid", f"{given[:30]!r} is no date of a patient's life: taken as not dated", source
            )
        if time_ns is None and of.issued and (time_ns := to_ns(of.issued)) is not None:
            self.findings.add("issued-for-effective", "has no time of its own: the time of issue is taken", source)
        elif time_ns is None:
            self.findings.add("undated", "has no time: it comes last, and counts as of the record's newest day", source)
        if time_ns is not None:
            self._check(time_ns, to_ns(of.issued) if of.issued else None, source)
        return time_ns

    def _check(self, time_ns: int, issued: int | None, source: str) -> None:
        """Note times that cannot be: they are kept, as nobody knows which of the two is wrong."""
        bounds = (
            (self.patient.birth_ns, -1, "before the patient's birth"),
            (self.patient.death_ns, 1, "after the patient's death"),
            (issued, 1, "after it was issued"),
        )
        for bound, sign, words in bounds:
            if bound is not None and sign * (time_ns - bound) > DAY_NS:
                self.findings.add("date-implausible", f"was taken {words}, by its dates", source)


def distinct_observations(observations: list[Observation], findings: Findings) -> list[Observation]:
    """The same quantity, time and value once (results come again in reports and merged exports), sorted by time."""
    kept: dict[tuple[object, ...], Observation] = {}
    for observation in sorted(observations, key=_observation_order):
        compared = observation.compared if observation.compared is not None else observation.value
        size = None if compared is None else float(f"{compared:.9g}")
        unit = "" if observation.compared is not None else observation.unit
        words = "" if size is not None else observation.text
        key = (observation.quantity, observation.time_ns, size, unit, observation.comparator, observation.coded, words)
        if key in kept and observation.time_ns is not None:
            findings.add("duplicates-dropped", "the same value of the same quantity and time again", observation.source)
            continue
        kept[key if observation.time_ns is not None else (*key, len(kept))] = observation
    return list(kept.values())


def _observation_order(of: Observation) -> tuple[object, ...]:
    size = 0.0 if of.value is None else of.value
    undated = of.time_ns is None
    return (undated, of.time_ns or 0, of.quantity, size, of.unit, of.comparator, of.coded, of.text, of.source)


_DROPPED = {"entered-in-error", "refuted", "not-done", "cancelled", "draft"}
_ACTIVE = {"active", "recurrence", "relapse", "in-progress", "arrived", "intended", "on-hold"}


def read_event(
    of: resources.Event,
    kind: str,
    resource: dict[str, Any],
    source: str,
    references: References,
    findings: Findings,
) -> Event | None:
    """One resource as an event; `None` (with a note) where it says that it is not so.

    Args:
        of: the checked resource.
        kind: its resource type.
        resource: its JSON, for what it contains.
        source: its name.
        references: to look a medication up.
        findings: where is noted what was left out.
    """
    status = _code(of.clinical_status) or of.status
    if dropped := {status, _code(of.verification_status)} & _DROPPED:
        findings.add("status-dropped", f"{kind} is {min(dropped)}: left out", source)
        return None
    concept = _concept(of, resource, references, source, findings)
    if concept is None:
        findings.add("code-absent", f"{kind} says not what it is about: left out", source)
        return None
    start, end = _times(of, source, findings)
    event_kind = "medication" if kind.startswith("Medication") else _KINDS[kind]
    active = status in _ACTIVE if status else event_kind in ("condition", "allergy") and end is None
    codings = [coding for coding in concept.coding if coding.code]
    first = codings[0] if codings else None
    display = concept.text or next((c.display for c in codings if c.display), "") or (first.code if first else "")
    return Event(
        kind=event_kind,
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


def distinct_events(events: list[Event], findings: Findings) -> list[Event]:
    """The same thing at the same time once, sorted by time."""
    kept: dict[tuple[object, ...], Event] = {}
    for event in sorted(events, key=_event_order):
        key = (event.kind, event.codes or event.display, event.start_ns, event.end_ns, event.status)
        if key in kept and event.start_ns is not None:
            findings.add("duplicates-dropped", f"the same {event.kind} at the same time again", event.source)
            continue
        kept[key if event.start_ns is not None else (*key, len(kept))] = event
    return list(kept.values())


_KINDS = {
    "Condition": "condition",
    "AllergyIntolerance": "allergy",
    "Procedure": "procedure",
    "Encounter": "encounter",
    "Immunization": "immunization",
}


def _concept(
    of: resources.Event, resource: dict[str, Any], references: References, source: str, findings: Findings
) -> CodeableConcept | None:
    """What an event is about; `None` where it does not say."""
    concept = of.medication_codeable_concept or of.vaccine_code or of.code
    if concept is None and isinstance(of, resources.Encounter):
        concept = of.type[0] if of.type else CodeableConcept(coding=[of.class_]) if of.class_ else None
    if concept is None and of.medication_reference is not None:
        found = references.find(of.medication_reference, "Medication", resource)
        try:
            concept = resources.RESOURCES["Medication"].validate_python(found).code if found else None
        except ValueError:
            concept = None
        if concept is None:
            what = "points to a Medication that is not here, or has no code"
            findings.add("reference-unresolved", what, source)
            concept = CodeableConcept(text=of.medication_reference.display)
    if concept is None or not (concept.text or any(coding.code or coding.display for coding in concept.coding)):
        return None
    return concept


def _times(of: resources.Event, source: str, findings: Findings) -> tuple[int | None, int | None]:
    own = of.period if isinstance(of, resources.Encounter) else None
    spans = [period for period in (of.onset_period, of.performed_period, of.effective_period, own) if period]
    starts = [of.onset_date_time, of.performed_date_time, of.occurrence_date_time, of.effective_date_time]
    starts += [of.authored_on, of.when_handed_over, of.recorded_date, *(period.start for period in spans)]
    ends = (of.abatement_date_time, *(p.end for p in spans), of.abatement_period.end if of.abatement_period else "")
    start, end = next(filter(None, starts), ""), next(filter(None, ends), "")
    for text in (start, end):
        if text and to_ns(text) is None:
            findings.add("date-invalid", f"{text[:30]!r} is no date of a patient's life: taken as not dated", source)
    return (to_ns(start) if start else None), (to_ns(end) if end else None)


def _code(concept: CodeableConcept | None) -> str:
    return next((coding.code for coding in concept.coding if coding.code), "") if concept else ""


def _event_order(of: Event) -> tuple[object, ...]:
    return (of.start_ns is None, of.start_ns or 0, of.kind, of.codes, of.display, of.status, of.end_ns or 0, of.source)


_LARGEST = 4 << 20  # bytes of one text
_PLAIN = ("text/plain", "text/markdown", "")
_HTML = ("text/html", "application/xhtml+xml")


def document_texts(of: resources.DocumentReference, source: str, findings: Findings) -> list[Text]:
    """The texts of a document; what is not text, or lies elsewhere, is noted."""
    if of.status == "entered-in-error":
        findings.add("status-dropped", "DocumentReference is entered-in-error: left out", source)
        return []
    attachments = [content.attachment for content in of.content if content.attachment is not None]
    return _texts(attachments, to_ns(of.date) if of.date else None, _title(of.type), source, findings)


def report_texts(of: resources.DiagnosticReport, source: str, findings: Findings) -> list[Text]:
    """A report's conclusion and its text."""
    if of.status in ("entered-in-error", "cancelled"):
        findings.add("status-dropped", f"DiagnosticReport is {of.status}: left out", source)
        return []
    period = of.effective_period
    given = of.effective_date_time or (period.start if period else "") or of.issued
    time_ns = to_ns(given) if given else None
    title = _title(of.code)
    conclusion = [Text(of.conclusion.strip(), time_ns, title, source)] if of.conclusion.strip() else []
    return conclusion + _texts(of.presented_form, time_ns, title, source, findings)


def remarks(of: resources.Observation, source: str) -> list[Text]:
    """The remarks on an observation."""
    if not of.note:
        return []
    own = to_ns(of.effective_date_time) if of.effective_date_time else None
    title = of.code.text or _title(of.code)
    return [
        Text(note.text.strip(), to_ns(note.time) if note.time else own, title, source)
        for note in of.note
        if note.text.strip()
    ]


def _texts(
    attachments: list[Attachment], time_ns: int | None, title: str, source: str, findings: Findings
) -> list[Text]:
    out = []
    for attachment in attachments:
        kind, _, parameters = attachment.content_type.partition(";")
        kind = kind.strip().lower()
        if kind not in (*_PLAIN, *_HTML):
            findings.add("attachment-skipped", f"an attachment of type {kind!r} is no text: not read", source)
        elif not attachment.data:
            findings.add("attachment-elsewhere", "an attachment lies elsewhere and is not fetched", source)
        elif (text := _decoded(attachment.data, parameters, source, findings)) is not None:
            text = plain_text(text) if kind in _HTML else text.strip()
            if text:
                out.append(Text(text, time_ns, attachment.title or title, source))
    return out


def _decoded(data: str, parameters: str, source: str, findings: Findings) -> str | None:
    try:
        raw = base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError):
        findings.add("attachment-damaged", "an attachment's data is no base64: not read", source)
        return None
    if len(raw) > _LARGEST:
        findings.add("attachment-skipped", f"a text of more than {_LARGEST >> 20} MiB is not read", source)
        return None
    match = re.search(r"charset\s*=\s*\"?([\w\-]+)", parameters, re.IGNORECASE)
    try:
        return raw.decode(match[1] if match else "utf-8")
    except (UnicodeDecodeError, LookupError):
        findings.add("encoding-assumed", "a text is not in the encoding that it claims: read as Latin-1", source)
        return raw.decode("latin-1")


def plain_text(html: str) -> str:
    """The words of HTML, a line for each block."""
    parser = _Words()
    parser.feed(html)
    parser.close()
    lines = (" ".join(line.split()) for line in "".join(parser.parts).split("\n"))
    return "\n".join(line for line in lines if line)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("script", "style")
        if tag in ("p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "table"):
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._hidden = max(0, self._hidden - (tag in ("script", "style")))

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data.replace("\n", " "))


def _title(concept: CodeableConcept | None) -> str:
    if concept is None:
        return ""
    return concept.text or next((coding.display for coding in concept.coding if coding.display), "")


_SEXES = {"female", "male", "other"}
_NUMBERS = ("int", "float", "str")  # Pydantic's names of the members of `resources.Decimal`


def read_record(source: str | PathLike[str] | dict[str, Any], patient: str | None = None) -> Record:
    """One patient's record.

    Args:
        source: a FHIR file (`.json`, `.ndjson`, `.xml`) or a folder of them, a table (`.csv`), or the
            parsed JSON of a bundle.
        patient: id of the one wanted, where there are several.

    Raises:
        DataError: it cannot be read, holds nothing of a patient, or several patients and none was named: their data
            must not be mixed.
    """
    records = read_records(source)
    name = "the bundle" if isinstance(source, dict) else str(source)
    ids = [record.patient.id for record in records]
    if patient is not None:
        wanted = patient.removeprefix("Patient/")
        for record in records:
            if record.patient.id == wanted:
                return record
        raise DataError(f"{name}: has no patient {wanted!r}; there {'is' if len(ids) == 1 else 'are'} {_some(ids)}")
    if len(records) > 1:
        raise IdentityError(
            f"{name}: holds data of {len(records)} patients ({_some(ids)}), which must not be mixed; name one with "
            "patient=, or give a file for each (a resource whose subject is not in the bundle counts as another's)"
        )
    return records[0]


def read_records(source: str | PathLike[str] | dict[str, Any]) -> list[Record]:
    """The record of each patient, by id.

    Args:
        source: as for `read_record`.

    Raises:
        DataError: it cannot be read, or holds nothing of a patient.
    """
    if not isinstance(source, dict) and Path(source).suffix.lower() == ".csv":
        from wugan.modalities.medical.records.table import read_table

        return read_table(source)
    findings = Findings()
    name = "the bundle" if isinstance(source, dict) else str(source)
    entries = parse_entries(source, findings, name) if isinstance(source, dict) else read_entries(source, findings)
    return _Bundle(entries, findings, name).records()


class _Bundle:
    """Entries of one source, checked, and sorted by whose they are."""

    def __init__(self, entries: list[Entry], findings: Findings, name: str) -> None:
        self.findings, self.name = findings, name
        self.references = References(entries)
        self.read: list[tuple[Entry, Any]] = []
        skipped: Counter[str] = Counter()
        for entry in entries:
            adapter = resources.RESOURCES.get(entry.kind)
            if adapter is None:
                skipped[entry.kind] += 1
            elif (checked := self._checked(entry, adapter)) is not None:
                self.read.append((entry, checked))
                self._modifiers(entry)
        if skipped:
            counts = ", ".join(f"{count} {kind}" for kind, count in sorted(skipped.items()))
            findings.add("resources-skipped", f"not read, as nothing of a record is taken from them: {counts}")
        if not self.read:
            why = f"; {findings.notes()[0]}"
            raise DataError(
                f"{name}: no resource of a patient is left{why}; it needs a Patient, Observation, Condition, …"
            )

    def records(self) -> list[Record]:
        patients = {entry.name: (entry, of) for entry, of in self.read if isinstance(of, resources.Patient)}
        owned: dict[str, list[tuple[Entry, Any]]] = defaultdict(list)
        nobodys = []
        for entry, of in self.read:
            if isinstance(of, (resources.Patient, resources.Medication)):
                continue
            owner = self.references.patient(getattr(of, "patient", None) or of.subject)
            if owner is not None:
                owned[owner].append((entry, of))
            else:
                nobodys.append((entry, of))
        strangers = sorted(set(owned) - set(patients))
        if len(strangers) == len(patients) == 1:
            (name, (entry, of)), stranger = next(iter(patients.items())), strangers[0]
            if not entry.resource.get("id") and not entry.full_url:
                patients = {stranger: (entry, of)}
                self.findings.add("patient-without-id", f"has no id: taken for {stranger}, whom the others name", name)
        owners = sorted({*patients, *owned}) or [""]
        for entry, of in nobodys:
            if len(owners) == 1:
                owned[owners[0]].append((entry, of))
                self.findings.add(
                    "subject-missing", f"{entry.kind} names no patient: taken for the only one", entry.name
                )
            else:
                self.findings.add("entry-dropped", f"{entry.kind} names no patient of several: left out", entry.name)
        return [self._record(owner, patients.get(owner), owned[owner]) for owner in owners]

    def _record(self, owner: str, found: tuple[Entry, Any] | None, owned: list[tuple[Entry, Any]]) -> Record:
        findings = Findings()
        patient = self._patient(owner, found, findings)
        reader = ObservationReader(patient, findings)
        observations: list[Observation] = []
        happened: list[Event] = []
        written: list[Text] = []
        for entry, of in owned:
            if isinstance(of, resources.Observation):
                observations += reader.read(of, entry.name)
                written += remarks(of, entry.name)
            elif isinstance(of, resources.DocumentReference):
                written += document_texts(of, entry.name, findings)
            elif isinstance(of, resources.DiagnosticReport):
                written += report_texts(of, entry.name, findings)
            elif isinstance(of, resources.Event):
                event = read_event(of, entry.kind, entry.resource, entry.name, self.references, findings)
                happened += [event] if event else []
        if patient.birth_ns is None and observations:
            findings.add("age-unknown", "the birth date is not known: reference ranges of adults are used")
        if patient.sex not in ("female", "male") and observations:
            findings.add("sex-unknown", "the sex is not known: ranges that depend on it are the union of both")
        return assemble(patient, observations, happened, written, findings, self.findings)

    def _patient(self, owner: str, found: tuple[Entry, Any] | None, findings: Findings) -> Patient:
        identity = owner.removeprefix("Patient/")
        if found is None:
            findings.add("patient-missing", "the Patient resource is not here: sex and age are not known")
            return Patient(identity)
        entry, of = found
        birth = to_ns(of.birth_date) if of.birth_date else None
        if of.birth_date and birth is None:
            findings.add("date-invalid", f"birth date {of.birth_date[:30]!r} is none: taken as not known", entry.name)
        death = to_ns(of.deceased_date_time) if of.deceased_date_time else None
        return Patient(identity, of.gender if of.gender in _SEXES else "", birth, death)

    def _modifiers(self, entry: Entry) -> None:
        """Tell of what FHIR says may turn a resource's meaning round, and is not known here."""
        modifiers = entry.resource.get("modifierExtension")
        for of in modifiers if isinstance(modifiers, list) else []:
            url = of.get("url") if isinstance(of, dict) else None
            what = f"{entry.kind} carries a modifier that is not known here, and may mean something else: {url}"
            self.findings.add("modifier-extension", what, entry.name)

    def _checked(self, entry: Entry, adapter: Any) -> Any:
        try:
            return adapter.validate_python(entry.resource)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False, include_context=False)[0]
            field = _field(entry.kind, first["loc"])
            problem = "must be a number" if first["loc"][-1] in _NUMBERS else first["msg"].lower()
            self.findings.add("entry-dropped", f"{field}: {problem}: {entry.kind} left out", entry.place)
            return None


def assemble(
    patient: Patient,
    observations: list[Observation],
    happened: list[Event],
    written: list[Text],
    findings: Findings,
    shared: Findings | None = None,
) -> Record:
    """A record from its parts: duplicates removed, sorted, with what follows from it.

    Args:
        patient: whose it is.
        observations: in any order, as all of these.
        happened: events.
        written: texts.
        findings: what was found about this patient.
        shared: what was found about the whole source.
    """
    observations = distinct_observations(observations, findings)
    happened = distinct_events(happened, findings)
    observations += derive(observations, patient)
    observations.sort(key=lambda of: (of.time_ns is None, of.time_ns or 0))
    charlson = comorbidity([event for event in happened if event.kind == "condition"])
    if charlson.unmapped:
        some = ", ".join(charlson.unmapped[:3])
        findings.add(
            "charlson-unmapped",
            f"conditions whose code is not mapped to the Charlson index, and which count as nothing: "
            f"{len(charlson.unmapped)}, such as {some}",
        )
    return Record(
        patient,
        tuple(observations),
        tuple(happened),
        tuple(sorted(set(written), key=lambda of: (of.time_ns is None, of.time_ns or 0, of.title, of.text, of.source))),
        (*(shared.notes() if shared else ()), *findings.notes()),
        charlson.score if charlson.mapped else None,
    )


def _field(kind: str, location: tuple[int | str, ...]) -> str:
    """`Observation.component[0].valueQuantity.value` for Pydantic's location, less the names of a union's members."""
    parts = [part for part in location if isinstance(part, int) or part not in _NUMBERS]
    return kind + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)


def _some(ids: list[str]) -> str:
    shown = ", ".join(repr(identity) for identity in ids[:3])
    return shown + (f" and {len(ids) - 3} more" if len(ids) > 3 else "")


@dataclass(eq=False)
class RecordSource(Source[Record]):
    """Reads patients' records: one packet each, with its notes as `attrs["notes"]` (text).

    A packet's time is 0: the times inside a record are calendar times, those of a pipeline's streams are not, so that a
    record joins whatever else there is of the patient.

    Args:
        path: a FHIR file, a folder of them (together one export), or a table.
        patient: id of the one wanted, where there are several.
        every: give each patient of the file as a packet, instead of refusing several.

    Raises:
        DataError: from `open`: it cannot be read, or holds several patients and neither is said.
    """

    path: str | Path
    patient: str | None = None
    every: bool = False
    _records: list[Record] | None = field(init=False, repr=False, default=None)

    @property
    def spec(self) -> dict[str, Any]:
        """What it gives; once open also the number of patients."""
        spec: dict[str, Any] = {"kind": "record", "standard": "HL7 FHIR R4"}
        return spec if self._records is None else {**spec, "patients": len(self._records)}

    def open(self) -> None:
        """Read the file."""
        if self.every and self.patient is not None:
            raise DataError("RecordSource: give patient= or every=True, not both")
        self._records = read_records(self.path) if self.every else [read_record(self.path, self.patient)]

    def close(self) -> None:
        """Forget the records."""
        self._records = None

    def packets(self) -> Iterator[Packet[Record]]:
        """A packet for each patient."""
        if self._records is None:
            self.open()
        for seq, record in enumerate(self._records or ()):
            yield Packet(
                record, 0, stream=Path(self.path).name, seq=seq, attrs={"notes": [str(note) for note in record.notes]}
            )
