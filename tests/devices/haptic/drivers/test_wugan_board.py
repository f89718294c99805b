import math
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wugan.devices.haptic.driver import EmergencyStopLatched
from wugan.devices.haptic.drivers import wugan_frames as wire
from wugan.devices.haptic.drivers.wugan_board import WuganBoard
from wugan.devices.haptic.emulators.wugan_board import EmulatedWuganBoard
from wugan.errors import DeviceError

Join = Callable[[WuganBoard, EmulatedWuganBoard], Any]


def answer(seq: int, position: tuple[float, ...] = (0.01, -0.02, 0.03)) -> bytes:
    payload = wire.STATE.pack(1, 3, 0, 1000) + struct.pack("<9f", *position, 0, 0, 0, 0, 0, 0)
    return wire.pack(wire.Type.STATE, seq, payload)


def sequence(frame: bytes) -> int:
    unpacked = wire.unpack(frame.rstrip(b"\0").rpartition(b"\0")[2])
    assert isinstance(unpacked, wire.Frame)
    return unpacked.seq


def test_the_handshake_takes_the_spec_from_the_device(handshaken: Join) -> None:
    driver = WuganBoard(axes=2, space="joint", max_output=1.0, watchdog_ms=20)
    handshaken(driver, EmulatedWuganBoard(axes=2, space="joint", max_output=0.25, workspace=1.5, max_rate_hz=2000))
    assert driver.spec.max_output == (0.25, 0.25)
    assert driver.spec.workspace == ((-1.5, 1.5), (-1.5, 1.5))
    assert driver.spec.max_rate_hz == 2000
    assert driver.spec.watchdog_s == 0.02
    assert driver.spec.reads_without_commanding and driver.spec.measures_velocity
    assert driver.identity == bytes(range(16))


@pytest.mark.parametrize("absolute", [True, False])
def test_the_emulated_device_says_the_same_of_itself(handshaken: Join, absolute: bool) -> None:
    driver, device = WuganBoard(), EmulatedWuganBoard(absolute=absolute)
    handshaken(driver, device)
    assert driver.spec == device.spec
    assert driver.spec.keeps_position is absolute


@pytest.mark.parametrize("piece", [1, 7, None])
def test_one_answer_for_each_command(handshaken: Join, piece: int | None) -> None:
    device = EmulatedWuganBoard()
    line = handshaken(WuganBoard(ramp_ms=0, slew=1e6), device)
    device.sense(np.array([0.01, -0.02, 0.03]), np.array([0.1, 0.0, -0.1]))
    line.exchange((1.0, -2.0, 0.5))
    line.wait(0.001)
    (state,) = line.exchange((1.0, -2.0, 0.5), piece=piece)
    assert state.position == pytest.approx((0.01, -0.02, 0.03))
    assert state.velocity == pytest.approx((0.1, 0.0, -0.1))
    assert state.output == (1.0, -2.0, 0.5)
    assert {"armed", "output"} <= state.flags
    assert state.fault == ""


def test_the_published_command_is_what_the_driver_sends() -> None:
    driver = WuganBoard()
    driver._seq = 0x0101
    assert driver.command((1.0, -2.0, 0.5)).hex(" ") == (
        "07 01 03 02 01 01 03 01 01 01 03 80 3f 01 01 02 c0 01 01 06 3f ae be 7d bc 00"
    )


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=3, max_size=3))
def test_only_finite_outputs_within_the_range_are_sent(output: list[float]) -> None:
    driver = WuganBoard(max_output=8.0)
    if not all(map(math.isfinite, output)):
        with pytest.raises(ValueError, match="not finite"):
            driver.command(output)
        return
    frame = wire.unpack(driver.command(output)[:-1])
    assert isinstance(frame, wire.Frame)
    sent = struct.unpack("<3f", frame.payload[4:])
    assert all(abs(value) <= 8.0 for value in sent)


def test_another_number_of_values_is_refused() -> None:
    with pytest.raises(ValueError, match="2 values for a device of 3 axes"):
        WuganBoard().command((0.0, 0.0))


def test_late_and_duplicate_answers_are_discarded() -> None:
    driver = WuganBoard()
    old = sequence(driver.command((0, 0, 0)))
    new = sequence(driver.command((0, 0, 0)))
    assert driver.feed(answer(old)) == []
    assert len(driver.feed(answer(new))) == 1
    assert driver.feed(answer(new)) == []
    assert driver.feed(answer(old)) == []
    assert driver.dropped == {"late": 2, "duplicate": 1}


def test_nothing_is_accepted_after_a_reset() -> None:
    driver = WuganBoard()
    seq = sequence(driver.command((0, 0, 0)))
    driver.reset()
    assert driver.feed(answer(seq)) == []


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_state_that_is_not_finite_is_dropped_whole(bad: float) -> None:
    driver = WuganBoard()
    seq = sequence(driver.command((0, 0, 0)))
    assert driver.feed(answer(seq, (0.0, bad, 0.0))) == []
    assert driver.dropped == {"non-finite": 1}


@given(st.integers(1, 60), st.integers(0, 51))
def test_a_cut_costs_at_most_one_frame(length: int, at: int) -> None:
    driver = WuganBoard()
    frames = [answer(sequence(driver.command((0, 0, 0)))) for _ in range(2)]
    frames[0] = frames[0][:at] + frames[0][at + length :]
    assert len(driver.feed(b"".join(frames))) == (1 if frames[0].endswith(b"\0") or not frames[0] else 0)
    assert len(driver.feed(answer(sequence(driver.command((0, 0, 0)))))) == 1


