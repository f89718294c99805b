"""A graph model of a few operators, and the same computed by hand."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx.helper import make_tensor_value_info

from wugan.errors import DataError
from wugan.modalities.video.onnx_detector import load_session
from wugan.modalities.video.tfjs import TfjsGraph

RNG = np.random.default_rng(0)
WEIGHTS = {
    "kernel": RNG.normal(size=(3, 3, 2, 4)).astype(np.float16),
    "bias": RNG.normal(size=4).astype(np.float16),
    "own": RNG.normal(size=(3, 3, 4, 1)).astype(np.float16),
    "axes": np.array([1, 2], np.int32),
    "axis": np.array(3, np.int32),
    "twice": np.array([8, 8], np.int32),
}


def code(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def convolution(name: str, op: str, inputs: list[str], step: int, fused: list[str]) -> dict[str, Any]:
    attributes = {
        "padding": {"s": code("SAME")},
        "strides": {"list": {"i": ["1", str(step), str(step), "1"]}},
        "fused_ops": {"list": {"s": [code(one) for one in fused]}},
    }
    return {"name": name, "op": op, "input": inputs, "attr": attributes}


NODES = [
    {"name": "images", "op": "Placeholder"},
    *({"name": name, "op": "Const"} for name in WEIGHTS),
    convolution("first", "_FusedConv2D", ["images", "kernel", "bias"], 2, ["BiasAdd", "Relu"]),
    convolution("second", "DepthwiseConv2dNative", ["first", "own"], 1, []),
    {"name": "six", "op": "Relu6", "input": ["second"]},
    {"name": "mean", "op": "Mean", "input": ["six", "axes"]},
    {"name": "gated", "op": "Mul", "input": ["six", "mean"]},
    {"name": "large", "op": "ResizeBilinear", "input": ["gated", "twice"], "attr": {}},
    {"name": "both", "op": "ConcatV2", "input": ["large", "large", "axis"]},
    {"name": "unknown", "op": "Einsum", "input": ["both"]},
]


def write(folder: Path, nodes: list[dict[str, Any]] = NODES, cut: int = 0) -> Path:
    manifest = []
    for name, array in WEIGHTS.items():
        half = {"quantization": {"dtype": "float16", "original_dtype": "float32"}} if array.dtype == np.float16 else {}
        manifest.append({"name": name, "shape": list(array.shape), "dtype": "float32" if half else "int32", **half})
    data = b"".join(array.tobytes() for array in WEIGHTS.values())
    (folder / "net.bin").write_bytes(data[: len(data) - cut])
    groups = [{"paths": ["net.bin"], "weights": manifest}]
    (folder / "net.json").write_text(json.dumps({"modelTopology": {"node": nodes}, "weightsManifest": groups}))
    return folder / "net.json"


def by_hand(images: np.ndarray) -> np.ndarray:
    """`images [2, 8, 8]`; SAME with step 2 pads below and to the right only."""
    weights = {name: array.astype(np.float64) for name, array in WEIGHTS.items()}
    padded = np.pad(images, ((0, 0), (0, 1), (0, 1)))
    first = np.empty((4, 4, 4))
    for y in range(4):
        for x in range(4):
            piece = padded[:, 2 * y : 2 * y + 3, 2 * x : 2 * x + 3]
            first[:, y, x] = np.einsum("iyx,yxio->o", piece, weights["kernel"]) + weights["bias"]
    first = np.maximum(first, 0)
    padded = np.pad(first, ((0, 0), (1, 1), (1, 1)))
    second = sum(
        padded[:, dy : dy + 4, dx : dx + 4] * weights["own"][dy, dx, :, 0][:, None, None]
        for dy in range(3)
        for dx in range(3)
    )
    six = np.clip(second, 0, 6)
    gated = six * six.mean(axis=(1, 2), keepdims=True)
    # TensorFlow's old resize: pixel i of the large one lies at i / 2 of the small one; the last is repeated.
    places = np.minimum(np.arange(8) / 2, 3)
    low = np.floor(places).astype(int)
    high, share = np.minimum(low + 1, 3), places - low
    wide = gated[:, :, low] * (1 - share) + gated[:, :, high] * share
    large = wide[:, low] * (1 - share)[:, None] + wide[:, high] * share[:, None]
    return np.concatenate([large, large])


def test_the_network_is_the_same(tmp_path: Path) -> None:
    graph = TfjsGraph(write(tmp_path))
    graph.add("both")
    ends = [
        make_tensor_value_info(name, 1, shape) for name, shape in (("images", [1, 2, 8, 8]), ("both", [1, 8, 8, 8]))
    ]
    written = graph.network(ends[:1], ends[1:])
    pixels = RNG.normal(size=(2, 8, 8))
    found = load_session(written, 1).run(None, {"images": pixels[None].astype(np.float32)})[0]
    assert found[0] == pytest.approx(by_hand(pixels), abs=1e-4)


def test_what_cannot_be_read_says_so(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="operator 'Einsum' of 'unknown'"):
        TfjsGraph(write(tmp_path)).add("unknown")
    with pytest.raises(DataError, match="no node 'nothing'"):
        TfjsGraph(write(tmp_path)).add("nothing")
    with pytest.raises(DataError, match="graph model"):
        TfjsGraph(write(tmp_path, cut=3))
    with pytest.raises(DataError, match="graph model"):
        TfjsGraph(tmp_path / "none.json")
    (tmp_path / "other.json").write_text("[]")
    with pytest.raises(DataError, match="graph model"):
        TfjsGraph(tmp_path / "other.json")
    odd = convolution("odd", "_FusedConv2D", ["images", "kernel", "bias"], 1, ["BiasAdd", "Elu"])
    with pytest.raises(DataError, match="fused with"):
        TfjsGraph(write(tmp_path, [*NODES, odd])).add("odd")
