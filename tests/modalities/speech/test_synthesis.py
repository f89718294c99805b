from __future__ import annotations

import logging
import pickle
import re
import shutil
import threading

import numpy as np
import pytest
import soxr

from wugan.errors import DataError, DeviceError
from wugan.modalities.speech import STYLES, Speak, Synthesizer, Transcriber, Utterance, WhisperEncoder
from wugan.modalities.speech.synthesis import _pieces
from wugan.packet import Packet
from wugan.signals import Audio, Reply

espeak = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="needs the program espeak-ng")
TEXT = "I am sorry that your card was lost. We will send you a new one."


@pytest.fixture(scope="module")
def synthesizer() -> Synthesizer:
    return Synthesizer()


def heard(audio: Audio) -> str:
    samples = soxr.resample(audio.samples, audio.rate, 16_000).astype(np.float32)
    packet = Packet(Utterance(Audio(samples, 16_000)), 0, stream="test")
    (states,) = WhisperEncoder().encode([packet])
    assert states is not None
    (transcript,) = Transcriber().encode([packet.replace(states)])
    return re.sub(r"[^a-z0-9 ]", "", transcript.text.lower()) if transcript else ""


def median_pitch(audio: Audio) -> float:
    """Fundamental frequency in Hz by autocorrelation, median over the frames that are clearly voiced."""
    size, found = audio.rate // 20, []
    low, high = audio.rate // 400, audio.rate // 60
    for start in range(0, len(audio.samples) - size, size // 2):
        frame = audio.samples[start : start + size] - audio.samples[start : start + size].mean()
        power = float(frame @ frame)
        if power < 1e-3 * size:
            continue
        correlation = np.correlate(frame, frame, "full")[size - 1 :] / power
        lag = low + int(np.argmax(correlation[low:high]))
        if correlation[lag] > 0.5:
            found.append(audio.rate / lag)
    return float(np.median(found))


def test_english_is_understood(synthesizer: Synthesizer) -> None:
    audio = synthesizer.synthesize(TEXT)
    assert audio.rate == 24_000 and audio.samples.dtype == np.float32
    assert heard(audio) == re.sub(r"[^a-z ]", "", TEXT.lower())


def test_the_same_text_gives_the_same_sound(synthesizer: Synthesizer) -> None:
    assert np.array_equal(synthesizer.synthesize(TEXT).samples, Synthesizer().synthesize(TEXT).samples)


def test_rate_and_pitch(synthesizer: Synthesizer) -> None:
    normal = synthesizer.synthesize(TEXT)
    assert 1.2 < synthesizer.synthesize(TEXT, rate=0.75).seconds / normal.seconds < 1.45
    assert 0.6 < synthesizer.synthesize(TEXT, rate=1.5).seconds / normal.seconds < 0.8
    higher = median_pitch(synthesizer.synthesize(TEXT, pitch=1.2)) / median_pitch(normal)
    lower = median_pitch(synthesizer.synthesize(TEXT, pitch=0.85)) / median_pitch(normal)
    assert 1.1 < higher < 1.3 and 0.78 < lower < 0.92
    assert heard(synthesizer.synthesize(TEXT, pitch=1.2)) == heard(normal)


def test_styles_differ_as_they_say(synthesizer: Synthesizer) -> None:
    audio = {style: synthesizer.synthesize(TEXT, style=style) for style in STYLES}
    loudness = {style: float(np.sqrt(np.mean(sound.samples**2))) for style, sound in audio.items()}
    pitch = {style: median_pitch(sound) for style, sound in audio.items()}
    assert audio["urgent"].seconds < audio["neutral"].seconds < audio["calm"].seconds < audio["apologetic"].seconds
    assert loudness["apologetic"] < loudness["neutral"] < loudness["urgent"]
    assert pitch["apologetic"] < pitch["neutral"] < pitch["urgent"]
    assert all(np.abs(sound.samples).max() <= 1 for sound in audio.values())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("You owe $25.", "25"),
        ("The number is 0123456789.", "0123456789"),
        ("The NASA PIN is at the ATM.", "atm"),
        ("Meet me at 7:30 pm.", "730"),
    ],
)
def test_numbers_and_acronyms(synthesizer: Synthesizer, text: str, words: str) -> None:
    assert words in heard(synthesizer.synthesize(text)).replace(" ", "")


