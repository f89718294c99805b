"""Routers by name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch

from wugan.attention import DARAttention, Routes, dar_attention
from wugan.attention.registry import routers
from wugan.attention.routing import tree
from wugan.errors import DataError
from wugan.fusion import FusionBackbone, FusionConfig


def read(routes: Routes) -> list[set[int]]:
    """Key blocks that each query block reads, of one sample and route."""
    return [
        {block for block, used in zip(*pair, strict=True) if used}
        for pair in zip(routes.blocks[0, 0].tolist(), routes.kept[0, 0].tolist(), strict=True)
    ]


def test_window_reads_what_is_near(make_inputs: Any) -> None:
    inputs = make_inputs(40, batch=1)
    _, routes = dar_attention(**inputs, block_size=4, top_k=4, router="window", return_routes=True)
    assert routes.bias is None
    assert read(routes)[5] in ({0, 4, 5, 6}, {0, 3, 4, 5})
    _, routes = dar_attention(**inputs, block_size=4, top_k=4, causal=True, router="window", return_routes=True)
    assert read(routes)[1] == {0, 1} and read(routes)[9] == {0, 7, 8, 9}


@pytest.mark.parametrize("beam", [None, 4])
def test_window_is_exact_over_thousands_of_blocks(beam: int | None) -> None:
    x = torch.zeros(1, 1, 3000, 4)
    _, routes = dar_attention(
        x, x, x, block_size=1, top_k=4, causal=True, router="window", beam=beam, return_routes=True
    )
    assert read(routes)[2500] == {0, 2498, 2499, 2500}


def test_window_in_cross_attention_keeps_step(make_inputs: Any) -> None:
    inputs = make_inputs(20, 40, batch=1, gate=0)
    _, routes = dar_attention(**inputs, block_size=4, query_block_size=2, top_k=1, router="window", return_routes=True)
    assert read(routes) == [{i} for i in range(10)]


def test_window_has_no_far_field(make_inputs: Any) -> None:
    with pytest.raises(DataError, match="no far field"):
        dar_attention(**make_inputs(), block_size=4, top_k=2, router="window", far_field=True)


def test_one_of_your_own_from_the_configuration() -> None:
    calls = []

    @routers.register("spy-for-test")
    def spy(*args: Any) -> Routes:
        calls.append(len(args))
        return tree(*args)

    torch.manual_seed(0)
    layer = DARAttention(8, 2, block_size=4, top_k=2, router="spy-for-test")
    x = torch.randn(1, 20, 8)
    mine = layer(x)
    layer.config = replace(layer.config, router="tree")
    assert torch.equal(mine, layer(x)) and calls == [6]
    config = FusionConfig(
        modalities={"a": 3}, dim=8, heads=2, router="spy-for-test", gate="mlp", beam=16, route_heads=1
    )
    attention = FusionBackbone(config).blocks[0].attention.config
    assert (attention.router, attention.beam, attention.route_heads) == ("spy-for-test", 16, 1)
