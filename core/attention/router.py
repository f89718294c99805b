"""`route`: score all key blocks by their summaries and keep the best for each query block."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from wugan.attention.layout import BlockLayout
from wugan.attention.plan import Plan
from wugan.attention.routing import (
    Routes,
    Summary,
    Visibility,
    choose,
    local_blocks,
    span,
    spread,
    summarise,
    visibility,
)


def route(
    q: Tensor,
    k: Tensor,
    gate_q: Tensor | None,
    gate_k: Tensor | None,
    plan: Plan,
    top_k: int | None,
    route_heads: int,
) -> Routes:
    """Choose the key blocks of each query block, and compute their gate bias (differentiable).

    The score of a pair of blocks is `mean query · mean key · scale + mean gate query · mean gate key`: the first term
    is the mean logit between the two blocks, the second the bias that the block would get, so blocks are ranked by the
    mean of the logits that the attention itself would see.

    Args:
        q: `[B, H, Nq, D]`.
        k: `[B, Hkv, Nk, D]`.
        gate_q: `[B, Hg, Nq, G]` or `None`.
        gate_k: `[B, Hg, Nk, G]` or `None`.
        plan: masks, times and cuts.
        top_k: blocks to keep; `None`, or more than a sequence has, keeps all.
        route_heads: number R of routes; H / R neighbouring heads share one.
    """
    batch, heads = q.shape[:2]
    queries, keys = plan.queries, plan.keys
    q_mask, k_mask = _cut_mask(plan.query_mask, queries), _cut_mask(plan.key_mask, keys)
    top_k = keys.sequence_width if top_k is None else min(top_k, keys.sequence_width)
    everything = top_k == keys.blocks and not keys.packed
    if everything and gate_q is None:
        return _all_blocks(batch, queries.blocks, keys.blocks, q.device, None)

    q_span = k_span = None
    if plan.time_q is not None and plan.time_k is not None:
        q_valid = _valid(q_mask, queries, batch)
        q_span = span(plan.time_q, queries, q_valid)
        k_span = span(plan.time_k, keys, _valid(k_mask, keys, batch))
        q_mask = q_valid & (queries.cut_rows(plan.time_q, 0) == q_span.earliest[..., None])

    gates = None
    if gate_q is not None and gate_k is not None:
        gates = summarise(gate_q, queries, q_mask), summarise(gate_k, keys, k_mask)
    with torch.no_grad():
        k_summary = summarise(k.detach(), keys, k_mask)
        sight = visibility(q_span, k_span, k_summary.count, keys, queries)
    if everything:
        assert gates is not None
        table = torch.where(sight.past[:, None], gates[0].mean @ gates[1].mean.transpose(-1, -2), 0)
        return _all_blocks(batch, queries.blocks, keys.blocks, q.device, spread(table, heads))

    with torch.no_grad():
        q_mean = summarise(q.detach(), queries, q_mask).mean
        scores = q_mean @ spread(k_summary.mean, heads).transpose(-1, -2) * plan.scale
        if gates is not None:
            scores = scores + spread(gates[0].mean @ gates[1].mean.transpose(-1, -2), heads)
        scores = scores.unflatten(1, (route_heads, -1)).mean(2)
        forced = local_blocks(queries, keys) if plan.self_attention else []
        blocks, kept = choose(scores, top_k, sight, forced)
    bias = None if gates is None else _gate_bias(*gates, blocks, sight, heads)
    return Routes(blocks, kept, bias, keys.blocks, keys.packed)


def _gate_bias(gate_q: Summary, gate_k: Summary, blocks: Tensor, sight: Visibility, heads: int) -> Tensor:
    """Gate score of the kept blocks alone, `[B, H, query blocks, K]`; zero where a block is not past."""
    route_heads = math.lcm(blocks.shape[1], gate_k.total.shape[1])
    blocks = spread(blocks, route_heads)
    k_mean = spread(gate_k.mean, route_heads)
    batch, _, queries, width = blocks.shape
    gathered = k_mean.gather(2, blocks.flatten(2)[..., None].expand(-1, -1, -1, k_mean.shape[-1]))
    score = (spread(gate_q.mean, route_heads)[:, :, :, None] * gathered.unflatten(2, (queries, width))).sum(-1)
    past = sight.past[:, None].expand(batch, route_heads, -1, -1).gather(-1, blocks)
    return spread(torch.where(past, score, 0), heads)


def _all_blocks(batch: int, queries: int, keys: int, device: torch.device, bias: Tensor | None) -> Routes:
    blocks = torch.arange(keys, device=device).expand(batch, 1, queries, keys)
    return Routes(blocks, torch.ones_like(blocks, dtype=torch.bool), bias, keys)


def _cut_mask(mask: Tensor | None, layout: BlockLayout) -> Tensor | None:
    return None if mask is None else layout.cut_rows(mask, False)


def _valid(mask: Tensor | None, layout: BlockLayout, batch: int) -> Tensor:
    return layout.valid.expand(batch, -1, -1) if mask is None else mask
