"""`read_cloud`: a sweep or a scan from a file of any of the formats that lidars and surveyors use.

PCD and PLY are read here and not by a library: Open3D fills a file that is cut off up with zeros and drops the fields
of a PCD that it does not know (times, rings); plyfile and trimesh take two to five times as long for ascii (measured on
a million points), and know no PCD.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError, PluginError
from wugan.signals import PointCloud

#: Field name in lower case to its values `[N]`; every file has `x`, `y` and `z`.
Columns = dict[str, NDArray[Any]]

_INTENSITY = ("intensity", "intensities", "reflectance", "reflectivity", "scalar_intensity", "i")
_TIMES = ("time_s", "time", "t", "timestamp", "timestamps")
#: Beyond this many metres float32 counts in steps of a millimetre or more: coordinates are given from `origin` then.
_FAR = 8192.0
_KITTI = ("x", "y", "z", "intensity")
_NUSCENES = (*_KITTI, "ring")


@dataclass(frozen=True, slots=True, eq=False)
class CloudFile:
    """What a file holds.

    Attributes:
        cloud: the points; all of them are finite, and there is at least one.
        not_finite: how many points were left out because a coordinate or the intensity is NaN or infinite (an
            organised cloud has them where nothing came back).
        origin: metres that were subtracted from the coordinates, 0 except for a survey's (float32 would round them).
    """

    cloud: PointCloud
    not_finite: int = 0
    origin: tuple[float, float, float] = (0.0, 0.0, 0.0)


def read_cloud(path: str | Path, *, drop_nan: bool = True) -> CloudFile:
    """Read one file, by its suffix: KITTI `.bin`, nuScenes `.pcd.bin`, `.npy`, `.npz`, `.pcd`, `.ply`, `.las`, `.laz`.

    Numpy files hold floats `[N, 3]` (x, y, z) or `[N, 4]` (and intensity), or a structured array with named fields; an
    `.npz` holds `points` and, if it likes, `intensity` and `time_s`, or one array. Fields of the points' times (`t`,
    `time`, `timestamp`: seconds, or nanoseconds where they are whole numbers) become `time_s`, from the earliest on.
    The viewpoint of a PCD file is not applied.

    Args:
        path: the file.
        drop_nan: leave out points that are not finite, and count them, instead of refusing the file.

    Raises:
        DataError: there is no such file, or it is cut off, damaged, empty or of another kind; or points are not finite
            and `drop_nan` is false. Names the file.
        PluginError: LAS and LAZ need laspy, which is not installed.
    """
    path = Path(path)
    reader = next((read for suffix, read in _READERS.items() if path.name.lower().endswith(suffix)), None)
    if reader is None:
        raise DataError(f"{path}: point clouds of this kind are not known ({', '.join(SUFFIXES)})")
    try:
        columns = reader(path)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}") from error
    missing = [axis for axis in "xyz" if axis not in columns]
    if missing:
        raise DataError(f"{path} has no field {', '.join(missing)}; it has {', '.join(columns) or 'none'}")
    if not len(columns["x"]):
        raise DataError(f"{path} holds no points: an empty sweep; look whether the sensor's recording worked")
    return _cloud(path, columns, drop_nan)


def _cloud(path: Path, columns: Columns, drop_nan: bool) -> CloudFile:
    origin = [0.0, 0.0, 0.0]
    points = np.empty((len(columns["x"]), 3), np.float32)
    with np.errstate(over="ignore", invalid="ignore"):
        for axis, name in enumerate("xyz"):
            values = columns[name]
            middle = float(np.median(values)) if values.dtype.itemsize > 4 else 0.0
            if _FAR < abs(middle) < np.inf:
                origin[axis] = float(round(middle))
                values = values - origin[axis]
            points[:, axis] = values
        named = next((name for name in _INTENSITY if name in columns), None)
        intensity = None if named is None else columns[named].astype(np.float32)
    finite = np.isfinite(points).all(axis=1)
    if intensity is not None:
        finite &= np.isfinite(intensity)
    wrong = int(len(points) - finite.sum())
    if wrong and not drop_nan:
        raise DataError(f"{path}: {wrong} of {len(points)} points are not finite; drop_nan=True leaves them out")
    if wrong == len(points):
        raise DataError(f"{path} holds no points: none of its {wrong} is finite")
    times = _times(columns)
    if wrong:
        points = points[finite]
        intensity = None if intensity is None else intensity[finite]
        times = None if times is None else times[finite]
    return CloudFile(PointCloud(points, intensity, times), wrong, (origin[0], origin[1], origin[2]))


def _times(columns: Columns) -> NDArray[np.float32] | None:
    """Seconds since the earliest point; `None` where the file has no times, or they are not finite."""
    named = next((name for name in _TIMES if name in columns), None)
    if named is None:
        return None
    times = columns[named]
    if not np.isfinite(times).all():
        return None
    from_first = (times - times.min()).astype(np.float64)
    return (from_first * 1e-9 if np.issubdtype(times.dtype, np.integer) else from_first).astype(np.float32)


def _rows(names: tuple[str, ...], what: str) -> Callable[[Path], Columns]:
    def read(path: Path) -> Columns:
        size, row = path.stat().st_size, 4 * len(names)
        if size % row:
            raise DataError(
                f"{path} has {size} bytes, no multiple of {row}: it is cut off, or no {what} sweep; "
                "copy or record it again"
            )
        rows = np.fromfile(path, dtype="<f4").reshape(-1, len(names))
        return {name: rows[:, place] for place, name in enumerate(names)}

    return read


def _numpy(path: Path) -> Columns:
    try:
        loaded = np.load(path, allow_pickle=False)
        if isinstance(loaded, np.ndarray):
            arrays: dict[str, NDArray[Any]] = {"points": loaded}
        else:
            with loaded:
                arrays = {name: loaded[name] for name in loaded.files}
    except OSError:
        raise
    except Exception as error:  # numpy's reader of headers raises whatever its parser does
        raise DataError(f"{path} is cut off, or no numpy file of numbers ({error})") from error
    points = arrays.pop("points", None)
    if points is None and len(arrays) == 1:
        _, points = arrays.popitem()
    if not isinstance(points, np.ndarray):
        raise DataError(f"{path} has no array called points; it has {', '.join(arrays) or 'none'}")
    columns = _columns(path, points)
    for name in (*_INTENSITY, *_TIMES):
        given = arrays.get(name)
        if given is not None:
            if given.shape != columns["x"].shape or given.dtype.kind not in "fiu":
                raise DataError(f"{path}: {name} is {given.dtype} {given.shape}, of {len(columns['x'])} points")
            columns[name] = given
    return columns


def _columns(path: Path, points: NDArray[Any]) -> Columns:
    if points.dtype.names and points.ndim == 1:
        return {
            n.lower(): points[n] for n in points.dtype.names if points[n].ndim == 1 and points[n].dtype.kind in "fiu"
        }
    if points.ndim != 2 or points.shape[1] not in (3, 4) or points.dtype.kind != "f":
        raise DataError(f"{path} holds {points.dtype} {points.shape}; a sweep is floats [N, 3] or [N, 4]")
    return {name: points[:, place] for place, name in enumerate(_KITTI[: points.shape[1]])}


def _parse_numbers(body: bytes, rows: int, columns: int, path: Path) -> NDArray[np.float64]:
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


def _parse_rows(body: bytes, rows: int, dtype: np.dtype[Any], path: Path) -> NDArray[Any]:
    """The first `rows` records of a binary file's body.

    Raises:
        DataError: there are fewer.
    """
    if not dtype.itemsize or len(body) < rows * dtype.itemsize:
        held = len(body) // max(dtype.itemsize, 1)
        raise DataError(f"{path} is cut off: it announces {rows} points and holds {held}; copy or record it again")
    return np.frombuffer(body, dtype, rows)


_PCD_KINDS = {"F": "f", "I": "i", "U": "u"}
_PCD_SIZES = {"F": ("4", "8"), "I": ("1", "2", "4", "8"), "U": ("1", "2", "4", "8")}
_LONGEST_PCD_HEADER = 64 * 1024


def _pcd(path: Path) -> Columns:
    """The fields of a PCD file; of a field with several values the first.

    Raises:
        DataError: it is cut off or no PCD file.
    """
    content = path.read_bytes()
    header, start = _pcd_header(content, path)
    fields = header.get("FIELDS", header.get("COLUMNS", []))
    kinds, sizes = header.get("TYPE", []), header.get("SIZE", [])
    counts = header.get("COUNT", ["1"] * len(fields))
    try:
        (points,) = (int(word) for word in header["POINTS"])
        repeats = [int(word) for word in counts]
        codes = [
            f"<{_PCD_KINDS[kind]}{size}" for kind, size in zip(kinds, sizes, strict=True) if size in _PCD_SIZES[kind]
        ]
        names = [f"{name.lower()}|{place}" for place, name in enumerate(fields)]
        row = np.dtype([(name, code, (n,)) for name, code, n in zip(names, codes, repeats, strict=True)])
    except (KeyError, ValueError, TypeError, OverflowError, MemoryError) as error:
        raise DataError(f"{path} has no readable PCD header ({error!r}): is it a PCD file?") from error
    if points < 0 or min(repeats, default=0) < 1:
        raise DataError(f"{path} has no readable PCD header: {points} points of fields with {repeats} values")
    body = content[start:]
    form = " ".join(header["DATA"])
    if form == "ascii":
        numbers = _parse_numbers(body, points, sum(repeats), path)
        firsts = np.cumsum([0, *repeats[:-1]])
        return {name.lower(): numbers[:, first] for name, first in zip(fields, firsts, strict=True)}
    if form == "binary":
        rows = _parse_rows(body, points, row, path)
        return {name.lower(): rows[key][:, 0] for name, key in zip(fields, names, strict=True)}
    if form == "binary_compressed":
        return _compressed(body, points, fields, row, path)
    raise DataError(f"{path}: PCD data of the kind {form!r} is not known (ascii, binary, binary_compressed)")


def _pcd_header(content: bytes, path: Path) -> tuple[dict[str, list[str]], int]:
    """Words of the header's lines by their first word, and where the data starts."""
    found: dict[str, list[str]] = {}
    start = 0
    while start < min(len(content), _LONGEST_PCD_HEADER):
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


