"""Calibration files of rigs: KITTI's, nuScenes', and wugan's own, told apart by their names."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wugan.calibration.calibration import Calibration
from wugan.calibration.camera import CameraModel
from wugan.calibration.transform import Frames, Transform
from wugan.errors import DataError

_RAW = ("calib_velo_to_cam.txt", "calib_cam_to_cam.txt", "calib_imu_to_velo.txt")
_NUSCENES = "calibrated_sensor.json"


def read_calibration(path: str | Path) -> Calibration:
    """From wugan's own file (JSON, YAML), KITTI's folder or file, or nuScenes' folder or table.

    Raises:
        DataError: no such file, of no known kind, or refused; names file and field.
    """
    path = Path(path)
    if path.is_dir():
        if (path / _NUSCENES).exists():
            return read_nuscenes(path)
        if (path / _RAW[0]).exists():
            return read_kitti_raw(path)
        raise DataError(f"{path} holds neither {_RAW[0]} (KITTI) nor {_NUSCENES} (nuScenes)")
    if path.name in _RAW:
        return read_kitti_raw(path.parent)
    if path.name == _NUSCENES:
        return read_nuscenes(path)
    if path.suffix.lower() == ".txt":
        return read_kitti_object(path)
    if path.suffix.lower() in (".json", ".yaml", ".yml"):
        return Calibration.read(path)
    raise DataError(
        f"{path}: of no known kind; known: wugan's .json and .yaml, KITTI's .txt or folder, nuScenes' {_NUSCENES}"
    )


KITTI_SIZE = (1242, 375)  # of most drives; the benchmarks' files do not say
_LARGEST_FILE = 100_000_000  # bytes
_CAMERAS = ("00", "01", "02", "03")


def read_kitti_raw(folder: str | Path) -> Calibration:
    """From the folder of a day's `calib_velo_to_cam.txt` and `calib_cam_to_cam.txt` (and `calib_imu_to_velo.txt`).

    Source: Geiger et al. 2013, Vision meets Robotics. Pictures are those of the synchronised and rectified drives.

    Returns:
        Frames `lidar`, `camera_00` (as built in), `rectified_00`, `image_00` … `image_03`, and `imu` where it is given;
        cameras `image_00` … `image_03`.

    Raises:
        DataError: a file or field is missing or wrong; names it.
    """
    folder = Path(folder)
    lidar, cameras = _Fields(folder / "calib_velo_to_cam.txt"), _Fields(folder / "calib_cam_to_cam.txt")
    frames = Frames()
    _join(frames, folder / "calib_velo_to_cam.txt", "lidar", "camera_00", lidar("R", 3, 3), lidar("T", 3))
    where = folder / "calib_cam_to_cam.txt"
    _join(frames, where, "camera_00", "rectified_00", cameras("R_rect_00", 3, 3))
    models = {}
    for number in _CAMERAS:
        if cameras.has(f"P_rect_{number}"):
            width, height = cameras(f"S_rect_{number}", 2)
            models[f"image_{number}"] = _camera(
                frames, where, number, cameras(f"P_rect_{number}", 3, 4), (int(width), int(height))
            )
    imu = folder / "calib_imu_to_velo.txt"
    if imu.exists():
        given = _Fields(imu)
        _join(frames, imu, "imu", "lidar", given("R", 3, 3), given("T", 3))
    return _kitti(where, frames, models)


def read_kitti_object(path: str | Path, size: tuple[int, int] = KITTI_SIZE) -> Calibration:
    """From a file of the object, tracking or odometry benchmark (`000000.txt`, `calib.txt`: `P0` … `P3`, `Tr_…`).

    Args:
        path: the file.
        size: width and height of the pictures, which the file does not say.

    Returns:
        Frames and cameras as `read_kitti_raw` names them.

    Raises:
        DataError: the file or a field is missing or wrong; names it.
    """
    path = Path(path)
    given = _Fields(path)
    frames = Frames()
    to_camera = given.first(("Tr_velo_to_cam", "Tr_velo_cam", "Tr"), 3, 4)
    # The odometry benchmark's Tr leads to the rectified camera at once.
    built_in = not given.has("Tr")
    _join(frames, path, "lidar", "camera_00" if built_in else "rectified_00", to_camera[:, :3], to_camera[:, 3])
    if built_in:
        _join(frames, path, "camera_00", "rectified_00", given.first(("R0_rect", "R_rect"), 3, 3))
    models = {}
    for number in _CAMERAS:
        if given.has(f"P{int(number)}"):
            models[f"image_{number}"] = _camera(frames, path, number, given(f"P{int(number)}", 3, 4), size)
    for key in ("Tr_imu_to_velo", "Tr_imu_velo"):
        if given.has(key):
            imu = given(key, 3, 4)
            _join(frames, path, "imu", "lidar", imu[:, :3], imu[:, 3])
            break
    return _kitti(path, frames, models)


class _Fields:
    """The fields of a file of `key: numbers` lines."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.values: dict[str, NDArray[np.float64]] = {}
        for line in _text(path).splitlines():
            # The tracking benchmark leaves the colon out here and there.
            key, _, rest = line.strip().partition(" ")
            try:
                self.values[key.rstrip(":")] = np.array([float(one) for one in rest.split()])
            except ValueError:
                continue  # calib_time and the like
        if not self.values:
            raise DataError(f"{path}: no lines of `name: numbers`; is it a calibration of KITTI?")

    def has(self, key: str) -> bool:
        return key in self.values

    def __call__(self, key: str, *shape: int) -> NDArray[np.float64]:
        if key not in self.values:
            raise DataError(f"{self.path}: no {key!r}; it has {', '.join(list(self.values)[:12])}")
        found = self.values[key]
        if found.size != int(np.prod(shape)):
            raise DataError(f"{self.path}: {key!r} must have {int(np.prod(shape))} numbers, got {found.size}")
        if not np.isfinite(found).all():
            raise DataError(f"{self.path}: {key!r} holds NaN or infinity")
        return found.reshape(shape)

    def first(self, keys: tuple[str, ...], *shape: int) -> NDArray[np.float64]:
        return self(next((key for key in keys if key in self.values), keys[0]), *shape)


