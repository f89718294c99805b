"""The block tree of a stream: it grows block by block, and one query at a time descends it.

Same tree as `wugan.attention.tree`: eight blocks to a node, eight nodes to the next, by number from the start of the
segment. What is scored is past, and what is past is complete, so a node is written once, when its last block is, as the
mean of eight means. At a query's time the past blocks of a segment are its first so many, less those evicted; so the
nodes that are past as a whole are an interval at each level, known from two numbers. Only their scores are left to the
device.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from wugan.attention.tree import BRANCHING, FORCED, SCORE_LIMIT

# A block by segment and number within it.
Block = tuple[int, int]


class Pool:
    """Several tensors `[places, ...]` under one numbering.

    A full pool grows by half, so that adding a place costs constant time on average. A place holds zeros until it is
    written to, and what it last held once it was given back.

    Args:
        shapes: shape of one place and dtype of each tensor, by name.
        device: where the tensors live.
        capacity: places to allocate at once.
        host: names of tensors that live in the host's memory instead.
    """

    def __init__(
        self,
        shapes: Mapping[str, tuple[tuple[int, ...], torch.dtype]],
        device: torch.device | str = "cpu",
        capacity: int = 0,
        host: Collection[str] = (),
    ) -> None:
        self.shapes, self.host = dict(shapes), host
        self.device = torch.device(device)
        self.used = 0
        self.free: list[int] = []
        self.capacity = 0
        self.tensors = {name: torch.zeros(0, *shape, dtype=dtype) for name, (shape, dtype) in shapes.items()}
        self._grow(capacity)

    def __getitem__(self, name: str) -> Tensor:
        return self.tensors[name]

    def take(self, count: int) -> list[int]:
        """Numbers of `count` places, those given back first."""
        again = [self.free.pop() for _ in range(min(count, len(self.free)))]
        first, self.used = self.used, self.used + count - len(again)
        if self.used > self.capacity:
            self._grow(max(self.used, self.capacity * 3 // 2, 8))
        return [*again, *range(first, self.used)]

    def give_back(self, place: int) -> None:
        """Let `place` be taken again."""
        self.free.append(place)

    @property
    def nbytes(self) -> int:
        """Bytes allocated."""
        return sum(x.nbytes for x in self.tensors.values())

    def _grow(self, capacity: int) -> None:
        # A tensor made in inference mode could not be written to outside of it.
        with torch.inference_mode(False):
            for name, (shape, dtype) in self.shapes.items():
                grown = torch.zeros(capacity, *shape, dtype=dtype, device="cpu" if name in self.host else self.device)
                kept = self.tensors[name]
                grown[: len(kept)] = kept
                self.tensors[name] = grown
        self.capacity = capacity


class Gatherer:
    """Gathers rows into one piece of memory, again and again: fresh pages would cost more than the copy itself."""

    def __init__(self) -> None:
        self._room: Tensor | None = None

    def __call__(self, x: Tensor, rows: Tensor) -> Tensor:
        """`x[rows]`, valid until the next call."""
        room = self._room
        if room is None or len(room) < len(rows):
            with torch.inference_mode(False):
                room = self._room = x.new_empty(len(rows), *x.shape[1:])
        return torch.index_select(x, 0, rows, out=room[: len(rows)])

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return 0 if self._room is None else self._room.nbytes


@dataclass
class Segment:
    """One modality of the stream. Blocks [1, `evicted`) are gone; `evicted` is 0 while none is.

    Attributes:
        length: tokens so far.
        asked: tokens that have been queries so far.
        evicted: see above.
        slots: where the keys of each block lie that is not evicted.
        starts: earliest time of each block from number `evicted` on, ascending.
        families: for each level, the place in the tree's pool of each eight sibling nodes.
        summaries: for each level, the places of the summaries of what is evicted, the oldest first.
    """

    length: int = 0
    asked: int = 0
    evicted: int = 0
    slots: dict[int, int] = field(default_factory=dict)
    starts: list[int | float] = field(default_factory=list)
    families: list[dict[int, int]] = field(default_factory=list)
    summaries: list[list[int]] = field(default_factory=list)

    @property
    def newest(self) -> int:
        """The newest block, -1 before the first."""
        return self.evicted + len(self.starts) - 1

    def begun(self, time: float) -> int:
        """The newest block that has begun by `time`; below `evicted` if there is none among the known ones."""
        return self.evicted + bisect_right(self.starts, time) - 1

    def node(self, level: int, number: int) -> int:
        """Node of the tree's pool."""
        return self.families[level][number // BRANCHING] * BRANCHING + number % BRANCHING


@dataclass(frozen=True)
class Frontier:
    """Where a descent begins, and what joins it on the way: the same for all queries until a block begins.

    Attributes:
        joins: from the finest level on, the nodes that are candidates there by themselves; at the coarsest all.
        bounds: for each level and segment, the interval of nodes that are past as a whole and not evicted.
        total: blocks that can be found.
    """

    joins: list[Tensor]
    bounds: list[list[tuple[int, int]]]
    total: int


class BlockTree:
    """Means of the nodes of all segments.

    Args:
        segments: the segments; the tree writes their `families`.
        batch: batch size B.
        rows: heads T of what is scored.
        groups: heads G of the queries that score, a multiple of T and of the number of routes.
        routes: number of routes R.
        size: size F of what is scored.
        dtype: of the means.
        device: of the means.
        capacity: blocks to allocate for.
    """

    def __init__(
        self,
        segments: list[Segment],
        batch: int,
        rows: int,
        groups: int,
        routes: int,
        size: int,
        dtype: torch.dtype,
        device: torch.device,
        capacity: int = 0,
    ) -> None:
        self.segments, self.rows, self.routes = segments, batch * rows, routes
        shapes = {
            "mean": ((BRANCHING, batch * rows, size), dtype),
            "child": ((BRANCHING,), torch.int64),
        }
        # Eight blocks to a family, eight families to one of the next level, and so on.
        self.pool = Pool(shapes, device, capacity // (BRANCHING - 1) + 4 * len(segments) if capacity else 0)
        row = torch.arange(batch, device=device)[:, None] * rows + torch.arange(groups, device=device) // (
            groups // rows
        )
        self._row = row.view(batch, routes, groups // routes, 1)
        self.gatherer = Gatherer()
        self._eight = torch.arange(BRANCHING, device=device)
        self._frontier: tuple[object, Frontier] | None = None

    def add(self, segment: int, first: int, means: Tensor, slots: list[int]) -> None:
        """Complete blocks `first`, `first + 1`, ... and the nodes that they complete.

        Args:
            segment: which segment.
            first: number of the first of the blocks.
            means: `[blocks, B * T, F]`.
            slots: where their keys lie.
        """
        children, level = slots, 0
        while True:
            families = self._families(segment, level)
            for family in range(first // BRANCHING, (first + len(children) - 1) // BRANCHING + 1):
                if family not in families:
                    families[family] = self.pool.take(1)[0]
            node = self._tensor(self._nodes(segment, level, first, first + len(children)))
            self.pool["mean"].flatten(0, 1).index_copy_(0, node, means)
            self.pool["child"].view(-1).index_copy_(0, node, self._tensor(children))
            complete = range(first // BRANCHING, (first + len(children)) // BRANCHING)
            if not complete:
                return
            places = [families[number] for number in complete]
            means = self.pool["mean"][places].mean(1)
            children = [place * BRANCHING for place in places]
            first, level = complete.start, level + 1

    def evict(self, segment: int) -> None:
        """Free the families all of whose blocks are evicted, but for the one of the first block."""
        for level, families in enumerate(self.segments[segment].families):
            end = self.segments[segment].evicted // BRANCHING**level
            for family in [f for f in families if (f + 1) * BRANCHING <= end and (level or f)]:
                self.pool.give_back(families.pop(family))

    def mean(self, segment: int, block: int) -> Tensor:
        """`[B * T, F]` of a complete block."""
        return self.pool["mean"].flatten(0, 1)[self.segments[segment].node(0, block)]

    def slots(self, nodes: Tensor) -> Tensor:
        """Where the keys of blocks lie, given their nodes."""
        return self.pool["child"].view(-1)[nodes]

    def gather(self, nodes: Tensor) -> Tensor:
        """Means of `nodes` `[B, R, C]` for each group of heads, `[B, G, C, F]`, valid until the next call."""
        index = nodes[:, :, None] * self.rows + self._row
        means = self.pool["mean"].flatten(0, 2)
        return self.gatherer(means, index.flatten()).view(*index.flatten(1, 2).shape, means.shape[1])

    def best(self, query: Tensor, past: Sequence[int], forced: Sequence[Block], count: int, beam: int | None) -> Tensor:
        """Nodes of the `count` best of the past blocks that are not forced (or of all), `[B, R, count]`.

        Args:
            query: what scores, `[B, G, F]`.
            past: how many blocks of each segment are past, evicted ones included.
            forced: past blocks that are read anyway, the most important first; the descent goes there too.
            count: how many to find.
            beam: nodes to expand at each level; `None` scores all blocks.
        """
        front = self._front(tuple(past), beam)
        count = min(count, front.total - len(forced))
        if count <= 0:
            return self._tensor([]).expand(len(query), self.routes, 0)
        nodes: Tensor | None = None
        for level in reversed(range(len(front.joins))):
            joins = front.joins[level].expand(len(query), self.routes, -1)
            nodes = joins if nodes is None else torch.cat((nodes, joins), -1)
            marked = self._marked(level, front, forced)
            if not level and count == front.total - len(forced) and not front.bounds[1:]:
                rank = torch.zeros(nodes.shape, device=nodes.device)
            else:
                rank = self._score(query, nodes).clamp(-SCORE_LIMIT, SCORE_LIMIT)
            for place, node in enumerate(marked):
                rank = rank.masked_fill(nodes == node, FORCED * (1 + len(marked) - place) if level else -torch.inf)
            width = min(beam or nodes.shape[-1], nodes.shape[-1]) if level else count
            nodes = nodes.gather(-1, rank.topk(width, -1, sorted=False).indices)
            if level:
                nodes = (self.slots(nodes)[..., None] + self._eight).flatten(-2)
        assert nodes is not None
        return nodes

    def _score(self, query: Tensor, nodes: Tensor) -> Tensor:
        """`[B, R, C]`: the mean over the heads of a route of their products."""
        means = self.gather(nodes)
        batch, groups, width, size = means.shape
        score = query.reshape(-1, 1, size) @ means.view(-1, width, size).mT
        score = score.view(batch, self.routes, groups // self.routes, width)
        return score.mean(2) if groups > self.routes else score[:, :, 0]

    def _marked(self, level: int, front: Frontier, forced: Sequence[Block]) -> list[int]:
        """Nodes of `level` that lead to a forced block and are past, in order of rank."""
        marked: dict[int, None] = {}
        for segment, block in forced:
            number = block // BRANCHING**level
            low, high = front.bounds[level][segment]
            if low <= number < high or not level:
                marked.setdefault(self.segments[segment].node(level, number))
        return list(marked)

    def _front(self, past: tuple[int, ...], beam: int | None) -> Frontier:
        key = past, tuple(segment.evicted for segment in self.segments), beam
        if self._frontier is None or self._frontier[0] != key:
            self._frontier = key, self._make_front(past, beam)
        return self._frontier[1]

    def _make_front(self, past: tuple[int, ...], beam: int | None) -> Frontier:
        bounds = [[(segment.evicted, max(segment.evicted, n)) for segment, n in zip(self.segments, past, strict=True)]]
        # The descent begins below the finest level all of whose nodes would be expanded.
        while beam is not None and sum(high - low for low, high in bounds[-1]) > beam:
            coarser = [(-(-low // BRANCHING), high // BRANCHING) for low, high in bounds[-1]]
            coarser = [(low, max(low, high)) for low, high in coarser]
            if sum(high - low for low, high in coarser) <= beam:
                break
            bounds.append(coarser)
        joins = []
        for level, spans in enumerate(bounds):
            nodes: list[int] = []
            for segment, (low, high) in enumerate(spans):
                left = right = high
                if level + 1 < len(bounds):
                    upper_low, upper_high = bounds[level + 1][segment]
                    if upper_low < upper_high:
                        left, right = upper_low * BRANCHING, upper_high * BRANCHING
                nodes += self._nodes(segment, level, low, left)
                nodes += self._nodes(segment, level, right, high)
                if not level and self.segments[segment].evicted:
                    nodes.append(self.segments[segment].node(0, 0))
            joins.append(self._tensor(nodes))
        kept = sum(bool(segment.evicted) for segment in self.segments)
        return Frontier(joins, bounds, kept + sum(high - low for low, high in bounds[0]))

    def _families(self, segment: int, level: int) -> dict[int, int]:
        families = self.segments[segment].families
        while len(families) <= level:
            families.append({})
        return families[level]

    def _nodes(self, segment: int, level: int, low: int, high: int) -> list[int]:
        if low >= high:
            return []
        families = self.segments[segment].families[level]
        return [families[n // BRANCHING] * BRANCHING + n % BRANCHING for n in range(low, high)]

    def _tensor(self, numbers: Iterable[int]) -> Tensor:
        return torch.tensor(list(numbers), dtype=torch.int64, device=self.pool.device)
