from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from wugan.devices.haptic import registry
from wugan.errors import DataError, PluginError


def test_every_driver_has_an_emulated_device_and_the_other_way_round() -> None:
    assert registry.drivers() == registry.emulators()
    assert {"haply", "inverse3", "odrive", "openffboard", "wugan"} <= set(registry.drivers())


@pytest.mark.parametrize("name", registry.drivers())
def test_a_driver_shakes_hands_with_its_emulated_device(name: str, handshaken: Callable[..., Any]) -> None:
    driver, device = registry.driver(name), registry.emulator(name)
    joined = handshaken(driver, device)
    assert replace(driver.spec, model="") == replace(device.spec, model="")  # their words for it may differ
    assert driver.spec.protocol == name.partition("-")[0]
    assert len(device.rest) == driver.spec.axes and device.output.shape == (driver.spec.axes,)
    assert not device.output.any()
    assert any(joined.exchange([0.0] * driver.spec.axes, wait_s=0.01) for _ in range(3))


def test_values_reach_the_constructor() -> None:
    assert registry.driver("odrive", {"axes": 2}).spec.axes == 2
    assert registry.emulator("odrive", {"axes": 2}).spec.axes == 2


def test_what_is_not_known_is_told_with_what_is() -> None:
    with pytest.raises(PluginError, match=r"no driver is called 'phantom'\. Known: .*odrive"):
        registry.driver("phantom")
    with pytest.raises(PluginError, match=r"no emulated device is called 'phantom'\. Known: .*odrive"):
        registry.emulator_class("phantom")
    with pytest.raises(DataError, match="takes no axis. It takes: axes, watchdog_s"):
        registry.driver("odrive", {"axis": 2})
    with pytest.raises(DataError, match="a board has 2"):
        registry.driver("odrive", {"axes": 3})


def test_drivers_are_light() -> None:
    code = (
        "import sys; from wugan.devices.haptic import registry\n"
        "for name in registry.drivers(): registry.driver(name), registry.emulator(name)\n"
        "print([heavy for heavy in ('torch', 'ray', 'scipy', 'mujoco', 'serial') if heavy in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
