"""`Camera` with a capture that the test plays; there is no camera on a build machine."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from typing import Any, ClassVar

import cv2
import numpy as np
import pytest

from wugan import Pipeline, clock
from wugan.devices import camera as module
from wugan.devices.camera import Camera
from wugan.errors import DataError, DeviceError
from wugan.packet import Packet
from wugan.runtime.node import source as source_worker
from wugan.signals import Image


class Capture:
    """Stands in for `cv2.VideoCapture`: gives the frames that the test puts in; `None` is a grab that fails."""

    opened: ClassVar[list[Capture]] = []
    present = True

    def __init__(self, *arguments: Any) -> None:
        self.arguments = arguments
        self.frames: queue.Queue[Any] = queue.Queue()
        self.set_to: dict[int, float] = {}
        self.released = False
        self.stamp_ms = 0.0
        self.current: Any = None
        Capture.opened.append(self)

    def isOpened(self) -> bool:
        return Capture.present

    def set(self, key: int, value: float) -> None:
        self.set_to[key] = value

    def get(self, key: int) -> float:
        if key == cv2.CAP_PROP_POS_MSEC:
            return self.stamp_ms
        return {cv2.CAP_PROP_FRAME_WIDTH: 4.0, cv2.CAP_PROP_FRAME_HEIGHT: 2.0, cv2.CAP_PROP_FPS: 25.0}[key]

    def grab(self) -> bool:
        assert not self.released, "a device that was released is read"
        try:
            self.current = self.frames.get(timeout=0.05)
        except queue.Empty:
            self.current = None
        return self.current is not None

    def retrieve(self) -> tuple[bool, Any]:
        return True, self.current

    def release(self) -> None:
        self.released = True


def frame(value: int) -> np.ndarray:
    bgr = np.zeros((2, 4, 3), np.uint8)
    bgr[..., 0], bgr[..., 2] = value, 255  # blue, red
    return bgr


@pytest.fixture(autouse=True)
def captures(monkeypatch: pytest.MonkeyPatch) -> list[Capture]:
    monkeypatch.setattr(cv2, "VideoCapture", Capture)
    monkeypatch.setattr(cv2.videoio_registry, "hasBackend", lambda backend: False)
    monkeypatch.setattr(module, "_PAUSE_S", 0.001)
    Capture.opened, Capture.present = [], True
    return Capture.opened


def test_pictures_are_rgb_with_the_time_of_capture(captures: list[Capture]) -> None:
    with Camera(0) as camera:
        captures[0].stamp_ms = time.monotonic() * 1e3 - 100  # the kernel's stamp: the picture is 100 ms old
        captures[0].frames.put(frame(7))
        packet = camera.async_read("10s")
    assert packet.data.pixels[0, 0].tolist() == [255, 0, 7]
    assert 0.09 < (clock.now_ns() - packet.time_ns) / 1e9 < 10
    assert captures[0].released


def test_a_stamp_of_another_clock_is_not_taken(captures: list[Capture]) -> None:
    with Camera("rtsp://host/1") as camera:
        assert (
            captures[0].arguments[0] == "rtsp://host/1" and cv2.CAP_PROP_OPEN_TIMEOUT_MSEC in captures[0].arguments[2]
        )
        captures[0].stamp_ms = 40.0  # of the stream: since its start
        time.sleep(0.1)  # a first picture that waits would be taken for one that was held back
        captures[0].frames.put(frame(7))
        assert abs(clock.now_ns() - camera.async_read("10s").time_ns) < 10_000_000_000


def test_what_a_stream_held_back_is_dropped_and_its_stamps_keep_their_intervals(captures: list[Capture]) -> None:
    camera = Camera("rtsp://host/1")
    old = iter([frame(1)] * 5)

    def grab(self: Capture) -> bool:
        self.stamp_ms += 40.0
        self.current = next(old, None)  # five at once, as FFmpeg has them after opening
        if self.current is None:
            self.current = self.frames.get(timeout=10)
        return True

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Capture, "grab", grab)
        with camera:
            time.sleep(0.2)
            captures[0].frames.put(frame(2))  # what was waited for is dropped with the old ones
            times = []
            for value in (3, 4, 5):
                captures[0].frames.put(frame(value))
                packet = camera.async_read("10s")
                assert packet.data.pixels[0, 0, 2] == value
                times.append(packet.time_ns)
            captures[0].frames.put(frame(6))  # lets the thread go
    assert times[1] - times[0] <= 41_000_000 and times[2] - times[1] <= 41_000_000


def test_a_slow_reader_gets_the_newest_and_is_told(captures: list[Capture], eventually: Callable[..., None]) -> None:
    with Camera(0) as camera:
        stream = camera.packets()
        for value in range(10):
            captures[0].frames.put(frame(value))
        eventually(lambda: camera.health.captured == 10)
        packet = next(stream)
        assert packet.data.pixels[0, 0, 2] == 8 and packet.attrs == {"lost": 8} and camera.lost == 8


def test_what_was_asked_for_and_what_came(captures: list[Capture]) -> None:
    camera = Camera(0, width=640, height=480, fps=30)
    assert camera.spec == {"kind": "image", "layout": "rgb8", "width": 640, "height": 480, "fps": 30}
    with camera:
        assert captures[0].set_to == {
            cv2.CAP_PROP_FRAME_WIDTH: 640,
            cv2.CAP_PROP_FRAME_HEIGHT: 480,
            cv2.CAP_PROP_FPS: 30,
        }
        assert camera.spec["width"] == 4 and camera.spec["fps"] == 25.0


def test_a_camera_that_vanishes_is_opened_again_by_a_pipeline(
    captures: list[Capture], monkeypatch: pytest.MonkeyPatch, eventually: Callable[..., None]
) -> None:
    monkeypatch.setattr(source_worker, "FIRST_PAUSE_S", 0.01)
    monkeypatch.setattr(module, "_FAILURES", 3)
    seen: list[Packet[Image]] = []

    def keep(packet: Packet[Image]) -> None:
        seen.append(packet)

    p = Pipeline("door")
    p.sink(keep, p.source(Camera(0), name="camera"))
    with p.run("local") as running:
        captures[0].frames.put(frame(1))
        eventually(lambda: len(seen) == 1)
        eventually(lambda: len(captures) == 2)  # three grabs have failed
        assert captures[0].released
        captures[1].frames.put(frame(2))
        eventually(lambda: len(seen) == 2)
        running.stop()
        assert running.wait(timeout=30)
    assert [packet.data.pixels[0, 0, 2] for packet in seen] == [1, 2] and [packet.seq for packet in seen] == [0, 1]


def test_one_failed_grab_is_none(captures: list[Capture]) -> None:
    with Camera(0) as camera:
        for item in (None, None, frame(3)):
            captures[0].frames.put(item)
        assert camera.async_read("10s").data.pixels[0, 0, 2] == 3


def test_a_camera_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    Capture.present = False
    with pytest.raises(DeviceError, match="camera rtsp://host/1 cannot be opened; nobody answers"):
        Camera("rtsp://host/1").open()
    with pytest.raises(DeviceError, match="another program may hold it"):
        Camera(0).open()
    monkeypatch.setattr(cv2.videoio_registry, "hasBackend", lambda backend: True)
    with pytest.raises(DeviceError, match=r"there is no /dev/video99\. "):
        Camera(99).open()


def test_files_are_another_class_s() -> None:
    with pytest.raises(DataError, match="VideoFile"):
        Camera("film.mp4")
    with pytest.raises(DataError, match="max_queued"):
        Camera(0, max_queued=0)
