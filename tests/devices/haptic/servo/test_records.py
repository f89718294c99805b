from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from wugan.devices.haptic.safety.events import Code, SafetyEvent
from wugan.devices.haptic.servo.memory import EVENT_BYTES, STATE_BYTES, Record, RecordCodec, pack_event, unpack_event

TIMES = st.integers(0, 2**62)
NUMBERS = st.floats(allow_nan=False)


@given(st.integers(1, 8).flatmap(lambda axes: st.tuples(*[st.lists(NUMBERS, min_size=axes, max_size=axes)] * 3)), TIMES)
def test_a_record_comes_back(values: tuple[list[float], ...], time_ns: int) -> None:
    position, velocity, output = (tuple(each) for each in values)
    codec = RecordCodec(len(position))
    data = codec.pack(time_ns + 1000, time_ns, 0.5, -1e-6, position, velocity, output)
    assert codec.unpack(7, data) == Record(7, time_ns + 1000, time_ns, 0.5, -1e-6, position, velocity, output)
    assert abs(codec.unpack(7, data).round_trip_s - 1e-6) < 1e-12


def test_a_device_without_a_clock_has_no_time() -> None:
    codec = RecordCodec(1)
    assert math.isnan(codec.unpack(1, codec.pack(0, 0, None, 0.0, (0.0,), (0.0,), (0.0,))).device_time_s)


def test_records_of_the_widest_device_have_room() -> None:
    assert RecordCodec(16).size <= STATE_BYTES


@given(st.sampled_from(Code), TIMES, st.text(max_size=60))
def test_an_event_comes_back(code: Code, time_ns: int, detail: str) -> None:
    event = SafetyEvent(code, time_ns, detail)
    data = pack_event(event)
    assert len(data) <= EVENT_BYTES
    found = unpack_event(data)
    assert (found.code, found.time_ns) == (code, time_ns)
    assert detail.startswith(found.detail)
    assert found.detail == detail or len(detail.encode()) > 200


def test_a_long_detail_is_cut_between_characters() -> None:
    assert unpack_event(pack_event(SafetyEvent(Code.LOST, 1, "é" * 300))).detail == "é" * 100
