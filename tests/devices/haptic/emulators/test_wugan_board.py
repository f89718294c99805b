"""The device's side of the protocol: what docs/reference/haptic-protocol.md demands of any firmware."""

import math
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wugan.devices.haptic.drivers import wugan_frames as wire
from wugan.devices.haptic.drivers.wugan_board import WuganBoard
from wugan.devices.haptic.emulators.wugan_board import EmulatedWuganBoard

NONCE = 0x12345678
FORCE = struct.pack("<3f", 1.0, -2.0, 0.5)


class Bench:
    """A device and the frames that a host could send it, in virtual time."""

    def __init__(self, **options: Any) -> None:
        self.device = EmulatedWuganBoard(**options)
        self.now = 0.0

    def send(self, kind: int, seq: int, payload: bytes = b"") -> list[wire.Frame]:
        return self.raw(wire.pack(kind, seq, payload))

    def raw(self, data: bytes) -> list[wire.Frame]:
        frames = [wire.unpack(part) for part in wire.Splitter().feed(self.device.receive(data, self.now))]
        assert all(isinstance(frame, wire.Frame) for frame in frames)
        return frames  # type: ignore[return-value]

    def wait(self, seconds: float, tick: float = 0.00025) -> None:
        for _ in range(round(seconds / tick)):
            self.now += tick
            self.device.tick(self.now)

    def hello(self, seq: int = 0) -> None:
        (reply,) = self.send(wire.Type.HELLO, seq, wire.HELLO.pack(1, 1, 0, NONCE))
        assert reply.type == wire.Type.HELLO_REPLY

    def arm(self, seq: int = 1, watchdog: int = 50, ramp: int = 0, cap: float = 8.0, slew: float = 1e6) -> wire.Frame:
        (answer,) = self.send(wire.Type.ARM, seq, wire.ARM.pack(NONCE, watchdog, ramp, cap, slew))
        return answer

    def force(self, seq: int, values: bytes = FORCE) -> wire.Frame:
        (answer,) = self.send(wire.Type.COMMAND, seq, wire.COMMAND.pack(1, 3, 0) + values)
        return answer

    def armed(self, **options: Any) -> "Bench":
        self.hello()
        assert status(self.arm(**options)) & wire.Status.ARMED
        return self

    def pushing(self, **options: Any) -> "Bench":
        self.armed(**options)
        self.force(2)
        self.wait(0.001)
        assert self.device.output.any()
        return self


def status(frame: wire.Frame) -> wire.Status:
    assert frame.type == wire.Type.STATE
    return wire.Status(wire.STATE.unpack_from(frame.payload)[0])


def refusal(frame: wire.Frame) -> wire.ErrorCode:
    assert frame.type == wire.Type.ERROR
    return wire.ErrorCode(frame.payload[0])


def test_the_published_answers() -> None:
    bench = Bench(absolute=False)
    reply = bench.device.receive(bytes.fromhex("04 01 01 01 03 01 01 01 09 78 56 34 12 1a 6d c8 2a 00"), 0.0)
    assert reply == bytes.fromhex(
        "04 01 81 01 04 01 03 ed 02 01 07 02 01 78 56 34 12 11 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 05 06 f4 01"
        "a0 0f fd 01 01 01 02 41 01 01 02 41 01 01 12 41 cd cc cc 3d cd cc cc 3d cd cc cc 3d 2a 2e 54 8a 00"
    )
    bench.device.receive(
        bytes.fromhex("04 01 02 02 06 78 56 34 12 32 03 f4 01 01 03 a0 40 01 07 48 43 aa 05 b1 1d 00"), 0
    )
    refused = bench.force(0x0103, struct.pack("<3f", 1.0, math.nan, 0.0))
    assert wire.pack(refused.type, refused.seq, refused.payload) == bytes.fromhex(
        "0a 01 ff 03 01 04 03 03 01 01 01 01 05 f6 9e ed b0 00"
    )


