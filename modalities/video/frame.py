"""Pictures as they come in: checked once, in one place, before anything computes on them."""

from __future__ import annotations

from numbers import Integral
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError, PluginError
from wugan.packet import Packet
from wugan.signals import Image


def opencv() -> ModuleType:
    """The module cv2.

    Raises:
        PluginError: it is not installed.
    """
    try:
        import cv2
    except ImportError as error:
        raise PluginError("Video needs OpenCV: pip install 'wugan[spatial]'") from error
    return cv2


def rgb(packet: Packet[Image]) -> NDArray[np.uint8]:
    """The packet's picture as uint8 `[H, W, 3]`; a grey one has its value three times.

    Raises:
        DataError: it is empty, of another shape or of another type.
    """
    pixels = packet.data.pixels
    where = f"picture {packet.seq} of {packet.stream!r}"
    if pixels.ndim not in (2, 3) or (pixels.ndim == 3 and pixels.shape[2] != 3) or pixels.dtype != np.uint8:
        raise DataError(f"{where} is {pixels.dtype} {pixels.shape}; uint8 [H, W, 3] or [H, W] is needed")
    if not pixels.size:
        raise DataError(f"{where} is empty ({pixels.shape[1]} × {pixels.shape[0]}); check the source")
    return pixels if pixels.ndim == 3 else np.repeat(pixels[..., None], 3, axis=2)


def grey(packet: Packet[Image]) -> NDArray[np.uint8]:
    """The packet's picture as uint8 `[H, W]`, luma by ITU-R BT.601.

    Raises:
        DataError: as for `rgb`.
    """
    pixels = packet.data.pixels
    if pixels.ndim == 2 and pixels.dtype == np.uint8 and pixels.size:
        return pixels
    cv2 = opencv()
    luma: NDArray[np.uint8] = cv2.cvtColor(rgb(packet), cv2.COLOR_RGB2GRAY)
    return luma


def check_time(packet: Packet[Image]) -> int:
    """The packet's time of capture.

    Raises:
        DataError: it is no whole number of nanoseconds (NaN, a float).
    """
    if not isinstance(packet.time_ns, Integral):
        raise DataError(
            f"picture {packet.seq} of {packet.stream!r} has time {packet.time_ns!r}; nanoseconds are needed"
        )
    return int(packet.time_ns)
