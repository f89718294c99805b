from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from wugan.errors import DataError
from wugan.modalities.haptics.encoder import regular
from wugan.signals import HapticSample


def sample(time_s: np.ndarray, rate: float = 1000.0) -> HapticSample:
    position = np.stack([np.sin(10 * time_s), time_s], axis=1)
    velocity = np.stack([10 * np.cos(10 * time_s), np.ones_like(time_s)], axis=1)
    times = 5_000 + np.round(time_s * 1e9).astype(np.int64)
    return HapticSample(times, position, velocity, position * 0 + 1.0, rate)


def test_jitter_of_the_states_does_not_move_them() -> None:
    rng = np.random.default_rng(0)
    time_s = np.arange(500) / 1000 + np.concatenate([[0], rng.uniform(-0.3e-3, 0.3e-3, 499)])
    found = regular(sample(time_s), 1000.0)
    grid = np.arange(len(found.whole)) / 1000
    assert found.start_ns == 5_000 and len(grid) == 500 and found.whole.all()
    assert np.abs(found.position[:-1, 0] - np.sin(10 * grid[:-1])).max() < 1e-4
    assert np.abs(found.acceleration[5:-5, 0] + 100 * np.sin(10 * grid[5:-5])).max() < 1.0


def test_a_hole_is_marked() -> None:
    time_s = np.concatenate([np.arange(100), np.arange(150, 250)]) / 1000
    found = regular(sample(time_s), 1000.0)
    assert not found.whole[100:150].any() and found.whole[:100].all() and found.whole[151:].all()


def test_a_faster_device_is_averaged_not_thinned() -> None:
    time_s = np.arange(4000) / 4000
    fast = sample(time_s, 4000.0)
    fast.force[:] = np.where(np.arange(4000) % 4 == 0, 1.0, 0.0)[:, None]  # 1 kHz: an alias where states are left out
    found = regular(fast, 1000.0)
    assert len(found.whole) == 1000 and np.allclose(found.force, 0.25)


def test_measured_acceleration_is_taken() -> None:
    with_sensor = dataclasses.replace(sample(np.arange(50) / 1000), acceleration=np.full((50, 3), 7.0))
    assert np.allclose(regular(with_sensor, 1000.0).acceleration, 7.0)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"position": np.zeros((3, 2))}, r"position must be \[20, A\]"),
        ({"force": np.full((20, 2), np.nan)}, "force holds NaN"),
        ({"time_ns": np.arange(20, 0, -1)}, "runs backwards"),
        ({"rate_hz": 0.0}, "rate_hz"),
        ({"acceleration": np.zeros(20)}, "acceleration must be"),
    ],
)
def test_what_cannot_be_is_refused(change: dict, says: str) -> None:
    with pytest.raises(DataError, match=says):
        regular(dataclasses.replace(sample(np.arange(20) / 1000), **change), 1000.0)


def test_one_state_is_one_moment() -> None:
    assert len(regular(sample(np.zeros(1)), 1000.0).whole) == 1
