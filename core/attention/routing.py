"""Routing: which key blocks each query block reads, and with what bias.

Scores are made of block summaries (sums and counts, so that padding leaves them exact). Under the causal rule nothing
that decides what a query reads may depend on what lies in its future, neither later queries of its own block nor keys
that it cannot see. Hence these rules, which make the parallel form equal to a step-by-step one:

* a query block is summed up by its queries at the block's earliest time (without the causal rule: by all of them);
* a key block is scored and biased once that time has passed it: its keys are in the past and its successor has begun;
* each segment's present block, the newest that has begun by that time, may still grow: it is kept, without a score;
* blocks that begin later, in the course of the query block, take the places left, the earliest first.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from wugan.attention.layout import BlockLayout

# Scores decide an order only, so classes of blocks are kept apart by offsets far beyond any real score.
SCORE_LIMIT = 1e6
FORCED = 1e7
NOT_PAST = -1e7


@dataclass(frozen=True)
class Summary:
    """What routing knows of a block: sums, not means, so that appending a token or masking one stays exact.

    Attributes:
        total: `[B, H, blocks, D]`, sum of the block's valid vectors.
        count: `[B, 1, blocks, 1]`, how many they are.
    """

    total: Tensor
    count: Tensor

    @property
    def mean(self) -> Tensor:
        """`[B, H, blocks, D]`; zero for an empty block."""
        return self.total / self.count.clamp_min(1)


@dataclass(frozen=True)
class Span:
    """Earliest and latest time of each block's valid tokens, `[B, blocks]` each (an empty block: latest < earliest)."""

    earliest: Tensor
    latest: Tensor


@dataclass(frozen=True)
class FarField:
    """Tree nodes that were scored and not expanded; each counts as one token of mean key and value (M nodes in all).

    Attributes:
        nodes: int64 `[B, R, query blocks, W]`, the nodes that a query block reads, no node twice among the kept.
        kept: bool of the same shape; false where the place is unused.
        key: `[B, Hkv, M, D]`, mean keys.
        value: `[B, Hkv, M, Dv]`, mean values.
        log_count: `[B, M]`, logarithm of how many tokens a node stands for: a bias on its logit.
        gate_q: `[B, Hg, query blocks, G]`, mean gate queries; their product with `gate_k` is a bias too.
        gate_k: `[B, Hg, M, G]`, mean gate keys.
    """

    nodes: Tensor
    kept: Tensor
    key: Tensor
    value: Tensor
    log_count: Tensor
    gate_q: Tensor | None
    gate_k: Tensor | None

    def as_mask(self) -> Tensor:
        """Bool `[B, R, query blocks, M]`."""
        mask = self.nodes.new_zeros(*self.nodes.shape[:3], self.key.shape[2], dtype=torch.uint8)
        return mask.scatter_reduce(-1, self.nodes, self.kept.to(torch.uint8), "amax").bool()

    def bias_table(self) -> Tensor:
        """`[B, Hg or 1, query blocks, M]`, differentiable."""
        bias = self.log_count[:, None, None, :].expand(-1, -1, self.nodes.shape[2], -1)
        return bias if self.gate_q is None or self.gate_k is None else bias + self.gate_q @ self.gate_k.mT


@dataclass(frozen=True)
class Routes:
    """The key blocks that each query block reads.

    Attributes:
        blocks: int64 `[B, R, query blocks, K]`, key blocks in no particular order; R routes are shared by H heads.
        kept: bool of the same shape; false where the place is unused (fewer than K blocks can be seen).
        bias: `[B, H, query blocks, K]`, gate score added to the logits of that block; `None` without a gate.
        key_blocks: number of key blocks in all.
        packed: several sequences share the row, so that `kept` must be heeded even if all blocks are listed.
        far: what is read of the blocks that are not kept, or `None`.
    """

    blocks: Tensor
    kept: Tensor
    bias: Tensor | None
    key_blocks: int
    packed: bool = False
    far: FarField | None = None

    @property
    def everything(self) -> bool:
        """Whether no block is left out (by shape; masks may still hide some)."""
        return not self.packed and self.blocks.shape[-1] == self.key_blocks

    def as_mask(self) -> Tensor:
        """Bool `[B, R, query blocks, key blocks]`."""
        mask = torch.zeros(*self.blocks.shape[:3], self.key_blocks, dtype=torch.uint8, device=self.blocks.device)
        # An unused place may name a block that another place keeps, hence a maximum and, below, a sum.
        return mask.scatter_reduce(-1, self.blocks, self.kept.to(torch.uint8), "amax").bool()

    def bias_table(self) -> Tensor | None:
        """`[B, H, query blocks, key blocks]` with zeros where nothing is kept; differentiable."""
        if self.bias is None:
            return None
        heads = self.bias.shape[1]
        table = self.bias.new_zeros(*self.bias.shape[:3], self.key_blocks)
        return table.scatter_add(-1, spread(self.blocks, heads), torch.where(spread(self.kept, heads), self.bias, 0))


