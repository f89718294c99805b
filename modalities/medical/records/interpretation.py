"""Values beside their reference range: converted, checked for plausibility, flagged.

The record's own range wins over the table's; a laboratory's own interpretation wins over the table's range, not over
its own range. What cannot be compared keeps its value and the flag `unknown`, and is noted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wugan.errors import DataError
from wugan.modalities.medical.note import Findings
from wugan.modalities.medical.records.labs import Analyte, Range, deviation
from wugan.modalities.medical.records.observations import Observation, Patient
from wugan.modalities.medical.records.resources import CodeableConcept, Quantity, ReferenceRange
from wugan.modalities.medical.records.units import spelled
from wugan.modalities.medical.records.values import Value, read_quantity, read_range

ADULT = 18.0
_FLAGS = {
    "N": "normal", "L": "low", "LU": "low", "H": "high", "HU": "high", "LL": "critical-low", "HH": "critical-high",
    "A": "abnormal", "AA": "abnormal", "NEG": "normal", "ND": "normal", "POS": "abnormal", "DET": "abnormal",
    "<": "low", ">": "high",
}  # fmt: skip
"""HL7's ObservationInterpretation codes."""


@dataclass(frozen=True, slots=True)
class Interpretation:
    """What a value means; fields as in `Observation`."""

    unit: str = ""
    low: float | None = None
    high: float | None = None
    flag: str = "unknown"
    compared: float | None = None
    deviation: float | None = None
    range_source: str = ""

    def observation(
        self,
        value: Value,
        analyte: Analyte | None,
        *,
        code: str,
        system: str,
        display: str,
        time_ns: int | None,
        source: str,
        category: str,
    ) -> Observation:
        """The value with what it means, as an observation; arguments as its attributes."""
        return Observation(
            code,
            system,
            display,
            time_ns,
            value.number,
            self.unit,
            source=source,
            comparator=value.comparator,
            text=value.text,
            coded=value.coded,
            category=category,
            analyte=analyte.key if analyte else "",
            low=self.low,
            high=self.high,
            flag=self.flag,
            compared=self.compared,
            deviation=self.deviation,
            range_source=self.range_source,
        )


def interpret(
    value: Value,
    analyte: Analyte | None,
    patient: Patient,
    age: float | None,
    ranges: Sequence[ReferenceRange],
    interpretations: Sequence[CodeableConcept],
    name: str,
    source: str,
    findings: Findings,
) -> Interpretation:
    """Compare a value with its range.

    Args:
        value: as read.
        analyte: what it measures, if that is known.
        patient: whose it is.
        age: years at the time.
        ranges: the record's own.
        interpretations: the laboratory's, as codes.
        name: of the quantity, for notes.
        source: of the observation, for notes.
        findings: where is noted what could not be compared.
    """
    lab = _lab_flag(interpretations)
    if value.number is None:
        return Interpretation(value.units[0] if value.units else "", flag=lab or "unknown")
    unit, compared = _in_analyte_unit(value, analyte, name, source, findings)
    if analyte is not None and compared is not None and not analyte.is_possible(compared):
        meant = analyte.meant_unit(value.number)
        hint = f"; it would be possible in {meant}" if meant and spelled(meant) != spelled(unit) else ""
        what = (
            f"{name} of {value.number:g} {unit} is not possible in a living person: its unit or number is wrong{hint}"
        )
        findings.add("implausible", f"{what}. It is kept and not compared", source)
        return Interpretation(unit, flag="implausible")
    own = _own_range(ranges, patient, age, unit, analyte, source, findings)
    of, flag = own, ""
    if own is None and analyte is not None and compared is not None:
        of = _table_range(analyte, patient, age, unit, name, findings)
    if of is not None:
        flag = _flag(value.number, value.comparator, of)
    if lab and own is None:
        flag = lab
    elif lab and flag and lab != "abnormal" and lab.removeprefix("critical-") != flag:
        findings.add("interpretation-differs", f"{name} is {lab} by the laboratory, {flag} by its own range", source)
    if analyte is not None and compared is not None and (age is None or age >= ADULT):
        flag = _critical(compared, value.comparator, analyte) or flag
    sigma = None
    if of is not None and analyte is None:
        sigma = deviation(value.number, of)
    elif of is not None and analyte is not None and compared is not None:
        # In the analyte's unit, so that a record in other units has the same deviations, zero points included.
        ends = [None if end is None else analyte.to_unit(end, unit) for end in (of.low, of.high)]
        sigma = deviation(compared, Range(ends[0], ends[1]), analyte.log)
    low, high, origin = (of.low, of.high, of.source) if of else (None, None, "")
    return Interpretation(unit, low, high, flag or "unknown", compared, sigma, origin)


