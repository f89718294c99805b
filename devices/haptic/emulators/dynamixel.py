"""`EmulatedDynamixel`: X-series servos on one half-duplex bus, over Dynamixel Protocol 2.0."""

from __future__ import annotations

import struct
from collections import Counter, deque
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from wugan.devices.haptic.drivers import dynamixel_packets as wire
from wugan.devices.haptic.drivers.dynamixel import spec_of
from wugan.devices.haptic.drivers.dynamixel_models import Register, model_named
from wugan.devices.haptic.drivers.dynamixel_packets import BROADCAST, Instruction, Packet, StatusError
from wugan.devices.haptic.emulators.device import EmulatedDevice
from wugan.devices.haptic.emulators.dynamixel_servo import EmulatedServo
from wugan.devices.haptic.spec import HapticSpec

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
    def spec(self) -> HapticSpec:
        return self._spec

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
