"""`HapticDevice` on an emulated board, as a pipeline uses it."""

from __future__ import annotations

import json
import os
import pickle
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from wugan.devices.haptic.calibration import HapticCalibration
from wugan.devices.haptic.device import HapticDevice
from wugan.devices.haptic.drivers.wugan_board import WuganBoard
from wugan.devices.haptic.effects import Program, Spring, Surface
from wugan.devices.haptic.emulators.body import Body
from wugan.devices.haptic.emulators.pty import PtyEmulator
from wugan.devices.haptic.emulators.wugan_board import EmulatedWuganBoard
from wugan.devices.haptic.safety.limits import Limits
from wugan.devices.haptic.servo.memory import Phase
from wugan.errors import DataError, DeviceError

PUSH = Program((Spring(stiffness=50.0, center=(0.03, -0.02)),))  # 1 N, as the handle cannot follow


def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait for something that must come."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.001)


@pytest.fixture
def emulator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PtyEmulator]:
    monkeypatch.setenv("WUGAN_HOME", str(tmp_path / "home"))
    body = Body(1e6, axes=2, start=[0.01, -0.02])  # so heavy that no force moves it
    with PtyEmulator(EmulatedWuganBoard(axes=2), body, port=str(tmp_path / "board")) as running:
        yield running


@pytest.fixture
def device(emulator: PtyEmulator, tmp_path: Path) -> Iterator[HapticDevice]:
    made = HapticDevice(WuganBoard(axes=2), port=emulator.port, events=str(tmp_path / "events.jsonl"))
    with made:
        yield made


def test_its_spec_is_known_before_it_is_opened() -> None:
    device = HapticDevice(WuganBoard(axes=2), port="/dev/ttyACM0")
    assert device.spec["axes"] == 2
    assert (device.spec["unit"], device.spec["force_unit"]) == ("m", "N")
    assert (device.health.state, device.phase) == ("closed", Phase.STOPPED)
    with pytest.raises(DeviceError, match="not open"):
        device.read()
    with pytest.raises(DeviceError, match="not open"):
        device.update(PUSH)


def test_states_come_once_each_and_in_order(device: HapticDevice) -> None:
    assert device.haptic.model.startswith("wugan board")  # what the board itself says
    assert device.read().data.position == pytest.approx(np.array([[0.01, -0.02]]), abs=1e-6)
    first = device.async_read("1s")
    second = device.async_read("1s")
    assert second.seq > first.seq
    assert second.time_ns > first.time_ns
    latest = device.read_latest("1s")
    assert len(latest.data.time_ns) == 1
    assert latest.data.space == "cartesian"


def test_a_stream_holds_every_state(device: HapticDevice) -> None:
    packets = []
    for packet in device.packets():
        packets.append(packet)
        if len(packets) == 8:
            break
    times = np.concatenate([packet.data.time_ns for packet in packets])
    assert (np.diff(times) > 0).all()
    assert [packet.seq for packet in packets] == list(range(8))
    assert all(packet.time_ns == packet.data.time_ns[0] for packet in packets)
    assert all(packet.data.position.shape == packet.data.force.shape for packet in packets)
    assert not any("overwritten" in packet.attrs for packet in packets)


def test_a_program_is_felt_until_it_expires(device: HapticDevice, emulator: PtyEmulator) -> None:
    device.update(PUSH, expires="2s")
    until(lambda: emulator.output[0] > 0.5)
    assert device.read().data.force[0, 0] > 0.1
    device.update(PUSH, expires="20ms")
    until(lambda: emulator.output == (0.0, 0.0))
    device.update(PUSH, expires="2s")
    until(lambda: emulator.output[0] > 0.1)
    device.zero()
    until(lambda: emulator.output == (0.0, 0.0))


def test_programs_that_do_not_fit_are_refused_before_they_are_sent(device: HapticDevice) -> None:
    with pytest.raises(DataError, match="at most 2 s"):
        device.update(PUSH, expires="3s")
    with pytest.raises(DataError, match="unit|mm"):
        device.update(Program((Spring(stiffness=100.0, center=(30.0, 0.0)),)))  # mm
    with pytest.raises(DataError, match="2 axes|coordinates"):
        device.update(Program((Spring(center=(0.0, 0.0, 0.0)),)))
    with pytest.raises(DataError, match="surfaces=True"):
        device.update(Program((Surface("part"),)))