@pytest.mark.parametrize("watchdog", [5, 50, 500])
def test_the_watchdog_trips_at_its_time_and_stays(watchdog: int) -> None:
    bench = Bench().pushing(watchdog=watchdog)
    bench.wait(watchdog / 1000 - 0.002)
    assert bench.device.output.any()
    bench.wait(0.002)
    assert not bench.device.output.any()
    assert refusal(bench.force(3)) == wire.ErrorCode.NOT_ARMED
    bench.wait(0.01)
    assert not bench.device.output.any()
    assert status(bench.send(wire.Type.COMMAND, 4, wire.COMMAND.pack(0, 0, 0))[0]) == wire.Status.WATCHDOG
    assert status(bench.arm(5)) == wire.Status.ARMED


@pytest.mark.parametrize("phase", [0.0, 0.0001, 0.0004])
def test_the_watchdog_is_never_late_in_steps_of_half_a_millisecond(phase: float) -> None:
    bench = Bench().pushing(watchdog=5)
    bench.now += phase
    bench.force(3)
    fed = bench.now
    bench.now -= phase
    while bench.device.output.any():
        bench.wait(0.0005, tick=0.0005)
    assert 0.004 <= bench.now - fed <= 0.005 + 1e-9


def feeds(bench: Bench) -> dict[str, Callable[[], object]]:
    """What must not feed the watchdog."""
    nan = struct.pack("<3f", math.nan, 0, 0)
    damaged = bytearray(wire.pack(wire.Type.COMMAND, 9, wire.COMMAND.pack(1, 3, 0) + FORCE))
    damaged[9] ^= 1
    return {
        "read": lambda: bench.send(wire.Type.COMMAND, 9, wire.COMMAND.pack(0, 0, 0)),
        "nan": lambda: bench.force(9, nan),
        "stale": lambda: bench.force(2),
        "damaged": lambda: bench.raw(bytes(damaged)),
        "wrong length": lambda: bench.send(wire.Type.COMMAND, 9, wire.COMMAND.pack(1, 2, 0) + FORCE[:8]),
        "wrong mode": lambda: bench.send(wire.Type.COMMAND, 9, wire.COMMAND.pack(2, 3, 0) + FORCE),
        "clear": lambda: bench.send(wire.Type.CLEAR, 9, wire.NONCE.pack(NONCE)),
    }


@pytest.mark.parametrize("what", list(feeds(Bench())))
def test_only_a_valid_fresh_finite_command_feeds_the_watchdog(what: str) -> None:
    bench = Bench().pushing()
    bench.wait(0.04)
    before = bench.device.output.copy()
    feeds(bench)[what]()
    np.testing.assert_array_equal(bench.device.output, before)
    bench.wait(0.01)
    assert not bench.device.output.any()


@pytest.mark.parametrize("watchdog", [0, 4, 501, 65_535])
def test_the_watchdog_cannot_be_off(watchdog: int) -> None:
    bench = Bench()
    bench.hello()
    assert refusal(bench.arm(watchdog=watchdog)) == wire.ErrorCode.RANGE
    assert refusal(bench.force(2)) == wire.ErrorCode.NOT_ARMED


@given(st.lists(st.floats(width=32), min_size=3, max_size=3))
@settings(max_examples=60)
def test_nan_never_reaches_the_output_and_caps_hold(values: list[float]) -> None:
    bench = Bench().armed(cap=3.0)
    answer = bench.force(2, struct.pack("<3f", *values))
    bench.wait(0.002)
    assert np.isfinite(bench.device.output).all()
    assert (np.abs(bench.device.output) <= 3.0).all()
    if not all(map(math.isfinite, values)):
        assert refusal(answer) == wire.ErrorCode.NON_FINITE
        assert not bench.device.output.any()
    else:
        clamped = any(abs(value) > 3.0 for value in values)
        assert bool(status(answer) & wire.Status.CLAMPED) == clamped


