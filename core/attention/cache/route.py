"""`Route`: what a query block of a stream reads, chosen at its earliest time and kept until it is full; `read` it."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from wugan.attention.cache.store import BlockStore
from wugan.attention.cache.tree import Block
from wugan.attention.layout import spread
from wugan.attention.routing import FLAT_BLOCKS, narrow_beam
from wugan.errors import DataError


@dataclass(frozen=True)
class Route:
    """What a query block reads.

    Attributes:
        number: which query block of its segment.
        slots: int64 `[B, R, P]`, where the past blocks lie that it reads.
        bias: `[B, H, P]`, their gate scores, minus infinity for one evicted since; `None` for zeros.
        gate_q: `[B, Hg, G]`, the mean gate query, or `None`.
        near: the other blocks that it reads, present or begun since, no score or bias.
        room: how many blocks may still be added to `near`.
        until: the time up to which blocks that have begun were added.
    """

    number: int
    slots: Tensor
    bias: Tensor | None
    gate_q: Tensor | None
    near: list[Block]
    room: int
    until: int | float


def choose_route(
    store: BlockStore, number: int, q: Tensor, gate_q: Tensor | None, times: np.ndarray, own: Block | None
) -> Route:
    """Choose what a query block reads by its queries at its earliest time, by the rule of `routing.choose`.

    Args:
        store: what there is, everything up to that time at least.
        number: of the query block in its segment.
        q: `[B, H, n, D]`.
        gate_q: `[B, Hg, n, G]` or `None`.
        times: `[n]`.
        own: the block of the queries' own keys in self-attention, else `None`.

    Raises:
        DataError: the queries are older than what was evicted.
    """
    c, tree = store.config, store.tree
    time = times.min().item()
    begun = [segment.begun(time) for segment in store.segments]
    for segment, block in zip(store.segments, begun, strict=True):
        if segment.evicted and block < segment.evicted:
            raise DataError(
                f"the query of time {time} is older than what was evicted (up to {segment.starts[0]}): "
                "ask in order of time, or evict later"
            )
    forced: list[Block] = []
    if own is not None:
        local = (own[1], max(own[1] - 1, 0), 0)
        forced = [(own[0], block) for block in local if block in store.segments[own[0]].slots]
    present = [
        (segment.starts[block - segment.evicted], n, block)
        for n, (segment, block) in enumerate(zip(store.segments, begun, strict=True))
        if block >= 0
    ]
    forced += [(n, block) for _, n, block in sorted(present, reverse=True)]
    room = sys.maxsize if c.top_k is None else c.top_k
    forced = list(dict.fromkeys(forced))[:room]
    past = [(n, block) for n, block in forced if block < begun[n]]

    if (times != time).any():
        earliest = torch.as_tensor(times == time, device=q.device)
        q, gate_q = q[:, :, earliest], None if gate_q is None else gate_q[:, :, earliest]
    q_mean = q.mean(2, dtype=c.mean_dtype) * c.scale
    gate_mean = None if gate_q is None else gate_q.mean(2, dtype=c.mean_dtype)
    groups = math.lcm(c.mean_heads, c.route_heads)
    query = q_mean.unflatten(1, (groups, -1)).mean(2)
    if gate_mean is not None:
        query = torch.cat((query, spread(gate_mean, groups)), -1)
    nodes = tree.best(query, [max(block, 0) for block in begun], past, room - len(forced), _beam(store))
    room -= len(forced) + nodes.shape[-1]
    if past:
        known = torch.tensor([store.segments[n].node(0, block) for n, block in past], device=q.device)
        nodes = torch.cat((known.expand(*nodes.shape[:2], -1), nodes), -1)
    bias = None
    if gate_mean is not None:
        means = tree.gather(nodes)[..., c.head_dim :]
        bias = spread((means @ spread(gate_mean, groups)[..., None])[..., 0], c.heads)
    near = [block for block in forced if block not in past]
    return Route(number, tree.slots(nodes), bias, gate_mean, near, room, time)


def _beam(store: BlockStore) -> int | None:
    c = store.config
    if c.top_k is None or c.beam is None:
        return None
    if c.beam == "auto":
        return None if store.resident <= FLAT_BLOCKS else narrow_beam(c.top_k)
    return max(c.beam, c.top_k)


def extend_route(store: BlockStore, route: Route, times: np.ndarray) -> Route:
    """Add the blocks that have begun by now to those of the query block, the earliest first, while there is room."""
    time = times.max().item()
    if not route.room or time <= route.until:
        return route
    begun = [
        (segment.starts[block - segment.evicted], number, block)
        for number, segment in enumerate(store.segments)
        for block in range(max(segment.begun(route.until) + 1, segment.evicted), segment.begun(time) + 1)
    ]
    added = [block[1:] for block in sorted(begun)[: route.room]]
    return replace(route, near=route.near + added, room=route.room - len(added), until=time)


def drop_slot(route: Route, slot: int, heads: int) -> Route:
    """The route without what lies in `slot`: that block is evicted, and its summary is read instead."""
    bias = route.slots.new_zeros((), dtype=torch.float32) if route.bias is None else route.bias
    return replace(route, bias=torch.where(spread(route.slots == slot, heads), -torch.inf, bias))


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
