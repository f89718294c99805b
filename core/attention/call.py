"""`prepare_call`: arguments of one attention call checked, filled in and cut into blocks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from wugan.attention.checks import check_beam, check_call, check_segments, check_times, sequence_lengths
from wugan.attention.layout import block_layout
from wugan.attention.plan import Plan
from wugan.attention.registry import routers
from wugan.attention.router import Beam
from wugan.attention.routing import Routes
from wugan.errors import DataError


@dataclass(frozen=True)
class Call:
    """One call: content with the keys that do not exist set to zero, its plan, and how it is routed."""

    q: Tensor
    k: Tensor
    v: Tensor
    gate_q: Tensor | None
    gate_k: Tensor | None
    plan: Plan
    top_k: int | None
    route_heads: int
    router: str
    beam: Beam
    far_field: bool

    def route(self, everything: bool = False) -> Routes:
        """The routes; with `everything`, as if all blocks were kept (and no far field)."""
        far_v = self.v if self.far_field and not everything else None
        top_k = None if everything else self.top_k
        router = routers[self.router]
        return router(self.q, self.k, self.gate_q, self.gate_k, self.plan, top_k, self.route_heads, self.beam, far_v)


def prepare_call(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    *,
    gate_q: Tensor | None = None,
    gate_k: Tensor | None = None,
    block_size: int = 64,
    query_block_size: int | None = None,
    top_k: int | None = 8,
    causal: bool = False,
    time_q: Tensor | None = None,
    time_k: Tensor | None = None,
    query_mask: Tensor | None = None,
    key_mask: Tensor | None = None,
    segments_q: Sequence[int] | None = None,
    segments_k: Sequence[int] | None = None,
    cu_seqlens_q: Tensor | Sequence[int] | None = None,
    cu_seqlens_k: Tensor | Sequence[int] | None = None,
    self_attention: bool | None = None,
    route_heads: int | None = None,
    router: str = "tree",
    beam: Beam = "auto",
    far_field: bool = False,
    scale: float | None = None,
    backend: str = "auto",
) -> Call:
    """See `dar_attention`, whose arguments these are."""
    check_call(q, k, v, gate_q, gate_k, block_size, query_block_size, top_k, query_mask, key_mask, route_heads, backend)
    check_beam(beam)
    batch, heads, length_q, dim = q.shape
    length_k = k.shape[2]
    if self_attention is None:
        self_attention = (
            length_q == length_k
            and (segments_k is None or segments_k == segments_q)
            and (cu_seqlens_k is None or _same_cuts(cu_seqlens_q, cu_seqlens_k))
        )
    if self_attention:
        segments_k = segments_q if segments_k is None else segments_k
        cu_seqlens_k = cu_seqlens_q if cu_seqlens_k is None else cu_seqlens_k
        query_mask = key_mask if query_mask is None else query_mask
    check_segments("segments_q", segments_q, length_q)
    check_segments("segments_k", segments_k, length_k)
    if self_attention and length_q != length_k:
        raise DataError(f"self_attention needs as many keys as queries, got k of length {length_k}, q of {length_q}")
    sequences_q = sequence_lengths("cu_seqlens_q", cu_seqlens_q, segments_q, length_q)
    sequences_k = sequence_lengths("cu_seqlens_k", cu_seqlens_k, segments_k, length_k)
    if len(sequences_q) != len(sequences_k):
        raise DataError(f"cu_seqlens_q has {len(sequences_q)} sequences, cu_seqlens_k {len(sequences_k)}")
    queries = block_layout(length_q, query_block_size or block_size, segments_q, q.device, sequences_q)
    keys = block_layout(length_k, block_size, segments_k, q.device, sequences_k)
    plain_order = causal and time_q is None and time_k is None and not keys.packed
    if causal:
        sequences = sequences_q, sequences_k
        time_q, time_k = check_times(time_q, time_k, batch, length_q, length_k, q.device, sequences)
    if key_mask is not None:
        hole = ~key_mask[:, None, :, None]
        k, v = k.masked_fill(hole, 0), v.masked_fill(hole, 0)
        gate_k = None if gate_k is None else gate_k.masked_fill(hole, 0)
    plan = Plan(
        queries=queries,
        keys=keys,
        scale=1 / math.sqrt(dim) if scale is None else scale,
        query_mask=query_mask,
        key_mask=key_mask,
        time_q=time_q if causal else None,
        time_k=time_k if causal else None,
        plain_order=plain_order,
        self_attention=self_attention,
    )
    return Call(q, k, v, gate_q, gate_k, plan, top_k, route_heads or heads, router, beam, far_field)


def _same_cuts(a: Tensor | Sequence[int] | None, b: Tensor | Sequence[int]) -> bool:
    return a is not None and torch.equal(torch.as_tensor(a, device="cpu"), torch.as_tensor(b, device="cpu"))
