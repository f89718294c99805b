"""KITTI's calibration files: those of the raw drives, and the one per sequence or frame of its benchmarks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wugan.calibration.calibration import Calibration
from wugan.calibration.camera import CameraModel
from wugan.calibration.frames import Frames
from wugan.calibration.transform import Transform
from wugan.errors import DataError

SIZE = (1242, 375)  # of most drives; the benchmarks' files do not say
_LARGEST_FILE = 1_000_000
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
    return _whole(where, frames, models)


def read_kitti_object(path: str | Path, size: tuple[int, int] = SIZE) -> Calibration:
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
    return _whole(path, frames, models)


class _Fields:
    """The fields of a file of `key: numbers` lines."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.values: dict[str, NDArray[np.float64]] = {}
        try:
            if path.stat().st_size > _LARGEST_FILE:
                raise DataError(f"{path}: {path.stat().st_size} bytes are too many for a calibration")
            text = path.read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            raise DataError(f"{path}: cannot be read: {error}") from None
        for line in text.splitlines():
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


def _whole(path: Path, frames: Frames, cameras: dict[str, CameraModel]) -> Calibration:
    if not cameras:
        raise DataError(f"{path}: no projection matrix of any camera (P_rect_02, P2)")
    calibration = Calibration(frames, cameras)
    try:
        calibration.check()
    except DataError as error:
        raise DataError(f"{path}: {error}") from None
    return calibration
