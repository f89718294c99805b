"""`route`: which key blocks each query block reads, and with what bias.

Scores are made of block summaries (sums and counts, so that padding leaves them exact). Under the causal rule nothing
that decides what a query reads may depend on what lies in its future, neither later queries of its own block nor keys
that it cannot see. Hence these rules, which make the parallel form equal to a step-by-step one:

* a query block is summed up by its queries at the block's earliest time (without the causal rule: by all of them);
* a key block is scored and biased once that time has passed it: its keys are in the past and its successor has begun;
* each segment's present block, the newest that has begun by that time, may still grow: it is kept, without a score;
* blocks that begin later, in the course of the query block, take the places left, the earliest first.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from wugan.attention.layout import Blocks, Layout, Plan, Span, Summary, span, spread, summarise
from wugan.attention.registry import routers
from wugan.attention.tree import FORCED, NOT_PAST, SCORE_LIMIT, descend, node_means, node_summary, tree_levels
from wugan.errors import DataError

Beam = int | Literal["auto"] | None
# Up to so many key blocks all are scored: one product of matrices costs less than the descent's gathering (measured on
# one CPU core: about as much at 1,600 blocks, two to four times as much at 6,400).
FLAT_BLOCKS = 2048
_NARROWEST_BEAM = 16


@dataclass(frozen=True, kw_only=True)
class RouteConfig:
    """How blocks are chosen.

    Attributes:
        top_k: blocks that each query block reads, the forced ones included; `None`, or more than there are, means all.
        route_heads: number of separate routes, a divisor of H; default H. Heads that share a route use its mean score.
        router: registered name of what chooses the blocks (`wugan.attention.registry.routers`): `"tree"` as described
            here, `"window"` the nearest ones, without gate, or one of your own.
        beam: how blocks are found. `None` scores every block; a number descends the block tree and expands that many
            nodes at each level (at least `top_k`), in time linear in Nq and logarithmic in Nk; the wider, the nearer
            to `None`. `"auto"`: `None` up to 2048 blocks, then twice `top_k`, at least 16.
        far_field: what is left out still counts, at the resolution at which it was: a node of the tree that was scored
            and not expanded (with `beam=None`: a block) is one token of mean key, mean value and mean gate, with the
            logarithm of its count as a bias. Backends `"reference"` and, for `"auto"`, one of its own.
        scale: factor on query · key; default 1 / sqrt(D).
    """

    top_k: int | None = 8
    route_heads: int | None = None
    router: str = "tree"
    beam: Beam = "auto"
    far_field: bool = False
    scale: float | None = None

    def __post_init__(self) -> None:
        if self.top_k is not None and self.top_k < 1:
            raise DataError(f"top_k must be at least 1, got {self.top_k}")
        if self.beam not in ("auto", None) and (not isinstance(self.beam, int) or self.beam < 1):
            raise DataError(f"beam must be a number of at least 1, None or 'auto', got {self.beam!r}")


@dataclass(frozen=True)
class FarField:
    """Tree nodes that were scored and not expanded; each counts as one token of mean key and value (M nodes in all).

    Attributes:
        nodes: int64 `[B, R, query blocks, W]`, the nodes that a query block reads, no node twice among the kept.
        kept: bool of the same shape; false where the place is unused.
        key: `[B, Hkv, M, D]`, mean keys.
        log_count: `[B, M]`, logarithm of how many tokens a node stands for: a bias on its logit.
        gate_q: `[B, Hg, query blocks, G]`, mean gate queries; their product with `gate_k` is a bias too.
        gate_k: `[B, Hg, M, G]`, mean gate keys.
    """

    nodes: Tensor
    kept: Tensor
    key: Tensor
    log_count: Tensor
    gate_q: Tensor | None
    gate_k: Tensor | None

    def values(self, v: Tensor, plan: Plan) -> Tensor:
        """Mean values `[B, Hkv, M, Dv]` of values `[B, Hkv, Nk, Dv]`."""
        mask = None if plan.key_mask is None else plan.existing_keys()
        return node_means(summarise(v, plan.keys, mask), plan.keys)

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
        plan: of what call they are the routes.
        far: what is read of the blocks that are not kept, or `None`.
    """

    blocks: Tensor
    kept: Tensor
    bias: Tensor | None
    plan: Plan
    far: FarField | None = None

    @property
    def key_blocks(self) -> int:
        """Number of key blocks in all."""
        return self.plan.keys.blocks

    @property
    def everything(self) -> bool:
        """Whether no block is left out (by shape; masks may still hide some). In a packed row always false."""
        return not self.plan.keys.packed and self.blocks.shape[-1] == self.key_blocks

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


