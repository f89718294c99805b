"""`FusionBackbone`: what a missing, late or reordered modality does, and that it fuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from pydantic import ValidationError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from wugan.attention import KAnnealing
from wugan.errors import DataError
from wugan.fusion import FusionBackbone, FusionConfig, TokenBatch, collate
from wugan.packet import Packet
from wugan.tokens import Tokens

SIZES = {"voice": 6, "text": 4, "touch": 1}


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def config(**changes: Any) -> FusionConfig:
    small: dict[str, Any] = {"modalities": SIZES, "dim": 32, "depth": 2, "heads": 4, "kv_heads": 2, "block_size": 4}
    return FusionConfig(**{**small, "top_k": 3, **changes})


def backbone(**changes: Any) -> FusionBackbone:
    torch.manual_seed(0)
    model = FusionBackbone(config(**changes)).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "gate.q_proj" in name:  # a gate that speaks, as after training
                parameter.normal_(std=0.3)
    return model


def tokens(modality: str, length: int, seed: int = 0, start_ns: int = 0, size: int | None = None) -> Tokens:
    rng = np.random.default_rng(seed + sum(map(ord, modality)))
    values = rng.normal(size=(length, size or SIZES[modality])).astype(np.float32)
    return Tokens(values, start_ns + np.sort(rng.integers(0, 2 * 10**9, length)), modality)


def window(seed: int = 0, start_ns: int = 0, **lengths: int) -> dict[str, Tokens]:
    return {name: tokens(name, length, seed, start_ns) for name, length in lengths.items()}


def close(a: Tensor, b: Tensor, atol: float = 1e-5) -> bool:
    return bool((a - b).abs().max() <= atol)


@pytest.mark.parametrize("causal", [False, True])
def test_a_batch_gives_what_each_window_gives_alone(causal: bool) -> None:
    model = backbone(causal=causal)
    windows = [
        window(1, voice=23, text=9),
        window(2, voice=7, text=31, touch=5),
        window(3, touch=1),
        window(4, voice=0, text=12),
    ]
    with torch.no_grad():
        together = model(collate(windows))
        for row, one in enumerate(windows):
            alone = model(collate([one]))
            assert close(together.pooled[row], alone.pooled[0])
            for name, part in one.items():
                assert close(together.modality_pooled[name][row], alone.modality_pooled[name][0])
                if len(part):
                    assert close(together.states[name][row, : len(part)], alone.states[name][0])


def test_a_missing_and_an_empty_modality_are_the_same_and_no_error() -> None:
    model = backbone()
    with torch.no_grad():
        missing = model(collate([window(voice=9)]))
        empty = model(collate([window(voice=9, text=0)]))
    assert close(missing.pooled, empty.pooled)
    assert not empty.present["text"].any() and (empty.modality_pooled["text"] == 0).all()
    assert list(missing.states) == ["voice"]


def test_nothing_at_all_gives_zeros() -> None:
    model = backbone()
    out = model(collate([window(voice=0), window(voice=3)]))
    assert (out.pooled[0] == 0).all() and (out.pooled[1] != 0).any()
    assert torch.isfinite(out.pooled).all()


def test_order_of_modalities_changes_nothing() -> None:
    model = backbone()
    one = window(voice=14, text=9, touch=6)
    other_way = dict(reversed(one.items()))
    with torch.no_grad():
        a, b = model(collate([one])), model(collate([other_way]))
        assert torch.equal(a.pooled, b.pooled)
        # Nor does the order in the configuration, given the same weights.
        turned = FusionBackbone(config(modalities=dict(reversed(SIZES.items())))).eval()
        turned.load_state_dict(model.state_dict())
        c = turned(collate([one]))
    assert close(a.pooled, c.pooled)
    assert all(close(a.states[name], c.states[name]) for name in one)


def test_absolute_time_does_not_matter_and_relative_time_does() -> None:
    model = backbone()
    early, late = window(voice=9, text=5), window(start_ns=1_700_000_000_123_456_789, voice=9, text=5)
    shifted = window(voice=9, text=5)
    shifted["text"].time_ns = shifted["text"].time_ns + 10**9
    with torch.no_grad():
        out = [model(collate([one])).pooled for one in (early, late, shifted)]
    assert torch.equal(out[0], out[1])
    assert not close(out[0], out[2], 1e-3)


def test_masked_tokens_do_not_matter() -> None:
    model = backbone()
    batch = collate([window(voice=12, text=9)])
    batch["voice"].mask[0, 3:6] = False
    with torch.no_grad():
        before = model(batch).pooled
        batch["voice"].values[0, 3:6] = 1e6
        batch["voice"].time_ns[0, 3:6] = -(10**15)
        assert close(model(batch).pooled, before)


def test_causal_states_do_not_see_later_tokens() -> None:
    model = backbone(causal=True, top_k=6)
    one, other = window(voice=20, text=10), window(voice=20, text=10)
    late = other["text"].time_ns > 10**9
    other["text"].values[late] += 5
    with torch.no_grad():
        a, b = model(collate([one])), model(collate([other]))
    seen_before = one["voice"].time_ns <= 10**9
    assert seen_before.any() and not seen_before.all()
    assert close(a.states["voice"][0, seen_before], b.states["voice"][0, seen_before])
    assert not close(a.states["voice"][0, ~seen_before], b.states["voice"][0, ~seen_before], 1e-3)


def test_evaluation_is_deterministic_and_training_hides_modalities() -> None:
    model = backbone(modality_dropout=0.6, dropout=0.1)
    batch = collate([window(seed, voice=5, text=5) for seed in range(64)] + [window(touch=3)])
    with torch.no_grad():
        assert torch.equal(model(batch).pooled, model(batch).pooled)
        model.train()
        present = model(batch).present
    both = torch.stack([present["voice"], present["text"]])[:, :64]
    assert both.any(0).all() and not both.all() and both.any(1).all()
    assert present["touch"][64] and not present["voice"][64]


def test_positions_are_used() -> None:
    model = backbone(positions={"voice": 2})
    one = window(voice=5)
    with pytest.raises(DataError, match="'voice' needs positions of 2 dimensions, got None"):
        model(collate([one]))
    outs = []
    for place in (0.0, 3.0):
        one["voice"].positions = np.full((5, 2), place, np.float32)
        outs.append(model(collate([one])).pooled)
    assert not close(outs[0], outs[1], 1e-3)


def test_routes_can_be_read() -> None:
    model = backbone()
    model.set_top_k(2)
    routes = model(collate([window(voice=30, text=10)])).routes
    assert len(routes) == 2
    assert all(route is not None and route.blocks.shape == (1, 4, 11, 2) for route in routes)


def test_checkpointing_gives_the_same_gradients() -> None:
    plain, saving = backbone(), backbone(checkpointing=True)
    batch = collate([window(voice=20, text=10)])
    for model in (plain, saving):
        model(batch).pooled.square().sum().backward()
    for (name, a), b in zip(plain.named_parameters(), saving.parameters(), strict=True):
        assert (a.grad is None) == (b.grad is None), name
        assert a.grad is None or b.grad is None or close(a.grad, b.grad), name


def test_fuse_gives_a_head_what_it_needs() -> None:
    model = backbone(modality_dropout=0.9).train()
    packets = {
        name: Packet(part, 77, stream=name + "-stream", seq=3, attrs={"speaker": 1})
        for name, part in window(text=5, voice=9, touch=1).items()
    }
    fused = model.fuse(packets)
    assert model.training
    with torch.no_grad():
        wanted = model.eval()(collate([{name: packet.data for name, packet in packets.items()}]))
    assert fused.present == ("text", "voice", "touch") and fused.time_ns == 77
    assert fused.inputs["voice"].attrs == {"speaker": 1}
    assert fused.pooled.dtype == np.float32 and np.allclose(fused.pooled, wanted.pooled[0], atol=1e-6)
    assert {name: state.shape for name, state in fused.states.items()} == {
        "text": (5, 32),
        "voice": (9, 32),
        "touch": (1, 32),
    }
    assert all(pooled.shape == (32,) for pooled in fused.modality_pooled.values())
    with pytest.raises(DataError, match="at least one modality"):
        model.fuse({})


def test_save_and_load(tmp_path: Path) -> None:
    model, file = backbone(), tmp_path / "backbone.safetensors"
    model.save(file)
    loaded = FusionBackbone.load(file)
    assert loaded.config == model.config and not loaded.training
    batch = collate([window(voice=20, text=10)])
    with torch.no_grad():
        assert torch.equal(loaded(batch).pooled, model(batch).pooled)


def test_load_says_what_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "x.safetensors"
    with pytest.raises(DataError, match="no such file of weights"):
        FusionBackbone.load(file)
    file.write_bytes(b"no safetensors at all")
    with pytest.raises(DataError, match="not a readable safetensors file"):
        FusionBackbone.load(file)
    save_file({"x": torch.zeros(1)}, file)
    with pytest.raises(DataError, match="is not a fusion backbone"):
        FusionBackbone.load(file)
    backbone().save(file)
    state = load_file(file)
    for settings, message in (
        (config(dim=64).model_dump(), "do not fit.*size mismatch"),
        ({"modalities": {}}, "do not fit.*modalities"),
    ):
        save_file(state, file, metadata={"format": "wugan.fusion/2", "info": json.dumps(settings)})
        with pytest.raises(DataError, match=rf"(?s){message}"):
            FusionBackbone.load(file)


@pytest.mark.parametrize(
    ("message", "wrong"),
    [
        ("dim 30 must be a multiple of heads 4", {"dim": 30}),
        ("kv_heads 3 must divide heads 4", {"kv_heads": 3}),
        ("query_block_size 3 must divide", {"query_block_size": 3}),
        ("positions of unknown modalities: smell", {"positions": {"smell": 3}}),
        ("modalities", {"modalities": {}}),
        ("Extra inputs", {"layers": 3}),
    ],
)
def test_config_refuses_nonsense(message: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=message):
        config(**wrong)


def test_wrong_batches_are_named() -> None:
    model = backbone()
    with pytest.raises(DataError, match="unknown modality 'smell': this backbone fuses voice, text, touch"):
        model({"smell": collate([window(voice=2)])["voice"]})
    with pytest.raises(DataError, match="holds no modality"):
        model({})
    with pytest.raises(DataError, match="'text' has tokens of size 6, expected 4"):
        model({"text": collate([window(voice=2)])["voice"]})
    with pytest.raises(DataError, match="'text' has 1 samples, 'voice' 2"):
        model(collate([window(voice=2)] * 2) | collate([window(text=2)]))


@pytest.mark.parametrize(("dim", "depth", "parameters"), [(128, 4, 1e6), (2048, 20, 1e9)])
def test_sizes_from_edge_to_large(dim: int, depth: int, parameters: float) -> None:
    with torch.device("meta"):
        model = FusionBackbone(FusionConfig(modalities={"a": 64, "b": 128}, dim=dim, depth=depth, heads=dim // 64))
    count = sum(parameter.numel() for parameter in model.parameters())
    assert 0.8 * parameters < count < 1.2 * parameters


def parity(count: int, seed: int) -> tuple[dict[str, TokenBatch], Tensor]:
    """Windows of two modalities; in each, one token among noise holds a bit. The answer is their parity."""
    generator = torch.Generator().manual_seed(seed)
    bits = torch.randint(0, 2, (2, count), generator=generator)
    batch = {}
    for name, bit, length in (("a", bits[0], 14), ("b", bits[1], 9)):
        values = torch.randn(count, length, 5, generator=generator)
        values[..., :2] *= 0.3
        rows, place = torch.arange(count), torch.randint(0, length, (count,), generator=generator)
        values[rows, place, 0] = 3
        values[rows, place, 1] = bit * 6.0 - 3
        time = torch.randint(0, 10**9, (count, length), generator=generator).sort(1)[0]
        batch[name] = TokenBatch(values, time, torch.ones(count, length, dtype=torch.bool))
    return batch, bits[0] ^ bits[1]


def learn_parity(names: tuple[str, ...], steps: int) -> float:
    """Accuracy on held-out windows of a sparse backbone that is given these modalities."""
    torch.manual_seed(0)
    model = FusionBackbone(
        FusionConfig(modalities={"a": 5, "b": 5}, dim=32, depth=2, heads=2, block_size=4, top_k=4, gate_dim=4)
    )
    head = nn.Linear(32, 2)
    parameters = [*model.parameters(), *head.parameters()]
    optimizer = torch.optim.AdamW(parameters, lr=5e-3)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimizer, 5e-3, total_steps=steps)
    annealing = KAnnealing(start=7, end=4, dense_steps=steps // 3, anneal_steps=steps // 3)
    for step in range(steps):
        annealing.apply(model, step)
        batch, answer = parity(128, seed=step)
        out = model({name: batch[name] for name in names})
        optimizer.zero_grad()
        F.cross_entropy(head(out.pooled), answer).backward()
        optimizer.step()
        rate.step()
    batch, answer = parity(4000, seed=10**6)
    with torch.no_grad():
        out = model.eval()({name: batch[name] for name in names})
    return float((head(out.pooled).argmax(1) == answer).float().mean())


@pytest.mark.slow
@pytest.mark.timeout(400)  # two minutes where others use the cores
def test_learns_what_needs_both_modalities() -> None:
    assert learn_parity(("a", "b"), steps=400) >= 0.99


@pytest.mark.parametrize("name", ["a", "b"])
def test_either_modality_alone_is_at_chance(name: str) -> None:
    assert 0.46 < learn_parity((name,), steps=100) < 0.54  # 4,000 held-out windows: chance is 0.5 ± 0.024 (3 sigma)


def test_the_route_loss_reaches_every_layer() -> None:
    model = backbone(checkpointing=True).train()
    batch = collate([window(voice=30, text=20), window(seed=1, voice=25)])
    assert model(batch).route_loss is None
    loss = model(batch, route_loss=True).route_loss
    assert loss is not None and loss > 0
    loss.backward()
    for block in model.blocks:
        assert block.attention.q_proj.weight.grad.any() and block.attention.gate.k_proj.weight.grad.any()
