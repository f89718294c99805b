"""Inputs that the attention tests share."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

Inputs = dict[str, Tensor]


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture
def make_inputs() -> Callable[..., Inputs]:
    """A function that makes random q, k, v and, with `gate` > 0, gate_q and gate_k."""

    def make(
        length_q: int = 40,
        length_k: int | None = None,
        *,
        batch: int = 2,
        heads: int = 4,
        kv_heads: int = 2,
        dim: int = 12,
        v_dim: int | None = None,
        gate: int = 3,
        gate_heads: int | None = None,
        dtype: torch.dtype = torch.float64,
        seed: int = 0,
    ) -> Inputs:
        generator = torch.Generator().manual_seed(seed)
        length_k = length_q if length_k is None else length_k
        shapes = {
            "q": (batch, heads, length_q, dim),
            "k": (batch, kv_heads, length_k, dim),
            "v": (batch, kv_heads, length_k, v_dim or dim),
        }
        if gate:
            shapes["gate_q"] = (batch, gate_heads or kv_heads, length_q, gate)
            shapes["gate_k"] = (batch, gate_heads or kv_heads, length_k, gate)
        return {
            name: torch.randn(shape, generator=generator, dtype=dtype).requires_grad_()
            for name, shape in shapes.items()
        }

    return make