def visibility(q_span: Span | None, k_span: Span | None, k_count: Tensor, keys: Blocks, queries: Blocks) -> Visibility:
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


def local_blocks(queries: Blocks, keys: Blocks) -> list[Tensor]:
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


def route(
    q: Tensor,
    k: Tensor,
    layout: Layout,
    config: RouteConfig,
    gate_q: Tensor | None = None,
    gate_k: Tensor | None = None,
) -> Routes:
    """Choose the key blocks of each query block, and compute their gate bias (differentiable).

    Args:
        q: queries `[B, H, Nq, D]`.
        k: keys `[B, Hkv, Nk, D]`; H is a multiple of Hkv (grouped-query attention).
        layout: where they lie.
        config: how to choose.
        gate_q: gate queries `[B, Hg, Nq, G]`; H is a multiple of Hg. With `gate_k`, the score of two blocks, (mean gate
            query) · (mean gate key), is added to the route score and to the logits of a kept block.
        gate_k: gate keys `[B, Hg, Nk, G]`.

    Raises:
        DataError: an argument has the wrong shape, dtype, device or value; the message names it.
    """
    check_routed(q, k, gate_q, gate_k, config)
    return routers[config.router](q, k, layout.plan(q, k, config.scale), config, gate_q, gate_k)


def check_routed(q: Tensor, k: Tensor, gate_q: Tensor | None, gate_k: Tensor | None, config: RouteConfig) -> None:
    """Raise `DataError` where arguments of `route` do not fit together."""
    if (gate_q is None) != (gate_k is None):
        raise DataError("gate_q and gate_k go together: give both or neither")
    check_tensors(q, q=q, k=k, gate_q=gate_q, gate_k=gate_k)
    if k.shape[3] != q.shape[3]:
        raise DataError(f"k has head size {k.shape[3]}, q has {q.shape[3]}: they must be equal")
    for name, x in (("k", k), ("gate_q", gate_q)):
        if x is not None and (not x.shape[1] or q.shape[1] % x.shape[1]):
            raise DataError(f"{name} has {x.shape[1]} heads, which do not divide the {q.shape[1]} heads of q")
    if gate_q is not None and gate_k is not None:
        if gate_q.shape[2] != q.shape[2]:
            raise DataError(f"gate_q has length {gate_q.shape[2]}, q has {q.shape[2]}")
        wanted = (gate_q.shape[1], k.shape[2], gate_q.shape[3])
        if gate_k.shape[1:] != wanted:
            raise DataError(f"gate_k must have heads, length and size {wanted}, got {tuple(gate_k.shape[1:])}")
    if config.route_heads is not None and (config.route_heads < 1 or q.shape[1] % config.route_heads):
        raise DataError(f"route_heads must divide the {q.shape[1]} heads of q, got {config.route_heads}")


def check_tensors(q: Tensor, /, **tensors: Tensor | None) -> None:
    """Raise `DataError` where one of the named tensors cannot go together with `q`."""
    for name, x in tensors.items():
        if x is None:
            continue
        if x.ndim != 4:
            raise DataError(f"{name} must be [batch, heads, length, size], got shape {tuple(x.shape)}")
        if x.device != q.device:
            raise DataError(f"{name} is on {x.device}, q on {q.device}: move them to one device")
        if not x.is_floating_point():
            raise DataError(f"{name} must be floating point, got {x.dtype}")
        if name in ("k", "v") and x.dtype != q.dtype:
            raise DataError(f"{name} is {x.dtype}, q is {q.dtype}: use one dtype")
        if x.shape[0] != q.shape[0]:
            raise DataError(f"{name} has batch size {x.shape[0]}, q has {q.shape[0]}")


