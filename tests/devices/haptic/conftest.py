"""A driver and an emulated device joined in memory, with a clock that moves only when told."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence

import pytest

from wugan.devices.haptic.driver import Driver, State
from wugan.devices.haptic.emulators.device import EmulatedDevice
from wugan.devices.haptic.emulators.pty import PtyEmulator
from wugan.devices.haptic.servo.link import Link, NoAnswer
from wugan.devices.haptic.servo.port import SerialPort

TICK_S = 0.001
PATIENCE_NS = 60_000_000  # for an answer, on a port: many times what an emulator needs on a busy computer
STALL_S = 0.12
DEADLINE_S = 20.0


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


def through_a_stall(driver: Driver, device: EmulatedDevice, output: Sequence[float]) -> tuple[State, State]:
    """Drive an emulated device on a real pseudo-terminal with the servo's own link; it stalls in the middle.

    Returns:
        The last states before the stall and after it. By then the line was closed, and the output is what was left.
    """
    deadline = time.monotonic() + DEADLINE_S
    states: list[State] = []
    with PtyEmulator(device) as emulator:
        link = Link(SerialPort(emulator.port, driver.baud), driver, PATIENCE_NS, lambda: None)
        for stall in (False, True):
            if stall:
                emulator.stall(STALL_S)
            answered = 0
            while answered < 20:
                assert time.monotonic() < deadline, "the driver does not come back"
                try:
                    if not link.port.is_open:
                        link.connect()
                    link.send(tuple(output))
                    while (state := link.receive(time.monotonic_ns() + PATIENCE_NS)) is None:
                        pass
                    answered += 1
                except NoAnswer:
                    link.silence(driver.stop())
                    with contextlib.suppress(NoAnswer):
                        link.connect()
            states.append(state)
        link.end()
        while any(emulator.output):
            assert time.monotonic() < deadline, "the stop does not stop it"
            time.sleep(0.01)
    return states[0], states[1]


@pytest.fixture(scope="session")
def on_a_port() -> Callable[[Driver, EmulatedDevice, Sequence[float]], tuple[State, State]]:
    """`on_a_port(driver, device, output)`: see `through_a_stall`."""
    return through_a_stall