def test_the_limit_of_arm_never_exceeds_the_devices_own() -> None:
    bench = Bench(max_output=2.0).armed(cap=100.0)
    bench.force(2, struct.pack("<3f", 50.0, -50.0, 0.0))
    bench.wait(0.001)
    np.testing.assert_array_equal(bench.device.output, [2.0, -2.0, 0.0])


def test_ramp_and_slew_live_on_the_device() -> None:
    bench = Bench().armed(ramp=100, slew=1e6)
    for step in range(99):
        assert status(bench.force(2 + step)) & wire.Status.RAMPING
        bench.wait(0.001)
        assert abs(bench.device.output[1]) <= 2.0 * (step + 2) / 100
    bench.wait(0.005)
    np.testing.assert_allclose(bench.device.output, [1.0, -2.0, 0.5])
    slow = Bench().armed(slew=100.0)
    slow.force(2)
    slow.wait(0.005)
    np.testing.assert_allclose(slow.device.output, [0.5, -0.5, 0.5])


def test_a_force_falls_at_once_and_turns_round_from_zero() -> None:
    bench = Bench().armed(slew=100.0)
    bench.force(2, struct.pack("<3f", 2.0, -2.0, 2.0))
    bench.wait(0.02)
    bench.force(3, struct.pack("<3f", 0.5, 1.0, 0.0))
    bench.wait(0.001)
    np.testing.assert_allclose(bench.device.output, [0.5, 0.1, 0.0], atol=1e-6)


STATES: dict[str, Callable[[], Bench]] = {
    "before hello": Bench,
    "armed": lambda: Bench().armed(),
    "pushing": lambda: Bench().pushing(),
    "ramping": lambda: Bench().pushing(ramp=500),
}


@pytest.mark.parametrize("name", STATES)
def test_the_emergency_stop_works_from_every_state(name: str) -> None:
    bench = STATES[name]()
    (answer,) = bench.raw(wire.ESTOP_FRAME)
    assert status(answer) & wire.Status.ESTOP
    assert not bench.device.output.any()
    bench.hello()
    assert refusal(bench.arm(10)) == wire.ErrorCode.ESTOP
    assert refusal(bench.force(11)) == wire.ErrorCode.ESTOP
    (cleared,) = bench.send(wire.Type.CLEAR, 12, wire.NONCE.pack(NONCE))
    assert status(cleared) == 0
    assert status(bench.arm(13)) == wire.Status.ARMED


def test_the_emergency_stop_works_inside_another_frame_and_in_its_repeats() -> None:
    bench = Bench().pushing()
    half = wire.pack(wire.Type.COMMAND, 3, wire.COMMAND.pack(1, 3, 0) + FORCE)[:11]
    answers = bench.raw(half + wire.ESTOP_FRAME * 3)  # the first is swallowed by the half frame, two are left
    assert not bench.device.output.any()
    assert [answer.type for answer in answers] == [wire.Type.ERROR, wire.Type.STATE, wire.Type.STATE]


def test_the_hardware_stop_is_the_same_and_needs_the_button_released() -> None:
    bench = Bench().pushing()
    bench.device.press_estop(True)
    assert not bench.device.output.any()
    (still,) = bench.send(wire.Type.CLEAR, 3, wire.NONCE.pack(NONCE))
    assert status(still) & wire.Status.ESTOP
    bench.device.press_estop(False)
    assert refusal(bench.arm(4)) == wire.ErrorCode.ESTOP
    bench.send(wire.Type.CLEAR, 5, wire.NONCE.pack(NONCE))
    assert status(bench.arm(6)) == wire.Status.ARMED


def test_a_reboot_never_resumes() -> None:
    bench = Bench().pushing()
    bench.device.power_cycle()
    for seq in range(3, 10):
        assert refusal(bench.force(seq)) == wire.ErrorCode.NOT_ARMED
        bench.wait(0.001)
        assert not bench.device.output.any()
    assert refusal(bench.arm(10)) == wire.ErrorCode.NONCE
    (refused,) = bench.send(wire.Type.CLEAR, 11, wire.NONCE.pack(NONCE))
    assert refusal(refused) == wire.ErrorCode.NONCE


