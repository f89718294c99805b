"""The decoder plugin beside pydicom's own decoders."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pydicom
import pytest
from pydicom.data import get_testdata_file
from pydicom.pixels import pixel_array

from wugan.modalities.medical.ct import pixels


@pytest.mark.parametrize("name", ["J2K_pixelrep_mismatch.dcm", "693_J2KI.dcm"])
def test_files_with_an_unusual_sign_decode_as_pydicom_decodes_them(name: str) -> None:
    path = get_testdata_file(name, download=False)
    if path is None:
        pytest.skip(f"pydicom comes without {name}")
    assert pixels.J2K[0] in pixels.ready_decoders()
    data = pydicom.dcmread(path)
    ours = pixel_array(data, decoding_plugin=pixels.LABEL)
    theirs = pixel_array(data, decoding_plugin="pylibjpeg")
    # The second is compressed with loss: decoders may round differently.
    assert np.abs(ours.astype(int) - theirs.astype(int)).max() <= (1 if name == "693_J2KI.dcm" else 0)


def test_a_real_slice_decodes_as_pydicom_decodes_it(data_root: Path) -> None:
    pixels.ready_decoders()
    data = pydicom.dcmread(sorted((data_root / "ct" / "dicom_series").iterdir())[0])
    ours, theirs = (pixel_array(data, decoding_plugin=plugin) for plugin in (pixels.LABEL, "gdcm"))
    assert np.array_equal(ours, theirs)


def test_colours_are_left_to_others() -> None:
    class Runner:
        transfer_syntax = pixels.J2K[0]

        def set_option(self, name: str, value: Any) -> None:
            raise AssertionError

    picture = imagecodecs.jpeg2k_encode(np.zeros((32, 32, 3), np.uint8), level=0)
    with pytest.raises(NotImplementedError, match="one sample"):
        pixels.decode_frame(picture, Runner())
    assert not pixels.is_available("1.2.840.10008.1.2.1")
