"""`EmulatedDynamixel`: X-series servos on one half-duplex bus, over Dynamixel Protocol 2.0."""

from __future__ import annotations

import struct
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from wugan.devices.haptic.drivers import dynamixel as wire
from wugan.devices.haptic.drivers.dynamixel import (
    BROADCAST,
    LAST_ID,
    Instruction,
    Model,
    Packet,
    Register,
    StatusError,
    model_named,
    spec_of,
)
from wugan.devices.haptic.emulators.device import EmulatedDevice

EEPROM_END = 64
TABLE_SIZE = 256  # the second block of indirect registers, from 578 on, is left out
_SHUTDOWN_BITS = 1 << 2 | 1 << 4 | 1 << 5  # register 63, factory setting 52: overload, shock, heat
_GOALS = (Register.GOAL_PWM, Register.GOAL_CURRENT, Register.GOAL_VELOCITY, Register.GOAL_POSITION)
_MODES = (0, 1, 3, 4, 5, 16)
_ANY2, _ANY4, _GAIN = (0, 0xFFFF), (-(1 << 31), (1 << 31) - 1), (0, 16_383)

# Writable registers: address -> (size, least, greatest, factory setting); signed where the least is below 0.
_WRITABLE: dict[int, tuple[int, int, int, int]] = {
    7: (1, 0, LAST_ID, 1),
    8: (1, 0, 7, 1),
    9: (1, 0, 254, 250),
    10: (1, 0, 13, 0),
    11: (1, 0, 16, 3),
    12: (1, 0, 255, 255),
    13: (1, 1, 2, 2),
    20: (4, -1_044_479, 1_044_479, 0),
    24: (4, 0, 1023, 10),
    31: (1, 0, 100, 80),
    32: (2, 31, 160, 160),
    34: (2, 31, 160, 95),
    36: (2, 0, 885, 885),
    38: (2, 0, 0xFFFF, 0),  # greatest and factory setting are the model's
    44: (4, 0, 2047, 350),
    48: (4, 0, 4095, 4095),
    52: (4, 0, 4095, 0),
    63: (1, 0, 255, 52),
    64: (1, 0, 1, 0),
    65: (1, 0, 1, 0),
    68: (1, 0, 2, 2),
    76: (2, *_GAIN, 1920),
    78: (2, *_GAIN, 100),
    80: (2, *_GAIN, 0),
    82: (2, *_GAIN, 0),
    84: (2, *_GAIN, 800),
    88: (2, *_GAIN, 0),
    90: (2, *_GAIN, 0),
    98: (1, 0, 127, 0),
    100: (2, -885, 885, 0),
    102: (2, -0x8000, 0x7FFF, 0),
    104: (4, *_ANY4, 0),
    108: (4, 0, 32_767, 0),
    112: (4, 0, 32_767, 0),
    116: (4, *_ANY4, 0),
    **{address: (2, *_ANY2, 224 + (address - 168) // 2) for address in range(168, 224, 2)},
    **dict.fromkeys(range(224, 252), (1, 0, 255, 0)),
}


class EmulatedServo:
    """One servo: its registers, with ranges, access rights, EEPROM lock and watchdog.

    What the maker does not say is taken from the less safe side: the goal current survives the watchdog's expiry.

    Attributes:
        registers: the control table.
    """

    def __init__(self, number: int, model: Model, firmware: int = 47) -> None:
        self.model = model
        self.registers = bytearray(TABLE_SIZE)
        self._angle, self._speed = 0.0, 0.0
        self._turns = 0
        self._fed_s = self._boot_s = 0.0
        self.factory_reset()
        self._put(Register.MODEL, 2, model.number)
        self._put(Register.FIRMWARE, 1, firmware)
        self._put(Register.ID, 1, number)

    # --- registers as numbers

    def get(self, address: int, size: int, signed: bool = False) -> int:
        return int.from_bytes(self.registers[address : address + size], "little", signed=signed)

    def _put(self, address: int, size: int, value: int) -> None:
        wrapped = value & ((1 << 8 * size) - 1)
        self.registers[address : address + size] = wrapped.to_bytes(size, "little")

    @property
    def id(self) -> int:
        return self.registers[Register.ID]

    @property
    def alert(self) -> bool:
        return self.registers[Register.HARDWARE_ERROR] != 0

    @property
    def tripped(self) -> bool:
        return self.registers[Register.WATCHDOG] == 0xFF

    @property
    def torque(self) -> float:
        """What the motor gives now, N·m."""
        on = self.registers[Register.TORQUE_ENABLE] and not self.tripped
        if not on or self.registers[Register.MODE] != wire.CURRENT_MODE:
            return 0.0
        return self.get(Register.GOAL_CURRENT, 2, signed=True) * self.model.torque

    # --- life

    def factory_reset(self, keep: tuple[int, ...] = ()) -> None:
        """Factory settings, except for the registers in `keep`."""
        for address, (size, _, _, setting) in _WRITABLE.items():
            if address not in keep:
                self._put(address, size, self.model.current_limit if address == Register.CURRENT_LIMIT else setting)
        self._put(Register.HARDWARE_ERROR, 1, 0)

    def reboot(self, now_s: float) -> None:
        """Switch off and on: EEPROM stays, all else is forgotten, turns included."""
        self.factory_reset(keep=tuple(address for address in _WRITABLE if address < EEPROM_END))
        self._boot_s = now_s
        self._turns = -(self._steps() // 4096)

    def feed(self, now_s: float) -> None:
        """An instruction packet was heard."""
        self._fed_s = now_s

    def tick(self, now_s: float) -> None:
        """Look at the watchdog, which is awake only while torque is on."""
        timeout = self.registers[Register.WATCHDOG]
        if self.registers[Register.TORQUE_ENABLE] and 0 < timeout < 0xFF:
            if now_s - self._fed_s > timeout * wire.WATCHDOG_UNIT_MS / 1000:
                self.registers[Register.WATCHDOG] = 0xFF

    def sense(self, angle: float, speed: float) -> None:
        self._angle, self._speed = angle, speed

    def fail(self, bits: int) -> None:
        """A hardware error: bits of register 70. Those that shut down take the torque away."""
        self._put(Register.HARDWARE_ERROR, 1, bits)
        if bits & self.registers[63]:
            self._put(Register.TORQUE_ENABLE, 1, 0)

    # --- instructions

    def read(self, address: int, size: int, now_s: float) -> bytes | StatusError:
        if size == 0 or address + size > TABLE_SIZE:
            return StatusError.RANGE
        self._refresh(now_s)
        return bytes(self.registers[address : address + size])

    def write(self, address: int, data: bytes, now_s: float) -> StatusError | None:
        """Write all of `data`, or nothing and the reason."""
        refused = self.refusal(address, data)
        if refused is None:
            was_on = self.registers[Register.TORQUE_ENABLE]
            self.registers[address : address + len(data)] = data
            if self.alert and self.registers[Register.HARDWARE_ERROR] & _SHUTDOWN_BITS:
                self._put(Register.TORQUE_ENABLE, 1, 0)  # only a reboot brings it back
            if self.registers[Register.TORQUE_ENABLE] and not was_on:
                self._fed_s = now_s
        return refused

    def refusal(self, address: int, data: bytes) -> StatusError | None:
        """Why `data` may not be written at `address`; None where it may."""
        if not data:
            return StatusError.LENGTH
        covered = 0
        for start, size in self._touched(address, len(data)):
            if not address <= start or start + size > address + len(data):
                return StatusError.LENGTH  # part of a register
            covered += size
            if start < EEPROM_END and self.registers[Register.TORQUE_ENABLE]:
                return StatusError.ACCESS
            refused = self._value_refusal(start, data[start - address : start - address + size])
            if refused is not None:
                return refused
        return None if covered == len(data) else StatusError.ACCESS

    def _touched(self, address: int, length: int) -> Iterator[tuple[int, int]]:
        for start in range(address - 3, address + length):  # no register is longer than four bytes
            if start in _WRITABLE and start + _WRITABLE[start][0] > address:
                yield start, _WRITABLE[start][0]

    def _value_refusal(self, address: int, data: bytes) -> StatusError | None:
        _, least, greatest, _ = _WRITABLE[address]
        value = int.from_bytes(data, "little", signed=least < 0)
        if address in _GOALS and self.tripped:
            return StatusError.RANGE
        if address == Register.GOAL_CURRENT:
            return StatusError.LIMIT if abs(value) > self.get(Register.CURRENT_LIMIT, 2) else None
        if address == Register.CURRENT_LIMIT:
            greatest = self.model.current_limit
        if not least <= value <= greatest or (address == Register.MODE and value not in _MODES):
            return StatusError.RANGE
        return None

    def _steps(self) -> int:
        return round(self._angle / wire.RAD_PER_STEP) + wire.CENTRE

    def _refresh(self, now_s: float) -> None:
        """Bring what is measured up to date."""
        tick = int((now_s - self._boot_s) * 1000) % wire.TICK_WRAP_MS
        current = round(self.torque / self.model.torque)
        speed = round(self._speed / wire.RAD_S_PER_STEP)
        steps = self._steps() + 4096 * self._turns
        struct.pack_into("<HBBhhii", self.registers, Register.TICK, tick, int(speed != 0), 0, 0, current, speed, steps)
        self._put(Register.VOLTAGE, 2, 120)
        self._put(Register.TEMPERATURE, 1, 30)


_SPAN = struct.Struct("<HH")
_CLEAR_KEY = b"\x01\x44\x58\x4c\x22"
_DELAY_UNIT_S = 2e-6


class EmulatedDynamixel(EmulatedDevice):
    """One or several servos, each an axis, in the order of their ids.

    Args:
        ids: of the servos.
        model: name of their model.
        firmware: number of their firmware.
        baud: for the spec only; a pseudo-terminal has none.
        watchdog_ms: for the spec only; the servos' own watchdog is off until it is set, as in the real ones.
    """

    def __init__(
        self,
        *,
        ids: Sequence[int] = (1,),
        model: str = "XM430-W350",
        firmware: int = 47,
        baud: int = 1_000_000,
        watchdog_ms: int = 100,
    ) -> None:
        kind = model_named(model)
        self.servos = [EmulatedServo(number, kind, firmware) for number in ids]
        self._spec = spec_of([kind] * len(ids), [kind.current_limit] * len(ids), watchdog_ms, baud)
        self._parser = wire.Parser()
        self._answers: deque[tuple[float, bytes]] = deque()
        self._registered: dict[int, bytes] = {}
        self.refused: Counter[str] = Counter()
        self._now = 0.0

    @property
    def dropped(self) -> dict[str, int]:
        """Bytes and packets that the servos did not understand."""
        return dict(self._parser.dropped)

    @property
    def output(self) -> NDArray[np.float64]:
        return np.array([servo.torque for servo in self.servos])

    def sense(self, position: NDArray[np.float64], velocity: NDArray[np.float64]) -> None:
        for servo, angle, speed in zip(self.servos, position.tolist(), velocity.tolist(), strict=True):
            servo.sense(angle, speed)

    def power_cycle(self) -> None:
        self._parser.reset()
        self._answers.clear()
        self._registered.clear()
        for servo in self.servos:
            servo.reboot(self._now)

    def unplugged(self, now_s: float) -> None:
        """The adapter is pulled; the servos have a supply of their own, so only their watchdog stops them."""
        self._parser.reset()
        self._answers.clear()

    def fail(self, axis: int, bits: int) -> None:
        """Give one servo a hardware error (bits of register 70)."""
        self.servos[axis].fail(bits)

    # --- time

    def tick(self, now_s: float) -> bytes:
        self._now = now_s
        for servo in self.servos:
            servo.tick(now_s)
        ready = []
        while self._answers and self._answers[0][0] <= now_s:
            ready.append(self._answers.popleft()[1])
        return b"".join(ready)

    def receive(self, data: bytes, now_s: float) -> bytes:
        # The watchdogs first: a packet that comes too late must not feed them.
        ready = self.tick(now_s)
        for packet in self._parser.feed(data):
            if packet.instruction == Instruction.STATUS:
                continue  # another servo's
            for servo in self.servos:
                if packet.id in (servo.id, BROADCAST):
                    servo.feed(now_s)
            self._handle(packet)
        return ready + self.tick(now_s)

    # --- instructions

    def _handle(self, packet: Packet) -> None:
        many = {
            Instruction.SYNC_READ: self._sync_read,
            Instruction.SYNC_WRITE: self._sync_write,
            Instruction.BULK_READ: self._bulk_read,
            Instruction.BULK_WRITE: self._bulk_write,
        }
        if packet.instruction in many:
            # Sent to all; to one servo they mean nothing.
            if packet.id == BROADCAST:
                many[Instruction(packet.instruction)](packet.parameters)
            return
        for servo in self.servos:
            if packet.id in (servo.id, BROADCAST):
                self._handle_one(servo, packet)

    def _handle_one(self, servo: EmulatedServo, packet: Packet) -> None:
        single: dict[int, Callable[[EmulatedServo, bytes], bytes | StatusError]] = {
            Instruction.PING: lambda servo, _: (
                bytes(servo.registers[0:2]) + bytes([servo.registers[Register.FIRMWARE]])
            ),
            Instruction.READ: self._read,
            Instruction.WRITE: self._write,
            Instruction.REG_WRITE: self._register,
            Instruction.ACTION: self._action,
            Instruction.CLEAR: lambda _, key: b"" if key == _CLEAR_KEY else StatusError.RANGE,
        }
        level = servo.registers[Register.STATUS_LEVEL]
        before = servo.id
        if packet.instruction in single:
            result = single[packet.instruction](servo, packet.parameters)
        elif packet.instruction == Instruction.REBOOT:
            result = b""
        elif packet.instruction == Instruction.FACTORY_RESET:
            kept = {b"\xff": (), b"\x01": (Register.ID,), b"\x02": (Register.ID, Register.BAUD)}
            known = packet.parameters in kept
            result = b"" if known else StatusError.RANGE
            if known:
                servo.factory_reset(keep=kept[packet.parameters])
        else:
            result = StatusError.INSTRUCTION
        if isinstance(result, StatusError):
            self.refused[result.name.lower()] += 1
        asked = packet.instruction == Instruction.PING or (
            packet.id != BROADCAST and level >= (1 if packet.instruction == Instruction.READ else 2)
        )
        if asked:
            self._answer(servo, result, before)
        if packet.instruction == Instruction.REBOOT:
            servo.reboot(self._now)

    def _answer(self, servo: EmulatedServo, result: bytes | StatusError, number: int) -> None:
        error = wire.ALERT if servo.alert else 0
        data = b""
        if isinstance(result, StatusError):
            error |= result
        else:
            data = result
        status = wire.build(number, Instruction.STATUS, bytes([error]) + data)
        # One after another on one line: each waits for its delay after the one before.
        start = max(self._now, self._answers[-1][0] if self._answers else self._now)
        self._answers.append((start + servo.registers[Register.RETURN_DELAY] * _DELAY_UNIT_S, status))

    def _read(self, servo: EmulatedServo, parameters: bytes) -> bytes | StatusError:
        if len(parameters) != _SPAN.size:
            return StatusError.LENGTH
        address, size = _SPAN.unpack(parameters)
        return servo.read(address, size, self._now)

    def _write(self, servo: EmulatedServo, parameters: bytes) -> bytes | StatusError:
        if len(parameters) < 3:
            return StatusError.LENGTH
        refused = servo.write(int.from_bytes(parameters[:2], "little"), parameters[2:], self._now)
        return b"" if refused is None else refused

    def _register(self, servo: EmulatedServo, parameters: bytes) -> bytes | StatusError:
        if len(parameters) < 3:
            return StatusError.LENGTH
        refused = servo.refusal(int.from_bytes(parameters[:2], "little"), parameters[2:])
        if refused is not None:
            return refused
        self._registered[servo.id] = parameters
        return b""

    def _action(self, servo: EmulatedServo, parameters: bytes) -> bytes | StatusError:
        registered = self._registered.pop(servo.id, None)
        return StatusError.RESULT if registered is None else self._write(servo, registered)

    def _sync_read(self, parameters: bytes) -> None:
        if len(parameters) > _SPAN.size:
            address, size = _SPAN.unpack_from(parameters)
            for number in parameters[_SPAN.size :]:
                self._read_for(number, address, size)

    def _bulk_read(self, parameters: bytes) -> None:
        for at in range(0, len(parameters) - 4, 5):
            number, address, size = struct.unpack_from("<BHH", parameters, at)
            self._read_for(number, address, size)

    def _read_for(self, number: int, address: int, size: int) -> None:
        for servo in self.servos:
            if servo.id == number and servo.registers[Register.STATUS_LEVEL] >= 1:
                self._answer(servo, servo.read(address, size, self._now), number)

    def _sync_write(self, parameters: bytes) -> None:
        if len(parameters) > _SPAN.size:
            address, size = _SPAN.unpack_from(parameters)
            step = 1 + size
            for at in range(_SPAN.size, len(parameters) - size, step):
                self._write_for(parameters[at], address, parameters[at + 1 : at + step])

    def _bulk_write(self, parameters: bytes) -> None:
        at = 0
        while at + 5 <= len(parameters):
            number, address, size = struct.unpack_from("<BHH", parameters, at)
            data = parameters[at + 5 : at + 5 + size]
            if len(data) == size:
                self._write_for(number, address, data)
            at += 5 + size

    def _write_for(self, number: int, address: int, data: bytes) -> None:
        """A write that is not answered: refusals show nowhere but here."""
        for servo in self.servos:
            if servo.id == number:
                refused = servo.write(address, data, self._now)
                if refused is not None:
                    self.refused[refused.name.lower()] += 1
