"""CPU training: matrix products on the gathered kept blocks, a few query blocks at a time.

For each query block the kept key blocks are gathered side by side, and one batched product, softmax and product attend
to them: at 64 tokens a block and more that runs as fast as PyTorch's flash kernel, while gate bias and masks are plain
additions to the logits, paid for only where something is hidden. Query blocks are worked off in the order of how much
they read, so that under the causal rule the early ones cost less. The backward pass gathers again instead of keeping
what was gathered, so memory stays that of q, k and v, and one chunk.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from wugan.attention.plan import Plan
from wugan.attention.routing import Routes, span, spread

# Logits and gathered keys and values of one chunk should stay in the second-level cache of each core.
_CHUNK_BYTES = 2 << 20
# Added to a logit it hides a key; finite, so that no NaN can come of it.
_HIDDEN = -1e30


@dataclass(frozen=True)
class _Times:
    """The causal rule, needed only where a key block straddles the time of a query block."""

    queries: Tensor  # [B * query blocks, width_q]
    keys: Tensor  # [B * key blocks, width_k]
    rows_q: Tensor  # int64 [E]: row of `queries`
    rows_k: Tensor  # int64 [E, K]: row of `keys`
    straddles: Tensor  # bool [E, K]: some key of that block is in the future of some query


@dataclass(frozen=True)
class _Work:
    """What one call needs beside the tensors that are differentiated; E = B · H · query blocks, in that order."""

    rows: Tensor  # int64 [E, K]: row of the key table for each kept block, used places first
    counts: Tensor  # int64 [E]: places used
    scale: float
    dead: Tensor | None  # [rows, width_k]: 0 for a key that exists, else `_HIDDEN`
    biased: bool
    times: _Times | None

    def chunks(self, q: Tensor, k: Tensor, v: Tensor) -> Iterator[tuple[Tensor, int]]:
        """Numbers of query blocks `[C]` that read about equally many blocks, and how many; none that read nothing."""
        order = self.counts.argsort(descending=True, stable=True)
        counts = self.counts[order].tolist()
        each = k.shape[1] * (q.shape[1] + k.shape[2] + v.shape[2]) * torch.float32.itemsize
        budget = _CHUNK_BYTES * torch.get_num_threads()
        start = 0
        while start < len(counts) and counts[start]:
            step = max(1, budget // (each * counts[start]))
            yield order[start : start + step], counts[start]
            start += step


def blocks_attention(q: Tensor, k: Tensor, v: Tensor, plan: Plan, routes: Routes) -> Tensor:
    """Same result and gradients as `reference_attention`, in time and memory linear in the kept blocks."""
    batch, heads = q.shape[:2]
    kv_heads, key_blocks = k.shape[1], plan.keys.blocks
    alive = _alive_keys(plan, batch)
    blocks, used, bias, times, visible = _places(plan, routes, alive, heads)
    kv_of = torch.arange(heads, device=q.device) // (heads // kv_heads)
    base = torch.arange(batch, device=q.device)[:, None] * kv_heads + kv_of
    rows = (base[:, :, None, None] * key_blocks + blocks).flatten(0, 2)
    dtype = torch.promote_types(q.dtype, torch.float32)
    dead = None
    if alive is not None:
        dead = torch.zeros(alive.shape, dtype=dtype, device=q.device)
        dead = dead.masked_fill_(~alive, _HIDDEN)[:, None].expand(-1, kv_heads, -1, -1).flatten(0, 2)
    counts = used.sum(-1).flatten()
    full = bias is None and bool((counts == blocks.shape[-1]).all())
    hide = torch.where(used, used.new_zeros((), dtype=dtype) if bias is None else bias.to(dtype), _HIDDEN)
    work = _Work(rows, counts, plan.scale, dead, not full, times)
    out = _BlockAttention.apply(
        plan.queries.cut(q).flatten(0, 2),
        plan.keys.cut(k).flatten(0, 2),
        plan.keys.cut(v).flatten(0, 2),
        hide.flatten(0, 2),
        None if visible is None else visible.flatten(0, 2),
        work,
    )
    return plan.queries.join(cast(Tensor, out).unflatten(0, (batch, heads, -1)))


def _alive_keys(plan: Plan, batch: int) -> Tensor | None:
    """Bool `[B, key blocks, width]`, the keys that exist; `None` where all do."""
    if plan.key_mask is not None:
        return plan.keys.cut_rows(plan.key_mask, False)
    return None if plan.keys.regular else plan.keys.valid.expand(batch, -1, -1)


def _places(
    plan: Plan, routes: Routes, alive: Tensor | None, heads: int
) -> tuple[Tensor, Tensor, Tensor | None, _Times | None, Tensor | None]:
    """Blocks, whether used, bias, all `[B, H, query blocks, K]` with used places first; times; queries that see any.

    A place is used if some query may see some key of the block. Queries that see any are `[B, H, query blocks, width]`
    or, without the causal rule, `[..., 1]`; `None` where all do.
    """
    blocks, used = routes.blocks, routes.kept
    batch = blocks.shape[0]
    sample = torch.arange(batch, device=blocks.device)[:, None, None, None]
    straddles = visible = None
    if plan.time_q is not None and plan.time_k is not None:
        valid_k = plan.keys.valid.expand(batch, -1, -1) if alive is None else alive
        k_span = span(plan.time_k, plan.keys, valid_k)
        q_span = span(plan.time_q, plan.queries, plan.queries.valid.expand(batch, -1, -1))
        earliest, latest = k_span.earliest[sample, blocks], k_span.latest[sample, blocks]
        used = used & (earliest <= q_span.latest[:, None, :, None])
        straddles = used & (latest > q_span.earliest[:, None, :, None])
        unseen = torch.finfo(earliest.dtype) if earliest.is_floating_point() else torch.iinfo(earliest.dtype)
        first = torch.where(used, earliest, unseen.max).amin(-1, keepdim=True)
        visible = first <= plan.queries.cut_rows(plan.time_q, 0)[:, None]
    if alive is not None:
        used = used & alive.any(-1)[sample, blocks]
    seen = used.any(-1, keepdim=True)
    visible = seen if visible is None else visible & seen
    bias = routes.bias
    if not used.all():
        order = used.to(torch.uint8).argsort(dim=-1, descending=True, stable=True)
        blocks, used = blocks.gather(-1, order), used.gather(-1, order)
        straddles = None if straddles is None else straddles.gather(-1, order)
        bias = None if bias is None else bias.gather(-1, spread(order, heads))
    times = None
    if straddles is not None and plan.time_q is not None and plan.time_k is not None:
        query_blocks = plan.queries.blocks
        rows_q = sample[..., 0] * query_blocks + torch.arange(query_blocks, device=blocks.device)
        times = _Times(
            plan.queries.cut_rows(plan.time_q, 0).flatten(0, 1),
            plan.keys.cut_rows(plan.time_k, 0).flatten(0, 1),
            rows_q.expand(-1, heads, -1).flatten(),
            (sample * plan.keys.blocks + spread(blocks, heads)).flatten(0, 2),
            spread(straddles, heads).flatten(0, 2),
        )
    visible = None if visible.all() else spread(visible, heads)
    return spread(blocks, heads), spread(used, heads), bias, times, visible


class _BlockAttention(torch.autograd.Function):
    """Takes q `[E, wq, D]`, tables of k and v `[rows, wk, D]`, bias `[E, K]` and visible `[E, wq or 1]`."""

    @staticmethod
    def forward(ctx: Any, q: Tensor, k: Tensor, v: Tensor, bias: Tensor, visible: Tensor | None, work: _Work) -> Tensor:
        out = q.new_zeros(*q.shape[:2], v.shape[-1])
        for part, width in work.chunks(q, k, v):
            *_, v_part, weights = _attend(q, k, v, bias, work, part, width)
            out.index_copy_(0, part, torch.bmm(weights, v_part).to(q.dtype))
        if visible is not None:
            out.masked_fill_(~visible[..., None], 0)
        ctx.save_for_backward(q, k, v, bias, visible, out)
        ctx.work = work
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_out: Tensor) -> tuple[Tensor | None, ...]:
        q, k, v, bias, visible, out = ctx.saved_tensors
        work: _Work = ctx.work
        dtype = torch.promote_types(q.dtype, torch.float32)
        if visible is not None:
            grad_out = grad_out.masked_fill(~visible[..., None], 0)
        grad_q, grad_bias = torch.zeros_like(q), torch.zeros_like(bias)
        grad_k, grad_v = torch.zeros_like(k, dtype=dtype), torch.zeros_like(v, dtype=dtype)
        for part, width in work.chunks(q, k, v):
            q_part, k_part, v_part, weights = _attend(q, k, v, bias, work, part, width)
            grad = grad_out.index_select(0, part).to(dtype)
            mean = (grad * out.index_select(0, part)).sum(-1, keepdim=True)
            # Softmax: the gradient of a logit is weight * (its own gradient - the mean one).
            logits = torch.bmm(grad, v_part.transpose(1, 2)).sub_(mean).mul_(weights)
            rows = work.rows[part, :width].flatten()
            grad_q.index_copy_(0, part, torch.bmm(logits, k_part).mul_(work.scale).to(q.dtype))
            for total, share in (
                (grad_k, torch.bmm(logits.transpose(1, 2), q_part)),
                (grad_v, torch.bmm(weights.transpose(1, 2), grad)),
            ):
                total.index_add_(0, rows, share.unflatten(1, (width, -1)).flatten(0, 1))
            if ctx.needs_input_grad[3]:
                grad_bias[part, :width] = logits.unflatten(2, (width, -1)).sum((1, 3)).to(bias.dtype)
        return grad_q, grad_k.to(k.dtype), grad_v.to(v.dtype), grad_bias, None, None


def _attend(
    q: Tensor, k: Tensor, v: Tensor, bias: Tensor, work: _Work, part: Tensor, width: int
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """One chunk: scaled queries `[C, wq, D]`, gathered k and v `[C, width * wk, D]`, weights `[C, wq, width * wk]`."""
    dtype = torch.promote_types(q.dtype, torch.float32)
    rows = work.rows[part, :width]
    flat = rows.flatten()
    q_part = q.index_select(0, part).to(dtype) * work.scale
    k_part = k.index_select(0, flat).to(dtype).unflatten(0, rows.shape).flatten(1, 2)
    v_part = v.index_select(0, flat).to(dtype).unflatten(0, rows.shape).flatten(1, 2)
    logits = torch.bmm(q_part, k_part.transpose(1, 2))
    by_block = logits.unflatten(2, (width, -1))
    if work.biased:
        by_block += bias[part, None, :width, None]
    if work.dead is not None:
        by_block += work.dead.index_select(0, flat).unflatten(0, rows.shape)[:, None]
    if work.times is not None:
        _hide_future(by_block.transpose(1, 2), work.times, part, width)
    return q_part, k_part, v_part, torch.softmax(logits, -1, out=logits)


def _hide_future(logits: Tensor, times: _Times, part: Tensor, width: int) -> None:
    """Hide keys in a query's future in `logits` `[C, width, wq, wk]`, in the blocks that straddle."""
    chunk, place = times.straddles[part, :width].nonzero(as_tuple=True)
    if len(chunk):
        time_q = times.queries[times.rows_q[part[chunk]]]
        time_k = times.keys[times.rows_k[part[chunk], place]]
        future = time_k[:, None, :] > time_q[:, :, None]
        logits[chunk, place] = logits[chunk, place].masked_fill_(future, _HIDDEN)
