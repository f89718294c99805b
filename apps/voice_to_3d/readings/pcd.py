"""Reads the points of a .pcd file, the format of the Point Cloud Library (version 0.7, ascii and binary)."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError

_KINDS = {"F": "f", "I": "i", "U": "u"}


def read_pcd(path: Path) -> NDArray[np.float64]:
    """Coordinates `[N, 3]` in the file's own unit; points without a return stay NaN.

    Raises:
        DataError: the file is no .pcd, is cut off, is compressed, or has no x, y and z.
    """
    with path.open("rb") as file:
        header: dict[str, list[str]] = {}
        for raw in file:
            words = raw.decode("ascii", errors="replace").split()
            if not words or words[0].startswith("#"):
                continue
            header[words[0].upper()] = words[1:]
            if words[0].upper() == "DATA" or len(header) > 32:
                break
        body = file.read()
    try:
        fields, sizes, kinds = header["FIELDS"], list(map(int, header["SIZE"])), header["TYPE"]
        counts = list(map(int, header.get("COUNT", ["1"] * len(fields))))
        points, form = int(header["POINTS"][0]), header["DATA"][0].lower()
        columns = [fields.index(name) for name in "xyz"]
        formats = [f"<{_KINDS[kind]}{size}" for kind, size in zip(kinds, sizes, strict=True)]
    except (KeyError, ValueError, IndexError) as error:
        raise DataError(f"{path}: is not a .pcd file with fields x, y and z ({error!r} in its header)") from error
    if form == "ascii":
        starts = np.cumsum([0, *counts])[columns]
        try:
            values = np.loadtxt(io.BytesIO(body), usecols=starts.tolist(), ndmin=2)
        except ValueError as error:
            raise DataError(f"{path}: its lines of points cannot be read ({error})") from error
    elif form == "binary":
        row = np.dtype([(f"f{i}", kind, (count,)) for i, (kind, count) in enumerate(zip(formats, counts, strict=True))])
        if len(body) < row.itemsize * points:
            raise DataError(
                f"{path}: is cut off: {points} points need {row.itemsize * points} bytes, it has {len(body)}"
            )
        table = np.frombuffer(body, row, points)
        values = np.column_stack([table[f"f{i}"][:, 0] for i in columns]).astype(np.float64)
    else:
        raise DataError(f"{path}: its data are {form!r}; save it as ascii or binary (pcl_convert_pcd_ascii_binary)")
    return values
