"""KITTI's files: the same pixels as the devkit's product of matrices, and what is wrong with a wrong file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from wugan.calibration import read_kitti_object, read_kitti_raw
from wugan.errors import DataError


def numbers(path: Path, key: str) -> np.ndarray:
    line = next(line for line in path.read_text().splitlines() if line.startswith(key + ":"))
    return np.array(line.split()[1:], float)


def test_raw_and_object_files_of_one_rig_say_the_same(kitti_raw: Path, kitti_object: Path) -> None:
    raw, benchmark = read_kitti_raw(kitti_raw), read_kitti_object(kitti_object)
    np.testing.assert_allclose(
        raw.frames.lookup("lidar", "image_02").matrix, benchmark.frames.lookup("lidar", "image_02").matrix, atol=1e-9
    )
    assert list(raw.cameras) == ["image_02"] and list(benchmark.cameras) == ["image_00", "image_02"]
    assert (raw.camera().width, raw.camera().height) == (1242, 375)


def test_the_product_of_the_devkit(kitti_object: Path) -> None:
    points = np.random.default_rng(0).uniform([2, -20, -2], [60, 20, 3], (400, 3))
    rectify, lidar = np.eye(4), np.eye(4)
    rectify[:3, :3] = numbers(kitti_object, "R0_rect").reshape(3, 3)
    lidar[:3] = numbers(kitti_object, "Tr_velo_to_cam").reshape(3, 4)
    product = numbers(kitti_object, "P2").reshape(3, 4) @ rectify @ lidar @ np.c_[points, np.ones(400)].T
    seen = read_kitti_object(kitti_object).project(points, "lidar", "image_02")
    ahead = product[2] > 0.1
    np.testing.assert_allclose(seen.pixels[ahead], (product[:2] / product[2]).T[ahead], atol=0.02)
    assert seen.mask.sum() > 100


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("7.533745e-03 -9.999714e-01", "7.533745e-03 9.999714e-01", "stretches|mirrors|singular"),
        ("P2: 7.215377e+02", "P2: -7.215377e+02", "camera 02.*focal"),
        ("P2: 7.215377e+02 0 6.095593e+02", "P2: 7.215377e+02 0 6095.6", "camera 02.*principal point"),
        ("R0_rect", "R9", "no 'R0_rect'"),
        ("R0_rect: 9.999239e-01", "R0_rect:", "must have 9 numbers, got 8"),
        ("9.999239e-01", "nan", "NaN"),
    ],
)
def test_a_wrong_field_is_named_with_its_file(kitti_object: Path, old: str, new: str, says: str) -> None:
    kitti_object.write_text(kitti_object.read_text().replace(old, new))
    with pytest.raises(DataError, match=f"000000.txt: .*({says})"):
        read_kitti_object(kitti_object)


def test_a_mirrored_lidar_is_named(kitti_raw: Path) -> None:
    path = kitti_raw / "calib_velo_to_cam.txt"
    rows = numbers(path, "R").reshape(3, 3) * [1, -1, 1]
    path.write_text("R: " + " ".join(map(str, rows.ravel())) + "\nT: 0 0 0\n")
    with pytest.raises(DataError, match=r"calib_velo_to_cam.txt: transform 'lidar' to 'camera_00'.*mirrors"):
        read_kitti_raw(kitti_raw)


def test_millimetres_are_noticed(kitti_raw: Path) -> None:
    path = kitti_raw / "calib_velo_to_cam.txt"
    path.write_text(path.read_text().replace("-2.717806e-01", "-271.7806"))
    with pytest.raises(DataError, match=r"271\.8 m apart.*millimetres \(0\.272 m\)"):
        read_kitti_raw(kitti_raw)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="calib_velo_to_cam.txt"):
        read_kitti_raw(tmp_path)
