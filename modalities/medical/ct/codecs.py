"""A decoder plugin for pydicom: JPEG 2000, lossless and 12-bit JPEG by imagecodecs, which frees the interpreter's lock.

Where it fails or is not installed, pydicom's own decoders follow.
"""

from __future__ import annotations

import importlib.util
from typing import Any

import numpy as np

LABEL = "imagecodecs"
J2K = ("1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91")
_JPEG_12_BIT = ("1.2.840.10008.1.2.4.51",)  # pydicom knows no decoder for it but one under the GPL
_LOSSLESS_JPEG = ("1.2.840.10008.1.2.4.57", "1.2.840.10008.1.2.4.70")
DECODER_DEPENDENCIES = dict.fromkeys((*J2K, *_JPEG_12_BIT, *_LOSSLESS_JPEG), ("imagecodecs",))


def is_available(syntax: str) -> bool:
    """Whether it can decode a transfer syntax (pydicom's protocol for plugins)."""
    return syntax in DECODER_DEPENDENCIES and importlib.util.find_spec("imagecodecs") is not None


def decode_frame(source: bytes, runner: Any) -> bytearray:
    """The samples of one encoded frame, little endian (pydicom's protocol for plugins)."""
    import imagecodecs

    if runner.transfer_syntax in J2K:
        picture = imagecodecs.jpeg2k_decode(source)
    elif runner.transfer_syntax in _JPEG_12_BIT:
        picture = imagecodecs.jpeg8_decode(source)
    else:
        picture = imagecodecs.ljpeg_decode(source)
    if picture.ndim != 2 or picture.dtype.itemsize > 2:
        raise NotImplementedError("only pictures with one sample of up to 16 bits")
    runner.set_option("bits_allocated", 8 * picture.dtype.itemsize)
    return bytearray(np.ascontiguousarray(picture, picture.dtype.newbyteorder("<")).tobytes())
