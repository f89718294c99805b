"""`Files`: the files of a folder or a zip, read in place. A zip is never unpacked to disk."""

from __future__ import annotations

import io
import os
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import BinaryIO, Self

from wugan.errors import DataError
from wugan.modalities.medical.note import Note

MAX_TOTAL = 8 << 30  #: bytes that a zip may hold when unpacked
MAX_MEMBERS = 200_000  #: files that a zip may hold
MAX_RATIO = 200  #: unpacked to packed bytes; a CT series packs 2 to 10 times, a bomb a thousand times
RATIO_FROM = 256 << 20  #: unpacked bytes below which the ratio does not matter (empty test images pack well)
INSIDE = "!/"  #: between a zip and a name inside it
_SYSTEM = {"__macosx", "thumbs.db", "desktop.ini", ".ds_store"}


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One file.

    Attributes:
        name: its path below the folder or inside the zip, with `/`.
        location: its path, or `archive.zip!/name`.
    """

    name: str
    location: str


@dataclass
class Files:
    """The regular files below a folder, in a zip, or one file alone; a context manager.

    Links to files are followed, links to folders are not (they may run in circles); pipes and devices are left out.

    Args:
        path: folder, zip or file.

    Raises:
        DataError: from `open`: nothing there, an unreadable or encrypted zip, a zip that is too large, packs
            suspiciously well, or names files outside of itself.
    """

    path: Path
    entries: list[Entry] = field(init=False, default_factory=list)
    notes: list[Note] = field(init=False, default_factory=list)
    _zip: zipfile.ZipFile | None = field(init=False, repr=False, default=None)

    def __enter__(self) -> Self:
        path = self.path
        if not path.exists():
            raise DataError(f"{path}: no such file or folder")
        if path.is_dir():
            self.entries = sorted(self._walk())
        elif not path.is_file():
            raise DataError(f"{path} is neither a file nor a folder (a pipe or device?); give a folder, zip or file")
        elif is_zip(path):
            self._zip = _open_zip(path)
            self.entries = sorted(self._members(self._zip))
        else:
            self.entries = [Entry(path.name, str(path))]
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self._zip is not None:
            self._zip.close()

    def open(self, entry: Entry) -> BinaryIO:
        """The file, to be read; several threads may do so at once.

        Raises:
            OSError: it cannot be opened.
            zipfile.BadZipFile: it is damaged inside the zip.
        """
        if self._zip is None:
            return open(entry.location, "rb")
        with self._zip.open(entry.name) as member:
            return io.BytesIO(member.read())  # at most the announced size: zipfile stops there

    def start(self, entry: Entry, count: int) -> bytes:
        """The first bytes of the file, without unpacking the rest of it.

        Raises:
            OSError: it cannot be opened.
            zipfile.BadZipFile: it is damaged inside the zip.
        """
        with self._zip.open(entry.name) if self._zip else open(entry.location, "rb") as file:
            return file.read(count)

    def _walk(self) -> Iterator[Entry]:
        linked: list[str] = []
        odd: list[str] = []
        for folder, folders, names in os.walk(self.path, onerror=_cannot_list):
            linked += [os.path.join(folder, name) for name in folders if os.path.islink(os.path.join(folder, name))]
            for name in names:
                full = os.path.join(folder, name)
                if _is_system(name):
                    continue
                try:
                    regular = stat.S_ISREG(os.stat(full).st_mode)
                except OSError:  # a link to nothing
                    regular = False
                if regular:
                    yield Entry(Path(full).relative_to(self.path).as_posix(), full)
                else:
                    odd.append(full)
        if linked:
            self._note("links-ignored", f"{len(linked)} linked folders were not followed", linked)
        if odd:
            self._note("files-ignored", f"{len(odd)} entries are no regular files (broken links, pipes)", odd)

    def _note(self, code: str, text: str, paths: list[str]) -> None:
        names = ", ".join(str(Path(path).relative_to(self.path)) for path in sorted(paths)[:3])
        self.notes.append(Note(code, f"{text}: {names}{', …' if len(paths) > 3 else ''}.", str(self.path)))

    def _members(self, archive: zipfile.ZipFile) -> Iterator[Entry]:
        links = 0
        for info in archive.infolist():
            if info.is_dir() or any(_is_system(part) for part in PurePosixPath(info.filename).parts):
                continue
            if stat.S_ISLNK(info.external_attr >> 16):
                links += 1
                continue
            yield Entry(info.filename, f"{self.path}{INSIDE}{info.filename}")
        if links:
            self.notes.append(Note("links-ignored", f"{links} links inside the zip were not followed.", str(self.path)))


def is_zip(path: Path) -> bool:
    """Whether a file is a zip by its first bytes (a DICOM file may end in something that looks like one)."""
    with open(path, "rb") as file:
        return file.read(4) in (b"PK\x03\x04", b"PK\x05\x06")


def open_location(location: str) -> BinaryIO:
    """The file that `Entry.location` names.

    Raises:
        DataError: it is not there any more.
    """
    outer, inside, member = location.partition(INSIDE)
    try:
        if not inside:
            return open(location, "rb")
        with Files(Path(outer)) as files:
            return files.open(Entry(member, location))
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise DataError(f"{location} cannot be read any more ({error}); was it moved?") from error


def _open_zip(path: Path) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(path)
        _check(path, archive.infolist())
    except (zipfile.BadZipFile, OSError, NotImplementedError) as error:
        raise DataError(f"{path} is a damaged or cut off zip ({error}); copy it again") from error
    return archive


def _check(path: Path, members: list[zipfile.ZipInfo]) -> None:
    """Refuse what no honest archive of images holds, before anything of it is read."""
    if len(members) > MAX_MEMBERS:
        raise DataError(f"{path} holds {len(members)} files, more than {MAX_MEMBERS}; unpack it and give the folder")
    total = sum(info.file_size for info in members)
    packed = max(1, path.stat().st_size)
    if total > MAX_TOTAL:
        raise DataError(
            f"{path} would unpack to {total / 2**30:.1f} GiB, more than {MAX_TOTAL >> 30} GiB (a zip bomb?); if you "
            "trust it, unpack it and give the folder"
        )
    if total > RATIO_FROM and total > MAX_RATIO * packed:
        raise DataError(
            f"{path} would unpack to {total // packed} times its size, more than {MAX_RATIO} times (a zip bomb?); if "
            "you trust it, unpack it and give the folder"
        )
    for info in members:
        # `orig_filename` is the name before zipfile made separators of it.
        parts = info.orig_filename.replace("\\", "/").split("/")
        if ".." in parts or info.orig_filename[:1] in "/\\" or info.orig_filename[1:2] == ":":
            raise DataError(
                f"{path} names the file {info.orig_filename!r}, which lies outside of it (path traversal); refused: "
                "get the archive from its source again"
            )
        if info.flag_bits & 1:
            raise DataError(f"{path} is encrypted ({info.filename}); unpack it with its password and give the folder")


def _is_system(name: str) -> bool:
    """Whether an operating system left this file behind."""
    return name.lower() in _SYSTEM or name.startswith("._")


def _cannot_list(error: OSError) -> None:
    raise DataError(f"{error.filename} cannot be listed ({error.strerror}); change its permissions")
