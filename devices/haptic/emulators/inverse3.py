"""`EmulatedInverse3`: what a Haply Inverse3 answers; its firmware is closed, so: what its vendor's library needs."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wugan.devices.haptic.drivers.inverse3 import AXES, FORCE, IDENTIFY, IDENTITY, STATE, Inverse3
from wugan.devices.haptic.emulators.device import EmulatedDevice

POSITION, JOINT_TORQUES, JOINT_ANGLES, JOINT_STATE = 0x2C, 0x1A, 0x1C, 0x1B
PAYLOADS = {IDENTIFY: 0, FORCE: 12, POSITION: 12, JOINT_TORQUES: 12, JOINT_ANGLES: 12}
SERIAL = bytes(range(16))
IDENTITY_REPLY = struct.pack("<BHBBB", IDENTITY, 1181, 4, 7, 1) + SERIAL


@dataclass(slots=True)
class Inverse3Faults:
    """What a test turns on; the first four were used on the vendor's library, which took all for valid.

    Attributes:
        silent: answers nothing, but applies what it is told.
        delay_s: time that an answer takes.
        wrong_code: one added to the code of each answer.
        nan: positions and velocities are NaN.
        short: bytes that are missing at the end of each answer.
        repeat: each answer comes twice.
        stamp: the number of the command is sent as position x, to measure by how many commands an answer is late.
    """

    silent: bool = False
    delay_s: float = 0.0
    wrong_code: bool = False
    nan: bool = False
    short: int = 0
    repeat: bool = False
    stamp: bool = False


class EmulatedInverse3(EmulatedDevice):
    """The five codes that are known, without watchdog: the last force stays.

    Assumed, as nobody outside knows: other codes are skipped; half a payload is waited for without end; a position
    or joint command takes the end-effector force away (their control is not emulated, and joints read zero); a force
    that is not finite is none.
    """

    def __init__(self, *, max_force_n: float = 4.0, own_supply: bool = False) -> None:
        """Switch it on.

        Args:
            max_force_n: greatest force of each axis, N.
            own_supply: pulling the USB cable does not switch it off.
        """
        self._own_supply = own_supply
        self._spec = Inverse3(max_force_n=max_force_n).spec
        self._position = np.array(self.rest)
        self._velocity = np.zeros(AXES)
        self.faults = Inverse3Faults()
        self.power_cycle()

    def power_cycle(self) -> None:
        """No force, nothing half read, nothing to be answered."""
        self._input = bytearray()
        self._late: list[tuple[float, bytes]] = []
        self._output = np.zeros(AXES)
        self.commands = 0

    @property
    def output(self) -> NDArray[np.float64]:
        """Force at the end effector, N, float64 `[3]`."""
        return self._output

    def sense(self, position: NDArray[np.float64], velocity: NDArray[np.float64]) -> None:
        """Where the end effector is."""
        self._position, self._velocity = np.array(position), np.array(velocity)

    def tick(self, now_s: float) -> bytes:
        """Answers that were delayed."""
        due = b"".join(answer for time, answer in self._late if time <= now_s)
        self._late = [(time, answer) for time, answer in self._late if time > now_s]
        return due

    def receive(self, data: bytes, now_s: float) -> bytes:
        """Take codes and payloads; one answer to each."""
        self._input += data
        while self._input:
            size = PAYLOADS.get(self._input[0])
            if size is None:
                del self._input[0]
                continue
            if len(self._input) < 1 + size:
                break
            code, payload = self._input[0], bytes(self._input[1 : 1 + size])
            del self._input[: 1 + size]
            answer = self._spoil(self._obey(code, payload))
            if answer:
                self._late.append((now_s + self.faults.delay_s, answer))
        return self.tick(now_s)

    def _obey(self, code: int, payload: bytes) -> bytes:
        if code == IDENTIFY:
            return IDENTITY_REPLY
        self.commands += 1
        force = np.array(struct.unpack("<3f", payload)) if code == FORCE else np.zeros(AXES)
        most = np.array(self._spec.max_output)
        self._output = np.clip(np.where(np.isnan(force), 0.0, force), -most, most)
        if code in (JOINT_TORQUES, JOINT_ANGLES):
            return struct.pack("<B6f", JOINT_STATE, *[0.0] * 6)
        values = [*self._position, *self._velocity]
        if self.faults.stamp:
            values[0] = float(self.commands) / 1000
        if self.faults.nan:
            values = [np.nan] * 6
        return struct.pack("<B6f", STATE, *values)

    def _spoil(self, answer: bytes) -> bytes:
        faults = self.faults
        if faults.silent:
            return b""
        if faults.wrong_code:
            answer = bytes([answer[0] + 1]) + answer[1:]
        answer = answer[: len(answer) - faults.short]
        return answer * 2 if faults.repeat else answer
