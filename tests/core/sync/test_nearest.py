"""`nearest`: the packet next to the trigger in time, after a bounded wait."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wugan import Packet, nearest
from wugan.errors import DataError, PipelineError
from wugan.sync import Synchronizer, Window

NAMES = ["lidar", "camera"]


def push(synchronizer: Synchronizer, stream: str, *times: int) -> list[Window]:
    return [w for t in times for w in synchronizer.push(stream, Packet(None, t, stream=stream, seq=t))]


def shape(windows: list[Window]) -> list[dict[str, int]]:
    return [{name: packet.time_ns for name, packet in window.packets.items()} for window in windows]


def test_the_nearest_and_not_the_newest() -> None:
    synchronizer = nearest("50ns").synchronizer(NAMES)
    push(synchronizer, "camera", 60, 95, 130)
    assert shape(push(synchronizer, "lidar", 100)) == [{"lidar": 100, "camera": 95}]


def test_it_waits_for_a_nearer_one_where_one_is_due() -> None:
    synchronizer = nearest("50ns", wait="1h").synchronizer(NAMES)
    push(synchronizer, "camera", 60, 90)
    assert push(synchronizer, "lidar", 110) == []  # the next is due at 120, which is nearer than 90
    assert shape(push(synchronizer, "camera", 120)) == [{"lidar": 110, "camera": 120}]
    assert shape(push(synchronizer, "lidar", 122)) == [{"lidar": 122, "camera": 120}]  # the next is due at 150


def test_what_passes_the_trigger_s_time_or_ends_is_not_waited_for() -> None:
    synchronizer = nearest("10ns", wait="1h").synchronizer(NAMES)
    assert push(synchronizer, "lidar", 100) == []
    assert shape(synchronizer.advance("camera", 111)) == [{"lidar": 100}]
    assert push(synchronizer, "lidar", 200) == []
    assert shape(synchronizer.end("camera")) == [{"lidar": 200}]
    assert synchronizer.low_watermark() == 200


def test_a_silent_stream_is_waited_for_once() -> None:
    synchronizer = nearest("10ns", wait=0).synchronizer(NAMES)
    assert synchronizer.patience_s() > 1e9
    assert shape(push(synchronizer, "lidar", 100)) == [{"lidar": 100}]
    patient = nearest("10ns", wait="1h").synchronizer(NAMES)
    assert push(patient, "lidar", 100) == [] and 3500 < patient.patience_s() <= 3600
    patient.wait_s = 0.0  # type: ignore[attr-defined]
    assert shape(patient.poll()) == [{"lidar": 100}]
    patient.wait_s = 3600.0  # type: ignore[attr-defined]
    assert shape(push(patient, "lidar", 200)) == [{"lidar": 200}]  # it gave nothing: not waited for again
    push(patient, "camera", 250)
    assert push(patient, "lidar", 300) == []  # it is back


def test_packets_are_counted_when_no_window_took_them() -> None:
    synchronizer = nearest("50ns").synchronizer(NAMES)
    push(synchronizer, "camera", 10, 20, 30)
    push(synchronizer, "lidar", 31)
    push(synchronizer, "camera", 40, 50)
    push(synchronizer, "lidar", 52)
    push(synchronizer, "camera", 60, 70)
    assert synchronizer.drops == {"lidar": {}, "camera": {"unmatched": 3}}  # 10, 20, 40


def test_a_clock_that_was_set_back_holds_once_it_is_confirmed() -> None:
    synchronizer = nearest("50ns", wait=0).synchronizer(NAMES)
    push(synchronizer, "camera", 1000)
    assert shape(push(synchronizer, "lidar", 1000)) == [{"lidar": 1000, "camera": 1000}]
    assert push(synchronizer, "lidar", 990) == []  # out of order: one alone may be so
    assert shape(push(synchronizer, "lidar", 1100)) == [{"lidar": 1100}]
    assert push(synchronizer, "lidar", 100) == []
    assert shape(push(synchronizer, "lidar", 200)) == [{"lidar": 200}]
    push(synchronizer, "camera", 280, 300)
    assert shape(push(synchronizer, "lidar", 300)) == [{"lidar": 300, "camera": 300}]
    assert synchronizer.drops["lidar"] == {"late": 2} and synchronizer.drops["camera"]["late"] == 1


def test_jumps_and_duplicates_are_dropped() -> None:
    synchronizer = nearest("50ns", wait=0, max_jump="500ns", duplicates="drop").synchronizer(NAMES)
    assert len(push(synchronizer, "lidar", 100, 100, 5000, 200)) == 2
    assert synchronizer.drops["lidar"] == {"duplicate": 1, "jump": 1}
    assert len(push(synchronizer, "lidar", 5100, 5200)) == 1


def test_triggers_that_wait_are_bounded() -> None:
    synchronizer = nearest("10ns", wait="1h", capacity=2).synchronizer(NAMES)
    push(synchronizer, "lidar", 100, 200, 300)
    assert synchronizer.drops["lidar"] == {"overflow": 1} and not synchronizer.wants("lidar")
    assert synchronizer.wants("camera")
    assert synchronizer.clear() == 2


@pytest.mark.parametrize("settings", [{"max_age": "soon"}, {"max_age": "1ms", "wait": "-1s"}])
def test_what_is_no_duration(settings: dict[str, str]) -> None:
    with pytest.raises(DataError, match="duration"):
        nearest(**settings)  # type: ignore[arg-type]
    with pytest.raises(PipelineError, match="capacity"):
        nearest("1ms", capacity=0)


@given(
    st.lists(st.integers(1, 40), min_size=1, max_size=20),
    st.lists(st.integers(1, 40), max_size=40),
    st.randoms(use_true_random=False),
)
def test_waiting_long_enough_gives_the_nearest_of_all(lidar: list[int], camera: list[int], order: object) -> None:
    """Whatever the order of arrival between streams, each trigger gets a picture as near as the nearest of all."""
    triggers = [sum(lidar[: n + 1]) for n in range(len(lidar))]
    pictures = [sum(camera[: n + 1]) for n in range(len(camera))]
    synchronizer = nearest("30ns", wait="1h", capacity=1000).synchronizer(NAMES)
    windows: list[Window] = []
    left = {"lidar": triggers[:], "camera": pictures[:]}
    with patch("wugan.sync.nearest._EARLY", 0):  # what is expected of a regular stream would be wrong of this one
        while any(left.values()):
            stream = order.choice([name for name in NAMES if left[name]])  # type: ignore[attr-defined]
            windows += push(synchronizer, stream, left[stream].pop(0))
        windows += synchronizer.end("camera")
    assert [window.time_ns for window in windows] == triggers
    for window in windows:
        best = min((abs(t - window.time_ns) for t in pictures), default=99)
        got = window.packets.get("camera")
        assert (got is None) == (best > 30)
        assert got is None or abs(got.time_ns - window.time_ns) == best
