"""`Dynamixel`: one or several X-series servos in current control, over Dynamixel Protocol 2.0.

Source: ROBOTIS e-Manual, "DYNAMIXEL Protocol 2.0" and one page a model. P and PRO servos have other addresses (torque
enable is 512) and are not in the table, so that they are refused and never written to. A packet is
`ff ff fd 00, id, u16 length, instruction, parameters, u16 CRC`, little-endian; the length counts what follows it.
Parameters are stuffed first, then counted, then signed. The CRC-16 is the one called UMTS (polynomial 0x8005).
"""

from __future__ import annotations

import math
import struct
from collections import Counter
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from fastcrc import crc16

from wugan.devices.haptic.driver import Ask, Driver, Handshake, HapticSpec, State
from wugan.errors import DeviceError


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


_U2D2 = (0x0403, 0x6014)
_SPAN = struct.Struct("<HH")
_END = Register.POSITION + 4
# Clock, current, velocity and position lie side by side. The clock tells whether the watchdog can have run out.
_NARROW = (Register.TICK, _END - Register.TICK)
# With an alert, from the hardware error on: its words cost 50 bytes more, so only then.
_WIDE = (Register.HARDWARE_ERROR, _END - Register.HARDWARE_ERROR)
_PRESENT = struct.Struct("<H4xhii")
_STOPS = 3  # the first may end half a packet, one may be damaged
_ANSWER_S, _ATTEMPTS = 0.05, 3
_REBOOT_S = 0.5
_SILENT_S = 0.01  # for what is not answered: its time on the line, at any baud rate, and the servo's
_THINKING_S = 50e-6  # from an instruction to its status, with a return delay of 0


def spec_of(kinds: Sequence[Model], limits: Sequence[int], watchdog_ms: int, baud: int) -> HapticSpec:
    """The spec of servos of these models and current limits (in units) on one bus."""
    count = len(kinds)
    read = build(BROADCAST, Instruction.SYNC_READ, bytes(4 + count))
    write = build(BROADCAST, Instruction.SYNC_WRITE, bytes(4 + 3 * count))
    status = build(1, Instruction.STATUS, bytes(1 + _NARROW[1]))
    line_s = 10 * (len(read) + len(write) + count * len(status)) / baud
    return HapticSpec(
        protocol="dynamixel",
        model=" + ".join(kind.name for kind in kinds),
        space="joint",
        max_output=tuple(limit * kind.torque for kind, limit in zip(kinds, limits, strict=True)),
        workspace=((-math.pi, math.pi),) * count,
        # Half as much again: driven by a hand, a servo can turn faster than by itself.
        max_velocity=tuple(1.5 * kind.speed for kind in kinds),
        max_rate_hz=round(1 / (line_s + count * _THINKING_S), 1),
        watchdog_s=watchdog_ms / 1000,
        reads_without_commanding=True,
        measures_velocity=True,
        usb=(_U2D2,),
    )


