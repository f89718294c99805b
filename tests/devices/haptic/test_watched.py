"""A device that another program drives, by the shared memory of its servo (here: of a servo that the test plays)."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from wugan import clock
from wugan.devices.discovery import driven_elsewhere
from wugan.devices.haptic import watched
from wugan.devices.haptic.device import HapticDevice
from wugan.devices.haptic.drivers.wugan_board import WuganBoard
from wugan.devices.haptic.servo.memory import Phase, RecordCodec, ServoMemory, Word
from wugan.devices.haptic.watched import WatchedDevice, running_servo
from wugan.devices.monitor import Monitor
from wugan.errors import DeviceError


@pytest.fixture
def port(tmp_path: Path) -> str:
    return str(tmp_path / "port")


@pytest.fixture
def servo(port: str) -> Iterator[ServoMemory]:
    memory = ServoMemory.create(port)
    memory.words[Word.PID], memory.words[Word.PHASE] = os.getpid(), Phase.READY
    memory.words[Word.PERIOD_NS] = 1_000_000
    yield memory
    memory.remove()
    memory.close()


def give(servo: ServoMemory, x: float) -> None:
    now = time.monotonic_ns()
    servo.words[Word.STATES] += 1
    servo.words[Word.CYCLES] += 1
    servo.words[Word.LAST_STATE_NS] = now
    servo.states.append(RecordCodec(2).pack(now, now, None, 0.0, (x, 0.0), (0.1, 0.0), (-1.0, 0.5)))


def test_the_newest_state_and_the_counters(port: str, servo: ServoMemory) -> None:
    with WatchedDevice(WuganBoard(axes=2), port) as device:
        with pytest.raises(DeviceError, match="no state yet"):
            device.read_latest()
        give(servo, 0.01)
        give(servo, 0.02)
        packet = device.read_latest("10s")
        assert packet.data.position.tolist() == [[0.02, 0.0]] and packet.data.force.tolist() == [[-1.0, 0.5]]
        assert abs(clock.now_ns() - packet.time_ns) < 10e9 and packet.seq == 2
        assert device.phase is Phase.READY and device.stats.states == 2 and device.spec["rate"] == 1000.0
        time.sleep(0.02)
        with pytest.raises(DeviceError, match="s old, more than max_age"):
            device.read_latest("10ms")
    assert servo.words[Word.ESTOP] == 0 and servo.programs.head == 0  # nothing was commanded


def test_another_number_of_axes_says_so(port: str, servo: ServoMemory) -> None:
    give(servo, 0.0)
    with WatchedDevice(WuganBoard(axes=3), port) as device, pytest.raises(DeviceError, match="not of 3 axes"):
        device.read_latest("10s")


def test_it_ends_with_the_program_that_drives_it(port: str, servo: ServoMemory) -> None:
    with WatchedDevice(WuganBoard(axes=2), port) as device:
        servo.words[Word.PHASE] = Phase.STOPPED
        with pytest.raises(DeviceError, match="the program that drove it has ended"):
            next(device.packets())
    with pytest.raises(DeviceError, match="no program of yours drives"):
        device.open()


@pytest.mark.parametrize(
    ("phase", "pid"), [(Phase.STOPPED, os.getpid()), (Phase.READY, 2**22 - 3)], ids=["stopped", "gone"]
)
def test_a_servo_that_has_ended_does_not_run(port: str, servo: ServoMemory, phase: Phase, pid: int) -> None:
    servo.words[Word.PHASE], servo.words[Word.PID] = phase, pid
    assert running_servo(port) is None


def test_what_a_killed_servo_has_left_is_none_though_its_number_is_in_use(port: str) -> None:
    left = ServoMemory.create(port)
    left.words[Word.PID], left.words[Word.PHASE] = os.getpid(), Phase.READY
    assert running_servo(port) is not None
    fcntl.flock(left.file, fcntl.LOCK_UN)  # as when the processes that held it have died; the file stays
    assert running_servo(port) is None
    left.remove()


def test_a_servo_is_found_by_another_name_of_its_port(
    tmp_path: Path, port: str, servo: ServoMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watched, "BY_ID", tmp_path / "by-id")
    (tmp_path / "by-id").mkdir()
    (tmp_path / "port").write_text("")
    (tmp_path / "link").symlink_to(tmp_path / "port")
    found = running_servo(str(tmp_path / "link"))
    assert found is not None
    found.close()
    known = ServoMemory.create(str(tmp_path / "by-id" / "board"))  # opened by its lasting name
    known.words[Word.PID], known.words[Word.PHASE] = os.getpid(), Phase.READY
    (tmp_path / "by-id" / "board").symlink_to(tmp_path / "other")
    (tmp_path / "other").write_text("")
    found = running_servo(str(tmp_path / "other"))
    assert found is not None and found.path == known.path
    for memory in (found, known):
        memory.remove()
        memory.close()


def test_the_monitor_looks_at_it(port: str, servo: ServoMemory) -> None:
    ours = HapticDevice(WuganBoard(axes=2), port)
    device = driven_elsewhere(ours)
    assert isinstance(device, WatchedDevice)
    looks = Monitor(device, 0.02).looks()
    next(looks)
    give(servo, 0.03)
    look = next(looks)
    assert look["state"] == "ready" and look["position"] == [0.03, 0.0] and look["rate_hz"] > 0
    looks.close()
    servo.words[Word.PHASE] = Phase.STOPPED
    assert driven_elsewhere(ours) is ours
