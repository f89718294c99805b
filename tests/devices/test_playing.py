"""Recordings played at their own speed: when the clock begins, and what happens to what is late."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

import wugan
from wugan import Packet
from wugan.devices.feed import Playback
from wugan.devices.lidar import LidarFiles
from wugan.devices.video_file import VideoFile
from wugan.signals import PointCloud

Eventually = Callable[..., None]


@pytest.fixture
def sweeps(tmp_path: Path) -> Path:
    for number in range(6):
        np.full((50, 4), number, np.float32).tofile(tmp_path / f"{number}.bin")
    return tmp_path


def test_the_clock_begins_with_the_reader(sweeps: Path) -> None:
    with LidarFiles(sweeps, rate=20, realtime=True) as lidar:
        time.sleep(0.4)  # the others warm up: eight sweeps' time
        assert lidar.health.captured == 0
        began = time.monotonic_ns()
        packets = [lidar.read() for _ in range(3)]
    assert [packet.seq for packet in packets] == [0, 1, 2]
    entered = [packet.entered_ns for packet in packets]
    assert entered[0] >= began and np.diff(entered).tolist() == [50_000_000] * 2


def test_a_device_is_closed_before_anybody_reads(sweeps: Path, eventually: Eventually) -> None:
    lidar = LidarFiles(sweeps, rate=20, realtime=True)
    lidar.open()
    thread = lidar._thread
    assert thread is not None
    lidar.close()
    eventually(lambda: not thread.is_alive())


@pytest.mark.parametrize("kind", ["sweeps", "pictures", "film"])
def test_what_is_late_is_passed_over_and_counted(
    sweeps: Path, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        cv2.imwrite(str(tmp_path / f"{number}.png"), np.full((8, 8, 3), number, np.uint8))
    writer = cv2.VideoWriter(str(tmp_path / "film.avi"), cv2.VideoWriter_fourcc(*"MJPG"), 10.0, (64, 48))
    for number in range(6):
        writer.write(np.full((48, 64, 3), 40 * number, np.uint8))
    writer.release()
    late = [False, False, True, True, False, False]  # asked of each item: is the next one due?
    monkeypatch.setattr(Playback, "passed", lambda self, time_ns: late[time_ns // 100_000_000 - 1])
    monkeypatch.setattr(Playback, "wait", lambda self, time_ns: 0)
    options = {"realtime": True, "drop_late": True}
    device: LidarFiles | VideoFile = VideoFile(tmp_path, fps=10, **options)  # type: ignore[arg-type]
    if kind == "sweeps":
        device = LidarFiles(sweeps, rate=10, **options)  # type: ignore[arg-type]
    elif kind == "film":
        device = VideoFile(tmp_path / "film.avi", **options)  # type: ignore[arg-type]
    with device:
        packets: list[Packet] = list(device.packets())
    assert [packet.time_ns // 100_000_000 for packet in packets] == [0, 1, 4, 5]
    assert sum(packet.attrs.get("lost", 0) for packet in packets) == device.lost == 2


def test_a_run_counts_what_its_source_missed(sweeps: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Playback, "passed", lambda self, time_ns: time_ns in (200_000_000, 300_000_000))
    monkeypatch.setattr(Playback, "wait", lambda self, time_ns: 0)
    got: list[PointCloud] = []
    p = wugan.Pipeline("late")
    p.sink(
        lambda packet: got.append(packet.data),
        p.source(LidarFiles(sweeps, realtime=True, drop_late=True), name="lidar"),
    )
    with p.run("local") as running:
        running.wait()
        assert running.stats()["lidar"]["missed"] == 2
    assert [float(cloud.points[0, 0]) for cloud in got] == [0, 3, 4, 5]
