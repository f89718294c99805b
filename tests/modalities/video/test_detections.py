from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wugan.errors import DataError
from wugan.modalities.video import CocoDetector, Detector, OnnxDetector
from wugan.modalities.video.detections import Detections2D, suppress

from .conftest import iou


def boxes(*rows: tuple[float, float, float, float]) -> np.ndarray:
    return np.array(rows, np.float32).reshape(-1, 4)


def test_the_surer_of_two_stays_within_its_class() -> None:
    found = boxes((0, 0, 10, 10), (1, 0, 11, 10), (1, 0, 11, 10), (50, 50, 60, 60))
    kept = suppress(found, np.array([0.5, 0.9, 0.7, 0.6], np.float32), np.array([0, 0, 1, 0]), 0.5)
    assert kept.tolist() == [1, 2, 3]


@given(st.lists(st.tuples(*[st.integers(0, 20)] * 4, st.integers(0, 2), st.integers(0, 10)), max_size=20))
def test_what_stays_does_not_overlap_and_what_goes_does(rows: list[tuple[int, ...]]) -> None:
    table = np.array(rows, np.float32).reshape(-1, 6)
    found = np.concatenate([table[:, :2], table[:, :2] + table[:, 2:4] + 1], axis=1)
    classes, scores = table[:, 4].astype(np.int64), table[:, 5]
    kept = suppress(found, scores, classes, 0.4)
    over = (iou(found, found) > 0.4) & (classes[:, None] == classes[None])
    assert not (over[np.ix_(kept, kept)] & ~np.eye(len(kept), dtype=bool)).any()
    for gone in set(range(len(rows))) - set(kept.tolist()):
        assert any(over[gone, other] and scores[other] >= scores[gone] for other in kept)


def test_lengths_agree() -> None:
    found = Detections2D(boxes((0, 0, 1, 1)), np.ones(1, np.float32), ["car"], (2, 2))
    assert len(found) == 1
    with pytest.raises(DataError, match="2 labels"):
        Detections2D(found.boxes, found.scores, ["car", "bus"], (2, 2))
    with pytest.raises(DataError):
        Detections2D(found.boxes, found.scores, ["car"], (2, 2), np.zeros((2, 2), np.float32))


def test_detectors_have_one_form() -> None:
    assert isinstance(OnnxDetector("any.onnx", ["car"]), Detector) and isinstance(CocoDetector(), Detector)
