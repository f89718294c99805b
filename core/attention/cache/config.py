"""`CacheConfig`: the shape of a `DARCache`, checked, and fit to be written to a file."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch

from wugan.attention.checks import check_beam
from wugan.attention.router import Beam
from wugan.errors import DataError


@dataclass(frozen=True, kw_only=True)
class CacheConfig:
    """See `DARCache`. Raises `DataError` where numbers do not fit together."""

    batch: int
    heads: int
    kv_heads: int
    head_dim: int
    v_dim: int
    gate_dim: int
    gate_heads: int
    block_size: int
    query_block_size: int
    top_k: int | None
    beam: Beam
    route_heads: int
    scale: float
    segments: int
    max_blocks: int | None
    max_summaries: int
    dtype: str

    def __post_init__(self) -> None:
        positive = ("batch", "heads", "kv_heads", "head_dim", "v_dim", "gate_heads", "block_size", "query_block_size")
        for name in (*positive, "route_heads", "segments", "max_summaries"):
            if getattr(self, name) < 1:
                raise DataError(f"{name} must be at least 1, got {getattr(self, name)}")
        if self.gate_dim < 0:
            raise DataError(f"gate_dim must be at least 0, got {self.gate_dim}")
        if self.top_k is not None and self.top_k < 1:
            raise DataError(f"top_k must be at least 1, got {self.top_k}")
        for name in ("kv_heads", "gate_heads", "route_heads"):
            if self.heads % getattr(self, name):
                raise DataError(f"{name} must divide the {self.heads} heads, got {getattr(self, name)}")
        if self.block_size % self.query_block_size:
            raise DataError(f"query_block_size must divide block_size {self.block_size}, got {self.query_block_size}")
        check_beam(self.beam)
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
