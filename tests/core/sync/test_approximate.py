from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wugan import Packet, Window, approximate, latest
from wugan.errors import DataError, PipelineError
from wugan.sync import GROWTH, Synchronizer


def packets(stream: str, *times: int) -> list[Packet[str]]:
    return [Packet(f"{stream}{seq}", time_ns, stream=stream, seq=seq) for seq, time_ns in enumerate(times)]


def shape(windows: list[Window]) -> list[dict[str, int]]:
    """Windows as stream to time."""
    return [{name: packet.time_ns for name, packet in window.packets.items()} for window in windows]


def feed(synchronizer: Synchronizer, *arrivals: Packet[str], end: bool = True) -> list[Window]:
    windows = [window for packet in arrivals for window in synchronizer.push(packet.stream, packet)]
    if end:
        windows += [window for stream in synchronizer.streams for window in synchronizer.end(stream)]
    return windows


recordings = st.lists(st.lists(st.integers(0, 40), max_size=9).map(sorted), min_size=2, max_size=4)


@given(recordings, st.integers(0, 12), st.sampled_from(["emit", "drop"]), st.data())
def test_approximate_does_not_depend_on_arrival_and_accounts_for_every_packet(recording, slop, missing, data):
    names = ["a", "b", "c", "d"][: len(recording)]
    streams = {name: packets(name, *times) for name, times in zip(names, recording, strict=True)}
    policy = approximate(f"{slop}ns", missing=missing)

    one_after_the_other = policy.synchronizer(names)
    expected = feed(one_after_the_other, *(packet for stream in streams.values() for packet in stream))

    merged = policy.synchronizer(names)
    windows: list[Window] = []
    left = {name: list(stream) for name, stream in streams.items()}
    going = list(names)
    while going:
        name = data.draw(st.sampled_from(going))
        if not left[name]:
            windows += merged.end(name)
            going.remove(name)
        elif data.draw(st.booleans()):
            windows += merged.push(name, left[name].pop(0))
        else:  # a filtering stage tells the time without a packet
            windows += merged.advance(name, left[name][0].time_ns)

    assert shape(windows) == shape(expected)
    assert [window.time_ns for window in windows] == sorted(window.time_ns for window in windows)
    used = [(name, packet.seq) for window in windows for name, packet in window.packets.items()]
    assert len(used) == len(set(used))
    dropped = {name: sum(reasons.values()) for name, reasons in merged.drops.items()}
    for name, stream in streams.items():
        assert sum(stream_name == name for stream_name, _ in used) + dropped[name] == len(stream)
    for window in windows:
        times = [packet.time_ns for packet in window.packets.values()]
        assert window.time_ns == min(times)
        assert max(times) - min(times) <= slop
        assert missing == "emit" or len(window.packets) == len(names)


@given(recordings, st.integers(0, 12), st.data())
def test_no_window_comes_before_the_low_watermark(recording, slop, data):
    names = ["a", "b", "c", "d"][: len(recording)]
    left = {name: packets(name, *times) for name, times in zip(names, recording, strict=True)}
    synchronizer = approximate(f"{slop}ns").synchronizer(names)
    while any(left.values()):
        promised = synchronizer.low_watermark()
        name = data.draw(st.sampled_from([name for name in names if left[name]]))
        for window in synchronizer.push(name, left[name].pop(0)):
            assert window.time_ns >= promised


def test_the_nearest_partner_is_chosen():
    synchronizer = approximate("10ns").synchronizer(["a", "b"])
    windows = feed(synchronizer, *packets("a", 0, 8, 20), *packets("b", 9, 21))
    assert shape(windows) == [{"a": 0}, {"a": 8, "b": 9}, {"a": 20, "b": 21}]


def test_a_partner_at_exactly_the_slop_counts_and_one_beyond_does_not():
    assert shape(feed(approximate("10ns").synchronizer(["a", "b"]), *packets("a", 0), *packets("b", 10))) == [
        {"a": 0, "b": 10}
    ]
    assert shape(feed(approximate("10ns").synchronizer(["a", "b"]), *packets("a", 0), *packets("b", 11))) == [
        {"a": 0},
        {"b": 11},
    ]


def test_three_streams_of_different_rates():
    synchronizer = approximate("4ns").synchronizer(["a", "b", "c"])
    windows = feed(synchronizer, *packets("c", 1, 21), *packets("a", 0, 10, 20, 30), *packets("b", 2, 19))
    assert shape(windows) == [{"a": 0, "b": 2, "c": 1}, {"a": 10}, {"a": 20, "b": 19, "c": 21}, {"a": 30}]


