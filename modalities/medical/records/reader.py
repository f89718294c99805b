"""`read_record`: a patient's record from FHIR R4 files, or from a table."""

from __future__ import annotations

from collections import Counter, defaultdict
from os import PathLike
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from wugan.errors import DataError, IdentityError
from wugan.modalities.medical.records import events, readings, resources, texts
from wugan.modalities.medical.records.bundle import Entry, parse_entries, read_entries
from wugan.modalities.medical.records.comorbidity import comorbidity
from wugan.modalities.medical.records.derived import derive
from wugan.modalities.medical.records.findings import Findings
from wugan.modalities.medical.records.observations import Event, Observation, Patient, Record, Text
from wugan.modalities.medical.records.references import References
from wugan.modalities.medical.records.times import to_ns

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
            reference = of.patient if isinstance(of, (resources.Allergy, resources.Immunization)) else of.subject
            owner = self.references.patient(reference)
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
        reader = readings.ObservationReader(patient, findings)
        observations: list[Observation] = []
        happened: list[Event] = []
        written: list[Text] = []
        for entry, of in owned:
            if isinstance(of, resources.Observation):
                observations += reader.read(of, entry.name)
                written += texts.remarks(of, entry.name)
            elif isinstance(of, resources.DocumentReference):
                written += texts.document_texts(of, entry.name, findings)
            elif isinstance(of, resources.DiagnosticReport):
                written += texts.report_texts(of, entry.name, findings)
            elif isinstance(of, events.EVENT_TYPES):
                event = events.read_event(of, entry.kind, entry.resource, entry.name, self.references, findings)
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
    observations = readings.without_duplicates(observations, findings)
    happened = events.without_duplicates(happened, findings)
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
