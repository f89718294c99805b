"""`approximate` against the adaptive algorithm of ROS message_filters' ApproximateTime, and against the best possible.

What differs on purpose: ours gives what it has where a stream is missing, decides within twice the slop of a packet by
watermark alone (ROS waits for a head of every stream, so one silent stream stops it), and weighs the number of windows
against their span over what lies in sight, where ROS takes the narrowest set around its pivot (the latest head of its
first candidate). So ours gives more windows of streams that lie apart, which are somewhat wider on the average.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ros_approximate import Sets, Times, approximate_time, most

from wugan import Packet, Window, approximate
from wugan.sync.approximate import WORTH

MS = 1_000_000


def ours(streams: Times, slop: int, missing: str = "emit") -> Sets:
    """Complete windows of `approximate`, fed in order of time."""
    names = [str(number) for number in range(len(streams))]
    synchronizer = approximate(f"{slop}ns", missing=missing).synchronizer(names)
    arrivals = sorted((t, name) for name, times in zip(names, streams, strict=True) for t in times)
    windows: list[Window] = []
    for seq, (t, name) in enumerate(arrivals):
        windows += synchronizer.push(name, Packet(None, t, stream=name, seq=seq))
    windows += [window for name in names for window in synchronizer.end(name)]
    whole = [window.packets for window in windows if len(window.packets) == len(names)]
    return [tuple(packets[name].time_ns for name in names) for packets in whole]


def spans(sets: Sets) -> list[int]:
    return [max(times) - min(times) for times in sets]


def recording(seed: int, rates: tuple[float, ...], seconds: float = 30, jitter_ms: float = 10) -> Times:
    """Streams of these rates (Hz): skewed by up to ±40 ms, jitter of 10 ms (a standard deviation), 5 % lost."""
    rng = np.random.default_rng(seed)
    streams = []
    for rate, skew in zip(rates, np.linspace(-40, 40, len(rates)), strict=True):
        frames = int(rate * seconds)
        times = 1000 + np.arange(frames) * 1000 / rate + skew + rng.normal(0, jitter_ms, frames)
        streams.append(sorted(int(t * MS) for t in times[rng.random(frames) > 0.05]))
    return streams


@pytest.mark.parametrize("count", [2, 3, 4])
@pytest.mark.parametrize("seed", range(3))
def test_streams_apart_by_less_than_half_their_period_are_matched_as_well_as_by_ros(count, seed):
    streams, slop = recording(seed, (5,) * count, seconds=60), 100 * MS
    got, theirs, best = ours(streams, slop), approximate_time(streams, slop), most(streams, slop)
    assert len(theirs) / best > 0.95 and len(got) / best > 0.95
    assert len(set(got) & set(theirs)) / len(theirs) > 0.95
    assert max(spans(got)) <= slop and np.mean(spans(got)) < 1.01 * np.mean(spans(theirs))


DENSE = [
    ((20 / 3,) * 2, 100),
    ((30,) * 2, 20),
    ((30,) * 2, 50),
    ((30,) * 2, 100),
    ((10,) * 3, 100),
    ((30,) * 3, 50),
    ((10,) * 4, 100),
    ((30, 25, 20, 15), 50),
]


@pytest.mark.parametrize("missing", ["emit", "drop"])
@pytest.mark.parametrize(("rates", "slop_ms"), DENSE)
@pytest.mark.parametrize("seed", range(3))
def test_dense_streams_give_more_complete_windows_than_ros_and_nearly_the_most_possible(seed, rates, slop_ms, missing):
    streams, slop = recording(seed, rates), slop_ms * MS
    got, theirs, best = ours(streams, slop, missing), approximate_time(streams, slop), most(streams, slop)
    assert len(got) >= len(theirs) and len(got) / best > 0.9
    assert max(spans(got)) <= slop
    assert sum(WORTH * slop - span for span in spans(got)) > sum(WORTH * slop - span for span in spans(theirs))


@pytest.mark.parametrize(("rates", "slop_ms"), [((30, 15, 10), 50), ((30, 15, 10), 100), ((30, 30, 10, 100), 50)])
@pytest.mark.parametrize("seed", range(3))
def test_of_streams_of_mixed_rates_the_slowest_decides_and_finds_the_nearest(seed, rates, slop_ms):
    streams, slop = recording(seed, rates), slop_ms * MS
    got, theirs, best = ours(streams, slop), approximate_time(streams, slop), most(streams, slop)
    assert len(got) >= len(theirs) and len(got) / best > 0.99
    assert np.mean(spans(got)) < 1.06 * np.mean(spans(theirs))


@pytest.mark.parametrize("count", [2, 3])
@pytest.mark.parametrize("seed", range(3))
def test_a_slop_longer_than_the_period_does_not_pair_packets_a_period_apart(seed, count):
    rng = np.random.default_rng(seed)
    instants = np.arange(300) * 100 * MS
    streams = [
        sorted(int(t) for t in (instants + rng.normal(0, 2 * MS, 300))[rng.random(300) > 0.05]) for _ in range(count)
    ]
    got, theirs = ours(streams, 110 * MS), approximate_time(streams, 110 * MS)
    assert len(got) >= len(theirs)
    wide = [sum(span > 50 * MS for span in spans(sets)) for sets in (got, theirs)]
    assert wide[0] <= wide[1] <= 0.05 * len(theirs)


def test_random_streams_never_give_fewer_complete_windows_than_ros():
    rng = np.random.default_rng(0)
    totals = np.zeros(3, int)
    for _ in range(300):
        streams = [
            sorted(rng.choice(61, size=rng.integers(0, 11), replace=False).tolist()) for _ in range(rng.integers(2, 5))
        ]
        slop = int(rng.integers(0, 16))
        got, theirs, best = (len(ours(streams, slop)), len(approximate_time(streams, slop)), most(streams, slop))
        assert theirs <= got <= best
        totals += (got, theirs, best)
    assert totals[0] / totals[2] > 0.95 > totals[1] / totals[2]


present = st.lists(st.tuples(*[st.none() | st.integers(0, 10)] * 3), max_size=12)


@given(present)
def test_groups_far_apart_are_exactly_those_of_ros_and_the_best_possible(groups):
    streams = [[100 * n + offset[i] for n, offset in enumerate(groups) if offset[i] is not None] for i in range(3)]
    whole = [tuple(100 * n + t for t in offset) for n, offset in enumerate(groups) if None not in offset]
    assert ours(streams, 10) == approximate_time(streams, 10) == whole
    assert most(streams, 10) == len(whole)


any_streams = st.lists(st.lists(st.integers(0, 60), max_size=10, unique=True).map(sorted), min_size=2, max_size=4)


@given(any_streams, st.integers(0, 15))
def test_neither_gives_more_than_the_best_nor_wider_than_the_slop(streams, slop):
    for sets in (ours(streams, slop), approximate_time(streams, slop)):
        assert len(sets) <= most(streams, slop)
        assert all(span <= slop for span in spans(sets))
        for times, after in zip(sets, sets[1:], strict=False):  # each packet once, and windows do not cross
            assert all(map(int.__lt__, times, after))


@given(any_streams, st.integers(0, 15))
def test_a_packet_is_decided_once_every_stream_is_twice_the_slop_past_it(streams, slop):
    names = [str(number) for number in range(len(streams))]
    synchronizer = approximate(f"{slop}ns").synchronizer(names)
    for t, name in sorted((t, name) for name, times in zip(names, streams, strict=True) for t in times):
        synchronizer.push(name, Packet(None, t, stream=name, seq=t))
        for other in names:
            synchronizer.advance(other, t)
        held = [packet.time_ns for buffer in synchronizer.buffers.values() for packet in buffer]
        assert min(held, default=math.inf) >= t - 2 * slop


def test_a_silent_stream_stops_ros_but_not_ours():
    streams: Times = [[0, 100], [1, 101], []]
    assert approximate_time(streams, 10) == []
    synchronizer = approximate("10ns").synchronizer(["a", "b", "silent"])
    windows = [window for seq in (0, 1) for name in "ab" for window in synchronizer.push(name, _packet(name, seq))]
    windows += synchronizer.advance("silent", 50)
    assert [sorted(window.packets) for window in windows] == [["a", "b"]]


def _packet(name: str, seq: int) -> Packet[None]:
    return Packet(None, 100 * seq + (name == "b"), stream=name, seq=seq)
