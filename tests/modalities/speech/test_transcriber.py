from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest

from wugan.modalities.speech import Transcriber, Utterance, WhisperEncoder, load_whisper
from wugan.packet import Packet
from wugan.signals import Audio

SENTENCES = [
    "I lost my card yesterday and I need a new one.",
    "Could you tell me what the exchange rate is today?",
]


def encoded(samples: np.ndarray) -> Packet[Utterance]:
    packet = Packet(Utterance(Audio(samples.astype(np.float32), 16_000)), 0, stream="mic")
    (out,) = WhisperEncoder().encode([packet])
    assert out is not None
    return packet.replace(out)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_equals_faster_whisper_without_running_the_encoder_again(
    sentence: str, spoken: Callable[[str], Audio], monkeypatch: pytest.MonkeyPatch
) -> None:
    audio = spoken(sentence)
    whisper = load_whisper()
    segments, _ = whisper.transcribe(audio.samples, temperature=0.0, without_timestamps=True)
    expected = "".join(segment.text for segment in segments).strip()
    packet = encoded(audio.samples)

    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("the encoder ran again")

    monkeypatch.setattr(whisper, "encode", forbidden)
    monkeypatch.setattr(whisper, "feature_extractor", forbidden)
    (transcript,) = Transcriber(word_times=True).encode([packet])
    assert transcript is not None
    assert transcript.text == expected
    assert transcript.seconds == audio.seconds and transcript.language == "en"
    assert 0.5 < transcript.confidence <= 1


def test_the_states_alone_decide(spoken: Callable[[str], Audio]) -> None:
    """The states of one utterance with the sound of another: the words come from the states."""
    first, second = (encoded(spoken(sentence).samples) for sentence in SENTENCES)
    mixed = first.replace(Utterance(second.data.audio, first.data.states, first.data.frames))
    transcriber = Transcriber()
    ours, expected = transcriber.encode([mixed, first])
    assert ours is not None and expected is not None
    assert ours.text == expected.text
    assert "card" in ours.text


def test_word_times(spoken: Callable[[str], Audio]) -> None:
    packet = encoded(spoken(SENTENCES[0]).samples)
    (transcript,) = Transcriber(word_times=True).encode([packet])
    assert transcript is not None
    assert " ".join(word.text for word in transcript.words) == transcript.text
    times = [time for word in transcript.words for time in (word.start, word.end)]
    assert times == sorted(times)
    seconds = transcript.seconds  # where the first word starts in the silence before it differs between processors
    assert times[0] < 0.8 and 0.7 * seconds < times[-1] <= seconds + 0.1


def test_a_prompt_decides_between_words_that_sound_alike(spoken: Callable[[str], Audio]) -> None:
    packet = encoded(spoken("A round oak table, eighty centimetres wide.").samples)
    texts = []
    for prompt in ("", "A round table, 80 cm wide. A vase on it."):
        (transcript,) = Transcriber(prompt=prompt).encode([packet])
        assert transcript is not None
        texts.append(transcript.text.lower())
    assert texts[0].startswith("around oak table") and texts[1].startswith("a round oak table")


@pytest.mark.parametrize("prompt", ["", "A round table, 80 cm wide. A vase on it."])
def test_silence_noise_and_tones_give_nothing(prompt: str) -> None:
    """Whisper is known to invent phrases; the segmenter keeps such sound from it, and this is the second guard."""
    rng = np.random.default_rng(0)
    transcriber = Transcriber(prompt=prompt)
    sounds = [
        np.zeros(32_000),
        rng.normal(0, 0.001, 32_000),
        rng.normal(0, 0.1, 32_000),
        0.5 * np.sin(2 * np.pi * 440 * np.arange(32_000) / 16_000),
    ]
    assert transcriber.encode([encoded(sound) for sound in sounds]) == [None] * 4
    assert transcriber.skipped == 4


class FakeTokenizer:
    """Decodes token numbers to the texts that a test gives."""

    def __init__(self, texts: dict[int, str]) -> None:
        self.texts = texts

    def decode(self, tokens: list[int]) -> str:
        return self.texts[tokens[0]]


def decide(monkeypatch: pytest.MonkeyPatch, results: list[tuple[str, float, float]]) -> tuple[object, Transcriber]:
    """What the transcriber makes of decoder results (text, score, no-speech probability), one for each pass."""
    transcriber = Transcriber()
    transcriber.warm_up()
    tokenizer = FakeTokenizer({number: text for number, (text, _, _) in enumerate(results)})
    passes = iter(
        SimpleNamespace(sequences_ids=[[number] * 9], scores=[score], no_speech_prob=silent)
        for number, (_, score, silent) in enumerate(results)
    )
    monkeypatch.setattr(transcriber, "_tokenizer", lambda language: tokenizer)
    monkeypatch.setattr(transcriber, "_generate", lambda *_, **__: next(passes))
    utterance = Utterance(Audio(np.zeros(16_000, np.float32), 16_000), np.zeros((1500, 384), np.float32), 50)
    (out,) = transcriber.encode([Packet(utterance, 0, stream="mic")])
    return out, transcriber


@pytest.mark.parametrize(
    ("results", "text"),
    [
        ([("Hello there.", -0.2, 0.1)], "Hello there."),
        ([("Thank you.", -1.5, 0.9)], None),  # no speech, and unsure of the words
        ([("Yes.", -0.3, 0.9)], "Yes."),  # sure of the words
        ([("... !", -0.3, 0.1)], None),
        ([("and so " * 40, -0.1, 0.1), ("and so on", -0.5, 0.1)], "and so on"),  # the second pass cures the loop
        ([("and so " * 40, -0.1, 0.1), ("and so " * 30, -0.5, 0.1)], None),
    ],
)
def test_when_nothing_was_said(
    monkeypatch: pytest.MonkeyPatch, results: list[tuple[str, float, float]], text: str | None
) -> None:
    out, transcriber = decide(monkeypatch, results)
    assert getattr(out, "text", None) == text
    assert transcriber.skipped == (text is None)


def test_states_are_needed() -> None:
    utterance = Utterance(Audio(np.zeros(16_000, np.float32), 16_000))
    with pytest.raises(ValueError, match="WhisperEncoder"):
        Transcriber().encode([Packet(utterance, 0, stream="mic")])
