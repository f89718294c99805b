"""`OnnxDetector`: a user's own detector, from an ONNX file, and the layouts in which such networks put out boxes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError, PluginError
from wugan.modalities.video.detections import Detections2D, suppress
from wugan.modalities.video.frame import opencv, rgb
from wugan.packet import Packet
from wugan.signals import Image
from wugan.stage import Encoder

# A layout takes the outputs by name, the picture's size as the network saw it (width, height) and the number of labels,
# and gives boxes `[N, 4]` (left, top, right, bottom) in that picture's pixels, scores `[N]` and classes `[N]`.
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


logger = logging.getLogger(__name__)

_PAD = 114  # the grey that YOLO networks are trained with around a picture of another shape
_DTYPES = {"tensor(float)": np.float32, "tensor(float16)": np.float16, "tensor(uint8)": np.uint8}
_CANDIDATES = 1_000  # boxes that go into the suppression at most, the surest


@dataclass(eq=False)
class OnnxDetector(Encoder[Image, Detections2D]):
    """Finds things with an ONNX network, on the CPU, through onnxruntime.

    The picture is scaled to the network's size with its shape kept, and grey around it (`letterbox`), or stretched. A
    network that takes uint8 gets the values as they are.

    Args:
        path: the `.onnx` file.
        labels: names of its classes, in the network's order.
        layout: how its outputs are to be read: `yolov8`, `yolov5`, `yolox`, `rows`, `ssd` or `detr` (see `LAYOUTS`).
        score: least score of what is given.
        overlap: boxes of one class that overlap by more than this (intersection over union) count as one.
        size: width and height, for a network that takes any.
        letterbox: keep the picture's shape.
        scale: a value is `(pixel · scale − mean) / std`: 1/255 for most, 1 for YOLOX and for networks that normalise.
        mean: one for each channel, or one for all.
        std: likewise.
        order: of the channels: `rgb`, or `bgr` for networks that were trained on pictures as OpenCV reads them.
        threads: of onnxruntime; 0 takes all cores.

    Raises:
        DataError: no such file or no ONNX network, from `warm_up`; outputs that do not fit the layout and labels, or a
            picture that is empty, from `encode`.
        PluginError: onnxruntime is not installed.
    """

    path: str | Path
    labels: Sequence[str]
    layout: str = "yolov8"
    score: float = 0.25
    overlap: float = 0.5
    size: tuple[int, int] | None = None
    letterbox: bool = True
    scale: float = 1 / 255
    mean: float | tuple[float, float, float] = 0.0
    std: float | tuple[float, float, float] = 1.0
    order: str = "rgb"
    threads: int = 1
    _session: Any = field(init=False, repr=False, default=None)

    def __post_init__(self) -> None:
        if self.layout not in LAYOUTS:
            raise DataError(f"OnnxDetector: layout {self.layout!r} is unknown; there are {', '.join(sorted(LAYOUTS))}")
        if isinstance(self.labels, str) or not self.labels:
            raise DataError("OnnxDetector: labels must be a list of names, one for each class of the network")
        if self.order not in ("rgb", "bgr"):
            raise DataError(f"OnnxDetector: order must be rgb or bgr, got {self.order!r}")

    def warm_up(self) -> None:
        """Load the network and check what it takes."""
        if self._session is None:
            self._session = load_session(Path(self.path), self.threads)
            self._input = self._session.get_inputs()[0]
            self._nchw, self._size = self._shape()

    def encode(self, batch: Sequence[Packet[Image]]) -> list[Detections2D]:
        """What is in each picture."""
        self.warm_up()
        return [self._detect(rgb(packet)) for packet in batch]

    def close(self) -> None:
        """Drop the network."""
        self._session = None

    def __getstate__(self) -> dict[str, Any]:
        return {**{key: value for key, value in self.__dict__.items() if key != "_input"}, "_session": None}

    def _shape(self) -> tuple[bool, tuple[int, int]]:
        shape = list(self._input.shape)
        if len(shape) != 4 or 3 not in (shape[1], shape[3]) or self._input.type not in _DTYPES:
            raise DataError(
                f"{self.path} takes {self._input.name} {self._input.type} {shape}; a detector takes one picture, "
                "[1, 3, H, W] or [1, H, W, 3], as float32, float16 or uint8"
            )
        nchw = shape[1] == 3
        height, width = shape[2:] if nchw else shape[1:3]
        if isinstance(width, int) and isinstance(height, int):
            if self.size is not None and self.size != (width, height):
                raise DataError(
                    f"{self.path} takes pictures of {width} × {height} only, not {self.size}: leave size out"
                )
            return nchw, (width, height)
        if self.size is None:
            raise DataError(f"{self.path} takes pictures of any size: give size=(width, height), such as (640, 640)")
        return nchw, self.size

    def _prepare(self, pixels: NDArray[np.uint8]) -> tuple[NDArray[Any], NDArray[np.float32], NDArray[np.float32]]:
        """The network's input, and the factors and offsets (x, y) that took the picture there."""
        cv2 = opencv()
        height, width = pixels.shape[:2]
        factors = np.array([self._size[0] / width, self._size[1] / height], np.float32)
        if self.letterbox:
            factors[:] = factors.min()
        inner = np.maximum(1, np.rint(factors * (width, height))).astype(int)
        resized = cv2.resize(pixels, tuple(inner.tolist()), interpolation=cv2.INTER_LINEAR)
        left, top = ((np.array(self._size) - inner) // 2).tolist()
        canvas = np.full((self._size[1], self._size[0], 3), _PAD, np.uint8)
        canvas[top : top + inner[1], left : left + inner[0]] = resized
        if self.order == "bgr":
            canvas = canvas[..., ::-1]
        dtype = _DTYPES[self._input.type]
        if dtype is not np.uint8:
            mean, std = (np.asarray(one, np.float32) for one in (self.mean, self.std))
            canvas = ((canvas * np.float32(self.scale) - mean) / std).astype(dtype)
        if self._nchw:
            canvas = canvas.transpose(2, 0, 1)
        return np.ascontiguousarray(canvas[None]), factors, np.array([left, top], np.float32)

    def _detect(self, pixels: NDArray[np.uint8]) -> Detections2D:
        data, factors, offsets = self._prepare(pixels)
        names = [output.name for output in self._session.get_outputs()]
        outputs = dict(zip(names, self._session.run(None, {self._input.name: data}), strict=True))
        boxes, scores, classes = LAYOUTS[self.layout](outputs, self._size, len(self.labels))
        height, width = pixels.shape[:2]
        boxes = np.clip((boxes - np.tile(offsets, 2)) / np.tile(factors, 2), 0, (width, height, width, height))
        sure = np.isfinite(boxes).all(axis=1) & (scores >= self.score) & (boxes[:, 2:] > boxes[:, :2]).all(axis=1)
        index = np.flatnonzero(sure)
        index = index[np.argsort(-scores[index], kind="stable")][:_CANDIDATES]
        index = index[suppress(boxes[index], scores[index], classes[index], self.overlap)]
        wrong = classes[index][(classes[index] < 0) | (classes[index] >= len(self.labels))]
        if len(wrong):
            raise DataError(f"{self.path} gives class {wrong[0]}, but there are {len(self.labels)} labels")
        found = [self.labels[one] for one in classes[index]]
        return Detections2D(boxes[index].astype(np.float32), scores[index], found, (width, height))


def load_session(model: Path | bytes, threads: int) -> Any:
    """An onnxruntime session on the CPU, of a file or of a model's bytes.

    Raises:
        DataError: there is no such file, or it is no ONNX network that onnxruntime can run.
        PluginError: onnxruntime is not installed.
    """
    try:
        import onnxruntime
    except ImportError as error:
        raise PluginError("Detectors need onnxruntime: pip install 'wugan[spatial]'") from error
    if isinstance(model, Path) and not model.is_file():
        raise DataError(f"{model}: no such file")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = threads, 3
    source = model if isinstance(model, bytes) else str(model)
    try:
        return onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's errors have no common base
        name = "the network" if isinstance(model, bytes) else model
        raise DataError(f"{name} holds no readable ONNX network: {str(error).splitlines()[0]}") from error
