"""`EmulatedHaply`: a Haply M3 board on a 2DIY pantograph, with the unsafe habits of its firmware."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wugan.devices.haptic.drivers.haply import Haply, Pantograph
from wugan.devices.haptic.emulators.device import EmulatedDevice

PORTS = 4
MISSING = 0xFF  # what a read gives when nothing has arrived
PATIENCE_S = 1.0  # how long the firmware waits for the rest of a block
FULL_DUTY = 4095
MOST_TORQUE_NM = 0.123
MOST_PINS = 16  # the firmware does not bound what it is told; the emulator has to
HOME_DEG = (180.0, 0.0)


@dataclass(slots=True)
class HaplyFaults:
    """Habits that a test turns on, besides those that the firmware always has.

    Attributes:
        silent: answers nothing, but goes on doing what it is told.
        repeat: every answer is sent twice.
        stack: what lies in the gaps of a torque block that was cut short, over and over; f32 in here is N·m.
        nan_duty: duty (−4095 to 4095) that a NaN becomes. The C standard leaves it open: 0 is expected of the board's
            ARM core, full duty was seen on a PC.
        nan_angles: angles are answered as NaN.
    """

    silent: bool = False
    repeat: bool = False
    stack: bytes = struct.pack("<f", 1e-5)
    nan_duty: int = 0
    nan_angles: bool = False


@dataclass(slots=True)
class _Port:
    """A motor driver and an encoder input; what it was told."""

    motor_id: int = 0
    encoder_id: int = 0
    duty: int = 0
    direction_high: bool = True
    reversed_encoder: bool = False
    start_deg: float = 0.0
    counts: float = 13824.0
    zero_rad: float = 0.0  # physical angle when it was configured
    direction: int = 0


class EmulatedHaply(EmulatedDevice):
    """The M3 firmware's byte-wise reader: no framing, no waiting for headers, the last torque stays for ever.

    `faults` may be changed at any time. `configurations` counts what the firmware never frees.
    """

    def __init__(
        self, *, upper_m: float = 0.05, fore_m: float = 0.07, base_m: float = 0.02, own_supply: bool = False
    ) -> None:
        """Build it with the handle at the 2DIY's start posture (180°, 0°), switched on and not configured.

        Args:
            upper_m: upper arms, m.
            fore_m: forearms, m.
            base_m: distance of the motors, m.
            own_supply: pulling the USB cable does not switch it off.
        """
        self._own_supply = own_supply
        self._linkage = Pantograph(upper_m, fore_m, base_m)
        self._spec = Haply(upper_m=upper_m, fore_m=fore_m, base_m=base_m).spec
        self._angles = (math.radians(HOME_DEG[0]), math.radians(HOME_DEG[1]))
        self.faults = HaplyFaults()
        self.power_cycle()

    @property
    def rest(self) -> tuple[float, ...]:
        """The handle in the start posture, in which the driver is told that it is."""
        handle = self._linkage.handle((math.radians(HOME_DEG[0]), math.radians(HOME_DEG[1])))
        assert handle is not None
        return handle

    def power_cycle(self) -> None:
        """Motors off, nothing configured."""
        self._ports = [_Port() for _ in range(PORTS)]
        self._analog: list[int] = []
        self._pwm: list[int] = []
        self.pulse_widths: dict[int, int] = {}
        self.configurations = 0
        self._input = bytearray()
        self._block: tuple[int, Callable[[bytes], bytes]] | None = None
        self._block_since = 0.0
        self._output = np.zeros(2)

    @property
    def pins(self) -> list[tuple[bool, int]]:
        """For each motor port: the direction pin and the duty, 0 to 4095."""
        return [(port.direction_high, port.duty) for port in self._ports]

    @property
    def output(self) -> NDArray[np.float64]:
        """Force at the handle from the duties of ports 1 and 2, N, float64 `[2]`; DIR low is plus."""
        return self._output

    def sense(self, position: NDArray[np.float64], velocity: NDArray[np.float64]) -> None:
        """Follow the handle; where the linkage cannot reach, the motors stay as they were."""
        angles = self._linkage.angles((float(position[0]), float(position[1])))
        if angles is not None:
            self._angles = angles
            self._push()

    def tick(self, now_s: float) -> bytes:
        """A block that waits for its end is used as it is after a second."""
        if self._block is None or now_s - self._block_since < PATIENCE_S:
            return b""
        count, finish = self._block
        got = bytes(self._input)
        gap = (self.faults.stack * (count // len(self.faults.stack) + 1))[len(got) : count]
        self._input.clear()
        self._block = None
        return self._send(finish(got + gap))

    def receive(self, data: bytes, now_s: float) -> bytes:
        """Take what came for commands, byte by byte."""
        answers = self.tick(now_s)
        self._input += data
        while self._input:
            if self._block is None:
                answers += self._send(self._header(now_s))
            if self._block is not None:
                count, finish = self._block
                if len(self._input) < count:
                    break
                block = bytes(self._input[:count])
                del self._input[:count]
                self._block = None
                answers += self._send(finish(block))
        return answers

    def _send(self, answer: bytes) -> bytes:
        if self.faults.silent:
            return b""
        return answer * 2 if self.faults.repeat else answer

    def _read(self) -> int:
        return self._input.pop(0) if self._input else MISSING

    def _header(self, now_s: float) -> bytes:
        command, identifier = self._read(), self._read()
        if command == 0x00:  # forgets all addresses, whatever the id; the motors are left as they are
            for port in self._ports:
                port.motor_id = port.encoder_id = 0
            self.pulse_widths = dict.fromkeys(self._pwm, 0)
            self._pwm, self._analog = [], []
        elif command == 0x01:
            self._configure(identifier, now_s)
        elif command == 0x02:
            motors = [port for port in self._ports if port.motor_id == identifier]
            count = len(self._pwm) + 4 * len(motors)

            def apply(block: bytes) -> bytes:
                return self._apply(identifier, motors, block)

            if count == 0:
                return apply(b"")
            self._block, self._block_since = (count, apply), now_s
        return b""

    def _configure(self, identifier: int, now_s: float) -> None:
        self.configurations += 1
        masks = []
        for name in ("motor_id", "encoder_id"):
            mask = self._read()
            chosen = [port for index, port in enumerate(self._ports) if mask >> index & 1]
            for port in chosen:
                setattr(port, name, identifier)
            for port, _ in zip(self._ports, chosen, strict=False):  # into slots from the first, not into the ports
                direction = self._read()
                if name == "motor_id":
                    port.direction = direction
                else:
                    port.reversed_encoder = direction == 1
            masks.append(chosen)
        self._analog = [self._read() for _ in range(min(self._read(), MOST_PINS))]
        self._pwm = [self._read() for _ in range(min(self._read(), MOST_PINS))]
        encoders = masks[1]

        def finish(block: bytes) -> bytes:
            for index, port in enumerate(encoders):
                port.start_deg, port.counts = struct.unpack_from("<2f", block, 8 * index)
                port.zero_rad = self._physical(self._ports.index(port))
            return b""

        if encoders:
            self._block, self._block_since = (8 * len(encoders), finish), now_s

    def _apply(self, identifier: int, motors: list[_Port], block: bytes) -> bytes:
        self.pulse_widths.update(zip(self._pwm, block, strict=False))
        for port, (torque,) in zip(motors, struct.iter_unpack("<f", block[len(self._pwm) :]), strict=True):
            if math.isnan(torque):
                port.duty = min(abs(self.faults.nan_duty), FULL_DUTY)
                positive = self.faults.nan_duty > 0
            else:
                port.duty = int(FULL_DUTY * min(abs(torque), MOST_TORQUE_NM) / MOST_TORQUE_NM)
                positive = torque > 0
            port.direction_high = positive == (port.direction == 1)
        self._push()
        encoders = [index for index, port in enumerate(self._ports) if port.encoder_id == identifier]
        angles = [math.nan if self.faults.nan_angles else self._angle_deg(index) for index in encoders]
        return struct.pack(f"<B{len(self._analog) + len(angles)}f", identifier, *[0.0] * len(self._analog), *angles)

    def _physical(self, index: int) -> float:
        return self._angles[index] if index < len(self._angles) else 0.0

    def _angle_deg(self, index: int) -> float:
        """360·count/resolution, where the counter began at the configured angle."""
        port = self._ports[index]
        if not (math.isfinite(port.start_deg) and math.isfinite(port.counts)) or not 1 <= port.counts < 1e9:
            return port.start_deg
        turned = (self._physical(index) - port.zero_rad + math.pi) % (2 * math.pi) - math.pi
        turned = -turned if port.reversed_encoder else turned
        start = port.start_deg * port.counts / 360
        count = math.trunc(start) + math.floor(turned * port.counts / (2 * math.pi) + 0.5) if abs(start) < 1e12 else 0
        return 360.0 * count / port.counts

    def _push(self) -> None:
        torques = []
        for port in self._ports[:2]:
            torques.append((-MOST_TORQUE_NM if port.direction_high else MOST_TORQUE_NM) * port.duty / FULL_DUTY)
        self._output = np.array(self._linkage.force(self._angles, (torques[0], torques[1])) or (0.0, 0.0))
