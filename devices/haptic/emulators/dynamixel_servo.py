"""`EmulatedServo`: the control table of one Dynamixel X servo, and what writing to it does."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from wugan.devices.haptic.drivers import dynamixel_models as models
from wugan.devices.haptic.drivers.dynamixel_models import Model, Register
from wugan.devices.haptic.drivers.dynamixel_packets import LAST_ID, StatusError

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
        if not on or self.registers[Register.MODE] != models.CURRENT_MODE:
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
            if now_s - self._fed_s > timeout * models.WATCHDOG_UNIT_MS / 1000:
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
        return round(self._angle / models.RAD_PER_STEP) + models.CENTRE

    def _refresh(self, now_s: float) -> None:
        """Bring what is measured up to date."""
        tick = int((now_s - self._boot_s) * 1000) % models.TICK_WRAP_MS
        current = round(self.torque / self.model.torque)
        speed = round(self._speed / models.RAD_S_PER_STEP)
        steps = self._steps() + 4096 * self._turns
        struct.pack_into("<HBBhhii", self.registers, Register.TICK, tick, int(speed != 0), 0, 0, current, speed, steps)
        self._put(Register.VOLTAGE, 2, 120)
        self._put(Register.TEMPERATURE, 1, 30)