_PLY_TYPES = {
    **dict.fromkeys(("char", "int8"), "i1"),
    **dict.fromkeys(("uchar", "uint8"), "u1"),
    **dict.fromkeys(("short", "int16"), "i2"),
    **dict.fromkeys(("ushort", "uint16"), "u2"),
    **dict.fromkeys(("int", "int32"), "i4"),
    **dict.fromkeys(("uint", "uint32"), "u4"),
    **dict.fromkeys(("float", "float32"), "f4"),
    **dict.fromkeys(("double", "float64"), "f8"),
}
_PLY_ORDERS = {"ascii": "", "binary_little_endian": "<", "binary_big_endian": ">"}
_END = b"end_header"


def _ply(path: Path) -> Columns:
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
                if kind not in _PLY_TYPES or len(rest) != 1 or rest[0].lower() in names:
                    raise DataError(f"{path}: a vertex property {line.strip()!r} cannot be read")
                names.append(rest[0].lower())
                types.append(_PLY_TYPES[kind])
    if count < 0 or not names:
        raise DataError(f"{path} announces no points (element vertex)")
    if form not in _PLY_ORDERS:
        raise DataError(f"{path}: a PLY format {form!r} is not known ({', '.join(_PLY_ORDERS)})")
    body = content[start:]
    if form == "ascii":
        numbers = _parse_numbers(body, count, len(names), path)
        return {name: numbers[:, place] for place, name in enumerate(names)}
    # Properties may bear names that numpy refuses as field names: they are numbered.
    row = np.dtype([(str(place), _PLY_ORDERS[form] + code) for place, code in enumerate(types)])
    rows = _parse_rows(body, count, row, path)
    return {name: rows[str(place)] for place, name in enumerate(names)}


_LAS_HEADER = 227  # bytes of the smallest public header block, of LAS 1.0 to 1.2
_LAS_RECORD = 54  # bytes of the header of a variable length record
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


def _las(path: Path) -> Columns:
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
    if size < _LAS_HEADER:
        raise DataError(f"{path} is cut off inside its header; copy or record it again")
    places = [_RECORDS_AT] + ([_EXTENDED_AT] if head[24:26] == b"\x01\x04" and len(head) > _EXTENDED_AT else [])
    records = sum(int.from_bytes(head[place : place + 4], "little") for place in places)
    if records * _LAS_RECORD > size:
        raise DataError(f"{path} is cut off or damaged: it announces {records} records, more than it has room for")


#: By suffix; the longer of two that fit comes first.
_READERS: dict[str, Callable[[Path], Columns]] = {
    ".pcd.bin": _rows(_NUSCENES, "nuScenes"),
    ".bin": _rows(_KITTI, "KITTI"),
    ".npy": _numpy,
    ".npz": _numpy,
    ".pcd": _pcd,
    ".ply": _ply,
    ".las": _las,
    ".laz": _las,
}

#: What `read_cloud` knows.
SUFFIXES = tuple(_READERS)