def _join(
    frames: Frames,
    path: Path,
    source: str,
    target: str,
    rotation: NDArray[np.float64],
    translation: NDArray[np.float64] | None = None,
) -> None:
    try:
        frames.add(Transform.of(source, target, rotation, np.zeros(3) if translation is None else translation))
    except DataError as error:
        raise DataError(f"{path}: {error}") from None


def _camera(
    frames: Frames, path: Path, number: str, projection: NDArray[np.float64], size: tuple[int, int]
) -> CameraModel:
    """The camera of a projection matrix `K [I | t]`: rectified cameras are moved against each other, not turned."""
    name = f"image_{number}"
    try:
        camera = CameraModel(projection[:, :3], *size, name)
    except DataError as error:
        raise DataError(f"{path}: projection of camera {number}: {error}") from None
    moved = np.asarray(np.linalg.solve(camera.matrix, projection[:, 3]), dtype=np.float64)
    _join(frames, path, "rectified_00", name, np.eye(3), moved)
    return camera


def _kitti(path: Path, frames: Frames, cameras: dict[str, CameraModel]) -> Calibration:
    if not cameras:
        raise DataError(f"{path}: no projection matrix of any camera (P_rect_02, P2)")
    return _checked(path, frames, cameras)


def _checked(path: Path, frames: Frames, cameras: dict[str, CameraModel]) -> Calibration:
    calibration = Calibration(frames, cameras)
    try:
        calibration.check()
    except DataError as error:
        raise DataError(f"{path}: {error}") from None
    return calibration


NUSCENES_SIZE = (1600, 900)  # of nuScenes' pictures; the tables of sensors do not say
EGO = "ego"


def read_nuscenes(
    path: str | Path, tokens: Collection[str] | None = None, size: tuple[int, int] = NUSCENES_SIZE
) -> Calibration:
    """From a folder of nuScenes' tables, or its `calibrated_sensor.json`.

    Each sensor is joined to the vehicle by `translation` (m) and `rotation` (quaternion, w first). A set of several
    vehicles has several entries for one channel; `tokens` says which are meant.

    Args:
        path: the folder, or the file; `sensor.json`, which names the channels, lies beside it.
        tokens: of `calibrated_sensor`, as `sample_data` refers to them. `None`: all, one for each channel.
        size: width and height of the pictures.

    Returns:
        Frames `ego` and one for each channel (`LIDAR_TOP`, `CAM_FRONT`); cameras by their channel.

    Raises:
        DataError: a file, field or token is missing or wrong; a channel has several entries that differ.
    """
    path = Path(path)
    path = path / "calibrated_sensor.json" if path.is_dir() else path
    rows = [row for row in _rows(path) if tokens is None or row.get("token") in tokens]
    if tokens is not None and len(rows) < len(set(tokens)):
        missing = set(tokens) - {row.get("token") for row in rows}
        raise DataError(f"{path}: no entry of token {', '.join(sorted(map(str, missing)))}")
    names_file = path.with_name("sensor.json")
    channels = {str(row.get("token")): row.get("channel") for row in _rows(names_file)} if names_file.exists() else {}
    frames, cameras, seen = Frames(), {}, dict[str, Any]()
    for number, row in enumerate(rows):
        channel = channels.get(str(row.get("sensor_token")), row.get("channel"))
        if not isinstance(channel, str):
            raise DataError(f"{path}: entry {number}: the channel of its sensor is not known; is {names_file} missing?")
        what = [row.get(key) for key in ("translation", "rotation", "camera_intrinsic")]
        if channel in seen:
            if seen[channel] != what:
                raise DataError(
                    f"{path}: several entries of {channel} differ (of several vehicles or days); give `tokens`, the "
                    "calibrated_sensor_token of the sample_data that you read"
                )
            continue
        seen[channel] = what
        try:
            if what[0] is None or what[1] is None:
                raise DataError("no translation or no rotation")
            frames.add(Transform.of(channel, EGO, _four(what[1]), what[0]))
            if what[2]:
                cameras[channel] = CameraModel(what[2], *size, channel)
        except DataError as error:
            raise DataError(f"{path}: entry {number} ({channel}): {error}") from None
    if not seen:
        raise DataError(f"{path}: no sensors")
    return _checked(path, frames, cameras)


def _four(rotation: Any) -> Any:
    if not isinstance(rotation, list) or len(rotation) != 4:
        raise DataError("rotation must be a quaternion (w, x, y, z)")
    return rotation


def _rows(path: Path) -> list[dict[str, Any]]:
    text = _text(path)
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{path}: cannot be read as JSON: {error}") from None
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise DataError(f"{path}: must be a list of objects")
    return found


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise DataError(f"{path}: {path.stat().st_size} bytes are too many for a calibration")
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: cannot be read: {error}") from None
