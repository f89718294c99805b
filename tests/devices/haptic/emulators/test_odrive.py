from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wugan.devices.haptic.drivers.odrive import line
from wugan.devices.haptic.emulators.odrive import EmulatedODrive

TURN = 2 * math.pi


def say(board: EmulatedODrive, *lines: str, now_s: float = 0.0) -> str:
    """The answers to lines, as text."""
    return board.receive("".join(f"{one}\n" for one in lines).encode(), now_s).decode()


def armed(torque: float = 0.2, timeout: float | None = None) -> EmulatedODrive:
    board = EmulatedODrive()
    if timeout is not None:
        say(board, f"w axis0.config.watchdog_timeout {timeout}", "u 0", "w axis0.config.enable_watchdog 1")
    say(board, f"c 0 {torque}", "w axis0.requested_state 8")
    assert say(board, "r axis0.current_state") == "8\r\n"
    return board


def ticks(board: EmulatedODrive, until_s: float, from_s: float = 0.0) -> None:
    for step in range(round((until_s - from_s) * 2000)):
        board.tick(from_s + (step + 1) / 2000)


@pytest.mark.parametrize(
    ("sent", "answered"),
    [
        (b"r vbus_voltage *93\n", b"24.087744*32\r\n"),
        (b"c 0 0.3*126\n", b""),
        (b"f 0*118\n", b"1.250000 -0.500000*14\r\n"),
        (b"u 0*101\n", b""),
        # A wrong checksum is ignored; a star with nothing after it is none.
        (b"f 0*119\n", b""),
        (b"f 0*\n", b"1.250000 -0.500000\r\n"),
        (b"f 0 ; 1 *17\n", b"1.250000 -0.500000\r\n"),
        (b"f 0!f 0\r", b"1.250000 -0.500000\r\n" * 2),
        # `\r\n` is two line ends.
        (b"u 0\r\n", b"unknown command\r\n"),
        (
            b"i\n",
            b"Hardware version: 3.6-56V\r\nFirmware version: 0.5.6\r\nSerial number: 2084387E304E\r\n",
        ),
        (b"c 0\n", b"invalid command format\r\n"),
        (b"c 5 1\n", b"invalid motor 5\r\n"),
        (b"r axis0.nothing\n", b"invalid property\r\n"),
        (b"r\n", b"invalid command format\r\n"),
        (b"x 1\n", b"unknown command\r\n"),
        (b"r axis0.config.watchdog_timeout\nr axis0.config.enable_watchdog\n", b"0.000000\r\n0\r\n"),
        (b"r axis0.controller.config.vel_limit\nr axis0.motor.config.torque_lim\n", b"2.000000\r\ninf\r\n"),
    ],
)
def test_lines_as_the_vendors_code_answers_them(sent: bytes, answered: bytes) -> None:
    board = EmulatedODrive()
    board.sense(np.array([1.25 * TURN]), np.array([-0.5 * TURN]))
    assert board.receive(sent, 0.0) == answered


def test_values_are_cut_to_nine_characters() -> None:
    board = EmulatedODrive()
    assert say(board, "w axis0.controller.input_pos -1234.5678", "r axis0.controller.input_pos") == "-1234.567\r\n"
    assert say(board, "r serial_number") == f"{0x2084387E304E}"[:9] + "\r\n"


def test_a_long_line_is_thrown_away_and_the_next_is_clean() -> None:
    board = EmulatedODrive()
    assert say(board, "r" * 257, "u 0", "f 0") == "0.000000 0.000000\r\n"
    for piece in (b"r" * 200, b"r" * 200, b"\n"):
        assert board.receive(piece, 0.0) == b""
    assert say(board, "f 0") == "0.000000 0.000000\r\n"


def test_the_torque_stays_when_the_host_is_silent() -> None:
    board = armed(0.2)
    ticks(board, 3.0)
    assert board.output == pytest.approx([0.2])


def test_the_watchdog_expires_disarms_and_latches() -> None:
    board = armed(0.2, timeout=0.05)
    ticks(board, 0.049)
    assert board.output == pytest.approx([0.2])
    ticks(board, 0.052, 0.049)
    assert board.output == [0.0]
    assert say(board, "r axis0.error", "r axis0.current_state", now_s=0.06) == "2048\r\n1\r\n"
    # Feeding and asking for closed loop do not help: it is latched.
    assert say(board, "c 0 0.1", "w axis0.requested_state 8", "r axis0.current_state", now_s=0.06) == "1\r\n"
    # Cleared and armed again, the torque that was stored comes back.
    assert say(board, "u 0", "sc", "w axis0.requested_state 8", "r axis0.error", now_s=0.06) == "0\r\n"
    assert board.output == pytest.approx([0.1])


