from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wugan.errors import DataError
from wugan.modalities.haptics import Gather
from wugan.modalities.haptics.gather import cut
from wugan.packet import Packet
from wugan.signals import HapticSample
from wugan.testing import run_stage

MS = 1_000_000


def sample(times_ms: Any, axes: int = 2, acceleration: bool = False) -> HapticSample:
    times = np.asarray(times_ms, np.int64) * MS
    values = np.arange(len(times) * axes, dtype=float).reshape(len(times), axes) + times[:1]
    return HapticSample(times, values, values + 1, values + 2, 1000.0, acceleration=values if acceleration else None)


def packets(*stretches: HapticSample) -> list[Packet[HapticSample]]:
    return [Packet(s, int(s.time_ns[0]), stream="hand", seq=n, attrs={"n": n}) for n, s in enumerate(stretches)]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 70), min_size=1, max_size=20), st.integers(5, 100), st.booleans())
def test_no_state_is_lost_repeated_or_moved(sizes: list[int], length: int, acceleration: bool) -> None:
    whole = sample(np.arange(sum(sizes)), acceleration=acceleration)
    bounds = np.cumsum([0, *sizes])
    given_packets = packets(*(cut(whole, a, b) for a, b in zip(bounds, bounds[1:], strict=False)))
    out = run_stage(Gather(length=f"{length}ms"), given_packets)
    assert np.array_equal(np.concatenate([packet.data.time_ns for packet in out]), whole.time_ns)
    for name in ("position", "velocity", "force"):
        assert np.array_equal(np.concatenate([getattr(p.data, name) for p in out]), getattr(whole, name))
    assert all((packet.data.acceleration is not None) == acceleration for packet in out)
    assert all(len(packet.data) == length for packet in out[:-1]) and 0 < len(out[-1].data) <= length
    assert all(packet.time_ns == packet.data.time_ns[0] for packet in out)


def test_what_a_pause_separates_is_not_joined() -> None:
    gather = Gather(length="100ms")
    out = run_stage(gather, packets(sample(range(30)), sample(range(60, 90)), sample(range(90, 170))))
    assert [(packet.time_ns // MS, len(packet.data)) for packet in out] == [(0, 30), (60, 100), (160, 10)]


def test_a_stretch_longer_than_the_length_is_cut() -> None:
    assert [len(packet.data) for packet in run_stage(Gather(length="40ms"), packets(sample(range(100))))] == [
        40,
        40,
        20,
    ]


def test_another_device_in_the_stream_is_refused() -> None:
    with pytest.raises(DataError, match="changed from 2 cartesian axes to 3"):
        run_stage(Gather(), packets(sample(range(5)), sample(range(5, 9), axes=3)))
    with pytest.raises(DataError, match="more than 0"):
        Gather(length=0)


def test_interrupt_forgets() -> None:
    gather = Gather()
    assert list(gather.process(packets(sample(range(5)))[0])) == []
    gather.interrupt()
    assert list(gather.flush()) == []


def test_a_device_s_stream(press: Callable[..., Any]) -> None:
    touch = press(100)
    out = run_stage(Gather(length="500ms"), touch.packets)
    assert sum(len(packet.data) for packet in out) == len(touch.sample)
