"""`Places`: the routes of one call with masks and time applied, as the kernels on the CPU want them."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from wugan.attention.plan import Plan
from wugan.attention.routing import Routes, span, spread


@dataclass(frozen=True)
class Places:
    """The key blocks that each query block reads, in the order: straddling its time, wholly visible, unused.

    Attributes:
        blocks: int64 `[B, R, query blocks, K]`.
        used: bool of the same shape: some query may see some key of the block.
        straddling: int64 `[B, R, query blocks]`, how many of the first places hold keys in some query's future; `None`
            without the causal rule.
        bias: `[B, H, query blocks, K]` or `None`.
        alive: bool `[B, key blocks, width]`, keys that exist; `None` where all do.
        seeing: bool `[B, R, query blocks, width or 1]`, queries that see any key; `None` where all do.
    """

    blocks: Tensor
    used: Tensor
    straddling: Tensor | None
    bias: Tensor | None
    alive: Tensor | None
    seeing: Tensor | None


def places(plan: Plan, routes: Routes) -> Places:
    """Leave out of `routes` what nobody sees, and sort it."""
    blocks, used, bias = routes.blocks, routes.kept, routes.bias
    batch = blocks.shape[0]
    sample = torch.arange(batch, device=blocks.device)[:, None, None, None]
    alive = _alive_keys(plan, batch)
    rank = seeing = None
    if plan.time_q is not None and plan.time_k is not None:
        k_span = span(plan.time_k, plan.keys, plan.keys.valid.expand(batch, -1, -1) if alive is None else alive)
        q_span = span(plan.time_q, plan.queries, plan.queries.valid.expand(batch, -1, -1))
        earliest, latest = k_span.earliest[sample, blocks], k_span.latest[sample, blocks]
        used = used & (earliest <= q_span.latest[:, None, :, None])
        limits = torch.finfo(earliest.dtype) if earliest.is_floating_point() else torch.iinfo(earliest.dtype)
        first = torch.where(used, earliest, limits.max).amin(-1, keepdim=True)
        seeing = first <= plan.queries.cut_rows(plan.time_q, 0)[:, None]
        rank = (latest > q_span.earliest[:, None, :, None]).to(torch.int8)
    if alive is not None:
        used = used & alive.any(-1)[sample, blocks]
    seen = used.any(-1, keepdim=True)
    seeing = seen if seeing is None else seeing & seen
    straddling = None if rank is None else (rank.bool() & used).sum(-1)
    if rank is not None or not used.all():
        rank = used.to(torch.int8) if rank is None else torch.where(used, 1 + rank, 0)
        order = rank.argsort(dim=-1, descending=True, stable=True)
        blocks, used = blocks.gather(-1, order), used.gather(-1, order)
        bias = None if bias is None else bias.gather(-1, spread(order, bias.shape[1]))
    return Places(blocks, used, straddling, bias, alive, None if seeing.all() else seeing)


def _alive_keys(plan: Plan, batch: int) -> Tensor | None:
    if plan.key_mask is not None:
        return plan.keys.cut_rows(plan.key_mask, False)
    return None if plan.keys.regular else plan.keys.valid.expand(batch, -1, -1)
