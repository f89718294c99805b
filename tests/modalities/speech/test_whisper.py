from __future__ import annotations

import logging
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import wugan.modalities.speech.whisper as whisper_module
from wugan.errors import DataError
from wugan.modalities.speech import Utterance, WhisperEncoder, load_whisper
from wugan.packet import Packet
from wugan.signals import Audio

SENTENCE = "I lost my card yesterday and I need a new one."


def packet(samples: np.ndarray, rate: int = 16_000) -> Packet[Utterance]:
    return Packet(Utterance(Audio(samples.astype(np.float32), rate)), 0, stream="mic")


def test_states_and_frames(spoken: Callable[[str], Audio]) -> None:
    audio = spoken(SENTENCE)
    (out,) = WhisperEncoder().encode([packet(audio.samples)])
    assert out is not None and out.states is not None
    assert out.states.shape == (1500, 384) and out.states.dtype == np.float32
    assert out.frames == int(np.ceil(audio.seconds * 50)) == len(out.heard)
    assert np.array_equal(out.audio.samples, audio.samples)


def test_neither_batch_nor_threads_change_the_states(spoken: Callable[[str], Audio]) -> None:
    audio = [spoken(SENTENCE).samples, spoken("Thank you.").samples, np.zeros(16_000)]
    together = WhisperEncoder(threads=1).encode([packet(samples) for samples in audio])
    for samples, expected in zip(audio, together, strict=True):
        (alone,) = WhisperEncoder(threads=2).encode([packet(samples)])
        assert alone is not None and expected is not None
        assert np.array_equal(alone.states, expected.states)  # type: ignore[arg-type]


def test_one_model_for_one_process() -> None:
    first, second = WhisperEncoder(), WhisperEncoder()
    first.warm_up()
    second.warm_up()
    assert first._whisper is second._whisper is load_whisper()
    assert pickle.loads(pickle.dumps(WhisperEncoder())).model == "tiny.en"


def test_odd_input(caplog: pytest.LogCaptureFixture, spoken: Callable[[str], Audio]) -> None:
    with caplog.at_level(logging.WARNING):
        empty, nan, good = WhisperEncoder().encode(
            [packet(np.zeros(0)), packet(np.full(1_600, np.nan)), packet(spoken("Hello.").samples)]
        )
    assert empty is None and nan is None and good is not None
    assert "no samples" in caplog.text and "NaN" in caplog.text
    with pytest.raises(DataError, match="8000 Hz"):
        WhisperEncoder().encode([packet(np.zeros(800), rate=8_000)])
    with pytest.raises(DataError, match="at most 30 s"):
        WhisperEncoder().encode([packet(np.zeros(31 * 16_000))])
    with pytest.raises(ValueError, match="WhisperEncoder"):
        _ = packet(np.zeros(800)).data.heard


def test_a_users_own_folder(tmp_path: Path, spoken: Callable[[str], Audio]) -> None:
    folder = tmp_path / "whisper"
    shutil.copytree(whisper_module.packaged_whisper(), folder)
    (own,) = WhisperEncoder(model=str(folder)).encode([packet(spoken("Hello.").samples)])
    (packaged,) = WhisperEncoder().encode([packet(spoken("Hello.").samples)])
    assert np.array_equal(own.states, packaged.states)  # type: ignore[arg-type, union-attr]


def test_a_damaged_packaged_model_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(whisper_module._PACKAGED_SHA256, "model.bin", "0" * 64)
    with pytest.raises(DataError, match="not the one"):
        whisper_module.packaged_whisper()


def test_a_folder_without_a_model(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no model\.bin"):
        load_whisper(str(tmp_path))
    (tmp_path / "model.bin").write_bytes(b"nonsense")
    with pytest.raises(DataError, match="cannot be loaded"):
        load_whisper(str(tmp_path))
