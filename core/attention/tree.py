"""The block tree, and the beam descent through it that finds key blocks without looking at each.

Key blocks in groups of eight, the groups in groups of eight, up to one node for each segment. A node knows what routing
knows of a block (see `routing`): sums and counts of its valid tokens, and its times. Whether a query block may use a
node's summary is the same rule for blocks and nodes, so a node is past once all its blocks are.

Nodes of a level are scored as blocks are. For each query block the `beam` best are expanded, and of the nodes that are
not past, which must not be scored, the `beam` oldest too. Nodes that lead to a forced or present block go first, so
these are never missed. The blocks arrived at are ranked by the rule of `routing.choose`, so a beam that leaves no node
out gives the same routes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor

from wugan.attention.layout import Blocks, Span, Summary

BRANCHING = 8
# Scores decide an order only, so classes of blocks are kept apart by offsets far beyond any real score.
SCORE_LIMIT = 1e6
FORCED = 1e7
NOT_PAST = -1e7
# Of the nodes gathered for one chunk of query blocks: about a cache full, or enough to keep a card busy.
_CHUNK_BYTES_CPU = 8 << 20
_CHUNK_BYTES_CARD = 256 << 20


@dataclass(frozen=True, eq=False)
class TreeLevel:
    """One level of the tree; the finest holds the key blocks themselves.

    Attributes:
        nodes: number of nodes.
        first_child: int64 `[nodes]`, each node's first child in the next finer level; children lie side by side.
        children: int64 `[nodes]`, how many it has (none at the finest level).
        of_block: int64 `[key blocks]`, the node that holds each key block.
        sequence_starts: int64 `[sequences + 1]`, first node of each sequence, and the number of nodes.
        sequence_width: nodes in the longest sequence.
    """

    nodes: int
    first_child: Tensor
    children: Tensor
    of_block: Tensor
    sequence_starts: Tensor
    sequence_width: int


@lru_cache(maxsize=64)
@torch.inference_mode(False)  # kept, also for a training that comes after an inference
def tree_levels(keys: Blocks) -> tuple[TreeLevel, ...]:
    """Levels from the finest (key blocks) to the coarsest (one node for each segment that holds a token)."""
    device = keys.segment_of.device
    first_of = keys.first_of  # of each node: the first node of its segment, here in the finest level
    starts, width, of_block = keys.sequence_starts, keys.sequence_width, torch.arange(keys.blocks, device=device)
    none = torch.zeros(keys.blocks, dtype=torch.int64, device=device)
    levels = [TreeLevel(keys.blocks, none, none, of_block, starts, width)]
    while True:
        place = torch.arange(len(first_of), device=device) - first_of
        if not place.any():
            return tuple(levels)
        begins = place % BRANCHING == 0
        parent = begins.cumsum(0) - 1
        first_child = begins.nonzero().flatten()
        children = torch.cat((first_child, first_child.new_full((1,), len(begins)))).diff()
        # Sequences begin with a node of their own, so the nodes that begin before one are those before its own.
        starts = torch.searchsorted(first_child, starts)
        of_block = parent[of_block]
        first_of = parent[first_of][first_child]
        width = int(starts.diff().max())
        levels.append(TreeLevel(len(first_child), first_child, children, of_block, starts, width))


@dataclass(frozen=True)
class NodeTimes:
    """When the nodes of a level may be seen and scored, `[B, nodes]` each; over key blocks that hold a valid key.

    Attributes:
        earliest: earliest time of a token.
        ended: time from which all blocks are past: their keys are, and each has a successor that has begun.
        closed: whether there will be such a time; a segment's newest block has no successor.
        age: rank of the oldest block among all key blocks, by earliest time.
    """

    earliest: Tensor
    ended: Tensor
    closed: Tensor
    age: Tensor


@dataclass(frozen=True)
class Timeline:
    """Key blocks in order of time, segment by segment, to look up each segment's newest block.

    Attributes:
        earliest: `[B, key blocks]`, earliest times, sorted.
        codes: int64 `[B, key blocks]`, segment · (key blocks + 1) + age, sorted; blocks without a key come last.
        blocks: int64 `[B, key blocks]`, key block of each code.
    """

    earliest: Tensor
    codes: Tensor
    blocks: Tensor

    def newest(self, time: Tensor, segments: Tensor) -> Tensor:
        """Newest block that has begun by `time` `[B, Q]` in each of `segments` `[Q, S]`: `[B, Q, S]`, -1 for none."""
        size = self.codes.shape[1] + 1
        begun = torch.searchsorted(self.earliest, time.contiguous(), right=True)
        codes = segments * size + begun[..., None]
        place = torch.searchsorted(self.codes, codes.flatten(1)).view_as(codes) - 1
        safe = place.clamp_min(0).flatten(1)
        same = (self.codes.gather(1, safe).view_as(codes) // size == segments) & (place >= 0)
        return torch.where(same, self.blocks.gather(1, safe).view_as(codes), -1)


def block_times(k_span: Span, filled: Tensor, segment_of: Tensor) -> tuple[NodeTimes, Timeline]:
    """Times of key blocks, of which `filled` `[B, key blocks]` hold a key; `segment_of` `[key blocks]`."""
    order = k_span.earliest.argsort(stable=True, dim=-1)
    age = order.argsort(-1)
    size = filled.shape[1] + 1
    segment = torch.where(filled, segment_of, size)
    codes, blocks = (segment * size + age).sort(-1)
    sorted_segment = segment.gather(1, blocks)
    begins = k_span.earliest.gather(1, blocks)
    # The successor of a block is the next one in time that its segment has.
    followed = torch.zeros_like(filled)
    followed[:, :-1] = (sorted_segment[:, 1:] == sorted_segment[:, :-1]) & (sorted_segment[:, 1:] < size)
    ended = torch.maximum(k_span.latest.gather(1, blocks), begins.roll(-1, 1))
    back = blocks.argsort(-1)
    times = NodeTimes(k_span.earliest, ended.gather(1, back), followed.gather(1, back), age)
    return times, Timeline(k_span.earliest.gather(1, order), codes, blocks)


def node_times(times: NodeTimes, filled: Tensor, level: TreeLevel) -> NodeTimes:
    """Times of the nodes of `level` from those of key blocks; of nodes without a key they mean nothing."""
    index = level.of_block.expand_as(filled)

    def reduce(x: Tensor, how: str, neutral: float | int) -> Tensor:
        start = x.new_full((len(x), level.nodes), neutral)
        return start.scatter_reduce(1, index, torch.where(filled, x, neutral), how)

    limits = torch.finfo(times.ended.dtype) if times.ended.is_floating_point() else torch.iinfo(times.ended.dtype)
    return NodeTimes(
        reduce(times.earliest, "amin", limits.max),
        reduce(times.ended, "amax", limits.min),
        reduce(times.closed.to(torch.uint8), "amin", 1).bool(),
        reduce(times.age, "amin", filled.shape[1]),
    )


def node_summary(summary: Summary, level: TreeLevel) -> Summary:
    """Sums and counts of the nodes of `level` from those of key blocks; differentiable."""
    total, count = summary.total, summary.count
    return Summary(
        total.new_zeros(*total.shape[:2], level.nodes, total.shape[3]).index_add(2, level.of_block, total),
        count.new_zeros(*count.shape[:2], level.nodes, 1).index_add(2, level.of_block, count),
    )


def node_means(summary: Summary, keys: Blocks) -> Tensor:
    """Means of the nodes of all levels, the finest first, from sums of key blocks: `[B, H, nodes, D]`."""
    return torch.cat([node_summary(summary, level).mean for level in tree_levels(keys)], 2)


@dataclass(frozen=True)
class _Level:
    """What the descent reads of a level's nodes."""

    shape: TreeLevel
    mean: Tensor  # [B, G, nodes, F]
    filled: Tensor  # bool [B, nodes]
    times: NodeTimes | None  # under the causal rule


