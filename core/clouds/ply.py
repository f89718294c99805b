"""PLY files (Turk, The PLY Polygon File Format, 1994): ascii and binary of either byte order; the vertices are read."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from wugan.clouds.columns import Columns, parse_numbers, parse_rows
from wugan.errors import DataError

_TYPES = {
    **dict.fromkeys(("char", "int8"), "i1"),
    **dict.fromkeys(("uchar", "uint8"), "u1"),
    **dict.fromkeys(("short", "int16"), "i2"),
    **dict.fromkeys(("ushort", "uint16"), "u2"),
    **dict.fromkeys(("int", "int32"), "i4"),
    **dict.fromkeys(("uint", "uint32"), "u4"),
    **dict.fromkeys(("float", "float32"), "f4"),
    **dict.fromkeys(("double", "float64"), "f8"),
}
_ORDERS = {"ascii": "", "binary_little_endian": "<", "binary_big_endian": ">"}
_END = b"end_header"


def read_ply(path: Path) -> Columns:
    """The properties of a PLY file's vertices, by name.

    Raises:
        DataError: it is cut off, no PLY file, or its vertices do not come first.
    """
    content = path.read_bytes()
    stop = content.find(_END)
    if not content.startswith(b"ply") or stop < 0:
        raise DataError(f"{path} has no PLY header, or is cut off inside it")
    newline = content.find(b"\n", stop)
    start = len(content) if newline < 0 else newline + 1
    form, element, count = "", "", -1
    names: list[str] = []
    types: list[str] = []
    for line in content[:stop].decode("latin-1").splitlines():
        match line.split():
            case ["format", kind, *_]:
                form = kind
            case ["element", name, number, *_]:
                if name != "vertex" and count < 0 and number != "0":
                    raise DataError(f"{path}: its {name} elements come before the vertices; write the vertices first")
                element = name
                if name == "vertex":
                    count = int(number) if number.isdecimal() and len(number) < 19 else -1
            case ["property", kind, *rest] if element == "vertex":
                if kind not in _TYPES or len(rest) != 1 or rest[0].lower() in names:
                    raise DataError(f"{path}: a vertex property {line.strip()!r} cannot be read")
                names.append(rest[0].lower())
                types.append(_TYPES[kind])
    if count < 0 or not names:
        raise DataError(f"{path} announces no points (element vertex)")
    if form not in _ORDERS:
        raise DataError(f"{path}: a PLY format {form!r} is not known ({', '.join(_ORDERS)})")
    body = content[start:]
    if form == "ascii":
        numbers = parse_numbers(body, count, len(names), path)
        return {name: numbers[:, place] for place, name in enumerate(names)}
    # Properties may bear names that numpy refuses as field names: they are numbered.
    row = np.dtype([(str(place), _ORDERS[form] + code) for place, code in enumerate(types)])
    rows = parse_rows(body, count, row, path)
    return {name: rows[str(place)] for place, name in enumerate(names)}
