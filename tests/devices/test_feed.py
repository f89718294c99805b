"""`Feed` under any order of putting and taking."""

from __future__ import annotations

import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wugan.devices.feed import Feed
from wugan.errors import DeviceError
from wugan.packet import Packet


def feed(capacity: int = 4, live: bool = True, silent_s: float | None = None) -> Feed[int]:
    return Feed("sensor", capacity, live, lambda packet: packet.data, silent_s)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.one_of(st.integers(1, 5), st.just("take")), max_size=40), st.integers(1, 8))
def test_every_packet_is_given_in_order_or_counted_as_lost(steps: list[int | str], capacity: int) -> None:
    queue = feed(capacity)
    stream = queue.stream()
    put, got, told = [], [], 0
    waiting = 0
    for step in [*steps, "end"]:
        if isinstance(step, int):
            queue.put(Packet(step, len(put)))
            put.append(step)
            waiting += 1
        elif step == "end":
            queue.end()
            for packet in stream:
                got.append(packet)
        elif waiting:  # somebody would wait for ever else
            got.append(next(stream))
            waiting = len(put) - 1 - got[-1].seq
    told = sum(packet.attrs.get("lost", 0) for packet in got)
    numbers = [packet.seq for packet in got]
    assert numbers == sorted(set(numbers)) and all(packet.data == put[packet.seq] for packet in got)
    assert sum(put) == sum(packet.data for packet in got) + told and told == queue.lost
    assert queue.captured == len(put)


def test_one_packet_may_always_wait_however_large() -> None:
    queue = feed(capacity=2)
    queue.put(Packet(100, 0))
    queue.end()
    assert [packet.data for packet in queue.stream()] == [100]


def test_a_file_waits_until_there_is_room_and_ends_when_it_is_closed() -> None:
    queue = feed(capacity=2, live=False)

    def write() -> None:
        for number in range(5):
            queue.put(Packet(1, number))
        queue.end()

    writer = threading.Thread(target=write)
    writer.start()
    time.sleep(0.05)
    assert queue.captured == 3  # the third waits
    assert next(queue.stream()).time_ns == 0
    queue.closing.set()
    queue.wake()
    writer.join(5)
    assert not writer.is_alive() and [packet.time_ns for packet in queue.stream()][:2] == [1, 2]


def test_an_error_comes_after_what_came_before_and_again() -> None:
    queue = feed()
    queue.put(Packet(1, 0))
    queue.end(DeviceError("gone"))
    stream = queue.stream()
    next(stream)
    for _ in range(2):
        with pytest.raises(DeviceError, match="gone"):
            next(queue.stream())