@pytest.mark.parametrize(
    "text", ["1" * 60, "A" * 700, "word " * 300, "a\x00b\x1b[0m", "http://x.org/?a=1&b=<2>", "5 € 😀"]
)
def test_odd_text_is_said_somehow(synthesizer: Synthesizer, text: str) -> None:
    audio = synthesizer.synthesize(text)
    assert audio.seconds > 0.2 and np.isfinite(audio.samples).all()


@pytest.mark.parametrize("text", ["", "  \n", "...", "😀"])
def test_nothing_to_say(synthesizer: Synthesizer, text: str) -> None:
    for language in ("en", "de"):
        with pytest.raises(DataError, match="can be said"):
            synthesizer.synthesize(text, language)


def test_another_script_asks_for_the_language(synthesizer: Synthesizer) -> None:
    with pytest.raises(DataError, match="language that they are in"):
        synthesizer.synthesize("こんにちは")


@espeak
@pytest.mark.parametrize(
    ("language", "text"), [("de", "Guten Tag. Wie geht es Ihnen?"), ("ja", "こんにちは"), ("pt-BR", "Olá")]
)
def test_other_languages(synthesizer: Synthesizer, language: str, text: str) -> None:
    audio = synthesizer.synthesize(text, language)
    assert audio.rate == 22_050 and audio.seconds > 0.3


@espeak
def test_prosody_of_other_languages(synthesizer: Synthesizer) -> None:
    text = "Guten Tag, wie kann ich Ihnen heute helfen?"
    normal, fast, high = (
        synthesizer.synthesize(text, "de", **values) for values in ({}, {"rate": 1.5}, {"pitch": 1.3})
    )
    assert fast.seconds < 0.75 * normal.seconds
    assert 1.2 < median_pitch(high) / median_pitch(normal) < 1.4


@espeak
@pytest.mark.parametrize("language", ["xx", "--path=/tmp", "de; ls", ""])
def test_unknown_language(synthesizer: Synthesizer, language: str) -> None:
    with pytest.raises(DataError, match="language"):
        synthesizer.synthesize("Hello", language)


def test_espeak_missing(synthesizer: Synthesizer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(DeviceError, match="apt-get install espeak-ng"):
        synthesizer.synthesize("Hallo", "de")


@pytest.mark.parametrize("values", [{"style": "angry"}, {"rate": 3.0}, {"pitch": 0.1}])
def test_prosody_out_of_range(synthesizer: Synthesizer, values: dict[str, object]) -> None:
    with pytest.raises(DataError):
        synthesizer.synthesize("Hello.", **values)  # type: ignore[arg-type]


def test_stream_starts_with_the_first_sentence(synthesizer: Synthesizer) -> None:
    parts = list(synthesizer.stream(TEXT))
    assert len(parts) == 3 and not parts[1].samples.any()  # sentence, pause, sentence
    assert np.array_equal(np.concatenate([part.samples for part in parts]), synthesizer.synthesize(TEXT).samples)


def test_pieces_keep_every_word_in_order() -> None:
    sentence = ", ".join(f"word{number} and more" for number in range(200))
    pieces = list(_pieces(sentence))
    assert " ".join(pieces) == sentence and max(map(len, pieces)) <= 300
    assert "".join(_pieces("x" * 1_000)) == "x" * 1_000


def test_several_threads(synthesizer: Synthesizer) -> None:
    expected, found = synthesizer.synthesize(TEXT).samples, []
    shared = Synthesizer()
    threads = [threading.Thread(target=lambda: found.append(shared.synthesize(TEXT).samples)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4 and all(np.array_equal(samples, expected) for samples in found)


def test_speak_is_a_stage(caplog: pytest.LogCaptureFixture) -> None:
    stage = pickle.loads(pickle.dumps(Speak(rate=1.1)))
    stage.warm_up()
    replies = [Reply("Thank you for calling.", "warm"), Reply("…")]
    with caplog.at_level(logging.WARNING):
        said, nothing = stage.encode([Packet(reply, 0, stream="agent", seq=seq) for seq, reply in enumerate(replies)])
    assert said is not None and said.seconds > 0.8
    assert nothing is None and "no words" in caplog.text
