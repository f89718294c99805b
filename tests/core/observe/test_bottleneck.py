from __future__ import annotations

import threading
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import wugan
from wugan import Packet
from wugan.observe.rates import bottleneck, stalled


def node(links: dict[str, int] | None = None, **given: Any) -> dict[str, Any]:
    """Stats of one node, with the packets that wait on each of its links."""
    made = {port: {"waiting": waiting, "out": 10} for port, waiting in (links or {}).items()}
    return {"blocked_now_s": 0.0, "busy_now_s": 0.0, "handled": 1, "links": made, **given}


def test_a_pipeline_that_flows_has_none():
    assert bottleneck({"camera": node(), "detect": node({"camera": 2}, busy_now_s=0.02)}) is None
    assert bottleneck({}) is None


def test_blocked_stages_are_followed_to_the_one_that_works():
    stats = {
        "camera": node(blocked_now_s=0.5, blocked_on="detect"),
        "detect": node({"camera": 64}, blocked_now_s=0.4, blocked_on="draw"),
        "draw": node({"detect": 64}, busy_now_s=0.03),
        "log": node({"detect": 0}),
    }
    assert bottleneck(stats) == "draw"


def test_without_a_name_the_fullest_reader_is_meant():
    stats = {
        "camera": node(blocked_now_s=0.5),
        "quick": node({"camera": 1}),
        "slow": node({"camera": 64}, busy_now_s=0.1),
    }
    assert bottleneck(stats) == "slow"


def test_of_two_chains_the_one_that_waits_longer_counts():
    stats = {
        "a": node(blocked_now_s=0.1, blocked_on="fast"),
        "fast": node({"a": 64}),
        "b": node(blocked_now_s=5.0, blocked_on="slow"),
        "slow": node({"b": 64}),
    }
    assert bottleneck(stats) == "slow"


def test_a_join_that_waits_for_a_stream_is_not_the_cause():
    stats = {
        "camera": node(blocked_now_s=2.0, blocked_on="fuse"),
        "lidar": node(),
        "voxels": node({"lidar": 3}, busy_now_s=0.5),
        "fuse": node({"camera": 64, "voxels": 0}, held=8),
    }
    assert bottleneck(stats) == "voxels"
    stats["voxels"]["busy_now_s"], stats["voxels"]["links"]["lidar"]["waiting"] = 0.0, 0
    assert bottleneck(stats) == "lidar"  # nothing to work on
    stats["lidar"]["state"] = "ended"
    assert bottleneck(stats) == "voxels"
    stats["fuse"]["busy_now_s"] = 0.2
    assert bottleneck(stats) == "fuse"


def test_streams_that_wait_for_each_other_end_the_search():
    stats = {
        "source": node(blocked_now_s=2.0, blocked_on="join"),
        "slow": node({"source": 0}),
        "join": node({"source": 64, "slow": 0}),
    }
    assert bottleneck(stats) in stats
    stats["slow"].update(blocked_now_s=1.0, blocked_on="join")
    assert bottleneck(stats) in stats


def test_a_long_packet_holds_up_only_those_that_wait():
    stats = {"source": node(), "think": node({"source": 3}, busy_now_s=4.0)}
    assert bottleneck(stats) == "think"
    assert bottleneck(stats, after_s=5) is None
    stats["think"]["links"]["source"]["waiting"] = 0
    assert bottleneck(stats) is None


def test_stalled_names_the_longest_first():
    stats = {"a": node(busy_now_s=2.0), "b": node(busy_now_s=9.0), "c": node(busy_now_s=0.5)}
    assert stalled(stats, 1.0) == ["b", "a"]


def test_a_node_with_replicas_is_followed_to_the_one_at_work():
    stats = {
        "camera": node(blocked_now_s=1.0, blocked_on="detect"),
        "detect": node({"camera": 64, "detect.1": 0, "detect.2": 0}, held=4),
        "detect.1": node({"detect": 0}),
        "detect.2": node({"detect": 1}, busy_now_s=0.7),
    }
    assert bottleneck(stats) == "detect.2"


@given(st.data())
def test_the_search_ends_at_a_node_on_any_graph(data):
    names = data.draw(st.lists(st.sampled_from("abcdef"), min_size=1, unique=True))
    few = st.integers(0, 3)
    stats = {
        name: node(
            data.draw(st.dictionaries(st.sampled_from(names), few)),
            blocked_now_s=data.draw(few),
            busy_now_s=data.draw(few),
            blocked_on=data.draw(st.sampled_from([None, *names])),
        )
        for name in names
    }
    found = bottleneck(stats)
    assert found is None or found in stats


def test_a_pipeline_names_its_slow_stage(eventually):
    release = threading.Event()

    def wait_for_it(packet: wugan.Packet[int]) -> None:
        release.wait(30)

    class Numbers(wugan.Source[int]):
        def packets(self):
            for number in range(50):
                yield Packet(number, number, seq=number)

    p = wugan.Pipeline("held-up")
    numbers = p.source(Numbers(), name="numbers")
    p.sink(lambda packet: None, numbers, name="quick")
    same = p.stage(lambda number: number, numbers, name="same", link=wugan.LinkConfig(capacity=2))
    p.sink(wait_for_it, same, name="slow", link=wugan.LinkConfig(capacity=2))
    with p.run("local") as running:
        eventually(lambda: all(running.stats()[name]["blocked_now_s"] > 0 for name in ("numbers", "same")))
        stats = running.stats()
        assert stats["numbers"]["blocked_on"] == "same" and stats["same"]["blocked_on"] == "slow"
        assert stats["slow"]["blocked_on"] is None
        assert bottleneck(stats) == "slow"
        release.set()
        running.wait()
        assert bottleneck(running.stats()) is None
