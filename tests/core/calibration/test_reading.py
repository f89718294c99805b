"""Every kind is told apart, and any bytes give a calibration or a `DataError`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wugan.calibration import Calibration, read_calibration
from wugan.errors import DataError

fuzzed = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
