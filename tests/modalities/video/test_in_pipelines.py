"""The stages together, behind sources that fail as real ones do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import cv2
import numpy as np
import pytest

import wugan
from wugan import clock
from wugan.devices import VideoFile
from wugan.errors import DataError, DeviceError
from wugan.modalities.video import Clip, Clips, MotionDetector, MotionEstimator, OnnxDetector, VideoEncoder
from wugan.packet import Packet
from wugan.runtime.node import source as source_worker
from wugan.signals import Image

from .conftest import Pictures, texture


class Unplugged(wugan.Source[Image]):
    """A live camera that is pulled out after five pictures, and is back for five more."""

    live: ClassVar[bool] = True
    times = 0

    def packets(self) -> Iterator[Packet[Image]]:
        Unplugged.times += 1
        begin = clock.now_ns()
        for k in range(5):
            pixels = np.full((32, 32, 3), 10 * Unplugged.times + k, np.uint8)
            yield Packet(Image(pixels), begin + k * 10_000_000, seq=k)
        if Unplugged.times == 1:
            raise DeviceError("the camera is gone")


def test_no_clip_reaches_across_a_camera_s_absence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_worker, "FIRST_PAUSE_S", 0.3)
    Unplugged.times = 0
    found: list[list[int]] = []

    def keep(packet: wugan.Packet[Clip]) -> None:
        found.append(packet.data.pixels[:, 0, 0, 0].tolist())

    p = wugan.Pipeline("door")
    p.sink(keep, p.stage(Clips(frames=4, interval="10ms", stride=4), p.source(Unplugged(), name="camera")))
    with p.run("local") as running:
        assert running.wait(timeout=30)
    assert found == [[10, 11, 12, 13], [20, 21, 22, 23]]


def test_a_film_that_is_cut_off_gives_the_clips_before_the_cut(tmp_path: Path) -> None:
    path = tmp_path / "film.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 10.0, (64, 48))
    for k in range(20):
        writer.write(texture(48, 64, k))
    writer.release()
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    stage, clips = Clips(frames=4, interval="100ms", stride=4), 0
    with VideoFile(path) as film, pytest.raises(DataError, match="cut off"):
        for packet in film.packets():
            clips += len(list(stage.process(packet)))
    assert 1 <= clips <= 3


def test_pipelines_are_written_and_read_back() -> None:
    p = wugan.Pipeline("street")
    camera = p.source(VideoFile("street.mp4"), name="camera")
    p.sink(print, p.stage(VideoEncoder(), p.stage(Clips(frames=8), camera)))
    p.sink(print, p.stage(MotionEstimator(width=160), camera))
    p.sink(print, p.stage(MotionDetector(camera="moving"), camera))
    p.sink(print, p.stage(OnnxDetector("cones.onnx", ["cone"], layout="rows"), camera))
    text = p.to_yaml()
    again = wugan.Pipeline.from_yaml(text)
    again.validate()
    assert again.to_yaml() == text


def test_a_bad_picture_stops_nothing(scene: Pictures) -> None:
    given = scene(3)
    bad = Packet(Image(np.zeros((0, 0, 3), np.uint8)), given[1].time_ns, stream="camera", seq=9)
    for stage in (Clips(frames=2, interval="100ms", stride=2), MotionEstimator(), MotionDetector()):
        list(stage.process(given[0]))
        with pytest.raises(DataError, match="is empty"):
            list(stage.process(bad))
        list(stage.process(given[1]))
        assert getattr(stage, "restarts", 0) == 0
