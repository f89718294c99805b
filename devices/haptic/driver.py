"""`Driver`: the wire protocol of one kind of device, as bytes to states and back.

A driver does no I/O, holds no clock and starts no thread: the servo process moves the bytes, keeps the time and decides
what a timeout means. So every driver can be fuzzed, and tested against recorded bytes, without a port.
"""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Any, Self

from wugan.devices.haptic.spec import HapticSpec, State
from wugan.errors import DeviceError


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
