"""Several sequences packed in one row."""

from __future__ import annotations

from itertools import accumulate, chain
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from wugan.attention import dar_attention
from wugan.errors import DataError

BACKENDS = ["reference", "dense", "blocks"]


def grads(out: Tensor, inputs: dict[str, Tensor]) -> list[Tensor]:
    weight = torch.randn(out.shape, generator=torch.Generator().manual_seed(9), dtype=out.dtype)
    used = sum(x.sum() * 0 for x in inputs.values())  # sequences without keys use none of them
    return list(torch.autograd.grad((out * weight).sum() + used, list(inputs.values())))


@pytest.mark.parametrize("backend", [*BACKENDS, "auto"])
@settings(max_examples=25)
@given(data=st.data())
def test_packed_equals_separate_calls(backend: str, data: st.DataObject) -> None:
    draw = data.draw
    lengths_q = draw(st.lists(st.integers(0, 30), min_size=1, max_size=4), "lengths_q")
    self_attention = draw(st.booleans(), "self_attention")
    lengths_k = lengths_q
    if not self_attention:
        lengths_k = draw(st.lists(st.integers(0, 30), min_size=len(lengths_q), max_size=len(lengths_q)), "lengths_k")
    two = draw(st.booleans(), "two modalities")
    options: dict[str, Any] = {
        "block_size": 4,
        "query_block_size": draw(st.sampled_from([1, 4]), "query_block_size"),
        "top_k": draw(st.sampled_from([1, 3, 5, None]), "top_k"),
        "causal": draw(st.booleans(), "causal"),
        "self_attention": self_attention,
        "beam": draw(st.sampled_from([None, 2, 99]), "beam"),
        "backend": backend,
    }
    generator = torch.Generator().manual_seed(draw(st.integers(0, 99), "seed"))

    def random(heads: int, length: int, size: int) -> Tensor:
        return torch.randn(1, heads, length, size, generator=generator, dtype=torch.float64).requires_grad_()

    inputs = {
        name: random(heads, sum(lengths), size)
        for name, heads, lengths, size in (
            ("q", 4, lengths_q, 6),
            ("k", 2, lengths_k, 6),
            ("v", 2, lengths_k, 5),
            ("gate_q", 2, lengths_q, 3),
            ("gate_k", 2, lengths_k, 3),
        )
    }
    key_mask = torch.rand(1, sum(lengths_k), generator=generator) < draw(st.sampled_from([0.6, 2]), "filled")

    def runs(lengths: list[int]) -> list[list[int]]:
        return [[length // 3, length - length // 3] if two else [length] for length in lengths]

    parts = []
    splits = {name: x.split(lengths_q if name in ("q", "gate_q") else lengths_k, 2) for name, x in inputs.items()}
    for number, mask in enumerate(key_mask.split(lengths_k, 1)):
        parts.append(
            dar_attention(
                **{name: split[number] for name, split in splits.items()},
                **options,
                key_mask=mask,
                segments_q=runs(lengths_q)[number],
                segments_k=runs(lengths_k)[number],
            )
        )
    found = dar_attention(
        **inputs,
        **options,
        key_mask=key_mask,
        segments_q=list(chain(*runs(lengths_q))) if two else None,
        segments_k=list(chain(*runs(lengths_k))) if two else None,
        cu_seqlens_q=[0, *accumulate(lengths_q)],
        cu_seqlens_k=torch.tensor([0, *accumulate(lengths_k)], dtype=torch.int32),
    )
    meant = key_mask[:, None, :, None] if self_attention else 1  # rows of queries that do not exist mean nothing
    found, wanted = found * meant, torch.cat(parts, 2) * meant
    assert torch.allclose(found, wanted, rtol=0, atol=1e-12)
    for a, b in zip(grads(found, inputs), grads(wanted, inputs), strict=True):
        assert torch.allclose(a, b, atol=1e-11)


def test_packed_rows_keep_to_the_memory_of_their_sequences() -> None:
    x = torch.randn(3, 1, 2, 64 * 8, 4)
    _, routes = dar_attention(*x, block_size=8, top_k=None, cu_seqlens_q=range(0, 513, 16), return_routes=True)
    assert routes.blocks.shape == (1, 2, 64, 2) and not routes.everything


@pytest.mark.parametrize(
    ("message", "wrong"),
    [
        ("cu_seqlens_q must rise from 0 to 6", {"cu_seqlens_q": [0, 4, 5]}),
        ("cu_seqlens_q must rise from 0 to 6", {"cu_seqlens_q": [0, 4, 3, 6]}),
        ("cu_seqlens_k must be a list of at least two integers", {"cu_seqlens_k": torch.tensor([0.0, 6.0])}),
        ("cu_seqlens_q has 2 sequences, cu_seqlens_k 1", {"cu_seqlens_q": [0, 3, 6], "cu_seqlens_k": [0, 6]}),
        ("cu_seqlens_q cuts segments apart", {"cu_seqlens_q": [0, 3, 6], "segments_q": [4, 2]}),
    ],
)
def test_bad_sequences_are_named(message: str, wrong: dict[str, Any]) -> None:
    x = torch.zeros(1, 1, 6, 4)
    with pytest.raises(DataError, match=message):
        dar_attention(x, x, x, **wrong)
