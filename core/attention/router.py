"""`route`: score key blocks, all or those that the block tree leads to, and keep the best for each query block."""

from __future__ import annotations

import math
from typing import Literal

import torch
from torch import Tensor

from wugan.attention.backends.far import far_field
from wugan.attention.descent import descend
from wugan.attention.layout import BlockLayout
from wugan.attention.plan import Plan
from wugan.attention.routing import (
    Routes,
    Summary,
    choose,
    local_blocks,
    span,
    spread,
    summarise,
    visibility,
)

Beam = int | Literal["auto"] | None
# Up to so many key blocks all are scored: one product of matrices costs less than the descent's gathering (measured on
# one CPU core: about as much at 1,600 blocks, two to four times as much at 6,400).
FLAT_BLOCKS = 2048
_NARROWEST_BEAM = 16


def route(
    q: Tensor,
    k: Tensor,
    gate_q: Tensor | None,
    gate_k: Tensor | None,
    plan: Plan,
    top_k: int | None,
    route_heads: int,
    beam: Beam = "auto",
    far_v: Tensor | None = None,
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
        beam: nodes to expand at each level of the block tree; `None` scores all blocks instead.
        far_v: the values, `[B, Hkv, Nk, Dv]`, for a far field; without one `None`.
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
        sight = None
        if beam == "auto":
            beam = _automatic_beam(keys, top_k) if far_v is None else narrow_beam(top_k)
        if far_v is not None and beam is None:
            beam = keys.sequence_width
        if everything or beam is None or not batch * queries.blocks * keys.blocks:
            sight = visibility(q_span, k_span, k_summary.count, keys, queries)
    if everything:
        assert gates is not None and sight is not None
        table = torch.where(sight.past[:, None], gates[0].mean @ gates[1].mean.transpose(-1, -2), 0)
        return _all_blocks(batch, queries.blocks, keys.blocks, q.device, spread(table, heads))

    unread = None
    with torch.no_grad():
        q_mean = summarise(q.detach(), queries, q_mask).mean * plan.scale
        forced = local_blocks(queries, keys) if plan.self_attention else []
        if sight is None:
            assert beam is not None
            vectors, sums = _score_vectors(q_mean, k_summary, gates, route_heads)
            found = descend(
                vectors,
                sums,
                queries,
                keys,
                q_span,
                k_span,
                forced,
                top_k,
                max(beam, top_k),
                route_heads,
                keep_unread=far_v is not None,
            )
            blocks, kept, past, unread = found.blocks, found.kept, found.past, found.unread
        else:
            scores = q_mean @ spread(k_summary.mean, heads).transpose(-1, -2)
            if gates is not None:
                scores = scores + spread(gates[0].mean @ gates[1].mean.transpose(-1, -2), heads)
            if route_heads < heads:
                scores = scores.unflatten(1, (route_heads, -1)).mean(2)
            blocks, kept = choose(scores, top_k, sight, forced)
            past = sight.past[:, None].expand(-1, route_heads, -1, -1).gather(-1, blocks)
    bias = None if gates is None else _gate_bias(*gates, blocks, past, heads)
    far = None
    if far_v is not None and unread is not None:
        summaries = summarise(k, keys, k_mask), summarise(far_v, keys, k_mask)
        far = far_field(*summaries, gates, keys, *unread)
    return Routes(blocks, kept, bias, keys.blocks, keys.packed, far)


def _automatic_beam(keys: BlockLayout, top_k: int) -> int | None:
    if keys.blocks <= FLAT_BLOCKS:
        return None
    return keys.sequence_width if keys.sequence_width <= FLAT_BLOCKS else narrow_beam(top_k)


def narrow_beam(top_k: int) -> int:
    """The beam that `"auto"` uses where not all blocks are scored."""
    return max(_NARROWEST_BEAM, 2 * top_k)


def _score_vectors(
    q_mean: Tensor, k: Summary, gates: tuple[Summary, Summary] | None, route_heads: int
) -> tuple[Tensor, Summary]:
    """Queries `[B, G, query blocks, F]` and sums of keys whose products, averaged over G / R, are the scores."""
    gate_heads = 1 if gates is None else gates[1].total.shape[1]
    groups = math.lcm(route_heads, k.total.shape[1], gate_heads)
    vectors = [q_mean.unflatten(1, (groups, -1)).mean(2)]
    totals = [spread(k.total, groups)]
    if gates is not None:
        vectors.append(spread(gates[0].mean, groups))
        totals.append(spread(gates[1].total, groups))
    return torch.cat(vectors, -1), Summary(torch.cat(totals, -1), k.count)


def _gate_bias(gate_q: Summary, gate_k: Summary, blocks: Tensor, past: Tensor, heads: int) -> Tensor:
    """Gate score of the kept blocks alone, `[B, H, query blocks, K]`; zero where a block is not past."""
    route_heads = math.lcm(blocks.shape[1], gate_k.total.shape[1])
    blocks, past = spread(blocks, route_heads), spread(past, route_heads)
    k_mean = spread(gate_k.mean, route_heads)
    queries, width = blocks.shape[2:]
    gathered = k_mean.gather(2, blocks.flatten(2)[..., None].expand(-1, -1, -1, k_mean.shape[-1]))
    score = (spread(gate_q.mean, route_heads)[:, :, :, None] * gathered.unflatten(2, (queries, width))).sum(-1)
    return spread(torch.where(past, score, 0), heads)


def _all_blocks(batch: int, queries: int, keys: int, device: torch.device, bias: Tensor | None) -> Routes:
    blocks = torch.arange(keys, device=device).expand(batch, 1, queries, keys)
    return Routes(blocks, torch.ones_like(blocks, dtype=torch.bool), bias, keys)


def _cut_mask(mask: Tensor | None, layout: BlockLayout) -> Tensor | None:
    return None if mask is None else layout.cut_rows(mask, False)


def _valid(mask: Tensor | None, layout: BlockLayout, batch: int) -> Tensor:
    return layout.valid.expand(batch, -1, -1) if mask is None else mask
