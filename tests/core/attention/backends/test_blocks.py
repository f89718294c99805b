"""The CPU training backend against the float64 oracle, outputs and gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from wugan.attention import dar_attention
from wugan.attention.backends import blocks

MakeInputs = Callable[..., dict[str, Tensor]]


def compare(inputs: dict[str, Tensor], atol: float, backend: str = "blocks", **options: Any) -> None:
    results = []
    for name in ("reference", backend):
        out = dar_attention(**inputs, **options, backend=name)
        weight = torch.randn(out.shape, generator=torch.Generator().manual_seed(3), dtype=out.dtype)
        results.append([out, *torch.autograd.grad((out * weight).sum(), list(inputs.values()))])
    for wanted, found in zip(*results, strict=True):
        assert (found - wanted).abs().max() <= atol


@pytest.mark.parametrize(("backend", "tame"), [("blocks", None), ("blocks", -1.0), ("dense", None)])
@settings(max_examples=40)
@given(data=st.data())
def test_outputs_and_gradients_are_those_of_the_oracle(backend: str, tame: float | None, data: st.DataObject) -> None:
    with pytest.MonkeyPatch.context() as patch:
        if tame is not None:  # as if the logits might be large
            patch.setattr(blocks, "_TAME", tame)
        _compare_with_oracle(backend, data.draw)


def _compare_with_oracle(backend: str, draw: Callable[..., Any]) -> None:
    kv_heads = draw(st.sampled_from([1, 2]), "kv_heads")
    heads = kv_heads * draw(st.sampled_from([1, 4, 8]), "group")
    dim, v_dim = draw(st.sampled_from([3, 24, 64, 96]), "dim"), draw(st.sampled_from([3, 24, 50]), "v_dim")
    segments = draw(st.lists(st.integers(0, 40), min_size=1, max_size=3), "segments")
    length_q = sum(segments)
    cross = draw(st.booleans(), "cross")
    length_k = draw(st.integers(0, 60), "length_k") if cross else length_q
    generator = torch.Generator().manual_seed(draw(st.integers(0, 99), "seed"))
    gate_heads = draw(st.sampled_from([0, 1, kv_heads, heads]), "gate_heads")
    shapes = {"q": (heads, length_q, dim), "k": (kv_heads, length_k, dim), "v": (kv_heads, length_k, v_dim)}
    if gate_heads:
        shapes |= {"gate_q": (gate_heads, length_q, 4), "gate_k": (gate_heads, length_k, 4)}
    inputs = {
        name: torch.randn(2, *shape, generator=generator, dtype=torch.float64).requires_grad_()
        for name, shape in shapes.items()
    }
    options: dict[str, Any] = {}
    if draw(st.booleans(), "masked"):
        options["key_mask"] = torch.rand(2, length_k, generator=generator) < 0.6
    if draw(st.booleans(), "timed"):
        options["time_q"] = torch.randint(0, 50, (2, length_q), generator=generator).sort()[0]
        options["time_k"] = torch.randint(0, 50, (2, length_k), generator=generator).sort()[0]
    if not cross:
        options["segments_q"] = segments
    if length_q == 0 or length_k == 0:
        return
    compare(
        inputs,
        1e-10,
        backend,
        block_size=draw(st.sampled_from([4, 16]), "block_size"),
        query_block_size=draw(st.sampled_from([None, 1, 4]), "query_block_size"),
        top_k=draw(st.sampled_from([1, 2, 5, None]), "top_k"),
        causal=draw(st.booleans(), "causal"),
        route_heads=draw(st.sampled_from([1, kv_heads, heads]), "route_heads"),
        self_attention=not cross,
        **options,
    )


def test_float32_is_close_enough_to_train(make_inputs: MakeInputs) -> None:
    inputs = make_inputs(300, dim=64, dtype=torch.float32)
    compare(inputs, 1e-4, block_size=16, top_k=6)
    exact = {name: x.detach().double() for name, x in inputs.items()}
    options: dict[str, Any] = {"block_size": 16, "top_k": None, "backend": "blocks"}
    assert (dar_attention(**inputs, **options) - dar_attention(**exact, **options)).abs().max() < 2e-6


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("large", ["q", "gate_q"])
def test_large_logits_neither_overflow_nor_vanish(make_inputs: MakeInputs, causal: bool, large: str) -> None:
    inputs = make_inputs(60, dtype=torch.float32)
    inputs[large] = (inputs[large].detach() * 300).requires_grad_()
    options: dict[str, Any] = {"block_size": 4, "top_k": 5, "causal": causal}
    exact = {name: x.detach().double() for name, x in inputs.items()}
    wanted = dar_attention(**exact, **options, backend="reference")
    found = dar_attention(**inputs, **options, backend="blocks")
    assert (found - wanted).abs().max() < 1e-3  # of a logit of 1,000, float32 holds four decimals
    assert all(x.isfinite().all() for x in torch.autograd.grad(found.square().sum(), list(inputs.values())))


@pytest.mark.parametrize("causal", [False, True])
def test_gradcheck(make_inputs: MakeInputs, causal: bool) -> None:
    inputs = make_inputs(9, batch=1, heads=2, kv_heads=1, dim=3, v_dim=2, gate=2)
    mask = torch.ones(1, 9, dtype=torch.bool)
    mask[0, 4] = False

    def call(q: Tensor, k: Tensor, v: Tensor, gate_q: Tensor, gate_k: Tensor) -> Tensor:
        return dar_attention(
            q, k, v, gate_q=gate_q, gate_k=gate_k, block_size=3, top_k=2, causal=causal, key_mask=mask, backend="blocks"
        )

    assert torch.autograd.gradcheck(call, tuple(inputs.values()))


def test_chunks_do_not_show(make_inputs: MakeInputs, monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = make_inputs(100)
    options: dict[str, Any] = {"block_size": 8, "top_k": 3, "causal": True}
    whole = dar_attention(**inputs, **options, backend="blocks")
    monkeypatch.setattr(blocks, "_CHUNK_BYTES", 20_000)
    assert (dar_attention(**inputs, **options, backend="blocks") - whole).abs().max() < 1e-13
    compare(inputs, 1e-10, **options)
