"""A calibration written and read again is the same, and a wrong file is named with its field."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from wugan.calibration import Calibration, CameraModel, Distortion, Frames, Transform
from wugan.errors import DataError


def rig() -> Calibration:
    lens = Distortion("plumb_bob", (-0.3, 0.1, 0.001, 0.0))
    camera = CameraModel(np.array([[700, 0.5, 320], [0, 710, 240], [0, 0, 1]]), 640, 480, "front_optical", lens)
    mount = Transform.of("lidar", "front_optical", [0.5, -0.5, 0.5, -0.5], (0.1, -0.2, -0.3))
    return Calibration(Frames([mount]), {"front": camera}, {"front": 12_500_000})


@pytest.mark.parametrize("name", ["rig.json", "rig.yaml", "rig.yml"])
def test_written_and_read_again(tmp_path: Path, name: str) -> None:
    rig().write(tmp_path / name)
    again = Calibration.read(tmp_path / name)
    assert again.plain() == rig().plain()
    points = np.random.default_rng(0).uniform(-20, 20, (300, 3))
    one, two = rig().project(points, "lidar"), again.project(points, "lidar", "front")
    np.testing.assert_array_equal(one.mask, two.mask)
    np.testing.assert_allclose(one.pixels[one.mask], two.pixels[two.mask])
    assert again.to_common_ns("front", 1_000) == 12_501_000 and again.to_common_ns("lidar", 7) == 7


def wrong(change: str) -> Any:
    plain: dict[str, Any] = rig().plain()
    if change == "mirrored":
        plain["transforms"][0]["rotation"][0] = [-x for x in plain["transforms"][0]["rotation"][0]]
    elif change == "millimetres":
        plain["transforms"][0]["translation"] = [100.0, -200, -300]
    elif change == "typo":
        plain["cameras"]["front"]["intrinsic"] = 1
    elif change == "offset":
        plain["time_offsets_s"]["front"] = 12.5
    elif change == "short":
        plain["cameras"]["front"]["intrinsics"] = [[1, 2, 3]]
    elif change == "list":
        return [1, 2]
    return plain


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("mirrored", "'lidar' to 'front_optical'.*mirrors"),
        ("millimetres", "374.2 m apart.*millimetres"),
        ("typo", "cameras.front.intrinsic: "),
        ("offset", "12.500 s is too large"),
        ("short", "cameras.front.intrinsics"),
        ("list", "mapping"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, change: str, says: str) -> None:
    import yaml

    path = tmp_path / "rig.yaml"
    path.write_text(yaml.safe_dump(wrong(change)))
    with pytest.raises(DataError, match=f"rig.yaml: .*{says}"):
        Calibration.read(path)


def test_a_long_join_can_be_meant(tmp_path: Path) -> None:
    city = Calibration(Frames([Transform.of("pole", "map", translation=(5_000, 200, 0))]))
    city.write(tmp_path / "city.yaml")
    with pytest.raises(DataError, match="longest_m"):
        Calibration.read(tmp_path / "city.yaml")
    assert Calibration.read(tmp_path / "city.yaml", longest_m=10_000).frames.names == ("pole", "map")


def test_which_camera() -> None:
    calibration = rig()
    with pytest.raises(DataError, match="no camera 'rear'; known: front"):
        calibration.camera("rear")
    calibration.cameras["rear"] = calibration.cameras["front"]
    with pytest.raises(DataError, match="which camera. Known: front, rear"):
        calibration.camera()
