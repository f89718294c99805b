"""What an attention call read, and how much of what it would have read it left out."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from wugan.attention.call import Call, prepare_call
from wugan.attention.routing import Routes, spread

_CHUNK_LOGITS = 1 << 24


def explain_attention(q: Tensor, k: Tensor, v: Tensor, **options: Any) -> tuple[Routes, Tensor]:
    """Routes of a call, and for each query the share of the softmax that they leave out.

    The share δ is that of full attention with the same gate, over the keys whose blocks are not kept; it bounds the
    error of the output, ‖o - ô‖ ≤ 2δ · max‖v‖. (A far field still reads these keys, at a lower resolution.) It takes
    quadratic time, and memory for a few rows at a time: for overlays, logs and doubts, not for every call.

    Args:
        q: `[B, H, Nq, D]`.
        k: `[B, Hkv, Nk, D]`.
        v: `[B, Hkv, Nk, Dv]`.
        **options: those of `dar_attention` except `backend` and `return_routes`.

    Returns:
        The routes, and δ `[B, H, Nq]`; 0 for a query that sees no key.

    Raises:
        DataError: as `dar_attention`.
    """
    call = prepare_call(q, k, v, **options)
    with torch.no_grad():
        routes = call.route()
        return routes, _dropped(call, routes)


def _dropped(call: Call, routes: Routes) -> Tensor:
    plan, heads = call.plan, call.q.shape[1]
    full = call.route(everything=True)
    kept, present, bias = routes.as_mask(), full.as_mask(), full.bias_table()
    k = spread(call.k, heads).mT
    rows = max(1, _CHUNK_LOGITS // max(1, call.q.shape[0] * heads * k.shape[-1]))
    out = []
    for start in range(0, call.q.shape[2], rows):
        part = slice(start, start + rows)
        block = plan.queries.block_of[part]

        def of_tokens(table: Tensor, block: Tensor = block) -> Tensor:
            """`[B, R, query blocks, key blocks]` to `[B, H, rows, Nk]`."""
            return spread(table[:, :, block], heads)[..., plan.keys.block_of]

        logits = call.q[:, :, part] @ k * plan.scale
        if bias is not None:
            logits = logits + of_tokens(bias).to(logits.dtype)
        visible = of_tokens(present)
        if plan.key_mask is not None:
            visible = visible & plan.key_mask[:, None, None]
        if plan.time_q is not None and plan.time_k is not None:
            visible = visible & (plan.time_k[:, None, None] <= plan.time_q[:, None, part, None])
        hidden = float("-inf")
        total = logits.masked_fill(~visible, hidden).logsumexp(-1)
        read = logits.masked_fill(~(visible & of_tokens(kept)), hidden).logsumexp(-1)
        out.append(torch.where(total > hidden, -torch.expm1(read - total), 0).clamp_min(0))
    return torch.cat(out, -1) if out else call.q.new_zeros(call.q.shape[:3])
