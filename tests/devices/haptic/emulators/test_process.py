from __future__ import annotations

import os
import time

import pytest

from wugan.devices.haptic.emulators.odrive import EmulatedODrive
from wugan.devices.haptic.emulators.pty import EmulatorProcess, Faults
from wugan.devices.haptic.servo.port import readable
from wugan.errors import DeviceError


def ask(port: int, data: bytes) -> bytes:
    os.write(port, data)
    return os.read(port, 100) if readable([port], 5.0) else b""


def test_a_device_in_its_own_process_with_times_on_our_clock() -> None:
    with EmulatorProcess(EmulatedODrive, {"axes": 2}, hand="sine:0.5") as emulator:
        port = os.open(emulator.port, os.O_RDWR | os.O_NOCTTY)
        began = time.monotonic_ns()
        assert ask(port, b"w axis1.requested_state 8\nc 1 0.1\nr axis1.current_state\n") == b"8\r\n"
        assert [change.output for change in emulator.changes()] == [(0.0, 0.0), (0.0, pytest.approx(0.1))]
        assert emulator.output == pytest.approx((0.0, 0.1))
        assert all(began < received < time.monotonic_ns() for received in emulator.received_ns())
        assert emulator.changes() == []
        emulator.set_faults(Faults(loss=1.0))
        os.write(port, b"w axis1.requested_state 1\n")
        time.sleep(0.01)
        assert emulator.output == pytest.approx((0.0, 0.1))
        # It has its own supply: the torque outlives the cable. The path goes and comes back.
        assert emulator.unplug() > began
        assert not os.path.lexists(emulator.port) and emulator.output == pytest.approx((0.0, 0.1))
        emulator.replug()
        assert os.path.lexists(emulator.port)
        assert any(emulator.position) and emulator.paused_s >= 0
        os.close(port)
    assert not os.path.lexists(emulator.port)
    with pytest.raises(DeviceError, match="has ended"):
        _ = emulator.output


def test_what_cannot_be_made_is_told() -> None:
    with pytest.raises(DeviceError, match="axes is 3"):
        EmulatorProcess(EmulatedODrive, {"axes": 3})
