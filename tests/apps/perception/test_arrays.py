from __future__ import annotations

import time

import numpy as np
import pytest

from wugan.apps.perception.pipeline import PictureArrays, SweepArrays
from wugan.errors import DataError
from wugan.testing import run_stage


def test_sweeps_come_at_their_times_without_what_is_not_finite() -> None:
    rows = np.arange(12.0).reshape(3, 4)
    rows[1, 2] = np.nan
    first, second = run_stage(SweepArrays([rows, np.ones((5, 3))], rate=20))
    assert (first.time_ns, second.time_ns) == (0, 50_000_000)
    assert first.data.points.dtype == np.float32 and first.data.points.shape == (2, 3)
    assert first.data.intensity.tolist() == [3.0, 11.0]
    assert second.data.intensity is None and second.data.points.shape == (5, 3)


def test_pictures_in_colour_and_grey() -> None:
    given = [np.zeros((4, 6, 3), np.uint8), np.full((4, 6), 9, np.uint8)]
    packets = run_stage(PictureArrays(given))
    assert [packet.data.pixels.shape for packet in packets] == [(4, 6, 3), (4, 6)]
    assert packets[1].time_ns == 100_000_000


def test_at_the_sensor_s_pace() -> None:
    started = time.monotonic()
    run_stage(SweepArrays([np.ones((5, 3))] * 4, rate=50, realtime=True))
    assert time.monotonic() - started >= 0.06


@pytest.mark.parametrize("wrong", [np.ones(4), np.ones((4, 2)), np.ones((2, 4, 3))])
def test_arrays_of_another_shape_are_refused_by_number(wrong: np.ndarray) -> None:
    with pytest.raises(DataError, match=r"sweep 1: points must be an array \[N, 3\]"):
        run_stage(SweepArrays([np.ones((5, 3)), wrong]))
    with pytest.raises(DataError, match="picture 0: must be a uint8 array"):
        run_stage(PictureArrays([wrong]))


def test_a_rate_of_nothing() -> None:
    with pytest.raises(DataError, match="SweepArrays: rate"):
        SweepArrays([], rate=0)
