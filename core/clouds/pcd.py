"""PCD files, version 0.7: ascii, binary and binary_compressed.

https://pointclouds.org/documentation/tutorials/pcd_file_format.html. Read here, not by Open3D, whose reader fills
up a file that is cut off with zeros and drops fields that it does not know (times, rings).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from wugan.clouds.columns import Columns, parse_numbers, parse_rows
from wugan.errors import DataError

_KINDS = {"F": "f", "I": "i", "U": "u"}
_SIZES = {"F": ("4", "8"), "I": ("1", "2", "4", "8"), "U": ("1", "2", "4", "8")}
_LONGEST_HEADER = 64 * 1024


def read_pcd(path: Path) -> Columns:
    """The fields of a PCD file; of a field with several values the first.

    Raises:
        DataError: it is cut off or no PCD file.
    """
    content = path.read_bytes()
    header, start = _header(content, path)
    fields = header.get("FIELDS", header.get("COLUMNS", []))
    kinds, sizes = header.get("TYPE", []), header.get("SIZE", [])
    counts = header.get("COUNT", ["1"] * len(fields))
    try:
        (points,) = (int(word) for word in header["POINTS"])
        repeats = [int(word) for word in counts]
        codes = [f"<{_KINDS[kind]}{size}" for kind, size in zip(kinds, sizes, strict=True) if size in _SIZES[kind]]
        names = [f"{name.lower()}|{place}" for place, name in enumerate(fields)]
        row = np.dtype([(name, code, (n,)) for name, code, n in zip(names, codes, repeats, strict=True)])
    except (KeyError, ValueError, TypeError, OverflowError, MemoryError) as error:
        raise DataError(f"{path} has no readable PCD header ({error!r}): is it a PCD file?") from error
    if points < 0 or min(repeats, default=0) < 1:
        raise DataError(f"{path} has no readable PCD header: {points} points of fields with {repeats} values")
    body = content[start:]
    form = " ".join(header["DATA"])
    if form == "ascii":
        numbers = parse_numbers(body, points, sum(repeats), path)
        firsts = np.cumsum([0, *repeats[:-1]])
        return {name.lower(): numbers[:, first] for name, first in zip(fields, firsts, strict=True)}
    if form == "binary":
        rows = parse_rows(body, points, row, path)
        return {name.lower(): rows[key][:, 0] for name, key in zip(fields, names, strict=True)}
    if form == "binary_compressed":
        return _compressed(body, points, fields, row, path)
    raise DataError(f"{path}: PCD data of the kind {form!r} is not known (ascii, binary, binary_compressed)")


def _header(content: bytes, path: Path) -> tuple[dict[str, list[str]], int]:
    """Words of the header's lines by their first word, and where the data starts."""
    found: dict[str, list[str]] = {}
    start = 0
    while start < min(len(content), _LONGEST_HEADER):
        end = content.find(b"\n", start)
        end = len(content) if end < 0 else end
        key, *words = content[start:end].decode("latin-1").split() or [""]
        start = end + 1
        if key and not key.startswith("#"):
            found[key] = words
        if key == "DATA":
            return found, start
    raise DataError(f"{path} has no PCD header, or is cut off inside it")


def _compressed(body: bytes, points: int, fields: list[str], row: np.dtype[Any], path: Path) -> Columns:
    """Fields of a compressed body, in which one field's values follow the other's."""
    if len(body) < 8:
        raise DataError(f"{path} is cut off before its points; copy or record it again")
    packed, size = (int(word) for word in np.frombuffer(body, "<u4", 2))
    if size != points * row.itemsize or len(body) < 8 + packed:
        raise DataError(
            f"{path} is cut off or damaged: {points} points of {row.itemsize} bytes are announced, {packed} bytes that "
            f"hold {size}, and {len(body) - 8} bytes are there; copy or record it again"
        )
    plain = _lzf(body[8 : 8 + packed], size, path)
    found, start = {}, 0
    for name, key in zip(fields, row.names or (), strict=True):
        field = row[key]
        found[name.lower()] = np.frombuffer(plain, field.base, points * field.shape[0], start)[:: field.shape[0]]
        start += points * field.itemsize
    return found


def _lzf(packed: bytes, size: int, path: Path) -> bytes:
    """Undo Marc Lehmann's LZF: runs of literal bytes, and copies of what came up to 8 KiB before."""
    out = bytearray()
    at, end = 0, len(packed)
    try:
        while at < end and len(out) <= size:
            control = packed[at]
            at += 1
            if control < 32:
                out += packed[at : at + control + 1]
                at += control + 1
                continue
            length = control >> 5
            if length == 7:
                length += packed[at]
                at += 1
            length += 2
            distance = ((control & 31) << 8) + packed[at] + 1
            at += 1
            first = len(out) - distance
            if first < 0:
                raise IndexError("a copy from before the start")
            piece = out[first : first + length]
            out += piece if distance >= length else (piece * (length // distance + 1))[:length]
    except IndexError as error:
        raise DataError(f"{path} is damaged: its compressed points cannot be unpacked ({error})") from error
    if len(out) != size:
        raise DataError(f"{path} is damaged: its points unpack to {len(out)} bytes instead of {size}")
    return bytes(out)
