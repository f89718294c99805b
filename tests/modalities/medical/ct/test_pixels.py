"""Stored values to Hounsfield units, through every compression that CT comes in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
from pydicom import uid
from pydicom.encaps import encapsulate

from wugan.errors import DataError
from wugan.modalities.medical.ct import headers, pixels, read_ct
from wugan.modalities.medical.ct.archive import Entry

Save = Callable[..., Path]
HEIGHTS = np.arange(6) * 2.0


def compressed(datasets: list[Any], syntax: str) -> list[Any]:
    """The data sets in another transfer syntax, encoded by pydicom's or imagecodecs' encoders."""
    for data in datasets:
        if syntax in (uid.RLELossless, uid.JPEGLSLossless):
            data.compress(syntax, generate_instance_uid=False)
        elif syntax == uid.JPEG2000Lossless:
            # Two resolutions: pydicom's encoder wants more than such a small picture has.
            encoded = imagecodecs.jpeg2k_encode(data.pixel_array, level=0, codecformat="j2k", resolutions=2)
            data.PixelData = encapsulate([encoded])
            data["PixelData"].is_undefined_length = True
            data.file_meta.TransferSyntaxUID = syntax
        elif syntax == uid.JPEGLosslessSV1:
            data.PixelData = encapsulate([imagecodecs.ljpeg_encode(data.pixel_array.astype(np.uint16))])
            data["PixelData"].is_undefined_length = True
            data.file_meta.TransferSyntaxUID = syntax
        elif syntax == uid.ExplicitVRBigEndian:
            data.PixelData = np.frombuffer(data.PixelData, "<i2").astype(">i2").tobytes()
            data.file_meta.TransferSyntaxUID = syntax
        else:
            data.file_meta.TransferSyntaxUID = syntax
    return datasets


@pytest.mark.parametrize(
    "syntax",
    [
        *(uid.ImplicitVRLittleEndian, uid.DeflatedExplicitVRLittleEndian, uid.ExplicitVRBigEndian, uid.RLELossless),
        *(uid.JPEG2000Lossless, uid.JPEGLSLossless, uid.JPEGLosslessSV1),
    ],
)
@pytest.mark.parametrize("signed", [0, 1])
def test_lossless_compressions_change_nothing(phantom: Any, save: Save, syntax: str, signed: int) -> None:
    if signed and syntax in (uid.JPEGLosslessSV1, uid.JPEGLSLossless):
        datasets = phantom.stack(HEIGHTS, PixelRepresentation=1)  # values above zero: these codecs know no sign
    else:
        intercept = 0 if signed else -1024
        datasets = phantom.stack(HEIGHTS, PixelRepresentation=signed, intercept=intercept)
    volume = read_ct(save(compressed(datasets, syntax)))
    assert phantom.error(volume, margin=0) <= 0.51 and not volume.notes


@pytest.mark.parametrize("syntax", [uid.JPEG2000Lossless, uid.JPEGLSLossless, uid.JPEGLosslessSV1, uid.RLELossless])
def test_a_compressed_picture_that_is_cut_off_counts_as_missing(
    phantom: Any, save: Save, codes: Any, syntax: str
) -> None:
    datasets = compressed(phantom.stack(np.arange(12) * 2.0), syntax)
    from pydicom.encaps import get_frame

    frame = get_frame(datasets[4].PixelData, 0, number_of_frames=1)
    datasets[4].PixelData = encapsulate([frame[: len(frame) * 2 // 3]])
    volume = read_ct(save(datasets))
    assert codes(volume) == {"files-damaged", "gap-filled"}
    assert phantom.error(volume) < 5


def test_twelve_bit_lossy_jpeg(phantom: Any, save: Save, codes: Any) -> None:
    datasets = phantom.stack(HEIGHTS, BitsStored=12, HighBit=11, PixelRepresentation=0, LossyImageCompression="01")
    for data in datasets:
        frame = imagecodecs.jpeg8_encode(data.pixel_array, level=98, bitspersample=12)
        data.PixelData = encapsulate([frame])
        data["PixelData"].is_undefined_length = True
        data.file_meta.TransferSyntaxUID = uid.JPEGExtended12Bit
    volume = read_ct(save(datasets))
    assert codes(volume) == {"lossy"} and phantom.error(volume) < 6


def test_a_compression_that_nothing_decodes_is_named(phantom: Any, save: Save) -> None:
    datasets = phantom.stack(HEIGHTS)
    for data in datasets:
        data.PixelData = encapsulate([b"\0" * 64])
        data["PixelData"].is_undefined_length = True
        data.file_meta.TransferSyntaxUID = uid.MPEG4HP41
    with pytest.raises(DataError, match=r"6 of 6 images cannot be read.*MPEG"):
        read_ct(save(datasets))


def test_loss_is_noted(phantom: Any, save: Save, codes: Any) -> None:
    assert codes(read_ct(save(phantom.stack(HEIGHTS, LossyImageCompression="01")))) == {"lossy"}


def test_slope_and_intercept_of_each_plane_count(phantom: Any, save: Save) -> None:
    datasets = [
        phantom.plane((-14, -10, height), slope=1 + 0.5 * index, intercept=-1024 - 10 * index)
        for index, height in enumerate(HEIGHTS)
    ]
    assert phantom.error(read_ct(save(datasets))) < 0.51 * 3.5


@pytest.mark.parametrize(
    ("stored", "tags", "expected"),
    [
        ([[-2000, 0], [5, 9]], {"PixelPaddingValue": -2000}, [[-1024, 0], [5, 9]]),
        (
            [[-3000, -2500], [5, 9]],
            {"PixelPaddingValue": -3000, "PixelPaddingRangeLimit": -2500},
            [[-1024, -1024], [5, 9]],
        ),
        ([[-1500, 0], [5, 9]], {}, [[-1024, 0], [5, 9]]),  # nothing lies below air
        ([[0, 7], [5, 0]], {"PixelPaddingValue": 0}, [[0, 7], [5, 0]]),  # water that some writers call padding
        ([[0, 0], [0, 9]], {"PixelPaddingValue": 0}, [[-1024, -1024], [-1024, 9]]),  # padding, by its corners
    ],
)
def test_padding_becomes_air(phantom: Any, stored: Any, tags: dict[str, int], expected: Any) -> None:
    data = phantom.plane((0, 0, 0), intercept=0, Rows=2, Columns=2, **tags)
    plane = headers.planes(data, Entry("", ""))[0]
    assert pixels.hounsfield(plane, np.array(stored, np.int16)).tolist() == expected


def test_pixels_of_another_shape_are_refused(phantom: Any) -> None:
    plane = headers.planes(phantom.plane((0, 0, 0)), Entry("", ""))[0]
    with pytest.raises(ValueError, match="do not fit"):
        pixels.hounsfield(plane, np.zeros((3, 3), np.int16))


def test_unused_high_bits_are_ignored(phantom: Any, save: Save) -> None:
    datasets = phantom.stack(HEIGHTS, PixelRepresentation=0, BitsStored=12, HighBit=11)
    for data in datasets:
        data.PixelData = (np.frombuffer(data.PixelData, "<u2") | 0xF000).astype("<u2").tobytes()
    assert phantom.error(read_ct(save(datasets))) < 0.51


def test_without_imagecodecs_pydicoms_own_decoders_read_it(
    phantom: Any, save: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = save(compressed(phantom.stack(HEIGHTS), uid.JPEG2000Lossless))
    monkeypatch.setattr(pixels, "ready_decoders", frozenset)
    assert phantom.error(read_ct(folder)) < 0.51
