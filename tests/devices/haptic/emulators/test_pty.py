from __future__ import annotations

import os
import struct
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from wugan.devices.haptic.driver import HapticSpec
from wugan.devices.haptic.emulators.body import Body
from wugan.devices.haptic.emulators.device import EmulatedDevice
from wugan.devices.haptic.emulators.pty import Faults, PtyEmulator
from wugan.devices.haptic.servo.port import readable
from wugan.errors import DeviceError

WATCHDOG_S = 0.05


class Slider(EmulatedDevice):
    """One axis. Takes a float32 force, answers with its float32 position; watchdog; `X` is a fault of the firmware."""

    def __init__(self) -> None:
        self.power_cycle()

    @property
    def spec(self) -> HapticSpec:
        return HapticSpec(
            "slider", "Slider", "cartesian", (5.0,), ((-0.1, 0.1),), (2.0,), 1000.0, WATCHDOG_S, False, False
        )

    def receive(self, data: bytes, now_s: float) -> bytes:
        if data == b"X":
            raise RuntimeError("hard fault")
        self._buffer += data
        answers = b""
        while len(self._buffer) >= 4:
            self._output[0] = struct.unpack_from("<f", self._buffer)[0]
            self._buffer = self._buffer[4:]
            self._fed = now_s
            answers += struct.pack("<f", self.position)
        return answers

    def tick(self, now_s: float) -> bytes:
        if now_s - self._fed > WATCHDOG_S:
            self._output[0] = 0.0
        return b""

    def sense(self, position: NDArray[np.float64], velocity: NDArray[np.float64]) -> None:
        self.position = float(position[0])

    @property
    def output(self) -> NDArray[np.float64]:
        return self._output

    def power_cycle(self) -> None:
        self._buffer, self._output, self._fed, self.position = b"", np.zeros(1), 0.0, 0.0
        self.closed = 0

    def port_closed(self, now_s: float) -> None:
        self.closed += 1


@pytest.fixture
def emulator() -> Iterator[PtyEmulator]:
    with PtyEmulator(Slider(), Body(0.1, encoder_step=1e-5, ends=[(-0.1, 0.1)])) as running:
        yield running


def open_port(emulator: PtyEmulator) -> int:
    return os.open(emulator.port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)


def read(port: int, size: int, seconds: float = 5.0) -> bytes:
    data, deadline = b"", time.monotonic() + seconds
    while len(data) < size and readable([port], max(0.0, deadline - time.monotonic())):
        piece = os.read(port, size - len(data))
        if not piece:
            break
        data += piece
    return data


def test_host_and_device_talk_and_the_body_moves(emulator: PtyEmulator) -> None:
    port = open_port(emulator)
    positions = []
    for _ in range(50):
        os.write(port, struct.pack("<f", 1.0))
        positions.append(struct.unpack("<f", read(port, 4))[0])
        time.sleep(0.001)
    assert positions == sorted(positions) and positions[-1] > positions[0]
    os.close(port)


def test_raw_from_the_first_byte(emulator: PtyEmulator) -> None:
    # A cooked terminal would echo, turn \r into \n, and take \x03 for an interrupt.
    emulator.device.receive = lambda data, now_s: data  # type: ignore[method-assign]
    port = open_port(emulator)
    everything = bytes(range(256))
    os.write(port, everything)
    assert read(port, 256) == everything
    os.close(port)


def test_changes_tell_when_the_watchdog_took_the_output_away(
    emulator: PtyEmulator, eventually: Callable[..., None]
) -> None:
    port = open_port(emulator)
    os.write(port, struct.pack("<f", 1.0))
    eventually(lambda: len(emulator.changes) == 3)
    still, on, off = emulator.changes
    assert (still.output, on.output, off.output) == ((0.0,), (1.0,), (0.0,))
    # By the device's own clock, so exact whatever else this computer does: one step of 0.5 ms, and rounding.
    lasted = (off.time_ns - on.time_ns) * 1e-9
    assert emulator.paused_s or WATCHDOG_S < lasted <= WATCHDOG_S + 0.00051
    os.close(port)


