from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wugan.devices.haptic.driver import EmergencyStopLatched
from wugan.devices.haptic.drivers.odrive import END_HALF_LINE, ODrive, line, unline
from wugan.devices.haptic.emulators.odrive import EmulatedODrive
from wugan.devices.haptic.emulators.pty import Faults, Line
from wugan.errors import DeviceError

Join = Callable[..., Any]
TURN = 2 * math.pi


@pytest.mark.parametrize(
    ("text", "raw"),
    [
        ("r vbus_voltage ", b"r vbus_voltage *93\n"),
        ("c 0 0.3", b"c 0 0.3*126\n"),
        ("f 0", b"f 0*118\n"),
        ("u 0", b"u 0*101\n"),
    ],
)
def test_the_published_checksums(text: str, raw: bytes) -> None:
    assert line(text) == raw
    assert unline(raw.rstrip()) == text


@pytest.mark.parametrize("raw", [b"24.087744*33", b"24.087744", b"24.087744*", b"*", b"", b"1*049*0", b"1.0*-3"])
def test_a_wrong_checksum_is_no_line(raw: bytes) -> None:
    assert unline(raw) is None
    assert unline(b"24.087744*32") == "24.087744"


@pytest.mark.parametrize("axes", [1, 2])
def test_handshake_arms_the_watchdog_and_leaves_zero_torque(axes: int, handshaken: Join) -> None:
    device = EmulatedODrive(axes=axes)
    driver = ODrive(axes=axes)
    # An older session: torque stored, watchdog expired and latched.
    for axis in range(axes):
        config = f"axis{axis}.config"
        device.receive(f"c {axis} 0.3\nw {config}.watchdog_timeout 0.01\nw {config}.enable_watchdog 1\n".encode(), 0.0)
    joined = handshaken(driver, device)
    assert device.output.tolist() == [0.0] * axes
    assert driver.spec == device.spec
    assert driver.serial == "2084387E304E"
    for axis in range(axes):
        mine = device.axes[axis].properties
        assert mine["current_state"] == 8 and mine["config.enable_watchdog"]
        assert mine["config.watchdog_timeout"] == pytest.approx(0.05)
    assert b"\r" not in joined.sent
    assert all(unline(part) is not None for part in joined.sent.replace(END_HALF_LINE, b"").split(b"\n")[:-1])


def test_a_period_byte_for_byte(handshaken: Join) -> None:
    device = EmulatedODrive()
    joined = handshaken(ODrive(), device)
    device.sense(np.array([1.25 * TURN]), np.array([-0.5 * TURN]))
    before = len(joined.sent)
    (state,) = joined.exchange([0.25])
    assert bytes(joined.sent[before:]) == b"c 0 0.25000*122\nf 0*118\n"
    assert state.position == pytest.approx([1.25 * TURN]) and state.velocity == pytest.approx([-0.5 * TURN])
    assert state.flags == {"armed"} and state.fault == ""
    assert device.output == pytest.approx([0.25])


@pytest.mark.parametrize("piece", [None, 1, 7])
def test_two_axes_in_one_cycle(piece: int | None, handshaken: Join) -> None:
    device = EmulatedODrive(axes=2)
    joined = handshaken(ODrive(axes=2), device)
    for period in range(100):
        device.sense(np.array([period * 0.01, -0.5]), np.array([0.1, 0.2]))
        joined.wait(0.001)
        (state,) = joined.exchange([0.1, -0.2], piece=piece)
        assert state.position == pytest.approx([period * 0.01, -0.5], abs=1e-3)
        assert "armed" in state.flags
    assert device.output == pytest.approx([0.1, -0.2])


def test_the_command_saturates_and_refuses_what_is_not_finite(handshaken: Join) -> None:
    device, driver = EmulatedODrive(), ODrive()
    joined = handshaken(driver, device)
    joined.exchange([99.0])
    assert device.output == pytest.approx([0.4])
    for wrong in ([math.nan], [math.inf], [0.1, 0.1], []):
        with pytest.raises(ValueError):
            driver.command(wrong)