@dataclass(frozen=True)
class _Queries:
    """A chunk of C query blocks."""

    vector: Tensor  # [B, G, C, F]
    sequence: Tensor  # [C]
    earliest: Tensor | None  # [B, C] under the causal rule
    latest: Tensor | None
    forced: list[Tensor]  # key block of each query block, [C]
    present: Tensor | None  # [B, C, S], newest key block of each segment, -1 for none


@dataclass(frozen=True)
class _Candidates:
    """Nodes of one level that a chunk considers, `[B, R, C, nodes]` each."""

    nodes: Tensor
    past: Tensor
    rank: Tensor


@dataclass(frozen=True)
class Descent:
    """What the descent found.

    Attributes:
        blocks: int64 `[B, R, query blocks, K]`, key blocks to read.
        kept: bool of the same shape; false where the place is unused.
        past: bool of the same shape, whether the block is past.
        unread: if asked for, nodes that were scored and not expanded, `[B, R, query blocks, W]`, numbered from the
            finest level on through all levels, and whether each place is used.
    """

    blocks: Tensor
    kept: Tensor
    past: Tensor
    unread: tuple[Tensor, Tensor] | None


def descend(
    q: Tensor,
    keys: Summary,
    queries: Blocks,
    layout: Blocks,
    q_span: Span | None,
    k_span: Span | None,
    forced: Sequence[Tensor],
    top_k: int,
    beam: int,
    route_heads: int,
    *,
    keep_unread: bool = False,
) -> Descent:
    """Choose the key blocks of each query block, in time and memory linear in query blocks and in tree levels.

    Args:
        q: what scores key blocks, `[B, G, query blocks, F]`; G is a multiple of `route_heads`.
        keys: sums of what is scored, `[B, G, key blocks, F]`, and counts.
        queries: cut of the queries.
        layout: cut of the keys.
        q_span: times of query blocks under the causal rule, else `None`.
        k_span: times of key blocks under the causal rule, else `None`.
        forced: key block of each query block, `[query blocks]` each, the most important first.
        top_k: blocks to keep, at most as many as a sequence has.
        beam: nodes to expand at each level, at least `top_k`.
        route_heads: number R of routes; their score is the mean over G / R of G.
        keep_unread: also tell which nodes were scored and not expanded.
    """
    shapes = tree_levels(layout)
    filled = keys.count[:, 0, :, 0] > 0
    times: NodeTimes | None = None
    timeline: Timeline | None = None
    if k_span is not None:
        times, timeline = block_times(k_span, filled, shapes[-1].of_block)
    # All nodes of this level and of those above are expanded, so it does not matter where above the descent starts:
    # what a query reads does not depend on how much there is besides its past and its sequence.
    start = next((n for n, shape in enumerate(shapes) if shape.sequence_width <= beam), len(shapes) - 1)
    levels = [_level(keys, filled, times, shape) for shape in shapes[: start + 1]]
    widest = max(
        min((1 if times is None else 2) * beam * BRANCHING, layout.sequence_width), shapes[start].sequence_width
    )
    bytes_each = q.shape[0] * q.shape[1] * q.shape[3] * q.element_size() * widest
    budget = _CHUNK_BYTES_CPU if q.device.type == "cpu" else _CHUNK_BYTES_CARD
    step = max(1, budget // max(1, bytes_each))
    found = []
    for first in range(0, queries.blocks, step):
        part = slice(first, first + step)
        sequence = queries.sequence_of[part]
        earliest = latest = present = None
        if q_span is not None and timeline is not None:
            earliest, latest = q_span.earliest[:, part], q_span.latest[:, part]
            present = timeline.newest(earliest, _own(shapes[-1], sequence))
        chunk = _Queries(q[:, :, part], sequence, earliest, latest, [block[part] for block in forced], present)
        found.append(_descend_chunk(chunk, levels, top_k, beam, route_heads, keep_unread))
    blocks, kept, past = (torch.cat([getattr(part, name) for part in found], 2) for name in ("blocks", "kept", "past"))
    unread = [part.unread for part in found if part.unread is not None]
    return Descent(blocks, kept, past, _join(unread) if unread else None)


def _descend_chunk(
    q: _Queries, levels: list[_Level], top_k: int, beam: int, route_heads: int, keep_unread: bool
) -> Descent:
    batch, start = len(q.vector), levels[-1].shape
    nodes = _own(start, q.sequence).expand(batch, route_heads, -1, -1)
    alive = nodes >= 0
    nodes = nodes.clamp_min(0)
    offset = sum(level.shape.nodes for level in levels)
    unread = []
    for level, finer in zip(levels[:0:-1], levels[-2::-1], strict=True):
        found = _rank(q, level, nodes, alive)
        picks = [_best(found.rank.masked_fill(~found.past, float("-inf")), beam)]
        offset -= level.shape.nodes
        if keep_unread:
            unread.append(_unread(found, *picks[0], offset))
        if q.earliest is not None:
            oldest, used = _best(found.rank.masked_fill(found.past, float("-inf")), beam)
            room = int(used.sum(-1).max())  # rarely more than a few, and the used ones come first
            picks.append((oldest[..., :room], used[..., :room]))
        place, alive = (torch.cat(parts, -1) for parts in zip(*picks, strict=True))
        nodes, alive = _expand(level.shape, found.nodes.gather(-1, place), alive)
        nodes = nodes.clamp_max(finer.shape.nodes - 1)
    found = _rank(q, levels[0], nodes, alive)
    place, kept = _best(found.rank, top_k)
    if keep_unread:
        unread.append(_unread(found, place, kept, 0))
    missing = top_k - place.shape[-1]
    blocks, used, past = (
        F.pad(x, (0, missing)) for x in (found.nodes.gather(-1, place), kept, found.past.gather(-1, place) & kept)
    )
    return Descent(blocks, used, past, _compact(unread) if keep_unread else None)


def _unread(found: _Candidates, place: Tensor, picked: Tensor, offset: int) -> tuple[Tensor, Tensor]:
    """Candidates that were scored and not picked, numbered through all levels, and whether each is one."""
    return found.nodes + offset, found.past & ~torch.zeros_like(found.past).scatter(-1, place, picked)


def _compact(parts: list[tuple[Tensor, Tensor]]) -> tuple[Tensor, Tensor]:
    """All levels of one chunk, without the places that no query block uses."""
    nodes, used = (torch.cat(part, -1) for part in zip(*parts, strict=True))
    order = used.to(torch.uint8).argsort(dim=-1, descending=True, stable=True)[..., : int(used.sum(-1).max())]
    return nodes.gather(-1, order), used.gather(-1, order)


def _join(chunks: list[tuple[Tensor, Tensor]]) -> tuple[Tensor, Tensor]:
    width = max(nodes.shape[-1] for nodes, _ in chunks)
    nodes, used = (
        torch.cat([F.pad(x, (0, width - x.shape[-1])) for x in part], 2) for part in zip(*chunks, strict=True)
    )
    return nodes, used


def _rank(q: _Queries, level: _Level, nodes: Tensor, alive: Tensor) -> _Candidates:
    """Rank the candidates by the rule of `routing.choose`."""
    rank = _score(q.vector, level, nodes).clamp(-SCORE_LIMIT, SCORE_LIMIT)
    seen = alive & _take(level.filled, nodes)
    past = seen
    if level.times is not None and q.earliest is not None and q.latest is not None:
        earliest, latest = q.earliest[:, None, :, None], q.latest[:, None, :, None]
        seen = seen & (_take(level.times.earliest, nodes) <= latest)
        past = seen & _take(level.times.closed, nodes) & (_take(level.times.ended, nodes) <= earliest)
        age = _take(level.times.age, nodes).to(rank.dtype)
        rank = torch.where(past, rank, NOT_PAST - age)
        if q.present is not None:
            for block in q.present.unbind(-1):
                leads = (nodes == level.shape.of_block[block][:, None, :, None]) & (block >= 0)[:, None, :, None]
                rank = torch.where(leads, FORCED + age, rank)
    for number, block in enumerate(reversed(q.forced), start=1):
        rank = rank.masked_fill(nodes == level.shape.of_block[block][:, None], FORCED * (1 + number))
    return _Candidates(nodes, past, rank.masked_fill(~seen, float("-inf")))


def _score(q: Tensor, level: _Level, nodes: Tensor) -> Tensor:
    """Scores `[B, R, C, nodes]`: the mean over the heads of a route of their products."""
    batch, groups, _, size = q.shape
    routes, width = nodes.shape[1], nodes.shape[3]
    base = torch.arange(batch * groups, device=q.device).view(batch, routes, -1, 1, 1) * level.shape.nodes
    rows = level.mean.reshape(-1, size).index_select(0, (base + nodes[:, :, None]).flatten())
    score = rows.view(-1, width, size) @ q.reshape(-1, size, 1)
    return score.view(batch, routes, groups // routes, -1, width).mean(2)


def _level(keys: Summary, filled: Tensor, times: NodeTimes | None, shape: TreeLevel) -> _Level:
    summary = node_summary(keys, shape)
    return _Level(
        shape, summary.mean, summary.count[:, 0, :, 0] > 0, None if times is None else node_times(times, filled, shape)
    )


def _own(level: TreeLevel, sequence: Tensor) -> Tensor:
    """Nodes of each query block's own sequence, `[C, longest]`, -1 beyond the last."""
    nodes = level.sequence_starts[sequence][:, None] + torch.arange(level.sequence_width, device=sequence.device)
    return torch.where(nodes < level.sequence_starts[sequence + 1][:, None], nodes, -1)


def _expand(level: TreeLevel, nodes: Tensor, alive: Tensor) -> tuple[Tensor, Tensor]:
    place = torch.arange(BRANCHING, device=nodes.device)
    children = level.first_child[nodes][..., None] + place
    alive = alive[..., None] & (place < level.children[nodes][..., None])
    return children.flatten(-2), alive.flatten(-2)


def _best(rank: Tensor, count: int) -> tuple[Tensor, Tensor]:
    best = rank.topk(min(count, rank.shape[-1]), dim=-1)
    return best.indices, best.values != float("-inf")  # NaN is kept, so that it shows in the output


def _take(x: Tensor, nodes: Tensor) -> Tensor:
    """`[B, all nodes]` at `nodes` `[B, ...]`."""
    return x.gather(1, nodes.flatten(1)).view_as(nodes)
