"""A TensorFlow.js graph model as an ONNX network: the operators of a convolutional network, and no others."""

from __future__ import annotations

import base64
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError, PluginError
from wugan.modalities.video.coco import CELL, SIDE

try:
    from onnx import NodeProto, TensorProto, ValueInfoProto
    from onnx.helper import make_graph, make_model, make_node, make_opsetid, make_tensor_value_info
    from onnx.numpy_helper import from_array
except ImportError as error:
    raise PluginError(f"CocoDetector's network is rewritten by onnx ({error}): pip install 'wugan[spatial]'") from error

_IR_VERSION, _OPSET = 8, 17  # what onnxruntime 1.18 and later read
_PLAIN = {"Add": "Add", "AddV2": "Add", "Mul": "Mul", "Sub": "Sub", "Relu": "Relu", "Sigmoid": "Sigmoid"}
_CONVOLUTIONS = ("_FusedConv2D", "Conv2D", "FusedDepthwiseConv2dNative", "DepthwiseConv2dNative")
_CHANNELS_FIRST = {0: 0, 1: 2, 2: 3, 3: 1, -1: 1}  # where an axis of [N, H, W, C] lies in [N, C, H, W]


class TfjsGraph:
    """The part of a graph model that leads to given outputs, as ONNX nodes and constants on `[N, C, H, W]`.

    Args:
        path: the model's `.json`; its weights lie beside it.
        weights: the bytes of the weights.

    Raises:
        DataError: it is no graph model, or its weights are cut off.
    """

    def __init__(self, path: str | Path, weights: bytes | None = None) -> None:
        self.path = Path(path)
        try:
            model = json.loads(self.path.read_text(encoding="utf-8"))
            self._nodes = {one["name"]: one for one in model["modelTopology"]["node"]}
            manifest = model["weightsManifest"]
            files = [self.path.parent / name for group in manifest for name in group["paths"]]
            data = b"".join(file.read_bytes() for file in files) if weights is None else weights
            self._weights = _weights([one for group in manifest for one in group["weights"]], data)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DataError(
                f"{self.path} is no TensorFlow.js graph model with its weights beside it: {error}"
            ) from error
        self.nodes: list[NodeProto] = []
        self.constants: list[TensorProto] = []
        self._done: set[str] = set()

    def add(self, name: str) -> None:
        """Take in the node of that name, and what it is computed from.

        Raises:
            DataError: it is not there, or an operator on the way is not one of those that are known here.
        """
        todo = [name]
        while todo:
            current = todo[-1]
            if current in self._done:
                todo.pop()
                continue
            if current not in self._nodes:
                raise DataError(f"{self.path} has no node {current!r}")
            one = self._nodes[current]
            waiting = [source for source in self._sources(one) if source not in self._done]
            if waiting:
                todo += waiting
                continue
            self._convert(one)
            self._done.add(current)
            todo.pop()

    def network(self, inputs: list[ValueInfoProto], outputs: list[ValueInfoProto]) -> bytes:
        """The whole file."""
        graph = make_graph(self.nodes, "graph", inputs, outputs, self.constants)
        whole = make_model(graph, ir_version=_IR_VERSION, opset_imports=[make_opsetid("", _OPSET)])
        return bytes(whole.SerializeToString())

    def _sources(self, one: dict[str, Any]) -> list[str]:
        """The inputs that are computed; weights and settings go into the node itself."""
        op, inputs = one["op"], one.get("input", [])
        if op in _CONVOLUTIONS or op in ("Mean", "ResizeBilinear"):
            return list(inputs[:1])
        return list(inputs[:-1]) if op == "ConcatV2" else list(inputs)

    def _convert(self, one: dict[str, Any]) -> None:
        name, op, inputs = one["name"], one["op"], one.get("input", [])
        if op == "Placeholder":
            return
        if op == "Const":
            self._constant(name, self._weights[name])
        elif op in _PLAIN:
            self.nodes.append(make_node(_PLAIN[op], inputs, [name]))
        elif op == "Identity":
            self.nodes.append(make_node("Identity", inputs[:1], [name]))
        elif op == "Relu6":
            bounds = f"{name}/0", f"{name}/6"
            for bound, limit in zip(bounds, (0.0, 6.0), strict=True):
                self._constant(bound, np.array(limit, np.float32))
            self.nodes.append(make_node("Clip", [inputs[0], *bounds], [name]))
        elif op in _CONVOLUTIONS:
            self._convolution(one)
        elif op == "Mean":
            axes = [_CHANNELS_FIRST[int(axis)] for axis in self._weights[inputs[1]].ravel()]
            self.nodes.append(make_node("ReduceMean", inputs[:1], [name], axes=sorted(axes), keepdims=1))
        elif op == "ConcatV2":
            axis = _CHANNELS_FIRST[int(self._weights[inputs[-1]])]
            self.nodes.append(make_node("Concat", inputs[:-1], [name], axis=axis))
        elif op == "ResizeBilinear":
            self._resize(one)
        else:
            raise DataError(f"{self.path}: operator {op!r} of {name!r} is not known here")

    def _constant(self, name: str, array: NDArray[Any]) -> None:
        if array.ndim == 4:
            array = array.transpose(0, 3, 1, 2)
        self.constants.append(from_array(array, name))

    def _convolution(self, one: dict[str, Any]) -> None:
        name, inputs, attributes = one["name"], one["input"], one["attr"]
        kernel = self._weights[inputs[1]]  # [kh, kw, in, out], or [kh, kw, channels, 1] where each has its own
        depthwise = "Depthwise" in one["op"]
        if depthwise and kernel.shape[3] != 1:
            raise DataError(f"{self.path}: {name!r} has {kernel.shape[3]} kernels for a channel; one is known here")
        order = (2, 3, 0, 1) if depthwise else (3, 2, 0, 1)
        self.constants.append(from_array(kernel.transpose(order), f"{name}/kernel"))
        names = [inputs[0], f"{name}/kernel"]
        if len(inputs) > 2:
            self.constants.append(from_array(self._weights[inputs[2]], f"{name}/bias"))
            names.append(f"{name}/bias")
        fused = [
            base64.b64decode(text).decode() for text in attributes.get("fused_ops", {}).get("list", {}).get("s", [])
        ]
        if fused not in ([], ["BiasAdd"], ["BiasAdd", "Relu"]):
            raise DataError(f"{self.path}: {name!r} is fused with {fused}; BiasAdd and Relu are known here")
        padding = base64.b64decode(attributes["padding"]["s"]).decode()
        self.nodes.append(
            make_node(
                "Conv",
                names,
                [f"{name}/raw" if "Relu" in fused else name],
                auto_pad="SAME_UPPER" if padding == "SAME" else "VALID",
                strides=[int(step) for step in attributes["strides"]["list"]["i"][1:3]],
                group=kernel.shape[2] if depthwise else 1,
            )
        )
        if "Relu" in fused:
            self.nodes.append(make_node("Relu", [f"{name}/raw"], [name]))

    def _resize(self, one: dict[str, Any]) -> None:
        name, inputs = one["name"], one["input"]
        attributes = one["attr"]
        if attributes.get("align_corners", {}).get("b") or attributes.get("half_pixel_centers", {}).get("b"):
            raise DataError(f"{self.path}: {name!r} places its pixels in a way that is not known here")
        self.constants.append(from_array(np.array([1, 1, 2, 2], np.float32), f"{name}/scales"))
        asymmetric = {"mode": "linear", "coordinate_transformation_mode": "asymmetric"}
        self.nodes.append(make_node("Resize", [inputs[0], "", f"{name}/scales"], [name], **asymmetric))