def test_a_wide_first_match_is_taken_where_a_narrower_one_costs_a_window():
    synchronizer = approximate("30ns", missing="drop").synchronizer(["a", "b"])
    windows = feed(synchronizer, *packets("a", 0, 26, 90), *packets("b", 20, 44, 95))  # 20 lies nearer to 26
    assert shape(windows) == [{"a": 0, "b": 20}, {"a": 26, "b": 44}, {"a": 90, "b": 95}]
    nearer = approximate("30ns", missing="drop").synchronizer(["a", "b"])
    assert shape(feed(nearer, *packets("a", 0, 22), *packets("b", 20, 50))) == [{"a": 22, "b": 20}]  # costs nothing


def test_a_lost_packet_leaves_a_window_of_the_others():
    synchronizer = approximate("10ns").synchronizer(["a", "b", "c"])
    windows = feed(synchronizer, *packets("a", 0, 100, 200), *packets("b", 2, 102, 202), *packets("c", 4, 204))
    assert shape(windows) == [{"a": 0, "b": 2, "c": 4}, {"a": 100, "b": 102}, {"a": 200, "b": 202, "c": 204}]


def test_packets_passed_over_make_a_window_of_their_own():
    synchronizer = approximate("60ns").synchronizer(["a", "b", "c"])
    windows = feed(synchronizer, *packets("a", 0, 50), *packets("b", 3, 52), *packets("c", 51))
    assert shape(windows) == [{"a": 0, "b": 3}, {"a": 50, "b": 52, "c": 51}]


def test_a_packet_that_a_complete_window_may_need_is_not_given_away():
    synchronizer = approximate("10ns").synchronizer(["a", "b", "c"])
    assert shape(feed(synchronizer, *packets("a", 0, 12), *packets("b", 5), *packets("c", 13))) == [
        {"a": 0},
        {"a": 12, "b": 5, "c": 13},
    ]


@given(recordings, st.integers(0, 12))
def test_emit_gives_the_complete_windows_that_drop_gives(recording, slop):
    names = ["a", "b", "c", "d"][: len(recording)]
    arrivals = [p for name, times in zip(names, recording, strict=True) for p in packets(name, *times)]
    emitted, complete = (
        shape(feed(approximate(f"{slop}ns", missing=missing).synchronizer(names), *arrivals))
        for missing in ("emit", "drop")
    )
    assert [window for window in emitted if len(window) == len(names)] == complete


dense = st.lists(st.lists(st.integers(0, 200), min_size=20, max_size=60).map(sorted), min_size=2, max_size=3)


@settings(max_examples=30)
@given(dense, st.integers(0, 40), st.integers(1, 6), st.data())
def test_a_small_capacity_bounds_what_is_held_and_does_not_depend_on_arrival(recording, slop, capacity, data):
    names = ["a", "b", "c"][: len(recording)]
    outcomes = []
    for _ in range(2):
        synchronizer = approximate(f"{slop}ns", missing="drop", capacity=capacity).synchronizer(names)
        left = {name: packets(name, *times) for name, times in zip(names, recording, strict=True)}
        windows: list[Window] = []
        open_ones = list(names)
        while open_ones:
            able = [name for name in open_ones if not left[name] or synchronizer.wants(name)]
            if not able:  # what JoinOperator does when a full stream waits for another one for too long
                break
            name = data.draw(st.sampled_from(able))
            if left[name]:
                windows += synchronizer.push(name, left[name].pop(0))
            else:
                windows += synchronizer.end(name)
                open_ones.remove(name)
            assert all(len(buffer) <= capacity for buffer in synchronizer.buffers.values())
            assert len(synchronizer.arrived) == sum(map(len, synchronizer.buffers.values()))
        assert not any("overflow" in reasons for reasons in synchronizer.drops.values())
        outcomes.append((shape(windows), bool(open_ones)))
    assert outcomes[0] == outcomes[1]


def test_a_window_waits_until_the_missing_stream_tells_the_time():
    synchronizer = approximate("5ns").synchronizer(["a", "b"])
    (packet,) = packets("a", 10)
    assert synchronizer.push("a", packet) == []
    assert synchronizer.advance("b", 15) == []  # one at 15 may still come
    assert shape(synchronizer.advance("b", 16)) == [{"a": 10}]


def test_missing_drop_counts_what_has_no_partner_and_tells_on_drop():
    synchronizer = approximate("1ns", missing="drop").synchronizer(["a", "b"])
    told = []
    synchronizer.on_drop = lambda stream, packet, reason: told.append((stream, packet.time_ns, reason))
    assert shape(feed(synchronizer, *packets("a", 0, 10), *packets("b", 10))) == [{"a": 10, "b": 10}]
    assert synchronizer.drops["a"] == {"unmatched": 1}
    assert told == [("a", 0, "unmatched")]


def test_a_packet_before_what_was_decided_is_late():
    synchronizer = approximate("1ns").synchronizer(["a", "b"])
    assert shape(feed(synchronizer, *packets("a", 50), *packets("b", 100), end=False)) == [{"a": 50}]
    assert synchronizer.push("a", Packet("back in time", 40, stream="a", seq=1)) == []
    assert synchronizer.drops["a"] == {"late": 1}


