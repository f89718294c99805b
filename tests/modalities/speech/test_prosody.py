from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from wugan.errors import DataError
from wugan.modalities.speech.prosody import FRAME_NAMES, RATE, STATISTIC_NAMES, Prosody, prosody
from wugan.signals import Audio


def analyse(samples: np.ndarray) -> Prosody:
    return prosody(Audio(samples.astype(np.float32), RATE))


def statistic(of: Prosody, name: str) -> float:
    return float(of.statistics[STATISTIC_NAMES.index(name)])


def pulses(hertz: np.ndarray | float, seconds: float = 1.0) -> np.ndarray:
    """A harmonic sound like a voice's source; its pitch may change."""
    count = int(seconds * RATE)
    phase = 2 * np.pi * np.cumsum(np.broadcast_to(hertz, count)) / RATE
    return 0.2 * sum(np.sin(k * phase) / k for k in range(1, 12) if k * np.max(hertz) < RATE / 2)


@settings(max_examples=30)
@given(st.floats(75, 500))
def test_pitch_of_a_steady_voice(hertz: float) -> None:
    of = analyse(pulses(hertz))
    inside = slice(5, -5)
    assert of.column("voiced")[inside].mean() > 0.95
    assert np.median(of.column("f0_semitones")[inside]) == pytest.approx(12 * np.log2(hertz / 55), abs=0.2)


def test_a_rising_voice_rises() -> None:
    of = analyse(pulses(np.geomspace(100, 200, RATE)))
    assert statistic(of, "f0_trend") == pytest.approx(12, abs=1)  # an octave in a second
    assert statistic(of, "f0_semitones_range") == pytest.approx(12 * 0.6, abs=1)  # 20th to 80th percentile


def test_noise_and_silence_have_no_pitch() -> None:
    noise = analyse(0.1 * np.random.default_rng(0).standard_normal(RATE))
    assert noise.column("voiced").mean() < 0.1
    silence = analyse(np.zeros(RATE))
    assert not silence.column("voiced").any() and not silence.statistics.any()


@settings(max_examples=25)
@given(st.floats(-40, 20))
def test_gain_changes_nothing(decibel: float) -> None:
    voice = pulses(np.geomspace(120, 180, RATE // 2), 0.5) * np.hanning(RATE // 2)
    voice = voice + 1e-3 * np.random.default_rng(0).standard_normal(len(voice))
    before, after = analyse(voice), analyse(voice * 10 ** (decibel / 20))
    assert np.abs(before.statistics - after.statistics).max() < 0.2


def test_syllables_and_pauses_are_counted() -> None:
    syllable = pulses(150, 0.15) * np.hanning(int(0.15 * RATE))
    gap = np.zeros(int(0.1 * RATE))
    of = analyse(np.concatenate([np.concatenate([syllable, gap])] * 8))
    assert statistic(of, "peaks_per_second") == pytest.approx(4, abs=0.8)
    assert statistic(of, "pauses_per_second") == pytest.approx(4, abs=0.8)
    assert 0.3 < statistic(of, "voiced_fraction") < 0.8


def test_shape_and_time() -> None:
    of = analyse(np.concatenate([np.zeros(RATE), pulses(200)]))
    assert of.frames.shape == (201, len(FRAME_NAMES)) and of.statistics.shape == (len(STATISTIC_NAMES),)
    assert np.flatnonzero(of.column("voiced"))[0] == pytest.approx(100, abs=3)


@settings(max_examples=50)
@given(hnp.arrays(np.float32, st.integers(0, 3000), elements=st.floats(-1, 1, width=32)))
def test_any_samples_give_finite_values(samples: np.ndarray) -> None:
    of = analyse(samples)
    assert len(of.frames) == len(samples) // 160 + 1
    assert np.isfinite(of.frames).all() and np.isfinite(of.statistics).all()


@pytest.mark.parametrize("count", [0, 1, 2, 159, 640, 641])
def test_lengths_at_the_edges(count: int) -> None:
    for samples in (np.zeros(count), np.ones(count), np.sign(np.sin(np.arange(count) * 0.06))):
        of = analyse(samples)
        assert np.isfinite(of.frames).all() and np.isfinite(of.statistics).all()


def test_a_clipped_voice_keeps_its_pitch() -> None:
    of = analyse(np.clip(30 * pulses(140), -1, 1))
    assert np.median(of.column("f0_semitones")[5:-5]) == pytest.approx(12 * np.log2(140 / 55), abs=0.3)


@pytest.mark.parametrize(
    ("samples", "rate", "message"),
    [
        (np.zeros(100), 8_000, "resample"),
        (np.full(100, np.nan), RATE, "finite"),
        (np.zeros((100, 2)), RATE, "mono"),
    ],
)
def test_wrong_input_is_named(samples: np.ndarray, rate: int, message: str) -> None:
    with pytest.raises(DataError, match=message):
        prosody(Audio(samples.astype(np.float32), rate))
