"""`jpeg`: pictures as viewers and recordings take them."""

from __future__ import annotations

from wugan.devices.opencv import opencv
from wugan.errors import DataError
from wugan.signals import Image


def jpeg(image: Image, quality: int = 85) -> bytes:
    """A picture as JPEG.

    Raises:
        DataError: it cannot be written as one.
    """
    cv2 = opencv()
    pixels = image.pixels if image.pixels.ndim == 2 else cv2.cvtColor(image.pixels, cv2.COLOR_RGB2BGR)
    done, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise DataError(f"a picture of shape {image.pixels.shape} cannot be written as JPEG")
    return bytes(data)
