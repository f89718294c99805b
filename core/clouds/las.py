"""LAS and LAZ files (ASPRS LAS 1.0 to 1.4), by laspy."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np

from wugan.clouds.columns import Columns
from wugan.errors import DataError, PluginError

_HEADER = 227  # bytes of the smallest public header block, of LAS 1.0 to 1.2
_RECORD = 54  # bytes of the header of a variable length record
_RECORDS_AT, _EXTENDED_AT = 100, 243  # where the header counts them (uint32), and the extended ones (LAS 1.4)
#: A LAZ point takes at least a few bits. More points for each byte are a damaged count, and a great deal of memory.
_MOST_POINTS_PER_BYTE = 100
_MOST_SECONDS = 600.0  # to unpack one file

#: Unpacks a LAZ file, and writes x, y, z (float64) and intensity (uint16) one after the other.
_UNPACK = """
import sys, laspy, numpy
points = laspy.read(sys.argv[1])
for axis in "xyz":
    sys.stdout.buffer.write(numpy.asarray(points[axis], "<f8").tobytes())
sys.stdout.buffer.write(numpy.asarray(points["intensity"], "<u2").tobytes())
"""
_UNPACKED = 3 * 8 + 2  # bytes of a point


def read_las(path: Path) -> Columns:
    """Scaled coordinates (float64) and intensity.

    Raises:
        DataError: it is cut off or no LAS file.
        PluginError: laspy, or what it needs for LAZ, is not installed.
    """
    try:
        import laspy
    except ImportError as error:
        raise PluginError(f"{path}: {path.suffix} files need laspy: pip install 'wugan[spatial]'") from error
    size = path.stat().st_size
    _check_records(path, size)
    try:
        with laspy.open(path) as reader:
            header = reader.header
            count, row = int(header.point_count), int(header.point_format.size)
            packed = bool(header.are_points_compressed)
            room = _MOST_POINTS_PER_BYTE * size if packed else (size - int(header.offset_to_point_data)) // max(row, 1)
            if count > room:
                raise DataError(f"{path} is cut off: it announces {count} points and holds {max(room, 0)} at most")
            if packed and not laspy.LazBackend.detect_available():
                raise PluginError(f"{path} is compressed, which needs lazrs: pip install 'wugan[spatial]'")
            if not packed:
                points = reader.read()
                columns = {axis: np.asarray(points[axis], np.float64) for axis in "xyz"}
                columns["intensity"] = np.asarray(points["intensity"])
    except (DataError, PluginError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic of lazrs is no Exception
        raise DataError(f"{path} is cut off or damaged ({type(error).__name__}: {error})") from error
    if packed:
        columns = _unpack(path, count)
    if len(columns["x"]) != count:
        raise DataError(f"{path} is cut off: it announces {count} points and holds {len(columns['x'])}")
    return columns


def _unpack(path: Path, count: int) -> Columns:
    """The points of a compressed file, in a process of its own: on a damaged file lazrs ends the process it runs in."""
    command = [sys.executable, "-c", _UNPACK, str(path)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_MOST_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise DataError(f"{path} did not unpack in {_MOST_SECONDS:.0f} s: it is damaged") from error
    if done.returncode or len(done.stdout) != count * _UNPACKED:
        told = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["too few points"]
        raise DataError(f"{path} is cut off or damaged, and cannot be unpacked ({told[-1]})")
    columns: Columns = {
        axis: np.frombuffer(done.stdout, "<f8", count, 8 * count * place) for place, axis in enumerate("xyz")
    }
    columns["intensity"] = np.frombuffer(done.stdout, "<u2", count, 24 * count)
    return columns


def _check_records(path: Path, size: int) -> None:
    """Refuse what is no LAS file, and counts of records that the file has no room for: laspy reads on for minutes."""
    with path.open("rb") as file:
        head = file.read(_EXTENDED_AT + 4)
    if head[:4] != b"LASF":
        raise DataError(f"{path} has no LAS header")
    if size < _HEADER:
        raise DataError(f"{path} is cut off inside its header; copy or record it again")
    places = [_RECORDS_AT] + ([_EXTENDED_AT] if head[24:26] == b"\x01\x04" and len(head) > _EXTENDED_AT else [])
    records = sum(int.from_bytes(head[place : place + 4], "little") for place in places)
    if records * _RECORD > size:
        raise DataError(f"{path} is cut off or damaged: it announces {records} records, more than it has room for")
