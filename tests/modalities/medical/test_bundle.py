from __future__ import annotations

import base64
import json
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from wugan.errors import DataError, PluginError
from wugan.modalities.medical.bundle import load_network


class Doubler(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.factor = torch.nn.Parameter(torch.tensor([2.0, 3.0]))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.mean(dim=(2, 3))[:, :1] * self.factor


BATCH = np.arange(24, dtype=np.float32).reshape(2, 3, 2, 2)
EXPECTED = np.array([[3.0, 4.5], [27.0, 40.5]])


def write_bundle(folder: Path, metadata: object = None) -> Path:
    (folder / "models").mkdir(parents=True)
    (folder / "configs").mkdir()
    torch.jit.script(Doubler()).save(str(folder / "models" / "model.ts"))
    if metadata is not None:
        (folder / "configs" / "metadata.json").write_text(json.dumps(metadata))
    return folder


def test_a_bundle_s_folder(tmp_path: Path) -> None:
    network = load_network(write_bundle(tmp_path / "bundle", {"name": "doubler", "mpp": 0.25}))
    assert network(BATCH) == pytest.approx(EXPECTED)
    assert network.metadata["mpp"] == 0.25 and len(network.sha256) == 64
    assert load_network(tmp_path / "bundle" / "models" / "model.ts").sha256 == network.sha256


#: The mean over the last two axes, then a product with [[2, 3], [0, 0], [0, 0]], written by onnx.helper (opset 13).
ONNX = base64.b64decode(
    "CAgSADqlAQoyCgF4EgFtIgpSZWR1Y2VNZWFuKg0KBGF4ZXNAAkADoAEHKg8KCGtlZXBkaW1zGACgAQIKEQoBbQoBdxIBeSIGTWF0"
    "TXVsEgFnKiMIAwgCEAEiGAAAAEAAAEBAAAAAAAAAAAAAAAAAAAAAAEIBd1oeCgF4EhkKFwgBEhMKAxIBbgoCCAMKAxIBaAoDEgF3"
    "YhQKAXkSDwoNCAESCQoDEgFuCgIIAkIECgAQDQ=="
)


def test_an_onnx_file(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(ONNX)
    assert load_network(tmp_path / "model.onnx")(BATCH) == pytest.approx(EXPECTED)
    assert load_network(tmp_path)(BATCH) == pytest.approx(EXPECTED)


def test_a_function_of_a_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "hospital_net.py").write_text(
        "import numpy as np\n"
        "def encode(batch):\n    return batch.mean(axis=(2, 3))[:, :2]\n"
        "encode.metadata = {'mpp': 1.0}\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "hospital_net", raising=False)
    network = load_network("hospital_net:encode")
    assert network(BATCH).shape == (2, 2) and network.metadata == {"mpp": 1.0} and network.sha256 == ""
    with pytest.raises(PluginError, match="cannot be imported"):
        load_network("no_such_package:encode")


def test_what_is_no_bundle_says_why(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "state" / "models").mkdir(parents=True)
    torch.save({"w": torch.ones(2)}, tmp_path / "state" / "models" / "model.pt")
    (tmp_path / "broken.ts").write_bytes(b"PK\3\4 no model")
    (tmp_path / "broken.onnx").write_bytes(b"no model")
    bad = write_bundle(tmp_path / "bad")
    (bad / "configs" / "metadata.json").write_text("{no json")
    for name, message in {
        "missing": "no such bundle",
        "empty": "holds no network",
        "state": "ckpt_export",
        "state/models/model.pt": "no readable TorchScript",
        "broken.ts": "no readable TorchScript",
        "broken.onnx": "no readable ONNX",
        "bad": "is no JSON",
    }.items():
        with pytest.raises(DataError, match=message):
            load_network(tmp_path / name)


def test_what_a_network_gives_is_checked(tmp_path: Path) -> None:
    network = load_network(write_bundle(tmp_path / "bundle"))
    with pytest.raises(DataError, match=r"fails on an input of shape \[2\]"):
        network(np.zeros(2, np.float32))
    with pytest.raises(DataError, match="NaN or infinity"):
        network(np.full((1, 3, 2, 2), np.inf, np.float32))
