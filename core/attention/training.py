"""Training: `KAnnealing` from dense to sparse, and `route_loss`, which teaches the routes where to go."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Unpack

import torch
from torch import Tensor, nn

from wugan.attention.functional import Options, from_options
from wugan.attention.layout import Plan, span, spread, summarise
from wugan.attention.routing import Visibility, block_masks, check_routed, visibility
from wugan.errors import DataError

_HIDDEN = -1e9


@dataclass(frozen=True)
class KAnnealing:
    """Lowers `top_k` of every DAR layer from all blocks to its final value.

    A model that starts sparse hardly learns where to look (the gate has no gradient from blocks that were never read);
    one that starts dense and is then narrowed keeps what it learnt. `k` falls geometrically, since halving from 16 to 8
    costs a model about as much as halving from 4 to 2.

        schedule = KAnnealing(start=16, end=4, dense_steps=500, anneal_steps=1000)
        for step, batch in enumerate(batches):
            schedule.apply(model, step)
            ...

    Attributes:
        start: number of blocks that counts as all: the largest number that a training sequence is cut into.
        end: final `top_k`.
        dense_steps: steps with all blocks kept.
        anneal_steps: steps over which k falls from `start` to `end` after that.
    """

    start: int
    end: int
    dense_steps: int
    anneal_steps: int

    def __post_init__(self) -> None:
        if not 1 <= self.end <= self.start or self.dense_steps < 0 or self.anneal_steps < 0:
            raise DataError(f"KAnnealing needs 1 <= end <= start and steps of 0 or more, got {self}")

    def k(self, step: int) -> int | None:
        """`top_k` at this step (from 0); `None` while dense."""
        if step < self.dense_steps:
            return None
        done = step - self.dense_steps
        if done >= self.anneal_steps:
            return self.end
        return math.ceil(self.start * (self.end / self.start) ** (done / self.anneal_steps))

    def apply(self, model: nn.Module, step: int) -> int | None:
        """Set `top_k` of every layer of `model` that has `set_top_k`; returns it."""
        k = self.k(step)
        for module in model.modules():
            set_top_k = getattr(module, "set_top_k", None)
            if callable(set_top_k):
                set_top_k(k)
        return k


def route_loss(
    q: Tensor,
    k: Tensor,
    v: Tensor | None = None,
    *,
    gate_q: Tensor | None = None,
    gate_k: Tensor | None = None,
    **options: Unpack[Options],
) -> Tensor:
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
        v: not read; as in `dar_attention`, so that the same arguments do.
        gate_q: as in `dar_attention`.
        gate_k: as in `dar_attention`.
        **options: as in `dar_attention`.

    Returns:
        A scalar in nats, mean over heads and query blocks by weight.

    Raises:
        DataError: as `dar_attention`.
    """
    layout, config = from_options(options)
    check_routed(q, k, gate_q, gate_k, config)
    if not q.shape[2] or not k.shape[2]:
        return q.sum() * 0
    plan, heads = layout.plan(q, k, config.scale), q.shape[1]
    k = plan.clear(k)
    q_mask, k_mask, q_span, k_span = block_masks(plan)
    k_summary = summarise(k, plan.keys, k_mask)
    q_mean = summarise(q, plan.queries, q_mask).mean * plan.scale
    score = q_mean @ spread(k_summary.mean, heads).mT
    if gate_q is not None and gate_k is not None:
        gates = summarise(gate_q, plan.queries, q_mask).mean, summarise(gate_k, plan.keys, k_mask).mean
        score = score + spread(gates[0] @ gates[1].mT, heads)
    sight = visibility(q_span, k_span, k_summary.count, plan.keys, plan.queries)
    with torch.no_grad():
        mass = _mass(plan, q_mean, k, sight)
    past = sight.past[:, None]
    heaviest, block = (mass * past).max(-1, keepdim=True)
    weight = heaviest[..., 0].square()
    if q_mask is not None:
        weight = weight * q_mask.any(-1)[:, None]
    loss = -(score * plan.keys.width).masked_fill(~past, _HIDDEN).log_softmax(-1).gather(-1, block)[..., 0]
    return (loss * weight).sum() / weight.sum().clamp_min(1e-9)


def _mass(plan: Plan, q_mean: Tensor, k: Tensor, sight: Visibility) -> Tensor:
    """Softmax of the mean queries over all keys they may see, by block: `[B, H, query blocks, key blocks]`."""
    keys = plan.keys
    logits = q_mean @ spread(k.to(q_mean.dtype), q_mean.shape[1]).mT
    visible = sight.some[..., keys.block_of]
    if plan.key_mask is not None:
        visible = visible & plan.key_mask[:, None]
    if plan.time_q is not None and plan.time_k is not None:
        first = span(plan.time_q, plan.queries, plan.queries.valid.expand(len(logits), -1, -1)).earliest
        visible = visible & (plan.time_k[:, None] <= first[..., None])
    weights = logits.masked_fill(~visible[:, None], _HIDDEN).softmax(-1) * visible[:, None]
    total = weights.new_zeros(*weights.shape[:-1], keys.blocks)
    return total.index_add(-1, keys.block_of, weights)
