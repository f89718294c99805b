"""Dynamixel Protocol 2.0 and the X servos with current control: registers and models, and packets on the line.

Source: ROBOTIS e-Manual, "DYNAMIXEL Protocol 2.0" and one page a model. P and PRO servos have other addresses (torque
enable is 512) and are not in the table, so that they are refused and never written to. A packet is
`ff ff fd 00, id, u16 length, instruction, parameters, u16 CRC`, little-endian; the length counts what follows it.
Parameters are stuffed first, then counted, then signed. The CRC-16 is the one called UMTS (polynomial 0x8005).
"""

from __future__ import annotations

import math
import struct
from collections import Counter
from dataclasses import dataclass
from enum import IntEnum

from fastcrc import crc16


class Register(IntEnum):
    """Addresses in the control table of the X series; below 64 lies EEPROM, writable only while torque is off."""

    MODEL = 0
    FIRMWARE = 6
    ID = 7
    BAUD = 8
    RETURN_DELAY = 9
    MODE = 11
    CURRENT_LIMIT = 38
    TORQUE_ENABLE = 64
    STATUS_LEVEL = 68
    HARDWARE_ERROR = 70
    WATCHDOG = 98
    GOAL_PWM = 100
    GOAL_CURRENT = 102
    GOAL_VELOCITY = 104
    GOAL_POSITION = 116
    TICK = 120
    CURRENT = 126
    VELOCITY = 128
    POSITION = 132
    VOLTAGE = 144
    TEMPERATURE = 146


CURRENT_MODE = 0
WATCHDOG_FIRMWARE = 38
"""First firmware with the bus watchdog."""

WATCHDOG_UNIT_MS = 20
RAD_PER_STEP = 2 * math.pi / 4096
CENTRE = 2048
RAD_S_PER_STEP = 0.229 * 2 * math.pi / 60
TICK_WRAP_MS = 32_768

HARDWARE_ERRORS = {
    0: "supply voltage out of range",
    2: "too hot",
    3: "encoder failed",
    4: "electrical shock, or not enough power",
    5: "overload",
}


@dataclass(frozen=True, slots=True)
class Model:
    """One kind of servo.

    Attributes:
        number: what it answers to a ping.
        name: the maker's.
        ampere: of one unit of current.
        torque_per_ampere: N·m; stall torque over stall current at the recommended voltage, the only figures that the
            maker gives. Friction of the gears makes the true torque less when it drives and more when it is driven.
        speed: without load at the recommended voltage, rad/s.
        current_limit: greatest value of register 38, in its units.
    """

    number: int
    name: str
    ampere: float
    torque_per_ampere: float
    speed: float
    current_limit: int

    @property
    def torque(self) -> float:
        """N·m of one unit of current."""
        return self.ampere * self.torque_per_ampere


_RPM = 2 * math.pi / 60
MODELS = {
    model.number: model
    for model in (
        Model(1020, "XM430-W350", 2.69e-3, 4.1 / 2.3, 46 * _RPM, 1193),
        Model(1030, "XM430-W210", 2.69e-3, 3.0 / 2.3, 77 * _RPM, 1193),
        Model(1120, "XM540-W270", 2.69e-3, 10.6 / 4.4, 30 * _RPM, 2047),
        Model(1190, "XL330-M077", 1e-3, 0.215 / 1.47, 383 * _RPM, 1750),
        Model(1200, "XL330-M288", 1e-3, 0.52 / 1.47, 103 * _RPM, 1750),
    )
}


def model_named(name: str) -> Model:
    """The model of that name.

    Raises:
        ValueError: there is none; the message lists those known.
    """
    for model in MODELS.values():
        if model.name.lower() == name.lower():
            return model
    raise ValueError(f"no Dynamixel model {name!r} is known; known are {known()}")


def known() -> str:
    """Names of the models, for messages."""
    return ", ".join(model.name for model in MODELS.values())


def hardware_error(bits: int) -> str:
    """Register 70 in words; empty for 0."""
    return ", ".join(HARDWARE_ERRORS.get(bit, f"error bit {bit}") for bit in range(8) if bits >> bit & 1)


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
    return packet + _LENGTH.pack(crc16.umts(packet))


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
            elif crc16.umts(buffer[start : end - 2]) != _LENGTH.unpack_from(buffer, end - 2)[0]:
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
