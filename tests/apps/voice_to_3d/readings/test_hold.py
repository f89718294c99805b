"""A sentence meets what was heard at its moment, and the last scan before it."""

from __future__ import annotations

from wugan.apps.voice_to_3d.readings.hold import Hold
from wugan.packet import Packet
from wugan.sync import Window

STREAMS = ("said", "voice", "thing")


def packet(stream: str, time_ns: int, seq: int = 0) -> Packet[str]:
    return Packet(f"{stream}@{time_ns}", time_ns, stream=stream, seq=seq)


def seen(windows: list[Window]) -> list[list[str]]:
    return [[one.data for one in window.packets.values()] for window in windows]


def test_windows_do_not_depend_on_what_arrives_first() -> None:
    first = [("said", 10), ("said", 20), ("voice", 10), ("voice", 20), ("thing", 0)]
    for order in (first, first[::-1], first[2:] + first[:2]):
        sync = Hold(reference="said", held=("thing",)).synchronizer(STREAMS)
        windows = []
        for name in STREAMS:
            for number, (stream, time_ns) in enumerate(sorted(one for one in order if one[0] == name)):
                windows += sync.push(stream, packet(stream, time_ns, number))
        for name in dict.fromkeys(name for name, _ in order):
            windows += sync.end(name)
        assert seen(windows) == [["said@10", "voice@10", "thing@0"], ["said@20", "voice@20", "thing@0"]]


def test_a_sentence_waits_for_the_scan_and_takes_the_last_before_it() -> None:
    sync = Hold(reference="said", held=("thing",)).synchronizer(STREAMS)
    assert sync.push("said", packet("said", 10)) == []
    assert sync.push("voice", packet("voice", 10)) == []
    windows = sync.push("thing", packet("thing", 0)) + sync.push("thing", packet("thing", 5, 1))
    windows += sync.push("thing", packet("thing", 15, 2))
    assert seen(windows) == [["said@10", "voice@10", "thing@5"]]


def test_an_earlier_voice_is_not_taken_for_this_one() -> None:
    sync = Hold(reference="said", held=("thing",)).synchronizer(STREAMS)
    windows = sync.push("voice", packet("voice", 5)) + sync.end("voice") + sync.end("thing")
    windows += sync.push("said", packet("said", 10)) + sync.end("said")
    assert seen(windows) == [["said@10"]]
