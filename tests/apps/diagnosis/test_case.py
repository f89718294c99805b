from __future__ import annotations

from pathlib import Path

import pytest

from wugan.apps.diagnosis.case import open_case
from wugan.errors import DataError


def test_any_subset_is_a_case(tmp_path: Path) -> None:
    (tmp_path / "ct").mkdir()
    (tmp_path / "readme.txt").write_text("x")
    case = open_case(tmp_path)
    assert (case.ct, case.slides, case.record, case.composite) == (tmp_path / "ct", None, None, False)
    assert [note.code for note in case.notes] == ["not-looked-at"] and "readme.txt" in case.notes[0].text
    (tmp_path / "slides").mkdir()
    (tmp_path / "record.xml").write_text("<a/>")
    (tmp_path / "case.yaml").write_text("name: A\ncomposite: true\nmpp: 0.4\n")
    case = open_case(tmp_path)
    assert (
        case.name == "A"
        and case.composite
        and case.mpp == 0.4
        and case.slides
        and case.record == tmp_path / "record.xml"
    )


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({}, "holds none of ct/"),
        ({"ct.nii.gz": "", "ct.zip": ""}, "holds ct.zip and ct.nii.gz"),
        ({"record.json": "", "case.yaml": "colour: red"}, "colour"),
        ({"record.json": "", "case.yaml": "mpp: 0"}, "mpp: Input should be greater than 0"),
        ({"record.json": "", "case.yaml": "a: ["}, "cannot be read as YAML"),
    ],
)
def test_what_is_no_case_is_told(tmp_path: Path, files: dict[str, str], told: str) -> None:
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    with pytest.raises(DataError, match=told):
        open_case(tmp_path)


def test_a_file_or_nothing_is_no_case(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("")
    with pytest.raises(DataError, match="is a file"):
        open_case(tmp_path / "f")
    with pytest.raises(DataError, match="no such folder"):
        open_case(tmp_path / "g")
