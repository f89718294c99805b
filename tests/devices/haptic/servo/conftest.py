"""An emulated board on a pseudo-terminal, and a servo loop in a thread of the test."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from wugan.devices.haptic.drivers.wugan_board import WuganBoard
from wugan.devices.haptic.emulators.body import Body
from wugan.devices.haptic.emulators.pty import PtyEmulator
from wugan.devices.haptic.emulators.wugan_board import EmulatedWuganBoard
from wugan.devices.haptic.servo.forces import Renders
from wugan.devices.haptic.servo.link import Link
from wugan.devices.haptic.servo.loop import Servo, Stop
from wugan.devices.haptic.servo.memory import Phase, ServoMemory, Word, unpack_event
from wugan.devices.haptic.servo.port import SerialPort
from wugan.devices.haptic.servo.process import ServoConfig


def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait for something that must come."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.001)


@dataclass
class Threaded:
    """A servo in a thread, as no user runs it, so that a test can look into it."""

    emulator: PtyEmulator
    renderer: Renders
    stopped: str = ""
    said: list[tuple[str, bool]] = field(default_factory=list)
    why: str = ""

    def start(self, **config: object) -> None:
        self.config = ServoConfig(self.emulator.port, WuganBoard(axes=2, watchdog_ms=200), **config)  # type: ignore[arg-type]
        self.memory = ServoMemory.create(self.emulator.port)
        self.link = Link(SerialPort(self.emulator.port), self.config.driver, self.config.timeout_ns, self._check)
        self.servo = Servo(self.config, self.memory, self.link, self.renderer, self._check, self._say)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        self.why = self.servo.run()

    def _check(self) -> None:
        if self.stopped:
            raise Stop(self.stopped)

    def _say(self, spec: object, text: str, final: bool) -> None:
        self.said.append((text, final))

    def stop(self) -> None:
        self.stopped = "the test is over"
        self._thread.join()
        self.memory.remove()
        self.memory.close()

    def word(self, word: int) -> int:
        return self.memory.words[word]

    def ready(self) -> None:
        until(lambda: self.word(Word.PHASE) == Phase.READY)

    def ramped(self) -> None:
        self.ready()
        until(lambda: self.servo.guard.gain == 1.0)

    def hold(self, program: bytes = b"program", seconds: float = 30.0) -> None:
        self.memory.write_program(program, time.monotonic_ns() + round(seconds * 1e9))

    @property
    def codes(self) -> list[str]:
        return [unpack_event(data).code.reason for _, data in self.memory.events.after(0)[0]]


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[PtyEmulator]:
    # So heavy that no force moves it away.
    with PtyEmulator(EmulatedWuganBoard(axes=2), Body(1e6, axes=2), port=str(tmp_path / "board")) as running:
        yield running


@pytest.fixture
def threaded(emulator: PtyEmulator) -> Iterator[Callable[..., Threaded]]:
    made: list[Threaded] = []

    def start(renderer: Renders, **config: object) -> Threaded:
        one = Threaded(emulator, renderer)
        one.start(**config)
        made.append(one)
        return one

    yield start
    for one in made:
        one.stop()


@pytest.fixture
def wait_until() -> Callable[..., None]:
    return until
