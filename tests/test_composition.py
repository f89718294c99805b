"""The composing code that the design promises, as a newcomer would write it."""

from __future__ import annotations

from pathlib import Path

import pytest
import soundfile
from pydantic import BaseModel

import wugan
from wugan import Fused
from wugan.modalities import speech, text


class Mood(BaseModel):
    present: list[str]
    size: int


class MyHead(wugan.Head[Mood]):
    def predict(self, fused: Fused) -> Mood:
        return Mood(present=sorted(fused.present), size=len(fused.pooled))


def test_front_desk(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    hello = speech.Synthesizer().synthesize("Good morning, I would like to open an account.")
    soundfile.write(tmp_path / "hello.wav", hello.samples, hello.rate)
    results: list[Mood] = []

    p = wugan.Pipeline("front-desk")
    mic = p.source(speech.AudioFile(tmp_path / "hello.wav"))
    heard = p.stage(speech.WhisperEncoder(), p.stage(speech.Segmenter(), mic))
    words = p.stage(speech.Transcriber(), heard)
    mood = p.stage(speech.EmotionEncoder(), heard)
    fused = p.fuse(mood, p.stage(text.TextEncoder(), words), sync=wugan.approximate("250ms"))
    p.sink(lambda packet: results.append(packet.data), p.head(MyHead(), fused))
    with p.run(runtime="local") as running:
        running.wait()

    assert results and all(result.present == ["text", "voice"] and result.size == 128 for result in results)
    assert "untrained" in caplog.text
