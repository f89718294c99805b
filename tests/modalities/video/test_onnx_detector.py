"""A user's own weights: networks of a few operators, whose answer is known, written here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx.helper import make_graph, make_model, make_opsetid, make_tensor_value_info
from onnx.helper import make_node as node
from onnx.numpy_helper import from_array

from wugan.errors import DataError
from wugan.modalities.video.onnx_detector import OnnxDetector
from wugan.packet import Packet
from wugan.signals import Image
from wugan.testing import run_stage


def model(
    nodes: list[onnx.NodeProto],
    inputs: dict[str, list[int | str]],
    outputs: dict[str, list[int | str]],
    constants: list[onnx.TensorProto],
) -> bytes:
    ends = [[make_tensor_value_info(name, 1, shape) for name, shape in some.items()] for some in (inputs, outputs)]
    graph = make_graph(nodes, "graph", *ends, constants)
    return make_model(graph, ir_version=8, opset_imports=[make_opsetid("", 17)]).SerializeToString()


def tiny(path: Path, size: tuple[int | str, int | str] = (64, 64), layout: str = "nchw") -> Path:
    """YOLOv8's form with two classes: two boxes, whose scores are the picture's mean red and mean blue."""
    shape = [1, 3, *size] if layout == "nchw" else [1, *size, 3]
    boxes = np.array([[32, 40], [32, 40], [32, 8], [16, 8]], np.float32)[None]  # centre x, y, width, height
    axes = [2, 3] if layout == "nchw" else [1, 2]
    nodes = [
        node("ReduceMean", ["images"], ["means"], axes=axes, keepdims=0),
        node("Gather", ["means", "channels"], ["pair"], axis=1),  # [1, 2]
        node("Unsqueeze", ["pair", "last"], ["upright"]),
        node("Mul", ["upright", "eye"], ["scores"]),  # [1, 2, 2]
        node("Concat", ["boxes", "scores"], ["output0"], axis=1),
    ]
    constants = [
        from_array(np.array([0, 2], np.int64), "channels"),
        from_array(np.array([2], np.int64), "last"),
        from_array(np.eye(2, dtype=np.float32)[None], "eye"),
        from_array(boxes, "boxes"),
    ]
    path.write_bytes(model(nodes, {"images": shape}, {"output0": [1, 6, 2]}, constants))
    return path


def picture(height: int, width: int, red: int = 255, blue: int = 0) -> Packet[Image]:
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[..., 0], pixels[..., 2] = red, blue
    return Packet(Image(pixels), 0, stream="camera")


def test_a_user_s_network(tmp_path: Path) -> None:
    detector = OnnxDetector(tiny(tmp_path / "mine.onnx"), ["fire", "water"], letterbox=False)
    found = run_stage(detector, [picture(128, 64, red=204, blue=102), picture(64, 64, red=0, blue=0)])
    first = found[0].data
    assert first.labels == ["fire", "water"] and first.scores.tolist() == pytest.approx([0.8, 0.4], abs=0.01)
    assert first.boxes.tolist() == [[16, 48, 48, 80], [36, 72, 44, 88]]  # stretched to twice the height
    assert first.size == (64, 128) and not len(found[1].data)


def test_letterbox_puts_boxes_back(tmp_path: Path) -> None:
    """A wide picture lies in the middle of the square, with grey above and below."""
    detector = OnnxDetector(tiny(tmp_path / "mine.onnx"), ["fire", "water"])
    found = detector.encode([picture(64, 128)])[0]
    # Half of the square is the picture, the other half is grey 114: mean red is (255 + 114) / 2 of 255.
    assert found.labels[0] == "fire" and found.scores[0] == pytest.approx(0.7235, abs=0.01)
    assert found.boxes[0].tolist() == [32, 16, 96, 48]


def test_order_of_channels_layout_and_any_size(tmp_path: Path) -> None:
    nhwc = tiny(tmp_path / "nhwc.onnx", layout="nhwc")
    assert OnnxDetector(nhwc, ["fire", "water"], order="bgr").encode([picture(64, 64)])[0].labels == ["water"]
    free = tiny(tmp_path / "free.onnx", size=("height", "width"))
    with pytest.raises(DataError, match="any size: give size="):
        OnnxDetector(free, ["fire", "water"]).warm_up()
    assert OnnxDetector(free, ["fire", "water"], size=(96, 64)).encode([picture(64, 96)])[0].labels == ["fire"]
    with pytest.raises(DataError, match="64 × 64 only"):
        OnnxDetector(tiny(tmp_path / "mine.onnx"), ["fire", "water"], size=(32, 32)).warm_up()


def test_what_does_not_fit_says_so(tmp_path: Path) -> None:
    path = tiny(tmp_path / "mine.onnx")
    with pytest.raises(DataError, match=r"output0 \[1, 6, 2\]; layout 'yolov8' needs \[1, 7, N\] for 3 labels"):
        OnnxDetector(path, ["a", "b", "c"]).encode([picture(64, 64)])
    with pytest.raises(DataError, match="layout 'rows' needs"):
        OnnxDetector(path, ["a", "b"], layout="rows").encode([picture(64, 64)])
    with pytest.raises(DataError, match="unknown; there are detr, rows"):
        OnnxDetector(path, ["a", "b"], layout="yolo")
    with pytest.raises(DataError, match="list of names"):
        OnnxDetector(path, "fire")
    with pytest.raises(DataError, match="rgb or bgr"):
        OnnxDetector(path, ["a", "b"], order="grb")
    with pytest.raises(DataError, match="no such file"):
        OnnxDetector(tmp_path / "none.onnx", ["a"]).warm_up()
    (tmp_path / "text.onnx").write_text("no network")
    with pytest.raises(DataError, match=r"text\.onnx holds no readable ONNX network"):
        OnnxDetector(tmp_path / "text.onnx", ["a"]).warm_up()
    sound = model([node("Identity", ["sound"], ["out"])], {"sound": [1, 16000]}, {"out": [1, 16000]}, [])
    (tmp_path / "sound.onnx").write_bytes(sound)
    with pytest.raises(DataError, match=r"takes sound tensor\(float\) \[1, 16000\]"):
        OnnxDetector(tmp_path / "sound.onnx", ["a"]).warm_up()
    with pytest.raises(DataError, match="is empty"):
        OnnxDetector(path, ["a", "b"]).encode([picture(0, 64)])


def test_a_class_without_a_label(tmp_path: Path) -> None:
    rows = from_array(np.array([[[0, 0, 9, 9, 0.9, 7]]], np.float32), "rows")
    nodes = [node("ReduceMax", ["x"], ["zero"], keepdims=0), node("Identity", ["rows"], ["out"])]
    file = model(nodes, {"x": [1, 3, 16, 16]}, {"out": [1, 1, 6]}, [rows])
    (tmp_path / "rows.onnx").write_bytes(file)
    with pytest.raises(DataError, match="gives class 7, but there are 2 labels"):
        OnnxDetector(tmp_path / "rows.onnx", ["a", "b"], layout="rows").encode([picture(16, 16)])


def test_pictures_of_one_pixel_and_of_odd_shapes(tmp_path: Path) -> None:
    detector = OnnxDetector(tiny(tmp_path / "mine.onnx"), ["fire", "water"])
    for height, width in ((1, 1), (1, 4000), (3000, 2)):
        found = detector.encode([picture(height, width)])[0]
        assert (found.boxes >= 0).all() and (found.boxes <= [width, height, width, height]).all()
