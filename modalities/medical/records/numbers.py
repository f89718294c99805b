"""`Reading`: a number as people write it, with its comparator and unit, read the same in every locale.

FHIR's own numbers are JSON numbers and need none of this. Strings do ("5,4 mg/dL", "<0.5", "1,234"), and what a comma
means depends on who wrote it. The policy:

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

_READING = re.compile(
    r"""\s*(?P<comparator><=|>=|≤|≥|<|>|~)?\s*
    (?P<number>[+\-−]?\d[\d.,'’\u00a0\u202f]*(?:\ \d{3}(?!\d)[\d.,]*)*(?:[eE][+\-]?\d+)?)
    \s*(?P<unit>(?:[^\W\d_]|[%‰°\[{]|/[^\W\d_]|10[*^]).*)?\s*""",
    re.VERBOSE,
)
_RANGE = re.compile(r"\s*(?P<low>[^\s–—a-zA-Z]+?)\s*(?:-|–|—|to|bis)\s*(?P<high>[\d.,]+)\s*(?P<unit>\D.*)?")
_COMPARATORS = {"≤": "<=", "≥": ">=", "~": ""}
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
    return Reading(value, _COMPARATORS.get(comparator, comparator), unit, comma)


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
