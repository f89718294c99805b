"""The reference firmware (C, on a simulated ATmega328P) under the real driver: the same demands as on the emulator."""

import contextlib
import math
import os
import struct
import subprocess
import tty
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from wugan.devices import haptic
from wugan.devices.haptic.driver import EmergencyStopLatched
from wugan.devices.haptic.drivers import wugan_frames as wire
from wugan.devices.haptic.drivers.wugan_board import WuganBoard
from wugan.devices.haptic.emulators.wugan_board import EmulatedWuganBoard
from wugan.devices.haptic.servo.port import SerialPort, readable
from wugan.errors import DeviceError

Join = Callable[[Any, Any], Any]
DUTY = 0.25 / 799  # N·m of one step of the PWM
ANSWER_S = 0.002
NONCE = 0x12345678


def make(**options: Any) -> WuganBoard:
    return WuganBoard(axes=2, space="joint", max_output=0.25, workspace=1.5708, **{"ramp_ms": 0, "slew": 1e4} | options)


def frames(data: bytes) -> list[wire.Frame]:
    got = [wire.unpack(part) for part in wire.Splitter().feed(data)]
    assert all(isinstance(frame, wire.Frame) for frame in got)
    return got  # type: ignore[return-value]


def codes(data: bytes) -> list[int]:
    """The error codes in what the device sent."""
    return [frame.payload[0] for frame in frames(data) if frame.type == wire.Type.ERROR]


def test_hello_arm_and_command_move_the_motors(handshaken: Join, board: Any) -> None:
    driver = make(watchdog_ms=50)
    line = handshaken(driver, board)
    assert driver.spec == board.spec
    assert driver.identity == b"wugan reference\0"
    (state,) = line.exchange((0.1, -0.05), wait_s=ANSWER_S)
    assert "armed" in state.flags
    (state,) = line.exchange((0.1, -0.05), wait_s=ANSWER_S)
    assert state.output == pytest.approx((0.1, -0.05))
    np.testing.assert_allclose(board.output, (0.1, -0.05), atol=DUTY)
    assert state.device_time_s == pytest.approx(board.now_s, abs=0.003)


def test_the_encoders_are_read_in_radians(handshaken: Join, board: Any) -> None:
    driver = make()
    line = handshaken(driver, board)
    board.sense(np.array([0.2, -0.1]), np.zeros(2))
    line.now_s = board.now_s
    (state,) = driver.feed(line.write(driver.read()) + line.wait(ANSWER_S))
    assert state.position == pytest.approx((0.2, -0.1), abs=1 / 325.949)
    assert state.velocity is not None and state.velocity[0] > 0 > state.velocity[1]


@pytest.mark.parametrize("watchdog", [5, 50])
def test_the_watchdog_trips_at_its_time_and_stays(handshaken: Join, board: Any, watchdog: int) -> None:
    driver = make(watchdog_ms=watchdog)
    line = handshaken(driver, board)
    line.exchange((0.1, 0.1), wait_s=ANSWER_S)
    assert board.output.any()
    sent = board.now_s
    board.receive(driver.command((0.1, 0.1)), sent)
    while board.output.any():
        board.run(0.00025)
    # The frame takes 0.22 ms over the line, and the firmware counts in milliseconds.
    assert watchdog - 1 <= (board.now_s - sent) * 1000 <= watchdog + 1
    line.now_s = board.now_s
    assert line.exchange((0.1, 0.1), wait_s=ANSWER_S) == []
    assert "NOT_ARMED" in driver.error and not board.output.any()
    line.recover()
    line.exchange((0.1, 0.1), wait_s=ANSWER_S)
    assert board.output.any()