@given(st.binary(max_size=600))
def test_garbage_costs_at_most_one_frame(garbage: bytes) -> None:
    driver = WuganBoard()
    driver.feed(garbage)
    first = driver.feed(answer(sequence(driver.command((0, 0, 0)))))
    if garbage.endswith(b"\0") or not garbage:
        assert len(first) == 1
    assert len(driver.feed(answer(sequence(driver.command((0, 0, 0)))))) == 1


def test_the_sequence_and_the_device_clock_wrap() -> None:
    driver = WuganBoard()
    driver._seq = 0xFFFE
    clocks = []
    for micros in (0xFFFFFF00, 0xFFFFFFFF, 0x00000100):
        seq = sequence(driver.command((0, 0, 0)))
        payload = wire.STATE.pack(1, 3, 0, micros) + bytes(36)
        (state,) = driver.feed(wire.pack(wire.Type.STATE, seq, payload))
        clocks.append(state.device_time_s)
    assert seq == 1
    assert clocks[2] - clocks[0] == pytest.approx(0x200 / 1e6)


def test_reading_asks_for_the_state_and_commands_nothing(handshaken: Join) -> None:
    driver, device = WuganBoard(ramp_ms=0, slew=1e6), EmulatedWuganBoard()
    line = handshaken(driver, device)
    line.exchange((1.0, 0.0, 0.0))
    line.wait(0.02)
    before = device.output.copy()
    assert len(driver.feed(line.write(driver.read()))) == 1
    np.testing.assert_array_equal(device.output, before)
    line.wait(0.029)
    assert device.output.any()
    line.write(driver.read())
    line.wait(0.002)  # 51 ms after the command: reads in between did not feed the watchdog
    assert not device.output.any()


def test_a_refusal_is_told_in_words(handshaken: Join) -> None:
    driver, device = WuganBoard(), EmulatedWuganBoard()
    line = handshaken(driver, device)
    device.power_cycle()
    assert line.exchange((1.0, 0.0, 0.0)) == []
    assert "NOT_ARMED" in driver.error
    assert driver.dropped == {"error": 1}


@pytest.mark.parametrize(
    ("driver", "device", "message"),
    [
        (WuganBoard(axes=2), EmulatedWuganBoard(axes=3), "set axes=3"),
        (WuganBoard(space="joint"), EmulatedWuganBoard(), "space='cartesian'"),
        (WuganBoard(), EmulatedWuganBoard(space="joint"), "space='joint'"),
        (WuganBoard(), EmulatedWuganBoard(max_rate_hz=0), "cannot be"),
    ],
)
def test_another_device_than_expected(
    handshaken: Join, driver: WuganBoard, device: EmulatedWuganBoard, message: str
) -> None:
    with pytest.raises(DeviceError, match=message):
        handshaken(driver, device)


def test_a_device_with_a_fault_is_not_armed(handshaken: Join) -> None:
    device = EmulatedWuganBoard()
    device.set_fault(3)
    with pytest.raises(DeviceError, match="position sensor failed"):
        handshaken(WuganBoard(), device)


def test_a_latched_stop_is_released_only_on_request_and_only_once(handshaken: Join) -> None:
    driver, device = WuganBoard(), EmulatedWuganBoard()
    line = handshaken(driver, device)
    line.write(driver.emergency_stop())
    with pytest.raises(EmergencyStopLatched, match="clear_estop=True"):
        line.recover()
    driver.clear_estop = True
    line.recover()
    assert driver.clear_estop is False
    (state,) = line.exchange((0, 0, 0))
    assert "armed" in state.flags and "estop" not in state.flags


def test_a_pressed_button_cannot_be_released_from_the_host(handshaken: Join) -> None:
    device = EmulatedWuganBoard()
    device.press_estop(True)
    with pytest.raises(EmergencyStopLatched, match="still pressed"):
        handshaken(WuganBoard(clear_estop=True), device)


def test_a_silent_line_times_out(handshaken: Join) -> None:
    class Silent(EmulatedWuganBoard):
        def receive(self, data: bytes, now_s: float) -> bytes:
            return b""

    with pytest.raises(TimeoutError):
        handshaken(WuganBoard(), Silent())


def test_stop_works_in_the_middle_of_a_frame(handshaken: Join) -> None:
    driver, device = WuganBoard(ramp_ms=0, slew=1e6), EmulatedWuganBoard()
    line = handshaken(driver, device)
    line.exchange((1.0, 0.0, 0.0))
    line.wait(0.002)
    assert device.output.any()
    line.write(driver.command((2.0, 0.0, 0.0))[:9])
    line.write(driver.stop())
    assert not device.output.any()


@pytest.mark.parametrize(
    "wrong",
    [
        {"axes": 0},
        {"axes": 9},
        {"watchdog_ms": 0},
        {"watchdog_ms": 501},
        {"ramp_ms": 70_000},
        {"limit": math.nan},
        {"slew": 0.0},
        {"space": "polar"},
    ],
)
def test_values_out_of_range_are_refused_before_anything_is_sent(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        WuganBoard(**wrong)
