"""`read_cloud`: a sweep or a scan from a file of any of the formats that lidars and surveyors use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wugan.clouds.columns import Columns
from wugan.clouds.las import read_las
from wugan.clouds.pcd import read_pcd
from wugan.clouds.ply import read_ply
from wugan.errors import DataError
from wugan.signals import PointCloud

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


#: By suffix; the longer of two that fit comes first.
_READERS: dict[str, Callable[[Path], Columns]] = {
    ".pcd.bin": _rows(_NUSCENES, "nuScenes"),
    ".bin": _rows(_KITTI, "KITTI"),
    ".npy": _numpy,
    ".npz": _numpy,
    ".pcd": read_pcd,
    ".ply": read_ply,
    ".las": read_las,
    ".laz": read_las,
}

#: What `read_cloud` knows.
SUFFIXES = tuple(_READERS)
