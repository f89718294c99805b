"""A drive's calibration as KITTI writes it (numbers of 2011-09-26), and a vehicle's as nuScenes does."""

# ruff: noqa: E501  # lines of files as they are

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wugan.calibration import Calibration
from wugan.errors import DataError
from wugan.modalities.points import read_calibration
from wugan.modalities.points.calibration import read_kitti_object, read_kitti_raw, read_nuscenes

# ruff: noqa: E501  # lines of files as they are


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


def change(folder: Path, rows: list[dict[str, Any]]) -> None:
    (folder / "calibrated_sensor.json").write_text(json.dumps(rows))


def rows_of(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((folder / "calibrated_sensor.json").read_text())
    return found


def test_ahead_of_the_vehicle_is_in_the_middle_of_the_front_camera(nuscenes: Path) -> None:
    calibration = read_nuscenes(nuscenes)
    assert calibration.frames.names == ("LIDAR_TOP", "ego", "CAM_FRONT")
    seen = calibration.project(np.array([[30.0, 0, 1.5], [-30, 0, 1.5]]), "ego")
    assert seen.mask.tolist() == [True, False]
    assert seen.depth[0] == pytest.approx(28.3, abs=0.1)
    np.testing.assert_allclose(seen.pixels[0], [816, 491], atol=20)
    np.testing.assert_allclose(  # the roof lidar looks to the right of the vehicle along its x
        calibration.frames.lookup("LIDAR_TOP", "ego").apply(np.array([0.0, 10, 0])), [10.9, 0, 1.7], atol=0.3
    )


def test_several_vehicles_need_tokens(nuscenes: Path) -> None:
    rows = rows_of(nuscenes)
    change(nuscenes, [*rows, {**rows[0], "token": "l2", "translation": [1.0, 0, 1.9]}])
    with pytest.raises(DataError, match="several entries of LIDAR_TOP differ.*tokens"):
        read_nuscenes(nuscenes)
    chosen = read_nuscenes(nuscenes, tokens=["l2", "c1"])
    assert chosen.frames.lookup("LIDAR_TOP", "ego").translation[0] == 1.0
    with pytest.raises(DataError, match="no entry of token x9"):
        read_nuscenes(nuscenes, tokens=["x9"])


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("rotation", [0, 0, 0, 0], "length 1"),
        ("rotation", [[1, 0, 0], [0, 1, 0], [0, 0, 1]], "quaternion"),
        ("rotation", None, "no translation or no rotation"),
        ("translation", [940.0, 0, 1840], "millimetres"),
        ("translation", ["far", 0, 0], "not an array of numbers"),
        ("camera_intrinsic", [[0, 0, 1], [0, 1, 1], [0, 0, 1]], "focal"),
    ],
)
def test_a_wrong_entry_is_named(nuscenes: Path, field: str, value: Any, says: str) -> None:
    rows = rows_of(nuscenes)
    rows[0][field] = value
    change(nuscenes, rows)
    with pytest.raises(DataError, match=f"calibrated_sensor.json.*{says}"):
        read_nuscenes(nuscenes)


def test_without_the_table_of_channels(nuscenes: Path) -> None:
    (nuscenes / "sensor.json").unlink()
    with pytest.raises(DataError, match="channel.*sensor.json missing"):
        read_nuscenes(nuscenes)


fuzzed = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
NAMES = ("calib.txt", "rig.json", "rig.yaml", "calibrated_sensor.json", "calib_velo_to_cam.txt")


def test_each_kind_by_its_name(kitti_raw: Path, kitti_object: Path, nuscenes: Path) -> None:
    read_calibration(kitti_object).write(kitti_raw / "own.yaml")
    for path in (kitti_raw, kitti_raw / "calib_cam_to_cam.txt", kitti_object, kitti_raw / "own.yaml"):
        assert "image_02" in read_calibration(path).cameras
    for path in (nuscenes, nuscenes / "calibrated_sensor.json"):
        assert "CAM_FRONT" in read_calibration(path).cameras


@pytest.mark.parametrize("name", ["nothing.yaml", "nothing.txt", "picture.png", "."])
def test_what_is_none(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match=r"picture|nothing|holds neither"):
        read_calibration(tmp_path / name)


@fuzzed
@given(st.sampled_from(NAMES), st.binary(max_size=300))
def test_any_bytes(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DataError):
        read_calibration(path)


@fuzzed
@given(data=st.data())
def test_a_good_file_with_a_changed_stretch(
    kitti_raw: Path, kitti_object: Path, nuscenes: Path, data: st.DataObject
) -> None:
    own = kitti_raw / "own.yaml"
    read_calibration(kitti_object).write(own)
    path = data.draw(st.sampled_from([kitti_object, kitti_raw / "calib_cam_to_cam.txt", nuscenes / "sensor.json", own]))
    good = path.read_bytes()
    start = data.draw(st.integers(0, len(good)))
    path.write_bytes(good[:start] + data.draw(st.binary(max_size=8)) + good[start + data.draw(st.integers(0, 9)) :])
    try:
        assert isinstance(read_calibration(path.parent if path.suffix == ".json" else path), Calibration)
    except DataError:
        pass
    finally:
        path.write_bytes(good)


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@fuzzed
@given(
    field=st.sampled_from(["token", "translation", "rotation", "camera_intrinsic", "sensor_token"]), value=json_values
)
def test_any_value_in_a_table(nuscenes: Path, field: str, value: object) -> None:
    path = nuscenes / "calibrated_sensor.json"
    good = path.read_text()
    rows = json.loads(good)
    rows[1][field] = value
    path.write_text(json.dumps(rows))
    try:
        read_calibration(nuscenes)
    except DataError:
        pass
    finally:
        path.write_text(good)
