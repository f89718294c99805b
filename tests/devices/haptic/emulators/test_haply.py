"""The emulated M3 board against what its firmware did in the published vectors."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wugan.devices.haptic.emulators.haply import EmulatedHaply

RESET = bytes.fromhex("00 00")
CONFIGURE = bytes.fromhex("01 05 03 00 00 03 00 00 00 00 00 00 34 43 00 00 58 46 00 00 00 00 00 00 58 46")
ZERO = bytes.fromhex("02 05 00 00 00 00 00 00 00 00")
HOME_REPLY = bytes.fromhex("05 00 00 34 43 00 00 00 00")


@pytest.fixture
def board() -> EmulatedHaply:
    """Configured with id 5, both motors and encoders."""
    board = EmulatedHaply()
    assert board.receive(RESET, 0.0) + board.receive(CONFIGURE, 0.0) == b""
    return board


def test_zero(board: EmulatedHaply) -> None:
    """Answered with 180° and 0°."""
    assert board.receive(ZERO, 0.0) == HOME_REPLY
    assert board.pins[:2] == [(True, 0), (True, 0)]


def test_duty_and_direction(board: EmulatedHaply) -> None:
    """+0.05 and −0.0615 N·m."""
    board.receive(bytes.fromhex("02 05 cd cc 4c 3d 6d e7 7b bd"), 0.0)
    assert board.pins[:2] == [(False, 1664), (True, 2047)]


def test_clamp(board: EmulatedHaply) -> None:
    """1 and −9 N·m are both the most there is; infinity too; NaN as the switch says."""
    board.receive(bytes.fromhex("02 05 00 00 80 3f 00 00 10 c1"), 0.0)
    assert board.pins[:2] == [(False, 4095), (True, 4095)]
    board.receive(struct.pack("<BB2f", 2, 5, np.inf, np.nan), 0.0)
    assert board.pins[:2] == [(False, 4095), (True, 0)]
    board.faults.nan_duty = 4095
    board.receive(struct.pack("<BB2f", 2, 5, 0.0, np.nan), 0.0)
    assert board.pins[1] == (False, 4095)


def test_direction_one_inverts_the_pin() -> None:
    """The same torque with both motors configured the other way round."""
    board = EmulatedHaply()
    board.receive(CONFIGURE[:3] + b"\x01\x01" + CONFIGURE[5:], 0.0)
    board.receive(bytes.fromhex("02 05 cd cc 4c 3d 6d e7 7b bd"), 0.0)
    assert board.pins[:2] == [(True, 1664), (False, 2047)]


def test_one_motor_analog_and_pwm() -> None:
    """One motor and encoder (90°, 4096), A0, A3, PWM pin 10."""
    board = EmulatedHaply()
    board.receive(bytes.fromhex("01 05 01 00 01 00 02 36 39 01 0a 00 00 b4 42 00 00 80 45"), 0.0)
    answer = board.receive(bytes.fromhex("02 05 80 f0 85 49 3c"), 0.0)
    assert answer == struct.pack("<B3f", 5, 0.0, 0.0, 90.0)
    assert board.pulse_widths == {10: 128}
    assert board.pins[0] == (False, 409)


def test_the_last_torque_stays_for_ever(board: EmulatedHaply) -> None:
    """Silence changes nothing; `00 id` forgets addresses and leaves the motors on."""
    board.receive(bytes.fromhex("02 05 cd cc 4c 3d 6d e7 7b bd"), 0.0)
    board.tick(3600.0)
    board.receive(b"\x00\x05", 3600.0)
    assert board.pins[:2] == [(False, 1664), (True, 2047)]
    assert board.receive(ZERO, 3601.0) == b"\x05"
    assert board.pins[0] == (False, 1664)


def test_missing_header_bytes(board: EmulatedHaply) -> None:
    """A lone `02` is for the id 0xFF, which nobody has."""
    assert board.receive(b"\x02", 0.0) == b"\xff"
    assert board.receive(ZERO, 0.0) == HOME_REPLY


def test_a_short_block_waits_a_second(board: EmulatedHaply) -> None:
    """Then it is applied with what lies in the gap."""
    board.faults.stack = struct.pack("<f", 0.1)
    assert board.receive(ZERO[:6], 0.0) == b""
    assert board.tick(0.999) == b""
    assert board.pins[1] == (True, 0)
    assert board.tick(1.0) == HOME_REPLY
    assert board.pins[1] == (False, 3329)


def test_an_unconfigured_board_answers_to_zero() -> None:
    """All ports have address 0, so `02 00` writes all four motors and reads all four encoders."""
    board = EmulatedHaply()
    assert len(board.receive(b"\x02\x00" + bytes(16), 0.0)) == 17


def test_directions_land_in_the_first_slots() -> None:
    """With ports 3 and 4 they are ignored."""
    board = EmulatedHaply()
    board.receive(bytes.fromhex("01 05 0c 01 01 00 00 00"), 0.0)
    board.receive(bytes.fromhex("02 05 cd cc 4c 3d cd cc 4c 3d"), 0.0)
    assert board.pins[2:] == [(False, 1664), (False, 1664)]


def test_angles_follow_the_handle_in_counts(board: EmulatedHaply) -> None:
    """From the posture of the configuration on, in whole counts."""
    board.sense(np.array([0.010, 0.103923]), np.zeros(2))
    first, second = struct.unpack("<2f", board.receive(ZERO, 0.0)[1:])
    assert (first, second) == pytest.approx((120, 60), abs=0.03)
    assert first * 13824 / 360 == pytest.approx(round(first * 13824 / 360), abs=1e-3)


def test_rest_is_the_start_posture() -> None:
    """In which the driver is told that it is."""
    assert EmulatedHaply().rest == pytest.approx((0.01, 0.036056), abs=1e-6)


@given(st.lists(st.binary(max_size=70), max_size=10), st.binary(min_size=1, max_size=8))
@settings(deadline=None)
def test_any_bytes(pieces: list[bytes], stack: bytes) -> None:
    """The firmware does not crash; what it gives stays within its range."""
    board = EmulatedHaply()
    board.faults.stack = stack
    for index, piece in enumerate(pieces):
        board.receive(piece, 0.7 * index)
        board.tick(0.7 * index + 0.6)
    assert all(0 <= duty <= 4095 for _, duty in board.pins)
    assert np.isfinite(board.output).all()


@pytest.mark.parametrize("own_supply", [False, True])
def test_the_cable_is_pulled(own_supply: bool) -> None:
    """With its own supply the motors go on."""
    device = EmulatedHaply(own_supply=own_supply)
    device.receive(CONFIGURE + struct.pack("<BB2f", 2, 5, 0.1, 0.1), 0.0)
    device.unplugged(1.0)
    assert device.output.any() == own_supply
