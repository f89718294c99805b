"""PyTorch's own `scaled_dot_product_attention` under the same routes: the fastest choice for short sequences."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from wugan.attention.plan import Plan
from wugan.attention.reference import allowed, token_bias
from wugan.attention.routing import Routes, spread


def dense_attention(q: Tensor, k: Tensor, v: Tensor, plan: Plan, routes: Routes) -> Tensor:
    """Same result as `reference_attention`; memory grows with Nq · Nk only where a mask or a bias is needed."""
    heads = q.shape[1]
    k, v = spread(k, heads), spread(v, heads)
    bias = token_bias(plan, routes)
    if routes.everything and bias is None and plan.key_mask is None:
        if plan.time_q is None:
            return F.scaled_dot_product_attention(q, k, v, scale=plan.scale)
        if plan.plain_order:
            return F.scaled_dot_product_attention(q, k, v, is_causal=True, scale=plan.scale)
    mask = spread(allowed(plan, routes), heads)
    visible = mask.any(-1, keepdim=True)
    # A row that sees nothing would be NaN in some of the kernels: let it see everything, then clear it.
    mask = mask | ~visible
    if bias is None:
        out = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, scale=plan.scale)
    else:
        biased = bias.to(q.dtype).masked_fill(~mask, float("-inf"))
        out = F.scaled_dot_product_attention(q, k, v, attn_mask=biased, scale=plan.scale)
    return torch.where(visible, out, 0)
