from __future__ import annotations

import numpy as np
import pytest

from wugan.modalities.video.onnx_detector import load_session
from wugan.modalities.video.onnx_writer import model, node, tensor, value


def test_onnxruntime_reads_what_is_written() -> None:
    """Every kind of attribute, an input left out, constants of two types, a size that is free."""
    nodes = [
        node("LeakyRelu", ["x"], ["leaky"], alpha=0.5),
        node("ReduceMean", ["leaky"], ["mean"], axes=[1], keepdims=0),
        node("Gather", ["mean", "which"], ["row"], axis=0),
        node("Unsqueeze", ["row", "axes"], ["four"]),
        node("Resize", ["four", "", "scales"], ["y"], mode="nearest"),
    ]
    constants = [
        tensor("which", np.array([-1, 0], np.int64)),
        tensor("axes", np.array([0, 1], np.int64)),
        tensor("scales", np.array([1, 1, 1, 2], np.float32)),
    ]
    written = model(nodes, [value("x", ["rows", 2, 3])], [value("y", [1, 1, 2, 6])], constants)
    given = np.array([[[1, 2, 3], [3, 4, 5]], [[-2, -4, 0], [0, 0, 0]]], np.float32)
    found = load_session(written, 1).run(None, {"x": given})[0]
    assert found[0, 0] == pytest.approx(np.array([[-0.5, -0.5, -1, -1, 0, 0], [2, 2, 3, 3, 4, 4]]))
