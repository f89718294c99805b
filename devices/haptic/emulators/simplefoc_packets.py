"""`EmulatedSimpleFocPackets`: a SimpleFOC board with the PacketCommander of Arduino-FOC-drivers 1.0.8 (MIT).

Habits included that lose or invent values.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

from wugan.devices.haptic.drivers.simplefoc_packets import (
    ADDRESS,
    ANGLE,
    BLOCK,
    CONTROL,
    CURRENT_LIMIT,
    ENABLE,
    MARKER,
    MOTORS,
    REGISTER,
    RESPONSE,
    SYNC,
    SYNC_REPLY,
    TARGET,
    TORQUE,
    VELOCITY,
    VOLTAGE_LIMIT,
    SimpleFocPackets,
)
from wugan.devices.haptic.emulators.simplefoc import EmulatedFocBoard, EmulatedFocMotor, SimpleFocFaults, printed

STATUS, POSITION, VOLTAGE_Q, CURRENT_Q, VELOCITY_LIMIT, TIME = 0x00, 0x10, 0x20, 0x22, 0x52, 0x71
FLOATS = {
    TARGET: "target",
    ANGLE: "angle",
    VELOCITY: "velocity",
    VOLTAGE_LIMIT: "voltage_limit",
    CURRENT_LIMIT: "current_limit",
    VELOCITY_LIMIT: "velocity_limit",
}
WRITABLE_FLOATS = (TARGET, VOLTAGE_LIMIT, CURRENT_LIMIT, VELOCITY_LIMIT)
SMALL = {CONTROL: "controller", TORQUE: "torque_controller"}
PATIENCE_S = 1.0  # how long a value waits for its bytes
MISSING = 0xFF  # what a byte that has not arrived reads as
LINE = 64  # bytes of the text form's buffer
TURN = 6.283185307179586


class Board:
    """The motors behind the registers."""

    def __init__(self, motors: Sequence[EmulatedFocMotor], echo: bool) -> None:
        """First address."""
        self.motors = motors
        self.echo = echo
        self.address = 0

    def write(self, register: int, value: float) -> bool:
        """Set a register of the addressed motor; whether it can be."""
        motor = self.motors[self.address]
        if register in WRITABLE_FLOATS:
            setattr(motor, FLOATS[register], value)
        elif register == ENABLE:
            motor.enabled = value > 0
        elif register in SMALL:
            setattr(motor, SMALL[register], int(value))
        elif register == ADDRESS and value < len(self.motors):
            self.address = int(value)
        else:
            return False
        return True

    def read(self, register: int, now_s: float) -> tuple[str, tuple[float, ...]] | None:
        """Struct format and values of a register; None where it sends nothing. Status announces a byte it lacks."""
        motor = self.motors[self.address]
        if register in FLOATS:
            return "f", (getattr(motor, FLOATS[register]),)
        small = {ENABLE: int(motor.enabled), MOTORS: len(self.motors), ADDRESS: self.address}
        small |= {CONTROL: motor.controller, TORQUE: motor.torque_controller}
        if register in small:
            return "B", (small[register],)
        if register == STATUS:
            return "", ()
        if register == TIME:
            return "I", (int(now_s * 1000) % 2**32,)
        if register == POSITION:
            return "If", (int(motor.angle // TURN) % 2**32, motor.angle % TURN)
        amperes = motor.torque / motor.kt_nm_per_a
        if register in (VOLTAGE_Q, CURRENT_Q):
            return "f", (amperes * motor.resistance_ohm if register == VOLTAGE_Q else amperes,)
        return None


class BinaryIO:
    """Packets; answers gather in a buffer of 58 bytes that is sent when it is full and one byte more comes."""

    def __init__(self, board: Board, flushes: bool) -> None:
        """Out of step, nothing held back."""
        self._board, self._flushes = board, flushes
        self._input, self._held = bytearray(), bytearray()
        self._in_step = False
        self._rest = 0  # bytes of the packet that are to come
        self._value: int | None = None  # the register whose float is being waited for
        self._since = 0.0

    def receive(self, data: bytes, now_s: float) -> bytes:
        """Take what came for packets; what is pushed out by the answers."""
        sent = bytearray(self.tick(now_s))
        self._input += data
        while self._step(sent, now_s):
            pass
        return bytes(sent)

    def tick(self, now_s: float) -> bytes:
        """A value that has waited for a second keeps the bytes that it has, before the old one's others."""
        if self._value is None or now_s - self._since < PATIENCE_S:
            return b""
        sent = bytearray()
        old = self._board.read(self._value, now_s)
        assert old is not None
        got = bytes(self._input)
        self._input.clear()
        self._store(got, struct.pack("<f", *old[1])[len(got) :], sent, now_s)
        return bytes(sent)

    def _step(self, sent: bytearray, now_s: float) -> bool:
        """One packet or value; whether there may be more."""
        if self._value is not None:
            if len(self._input) < 4:
                return False
            got = bytes(self._input[:4])
            del self._input[:4]
            self._store(got, b"", sent, now_s)
            return True
        while not self._in_step and self._input:
            self._in_step = self._input.pop(0) == MARKER
        if self._input[:1] == bytes([MARKER]):
            del self._input[0]
        if not self._in_step or len(self._input) < 3:
            return False
        self._rest = (self._input.pop(0) - 1) % 256
        kind = self._input.pop(0)
        if kind == SYNC:
            self._put(SYNC_REPLY, sent)
        elif kind == REGISTER:
            register = self._input.pop(0)
            self._rest -= 1
            if self._rest <= 0:
                self._answer(register, sent, now_s)
            elif register in WRITABLE_FLOATS:
                self._value, self._since = register, now_s
                return True
            elif register in (ENABLE, ADDRESS, *SMALL):
                value = self._input.pop(0) if self._input else MISSING  # not waited for
                self._rest -= 1
                self._finish(register, self._board.write(register, value), sent, now_s)
                return True
            else:
                self._finish(register, False, sent, now_s)
                return True
        self._in_step = self._in_step and self._rest <= 0
        return True

    def _store(self, got: bytes, old: bytes, sent: bytearray, now_s: float) -> None:
        register = self._value
        assert register is not None
        self._value = None
        self._rest -= len(got)
        (value,) = struct.unpack("<f", got + old)
        self._finish(register, self._board.write(register, value), sent, now_s)

    def _finish(self, register: int, done: bool, sent: bytearray, now_s: float) -> None:
        if self._board.echo:
            self._answer(register, sent, now_s)
        self._in_step = done and self._rest <= 0

    def _answer(self, register: int, sent: bytearray, now_s: float) -> None:
        answer = self._board.read(register, now_s)
        if answer is not None:
            form, values = answer
            with_size = struct.calcsize("<" + form) + 2 + (register == STATUS)
            self._put(bytes([MARKER, with_size, RESPONSE, register]) + struct.pack("<" + form, *values), sent)

    def _put(self, answer: bytes, sent: bytearray) -> None:
        for byte in answer:
            if len(self._held) >= BLOCK:
                sent += self._held
                self._held.clear()
            self._held.append(byte)
        if self._flushes:
            sent += self._held
            self._held.clear()


