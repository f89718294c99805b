"""Attention layers, routers and gates by name."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from wugan.attention import DARAttention
from wugan.attention.registry import Registry, attentions, gates
from wugan.errors import PluginError


def test_dense_is_the_yardstick() -> None:
    layer = attentions["dense"](16, 2, block_size=4, top_k=1, gate_dim=8)
    assert isinstance(layer, DARAttention)
    layer.set_top_k(1)
    assert layer.top_k is None and layer.gate_dim == 0
    assert layer(torch.randn(1, 20, 16)).shape == (1, 20, 16)


def test_one_of_your_own() -> None:
    kind: Registry[type[nn.Module]] = Registry("test")
    assert kind.register("identity")(nn.Identity) is nn.Identity
    assert kind["identity"] is nn.Identity and kind.names() == ["identity"]
    assert kind.register("identity")(nn.Identity) is nn.Identity  # a module that is imported again
    with pytest.raises(PluginError, match="test 'identity' is already registered"):
        kind.register("identity")(nn.ReLU)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"router": "magic"}, r"router 'magic' is unknown; registered are .*tree, window"),
        ({"gate": "magic"}, r"gate 'magic' is unknown; registered are .*linear, mlp"),
    ],
)
def test_unknown_names_list_the_known(options: dict[str, Any], message: str) -> None:
    with pytest.raises(PluginError, match=message):
        DARAttention(8, 2, **options)
    with pytest.raises(PluginError, match="attention 'magic' is unknown"):
        attentions["magic"]


@pytest.mark.parametrize("name", gates.names())
def test_a_gate_starts_silent_and_learns(name: str) -> None:
    torch.manual_seed(0)
    gate = gates[name](6, 5, 2, 3)
    gate_q, gate_k = gate(torch.randn(2, 7, 6), torch.randn(2, 9, 5))
    assert gate_q.shape == (2, 2, 7, 3) and gate_k.shape == (2, 2, 9, 3)
    assert not gate_q.any() and gate_k.abs().mean() > 0.1
    layer = DARAttention(8, 2, block_size=4, top_k=2, gate=name)
    optimiser = torch.optim.SGD(layer.parameters(), 0.1)
    for _ in range(2):  # the gate's keys get a gradient once its queries have left zero
        optimiser.zero_grad()
        layer(torch.randn(2, 20, 8)).square().sum().backward()
        optimiser.step()
    assert all(p.grad is not None and p.grad.any() for p in layer.gate.parameters() if p.ndim == 2)
