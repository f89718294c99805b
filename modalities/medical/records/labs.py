"""`Analyte`: what is measured under a LOINC code, its unit, its reference ranges, and what a value can be at all.

The tables beside this file are short and meant to be read and replaced: `analytes.csv`, `ranges.csv` (by sex and age)
and `range_sources.csv` (what each range comes from). Ranges differ between laboratories: the one in a record wins over
these. LOINC codes: this material contains content from LOINC (loinc.org), copyright Regenstrief Institute, free of cost
under its licence.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from wugan.errors import DataError
from wugan.modalities.medical.records.units import convert, spelled

LOINC = "http://loinc.org"
_FOLDER = Path(__file__).parent
CENTRAL = 1.96
"""Standard deviations between the middle and an end of a range that holds the central 95 % of the healthy."""


@dataclass(frozen=True, slots=True)
class Range:
    """A reference range.

    Attributes:
        low: lower end, or `None` if low values mean nothing.
        high: upper end, likewise.
        source: `"record"`, or the line of `range_sources.csv`.
    """

    low: float | None
    high: float | None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Analyte:
    """One quantity that is measured in patients.

    Attributes:
        key: short name, which features bear.
        name: for people.
        loinc_name: LOINC's long common name, where it is listed.
        group: `"haematology"`, `"liver"`, `"vital signs"`, …
        unit: UCUM unit in which values are compared.
        also: other units that laboratories use, with scale and offset to the analyte's; a value that is impossible in
            its own may be meant in one of them.
        molar_mass: g/mol, where both mass and amount of substance are in use.
        valence: charges per particle, where equivalents are in use.
        activity: `"U"` or `"[IU]"`, where laboratories write either for the same.
        log: whether healthy values spread on a logarithmic scale.
        possible: least and greatest value that a living person can have; beyond it the unit or the number is wrong.
        critical: limits beyond which a clinician is told at once; `None` where there is none.
        loinc: its codes (methods and specimens that share a range).
    """

    key: str
    name: str
    loinc_name: str
    group: str
    unit: str
    also: Mapping[str, tuple[float, float]]
    molar_mass: float | None
    valence: int | None
    activity: str
    log: bool
    possible: tuple[float, float]
    critical: tuple[float | None, float | None]
    loinc: tuple[str, ...]

    def to_unit(self, value: float, unit: str) -> float:
        """A value in this analyte's unit.

        Raises:
            DataError: the unit is unknown or measures something else.
        """
        if unit == self.unit or (written := spelled(unit)) == spelled(self.unit):
            return value
        if of := self.also.get(unit) or self.also.get(written):
            return value * of[0] + of[1]
        return convert(value, unit, self.unit, self.molar_mass, self.valence, self.activity)

    def from_unit(self, value: float, unit: str) -> float:
        """A value of this analyte's unit in another one.

        Raises:
            DataError: as `to_unit`.
        """
        if unit == self.unit:
            return value
        offset = self.to_unit(0.0, unit)
        return (value - offset) / (self.to_unit(1.0, unit) - offset)

    def is_possible(self, value: float) -> bool:
        """Whether a living person can have this value, given in the analyte's unit."""
        return self.possible[0] <= value <= self.possible[1]

    def meant_unit(self, value: float) -> str | None:
        """The unit in which an impossible value would be possible, if there is one: 140 g/dL of haemoglobin is g/L."""
        for unit in (self.unit, *self.also):
            try:
                if self.is_possible(self.to_unit(value, unit)):
                    return unit
            except DataError:  # a unit of the table that does not convert is no candidate
                continue
        return None

    def range(self, sex: str, age: float | None) -> Range | None:
        """Reference range of a person, in the analyte's unit; `None` if the table has none.

        Args:
            sex: `"female"`, `"male"` or anything else, which is unknown: then what is normal for either.
            age: years; unknown is taken as an adult, as the caller notes.
        """
        years = 40.0 if age is None else age
        either = sex not in ("female", "male")
        of: Range | None = None
        for line in _ranges().get(self.key, ()):
            if line.first <= years < line.last and (either or line.sex in ("", sex)):
                of = line.range if of is None else _union(of, line.range)
        return of


