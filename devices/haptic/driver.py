"""`Driver`: the wire protocol of one kind of device, as bytes to states and back; `HapticSpec` and `State` in SI units.

A driver does no I/O, holds no clock and starts no thread: the servo process moves the bytes, keeps the time and decides
what a timeout means. So every driver can be fuzzed, and tested against recorded bytes, without a port.
"""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from wugan.errors import DeviceError

Space = Literal["cartesian", "joint"]


@dataclass(frozen=True, slots=True)
class HapticSpec:
    """What a haptic device can do, readable before it is opened.

    Attributes:
        protocol: name of the driver (`wugan`, `haply`, `inverse3`, `simplefoc`, `odrive`, `openffboard`, `dynamixel`).
        model: the maker's name of the device.
        space: what position, velocity and output mean: `cartesian` is m, m/s, N; `joint` is rad, rad/s, N·m.
        max_output: greatest output that the device can give, one for each axis (N or N·m).
        workspace: least and greatest position of each axis (m or rad).
        max_velocity: greatest believable speed of each axis (m/s or rad/s); a faster change is no state.
        max_rate_hz: exchanges a second that line and device can carry.
        watchdog_s: time after which the device itself drops to zero when the host is silent; None where it has no
            watchdog, which is why higher limits are refused there.
        reads_without_commanding: a state can be read without touching the output.
        measures_velocity: the device sends velocities; otherwise they are estimated from positions.
        usb: vendor and product ids by which it is found.
        keeps_position: positions mean the same after the power was away (absolute encoders). Where they do not, there
            is no force after an unplug until the device was calibrated again.
    """

    protocol: str
    model: str
    space: Space
    max_output: tuple[float, ...]
    workspace: tuple[tuple[float, float], ...]
    max_velocity: tuple[float, ...]
    max_rate_hz: float
    watchdog_s: float | None
    reads_without_commanding: bool
    measures_velocity: bool
    usb: tuple[tuple[int, int], ...] = ()
    keeps_position: bool = True

    @property
    def axes(self) -> int:
        """Number of actuated axes."""
        return len(self.max_output)


@dataclass(slots=True)
class State:
    """One answer of a device, to the command that is in flight. Never made up: no answer, no state.

    Attributes:
        position: m or rad, one for each axis.
        velocity: m/s or rad/s; None where the device does not measure it.
        output: the output that the device says it applies (N or N·m); None where it does not say.
        device_time_s: the device's own clock; None where it has none.
        flags: what the device reports (`armed`, `ramping`, `clamped`, `watchdog`, `estop`, `fault`, …).
        fault: the device's error in words; empty when there is none.
    """

    position: tuple[float, ...]
    velocity: tuple[float, ...] | None = None
    output: tuple[float, ...] | None = None
    device_time_s: float | None = None
    flags: frozenset[str] = field(default_factory=frozenset)
    fault: str = ""


class EmergencyStopLatched(DeviceError):
    """The device's own emergency stop is latched: a person must see that it is safe and release it."""


@dataclass(slots=True)
class Ask:
    """One exchange of a handshake, which the servo carries out.

    Attributes:
        send: bytes to write; may be empty, to listen only.
        complete: says of all bytes received since `send` whether the answer is whole; None means "just wait for
            `timeout_s`, and give what came" (a quiet time, after which the input is flushed).
        timeout_s: when to give up; the generator is then thrown `TimeoutError`.
        attempts: how often to send before giving up.
    """

    send: bytes = b""
    complete: Callable[[bytes], bool] | None = None
    timeout_s: float = 0.1
    attempts: int = 1


Handshake = Generator[Ask, bytes, None]


class Driver(ABC):
    """One device's protocol. Constructed with plain keyword values, so that it can be written to YAML and to a process.

    The servo calls, in this order: `handshake()` to its end (identify, configure, zero, arm); then in each period
    `command()` once, writes it in one call, reads, and gives what came to `feed()` until a state is returned or the
    period's deadline has passed. After a timeout or a `ProtocolError` it never trusts what is left in the line: it
    flushes, calls `reset()` and runs `handshake()` again. `stop()` is sent on every way out.

    A driver sets `_spec`, and where they differ from the usual `_baud` and `_boot_s`; or it overrides the properties.

    What it was constructed with is kept under the parameters' own names, for YAML. A copy in another process is
    constructed from the same values, and begins with a handshake.
    """

    _given: dict[str, Any]
    _spec: HapticSpec
    _baud: int = 115_200
    _boot_s: float = 0.0

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        """Keep what the constructor is given, whatever the constructor itself keeps."""
        driver = super().__new__(cls)
        bound = inspect.signature(cls.__init__).bind(driver, *args, **kwargs)
        bound.apply_defaults()
        driver._given = dict(list(bound.arguments.items())[1:])
        for name, value in driver._given.items():
            if not hasattr(cls, name):
                setattr(driver, name, value)
        return driver

    def __reduce__(self) -> tuple[Any, ...]:
        return _construct, (type(self), self._given)

    @property
    def spec(self) -> HapticSpec:
        """What the device can do; after `handshake()` with what the device itself has said."""
        return self._spec

    @abstractmethod
    def handshake(self) -> Handshake:
        """Identify, configure, zero and arm the device.

        Raises:
            DeviceError: it is another device or another version, or it reports an error that needs a hand.
            EmergencyStopLatched: its emergency stop is latched; `clear_estop`, where a driver has that, lifts it.
        """

    @abstractmethod
    def command(self, output: Sequence[float]) -> bytes:
        """The frame (or frames, for one write) that applies `output` and asks for the state that answers it.

        Args:
            output: finite, one for each axis, N or N·m. The driver converts to the device's units and saturates at
                the device's range; it raises `ValueError` for what is not finite or has another length.
        """

    @abstractmethod
    def feed(self, data: bytes) -> list[State]:
        """Take received bytes, in pieces of any size; give the states that answer the command in flight.

        Late, duplicate, damaged and unasked frames are dropped and counted in `dropped`, never returned. Never raises
        on any bytes.
        """

    @abstractmethod
    def stop(self) -> bytes:
        """Bytes that take the output to zero from any state in which the device can be, at any time."""

    def emergency_stop(self) -> bytes:
        """Bytes for an emergency stop: as `stop()`, and latched in the device where it can latch."""
        return self.stop()

    @abstractmethod
    def reset(self) -> None:
        """Forget half a frame and the command in flight. Called after the line was flushed."""

    @property
    @abstractmethod
    def dropped(self) -> dict[str, int]:
        """Frames that were thrown away, by reason (`crc`, `late`, `length`, `non-finite`, `unasked`, …)."""

    def read(self) -> bytes | None:
        """A frame that asks for the state and leaves the output alone; None where the device has none."""
        return None

    @property
    def baud(self) -> int:
        """Bits per second that the port is opened with; USB CDC devices ignore it."""
        return self._baud

    @property
    def waits_s(self) -> float:
        """Time to leave between opening the port and the first byte (a board that resets on open: 2 s)."""
        return self._boot_s


def _construct(cls: type[Driver], given: dict[str, Any]) -> Driver:
    return cls(**given)