def test_a_stream_that_goes_back_a_little_is_put_in_order():
    synchronizer = approximate("1ns").synchronizer(["a", "b"])
    windows = feed(synchronizer, *packets("a", 10, 30, 20), *packets("b", 10, 20, 30))
    assert shape(windows) == [{"a": 10, "b": 10}, {"a": 20, "b": 20}, {"a": 30, "b": 30}]


def test_max_wait_gives_up_on_a_silent_stream():
    synchronizer = approximate("1ns", max_wait="20ms").synchronizer(["a", "b"])
    (packet,) = packets("a", 10)
    assert synchronizer.push("a", packet) == []
    assert synchronizer.poll() == []
    time.sleep(0.03)
    assert shape(synchronizer.poll()) == [{"a": 10}]
    assert synchronizer.push("b", Packet("too late", 9, stream="b")) == []
    assert synchronizer.drops["b"] == {"late": 1}


def test_without_room_a_stream_is_not_wanted_and_too_much_overflows():
    synchronizer = approximate("1ns", capacity=2).synchronizer(["a", "b"])
    feed(synchronizer, *packets("a", 0, 10), end=False)
    assert not synchronizer.wants("a") and synchronizer.wants("b") and synchronizer.full
    synchronizer.push("a", Packet("pushed all the same", 20, stream="a", seq=2))
    assert synchronizer.drops["a"] == {"overflow": 1}
    assert [packet.time_ns for packet in synchronizer.buffers["a"]] == [10, 20]


def test_room_grows_to_a_bound_and_then_the_older_half_is_dropped():
    synchronizer = approximate("1ns", capacity=2).synchronizer(["a", "b"])
    sent = 0
    while synchronizer.room < 2 * GROWTH:
        while synchronizer.wants("a"):
            synchronizer.push("a", Packet(None, sent * 10, stream="a", seq=sent))
            sent += 1
        synchronizer.make_room()
    while synchronizer.wants("a"):
        synchronizer.push("a", Packet(None, sent * 10, stream="a", seq=sent))
        sent += 1
    assert sent == 2 * GROWTH and not synchronizer.drops["a"]
    synchronizer.make_room()
    assert synchronizer.drops["a"] == {"overflow": GROWTH}
    assert synchronizer.wants("a")


def test_clear_forgets_and_counts():
    synchronizer = approximate("1ns").synchronizer(["a", "b"])
    feed(synchronizer, *packets("a", 0, 10), end=False)
    assert synchronizer.clear() == 2
    assert synchronizer.drops["a"] == {"interrupted": 2}
    assert shape(feed(synchronizer, Packet(None, 20, stream="a", seq=2), Packet(None, 20, stream="b"))) == [
        {"a": 20, "b": 20}
    ]


def test_nothing_is_held_after_100_000_packets():
    synchronizer = approximate("3ns").synchronizer(["a", "b"])
    windows = 0
    for seq in range(50_000):
        windows += len(synchronizer.push("a", Packet(None, seq * 10, stream="a", seq=seq)))
        windows += len(synchronizer.push("b", Packet(None, seq * 10 + 1, stream="b", seq=seq)))
    assert windows >= 49_999
    assert len(synchronizer.arrived) == sum(map(len, synchronizer.buffers.values())) <= 2


def test_latest_pairs_each_trigger_with_the_newest_of_the_others():
    synchronizer = latest("10ns").synchronizer(["trigger", "other"])
    assert shape(synchronizer.push("trigger", Packet(None, 0, stream="trigger"))) == [{"trigger": 0}]
    for time_ns in (1, 2):
        assert synchronizer.push("other", Packet(None, time_ns, stream="other")) == []
    assert shape(synchronizer.push("trigger", Packet(None, 5, stream="trigger", seq=1))) == [{"trigger": 5, "other": 2}]
    assert shape(synchronizer.push("trigger", Packet(None, 12, stream="trigger", seq=2))) == [
        {"trigger": 12, "other": 2}
    ]
    assert shape(synchronizer.push("trigger", Packet(None, 13, stream="trigger", seq=3))) == [
        {"trigger": 13}
    ]  # too old
    assert synchronizer.push("other", Packet(None, 1, stream="other", seq=3)) == []
    assert synchronizer.drops["other"] == {"superseded": 1, "late": 1}


@pytest.mark.parametrize("settings", [{"slop": "soon"}, {"slop": "1ms", "max_wait": "-1s"}])
def test_policies_refuse_what_is_no_duration(settings):
    with pytest.raises(DataError, match="duration"):
        approximate(**settings)


def test_policies_refuse_no_capacity():
    with pytest.raises(PipelineError, match="capacity"):
        approximate("1ms", capacity=0)
