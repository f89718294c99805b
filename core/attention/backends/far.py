"""The far field: blocks that are not kept still count, as the tree nodes at which the descent left them.

`far_attention` gathers the tokens of the kept blocks and the nodes' means side by side, a few query blocks at a time,
and attends to them with plain operations. The backward pass gathers again, so memory stays that of the inputs, the
lists of nodes, and one chunk. The gate of a node travels in more columns of the head dimension.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd.function import once_differentiable

from wugan.attention.layout import spread
from wugan.attention.routing import FarField, Routes

_CHUNK_BYTES = 8 << 20


def far_attention(q: Tensor, k: Tensor, v: Tensor, routes: Routes, far: FarField) -> Tensor:
    """Same result and gradients as `reference_attention`, in time and memory linear in what is kept.

    It computes in float32 at least, and keys and values are repeated for the heads that share them.
    """
    plan, (batch, heads) = routes.plan, q.shape[:2]
    queries, keys = plan.queries, plan.keys
    size, dtype = keys.blocks * keys.width, torch.promote_types(q.dtype, torch.float32)
    given, q, k, v = q.dtype, q.to(dtype), k.to(dtype), v.to(dtype)
    # Columns: query and key, gate query and gate key, one and log count; only the first for a token, all for a node.
    columns_q = [queries.cut(q) * plan.scale]
    columns_far = [spread(far.key, heads)]
    if far.gate_q is not None and far.gate_k is not None:
        columns_q.append(spread(far.gate_q, heads).to(dtype)[..., None, :].expand(-1, -1, -1, queries.width, -1))
        columns_far.append(spread(far.gate_k, heads))
    columns_q.append(q.new_ones(*columns_q[0].shape[:-1], 1))
    columns_far.append(far.log_count[:, None, :, None].expand(-1, heads, -1, -1))
    q_blocks = torch.cat(columns_q, -1)
    near = spread(keys.cut(k).flatten(2, 3), heads)
    near = F.pad(near, (0, q_blocks.shape[-1] - near.shape[-1]))
    k_table = torch.cat((near, torch.cat(columns_far, -1).to(dtype)), 2)
    v_table = torch.cat((spread(keys.cut(v).flatten(2, 3), heads), spread(far.values(v, plan), heads).to(dtype)), 2)

    blocks, kept = spread(routes.blocks, heads), spread(routes.kept, heads)
    sample = torch.arange(batch, device=q.device)[:, None, None]
    table_row = torch.arange(batch * heads, device=q.device).view(batch, heads, 1) * k_table.shape[2]
    work = _Work(
        blocks=blocks.flatten(0, 2),
        kept=kept.flatten(0, 2),
        far=(spread(far.nodes, heads) + size).flatten(0, 2),
        far_kept=spread(far.kept, heads).flatten(0, 2),
        sample=sample.expand(-1, heads, queries.blocks).flatten(),
        first_row=table_row.expand(-1, -1, queries.blocks).flatten(),
        alive=plan.existing_keys(),
        time_q=None if plan.time_q is None else queries.cut_rows(plan.time_q, 0),
        time_k=None if plan.time_k is None else keys.cut_rows(plan.time_k, 0),
    )
    bias = q.new_zeros(blocks.shape) if routes.bias is None else routes.bias.to(dtype)
    out = _FarAttention.apply(
        q_blocks.flatten(0, 2), k_table.flatten(0, 2), v_table.flatten(0, 2), bias.flatten(0, 2), work
    )
    return queries.join(cast(Tensor, out).to(given).unflatten(0, (batch, heads, -1)))


@dataclass(frozen=True)
class _Work:
    """What is not differentiated; E = B · H · query blocks, in that order, and one table of keys for each B · H."""

    blocks: Tensor  # int64 [E, K]
    kept: Tensor  # bool [E, K]
    far: Tensor  # int64 [E, W], places in a table
    far_kept: Tensor  # bool [E, W]
    sample: Tensor  # int64 [E]
    first_row: Tensor  # int64 [E], where the table begins
    alive: Tensor  # bool [B, key blocks, width]
    time_q: Tensor | None  # [B, query blocks, width]
    time_k: Tensor | None  # [B, key blocks, width]

    def chunks(self, k: Tensor, v: Tensor) -> Iterator[slice]:
        length = self.blocks.shape[1] * self.alive.shape[2] + self.far.shape[1]
        step = max(1, _CHUNK_BYTES // (length * (k.shape[1] + v.shape[1]) * k.element_size()))
        for start in range(0, len(self.blocks), step):
            yield slice(start, start + step)

    def rows(self, part: slice) -> Tensor:
        """Rows of the tables that a chunk of query blocks gathers, `[C, K * width + W]`."""
        width = self.alive.shape[2]
        near = self.blocks[part][..., None] * width + torch.arange(width, device=self.blocks.device)
        return torch.cat((near.flatten(1), self.far[part]), 1) + self.first_row[part, None]

    def seen(self, part: slice) -> Tensor:
        """Which of the rows a query sees, `[C, width of query blocks or 1, K * width + W]`."""
        sample, blocks = self.sample[part, None], self.blocks[part]
        near = (self.alive[sample, blocks] & self.kept[part][..., None]).flatten(1)[:, None]
        far = self.far_kept[part][:, None]
        if self.time_q is not None and self.time_k is not None:
            number = torch.arange(part.start, part.start + len(blocks), device=blocks.device) % self.time_q.shape[1]
            time_q = self.time_q[sample[:, 0], number]
            near = near & (self.time_k[sample, blocks].flatten(1)[:, None] <= time_q[..., None])
            far = far.expand(-1, time_q.shape[1], -1)
        return torch.cat((near, far), -1)


class _FarAttention(torch.autograd.Function):
    """Takes q `[E, wq, D]`, tables of keys and values `[rows, D]` and the bias of kept blocks `[E, K]`."""

    @staticmethod
    def forward(ctx: Any, q: Tensor, k: Tensor, v: Tensor, bias: Tensor, work: _Work) -> Tensor:
        out = [
            _attend(q[part], k[work.rows(part)], v[work.rows(part)], bias[part], work.seen(part), work.alive.shape[2])
            for part in work.chunks(k, v)
        ]
        ctx.save_for_backward(q, k, v, bias)
        ctx.work = work
        return torch.cat(out)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_out: Tensor) -> tuple[Tensor | None, ...]:
        q, k, v, bias = ctx.saved_tensors
        work: _Work = ctx.work
        grad_q, grad_k, grad_v, grad_bias = (torch.zeros_like(x) for x in (q, k, v, bias))
        for part in work.chunks(k, v):
            rows = work.rows(part)
            with torch.enable_grad():
                q_part, k_part, v_part, bias_part = (
                    x.detach().requires_grad_() for x in (q[part], k[rows], v[rows], bias[part])
                )
                out = _attend(q_part, k_part, v_part, bias_part, work.seen(part), work.alive.shape[2])
                grads = torch.autograd.grad(out, (q_part, k_part, v_part, bias_part), grad_out[part])
            grad_q[part], grad_bias[part] = grads[0], grads[3]
            grad_k.index_add_(0, rows.flatten(), grads[1].flatten(0, 1))
            grad_v.index_add_(0, rows.flatten(), grads[2].flatten(0, 1))
        return grad_q, grad_k, grad_v, grad_bias, None


def _attend(q: Tensor, k: Tensor, v: Tensor, bias: Tensor, seen: Tensor, width: int) -> Tensor:
    """`[C, wq, Dv]`, with a bias for each `width` keys from the first on; zeros where nothing is seen."""
    token_bias = bias.repeat_interleave(width, 1)
    logits = q @ k.transpose(-1, -2) + F.pad(token_bias, (0, k.shape[1] - token_bias.shape[1]))[:, None]
    visible = seen.any(-1, keepdim=True)
    weights = torch.where(visible, logits.masked_fill(~seen, float("-inf")), 0).softmax(-1)
    return torch.where(visible, weights, 0) @ v
