"""`Record`: what is known of one patient, ready for a model: observations in time, conditions, medications, texts."""

from __future__ import annotations

from dataclasses import dataclass

from wugan.modalities.medical.note import Note
from wugan.modalities.medical.records.values import DAY_NS, YEAR_DAYS

FLAGS = ("unknown", "normal", "low", "high", "critical-low", "critical-high", "implausible", "abnormal")
"""What an observation's value is beside its range: `unknown` was not compared, `implausible` cannot be right,
`abnormal` says the laboratory without saying in which direction."""
EVENT_KINDS = ("condition", "medication", "allergy", "procedure", "encounter", "immunization")


@dataclass(frozen=True, slots=True)
class Patient:
    """Whose record it is.

    Attributes:
        id: of the resource or the table; empty if the record has none.
        sex: `"female"`, `"male"`, `"other"`, or `""` if it is not known.
        birth_ns: birth, nanoseconds since 1970 (negative before), or `None`.
        death_ns: death, or `None`.
    """

    id: str = ""
    sex: str = ""
    birth_ns: int | None = None
    death_ns: int | None = None

    def age(self, time_ns: int | None) -> float | None:
        """Age in years at a time, or `None` if either is not known."""
        if self.birth_ns is None or time_ns is None:
            return None
        return max(0.0, (time_ns - self.birth_ns) / DAY_NS / YEAR_DAYS)


@dataclass(frozen=True, slots=True)
class Observation:
    """One value of one quantity at one time.

    Attributes:
        code: in `system`; empty if the record gives text only.
        system: URL of the code system, such as `"http://loinc.org"`.
        display: name of the quantity.
        time_ns: when the sample was taken or the thing observed, nanoseconds since 1970 UTC; `None` if not recorded.
        value: the number, in `unit`; `None` if it is not one.
        unit: UCUM where it could be recognised, otherwise as recorded.
        low: lower end of the reference range, in `unit`; `None` if there is none.
        high: upper end.
        flag: one of `FLAGS`.
        source: resource and id that it comes from.
        comparator: `<`, `<=`, `>`, `>=` if the true value is only known to lie there, otherwise empty.
        text: what was recorded where it is no number ("positive", a concept's name).
        coded: `system|code` of that concept.
        category: `"laboratory"`, `"vital-signs"`, `"survey"`, … as recorded.
        analyte: key of `analytes()`, or empty.
        compared: the value in the analyte's unit, or `None` if it could not be converted or is not plausible.
        deviation: standard deviations from the middle of the range (its ends are ±1.96), or `None`.
        range_source: where the range is from: `"record"`, a letter of `range_sources()`, or empty.
        derived: formula and its source, if it was computed here and is not in the record.
    """

    code: str
    system: str
    display: str
    time_ns: int | None
    value: float | None
    unit: str
    low: float | None = None
    high: float | None = None
    flag: str = "unknown"
    source: str = ""
    comparator: str = ""
    text: str = ""
    coded: str = ""
    category: str = ""
    analyte: str = ""
    compared: float | None = None
    deviation: float | None = None
    range_source: str = ""
    derived: str = ""

    @property
    def quantity(self) -> str:
        """What is measured, whichever code says so: the analyte's key, else `system|code`, else the name."""
        return self.analyte or (f"{self.system}|{self.code}" if self.code else self.display)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that was the case, was given or was done, from a time on.

    Attributes:
        kind: one of `EVENT_KINDS`.
        code: in `system` (SNOMED CT, ICD-10, RxNorm, CVX); empty if the record gives text only.
        system: URL of the code system.
        display: its name.
        start_ns: beginning, or `None` if not recorded.
        end_ns: end; `None` if it goes on or is not recorded.
        active: whether it is so at the record's newest time, as far as the record tells.
        status: as recorded (`"active"`, `"resolved"`, `"completed"`, …).
        source: resource and id that it comes from.
        codes: all codings as `system|code`, the first one included.
    """

    kind: str
    code: str
    system: str
    display: str
    start_ns: int | None
    end_ns: int | None = None
    active: bool = False
    status: str = ""
    source: str = ""
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """What somebody wrote: a letter, a report's conclusion.

    Attributes:
        text: plain text.
        time_ns: when, or `None`.
        title: kind of document.
        source: resource and id that it comes from.
    """

    text: str
    time_ns: int | None
    title: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One patient's record. Everything is sorted by time (what has none comes last), so that the order of the file's
    entries changes nothing.

    Attributes:
        patient: whose it is.
        observations: measured and asked, and what was derived from it.
        events: conditions, medications, allergies, procedures, encounters and immunisations.
        notes_text: what was written in words.
        notes: what was found in reading and how it was dealt with.
        charlson: weighted comorbidity index, or `None` if no condition has a code that can be mapped.
    """

    patient: Patient
    observations: tuple[Observation, ...] = ()
    events: tuple[Event, ...] = ()
    notes_text: tuple[Text, ...] = ()
    notes: tuple[Note, ...] = ()
    charlson: int | None = None

    @property
    def conditions(self) -> tuple[Event, ...]:
        """Diagnoses and problems, active or not."""
        return self._of("condition")

    @property
    def medications(self) -> tuple[Event, ...]:
        """What was prescribed, given or taken."""
        return self._of("medication")

    @property
    def allergies(self) -> tuple[Event, ...]:
        """Allergies and intolerances."""
        return self._of("allergy")

    @property
    def procedures(self) -> tuple[Event, ...]:
        """What was done."""
        return self._of("procedure")

    @property
    def newest_ns(self) -> int | None:
        """Latest time of anything observed, begun or written; `None` if nothing has a time."""
        times = [o.time_ns for o in self.observations] + [e.start_ns for e in self.events]
        known = [time for time in [*times, *(t.time_ns for t in self.notes_text)] if time is not None]
        return max(known, default=None)

    def latest(self, quantity: str) -> Observation | None:
        """The newest observation of a quantity (`Observation.quantity`) that has a number, if there is one."""
        found = [
            o for o in self.observations if o.quantity == quantity and o.value is not None and o.time_ns is not None
        ]
        return found[-1] if found else None

    def _of(self, kind: str) -> tuple[Event, ...]:
        return tuple(event for event in self.events if event.kind == kind)
