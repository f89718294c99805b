"""Numbers, times and values as they are written in records, read the same in every locale.

FHIR's own numbers are JSON numbers. Strings ("5,4 mg/dL", "<0.5", "1,234") are not, and what a comma means depends on
who wrote it (babel's parser asks for a locale, which a record does not have). The policy:

- one comma and no point: a decimal comma, if one, two, or four and more digits follow it ("5,4" is 5.4), or if the
  whole part is 0 ("0,125" is 0.125);
- one comma followed by exactly three digits, and no point ("1,234"): ambiguous, not read; the text is kept;
- a comma or a blank before groups of three with a decimal point, or twice and more, groups thousands ("1,234.5");
- points before groups of three with one decimal comma, or twice and more, group thousands ("1.234,5");
- one point: a decimal point, always ("1.234" is 1.234), as in FHIR.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from wugan.modalities.medical.note import Findings
from wugan.modalities.medical.records.labs import LOINC, by_loinc
from wugan.modalities.medical.records.resources import CodeableConcept, Coding, Quantity, Valued
from wugan.modalities.medical.records.units import UCUM

_READING = re.compile(
    r"""\s*(?P<comparator><=|>=|≤|≥|<|>|~)?\s*
    (?P<number>[+\-−]?\d[\d.,'’\u00a0\u202f]*(?:\ \d{3}(?!\d)[\d.,]*)*(?:[eE][+\-]?\d+)?)
    \s*(?P<unit>(?:[^\W\d_]|[%‰°\[{]|/[^\W\d_]|10[*^]).*)?\s*""",
    re.VERBOSE,
)
_RANGE = re.compile(r"\s*(?P<low>[^\s–—a-zA-Z]+?)\s*(?:-|–|—|to|bis)\s*(?P<high>[\d.,]+)\s*(?P<unit>\D.*)?")
_SIGNS = {"≤": "<=", "≥": ">=", "~": ""}
_POINT_GROUPS = re.compile(r"\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,}")
_COMMA_GROUPS = re.compile(r"\d{1,3}(?:,\d{3})+\.\d+|\d{1,3}(?:,\d{3}){2,}")


@dataclass(frozen=True, slots=True)
class Reading:
    """A number that was written as text.

    Attributes:
        value: the number.
        comparator: `<`, `<=`, `>`, `>=` or empty.
        unit: what stands behind it, as written; may be empty.
        comma: whether a comma was taken for the decimal point.
    """

    value: float
    comparator: str = ""
    unit: str = ""
    comma: bool = False


def read_number(text: str) -> Reading | None:
    """The number that a text is, or `None` if it is none or could be either of two.

    Args:
        text: such as `"5,4 mg/dL"`, `"< 0.5"`, `"1 234"`. Words before the number, or a second number behind it, make
        it
            no number.
    """
    match = _READING.fullmatch(text)
    if match is None:
        return None
    digits = match["number"].replace("−", "-")
    digits = re.sub(r"[ '’\u00a0\u202f](?=\d{3}(?!\d))", "", digits)
    mantissa, mark, exponent = digits.partition("e" if "e" in digits else "E")
    sign, mantissa = (mantissa[0], mantissa[1:]) if mantissa[:1] in "+-" else ("", mantissa)
    plain = _plain(mantissa)
    if plain is None:
        return None
    value = float(sign + plain + mark + exponent)
    if not math.isfinite(value):
        return None
    comparator = match["comparator"] or ""
    unit = (match["unit"] or "").strip()
    comma = "," in mantissa and "." in plain and mantissa.rindex(",") > mantissa.rfind(".")
    return Reading(value, _SIGNS.get(comparator, comparator), unit, comma)


def read_range(text: str) -> tuple[float | None, float | None] | None:
    """Low and high of a reference range written as text: `"3.5 - 5.0"`, `"<5"`, `">= 60"`; `None` if it is none."""
    text = text.strip().strip("()[]")
    if single := read_number(text):
        if single.comparator.startswith("<"):
            return None, single.value
        return (single.value, None) if single.comparator else None
    match = _RANGE.fullmatch(text)
    if match is None:
        return None
    low, high = read_number(match["low"]), read_number(match["high"])
    if low is None or high is None or low.comparator or high.comparator or low.value > high.value:
        return None
    return low.value, high.value


def _plain(digits: str) -> str | None:
    """Digits as `float` reads them, or `None` if what the marks mean cannot be told."""
    if "," not in digits:
        if digits.count(".") <= 1:
            return digits
        return digits.replace(".", "") if _POINT_GROUPS.fullmatch(digits) else None
    if _COMMA_GROUPS.fullmatch(digits):
        return digits.replace(",", "")
    if _POINT_GROUPS.fullmatch(digits):
        return digits.replace(".", "").replace(",", ".")
    whole, _, rest = digits.partition(",")
    if not whole.isdigit() or not rest.isdigit():
        return None
    return f"{whole}.{rest}" if len(rest) != 3 or not whole.strip("0") else None


DAY_NS = 86_400_000_000_000
YEAR_DAYS = 365.2425
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PARTIAL = re.compile(r"\d{4}(-\d{2})?")
_EARLIEST, _LATEST = 1850, 2200  # beyond, a year is a typing error, or a placeholder such as 0001 or 9999


def to_ns(text: str) -> int | None:
    """Time of a FHIR `date`, `dateTime` or `instant`, in nanoseconds since 1970; `None` if it is none.

    A partial date (`2020`, `2020-05`, `2020-05-17`) means its start, and a time without a zone is taken as UTC: FHIR
    requires the zone, and the machine's own must not decide. Years before 1850 and after 2200 are no times of a
    patient of today.
    """
    text = text.strip()
    if _PARTIAL.fullmatch(text):
        text += "-01" if len(text) == 7 else "-01-01"
    try:
        moment = datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    if not _EARLIEST <= moment.year <= _LATEST:
        return None
    passed = moment - _EPOCH
    return (passed.days * 86_400 + passed.seconds) * 1_000_000_000 + passed.microseconds * 1_000


def to_text(time_ns: int) -> str:
    """The day of a time, as `2020-05-17`."""
    return datetime.fromtimestamp(time_ns // 1_000_000_000, UTC).strftime("%Y-%m-%d")


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
