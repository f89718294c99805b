"""`Inbox`: studies on disk while they arrive, are looked at, and wait for their results to be delivered."""

from __future__ import annotations

import re
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from wugan.errors import DataError

_UID = re.compile(r"(?=.{1,64}\Z)[0-9]+(\.[0-9]+)*")  # PS3.5 section 9; nothing else becomes a file's name
_STUDIES, _RESULTS, _IMAGES, _DONE, _UNSENT = "studies", "results", "ct", "done", "unsent"
GIB = 1 << 30


class InboxFull(DataError):
    """There is no room for another image."""


@dataclass(slots=True)
class _Study:
    """What is known of one study."""

    uid: str
    last: float
    bytes: int = 0
    images: int = 0
    state: str = "arriving"  # arriving, taken, done, unsent
    again: bool = False  # an image came while it was looked at
    senders: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Arrived:
    """A study of which nothing has come for a while.

    Attributes:
        uid: StudyInstanceUID.
        folder: a case's folder, with the images in `ct/`.
        results: folder for what is made of it; empty.
        images: how many there are.
        senders: AE titles that they came from; empty after a restart.
    """

    uid: str
    folder: Path
    results: Path
    images: int
    senders: tuple[str, ...]


class Inbox:
    """A folder with images in `studies/UID/ct/` and what is made of them in `results/UID/`.

    What lies in it outlives the program: studies that were not looked at before it ended are looked at when it starts
    again. Images of a study that was looked at are kept for a while, so that the whole study is looked at again if more
    of it come; then they go. Results stay until somebody removes them.

    Args:
        folder: made where it is missing.
        most_bytes: of images. If they are reached, studies that are done go, the oldest first; then `store` refuses.
        keep_s: how long images stay after their results were delivered.
        clock: seconds that only rise.
    """

    def __init__(
        self,
        folder: Path,
        most_bytes: int = 20 * GIB,
        keep_s: float = 3600.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.folder = folder
        self.most_bytes = most_bytes
        self.keep_s = keep_s
        self._clock = clock
        self._lock = threading.Lock()
        self._studies: dict[str, _Study] = {}
        try:
            for name in (_STUDIES, _RESULTS):
                (folder / name).mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)  # patients' data
            self._find()
        except OSError as error:
            raise DataError(f"inbox {folder}: {error.strerror}; give a folder that can be written to") from error

    def _find(self) -> None:
        """What an earlier run left."""
        for folder in sorted((self.folder / _STUDIES).iterdir()):
            if not (folder / _IMAGES).is_dir() or not _UID.fullmatch(folder.name):
                continue
            files = list((folder / _IMAGES).iterdir())
            state = next((name for name in (_UNSENT, _DONE) if (folder / name).exists()), "arriving")
            size = sum(file.stat().st_size for file in files)
            self._studies[folder.name] = _Study(folder.name, self._clock(), size, len(files), state)

    def __len__(self) -> int:
        return len(self._studies)

    @property
    def bytes(self) -> int:
        """Of all images."""
        return sum(study.bytes for study in self._studies.values())

    def store(self, study_uid: str, sop_uid: str, file: Path, sender: str = "") -> None:
        """Take an image. The file is moved; a second one of the same instance replaces the first.

        Args:
            study_uid: StudyInstanceUID.
            sop_uid: SOPInstanceUID.
            file: DICOM file.
            sender: AE title of who sent it.

        Raises:
            DataError: a UID is none.
            InboxFull: there is no room.
        """
        for name, uid in (("StudyInstanceUID", study_uid), ("SOPInstanceUID", sop_uid)):
            if not _UID.fullmatch(uid):
                raise DataError(f"{name} {uid[:70]!r} is no UID")
        size = file.stat().st_size
        with self._lock:
            self._make_room(size, study_uid)
            target = self.folder / _STUDIES / study_uid / _IMAGES / f"{sop_uid}.dcm"
            target.parent.mkdir(parents=True, exist_ok=True)
            before = target.stat().st_size if target.exists() else None
            part = target.with_name(f".{sop_uid}.part")  # on the same disk, so that the image is whole or not there
            shutil.move(file, part)
            part.replace(target)
            study = self._studies.setdefault(study_uid, _Study(study_uid, 0.0))
            study.last, study.bytes = self._clock(), study.bytes + size - (before or 0)
            study.images += before is None
            study.senders.add(sender)
            if study.state == "taken":
                study.again = True
            else:
                self._mark(study, "arriving")

    def take(self, quiet_s: float) -> Arrived | None:
        """Of the studies to which nothing was added for `quiet_s` the one that has waited longest; or `None`."""
        with self._lock:
            ready = [s for s in self._studies.values() if s.state == "arriving" and self._clock() - s.last >= quiet_s]
            if not ready:
                return None
            study = min(ready, key=lambda one: one.last)
            study.state, study.again = "taken", False
            results = self.folder / _RESULTS / study.uid
            shutil.rmtree(results, ignore_errors=True)  # of the study when it was not whole
            results.mkdir()
            senders = tuple(sorted(study.senders - {""}))
            return Arrived(study.uid, self.folder / _STUDIES / study.uid, results, study.images, senders)

    def finish(self, uid: str, delivered: bool) -> None:
        """Says what became of a study that was taken.

        Args:
            uid: of the study.
            delivered: nothing is left to be sent. Else its results stay until they were sent.
        """
        with self._lock:
            study = self._studies[uid]
            study.last = self._clock()
            self._mark(study, "arriving" if study.again else _DONE if delivered else _UNSENT)

    def unsent(self, wait_s: float) -> list[tuple[str, Path]]:
        """Studies whose results could not be sent `wait_s` ago, and where these lie."""
        with self._lock:
            return [
                (s.uid, self.folder / _RESULTS / s.uid)
                for s in self._studies.values()
                if s.state == _UNSENT and self._clock() - s.last >= wait_s
            ]

    def sweep(self) -> int:
        """Removes the images of studies that were done long enough ago. Returns how many studies."""
        with self._lock:
            old = [s.uid for s in self._studies.values() if s.state == _DONE and self._clock() - s.last >= self.keep_s]
            for uid in old:
                self._remove(uid)
            return len(old)

    def _make_room(self, size: int, wanted: str) -> None:
        while self.bytes + size > self.most_bytes:
            done = [s for s in self._studies.values() if s.state == _DONE and s.uid != wanted]
            if not done:
                raise InboxFull(f"the inbox holds {self.bytes >> 20} MiB, and no study in it is done")
            self._remove(min(done, key=lambda one: one.last).uid)

    def _remove(self, uid: str) -> None:
        shutil.rmtree(self.folder / _STUDIES / uid, ignore_errors=True)
        del self._studies[uid]

    def _mark(self, study: _Study, state: str) -> None:
        study.state = state
        for name in (_DONE, _UNSENT):
            mark = self.folder / _STUDIES / study.uid / name
            if name == state:
                mark.touch()
            else:
                mark.unlink(missing_ok=True)
