"""Finding the port of a haptic device by the USB ids of its driver."""

from __future__ import annotations

import os
from pathlib import Path

from wugan.devices.haptic.spec import HapticSpec
from wugan.errors import DeviceError

BY_ID = Path("/dev/serial/by-id")


def find_port(spec: HapticSpec) -> str:
    """The port of the one attached device that has this driver's USB ids, by a name that survives a replug.

    Raises:
        DeviceError: none or several are attached (lists them), or the driver has no ids to look for.
    """
    from wugan.devices.discovery import serial_ports

    if not spec.usb:
        raise DeviceError(f"{spec.protocol}: it has no USB ids to be found by; name its port (`wugan devices list`)")
    ports = [found for found in serial_ports() if (found.vid, found.pid) in spec.usb]
    if len(ports) != 1:
        there = ", ".join(f"{found.name} at {found.address}" for found in ports) or "none"
        raise DeviceError(f"{spec.protocol}: which port? Attached with its USB ids: {there}. Name one with port=")
    address = ports[0].address
    for link in sorted(BY_ID.iterdir()) if BY_ID.is_dir() else ():
        if os.path.realpath(link) == os.path.realpath(address):
            return str(link)
    return address
