"""CPU training: PyTorch's flash kernel on the gathered kept blocks, a few query blocks at a time.

For each query block the kept key blocks are gathered side by side, and one call of the CPU flash kernel attends to
them. A bias cannot be differentiated through that kernel's mask, so it travels in one more column of the head
dimension: ones in the query, the bias in the key. The gradient of that key column, summed over a block, is the gate's.
The same column hides keys that do not exist. Only the causal rule, which depends on the pair, needs a mask. The
backward pass gathers again instead of keeping the gathered blocks, so memory stays that of q, k and v, and one chunk.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd.function import once_differentiable

from wugan.attention.plan import Plan
from wugan.attention.routing import Routes, spread

_forward = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu.default
_backward = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu_backward.default

_CHUNK_BYTES = 8 << 20


@dataclass(frozen=True)
class _Work:
    """What one call needs beside the tensors that are differentiated; E = B · H · query blocks, in that order."""

    rows: Tensor  # int64 [E, K]: row of the key table for each kept block
    scale: float
    hidden: float  # added before scaling; a row that sees nothing is known by its log-sum-exp and cleared
    time_q: Tensor | None  # [B * query blocks, width_q]
    time_k: Tensor | None  # [B * key blocks, width_k]
    time_rows_q: Tensor | None  # int64 [E]: row of time_q
    time_rows_k: Tensor | None  # int64 [E, K]: row of time_k

    def chunks(self, bytes_each: int) -> Iterator[slice]:
        step = max(1, _CHUNK_BYTES // max(1, bytes_each))
        for start in range(0, len(self.rows), step):
            yield slice(start, start + step)

    def future(self, part: slice, dtype: torch.dtype) -> Tensor | None:
        """Additive mask `[C, 1, width_q, K * width_k]` of the keys in a query's future."""
        if self.time_q is None or self.time_k is None or self.time_rows_q is None or self.time_rows_k is None:
            return None
        time_q = self.time_q[self.time_rows_q[part]]
        time_k = self.time_k[self.time_rows_k[part]].flatten(1)
        future = time_k[:, None, None, :] > time_q[:, None, :, None]
        return torch.zeros(future.shape, dtype=dtype, device=future.device).masked_fill_(future, self.hidden)


def blocks_attention(q: Tensor, k: Tensor, v: Tensor, plan: Plan, routes: Routes) -> Tensor:
    """Same result and gradients as `reference_attention`, in time and memory linear in the kept blocks."""
    batch, heads, _, dim = q.shape
    kv_heads, key_blocks = k.shape[1], plan.keys.blocks
    # Room for the extra column, and the kernel wants values as wide as keys; a multiple of 8 keeps rows aligned.
    width = math.ceil(max(dim + 1, v.shape[-1]) / 8) * 8
    q_blocks = F.pad(plan.queries.cut(q), (0, width - dim)).flatten(0, 2)
    k_table = F.pad(plan.keys.cut(k), (0, width - dim)).flatten(0, 2)
    v_table = F.pad(plan.keys.cut(v), (0, width - v.shape[-1])).flatten(0, 2)

    blocks = spread(routes.blocks, heads)
    kv_of = torch.arange(heads, device=q.device) // (heads // kv_heads)
    base = torch.arange(batch, device=q.device)[:, None] * kv_heads + kv_of
    rows = (base[:, :, None, None] * key_blocks + blocks).flatten(0, 2)

    kept = spread(routes.kept, heads)
    bias = blocks.new_zeros(blocks.shape, dtype=q.dtype) if routes.bias is None else routes.bias.to(q.dtype)
    # The column holds bias / scale, so that the kernel's own scale restores the bias.
    bias = torch.where(kept, bias / plan.scale, plan.hidden(q.dtype)).flatten(0, 2)
    dead = _dead_keys(plan, batch, q.dtype)[:, None].expand(-1, kv_heads, -1, -1).flatten(0, 2)
    out = _BlockAttention.apply(
        q_blocks, k_table, v_table, bias, dead, dim, _work(plan, blocks, rows, plan.hidden(q.dtype))
    )
    out = cast(Tensor, out).unflatten(0, (batch, heads, -1))
    return plan.queries.join(out)[..., : v.shape[-1]]


def _dead_keys(plan: Plan, batch: int, dtype: torch.dtype) -> Tensor:
    """`[B, key blocks, width]`: 0 for a key that exists, `hidden` for one that does not."""
    layout = plan.keys
    alive = layout.valid.expand(batch, -1, -1) if plan.key_mask is None else layout.cut_rows(plan.key_mask, False)
    return torch.zeros(alive.shape, dtype=dtype, device=alive.device).masked_fill_(~alive, plan.hidden(dtype))


