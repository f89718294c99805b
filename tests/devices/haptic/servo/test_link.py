"""The link against a port in memory: what it writes, what it waits for, and what it does not believe."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence

import pytest

from wugan.devices.haptic.driver import Ask, Driver, Handshake, HapticSpec, State
from wugan.devices.haptic.servo.link import Link, NoAnswer
from wugan.devices.haptic.servo.port import LineLost, SerialPort
from wugan.errors import DeviceError

SPEC = HapticSpec("letters", "letters", "joint", (1.0,), ((-1.0, 1.0),), (10.0,), 1000.0, None, False, False)


class Letters(Driver):
    """A protocol of letters: `?` is answered with `!`, `c` with `s`; `x` stops."""

    def __init__(self, *, attempts: int = 2, patient: bool = False, waits: float = 0.0) -> None:
        self.fed = bytearray()
        self.resets = 0
        self.timeouts = 0
        self._waits = waits

    @property
    def spec(self) -> HapticSpec:
        return SPEC

    @property
    def waits_s(self) -> float:
        return self._waits

    def handshake(self) -> Handshake:
        ask = Ask(b"?", lambda got: b"!" in got, 0.03, self.attempts)  # type: ignore[attr-defined]
        try:
            answer = yield ask
        except TimeoutError:
            self.timeouts += 1
            if not self.patient:  # type: ignore[attr-defined]
                raise
            answer = yield ask
        if b"wrong" in answer:
            raise DeviceError("another device")

    def command(self, output: Sequence[float]) -> bytes:
        return b"c" * 8

    def feed(self, data: bytes) -> list[State]:
        self.fed += data
        return [State((0.5,))] * data.count(b"s")

    def stop(self) -> bytes:
        return b"x"

    def reset(self) -> None:
        self.resets += 1

    @property
    def dropped(self) -> dict[str, int]:
        return {}


class Far:
    """The device's end of a pseudo-terminal."""

    def __init__(self) -> None:
        self.end, slave = os.openpty()
        self.path = os.ttyname(slave)
        os.set_blocking(self.end, False)
        self.slave = slave

    def read(self, wait_s: float = 0.0) -> bytes:
        """What has arrived; a pseudo-terminal delivers a moment after the write."""
        data = b""
        deadline = time.monotonic() + wait_s
        while True:
            try:
                data += os.read(self.end, 4096)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    return data
                time.sleep(0.001)

    def write(self, data: bytes) -> None:
        os.write(self.end, data)

    def unplug(self) -> None:
        if self.end >= 0:
            os.close(self.end)
            os.close(self.slave)
            self.end = -1


@pytest.fixture
def far() -> Iterator[Far]:
    made = Far()
    yield made
    made.unplug()


def linked(far: Far, driver: Letters | None = None, timeout_s: float = 0.02, check: Callable[[], None] = int) -> Link:  # type: ignore[assignment]
    return Link(SerialPort(far.path), driver or Letters(), round(timeout_s * 1e9), check)


def answering(far: Far, link: Link, answer: bytes) -> None:
    """Connect, while a device answers each question."""
    import threading

    done = threading.Event()

    def device() -> None:
        while not done.is_set():
            if b"?" in far.read():
                far.write(answer)
            time.sleep(0.0005)

    thread = threading.Thread(target=device)
    thread.start()
    try:
        link.connect()
    finally:
        done.set()
        thread.join()


def test_a_handshake_and_an_exchange(far: Far) -> None:
    link = linked(far)
    answering(far, link, b"!")
    assert link.send((0.0,))
    assert link.in_flight
    assert far.read(0.02).endswith(b"c" * 8)
    far.write(b"s")
    state = link.receive(time.monotonic_ns() + 20_000_000)
    assert state is not None
    assert state.position == (0.5,)
    assert not link.in_flight
    link.end()
    assert not link.port.is_open


def test_a_silent_device_is_told_as_such(far: Far) -> None:
    link = linked(far, Letters(attempts=2))
    with pytest.raises(NoAnswer, match="is it powered"):
        link.connect()
    assert far.read(0.02) == b"x??"  # first of all, whatever it did meanwhile: stop
    link.end()


def test_a_driver_may_go_on_after_silence(far: Far) -> None:
    driver = Letters(attempts=1, patient=True)
    with pytest.raises(NoAnswer):
        linked(far, driver).connect()
    assert driver.timeouts == 1
    assert far.read(0.02) == b"x??"  # first of all, whatever it did meanwhile: stop


def test_another_device_is_refused(far: Far) -> None:
    with pytest.raises(DeviceError, match="another device"):
        answering(far, linked(far), b"wrong!")


def test_what_was_in_the_line_before_the_handshake_is_not_believed(far: Far) -> None:
    driver = Letters()
    link = linked(far, driver)
    link.port.open()
    far.write(b"!ssss")
    with pytest.raises(NoAnswer):
        link.connect()
    assert driver.fed == b""
    link.end()


def test_an_answer_that_comes_a_period_late_is_taken_then(far: Far) -> None:
    link = linked(far, timeout_s=1.0)
    link.port.open()
    link.send((0.0,))
    assert link.receive(time.monotonic_ns() + 1_000_000) is None
    assert link.in_flight
    far.write(b"s")
    assert link.receive(time.monotonic_ns() + 100_000_000) is not None
    link.end()


def test_an_overdue_answer_ends_the_trust(far: Far) -> None:
    link = linked(far, timeout_s=0.003)
    link.port.open()
    link.send((0.0,))
    with pytest.raises(NoAnswer, match="no answer for"):
        link.receive(time.monotonic_ns() + 1_000_000_000)
    link.end()


def test_a_line_that_takes_nothing_gets_nothing(far: Far) -> None:
    driver = Letters()
    link = linked(far, driver)
    link.port.open()
    while link.port.write(bytes(512)):
        pass
    while link.port.write(b"x"):
        pass
    assert not link.send((0.0,))
    assert not link.in_flight
    assert driver.resets == 1
    link.port.close()


def test_half_a_command_is_the_end_of_the_link(far: Far, monkeypatch: pytest.MonkeyPatch) -> None:
    link = linked(far)
    link.port.open()
    monkeypatch.setattr(link.port, "write", lambda data: 3)
    with pytest.raises(NoAnswer, match="took 3 bytes of a command of 8"):
        link.send((0.0,))
    link.port.close()


def test_nothing_is_written_behind_a_command_that_has_not_left(far: Far, monkeypatch: pytest.MonkeyPatch) -> None:
    link = linked(far)
    link.port.open()
    monkeypatch.setattr(link.port, "queued", lambda: 8)
    assert not link.send((0.0,))
    assert far.read(0.02) == b""
    link.port.close()


def test_silence_sends_the_stop_frame_and_raises_nothing(far: Far) -> None:
    link = linked(far)
    link.silence(b"x")  # closed
    link.port.open()
    link.send((0.0,))
    link.silence(b"x")
    assert far.read(0.02).endswith(b"x")
    assert not link.in_flight
    far.unplug()
    link.silence(b"x")
    link.end()


def test_unplugged_while_waiting(far: Far) -> None:
    link = linked(far)
    link.port.open()
    link.send((0.0,))
    far.unplug()
    with pytest.raises(LineLost):
        link.receive(time.monotonic_ns() + 1_000_000_000)
    link.end()


def test_a_wait_is_ended_by_the_check(far: Far) -> None:
    def check() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        linked(far, Letters(waits=5.0), check=check).connect()
