"""Attention of a few queries to blocks of the cache's pool."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from wugan.attention.cache.route import Route
from wugan.attention.cache.store import BlockStore
from wugan.attention.routing import spread


@dataclass(frozen=True)
class Far:
    """Summaries of what was evicted: `key` `[B, Hkv, M, D]`, `value` `[B, Hkv, M, Dv]`, `bias` `[B, H, M]`."""

    key: Tensor
    value: Tensor
    bias: Tensor


def read(store: BlockStore, route: Route, q: Tensor, times: np.ndarray) -> Tensor:
    """Attention of queries `[B, H, n, D]` of one query block, of times `[n]`, to what it reads: `[B, H, n, Dv]`."""
    c = store.config
    near = [(n, block) for n, block in route.near if block in store.segments[n].slots]
    seen = np.zeros((len(times), len(near)), np.int64)
    for place, block in enumerate(near):
        seen[:, place] = store.seen(block, times)
    slots = torch.tensor([store.segments[n].slots[block] for n, block in near], dtype=torch.int64, device=q.device)
    out = attend_blocks(
        q.to(c.mean_dtype) * c.scale,
        store,
        torch.cat((slots.expand(*route.slots.shape[:2], -1), route.slots), -1),
        route.bias,
        seen,
        _far(store, route.gate_q),
    )
    return out.to(q.dtype)


def _far(store: BlockStore, gate_q: Tensor | None) -> Far | None:
    pool = store.summaries.pool
    if not pool.used:
        return None
    key, value, gate = (pool[name][: pool.used].permute(1, 2, 0, 3) for name in ("key", "value", "gate"))
    bias = pool["count"][: pool.used].log().expand(len(key), 1, -1)
    if gate_q is not None:
        bias = bias + (gate @ gate_q[..., None])[..., 0]
    return Far(key, value, spread(bias, store.config.heads))


def attend_blocks(
    q: Tensor,
    store: BlockStore,
    slots: Tensor,
    bias: Tensor | None,
    seen: np.ndarray,
    far: Far | None,
) -> Tensor:
    """`softmax(q kᵀ + bias) v` over the tokens of `slots`; zeros for a query that sees none.

    Args:
        q: `[B, H, n, D]`, scaled.
        store: holds keys and values.
        slots: int64 `[B, R, K]`, what to read.
        bias: `[B, H, P]`, added to the logits of the last P slots.
        seen: int64 `[n, J]`, tokens of each of the first J slots that each query sees; of the others it sees all.
        far: what else is read.
    """
    batch, heads, length, dim = q.shape
    groups, block, near, v_dim = store.rows.shape[1], store.config.block_size, seen.shape[1], store.config.v_dim
    everything = slots.shape[2] == near and far is None
    if everything and not seen.any():
        return q.new_zeros(batch, heads, length, v_dim)
    width = slots.shape[2] * block
    keys, values = store.blocks["key"].flatten(0, 1), store.blocks["value"].flatten(0, 1)
    rows = (spread(slots, groups) * store.blocks["key"].shape[1] + store.rows).flatten()
    k = store.gatherers["key"](keys, rows).view(batch * groups, width, dim).to(q.dtype)
    v = store.gatherers["value"](values, rows).view(batch * groups, width, v_dim).to(q.dtype)
    logits = q.reshape(batch * groups, -1, dim) @ k.mT
    by_block = logits.view(batch, heads, length, slots.shape[2], block)
    if bias is not None:
        by_block[..., near:, :] += bias[:, :, None, :, None]
    if (seen < block).any():
        hidden = torch.as_tensor(np.arange(block) >= seen[..., None], device=q.device)
        by_block[..., :near, :].masked_fill_(hidden, -torch.inf)
    if far is None:
        out = (logits.softmax(-1) @ v).view(batch, heads, length, -1)
        if everything and not (visible := seen.any(1)).all():
            out = out.masked_fill(~torch.as_tensor(visible, device=q.device)[:, None], 0)
        return out
    kv_heads = far.key.shape[1]
    far_logits = (q.reshape(batch, kv_heads, -1, dim) @ far.key.mT).view(batch, heads, length, -1)
    logits = torch.cat((logits.view(batch, heads, length, width), far_logits + far.bias[:, :, None]), -1)
    weights, far_weights = logits.softmax(-1).split((width, far.key.shape[2]), -1)
    out = (weights.reshape(batch * groups, heads // groups * length, width) @ v).view(batch, heads, length, -1)
    far_out = far_weights.reshape(batch, kv_heads, -1, far.key.shape[2]) @ far.value
    return out + far_out.view(batch, heads, length, -1)