def _work(plan: Plan, blocks: Tensor, rows: Tensor, hidden: float) -> _Work:
    if plan.time_q is None or plan.time_k is None:
        return _Work(rows, plan.scale, hidden, None, None, None, None)
    batch, heads, query_blocks, _ = blocks.shape
    sample = torch.arange(batch, device=rows.device)[:, None, None]
    block = torch.arange(query_blocks, device=rows.device)
    return _Work(
        rows,
        plan.scale,
        hidden,
        plan.queries.cut_rows(plan.time_q, 0).flatten(0, 1),
        plan.keys.cut_rows(plan.time_k, 0).flatten(0, 1),
        (sample * query_blocks + block).expand(-1, heads, -1).flatten(),
        (sample[..., None] * plan.keys.blocks + blocks).flatten(0, 2),
    )


class _BlockAttention(torch.autograd.Function):
    """Takes q `[E, wq, W]`, tables of k and v `[rows, wk, W]`, bias `[E, K]` and dead `[rows, wk]`."""

    @staticmethod
    def forward(
        ctx: Any, q: Tensor, k: Tensor, v: Tensor, bias: Tensor, dead: Tensor, column: int, work: _Work
    ) -> Tensor:
        out = torch.empty_like(q)
        lse = q.new_empty(q.shape[:2], dtype=torch.promote_types(q.dtype, torch.float32))
        for part in work.chunks(_bytes_each(k, bias)):
            q_part, k_part, v_part = _gather(q, k, v, bias, dead, column, work, part)
            mask = work.future(part, q.dtype)
            o, s = _forward(q_part, k_part, v_part, 0.0, False, attn_mask=mask, scale=work.scale)
            out[part], lse[part] = o[:, 0], s[:, 0]
        blind = lse < work.hidden * work.scale / 2
        out.masked_fill_(blind[..., None], 0)
        lse.masked_fill_(blind, 0)  # so that the backward pass finds weights of exp(hidden) = 0 there
        ctx.save_for_backward(q, k, v, bias, dead, out, lse)
        ctx.column, ctx.work = column, work
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_out: Tensor) -> tuple[Tensor | None, ...]:
        q, k, v, bias, dead, out, lse = ctx.saved_tensors
        work: _Work = ctx.work
        grad_q, grad_k, grad_v, grad_bias = (torch.zeros_like(x) for x in (q, k, v, bias))
        for part in work.chunks(_bytes_each(k, bias)):
            gathered = _gather(q, k, v, bias, dead, ctx.column, work, part)
            mask = work.future(part, q.dtype)
            dq, dk, dv = _backward(
                grad_out[part, None].contiguous(),
                *gathered,
                out[part, None],
                lse[part, None],
                0.0,
                False,
                attn_mask=mask,
                scale=work.scale,
            )
            rows = work.rows[part].flatten()
            dk = dk.unflatten(2, (bias.shape[1], -1))
            grad_bias[part] = dk[:, 0, :, :, ctx.column].sum(-1)
            grad_q[part] = dq[:, 0]
            grad_k.index_add_(0, rows, dk.flatten(0, 2))
            grad_v.index_add_(0, rows, dv.unflatten(2, (bias.shape[1], -1)).flatten(0, 2))
        # The column is not part of q and k: what they were padded with has no gradient to give.
        return grad_q, grad_k, grad_v, grad_bias, None, None, None


def _bytes_each(k: Tensor, bias: Tensor) -> int:
    """Bytes of gathered keys and values of one query block."""
    return 2 * bias.shape[1] * k.shape[1] * k.shape[2] * k.element_size()


def _gather(
    q: Tensor, k: Tensor, v: Tensor, bias: Tensor, dead: Tensor, column: int, work: _Work, part: slice
) -> tuple[Tensor, Tensor, Tensor]:
    """One chunk as the kernel wants it, `[C, 1, wq, W]` and `[C, 1, K * wk, W]`, with the bias column filled."""
    rows = work.rows[part]
    flat = rows.flatten()
    q_part = q[part].clone()
    q_part[..., column] = 1
    k_part = k.index_select(0, flat).unflatten(0, rows.shape)
    k_part[..., column] = (bias[part][:, :, None] + dead[rows]).clamp_min(work.hidden)
    v_part = v.index_select(0, flat).unflatten(0, rows.shape)
    return q_part[:, None], k_part.flatten(1, 2)[:, None], v_part.flatten(1, 2)[:, None]