def test_a_new_session_disarms_the_old_one() -> None:
    bench = Bench().pushing()
    bench.hello(seq=3)
    assert not bench.device.output.any()
    assert refusal(bench.force(4)) == wire.ErrorCode.NOT_ARMED


@pytest.mark.parametrize("how", ["port_closed", "set_fault"])
def test_link_loss_and_faults_take_the_output_to_zero(how: str) -> None:
    bench = Bench().pushing()
    if how == "port_closed":
        bench.device.port_closed(bench.now)
    else:
        bench.device.set_fault(2)
    assert not bench.device.output.any()
    assert refusal(bench.force(3)) == wire.ErrorCode.NOT_ARMED
    if how == "set_fault":
        assert status(bench.arm(4)) == wire.Status.FAULT


def test_stale_commands_are_refused_across_the_wrap() -> None:
    bench = Bench()
    bench.hello(0xFFF0)
    bench.arm(0xFFFE)
    assert refusal(bench.force(0xFFFE)) == wire.ErrorCode.STALE
    assert refusal(bench.force(0xFFFD)) == wire.ErrorCode.STALE
    for seq in (0xFFFF, 0x0000, 0x0001):
        assert status(bench.force(seq)) & wire.Status.ARMED
    assert refusal(bench.force(0xFFFF)) == wire.ErrorCode.STALE
    assert refusal(bench.arm(0xFFFE)) == wire.ErrorCode.STALE


def test_errors_are_counted_and_told_at_most_ten_times_a_second() -> None:
    bench = Bench()
    told = [frame for _ in range(50) for frame in bench.raw(b"\x05garbage\0")]
    assert len(told) == 10
    bench.wait(1.0, tick=0.01)
    (later,) = bench.raw(b"\x05garbage\0")
    assert wire.ERROR.unpack(later.payload)[3] == 51
    assert sum(bench.device.dropped.values()) == 51


@pytest.mark.parametrize(
    ("kind", "payload", "code"),
    [
        (0x42, b"", wire.ErrorCode.TYPE),
        (wire.Type.HELLO, b"\1", wire.ErrorCode.LENGTH),
        (wire.Type.HELLO, wire.HELLO.pack(2, 3, 0, 1), wire.ErrorCode.VERSION),
        (wire.Type.ARM, b"", wire.ErrorCode.LENGTH),
        (wire.Type.ARM, wire.ARM.pack(NONCE, 50, 0, math.nan, 1.0), wire.ErrorCode.NON_FINITE),
        (wire.Type.ARM, wire.ARM.pack(NONCE, 50, 0, -1.0, 1.0), wire.ErrorCode.RANGE),
        (wire.Type.CLEAR, b"", wire.ErrorCode.LENGTH),
        (wire.Type.COMMAND, b"\1", wire.ErrorCode.LENGTH),
        (wire.Type.COMMAND, wire.COMMAND.pack(0, 3, 0) + FORCE, wire.ErrorCode.LENGTH),
    ],
)
def test_wrong_frames_are_refused_by_name(kind: int, payload: bytes, code: wire.ErrorCode) -> None:
    bench = Bench()
    bench.hello()
    assert refusal(bench.send(kind, 1, payload)[0]) == code


@given(st.lists(st.binary(max_size=120), max_size=6))
def test_no_bytes_crash_it_or_move_an_unarmed_device(pieces: list[bytes]) -> None:
    bench = Bench()
    for piece in pieces:
        bench.device.receive(piece, bench.now)
        bench.wait(0.001, tick=0.001)
    assert not bench.device.output.any()


def test_the_workspace_limit_is_flagged(handshaken: Callable[[WuganBoard, EmulatedWuganBoard], Any]) -> None:
    device = EmulatedWuganBoard(workspace=0.1)
    line = handshaken(WuganBoard(), device)
    device.sense(np.array([0.0, 0.11, 0.0]), np.zeros(3))
    (state,) = line.exchange((0, 0, 0))
    assert "workspace" in state.flags
