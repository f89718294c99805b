from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from wugan.modalities.haptics.encoder import dft321, power


@settings(max_examples=50, deadline=None)
@given(st.integers(2, 65), st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_the_power_of_every_frequency_stays(length: int, axes: int, seed: int) -> None:
    signals = np.random.default_rng(seed).normal(size=(length, axes))
    reduced = dft321(signals)
    assert reduced.shape == (length,) and np.isrealobj(reduced)
    assert np.allclose(np.abs(np.fft.rfft(reduced)) ** 2, power(signals))


def test_one_axis_stays_what_it_is() -> None:
    signal = np.random.default_rng(0).normal(size=(50, 1))
    assert np.allclose(dft321(signal), signal[:, 0])


def test_turning_the_device_changes_nothing_in_the_power() -> None:
    signals = np.random.default_rng(1).normal(size=(64, 3))
    turned, _ = np.linalg.qr(np.random.default_rng(2).normal(size=(3, 3)))
    assert np.allclose(power(signals), power(signals @ turned))
