"""Read a cohort folder: CSV tables, embeddings and, where they are, outcomes."""

from __future__ import annotations

import csv
import math
import zipfile
from collections.abc import Iterator
from os import PathLike
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wugan.apps.diagnosis.cohort.blood import ANALYTES, BLOOD
from wugan.apps.diagnosis.cohort.cohort import OTHER, TUMOUR, Cohort, Outcome
from wugan.apps.diagnosis.cohort.schema import (
    CLINICAL,
    DENSITY,
    EMBEDDING,
    ICD,
    OUTCOME_WORDS,
    PATHOLOGY,
    RANGES,
    STAINS,
    TARGETS,
    Column,
    Table,
)
from wugan.errors import DataError

KEY = "patient_id"
_EMPTY = {"", "na", "nan", "null", "none"}
_LONGEST = 1 << 28  # bytes; a cohort's table is a thousandth of it


def lines(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Lines of a CSV file with their numbers, the header being line 1.

    Raises:
        DataError: not readable as UTF-8 CSV, no patient ids, a line of another length, or a patient twice.
    """
    if path.stat().st_size > _LONGEST:
        raise DataError(f"{path}: {path.stat().st_size >> 20} MiB is no cohort's table; is it another file?")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            header = [name.strip() for name in next(reader, [])]
            if KEY not in header:
                hint = (
                    " (it seems to be separated by semicolons: save it with commas)" if ";" in "".join(header) else ""
                )
                raise DataError(f"{path}: line 1 names no column {KEY!r}{hint}")
            if twice := [name for name in header if header.count(name) > 1]:
                raise DataError(f"{path}: column {twice[0]!r} occurs twice")
            seen: dict[str, int] = {}
            for cells in reader:
                if not any(cell.strip() for cell in cells):
                    continue
                number = reader.line_num
                if len(cells) != len(header):
                    raise DataError(f"{path}, line {number}: {len(cells)} cells, the first line names {len(header)}")
                row = dict(zip(header, (cell.strip() for cell in cells), strict=True))
                if not row[KEY]:
                    raise DataError(f"{path}, line {number}: no {KEY}")
                if row[KEY] in seen:
                    raise DataError(
                        f"{path}, line {number}: patient {row[KEY]} is on line {seen[row[KEY]]} already; "
                        "give each patient one line"
                    )
                seen[row[KEY]] = number
                yield number, row
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path}: is no UTF-8 CSV file: {error}") from error


def number(path: Path, line: int, name: str, text: str) -> float | None:
    """A cell as a number; `None` if it is empty.

    Raises:
        DataError: it is neither.
    """
    if text.lower() in _EMPTY:
        return None
    try:
        value = float(text)
    except ValueError:
        hint = "; write decimals with a point" if "," in text else "; leave it empty if it is not known"
        raise DataError(f"{path}, line {line}, {name}: {text!r} is no number{hint}") from None
    if not math.isfinite(value):
        raise DataError(f"{path}, line {line}, {name}: {text!r} is not finite; leave it empty if it is not known")
    return value


TABLES = (CLINICAL, PATHOLOGY, BLOOD, ICD, DENSITY)
_DEATHS = {
    "living": 0,
    "deceased": TUMOUR,  # of a cause that is not told: counted with the tumour's, as the published label does
    "deceased tumor specific": TUMOUR,
    "deceased not tumor specific": OTHER,
}


def read_cohort(folder: str | PathLike[str], targets: bool = True) -> Cohort:
    """Read what lies in a folder; files that are missing are modalities that everybody lacks.

    Args:
        folder: with any of `clinical.csv`, `pathological.csv`, `blood.csv`, `icd_codes.csv`, `tma_cell_density.csv`,
            `tma_STAIN.npz`, and perhaps `targets.csv` and `blood_reference_ranges.csv`.
        targets: whether to read the outcomes, if they are there.

    Raises:
        DataError: no such folder, nothing in it that is known, or a file that breaks the schema (with file, line,
            column and remedy).
    """
    place = Path(folder)
    if not place.is_dir():
        raise DataError(f"{place}: no such folder; a cohort is a folder with {', '.join(t.file for t in TABLES)}, …")
    notes: list[str] = []
    rows = {table.modality: _read_table(place / table.file, table, notes) for table in TABLES}
    embeddings = {stain: _read_embeddings(place / f"tma_{stain}.npz", notes) for stain in STAINS}
    rows = {name: of for name, of in rows.items() if of}
    embeddings = {stain: of for stain, of in embeddings.items() if of}
    if not rows and not embeddings:
        known = ", ".join([*(table.file for table in TABLES), "tma_HE.npz"])
        raise DataError(f"{place}: holds no patient of any modality; expected files such as {known}")
    patients = list(dict.fromkeys(p for of in [*map(list, rows.values()), *map(list, embeddings.values())] for p in of))
    outcomes = None
    if targets and (place / TARGETS).is_file():
        outcomes = read_targets(place / TARGETS)
        if lacking := [p for p in patients if p not in outcomes]:
            notes.append(f"{TARGETS}: has no outcome of {len(lacking)} patients, such as {lacking[0]}")
    return Cohort(patients, rows, embeddings, outcomes, _read_ranges(place / RANGES), notes)


def _read_table(path: Path, table: Table, notes: list[str]) -> dict[str, dict[str, float | None]]:
    if not path.is_file():
        notes.append(f"{table.file}: is not there, so everybody lacks {table.modality}")
        return {}
    known = {column.name: column for column in table.columns}
    out: dict[str, dict[str, float | None]] = {}
    for line, row in lines(path):
        if not out:
            _check_header(path, table, list(row), notes)
        values = {}
        for name, text in row.items():
            if column := known.get(name):
                values[name] = _cell(path, line, column, text)
            elif table.extra and table.extra.match(name):
                values[name] = number(path, line, name, text)
        out[row[KEY]] = values
    return out


def _check_header(path: Path, table: Table, header: list[str], notes: list[str]) -> None:
    names = {column.name for column in table.columns}
    if missing := sorted(names - set(header)):
        raise DataError(
            f"{path}: lacks the column {missing[0]!r}" + (f" and {len(missing) - 1} more" if missing[1:] else "") + "; "
            "leave cells empty where a value is not known, but keep the column"
        )
    rest = [n for n in header if n not in names and n != KEY and not (table.extra and table.extra.match(n))]
    later = [name for name in rest if any(word in name.lower() for word in OUTCOME_WORDS)]
    if later:
        notes.append(f"{table.file}: not read, since they tell of what came later: {', '.join(later)}")
    if others := [name for name in rest if name not in later]:
        notes.append(f"{table.file}: not read, since the schema does not know them: {', '.join(others)}")
    if table.extra and not any(table.extra.match(name) for name in header):
        raise DataError(f"{path}: has no column named as an ICD-10 code, such as 'c320'")


def _cell(path: Path, line: int, column: Column, text: str) -> float | None:
    value = number(path, line, column.name, text)
    if value is None:
        return None
    if not column.low <= value <= column.high or (column.codes and value != round(value)):
        unit = f" {column.unit}" if column.unit else ""
        meaning = f" ({column.meaning})" if column.meaning else ""
        kind = "a whole number" if column.codes else "a number"
        remedy = f"; is it in {column.unit}?" if column.unit else ""
        raise DataError(
            f"{path}, line {line}, {column.name}: {value:g} is not {kind} from {column.low:g} to "
            f"{column.high:g}{unit}{meaning}{remedy}"
        )
    return value


def _read_embeddings(path: Path, notes: list[str]) -> dict[str, NDArray[np.float32]]:
    if not path.is_file():
        notes.append(f"{path.name}: is not there, so everybody lacks this stain")
        return {}
    out = {}
    try:
        with np.load(path, allow_pickle=False) as archive:
            for patient in archive.files:
                vector = archive[patient]
                if vector.shape != (EMBEDDING,):
                    raise DataError(f"{path}, patient {patient}: shape {vector.shape}, expected ({EMBEDDING},)")
                if not np.isfinite(vector).all():
                    raise DataError(f"{path}, patient {patient}: holds NaN or infinity; leave the patient out instead")
                out[patient] = vector.astype(np.float32)
    except (zipfile.BadZipFile, ValueError, OSError, EOFError) as error:
        raise DataError(f"{path}: is no readable .npz file of arrays: {error}") from error
    return out


def _read_ranges(path: Path) -> dict[tuple[str, int], tuple[float, float]]:
    """Reference ranges of one's own: `analyte,sex,low,high,unit`, the analyte by LOINC name, sex male or female."""
    if not path.is_file():
        return {}
    by_name = {analyte.loinc: analyte for analyte in ANALYTES}
    out = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        wanted = ["analyte", "sex", "low", "high", "unit"]
        if missing := [name for name in wanted if name not in (reader.fieldnames or [])]:
            raise DataError(f"{path}: lacks the column {missing[0]!r}; expected {', '.join(wanted)}")
        for row in reader:
            line, analyte = reader.line_num, by_name.get(row["analyte"])
            if analyte is None:
                raise DataError(f"{path}, line {line}: {row['analyte']!r} is not a LOINC name of the blood table")
            if row["unit"] != analyte.unit:
                raise DataError(f"{path}, line {line}: unit {row['unit']!r}, but {analyte.loinc} is in {analyte.unit}")
            if row["sex"] not in ("male", "female"):
                raise DataError(f"{path}, line {line}: sex {row['sex']!r}, expected 'male' or 'female'")
            low, high = (number(path, line, end, row[end]) for end in ("low", "high"))
            if low is None or high is None or low >= high:
                raise DataError(f"{path}, line {line}: low must be less than high, both given")
            out[analyte.key, int(row["sex"] == "female")] = (low, high)
    return out


def read_targets(path: Path) -> dict[str, Outcome]:
    """Read `targets.csv`.

    Raises:
        DataError: a column is missing or a value is none of those expected (with line).
    """
    wanted = ("recurrence", "days_to_recurrence", "survival_status_with_cause", "days_to_last_information")
    out = {}
    for line, row in lines(path):
        if missing := [name for name in wanted if name not in row]:
            raise DataError(f"{path}: lacks the column {missing[0]!r}; expected {', '.join(wanted)}")
        status, again = row["survival_status_with_cause"].lower(), row["recurrence"].lower()
        if status not in _DEATHS:
            raise DataError(f"{path}, line {line}: status {status!r}, expected one of {', '.join(_DEATHS)}")
        if again not in ("yes", "no"):
            raise DataError(f"{path}, line {line}: recurrence {again!r}, expected 'yes' or 'no'")
        days = number(path, line, wanted[3], row[wanted[3]])
        if days is None or days < 0:
            raise DataError(f"{path}, line {line}: days_to_last_information must be a number of days, 0 or more")
        when = number(path, line, wanted[1], row[wanted[1]]) if again == "yes" else days
        if when is None or when < 0:
            raise DataError(f"{path}, line {line}: a recurrence without days_to_recurrence")
        out[row[KEY]] = Outcome(days, _DEATHS[status], when, again == "yes")
    return out
