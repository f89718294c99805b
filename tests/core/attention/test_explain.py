"""The softmax mass that routes leave out."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from wugan.attention import DARAttention, dar_attention
from wugan.attention.explain import explain_attention
from wugan.attention.layout import make_blocks, spread

OPTIONS: list[dict[str, Any]] = [
    {},
    {"causal": True},
    {"causal": True, "segments_q": [13, 0, 24, 3]},
    {"route_heads": 2, "query_block_size": 2},
    {"cu_seqlens_q": [0, 15, 40]},
    {"router": "window"},
]


@pytest.mark.parametrize("options", OPTIONS)
def test_equals_full_attention_less_what_is_kept(make_inputs: Any, options: dict[str, Any]) -> None:
    inputs = make_inputs(40)
    mask = torch.ones(2, 40, dtype=torch.bool)
    mask[1, 30:] = False
    options = {"block_size": 4, "key_mask": mask, **options}
    # A value for each key makes the output the weights themselves.
    weights = dar_attention(**{**inputs, "v": torch.eye(40).double().expand(2, 2, -1, -1)}, top_k=None, **options)
    routes, dropped = explain_attention(**inputs, top_k=3, **options)
    _, taken = dar_attention(**inputs, top_k=3, **options, return_routes=True)
    assert torch.equal(routes.as_mask(), taken.as_mask())
    size = options.get("query_block_size", 4)
    kept = spread(routes.as_mask(), 4)
    lengths = None if "cu_seqlens_q" not in options else (15, 25)
    segments = options.get("segments_q")
    queries = make_blocks(40, size, segments, mask.device, lengths)
    keys = make_blocks(40, 4, segments, mask.device, lengths)
    left_out = weights * ~kept[:, :, queries.block_of][..., keys.block_of]
    assert (dropped - left_out.sum(-1)).abs().max() < 1e-12
    assert dropped.max() > 0.1


def test_it_bounds_the_error(make_inputs: Any) -> None:
    inputs = make_inputs(64, gate=0)
    full = dar_attention(**inputs, block_size=8, top_k=None)
    _, dropped = explain_attention(**inputs, block_size=8, top_k=3)
    error = (dar_attention(**inputs, block_size=8, top_k=3) - full).norm(dim=-1)
    assert (error <= 2 * dropped * spread(inputs["v"], 4).norm(dim=-1).amax(-1, keepdim=True) + 1e-12).all()


def test_chunks_of_rows_change_nothing(make_inputs: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = make_inputs(40)
    _, whole = explain_attention(**inputs, block_size=4, top_k=3, causal=True)
    monkeypatch.setattr("wugan.attention.explain._CHUNK_LOGITS", 1000)
    _, parts = explain_attention(**inputs, block_size=4, top_k=3, causal=True)
    assert (whole - parts).abs().max() < 1e-14


def test_nothing_is_dropped_where_all_is_kept_or_nothing_is_there(make_inputs: Any) -> None:
    _, dropped = explain_attention(**make_inputs(40), block_size=4, top_k=None)
    assert dropped.abs().max() < 1e-12
    _, dropped = explain_attention(**make_inputs(40), block_size=4, key_mask=torch.zeros(2, 40, dtype=torch.bool))
    assert not dropped.any()
    _, dropped = explain_attention(**make_inputs(0, 40), block_size=4)
    assert dropped.shape == (2, 4, 0)


def test_the_layer_explains_what_it_does() -> None:
    torch.manual_seed(0)
    layer = DARAttention(16, 4, block_size=4, top_k=2)
    x = torch.randn(2, 30, 16)
    _, taken = layer(x, causal=True, return_routes=True)
    routes, dropped = layer.explain(x, causal=True)
    assert torch.equal(routes.as_mask(), taken.as_mask()) and dropped.shape == (2, 4, 30)
    assert not dropped[:, :, :8].any() and dropped[:, :, 20:].any()