def spread(x: Tensor, heads: int) -> Tensor:
    """Repeat `[B, R, ...]` to `[B, heads, ...]`, neighbouring heads sharing one of the R."""
    return x if x.shape[1] == heads else x.repeat_interleave(heads // x.shape[1], dim=1)


def summarise(x: Tensor, layout: BlockLayout, mask: Tensor | None) -> Summary:
    """Sum `x` `[B, H, N, D]` over each block where `mask` `[B, blocks, width]` is true; in float32 at least."""
    dtype = torch.promote_types(x.dtype, torch.float32)
    blocks = layout.cut(x.to(dtype))
    batch = x.shape[0]
    if mask is None:
        if layout.regular:
            count = torch.full((1, 1, layout.blocks, 1), layout.width, dtype=dtype, device=x.device)
            return Summary(blocks.sum(-2), count.expand(batch, -1, -1, -1))
        mask = layout.valid.expand(batch, -1, -1)
    if x.device.type == "cpu" and mask.numel():  # a card would be waited for
        most = int(mask.sum(-1).max())
        if most <= layout.width // 4:  # under the causal rule a query block is summed up by one token, or few
            place = mask.to(torch.uint8).topk(most, dim=-1).indices
            mask = mask.gather(-1, place)
            blocks = blocks.gather(-2, place[:, None, :, :, None].expand(-1, x.shape[1], -1, -1, x.shape[-1]))
    total = torch.where(mask[:, None, :, :, None], blocks, 0).sum(-2)
    return Summary(total, mask.sum(-1, dtype=dtype)[:, None, :, None])


def span(time: Tensor, layout: BlockLayout, mask: Tensor) -> Span:
    """Times `[B, N]` to the span of each block, over the tokens where `mask` `[B, blocks, width]` is true."""
    limits = torch.finfo(time.dtype) if time.is_floating_point() else torch.iinfo(time.dtype)
    blocks = layout.cut_rows(time, 0)
    return Span(
        torch.where(mask, blocks, limits.max).amin(-1),
        torch.where(mask, blocks, limits.min).amax(-1),
    )


@dataclass(frozen=True)
class Visibility:
    """What a query block may read by masks and time alone, bool `[B, query blocks, key blocks]` each.

    Attributes:
        past: the block may be scored and biased; without the causal rule every block that holds a valid key.
        some: some key may be visible to some query.
        present: under the causal rule, the newest block of its segment that has begun by the query block's
            earliest time; `None` otherwise.
        order: under the causal rule, rank of each key block by its earliest time, `[B, key blocks]`.
    """

    past: Tensor
    some: Tensor
    present: Tensor | None = None
    order: Tensor | None = None


def visibility(
    q_span: Span | None, k_span: Span | None, k_count: Tensor, keys: BlockLayout, queries: BlockLayout
) -> Visibility:
    """See `Visibility`; without spans (no causal rule) every block of the sequence that holds a key is visible."""
    filled = (k_count[:, 0, None, :, 0] > 0) & (queries.sequence_of[:, None] == keys.sequence_of)
    if q_span is None or k_span is None:
        return Visibility(filled, filled)
    earliest_q, latest_q = q_span.earliest[:, :, None], q_span.latest[:, :, None]
    earliest_k, latest_k = k_span.earliest[:, None, :], k_span.latest[:, None, :]
    begun = filled & (earliest_k <= earliest_q)
    order = k_span.earliest.argsort(stable=True, dim=-1).argsort(-1)
    rank = torch.where(begun, order[:, None], -1)
    segment = keys.segment_of.expand_as(rank)
    newest = rank.new_full((*rank.shape[:2], keys.segments), -1).scatter_reduce(-1, segment, rank, "amax")
    present = begun & (rank == newest.gather(-1, segment))
    return Visibility(
        past=filled & (latest_k <= earliest_q) & ~present,
        some=filled & (earliest_k <= latest_q),
        present=present,
        order=order,
    )


def local_blocks(queries: BlockLayout, keys: BlockLayout) -> list[Tensor]:
    """Self-attention's forced key blocks of each query block, in order of rank: own, previous, first of the segment."""
    own = keys.block_of[queries.index.view(queries.blocks, queries.width)[:, 0]]
    first = keys.first_of[own]
    return [own, torch.maximum(own - 1, first), first]


def choose(scores: Tensor, top_k: int, sight: Visibility, forced: list[Tensor]) -> tuple[Tensor, Tensor]:
    """The `top_k` key blocks of each query block: forced ones, then by score, then by age.

    Args:
        scores: `[B, R, query blocks, key blocks]`.
        top_k: how many to keep, forced ones included, at most the number of key blocks.
        sight: what may be read at all.
        forced: key block of each query block, `[query blocks]` each, the most important first.

    Returns:
        Block numbers and whether each is used, `[B, R, query blocks, top_k]` both.
    """
    # Only scores differ between heads, so the ranks of all that is not scored are made once and merged in one pass.
    scored, fixed = sight.past, torch.zeros_like(sight.past, dtype=scores.dtype)
    if sight.present is not None and sight.order is not None:
        age = sight.order[:, None].to(scores.dtype)
        scored = scored & ~sight.present
        fixed = torch.where(sight.present, FORCED + age, NOT_PAST - age)
    for rank, block in enumerate(reversed(forced), start=1):
        scored = scored.scatter(-1, block[:, None].expand(len(scored), -1, -1), False)
        fixed = fixed.scatter(-1, block[:, None].expand(len(scored), -1, -1), FORCED * (1 + rank))
    scored, fixed = scored & sight.some, fixed.masked_fill(~sight.some, float("-inf"))
    ranked = torch.where(scored[:, None], scores.clamp(-SCORE_LIMIT, SCORE_LIMIT), fixed[:, None])
    best = ranked.topk(top_k, dim=-1)
    return best.indices, best.values != float("-inf")  # NaN is kept, so that it shows in the output
