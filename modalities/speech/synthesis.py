"""Words to sound: hibari for English, the program espeak-ng for other languages."""

from __future__ import annotations

import io
import logging
import math
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError, DeviceError, PluginError
from wugan.packet import Packet
from wugan.signals import Audio, Reply
from wugan.stage import Encoder
from wugan.weights import verify_weights

logger = logging.getLogger(__name__)

_HIBARI_SHA256 = {
    "hibari.onnx": "5f70741d4e900f4e85d0037498736cc1b3e1b9a63a13546a5da1e63abf4fccd8",
    "oov.onnx": "d3cfd8122c5f172a98c8de38268bf1213ee09f2c2ae4df6e055fc6532590fe76",
}
_ESPEAK_WORDS_PER_MINUTE = 175  # its normal rate
_ESPEAK_PITCH_STEP = 0.0094  # its pitch setting, 0…99, moves the natural logarithm of f0 by this (measured: de, fr)
_VOICED_HZ = 40.0  # hibari's own bound: frames with a lower f0 are unvoiced
_LONGEST = 300  # characters said at once; hibari drifts on much longer stretches
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？])\s*|\n+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
# Ten digits or more, or several after a leading zero, are a telephone or account number: said digit by digit.
_LONG_NUMBER = re.compile(r"(?<![\d.,])(?:\d{10,}|0\d{3,})(?![.,]?\d)")


class Style(NamedTuple):
    """Prosody of a way of speaking.

    Attributes:
        rate: speaking rate, 1 is the voice's own.
        pitch: factor on the fundamental frequency.
        range: factor on its variation (in octaves) about the mean; English only.
        pause: silence between sentences, seconds.
        gain: loudness, dB.
    """

    rate: float = 1.0
    pitch: float = 1.0
    range: float = 1.0
    pause: float = 0.1
    gain: float = 0.0


#: Directions after Scherer 2003 (Vocal communication of emotion, Speech Communication 40): arousal raises rate, pitch,
#: its range and loudness; sadness and calm lower them. The amounts are ours, kept small enough to sound natural.
STYLES = {
    "neutral": Style(),
    "calm": Style(rate=0.92, pitch=0.95, range=0.8, pause=0.3, gain=-2.0),
    "warm": Style(rate=0.97, pitch=1.04, range=1.15, pause=0.15),
    "apologetic": Style(rate=0.9, pitch=0.94, range=0.75, pause=0.3, gain=-2.0),
    "urgent": Style(rate=1.15, pitch=1.06, range=1.15, pause=0.05, gain=2.0),
}


class Synthesizer:
    """Speaks. Light to make; voices load when first used. Safe to use from several threads.

    The same text gives the same sound. Numbers, dates, abbreviations and acronyms are written out by the voice's own
    rules; telephone-like numbers are said digit by digit.
    """

    def __init__(self) -> None:
        self._hibari: Any = None
        self._lock = threading.Lock()

    def synthesize(
        self, text: str, language: str = "en", rate: float = 1.0, pitch: float = 1.0, style: str = "neutral"
    ) -> Audio:
        """Say a text of any length.

        Args:
            text: what to say; it is spoken sentence by sentence.
            language: `"en"` (hibari, 24 kHz), or any language code of espeak-ng such as `"de"` (22.05 kHz).
            rate: speaking rate, 0.5…2; multiplies the style's.
            pitch: factor on the fundamental frequency, 0.7…1.4; multiplies the style's.
            style: one of `STYLES`.

        Raises:
            DataError: nothing in the text can be said; unknown language or style; rate or pitch out of range.
            DeviceError: espeak-ng is not installed.
            PluginError: hibari-tts is not installed.
        """
        parts = list(self.stream(text, language, rate, pitch, style))
        return Audio(np.concatenate([part.samples for part in parts]), parts[0].rate)

    def stream(
        self, text: str, language: str = "en", rate: float = 1.0, pitch: float = 1.0, style: str = "neutral"
    ) -> Iterator[Audio]:
        """Like `synthesize`, one piece for each sentence as soon as it is there, so that playing can start early."""
        prosody = _prosody(rate, pitch, style)
        english = language.lower().split("-")[0].split("_")[0] == "en"
        said = False
        for sentence in self._sentences(text, english):
            samples, hz = self._english(sentence, prosody) if english else _espeak(sentence, language, prosody)
            if not len(samples):
                logger.debug("nothing to say in %r", sentence)
                continue
            if said:
                yield Audio(np.zeros(round(prosody.pause * hz), np.float32), hz)
            said = True
            yield Audio(_amplify(samples, prosody.gain), hz)
        if not said:
            raise DataError(
                f"nothing in {text[:80]!r} can be said in language {language!r}; "
                "give words, and the language that they are in"
            )

    def _sentences(self, text: str, english: bool) -> Iterator[str]:
        text = _LONG_NUMBER.sub(lambda number: ", ".join(number[0]), _CONTROL.sub(" ", text))
        for sentence in self._voice().split_sentences(text) if english else _SENTENCE_END.split(text):
            if any(character.isalnum() for character in sentence):
                yield from _pieces(sentence.strip())

    def _voice(self) -> Any:
        with self._lock:
            if self._hibari is None:
                try:
                    import hibari
                except ImportError as error:
                    raise PluginError("English speech needs hibari-tts: pip install 'wugan[speech]'") from error
                for name, sha256 in _HIBARI_SHA256.items():
                    verify_weights(Path(hibari.__file__).parent / "assets" / name, sha256)
                voice = hibari.Hibari()
                voice.g2p  # noqa: B018  (loads its lexicon while we hold the lock)
                self._hibari = voice
            return self._hibari

    def _english(self, sentence: str, prosody: Style) -> tuple[NDArray[np.float32], int]:
        """One sentence by hibari; pitch is moved in its f0 track, before the waveform is made, so formants stay."""
        from hibari import dsp

        voice = self._voice()
        samples = [np.zeros(0, np.float32)]
        for phonemes in voice.phonemize(sentence):
            ids = voice.ids(phonemes)
            if len(ids) < 3:  # only the two pads
                continue
            inputs = {"ids": np.asarray([ids], np.int64), "speed": np.asarray([prosody.rate], np.float32)}
            *spectra, f0 = (output[0] for output in voice.sess.run(None, inputs))
            voiced = f0 > _VOICED_HZ
            if voiced.any():
                log_f0 = np.log(f0[voiced])
                moved = log_f0.mean() + prosody.range * (log_f0 - log_f0.mean()) + math.log(prosody.pitch)
                f0 = f0.copy()
                f0[voiced] = np.maximum(np.exp(moved), _VOICED_HZ + 1)
            samples.append(dsp.synth(*spectra, f0, np.random.default_rng(0)))
        return np.concatenate(samples), int(voice.sample_rate)


