from __future__ import annotations

import logging
import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest

import wugan.modalities.text.encoder as encoder_module
from wugan.errors import DataError
from wugan.modalities.text import TextEncoder
from wugan.packet import Packet
from wugan.signals import Transcript
from wugan.tokens import Tokens


@pytest.fixture(scope="module")
def encoder() -> TextEncoder:
    made = TextEncoder()
    made.warm_up()
    return made


def tokens(encoder: TextEncoder, text: str, time_ns: int = 0, seconds: float = 2.0) -> Tokens:
    (out,) = encoder.encode([Packet(Transcript(text, seconds), time_ns, stream="words")])
    assert out is not None
    return out


@pytest.mark.slow
def test_equals_sentence_transformers(encoder: TextEncoder) -> None:
    sentence_transformers = pytest.importorskip("sentence_transformers")
    theirs = sentence_transformers.SentenceTransformer(str(encoder_module.packaged_minilm()), device="cpu")
    texts = ["I lost my card yesterday.", "What is the exchange rate?", "Grüße, 1234 €!", "word " * 400]
    assert np.abs(theirs.encode(texts) - encoder.embed(texts)).max() < 1e-5


def test_tokens_and_their_times(encoder: TextEncoder) -> None:
    out = tokens(encoder, "I lost my card", time_ns=10**9, seconds=2.0)
    assert out.modality == "text" and out.values.shape == (5, 384) and out.values.dtype == np.float32
    assert abs(np.linalg.norm(out.values[0]) - 1) < 1e-5
    assert np.abs(out.values[0] - encoder.embed(["I lost my card"])[0]).max() < 1e-5
    assert out.time_ns.tolist() == [10**9, 125 * 10**7, 175 * 10**7, 225 * 10**7, 275 * 10**7]


def test_meaning_is_near(encoder: TextEncoder) -> None:
    lost, stolen, rate = encoder.embed(["I lost my card", "My card was stolen", "What is the exchange rate?"])
    assert lost @ stolen > 0.5 > lost @ rate


def test_a_batch_does_not_change_its_members(encoder: TextEncoder) -> None:
    texts = ["Hello.", "I would like to know why my payment was declined twice.", "Thanks"]
    together = encoder.encode(
        [Packet(Transcript(text, 1.0), 0, stream="words", seq=seq) for seq, text in enumerate(texts)]
    )
    for text, out in zip(texts, together, strict=True):
        assert out is not None and np.abs(out.values - tokens(encoder, text, seconds=1.0).values).max() < 1e-5


def test_many_together_are_as_each_alone(encoder: TextEncoder) -> None:
    texts = ["I would like to know why my payment was declined twice.", "", "Hello.", "Thanks", "a longer one again"]
    packets = [Packet(Transcript(text, 1.0), seq, stream="words", seq=seq) for seq, text in enumerate(texts)]
    for packet, many in zip(packets, encoder.encode_many(packets, batch_size=2), strict=True):
        (alone,) = encoder.encode([packet])
        assert (many is None) == (alone is None)
        if many is not None and alone is not None:
            assert np.abs(many.values - alone.values).max() < 1e-5
            assert np.array_equal(many.time_ns, alone.time_ns)


def test_embed_keeps_the_order_and_batches(encoder: TextEncoder) -> None:
    texts = ["one", "a much longer sentence than the others are", "", "two words", "three small words"]
    found = encoder.embed(texts, batch_size=2)
    for index, text in enumerate(texts):
        assert np.abs(found[index] - encoder.embed([text])[0]).max() < 1e-5
    assert not found[2].any()
    assert encoder.embed([]).shape == (0, 384)


def test_empty_and_very_long_text(encoder: TextEncoder, caplog: pytest.LogCaptureFixture) -> None:
    assert encoder.encode([Packet(Transcript("  ", 1.0), 0, stream="words")]) == [None]
    with caplog.at_level(logging.WARNING):
        assert len(tokens(encoder, "word " * 5_000)) == 255
    assert "cut to 256" in caplog.text
    assert len(tokens(encoder, "😀\x00")) >= 1  # nothing in the vocabulary: still a sentence


def test_a_users_own_folder(tmp_path: Path, encoder: TextEncoder) -> None:
    shutil.copytree(encoder_module.packaged_minilm(), tmp_path / "model")
    own = pickle.loads(pickle.dumps(TextEncoder(model=str(tmp_path / "model"))))
    assert np.array_equal(own.embed(["Hello"]), encoder.embed(["Hello"]))
    (tmp_path / "model" / "tokenizer.json").write_text("{}")
    with pytest.raises(DataError, match=r"tokenizer\.json"):
        TextEncoder(model=str(tmp_path / "model")).warm_up()


def test_a_damaged_packaged_model_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(encoder_module._PACKAGED_SHA256, "model.safetensors", "0" * 64)
    with pytest.raises(DataError, match="not the one"):
        TextEncoder().warm_up()


def test_a_model_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    huggingface_hub = pytest.importorskip("huggingface_hub")

    def offline(*_: object, **__: object) -> None:
        raise ConnectionError("no network")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", offline)
    with pytest.raises(DataError, match="hub name with a network"):
        TextEncoder(model="nobody/nothing").warm_up()
