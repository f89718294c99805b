"""The compiled CPU backend against the oracle. Compiling is slow, so few shapes stand for all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor
from torch._dynamo.utils import counters

from wugan.attention import dar_attention
from wugan.attention.backends import flex
from wugan.errors import DataError

MakeInputs = Callable[..., dict[str, Tensor]]

compiles = pytest.mark.skipif(flex._compiler() is None, reason="needs a C++ compiler")


def same_as_oracle(inputs: dict[str, Tensor], **options: Any) -> None:
    inputs = {name: x.detach() for name, x in inputs.items()}
    found = dar_attention(**inputs, **options, backend="flex")
    wanted = dar_attention(**{name: x.double() for name, x in inputs.items()}, **options, backend="reference")
    assert (found - wanted).abs().max() < 5e-6


@compiles
@pytest.mark.timeout(400)  # compiling shares the cores with whatever else runs
def test_gate_mask_time_and_segments_in_one_kernel(make_inputs: MakeInputs) -> None:
    """Grouped heads of 24, three modalities; lengths of one bucket share the kernel."""
    kernels = []
    for segments in ([100, 100, 17], [112, 0, 130]):
        inputs = make_inputs(sum(segments), dim=24, kv_heads=1, dtype=torch.float32)
        mask = torch.rand(2, sum(segments), generator=torch.Generator().manual_seed(1)) < 0.7
        options: dict[str, Any] = {"block_size": 16, "top_k": 5, "causal": True, "segments_q": segments}
        same_as_oracle(inputs, key_mask=mask, **options)
        kernels.append(counters["stats"]["unique_graphs"])
    assert kernels[0] == kernels[1] > 0


@compiles
@pytest.mark.timeout(400)  # compiling shares the cores with whatever else runs
def test_cross_attention_of_wide_heads(make_inputs: MakeInputs) -> None:
    inputs = make_inputs(33, 130, dim=96, v_dim=64, gate=0, dtype=torch.float32)
    same_as_oracle(inputs, block_size=16, top_k=3)


def test_gradients_are_those_of_blocks(make_inputs: MakeInputs) -> None:
    inputs = make_inputs(50, dtype=torch.float32)
    results = []
    for backend in ("flex", "blocks"):
        out = dar_attention(**inputs, block_size=8, top_k=3, backend=backend)
        results.append([out, *torch.autograd.grad(out.square().sum(), list(inputs.values()))])
    assert all(torch.equal(found, wanted) for found, wanted in zip(*results, strict=True))


def test_what_it_cannot_compute_is_named(make_inputs: MakeInputs, monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = make_inputs(20)
    with pytest.raises(DataError, match="q is torch.float64"):
        dar_attention(**inputs, backend="flex")
    monkeypatch.setattr(flex, "_compiler", lambda: None)
    low = {name: x.float() for name, x in inputs.items()}
    with pytest.raises(DataError, match=r"no C\+\+ compiler.*or use backend=.blocks."):
        dar_attention(**low, backend="flex")


def test_buckets_waste_at_most_an_eighth() -> None:
    buckets = [flex._bucket(blocks) for blocks in range(1, 5000)]
    assert all(blocks <= bucket <= max(blocks + 1, blocks * 9 / 8) for blocks, bucket in enumerate(buckets, 1))
    assert buckets == sorted(buckets) and len(set(buckets)) < 90
