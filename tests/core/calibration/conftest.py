"""A drive's calibration as KITTI writes it (numbers of 2011-09-26), and a vehicle's as nuScenes does."""

# ruff: noqa: E501  # lines of files as they are

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

LIDAR = """calib_time: 15-Mar-2012 11:37:16
R: 7.533745e-03 -9.999714e-01 -6.166020e-04 1.480249e-02 7.280733e-04 -9.998902e-01 9.998621e-01 7.523790e-03 1.480755e-02
T: -4.069766e-03 -7.631618e-02 -2.717806e-01
delta_f: 0.000000e+00 0.000000e+00
"""
CAMERAS = """calib_time: 09-Jan-2012 13:57:47
corner_dist: 9.950000e-02
R_rect_00: 9.999239e-01 9.837760e-03 -7.445048e-03 -9.869795e-03 9.999421e-01 -4.278459e-03 7.402527e-03 4.351614e-03 9.999631e-01
S_rect_02: 1.242000e+03 3.750000e+02
P_rect_02: 7.215377e+02 0.000000e+00 6.095593e+02 4.485728e+01 0.000000e+00 7.215377e+02 1.728540e+02 2.163791e-01 0.000000e+00 0.000000e+00 1.000000e+00 2.745884e-03
"""
OBJECT = """P0: 7.215377e+02 0 6.095593e+02 0 0 7.215377e+02 1.728540e+02 0 0 0 1 0
P2: 7.215377e+02 0 6.095593e+02 4.485728e+01 0 7.215377e+02 1.728540e+02 2.163791e-01 0 0 1 2.745884e-03
R0_rect: 9.999239e-01 9.837760e-03 -7.445048e-03 -9.869795e-03 9.999421e-01 -4.278459e-03 7.402527e-03 4.351614e-03 9.999631e-01
Tr_velo_to_cam: 7.533745e-03 -9.999714e-01 -6.166020e-04 -4.069766e-03 1.480249e-02 7.280733e-04 -9.998902e-01 -7.631618e-02 9.998621e-01 7.523790e-03 1.480755e-02 -2.717806e-01
"""
NUSCENES: list[dict[str, Any]] = [
    {
        "token": "l1",
        "sensor_token": "lidar",
        "translation": [0.94, 0.0, 1.84],
        "rotation": [0.7077955, -0.0064924, 0.0106463, -0.7063073],
        "camera_intrinsic": [],
    },
    {
        "token": "c1",
        "sensor_token": "front",
        "translation": [1.7, 0.0159, 1.511],
        "rotation": [0.4998, -0.503, 0.4998, -0.4974],
        "camera_intrinsic": [[1266.4, 0.0, 816.3], [0.0, 1266.4, 491.5], [0.0, 0.0, 1.0]],
    },
]
SENSORS = [
    {"token": "lidar", "channel": "LIDAR_TOP", "modality": "lidar"},
    {"token": "front", "channel": "CAM_FRONT", "modality": "camera"},
]


@pytest.fixture
def kitti_raw(tmp_path: Path) -> Path:
    (tmp_path / "calib_velo_to_cam.txt").write_text(LIDAR)
    (tmp_path / "calib_cam_to_cam.txt").write_text(CAMERAS)
    return tmp_path


@pytest.fixture
def kitti_object(tmp_path: Path) -> Path:
    path = tmp_path / "000000.txt"
    path.write_text(OBJECT)
    return path


@pytest.fixture
def nuscenes(tmp_path: Path) -> Path:
    folder = tmp_path / "v1.0-mini"
    folder.mkdir()
    (folder / "calibrated_sensor.json").write_text(json.dumps(NUSCENES))
    (folder / "sensor.json").write_text(json.dumps(SENSORS))
    return folder
