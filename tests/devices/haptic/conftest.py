"""A driver and an emulated device joined in memory, with a clock that moves only when told."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from wugan.devices.haptic.driver import Driver
from wugan.devices.haptic.emulators.device import EmulatedDevice
from wugan.devices.haptic.spec import State

TICK_S = 0.001


class Line:
    """A line without delay or loss. It plays the servo's part: writes, waits in virtual time, and never flushes late.

    Attributes:
        now_s: the virtual time, in seconds.
        sent: everything that the host has written.
    """

    def __init__(self, driver: Driver, device: EmulatedDevice) -> None:
        self.driver, self.device = driver, device
        self.now_s = 0.0
        self.sent = bytearray()

    def write(self, data: bytes) -> bytes:
        """Write to the device; what it answers at once."""
        self.sent += data
        return self.device.receive(data, self.now_s) if data else b""

    def wait(self, seconds: float) -> bytes:
        """Let time pass in ticks of 1 ms; what the device sends meanwhile."""
        received, end = b"", self.now_s + seconds
        while self.now_s < end - TICK_S / 2:
            self.now_s = min(end, self.now_s + TICK_S)
            received += self.device.tick(self.now_s)
        return received

    def handshake(self) -> None:
        """Run the driver's handshake to its end, as the servo does: every `Ask` sent, awaited, sent again.

        Raises:
            DeviceError: what the driver raises.
            TimeoutError: the device was silent and the driver has no answer to that.
        """
        asks = self.driver.handshake()
        try:
            ask = next(asks)
            while True:
                for _ in range(ask.attempts):
                    received = self.write(ask.send)
                    end = self.now_s + ask.timeout_s
                    while self.now_s < end - TICK_S / 2 and not (ask.complete and ask.complete(received)):
                        received += self.wait(TICK_S)
                    if ask.complete is None or ask.complete(received):
                        ask = asks.send(received)
                        break
                else:
                    ask = asks.throw(TimeoutError(f"no answer to {ask.send.hex(' ')}"))
        except StopIteration:
            return

    def exchange(self, output: Sequence[float], wait_s: float = 0.0, piece: int | None = None) -> list[State]:
        """One period: the command for `output`, the device's answer, and the states that the driver makes of it.

        Args:
            output: N or N·m, one for each axis.
            wait_s: time that passes before the answer is read, for devices that answer in their tick.
            piece: feed the answer in pieces of so many bytes; all at once when None.
        """
        received = self.write(self.driver.command(output)) + self.wait(wait_s)
        size = piece or max(len(received), 1)
        return [s for i in range(0, len(received), size) for s in self.driver.feed(received[i : i + size])]

    def recover(self) -> None:
        """What the servo does after a timeout: what is in the line is lost, `reset()`, and the handshake again."""
        self.driver.reset()
        self.handshake()


def exchange(driver: Driver, device: EmulatedDevice) -> Line:
    """Run the handshake of `driver` with `device` in virtual time.

    Returns:
        The line that joins them, for the exchanges that follow.
    """
    line = Line(driver, device)
    line.handshake()
    return line


@pytest.fixture(scope="session")  # so that hypothesis accepts it
def handshaken() -> Callable[[Driver, EmulatedDevice], Line]:
    """`handshaken(driver, device)` runs the handshake and gives their `Line`."""
    return exchange


@pytest.fixture(scope="session")
def line() -> Callable[[Driver, EmulatedDevice], Line]:
    """`line(driver, device)`: a `Line` on which nothing was said yet."""
    return Line
