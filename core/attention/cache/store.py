"""`BlockStore`: keys, values and times of a stream in blocks, the tree above them, and summaries of what is gone."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from wugan.attention.cache.tree import Block, BlockTree, Gatherer, Pool, Segment
from wugan.attention.functional import Options, from_options
from wugan.attention.layout import spread
from wugan.attention.routing import Beam
from wugan.errors import DataError

# Which times the tokens go by: they are counted, or given as integers or floating-point numbers.
Clock = Literal["default", "int", "float"]
# So many summaries become one.
_MERGED = 8


@dataclass(frozen=True, kw_only=True)
class CacheConfig:
    """The shape of a `DARCache`, fit to be written to a file. Raises `DataError` where numbers do not fit together.

    Attributes:
        batch: rows B.
        heads: query heads H.
        kv_heads: key and value heads Hkv, a divisor of H; by default H.
        head_dim: size D of queries and keys.
        v_dim: size Dv of values; by default D.
        gate_dim: size G of gates; 0 for none.
        gate_heads: heads Hg of gates, a divisor of H; by default Hkv.
        block_size: keys in a block.
        query_block_size: queries of a segment that share a route, a divisor of `block_size` and by default the same.
            The first queries of a block decide its route, so 1 finds more and larger ones cost less.
        top_k: blocks that a query reads; `None` for all.
        beam: how blocks are found, see `RouteConfig`.
        route_heads: number of separate routes, a divisor of H; by default H.
        scale: factor on q · k; by default 1 / sqrt(D).
        segments: number of modalities.
        max_blocks: full blocks to keep, see `DARCache`; `None` for no bound.
        max_summaries: see `DARCache`.
        dtype: of queries, keys and values.
    """

    batch: int
    heads: int
    kv_heads: int
    head_dim: int
    v_dim: int
    gate_dim: int = 0
    gate_heads: int
    block_size: int = 64
    query_block_size: int
    top_k: int | None = 8
    beam: Beam = "auto"
    route_heads: int
    scale: float
    segments: int = 1
    max_blocks: int | None = None
    max_summaries: int = 64
    dtype: str

    def __post_init__(self) -> None:
        positive = ("batch", "heads", "kv_heads", "head_dim", "v_dim", "gate_heads")
        for name in (*positive, "route_heads", "segments", "max_summaries"):
            if getattr(self, name) < 1:
                raise DataError(f"{name} must be at least 1, got {getattr(self, name)}")
        if self.gate_dim < 0:
            raise DataError(f"gate_dim must be at least 0, got {self.gate_dim}")
        for name in ("kv_heads", "gate_heads", "route_heads"):
            if self.heads % getattr(self, name):
                raise DataError(f"{name} must divide the {self.heads} heads, got {getattr(self, name)}")
        from_options(self.options)  # checks them
        if isinstance(self.beam, int) and self.top_k is not None and max(self.beam, self.top_k) < self.segments:
            raise DataError(f"beam must be at least the number of segments, {self.segments}, got {self.beam}")
        if self.max_blocks is not None and self.max_blocks < 3 * self.segments:
            raise DataError(
                f"max_blocks must be at least 3 for each of the {self.segments} segments (the first and the last two "
                f"are always kept), got {self.max_blocks}"
            )
        if not isinstance(self.torch_dtype, torch.dtype) or not self.torch_dtype.is_floating_point:
            raise DataError(f"dtype must be floating point, got {self.dtype}")

    @property
    def torch_dtype(self) -> torch.dtype:
        """Dtype of queries, keys and values."""
        return getattr(torch, self.dtype, None)  # type: ignore[return-value]

    @property
    def mean_dtype(self) -> torch.dtype:
        """Dtype of means and of all arithmetic."""
        return torch.promote_types(self.torch_dtype, torch.float32)

    @property
    def mean_heads(self) -> int:
        """Heads T of the tree's means."""
        return math.lcm(self.kv_heads, self.gate_heads)

    @property
    def options(self) -> Options:
        """What these are in a call of `dar_attention`."""
        return {
            "block_size": self.block_size,
            "query_block_size": self.query_block_size,
            "top_k": self.top_k,
            "beam": self.beam,
            "route_heads": self.route_heads,
            "scale": self.scale,
        }


