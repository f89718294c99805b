"""`DARAttention`."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from wugan.attention import DARAttention
from wugan.errors import DataError


def test_with_all_blocks_it_is_multihead_attention() -> None:
    torch.manual_seed(0)
    ours = DARAttention(24, 4, block_size=8, top_k=None)
    theirs = nn.MultiheadAttention(24, 4, bias=False, batch_first=True)
    with torch.no_grad():
        theirs.in_proj_weight.copy_(torch.cat([ours.q_proj.weight, ours.k_proj.weight, ours.v_proj.weight]))
        theirs.out_proj.weight.copy_(ours.out_proj.weight)
    x = torch.randn(2, 30, 24)
    mask = torch.rand(2, 30) < 0.7
    wanted, _ = theirs(x, x, x, key_padding_mask=~mask)
    assert (ours(x, key_mask=mask) - wanted).abs().max() < 1e-6


def test_cross_attention_with_other_sizes() -> None:
    layer = DARAttention(24, 4, kv_heads=2, head_dim=5, kv_dim=7, block_size=4, top_k=2, bias=True)
    out, routes = layer(torch.randn(2, 9, 24), torch.randn(2, 31, 7), return_routes=True)
    assert out.shape == (2, 9, 24)
    assert routes.blocks.shape == (2, 4, 3, 2)


def test_every_parameter_gets_a_gradient_from_the_second_step_on() -> None:
    torch.manual_seed(0)
    layer = DARAttention(16, 2, block_size=4, top_k=3)
    x = torch.randn(2, 40, 16)
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.1)
    for _ in range(2):
        optimizer.zero_grad()
        layer(x).square().sum().backward()
        optimizer.step()
    for name, parameter in layer.named_parameters():
        assert parameter.grad is not None and parameter.grad.abs().max() > 0, name


def test_set_top_k_changes_what_is_read() -> None:
    torch.manual_seed(0)
    layer = DARAttention(16, 2, block_size=4, top_k=None)
    x = torch.randn(1, 40, 16)
    assert layer(x, return_routes=True)[1].everything
    layer.set_top_k(3)
    assert layer(x, return_routes=True)[1].blocks.shape[-1] == 3
    with pytest.raises(DataError, match="k must be at least 1"):
        layer.set_top_k(0)


def test_either_time_stands_for_both_in_self_attention() -> None:
    torch.manual_seed(0)
    layer = DARAttention(16, 2, block_size=4, top_k=3)
    x, time = torch.randn(1, 20, 16), torch.arange(20) * 7
    assert torch.equal(layer(x, time_k=time, causal=True), layer(x, causal=True))


def test_autocast_to_bfloat16_trains() -> None:
    torch.manual_seed(0)
    layer = DARAttention(32, 2, block_size=4, top_k=3, backend="blocks")
    x = torch.randn(2, 40, 32)
    exact = layer(x)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        out = layer(x)
    out.float().square().sum().backward()
    assert layer.q_proj.weight.grad is not None and torch.isfinite(layer.q_proj.weight.grad).all()
    assert (out.float() - exact).abs().mean() < 0.02


@pytest.mark.parametrize(
    ("message", "shape"), [("query must be .*, 24", (2, 5, 23)), ("query must be", (5, 24))], ids=["size", "rank"]
)
def test_wrong_shapes_are_named(message: str, shape: tuple[int, ...]) -> None:
    with pytest.raises(DataError, match=message):
        DARAttention(24, 4)(torch.zeros(shape))


def test_wrong_settings_are_named() -> None:
    with pytest.raises(DataError, match="dim 25 is not a multiple of heads 4"):
        DARAttention(25, 4)
    with pytest.raises(DataError, match="kv_heads 3 does not divide"):
        DARAttention(24, 4, kv_heads=3)
    with pytest.raises(DataError, match="value without key"):
        DARAttention(24, 4)(torch.zeros(1, 5, 24), None, torch.zeros(1, 5, 24))
