"""PyTorch's own `scaled_dot_product_attention` under the same routes: the fastest choice for short sequences.

A mask for each head, or a bias that needs a gradient, would send it to its slowest kernel and cost a tensor of
Nq · Nk. Routes and gate depend on blocks only, so both travel in the head dimension instead: the query gets one column
for each key block, holding the bias of that block or a value that hides it, and the key gets a one in the column of
its own block. One more column hides keys that do not exist.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from wugan.attention.backends.reference import allowed
from wugan.attention.layout import spread
from wugan.attention.routing import Routes


def dense_attention(q: Tensor, k: Tensor, v: Tensor, routes: Routes) -> Tensor:
    """Same result as `reference_attention`; needs a mask of Nq · Nk under the causal rule only."""
    plan, heads, width = routes.plan, q.shape[1], v.shape[-1]
    if plan.time_q is not None and not (plan.plain_order and plan.key_mask is None and routes.everything):
        q, k = _with_columns(q, k, routes, block_mask=False)
        mask = allowed(routes)
        visible = spread(mask.any(-1, keepdim=True), heads)
        # A row that sees nothing would be NaN in some of the kernels: let it see everything, then clear it.
        mask = spread(mask, heads) | ~visible
        return torch.where(visible, _attend(q, k, v, plan.scale, mask), 0)[..., :width]
    q, k = _with_columns(q, k, routes, block_mask=True)
    out = _attend(q, k, v, plan.scale, None, causal=plan.time_q is not None)[..., :width]
    if plan.key_mask is None:
        return out
    filled = plan.existing_keys().any(-1)[:, None, None, :]
    visible = filled.any(-1, keepdim=True) if routes.everything else (routes.as_mask() & filled).any(-1, keepdim=True)
    return torch.where(
        spread(visible, heads).expand(-1, -1, plan.queries.blocks, -1)[:, :, plan.queries.block_of], out, 0
    )


def _attend(q: Tensor, k: Tensor, v: Tensor, scale: float, mask: Tensor | None, causal: bool = False) -> Tensor:
    """SDPA, with values padded to the width of keys, which the fast kernels demand."""
    heads = q.shape[1]
    width = -(-max(q.shape[-1], v.shape[-1]) // 8) * 8 if q.shape[-1] != v.shape[-1] else q.shape[-1]
    q, k, v = (x if x.shape[-1] == width else F.pad(x, (0, width - x.shape[-1])) for x in (q, k, v))
    return F.scaled_dot_product_attention(
        q, spread(k, heads), spread(v, heads), attn_mask=mask, is_causal=causal, scale=scale
    )


def _with_columns(q: Tensor, k: Tensor, routes: Routes, block_mask: bool) -> tuple[Tensor, Tensor]:
    """Queries and keys with columns for the bias and, where `block_mask`, for what is hidden."""
    plan = routes.plan
    hidden = plan.hidden(q.dtype)
    q_columns, k_columns = [q], [k]
    table = routes.bias_table()
    table = None if table is None else table / plan.scale
    if block_mask and not routes.everything:
        kept = spread(routes.as_mask(), q.shape[1])
        table = torch.where(kept, 0 if table is None else table, hidden)
    if table is not None:
        own = F.one_hot(plan.keys.block_of, plan.keys.blocks).to(k.dtype)
        q_columns.append(table.to(q.dtype).index_select(2, plan.queries.block_of))
        k_columns.append(own.expand(*k.shape[:3], -1))
    if block_mask and plan.key_mask is not None:
        q_columns.append(q.new_ones(*q.shape[:3], 1))
        k_columns.append(torch.where(plan.key_mask, 0, hidden).to(k.dtype)[:, None, :, None].expand(*k.shape[:3], 1))
    if len(q_columns) == 1:
        return q, k
    return torch.cat(q_columns, -1), torch.cat(k_columns, -1)
