"""`StreamClock`: intervals are the stream's, whatever the network does to the arrivals."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from wugan.devices.camera import StreamClock

MS = 1_000_000
START = 7_000_000 * MS  # of the monotonic clock


def test_jitter_is_taken_out() -> None:
    rng, stream = random.Random(0), StreamClock()
    errors = []
    for number in range(1, 600):
        captured = START + number * 100 * MS
        delay = 30 * MS if number % 10 == 5 else rng.randrange(30 * MS, 90 * MS)
        errors.append(stream.captured_ns(number * 100 * MS, captured + delay) - captured - 30 * MS)
    assert max(map(abs, errors[50:])) < MS


def test_a_slower_clock_is_followed() -> None:
    stream = StreamClock()
    for number in range(1, 36_001):  # an hour
        captured = START + round(number * 100 * MS * 1.0001)
        error = stream.captured_ns(number * 100 * MS, captured + 5 * MS) - captured - 5 * MS
    assert abs(error) < MS


def test_a_new_start_of_the_stream_is_taken_as_one() -> None:
    stream = StreamClock()
    stream.captured_ns(500_000 * MS, START)
    assert stream.captured_ns(40 * MS, START + 3_000 * MS) == START + 3_000 * MS


def test_what_a_stall_held_back_keeps_its_times() -> None:
    stream = StreamClock()
    for number in range(1, 50):
        stream.captured_ns(number * 100 * MS, START + number * 100 * MS)
    arrival = START + 8_000 * MS  # three seconds without a picture, and then all of them at once
    for number in range(50, 80):
        assert stream.captured_ns(number * 100 * MS, arrival) == START + number * 100 * MS


def test_after_a_pause_that_the_stamps_leave_out_pictures_are_never_newer_and_soon_right() -> None:
    stream = StreamClock()
    late = []
    for number in range(1, 400):
        pause = 3_000 * MS if number > 100 else 0
        captured = START + number * 100 * MS + pause
        late.append(captured - stream.captured_ns(number * 100 * MS, captured))
    assert min(late) >= 0 and late[101] == 3_000 * MS and not any(late[202:])


@given(st.lists(st.tuples(st.integers(-(10**12), 10**13), st.integers(0, 10**10)), max_size=50))
def test_no_picture_is_captured_after_it_arrived(pictures: list[tuple[int, int]]) -> None:
    stream, arrival = StreamClock(), START
    for stamp, pause in pictures:
        arrival += pause
        assert stream.captured_ns(stamp, arrival) <= arrival


def test_a_stream_without_stamps_gets_its_arrivals() -> None:
    stream = StreamClock()
    assert [stream.captured_ns(0, START + k * MS) for k in range(5)] == [START + k * MS for k in range(5)]