def test_unplugged_is_ready_without_data_and_a_replug_keeps_the_name(emulator: PtyEmulator) -> None:
    port = open_port(emulator)
    os.write(port, struct.pack("<f", 1.0))
    assert read(port, 4)
    emulator.unplug()
    assert emulator.output == (0.0,)
    assert readable([port], 1.0) and os.read(port, 10) == b""
    os.close(port)
    assert not os.path.lexists(emulator.port)
    emulator.replug()
    port = open_port(emulator)
    os.write(port, struct.pack("<f", 0.5))
    assert len(read(port, 4)) == 4
    os.close(port)


def test_a_stalled_device_takes_its_time_and_then_answers_all(
    emulator: PtyEmulator, eventually: Callable[..., None]
) -> None:
    port = open_port(emulator)
    os.write(port, struct.pack("<f", 0.1))
    assert read(port, 4)
    emulator.stall(0.5)
    os.write(port, struct.pack("<ff", 0.2, 0.3))
    assert read(port, 1, seconds=0.1) == b""
    eventually(lambda: emulator.output == (0.0,))  # its watchdog did not stall
    assert len(read(port, 8)) == 8
    os.close(port)


def test_the_device_learns_that_the_port_was_closed(emulator: PtyEmulator, eventually: Callable[..., None]) -> None:
    for times in (1, 2):
        port = open_port(emulator)
        os.write(port, struct.pack("<f", 0.0))
        assert read(port, 4)
        os.close(port)
        eventually(lambda times=times: emulator.device.closed == times)  # type: ignore[misc]


def test_faults_can_be_set_while_it_runs(emulator: PtyEmulator) -> None:
    port = open_port(emulator)
    emulator.faults = Faults(loss=1.0, on="answers")
    os.write(port, struct.pack("<f", 0.7))
    assert read(port, 4, seconds=0.05) == b""
    emulator.faults = Faults(delay_s=0.02)
    begun = time.monotonic()
    os.write(port, struct.pack("<f", 0.8))
    assert len(read(port, 4)) == 4
    assert time.monotonic() - begun >= 0.02
    os.close(port)


def test_it_unplugs_and_replugs_by_itself(eventually: Callable[..., None]) -> None:
    with PtyEmulator(Slider(), faults=Faults(unplug_s=0.05, unplug_every_s=0.1)) as emulator:
        eventually(lambda: not os.path.lexists(emulator.port))
        eventually(lambda: os.path.lexists(emulator.port))


def test_a_fault_of_the_firmware_is_told() -> None:
    emulator = PtyEmulator(Slider()).start()
    port = open_port(emulator)
    os.write(port, b"X")
    assert readable([port], 5.0) and os.read(port, 1) == b""
    os.close(port)
    with pytest.raises(DeviceError, match="emulated slider failed.*hard fault"):
        emulator.close()


def test_a_device_slower_than_real_time_still_answers_and_ends(eventually: Callable[..., None]) -> None:
    slow = Slider()
    slow.tick = lambda now_s: time.sleep(0.001) or b""  # type: ignore[method-assign, func-returns-value]
    with PtyEmulator(slow) as emulator:
        port = open_port(emulator)
        os.write(port, struct.pack("<f", 0.1))
        assert len(read(port, 4)) == 4
        eventually(lambda: emulator.paused_s > 0)
        os.close(port)


def test_something_else_lies_there(tmp_path: object) -> None:
    path = os.path.join(str(tmp_path), "port")
    open(path, "w").close()
    with pytest.raises(DeviceError, match="something else"):
        PtyEmulator(Slider(), port=path)
    assert os.path.isfile(path)


def test_it_runs_in_the_callers_thread_and_leaves_nothing() -> None:
    emulator = PtyEmulator(Slider())
    shown: list[int] = []

    def show() -> None:
        shown.append(emulator.steps)
        if len(shown) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        emulator.run(None, show, each_s=0.02)
    folder = os.path.dirname(emulator.port)
    emulator.close()
    assert shown and shown[-1] > shown[0] and not os.path.exists(folder)
    emulator.close()


def test_the_port_of_a_running_emulator_is_not_taken_over(tmp_path: Path) -> None:
    port = tmp_path / "board"
    with PtyEmulator(Slider(), port=port) as first:
        with pytest.raises(DeviceError, match="another emulator may be there"):
            PtyEmulator(Slider(), port=port)
        assert os.path.exists(first.port)
    port.symlink_to("/dev/pts/that-is-gone")  # as one that was killed leaves it
    with PtyEmulator(Slider(), port=port) as second:
        assert os.path.exists(second.port)