def test_the_emergency_stop_needs_no_session_and_latches(handshaken: Join, board: Any) -> None:
    driver = make()
    line = handshaken(driver, board)
    line.exchange((0.1, 0.1), wait_s=ANSWER_S)
    assert board.output.any()
    half = driver.command((0.2, 0.2))[:9]
    board.receive(half + wire.ESTOP_FRAME * 2, board.now_s)
    board.run((len(half) + 2 * len(wire.ESTOP_FRAME)) * 10e-6 + 1e-4)  # zero as its last byte comes, not a tick later
    assert not board.output.any()
    line.now_s = board.now_s
    line.wait(ANSWER_S)
    with pytest.raises(EmergencyStopLatched, match="clear_estop"):
        line.recover()
    driver.clear_estop = True
    line.recover()
    line.exchange((0.1, 0.1), wait_s=ANSWER_S)
    assert board.output.any()


def test_the_emergency_stop_gets_through_an_overrun(handshaken: Join, board: Any) -> None:
    line = handshaken(make(), board)
    line.exchange((0.1, 0.1), wait_s=ANSWER_S)
    line.write(b"\x55" * 400 + b"\0" + wire.ESTOP_FRAME)
    line.wait(0.006)
    assert not board.output.any()
    (state,) = frames(line.write(wire.ESTOP_FRAME) + line.wait(ANSWER_S))
    assert wire.STATE.unpack_from(state.payload)[0] & wire.Status.ESTOP


def test_the_button_stops_and_a_broken_wire_reads_as_pressed(handshaken: Join, board: Any) -> None:
    driver = make()
    line = handshaken(driver, board)
    line.exchange((0.1, 0.1), wait_s=ANSWER_S)
    board.set_pin("C0", 1)
    line.wait(0.002)
    assert not board.output.any()
    driver.clear_estop = True
    with pytest.raises(EmergencyStopLatched, match="still pressed"):
        line.recover()


def test_a_fault_of_the_bridges_stops(handshaken: Join, board: Any) -> None:
    line = handshaken(make(), board)
    line.exchange((0.1, 0.1), wait_s=ANSWER_S)
    board.set_pin("C1", 0)
    line.wait(0.002)
    assert not board.output.any()
    with pytest.raises(DeviceError, match="motor driver failed"):
        line.recover()


def test_a_damaged_command_is_refused_and_costs_one_frame(handshaken: Join, board: Any) -> None:
    driver = make()
    line = handshaken(driver, board)
    damaged = bytearray(driver.command((0.2, 0.2)))
    damaged[-3] ^= 0x10
    assert codes(line.write(bytes(damaged)) + line.wait(ANSWER_S)) == [wire.ErrorCode.CRC]
    assert not board.output.any()
    assert len(line.exchange((0.1, 0.1), wait_s=ANSWER_S)) == 1


def test_a_reboot_never_resumes(handshaken: Join, board: Any) -> None:
    driver = make()
    line = handshaken(driver, board)
    line.exchange((0.1, 0.1), wait_s=ANSWER_S)
    assert board.output.any()
    board.power_cycle()
    line.wait(0.005)
    for _ in range(3):
        assert line.exchange((0.1, 0.1), wait_s=ANSWER_S) == []
        assert "NOT_ARMED" in driver.error
        assert not board.output.any()
    old = wire.ARM.pack(NONCE, 50, 0, 0.25, 1e4)
    assert codes(line.write(wire.pack(wire.Type.ARM, 99, old)) + line.wait(ANSWER_S)) == [wire.ErrorCode.NONCE]


def test_ramp_and_limit_live_in_the_firmware(handshaken: Join, board: Any) -> None:
    line = handshaken(make(ramp_ms=100, limit=0.1), board)
    armed, seen = line.now_s, []
    for _ in range(40):
        (state,) = line.exchange((0.25, -0.25), wait_s=0.003)
        assert abs(board.output[0]) <= 0.1 * min((line.now_s - armed) / 0.1, 1.0) + 2 * DUTY + 0.002
        assert "clamped" in state.flags
        seen.append("ramping" in state.flags)
    assert seen[0] and not seen[-1]
    np.testing.assert_allclose(board.output, (0.1, -0.1), atol=DUTY)


