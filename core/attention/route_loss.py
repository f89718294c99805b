"""`route_loss`: an auxiliary loss that teaches the route score where full attention would go."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from wugan.attention.call import Call, prepare_call
from wugan.attention.routing import Visibility, span, spread, summarise, visibility

_HIDDEN = -1e9


def route_loss(q: Tensor, k: Tensor, v: Tensor, **options: Any) -> Tensor:
    """Cross-entropy of the route scores, the block that full attention gives most weight being the right one.

    A block is found by the mean of its keys, and nothing but this loss asks of a key to be visible in that mean. The
    heaviest block's share of the softmax, squared, is the weight of a query block, so that diffuse attention teaches
    nothing. Full attention, without the gate, is the teacher and gets no gradient, as in SeerAttention (Gao et al.
    2024, arXiv:2410.13276) and in the indexer of DeepSeek-V3.2; queries, keys and gates do. Scores count `block_size`
    times here, which changes no order. Add it to the task's loss from dense training until k has fallen (see
    `KAnnealing`). Time and memory are Nq · Nk / query_block_size.

    Args:
        q: `[B, H, Nq, D]`.
        k: `[B, Hkv, Nk, D]`.
        v: `[B, Hkv, Nk, Dv]`, not read.
        **options: those of `dar_attention` except `backend` and `return_routes`.

    Returns:
        A scalar in nats, mean over heads and query blocks by weight.

    Raises:
        DataError: as `dar_attention`.
    """
    call = prepare_call(q, k, v, **options)
    if not q.shape[2] or not k.shape[2]:
        return q.sum() * 0
    q_mean, asked, score, sight = _scores(call)
    with torch.no_grad():
        mass = _mass(call, q_mean, sight)
    past = sight.past[:, None]
    heaviest, block = (mass * past).max(-1, keepdim=True)
    weight = heaviest[..., 0].square() * asked[:, None]
    loss = -score.masked_fill(~past, _HIDDEN).log_softmax(-1).gather(-1, block)[..., 0]
    return (loss * weight).sum() / weight.sum().clamp_min(1e-9)


def _scores(call: Call) -> tuple[Tensor, Tensor, Tensor, Visibility]:
    """Mean queries `[B, H, query blocks, D]`, whether there are any `[B, query blocks]`, scores, and what they see."""
    plan, heads = call.plan, call.q.shape[1]
    queries, keys, batch = plan.queries, plan.keys, len(call.q)
    q_mask, k_mask = (
        layout.valid.expand(batch, -1, -1) if mask is None else layout.cut_rows(mask, False)
        for layout, mask in ((queries, plan.query_mask), (keys, plan.key_mask))
    )
    q_span = k_span = None
    if plan.time_q is not None and plan.time_k is not None:
        q_span, k_span = span(plan.time_q, queries, q_mask), span(plan.time_k, keys, k_mask)
        q_mask = q_mask & (queries.cut_rows(plan.time_q, 0) == q_span.earliest[..., None])
    k_summary = summarise(call.k, keys, k_mask)
    q_mean = summarise(call.q, queries, q_mask).mean * plan.scale
    score = q_mean @ spread(k_summary.mean, heads).mT
    if call.gate_q is not None and call.gate_k is not None:
        gates = summarise(call.gate_q, queries, q_mask).mean, summarise(call.gate_k, keys, k_mask).mean
        score = score + spread(gates[0] @ gates[1].mT, heads)
    return q_mean, q_mask.any(-1), score * keys.width, visibility(q_span, k_span, k_summary.count, keys, queries)


def _mass(call: Call, q_mean: Tensor, sight: Visibility) -> Tensor:
    """Softmax of the mean queries over all keys they may see, by block: `[B, H, query blocks, key blocks]`."""
    plan = call.plan
    keys = plan.keys
    logits = q_mean @ spread(call.k.to(q_mean.dtype), q_mean.shape[1]).mT
    visible = sight.some[..., keys.block_of]
    if plan.key_mask is not None:
        visible = visible & plan.key_mask[:, None]
    if plan.time_q is not None and plan.time_k is not None:
        first = span(plan.time_q, plan.queries, plan.queries.valid.expand(len(logits), -1, -1)).earliest
        visible = visible & (plan.time_k[:, None] <= first[..., None])
    weights = logits.masked_fill(~visible[:, None], _HIDDEN).softmax(-1) * visible[:, None]
    total = weights.new_zeros(*weights.shape[:-1], keys.blocks)
    return total.index_add(-1, keys.block_of, weights)
