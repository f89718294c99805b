"""Augmentation of training clips: other voices, rooms and lines than the few that were recorded."""

from __future__ import annotations

import zlib
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from wugan.errors import DataError
from wugan.modalities.speech.emotion import SUMMARY
from wugan.modalities.speech.utterance import RATE
from wugan.tokens import Tokens

Samples = NDArray[np.float32]


def augment(samples: Samples, rng: np.random.Generator) -> Samples:
    """One random variant of a clip: warped, cut, filtered, in noise, at another gain; each step by chance.

    Args:
        samples: float32 `[N]` at 16 kHz.
        rng: the only source of randomness.
    """
    out = _warp(samples, rng.uniform(-0.15, 0.15)) if rng.random() < 0.7 else samples
    if rng.random() < 0.4:
        out = _cut(out, rng)
    if rng.random() < 0.6:
        out = _filter(out, rng)
    if rng.random() < 0.5:
        out = _noise(out, rng)
    if rng.random() < 0.3:
        before, after = rng.integers(0, RATE // 2, 2)
        out = np.pad(out, (before, after))
    peak = np.abs(out).max()
    gain = 10 ** (rng.uniform(-20, 0) / 20) / peak if peak > 0 else 1.0
    return (out * gain).astype(np.float32)


def _warp(samples: Samples, log_ratio: float) -> Samples:
    """Resample by e**log_ratio: pitch, formants and tempo together, as another size of speaker in another hurry."""
    import soxr

    return soxr.resample(samples, RATE, RATE * np.exp(log_ratio)).astype(np.float32)


def _cut(samples: Samples, rng: np.random.Generator) -> Samples:
    """Keep a stretch of at least 70 %."""
    keep = int(len(samples) * (1 - rng.uniform(0, 0.3)))
    start = rng.integers(0, len(samples) - keep + 1)
    return samples[start : start + keep]


def _filter(samples: Samples, rng: np.random.Generator) -> Samples:
    """A smooth random frequency response: a tilt and three broad peaks or dips."""
    spectrum = np.fft.rfft(samples)
    octaves = np.log2(np.maximum(np.fft.rfftfreq(len(samples), 1 / RATE), 60) / 1000)
    decibel = rng.normal(0, 1.5) * octaves
    for _ in range(3):
        decibel += rng.normal(0, 3) * np.exp(-0.5 * ((octaves - rng.uniform(-3.5, 3)) / 0.7) ** 2)
    return np.fft.irfft(spectrum * 10 ** (decibel / 20), len(samples)).astype(np.float32)


def _noise(samples: Samples, rng: np.random.Generator) -> Samples:
    """White to brown noise at 15 to 40 dB below the speech."""
    spectrum = np.fft.rfft(rng.standard_normal(len(samples)))
    hertz = np.maximum(np.fft.rfftfreq(len(samples), 1 / RATE), 50)
    noise = np.fft.irfft(spectrum / hertz ** rng.uniform(0, 1), len(samples))
    ratio = 10 ** (rng.uniform(15, 40) / 10)
    return (samples + noise * np.sqrt(np.square(samples).mean() / np.square(noise).mean() / ratio)).astype(np.float32)


def stretch(tokens: Tokens, rng: np.random.Generator, pieces: int) -> Tokens:
    """Voice tokens with the summary ones and a random stretch of the others, `pieces` long."""
    spare = len(tokens) - SUMMARY - pieces
    if spare <= 0 or tokens.positions is None:
        return tokens
    start = SUMMARY + int(rng.integers(spare + 1))
    keep = np.r_[:SUMMARY, start : start + pieces]
    return Tokens(tokens.values[keep], tokens.time_ns[keep], tokens.modality, positions=tokens.positions[keep])


def varied(path: Path, variant: int) -> Samples:
    """A clip of a corpus as it is (variant 0), or a random variant of it, the same each time.

    Raises:
        DataError: the clip has another rate than 16 kHz.
    """
    samples, rate = soundfile.read(path, dtype="float32")
    if rate != RATE:
        raise DataError(f"{path}: has {rate} Hz, the corpora are expected at {RATE}")
    return (
        augment(samples, np.random.default_rng([zlib.crc32(path.name.encode()), variant])) if variant > 0 else samples
    )
