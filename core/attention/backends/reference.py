"""The readable oracle: dense attention under the same routes. Any dtype, quadratic memory."""

from __future__ import annotations

import torch
from torch import Tensor

from wugan.attention.plan import Plan
from wugan.attention.routing import Routes, spread


def allowed(plan: Plan, routes: Routes) -> Tensor:
    """Bool `[B, R, Nq, Nk]`: the key's block is kept, the key is valid, and it is not in the query's future."""
    mask = routes.as_mask()[:, :, plan.queries.block_of[:, None], plan.keys.block_of]
    if plan.key_mask is not None:
        mask = mask & plan.key_mask[:, None, None, :]
    if plan.time_q is not None and plan.time_k is not None:
        mask = mask & (plan.time_k[:, None, None, :] <= plan.time_q[:, None, :, None])
    return mask


def token_bias(plan: Plan, routes: Routes) -> Tensor | None:
    """The gate's bias of each pair of tokens, `[B, H, Nq, Nk]`."""
    table = routes.bias_table()
    return None if table is None else table[:, :, plan.queries.block_of[:, None], plan.keys.block_of]


def reference_attention(q: Tensor, k: Tensor, v: Tensor, plan: Plan, routes: Routes) -> Tensor:
    """`softmax(q kᵀ · scale + bias) v` over the allowed pairs; a row without any gives zeros."""
    heads = q.shape[1]
    logits = q @ spread(k, heads).transpose(-1, -2) * plan.scale
    bias = token_bias(plan, routes)
    if bias is not None:
        logits = logits + bias.to(logits.dtype)
    mask = spread(allowed(plan, routes), heads)
    far = routes.far
    if far is not None:
        far_logits = q @ spread(far.key, heads).transpose(-1, -2).to(q.dtype) * plan.scale
        far_bias = spread(far.bias_table(), heads)[:, :, plan.queries.block_of]
        logits = torch.cat((logits, far_logits + far_bias.to(logits.dtype)), -1)
        mask = torch.cat((mask, spread(far.as_mask(), heads)[:, :, plan.queries.block_of]), -1)
        v = torch.cat((v, far.value.to(v.dtype)), 2)
    logits = logits.masked_fill(~mask, float("-inf"))
    visible = mask.any(-1, keepdim=True)
    weights = torch.where(visible, logits, 0).softmax(-1)
    return torch.where(visible, weights, 0) @ spread(v, heads)
