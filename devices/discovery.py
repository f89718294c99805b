"""What is attached: found without opening anything, and watched as it comes and goes.

Serial ports are recognised by the USB ids in the specs of all haptic drivers (`wugan.haptic_drivers`). Everything else
is found by the classes of the entry point group `wugan.devices`, each with a classmethod `discover()` that gives
`Found`s; the built-in camera, microphone and speaker are declared there as a third party's device is.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from wugan.devices.base import Device
from wugan.errors import DataError, DeviceError, PluginError, WuganError
from wugan.plugin import plugins

if TYPE_CHECKING:
    from wugan.devices.haptic.driver import Driver


@dataclass(frozen=True, slots=True)
class Found:
    """One device that is attached now.

    Attributes:
        kind: `haptic`, `camera`, `microphone`, `speaker`, `serial` (a port that no driver knows), or a plugin's own.
        name: what the maker or the system calls it.
        address: what opens it: a port, a device file, a number.
        driver: name of the driver, or library, that speaks to it; several that share its USB ids are joined by `|`;
            empty where it is not known.
        vid: USB vendor id; `None` where it has none.
        pid: USB product id.
        serial: serial number; empty where it has none.
        detail: anything else worth reading, in words.
    """

    kind: str
    name: str
    address: str
    driver: str = ""
    vid: int | None = None
    pid: int | None = None
    serial: str = ""
    detail: str = ""

    @property
    def usb(self) -> str:
        """`2341:003e`, as lsusb writes it; empty for what is not on USB."""
        return "" if self.vid is None or self.pid is None else f"{self.vid:04x}:{self.pid:04x}"

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes it the same device at two looks."""
        return self.kind, self.address, self.serial

    def row(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self), "usb": self.usb}


LOOK_S = 0.5  #: how often the watcher looks: USB enumeration itself takes longer than this


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found, and what could not be looked for.

    Attributes:
        found: by kind and address.
        problems: a library that is missing, a plugin that fails; one sentence each.
    """

    found: tuple[Found, ...]
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """A device came (`arrived`) or went."""

    arrived: bool
    found: Found


def discover(kinds: Iterable[str] | None = None) -> Discovery:
    """Look for devices of all kinds, or of some (`haptic`, `serial`, `camera`, …)."""
    wanted = None if kinds is None else set(kinds)
    found: list[Found] = []
    problems: list[str] = []
    for name, look in _looks(problems).items():
        try:
            found += [one for one in look() if wanted is None or one.kind in wanted]
        except WuganError as error:
            problems.append(f"{name}: {error}")
        except Exception as error:  # one broken plugin must not hide the others' devices
            problems.append(f"{name}: {type(error).__name__}: {error}")
    return Discovery(tuple(sorted(found, key=lambda one: one.key)), tuple(problems))


def serial_ports() -> Iterator[Found]:
    """Serial ports; those whose USB ids a haptic driver names are `haptic` devices.

    Raises:
        PluginError: pyserial is not installed.
    """
    try:
        from serial.tools import list_ports
    except ImportError as error:
        raise PluginError("Serial devices need pyserial: pip install 'wugan[haptics]'") from error
    known = drivers_by_usb()
    for port in list_ports.comports():
        drivers = known.get((port.vid, port.pid), ()) if port.vid is not None and port.pid is not None else ()
        yield Found(
            kind="haptic" if drivers else "serial",
            name=_worded(port.product) or _worded(port.description) or port.name,
            address=port.device,
            driver="|".join(drivers),
            vid=port.vid,
            pid=port.pid,
            serial=port.serial_number or "",
            detail=_worded(port.manufacturer),
        )


def drivers_by_usb() -> dict[tuple[int, int], tuple[str, ...]]:
    """Which haptic drivers name which USB ids in their specs; a driver that cannot be loaded names none."""
    known: dict[tuple[int, int], tuple[str, ...]] = {}
    for plugin in plugins("wugan.haptic_drivers"):
        try:
            usb = plugin.load()().spec.usb
        except Exception:  # `wugan plugins` says what is wrong with it
            continue
        for ids in usb:
            known[ids] = (*known.get(ids, ()), plugin.name)
    return known


def watch(
    look: Callable[[], Iterable[Found]] = serial_ports,
    interval_s: float = LOOK_S,
    stop: Callable[[], bool] = lambda: False,
    sleep: Callable[[float], object] = time.sleep,
) -> Iterator[Change | None]:
    """Tell what comes and goes, by looking again and again; what is there at first counts as come.

    It polls, which needs no rights, no library and works in a container; `None` says that nothing has changed.

    Args:
        look: what lists the devices; `lambda: discover().found` for all kinds. PortAudio does not see new sound
            devices while a stream is open.
        interval_s: pause between two looks.
        stop: asked after each look.
        sleep: how to pause.
    """
    there: dict[tuple[str, str, str], Found] = {}
    while True:
        now = {one.key: one for one in look()}
        changed = False
        for key in [key for key in there if key not in now]:
            changed = True
            yield Change(False, there.pop(key))
        for key, one in now.items():
            if key not in there:
                changed = True
                yield Change(True, one)
        there = now
        if not changed:
            yield None
        if stop():
            return
        sleep(interval_s)


def find(name: str, found: Iterable[Found]) -> Found:
    """The device of that address, serial number or (part of a) name.

    Raises:
        DeviceError: none fits, or several do; lists them.
    """
    devices = list(found)
    for fits in (
        [one for one in devices if name in (one.address, one.serial)],
        [one for one in devices if name.lower() in (one.name.lower(), *one.driver.split("|"))],
        [one for one in devices if name.lower() in one.name.lower()],
    ):
        if len(fits) == 1:
            return fits[0]
        if fits:
            several = ", ".join(f"{one.name} at {one.address}" for one in fits)
            raise DeviceError(f"{name!r} may be any of {several}: give the address")
    there = ", ".join(f"{one.name} at {one.address}" for one in devices) or "none"
    raise DeviceError(f"no device {name!r} is attached; there are: {there}")


def _looks(problems: list[str]) -> dict[str, Callable[[], Iterable[Found]]]:
    looks: dict[str, Callable[[], Iterable[Found]]] = {"serial ports": serial_ports}
    for plugin in plugins("wugan.devices"):
        try:
            target: Any = plugin.load()
        except PluginError as error:
            problems.append(str(error))
            continue
        if hasattr(target, "discover"):
            looks[plugin.name] = target.discover
        else:
            problems.append(f"plugin {plugin.name!r} of {plugin.package} has no classmethod discover(): add one")
    return looks


def _worded(text: str | None) -> str:
    """What pyserial knows; it writes `n/a` for what it does not."""
    return "" if text is None or text == "n/a" else text


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
