"""Parts of `benchmarks/attention/quality`, on sizes that take no time."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch
from torch import nn

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks" / "attention" / "quality"


@pytest.fixture(autouse=True)
def quality_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(FOLDER))
    for name in ("flops", "models", "run", "settings", "tasks", "training"):
        monkeypatch.delitem(sys.modules, name, raising=False)


def test_mqar_asks_for_values_of_keys_that_came_before() -> None:
    from tasks import IGNORE, MQAR

    task = MQAR(64, 8, keys=16, values=8, noise=4)
    tokens, labels = task.batch(5, torch.Generator().manual_seed(0))
    assert tokens.max() < task.vocabulary
    assert (labels != IGNORE).sum(-1).tolist() == [8] * 5
    for row, answers in zip(tokens.tolist(), labels.tolist(), strict=True):
        pairs = dict(zip(row[0:16:2], row[1:16:2], strict=True))
        asked = [place for place, answer in enumerate(answers) if answer != IGNORE]
        assert all(place >= 16 and place % 2 == 0 and pairs[row[place]] == answers[place] for place in asked)


def test_passkey_is_hidden_once_and_asked_at_the_end() -> None:
    from tasks import IGNORE, Passkey

    task = Passkey(60, digits=4)
    marker = task.vocabulary - 1
    tokens, labels = task.batch(20, torch.Generator().manual_seed(0))
    for row, answers in zip(tokens.tolist(), labels.tolist(), strict=True):
        start = row.index(marker)
        assert row.count(marker) == 2
        assert row[start + 1 : start + 5] == [answer for answer in answers if answer != IGNORE] == answers[-4:]
        assert row[-4:] == row[start : start + 4]


def test_needle_labels_are_the_values_of_the_asked_identities() -> None:
    from tasks import CrossModalNeedle

    task = CrossModalNeedle(50, 7, bits=24, values=5)
    keys, queries, labels = task.batch(3, torch.Generator().manual_seed(0))
    found = (queries @ keys[..., :24].mT).argmax(-1)
    values = keys[..., 24:].argmax(-1)
    assert torch.equal(values.gather(1, found), labels)


@pytest.mark.parametrize("width_q", [1, 2, 4])
@pytest.mark.parametrize("causal", [True, False])
def test_pairs_are_those_that_the_oracle_allows(causal: bool, width_q: int) -> None:
    from flops import dar_flops

    from wugan.attention import DARAttention

    torch.manual_seed(0)
    layer = DARAttention(16, 2, block_size=4, query_block_size=width_q, top_k=3, gate_dim=0)
    x = torch.randn(2, 37, 16)
    _, routes = layer(x, x, causal=causal, return_routes=True)
    place = torch.arange(37)
    mask = routes.as_mask()[:, :, place // width_q][..., place // 4]
    visible = place <= place[:, None] if causal else torch.ones(37, 37, dtype=torch.bool)
    count = dar_flops(layer, routes, 37, 37, causal=causal)
    assert count.pairs == 4 * 8 * (mask & visible).sum().item()
    assert count.dense == 4 * 8 * 2 * 2 * visible.sum().item()
    assert count.share == (count.pairs + count.routing) / count.dense


def test_dense_attention_without_gate_costs_what_it_says() -> None:
    from flops import dar_flops

    from wugan.attention import DARAttention

    layer = DARAttention(16, 2, block_size=4, top_k=None, gate_dim=0)
    x = torch.randn(1, 20, 16)
    _, routes = layer(x, x, causal=True, return_routes=True)
    count = dar_flops(layer, routes, 20, 20, causal=True)
    assert count.share == 1 and count.routing == 0


def test_gate_adds_its_projections_scores_and_sums() -> None:
    from flops import dar_flops

    from wugan.attention import DARAttention

    x = torch.randn(1, 32, 16)
    costs = []
    for gate in (0, 4):
        layer = DARAttention(16, 2, block_size=8, query_block_size=1, top_k=2, gate_dim=gate)
        _, routes = layer(x, x, causal=True, return_routes=True)
        costs.append(dar_flops(layer, routes, 32, 32, causal=True).routing)
    projections, sums, kept = 2 * 2 * 4 * 16 * 64, 2 * 4 * 32, 2 * 2 * 4 * 32 * 2
    scores = 2 * 2 * 4 * (8 * (1 + 2 + 3))
    assert costs[1] - costs[0] == projections + sums + kept + scores


def test_a_tree_needs_fewer_scores_and_a_wide_beam_no_fewer_than_all() -> None:
    from flops import dar_flops

    from wugan.attention import DARAttention

    x = torch.randn(1, 600, 16)
    costs = []
    for beam in (None, 600, 2):
        layer = DARAttention(16, 2, block_size=2, query_block_size=1, top_k=2, gate_dim=0, beam=beam)
        _, routes = layer(x, x, causal=True, return_routes=True)
        costs.append(dar_flops(layer, routes, 600, 600, causal=True).routing)
    assert costs[0] == costs[1] > 2 * costs[2] > 0


@pytest.mark.slow
def test_any_layer_fits_and_rows_make_a_table() -> None:
    from dataclasses import replace

    from models import LanguageModel
    from run import run, table
    from settings import DENSE, Setting, tasks
    from tasks import MQAR
    from training import Schedule

    class Mean(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x.cumsum(1) / torch.arange(1, x.shape[1] + 1)[:, None]

    def batches(generator: torch.Generator) -> tuple[torch.Tensor, ...]:
        return MQAR(32, 4).batch(2, generator)

    narrow = Setting("DAR", {"block_size": 4, "distil": True}, 2)
    peer = Setting("mean", layer=lambda dim, heads: Mean())
    task = replace(
        tasks()["mqar-256"],
        model=lambda attention: LanguageModel(MQAR(32, 4).vocabulary, 16, 1, 1, attention),
        easy=batches,
        train=batches,
        test={"32": (batches, 2)},
        keys=32,
        settings=(DENSE, narrow, peer),
        schedule=Schedule(2, 2, 2),
        patience=2,
    )
    rows = run("tiny", task, 0, task.settings, False)
    assert [row["setting"] for row in rows] == ["dense", "DAR", "mean"]
    assert rows[0]["share"] == 1 and 0 < rows[1]["share"] < 1 and rows[2]["share"] is None
    assert table(rows).count("\n") == 4
