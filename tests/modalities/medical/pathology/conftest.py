"""Slides for the tests: drawn tissue, written as scanners write it. Nothing here is of a person."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from wugan.modalities.medical.pathology.analysis import SlideAnalysis, analyse
from wugan.modalities.medical.pathology.phantom import Phantom, draw_phantom
from wugan.modalities.medical.pathology.slide import Slide, open_slide


@pytest.fixture(scope="session")
def phantom() -> Phantom:
    """512 × 384 µm at 0.5 µm, with 60 µm of empty glass around the tissue."""
    return draw_phantom((512.0, 384.0), margin_um=60, seed=3)


@pytest.fixture(scope="session")
def write_svs() -> Callable[..., Path]:
    """Write a pyramid as Aperio's scanners do; `says` are the fields of its description."""
    import tifffile

    def write(path: Path, rgb: NDArray[np.uint8], says: str = "AppMag = 20|MPP = 0.5", levels: int = 2) -> Path:
        with tifffile.TiffWriter(path) as writer:
            for level in range(levels):
                step = 2**level
                height, width = (length // step * step for length in rgb.shape[:2])
                pixels = rgb[:height, :width].reshape(height // step, step, width // step, step, 3).mean((1, 3))
                writer.write(
                    np.rint(pixels).astype(np.uint8),
                    tile=(256, 256),
                    photometric="rgb",
                    description=f"Aperio Image Library v11\n|{says}",
                    subfiletype=1 if level else 0,
                    metadata=None,
                )
        return path

    return write


@pytest.fixture(scope="session")
def svs(tmp_path_factory: pytest.TempPathFactory, phantom: Phantom, write_svs: Callable[..., Path]) -> Path:
    return write_svs(tmp_path_factory.mktemp("slides") / "drawn.svs", phantom.rgb)


@pytest.fixture(scope="session")
def analysis(svs: Path) -> SlideAnalysis:
    with open_slide(svs) as slide:
        return analyse(slide, threads=1)


@pytest.fixture
def slide(svs: Path) -> Any:
    with open_slide(svs) as opened:
        yield opened


@pytest.fixture(scope="session")
def picture_slide(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Slide]:
    """A picture as a slide of one level."""
    folder = tmp_path_factory.mktemp("pictures")

    def make(rgb: NDArray[np.uint8], mpp: float | tuple[float, float] = 0.5, name: str = "picture.png") -> Slide:
        from PIL import Image

        path = folder / name
        Image.fromarray(rgb).save(path)
        return open_slide(path, mpp)

    return make


@pytest.fixture(scope="session")
def write_dicom() -> Callable[..., Path]:
    """Write a slide of one level as DICOM (VL Whole Slide Microscopy Image, uncompressed)."""
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian, VLWholeSlideMicroscopyImageStorage, generate_uid

    def write(path: Path, rgb: NDArray[np.uint8], mpp: float = 0.5, series: str = "1", tile: int = 256) -> Path:
        height, width = rgb.shape[:2]
        down, across = -(-height // tile), -(-width // tile)
        padded = np.full((down, tile, across, tile, 3), 255, np.uint8)
        padded.reshape(down * tile, across * tile, 3)[:height, :width] = rgb
        data = Dataset()
        data.file_meta = FileMetaDataset()
        data.file_meta.MediaStorageSOPClassUID = data.SOPClassUID = VLWholeSlideMicroscopyImageStorage
        data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID = generate_uid(entropy_srcs=[series, "sop"])
        data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        data.StudyInstanceUID = generate_uid(entropy_srcs=["study"])
        data.SeriesInstanceUID = generate_uid(entropy_srcs=[series])
        data.Modality, data.ImageType = "SM", ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"]
        data.Rows, data.Columns, data.NumberOfFrames = tile, tile, down * across
        data.SamplesPerPixel, data.PhotometricInterpretation, data.PlanarConfiguration = 3, "RGB", 0
        data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 8, 8, 7, 0
        data.TotalPixelMatrixColumns, data.TotalPixelMatrixRows = width, height
        data.TotalPixelMatrixFocalPlanes, data.DimensionOrganizationType = 1, "TILED_FULL"
        data.ImagedVolumeWidth, data.ImagedVolumeHeight = width * mpp / 1000, height * mpp / 1000
        measures, shared, optical = Dataset(), Dataset(), Dataset()
        measures.PixelSpacing, measures.SliceThickness = [mpp / 1000] * 2, 0.001
        shared.PixelMeasuresSequence = [measures]
        optical.OpticalPathIdentifier = "1"
        data.SharedFunctionalGroupsSequence, data.OpticalPathSequence = [shared], [optical]
        data.add_new("PixelData", "OB", np.ascontiguousarray(padded.transpose(0, 2, 1, 3, 4)).tobytes())
        data.save_as(path, enforce_file_format=True)
        return path

    return write
