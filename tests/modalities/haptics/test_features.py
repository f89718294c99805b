from __future__ import annotations

import numpy as np
import pytest

from wugan.modalities.haptics.encoder import BANDS, NAMES, band_power, edges, features

RATE, LENGTH = 1000.0, 50


def sine(hz: float, amplitude: float, axes: int = 2) -> np.ndarray:
    wave = amplitude * np.sin(2 * np.pi * hz * np.arange(LENGTH) / RATE)
    return np.stack([wave] + [0 * wave] * (axes - 1), axis=1)[None]


@pytest.mark.parametrize("hz", [40.0, 100.0, 200.0, 300.0, 400.0])
def test_a_sine_s_power_lies_at_its_frequency(hz: float) -> None:
    bands, centroid = band_power(sine(hz, 3.0), RATE)
    assert bands.sum() == pytest.approx(4.5, rel=0.05)  # A²/2
    place = int(np.searchsorted(edges(LENGTH, RATE), hz, side="right")) - 1
    assert bands[0, max(0, place - 1) : place + 2].sum() > 0.95 * bands.sum()
    assert centroid[0] == pytest.approx(hz, abs=10)


def test_every_band_has_a_frequency_for_windows_of_50_to_100_ms() -> None:
    for length in (50, 64, 80, 100):
        frequencies = np.fft.rfftfreq(length, 1 / RATE)[1:]
        counts, _ = np.histogram(frequencies + 1e-6, [*edges(length, RATE)[:-1], RATE])
        assert (counts > 0).all() and len(counts) == BANDS


def test_silence_has_no_centroid_and_everything_stays_finite() -> None:
    zeros = np.zeros((1, LENGTH, 3))
    found = features(zeros, zeros, zeros, zeros, RATE)
    assert found.shape == (1, len(NAMES)) and np.isfinite(found).all()
    assert found[0, NAMES.index("vibration centroid")] == 0


def test_a_steady_push_along_a_straight_line() -> None:
    time_s = np.arange(LENGTH) / RATE
    velocity = np.tile([0.1, 0.0], (LENGTH, 1))[None]
    position = (time_s[:, None] * [0.1, 0.0])[None]
    force = np.tile([-2.0, 0.0], (LENGTH, 1))[None]
    found = dict(zip(NAMES, features(position, velocity, force, 0 * force, RATE)[0], strict=True))
    assert found["speed mean"] == pytest.approx(0.1) and found["force greatest"] == 2.0
    assert found["power"] == pytest.approx(-0.2)  # the hand works against the device
    assert found["path"] == pytest.approx(0.0049) and found["straightness"] == pytest.approx(1.0)
    assert found["force rate"] == 0.0 and found["force deviation"] == 0.0


def test_the_direction_of_the_axes_changes_nothing() -> None:
    rng = np.random.default_rng(0)
    arrays = [rng.normal(size=(4, LENGTH, 3)) for _ in range(4)]
    turned, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    assert np.allclose(features(*arrays, RATE), features(*(array @ turned for array in arrays), RATE))
