"""`read_calibration`: any of the known kinds of calibration, told apart by their names."""

from __future__ import annotations

from pathlib import Path

from wugan.calibration.calibration import Calibration
from wugan.calibration.kitti import read_kitti_object, read_kitti_raw
from wugan.calibration.nuscenes import read_nuscenes
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