def block_masks(plan: Plan) -> tuple[Tensor | None, Tensor | None, Span | None, Span | None]:
    """Which tokens sum up the query and the key blocks (`None`: all), and the times of both under the causal rule."""
    q_mask = None if plan.query_mask is None else plan.queries.cut_rows(plan.query_mask, False)
    k_mask = None if plan.key_mask is None else plan.existing_keys()
    if plan.time_q is None or plan.time_k is None:
        return q_mask, k_mask, None, None
    if q_mask is None:
        q_mask = plan.queries.valid.expand(plan.batch, -1, -1)
    q_span = span(plan.time_q, plan.queries, q_mask)
    k_span = span(plan.time_k, plan.keys, plan.existing_keys())
    return q_mask & (plan.queries.cut_rows(plan.time_q, 0) == q_span.earliest[..., None]), k_mask, q_span, k_span


@routers.register("tree")
def tree(q: Tensor, k: Tensor, plan: Plan, config: RouteConfig, gate_q: Tensor | None, gate_k: Tensor | None) -> Routes:
    """The blocks that score best, by the rules of this module: all are scored, or those that the block tree leads to.

    The score of a pair of blocks is `mean query · mean key · scale + mean gate query · mean gate key`: the first term
    is the mean logit between the two blocks, the second the bias that the block would get, so blocks are ranked by the
    mean of the logits that the attention itself would see.
    """
    queries, keys, heads = plan.queries, plan.keys, q.shape[1]
    top_k = keys.sequence_width if config.top_k is None else min(config.top_k, keys.sequence_width)
    everything = top_k == keys.blocks and not keys.packed
    if everything and gate_q is None:
        return _all_blocks(plan, None)
    q_mask, k_mask, q_span, k_span = block_masks(plan)
    gates = None
    if gate_q is not None and gate_k is not None:
        gates = summarise(gate_q, queries, q_mask), summarise(gate_k, keys, k_mask)
    beam, sight, unread = _beam(config, keys, top_k), None, None
    with torch.no_grad():
        k_summary = summarise(k.detach(), keys, k_mask)
        if everything or beam is None or not plan.batch * queries.blocks * keys.blocks:
            sight = visibility(q_span, k_span, k_summary.count, keys, queries)
    if everything:
        assert gates is not None and sight is not None
        table = torch.where(sight.past[:, None], gates[0].mean @ gates[1].mean.transpose(-1, -2), 0)
        return _all_blocks(plan, spread(table, heads))

    route_heads = config.route_heads or heads
    with torch.no_grad():
        q_mean = summarise(q.detach(), queries, q_mask).mean * plan.scale
        forced = local_blocks(queries, keys) if plan.self_attention else []
        if sight is None:
            assert beam is not None
            vectors, sums = _score_vectors(q_mean, k_summary, gates, route_heads)
            found = descend(
                vectors,
                sums,
                queries,
                keys,
                q_span,
                k_span,
                forced,
                top_k,
                max(beam, top_k),
                route_heads,
                keep_unread=config.far_field,
            )
            blocks, kept, past, unread = found.blocks, found.kept, found.past, found.unread
        else:
            scores = q_mean @ spread(k_summary.mean, heads).transpose(-1, -2)
            if gates is not None:
                scores = scores + spread(gates[0].mean @ gates[1].mean.transpose(-1, -2), heads)
            if route_heads < heads:
                scores = scores.unflatten(1, (route_heads, -1)).mean(2)
            blocks, kept = choose(scores, top_k, sight, forced)
            past = sight.past[:, None].expand(-1, route_heads, -1, -1).gather(-1, blocks)
    bias = None if gates is None else _gate_bias(*gates, blocks, past, heads)
    far = None if unread is None else _far_field(summarise(k, keys, k_mask), gates, keys, *unread)
    return Routes(blocks, kept, bias, plan, far)


def _beam(config: RouteConfig, keys: Blocks, top_k: int) -> int | None:
    """The nodes to expand at each level, `None` to score all blocks instead."""
    if config.far_field:  # what is not read must have been scored
        return narrow_beam(top_k) if config.beam == "auto" else config.beam or keys.sequence_width
    if config.beam != "auto":
        return config.beam
    if keys.blocks <= FLAT_BLOCKS:
        return None
    return keys.sequence_width if keys.sequence_width <= FLAT_BLOCKS else narrow_beam(top_k)


