"""CPU training: matrix products on the gathered kept blocks, a few query blocks at a time.

For each query block the kept key blocks are gathered side by side, and one batched product, softmax and product attend
to them: at 64 tokens a block and more that runs as fast as PyTorch's flash kernel, while gate bias and masks are plain
additions to the logits, paid for only where something is hidden. Query blocks are worked off in the order of how much
they read, so that under the causal rule the early ones cost less. The backward pass gathers again instead of keeping
what was gathered, so memory stays that of q, k and v, and one chunk.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from wugan.attention.places import Places, places
from wugan.attention.plan import Plan
from wugan.attention.routing import Routes, spread
from wugan.attention.workers import share, worker_count

# Logits and gathered keys and values of one chunk should stay in the second-level cache of each core.
_CHUNK_BYTES = 3 << 20
# Added to a logit it hides a key; finite, so that no NaN can come of it.
_HIDDEN = -1e30


@dataclass(frozen=True)
class _Times:
    """The causal rule, needed only where a key block straddles the time of a query block."""

    queries: Tensor  # [B * query blocks, width_q]
    keys: Tensor  # [B * key blocks, width_k]
    rows_q: Tensor  # int64 [E]: row of `queries`
    rows_k: Tensor  # int64 [E, K]: row of `keys`
    straddling: Tensor  # int64 [E]: how many of the first places hold keys in the future of some query


# Numbers of query blocks `[C]`, and how many places the one that reads most has in use.
_Chunk = tuple[Tensor, int]


@dataclass(frozen=True)
class _Work:
    """What one call needs beside the tensors that are differentiated; E = B · H · query blocks, in that order."""

    rows: Tensor  # int64 [E, K]: row of the key table for each place, used ones first
    counts: Tensor  # int64 [E]: places used
    groups: int  # B · heads of k; the query blocks of one lie together
    scale: float
    dead: Tensor | None  # [rows, width_k]: 0 for a key that exists, else `_HIDDEN`
    biased: bool
    times: _Times | None

    def chunks(self, q: Tensor, k: Tensor, v: Tensor) -> list[list[_Chunk]]:
        """For each sample and head of k, the chunks that read of it; what reads nothing is in none."""
        groups = self.groups
        each = k.shape[1] * (q.shape[1] + k.shape[2] + v.shape[2]) * torch.float32.itemsize
        budget = _CHUNK_BYTES * max(1, torch.get_num_threads() // worker_count(groups))
        order = self.counts.view(groups, -1).argsort(descending=True, stable=True)
        order += torch.arange(groups, device=order.device)[:, None] * order.shape[1]
        found: list[list[_Chunk]] = []
        for members, counts in zip(order, self.counts[order].tolist(), strict=True):
            found.append([])
            start = 0
            while start < len(counts) and counts[start]:
                step = max(1, budget // (each * counts[start]))
                found[-1].append((members[start : start + step], counts[start]))
                start += step
        return found


def blocks_attention(q: Tensor, k: Tensor, v: Tensor, plan: Plan, routes: Routes) -> Tensor:
    """Same result and gradients as `reference_attention`, in time and memory linear in the kept blocks."""
    batch, heads = q.shape[:2]
    place = places(plan, routes)
    blocks, used = spread(place.blocks, heads), spread(place.used, heads)
    dtype = torch.promote_types(q.dtype, torch.float32)
    bias = used.new_zeros((), dtype=dtype) if place.bias is None else place.bias.to(dtype)
    out = _BlockAttention.apply(
        plan.queries.cut(q).flatten(0, 2),
        plan.keys.cut(k).flatten(0, 2),
        plan.keys.cut(v).flatten(0, 2),
        torch.where(used, bias, _HIDDEN).flatten(0, 2),
        None if place.seeing is None else spread(place.seeing, heads).flatten(0, 2),
        _work(plan, place, blocks, used, k.shape[1], dtype),
    )
    return plan.queries.join(cast(Tensor, out).unflatten(0, (batch, heads, -1)))


def _work(plan: Plan, place: Places, blocks: Tensor, used: Tensor, kv_heads: int, dtype: torch.dtype) -> _Work:
    batch, heads, query_blocks, width = blocks.shape
    key_blocks = plan.keys.blocks
    sample = torch.arange(batch, device=blocks.device)[:, None, None]
    kv_of = torch.arange(heads, device=blocks.device)[:, None] // (heads // kv_heads)
    rows = ((sample * kv_heads + kv_of) * key_blocks)[..., None] + blocks
    dead = None
    if place.alive is not None:
        dead = torch.zeros(place.alive.shape, dtype=dtype, device=blocks.device).masked_fill_(~place.alive, _HIDDEN)
        dead = dead[:, None].expand(-1, kv_heads, -1, -1).flatten(0, 2)
    times = None
    if place.straddling is not None and plan.time_q is not None and plan.time_k is not None:
        times = _Times(
            plan.queries.cut_rows(plan.time_q, 0).flatten(0, 1),
            plan.keys.cut_rows(plan.time_k, 0).flatten(0, 1),
            (sample * query_blocks + torch.arange(query_blocks, device=blocks.device)).expand(-1, heads, -1).flatten(),
            (sample[..., None] * key_blocks + blocks).flatten(0, 2),
            spread(place.straddling, heads).flatten(),
        )
    counts = used.sum(-1).flatten()
    biased = place.bias is not None or bool((counts < width).any())
    return _Work(rows.flatten(0, 2), counts, batch * kv_heads, plan.scale, dead, biased, times)


class _BlockAttention(torch.autograd.Function):
    """Takes q `[E, wq, D]`, tables of k and v `[rows, wk, D]`, bias `[E, K]` and visible `[E, wq or 1]`."""

    @staticmethod
    def forward(ctx: Any, q: Tensor, k: Tensor, v: Tensor, bias: Tensor, visible: Tensor | None, work: _Work) -> Tensor:
        out = q.new_zeros(*q.shape[:2], v.shape[-1])

        def attend(chunk: _Chunk) -> None:
            *_, v_part, weights = _attend(q, k, v, bias, work, *chunk)
            out.index_copy_(0, chunk[0], torch.bmm(weights, v_part).to(q.dtype))

        share(attend, [chunk for group in work.chunks(q, k, v) for chunk in group])
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

        def differentiate(group: list[_Chunk]) -> None:
            for part, width in group:
                q_part, k_part, v_part, weights = _attend(q, k, v, bias, work, part, width)
                grad = grad_out.index_select(0, part).to(dtype)
                mean = (grad * out.index_select(0, part)).sum(-1, keepdim=True)
                # Softmax: the gradient of a logit is weight * (its own gradient - the mean one).
                logits = torch.bmm(grad, v_part.transpose(1, 2)).sub_(mean).mul_(weights)
                rows = work.rows[part, :width].flatten()
                grad_q.index_copy_(0, part, torch.bmm(logits, k_part).mul_(work.scale).to(q.dtype))
                for total, parts in (
                    (grad_k, torch.bmm(logits.transpose(1, 2), q_part)),
                    (grad_v, torch.bmm(weights.transpose(1, 2), grad)),
                ):
                    total.index_add_(0, rows, parts.unflatten(1, (width, -1)).flatten(0, 1))
                if ctx.needs_input_grad[3]:
                    grad_bias[part, :width] = logits.unflatten(2, (width, -1)).sum((1, 3)).to(bias.dtype)

        # Groups write to different rows of the tables, so threads do not meet and sums have one order.
        share(differentiate, work.chunks(q, k, v))
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
        _hide_future(by_block, work.times, part)
    return q_part, k_part, v_part, torch.softmax(logits, -1, out=logits)


def _hide_future(logits: Tensor, times: _Times, part: Tensor) -> None:
    """Hide keys in a query's future in `logits` `[C, wq, width, wk]`, in the places where there may be any."""
    straddling = int(times.straddling[part].max())
    if straddling:
        time_q = times.queries[times.rows_q[part]]
        time_k = times.keys[times.rows_k[part, :straddling]]
        logits[:, :, :straddling].masked_fill_(time_k[:, None] > time_q[:, :, None, None], _HIDDEN)