def test_a_lost_link_gives_no_states_and_comes_back_with_a_ramp(device: HapticDevice, emulator: PtyEmulator) -> None:
    device.update(PUSH, expires="2s")
    before = device.stats.links
    emulator.unplug()
    until(lambda: device.phase is Phase.LOST)
    head = device.stats.states
    with pytest.raises(DeviceError, match="the link is lost"):
        device.read()
    with pytest.raises(DeviceError, match=r"newest state is \d+\.\d+ s old"):
        device.async_read("50ms")
    with pytest.raises(DeviceError, match="more than max_age '10ms'"):
        device.read_latest()
    assert device.health.state == "lost"
    assert "plugged in" in device.health.error
    assert device.stats.states == head
    emulator.replug()
    until(lambda: device.phase is Phase.READY)
    assert device.health.state == "open"
    assert device.stats.links == before + 1


def test_emergency_stop_and_release(device: HapticDevice, emulator: PtyEmulator, tmp_path: Path) -> None:
    device.update(PUSH, expires="2s")
    until(lambda: emulator.output[0] > 0.1)
    device.estop()
    assert device.phase is Phase.ESTOPPED  # it waits for the servo
    until(lambda: emulator.output == (0.0, 0.0))
    device.release()
    until(lambda: device.phase is Phase.READY)
    time.sleep(0.05)
    assert emulator.output == (0.0, 0.0)  # nobody has asked for a force since
    device.close()
    events = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    codes = [event["code"] for event in events]
    assert codes.index("connected") < codes.index("estop") < codes.index("released")
    assert events == sorted(events, key=lambda event: event["time"])


def test_an_emergency_stop_that_nobody_confirms_is_an_error(device: HapticDevice) -> None:
    servo = device._servo
    assert servo is not None
    os.kill(servo.pid, signal.SIGSTOP)  # its parent will kill it, and stop the device
    with pytest.raises(DeviceError, match="has not confirmed.*cut its power"):
        device.estop()


def test_a_servo_that_dies_is_an_error_to_every_reader(device: HapticDevice) -> None:
    servo = device._servo
    assert servo is not None
    os.kill(servo.pid, signal.SIGKILL)
    with pytest.raises(DeviceError, match="has died"):
        list(device.packets())
    with pytest.raises(DeviceError):
        device.update(PUSH)
    assert device.health.state == "lost"
    device.open()
    assert device.read().data.position.shape == (1, 2)


def test_calibration_is_kept_and_used_the_next_time(device: HapticDevice) -> None:
    assert device.read().data.position[0] == pytest.approx([0.01, -0.02], abs=1e-6)
    calibration = device.calibrate()
    assert isinstance(calibration, HapticCalibration)
    assert calibration.offset == pytest.approx((0.01, -0.02), abs=1e-6)

    def at_zero() -> bool:
        try:
            return bool(np.abs(device.read().data.position).max() < 1e-6)
        except DeviceError:  # the emulator shares this interpreter, and may be late on a busy machine
            return False

    until(at_zero)
    device.close()
    device.open()
    until(at_zero)


def test_a_copy_in_another_process_is_a_closed_one(device: HapticDevice) -> None:
    copy = pickle.loads(pickle.dumps(device))
    assert (copy.port, copy.health.state) == (device.port, "closed")


def test_parameters_that_cannot_be() -> None:
    with pytest.raises(DataError, match="rate_hz"):
        HapticDevice(WuganBoard(), rate_hz=0.0)
    with pytest.raises(DataError, match="less than one state"):
        HapticDevice(WuganBoard(), chunk="0.1ms")
    with pytest.raises(DataError, match=r"Limits\.output"):
        HapticDevice(WuganBoard(), limits=Limits.of(WuganBoard(max_output=16.0).spec))


def test_events_that_cannot_be_kept_are_said_before_the_device_is_touched(tmp_path: Path) -> None:
    with pytest.raises(DeviceError, match="cannot be kept"):
        HapticDevice(WuganBoard(), port="/dev/null", events=f"{tmp_path}/").open()
