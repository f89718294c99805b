"""`Monitor`: what it tells of each kind of device, and that it waits for one that is away."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np
import pytest

from wugan import Packet, clock
from wugan.devices.base import Device
from wugan.devices.discovery import choose
from wugan.devices.haptic.emulators.pty import PtyEmulator
from wugan.devices.haptic.emulators.wugan_board import EmulatedWuganBoard
from wugan.devices.monitor import Monitor
from wugan.errors import DeviceError
from wugan.signals import Audio, Image, PointCloud


class Sensor(Device[Any]):
    """Gives one item again and again; `plugged` is false while it is away."""

    name = "sensor"

    def __init__(self, item: Any) -> None:
        self.item = item
        self.plugged = True

    def _open(self) -> None:
        if not self.plugged:
            raise DeviceError("sensor is not plugged in")

    def _capture(self) -> Iterator[Packet[Any] | None]:
        while not self.closing:
            if not self.plugged:
                raise DeviceError("sensor was unplugged")
            time.sleep(0.002)
            yield Packet(self.item, clock.now_ns())


def until(looks: Iterator[dict[str, Any]], state: str) -> dict[str, Any]:
    for look in islice(looks, 1000):
        if look["state"] == state and (state in ("lost", "waiting") or look["rate_hz"]):
            return look
    raise AssertionError(f"it is never {state}")


@pytest.mark.parametrize(
    ("item", "told"),
    [
        (Audio(np.full(100, 0.1, np.float32), 16_000), {"level_dbfs": -20.0}),
        (Image(np.full((48, 64, 3), 51, np.uint8)), {"size": "64 × 48", "brightness": 0.2}),
        (PointCloud(np.zeros((7, 3), np.float32)), {"points": 7}),
        ("text", {}),
    ],
)
def test_an_item_in_a_few_numbers(item: Any, told: dict[str, Any]) -> None:
    sensor = Sensor(item)
    looks = Monitor(sensor, 0.03).looks()
    look = until(looks, "open")
    assert told.items() <= look.items() and look["lost"] == 0 and look["age_ms"] is not None
    looks.close()
    assert not sensor.is_open


def test_it_waits_for_a_sensor_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wugan.devices.monitor.RETRY_S", 0.02)
    sensor = Sensor(1)
    looks = Monitor(sensor, 0.02).looks()
    until(looks, "open")
    sensor.plugged = False
    assert "not plugged in" in until(looks, "waiting")["error"]
    sensor.plugged = True
    until(looks, "open")
    looks.close()


def test_it_ends_after_its_time() -> None:
    assert 1 <= len(list(Monitor(Sensor(1), 0.01).looks(seconds=0.05))) <= 8


def test_it_waits_for_a_haptic_device_that_is_unplugged() -> None:
    with PtyEmulator(EmulatedWuganBoard(axes=2)) as emulator:
        emulator.unplug()
        looks = Monitor(choose(emulator.port, "wugan", ["axes=2"]).device, 0.02).looks()
        look = next(looks)
        assert look["state"] == "waiting" and emulator.port in look["error"]
        emulator.replug()
        until(looks, "ready")
        emulator.unplug()
        assert until(looks, "lost")["error"]
        emulator.replug()
        look = until(looks, "ready")
        assert look["force"] in ([0.0, 0.0], None) and look["losses"] >= 1
        looks.close()
