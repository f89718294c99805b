"""Attention layers by name."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from wugan.attention import DARAttention
from wugan.attention.registry import make_attention, register_attention
from wugan.errors import PluginError


def test_dense_is_the_yardstick() -> None:
    layer = make_attention("dense", 16, 2, block_size=4, top_k=1, gate_dim=8)
    assert isinstance(layer, DARAttention)
    layer.set_top_k(1)
    assert layer.top_k is None and layer.gate_dim == 0
    assert layer(torch.randn(1, 20, 16)).shape == (1, 20, 16)


def test_one_of_your_own() -> None:
    @register_attention("identity-for-test")
    def identity(dim: int, heads: int, **options: Any) -> nn.Module:
        return nn.Identity()

    assert isinstance(make_attention("identity-for-test", 4, 1), nn.Identity)
    with pytest.raises(PluginError, match="already registered"):
        register_attention("identity-for-test")(DARAttention)


def test_unknown_names_list_the_known() -> None:
    with pytest.raises(PluginError, match=r"'magic' is unknown; registered are .*dar"):
        make_attention("magic", 4, 1)
