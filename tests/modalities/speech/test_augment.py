from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from wugan.modalities.speech.augment import augment

VOICE = (0.3 * np.sin(np.arange(16_000) * 2 * np.pi * 150 / 16_000)).astype(np.float32)


@given(st.integers(0, 10_000))
def test_a_variant_is_sound_and_depends_on_the_seed_alone(seed: int) -> None:
    before = VOICE.copy()
    variant = augment(VOICE, np.random.default_rng(seed))
    assert variant.dtype == np.float32 and np.isfinite(variant).all()
    assert 0.05 < np.abs(variant).max() <= 1.0
    assert 0.5 * len(VOICE) < len(variant) < 1.2 * len(VOICE) + 16_000
    np.testing.assert_array_equal(variant, augment(VOICE, np.random.default_rng(seed)))
    np.testing.assert_array_equal(VOICE, before)


def test_silence_stays_silent() -> None:
    for seed in range(10):
        assert not augment(np.zeros(8_000, np.float32), np.random.default_rng(seed)).any()
