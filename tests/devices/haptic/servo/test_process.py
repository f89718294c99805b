"""The servo process as users run it: what it loads, and that the device is at zero however things end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cloudpickle
import pytest

from wugan.devices.haptic.driver import Handshake
from wugan.devices.haptic.drivers.haply import Haply
from wugan.devices.haptic.drivers.wugan_board import WuganBoard
from wugan.devices.haptic.effects import Program, Pulse, Spring
from wugan.devices.haptic.emulators.body import Body
from wugan.devices.haptic.emulators.haply import EmulatedHaply
from wugan.devices.haptic.emulators.pty import Faults, PtyEmulator
from wugan.devices.haptic.servo.memory import Phase, ServoMemory, Word, path_for
from wugan.devices.haptic.servo.process import ServoConfig, ServoProcess, stop_device
from wugan.errors import DeviceError

PUSH = Program((Spring(stiffness=50.0, center=(0.02, 0.0)),)).to_bytes()  # 1 N, as the handle cannot follow
Wait = Callable[..., None]


@pytest.fixture
def servo(emulator: PtyEmulator) -> Iterator[ServoProcess]:
    started = ServoProcess(ServoConfig(emulator.port, WuganBoard(axes=2, watchdog_ms=500)))
    started.start()
    yield started
    started.close()


def pushing(servo: ServoProcess, emulator: PtyEmulator, wait_until: Wait) -> None:
    """Have the device push, for longer than any test takes."""
    assert servo.memory is not None
    servo.memory.write_program(PUSH, time.monotonic_ns() + 10_000_000_000)
    wait_until(lambda: emulator.output[0] > 0.1)


class Telling(WuganBoard):
    """Writes down what the process that shakes hands has imported."""

    def __init__(self, *, path: str) -> None:
        super().__init__(axes=2)

    def handshake(self) -> Handshake:
        Path(self.path).write_text(json.dumps(sorted(sys.modules)))  # type: ignore[attr-defined]
        yield from super().handshake()


def test_it_never_loads_torch_or_ray(emulator: PtyEmulator, tmp_path: Path) -> None:
    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    told = tmp_path / "modules"
    servo = ServoProcess(ServoConfig(emulator.port, Telling(path=str(told))))
    servo.start()
    servo.close()
    modules = {name.partition(".")[0] for name in json.loads(told.read_text())}
    assert "wugan" in modules
    assert not modules & {"torch", "ray", "pydantic", "scipy", "numba", "pytest", "serial", "opentelemetry"}


def test_closing_is_zero_and_leaves_nothing(servo: ServoProcess, emulator: PtyEmulator, wait_until: Wait) -> None:
    pushing(servo, emulator, wait_until)
    servo.close()
    wait_until(lambda: emulator.output == (0.0, 0.0))
    assert not servo.alive
    assert servo.phase == Phase.STOPPED
    assert not path_for(emulator.port).exists()
    servo.close()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_servo_that_is_killed_leaves_zero(
    how: signal.Signals, servo: ServoProcess, emulator: PtyEmulator, wait_until: Wait
) -> None:
    pushing(servo, emulator, wait_until)
    os.kill(servo.pid, how)
    wait_until(lambda: emulator.output == (0.0, 0.0))
    wait_until(lambda: "has died" in servo.error)
    assert servo.phase == Phase.STOPPED


def test_a_servo_that_hangs_is_killed_and_the_device_stopped(wait_until: Wait) -> None:
    with PtyEmulator(EmulatedHaply()) as board:  # it has no watchdog
        servo = ServoProcess(ServoConfig(board.port, Haply()))
        servo.start()
        try:
            assert servo.memory is not None
            push = Program((Spring(stiffness=50.0, center=(0.03, 0.05)),)).to_bytes()
            servo.memory.write_program(push, time.monotonic_ns() + 10_000_000_000)
            wait_until(lambda: any(abs(torque) > 1e-3 for torque in board.output))
            os.kill(servo.pid, signal.SIGSTOP)
            wait_until(lambda: "hung" in servo.error)
            wait_until(lambda: all(abs(torque) < 1e-9 for torque in board.output))
        finally:
            servo.close()


def test_interrupting_the_terminal_does_not_reach_it(servo: ServoProcess) -> None:
    os.kill(servo.pid, signal.SIGINT)
    time.sleep(0.05)
    assert servo.alive
    assert os.getsid(servo.pid) != os.getsid(0)


def test_the_end_of_the_thread_that_started_it_is_no_reason(emulator: PtyEmulator) -> None:
    servo = ServoProcess(ServoConfig(emulator.port, WuganBoard(axes=2)))
    thread = threading.Thread(target=servo.start)
    thread.start()
    thread.join()
    time.sleep(0.05)
    assert servo.phase == Phase.READY
    servo.close()


PARENT = """
import sys, time
from wugan.devices.haptic.drivers.wugan_board import WuganBoard
from wugan.devices.haptic.effects import Program, Spring
from wugan.devices.haptic.servo.process import ServoConfig
from wugan.devices.haptic.servo.process import ServoProcess
servo = ServoProcess(ServoConfig(sys.argv[1], WuganBoard(axes=2, watchdog_ms=500)))
servo.start()
push = Program((Spring(stiffness=50.0, center=(0.02, 0.0)),))
servo.memory.write_program(push.to_bytes(), time.monotonic_ns() + 10**10)
print(servo.pid, flush=True)
{end}
"""


@pytest.mark.parametrize("end", ["time.sleep(60)", "1 / 0"])
def test_however_the_parent_ends_the_device_is_at_zero(end: str, emulator: PtyEmulator, wait_until: Wait) -> None:
    """Long before the board's own watchdog (500 ms) has a say; the benchmark counts milliseconds."""
    script = PARENT.replace("{end}", "time.sleep(0.5)\n" + end)
    parent = subprocess.Popen(
        [sys.executable, "-c", script, emulator.port], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    wait_until(lambda: emulator.output[0] > 0.1)
    killed = time.monotonic_ns()
    if "sleep" in end:
        parent.kill()
    wait_until(lambda: emulator.output == (0.0, 0.0))
    if "sleep" in end:
        assert emulator.changes[-1].time_ns - killed < 250_000_000
    parent.wait()
    wait_until(lambda: not os.path.exists(f"/proc/{pid}"))
    assert not path_for(emulator.port).exists()


def test_a_port_that_is_not_there_is_said_at_once(tmp_path: Path) -> None:
    servo = ServoProcess(ServoConfig(str(tmp_path / "none"), WuganBoard(axes=2)))
    with pytest.raises(DeviceError, match="is it plugged in"):
        servo.start()
    assert not servo.alive
    assert not path_for(str(tmp_path / "none")).exists()


def test_a_device_that_does_not_answer_is_said(emulator: PtyEmulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wugan.devices.haptic.servo.process._LINK_S", 0.6)
    emulator.faults = Faults(loss=1.0)
    with pytest.raises(DeviceError, match="is it powered"):
        ServoProcess(ServoConfig(emulator.port, WuganBoard(axes=2))).start()


def test_a_driver_of_another_device_is_said(emulator: PtyEmulator) -> None:
    servo = ServoProcess(ServoConfig(emulator.port, WuganBoard(axes=3)))
    with pytest.raises(DeviceError, match="has 2 axes, not 3"):
        servo.start()


def test_what_cannot_be_given_to_another_process_is_said(emulator: PtyEmulator) -> None:
    driver = WuganBoard(axes=2)
    driver._given["usb"] = threading.Lock()
    with pytest.raises(DeviceError, match="cannot be given to the servo"):
        ServoProcess(ServoConfig(emulator.port, driver)).start()


def test_two_servos_of_one_port(servo: ServoProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wugan.devices.haptic.servo.memory._LAST_ONE_S", 0.05)
    with pytest.raises(DeviceError, match="drives this device already"):
        ServoProcess(servo.config).start()


def test_a_device_without_a_watchdog_is_stopped_by_the_parent(tmp_path: Path, wait_until: Wait) -> None:
    """A killed servo cannot say zero, and this board keeps its last torque for ever."""
    from wugan.devices.haptic.drivers.haply import Haply

    device = EmulatedHaply()
    with PtyEmulator(device, Body(1e6, axes=2, start=list(device.rest)), port=str(tmp_path / "haply")) as emulator:
        servo = ServoProcess(ServoConfig(emulator.port, Haply()))
        servo.start()
        memory = servo.memory
        assert isinstance(memory, ServoMemory)
        most = servo.spec.max_output[0]
        push = Program((Pulse((0.3 * most, 0.0), duration=10.0),)).to_bytes()
        memory.write_program(push, time.monotonic_ns() + 10_000_000_000)
        wait_until(lambda: emulator.output[0] > 0.1 * most)
        os.kill(servo.pid, signal.SIGKILL)
        wait_until(lambda: not any(emulator.output))
        servo.close()
        assert memory.words[Word.PHASE] != Phase.STOPPED


def test_where_the_port_cannot_be_had_the_last_resort_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("wugan.devices.haptic.servo.process._LAST_PAUSE_S", 0.0)
    assert not stop_device(str(tmp_path / "none"), WuganBoard())
    assert "cut its power" in caplog.text
