"""Packets whose bytes two independent implementations agree on, and what damage does to them."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wugan.devices.haptic.drivers import dynamixel as wire
from wugan.devices.haptic.drivers.dynamixel import BROADCAST, Instruction

VECTORS = [
    ("ping", 1, Instruction.PING, "", "ff ff fd 00 01 03 00 01 19 4e"),
    ("ping status", 1, Instruction.STATUS, "00 fc 03 2f", "ff ff fd 00 01 07 00 55 00 fc 03 2f 18 c3"),
    ("torque on", 1, Instruction.WRITE, "40 00 01", "ff ff fd 00 01 06 00 03 40 00 01 db 66"),
    ("stop", BROADCAST, Instruction.WRITE, "40 00 00", "ff ff fd 00 fe 06 00 03 40 00 00 2e 16"),
    ("mode 0", 1, Instruction.WRITE, "0b 00 00", "ff ff fd 00 01 06 00 03 0b 00 00 42 e3"),
    ("watchdog", 1, Instruction.WRITE, "62 00 05", "ff ff fd 00 01 06 00 03 62 00 05 68 e4"),
    ("goal +100", 1, Instruction.WRITE, "66 00 64 00", "ff ff fd 00 01 07 00 03 66 00 64 00 4e 7d"),
    ("goal -100", 1, Instruction.WRITE, "66 00 9c ff", "ff ff fd 00 01 07 00 03 66 00 9c ff 40 6f"),
    ("status ok", 1, Instruction.STATUS, "00", "ff ff fd 00 01 04 00 55 00 a1 0c"),
    ("alert and range", 1, Instruction.STATUS, "84", "ff ff fd 00 01 04 00 55 84 b9 0f"),
    ("read", 1, Instruction.READ, "7e 00 0a 00", "ff ff fd 00 01 07 00 02 7e 00 0a 00 36 f9"),
    (
        "read status",
        1,
        Instruction.STATUS,
        "00" + struct.pack("<hii", -20, 7, 2100).hex(),
        "ff ff fd 00 01 0e 00 55 00 ec ff 07 00 00 00 34 08 00 00 af bf",
    ),
    (
        "sync write",
        BROADCAST,
        Instruction.SYNC_WRITE,
        "66 00 02 00 01 32 00 02 ce ff",
        "ff ff fd 00 fe 0d 00 83 66 00 02 00 01 32 00 02 ce ff 77 2f",
    ),
    (
        "sync read",
        BROADCAST,
        Instruction.SYNC_READ,
        "7e 00 0a 00 01 02",
        "ff ff fd 00 fe 09 00 82 7e 00 0a 00 01 02 38 92",
    ),
    ("hardware error", 1, Instruction.READ, "46 00 01 00", "ff ff fd 00 01 07 00 02 46 00 01 00 3c a3"),
    ("reboot", 1, Instruction.REBOOT, "", "ff ff fd 00 01 03 00 08 2f 4e"),
    ("stuffed", 1, Instruction.WRITE, "74 00 ff ff fd 00", "ff ff fd 00 01 0a 00 03 74 00 ff ff fd fd 00 21 e7"),
    ("stuffed status", 1, Instruction.STATUS, "00 ff ff fd 00", "ff ff fd 00 01 09 00 55 00 ff ff fd fd 00 d8 9c"),
]
# Rich in what stuffing and headers are made of.
tricky = st.lists(st.sampled_from([0xFF, 0xFD, 0x00, 0x55, 0x01]), max_size=60).map(bytes)
packets = st.tuples(st.integers(0, 252), st.sampled_from(list(Instruction)), tricky)


@pytest.mark.parametrize(
    ("servo", "instruction", "parameters", "line"), [v[1:] for v in VECTORS], ids=[v[0] for v in VECTORS]
)
def test_published_packets_byte_for_byte(servo: int, instruction: int, parameters: str, line: str) -> None:
    assert wire.build(servo, instruction, bytes.fromhex(parameters)) == bytes.fromhex(line)
    (packet,) = wire.Parser().feed(bytes.fromhex(line))
    assert packet == wire.Packet(servo, instruction, bytes.fromhex(parameters))


@given(tricky)
def test_stuffing_is_undone_and_leaves_no_header(data: bytes) -> None:
    stuffed = wire.stuff(data)
    assert wire.unstuff(stuffed) == data
    assert wire.HEADER not in stuffed


@given(st.lists(packets, max_size=6), st.integers(1, 64))
def test_packets_come_back_whole_in_pieces_of_any_size(sent: list[tuple[int, int, bytes]], size: int) -> None:
    stream = b"".join(wire.build(*packet) for packet in sent)
    parser = wire.Parser()
    got = [packet for at in range(0, len(stream), size) for packet in parser.feed(stream[at : at + size])]
    assert [(packet.id, packet.instruction, packet.parameters) for packet in got] == sent
    assert not parser.dropped


@given(packets, packets, st.integers(0, 300), st.integers(1, 40), st.binary(max_size=20))
def test_damage_costs_at_most_one_packet(
    first: tuple[int, int, bytes], second: tuple[int, int, bytes], at: int, cut: int, inserted: bytes
) -> None:
    whole = wire.build(*first)
    at = at % len(whole)
    damaged = whole[:at] + inserted + whole[at + cut :]
    parser = wire.Parser()
    got = parser.feed(damaged + wire.build(*second) + wire.build(*second))
    # A damaged length can at worst wait for more bytes; the next header shows that the end was lost.
    assert got and got[-1] == wire.Packet(*second)


@pytest.mark.parametrize("line", [vector[4] for vector in VECTORS])
def test_every_single_bit_error_is_refused(line: str) -> None:
    whole = bytes.fromhex(line)
    for bit in range(8 * len(whole)):
        damaged = bytearray(whole)
        damaged[bit // 8] ^= 1 << bit % 8
        assert wire.Parser().feed(bytes(damaged)) == []


@given(st.binary(max_size=1200), st.integers(1, 200))
def test_no_bytes_raise_and_the_buffer_is_bounded(data: bytes, size: int) -> None:
    parser = wire.Parser()
    for at in range(0, len(data), size):
        parser.feed(data[at : at + size])
        assert len(parser._buffer) <= wire.MAX_LENGTH + 7
