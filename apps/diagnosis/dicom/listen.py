"""`Listener`: studies that arrive over DICOM are looked at one by one, and SR and SEG are sent back."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from wugan.apps.diagnosis.dicom.inbox import Arrived, Inbox
from wugan.apps.diagnosis.dicom.sender import Peer, Refused, send
from wugan.errors import DeviceError
from wugan.privacy.audit import AuditTrail

log = logging.getLogger(__name__)

QUIET_S = 10.0
_TICK_S = 0.5
Process = Callable[[Arrived], Sequence[Path]]
"""Looks at a study and gives the DICOM files that go back."""


class Listener:
    """Looks at studies of an inbox once nothing was added to them for a while.

    One study at a time, so that memory stays bounded; others wait on disk. A study to which images are added later is
    looked at again as a whole. What cannot be delivered stays and is tried again.

    Args:
        inbox: where studies arrive.
        process: looks at one.
        peers: whom the results go to; without any they only lie in the inbox.
        title: own AE title.
        quiet_s: how long nothing may come before a study counts as whole.
        again_s: when undelivered results are tried again.
        attempts: to deliver at a time.
        audit: trail that says what was received, sent, and not sent.
        tell: gets a line about each study.
    """

    def __init__(
        self,
        inbox: Inbox,
        process: Process,
        peers: Sequence[Peer] = (),
        *,
        title: str = "WUGAN",
        quiet_s: float = QUIET_S,
        again_s: float = 300.0,
        attempts: int = 5,
        audit: AuditTrail | None = None,
        tell: Callable[[str], None] = log.info,
    ) -> None:
        self.inbox, self.process, self.peers = inbox, process, tuple(peers)
        self.title, self.quiet_s, self.again_s, self.attempts = title, quiet_s, again_s, attempts
        self.audit, self.tell = audit, tell

    def run(self, stop: threading.Event) -> None:
        """Go on until `stop` is set. The study that is being looked at is finished first."""
        while not stop.is_set():
            if not self.step(stop):
                stop.wait(min(_TICK_S, self.quiet_s / 4))

    def step(self, stop: threading.Event | None = None) -> bool:
        """Look at one study if one is whole. Returns whether there was one."""
        stop = stop or threading.Event()
        self.inbox.sweep()
        for uid, results in self.inbox.unsent(self.again_s):
            self.inbox.finish(uid, self._deliver(uid, sorted(results.glob("*.dcm")), stop))
        study = self.inbox.take(self.quiet_s)
        if study is None:
            return False
        delivered = True  # also where there is nothing to deliver
        try:
            self._record("receive-study", study, inputs=_hashes(study.folder / "ct"))
            self.tell(f"study {study.uid}: {study.images} images from {', '.join(study.senders) or 'an earlier run'}")
            files = self.process(study)
            delivered = self._deliver(study.uid, files, stop)
        except Exception as error:  # one study must not end the service
            log.exception("study %s failed", study.uid)
            self._record("study-failed", study, error=type(error).__name__)
            self.tell(f"study {study.uid}: not looked at: {error}")
        finally:
            self.inbox.finish(study.uid, delivered)
        return True

    def _deliver(self, uid: str, files: Sequence[Path], stop: threading.Event) -> bool:
        """Sends to all peers. False if it should be tried again."""
        delivered = True
        for peer in self.peers if files else ():
            hashes = {file.name: _sha256(file) for file in files}
            try:
                send(files, peer, title=self.title, attempts=self.attempts, stop=stop)
            except DeviceError as error:
                delivered = delivered and isinstance(error, Refused)
                self._record("send-failed", uid, outputs=hashes, peer=str(peer), error=str(error))
                self.tell(f"study {uid}: {error}")
            else:
                self._record("send-results", uid, outputs=hashes, peer=str(peer), identified=True)
                self.tell(f"study {uid}: {len(files)} objects sent to {peer}")
        return delivered

    def _record(self, action: str, study: Arrived | str, **what: Any) -> None:
        if self.audit is None:
            return
        if isinstance(study, Arrived):
            what |= {"images": study.images, "senders": list(study.senders)}
            study = study.uid
        # The UID identifies the study to whom it may be looked up by, and nobody else.
        self.audit.record(action, study_sha256=hashlib.sha256(study.encode()).hexdigest(), **what)


def diagnose_study(study: Arrived, audit: Path | None = None) -> list[Path]:
    """Look at a study. Its results bear the original identifiers, since they go back to where these came from.

    Args:
        study: with images in `ct/`.
        audit: trail that gets an entry.

    Returns:
        SR and SEG. The report lies beside them.
    """
    from wugan.apps.diagnosis.case import Case
    from wugan.apps.diagnosis.diagnose import diagnose
    from wugan.apps.diagnosis.standards import DICOM_FILES

    case = Case(study.uid, study.folder, study.folder / "ct", None, None)
    result = diagnose(case, study.results, identified=True, audit=audit)
    return [study.results / name for name in DICOM_FILES if name in result.files]


def _hashes(folder: Path) -> dict[str, str]:
    """One hash for all files, of their sorted hashes."""
    hashes = sorted(_sha256(file) for file in folder.glob("*.dcm"))
    return {"ct": hashlib.sha256("\n".join(hashes).encode()).hexdigest()}


def _sha256(file: Path) -> str:
    with file.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()
