"""Records of a cohort from one CSV table, wide (a column for each quantity) or long (a line for each value).

Columns, by name (the first line), separated by commas, semicolons or tabs:

- `patient_id`: required. Several lines of one patient make one record.
- `date` or `time`: of the line's values, ISO 8601; without it they are not dated.
- `sex` (`male`, `female`, `m`, `f`), and `birth_date`, or `age` in years on the line's date.
- long: `code` (LOINC, or a name as below) and `value`, and perhaps `unit`, `low`, `high`.
- wide: every other column is a quantity: a LOINC code or long name, or the key or name of an analyte, with its unit in
  brackets behind it: `Hemoglobin (g/dL)`, `718-7 (g/L)`, `creatinine (umol/L)`. Without a unit, the analyte's own is
  taken, and this is noted.

Cells are numbers as people write them (see `values`); an empty cell is a value that was not taken.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from wugan.errors import DataError
from wugan.modalities.medical.note import Findings
from wugan.modalities.medical.records.interpretation import interpret
from wugan.modalities.medical.records.labs import LOINC, Analyte, by_name
from wugan.modalities.medical.records.observations import Observation, Patient, Record
from wugan.modalities.medical.records.reader import assemble
from wugan.modalities.medical.records.resources import Quantity, ReferenceRange
from wugan.modalities.medical.records.values import DAY_NS, YEAR_DAYS, Value, read_number, to_ns

_SEXES = {"male": "male", "m": "male", "female": "female", "f": "female", "w": "female", "other": "other"}
_OF_PATIENT = ("patient_id", "date", "time", "sex", "birth_date", "age")
_EMPTY = {"", "na", "nan", "null", "none", "-"}
_LARGEST = 1 << 28  # bytes
_UNIT = re.compile(r"(?P<name>.*\S)\s*\((?P<unit>[^()]+)\)")


@dataclass(frozen=True, slots=True)
class _Cell:
    """One value as it stands in the table."""

    name: str
    text: str
    unit: str
    low: str
    high: str
    source: str


def read_table(path: str | PathLike[str]) -> list[Record]:
    """The record of each patient, in the table's order.

    Args:
        path: a CSV file with the columns above.

    Raises:
        DataError: it is no such table; names the line and column.
    """
    place = Path(path)
    header, lines = _lines(place)
    long = {"code", "value"} <= set(header)
    shared = Findings()
    columns = {name: _column(name) for name in header if name not in _OF_PATIENT}
    if not long:
        if skipped := sorted(name for name, (known, _) in columns.items() if known.lower() not in by_name()):
            what = f"columns that name no known quantity, and are not read: {', '.join(skipped[:10])}"
            shared.add("columns-skipped", what + (f" and {len(skipped) - 10} more" if len(skipped) > 10 else ""))
        columns = {name: of for name, of in columns.items() if of[0].lower() in by_name()}
        if not columns:
            raise DataError(
                f"{place}: no column names a known quantity; call them by LOINC code or by name with the unit, such as "
                "'Hemoglobin (g/dL)', or give the columns code, value and unit"
            )
    people: dict[str, list[tuple[int, dict[str, str]]]] = {}
    for number, row in lines:
        if not row["patient_id"]:
            raise DataError(f"{place}, line {number}: no patient_id")
        people.setdefault(row["patient_id"], []).append((number, row))
    if not people:
        raise DataError(f"{place}: has a header and no line")
    out = []
    for identity, rows in people.items():
        findings = Findings()
        patient = _patient(place, identity, rows)
        observations = []
        for number, row in rows:
            cells = _long(row, number) if long else _wide(row, columns, number)
            time_ns, age = _when(place, row, number, patient)
            observations += [of for cell in cells if (of := _observation(cell, patient, time_ns, age, findings))]
        out.append(assemble(patient, observations, [], [], findings, shared))
    return out


def _lines(path: Path) -> tuple[list[str], Iterator[tuple[int, dict[str, str]]]]:
    try:
        if path.stat().st_size > _LARGEST:
            raise DataError(f"{path}: {path.stat().st_size >> 20} MiB is no table of records; split it")
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise DataError(f"{path}: no such file") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: is not UTF-8 (byte {error.start}): save it so") from error
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    rows = csv.reader(text.splitlines(keepends=True), delimiter=separator)
    header = [name.strip() for name in next(rows, [])]
    if "patient_id" not in header:
        raise DataError(f"{path}: line 1 names no column 'patient_id' (it names {', '.join(header[:6]) or 'nothing'})")
    if twice := [name for name in header if header.count(name) > 1]:
        raise DataError(f"{path}: column {twice[0]!r} occurs twice")

    def read() -> Iterator[tuple[int, dict[str, str]]]:
        for cells in rows:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                raise DataError(
                    f"{path}, line {rows.line_num}: {len(cells)} cells, the first line names {len(header)}; "
                    "quote cells that hold the separator"
                )
            yield rows.line_num, dict(zip(header, (cell.strip() for cell in cells), strict=True))

    return header, read()


def _column(name: str) -> tuple[str, str]:
    """Name and unit of a column; brackets that belong to the name stay with it."""
    if name.lower() in by_name():
        return name, ""
    match = _UNIT.fullmatch(name)
    return (match["name"], match["unit"].strip()) if match else (name, "")


def _wide(row: dict[str, str], columns: dict[str, tuple[str, str]], number: int) -> list[_Cell]:
    return [
        _Cell(name, row[column], unit, "", "", f"line {number}, {column}") for column, (name, unit) in columns.items()
    ]


def _long(row: dict[str, str], number: int) -> list[_Cell]:
    unit, low, high = (row.get(name, "") for name in ("unit", "low", "high"))
    return [_Cell(row["code"], row["value"], unit, low, high, f"line {number}")]


def _patient(place: Path, identity: str, rows: list[tuple[int, dict[str, str]]]) -> Patient:
    sexes = {row.get("sex", "").lower() for _, row in rows} - _EMPTY
    births = {row.get("birth_date", "") for _, row in rows} - {""}
    for what, found in (("sexes", sexes), ("birth dates", births)):
        if len(found) > 1:
            raise DataError(f"{place}: patient {identity} has several {what}: {', '.join(sorted(found))}")
    sex = next(iter(sexes), "")
    if sex and sex not in _SEXES:
        raise DataError(f"{place}, line {rows[0][0]}: sex {sex!r}; write male, female or other, or leave it empty")
    birth = to_ns(next(iter(births))) if births else None
    if births and birth is None:
        raise DataError(f"{place}, line {rows[0][0]}: birth_date {next(iter(births))!r}; write it as 1950-12-31")
    if birth is None:
        birth = next((b for number, row in rows if (b := _birth(place, row, number)) is not None), None)
    return Patient(identity, _SEXES.get(sex, ""), birth)


def _birth(place: Path, row: dict[str, str], number: int) -> int | None:
    """Birth from an age: on the line's date, or before 1970, where the time of what is not dated begins."""
    text = row.get("age", "")
    if text.lower() in _EMPTY:
        return None
    age = read_number(text)
    if age is None or not 0 <= age.value <= 130:
        raise DataError(f"{place}, line {number}: age {text!r}; write years from 0 to 130")
    return (_date(place, row, number) or 0) - round(age.value * YEAR_DAYS * DAY_NS)