def _weights(manifest: list[dict[str, Any]], data: bytes) -> dict[str, NDArray[Any]]:
    """The constants by name; halves become float32.

    Raises:
        ValueError: the data are shorter or longer than the list says, or packed in a way that is not known here.
    """
    found: dict[str, NDArray[Any]] = {}
    offset = 0
    for one in manifest:
        packed = one.get("quantization", {}).get("dtype", one["dtype"])
        if packed not in ("float16", "float32", "int32"):
            raise ValueError(f"weights packed as {packed}")
        dtype = np.dtype(packed).newbyteorder("<")
        count = math.prod(one["shape"])
        array = np.frombuffer(data, dtype, count, offset).reshape(one["shape"])
        offset += array.nbytes
        found[one["name"]] = array.astype(one["dtype"])
    if offset != len(data):
        raise ValueError(f"{len(data)} bytes of weights, {offset} expected")
    return found


def centernet(path: Path) -> bytes:
    """The package's CenterNet as an ONNX network that gives, for each cell, the score of its best class where that is a
    peak, the class, and the distances to the four sides of its box in pixels.
    """
    graph = TfjsGraph(path)
    graph.add("tower_0/keypoints")
    graph.add("tower_0/wh")
    around: dict[str, Any] = {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1], "strides": [1, 1]}
    peaks = [
        make_node("MaxPool", ["tower_0/keypoints"], ["around"], **around),
        make_node("Equal", ["tower_0/keypoints", "around"], ["is_peak"]),
        make_node("Cast", ["is_peak"], ["peak"], to=TensorProto.FLOAT),
        make_node("Mul", ["tower_0/keypoints", "peak"], ["peaks"]),
        make_node("ReduceMax", ["peaks"], ["scores"], axes=[1], keepdims=1),
        make_node("ArgMax", ["peaks"], ["classes"], axis=1, keepdims=1),
        make_node("Identity", ["images"], ["tower_0/images"]),
    ]
    cells, real = SIDE // CELL, TensorProto.FLOAT
    inputs = [make_tensor_value_info("images", real, [1, 3, SIDE, SIDE])]
    outputs = [
        make_tensor_value_info("scores", real, [1, 1, cells, cells]),
        make_tensor_value_info("classes", TensorProto.INT64, [1, 1, cells, cells]),
        make_tensor_value_info("tower_0/wh", real, [1, 4, cells, cells]),
    ]
    graph.nodes = [peaks[-1], *graph.nodes, *peaks[:-1]]
    return graph.network(inputs, outputs)
