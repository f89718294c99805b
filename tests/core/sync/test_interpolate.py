from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from core_parts import into
from hypothesis import given
from hypothesis import strategies as st

from wugan import Packet, Pipeline, Source, Window, interpolate
from wugan.errors import DataError, PipelineError
from wugan.sync import GROWTH, Synchronizer, linear

MS = 1_000_000


class Ramp(Source[float]):
    """Values equal to the time in milliseconds."""

    def __init__(self, period_ms: int = 10, count: int = 20, start_ms: int = 0) -> None:
        self.period_ms = period_ms
        self.count = count
        self.start_ms = start_ms

    def packets(self) -> Iterator[Packet[float]]:
        for seq in range(self.count):
            ms = self.start_ms + seq * self.period_ms
            yield Packet(float(ms), ms * MS, stream="ramp", seq=seq)


def nearer(a: Any, b: Any, weight: float) -> Any:
    return b if weight > 0.5 else a


def finish(synchronizer: Synchronizer) -> list[Window]:
    return [window for name in synchronizer.streams for window in synchronizer.end(name)]


def run(policy: interpolate, reference: list[int], other: list[int], value: Any = float) -> list[tuple[int, Any]]:
    """Time and value (`None` where absent) of each window; streams arrive one after the other."""
    synchronizer = policy.synchronizer(["reference", "other"])
    windows: list[Window] = []
    for name, times in (("other", other), ("reference", reference)):
        for seq, t in enumerate(times):
            windows += synchronizer.push(name, Packet(value(t), t, stream=name, seq=seq))
    windows += finish(synchronizer)
    return [(w.time_ns, w.packets["other"].data if "other" in w.packets else None) for w in windows]


def test_a_sine_is_interpolated_to_within_the_bound():
    period_s, step_s = 1.0, 0.02
    sine = [int(n * step_s * 1e9) for n in range(101)]
    stamps = sorted(int(t * 1e9) for t in np.random.default_rng(0).uniform(0, 2, 150))

    def value(t: int) -> np.ndarray:
        return np.array([np.sin(2 * np.pi * t / 1e9 / period_s), 1.0])

    got = run(interpolate("25ms"), stamps, sine, value)
    errors = [abs(found - value(t)).max() for t, found in got]
    bound = step_s**2 / 8 * (2 * np.pi / period_s) ** 2
    assert len(got) == 150 and bound / 2 < max(errors) <= bound * 1.0001  # the bound of linear interpolation, and near


series = st.lists(st.integers(0, 60), max_size=12, unique=True).map(sorted)


@given(series, series, st.integers(0, 30), st.data())
def test_windows_are_those_of_numpy_whatever_the_order_of_arrival(reference, other, max_gap, data):
    expected: list[tuple[int, float | None]] = []
    for t in reference:
        before, after = [x for x in other if x <= t], [x for x in other if x >= t]
        near = bool(before and after) and after[0] - before[-1] <= max_gap
        expected.append((t, np.interp(t, other, [float(x * x) for x in other]) if near else None))

    synchronizer = interpolate(f"{max_gap}ns").synchronizer(["reference", "other"])
    told: list[str] = []
    synchronizer.on_drop = lambda stream, packet, reason: told.append(reason)
    left = {"reference": list(reference), "other": list(other)}
    windows: list[Window] = []
    while any(left.values()):
        promised = synchronizer.low_watermark()
        name = data.draw(st.sampled_from([name for name in left if left[name]]))
        t = left[name][0]
        if data.draw(st.booleans()):  # a filtering stage tells the time without a packet
            new = synchronizer.advance(name, t)
        else:
            new = synchronizer.push(name, Packet(float(t * t), t, stream=name, seq=t))
            del left[name][0]
        assert all(window.time_ns >= promised for window in new)
        windows += new
    windows += finish(synchronizer)
    got = [(w.time_ns, w.packets["other"].data if "other" in w.packets else None) for w in windows]
    assert [t for t, _ in got] == [t for t, _ in expected]
    for (_, found), (_, right) in zip(got, expected, strict=True):
        assert found == (None if right is None else pytest.approx(right))

    used = {x for t, value in expected if value is not None for x in _pair(other, t)}
    assert synchronizer.drops["other"].total() == len(other) - len(used) == len(told)
    assert not synchronizer.arrived and not synchronizer.used and not any(synchronizer.buffers.values())


def _pair(other: list[int], t: int) -> tuple[int, int]:
    return max(x for x in other if x <= t), min(x for x in other if x >= t)


def test_a_gap_leaves_the_stream_absent_or_drops_the_window():
    assert run(interpolate("10ns"), [5, 15, 35, 99], [0, 10, 20, 40, 50]) == [(5, 5), (15, 15), (35, None), (99, None)]
    assert run(interpolate("10ns", missing="drop"), [5, 35], [0, 10, 20, 40]) == [(5, 5)]


