"""`zero`: through the servo that drives the port, or by the driver's stop on the port itself."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from wugan.devices.haptic.drivers.wugan_board import WuganBoard
from wugan.devices.haptic.emulators.pty import PtyEmulator
from wugan.devices.haptic.emulators.wugan_board import EmulatedWuganBoard
from wugan.devices.haptic.servo.memory import Phase, ServoMemory, Word
from wugan.devices.haptic.watched import Zeroed, zero
from wugan.errors import DeviceError


@pytest.fixture
def port(tmp_path: Path) -> str:
    (tmp_path / "port").write_text("")
    return str(tmp_path / "port")


@pytest.fixture
def servo(port: str) -> Iterator[ServoMemory]:
    """The memory of a servo that is ready, of this process."""
    memory = ServoMemory.create(port)
    memory.words[Word.PID], memory.words[Word.PHASE] = os.getpid(), Phase.READY
    yield memory
    memory.remove()
    memory.close()


def test_the_servo_that_drives_it_makes_an_emergency_stop(port: str, servo: ServoMemory) -> None:
    def loop() -> None:
        while servo.words[Word.ESTOP] == 0:
            time.sleep(0.001)
        servo.words[Word.ESTOPPED] = servo.words[Word.ESTOP]

    thread = threading.Thread(target=loop)
    thread.start()
    assert zero(port, WuganBoard()) == Zeroed("servo", confirmed=True, latched=True)
    thread.join()


def test_a_servo_that_does_not_answer_confirms_nothing(port: str, servo: ServoMemory) -> None:
    assert zero(port, WuganBoard()) == Zeroed("servo", confirmed=False, latched=True)
    assert servo.words[Word.ESTOP] == 1


@pytest.mark.parametrize(
    ("phase", "pid"), [(Phase.STOPPED, os.getpid()), (Phase.READY, 2**22 - 3)], ids=["stopped", "gone"]
)
def test_a_servo_that_has_ended_is_not_asked(port: str, servo: ServoMemory, phase: Phase, pid: int) -> None:
    servo.words[Word.PHASE], servo.words[Word.PID] = phase, pid
    with pytest.raises(DeviceError, match="is no serial line.*cut its power"):
        zero(port, WuganBoard())
    assert servo.words[Word.ESTOP] == 0


def test_the_device_itself_is_stopped_and_asked() -> None:
    with PtyEmulator(EmulatedWuganBoard(axes=2)) as emulator:
        done = zero(emulator.port, WuganBoard(axes=2))
        assert done == Zeroed("port", confirmed=True, output=(0.0, 0.0)) and not any(emulator.output)


def test_a_port_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DeviceError, match="no such device.*If it pushes, cut its power"):
        zero(str(tmp_path / "none"), WuganBoard())
