"""`TextForm` and `BinaryForm`: registers of SimpleFOC's PacketCommander, written and read in one of its two forms.

Written to simplefoc/Arduino-FOC-drivers 1.0.8 (MIT). Neither form has a checksum or a request number.
"""

from __future__ import annotations

import math
import struct
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence

from wugan.devices.haptic.drivers.replies import ECHO_ERROR, Replies

TARGET, ENABLE, CONTROL, TORQUE, ANGLE, VELOCITY = 0x01, 0x04, 0x05, 0x06, 0x09, 0x11
VOLTAGE_LIMIT, CURRENT_LIMIT, MOTORS, ADDRESS = 0x50, 0x51, 0x70, 0x7F
BYTES = (ENABLE, CONTROL, TORQUE, MOTORS, ADDRESS)  # registers of one byte; the others we use are floats

MARKER, REGISTER, RESPONSE, SYNC = 0xA5, 0x52, 0x72, 0x53
BLOCK = 58  # the board's buffer; it is sent when one byte more has to go in
PADDING = 5  # bytes of the cheapest answer, the number of motors
SYNC_REPLY = bytes([MARKER, 2, SYNC, 1])
READ_MOTORS = bytes([MARKER, 2, REGISTER, MOTORS])
LEAST_PADS = 2  # so that what the board holds back is padding even where one answer more came than reckoned with
PADS = 14  # after a sync: whatever the board held back, one whole padding at least comes out behind the answer

Request = tuple[int, float | int | None]  # a register, and what is written to it; None reads


class Form(ABC):
    """Requests to bytes, and the answers back to values.

    Attributes:
        echo: the board answers writes; otherwise each is followed by a read of the same register.
        dropped: what was thrown away, by reason.
    """

    echo: bool
    dropped: Counter[str]

    @abstractmethod
    def ask(self, requests: Sequence[Request]) -> bytes:
        """Bytes for one write; one value will answer each request."""

    @abstractmethod
    def whole(self, got: bytes) -> list[float] | None:
        """The values, where all that came since `ask` is exactly the answer; for handshakes."""

    @abstractmethod
    def take(self, data: bytes) -> list[float] | None:
        """Add received bytes; the values once all are there."""

    @abstractmethod
    def answered(self) -> None:
        """The requests in flight are done with; a handshake has looked at their answer itself."""

    @abstractmethod
    def begin(self) -> None:
        """In step from now on: a handshake has shown it."""

    @abstractmethod
    def reset(self) -> None:
        """Forget half an answer and the requests in flight."""


class TextForm(Form):
    """Lines such as `R1=0.2500`, answered by `r1=0.2500`."""

    def __init__(self) -> None:
        """Out of step, echo unknown."""
        self.echo = False
        self._replies = Replies([f"r{digit}" for digit in range(10)])
        self._expected: list[tuple[str, float | int | None]] = []
        self.dropped = self._replies.dropped

    def ask(self, requests: Sequence[Request]) -> bytes:
        """One line for each request, two for a write that is not echoed."""
        lines = []
        for register, value in requests:
            if value is not None:
                lines.append(f"R{register}={value}" if isinstance(value, int) else f"R{register}={value:.4f}")
            if value is None or not self.echo:
                lines.append(f"R{register}")
        self._expected = [(f"r{register}=", value) for register, value in requests]
        self._replies.ask(self._expected)
        return "".join(f"{line}\n" for line in lines).encode()

    def whole(self, got: bytes) -> list[float] | None:
        """The values of complete lines, in order."""
        probe = Replies(["r"])
        probe.begin()
        probe.ask(self._expected)
        return probe.take(got)

    def take(self, data: bytes) -> list[float] | None:
        """As `Replies` does."""
        return self._replies.take(data)

    def answered(self) -> None:
        """The requests in flight are done with."""
        self._replies.reset()

    def begin(self) -> None:
        """In step from now on."""
        self._replies.begin()

    def reset(self) -> None:
        """Forget half a line and the requests in flight."""
        self._replies.reset()