def test_a_force_falls_at_once_and_turns_round_from_zero(handshaken: Join, board: Any) -> None:
    line = handshaken(make(slew=10.0), board)
    for _ in range(8):
        line.exchange((0.1, -0.1), wait_s=0.003)
    np.testing.assert_allclose(board.output, (0.1, -0.1), atol=DUTY)
    line.exchange((0.02, 0.2), wait_s=ANSWER_S)
    assert board.output[0] == pytest.approx(0.02, abs=DUTY)
    assert 0 < board.output[1] <= 0.02 + DUTY  # two ticks of 10 N·m/s
    line.exchange((-0.2, 0.2), wait_s=ANSWER_S)
    assert -0.03 - DUTY <= board.output[0] < 0


def test_it_keeps_the_rate_that_it_says(handshaken: Join, board: Any) -> None:
    driver = make(watchdog_ms=5)
    handshaken(driver, board)
    for _ in range(200):
        board.receive(driver.command((0.05, 0.05)), board.now_s)
        assert len(driver.feed(board.run(1 / driver.spec.max_rate_hz))) == 1
    assert driver.dropped == {}


FORCE = struct.pack("<2f", 0.1, -0.1)
TORQUE, READ = wire.COMMAND.pack(2, 2, 0), wire.COMMAND.pack(0, 0, 0)
HELLO = (wire.Type.HELLO, 3, wire.HELLO.pack(1, 1, 0, NONCE))
ARM = (wire.Type.ARM, 4, wire.ARM.pack(NONCE, 500, 1000, 0.1, 1.0))
# At most ten errors in each: more are not told within a second.
SCRIPTS = {
    "session": [
        (wire.Type.COMMAND, 1, TORQUE + FORCE),
        (wire.Type.COMMAND, 1, READ),
        ARM,
        HELLO,
        (wire.Type.ARM, 2, ARM[2]),
        (wire.Type.ARM, 4, wire.ARM.pack(NONCE + 1, 50, 0, 0.1, 1.0)),
        (wire.Type.ARM, 4, wire.ARM.pack(NONCE, 4, 0, 0.1, 1.0)),
        (wire.Type.ARM, 4, wire.ARM.pack(NONCE, 50, 0, math.inf, 1.0)),
        (wire.Type.ARM, 4, wire.ARM.pack(NONCE, 50, 0, 0.1, 0.0)),
        ARM,
        (wire.Type.HELLO, 9, wire.HELLO.pack(2, 9, 0, 1)),
        (wire.Type.HELLO, 9, b""),
        (wire.Type.DISARM, 0, b""),
        (wire.Type.COMMAND, 9, TORQUE + FORCE),
    ],
    "commands": [
        HELLO,
        ARM,
        (wire.Type.COMMAND, 5, TORQUE + struct.pack("<2f", math.nan, 0.0)),
        (wire.Type.COMMAND, 6, wire.COMMAND.pack(1, 2, 0) + FORCE),
        (wire.Type.COMMAND, 6, TORQUE + FORCE[:4]),
        (wire.Type.COMMAND, 7, TORQUE + FORCE),
        (wire.Type.COMMAND, 7, TORQUE + FORCE),
        (wire.Type.COMMAND, 3, READ),
        (wire.Type.COMMAND, 3, wire.COMMAND.pack(0, 2, 0) + FORCE),
        (wire.Type.COMMAND, 8, TORQUE + struct.pack("<2f", 5.0, 0.0)),
        (wire.Type.COMMAND, 9, READ),
        (wire.Type.COMMAND, 9, TORQUE + FORCE),
        HELLO,
        (wire.Type.COMMAND, 10, TORQUE + FORCE),
    ],
    "stop": [
        HELLO,
        ARM,
        (0x42, 10, b""),
        (wire.Type.ESTOP, 11, b""),
        (wire.Type.COMMAND, 12, TORQUE + FORCE),
        ARM,
        (wire.Type.CLEAR, 13, wire.NONCE.pack(1)),
        (wire.Type.CLEAR, 13, b""),
        (wire.Type.CLEAR, 14, wire.NONCE.pack(NONCE)),
        ARM,
        *[(wire.Type.CLEAR, seq, b"") for seq in range(8)],  # the last ones are counted and not told
    ],
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_firmware_and_emulator_give_the_same_answers(board: Any, name: str) -> None:
    twin = EmulatedWuganBoard(axes=2, space="joint", max_output=0.25, workspace=1.5708)
    for step, (kind, seq, payload) in enumerate(SCRIPTS[name]):
        request = wire.pack(kind, seq, payload)
        board.receive(request, board.now_s)
        real, wanted = frames(board.run(0.003)), frames(twin.receive(request, board.now_s))
        assert [(f.type, f.seq) for f in real] == [(f.type, f.seq) for f in wanted], f"step {step}"
        for one, other in zip(real, wanted, strict=True):
            whole = {wire.Type.ERROR: 8, wire.Type.STATE: 4}.get(wire.Type(one.type), 2)
            assert one.payload[:whole] == other.payload[:whole], f"step {step}"


def test_the_firmware_has_no_heap(firmware: Path) -> None:
    names = firmware.read_bytes()
    assert b"malloc" not in names and b"__brkval" not in names


@pytest.mark.parametrize("seed", range(3))
def test_random_bytes_neither_crash_it_nor_move_the_motors(handshaken: Join, board: Any, seed: int) -> None:
    noise = np.random.default_rng(seed).choice([0, 1, 3, 5, 9, 0x55, 0xFF], 1500).astype(np.uint8).tobytes()
    board.receive(noise, board.now_s)
    for _ in range(20):
        board.run(0.001)
        assert not board.output.any()
    line = handshaken(make(), board)
    line.exchange((0.1, 0.1), wait_s=ANSWER_S)
    assert board.output.any()


def test_it_can_be_driven_through_a_serial_port(board: Any) -> None:
    """The servo's port on a pseudo-terminal, the simulated controller at its far end, in the controller's time."""
    controller, end = os.openpty()
    tty.setraw(end)
    os.set_blocking(controller, False)
    port = SerialPort(os.ttyname(end), 1_000_000)
    port.open()
    driver = make()

    def whole(descriptor: int, read: Callable[[], bytes], length: int) -> bytes:
        received = b""
        while len(received) < length:  # a pseudo-terminal passes bytes on a moment later
            assert readable([descriptor], 10)
            received += read()
        return received

    def talk(request: bytes) -> bytes:
        assert port.write(request) == len(request)
        heard = whole(controller, lambda: os.read(controller, 4096), len(request))
        answer = board.receive(heard, board.now_s) + board.run(0.004)
        os.write(controller, answer)
        return whole(port.fileno(), port.read, len(answer))

    asks = driver.handshake()
    ask = next(asks)
    with contextlib.suppress(StopIteration):
        while True:
            ask = asks.send(talk(ask.send))
    (state,) = driver.feed(talk(driver.command((0.1, 0.0))))
    assert "armed" in state.flags
    port.close()
    os.close(end)
    os.close(controller)


def test_it_compiles_as_an_arduino_sketch(firmware: Path, tmp_path: Path) -> None:
    """As the Arduino IDE builds it: each file by itself, `main` and its watchdog left to Arduino's own code."""
    folder = Path(haptic.__file__).parent / "firmware" / "wugan_board"
    options = ["-mmcu=atmega328p", "-DF_CPU=16000000UL", "-DARDUINO=10819", "-Os", "-Wall", "-Wextra", "-Werror", "-c"]
    objects = []
    for source in sorted(folder.glob("*.c")) + sorted(folder.glob("*.ino")):
        language = ["-x", "c++"] if source.suffix == ".ino" else ["-std=gnu11"]
        compiler = "avr-g++" if source.suffix == ".ino" else "avr-gcc"
        objects.append(tmp_path / f"{source.name}.o")
        subprocess.run([compiler, *options, *language, source, "-o", objects[-1]], check=True)
    arduino = tmp_path / "arduino.c"
    arduino.write_text("void setup(void); void loop(void); int main(void) { setup(); for (;;) loop(); }")
    arduino_options = ["-mmcu=atmega328p", "-x", "c++", arduino, "-x", "none", *objects, "-o", tmp_path / "sketch.elf"]
    subprocess.run(["avr-g++", *arduino_options], check=True)