class Dynamixel(Driver):
    """Driver of X-series servos that share one bus, each an axis.

    Torque is current times a constant from the maker's stall figures; gear friction is not known to it. The protocol
    has no sequence number, so after a timeout only a flush and a new handshake make answers trustworthy again.

    Args:
        ids: of the servos, in the order of the axes.
        model: name of the model that the spec tells of before the servos have said theirs.
        baud: as in their register 8 (factory setting 57,600; too slow for 1 kHz, set 1,000,000 or more).
        watchdog_ms: silence after which each servo stops by itself; a multiple of 20, from 20 to 2540.
        current_limit: greatest current in A, written to the servos where theirs is higher; None leaves theirs.
        reboot: reboot, at the next handshake, servos that have shut down with a hardware error. Off, because what
            caused it should be looked at first.

    Raises:
        ValueError: a value out of its range, or an unknown model.
    """

    def __init__(
        self,
        *,
        ids: Sequence[int] = (1,),
        model: str = "XM430-W350",
        baud: int = 1_000_000,
        watchdog_ms: int = 100,
        current_limit: float | None = None,
        reboot: bool = False,
    ) -> None:
        if not ids or len(set(ids)) != len(ids) or not all(0 <= servo <= LAST_ID for servo in ids):
            raise ValueError(f"ids is {tuple(ids)}; one or more different ones from 0 to {LAST_ID}")
        if watchdog_ms % WATCHDOG_UNIT_MS or not 1 <= watchdog_ms // WATCHDOG_UNIT_MS <= 127:
            raise ValueError(f"watchdog_ms is {watchdog_ms}; a multiple of 20 from 20 to 2540, and never off")
        if current_limit is not None and not (math.isfinite(current_limit) and current_limit > 0):
            raise ValueError(f"current_limit is {current_limit}; finite and above 0, in A")
        self.reboot = reboot
        self._ids = tuple(ids)
        self._baud, self._watchdog_ms, self._most = baud, watchdog_ms, current_limit
        kinds = [model_named(model)] * len(self._ids)
        self._take_models(kinds, [self._units(kind, kind.current_limit) for kind in kinds])
        self._parser = Parser()
        self._dropped: Counter[str] = Counter()
        self._pending: dict[int, bytes | None] = {}
        self._window = _NARROW
        self._alerts: set[int] = set()
        self._ticks: dict[int, int] = {}
        self._clock_ms = 0
        self._lapsed = False  # a watchdog has run out; until the next handshake

    def _take_models(self, kinds: Sequence[Model], limits: Sequence[int]) -> None:
        self._kinds, self._units_limit = tuple(kinds), tuple(limits)
        self._torques = tuple(kind.torque for kind in kinds)
        self._spec = spec_of(kinds, limits, self._watchdog_ms, self._baud)

    def _units(self, kind: Model, limit: int) -> int:
        """The servo's limit, or the caller's where that is lower."""
        return limit if self._most is None else min(limit, max(round(self._most / kind.ampere), 1))

    @property
    def dropped(self) -> dict[str, int]:
        return dict(self._dropped + self._parser.dropped)

    def reset(self) -> None:
        self._parser.reset()
        self._pending = {}

    # --- the exchange of each period

    def command(self, output: Sequence[float]) -> bytes:
        if len(output) != len(self._ids):
            raise ValueError(f"{len(output)} values for {len(self._ids)} servos")
        if not all(map(math.isfinite, output)):
            raise ValueError(f"output {tuple(output)} is not finite; send 0 instead")
        parameters = [_SPAN.pack(Register.GOAL_CURRENT, 2)]
        for servo, value, torque, limit in zip(self._ids, output, self._torques, self._units_limit, strict=True):
            units = round(min(max(value / torque, -limit), limit))
            parameters.append(bytes([servo]) + units.to_bytes(2, "little", signed=True))
        # A sync write is not answered, so the sync read may follow it at once without a collision on the bus.
        return build(BROADCAST, Instruction.SYNC_WRITE, b"".join(parameters)) + self.read()

    def read(self) -> bytes:
        self._pending = dict.fromkeys(self._ids)
        self._window = _WIDE if self._alerts else _NARROW
        return build(BROADCAST, Instruction.SYNC_READ, _SPAN.pack(*self._window) + bytes(self._ids))

    def stop(self) -> bytes:
        self._pending = {}
        off = bytes([Register.TORQUE_ENABLE, 0, 0])
        return build(BROADCAST, Instruction.WRITE, off) * _STOPS

    def feed(self, data: bytes) -> list[State]:
        states = []
        for packet in self._parser.feed(data):
            refused = self._take(packet)
            if refused:
                self._dropped[refused] += 1
            elif None not in self._pending.values():
                state = self._state({servo: answer for servo, answer in self._pending.items() if answer is not None})
                self._pending = {}
                if state is None:
                    self._dropped["watchdog"] += 1
                else:
                    states.append(state)
        return states

    def _take(self, packet: Packet) -> str:
        """Keep one servo's answer to the command in flight; why not, otherwise."""
        if packet.instruction != Instruction.STATUS:
            return "echo"  # adapters that hear themselves
        if packet.id not in self._pending:
            return "unasked"
        if self._pending[packet.id] is not None:
            return "duplicate"
        if len(packet.parameters) != 1 + self._window[1]:
            return "length"
        if packet.parameters[0] & ~ALERT:
            return "error"
        self._pending[packet.id] = packet.parameters
        return ""

    def _state(self, answers: dict[int, bytes]) -> State | None:
        """The state that the answers make; None where a servo's watchdog must have run out since the last one."""
        position, velocity, output, faults = [], [], [], []
        offset = 1 + Register.TICK - self._window[0]
        for servo, torque in zip(self._ids, self._torques, strict=True):
            answer = answers[servo]
            tick, current, speed, steps = _PRESENT.unpack_from(answer, offset)
            gap = (tick - self._ticks.get(servo, tick)) % TICK_WRAP_MS
            # Goals are read-only then, and a sync write is refused in silence: nothing else would show it.
            self._lapsed = self._lapsed or gap >= self._watchdog_ms
            self._ticks[servo] = tick
            if servo == self._ids[0]:
                self._clock_ms += gap
            position.append((steps - CENTRE) * RAD_PER_STEP)
            velocity.append(speed * RAD_S_PER_STEP)
            output.append(current * torque)
            if answer[0] & ALERT:
                self._alerts.add(servo)
                bits = answer[1] if self._window == _WIDE else 0
                faults.append(f"servo {servo}: {hardware_error(bits) or 'hardware error'}")
        if self._lapsed:
            return None
        return State(
            position=tuple(position),
            velocity=tuple(velocity),
            output=tuple(output),
            device_time_s=self._clock_ms / 1000,
            flags=frozenset({"fault"}) if faults else frozenset({"armed"}),
            fault="; ".join(faults),
        )

    # --- connecting

    def handshake(self) -> Handshake:
        kinds, limits = [], []
        self._alerts.clear()
        self._lapsed = False
        for servo in self._ids:
            kind = yield from self._identify(servo)
            kinds.append(kind)
            limits.append((yield from self._configure(servo, kind)))
        self.reboot = False
        self._take_models(kinds, limits)
        yield from self._arm()

    def _identify(self, servo: int) -> Generator[Ask, bytes, Model]:
        answer = yield from self._ask(servo, Instruction.PING, b"", 3)
        number, firmware = struct.unpack("<HB", answer)
        if number not in MODELS:
            raise DeviceError(f"servo {servo}: model number {number} is not known; known are {known()}")
        kind = MODELS[number]
        if firmware < WATCHDOG_FIRMWARE:
            raise DeviceError(
                f"servo {servo} ({kind.name}): firmware {firmware} has no bus watchdog; update it to "
                f"{WATCHDOG_FIRMWARE} or later, for without one a servo keeps its last torque for ever"
            )
        # Unanswered where the level is lower, so nothing can be waited for; from here on every write is confirmed.
        level = bytes([Register.STATUS_LEVEL, 0, 2])
        yield Ask(build(servo, Instruction.WRITE, level), None, _SILENT_S)
        error = yield from self._read(servo, Register.HARDWARE_ERROR, 1)
        if error and self.reboot:
            yield from self._ask(servo, Instruction.REBOOT, b"", 0)
            yield Ask(b"", None, _REBOOT_S)
            yield from self._ask(servo, Instruction.PING, b"", 3)
            error = yield from self._read(servo, Register.HARDWARE_ERROR, 1)
        if error:
            raise DeviceError(
                f"servo {servo} ({kind.name}) has shut down: {hardware_error(error)}; remove the cause, then "
                "connect with reboot=True"
            )
        return kind

    def _configure(self, servo: int, kind: Model) -> Generator[Ask, bytes, int]:
        """Torque off, current mode, no delay, no current; the current limit, in units."""
        yield from self._write(servo, Register.TORQUE_ENABLE, 1, 0)
        # 0 also ends the state after a watchdog's expiry, in which goals cannot be written.
        yield from self._write(servo, Register.WATCHDOG, 1, 0)
        # EEPROM wears out, so it is written only where it differs.
        for register, value in ((Register.RETURN_DELAY, 0), (Register.MODE, CURRENT_MODE)):
            if (yield from self._read(servo, register, 1)) != value:
                yield from self._write(servo, register, 1, value)
        limit = yield from self._read(servo, Register.CURRENT_LIMIT, 2)
        if not 0 < limit <= kind.current_limit:
            raise DeviceError(f"servo {servo} ({kind.name}): its current limit is {limit}, which cannot be")
        wanted = self._units(kind, limit)
        if wanted != limit:
            yield from self._write(servo, Register.CURRENT_LIMIT, 2, wanted)
        yield from self._write(servo, Register.GOAL_CURRENT, 2, 0)
        return wanted

    def _arm(self) -> Handshake:
        """Torque on with no current, and the watchdog: all servos at once, then each is asked whether it did."""
        units = self._watchdog_ms // WATCHDOG_UNIT_MS
        for register, value in ((Register.WATCHDOG, units), (Register.TORQUE_ENABLE, 1)):
            each = b"".join(bytes([servo, value]) for servo in self._ids)
            packet = build(BROADCAST, Instruction.SYNC_WRITE, _SPAN.pack(register, 1) + each)
            yield Ask(packet, None, _SILENT_S)
        for servo in self._ids:
            for register, value in ((Register.WATCHDOG, units), (Register.TORQUE_ENABLE, 1)):
                got = yield from self._read(servo, register, 1)
                if got != value:
                    raise DeviceError(f"servo {servo}: register {int(register)} is {got}, not the {value} written")
            self._ticks[servo] = yield from self._read(servo, Register.TICK, 2)

    def _read(self, servo: int, register: int, size: int) -> Generator[Ask, bytes, int]:
        answer = yield from self._ask(servo, Instruction.READ, _SPAN.pack(register, size), size)
        return int.from_bytes(answer, "little")

    def _write(self, servo: int, register: int, size: int, value: int) -> Handshake:
        data = register.to_bytes(2, "little") + value.to_bytes(size, "little")
        yield from self._ask(servo, Instruction.WRITE, data, 0)

    def _ask(self, servo: int, instruction: int, parameters: bytes, size: int) -> Generator[Ask, bytes, bytes]:
        """Ask one servo; the data of its status.

        Raises:
            DeviceError: it refuses.
        """

        def find(data: bytes) -> bytes | None:
            for packet in Parser().feed(data):
                if packet.instruction == Instruction.STATUS and packet.id == servo and packet.parameters:
                    if packet.parameters[0] & ~ALERT or len(packet.parameters) == 1 + size:
                        return packet.parameters
            return None

        request = build(servo, instruction, parameters)
        data = yield Ask(request, lambda got: find(got) is not None, _ANSWER_S, _ATTEMPTS)
        answer = find(data)
        if answer is None:
            raise DeviceError(f"servo {servo}: no answer in {data!r}")
        error = answer[0] & ~ALERT
        if error:
            what = StatusError(error).name if error in set(StatusError) else f"code {error}"
            name = Instruction(instruction).name
            raise DeviceError(f"servo {servo} refuses {name} {parameters.hex(' ')}: {what} error")
        return answer[1:]
