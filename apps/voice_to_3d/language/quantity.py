"""Quantities: numbers with their units, and sizes such as "10 x 20 x 30 mm", "a metre twenty", "five foot six"."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from wugan.apps.voice_to_3d.language.numbers import Number, Raw, read_number
from wugan.apps.voice_to_3d.language.units import FOOT, INCH, UNITS, Unit, unit_at
from wugan.apps.voice_to_3d.language.wordlist import words

Kind = Literal["number", "ordinal", "length", "angle", "percent", "times", "sizes", "range", "thread", "unknown"]
THREAD = re.compile(r"[mM](\d+(?:\.\d+)?)$")
REST = words("long wide tall high deep thick in by x across and with from")
PRONOUN_BEFORE = words(
    "first second third this that other each last same which every bigger smaller left right middle front back "
    "top bottom "
    "upper lower taller tall short big small large red blue green yellow black white grey brown orange purple pink"
)


@dataclass(frozen=True)
class Quantity:
    """A value that was said.

    Attributes:
        kind: `number` has no unit; `times` is a multiplicity ("4x"); `sizes` are lengths joined by "x" or "by";
            `range` is "20-30 mm"; `thread` is a metric thread ("M6", values: diameter, and pitch or length);
            `unknown` has a unit that is none of length or angle.
        value: mm, degrees, a share (percent / 100) or the plain number; the first of `values`.
        values: all of them.
        axes: beside each value the axis said with it ("80 mm (X) x 40 mm (Y)"), or "".
        unit: as normalised ("mm", "in", "deg"), "" where none was said.
        fraction: the number was said as a fraction below 1 ("half"), which may be "half of" something.
    """

    kind: Kind
    value: float
    values: tuple[float, ...] = ()
    axes: tuple[str, ...] = ()
    unit: str = ""
    fraction: bool = False

    @property
    def bare(self) -> bool:
        """Whether no unit was said."""
        return self.unit == "" and self.kind in ("number", "sizes", "range")

    def scaled(self, factor: float) -> Quantity:
        """The same, its numbers times `factor` (a bare "20" when all dimensions are inches)."""
        return replace(
            self, value=round(self.value * factor, 9), values=tuple(round(v * factor, 9) for v in self.values)
        )


def read_quantity(raws: list[Raw], i: int) -> tuple[Quantity, int] | None:
    """The quantity that starts at `i`, and the index after it, or `None`."""
    before = raws[i - 1].lower if i else ""
    if raws[i].lower == "one" and before in PRONOUN_BEFORE:
        return None
    thread = _thread(raws, i)
    if thread:
        return thread
    half = _half_of_unit(raws, i) or _article_unit(raws, i)
    if half:
        return half
    number = read_number(raws, i)
    if number is None:
        return None
    if number.style == "ordinal":
        return Quantity("ordinal", number.value, (number.value,)), number.end
    times = _times(raws, number)
    if times:
        return times
    return _with_unit(raws, number)


def _lower(raws: list[Raw], i: int) -> str:
    return raws[i].lower if 0 <= i < len(raws) else ""


def _one(kind: Kind, value: float, unit: str = "", fraction: bool = False) -> Quantity:
    value = round(value, 9)
    return Quantity(kind, value, (value,), ("",), unit, fraction)


def _in(unit: Unit, number: float, fraction: bool = False) -> Quantity:
    if unit.kind == "unknown":
        return _one("unknown", number, unit.name)
    return _one(unit.kind, number * unit.factor, unit.name, fraction)


def _thread(raws: list[Raw], i: int) -> tuple[Quantity, int] | None:
    """Reads "M6", "M8 x 1.25", "M8x40"."""
    text = raws[i].text
    if text not in ("M", "m") or i + 1 >= len(raws) or not raws[i + 1].glued:
        return None
    match = THREAD.match(text + raws[i + 1].text)
    if not match:
        return None
    values, k = [float(match[1])], i + 2
    if _lower(raws, k) in ("x", "×") and k + 1 < len(raws):
        second = read_number(raws, k + 1)
        if second and raws[k + 1].text[:1].isdigit():
            values.append(second.value)
            k = second.end
            unit = unit_at(raws, k)
            k = unit[1] if unit and unit[0].name == "mm" else k
    return Quantity("thread", values[0], tuple(values), ("",) * len(values), "mm"), k


def _half_of_unit(raws: list[Raw], i: int) -> tuple[Quantity, int] | None:
    """Reads "half a metre", "half an inch", "three quarters of an inch"."""
    number = read_number(raws, i)
    if number is None or number.style != "fraction":
        return None
    k = number.end + 1 if _lower(raws, number.end) == "of" else number.end
    if _lower(raws, k) not in ("a", "an"):
        return None
    unit = unit_at(raws, k + 1, after=False)
    return (_in(unit[0], number.value), unit[1]) if unit and unit[0].kind == "length" else None


def _article_unit(raws: list[Raw], i: int) -> tuple[Quantity, int] | None:
    """Reads "a metre", "an inch and a half", "a metre twenty"."""
    if raws[i].lower not in ("a", "an"):
        return None
    unit = unit_at(raws, i + 1, after=False)
    if unit is None or unit[0].kind != "length":
        return None
    return _and_more(raws, unit[0], 1.0, unit[1])


def _times(raws: list[Raw], number: Number) -> tuple[Quantity, int] | None:
    """Reads "4x", "6X Ø11", "2 off"; "4x10" and "4 x 10" are sizes."""
    k = number.end
    if number.value != int(number.value) or not 1 <= number.value <= 1000 or number.style == "fraction":
        return None
    quantity = _one("times", number.value)
    if _lower(raws, k) in ("x", "×"):
        spaced = k + 1 < len(raws) and not raws[k + 1].glued
        following = _lower(raws, k + 1)
        if following[:1].isalpha() or following in ("ø", "⌀", "("):
            return (quantity, k + 1) if following not in ("a", "an") else None
        if raws[k].glued and spaced and following[:1].isdigit():
            return quantity, k + 1
    if _lower(raws, k) in ("off", "times", "no"):
        return (quantity, k + 1) if _lower(raws, k) == "times" or raws[k].text == "off" else None
    return None


def _with_unit(raws: list[Raw], number: Number) -> tuple[Quantity, int]:
    fraction = number.style == "fraction"
    found = unit_at(raws, number.end)
    if fraction and found is None and _lower(raws, number.end) == "of" and _lower(raws, number.end + 1) in ("a", "an"):
        found = unit_at(raws, number.end + 2, after=False)
    if found is None:
        return _ranged(raws, number) or (_one("number", number.value, "", fraction), number.end)
    unit, k = found
    if unit.kind != "length":
        return _in(unit, number.value, fraction), k
    return _and_more(raws, unit, number.value, k)


def _ranged(raws: list[Raw], number: Number) -> tuple[Quantity, int] | None:
    """Reads "20-30 mm"."""
    k = number.end
    if (
        _lower(raws, k) not in ("-", "–")
        or not raws[k].glued
        or k + 1 >= len(raws)
        or not raws[k + 1].text[0].isdigit()
    ):
        return None
    second = read_number(raws, k + 1)
    unit = unit_at(raws, second.end) if second else None
    if second is None or unit is None or second.value <= number.value:
        return None
    low, high = number.value * unit[0].factor, second.value * unit[0].factor
    return Quantity("range", low, (low, high), ("", ""), unit[0].name), unit[1]


def _and_more(raws: list[Raw], unit: Unit, count: float, k: int) -> tuple[Quantity, int]:
    """What follows a unit and belongs to it: "and a half", "six" of "five foot six", "twenty" of "a metre twenty"."""
    value = count * unit.factor
    if _lower(raws, k) == "and" and _lower(raws, k + 1) in ("a", "one", "three"):
        number = read_number(raws, k + 1)
        after = unit_at(raws, number.end) if number else None
        if number and number.style == "fraction" and after is None:
            return _one("length", value + number.value * unit.factor, unit.name), number.end
    j = k + 1 if _lower(raws, k) == "and" else k
    number = read_number(raws, j)
    if number is None or number.value <= 0 or number.style in ("ordinal", "group"):
        return _one("length", value, unit.name), k
    smaller = unit_at(raws, number.end)
    if smaller and smaller[0].kind == "length":
        compound = unit.factor / smaller[0].factor > number.value
        pairs = (unit.name, smaller[0].name) in {("ft", "in"), ("m", "cm"), ("m", "mm"), ("cm", "mm"), ("yd", "ft")}
        if pairs and compound and smaller[0].name != unit.name:
            return _one("length", value + number.value * smaller[0].factor, unit.name), smaller[1]
    elif smaller is None and j == k and unit.name in ("ft", "m") and _bare_rest(raws, number):
        if unit.name == "ft" and number.value < 12:
            return _one("length", value + number.value * INCH, "ft"), number.end
        if unit.name == "m" and 0 < number.value < 100 and number.value == int(number.value):
            return _one("length", value + number.value * 10, "m"), number.end
    return _one("length", value, unit.name), k


def _bare_rest(raws: list[Raw], number: Number) -> bool:
    """Whether nothing that could be counted follows: "a metre twenty wide", not "a metre, two drawers"."""
    following = _lower(raws, number.end)
    return not following[:1].isalpha() or following in REST


__all__ = ["FOOT", "INCH", "UNITS", "Kind", "Quantity", "read_quantity"]
