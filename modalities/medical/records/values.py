"""`Value`: what an observation's `value[x]` says, as a number with its unit or as words."""

from __future__ import annotations

from dataclasses import dataclass

from wugan.modalities.medical.records.findings import Findings
from wugan.modalities.medical.records.labs import LOINC, by_loinc
from wugan.modalities.medical.records.numbers import read_number
from wugan.modalities.medical.records.resources import CodeableConcept, Coding, Quantity, Valued
from wugan.modalities.medical.records.units import UCUM

_COMPARATORS = ("", "<", "<=", ">", ">=")


@dataclass(frozen=True, slots=True)
class Value:
    """A recorded value.

    Attributes:
        number: the number, or `None`.
        units: how its unit is written, the most reliable first; empty if none is given.
        comparator: `<`, `<=`, `>`, `>=` or empty.
        text: words, where it is no number.
        coded: `system|code` of a concept.
    """

    number: float | None = None
    units: tuple[str, ...] = ()
    comparator: str = ""
    text: str = ""
    coded: str = ""


def read_value(of: Valued, source: str, findings: Findings) -> Value | None:
    """The value of an observation or component; `None` if it has none.

    Args:
        of: the observation or component.
        source: its name, for notes.
        findings: where is noted what could not be read.
    """
    if of.value_quantity is not None:
        return read_quantity(of.value_quantity, source, findings)
    if of.value_codeable_concept is not None:
        chosen = choose(of.value_codeable_concept)
        text = of.value_codeable_concept.text or (chosen.display if chosen else "")
        return Value(text=text, coded=f"{chosen.system}|{chosen.code}" if chosen and chosen.code else "")
    if of.value_string is not None:
        return _string(of.value_string, source, findings)
    if of.value_integer is not None:
        return Value(float(of.value_integer), ("1",))
    if of.value_boolean is not None:
        return Value(text="true" if of.value_boolean else "false")
    if of.value_range is not None:
        ends = [
            str(q.value) for q in (of.value_range.low, of.value_range.high) if q is not None and q.value is not None
        ]
        return Value(text=" - ".join(ends)) if ends else None
    if of.value_ratio is not None:
        above, below = of.value_ratio.numerator, of.value_ratio.denominator
        if above is None or below is None or above.value is None or below.value is None:
            return None
        return Value(text=f"{above.value}:{below.value}")  # a titre is no quotient
    if words := of.value_time or of.value_date_time or (of.value_period and of.value_period.start):
        return Value(text=words)
    if of.value_sampled_data is not None:
        findings.add("value-skipped", "a sampled curve is not read", source)
    return None


def read_quantity(quantity: Quantity, source: str, findings: Findings) -> Value | None:
    """A quantity's number and unit; `None` if it has no number."""
    # A code is UCUM only where the system says so; without a system it may be a word, and is tried all the same.
    codes = [quantity.code, quantity.unit] if quantity.system in (UCUM, "") else [quantity.unit, quantity.code]
    units = tuple(dict.fromkeys(unit for unit in codes if unit))
    comparator = quantity.comparator
    if comparator not in _COMPARATORS:
        findings.add("comparator-unknown", f"comparator {comparator!r} is none of < <= > >=: taken as exact", source)
        comparator = ""
    if quantity.value is None:
        return None
    if not isinstance(quantity.value, str):
        return Value(float(quantity.value), units, comparator)
    reading = read_number(quantity.value)
    if reading is None:
        _ambiguous(quantity.value, source, findings)
        return Value(text=quantity.value, units=units)
    findings.add("number-as-text", "a number is written as text, and was read by the policy for text", source)
    return Value(reading.value, units or ((reading.unit,) if reading.unit else ()), reading.comparator or comparator)


def choose(concept: CodeableConcept) -> Coding | None:
    """The coding to go by: a LOINC code that is known here, else any LOINC code, else the first with a code."""
    codings = [coding for coding in concept.coding if coding.code]
    known = [c for c in codings if c.system == LOINC and c.code in by_loinc()]
    return next(iter([*known, *(c for c in codings if c.system == LOINC), *codings]), None)


def _string(text: str, source: str, findings: Findings) -> Value | None:
    if not text.strip():
        return None
    reading = read_number(text)
    if reading is None:
        if text.strip()[:1].isdigit() and "," in text:
            _ambiguous(text, source, findings)
        return Value(text=text.strip())
    if reading.comma:
        findings.add("decimal-comma", "a comma was read as the decimal point", source)
    return Value(reading.value, (reading.unit,) if reading.unit else (), reading.comparator, text.strip())


def _ambiguous(text: str, source: str, findings: Findings) -> None:
    findings.add("number-not-read", f"{text[:40]!r} is no number that can be read for certain: kept as text", source)
