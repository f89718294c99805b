"""What detectors' networks put out, and how it is read: one function for each layout.

Each takes the outputs by name, the picture's size as the network saw it (width, height) and the number of labels, and
gives boxes `[N, 4]` (left, top, right, bottom) in that picture's pixels, scores `[N]` and classes `[N]`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError

Outputs = Mapping[str, NDArray[Any]]
Found = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]
_STRIDES = (8, 16, 32)  # of YOLOX's three grids


def yolov8(outputs: Outputs, size: tuple[int, int], labels: int) -> Found:
    """YOLOv8, v9, v11 and kin: one output `[1, 4 + C, N]`, centre and size in pixels, then a score for each class."""
    table = _one(outputs, "yolov8", f"[1, {4 + labels}, N]", 3)
    _need(table.shape[1] == 4 + labels, outputs, "yolov8", f"[1, {4 + labels}, N] for {labels} labels")
    rows = table[0].T
    return _best(_corners(rows[:, :4]), rows[:, 4:])


def yolov5(outputs: Outputs, size: tuple[int, int], labels: int) -> Found:
    """YOLOv5 and v7: one output `[1, N, 5 + C]`: centre, size, objectness, then a score for each class."""
    table = _one(outputs, "yolov5", f"[1, N, {5 + labels}]", 3)
    _need(table.shape[2] == 5 + labels, outputs, "yolov5", f"[1, N, {5 + labels}] for {labels} labels")
    rows = table[0]
    return _best(_corners(rows[:, :4]), rows[:, 5:] * rows[:, 4:5])


def yolox(outputs: Outputs, size: tuple[int, int], labels: int) -> Found:
    """YOLOX as exported: `[1, N, 5 + C]`, centres relative to cells of 8, 16 and 32 pixels, sizes as logarithms."""
    table = _one(outputs, "yolox", f"[1, N, {5 + labels}]", 3)
    cells, strides = [], []
    for stride in _STRIDES:
        y, x = np.mgrid[: size[1] // stride, : size[0] // stride]
        cells.append(np.stack([x.ravel(), y.ravel()], axis=1))
        strides.append(np.full((x.size, 1), stride))
    cell, stride_N1 = np.concatenate(cells), np.concatenate(strides)
    expected = f"[1, {len(cell)}, {5 + labels}] for {labels} labels at {size[0]} × {size[1]}"
    _need(table.shape[1:] == (len(cell), 5 + labels), outputs, "yolox", expected)
    rows = table[0]
    boxes = np.concatenate([(rows[:, :2] + cell) * stride_N1, np.exp(rows[:, 2:4]) * stride_N1], axis=1)
    return _best(_corners(boxes), rows[:, 5:] * rows[:, 4:5])


def rows(outputs: Outputs, size: tuple[int, int], labels: int) -> Found:
    """End-to-end networks (YOLOv10, CenterNet, …): `[1, N, 6]`: corners in pixels, score, class."""
    table = _one(outputs, "rows", "[1, N, 6]", 3)
    _need(table.shape[2] == 6, outputs, "rows", "[1, N, 6]")
    found = table[0].astype(np.float32)
    return found[:, :4], found[:, 4], np.rint(found[:, 5]).astype(np.int64)


def ssd(outputs: Outputs, size: tuple[int, int], labels: int) -> Found:
    """TensorFlow's Object Detection API: outputs that are called `…boxes…` `[1, N, 4]` (top, left, bottom, right, as
    shares of the picture), `…scores…` and `…classes…` `[1, N]`.
    """
    boxes, scores, classes = (_called(outputs, word, "ssd") for word in ("boxes", "scores", "classes"))
    fits = boxes.ndim == 3 and boxes.shape[2] == 4 and scores.shape == classes.shape == boxes.shape[:2]
    _need(fits, outputs, "ssd", "boxes [1, N, 4], scores [1, N] and classes [1, N]")
    corners = boxes[0][:, [1, 0, 3, 2]] * np.tile(size, 2)
    return corners.astype(np.float32), scores[0].astype(np.float32), np.rint(classes[0]).astype(np.int64)


def detr(outputs: Outputs, size: tuple[int, int], labels: int) -> Found:
    """DETR kin (RF-DETR, …): boxes `[1, Q, 4]` (centre and size as shares) and logits `[1, Q, C]`, a sigmoid each."""
    tables = [table for table in outputs.values() if table.ndim == 3]
    boxes = next((table for table in tables if table.shape[2] == 4), None)
    logits = next((table for table in tables if table is not boxes and table.shape[2] == labels), None)
    if boxes is None or logits is None:
        raise _misfit(outputs, "detr", f"boxes [1, Q, 4] and logits [1, Q, {labels}] for {labels} labels")
    scores = 1 / (1 + np.exp(-logits[0].astype(np.float64)))
    return _best(_corners(boxes[0] * np.tile(size, 2)), scores)


LAYOUTS: dict[str, Callable[[Outputs, tuple[int, int], int], Found]] = {
    "detr": detr,
    "rows": rows,
    "ssd": ssd,
    "yolov5": yolov5,
    "yolov8": yolov8,
    "yolox": yolox,
}


def _corners(centres: NDArray[Any]) -> NDArray[np.float32]:
    half = centres[:, 2:4] / 2
    return np.concatenate([centres[:, :2] - half, centres[:, :2] + half], axis=1).astype(np.float32)


def _best(boxes: NDArray[np.float32], scores: NDArray[Any]) -> Found:
    classes = scores.argmax(axis=1) if scores.size else np.zeros(len(boxes), np.int64)
    best = np.take_along_axis(scores, classes[:, None], axis=1)[:, 0] if scores.size else np.zeros(len(boxes))
    return boxes, best.astype(np.float32), classes.astype(np.int64)


def _one(outputs: Outputs, layout: str, expected: str, dims: int) -> NDArray[Any]:
    table = next(iter(outputs.values()))
    _need(table.ndim == dims and len(table) == 1, outputs, layout, expected)
    return table


def _called(outputs: Outputs, word: str, layout: str) -> NDArray[Any]:
    for name, table in outputs.items():
        if word in name.lower():
            return table
    raise _misfit(outputs, layout, "outputs called boxes, scores and classes")


def _need(fits: bool, outputs: Outputs, layout: str, expected: str) -> None:
    if not fits:
        raise _misfit(outputs, layout, expected)


def _misfit(outputs: Outputs, layout: str, expected: str) -> DataError:
    shown = ", ".join(f"{name} {list(table.shape)}" for name, table in outputs.items())
    return DataError(
        f"the network's outputs are {shown}; layout {layout!r} needs {expected}. "
        f"Give as many labels as it has classes, or another layout: {', '.join(sorted(LAYOUTS))}"
    )
