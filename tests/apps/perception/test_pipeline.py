"""The whole pipeline on made-up sweeps and pictures: a car ahead is found, tracked and decided on."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from wugan.apps.perception.app import register
from wugan.apps.perception.perceiver import Perceived
from wugan.apps.perception.pipeline import Rig, camera_source, lidar_source, perception
from wugan.calibration import Calibration, CameraModel, Frames, Transform
from wugan.devices import Camera, LidarFiles, VideoFile
from wugan.errors import DataError, DeviceError, RuntimeFailure
from wugan.modalities.points import read_calibration
from wugan.packet import Packet
from wugan.signals import Image, PointCloud
from wugan.stage import Source

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


def perceive(drive: Path, *more: str, error: str = "") -> list[dict]:
    arguments = ["perceive", "--lidar", str(drive / "lidar"), "--calibration", str(drive / "rig.yaml")]
    done = CliRunner().invoke(cli, [*arguments, "-o", str(drive / "out"), "--rate", "4", *more])
    assert done.exit_code == bool(error), done.output
    assert error in str(done.exception or "")
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


@pytest.mark.slow
def test_on_ray_nothing_is_played_while_the_actors_warm_up(drive: Path) -> None:
    import ray

    ray.shutdown()  # one that another test started has another path
    try:
        lines = perceive(drive, "--runtime", "ray")
    finally:
        ray.shutdown()
    results = [line for line in lines if line["seq"] >= 0]
    assert results[0]["file"] == "000000.bin"
    summary = json.loads((drive / "out" / "summary.json").read_text())
    assert len(results) + sum(summary["drops"].values()) == SWEEPS and len(results) >= 3


def test_a_picture_of_another_size_is_no_evidence_and_the_decision_says_so(
    drive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # dead letters lie there
    rig_file(drive / "rig.yaml", width=640)
    error = "'evidence' failed: all 8 packets failed, the first with DataError: camera 'front_optical'"
    lines = perceive(drive, "--camera", str(drive / "camera"), error=error)
    reasons = [reason["text"] for line in lines for reason in line["decision"]["reasons"]]
    assert "camera gives nothing" in reasons and all(line["decision"]["action"] != "proceed" for line in lines)


class Sweeps(Source[PointCloud]):
    """A lidar that sees the same car, at these times (in sweeps), 20 a second."""

    def __init__(self, *times: int, points: int | None = None) -> None:
        self.times, self.points = times, points

    def packets(self) -> Iterator[Packet[PointCloud]]:
        cloud = PointCloud(sweep(12)[: self.points, :3].copy())
        for number in self.times:
            yield Packet(cloud, number * 50_000_000)
            time.sleep(0.05)


class Pictures(Source[Image]):
    """A camera, 20 a second, that is unplugged after five pictures, and plugged in again."""

    live = True
    opened = 0

    def open(self) -> None:
        self.opened += 1
        if self.opened in (2, 3):
            raise DeviceError("no camera")

    def packets(self) -> Iterator[Packet[Image]]:
        if self.opened == 1:
            self.began = time.monotonic()
        for _ in range(5 if self.opened == 1 else 30):
            time_ns = round((time.monotonic() - self.began) * 1e9)
            yield Packet(Image(np.zeros((96, 320, 3), np.uint8)), time_ns)
            time.sleep(0.05)
        if self.opened == 1:
            raise DeviceError("unplugged")


def seen(tmp_path: Path, camera: Source[Image] | None, lidar: Source[PointCloud]) -> list[Perceived]:
    results: list[Perceived] = []
    p = perception(camera, lidar, Rig(read_calibration(rig_file(tmp_path / "rig.yaml"))))
    p.sink(lambda packet: results.append(packet.data), p.nodes["decision"])
    with p.run("local", dead_letters=tmp_path / "dead") as running:
        running.wait()
    return results


def test_a_camera_that_is_unplugged_slows_until_it_is_back(tmp_path: Path) -> None:
    results = seen(tmp_path, Pictures(), Sweeps(*range(40)))
    missing = ["missing" in [reason.kind for reason in one.decision.reasons] for one in results]
    assert True in missing and not missing[-1]
    gone = missing.index(True)
    assert all(one.decision.action != "proceed" for one in results[gone : gone + 3])
    assert all(one.objects for one in results[gone:])  # the lidar goes on


def test_a_clock_that_goes_back_is_told_and_the_tracks_begin_anew(tmp_path: Path) -> None:
    results = seen(tmp_path, None, Sweeps(*range(100, 106), *range(10, 22)))
    kinds = [{reason.kind for reason in one.decision.reasons} for one in results]
    back = next(number for number, one in enumerate(kinds) if "clock" in one)
    assert results[back].time_ns < results[back - 1].time_ns
    assert results[back].decision.action != "proceed" and "begin" in kinds[back]
    before, after = ({one.id for one in results[number].objects} for number in (back - 1, -1))
    assert before and after and before.isdisjoint(after)


def test_a_covered_lidar_gives_no_result_that_could_be_taken_for_a_free_road(tmp_path: Path) -> None:
    with pytest.raises(RuntimeFailure, match="'proposals' failed: all 3 packets failed, .* is the sensor covered"):
        seen(tmp_path, None, Sweeps(*range(3), points=2))
    assert list((tmp_path / "dead").iterdir())


def test_a_sweep_and_a_picture_that_are_cut_off_are_passed_over(drive: Path) -> None:
    for broken in (drive / "lidar" / "000003.bin", drive / "camera" / "000004.png"):
        broken.write_bytes(broken.read_bytes()[:-7] if broken.suffix == ".bin" else b"")
    (drive / "lidar" / "000005.bin").write_bytes(b"")
    lines = perceive(drive, "--camera", str(drive / "camera"))
    files = [line["file"] for line in lines if line["seq"] >= 0]
    assert "000007.bin" in files and not {"000003.bin", "000005.bin"} & set(files)
    drops = json.loads((drive / "out" / "summary.json").read_text())["drops"]
    assert drops["lidar"] >= 2 and drops["camera"] >= 1


def test_sources_by_their_place(tmp_path: Path) -> None:
    assert isinstance(camera_source("0", 10), Camera) and isinstance(camera_source("rtsp://host/1", 10), Camera)
    folder = camera_source(str(tmp_path), 10)
    assert isinstance(folder, VideoFile) and folder.realtime and folder.fps == 10
    for camera, now in ((Camera(0), True), (folder, False), (None, False)):
        sweeps = lidar_source(str(tmp_path), 10, beside=camera)
        assert isinstance(sweeps, LidarFiles) and sweeps.stamp_now is now


def test_a_rig_without_the_usual_names_asks(tmp_path: Path) -> None:
    camera = CameraModel(np.array([[180.0, 0, 160], [0, 180, 48], [0, 0, 1]]), 320, 96, "optical")
    rig = Rig(Calibration(Frames([Transform.identity("top", "optical")]), {"front": camera}))
    with pytest.raises(DataError, match="has top, optical; give --lidar-frame"):
        perception(None, lidar_source(str(tmp_path), 10), rig)


def test_a_doubtful_mount_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    camera = CameraModel(np.array([[180.0, 0, 160], [0, 180, 48], [0, 0, 1]]), 320, 96, "optical")
    rig = Rig(Calibration(Frames([Transform.identity("lidar", "optical")]), {"front": camera}))
    perception(None, lidar_source(str(tmp_path), 10), rig)
    assert not caplog.records  # nobody asks it
    perception(camera_source(str(tmp_path), 10), lidar_source(str(tmp_path), 10), rig)
    assert "change of axes" in caplog.text