def test_a_window_waits_for_the_next_packet_and_no_longer_than_the_gap():
    synchronizer = interpolate("10ns").synchronizer(["reference", "other"])
    synchronizer.push("other", Packet(0.0, 0, stream="other"))
    assert synchronizer.push("reference", Packet(None, 5, stream="reference")) == []
    assert synchronizer.advance("other", 10) == []  # one at 10 may still come
    assert [sorted(window.packets) for window in synchronizer.advance("other", 11)] == [["reference"]]


def test_max_wait_gives_up_on_a_silent_stream():
    synchronizer = interpolate("1s", max_wait=0).synchronizer(["reference", "other"])
    windows = synchronizer.push("reference", Packet(None, 5, stream="reference"))
    while not windows:
        windows = synchronizer.poll()
    assert sorted(windows[0].packets) == ["reference"]
    assert synchronizer.push("other", Packet(1.0, 4, stream="other")) == [] and synchronizer.drops["other"] == {
        "late": 1
    }


def test_mix_is_for_other_types_and_its_failure_is_counted(caplog):
    assert run(interpolate("10ns", mix=nearer), [2, 8], [0, 10], str) == [(2, "0"), (8, "10")]

    def fails(a: Any, b: Any, weight: float) -> Any:
        raise ValueError("no such blend")

    synchronizer = interpolate("10ns", mix=fails).synchronizer(["reference", "other"])
    for t in (0, 10):
        synchronizer.push("other", Packet("x", t, stream="other", seq=t))
    (window,) = synchronizer.push("reference", Packet(None, 5, stream="reference"))
    finish(synchronizer)
    assert sorted(window.packets) == ["reference"] and synchronizer.drops["other"] == {"failed": 1}
    assert "no such blend" in caplog.text


@pytest.mark.parametrize("bad", ["words", None, [[1.0], [1.0, 2.0]], np.zeros(3), True])
def test_what_linear_cannot_mix_is_refused_on_arrival_and_changes_nothing(bad):
    synchronizer = interpolate("10ns").synchronizer(["reference", "other"])
    synchronizer.push("other", Packet(np.zeros(2), 0, stream="other"))
    with pytest.raises(DataError, match=r"packet 1 of stream 'other' at 5 ns: .* mix\("):
        synchronizer.push("other", Packet(bad, 5, stream="other", seq=1))
    synchronizer.push("other", Packet(np.ones(2), 10, stream="other", seq=2))
    (window,) = synchronizer.push("reference", Packet(None, 5, stream="reference"))
    np.testing.assert_allclose(window.packets["other"].data, 0.5)


def test_linear_keeps_float32_and_does_not_wrap_unsigned():
    assert linear(np.zeros(2, np.float32), np.ones(2, np.float32), 0.25).dtype == np.float32
    np.testing.assert_array_equal(linear(np.uint8([200]), np.uint8([100]), 0.5), [150.0])
    assert linear(1, 2, 0.5) == 1.5 and linear([0, 2], [1, 4], 0.5) == [0.5, 3.0]


def test_the_reference_may_be_any_stream_and_must_be_one():
    synchronizer = interpolate("10ns", reference="b").synchronizer(["a", "b"])
    for t in (0, 10):
        synchronizer.push("a", Packet(float(t), t, stream="a", seq=t))
    (window,) = synchronizer.push("b", Packet("frame", 4, stream="b"))
    assert {name: packet.data for name, packet in window.packets.items()} == {"a": 4.0, "b": "frame"}
    with pytest.raises(PipelineError, match="reference 'c' is none of the streams a, b"):
        interpolate("10ns", reference="c").synchronizer(["a", "b"])
    with pytest.raises(PipelineError, match="at least 2"):
        interpolate("10ns", capacity=1)


def test_memory_is_bounded():
    synchronizer = interpolate("10ns", capacity=4).synchronizer(["reference", "other"])
    for t in range(20_000):
        synchronizer.push("other", Packet(0.0, t, stream="other", seq=t))
        if t % 100 == 0:
            synchronizer.push("reference", Packet(None, t, stream="reference", seq=t))
    assert len(synchronizer.arrived) <= 2 * 4 * GROWTH and len(synchronizer.used) <= 8


def test_a_pipeline_resamples_and_its_file_holds_the_policy():
    pipeline = Pipeline("resample")
    slow = pipeline.source(Ramp(30, 5, 15), name="slow")
    fast = pipeline.source(Ramp(10, 20), name="fast")
    sync = interpolate("20ms", mix=nearer, reference="slow")
    pipeline.join(slow, fast, sync=sync, name="nearest")
    heard: list[Window] = []
    back = Pipeline.from_yaml(pipeline.to_yaml())
    assert back.nodes["nearest"].component.sync == sync
    linearly = back.join(back.nodes["slow"], back.nodes["fast"], sync=interpolate("20ms"), name="linear")
    back.sink(into(heard), linearly)
    back.sink(len_of, back.nodes["nearest"])
    with back.run("local") as running:
        running.wait()
    assert [(w.packets["slow"].data, w.packets["fast"].data) for w in heard] == [(x, x) for x in (15, 45, 75, 105, 135)]


def len_of(packet: Packet[Window]) -> None:
    assert len(packet.data.packets) == 2