def _date(place: Path, row: dict[str, str], number: int) -> int | None:
    text = row.get("time", "") or row.get("date", "")
    if not text:
        return None
    time_ns = to_ns(text)
    if time_ns is None:
        raise DataError(f"{place}, line {number}: {text!r} is no date; write it as 2024-05-17")
    return time_ns


def _when(place: Path, row: dict[str, str], number: int, patient: Patient) -> tuple[int | None, float | None]:
    time_ns = _date(place, row, number)
    return time_ns, patient.age(0 if time_ns is None else time_ns)


def _observation(
    cell: _Cell, patient: Patient, time_ns: int | None, age: float | None, findings: Findings
) -> Observation | None:
    if cell.text.lower() in _EMPTY:
        return None
    analyte = by_name().get(cell.name.lower())
    value = _value(cell, analyte, findings)
    ranges = []
    if cell.low or cell.high:
        ends = [Quantity(value=end) if end else None for end in (cell.low, cell.high)]
        ranges = [ReferenceRange(low=ends[0], high=ends[1])]
    name = analyte.name if analyte else cell.name
    means = interpret(value, analyte, patient, age, ranges, (), name, cell.source, findings)
    is_code = re.fullmatch(r"\d{1,5}-\d", cell.name) is not None
    return means.observation(
        value,
        analyte,
        code=cell.name if is_code else (analyte.loinc[0] if analyte else ""),
        system=LOINC if is_code or analyte else "",
        display=name,
        time_ns=time_ns,
        source=cell.source,
        category="laboratory",
    )


def _value(cell: _Cell, analyte: Analyte | None, findings: Findings) -> Value:
    reading = read_number(cell.text)
    if reading is None:
        if cell.text[:1].isdigit():
            what = f"{cell.text[:40]!r} is no number that can be read for certain: kept as text"
            findings.add("number-not-read", what, cell.source)
        return Value(text=cell.text)
    unit = reading.unit or cell.unit
    if not unit and analyte is not None and analyte.unit != "1":
        unit = analyte.unit
        findings.add("unit-assumed", f"{cell.name} has no unit: {unit} is taken", "")
    return Value(reading.value, (unit,) if unit else (), reading.comparator)
