"""`Link`: a port and a driver, with one command in flight, and no trust in what is left after a timeout."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable

from wugan.devices.haptic.driver import Ask, Driver, State
from wugan.devices.haptic.servo.port import LineLost, SerialPort, readable
from wugan.errors import DeviceError

_NS = 1_000_000_000
_LOOK_NS = 2_000_000  # how often a long wait looks whether it should go on
_QUIET_NS = 2_000_000  # after a flush: time for what is still on its way, dropped too
_DRAIN_NS = 20_000_000  # how long the last frame may take to leave the computer


class NoAnswer(DeviceError):
    """The device did not answer in time, or took only a part of a command."""


class Link:
    """What the servo loop talks to the device through.

    Args:
        port: the line.
        driver: the protocol.
        timeout_ns: how long an answer may take before the link is given up.
        check: called while waiting; raises what is to end the wait (the servo is to stop). May be set later.
    """

    def __init__(self, port: SerialPort, driver: Driver, timeout_ns: int, check: Callable[[], None]) -> None:
        self.port = port
        self.driver = driver
        self.in_flight = False
        self.sent_ns = 0
        self._timeout_ns = timeout_ns
        self.check = check

    def connect(self) -> None:
        """Open the port where it is closed, and shake hands.

        Raises:
            NoAnswer: the device is silent.
            DeviceError: the port cannot be opened or is lost, or the device is another one or needs a hand.
        """
        if not self.port.is_open:
            self.port.open()
            # It may have kept its last torque while the line was away; a board that starts now does not hear this.
            self.port.write(self.driver.stop())
            if self.driver.waits_s > 0:
                self._wait(time.monotonic_ns() + round(self.driver.waits_s * _NS), hear=False)
        self._settle()
        handshake = self.driver.handshake()
        answer: bytes | None = None
        try:
            while True:
                try:
                    ask = next(handshake) if answer is None else handshake.send(answer)
                except StopIteration:
                    break
                try:
                    answer = self._ask(ask)
                except TimeoutError as silence:
                    answer = None
                    ask = handshake.throw(silence)  # a driver may have another way; usually it lets this through
                    answer = self._ask(ask)
        except TimeoutError as error:
            raise NoAnswer(
                f"{self.port.path}: no answer to {self.driver.spec.protocol}'s handshake ({error}): is it this kind of "
                "device, is it powered, and is the baud rate right?"
            ) from None
        finally:
            handshake.close()
        self._settle(quiet=False)

    def send(self, output: tuple[float, ...]) -> bool:
        """Write the command of this period in one call.

        Returns:
            False where nothing was written, because the line has not taken the one before.

        Raises:
            NoAnswer: the line took a part of it, so that the device has half a command.
            LineLost: unplugged.
        """
        if self.port.queued():
            return False
        frame = self.driver.command(output)
        taken = self.port.write(frame)
        if taken == 0:
            self.driver.reset()  # the driver believes that a command is in flight
            return False
        if taken < len(frame):
            raise NoAnswer(f"{self.port.path}: took {taken} bytes of a command of {len(frame)}")
        self.sent_ns = time.monotonic_ns()
        self.in_flight = True
        return True

    def receive(self, until_ns: int) -> State | None:
        """The state that answers the command in flight; None where it has not come by then.

        Raises:
            NoAnswer: the answer is overdue.
            LineLost: unplugged.
        """
        overdue_ns = self.sent_ns + self._timeout_ns
        until_ns = min(until_ns, overdue_ns)
        while True:
            data = self.port.read() if self._wait(until_ns) else b""
            states = self.driver.feed(data) if data else ()
            if states:
                self.in_flight = False
                return states[-1]
            if time.monotonic_ns() >= until_ns:
                break
        if time.monotonic_ns() >= overdue_ns:
            raise NoAnswer(f"{self.port.path}: no answer for {(time.monotonic_ns() - self.sent_ns) / 1e6:.1f} ms")
        return None

    def silence(self, frame: bytes) -> None:
        """Drop what has not left, send a stop frame, and forget the command in flight. Nothing is raised."""
        self.in_flight = False
        if self.port.is_open:
            with contextlib.suppress(DeviceError):
                self.port.flush_output()
                self.port.write(frame)
        self.driver.reset()

    def drain(self) -> None:
        """Leave what was written a moment to go out. Nothing is raised."""
        with contextlib.suppress(DeviceError):
            deadline = time.monotonic_ns() + _DRAIN_NS
            while self.port.queued() and time.monotonic_ns() < deadline:
                time.sleep(0.0005)

    def end(self) -> None:
        """Stop the device, leave the frame a moment to go out, and close the port. Nothing is raised."""
        if self.port.is_open:
            self.silence(self.driver.stop())
            self.drain()
        self.port.close()

    def _settle(self, quiet: bool = True) -> None:
        """Throw away what is in the line, and what the driver holds of it."""
        self.in_flight = False
        self.port.flush_input()
        if quiet:
            self._wait(time.monotonic_ns() + _QUIET_NS, hear=False)
            self.port.flush_input()
        self.driver.reset()

    def _ask(self, ask: Ask) -> bytes:
        """Carry one exchange of a handshake out. Raises `TimeoutError` where it is not answered."""
        for _ in range(max(1, ask.attempts)):
            self.port.flush_input()
            if ask.send and self.port.write(ask.send) < len(ask.send):
                self.port.flush_output()
                raise TimeoutError("the line takes nothing")
            got = bytearray()
            deadline = time.monotonic_ns() + round(ask.timeout_s * _NS)
            while time.monotonic_ns() < deadline:
                if not self._wait(deadline):
                    continue
                got += self.port.read()
                if ask.complete is not None and ask.complete(bytes(got)):
                    return bytes(got)
            if ask.complete is None:
                return bytes(got)
        raise TimeoutError(f"{max(1, ask.attempts)} × {ask.timeout_s:g} s")

    def _wait(self, until_ns: int, hear: bool = True) -> bool:
        """Wait until a time has come, or (where that is wanted) until there is something to read.

        Returns:
            Whether there is something to read.
        """
        line = self.port.fileno()
        watched = (line,) if hear else ()
        while True:
            rest = until_ns - time.monotonic_ns()
            try:
                if readable(watched, max(0, min(rest, _LOOK_NS)) / _NS):
                    return True
            except (OSError, ValueError) as error:
                raise LineLost(f"{self.port.path}: was unplugged ({error})") from error
            if rest <= 0:
                return False
            self.check()
