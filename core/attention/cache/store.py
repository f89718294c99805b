"""`BlockStore`: keys, values and times of a stream in blocks, the tree above them, and summaries of what is gone."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

from wugan.attention.cache.config import CacheConfig
from wugan.attention.cache.pool import Gatherer, Pool
from wugan.attention.cache.summary import Summaries
from wugan.attention.cache.tree import Block, BlockTree, Segment
from wugan.attention.routing import spread


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
        self.summaries = Summaries(
            c.batch, c.kv_heads, c.gate_heads, (c.head_dim, c.v_dim, c.gate_dim), c.max_summaries, c.mean_dtype, device
        )
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