def deviation(value: float, of: Range, log: bool = False) -> float:
    """How far a value lies from the middle of a range, in standard deviations of the healthy; the ends are ±1.96.

    With one end only, zero takes the place of the lower one, and the reciprocal's zero that of the upper one.

    Args:
        value: in the range's unit.
        of: the range.
        log: whether healthy values spread on a logarithmic scale.
    """
    low, high = of.low, of.high
    if low is not None and high is not None and low < high:
        if log and low > 0:
            value, low, high = math.log(max(value, low * 1e-3)), math.log(low), math.log(high)
        return CENTRAL * (2 * value - low - high) / (high - low)
    if high is not None and high > 0:
        return CENTRAL * (2 * max(value, 0.0) / high - 1)
    if low is not None and low > 0:
        return -CENTRAL * (2 * low / max(value, low * 1e-3) - 1)
    return 0.0


def _union(a: Range, b: Range) -> Range:
    low = None if a.low is None or b.low is None else min(a.low, b.low)
    high = None if a.high is None or b.high is None else max(a.high, b.high)
    return Range(low, high, a.source)


@dataclass(frozen=True, slots=True)
class _Line:
    sex: str
    first: float
    last: float
    range: Range


@cache
def analytes() -> dict[str, Analyte]:
    """All analytes by key."""
    out = {}
    for row in _lines("analytes.csv"):
        out[row["key"]] = Analyte(
            row["key"],
            row["name"],
            row["loinc_name"],
            row["group"],
            row["unit"],
            _factors(row["also"]),
            _number(row["molar_mass"]),
            int(row["valence"]) if row["valence"] else None,
            row["activity"],
            row["log"] == "1",
            (float(row["possible_low"]), float(row["possible_high"])),
            (_number(row["critical_low"]), _number(row["critical_high"])),
            tuple(row["loinc"].split()),
        )
    return out


@cache
def by_loinc() -> dict[str, Analyte]:
    """All analytes by LOINC code."""
    return {code: analyte for analyte in analytes().values() for code in analyte.loinc}


@cache
def by_name() -> dict[str, Analyte]:
    """All analytes by whatever a table's column may call them, in lower case: key, names, LOINC codes."""
    out = dict(by_loinc())
    for analyte in analytes().values():
        names = (analyte.key, analyte.key.replace("_", " "), analyte.name, analyte.loinc_name)
        out |= {name.lower(): analyte for name in names if name}
    return out


@cache
def groups() -> tuple[str, ...]:
    """Groups of analytes, in the table's order."""
    return tuple(dict.fromkeys(analyte.group for analyte in analytes().values()))


@cache
def range_sources() -> dict[str, str]:
    """What the letters in `Range.source` stand for."""
    return {row["source"]: row["what"] for row in _lines("range_sources.csv")}


@cache
def _ranges() -> dict[str, tuple[_Line, ...]]:
    out: dict[str, list[_Line]] = {}
    for row in _lines("ranges.csv"):
        first, last = float(row["from_years"] or 0), float(row["to_years"] or math.inf)
        line = _Line(row["sex"], first, last, Range(_number(row["low"]), _number(row["high"]), row["source"]))
        out.setdefault(row["key"], []).append(line)
    return {key: tuple(of) for key, of in out.items()}


def _lines(name: str) -> Iterator[dict[str, str]]:
    with (_FOLDER / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _factors(text: str) -> dict[str, tuple[float, float]]:
    """Scale and offset by unit, of `unit=scale` or `unit=scale|offset`."""
    out = {}
    for part in text.split():
        unit, _, numbers = part.rpartition("=")
        scale, _, offset = numbers.partition("|")
        out[unit] = (float(scale), float(offset or 0))
    return out


def _number(text: str) -> float | None:
    return float(text) if text else None
