"""`approximate` against the adaptive algorithm of ROS message_filters' ApproximateTime, and against the best possible.

What differs on purpose: ours gives what it has where a stream is missing, decides within twice the slop of a packet by
watermark alone (ROS waits for a head of every stream, so one silent stream stops it), and takes the earliest packet's
nearest partners, where ROS looks for the narrowest set around its pivot (the latest head of its first candidate).
The price: three or more streams that lie further apart than half their period give nearer, but fewer complete windows.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wugan import Packet, Window, approximate

MS = 1_000_000
AGE_PENALTY = 0.1  # the default of ROS
Times = list[list[int]]
Sets = list[tuple[int, ...]]


def approximate_time(streams: Times, slop: int) -> Sets:
    """The adaptive algorithm, offline: pivot, candidate, look ahead. Source: ros_comm approximate_time.h.

    A queue never overflows here, so no topic is barred from being the pivot; the last candidate is given at the end.
    """
    queues = [list(times) for times in streams]
    sets: Sets = []
    while all(queues):
        heads = [0] * len(
            queues
        )  # what it passes after the candidate is restored when that is published (`past` in ROS)
        candidate: list[int] | None = None
        pivot, pivot_time, first, last = -1, 0, 0, 0
        while all(head < len(queue) for head, queue in zip(heads, queues, strict=True)):
            times = [queue[head] for head, queue in zip(heads, queues, strict=True)]
            start, end = min(times), max(times)
            earliest = times.index(start)
            if candidate is None:
                if end - start > slop:
                    heads[earliest] += 1
                    continue
                candidate, first, last = list(heads), start, end
                pivot, pivot_time = times.index(end), end
            elif (end - last) * (1 + AGE_PENALTY) < start - first:  # better: it starts later by more than it ends later
                candidate, first, last = list(heads), start, end
            heads[earliest] += 1
            if earliest == pivot or (end - last) * (1 + AGE_PENALTY) >= pivot_time - first:
                break  # nothing that holds the pivot can be better
        if candidate is None:
            break
        sets.append(tuple(queue[head] for head, queue in zip(candidate, queues, strict=True)))
        queues = [queue[head + 1 :] for head, queue in zip(candidate, queues, strict=True)]
    return sets


def most(streams: Times, slop: int) -> int:
    """The most disjoint complete sets of span `slop`: the earliest head is taken if the others fit, else given up."""
    heads, count = [0] * len(streams), 0
    while all(head < len(times) for head, times in zip(heads, streams, strict=True)):
        now = [times[head] for head, times in zip(heads, streams, strict=True)]
        if max(now) - min(now) > slop:
            heads[now.index(min(now))] += 1
        else:
            heads, count = [head + 1 for head in heads], count + 1
    return count


def ours(streams: Times, slop: int) -> Sets:
    """Complete windows of `approximate`, fed in order of time."""
    names = [str(number) for number in range(len(streams))]
    synchronizer = approximate(f"{slop}ns").synchronizer(names)
    arrivals = sorted((t, name) for name, times in zip(names, streams, strict=True) for t in times)
    windows: list[Window] = []
    for seq, (t, name) in enumerate(arrivals):
        windows += synchronizer.push(name, Packet(name, seq, t, None))
    windows += [window for name in names for window in synchronizer.end(name)]
    whole = [window.packets for window in windows if len(window.packets) == len(names)]
    return [tuple(packets[name].time_ns for name in names) for packets in whole]


def spans(sets: Sets) -> list[int]:
    return [max(times) - min(times) for times in sets]


def recording(seed: int, count: int, period_ms: int, frames: int = 300) -> Times:
    """Streams of one rate: skewed by up to ±40 ms, jitter of 10 ms (a standard deviation), 5 % lost."""
    rng = np.random.default_rng(seed)
    streams = []
    for skew in np.linspace(-40, 40, count):
        times = 1000 + np.arange(frames) * period_ms + skew + rng.normal(0, 10, frames)
        streams.append(sorted(int(t * MS) for t in times[rng.random(frames) > 0.05]))
    return streams


@pytest.mark.parametrize("count", [2, 3, 4])
@pytest.mark.parametrize("seed", range(3))
def test_streams_apart_by_less_than_half_their_period_are_matched_as_well_as_by_ros(count, seed):
    streams, slop = recording(seed, count, period_ms=200), 100 * MS
    got, theirs, best = ours(streams, slop), approximate_time(streams, slop), most(streams, slop)
    assert len(theirs) / best > 0.95 and len(got) / best > 0.95
    assert len(set(got) & set(theirs)) / len(theirs) > 0.95
    assert max(spans(got)) <= slop and np.mean(spans(got)) < 1.01 * np.mean(spans(theirs))


@pytest.mark.parametrize("seed", range(3))
def test_two_dense_streams_give_nearer_pairs_than_ros_and_somewhat_fewer(seed):
    streams, slop = recording(seed, 2, period_ms=150), 100 * MS
    got, theirs, best = ours(streams, slop), approximate_time(streams, slop), most(streams, slop)
    assert len(got) / best > 0.75
    assert max(spans(got)) <= slop and np.mean(spans(got)) < np.mean(spans(theirs))


@pytest.mark.parametrize("seed", range(3))
def test_three_dense_streams_give_far_fewer_complete_windows_than_ros_but_nearer_ones(seed):
    streams, slop = recording(seed, 3, period_ms=100), 100 * MS
    got, theirs = ours(streams, slop), approximate_time(streams, slop)
    assert 0.25 < len(got) / len(theirs) < 1  # a known price; the rest comes as windows that lack a stream
    assert np.mean(spans(got)) < np.mean(spans(theirs))


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
        synchronizer.push(name, Packet(name, t, t, None))
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
    return Packet(name, seq, 100 * seq + (name == "b"), None)
