"""What the backbone says of what it read."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from torch import nn

from wugan.attention.registry import attentions
from wugan.errors import PluginError
from wugan.fusion import FusionBackbone, FusionConfig, collate
from wugan.tokens import Tokens


def window(**lengths: int) -> dict[str, Tokens]:
    rng = np.random.default_rng(0)
    return {
        name: Tokens(rng.normal(size=(n, 4)).astype(np.float32), np.arange(n, dtype=np.int64), name)
        for name, n in lengths.items()
    }


def backbone(**changes: object) -> FusionBackbone:
    torch.manual_seed(0)
    options = {"modalities": {"text": 4, "voice": 4}, "dim": 16, "depth": 2, "heads": 4, "block_size": 4, **changes}
    return FusionBackbone(FusionConfig.model_validate(options))


def test_it_tells_the_routes_that_forward_takes() -> None:
    model = backbone(top_k=3).eval()
    batch = collate([window(voice=21, text=9), window(text=9)])
    out, told = model(batch), model.explain(batch)
    assert [(r.modality, r.first, r.last) for r in told.keys][:4] == [
        ("text", 0, 3),
        ("text", 4, 7),
        ("text", 8, 8),
        ("voice", 0, 3),
    ]
    assert told.keys == told.queries and len(told.keys) == 9
    for routes, reads, dropped in zip(out.routes, told.reads, told.dropped, strict=True):
        assert routes is not None and torch.equal(routes.as_mask(), reads)
        assert reads.shape == (2, 4, 9, 9) and dropped.shape == (2, 4, 9)
    assert 0 < told.dropped[0][0].max() < 1
    assert told.dropped[0][1].abs().max() < 1e-6  # three blocks of text are all there is in the second window


def test_a_log_line_for_each_layer_and_query_block() -> None:
    told = backbone(top_k=3, query_block_size=2).explain(collate([window(voice=10, text=5)]))
    lines = [json.loads(json.dumps(record)) for record in told.records()]
    assert len(lines) == 2 * (3 + 5)
    assert lines[0]["query"] == {"modality": "text", "first": 0, "last": 1}
    for line in lines:
        assert 0 <= line["dropped"] <= 1 and sum(read["heads"] for read in line["reads"]) == 4 * 3


def test_with_everything_kept_nothing_is_dropped() -> None:
    told = backbone(top_k=None, causal=True).explain(collate([window(voice=21, text=9)]))
    assert all(dropped.abs().max() < 1e-6 for dropped in told.dropped)


def test_training_mode_and_modality_dropout_do_not_matter() -> None:
    model = backbone(top_k=2, modality_dropout=0.9, dropout=0.5).train()
    batch = collate([window(voice=21, text=9)])
    first, second = model.explain(batch), model.explain(batch)
    assert model.training and all(torch.equal(a, b) for a, b in zip(first.dropped, second.dropped, strict=True))


def test_an_attention_that_cannot_explain_says_so() -> None:
    @attentions.register("mute-for-test")
    class Mute(nn.Module):
        def __init__(self, dim: int, heads: int, **options: object) -> None:
            super().__init__()

        def forward(self, x: torch.Tensor, **options: object) -> tuple[torch.Tensor, None]:
            return x, None

    with pytest.raises(PluginError, match="'mute-for-test' cannot explain itself"):
        backbone(attention="mute-for-test").explain(collate([window(text=3)]))
