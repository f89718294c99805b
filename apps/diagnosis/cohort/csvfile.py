"""CSV files with a line for each patient, read strictly."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from pathlib import Path

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