def test_silence_lets_the_device_disarm_and_the_driver_says_so(handshaken: Join) -> None:
    device, driver = EmulatedODrive(), ODrive()
    joined = handshaken(driver, device)
    joined.exchange([0.2])
    joined.wait(0.06)
    assert device.output == [0.0]
    states = [joined.exchange([0.2])[0] for _ in range(20)]
    assert device.output == [0.0]
    assert "armed" not in states[-1].flags and {"fault", "watchdog"} <= states[-1].flags
    assert "watchdog expired" in states[-1].fault
    joined.recover()
    assert driver.error == "axis0: axis: watchdog expired"
    assert joined.exchange([0.1])[0].fault == ""
    assert device.output == pytest.approx([0.1])


def test_someone_else_disarms_it(handshaken: Join) -> None:
    device, driver = EmulatedODrive(), ODrive()
    joined = handshaken(driver, device)
    device.receive(b"w axis0.requested_state 1\n", joined.now_s)
    assert any("disarmed" in joined.exchange([0.2])[0].fault for _ in range(20))


@pytest.mark.parametrize(
    "half", [b"w axis0.requested_state", b"c 0 0.3", b"w axis0.requested_state 8", b"r vbus_v", b""]
)
def test_stop_works_behind_half_a_line(half: bytes, handshaken: Join) -> None:
    device, driver = EmulatedODrive(), ODrive()
    joined = handshaken(driver, device)
    joined.exchange([0.2])
    device.receive(half, joined.now_s)
    assert joined.write(driver.stop()) == b""
    assert device.output == [0.0]
    assert device.axes[0].properties["controller.input_torque"] == 0.0


def test_a_half_line_of_an_older_session_is_not_run(line: Join) -> None:
    device, driver = EmulatedODrive(), ODrive()
    device.receive(b"w axis0.requested_state 8\nc 0 0.3\nw axis0.requested_state 1\n", 0.0)
    device.receive(b"w axis0.config.watchdog_timeout 8\nw axis0.requested_state", 0.0)
    joined = line(driver, device)
    joined.write(END_HALF_LINE)
    assert device.output == [0.0]


def test_an_emergency_stop_is_cleared_only_when_asked(handshaken: Join) -> None:
    device, driver = EmulatedODrive(), ODrive()
    device.receive(b"w axis0.error 16384\n", 0.0)
    with pytest.raises(EmergencyStopLatched, match="clear_estop=True"):
        handshaken(driver, device)
    driver.clear_estop = True
    handshaken(driver, device)
    assert not driver.clear_estop and device.axes[0].properties["error"] == 0


def test_not_calibrated_is_told_with_what_to_do(handshaken: Join) -> None:
    with pytest.raises(DeviceError, match=r"does not go to closed loop: axis: invalid state.*Calibrate"):
        handshaken(ODrive(), EmulatedODrive(calibrated=False))


def test_another_firmware_and_another_device_are_told(handshaken: Join) -> None:
    with pytest.raises(DeviceError, match="no ODrive v3 with firmware 0.5"):
        handshaken(ODrive(), EmulatedODrive(firmware="0.6.8"))
    device = EmulatedODrive()
    device.receive = lambda data, now_s: b"[sys.0.errors?|]\n"  # type: ignore[method-assign]
    with pytest.raises(TimeoutError, match="no answer"):
        handshaken(ODrive(), device)


@settings(max_examples=30)
@given(st.integers(0, 2**32), st.floats(0.0, 0.02))
def test_lost_bytes_are_survived_or_told(handshaken: Join, seed: int, loss: float) -> None:
    device, driver = EmulatedODrive(), ODrive()
    faults = Faults(seed=seed, loss=loss)
    commands, answers, receive = Line(faults, "commands"), Line(faults, "answers"), device.receive

    def lossy(data: bytes, now_s: float) -> bytes:
        commands.put(data, now_s)
        answers.put(receive(commands.take(now_s), now_s), now_s)
        return answers.take(now_s)

    device.receive = lossy  # type: ignore[method-assign]
    try:
        joined = handshaken(driver, device)
    except (DeviceError, TimeoutError):
        return
    assert device.axes[0].properties["config.enable_watchdog"]
    for _ in range(20):
        device.sense(np.array([0.5]), np.zeros(1))
        for state in joined.exchange([0.1]):
            assert state.position == pytest.approx([0.5], abs=1e-3)


