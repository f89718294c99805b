"""`Columns`: a file's fields by name, as its decoder found them, before any of them is given a meaning."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError

#: Field name in lower case to its values `[N]`; every file has `x`, `y` and `z`.
Columns = dict[str, NDArray[Any]]


def parse_numbers(body: bytes, rows: int, columns: int, path: Path) -> NDArray[np.float64]:
    """The first `rows` lines of an ASCII file's body as float64 `[rows, columns]`.

    Raises:
        DataError: there are fewer, or something in them is no number.
    """
    # A count that a damaged header announces must not decide how much memory is asked for: the body does.
    words = body.split(maxsplit=rows * columns)[: rows * columns] if rows * columns < 2 * len(body) + 2 else []
    if len(words) < rows * columns:
        held = len(body.split()) // max(columns, 1)
        raise DataError(f"{path} is cut off: it announces {rows} points and holds {held}; copy or record it again")
    try:
        return np.array(words, dtype=np.float64).reshape(rows, columns)
    except ValueError as error:
        raise DataError(f"{path} is damaged: a coordinate in it is no number ({error})") from error


def parse_rows(body: bytes, rows: int, dtype: np.dtype[Any], path: Path) -> NDArray[Any]:
    """The first `rows` records of a binary file's body.

    Raises:
        DataError: there are fewer.
    """
    if not dtype.itemsize or len(body) < rows * dtype.itemsize:
        held = len(body) // max(dtype.itemsize, 1)
        raise DataError(f"{path} is cut off: it announces {rows} points and holds {held}; copy or record it again")
    return np.frombuffer(body, dtype, rows)
