from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.fileset import FileSet

from wugan.errors import DataError
from wugan.modalities.medical.ct import read_ct
from wugan.modalities.medical.ct.headers import folded, referenced


@pytest.fixture
def medium(phantom: Any, tmp_path: Path) -> Path:
    """A medium with a DICOMDIR, as pydicom writes it."""
    files = FileSet()
    for data in phantom.stack(np.arange(8) * 2.0):
        files.add(data)
    files.write(tmp_path / "cd")
    return tmp_path / "cd"


def test_the_directory_and_its_folder_hold_the_same(medium: Path, phantom: Any) -> None:
    (medium / "other.txt").write_text("x")
    by_folder, by_file = read_ct(medium), read_ct(medium / "DICOMDIR")
    assert np.array_equal(by_folder.values, by_file.values) and phantom.error(by_file) < 0.51
    assert [note.code for note in by_folder.notes] == ["files-ignored"] and not by_file.notes


def test_files_that_it_names_and_that_are_not_there(medium: Path, codes: Any, phantom: Any) -> None:
    images = sorted(path for path in medium.rglob("*") if path.is_file() and path.name != "DICOMDIR")
    images[4].unlink()
    for path in (medium, medium / "DICOMDIR"):
        volume = read_ct(path)
        assert "files-missing" in codes(volume) and phantom.error(volume) < 5


def test_files_that_it_does_not_name_are_left_to_the_folder(medium: Path, phantom: Any) -> None:
    extra = phantom.plane((-14, -10, 16.0))
    extra.save_as(medium / "extra", enforce_file_format=True)
    assert read_ct(medium).size[2] == 9
    assert read_ct(medium / "DICOMDIR").size[2] == 8


@pytest.mark.filterwarnings("ignore:Invalid value for VR CS")
def test_names_outside_are_refused(medium: Path) -> None:
    import pydicom

    directory = pydicom.dcmread(medium / "DICOMDIR")
    record = next(record for record in directory.DirectoryRecordSequence if "ReferencedFileID" in record)
    record.ReferencedFileID = ["..", "..", "etc", "passwd"]
    buffer = io.BytesIO()
    directory.save_as(buffer)
    buffer.seek(0)
    with pytest.raises(DataError, match="outside of its folder"):
        referenced(buffer, "DICOMDIR")
    with pytest.raises(DataError, match="damaged DICOMDIR"):
        referenced(io.BytesIO(b"nothing"), "DICOMDIR")


def test_names_as_copying_systems_leave_them() -> None:
    assert folded("images/im1") == folded("IMAGES/IM1") and folded("IM1.;1") == folded("im1") != folded("im2")
