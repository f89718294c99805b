"""The loss that teaches the routes."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from wugan.attention import DARAttention
from wugan.attention.training import route_loss


def plain(q: torch.Tensor, k: torch.Tensor, size: int, causal: bool) -> torch.Tensor:
    """One sample and head, queries that each route themselves, in loops."""
    total, weights = torch.zeros((), dtype=q.dtype), torch.zeros((), dtype=q.dtype)
    for i, query in enumerate(q):
        logits = (k[: i + 1] if causal else k) @ query / q.shape[1] ** 0.5
        mass = [part.sum() for part in logits.softmax(0).split(size)]
        scores = [size * part.mean(0) @ query / q.shape[1] ** 0.5 for part in k.split(size)]
        past = i // size if causal else len(scores)  # the block of the query itself is not past, nor scored
        if not past:
            continue
        best = max(range(past), key=lambda b: mass[b].item())
        weight = mass[best].detach() ** 2
        total = total + weight * (torch.stack(scores[:past]).logsumexp(0) - scores[best])
        weights = weights + weight
    return total / weights


@pytest.mark.parametrize("causal", [False, True])
def test_equals_the_formula_in_loops(make_inputs: Any, causal: bool) -> None:
    inputs = make_inputs(36, batch=1, heads=1, kv_heads=1, gate=0)
    loss = route_loss(**inputs, block_size=4, query_block_size=1, causal=causal)
    wanted = plain(inputs["q"][0, 0], inputs["k"][0, 0], 4, causal)
    assert abs(loss - wanted) < 1e-12
    for mine, theirs in zip(*(torch.autograd.grad(x, (inputs["q"], inputs["k"])) for x in (loss, wanted)), strict=True):
        assert (mine - theirs).abs().max() < 1e-12


@pytest.mark.parametrize("causal", [False, True])
def test_padding_changes_nothing(make_inputs: Any, causal: bool) -> None:
    inputs = {name: x.detach() for name, x in make_inputs(50).items()}
    options: dict[str, Any] = {"block_size": 4, "top_k": 3, "causal": causal}
    wanted = route_loss(**inputs, segments_q=[30, 20], **options)
    room = torch.cat((torch.arange(30), 40 + torch.arange(20)))
    mask = torch.zeros(2, 64, dtype=torch.bool)
    mask[:, room] = True
    padded = {name: x.new_full((*x.shape[:2], 64, x.shape[3]), torch.nan) for name, x in inputs.items()}
    for name, x in inputs.items():
        padded[name][:, :, room] = x
    time = torch.full((64,), 10**6)
    time[room] = torch.arange(50)
    padded["q"] = padded["q"].nan_to_num()
    times = {"time_q": time, "time_k": time} if causal else {}
    loss = route_loss(**padded, segments_q=[40, 24], key_mask=mask, **times, **options)
    assert abs(loss - wanted) < 1e-12


def test_it_teaches_the_routes() -> None:
    torch.manual_seed(0)
    layer = DARAttention(16, 1, block_size=4, query_block_size=1, top_k=2, gate_dim=8)
    with torch.no_grad():
        layer.q_proj.weight.copy_(8 * torch.eye(16))  # sharp attention: like finds like
        layer.k_proj.weight.copy_(torch.eye(16))
    for parameter in layer.parameters():
        parameter.requires_grad_(False)
    assert layer.gate is not None
    layer.gate.requires_grad_(True)  # what attention does stays as it is
    keys = torch.randn(1, 64, 16)
    queries = keys[:, torch.randint(64, (200,))] + 0.1 * torch.randn(1, 200, 16)
    optimiser = torch.optim.Adam(layer.gate.parameters(), 0.02)
    _, before = layer.explain(queries, keys)
    for _ in range(100):
        optimiser.zero_grad()
        layer.route_loss(queries, keys).backward()
        optimiser.step()
    _, after = layer.explain(queries, keys)
    assert after.mean() < 0.7 * before.mean()


def test_nothing_to_learn_gives_zero() -> None:
    layer = DARAttention(8, 2, block_size=4)
    assert layer.route_loss(torch.randn(1, 4, 8), causal=True) == 0
    assert layer.route_loss(torch.randn(1, 0, 8)) == 0
