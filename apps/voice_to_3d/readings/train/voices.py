"""Voices to learn from: acted emotions of a corpus, and our own synthetic voice in three ways of speaking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from wugan.apps.voice_to_3d.readings.train.scans import Split
from wugan.apps.voice_to_3d.readings.train.sentences import sentences
from wugan.errors import DataError
from wugan.learn.data import kept_tokens
from wugan.modalities.speech.augment import augment, varied
from wugan.modalities.speech.datasets import Clip, emodb, ravdess
from wugan.modalities.speech.emotion import EmotionEncoder
from wugan.modalities.speech.synthesis import Synthesizer
from wugan.modalities.speech.utterance import RATE, STATES_PER_SECOND, Utterance
from wugan.packet import Packet
from wugan.signals import Audio
from wugan.tokens import Tokens

EFFORT = {"sadness": "slight", "neutral": "plain", "anger": "strong", "happiness": "strong"}
"""What an acted emotion's arousal stands for (Scherer 2003: sadness low, anger and joy high)."""
SYNTHETIC = "synthetic"  # as a speaker


@dataclass(frozen=True, slots=True)
class Voice:
    """Tokens of one utterance.

    Attributes:
        tokens: of modality `voice`.
        effort: `slight`, `plain` or `strong`.
        speaker: who speaks; kept whole in a split.
        original: whether it is as recorded, on which evaluation may be done.
        emotion: that was acted; empty for the synthetic voice.
    """

    tokens: Tokens
    effort: str
    speaker: str
    original: bool
    emotion: str = ""


def acted(data: Path, variants: int, cache: Path) -> list[Voice]:
    """EmoDB (CC0), the four emotions whose clips are unaltered, with altered copies for training."""
    clips = [(clip, k) for clip in emodb(data / "emodb_original", tuple(EFFORT)) for k in range(variants + 1)]
    return _heard(clips, cache / "acted.npz")


def foreign(data: Path, cache: Path) -> list[Voice]:
    """RAVDESS (English, CC BY-NC-SA 4.0): for evaluation only, never to train what is shipped."""
    clips = [(clip, 0) for clip in ravdess(data / "ravdess") if clip.emotion in (*EFFORT, "calm")]
    return _heard(clips, cache / "foreign.npz")


def _heard(clips: Sequence[tuple[Clip, int]], path: Path) -> list[Voice]:
    tokens = kept_tokens(path, lambda: [hear(varied(clip.path, variant)) for clip, variant in clips])
    return [
        Voice(one, EFFORT.get(clip.emotion, "slight"), clip.speaker, variant == 0, clip.emotion)
        for one, (clip, variant) in zip(tokens, clips, strict=True)
    ]


def synthetic(split: Split, count: int, seed: int, cache: Path) -> list[Voice]:
    """Our own voice saying sentences of the split slightly, plainly and strongly; `count` of each."""

    def make() -> list[Tokens]:
        rng = np.random.default_rng([seed, split == "test"])
        speaker = Synthesizer()
        texts = [one.text for one in sentences(split, 4, rng) if one.group in ("open", "scanned", "copied")]
        out = []
        for effort in efforts:
            samples = say(texts[int(rng.integers(len(texts)))], effort, rng, speaker)
            if split == "train" and rng.random() < 0.7:
                samples = augment(samples, rng)
            out.append(hear(samples))
        return out

    efforts = [effort for effort in WAYS for _ in range(count)]
    tokens = kept_tokens(cache / f"synthetic-{split}.npz", make)
    return [Voice(one, effort, SYNTHETIC, split == "test") for one, effort in zip(tokens, efforts, strict=True)]


WAYS = {
    "slight": ("calm", (0.8, 0.98), (0.84, 0.98), (-2.5, -0.5)),
    "plain": ("neutral", (0.94, 1.06), (0.95, 1.05), (-0.7, 0.7)),
    "strong": ("urgent", (1.02, 1.25), (1.04, 1.25), (0.5, 2.5)),
}
"""Style, rate, pitch and spectral tilt (dB an octave; Traunmüller & Eriksson 2000: effort makes it flatter)."""


def say(text: str, effort: str, rng: np.random.Generator, speaker: Synthesizer) -> np.ndarray:
    """The synthetic voice at an effort, float32 `[N]` at 16 kHz."""
    import soxr

    style, rate, pitch, tilt = WAYS[effort]
    sound = speaker.synthesize(text, rate=rng.uniform(*rate), pitch=rng.uniform(*pitch), style=style)
    samples = soxr.resample(sound.samples, sound.rate, RATE)
    octaves = np.log2(np.maximum(np.fft.rfftfreq(len(samples), 1 / RATE), 300) / 1000)
    samples = np.fft.irfft(np.fft.rfft(samples) * 10 ** (rng.uniform(*tilt) * octaves / 20), len(samples))
    return (0.5 * samples / max(float(np.abs(samples).max()), 1e-6)).astype(np.float32)


def hear(samples: np.ndarray) -> Tokens:
    """Voice tokens without a recogniser's states, of which the readings use none.

    Args:
        samples: float32 `[N]` at 16 kHz.

    Raises:
        DataError: there is no sound in it.
    """
    frames = min(1500, len(samples) * STATES_PER_SECOND // RATE)
    utterance = Utterance(Audio(samples, RATE), np.zeros((1500, 384), np.float32), frames)
    tokens = EmotionEncoder().encode([Packet(utterance, 0, stream="voice")])[0]
    if tokens is None:
        raise DataError("a clip holds no sound")
    return tokens


def speakers(voices: Sequence[Voice]) -> list[str]:
    """Who speaks, sorted, without the synthetic voice."""
    return sorted({voice.speaker for voice in voices} - {SYNTHETIC})