class TextIO:
    """Lines; numbers without exponents, and after a line that was not read to its end the next one is lost."""

    def __init__(self, board: Board) -> None:
        """At the beginning of a line."""
        self._board = board
        self._line = bytearray()
        self._in_step = True

    def tick(self, now_s: float) -> bytes:
        """Nothing happens by time alone."""
        return b""

    def receive(self, data: bytes, now_s: float) -> bytes:
        """Collect bytes to lines; the answers."""
        said = b""
        at = 0
        while at < len(data):
            byte = data[at]
            at += 1
            if not self._in_step:
                self._in_step = byte in b"\n\r"
                self._line.clear()
            elif byte in b"\n\r":
                while at < len(data) and data[at] in b"\n\r":
                    at += 1
                line = self._line.decode("latin-1")
                self._line.clear()
                if len(line) > 1:
                    answer, read = self._packet(line, now_s)
                    said += answer
                    self._in_step = self._in_step and read >= len(line)
            elif len(self._line) < LINE:
                self._line.append(byte)
            else:
                self._line.clear()
                self._in_step = False
        return said

    def _packet(self, line: str, now_s: float) -> tuple[bytes, int]:
        """Answer a line; and how many of its characters were read."""
        if line[0] == "S":
            return b"S1\r\n", 1  # the number of the request is not read
        if line[0] != "R":
            return b"", 1
        register, at = _whole(line, 1)
        register %= 256
        said, written = b"", at < len(line)
        if written:
            at += 1  # whatever separates them
            if register in WRITABLE_FLOATS:
                value, at, found = _decimal(line, at)
                done = self._board.write(register, value) if found else True
            elif register in (ENABLE, ADDRESS, *SMALL):
                self._in_step = self._in_step and at < len(line)
                whole, at = _whole(line, at)
                done = self._board.write(register, whole % 256)
            else:
                done = found = False
            self._in_step = self._in_step and done and at <= len(line)
        answer = self._board.read(register, now_s)
        if (not written or self._board.echo) and answer is not None:
            form, values = answer
            text = [printed(v) if kind == "f" else str(int(v)) for kind, v in zip(form, values, strict=True)]
            said = f"r{register}={','.join(text)}\r\n".encode()
        return said, at


