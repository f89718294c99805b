"""Auxiliary loss of training: the route score learns where attention itself would go."""

from __future__ import annotations

import torch
from torch import Tensor

from wugan.attention import DARAttention


def route_loss(layer: DARAttention, query: Tensor, key: Tensor, *, causal: bool) -> Tensor:
    """Cross-entropy of the route scores, the block that dense attention gives most being the right one.

    That block's share of the softmax, squared, is the weight of a query, so that diffuse attention teaches nothing. As
    in SeerAttention (Gao et al. 2024, arXiv:2410.13276) and in the indexer of DeepSeek-V3.2, dense attention is the
    teacher (no gradient). Queries and keys get gradients by way of their block means: a key learns to be visible in the
    mean of its block. Scores count `block_size` times here, sums instead of means, which changes no order. Under the
    causal rule only past blocks are scored, as in routing.

    Args:
        layer: without a gate.
        query: inputs `[B, Nq, dim]`, Nq a multiple of `query_block_size`.
        key: inputs `[B, Nk, kv_dim]`, Nk a multiple of `block_size`.
        causal: whether the causal rule holds, with default times.

    Returns:
        A scalar, in nats.
    """
    width, width_q = layer.block_size, layer.query_block_size or layer.block_size
    q = layer.q_proj(query).unflatten(-1, (layer.heads, -1)).transpose(1, 2) * layer.head_dim**-0.5
    k = layer.k_proj(key).unflatten(-1, (layer.kv_heads, -1)).transpose(1, 2)
    k = k.repeat_interleave(layer.heads // layer.kv_heads, 1)
    place_q, place_k = torch.arange(q.shape[2]), torch.arange(k.shape[2])
    # Under the causal rule the first query of a block chooses for all.
    leaders = q.unflatten(2, (-1, width_q))
    leaders = leaders[..., 0, :] if causal else leaders.mean(-2)
    blocks = k.unflatten(2, (-1, width))
    score = leaders @ blocks.sum(-2).mT
    with torch.no_grad():
        logits = (q[:, :, ::width_q] if causal else leaders) @ k.mT
        if causal:
            logits = logits.masked_fill(place_k > place_q[::width_q, None], float("-inf"))
        mass = logits.softmax(-1).unflatten(-1, (-1, width)).sum(-1)
    if causal:
        past = place_k[width - 1 :: width] <= place_q[::width_q, None]
        past &= torch.arange(len(place_k) // width) != place_q[::width_q, None] // width
        score, mass = score.masked_fill(~past, -1e9), mass * past
    heaviest, block = mass.max(-1, keepdim=True)
    weight = heaviest[..., 0].square()
    return -(score.log_softmax(-1).gather(-1, block)[..., 0] * weight).sum() / weight.sum().clamp_min(1e-9)
