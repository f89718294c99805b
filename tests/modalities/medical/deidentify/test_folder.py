from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

pytest.importorskip("pydicom", reason="needs the medical extra")
pytest.importorskip("dicomanonymizer", reason="needs the medical extra")
import pydicom
import typer
from pydicom.data import get_testdata_file
from typer.testing import CliRunner

from wugan.apps.diagnosis.app import register
from wugan.errors import DataError
from wugan.modalities.medical.deidentify.folder import deidentify_folder
from wugan.privacy.audit import verify
from wugan.privacy.pseudonyms import Pseudonyms


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "CompressedSamples^CT1"
    (folder / "deep").mkdir(parents=True)
    shutil.copy(get_testdata_file("CT_small.dcm"), folder / "deep" / "CompressedSamples.dcm")
    shutil.copy(get_testdata_file("MR_small.dcm"), folder / "b")
    data = (folder / "b").read_bytes()
    (folder / "cut.dcm").write_bytes(data[:700])
    (folder / "notes.txt").write_text("Mrs Przybylski")
    record = {"resourceType": "Patient", "id": "1", "name": [{"family": "Przybylski"}]}
    (folder / "record.json").write_text(json.dumps(record))
    (folder / "other.json").write_text("[1, 2]")
    (folder / "list.json").write_text('{"a": 1}')
    return folder


def test_what_is_known_is_written_and_the_rest_is_told(source: Path, tmp_path: Path) -> None:
    result = deidentify_folder(source, tmp_path / "out", Pseudonyms(b"k" * 16))
    made = sorted(path for path in (tmp_path / "out").rglob("*") if path.is_file())
    assert sorted(str(path.relative_to(tmp_path / "out")) for path in made) == sorted(
        one.path for one in result.written
    )
    dicom = [path for path in made if path.suffix == ".dcm"]
    assert len(dicom) >= 2 and len(made) == len(dicom) + 1
    for path in made:
        assert b"ompressedSamples" not in path.read_bytes() and "Przybylski" not in path.read_text("latin-1")
    for path in dicom:
        dataset = pydicom.dcmread(path)
        assert dataset.StudyInstanceUID == path.parts[-3] and dataset.SOPInstanceUID == path.stem
        assert dataset.pixel_array.any() or dataset.Modality == "MR"
    assert result.skipped == 7 - len(made)
    assert any("neither a DICOM file nor FHIR JSON" in note for note in result.notes)


def test_a_folder_in_use_and_nothing_to_do_are_refused(source: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is no empty folder"):
        deidentify_folder(source, tmp_path)
    with pytest.raises(DataError, match="no such"):
        deidentify_folder(tmp_path / "none", tmp_path / "out")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="it holds no file"):
        deidentify_folder(tmp_path / "empty", tmp_path / "out")


def test_the_command_writes_an_audit_entry(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cli = typer.Typer()
    cli.callback()(lambda: None)
    register(cli)
    monkeypatch.chdir(tmp_path)
    command = ["deidentify", str(source), "-o", "out", "--key-file", "key", "--audit", "a"]
    done = CliRunner().invoke(cli, command, catch_exceptions=False)
    assert "files written" in done.stdout and "note:" in done.stderr
    assert verify(tmp_path / "a").entries == 1
    assert "Przybylski" not in done.output + (tmp_path / "a").read_text()
    with pytest.raises(DataError, match="is no empty folder"):
        CliRunner().invoke(cli, command, catch_exceptions=False)
    assert verify(tmp_path / "a").entries == 1, "what was refused is not written down as done"
