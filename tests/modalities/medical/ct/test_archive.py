from __future__ import annotations

import io
import os
import stat
import warnings
import zipfile
from pathlib import Path

import pytest

from wugan.errors import DataError
from wugan.modalities.medical.ct import archive
from wugan.modalities.medical.ct.archive import Files, open_location


def packed(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, content in members.items():
            file.writestr(name, content)
    return path


def test_a_folder_and_its_zip_hold_the_same(tmp_path: Path) -> None:
    members = {"b/2": b"two", "a": b"one", "b/.DS_Store": b"", "__MACOSX/b/._2": b"x", "Thumbs.db": b""}
    for name, content in members.items():
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_bytes(content)
    for path in (tmp_path / "in", packed(tmp_path / "x.zip", members)):
        with Files(path) as files:
            found = {entry.name: files.open(entry).read() for entry in files.entries if "MACOSX" not in entry.name}
            assert found == {"a": b"one", "b/2": b"two"}
            locations = [entry.location for entry in files.entries]
        assert open_location(locations[0]).read() == b"one"


@pytest.mark.parametrize("name", ["../evil", "a/../../evil", "/etc/evil", "C:\\evil", "..\\evil"])
def test_a_zip_that_reaches_outside_is_refused(tmp_path: Path, name: str) -> None:
    path = packed(tmp_path / "x.zip", {"good": b"", name: b"evil"})
    with pytest.raises(DataError, match="path traversal"), Files(path):
        pass
    assert not (tmp_path / "evil").exists() and not (tmp_path.parent / "evil").exists()


def test_bombs_are_refused_before_they_are_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = packed(tmp_path / "x.zip", {"a": bytes(3 << 20)})
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("it was opened"))
    with Files(path):  # so little is no bomb
        pass
    monkeypatch.setattr(archive, "RATIO_FROM", 1 << 20)
    with pytest.raises(DataError, match=r"times its size.*zip bomb"), Files(path):
        pass
    monkeypatch.setattr(archive, "MAX_TOTAL", 2 << 20)
    with pytest.raises(DataError, match=r"would unpack to 0.0 GiB.*zip bomb"), Files(path):
        pass
    monkeypatch.setattr(archive, "MAX_MEMBERS", 0)
    with pytest.raises(DataError, match="holds 1 files"), Files(path):
        pass


def test_an_announced_size_that_lies_does_not_fill_the_memory(tmp_path: Path) -> None:
    path = packed(tmp_path / "x.zip", {"a": bytes(1 << 20)})
    raw = bytearray(path.read_bytes())
    # The central directory and the local header say 16 bytes instead of a mebibyte.
    for position in (raw.rfind(b"PK\x01\x02") + 24, 22):
        raw[position : position + 4] = (16).to_bytes(4, "little")
    path.write_bytes(raw)
    with Files(path) as files, pytest.raises(zipfile.BadZipFile):
        files.open(files.entries[0])


def test_encrypted_and_damaged_zips_are_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "x.zip", {"a": b"secret" * 100})
    raw = bytearray(path.read_bytes())
    raw[6] |= 1
    raw[raw.rfind(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "locked.zip").write_bytes(raw)
    with pytest.raises(DataError, match="encrypted"), Files(tmp_path / "locked.zip"):
        pass
    (tmp_path / "cut.zip").write_bytes(path.read_bytes()[:60])
    with pytest.raises(DataError, match="damaged or cut off"), Files(tmp_path / "cut.zip"):
        pass


def test_links_in_zips_are_noted_and_not_followed(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as file:
        file.writestr(link, "/etc/passwd")
        file.writestr("a", "one")
    with Files(tmp_path / "x.zip") as files:
        assert [entry.name for entry in files.entries] == ["a"]
        assert [note.code for note in files.notes] == ["links-ignored"]


def test_links_pipes_and_circles_in_folders(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (tmp_path / "real").write_bytes(b"real")
    (folder / "linked").symlink_to(tmp_path / "real")
    (folder / "circle").symlink_to(folder)
    (folder / "broken").symlink_to(tmp_path / "nothing")
    os.mkfifo(folder / "pipe")
    with Files(folder) as files:
        assert [entry.name for entry in files.entries] == ["linked"]
        assert {note.code for note in files.notes} == {"links-ignored", "files-ignored"}


def test_nothing_and_pipes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"), Files(tmp_path / "nothing"):
        pass
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(DataError, match="neither a file nor a folder"), Files(tmp_path / "pipe"):
        pass
    with pytest.raises(DataError, match="cannot be read any more"):
        open_location(str(tmp_path / "nothing"))


def test_a_file_alone(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"one")
    with Files(tmp_path / "a") as files:
        assert isinstance(files.open(files.entries[0]), io.BufferedReader)
        assert [entry.name for entry in files.entries] == ["a"]
