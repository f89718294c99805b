from __future__ import annotations

import itertools

import numpy as np
import pytest

from wugan.errors import DataError
from wugan.modalities.video.onnx_detector import LAYOUTS

SIZE = (64, 32)
CENTRE = [20.0, 10.0, 8.0, 4.0]
CORNERS = [16.0, 8.0, 24.0, 12.0]


def column(scores: list[float], *between: float) -> np.ndarray:
    return np.array([*CENTRE, *between, *scores], np.float32)


def outputs(layout: str) -> dict[str, np.ndarray]:
    """One box of the second of three classes with score 0.6, as each layout puts it."""
    scores = [0.1, 0.6, 0.2]
    if layout == "yolov8":
        return {"output0": column(scores)[None, :, None]}
    if layout == "yolov5":
        return {"output": column([0.2, 0.75, 0.1], 0.8)[None, None]}
    if layout == "yolox":
        cells = 8 * 4 + 4 * 2 + 2 * 1
        table = np.zeros((1, cells, 8), np.float32)
        # The cell (2, 1) of the grid of 8 pixels begins at (16, 8).
        table[0, 8 + 2] = [0.5, 0.25, np.log(1.0), np.log(0.5), 0.8, 0.2, 0.75, 0.1]
        return {"output": table}
    if layout == "rows":
        return {"output0": np.array([[[*CORNERS, 0.6, 1]]], np.float32)}
    if layout == "ssd":
        return {
            "detection_classes:0": np.array([[1.0]], np.float32),
            "num_detections:0": np.array([1.0], np.float32),
            "detection_scores:0": np.array([[0.6]], np.float32),
            "detection_boxes:0": np.array([[[8 / 32, 16 / 64, 12 / 32, 24 / 64]]], np.float32),
        }
    logits = np.log(np.array(scores) / (1 - np.array(scores)))
    boxes = np.array(CENTRE) / [64, 32, 64, 32]
    return {"dets": boxes[None, None].astype(np.float32), "labels": logits[None, None].astype(np.float32)}


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
def test_one_box_as_each_layout_puts_it(layout: str) -> None:
    boxes, scores, classes = LAYOUTS[layout](outputs(layout), SIZE, 3)
    best = int(scores.argmax())
    assert boxes[best].tolist() == pytest.approx(CORNERS, abs=1e-4)
    assert scores[best] == pytest.approx(0.6, abs=1e-6) and classes[best] == 1


#: Layouts, and others' outputs that they are given. YOLOX's table is YOLOv5's, read in another way.
PAIRS = sorted(set(itertools.product(LAYOUTS, LAYOUTS)) - {("yolov5", "yolox")})


@pytest.mark.parametrize(("layout", "other"), PAIRS)
def test_a_layout_that_does_not_fit_says_what_it_needs(layout: str, other: str) -> None:
    given = outputs(other)
    if layout == other:
        given = {"out": np.zeros((1, 5), np.float32)}
    with pytest.raises(DataError, match=rf"the network's outputs are .*\[.* layout '{layout}' needs"):
        LAYOUTS[layout](given, SIZE, 3)


@pytest.mark.parametrize("layout", ["detr", "yolov5", "yolov8", "yolox"])
def test_the_number_of_labels_must_be_the_network_s(layout: str) -> None:
    with pytest.raises(DataError, match="for 80 labels"):
        LAYOUTS[layout](outputs(layout), SIZE, 80)


def test_no_boxes() -> None:
    boxes, scores, classes = LAYOUTS["yolov8"]({"out": np.zeros((1, 7, 0), np.float32)}, SIZE, 3)
    assert boxes.shape == (0, 4) and len(scores) == len(classes) == 0