def _in_analyte_unit(
    value: Value, analyte: Analyte | None, name: str, source: str, findings: Findings
) -> tuple[str, float | None]:
    """The unit as recorded, in UCUM's spelling where it fits, and the value in the analyte's unit."""
    first = value.units[0] if value.units else ""
    if analyte is None or value.number is None:
        return first, None
    if not value.units or value.units == ("1",):
        if analyte.unit in ("1", "[pH]", "{score}"):
            return analyte.unit, value.number
        findings.add("unit-missing", f"{name} has no unit: its value is kept and not compared", source)
        return first, None
    problem = ""
    for unit in value.units:
        try:
            return _recorded(unit, analyte), analyte.to_unit(value.number, unit)
        except DataError as error:
            problem = problem or str(error).partition(";")[0]
    findings.add("unit-unknown", f"{name}: {problem}: its value is kept and not compared", source)
    return first, None


def _recorded(unit: str, analyte: Analyte) -> str:
    """A unit as recorded if it is UCUM as it stands, otherwise in UCUM's spelling."""
    if unit in (analyte.unit, *analyte.also) or "[" in unit or "*" in unit or "{" in unit:
        return unit
    return spelled(unit)


def _own_range(
    ranges: Sequence[ReferenceRange],
    patient: Patient,
    age: float | None,
    unit: str,
    analyte: Analyte | None,
    source: str,
    findings: Findings,
) -> Range | None:
    """The record's own range in the value's unit."""
    for of in ranges:
        if not _applies(of, patient, age):
            continue
        ends: list[float | None] = []
        try:
            ends = [_end(end, unit, analyte, source, findings) for end in (of.low, of.high)]
        except DataError as error:
            findings.add("range-not-read", f"its reference range is left aside: {error}", source)
            continue
        if ends == [None, None] and of.text and (read := read_range(of.text)):
            ends = list(read)
        low, high = ends
        if low is None and high is None:
            continue
        if low is not None and high is not None and low > high:
            findings.add("range-not-read", "its reference range has low above high, and is left aside", source)
            continue
        return Range(low, high, "record")
    return None


def _applies(of: ReferenceRange, patient: Patient, age: float | None) -> bool:
    kinds = {coding.code for coding in of.type.coding} if of.type else set()
    if kinds and not kinds & {"normal", "recommended"}:
        return False
    words = {c.lower() for concept in of.applies_to for c in (concept.text, *(k.display for k in concept.coding))}
    words |= {coding.code for concept in of.applies_to for coding in concept.coding}
    sexes = {sex for sex, names in _SEXES.items() if words & names}
    if sexes and patient.sex not in sexes:
        return False
    if of.age is None or age is None:
        return True
    low, high = (q.value if q and isinstance(q.value, (int, float)) else None for q in (of.age.low, of.age.high))
    return not ((low is not None and age < low) or (high is not None and age >= high + 1))


_SEXES = {"female": {"female", "f", "248152002", "women"}, "male": {"male", "m", "248153007", "men"}}


def _end(end: Quantity | None, unit: str, analyte: Analyte | None, source: str, findings: Findings) -> float | None:
    """One end in the value's unit; without a unit of its own it is in the value's."""
    read = read_quantity(end, source, findings) if end is not None else None
    if read is None or read.number is None:
        return None
    if not read.units or unit in read.units or spelled(unit) in map(spelled, read.units):
        return read.number
    if analyte is None:
        raise DataError(f"it is in {read.units[0]!r}, the value in {unit!r}")
    return analyte.from_unit(analyte.to_unit(read.number, read.units[0]), unit)


def _table_range(
    analyte: Analyte, patient: Patient, age: float | None, unit: str, name: str, findings: Findings
) -> Range | None:
    of = analyte.range(patient.sex, age)
    if of is None:
        if age is not None and analyte.range(patient.sex, 40.0) is not None:
            findings.add("no-range-for-age", "has no reference range for the patient's age: not compared", name)
        return None
    ends = [None if end is None else float(f"{analyte.from_unit(end, unit):.9g}") for end in (of.low, of.high)]
    return Range(ends[0], ends[1], of.source)


def _flag(value: float, comparator: str, of: Range) -> str:
    """Where a value lies; with a comparator, only what is certain."""
    low, high = of.low, of.high
    if comparator.startswith("<"):
        if low is not None and value <= low:
            return "low" if comparator == "<" or value < low else ""
        return "normal" if low is None and high is not None and value <= high else ""
    if comparator.startswith(">"):
        if high is not None and value >= high:
            return "high" if comparator == ">" or value > high else ""
        return "normal" if high is None and low is not None and value >= low else ""
    if low is not None and value < low:
        return "low"
    return "high" if high is not None and value > high else "normal"


def _critical(value: float, comparator: str, analyte: Analyte) -> str:
    low, high = analyte.critical
    if low is not None and value < low and not comparator.startswith(">"):
        return "critical-low"
    return "critical-high" if high is not None and value > high and not comparator.startswith("<") else ""


def _lab_flag(interpretations: Sequence[CodeableConcept]) -> str:
    codes = [coding.code for concept in interpretations for coding in concept.coding]
    return next((_FLAGS[code] for code in codes if code in _FLAGS), "")
