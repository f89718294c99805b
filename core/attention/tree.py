"""The block tree: key blocks in groups of eight, the groups in groups of eight, up to one node for each segment.

A node knows what routing knows of a block (see `routing`): sums and counts of its valid tokens, and its times. Whether
a query block may use a node's summary is the same rule for blocks and nodes, so a node is past once all its blocks are.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from wugan.attention.layout import BlockLayout
from wugan.attention.routing import Span, Summary

BRANCHING = 8


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
def tree_levels(keys: BlockLayout) -> tuple[TreeLevel, ...]:
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
