"""The search for the next complete window, against a brute-force one over all windows."""

from __future__ import annotations

import importlib
import itertools
import math
from functools import cache

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from wugan import Packet
from wugan.sync.approximate import WORTH, Outlook, Unknown

streams = st.lists(st.lists(st.integers(0, 30), min_size=1, max_size=7).map(sorted), min_size=2, max_size=3)
ENDED = (math.inf,) * 3

approximate = importlib.import_module("wugan.sync.approximate")  # the package has a policy of that name


def held(times: list[list[int]]) -> list[list[Packet[None]]]:
    return [[Packet(None, t, seq=seq) for seq, t in enumerate(of_stream)] for of_stream in times]


def span(times: list[int]) -> int:
    return max(times) - min(times)


def best_plan(times: list[list[int]], slop: int, limit: float) -> dict[tuple[int, ...], float]:
    """Each first window to what the best plan that begins with it is worth; windows never cross."""
    sets = [
        (chosen, WORTH * slop - span(now))
        for chosen in itertools.product(*(range(len(of_stream)) for of_stream in times))
        if span(now := [of_stream[i] for of_stream, i in zip(times, chosen, strict=True)]) <= slop and max(now) <= limit
    ]

    @cache
    def after(taken: tuple[int, ...]) -> float:
        following = ((chosen, worth) for chosen, worth in sets if all(map(int.__gt__, chosen, taken)))
        return max((worth + after(chosen) for chosen, worth in following), default=0.0)

    return {chosen: worth + after(chosen) for chosen, worth in sets}


@given(streams, st.integers(1, 20))
def test_the_window_chosen_begins_a_plan_that_is_worth_most(times, slop):
    now = [of_stream[0] for of_stream in times]
    assume(span(now) <= slop)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(approximate, "HOPE", 0.0)
        patch.setattr(approximate, "SIGHT", math.inf if span(now) else 0)
        chosen = Outlook(held(times), ENDED, slop, room=99).choose()
    plans = best_plan(times, slop, limit=min(now) + 2 * slop)
    assert plans[chosen] == pytest.approx(max(plans.values()))


@given(streams, st.integers(0, 20))
def test_what_is_certain_stays_so_whatever_comes(times, slop):
    assume(span([of_stream[0] for of_stream in times]) <= slop)
    packets = held(times)
    final = Outlook(packets, ENDED, slop, room=99).choose()
    for now in range(32):
        known = [[packet for packet in of_stream if packet.time_ns <= now] for of_stream in packets]
        if not all(known):
            continue
        try:
            assert Outlook(known, (float(now),) * len(times), slop, room=99).choose() == final
        except Unknown as unknown:
            assert now <= min(of_stream[0] for of_stream in times) + 2 * slop and unknown.streams
        else:
            break


def test_a_window_without_a_rival_is_certain_before_its_surroundings_are_known():
    buffers = held([[0, 5], [1]])
    assert Outlook(buffers, (5, 1), 100, room=99).choose() == (0, 0)
    with pytest.raises(Unknown) as unknown:
        Outlook(held([[0], [1]]), (0, 1), 100, room=99).choose()
    assert unknown.value.streams == (0,)


def test_a_time_is_known_once_nothing_can_come_before_it():
    sight = Outlook(held([[3, 9]]), (6.0,), 5, room=3)
    assert sight.time(0, 0, limit=10) == 3
    assert sight.time(0, 0, limit=2) == math.inf
    with pytest.raises(Unknown):
        sight.time(0, 1, limit=10)  # one at 7 may still come
    assert sight.time(0, 1, limit=5) == math.inf
    assert Outlook(held([[3, 9]]), (9.0,), 5, room=2).time(0, 2, limit=99) == math.inf  # full: it is not waited for


def test_dense_streams_do_not_make_the_search_grow_with_the_slop():
    looked_at = 0

    class Counting(Outlook):
        def time(self, stream: int, index: int, limit: float) -> float:
            nonlocal looked_at
            looked_at += 1
            return super().time(stream, index, limit)

    times = [[10 * n for n in range(2000)], [10 * n + 6 for n in range(2000)]]  # nearer to the next of the other
    Counting(held(times), ENDED, 20_000, room=4096).choose()
    assert 10 < looked_at < 500