class BinaryForm(Form):
    """Packets `a5 n type payload`, whose answers the firmware sends only in blocks of 58 bytes.

    So each request is followed by reads of the number of motors, until all that was asked for is pushed out, and it is
    known which bytes have to come: the rest of the padding before, the answers, padding. Anything else ends the trust.

    Attributes:
        flushes: the firmware is patched and sends each answer at once; nothing is padded.
        motors: what the padding says.
    """

    def __init__(self, flushes: bool = False) -> None:
        """Out of step."""
        self.echo = False
        self.flushes = flushes
        self.motors = 0
        self.dropped = Counter()
        self._lost = True
        self._left = 0  # bytes of padding that the board still holds
        self._left_before = 0
        self._requests: list[Request] = []
        self._length = 0
        self._buffer = bytearray()

    def synchronise(self, got: bytes) -> bool:
        """Find in the answer to a sync and `PADS` reads how much the board held before; whether it was found."""
        at = got.rfind(SYNC_REPLY)
        after = got[at + len(SYNC_REPLY) :]
        if at < 0 or len(after) < PADDING:
            return False
        pad = bytes([MARKER, 3, RESPONSE, MOTORS, after[PADDING - 1]])
        if (pad * PADS)[: len(after)] != after:
            return False
        self.motors = pad[-1]
        self._left = 0 if self.flushes else at + len(SYNC_REPLY) + PADS * PADDING - len(got)
        return self.flushes or 0 < self._left <= BLOCK

    def ask(self, requests: Sequence[Request]) -> bytes:
        """One packet for each request, two for a write that is not echoed; then padding."""
        if self._requests:
            self._lose("overlap")
        sent, answer = b"", 0
        for register, value in requests:
            if value is not None:
                sent += packet(register, value)
            if value is None or not self.echo:
                sent += packet(register, None)
            answer += len(packet(register, 0))
        self._requests = list(requests)
        self._left_before = self._left
        if self.flushes:
            self._length = answer
            return sent
        self._length = BLOCK * math.ceil((self._left + answer) / BLOCK)
        pads = max((self._length - self._left - answer) // PADDING + 1, LEAST_PADS)
        self._left += answer + pads * PADDING - self._length
        return sent + READ_MOTORS * pads

    def whole(self, got: bytes) -> list[float] | None:
        """The values, where padding, answers and padding are as they must be."""
        if len(got) != self._length:
            return None
        pad = bytes([MARKER, 3, RESPONSE, MOTORS, self.motors])
        before = self._left_before
        if not (pad * BLOCK).endswith(got[:before]):
            return None
        values, at = [], before
        for register, sent in self._requests:
            size = 1 if register in BYTES else 4
            header = bytes([MARKER, size + 2, RESPONSE, register])
            if got[at : at + 4] != header:
                return None
            (value,) = struct.unpack_from("<B" if size == 1 else "<f", got, at + 4)
            if sent is not None and not abs(value - sent) <= ECHO_ERROR:  # NaN too
                return None
            values.append(float(value))
            at += 4 + size
        return values if (pad * BLOCK).startswith(got[at:]) else None

    def take(self, data: bytes) -> list[float] | None:
        """The values once the block is whole."""
        if not data:
            return None
        if self._lost:
            self.dropped["out-of-step"] += 1
            return None
        if not self._requests:
            self._lose("unasked")
            return None
        self._buffer += data
        if len(self._buffer) < self._length:
            return None
        values = self.whole(bytes(self._buffer))
        if values is None:
            self._lose("form")
            return None
        self.answered()
        return values

    def answered(self) -> None:
        """The requests in flight are done with."""
        self._buffer.clear()
        self._requests = []

    def begin(self) -> None:
        """In step from now on."""
        self.answered()
        self._lost = False

    def reset(self) -> None:
        """Forget the requests in flight, as if they had not been sent; where they were, a handshake follows."""
        if self._requests:
            self._left = self._left_before
        self.answered()

    def expect_echo(self) -> None:
        """The write just answered was echoed: one answer of a byte more than was reckoned with."""
        self.echo = True
        self._left += 0 if self.flushes else PADDING

    def _lose(self, reason: str) -> None:
        self.dropped[reason] += 1
        self.reset()
        self._lost = True


def packet(register: int, value: float | int | None) -> bytes:
    """A packet that writes a register, or reads it where the value is None."""
    payload = b"" if value is None else struct.pack("<B" if register in BYTES else "<f", value)
    return bytes([MARKER, 2 + len(payload), REGISTER, register]) + payload
