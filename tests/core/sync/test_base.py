"""How packets arrive: out of order, late, twice, or by a clock that jumps (`Arrival`, which every policy takes)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wugan import Packet, Window, approximate, config, exact, interpolate, latest
from wugan.errors import DataError, PipelineError, PluginError
from wugan.join import WindowJoin
from wugan.sync import Synchronizer

NAMES = ("a", "b")
POLICIES = (
    lambda **more: approximate("6ns", **more),
    lambda **more: approximate("6ns", missing="drop", **more),
    lambda **more: exact(**more),
    lambda **more: interpolate("9ns", **more),
)


def packet(stream: str, time_ns: int, seq: int = 0) -> Packet[float]:
    return Packet(float(time_ns), time_ns, stream=stream, seq=seq)


def feed(synchronizer: Synchronizer, arrivals: list[tuple[str, int]], end: bool = True) -> list[dict[str, Any]]:
    windows: list[Window] = []
    for stream, time_ns in arrivals:
        promised = synchronizer.low_watermark()
        new = synchronizer.push(stream, packet(stream, time_ns, time_ns))
        assert all(window.time_ns >= promised for window in new)
        windows += new
    for stream in synchronizer.streams if end else ():
        windows += synchronizer.end(stream)
    return [{name: found.data for name, found in window.packets.items()} for window in windows]


delayed = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 8)), max_size=12, unique_by=lambda item: item[0])


def merged(draw: Any, streams: dict[str, list[int]]) -> list[tuple[str, int]]:
    order = draw(st.permutations([name for name, times in streams.items() for _ in times]))
    left = {name: iter(times) for name, times in streams.items()}
    return [(name, next(left[name])) for name in order]


@given(st.sampled_from(POLICIES), st.tuples(delayed, delayed), st.data())
def test_out_of_order_within_the_lateness_gives_the_windows_of_order(policy, recording, data):
    in_order = {name: sorted(t for t, _ in items) for name, items in zip(NAMES, recording, strict=True)}
    as_sent = {
        name: [t for t, _ in sorted(items, key=lambda item: (sum(item), item))]
        for name, items in zip(NAMES, recording, strict=True)
    }
    expected = feed(policy().synchronizer(NAMES), merged(data.draw, in_order))
    synchronizer = policy(lateness="8ns").synchronizer(NAMES)
    assert feed(synchronizer, merged(data.draw, as_sent)) == expected
    assert not any("late" in reasons for reasons in synchronizer.drops.values())


@given(
    st.sampled_from(POLICIES[:3]),
    st.tuples(*[st.lists(st.integers(0, 60), max_size=12)] * 2),
    st.integers(0, 10),
    st.sampled_from([None, "15ns"]),
    st.data(),
)
def test_whatever_comes_every_packet_is_in_a_window_or_counted_and_told(policy, recording, lateness, max_jump, data):
    told: list[tuple[str, int, str]] = []

    def tell(stream: str, dropped: Packet[Any], reason: str) -> None:
        told.append((stream, dropped.time_ns, reason))

    settings = {"lateness": f"{lateness}ns", "max_jump": max_jump, "duplicates": "drop", "on_drop": tell}
    synchronizer = policy(**settings).synchronizer(NAMES)
    arrivals = merged(data.draw, dict(zip(NAMES, recording, strict=True)))
    windows = feed(synchronizer, arrivals)
    used = [(name, int(value)) for window in windows for name, value in window.items()]
    assert sorted(used + [(name, t) for name, t, _ in told]) == sorted(arrivals)
    assert len(told) == sum(reasons.total() for reasons in synchronizer.drops.values())
    assert not synchronizer.arrived


def test_windows_wait_for_the_lateness_and_what_is_later_is_dropped():
    synchronizer = exact(lateness="10ns").synchronizer(NAMES)
    assert feed(synchronizer, [("a", 20), ("b", 20), ("a", 29), ("b", 29)], end=False) == []
    assert feed(synchronizer, [("a", 19), ("a", 30), ("b", 30)], end=False) == [{"a": 19}, {"a": 20, "b": 20}]
    assert feed(synchronizer, [("b", 12)], end=False) == [] and synchronizer.drops["b"] == {"late": 1}


def test_a_packet_sent_twice_is_dropped_if_asked_also_after_its_use():
    for policy, reasons in ((exact(duplicates="drop"), {"duplicate": 2}), (exact(), {})):
        synchronizer = policy.synchronizer(NAMES)
        windows = feed(synchronizer, [("a", 5), ("a", 5), ("b", 5), ("b", 5), ("a", 9), ("b", 9)])
        assert len(windows) == (3 if not reasons else 2)
        total = synchronizer.drops["a"] + synchronizer.drops["b"]
        assert total == reasons


def test_the_memory_of_duplicates_is_bounded():
    synchronizer = exact(duplicates="drop", capacity=4).synchronizer(["a"])
    feed(synchronizer, [("a", t) for t in range(1000)])
    assert len(synchronizer.seen["a"]) == 8


def test_a_glitch_of_the_clock_is_dropped_and_moves_nothing():
    synchronizer = exact(max_jump="100ns").synchronizer(NAMES)
    arrivals = [("a", 0), ("b", 0), ("a", 9_000), ("b", 10), ("a", 10), ("b", 20), ("a", -7_000), ("a", 20)]
    assert feed(synchronizer, arrivals) == [{"a": t, "b": t} for t in (0, 10, 20)]
    assert synchronizer.drops["a"] == {"jump": 2}


def test_a_clock_set_forward_is_believed_from_its_second_packet_on(caplog):
    synchronizer = exact(max_jump="100ns").synchronizer(["a"])
    assert feed(synchronizer, [("a", 0), ("a", 9_000), ("a", 9_010), ("a", 9_020)]) == [
        {"a": 0},
        {"a": 9_010},
        {"a": 9_020},
    ]
    assert synchronizer.drops["a"] == {"jump": 1} and "clock of 'a' has jumped" in caplog.text


def test_a_first_packet_with_a_wrong_time_does_not_shut_out_the_rest():
    arrivals = [("a", 9_000), ("a", 0), ("a", 10), ("b", 10), ("b", 20), ("a", 20)]
    believed = exact(max_jump="100ns", missing="drop").synchronizer(NAMES)
    assert feed(believed, arrivals) == [{"a": 10, "b": 10}, {"a": 20, "b": 20}]
    assert believed.drops["a"] == {"jump": 1, "unmatched": 1}


def test_a_clock_set_back_behind_its_windows_is_dropped_until_it_has_caught_up(caplog):
    synchronizer = exact(max_jump="100ns").synchronizer(["a"])
    assert feed(synchronizer, [("a", 1_000), ("a", 10), ("a", 20), ("a", 30), ("a", 1_010)]) == [
        {"a": 1_000},
        {"a": 1_010},
    ]
    assert synchronizer.drops["a"] == {"jump": 3}
    assert caplog.text.count("clock of 'a' went back") == 1


def test_latest_drops_a_trigger_that_goes_back_in_time():
    told: list[str] = []
    synchronizer = latest("10ns", on_drop=lambda stream, dropped, reason: told.append(reason)).synchronizer(NAMES)
    assert feed(synchronizer, [("a", 5), ("a", 4), ("a", 6)]) == [{"a": 5}, {"a": 6}]
    assert synchronizer.drops["a"] == {"late": 1} and told == ["late"]
    allowed = latest("10ns", lateness="1ns").synchronizer(NAMES)
    assert feed(allowed, [("a", 5), ("a", 4), ("a", 6)]) == [{"a": 5}, {"a": 4}, {"a": 6}]


def note(stream: str, dropped: Packet[Any], reason: str) -> None:
    """Named in a pipeline file."""


@pytest.mark.parametrize("policy", POLICIES)
def test_a_pipeline_file_holds_the_settings(policy):
    join = WindowJoin(policy(lateness="5ms", max_jump="2s", duplicates="drop", on_drop=note))
    written = config.dump(join, "join")
    assert config.build(written["use"], written["with"], "join").sync == join.sync
    with pytest.raises(PluginError, match="cannot be written"):
        config.dump(WindowJoin(policy(on_drop=lambda *_: None)), "join")


@pytest.mark.parametrize("settings", [{"lateness": "soon"}, {"max_jump": "-1s"}])
@pytest.mark.parametrize("policy", POLICIES)
def test_what_is_no_duration_is_refused(policy, settings):
    with pytest.raises(DataError, match="duration"):
        policy(**settings)


def test_a_file_with_an_unknown_setting_names_the_field():
    with pytest.raises(PipelineError, match=r"sync\.duplicates: .*keep"):
        config.build("join", {"sync": {"use": "wugan.sync:Exact", "with": {"duplicates": "some"}}}, "node 'n'")
