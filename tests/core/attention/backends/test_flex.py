"""The compiled CPU backend against the oracle.

Compiling takes half a minute, so few shapes are compiled; others go through `plain_flex`, which does in plain
operations what FlexAttention is asked for (its own uncompiled form does not read the lists of blocks of a mask).
"""

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
@pytest.mark.slow
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
@pytest.mark.slow
@pytest.mark.timeout(400)  # compiling shares the cores with whatever else runs
def test_cross_attention_of_wide_heads(make_inputs: MakeInputs) -> None:
    inputs = make_inputs(33, 130, dim=96, v_dim=64, gate=0, dtype=torch.float32)
    same_as_oracle(inputs, block_size=16, top_k=3)


def plain_flex(
    q: Tensor, k: Tensor, v: Tensor, *, score_mod: Any, block_mask: Any, scale: float, enable_gqa: bool
) -> Tensor:
    b, h, i, j = torch.meshgrid(*(torch.arange(n) for n in (*q.shape[:3], k.shape[2])), indexing="ij")
    assert enable_gqa == (k.shape[1] != q.shape[1])
    k, v = (x.repeat_interleave(q.shape[1] // x.shape[1], 1) for x in (k, v))

    def listed(count: Tensor, blocks: Tensor) -> Tensor:
        used = torch.arange(blocks.shape[-1]) < count[..., None]
        table = torch.zeros(blocks.shape, dtype=torch.uint8)
        table.scatter_reduce_(-1, blocks.long(), used.to(torch.uint8), "amax")
        return table.bool()[b, h, i // block_mask.BLOCK_SIZE[0], j // block_mask.BLOCK_SIZE[1]]

    partly = listed(block_mask.kv_num_blocks, block_mask.kv_indices)
    seen = listed(block_mask.full_kv_num_blocks, block_mask.full_kv_indices) | (
        partly & block_mask.mask_mod(b, h, i, j)
    )
    logits = q @ k.mT * scale
    logits = logits if score_mod is None else score_mod(logits, b, h, i, j)
    return logits.masked_fill(~seen, -torch.inf).softmax(-1).nan_to_num() @ v


@pytest.mark.parametrize(
    ("shape", "options"),
    [
        ({"length_q": 60, "kv_heads": 1, "dim": 16}, {"block_size": 8, "top_k": 4, "segments_q": [30, 0, 30]}),
        ({"length_q": 45, "dim": 16}, {"block_size": 8, "query_block_size": 4, "top_k": 3, "causal": True}),
        ({"length_q": 33, "length_k": 70, "dim": 16, "v_dim": 8, "gate": 0}, {"block_size": 16, "top_k": None}),
    ],
)
@pytest.mark.parametrize("masked", [False, True])
def test_what_is_asked_of_the_kernel(
    make_inputs: MakeInputs,
    monkeypatch: pytest.MonkeyPatch,
    shape: dict[str, Any],
    options: dict[str, Any],
    masked: bool,
) -> None:
    monkeypatch.setattr(flex, "_compiled", lambda: plain_flex)
    monkeypatch.setattr(flex, "_compiler", lambda: "none is needed")
    length = shape.get("length_k", shape["length_q"])
    mask = torch.rand(2, length, generator=torch.Generator().manual_seed(1)) < 0.7 if masked else None
    same_as_oracle(make_inputs(**shape, dtype=torch.float32), key_mask=mask, **options)


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
