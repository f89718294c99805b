"""Devices: what a pipeline senses with and acts through."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wugan.devices.base import Device, Health
    from wugan.devices.calibration import Calibration
    from wugan.devices.camera import Camera
    from wugan.devices.clouds import CloudFile, read_cloud
    from wugan.devices.discovery import Found, discover, watch
    from wugan.devices.lidar import LidarFiles
    from wugan.devices.microphone import Microphone
    from wugan.devices.speaker import Speaker
    from wugan.devices.video_file import VideoFile

__all__ = [
    "Calibration",
    "Camera",
    "CloudFile",
    "Device",
    "Found",
    "Health",
    "LidarFiles",
    "Microphone",
    "Speaker",
    "VideoFile",
    "discover",
    "read_cloud",
    "watch",
]

# Loaded when they are asked for: the servo process of a haptic device imports this package and must stay light.
_HOMES = {
    "Calibration": "calibration",
    "Camera": "camera",
    "CloudFile": "clouds",
    "Device": "base",
    "Found": "discovery",
    "Health": "base",
    "LidarFiles": "lidar",
    "Microphone": "microphone",
    "Speaker": "speaker",
    "VideoFile": "video_file",
    "discover": "discovery",
    "read_cloud": "clouds",
    "watch": "discovery",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"wugan.devices.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
