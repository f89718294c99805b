"""What an attention call read, and how much of what it would have read it left out."""

from __future__ import annotations

from dataclasses import replace
from typing import Unpack

import torch
from torch import Tensor

from wugan.attention.functional import Options, from_options
from wugan.attention.layout import spread
from wugan.attention.routing import Routes, route

_CHUNK_LOGITS = 1 << 24


@torch.no_grad()
def explain_attention(
    q: Tensor,
    k: Tensor,
    v: Tensor | None = None,
    *,
    gate_q: Tensor | None = None,
    gate_k: Tensor | None = None,
    **options: Unpack[Options],
) -> tuple[Routes, Tensor]:
    """Routes of a call, and for each query the share of the softmax that they leave out.

    The share δ is that of full attention with the same gate, over the keys whose blocks are not kept; it bounds the
    error of the output, ‖o - ô‖ ≤ 2δ · max‖v‖. (A far field still reads these keys, at a lower resolution.) It takes
    quadratic time, and memory for a few rows at a time: for overlays, logs and doubts, not for every call.

    Args:
        q: `[B, H, Nq, D]`.
        k: `[B, Hkv, Nk, D]`.
        v: not read; as in `dar_attention`, so that the same arguments do.
        gate_q: as in `dar_attention`.
        gate_k: as in `dar_attention`.
        **options: as in `dar_attention`.

    Returns:
        The routes, and δ `[B, H, Nq]`; 0 for a query that sees no key.

    Raises:
        DataError: as `dar_attention`.
    """
    layout, config = from_options(options)
    routes = route(q, k, layout, config, gate_q, gate_k)
    full = route(q, k, layout, replace(config, top_k=None, far_field=False), gate_q, gate_k)
    plan, heads = routes.plan, q.shape[1]
    kept, present, bias = routes.as_mask(), full.as_mask(), full.bias_table()
    k = spread(plan.clear(k), heads).mT
    rows = max(1, _CHUNK_LOGITS // max(1, len(q) * heads * k.shape[-1]))
    hidden = float("-inf")
    out = []
    for start in range(0, q.shape[2], rows):
        part = slice(start, start + rows)
        block = plan.queries.block_of[part]

        def of_tokens(table: Tensor, block: Tensor = block) -> Tensor:
            """`[B, R, query blocks, key blocks]` to `[B, H, rows, Nk]`."""
            return spread(table[:, :, block], heads)[..., plan.keys.block_of]

        logits = q[:, :, part] @ k * plan.scale
        if bias is not None:
            logits = logits + of_tokens(bias).to(logits.dtype)
        visible, mask = of_tokens(present), plan.visible(part)
        if mask is not None:
            visible = visible & mask[:, None]
        total = logits.masked_fill(~visible, hidden).logsumexp(-1)
        read = logits.masked_fill(~(visible & of_tokens(kept)), hidden).logsumexp(-1)
        out.append(torch.where(total > hidden, -torch.expm1(read - total), 0).clamp_min(0))
    return routes, torch.cat(out, -1) if out else q.new_zeros(q.shape[:3])
