"""What the tests of the streaming cache share."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import torch
from torch import Tensor

from wugan.attention import DARCache

Inputs = dict[str, Tensor]


def random_inputs(
    length: int, seed: int, *, batch: int = 2, gate: int = 3, gate_heads: int = 2, dim: int = 5
) -> Inputs:
    generator = torch.Generator().manual_seed(seed)
    shapes = {"q": (4, length, 5), "k": (2, length, 5), "v": (2, length, 3)}
    if gate:
        shapes |= {"gate_q": (gate_heads, length, gate), "gate_k": (gate_heads, length, gate)}
    return {name: torch.randn(batch, *shape, generator=generator).double() for name, shape in shapes.items()}


def make_cache(inputs: Inputs, **options: Any) -> DARCache:
    gate = inputs.get("gate_k")
    return DARCache(
        len(inputs["q"]),
        4,
        inputs["q"].shape[3],
        kv_heads=2,
        v_dim=3,
        gate_dim=0 if gate is None else gate.shape[3],
        gate_heads=None if gate is None else gate.shape[1],
        **{"dtype": torch.float64, **options},
    )


def cut(inputs: Inputs, part: slice | Tensor, *names: str) -> Inputs:
    return {name: x[:, :, part] for name, x in inputs.items() if not names or name in names}


def append(cache: DARCache, inputs: Inputs, part: slice, time: Tensor | None = None, segment: int = 0) -> None:
    cache.append(**cut(inputs, part, "k", "v", "gate_k"), time=time, segment=segment)


def attend(cache: DARCache, inputs: Inputs, part: slice, **options: Any) -> Tensor:
    return cache.attend(**cut(inputs, part, "q", "gate_q"), **options)


def feed(cache: DARCache, inputs: Inputs, cuts: list[int]) -> Tensor:
    return torch.cat([cache.step(**cut(inputs, slice(*ends))) for ends in pairwise(cuts)], 2)
