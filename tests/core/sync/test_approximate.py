from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wugan import Packet, Window, approximate, latest
from wugan.errors import DataError, PipelineError
from wugan.sync import GROWTH, Synchronizer


def packets(stream: str, *times: int) -> list[Packet[str]]:
    return [Packet(stream, seq, time_ns, f"{stream}{seq}") for seq, time_ns in enumerate(times)]


def shape(windows: list[Window]) -> list[dict[str, int]]:
    """Windows as stream to time."""
    return [{name: packet.time_ns for name, packet in window.packets.items()} for window in windows]


def feed(synchronizer: Synchronizer, *arrivals: Packet[str], end: bool = True) -> list[Window]:
    windows = [window for packet in arrivals for window in synchronizer.push(packet.stream, packet)]
    if end:
        windows += [window for stream in synchronizer.streams for window in synchronizer.end(stream)]
    return windows


recordings = st.lists(st.lists(st.integers(0, 40), max_size=12).map(sorted), min_size=2, max_size=3)


@given(recordings, st.integers(0, 12), st.sampled_from(["emit", "drop"]), st.data())
def test_approximate_does_not_depend_on_arrival_and_accounts_for_every_packet(recording, slop, missing, data):
    names = ["a", "b", "c"][: len(recording)]
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
    names = ["a", "b", "c"][: len(recording)]
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
    assert synchronizer.push("a", Packet("a", 1, 40, "back in time")) == []
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
    assert synchronizer.push("b", Packet("b", 0, 9, "too late")) == []
    assert synchronizer.drops["b"] == {"late": 1}


def test_without_room_a_stream_is_not_wanted_and_too_much_overflows():
    synchronizer = approximate("1ns", capacity=2).synchronizer(["a", "b"])
    feed(synchronizer, *packets("a", 0, 10), end=False)
    assert not synchronizer.wants("a") and synchronizer.wants("b") and synchronizer.full
    synchronizer.push("a", Packet("a", 2, 20, "pushed all the same"))
    assert synchronizer.drops["a"] == {"overflow": 1}
    assert [packet.time_ns for packet in synchronizer.buffers["a"]] == [10, 20]


def test_room_grows_to_a_bound_and_then_the_older_half_is_dropped():
    synchronizer = approximate("1ns", capacity=2).synchronizer(["a", "b"])
    sent = 0
    while synchronizer.room < 2 * GROWTH:
        while synchronizer.wants("a"):
            synchronizer.push("a", Packet("a", sent, sent * 10, None))
            sent += 1
        synchronizer.make_room()
    while synchronizer.wants("a"):
        synchronizer.push("a", Packet("a", sent, sent * 10, None))
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
    assert shape(feed(synchronizer, Packet("a", 2, 20, None), Packet("b", 0, 20, None))) == [{"a": 20, "b": 20}]


def test_nothing_is_held_after_100_000_packets():
    synchronizer = approximate("3ns").synchronizer(["a", "b"])
    windows = 0
    for seq in range(50_000):
        windows += len(synchronizer.push("a", Packet("a", seq, seq * 10, None)))
        windows += len(synchronizer.push("b", Packet("b", seq, seq * 10 + 1, None)))
    assert windows >= 49_999
    assert len(synchronizer.arrived) == sum(map(len, synchronizer.buffers.values())) <= 2


def test_latest_pairs_each_trigger_with_the_newest_of_the_others():
    synchronizer = latest("10ns").synchronizer(["trigger", "other"])
    assert shape(synchronizer.push("trigger", Packet("trigger", 0, 0, None))) == [{"trigger": 0}]
    for time_ns in (1, 2):
        assert synchronizer.push("other", Packet("other", 0, time_ns, None)) == []
    assert shape(synchronizer.push("trigger", Packet("trigger", 1, 5, None))) == [{"trigger": 5, "other": 2}]
    assert shape(synchronizer.push("trigger", Packet("trigger", 2, 12, None))) == [{"trigger": 12, "other": 2}]
    assert shape(synchronizer.push("trigger", Packet("trigger", 3, 13, None))) == [{"trigger": 13}]  # too old
    assert synchronizer.push("other", Packet("other", 3, 1, None)) == []
    assert synchronizer.drops["other"] == {"superseded": 1, "late": 1}


@pytest.mark.parametrize("settings", [{"slop": "soon"}, {"slop": "1ms", "max_wait": "-1s"}])
def test_policies_refuse_what_is_no_duration(settings):
    with pytest.raises(DataError, match="duration"):
        approximate(**settings)


def test_policies_refuse_no_capacity():
    with pytest.raises(PipelineError, match="capacity"):
        approximate("1ms", capacity=0)
