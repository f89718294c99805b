"""Gates: what makes the gate queries and gate keys whose products bias the choice of blocks and their logits."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from wugan.attention.registry import gates


@gates.register("linear")
class LinearGate(nn.Module):
    """Two projections. Gate queries start at zero, so that the gate is silent and yet gets a gradient.

    Args:
        dim: size of queries' inputs.
        kv_dim: size of keys' inputs.
        heads: gate heads.
        size: of a gate query and key.
    """

    def __init__(self, dim: int, kv_dim: int, heads: int, size: int) -> None:
        super().__init__()
        self.heads = heads
        self.q_proj = nn.Linear(dim, heads * size, bias=False)
        self.k_proj = nn.Linear(kv_dim, heads * size, bias=False)
        nn.init.zeros_(self.q_proj.weight)
        nn.init.normal_(self.k_proj.weight, std=1 / math.sqrt(kv_dim))

    def forward(self, query: Tensor, key: Tensor) -> tuple[Tensor, Tensor]:
        """`[B, Nq, dim]` and `[B, Nk, kv_dim]` to gate queries and keys `[B, heads, N, size]`."""
        return self._split(self.q_proj(query)), self._split(self.k_proj(key))

    def _split(self, x: Tensor) -> Tensor:
        return torch.unflatten(x, -1, (self.heads, -1)).transpose(1, 2)


@gates.register("mlp")
class MLPGate(LinearGate):
    """As `LinearGate`, with a hidden layer before each projection: for keys whose use is no linear matter.

    Args:
        dim: size of queries' inputs, and of their hidden layer.
        kv_dim: size of keys' inputs, and of their hidden layer.
        heads: gate heads.
        size: of a gate query and key.
    """

    def __init__(self, dim: int, kv_dim: int, heads: int, size: int) -> None:
        super().__init__(dim, kv_dim, heads, size)
        self.q_hidden, self.k_hidden = nn.Linear(dim, dim), nn.Linear(kv_dim, kv_dim)

    def forward(self, query: Tensor, key: Tensor) -> tuple[Tensor, Tensor]:
        """As `LinearGate.forward`."""
        return super().forward(F.gelu(self.q_hidden(query)), F.gelu(self.k_hidden(key)))
