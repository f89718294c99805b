from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from wugan.errors import DataError
from wugan.modalities.medical.pathology.slide import dicom_file, slide_paths

TILE = np.full((256, 256, 3), 200, np.uint8)


def test_slides_by_name_and_a_note_for_the_rest(tmp_path: Path, svs: Path) -> None:
    for name in ("b.svs", "a.svs"):
        shutil.copy(svs, tmp_path / name)
    (tmp_path / "report.txt").write_text("no slide")
    (tmp_path / ".hidden.svs").write_text("left by a file browser")
    (tmp_path / "m.mrxs").touch()
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "Data0000.dat").touch()
    paths, notes = slide_paths(tmp_path)
    assert [path.name for path in paths] == ["a.svs", "b.svs", "m.mrxs"]
    assert [(note.code, note.source) for note in notes] == [("not-a-slide", "report.txt")]


def test_a_dicom_slide_of_several_files_counts_once(tmp_path: Path, write_dicom: Callable[..., Path]) -> None:
    write_dicom(tmp_path / "2", TILE, series="1")
    write_dicom(tmp_path / "1", TILE, series="1")
    assert dicom_file(tmp_path).name == "1"
    paths, notes = slide_paths(tmp_path)
    assert [path.name for path in paths] == ["1"] and notes == []
    (tmp_path / "other").mkdir()
    write_dicom(tmp_path / "other" / "3", TILE, series="2")
    assert [path.name for path in slide_paths(tmp_path)[0]] == ["1", "3"]


def test_several_dicom_slides_are_no_one_slide(tmp_path: Path, write_dicom: Callable[..., Path]) -> None:
    write_dicom(tmp_path / "1", TILE, series="1")
    write_dicom(tmp_path / "2", TILE, series="2")
    with pytest.raises(DataError, match="2 DICOM slides"):
        dicom_file(tmp_path)


def test_a_file_is_no_folder(svs: Path) -> None:
    with pytest.raises(DataError, match="is no folder"):
        slide_paths(svs)
