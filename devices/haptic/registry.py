"""Drivers and emulators by name, as installed packages declare them by entry points."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any, cast

from wugan import plugin
from wugan.devices.haptic.driver import Driver
from wugan.devices.haptic.emulators.device import EmulatedDevice
from wugan.errors import DataError, PluginError

DRIVERS, EMULATORS = plugin.HAPTIC_GROUPS


def drivers() -> list[str]:
    """Names of all drivers."""
    return sorted({found.name for found in plugin.plugins(DRIVERS)})


def emulators() -> list[str]:
    """Names of all emulated devices."""
    return sorted({found.name for found in plugin.plugins(EMULATORS)})


def driver_class(name: str) -> type[Driver]:
    """The driver of that name.

    Raises:
        PluginError: there is none, or it cannot be imported, or it is no `Driver`; lists those that are known.
    """
    return cast("type[Driver]", _load(name, DRIVERS, Driver, "driver", drivers()))


def emulator_class(name: str) -> type[EmulatedDevice]:
    """The emulated device of that name.

    Raises:
        PluginError: there is none, or it cannot be imported, or it is no `EmulatedDevice`; lists those that are known.
    """
    return cast("type[EmulatedDevice]", _load(name, EMULATORS, EmulatedDevice, "emulated device", emulators()))


def driver(name: str, values: Mapping[str, Any] | None = None) -> Driver:
    """Construct the driver of that name with keyword values.

    Raises:
        PluginError: there is no such driver.
        DataError: it takes no such value.
    """
    return cast("Driver", _construct(driver_class(name), name, values or {}))


def emulator(name: str, values: Mapping[str, Any] | None = None) -> EmulatedDevice:
    """Construct the emulated device of that name with keyword values.

    Raises:
        PluginError: there is no such emulated device.
        DataError: it takes no such value.
    """
    return cast("EmulatedDevice", _construct(emulator_class(name), name, values or {}))


def _load(name: str, group: str, base: type, what: str, known: list[str]) -> type:
    matches = [found for found in plugin.plugins(group) if found.name == name]
    if not matches:
        listed = ", ".join(known) or "none; reinstall wugan, so that its entry points are read"
        raise PluginError(f"no {what} is called {name!r}. Known: {listed}.")
    loaded = plugin.find(name, group).load()
    if not (isinstance(loaded, type) and issubclass(loaded, base)):
        raise PluginError(f"{what} {name!r} ({matches[0].target}) is no {base.__name__}")
    return loaded


def _construct(found: type, name: str, values: Mapping[str, Any]) -> Any:
    taken = [parameter for parameter in inspect.signature(found).parameters if parameter not in ("args", "kwargs")]
    unknown = sorted(set(values) - set(taken))
    if unknown:
        raise DataError(f"{name} takes no {', '.join(unknown)}. It takes: {', '.join(taken) or 'nothing'}.")
    try:
        return found(**values)
    except (TypeError, ValueError) as error:
        raise DataError(f"{name} cannot be made with {dict(values)}: {error}") from error
