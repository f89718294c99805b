"""Counts floating-point operations of attention: what is done with pairs of tokens, and all that routing adds.

Projections that dense attention has too, softmax and masks are left out on both sides. Under the causal rule only what
is visible counts, pairs as well as scores.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from wugan.attention import DARAttention, Routes
from wugan.attention.routing import FLAT_BLOCKS, narrow_beam
from wugan.attention.tree import BRANCHING


@dataclass(frozen=True)
class Flops:
    """Operations of one or more calls.

    Attributes:
        dense: of dense attention: two products for each visible pair.
        pairs: the same for the pairs that were read.
        routing: block sums, scores, gate bias and the gate's own projections.
    """

    dense: float = 0
    pairs: float = 0
    routing: float = 0

    def __add__(self, other: Flops) -> Flops:
        return Flops(self.dense + other.dense, self.pairs + other.pairs, self.routing + other.routing)

    @property
    def share(self) -> float:
        """Operations of DAR as a share of dense attention's."""
        return (self.pairs + self.routing) / self.dense


def dar_flops(layer: DARAttention, routes: Routes, length_q: int, length_k: int, *, causal: bool) -> Flops:
    """Operations of one call of `layer` without masks, segments or far field.

    Where the tree is descended (`beam`), the scores of each level are counted at their most: all children of as many
    nodes as the beam is wide and two more, which are not past yet.

    Args:
        layer: gives the sizes.
        routes: what the call returned.
        length_q: queries.
        length_k: keys.
        causal: whether the causal rule held, with default times.
    """
    batch, width = routes.blocks.shape[0], layer.block_size
    heads, size, gate, gates = layer.heads, layer.head_dim, layer.gate_dim, layer.kv_heads
    width_q = layer.query_block_size or width
    query = torch.arange(length_q)
    per_pair = 4 * size * heads
    seen = (query + 1).sum().item() if causal else length_q * length_k
    dense = batch * seen * per_pair
    # A route head stands for `heads / routes` heads.
    pairs = _pairs(routes, query, width_q, width, length_k, causal).sum().item() * per_pair / routes.blocks.shape[1]
    routing = 0.0
    starts = query[::width_q]
    past = starts // width if causal else torch.full_like(starts, -(-length_k // width))
    scores = _scores(layer, routes, past) if not routes.everything else past.sum().item()
    if not routes.everything:
        routing += length_k * gates * size + (length_q * heads * size if width_q > 1 and not causal else 0)
        routing += scores * 2 * size * heads
    if gate:
        routing += length_k * gates * gate + (length_q * gates * gate if width_q > 1 and not causal else 0)
        routing += scores * 2 * gate * gates
        if not routes.everything:
            routing += routes.blocks[0, 0].numel() * 2 * gate * max(gates, routes.blocks.shape[1])
        routing += 2 * gate * gates * (layer.q_proj.in_features * length_q + layer.k_proj.in_features * length_k)
    return Flops(dense, pairs, batch * routing)


def _scores(layer: DARAttention, routes: Routes, past: Tensor) -> float:
    """How many scores the query blocks need that have `past` key blocks each."""
    beam, top_k = layer.config.beam, routes.blocks.shape[-1]
    if beam == "auto":
        beam = None if routes.key_blocks <= FLAT_BLOCKS else narrow_beam(top_k)
    if beam is None:
        return past.sum().item()
    beam, nodes, total = max(beam, top_k), routes.key_blocks, 0.0
    while nodes > beam:
        total += past.clamp_max((beam + 2) * BRANCHING).sum().item()
        past, nodes = past // BRANCHING, -(-nodes // BRANCHING)
    return total + past.sum().item()


def _pairs(routes: Routes, query: Tensor, width_q: int, width: int, length_k: int, causal: bool) -> Tensor:
    """Keys that each query reads in each place, `[B, R, Nq, K]`."""
    place = query // width_q
    start = routes.blocks[:, :, place] * width
    until = (query[:, None] + 1 if causal else torch.tensor(length_k)).clamp_max(length_k)
    return (until - start).clamp(0, width) * routes.kept[:, :, place]
