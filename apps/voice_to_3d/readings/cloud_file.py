"""`load_cloud`: the points of a scan from any usual file, in millimetres with z up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from wugan.devices.clouds import read_cloud
from wugan.errors import DataError

Unit = Literal["m", "cm", "mm"]
SUFFIXES = (".ply", ".pcd", ".xyz", ".npy", ".stl", ".obj", ".glb")
MILLIMETRES: dict[str, float] = {"m": 1000.0, "cm": 10.0, "mm": 1.0}
_SAMPLES = 30_000  # points taken from the surface of a mesh
_LEAST = 50  # points
_BEYOND_METRES = 20.0  # what measures more than this many units is not in metres


def load_cloud(path: Path, unit: Unit | None = None) -> tuple[NDArray[np.float64], list[str]]:
    """Points `[N, 3]` in mm, z up, and what was decided about the file.

    Meshes are sampled evenly over their surface. `.glb` is in metres with y up, as its standard (glTF 2.0) says;
    the others are taken as z up. A unit that is not given is guessed: mm for `.stl`, metres otherwise, unless the
    size says that it must be millimetres.

    Args:
        path: a file of points or a mesh (`SUFFIXES`).
        unit: of its coordinates.

    Raises:
        DataError: the file is missing, of another kind, damaged, empty, or its points are not finite.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise DataError(f"{path}: a scan is read from {', '.join(SUFFIXES)}, not from {suffix or 'no suffix'}")
    if not path.is_file():
        raise DataError(f"{path}: there is no such scan")
    readers: dict[str, Callable[[Path], NDArray[np.float64]]] = {".pcd": _pcd, ".npy": _npy, ".xyz": _xyz}
    points = readers.get(suffix, _by_trimesh)(path)
    points, notes = _finite(path, points)
    if suffix == ".glb":
        points = points[:, [0, 2, 1]] * (1.0, -1.0, 1.0)
    if unit is None:
        unit, why = _guess(points, suffix)
        notes.append(f"{path.name}: its unit is taken as {unit} ({why})")
    return points * MILLIMETRES[unit], notes


def _guess(points: NDArray[np.float64], suffix: str) -> tuple[Unit, str]:
    # The middle 96 % measure it, so that a stray point does not decide.
    low, high = np.percentile(points, [2, 98], axis=0)
    extent = float((high - low).max())
    if suffix == ".glb":
        return "m", "as glTF says"
    if extent > _BEYOND_METRES:
        return "mm", f"{extent:.3g} m would be too big for a scanned thing"
    if suffix == ".stl" and extent > 3:
        return "mm", "usual for .stl"
    return "m", f"{extent * 1000:.3g} mm across"


def _finite(path: Path, points: NDArray[np.float64]) -> tuple[NDArray[np.float64], list[str]]:
    """Points without a return (NaN, as cameras write) left out, if they are the lesser part."""
    good = np.isfinite(points).all(1)
    kept = points[good]
    if len(points) and len(kept) < len(points) / 2:
        raise DataError(f"{path}: {len(points) - len(kept)} of {len(points)} points are NaN or infinite: scan it again")
    if len(kept) < _LEAST:
        raise DataError(f"{path}: holds {len(kept)} points; a scan that can be measured has at least {_LEAST}")
    lost = len(points) - len(kept)
    return kept, [f"{path.name}: {lost} points without a position left out"] if lost else []


def _pcd(path: Path) -> NDArray[np.float64]:
    read = read_cloud(path)
    points = read.cloud.points.astype(np.float64) + read.origin
    return np.concatenate([points, np.full((read.not_finite, 3), np.nan)])


def _npy(path: Path) -> NDArray[np.float64]:
    try:
        array = np.load(path, allow_pickle=False)
    except (ValueError, OSError, EOFError) as error:
        raise DataError(f"{path}: is no array that numpy can read ({error})") from error
    if array.ndim != 2 or array.shape[1] < 3 or array.dtype.kind not in "fiu":
        raise DataError(f"{path}: holds {array.dtype} {array.shape}; points are numbers [N, 3]")
    return array[:, :3].astype(np.float64)


def _xyz(path: Path) -> NDArray[np.float64]:
    try:
        text = path.read_text(encoding="utf-8").replace(",", " ").replace(";", " ")
        rows = [line.split()[:3] for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
        if rows and len(rows[0]) == 1:  # some writers begin with the number of points
            rows = rows[1:]
        return np.array(rows, dtype=np.float64).reshape(-1, 3)
    except (ValueError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: its lines are not three numbers each ({error})") from error


def _by_trimesh(path: Path) -> NDArray[np.float64]:
    import trimesh

    try:
        loaded = trimesh.load(path, process=False)
        if isinstance(loaded, trimesh.Scene):
            loaded = loaded.to_geometry()  # every node at its place
    except Exception as error:  # its readers raise many kinds; all mean the same to a user
        raise DataError(f"{path}: cannot be read as {path.suffix} ({type(error).__name__}: {error})") from error
    if isinstance(loaded, trimesh.Trimesh) and len(loaded.faces):
        vertices = np.asarray(loaded.vertices, dtype=np.float64)
        if not np.isfinite(vertices).all():
            raise DataError(f"{path}: its mesh has vertices that are NaN or infinite; repair or scan it again")
        if not loaded.area > 0:
            raise DataError(f"{path}: its mesh has no surface")
        return np.asarray(trimesh.sample.sample_surface(loaded, _SAMPLES, seed=0)[0])
    points = getattr(loaded, "vertices", None)
    if points is None:
        raise DataError(f"{path}: holds neither points nor a mesh")
    return np.asarray(points, dtype=np.float64).reshape(-1, 3)
