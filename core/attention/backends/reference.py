"""The readable oracle: dense attention under the same routes. Any dtype, quadratic memory."""

from __future__ import annotations

import torch
from torch import Tensor

from wugan.attention.layout import spread
from wugan.attention.routing import Routes


def allowed(routes: Routes) -> Tensor:
    """Bool `[B, R, Nq, Nk]`: the key's block is kept, the key is valid, and it is not in the query's future."""
    kept = routes.as_mask()[:, :, routes.plan.queries.block_of[:, None], routes.plan.keys.block_of]
    visible = routes.plan.visible()
    return kept if visible is None else kept & visible[:, None]


def reference_attention(q: Tensor, k: Tensor, v: Tensor, routes: Routes) -> Tensor:
    """`softmax(q kᵀ · scale + bias) v` over the allowed pairs; a row without any gives zeros."""
    plan, heads = routes.plan, q.shape[1]
    logits = q @ spread(k, heads).transpose(-1, -2) * plan.scale
    bias = routes.bias_table()
    if bias is not None:
        logits = logits + bias[:, :, plan.queries.block_of[:, None], plan.keys.block_of].to(logits.dtype)
    mask = spread(allowed(routes), heads)
    far = routes.far
    if far is not None:
        far_logits = q @ spread(far.key, heads).transpose(-1, -2).to(q.dtype) * plan.scale
        far_bias = spread(far.bias_table(), heads)[:, :, plan.queries.block_of]
        logits = torch.cat((logits, far_logits + far_bias.to(logits.dtype)), -1)
        mask = torch.cat((mask, spread(far.as_mask(), heads)[:, :, plan.queries.block_of]), -1)
        v = torch.cat((v, far.values(v, plan).to(v.dtype)), 2)
    logits = logits.masked_fill(~mask, float("-inf"))
    visible = mask.any(-1, keepdim=True)
    weights = torch.where(visible, logits, 0).softmax(-1)
    return torch.where(visible, weights, 0) @ spread(v, heads)
