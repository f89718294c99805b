"""Stored pixels to Hounsfield units, plane by plane, in threads.

This module is also a decoder plugin for pydicom (its protocol's names are `DECODER_DEPENDENCIES`, `is_available` and
`decode_frame`): JPEG 2000, lossless and 12-bit JPEG by imagecodecs, which frees the interpreter's lock. Where it fails
or is not installed, pydicom's own decoders follow.
"""

from __future__ import annotations

import importlib.util
import os
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError
from wugan.modalities.medical.ct.archive import Files
from wugan.modalities.medical.ct.headers import Plane
from wugan.modalities.medical.ct.volume import AIR

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


_TAGS = [
    *("SOPClassUID", "Rows", "Columns", "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation"),
    *("SamplesPerPixel", "PhotometricInterpretation", "PlanarConfiguration", "NumberOfFrames", "PixelData"),
    *("ExtendedOffsetTable", "ExtendedOffsetTableLengths"),
]
_FRAMES_AT_A_TIME = 16  # of a multi-frame file, for one thread
_NO_PIXEL = -900.0  # Hounsfield units; a padding value above needs to be found in the corners to be believed


def load(files: Files, planes: Sequence[Plane], out: NDArray[np.float32]) -> dict[int, str]:
    """Read planes into `out` as Hounsfield units.

    Args:
        files: where the planes' files are.
        planes: planes of one shape.
        out: float32 `[len(planes), Y, X]`, is filled.

    Returns:
        For each plane that cannot be read (cut off, damaged): its index and the reason.
    """
    ready_decoders()
    of_entry: dict[Any, list[int]] = defaultdict(list)
    for index, plane in enumerate(planes):
        of_entry[plane.entry].append(index)
    jobs = [
        indices[start : start + _FRAMES_AT_A_TIME]
        for indices in of_entry.values()
        for start in range(0, len(indices), _FRAMES_AT_A_TIME)
    ]
    failed: dict[int, str] = {}

    def read(indices: list[int]) -> None:
        done = 0
        try:
            frames = [planes[index].frame for index in indices]
            for index, stored in zip(indices, _stored(files, planes[indices[0]], frames), strict=True):
                out[index] = hounsfield(planes[index], stored)
                done += 1
        except Exception as error:  # decoders raise whatever their libraries do
            for index in indices[done:]:
                failed[index] = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else 'no reason'}"

    with ThreadPoolExecutor(max(1, min(8, os.cpu_count() or 1))) as pool:
        list(pool.map(read, jobs))
    return failed


def same(files: Files, one: Plane, other: Plane) -> bool:
    """Whether two planes hold the same Hounsfield units, however they are compressed.

    Raises:
        DataError: one of them cannot be read.
    """
    out = np.empty((2, *one.shape), np.float32)
    if one.shape != other.shape:
        return False
    failed = load(files, [one, other], out)
    if failed:
        raise DataError("; ".join(f"{(one, other)[index].entry.name}: {text}" for index, text in failed.items()))
    return bool(np.array_equal(out[0], out[1]))


def hounsfield(plane: Plane, stored: NDArray[Any]) -> NDArray[np.float32]:
    """float32 `[Y, X]` of stored values `[Y, X]`: slope, intercept, padding to air, nothing below air."""
    if stored.shape != plane.shape:
        raise ValueError(f"pixels {stored.shape} do not fit Rows and Columns {plane.shape}")
    slope, intercept = plane.slope or 1.0, plane.intercept or 0.0
    values = stored.astype(np.float32)
    if slope != 1.0:
        values *= np.float32(slope)
    values += np.float32(intercept)
    if plane.padding is not None and _believed(plane.padding, stored, slope, intercept):
        values[(stored >= plane.padding[0]) & (stored <= plane.padding[1])] = AIR
    return np.maximum(values, AIR, out=values)


def _believed(padding: tuple[int, int], stored: NDArray[Any], slope: float, intercept: float) -> bool:
    """Whether the padding value can be one: below tissue, or where padding lies, in the corners outside the circle.

    Some writers name 0 although 0 is water in their file; taking that for padding would pepper tissue with air.
    """
    if max(padding) * slope + intercept <= _NO_PIXEL:
        return True
    corners = stored[[0, 0, -1, -1], [0, -1, 0, -1]]
    return bool(((corners >= padding[0]) & (corners <= padding[1])).sum() >= 3)


def _stored(files: Files, plane: Plane, frames: list[int | None]) -> list[NDArray[Any]]:
    """Stored values of some frames of a file, or of its only one."""
    import pydicom
    from pydicom import uid
    from pydicom.pixels import iter_pixels, pixel_array

    with files.open(plane.entry) as file:
        data = pydicom.dcmread(file, specific_tags=list(_TAGS), force=True)
    if "TransferSyntaxUID" not in data.file_meta:  # a file of old; what pydicom found out must do
        implicit, little = data.original_encoding
        explicit = uid.ExplicitVRLittleEndian if little else uid.ExplicitVRBigEndian
        data.file_meta.TransferSyntaxUID = uid.ImplicitVRLittleEndian if implicit else explicit
    if "PixelData" not in data:
        raise ValueError("it has no pixel data")
    indices = [frame for frame in frames if frame is not None]
    _check_complete(data, indices)

    def decode(plugin: str) -> list[NDArray[Any]]:
        if not indices:
            return [pixel_array(data, raw=True, view_only=True, decoding_plugin=plugin)]
        return [frame.copy() for frame in iter_pixels(data, raw=True, indices=indices, decoding_plugin=plugin)]

    if data.file_meta.TransferSyntaxUID in ready_decoders():
        try:
            return decode(LABEL)
        except Exception:  # an unusual picture: pydicom's other decoders may know it
            pass
    return decode("")


def _check_complete(data: Any, frames: list[int]) -> None:
    """Raise where an encoded frame lacks its end marker: decoders fill in the rest of such a picture."""
    from pydicom import uid
    from pydicom.encaps import get_frame

    syntax = data.file_meta.TransferSyntaxUID
    marked = (*uid.JPEGTransferSyntaxes, *uid.JPEGLSTransferSyntaxes, *uid.JPEG2000TransferSyntaxes)
    if syntax not in marked:
        return
    count = int(data.get("NumberOfFrames") or 1)
    for index in frames or [0]:
        frame = get_frame(data.PixelData, index, number_of_frames=count)
        if not frame.rstrip(b"\0").endswith(b"\xff\xd9"):
            raise ValueError("its compressed picture is cut off (no end marker)")


@cache
def ready_decoders() -> frozenset[str]:
    """Transfer syntaxes that imagecodecs decodes; makes it known to pydicom. Call it first from a single thread."""
    from pydicom import uid
    from pydicom.pixels import get_decoder

    known = [syntax for syntax in DECODER_DEPENDENCIES if is_available(syntax)]
    for syntax in known:
        get_decoder(uid.UID(syntax)).add_plugin(LABEL, (__name__, "decode_frame"))
    return frozenset(known)