@dataclass(eq=False)
class Speak(Encoder[Reply, Audio]):
    """Replies to sound, as a stage. A reply in which nothing can be said gives no output and a warning.

    Args:
        rate: speaking rate, 0.5…2; multiplies the reply's style.
        pitch: factor on the fundamental frequency, 0.7…1.4; likewise.
    """

    rate: float = 1.0
    pitch: float = 1.0
    _synthesizer: Synthesizer | None = field(init=False, repr=False, default=None)

    def warm_up(self) -> None:
        """Load the English voice."""
        self._synthesizer = Synthesizer()
        self._synthesizer.synthesize("Ready.")

    def encode(self, batch: Sequence[Packet[Reply]]) -> list[Audio | None]:
        """The sound of each reply."""
        if self._synthesizer is None:
            self._synthesizer = Synthesizer()
        return [self._say(packet, self._synthesizer) for packet in batch]

    def _say(self, packet: Packet[Reply], synthesizer: Synthesizer) -> Audio | None:
        reply = packet.data
        if not any(character.isalnum() for character in reply.text):
            logger.warning("reply %d of %r has no words: %r", packet.seq, packet.stream, reply.text[:80])
            return None
        return synthesizer.synthesize(reply.text, reply.language, self.rate, self.pitch, reply.style)


def _prosody(rate: float, pitch: float, style: str) -> Style:
    if style not in STYLES:
        raise DataError(f"unknown speaking style {style!r}; there are {', '.join(STYLES)}")
    if not 0.5 <= rate <= 2:
        raise DataError(f"speaking rate {rate} is not in 0.5…2")
    if not 0.7 <= pitch <= 1.4:
        raise DataError(f"pitch {pitch} is not in 0.7…1.4")
    base = STYLES[style]
    return base._replace(rate=base.rate * rate, pitch=base.pitch * pitch)


def _pieces(sentence: str) -> Iterator[str]:
    """A sentence in pieces that are short enough, cut after a comma or the like, else between words, else anywhere."""
    while len(sentence) > _LONGEST:
        head = sentence[:_LONGEST]
        cut = max(head.rfind(mark) for mark in (", ", "; ", ": ", "— ", "、", "，")) + 1
        cut = cut if cut > _LONGEST // 3 else head.rfind(" ")
        cut = cut if cut > 0 else _LONGEST
        yield sentence[:cut].strip()
        sentence = sentence[cut:].strip()
    if sentence:
        yield sentence


def _espeak(sentence: str, language: str, prosody: Style) -> tuple[NDArray[np.float32], int]:
    """One sentence by the program espeak-ng (GPL-3: called, not linked)."""
    import soundfile

    program = shutil.which("espeak-ng")
    if program is None:
        raise DeviceError(
            f"Speech in {language!r} needs the program espeak-ng: apt-get install espeak-ng (Debian, Ubuntu), "
            "brew install espeak-ng (macOS); English needs none"
        )
    if not re.fullmatch(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]+)*", language):
        raise DataError(f"{language!r} is no language code; give one such as 'de' or 'pt-br'")
    words = min(450, max(80, round(_ESPEAK_WORDS_PER_MINUTE * prosody.rate)))
    pitch = min(99, max(0, round(50 + math.log(prosody.pitch) / _ESPEAK_PITCH_STEP)))
    command = [program, "-v", language.lower().replace("_", "-"), "-s", str(words), "-p", str(pitch)]
    done = subprocess.run([*command, "-b", "1", "--stdin", "--stdout"], input=sentence.encode(), capture_output=True)
    if done.returncode:
        message = done.stderr.decode(errors="replace").strip()
        raise DataError(
            f"espeak-ng cannot say language {language!r} ({message}); `espeak-ng --voices` lists its languages"
        )
    if not done.stdout:
        return np.zeros(0, np.float32), 22_050
    samples, rate = soundfile.read(io.BytesIO(done.stdout), dtype="float32")
    return samples, int(rate)


def _amplify(samples: NDArray[np.float32], decibels: float) -> NDArray[np.float32]:
    """Change loudness, but never past full scale."""
    peak = float(np.abs(samples).max())
    factor = min(10 ** (decibels / 20), 0.99 / peak) if peak > 0 else 1.0
    return (samples * factor).astype(np.float32)
