from __future__ import annotations

import numpy as np
import pytest

from wugan.errors import DataError
from wugan.modalities.video.motion_detector import MotionDetector
from wugan.packet import Packet
from wugan.signals import Image
from wugan.testing import run_stage

from .conftest import Pictures, iou, packets, texture


def enters(count: int = 30) -> tuple[list[Packet[Image]], list[np.ndarray]]:
    """A thing that comes into the picture from the left at 6 pixels a picture, and where it is."""
    ground, thing = texture(180, 320, 1), texture(60, 30, 2)
    pictures, boxes = [], []
    noise = np.random.default_rng(0)
    for k in range(count):
        picture = ground.astype(np.int16)
        x = 6 * (k - 12)
        if x >= 0:
            picture[80:140, x : x + 30] = thing
        pictures.append(np.clip(picture + noise.normal(0, 2, picture.shape), 0, 255).astype(np.uint8))
        boxes.append(np.array([[x, 80, x + 30, 140]], np.float32))
    return packets(pictures), boxes


def test_a_still_camera_learns_its_background() -> None:
    given, boxes = enters()
    found = {packet.seq: packet for packet in run_stage(MotionDetector(), given)}
    times = {packet.time_ns: packet.data for packet in found.values()}
    for k in range(8, 12):
        assert not len(times[given[k].time_ns])
    for k in range(14, 30):
        detections = times[given[k].time_ns]
        assert len(detections) == 1 and iou(boxes[k], detections.boxes)[0, 0] > 0.75
        assert detections.size == (320, 180)


def test_a_thing_that_stops_stays_found_for_a_while() -> None:
    given, _ = enters()
    still = [Packet(given[-1].data, (30 + k) * 10**8, stream="camera", seq=30 + k) for k in range(10)]
    assert all(len(packet.data) == 1 for packet in run_stage(MotionDetector(), given + still)[-10:])


def test_a_moving_camera(scene: Pictures) -> None:
    found = run_stage(MotionDetector(camera="moving"), scene(4, pan=(5, 3), move=(7, 0)))
    assert [len(packet.data) for packet in found] == [1, 1, 1] and found[0].data.velocity is not None
    assert not any(len(packet.data) for packet in run_stage(MotionDetector(camera="moving"), scene(4, pan=(5, 3))))


def test_it_begins_anew_where_the_stream_breaks() -> None:
    given, _ = enters(12)
    detector = MotionDetector()
    for packet in given:
        list(detector.process(packet))
    assert not list(detector.process(Packet(given[0].data, 0, stream="camera", seq=12))) and detector.restarts == 1
    smaller = Packet(Image(given[0].data.pixels[:90]), 10**8, stream="camera", seq=13)
    assert not list(detector.process(smaller)) and detector.restarts == 2


def test_settings() -> None:
    with pytest.raises(DataError, match="still or moving"):
        MotionDetector(camera="flying")  # type: ignore[arg-type]
