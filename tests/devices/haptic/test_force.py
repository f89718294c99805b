"""`HapticForce`: programs reach the servo from a pipeline, and from another process."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import wugan
from wugan.devices.haptic.device import HapticDevice
from wugan.devices.haptic.drivers.wugan_board import WuganBoard
from wugan.devices.haptic.effects import Program, Spring
from wugan.devices.haptic.emulators.body import Body
from wugan.devices.haptic.emulators.pty import PtyEmulator
from wugan.devices.haptic.emulators.wugan_board import EmulatedWuganBoard
from wugan.devices.haptic.force import HapticForce
from wugan.errors import DataError, DeviceError
from wugan.packet import Packet
from wugan.runtime import LocalRuntime
from wugan.signals import HapticSample

PUSH = Program((Spring(stiffness=50.0, center=(0.02, 0.0)),))  # 1 N, as the handle cannot follow


def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait for something that must come."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.001)


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[PtyEmulator]:
    with PtyEmulator(EmulatedWuganBoard(axes=2), Body(1e6, axes=2), port=str(tmp_path / "board")) as running:
        yield running


def test_what_the_pipeline_finds_is_felt(emulator: PtyEmulator) -> None:
    device = HapticDevice(WuganBoard(axes=2), port=emulator.port)
    pipeline = wugan.Pipeline("feel")
    hand = pipeline.source(device)

    class Push(wugan.Stage[HapticSample, Program]):
        def process(self, packet: Packet[HapticSample]) -> Iterator[Packet[Program]]:
            yield packet.replace(PUSH)

    pipeline.sink(HapticForce(device, expires="200ms"), pipeline.stage(Push(), hand))
    with pipeline.run(LocalRuntime()):
        until(lambda: emulator.output[0] > 0.2)
    until(lambda: emulator.output == (0.0, 0.0))


def test_a_sink_in_another_process_finds_the_servo(emulator: PtyEmulator) -> None:
    script = (
        "import sys; from wugan.devices.haptic.device import HapticDevice; from wugan.packet import Packet;"
        "from wugan.devices.haptic.drivers.wugan_board import WuganBoard; from wugan.devices.haptic.force import *;"
        "from wugan.devices.haptic.effects import *;"
        "sink = HapticForce(HapticDevice(WuganBoard(axes=2), port=sys.argv[1]), expires='2s');"
        "sink.write(Packet(Program((Spring(stiffness=50.0, center=(0.02, 0.0)),)), 0))"
    )
    with HapticDevice(WuganBoard(axes=2), port=emulator.port):
        subprocess.run([sys.executable, "-c", script, emulator.port], check=True)
        until(lambda: emulator.output[0] > 0.1)


def test_closing_and_interrupting_take_the_force_away(emulator: PtyEmulator) -> None:
    with HapticDevice(WuganBoard(axes=2), port=emulator.port) as device:
        sink = HapticForce(device, expires="2s")
        for end in (sink.interrupt, sink.close):
            sink.write(Packet(PUSH, 0))
            until(lambda: emulator.output[0] > 0.1)
            end()
            until(lambda: emulator.output == (0.0, 0.0))
        with pytest.raises(DeviceError, match="connect it first"):
            HapticForce(HapticDevice(WuganBoard(axes=2), port=f"{emulator.port}-2")).write(Packet(PUSH, 0))
        sink.write(Packet(PUSH, 0))
        device.close()
        sink.write(Packet(PUSH, 0))  # as at the stop of a pipeline, where the source goes first
        device.open()
        sink.write(Packet(PUSH, 0))
        until(lambda: emulator.output[0] > 0.1)


def test_the_port_must_be_named() -> None:
    with pytest.raises(DataError, match="name the device's port"):
        HapticForce(HapticDevice(WuganBoard()))


def test_it_is_written_to_yaml_and_read_back() -> None:
    device = HapticDevice(WuganBoard(axes=2, watchdog_ms=20), port="/dev/ttyACM0", rate_hz=500.0)
    pipeline = wugan.Pipeline("feel")
    pipeline.source(device, name="hand")
    text = pipeline.to_yaml()
    again = wugan.Pipeline.from_yaml(text)
    assert again.to_yaml() == text
    assert "watchdog_ms: 20" in text
    assert "rate_hz: 500" in text
