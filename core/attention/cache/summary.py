"""What remains of evicted blocks: one token each of mean key, mean value and log(count), fewer the older they are."""

from __future__ import annotations

import torch
from torch import Tensor

from wugan.attention.cache.pool import Pool

_MERGED = 8


class Summaries:
    """Summaries of all segments, in no order; a place that is not in use has the count zero, so log(count) hides it.

    Args:
        batch: batch size B.
        kv_heads: heads Hkv of keys and values.
        gate_heads: heads Hg of gate keys.
        sizes: sizes of a key, a value and a gate key (0 for no gate).
        limit: summaries of one level and segment that are never merged.
        dtype: of the means.
        device: of the means.
    """

    def __init__(
        self,
        batch: int,
        kv_heads: int,
        gate_heads: int,
        sizes: tuple[int, int, int],
        limit: int,
        dtype: torch.dtype,
        device: torch.device,
    ) -> None:
        self.limit = limit
        self.pool = Pool(
            {
                "key": ((batch, kv_heads, sizes[0]), dtype),
                "value": ((batch, kv_heads, sizes[1]), dtype),
                "gate": ((batch, gate_heads, sizes[2]), dtype),
                "count": ((), dtype),
            },
            device,
        )

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
