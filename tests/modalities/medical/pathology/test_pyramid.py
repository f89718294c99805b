from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from wugan.errors import DataError
from wugan.modalities.medical.pathology import pyramid
from wugan.modalities.medical.pathology.phantom import Phantom
from wugan.modalities.medical.pathology.pyramid import PicturePyramid, TiffPyramid, open_pyramid
from wugan.modalities.medical.pathology.slide import open_slide


def test_dicom(tmp_path: Path, phantom: Phantom, write_dicom: Callable[..., Path]) -> None:
    write_dicom(tmp_path / "a.dcm", phantom.rgb)
    with open_slide(tmp_path) as slide:
        assert (slide.format, slide.mpp, slide.resolution.source) == ("dicom", (0.5, 0.5), "file")
        assert np.array_equal(slide.region(0, 0, (1024, 768), 0.5), phantom.rgb)


def test_ome_tiff_with_its_levels_as_sub_images(tmp_path: Path, phantom: Phantom) -> None:
    import tifffile

    size = {"PhysicalSizeX": 0.5, "PhysicalSizeXUnit": "µm", "PhysicalSizeY": 0.5, "PhysicalSizeYUnit": "µm"}
    with tifffile.TiffWriter(tmp_path / "a.ome.tiff") as writer:
        writer.write(phantom.rgb, tile=(256, 256), subifds=1, photometric="rgb", metadata={"axes": "YXS", **size})
        writer.write(phantom.rgb[::2, ::2], tile=(256, 256), subfiletype=1, photometric="rgb")
    with open_slide(tmp_path / "a.ome.tiff") as slide:
        assert slide.mpp == (0.5, 0.5)
        assert slide.sizes == ((1024, 768), (512, 384))
        assert np.array_equal(slide.region(0, 0, (1024, 768), 0.5), phantom.rgb)
        assert np.array_equal(slide.region(0, 0, (512, 384), 1.0), phantom.rgb[::2, ::2])


@pytest.mark.parametrize("ending", ["png", "tif", "bmp"])
def test_a_picture_has_one_level(tmp_path: Path, phantom: Phantom, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    Image.fromarray(phantom.rgb).save(path)
    found = open_pyramid(path)
    assert isinstance(found, PicturePyramid) and found.sizes == ((1024, 768),)
    assert np.array_equal(found.read(0, 100, 50, 30, 20), phantom.rgb[50:70, 100:130])


def test_transparency_is_white(tmp_path: Path) -> None:
    pixels = np.zeros((32, 32, 4), np.uint8)
    pixels[:, 16:] = (200, 100, 150, 255)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    read = open_pyramid(tmp_path / "a.png").read(0, 0, 0, 32, 32)
    assert (read[:, :16] == 255).all() and (read[:, 16:] == (200, 100, 150)).all()


@pytest.mark.parametrize("mode", ["L", "1", "I;16", "F"])
def test_what_is_grey_is_no_stained_slide(tmp_path: Path, mode: str) -> None:
    Image.new(mode, (64, 64)).save(tmp_path / "a.tif")
    with pytest.raises(DataError, match="no stained slide|not 8-bit RGB"):
        open_pyramid(tmp_path / "a.tif").read(0, 0, 0, 64, 64)


def test_a_picture_that_is_too_large_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Image.new("RGB", (64, 64)).save(tmp_path / "a.png")
    monkeypatch.setattr(pyramid, "PICTURE_PIXELS", 64 * 63)
    with pytest.raises(DataError, match=r"too large for a picture of one level.*vips tiffsave"):
        open_pyramid(tmp_path / "a.png")


def test_a_header_that_claims_too_much_is_refused(tmp_path: Path) -> None:
    """A PNG of 60,000 × 60,000 by its header, and nothing in it."""
    import struct
    import zlib

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"")), (b"IEND", b"")]
    body = b"".join(struct.pack(">I", len(d)) + n + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in chunks)
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + body)
    with pytest.raises(DataError, match="too large"):
        open_pyramid(tmp_path / "a.png")


def test_a_picture_that_is_cut_off(tmp_path: Path, phantom: Phantom) -> None:
    Image.fromarray(phantom.rgb).save(tmp_path / "whole.png")
    whole = (tmp_path / "whole.png").read_bytes()
    (tmp_path / "cut.png").write_bytes(whole[: len(whole) // 3])
    with pytest.raises(DataError, match="damaged or cut off"):
        open_pyramid(tmp_path / "cut.png").read(0, 0, 0, 10, 10)


def test_a_tiff_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "a.tif").write_bytes(b"II*\0" + bytes(100))
    with pytest.raises(DataError, match=r"a\.tif"):
        TiffPyramid(tmp_path / "a.tif")
    with pytest.raises(DataError, match=r"a\.tif"):
        open_pyramid(tmp_path / "a.tif")
