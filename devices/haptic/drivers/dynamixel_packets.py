"""Packets of Dynamixel Protocol 2.0: byte stuffing, CRC-16, and a parser that finds its way back after damage.

Source: ROBOTIS e-Manual, "DYNAMIXEL Protocol 2.0". A packet is `ff ff fd 00, id, u16 length, instruction, parameters,
u16 CRC`, little-endian; the length counts what follows it. Parameters are stuffed first, then counted, then signed.
"""

from __future__ import annotations

import struct
from collections import Counter
from dataclasses import dataclass
from enum import IntEnum

HEADER = b"\xff\xff\xfd\x00"
BROADCAST = 0xFE
LAST_ID = 0xFC
MAX_LENGTH = 512
"""Greatest length field that is believed. The longest packet in use, a read of the whole control table, has 260."""

_LENGTH = struct.Struct("<H")
_PATTERN, _STUFFED = b"\xff\xff\xfd", b"\xff\xff\xfd\xfd"
_OVERHEAD = 7  # header, id, length


class Instruction(IntEnum):
    """What a packet asks; STATUS answers."""

    PING = 0x01
    READ = 0x02
    WRITE = 0x03
    REG_WRITE = 0x04
    ACTION = 0x05
    FACTORY_RESET = 0x06
    REBOOT = 0x08
    CLEAR = 0x10
    STATUS = 0x55
    SYNC_READ = 0x82
    SYNC_WRITE = 0x83
    BULK_READ = 0x92
    BULK_WRITE = 0x93


class StatusError(IntEnum):
    """Low seven bits of a status packet's error byte."""

    RESULT = 1
    INSTRUCTION = 2
    CRC = 3
    RANGE = 4
    LENGTH = 5
    LIMIT = 6
    ACCESS = 7


ALERT = 0x80
"""Bit of the error byte: the servo has a hardware error, in its register 70."""


@dataclass(slots=True)
class Packet:
    """One whole packet whose CRC is right, unstuffed; a status has its error byte first in `parameters`."""

    id: int
    instruction: int
    parameters: bytes


def _table() -> tuple[int, ...]:
    values = []
    for byte in range(256):
        crc = byte << 8
        for _ in range(8):
            crc = (crc << 1) ^ (0x8005 if crc & 0x8000 else 0)
        values.append(crc & 0xFFFF)
    return tuple(values)


_CRC_TABLE = _table()


def crc16(data: bytes) -> int:
    """CRC-16/UMTS: polynomial 0x8005, start 0, not reflected, no final XOR; 0xFEE8 for `123456789`."""
    crc = 0
    table = _CRC_TABLE
    for byte in data:
        crc = (crc << 8 & 0xFF00) ^ table[crc >> 8 ^ byte]
    return crc


def stuff(parameters: bytes) -> bytes:
    """Follow every `ff ff fd` by another `fd`, so that no header can appear inside a packet."""
    return parameters.replace(_PATTERN, _STUFFED)


def unstuff(stuffed: bytes) -> bytes:
    """Undo `stuff`. Into new bytes: unstuffing in place, as the vendor's clients do, eats bytes of later data."""
    return stuffed.replace(_STUFFED, _PATTERN)


def build(servo: int, instruction: int, parameters: bytes = b"") -> bytes:
    """The bytes on the line."""
    body = stuff(parameters)
    packet = HEADER + bytes([servo]) + _LENGTH.pack(len(body) + 3) + bytes([instruction]) + body
    return packet + _LENGTH.pack(crc16(packet))


class Parser:
    """Takes bytes in pieces of any size, gives whole packets; holds at most one packet.

    Attributes:
        dropped: what was thrown away: `garbage` bytes between packets, packets with a wrong `crc` or `length`, and
            packets whose end was `cut` off.
    """

    def __init__(self) -> None:
        self.dropped: Counter[str] = Counter()
        self._buffer = b""

    def reset(self) -> None:
        """Forget half a packet."""
        self._buffer = b""

    def feed(self, data: bytes) -> list[Packet]:
        """The packets that `data` completes. Never raises on any bytes."""
        buffer = self._buffer + data if self._buffer else data
        packets: list[Packet] = []
        at = 0
        while True:
            start = buffer.find(HEADER, at)
            if start < 0:
                rest = max(at, len(buffer) - _begun(buffer, at))
                self._skip(rest - at)
                at = rest
                break
            self._skip(start - at)
            at = start
            if len(buffer) < start + _OVERHEAD:
                break
            length = _LENGTH.unpack_from(buffer, start + 5)[0]
            end = start + _OVERHEAD + length
            if not 3 <= length <= MAX_LENGTH:
                self.dropped["length"] += 1
                at = start + len(HEADER)
            elif end > len(buffer):
                # Stuffing keeps headers out of a packet: one in here means that this packet's end is lost. Without
                # this, a damaged length would swallow the packets that follow.
                again = buffer.find(HEADER, start + len(HEADER))
                if again < 0:
                    break
                self.dropped["cut"] += 1
                at = again
            elif crc16(buffer[start : end - 2]) != _LENGTH.unpack_from(buffer, end - 2)[0]:
                self.dropped["crc"] += 1
                at = start + len(HEADER)
            else:
                packets.append(Packet(buffer[start + 4], buffer[start + 7], unstuff(buffer[start + 8 : end - 2])))
                at = end
        self._buffer = buffer[at:]
        return packets

    def _skip(self, count: int) -> None:
        if count:
            self.dropped["garbage"] += count


def _begun(buffer: bytes, at: int) -> int:
    """How many bytes at the end of `buffer` may begin a header."""
    for count in range(min(len(HEADER) - 1, len(buffer) - at), 0, -1):
        if buffer.endswith(HEADER[:count]):
            return count
    return 0