def _whole(text: str, at: int) -> tuple[int, int]:
    """Digits as a 32-bit number that wraps, and where they end."""
    value = 0
    while at < len(text) and "0" <= text[at] <= "9":
        value = (value * 10 + int(text[at])) % 2**32
        at += 1
    return value, at


def _decimal(text: str, at: int) -> tuple[float, int, bool]:
    """Digits, a point, digits; where they end; and whether a value was set at all."""
    if at >= len(text):
        return 0.0, at + 1, False
    sign = -1.0 if text[at] == "-" else 1.0
    at += text[at] == "-"
    value, at = _whole(text, at)
    if at < len(text) and text[at] == ".":
        at += 1
        fraction, end = _whole(text, at)
        if end == at:
            return 0.0, end, False
        value_with = sign * (value + fraction / 10.0 ** (end - at))
        return struct.unpack("<f", struct.pack("<f", value_with))[0], end, True
    return sign * value, at, True


class EmulatedSimpleFocPackets(EmulatedFocBoard):
    """Registers of up to two motors, without watchdog: targets stay for ever, and nothing is checked."""

    def __init__(
        self,
        *,
        motors: int = 1,
        binary: bool = False,
        echo: bool = False,
        flushes: bool = False,
        kt_nm_per_a: float = 0.08,
        resistance_ohm: float = 5.0,
        torque_by: str = "voltage",
        limit: float = 3.0,
        counts: int = 16384,
        own_supply: bool = True,
    ) -> None:
        """Switch it on.

        Args:
            motors: how many.
            binary: packets; otherwise lines of text.
            echo: answers writes too, as a sketch can choose.
            flushes: sends each binary answer at once, as a patched firmware does.
            kt_nm_per_a: torque constant, N·m/A.
            resistance_ohm: phase resistance.
            torque_by: what the driver will be told, for `spec`.
            limit: what the driver will be told, V or A, for `spec`.
            counts: of the sensors, in a turn.
            own_supply: pulling the USB cable does not switch it off, as motors need a supply of their own.
        """
        self._own_supply = own_supply
        self._spec = SimpleFocPackets(
            motors=motors,
            binary=binary,
            kt_nm_per_a=kt_nm_per_a,
            resistance_ohm=resistance_ohm,
            torque_by=torque_by,
            limit=limit,
        ).spec
        self._motor = (kt_nm_per_a, resistance_ohm, counts)
        self._binary, self._echo, self._flushes = binary, echo, flushes
        self.faults = SimpleFocFaults()
        self.power_cycle()

    def power_cycle(self) -> None:
        """Motors on with target 0, first address, nothing half read or held back."""
        self.motors = [EmulatedFocMotor(*self._motor) for _ in self._spec.max_output]
        board = Board(self.motors, self._echo)
        self._io = BinaryIO(board, self._flushes) if self._binary else TextIO(board)

    def tick(self, now_s: float) -> bytes:
        """A value that waits for its end is used as it is after a second."""
        return self._spoil(self._io.tick(now_s))

    def receive(self, data: bytes, now_s: float) -> bytes:
        """Take bytes for packets or lines."""
        return self._spoil(self._io.receive(data, now_s))
