from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wugan.errors import DataError, PluginError
from wugan.modalities.speech.emotion import SUMMARY, EmotionEncoder, token_size
from wugan.modalities.speech.prosody import STATISTIC_NAMES, _mel, prosody
from wugan.modalities.speech.utterance import RATE, Utterance
from wugan.packet import Packet
from wugan.signals import Audio
from wugan.tokens import Tokens

WIDTH = 8


def utterance(seconds: float, frames: int | None = None) -> Utterance:
    count = int(seconds * RATE)
    frames = int(np.ceil(seconds * 50)) if frames is None else frames
    rng = np.random.default_rng(0)
    sound = 0.3 * np.sin(np.arange(count) * 2 * np.pi * 150 / RATE)
    return Utterance(
        Audio(sound.astype(np.float32), RATE), rng.standard_normal((1500, WIDTH)).astype(np.float32), frames
    )


def encode(of: Utterance, time_ns: int = 0, encoder: EmotionEncoder | None = None) -> Tokens | None:
    return (encoder or EmotionEncoder()).encode([Packet(of, time_ns, stream="heard")])[0]


def test_what_the_tokens_hold() -> None:
    of = utterance(1.5)
    tokens = encode(of, time_ns=7)
    assert tokens is not None
    assert tokens.modality == "voice" and tokens.values.shape == (SUMMARY + 15, token_size(WIDTH))
    np.testing.assert_allclose(tokens.values[0, :WIDTH], of.heard.mean(axis=0), rtol=1e-5)
    np.testing.assert_allclose(tokens.values[0, WIDTH : 2 * WIDTH], of.heard.std(axis=0), rtol=1e-5)
    np.testing.assert_allclose(tokens.values[2, :WIDTH], of.heard[25:50].mean(axis=0), rtol=1e-4)  # the middle third
    np.testing.assert_allclose(tokens.values[SUMMARY + 3, :WIDTH], of.heard[15:20].mean(axis=0), rtol=1e-4)
    np.testing.assert_array_equal(tokens.values[0, -len(STATISTIC_NAMES) :], prosody(of.audio).statistics)
    assert not tokens.values[1:, -len(STATISTIC_NAMES) :].any()
    assert tokens.positions is not None
    np.testing.assert_allclose(tokens.positions[[0, 1, SUMMARY]], [[0.75, 1.5], [0.25, 0.5], [0.05, 0.1]], atol=1e-6)
    assert tokens.time_ns[:SUMMARY].tolist() == [7] * SUMMARY
    assert tokens.time_ns[SUMMARY + 3] == 7 + 300_000_000


@settings(max_examples=30)
@given(st.integers(1, 1500), st.sampled_from([1, 2, 5, 10, 25, 50]))
def test_any_length(frames: int, per_second: int) -> None:
    tokens = encode(utterance(0.01, frames), encoder=EmotionEncoder(per_second))
    assert tokens is not None
    assert len(tokens) == SUMMARY + -(-frames * per_second // 50)
    assert (np.diff(tokens.time_ns) >= 0).all()
    assert tokens.positions is not None and (tokens.positions[:, 1] > 0).all()


def test_padding_is_not_heard() -> None:
    of = utterance(0.5)
    assert of.states is not None
    before = encode(of)
    of.states[of.frames :] = 100
    after = encode(of)
    assert before is not None and after is not None
    np.testing.assert_array_equal(before.values, after.values)


def test_nothing_heard_gives_nothing() -> None:
    assert encode(utterance(0.0)) is None


def test_silence_is_a_voice_without_pitch() -> None:
    of = utterance(1.0)
    of.audio.samples[:] = 0
    tokens = encode(of)
    assert tokens is not None and np.isfinite(tokens.values).all()


def test_states_are_needed() -> None:
    with pytest.raises(DataError, match="put WhisperEncoder before"):
        encode(Utterance(Audio(np.zeros(100, np.float32), RATE)))


@pytest.mark.parametrize("per_second", [0, 3, 100])
def test_pieces_must_fit_the_states(per_second: int) -> None:
    with pytest.raises(DataError, match="must divide 50"):
        encode(utterance(0.5), encoder=EmotionEncoder(per_second))


def test_without_torchaudio_a_pipeline_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or every packet of the voice would be lost, and the emotion with it."""
    monkeypatch.setitem(sys.modules, "torchaudio.functional", None)
    _mel.cache_clear()
    with pytest.raises(PluginError, match=r"torchaudio that fits torch.*wugan\[speech\]"):
        EmotionEncoder().warm_up()
