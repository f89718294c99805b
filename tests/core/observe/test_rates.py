from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from wugan.observe.rates import at_limit, rates, summary


def answer(at_s: float, **nodes: dict[str, Any]) -> dict[str, Any]:
    about = {"pipeline": "p", "pid": 1, "runtime": "local", "started": 0.0, "errors": [], "at_ns": int(at_s * 1e9)}
    return {**about, "graph": {name: {"kind": "stage", "in": []} for name in nodes}, "stats": nodes}


def node(**given: Any) -> dict[str, Any]:
    counts = {"handled": 0, "emitted": 0, "busy_s": 0.0, "busy_now_s": 0.0, "blocked_now_s": 0.0}
    return {**counts, "links": {}, "dropped": {}, **given}


def link(**given: int) -> dict[str, int]:
    return {"in": 0, "out": 0, "dropped": 0, "waiting": 0, "bytes": 0, **given}


def test_rates_are_differences_over_the_time_between():
    before = answer(10, a=node(handled=100, emitted=50, busy_s=1.0, links={"x": link(dropped=5)}))
    links = {"x": link(dropped=9, waiting=3, bytes=300), "y": link(waiting=1, bytes=10)}
    late = {"x": {"late": 2}}
    after = answer(12, a=node(handled=140, emitted=60, busy_s=2.0, busy_now_s=0.5, links=links, dropped=late))
    (rate,) = rates(before, after).values()
    assert (rate.in_per_s, rate.out_per_s, rate.busy) == (20.0, 5.0, 0.75)
    assert (rate.dropped, rate.dropped_per_s) == (11, 3.0)
    assert (rate.waiting, rate.waiting_bytes) == (4, 310)


def test_two_looks_at_once_and_new_nodes_have_no_rates():
    one = answer(10, a=node(handled=100))
    assert rates(one, one)["a"].in_per_s == 0
    assert rates(one, answer(11, a=node(), b=node(handled=7)))["b"].in_per_s == 0


def test_at_its_limit_is_who_works_all_the_time_while_others_wait():
    before = answer(0, a=node(), b=node(), idle=node(), source=node())
    after = answer(
        1,
        a=node(busy_s=1.0, links={"x": link(waiting=2)}),
        b=node(busy_s=0.97, links={"x": link(dropped=4)}),
        idle=node(busy_s=0.5, links={"x": link(waiting=2)}),
        source=node(busy_s=1.0),
    )
    assert at_limit(rates(before, after)) == ["a", "b"]


def test_the_summary_keeps_the_stats_and_adds_the_rates():
    before = answer(0, a=node())
    told = summary(before, answer(2, a=node(handled=10, busy_now_s=9.0, links={"x": link(waiting=1)})))
    assert told["over_s"] == 2.0 and told["bottleneck"] == "a" and told["stalled"] == ["a"]
    assert told["nodes"]["a"]["handled"] == 10 and told["nodes"]["a"]["in_per_s"] == 5.0
    assert told["nodes"]["a"]["dropped"] == {} and told["nodes"]["a"]["dropped_in_all"] == 0


counts = st.integers(0, 10**6)


@given(counts, counts, st.floats(0.001, 1e4))
def test_no_rate_is_negative_even_where_a_new_process_counts_from_0(old, new, seconds):
    before, after = answer(0, a=node(handled=old)), answer(seconds, a=node(handled=new))
    assert rates(before, after)["a"].in_per_s >= 0