class Summaries:
    """What remains of evicted blocks: one token each of mean key, mean value and log(count), fewer the older they are.

    Summaries of all segments, in no order; a place that is not in use has the count zero, so log(count) hides it.

    Args:
        config: shapes; `max_summaries` of one level and segment are never merged.
        device: of the means.
    """

    def __init__(self, config: CacheConfig, device: torch.device) -> None:
        c = config
        self.limit = c.max_summaries
        shapes = {
            "key": (c.batch, c.kv_heads, c.head_dim),
            "value": (c.batch, c.kv_heads, c.v_dim),
            "gate": (c.batch, c.gate_heads, c.gate_dim),
            "count": (),
        }
        self.pool = Pool({name: (shape, c.mean_dtype) for name, shape in shapes.items()}, device)

    def __bool__(self) -> bool:
        return self.pool.used > 0

    def add(self, levels: list[list[int]], means: tuple[Tensor, Tensor, Tensor], count: int) -> None:
        """Add an evicted block of the segment whose summaries are `levels`; merge the oldest where they are too many.

        Once a level holds eight more than the limit, its eight oldest become one of the next level, so that n blocks
        leave at most (limit + 7) · log₈ n summaries.

        Args:
            levels: places of the segment's summaries for each level, the oldest first; written to.
            means: mean key `[B, Hkv, D]`, mean value `[B, Hkv, Dv]` and mean gate key `[B, Hg, G]`.
            count: how many tokens these stand for.
        """
        place = self._write(means, torch.tensor(count))
        for level in levels:
            level.append(place)
            if len(level) < self.limit + _MERGED:
                return
            oldest = level[:_MERGED]
            del level[:_MERGED]
            counts = self.pool["count"][oldest]
            share = (counts / counts.sum())[:, None, None, None]
            key, value, gate = ((share * self.pool[name][oldest]).sum(0) for name in ("key", "value", "gate"))
            for old in oldest:
                self.pool["count"][old] = 0
                self.pool.give_back(old)
            place = self._write((key, value, gate), counts.sum())
        levels.append([place])

    def _write(self, means: tuple[Tensor, Tensor, Tensor], count: Tensor) -> int:
        (place,) = self.pool.take(1)
        for name, mean in zip(("key", "value", "gate"), means, strict=True):
            self.pool[name][place] = mean
        self.pool["count"][place] = count
        return place


