"""`LidarFiles`: recorded sweeps, a file or a folder of them, at the sensor's rate."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from wugan.devices.base import Device
from wugan.errors import DataError, PluginError
from wugan.packet import Packet
from wugan.signals import PointCloud

_BIN_ROW = 16  # bytes of a KITTI point: x, y, z, intensity as little-endian float32
_HEADER = 8192  # bytes in which a PCD or PLY header ends
_PLY_BYTES = {
    **dict.fromkeys((b"char", b"uchar", b"int8", b"uint8"), 1),
    **dict.fromkeys((b"short", b"ushort", b"int16", b"uint16"), 2),
    **dict.fromkeys((b"int", b"uint", b"float", b"int32", b"uint32", b"float32"), 4),
    **dict.fromkeys((b"double", b"float64"), 8),
}
_COUNT = re.compile(rb"^(?:POINTS|element vertex)[ \t]+(\d+)", re.MULTILINE)


@dataclass(eq=False)
class LidarFiles(Device[PointCloud]):
    """Reads sweeps in the order of their names; times start at 0 and count at the sensor's rate.

    It waits for its reader, and nothing is dropped.

    Args:
        path: a file or a folder of them: KITTI `.bin` (x, y, z, intensity as float32), `.npy` (`[N, 3]` or `[N, 4]`),
            `.pcd` or `.ply` (read by Open3D).
        rate: sweeps a second.
        realtime: give them at that rate, as a sensor would, instead of at once.
        drop_nan: leave out points that are not finite (an organised cloud has them where nothing came back), and say
            how many in `attrs["not_finite"]`, instead of refusing the sweep.

    Raises:
        DataError: from `open`: no such file, no sweeps. From `packets`: a sweep is cut off, empty, of another shape,
            or holds NaN or infinity; names the file.
        PluginError: a format needs Open3D, which is not installed.
    """

    live: ClassVar[bool] = False

    path: str | Path
    rate: float = 10.0
    realtime: bool = False
    drop_nan: bool = False
    _files: list[Path] = field(init=False, repr=False, default_factory=list)

    def __post_init__(self) -> None:
        if not 0 < self.rate < 10_000:
            raise DataError(f"LidarFiles: rate must be more than 0, got {self.rate}")

    @property
    def name(self) -> str:
        """The file's or folder's name."""
        return Path(self.path).name

    @property
    def spec(self) -> dict[str, Any]:
        """Rate (Hz) and unit; once open also the number of sweeps."""
        known = {"sweeps": len(self._files)} if self._files else {}
        return {"kind": "points", "rate": self.rate, "unit": "m", **known}

    def _open(self) -> None:
        path = Path(self.path)
        if not path.exists():
            raise DataError(f"{path}: no such file")
        inside = path.iterdir() if path.is_dir() else [path]
        self._files = sorted(one for one in inside if one.suffix.lower() in _READERS)
        if not self._files:
            raise DataError(f"{path} holds no sweeps ({', '.join(_READERS)})")

    def _capture(self) -> Iterator[Packet[PointCloud] | None]:
        started = time.monotonic()
        for number, path in enumerate(self._files):
            cloud, not_finite = self._read(path)
            while self.realtime and (early := started + number / self.rate - time.monotonic()) > 0 and not self.closing:
                time.sleep(min(early, 0.1))
            if self.closing:
                return
            attrs: dict[str, Any] = {"file": path.name} | ({"not_finite": not_finite} if not_finite else {})
            yield Packet("", 0, round(number * 1e9 / self.rate), cloud, attrs)

    def _read(self, path: Path) -> tuple[PointCloud, int]:
        """One sweep, and how many points of it were not finite."""
        try:
            points, intensity = _READERS[path.suffix.lower()](path)
        except OSError as error:
            raise DataError(f"{path} cannot be read: {error}") from error
        if not len(points):
            raise DataError(f"{path} holds no points")
        finite = np.isfinite(points).all(axis=1)
        wrong = int(len(points) - finite.sum())
        if wrong and not self.drop_nan:
            raise DataError(f"{path}: {wrong} of {len(points)} points are not finite; drop_nan=True leaves them out")
        if wrong:
            points, intensity = points[finite], None if intensity is None else intensity[finite]
        return PointCloud(points, intensity), wrong


_Columns = tuple[NDArray[np.float32], NDArray[np.float32] | None]


def _bin(path: Path) -> _Columns:
    size = path.stat().st_size
    if size % _BIN_ROW:
        raise DataError(f"{path} has {size} bytes, no multiple of {_BIN_ROW}: it is cut off, or no KITTI sweep")
    rows = np.fromfile(path, dtype="<f4").reshape(-1, 4).astype(np.float32, copy=False)
    return np.ascontiguousarray(rows[:, :3]), rows[:, 3].copy()


def _npy(path: Path) -> _Columns:
    try:
        rows = np.load(path, allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise DataError(f"{path} is cut off, or no numpy array ({error})") from error
    if rows.ndim != 2 or rows.shape[1] not in (3, 4) or not np.issubdtype(rows.dtype, np.floating):
        raise DataError(f"{path} holds {rows.dtype} {rows.shape}; a sweep is floats [N, 3] or [N, 4]")
    points = np.ascontiguousarray(rows[:, :3], dtype=np.float32)
    return points, rows[:, 3].astype(np.float32) if rows.shape[1] == 4 else None


def _open3d(path: Path) -> _Columns:
    try:
        import open3d
    except ImportError as error:
        raise PluginError(f"{path.suffix} files need Open3D: pip install 'wugan[spatial]'") from error
    with path.open("rb") as file:
        header = file.read(_HEADER)
    announced = _COUNT.search(header)
    if path.suffix.lower() == ".ply":
        _check_ply(path, header)
    with open3d.utility.VerbosityContextManager(open3d.utility.VerbosityLevel.Error):
        cloud = open3d.t.io.read_point_cloud(path)
    found = cloud.point["positions"].numpy() if "positions" in cloud.point else np.zeros((0, 3), np.float32)
    if announced is None or len(found) != int(announced[1]):
        told = "no number of points" if announced is None else f"{int(announced[1])} points"
        raise DataError(f"{path} announces {told} and gives {len(found)}: it is cut off or damaged")
    named = next((name for name in ("intensity", "intensities") if name in cloud.point), None)
    intensity = cloud.point[named].numpy().reshape(-1).astype(np.float32) if named else None
    return np.ascontiguousarray(found, dtype=np.float32), intensity


def _check_ply(path: Path, header: bytes) -> None:
    """Refuse a PLY file that ends before its points do: Open3D fills up with zeros, and says nothing."""
    start = header.find(b"end_header")
    if start < 0:
        raise DataError(f"{path} has no PLY header")
    start = header.find(b"\n", start) + 1 or len(header)
    vertices = re.search(rb"^element vertex[ \t]+(\d+)\s*((?:property[^\n]*\s+)*)", header, re.MULTILINE)
    if vertices is None:
        raise DataError(f"{path} announces no points (element vertex)")
    count, properties = int(vertices[1]), re.findall(rb"^property[ \t]+(\w+)", vertices[2], re.MULTILINE)
    if header.find(b"format ascii", 0, start) >= 0:
        held = sum(bool(line.strip()) for line in path.read_bytes()[start:].splitlines())
    else:
        row = sum(_PLY_BYTES.get(kind, 0) for kind in properties)
        held = (path.stat().st_size - start) // row if row else count
    if held < count:
        raise DataError(f"{path} is cut off: it announces {count} points and holds {held}")


_READERS = {".bin": _bin, ".npy": _npy, ".pcd": _open3d, ".ply": _open3d}
