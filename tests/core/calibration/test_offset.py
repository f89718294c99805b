"""Time offsets of real rigs' size are found within 2 ms, and what cannot be known is refused."""

from __future__ import annotations

import numpy as np
import pytest

from wugan.calibration import Motion, estimate_offset
from wugan.errors import DataError


def yaw(time_s: np.ndarray, seed: int = 0) -> np.ndarray:
    """A drive's heading, rad: curves of 3 to 20 s, as a car takes them."""
    rng = np.random.default_rng(seed)
    waves = zip(rng.uniform(0.05, 0.35, 8), rng.uniform(0, 6.28, 8), rng.uniform(0.02, 0.2, 8), strict=True)
    heading: np.ndarray = np.sum([size * np.sin(6.28 * rate * time_s + phase) for rate, phase, size in waves], axis=0)
    return heading


def measured(rate: float, offset_s: float, seed: int, seconds: float = 60, noise: float = 0.0) -> Motion:
    """The yaw rate of a sensor whose stamps are `offset_s` early, with jitter of its period and noise of its angles."""
    rng = np.random.default_rng(seed)
    times = np.arange(0.2, seconds, 1 / rate) + rng.uniform(-0.1, 0.1, len(np.arange(0.2, seconds, 1 / rate))) / rate
    angles = yaw(times) + rng.normal(0, noise, len(times))
    return Motion.of_positions(np.round((times - offset_s) * 1e9).astype(np.int64), angles)


@pytest.mark.parametrize(("offset_ms", "camera_rate"), [(0.5, 10.0), (17.3, 30.0), (43.0, 30.0), (-20.0, 10.0)])
def test_a_camera_that_leads_the_lidar(offset_ms: float, camera_rate: float) -> None:
    found = estimate_offset(
        measured(10, 0, seed=1, noise=2e-4), measured(camera_rate, offset_ms / 1e3, seed=2, noise=2e-4)
    )
    assert abs(found.offset_ns / 1e6 - offset_ms) < 2.0
    assert found.correlation > 0.95


def test_the_uncertainty_tells_how_far_off_it_is() -> None:
    """Of 16 noisy drives, hardly any lies beyond three standard errors, and the error is no pessimist's."""
    errors, stated = [], []
    for seed in range(16):
        found = estimate_offset(
            measured(10, 0, seed=seed, noise=2e-3, seconds=30),
            measured(10, 0.02, seed=100 + seed, noise=2e-3, seconds=30),
        )
        errors.append(found.offset_ns - 20_000_000)
        stated.append(found.uncertainty_ns)
    ratio = np.abs(errors) / np.array(stated)
    assert np.mean(ratio < 3) >= 0.8 and np.median(ratio) > 0.1


def test_a_hole_in_the_samples_is_not_bridged() -> None:
    lidar, camera = measured(10, 0, seed=1), measured(10, 0.03, seed=2)
    kept = np.ones(len(camera.values), bool)
    kept[200:260] = False
    found = estimate_offset(lidar, Motion(camera.time_ns[kept], camera.values[kept]))
    assert abs(found.offset_ns / 1e6 - 30) < 2.0


def test_what_cannot_be_known() -> None:
    lidar = measured(10, 0, seed=1)
    still = Motion(lidar.time_ns, np.zeros(len(lidar.values)))
    other = Motion(lidar.time_ns, np.random.default_rng(0).normal(size=len(lidar.values)))
    for unlike in (still, other, Motion(lidar.time_ns, -lidar.values)):
        with pytest.raises(DataError, match="correlate|peak"):
            estimate_offset(lidar, unlike)
    with pytest.raises(DataError, match="common"):
        estimate_offset(lidar, Motion(lidar.time_ns + 10**12, lidar.values))
    with pytest.raises(DataError, match="larger max_offset_s"):
        estimate_offset(lidar, measured(10, 0.4, seed=2), max_offset_s=0.1)
    with pytest.raises(DataError, match="increase"):
        Motion(np.zeros(10, np.int64), np.zeros(10))
