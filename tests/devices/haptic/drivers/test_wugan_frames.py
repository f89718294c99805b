"""The worked frames of docs/reference/haptic-protocol.md, byte for byte, and what damage does to a frame."""

import re
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wugan.devices.haptic.drivers import wugan_frames as wire

POSITION, OUTPUT = (0.01, -0.02, 0.03), (1.0, -2.0, 0.5)
UUID = bytes(range(16))
WORKED = {
    "command": (
        wire.Type.COMMAND,
        0x0102,
        wire.COMMAND.pack(1, 3, 0) + struct.pack("<3f", *OUTPUT),
        "07 01 03 02 01 01 03 01 01 01 03 80 3f 01 01 02 c0 01 01 06 3f ae be 7d bc 00",
    ),
    "state": (
        wire.Type.STATE,
        0x0102,
        wire.STATE.pack(3, 3, 0, 123_456) + struct.pack("<9f", *POSITION, 0, 0, 0, *OUTPUT),
        "06 01 83 02 01 03 02 03 04 40 e2 01 0d 0a d7 23 3c 0a d7 a3 bc 8f c2 f5 3c 01 01 01 01 01 01 01 01 01 01 01 01"
        "01 03 80 3f 01 01 02 c0 01 01 06 3f 66 6f 0b da 00",
    ),
    "hello": (
        wire.Type.HELLO,
        1,
        wire.HELLO.pack(1, 1, 0, 0x12345678),
        "04 01 01 01 03 01 01 01 09 78 56 34 12 1a 6d c8 2a 00",
    ),
    "hello reply": (
        wire.Type.HELLO_REPLY,
        1,
        wire.HELLO_REPLY.pack(1, 3, 0x00ED, 1, 0x0102, 0x12345678, UUID, 5, 500, 4000, 253)
        + struct.pack("<6f", 8, 8, 8, 0.1, 0.1, 0.1),
        "04 01 81 01 04 01 03 ed 02 01 07 02 01 78 56 34 12 11 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 05 06 f4 01"
        "a0 0f fd 01 01 01 02 41 01 01 02 41 01 01 12 41 cd cc cc 3d cd cc cc 3d cd cc cc 3d 2a 2e 54 8a 00",
    ),
    "arm": (
        wire.Type.ARM,
        2,
        wire.ARM.pack(0x12345678, 50, 500, 5.0, 200.0),
        "04 01 02 02 06 78 56 34 12 32 03 f4 01 01 03 a0 40 01 07 48 43 aa 05 b1 1d 00",
    ),
    "estop": (wire.Type.ESTOP, 0, b"", "03 01 05 01 05 92 7a 33 9f 00"),
    "error": (
        wire.Type.ERROR,
        0x0103,
        wire.ERROR.pack(4, 3, 0x0103, 1),
        "0a 01 ff 03 01 04 03 03 01 01 01 01 05 f6 9e ed b0 00",
    ),
}

payloads = st.binary(max_size=wire.MAX_PAYLOAD)


@pytest.mark.parametrize("name", WORKED)
def test_worked_frames_byte_for_byte(name: str) -> None:
    kind, seq, payload, on_the_line = WORKED[name]
    assert wire.pack(kind, seq, payload) == bytes.fromhex(on_the_line)
    assert wire.unpack(bytes.fromhex(on_the_line)[:-1]) == wire.Frame(kind, seq, payload)


def test_the_specification_shows_these_frames() -> None:
    page = (Path(__file__).parents[4] / "docs" / "reference" / "haptic-protocol.md").read_text(encoding="utf-8")
    shown = {bytes.fromhex(line) for line in re.findall(r"^line +([0-9a-f ]+)$", page, re.MULTILINE)}
    assert shown == {bytes.fromhex(on_the_line) for *_, on_the_line in WORKED.values()}


def test_the_emergency_stop_is_a_constant() -> None:
    assert bytes.fromhex(WORKED["estop"][3]) == wire.ESTOP_FRAME


def test_the_check_is_the_crc_of_ethernet() -> None:
    assert zlib.crc32(b"123456789") == 0xCBF43926
    raw = bytes.fromhex("01 03 02 01 01 03 00 00 00 00 80 3f 00 00 00 c0 00 00 00 3f")
    assert zlib.crc32(raw) == 0xBC7DBEAE


@given(st.integers(0, 255), st.integers(0, 0xFFFF), payloads)
def test_every_frame_comes_back_whole(kind: int, seq: int, payload: bytes) -> None:
    on_the_line = wire.pack(kind, seq, payload)
    assert on_the_line.index(0) == len(on_the_line) - 1
    assert wire.unpack(on_the_line[:-1]) == wire.Frame(kind, seq, payload)


@pytest.mark.parametrize("name", WORKED)
def test_every_single_bit_error_is_refused(name: str) -> None:
    encoded = bytes.fromhex(WORKED[name][3])[:-1]
    for bit in range(8 * len(encoded)):
        damaged = bytearray(encoded)
        damaged[bit // 8] ^= 1 << bit % 8
        assert wire.unpack(bytes(damaged)) in ("crc", "length")


@pytest.mark.parametrize("name", ["command", "arm"])
def test_every_single_byte_error_is_refused(name: str) -> None:
    encoded = bytes.fromhex(WORKED[name][3])[:-1]
    for at in range(len(encoded)):
        for value in set(range(256)) - {encoded[at]}:
            damaged = encoded[:at] + bytes([value]) + encoded[at + 1 :]
            assert wire.unpack(damaged) in ("crc", "length")


@given(st.binary(max_size=300))
def test_any_bytes_are_a_frame_or_a_reason(data: bytes) -> None:
    assert isinstance(wire.unpack(data), wire.Frame | str)


@given(st.integers(0, 0xFFFF), st.integers(1, 0x7FFF))
def test_newer_wraps(last: int, ahead: int) -> None:
    later = (last + ahead) & 0xFFFF
    assert wire.newer(later, last)
    assert not wire.newer(last, later)
    assert not wire.newer(last, last)


@given(st.binary(max_size=wire.MAX_PAYLOAD))
def test_a_stuffed_frame_gains_one_byte_and_loses_its_zeros(payload: bytes) -> None:
    line = wire.pack(wire.Type.COMMAND, 1, payload)
    assert len(line) == wire.MIN_RAW + len(payload) + 2
    assert line.index(0) == len(line) - 1


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=8), st.integers(1, 50))
def test_splitting_does_not_depend_on_the_pieces(payloads: list[bytes], size: int) -> None:
    stream = b"".join(wire.pack(wire.Type.COMMAND, 0, payload) for payload in payloads)
    splitter = wire.Splitter()
    got = [frame for at in range(0, len(stream), size) for frame in splitter.feed(stream[at : at + size])]
    assert [wire.unpack(frame) for frame in got] == [wire.Frame(wire.Type.COMMAND, 0, payload) for payload in payloads]


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_an_endless_run_is_bounded_and_counted_once(size: int) -> None:
    splitter = wire.Splitter()
    stream = b"\x55" * 5000 + b"\0" + wire.ESTOP_FRAME
    got = []
    for at in range(0, len(stream), size):
        got += splitter.feed(stream[at : at + size])
        assert len(splitter._tail) <= wire.MAX_ENCODED
    assert got == [wire.ESTOP_FRAME[:-1]]
    assert splitter.overlong == 1


def test_reset_forgets_half_a_frame() -> None:
    splitter = wire.Splitter()
    splitter.feed(b"\x55" * 20)
    splitter.reset()
    assert splitter.feed(wire.ESTOP_FRAME) == [wire.ESTOP_FRAME[:-1]]
