"""`choose`: the device object that a person means by a port, a serial number or a name."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from wugan.devices.base import Device
from wugan.devices.discovery import Found, discover, find
from wugan.errors import DataError, DeviceError

if TYPE_CHECKING:
    from wugan.devices.haptic.driver import Driver


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was found, and the device that it is; it is not open."""

    found: Found
    device: Device[Any]


def choose(name: str, driver: str | None = None, values: Sequence[str] | None = None) -> Chosen:
    """The device of that port, address, serial number or name.

    Args:
        name: as `discovery.find` takes it; or any path of a port, where a driver is named (an emulated one is in no
            list); or the path of a video, or of a file or folder of sweeps.
        driver: of a haptic device; `None` takes the one that its USB ids tell.
        values: parameters of the driver, `NAME=VALUE`.

    Raises:
        DeviceError: nothing fits, several do, or which driver it needs is not known.
        DataError: a parameter is wrong.
    """
    from wugan.devices.haptic.device import HapticDevice

    if driver is not None and (os.sep in name or Path(name).exists()):
        return Chosen(Found("haptic", driver, name, driver), HapticDevice(_driver(driver, values), name))
    found = find(name, discover().found)
    if found.kind in ("haptic", "serial"):
        known = driver or _only(found)
        return Chosen(found, HapticDevice(_driver(known, values), found.address))
    if driver is not None or values:
        raise DeviceError(f"{found.name} is a {found.kind}: --driver and --set are for haptic devices")
    return Chosen(found, _sensor(found))


def choose_driver(port: str, driver: str | None = None, values: Sequence[str] | None = None) -> Driver:
    """The driver of the device at a port; raises as `choose` does."""
    if driver is None:
        driver = _only(find(port, discover(("haptic", "serial")).found))
    return _driver(driver, values)


def driven_elsewhere(device: Device[Any]) -> Device[Any]:
    """The same haptic device to be looked at only, where another program on this machine drives it; else `device`."""
    from wugan.devices.haptic.device import HapticDevice
    from wugan.devices.haptic.watched import WatchedDevice, running_servo

    if not isinstance(device, HapticDevice) or device.port is None:
        return device
    memory = running_servo(device.port)
    if memory is None:
        return device
    memory.close()
    return WatchedDevice(device.driver, device.port)


def _sensor(found: Found) -> Device[Any]:
    if found.kind == "camera":
        from wugan.devices.camera import Camera

        return Camera(found.address)
    if found.kind == "microphone":
        from wugan.devices.microphone import Microphone

        return Microphone(device=int(found.address))
    raise DeviceError(f"{found.name} is a {found.kind}, of which there is nothing to be read here")


def _only(found: Found) -> str:
    """The one driver that its USB ids tell."""
    from wugan.devices.haptic.registry import drivers

    fits = [name for name in found.driver.split("|") if name]
    if len(fits) == 1:
        return fits[0]
    which = f"its USB ids fit {', '.join(fits)}" if fits else f"nothing tells which of {', '.join(drivers())} it is"
    raise DeviceError(f"{found.address}: {which}; name it with --driver")


def _driver(name: str, values: Sequence[str] | None) -> Driver:
    from wugan.devices.haptic.registry import driver

    return driver(name, dict(_value(text) for text in values or ()))


def _value(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise DataError(f"{text!r} is no parameter: write NAME=VALUE, such as axes=2")
    try:
        return name.strip(), yaml.safe_load(value)
    except yaml.YAMLError as error:
        raise DataError(f"{text!r}: {value!r} is no value ({error})") from error
