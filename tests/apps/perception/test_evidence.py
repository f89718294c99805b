"""Fusion in the picture: DAR attention against plain softmax, support only for what is there, and lidar alone."""

from __future__ import annotations

import numpy as np
import pytest

import wugan
from wugan.apps.perception.evidence import KINDS, SPREAD, EvidenceFusion, attend
from wugan.calibration import CameraModel, Transform
from wugan.errors import DataError
from wugan.modalities.video.detections import Detections2D
from wugan.objects import Box3D, Detections
from wugan.packet import Packet
from wugan.sync import Window

CAMERA = CameraModel(np.array([[700.0, 0, 620], [0, 700, 187], [0, 0, 1]]), 1240, 375, "camera")
TURN = Transform.of("lidar", "camera", [0.5, 0.5, -0.5, 0.5])  # optical axes: x right, y down, z forward
FUSION = EvidenceFusion(wugan.latest("250ms"), CAMERA, TURN)


def car(x: float, y: float, label: str = "", score: float = 0.5) -> Box3D:
    return Box3D((x, y, -0.9), (4, 1.8, 1.5), 0.0, "lidar", score, label)


def pictured(*rows: tuple[list[float], float, str]) -> Detections2D:
    boxes = np.array([box for box, _, _ in rows], np.float32).reshape(-1, 4)
    scores = np.array([score for _, score, _ in rows], np.float32)
    return Detections2D(boxes, scores, [label for _, _, label in rows], (1240, 375))


def window(boxes: list[Box3D], found: Detections2D | None, frame: str = "lidar") -> Window:
    packets: dict[str, Packet] = {"proposals": Packet(Detections(boxes, 100, frame), 100, stream="proposals")}
    if found is not None:
        packets["evidence"] = Packet(found, 90, stream="evidence")
    return Window(100, packets)


def outline(box: Box3D) -> list[float]:
    rectangles, seen = FUSION.rectangles([box])
    assert seen.all()
    return [float(one) for one in rectangles[0]]


def test_attention_is_the_softmax_of_distances() -> None:
    """The products of query and key are -(distance in the proposal's own sides)² / 2, and one key for nothing."""
    outlines = np.array([[100, 100, 200, 180], [600, 90, 640, 200]], np.float32)
    found = pictured(
        ([110, 95, 205, 185], 0.9, "car"), ([598, 95, 641, 198], 0.7, "person"), ([900, 9, 950, 99], 1, "dog")
    )
    support, kinds = attend(outlines, found)
    expected = []
    for outline_ in outlines:
        logits = []
        for box in found.boxes:
            sides = outline_[2:] - outline_[:2]
            middle = ((outline_[:2] + outline_[2:]) - (box[:2] + box[2:])) / 2
            place = middle / np.hypot(SPREAD[:2] * sides, 3.0)  # a blur of 3 pixels
            extent = np.log(sides / (box[2:] - box[:2])) / np.hypot(SPREAD[2:], 3.0 / sides)
            logits.append(-(np.sum(place**2) + np.sum(extent**2)) / 2)
        weights = np.exp([*logits, -4.5])
        expected.append(weights[0] / weights.sum() * 0.9 + weights[1] / weights.sum() * 0.7)
    np.testing.assert_allclose(support, expected, rtol=1e-4)
    assert kinds == ["car", "pedestrian"]


def test_what_the_camera_sees_is_surer_and_gets_its_name() -> None:
    there, other = car(15, 0), car(25, -6, label="car")
    scene = FUSION.combine(window([there, other], pictured((outline(there), 0.9, "truck"))))
    assert scene is not None
    first, second = scene.detections.boxes
    assert first.score > 0.8 and first.label == "truck" and scene.weights[0] > 0.8
    assert second == other and scene.weights[1] < 0.1
    assert scene.camera_lag_ns == 10


@pytest.mark.parametrize("boxes", [[], [car(15, 0)], [car(-15, 0), car(0.5, 0)]])
@pytest.mark.parametrize("found", [None, pictured(), pictured(([0, 0, 50, 50], 0.9, "car"))])
def test_nothing_is_normal(boxes: list[Box3D], found: Detections2D | None) -> None:
    scene = FUSION.combine(window(boxes, found))
    assert scene is not None and len(scene.detections) == len(boxes)
    assert (scene.camera_lag_ns is None) == (found is None)
    for box, fused in zip(boxes, scene.detections.boxes, strict=True):
        assert fused.center == box.center and 0 <= fused.score <= 1


def test_support_never_lowers_a_score() -> None:
    rng = np.random.default_rng(0)
    boxes = [car(float(x), float(y), "car", float(s)) for x, y, s in rng.uniform([5, -8, 0], [60, 8, 1], (30, 3))]
    corners = rng.uniform(0, [1100, 300], (12, 2))
    rows = [
        ([x, y, x + 80, y + 60], 0.8, name) for (x, y), name in zip(corners, [*KINDS, "dog", "cat", "cup"], strict=True)
    ]
    scene = FUSION.combine(window(boxes, pictured(*rows)))
    assert scene is not None
    assert all(after.score >= before.score - 1e-9 for before, after in zip(boxes, scene.detections.boxes, strict=True))


def test_pictures_alone_give_no_scene_and_other_frames_are_refused() -> None:
    alone = window([], pictured())
    del alone.packets["proposals"]
    assert FUSION.combine(alone) is None
    box = Box3D((9, 0, 0), (4, 2, 1), 0, "radar")
    with pytest.raises(DataError, match="'radar'"):
        FUSION.combine(window([box], None, "radar"))