class BlockStore:
    """What a `DARCache` holds. Nothing is checked here.

    Args:
        config: shapes.
        device: where keys, values and means lie; times lie in the host's memory.
        capacity: tokens to allocate for.
    """

    def __init__(self, config: CacheConfig, device: torch.device, capacity: int = 0) -> None:
        self.config = c = config
        self.device = device
        self.segments = [Segment() for _ in range(c.segments)]
        self.float_times = False
        rows, width = c.batch * c.kv_heads, c.block_size
        blocks = -(-capacity // width) + c.segments if capacity else 0
        if c.max_blocks is not None:
            blocks = min(blocks, c.max_blocks + 1)
        self.blocks = Pool(
            {
                "key": ((rows, width, c.head_dim), c.torch_dtype),
                "value": ((rows, width, c.v_dim), c.torch_dtype),
                "time": ((width,), torch.int64),
            },
            device,
            blocks,
            host=("time",),
        )
        self.tree = BlockTree(
            self.segments,
            c.batch,
            c.mean_heads,
            math.lcm(c.mean_heads, c.route_heads),
            c.route_heads,
            c.head_dim + c.gate_dim,
            c.mean_dtype,
            device,
            blocks,
        )
        self.summaries = Summaries(c, device)
        # Row of the pool's second dimension that each group of heads with a route and a key head of its own reads.
        row = torch.arange(rows, device=device).view(c.batch, c.kv_heads, 1)
        self.rows = spread(row, math.lcm(c.kv_heads, c.route_heads))
        self.gatherers = {"key": Gatherer(), "value": Gatherer()}
        # Sums of the gate keys of each segment's unfinished block, [segments, B * Hg, G].
        self.gate_sums = torch.zeros(c.segments, c.batch * c.gate_heads, c.gate_dim, dtype=c.mean_dtype, device=device)

    @property
    def pools(self) -> dict[str, Pool]:
        """All pools by name."""
        return {"blocks": self.blocks, "tree": self.tree.pool, "summaries": self.summaries.pool}

    @property
    def nbytes(self) -> int:
        """Bytes of all tensors, as allocated."""
        gatherers = *self.gatherers.values(), self.tree.gatherer
        pools = sum(pool.nbytes for pool in self.pools.values())
        return pools + sum(gatherer.nbytes for gatherer in gatherers) + self.gate_sums.nbytes

    @property
    def times(self) -> np.ndarray:
        """Times by slot and place in the block; of one dtype, int64 or float64, for the whole stream."""
        times = self.blocks["time"].numpy()
        return times.view(np.float64) if self.float_times else times

    @property
    def resident(self) -> int:
        """Blocks that are not evicted."""
        return sum(len(segment.slots) for segment in self.segments)

    def token_times(self, number: int, first: int) -> np.ndarray:
        """Times of a segment's tokens from `first` on."""
        segment, width = self.segments[number], self.config.block_size
        blocks = range(first // width, segment.newest + 1)
        rows = self.times[[segment.slots[block] for block in blocks]].reshape(-1)
        return rows[first - blocks.start * width : segment.length - blocks.start * width]

    def seen(self, block: Block, times: np.ndarray) -> np.ndarray:
        """How many tokens of `block` each query of `times` sees."""
        segment, width = self.segments[block[0]], self.config.block_size
        row = self.times[segment.slots[block[1]], : segment.length - block[1] * width]
        return np.searchsorted(row, times, side="right")

    def write(self, number: int, k: Tensor, v: Tensor, gate: Tensor | None, times: np.ndarray) -> None:
        """Append tokens to a segment: `[B, Hkv, n, D]`, `[B, Hkv, n, Dv]`, `[B, Hg, n, G]` and `[n]`."""
        segment, width = self.segments[number], self.config.block_size
        k, v = k.flatten(0, 1), v.flatten(0, 1)
        gate = None if gate is None else gate.flatten(0, 1).to(self.config.mean_dtype)
        done, length = 0, len(times)
        while done < length:
            place = segment.length % width
            blocks = (length - done) // width if not place else 0
            count = blocks * width or min(width - place, length - done)
            part = slice(done, done + count)
            pieces = k[:, part], v[:, part], None if gate is None else gate[:, part]
            if blocks:
                self._write_blocks(number, blocks, *pieces, times[part])
            else:
                self._write_part(number, place, *pieces, times[part])
            done += count

    def _open(self, segment: Segment, starts: np.ndarray) -> list[int]:
        slots = self.blocks.take(len(starts))
        first = segment.newest + 1
        segment.slots.update(zip(range(first, first + len(starts)), slots, strict=True))
        segment.starts += starts.tolist()
        return slots

    def _write_blocks(
        self, number: int, blocks: int, k: Tensor, v: Tensor, gate: Tensor | None, times: np.ndarray
    ) -> None:
        """Whole blocks, where none is unfinished."""
        segment, width = self.segments[number], self.config.block_size
        first = segment.newest + 1
        slots = self._open(segment, times[::width])
        places = torch.tensor(slots, device=self.device)
        for name, x in (("key", k), ("value", v)):
            self.blocks[name].index_copy_(0, places, x.unflatten(1, (blocks, width)).transpose(0, 1))
        self.times[slots] = times.reshape(blocks, width)
        segment.length += blocks * width
        means = k.unflatten(1, (blocks, width)).mean(2, dtype=self.config.mean_dtype).transpose(0, 1)
        gates = None if gate is None else gate.unflatten(1, (blocks, width)).mean(2).transpose(0, 1)
        self.tree.add(number, first, self._join(means, gates), slots)

    def _write_part(
        self, number: int, place: int, k: Tensor, v: Tensor, gate: Tensor | None, times: np.ndarray
    ) -> None:
        """Tokens of one block, from `place` on."""
        segment, width = self.segments[number], self.config.block_size
        if not place:
            self._open(segment, times[:1])
        slot, part = segment.slots[segment.newest], slice(place, place + len(times))
        self.blocks["key"][slot, :, part] = k
        self.blocks["value"][slot, :, part] = v
        self.times[slot, part] = times
        segment.length += len(times)
        if gate is not None:
            total = gate.sum(1)
            self.gate_sums[number] = total + self.gate_sums[number] if place else total
        if part.stop == width:
            mean = self.blocks["key"][slot].mean(1, dtype=self.config.mean_dtype)
            gates = None if gate is None else self.gate_sums[None, number] / width
            self.tree.add(number, segment.newest, self._join(mean[None], gates), [slot])

    def _join(self, keys: Tensor, gates: Tensor | None) -> Tensor:
        """`[blocks, B * Hkv, D]` and `[blocks, B * Hg, G]` to what the tree scores, `[blocks, B * T, D + G]`."""
        c = self.config
        parts = [spread_rows(keys, c.batch, c.mean_heads)]
        if gates is not None:
            parts.append(spread_rows(gates, c.batch, c.mean_heads))
        return torch.cat(parts, -1)

    def oldest(self) -> Block | None:
        """The oldest block but for each segment's first and last two."""
        found = [
            (segment.starts[block - segment.evicted], number, block)
            for number, segment in enumerate(self.segments)
            if (block := max(segment.evicted, 1)) <= segment.newest - 2
        ]
        return min(found)[1:] if found else None

    def evict(self, block: Block) -> int:
        """Turn what `oldest` gave into a summary; returns the slot, now free."""
        c, segment = self.config, self.segments[block[0]]
        slot = segment.slots.pop(block[1])
        gate = self.tree.mean(*block)[:, c.head_dim :].view(c.batch, c.gate_heads, -1, c.gate_dim)[:, :, 0]
        key, value = (
            self.blocks[name][slot].mean(1, dtype=c.mean_dtype).unflatten(0, (c.batch, -1)) for name in ("key", "value")
        )
        self.summaries.add(segment.summaries, (key, value, gate), c.block_size)
        self.blocks.give_back(slot)
        del segment.starts[: block[1] + 1 - segment.evicted]
        segment.evicted = block[1] + 1
        self.tree.evict(block[0])
        return slot


def spread_rows(x: Tensor, batch: int, heads: int) -> Tensor:
    """Repeat `[blocks, B * h, size]` to `[blocks, B * heads, size]`, neighbouring heads sharing one of the h."""
    rows = batch * heads
    return x if x.shape[1] == rows else x.repeat_interleave(rows // x.shape[1], dim=1)
