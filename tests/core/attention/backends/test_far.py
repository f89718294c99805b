"""The far field."""

from __future__ import annotations

from typing import Any

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from wugan.attention import dar_attention
from wugan.errors import DataError


def random_inputs(length_q: int, length_k: int, seed: int = 0, batch: int = 2) -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    shapes = {"q": (4, length_q, 6), "k": (2, length_k, 6), "v": (2, length_k, 5)}
    shapes |= {"gate_q": (1, length_q, 3), "gate_k": (1, length_k, 3)}
    return {
        name: torch.randn(batch, *shape, generator=generator, dtype=torch.float64).requires_grad_()
        for name, shape in shapes.items()
    }


@pytest.mark.parametrize("backend", ["auto", "reference"])
@pytest.mark.parametrize("beam", [5, 8, None])
def test_every_key_counts_once(backend: str, beam: int | None) -> None:
    """Where all logits are equal, attention is a mean, and must be that of all keys of the sequence."""
    inputs = random_inputs(300, 300)
    mask = torch.rand(2, 300, generator=torch.Generator().manual_seed(1)) < 0.7
    x: dict[str, Any] = {"q": inputs["q"], "k": torch.zeros_like(inputs["k"]), "v": inputs["v"], "beam": beam}
    x |= {"block_size": 2, "top_k": 5, "far_field": True, "backend": backend, "key_mask": mask}
    v, weight = inputs["v"].repeat_interleave(2, 1), mask[:, None, :, None].double()
    out = dar_attention(**x, segments_q=[200, 100])
    assert ((v * weight).sum(2, keepdim=True) / weight.sum(2, keepdim=True) - out).abs().max() < 1e-12
    out = dar_attention(**x, segments_q=[70, 200, 30], cu_seqlens_q=[0, 270, 300])
    for part in (slice(0, 270), slice(270, 300)):
        mean = (v * weight)[:, :, part].sum(2, keepdim=True) / weight[:, :, part].sum(2, keepdim=True)
        assert (mean - out[:, :, part]).abs().max() < 1e-12
    time = torch.cat((torch.arange(200), 2 * torch.arange(100)))
    out = dar_attention(**x, segments_q=[200, 100], query_block_size=1, causal=True, time_q=time, time_k=time)
    sees = weight[:, :, None, :, 0] * (time <= time[:, None])
    real = mask[:, None, :, None]
    assert ((sees @ v / sees.sum(-1, keepdim=True) - out) * real).abs().max() < 1e-12


@pytest.mark.parametrize("backend", ["auto", "reference"])
def test_nodes_of_equal_tokens_are_read_exactly(backend: str) -> None:
    """64 nodes of 8 equal tokens each: 8 of them are expanded, and the others lose nothing."""
    inputs = {name: x.detach() for name, x in random_inputs(40, 64).items()}
    for name in ("k", "v", "gate_k"):
        inputs[name] = inputs[name].repeat_interleave(8, 2)
    options: dict[str, Any] = {"block_size": 1, "self_attention": False, "backend": backend}
    wanted = dar_attention(**inputs, **{**options, "backend": "reference"}, top_k=None)
    found = dar_attention(**inputs, **options, top_k=4, beam=8, far_field=True)
    assert (found - wanted).abs().max() < 1e-12
    assert (dar_attention(**inputs, **options, top_k=4, beam=8) - wanted).abs().max() > 0.1


@settings(max_examples=25)
@given(data=st.data())
def test_the_backends_agree_with_gradients(data: st.DataObject) -> None:
    draw = data.draw
    segments = draw(st.lists(st.integers(1, 60), min_size=1, max_size=3), "segments")
    length = sum(segments)
    self_attention = draw(st.booleans(), "self_attention")
    inputs = random_inputs(length if self_attention else draw(st.integers(1, 20), "length_q"), length)
    if not draw(st.booleans(), "gate"):
        del inputs["gate_q"], inputs["gate_k"]
    options: dict[str, Any] = {
        "block_size": 2,
        "query_block_size": draw(st.sampled_from([1, 2]), "query_block_size"),
        "top_k": draw(st.sampled_from([1, 4, None]), "top_k"),
        "beam": draw(st.sampled_from([4, 9, None, "auto"]), "beam"),
        "route_heads": draw(st.sampled_from([1, 4]), "route_heads"),
        "causal": draw(st.booleans(), "causal"),
        "key_mask": torch.rand(2, length, generator=torch.Generator().manual_seed(1)) < 0.8,
        "segments_q": segments if self_attention else None,
        "segments_k": segments,
        "self_attention": self_attention,
        "far_field": True,
    }
    found, wanted = (dar_attention(**inputs, **options, backend=backend) for backend in ("auto", "reference"))
    assert (found - wanted).abs().max() < 1e-12
    weight = torch.randn(found.shape, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    a, b = (torch.autograd.grad((out * weight).sum(), list(inputs.values())) for out in (found, wanted))
    for x, y in zip(a, b, strict=True):
        assert (x - y).abs().max() < 1e-10


def test_the_future_is_not_summed_up() -> None:
    inputs = random_inputs(200, 200, batch=1)
    options: dict[str, Any] = {"block_size": 2, "query_block_size": 1, "top_k": 4, "beam": 4, "causal": True}
    whole = dar_attention(**inputs, **options, far_field=True)
    for now in (0, 7, 64, 131):
        part = dar_attention(**{name: x[:, :, : now + 1] for name, x in inputs.items()}, **options, far_field=True)
        assert (part - whole[:, :, : now + 1]).abs().max() < 1e-12


def test_a_far_field_of_nothing_is_plain_attention() -> None:
    inputs = random_inputs(20, 20)
    bare = {name: inputs[name] for name in ("q", "k", "v")}
    wanted = F.scaled_dot_product_attention(*(x.repeat_interleave(4 // x.shape[1], 1) for x in bare.values()))
    assert (dar_attention(**bare, block_size=4, top_k=5, far_field=True) - wanted).abs().max() < 1e-12


def test_other_backends_refuse() -> None:
    x = torch.zeros(1, 1, 6, 4)
    with pytest.raises(DataError, match="backend 'dense' has no far field"):
        dar_attention(x, x, x, far_field=True, backend="dense")