def test_damaged_late_and_unasked_lines_are_dropped_and_counted() -> None:
    driver = ODrive()
    assert driver.feed(line("1.250000 -0.500000")) == []
    driver.read()
    assert driver.feed(b"1.250000 -0.500000\r\n") == []
    assert driver.feed(b"1.250000 -0.400000*14\r\n") == []
    assert driver.feed(line("nan -0.500000")) == []
    assert driver.feed(line("1.250000 -0.500000")) == []  # the answer was used up by the one before
    assert driver.feed(b"9" * 300) == []
    assert driver.dropped == {"unasked": 2, "checksum": 2, "unexpected": 1, "length": 1}


def test_what_cannot_be_is_refused() -> None:
    for wrong in ({"axes": 3}, {"watchdog_s": 0.0}, {"max_velocity": math.nan}, {"workspace": 0.0}, {"check_every": 0}):
        with pytest.raises(ValueError):
            ODrive(**wrong)  # type: ignore[arg-type]


text = st.text("0123456789.- *naif\r\n", max_size=30).map(str.encode)
answers = st.sampled_from([line("1.250000 -0.500000"), line("0"), line("8"), line("unknown command"), line("nan nan")])


@given(st.lists(st.one_of(st.binary(max_size=40), text, answers)), st.booleans())
def test_feed_never_raises_and_states_are_finite(parts: list[bytes], two: bool) -> None:
    driver = ODrive(axes=1 + two)
    for part in parts:
        driver.command([0.0] * (1 + two))
        for state in driver.feed(part):
            assert len(state.position) == 1 + two
            assert state.velocity is not None and all(map(math.isfinite, state.position + state.velocity))


@given(st.integers(0, 22), st.integers(0, 7))
def test_a_flipped_bit_gives_no_state(at: int, bit: int) -> None:
    driver = ODrive()
    driver.read()
    damaged = bytearray(b"1.250000 -0.500000*14\r\n")
    damaged[at] ^= 1 << bit
    assert driver.feed(bytes(damaged)) == []


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=2))
def test_every_command_stays_within_the_limits(handshaken: Join, output: list[float]) -> None:
    device = EmulatedODrive(axes=2)
    joined = handshaken(ODrive(axes=2), device)
    (state,) = joined.exchange(output)
    assert state.fault == ""
    assert device.output == pytest.approx(np.clip(output, -0.4, 0.4), abs=1e-5)


fragments = st.lists(
    st.one_of(
        st.binary(max_size=30),
        st.text("cwrfupvt 01389.-+einfa*;!\r\n", max_size=20).map(str.encode),
        st.sampled_from(
            [b"w axis0.requested_state", b"c 0 0.3", b"w axis0.", b"sr\n", b"x" * 300, b"c 0 nan\n", b" 8"]
        ),
    ),
    max_size=5,
).map(b"".join)


@settings(max_examples=60)
@given(fragments, st.integers(0, 22))
def test_stop_from_any_state(handshaken: Join, garbage: bytes, cut: int) -> None:
    joined = handshaken(ODrive(), EmulatedODrive())
    joined.exchange([0.2])
    joined.write(joined.driver.command([0.3])[:cut] + garbage)
    joined.write(joined.driver.stop())
    assert joined.device.output == [0.0]


@settings(max_examples=60)
@given(fragments, st.integers(1, 9))
def test_in_step_after_garbage_within_one_handshake(handshaken: Join, garbage: bytes, piece: int) -> None:
    joined = handshaken(ODrive(), EmulatedODrive())
    joined.driver.command([0.1])
    for begin in range(0, len(garbage), piece):
        joined.driver.feed(garbage[begin : begin + piece])
    joined.write(garbage)
    try:
        joined.recover()
    except DeviceError:  # the garbage was an emergency stop, or another setting that needs a hand
        assert joined.device.output == [0.0]
        return
    assert joined.device.output == [0.0]
    assert len(joined.exchange([0.1])) == 1
    assert joined.device.output == pytest.approx([0.1])
