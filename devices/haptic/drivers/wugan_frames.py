"""Frames of wugan's own haptic protocol, version 1: shared by driver and emulator (docs/reference/haptic-protocol.md).

A raw frame is `u8 version, u8 type, u16 sequence, payload, u32 CRC-32`, little-endian; on the line it is stuffed by
COBS (consistent overhead byte stuffing; Cheshire and Baker, 1999) and ended by a zero.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from enum import IntEnum, IntFlag

from cobs import cobs

VERSION = 1
MAX_RAW = 253
"""Longest frame that is stuffed. From 254 bytes without a zero on, encoders disagree about a trailing `01`."""

MAX_ENCODED = MAX_RAW + 1
WATCHDOG_MIN_MS, WATCHDOG_MAX_MS = 5, 500
HEADER = struct.Struct("<BBH")
_CRC = struct.Struct("<I")
MIN_RAW = HEADER.size + _CRC.size
MAX_PAYLOAD = MAX_RAW - MIN_RAW
MAX_AXES = 8
"""More axes than any hand-held device has; a STATE of 8 axes has 112 bytes, and an input buffer of 256 holds two."""


class Type(IntEnum):
    """What a frame is; answers of the device have the top bit set."""

    HELLO = 0x01
    ARM = 0x02
    COMMAND = 0x03
    DISARM = 0x04
    ESTOP = 0x05
    CLEAR = 0x06
    HELLO_REPLY = 0x81
    STATE = 0x83
    ERROR = 0xFF


class Mode(IntEnum):
    """What the numbers of a COMMAND are; READ has none, and changes nothing."""

    READ = 0
    FORCE = 1
    TORQUE = 2


class Caps(IntFlag):
    """What a device can do, in its HELLO_REPLY."""

    FORCE = 1 << 0
    TORQUE = 1 << 1
    POSITION = 1 << 2
    VELOCITY = 1 << 3
    IMPEDANCE = 1 << 4
    ESTOP_INPUT = 1 << 5
    CLOCK = 1 << 6
    APPLIED = 1 << 7
    ABSOLUTE = 1 << 8


class Status(IntFlag):
    """What a device is doing, in each STATE."""

    ARMED = 1 << 0
    OUTPUT = 1 << 1
    CLAMPED = 1 << 2
    RAMPING = 1 << 3
    WATCHDOG = 1 << 4
    ESTOP = 1 << 5
    WORKSPACE = 1 << 6
    FAULT = 1 << 7


class ErrorCode(IntEnum):
    """Why a device threw a frame away."""

    CRC = 1
    LENGTH = 2
    TYPE = 3
    NON_FINITE = 4
    STALE = 5
    NOT_ARMED = 6
    NONCE = 7
    VERSION = 8
    OVERRUN = 9
    ESTOP = 10
    RANGE = 11


FAULTS = {
    1: "supply voltage out of range",
    2: "too hot",
    3: "position sensor failed",
    4: "motor driver failed",
    5: "self-test failed",
}
"""Fault byte of a STATE in words; 0 is none, other values are the maker's own."""

HELLO = struct.Struct("<BBHI")
HELLO_REPLY = struct.Struct("<BBHHHI16sHHHH")
ARM = struct.Struct("<IHHff")
COMMAND = struct.Struct("<BBH")
STATE = struct.Struct("<HBBI")
NONCE = struct.Struct("<I")
ERROR = struct.Struct("<BBHI")


@dataclass(slots=True)
class Frame:
    """One whole frame whose CRC is right."""

    type: int
    seq: int
    payload: bytes
    version: int = VERSION


def pack(kind: int, seq: int, payload: bytes = b"") -> bytes:
    """The bytes on the line, delimiter included.

    Raises:
        ValueError: the payload is longer than `MAX_PAYLOAD`.
    """
    if len(payload) > MAX_PAYLOAD:
        raise ValueError(f"a payload of {len(payload)} bytes; at most {MAX_PAYLOAD} can be stuffed with one byte")
    raw = HEADER.pack(VERSION, kind, seq) + payload
    return cobs.encode(raw + _CRC.pack(zlib.crc32(raw))) + b"\0"


def unpack(encoded: bytes) -> Frame | str:
    """A frame from the bytes between two zeros, or why it is none: `length` or `crc`. Never raises on any bytes."""
    if len(encoded) > MAX_ENCODED:
        return "length"
    try:
        raw = cobs.decode(encoded)
    except cobs.DecodeError:
        return "length"
    if len(raw) < MIN_RAW:
        return "length"
    if zlib.crc32(raw[:-4]) != _CRC.unpack_from(raw, len(raw) - 4)[0]:
        return "crc"
    version, kind, seq = HEADER.unpack_from(raw)
    return Frame(kind, seq, raw[4:-4], version)


class Splitter:
    """Cuts a stream at its zeros, in pieces of any size; holds at most one frame.

    Attributes:
        overlong: runs of bytes that were dropped because they were longer than any frame.
    """

    def __init__(self) -> None:
        self.overlong = 0
        self._tail = b""
        self._skipping = False

    def feed(self, data: bytes) -> list[bytes]:
        """The encoded frames that `data` completes, empty ones left out."""
        if not data:
            return []
        pieces = (self._tail + data).split(b"\0")
        tail = pieces.pop()
        if pieces and self._skipping:
            pieces[0] = b""
            self._skipping = False
        if len(tail) > MAX_ENCODED:
            # Counted once for each run, however long; the rest is dropped up to the next zero.
            self.overlong += not self._skipping
            self._skipping = True
            tail = b""
        elif self._skipping:
            tail = b""
        self._tail = tail
        whole = []
        for piece in pieces:
            if len(piece) > MAX_ENCODED:
                self.overlong += 1
            elif piece:
                whole.append(piece)
        return whole

    def reset(self) -> None:
        """Forget half a frame."""
        self._tail = b""
        self._skipping = False


def newer(seq: int, last: int) -> bool:
    """Whether `seq` comes after `last`, both u16 that wrap: `(i16)(seq - last) > 0`."""
    return 0 < ((seq - last) & 0xFFFF) < 0x8000


ESTOP_FRAME = pack(Type.ESTOP, 0)
"""Needs no state, no nonce and no fresh number, so it is a constant."""
