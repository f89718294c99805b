"""The whole pipeline on made-up sweeps and pictures: a car ahead is found, tracked and decided on."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from wugan.apps.perception.app import register
from wugan.apps.perception.pipeline import Rig, camera_source, lidar_source, perception
from wugan.calibration import Calibration, CameraModel, Frames, Transform
from wugan.devices import Camera, VideoFile
from wugan.errors import DataError

cv2 = pytest.importorskip("cv2")
SWEEPS = 8
cli = typer.Typer()
cli.callback()(lambda: None)  # a command line of several commands, as wugan's
register(cli)


def rig_file(path: Path, width: int = 320) -> Path:
    camera = CameraModel(np.array([[180.0, 0, width / 2], [0, 180, 48], [0, 0, 1]]), width, 96, "front_optical")
    mount = Transform.of("lidar", "front_optical", [0.5, 0.5, -0.5, 0.5])
    Calibration(Frames([mount]), {"front": camera}, {"front": 12_000_000}).write(path)
    return path


def sweep(distance: float) -> np.ndarray:
    """Ground 1.7 m below the sensor, and a car's rear and side."""
    rng = np.random.default_rng(0)
    ground = np.c_[rng.uniform(-30, 40, 6000), rng.uniform(-15, 15, 6000), rng.normal(-1.7, 0.01, 6000)]
    rear = np.c_[np.full(400, distance), rng.uniform(-0.9, 0.9, 400), rng.uniform(-1.6, -0.2, 400)]
    side = np.c_[rng.uniform(distance, distance + 4, 400), np.full(400, 0.9), rng.uniform(-1.6, -0.2, 400)]
    points = np.concatenate([ground, rear, side])
    return np.c_[points, np.zeros(len(points))].astype(np.float32)


@pytest.fixture
def drive(tmp_path: Path) -> Path:
    for folder in ("lidar", "camera"):
        (tmp_path / folder).mkdir()
    for number in range(SWEEPS):
        sweep(12 - 0.4 * number).tofile(tmp_path / "lidar" / f"{number:06d}.bin")
        cv2.imwrite(str(tmp_path / "camera" / f"{number:06d}.png"), np.full((96, 320, 3), 90, np.uint8))
    rig_file(tmp_path / "rig.yaml")
    return tmp_path


def perceive(drive: Path, *more: str) -> list[dict]:
    arguments = ["perceive", "--lidar", str(drive / "lidar"), "--calibration", str(drive / "rig.yaml")]
    done = CliRunner().invoke(cli, [*arguments, "-o", str(drive / "out"), "--rate", "4", *more])
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in (drive / "out" / "results.jsonl").read_text().splitlines()]


def test_a_car_ahead_is_found_tracked_and_decided_on(drive: Path) -> None:
    lines = perceive(drive, "--camera", str(drive / "camera"), "--record")
    results = [line for line in lines if line["seq"] >= 0]
    assert len(results) >= 3  # a loaded machine passes sweeps over, and counts them
    last = results[-1]
    ahead = [one for one in last["objects"] if abs(one["center"][1]) < 1.5 and 5 < one["center"][0] < 20]
    assert len(ahead) == 1
    assert last["decision"]["gap_m"] == pytest.approx(12 - 0.4 * 7 - 2.0, abs=0.8)
    assert last["file"] == "000007.bin" and last["camera_lag_ms"] is not None
    summary = json.loads((drive / "out" / "summary.json").read_text())
    assert summary["results"] == len(results)
    assert summary["results"] + sum(summary["drops"].values()) >= SWEEPS
    assert (drive / "out" / "results.mcap").stat().st_size > 0


def test_a_picture_of_another_size_is_no_evidence_and_the_decision_says_so(
    drive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # dead letters lie there
    rig_file(drive / "rig.yaml", width=640)
    lines = perceive(drive, "--camera", str(drive / "camera"))
    reasons = [reason["text"] for line in lines for reason in line["decision"]["reasons"]]
    assert "camera gives nothing" in reasons and all(line["decision"]["action"] != "proceed" for line in lines)


def test_sources_by_their_place(tmp_path: Path) -> None:
    assert isinstance(camera_source("0", 10), Camera) and isinstance(camera_source("rtsp://host/1", 10), Camera)
    folder = camera_source(str(tmp_path), 10)
    assert isinstance(folder, VideoFile) and folder.realtime and folder.fps == 10


def test_a_rig_without_the_usual_names_asks(tmp_path: Path) -> None:
    camera = CameraModel(np.array([[180.0, 0, 160], [0, 180, 48], [0, 0, 1]]), 320, 96, "optical")
    rig = Rig(Calibration(Frames([Transform.identity("top", "optical")]), {"front": camera}))
    with pytest.raises(DataError, match="has top, optical; give --lidar-frame"):
        perception(None, lidar_source(str(tmp_path), 10), rig)