def test_enabled_before_it_was_fed_the_watchdog_expires_at_once() -> None:
    board = EmulatedODrive()
    say(board, "w axis0.config.watchdog_timeout 0.05", "w axis0.config.enable_watchdog 1")
    assert say(board, "r axis0.error") == "2048\r\n"  # even in idle
    assert say(board, "sc", "r axis0.error") == "2048\r\n"


def test_feedback_does_not_feed() -> None:
    board = armed(0.2, timeout=0.05)
    for step in range(60):
        say(board, "f 0", now_s=step / 1000)
    assert board.output == [0.0]


def test_a_state_without_a_value_takes_what_is_left_on_the_stack() -> None:
    board = armed(0.3)
    say(board, "w axis0.requested_state 1")
    say(board, "w axis0.config.watchdog_timeout 8")
    assert board.output == [0.0]
    say(board, "w axis0.requested_state")
    assert board.output == pytest.approx([0.3])


def test_not_a_number_is_stored_and_disarms() -> None:
    board = armed(0.2)
    say(board, "c 0 nan")
    assert (
        say(board, "r axis0.controller.input_torque", "r axis0.error", "r axis0.motor.error")
        == "nan\r\n64\r\n65536\r\n"
    )
    assert board.output == [0.0]


def test_infinity_is_clamped_to_the_current_limit() -> None:
    board = armed(0.0)
    say(board, "w axis0.controller.config.enable_torque_mode_vel_limit 0", "c 0 inf")
    assert board.output == pytest.approx([0.4])


def test_the_default_speed_limit_is_a_damper_and_then_an_error() -> None:
    board = armed(0.4)
    board.sense(np.zeros(1), np.array([1.5 * TURN]))
    board.tick(0.001)
    assert board.output == pytest.approx([0.5 / 6])
    board.sense(np.zeros(1), np.array([2.5 * TURN]))
    board.tick(0.002)
    assert say(board, "r axis0.error", "r axis0.controller.error", now_s=0.002) == "512\r\n1\r\n"
    assert board.output == [0.0]


def test_position_and_velocity_modes_pull_towards_their_goal() -> None:
    board = armed(0.0)
    say(board, "v 0 1")
    assert board.output == pytest.approx([1 / 6])
    say(board, "p 0 -0.2")
    assert board.output[0] < 0


def test_an_axis_that_is_not_calibrated() -> None:
    board = EmulatedODrive(calibrated=False)
    assert say(board, "w axis0.requested_state 8", "r axis0.error") == "1\r\n"
    say(board, "sc", "w axis0.requested_state 3")
    assert say(board, "r axis0.current_state", now_s=1.0) == "3\r\n"
    assert say(board, "w axis0.requested_state 8", "r axis0.current_state", now_s=20.0) == "8\r\n"


def test_what_was_saved_survives_and_the_rest_does_not() -> None:
    board = armed(0.2)
    say(board, "w axis0.motor.config.current_lim 5", "ss", "w axis0.motor.config.torque_constant 1")
    board.unplugged(0.0)
    assert board.output == pytest.approx([0.2])  # the board has its own supply
    say(board, "sr")
    assert board.output == [0.0]
    assert (
        say(board, "r axis0.motor.config.current_lim", "r axis0.motor.config.torque_constant")
        == "5.000000\r\n0.040000\r\n"
    )
    say(board, "se", "sr")
    assert say(board, "r axis0.motor.config.current_lim") == "10.000000"[:9] + "\r\n"


pieces = st.lists(
    st.one_of(
        st.binary(max_size=40),
        st.sampled_from(["c 0 1", "f 0", "w axis0.requested_state 8", "w axis0.requested_state", "sc", "sr", "i"]).map(
            line
        ),
        st.text("cwrfupvqtsi 0189.-+einfa*;!\r\n", max_size=30).map(str.encode),
        st.sampled_from([b"w axis0.", b"r axis1.", b"config.", b"watchdog_timeout ", b"nan\n", b"-1e39\n", b"\0"]),
    )
)


@given(pieces, st.floats(0, 0.1))
def test_nothing_that_is_received_breaks_it(parts: list[bytes], gap: float) -> None:
    board, now = EmulatedODrive(axes=2), 0.0
    for part in parts:
        now += gap
        board.receive(part, now)
        board.tick(now)
        assert np.isfinite(board.output).all() and board.output.shape == (2,)
    # A stop works, whatever was said before.
    board.receive(b"*255\n" + line("w axis0.requested_state 1") + line("w axis1.requested_state 1"), now)
    assert not board.output.any()


@settings(max_examples=30)
@given(st.binary(max_size=100), st.integers(1, 7))
def test_any_split_gives_the_same(data: bytes, size: int) -> None:
    whole, split = EmulatedODrive(), EmulatedODrive()
    expected = whole.receive(data, 0.0)
    assert b"".join(split.receive(data[i : i + size], 0.0) for i in range(0, len(data), size)) == expected
