"""FHIR observations as `Observation`s: one for each value, those of components (blood pressure) included."""

from __future__ import annotations

from dataclasses import dataclass, field

from wugan.modalities.medical.records import resources
from wugan.modalities.medical.records.findings import Findings
from wugan.modalities.medical.records.interpretation import interpret
from wugan.modalities.medical.records.labs import LOINC, by_loinc
from wugan.modalities.medical.records.observations import Observation, Patient
from wugan.modalities.medical.records.times import DAY_NS, to_ns
from wugan.modalities.medical.records.values import choose, read_value

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
        return Observation(
            code=code,
            system=system,
            display=display,
            time_ns=time_ns,
            value=value.number,
            unit=means.unit,
            low=means.low,
            high=means.high,
            flag=means.flag,
            source=source,
            comparator=value.comparator,
            text=value.text,
            coded=value.coded,
            category=category,
            analyte=analyte.key if analyte else "",
            compared=means.compared,
            deviation=means.deviation,
            range_source=means.range_source,
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


def without_duplicates(observations: list[Observation], findings: Findings) -> list[Observation]:
    """The same quantity, time and value once (results come again in reports and merged exports), sorted by time."""
    kept: dict[tuple[object, ...], Observation] = {}
    for observation in sorted(observations, key=_order):
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


def _order(of: Observation) -> tuple[object, ...]:
    size = 0.0 if of.value is None else of.value
    undated = of.time_ns is None
    return (undated, of.time_ns or 0, of.quantity, size, of.unit, of.comparator, of.coded, of.text, of.source)