def narrow_beam(top_k: int) -> int:
    """The beam that `"auto"` uses where not all blocks are scored."""
    return max(_NARROWEST_BEAM, 2 * top_k)


def _score_vectors(
    q_mean: Tensor, k: Summary, gates: tuple[Summary, Summary] | None, route_heads: int
) -> tuple[Tensor, Summary]:
    """Queries `[B, G, query blocks, F]` and sums of keys whose products, averaged over G / R, are the scores."""
    gate_heads = 1 if gates is None else gates[1].total.shape[1]
    groups = math.lcm(route_heads, k.total.shape[1], gate_heads)
    vectors = [q_mean.unflatten(1, (groups, -1)).mean(2)]
    totals = [spread(k.total, groups)]
    if gates is not None:
        vectors.append(spread(gates[0].mean, groups))
        totals.append(spread(gates[1].total, groups))
    return torch.cat(vectors, -1), Summary(torch.cat(totals, -1), k.count)


def _gate_bias(gate_q: Summary, gate_k: Summary, blocks: Tensor, past: Tensor, heads: int) -> Tensor:
    """Gate score of the kept blocks alone, `[B, H, query blocks, K]`; zero where a block is not past."""
    route_heads = math.lcm(blocks.shape[1], gate_k.total.shape[1])
    blocks, past = spread(blocks, route_heads), spread(past, route_heads)
    k_mean = spread(gate_k.mean, route_heads)
    queries, width = blocks.shape[2:]
    gathered = k_mean.gather(2, blocks.flatten(2)[..., None].expand(-1, -1, -1, k_mean.shape[-1]))
    score = (spread(gate_q.mean, route_heads)[:, :, :, None] * gathered.unflatten(2, (queries, width))).sum(-1)
    return spread(torch.where(past, score, 0), heads)


def _all_blocks(plan: Plan, bias: Tensor | None) -> Routes:
    keys = plan.keys.blocks
    blocks = torch.arange(keys, device=plan.keys.index.device).expand(plan.batch, 1, plan.queries.blocks, keys)
    return Routes(blocks, torch.ones_like(blocks, dtype=torch.bool), bias, plan)


def _far_field(
    k: Summary, gates: tuple[Summary, Summary] | None, keys: Blocks, nodes: Tensor, kept: Tensor
) -> FarField:
    """The far field of `nodes`, which are numbered from the finest level on, from summaries of key blocks."""
    count = torch.cat([node_summary(k, level).count for level in tree_levels(keys)], 2)[:, 0, :, 0]
    return FarField(
        nodes=nodes,
        kept=kept,
        key=node_means(k, keys),
        log_count=count.detach().clamp_min(1).log(),
        gate_q=None if gates is None else gates[0].mean,
        gate_k=None if gates is None else node_means(gates[1], keys),
    )


@routers.register("window")
def window(
    q: Tensor, k: Tensor, plan: Plan, config: RouteConfig, gate_q: Tensor | None, gate_k: Tensor | None
) -> Routes:
    """The nearest blocks, whatever they hold: sliding-window attention, with the first block of a segment as a sink.

    Near is what lies at about the same share of the sequence, so it suits cross-attention between sequences in step as
    well. Without a gate. A yardstick for the learned router.
    """
    if config.far_field:
        raise DataError("router 'window' has no far field: use router='tree' or far_field=False")
    near_q, near_k = (_angles(x.shape[2], q).expand(plan.batch, -1, -1, -1) for x in (q, k))
    return tree(near_q.expand(-1, config.route_heads or q.shape[1], -1, -1), near_k, plan, config, None, None)


def _angles(length: int, like: Tensor) -> Tensor:
    """`[1, 1, N, 2]`: places on a half circle, whose products fall with the distance."""
    angle = torch.arange(length, dtype=torch.float64, device=like.device) * (math.pi / max(1, length))
    return torch.stack((angle.cos(), angle.sin()), -1)[None, None]
