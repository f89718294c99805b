"""OpenCV: what cameras and files of pictures share."""

from __future__ import annotations

from types import ModuleType

from wugan.errors import PluginError


def opencv() -> ModuleType:
    """The module cv2.

    Raises:
        PluginError: it is not installed.
    """
    try:
        import cv2
    except ImportError as error:
        raise PluginError("Cameras and videos need OpenCV: pip install 'wugan[spatial]'") from error
    return cv2
