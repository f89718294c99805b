"""The emulated PacketCommander against what the firmware answered, and the habits that lose or invent values."""

from __future__ import annotations

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wugan.devices.haptic.emulators.simplefoc import EmulatedFocMotor
from wugan.devices.haptic.emulators.simplefoc_packets import BinaryIO, Board, TextIO

TARGET = bytes.fromhex("a5 06 52 01 00 00 c0 3f")  # 1.5


def board(echo: bool = False) -> Board:
    """Two motors."""
    return Board([EmulatedFocMotor(0.08, 5.0), EmulatedFocMotor(0.08, 5.0)], echo)


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        ("a5 02 53 00", "a5 02 53 01"),
        ("a5 02 52 09", "a5 06 72 09 00 00 00 40"),
        ("a5 02 52 04", "a5 03 72 04 01"),
        ("a5 06 52 01 00 00 c0 3f", "a5 06 72 01 00 00 c0 3f"),
        ("a5 03 52 04 00", "a5 03 72 04 00"),
        ("a5 02 52 70", "a5 03 72 70 02"),
        ("a5 02 52 00", "a5 03 72 00"),  # a byte short of what it says
        ("a5 02 52 71", "a5 06 72 71 e8 03 00 00"),
        ("a5 02 52 03", ""),
        ("a5 02 41 00", ""),
    ],
)
def test_binary(sent: str, answer: str) -> None:
    """With echo on, and each answer sent at once."""
    device = board(echo=True)
    device.motors[0].angle = 2.0
    assert BinaryIO(device, flushes=True).receive(bytes.fromhex(sent), 1.0) == bytes.fromhex(answer)


def test_without_echo_a_write_is_silent() -> None:
    """Target and stop."""
    device = board()
    io = BinaryIO(device, flushes=True)
    assert io.receive(TARGET, 0.0) == b""
    assert device.motors[0].target == 1.5
    assert io.receive(bytes.fromhex("a5 03 52 04 00"), 0.0) == b""
    assert not device.motors[0].enabled


def test_answers_leave_in_blocks_of_58() -> None:
    """A sync and six reads got nothing, the seventh read released 58 bytes."""
    io = BinaryIO(board(), flushes=False)
    assert io.receive(bytes.fromhex("a5 02 53 00") + bytes.fromhex("a5 02 52 09") * 6, 0.0) == b""
    assert len(io.receive(bytes.fromhex("a5 02 52 09"), 0.0)) == 58


def test_the_marker_is_optional_in_step() -> None:
    """`06 52 01 …` after a packet sets the target to 7."""
    device = board()
    io = BinaryIO(device, flushes=True)
    io.receive(TARGET + bytes.fromhex("06 52 01 00 00 e0 40"), 0.0)
    assert device.motors[0].target == 7.0


def test_a_truncated_write_swallows_what_follows() -> None:
    """Or keeps, after a second, the bytes that it has."""
    device = board()
    io = BinaryIO(device, flushes=True)
    io.receive(bytes.fromhex("a5 06 52 01 00 00 a5 02 52 01"), 0.0)
    assert device.motors[0].target == struct.unpack("<f", bytes.fromhex("00 00 a5 02"))[0]
    device.motors[0].target = 1.5
    io = BinaryIO(device, flushes=True)
    io.receive(bytes.fromhex("a5 06 52 01 11 22"), 0.0)
    assert io.tick(0.9) == b""
    assert device.motors[0].target == 1.5
    io.tick(1.0)
    assert device.motors[0].target == struct.unpack("<f", bytes.fromhex("11 22 c0 3f"))[0]


def test_a_stop_without_its_last_byte_switches_on() -> None:
    """The byte is not waited for and reads as 255."""
    device = board()
    device.motors[0].enabled = False
    BinaryIO(device, flushes=True).receive(bytes.fromhex("a5 03 52 04"), 0.0)
    assert device.motors[0].enabled


def test_nothing_is_checked() -> None:
    """NaN as a target, a million volts as a limit; and a target of no motor is refused."""
    device = board()
    io = BinaryIO(device, flushes=True)
    io.receive(bytes.fromhex("a5 06 52 01") + struct.pack("<f", math.nan), 0.0)
    io.receive(bytes.fromhex("a5 06 52 50") + struct.pack("<f", 1e6), 0.0)
    assert math.isnan(device.motors[0].target)
    assert device.motors[0].voltage_limit == 1e6
    io.receive(bytes.fromhex("a5 03 52 7f 01 a5 03 52 7f 07"), 0.0)
    assert device.address == 1


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("R1=1.5", "r1=1.5000"),
        ("R4", "r4=1"),
        ("S1", "S1"),
        ("R1=abc", "r1=0.0000"),
        ("R1=nan", "r1=0.0000"),
        ("R1=1e3", "r1=1.0000"),
        ("R1=5000000000", "r1=705032704.0000"),
        ("R1=-0.25", "r1=-0.2500"),
        ("R1=", "r1=0.5000"),
        ("R1=1.", "r1=0.5000"),
        ("R4=0", "r4=0"),
        ("R16", "r16=0,2.0000"),
        ("R112", "r112=2"),
        ("R3=1", None),
        ("X1", None),
        ("R", None),
        ("", None),
    ],
)
def test_text(line: str, answer: str | None) -> None:
    """With echo on; the target was 0.5."""
    device = board(echo=True)
    device.motors[0].target, device.motors[0].angle = 0.5, 2.0
    wanted = b"" if answer is None else f"{answer}\r\n".encode()
    assert TextIO(device).receive(f"{line}\n".encode(), 0.0) == wanted


@pytest.mark.parametrize("line", [b"R1=abc\n", b"S1\n", b"X1\n", b"R1=1e3\n\n", b"x" * 70 + b"\n"])
def test_the_line_after_an_unread_one_is_lost(line: bytes) -> None:
    """Without an answer; the next but one is well."""
    io = TextIO(board())
    io.receive(line, 0.0)
    assert io.receive(b"R4\n", 0.0) == (b"" if len(line) < 70 else b"r4=1\r\n")
    assert io.receive(b"R4\n", 0.0) == b"r4=1\r\n"


@given(st.lists(st.binary(max_size=30)), st.booleans(), st.booleans())
def test_any_bytes(pieces: list[bytes], binary: bool, echo: bool) -> None:
    """Neither form crashes."""
    device = board(echo)
    io = BinaryIO(device, flushes=False) if binary else TextIO(device)
    for index, piece in enumerate(pieces):
        io.receive(piece, 0.6 * index)
        io.tick(0.6 * index + 0.5)
    assert all(math.isfinite(motor.torque) for motor in device.motors)
