"""`EmulatedDevice`: what one kind of device does with the bytes that it receives, faults of its firmware included."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod

import numpy as np
from numpy.typing import NDArray

from wugan.devices.haptic.driver import HapticSpec


class EmulatedDevice(ABC):
    """The firmware of one kind of device, without a port and without a clock of its own.

    A pseudo-terminal, or a test, gives it bytes and time; a body (mass, damping, encoder) gives it positions and takes
    its output. It behaves as the real firmware does, unsafe habits included: where the real one keeps its last torque
    for ever, so does this.

    A device sets `_spec`, and `_own_supply` where pulling the cable does not switch it off; or it overrides what uses
    them.
    """

    _spec: HapticSpec
    _own_supply: bool = False

    @property
    def spec(self) -> HapticSpec:
        """What the device can do, the same as its driver says after the handshake."""
        return self._spec

    @abstractmethod
    def receive(self, data: bytes, now_s: float) -> bytes:
        """Take bytes from the host at a time; the bytes that the device answers."""

    def tick(self, now_s: float) -> bytes:
        """Let time pass (watchdogs, ramps, byte timeouts); the bytes that the device sends unasked, usually none."""
        return b""

    @abstractmethod
    def sense(self, position: NDArray[np.float64], velocity: NDArray[np.float64]) -> None:
        """What the body does now, in the units of `spec.space`, float64 `[axes]`; the device quantises it."""

    @property
    @abstractmethod
    def output(self) -> NDArray[np.float64]:
        """The force or torque at the actuators now, in the units of `spec.space`, float64 `[axes]`."""

    @property
    def rest(self) -> tuple[float, ...]:
        """Where its moving part lies when it is switched on, m or rad; by default in the middle of the workspace."""
        return tuple((low + high) / 2 if math.isfinite(low + high) else 0.0 for low, high in self.spec.workspace)

    @abstractmethod
    def power_cycle(self) -> None:
        """What unplugging does: all state is as after switching on."""

    def unplugged(self, now_s: float) -> None:
        """The cable was pulled. A device on the bus's power forgets everything; one with its own goes on as it was."""
        if not self._own_supply:
            self.power_cycle()

    def port_closed(self, now_s: float) -> None:
        """The host closed the port, or its process died (DTR falls). Most devices do not look at it."""
