"""`EmulatedSimpleFocPackets`: a SimpleFOC board with the PacketCommander of Arduino-FOC-drivers 1.0.8."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from wugan.devices.haptic.drivers.simplefoc_packets import SimpleFocPackets
from wugan.devices.haptic.emulators.device import EmulatedDevice
from wugan.devices.haptic.emulators.foc_motor import EmulatedFocMotor
from wugan.devices.haptic.emulators.packet_io import BinaryIO, Board, TextIO
from wugan.devices.haptic.emulators.simplefoc import SimpleFocFaults
from wugan.devices.haptic.spec import HapticSpec


class EmulatedSimpleFocPackets(EmulatedDevice):
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

    @property
    def spec(self) -> HapticSpec:
        """As the driver's."""
        return self._spec

    def power_cycle(self) -> None:
        """Motors on with target 0, first address, nothing half read or held back."""
        self.motors = [EmulatedFocMotor(*self._motor) for _ in self._spec.max_output]
        board = Board(self.motors, self._echo)
        self._io = BinaryIO(board, self._flushes) if self._binary else TextIO(board)

    def unplugged(self, now_s: float) -> None:
        """With its own supply it goes on as it was, torque included; otherwise it forgets everything."""
        if not self._own_supply:
            self.power_cycle()

    @property
    def output(self) -> NDArray[np.float64]:
        """Torque of each motor, N·m, float64 `[axes]`."""
        return np.array([motor.torque for motor in self.motors])

    def sense(self, position: NDArray[np.float64], velocity: NDArray[np.float64]) -> None:
        """Where the shafts are; the sensors round down to counts."""
        for motor, angle, speed in zip(self.motors, position, velocity, strict=True):
            motor.sense(float(angle), float(speed) if math.isfinite(speed) else 0.0)

    def tick(self, now_s: float) -> bytes:
        """A value that waits for its end is used as it is after a second."""
        return self._spoil(self._io.tick(now_s))

    def receive(self, data: bytes, now_s: float) -> bytes:
        """Take bytes for packets or lines."""
        return self._spoil(self._io.receive(data, now_s))

    def _spoil(self, answer: bytes) -> bytes:
        if self.faults.silent:
            return b""
        return answer * 2 if self.faults.repeat else answer
