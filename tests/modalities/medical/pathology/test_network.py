from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from wugan.errors import DataError
from wugan.modalities.medical.pathology.encoder import load_tile_network


class Means(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.mean(dim=(2, 3))


def write(folder: Path, metadata: object) -> Path:
    folder.mkdir()
    torch.jit.script(Means()).save(str(folder / "model.ts"))
    (folder / "metadata.json").write_text(json.dumps(metadata))
    return folder


def test_a_bundle_says_how_it_wants_its_tiles(tmp_path: Path) -> None:
    metadata = {"mpp": 1.0, "size": 64, "mean": [0.5, 0.5, 0.5], "std": 0.25}
    network = load_tile_network(write(tmp_path / "b", metadata))
    assert (network.mpp, network.size, network.defaults) == (1.0, 64, ())
    tiles = np.full((2, 64, 64, 3), 255, np.uint8)
    tiles[1] = 0
    assert network.encode(tiles) == pytest.approx(np.array([[2.0] * 3, [-2.0] * 3]))


def test_monai_s_own_field_of_the_size_and_stated_defaults(tmp_path: Path) -> None:
    metadata = {"network_data_format": {"inputs": {"image": {"spatial_shape": [96, 96]}}}}
    network = load_tile_network(write(tmp_path / "b", metadata))
    assert (network.mpp, network.size, network.defaults) == (0.5, 96, ("mpp", "mean", "std"))
    assert load_tile_network(tmp_path / "b" / "model.ts").defaults == ("mpp", "mean", "std", "size")


@pytest.mark.parametrize("wrong", [{"mpp": "fine"}, {"mpp": 0}, {"size": 2}, {"std": 0}, {"mean": [1, 2]}], ids=str)
def test_metadata_that_make_no_sense(tmp_path: Path, wrong: dict[str, object]) -> None:
    with pytest.raises(DataError, match="metadata"):
        load_tile_network(write(tmp_path / "b", {"mpp": 0.5, "size": 64, **wrong}))


def test_a_network_that_gives_no_vectors(tmp_path: Path) -> None:
    class Same(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x

    torch.jit.script(Same()).save(str(tmp_path / "same.ts"))
    with pytest.raises(DataError, match="needs a vector of each"):
        load_tile_network(tmp_path / "same.ts").encode(np.zeros((1, 8, 8, 3), np.uint8))
