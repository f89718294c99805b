"""nuScenes' tables: frames by channel, quaternions with w first, and several vehicles."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from wugan.calibration import read_nuscenes
from wugan.errors import DataError


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
