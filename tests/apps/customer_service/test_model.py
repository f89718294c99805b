from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import save_file

from wugan.apps.customer_service import model as module
from wugan.apps.customer_service.model import CallHead, CallModel, Estimate, backbone
from wugan.apps.customer_service.network import summary_size
from wugan.errors import DataError
from wugan.modalities.speech.emotion import SUMMARY, token_size
from wugan.packet import Packet
from wugan.signals import Transcript
from wugan.tokens import Tokens

SHIPPED = sorted(path.stem for path in (Path(module.__file__).parent / "weights").glob("*.safetensors"))


@pytest.fixture(scope="module")
def model() -> CallModel:
    return CallModel.load("default")


@pytest.fixture(scope="module")
def words() -> Packet[Tokens]:
    from wugan.modalities.text.encoder import TextEncoder

    packet = Packet(Transcript("My card was stolen this morning, please block it!", 2.5), 0, stream="words")
    tokens = TextEncoder().encode([packet])[0]
    assert tokens is not None
    return packet.replace(tokens)


def voice(model: CallModel, seed: int = 0) -> Packet[Tokens]:
    rng = np.random.default_rng(seed)
    count = SUMMARY + 20
    mean, scale = (value.numpy() for value in (model.network.backbone.voice_mean, model.network.backbone.voice_scale))
    values = np.concatenate([mean[:1], np.repeat(mean[1:], count - 1, axis=0)])
    values = values + rng.standard_normal(values.shape) * np.concatenate(
        [scale[:1], np.repeat(scale[1:], count - 1, 0)]
    )
    starts = np.maximum(np.arange(count) - SUMMARY, 0)
    positions = np.column_stack([starts / 10 + 0.05, np.full(count, 0.1)]).astype(np.float32)
    return Packet(Tokens(values.astype(np.float32), starts * 10**8, "voice", positions=positions), 0, stream="voice")


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_weights_load_and_say_what_they_are(name: str) -> None:
    loaded = CallModel.load(name)
    assert len(loaded.labels["intent"]) == 77 and loaded.labels["urgency"] == ["low", "medium", "high"]
    assert loaded.info.config.modalities == {"text": 384, "voice": token_size()}
    assert summary_size(token_size()) == loaded.network.direct["emotion"].linear.in_features
    assert {"data", "command", "seed"} <= loaded.info.trained_on.keys()
    path = Path(module.__file__).parent / "weights" / f"{name}.safetensors"
    assert path.stat().st_size < 5e6


def test_the_default_weights_are_free_of_non_commercial_data(model: CallModel) -> None:
    assert "default" in SHIPPED
    assert set(model.info.trained_on["data"]) == {"banking77", "emodb"}
    assert model.labels["emotion"] == ["anger", "happiness", "neutral", "sadness"]


def test_text_and_voice(model: CallModel, words: Packet[Tokens]) -> None:
    result = model.predict({"text": words, "voice": voice(model)})
    assert set(result.estimates()) == {"intent", "emotion", "urgency"}
    for estimate in result.estimates().values():
        assert sum(estimate.probs.values()) == pytest.approx(1)
        assert estimate.label == max(estimate.probs, key=estimate.probs.__getitem__)
    assert result.intent is not None and result.intent.label == "lost_or_stolen_card" and not result.intent.abstain
    assert result.urgency is not None and result.urgency.label == "high"


def test_a_head_is_silent_where_its_modality_is_missing(model: CallModel, words: Packet[Tokens]) -> None:
    assert set(model.predict({"text": words}).estimates()) == {"intent", "urgency"}
    assert set(model.predict({"voice": voice(model)}).estimates()) == {"emotion", "urgency"}
    with pytest.raises(DataError, match="at least one modality"):
        model.predict({})


def test_the_head_reads_what_the_backbone_fused(model: CallModel, words: Packet[Tokens]) -> None:
    window = {"text": words, "voice": voice(model)}
    assert CallHead().predict(backbone().fuse(window)) == model.predict(window)


def test_abstention_begins_below_the_threshold(model: CallModel) -> None:
    threshold = model.info.thresholds["emotion"]
    sure = {"anger": threshold, "neutral": 1 - threshold - 1e-9}
    assert model.estimate("emotion", sure) == Estimate(label="anger", probs=sure, abstain=False)
    assert model.estimate("emotion", dict.fromkeys(["anger", "neutral", "sadness"], 1 / 3)).abstain


def test_saved_and_loaded_is_the_same(model: CallModel, words: Packet[Tokens], tmp_path: Path) -> None:
    path = tmp_path / "mine.safetensors"
    model.save(path)
    loaded = CallModel.load(path)
    assert loaded.info == model.info
    assert loaded.predict({"text": words}) == model.predict({"text": words})


@pytest.mark.parametrize("weights", ["nothing", "nowhere/x.safetensors"])
def test_missing_weights_are_named(weights: str) -> None:
    with pytest.raises(DataError, match=weights):
        CallModel.load(weights)


def test_wrong_files_are_named(model: CallModel, tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    path.write_bytes(b"no weights")
    with pytest.raises(DataError, match="not a readable safetensors"):
        CallModel.load(path)
    save_file({}, path, metadata={"format": "another"})
    with pytest.raises(DataError, match="not a customer-service model"):
        CallModel.load(path)
    save_file({}, path, metadata={"format": "wugan.customer-service/1", "info": model.info.model_dump_json()})
    with pytest.raises(DataError, match="do not fit"):
        CallModel.load(path)
