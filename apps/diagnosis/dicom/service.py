"""`serve`: studies that arrive over DICOM are looked at one by one, and SR and SEG are sent back.

`Receiver` is a Storage SCP that takes CT images into an inbox and answers C-ECHO, `send` delivers files by C-STORE with
retries, `Listener` looks at the studies of the inbox.
"""

from __future__ import annotations

import hashlib
import logging
import re
import signal
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wugan.apps.diagnosis.dicom.inbox import Arrived, Inbox, InboxFull
from wugan.apps.diagnosis.result import DISCLAIMER
from wugan.cli import tell
from wugan.errors import DataError, DeviceError
from wugan.privacy.audit import AuditTrail

if TYPE_CHECKING:
    from pydicom import Dataset


log = logging.getLogger(__name__)

PORT = 11112  #: registered for DICOM with IANA, needs no privilege
TITLE = "WUGAN"
IMAGES = (
    "1.2.840.10008.5.1.4.1.1.2",  # CT Image Storage
    "1.2.840.10008.5.1.4.1.1.2.1",  # Enhanced CT Image Storage
    "1.2.840.10008.5.1.4.1.1.2.2",  # Legacy Converted Enhanced CT Image Storage
)
#: What `read_ct` decodes: uncompressed, deflated, RLE, JPEG, JPEG-LS, JPEG 2000.
SYNTAXES = (
    *("1.2.840.10008.1.2.1", "1.2.840.10008.1.2", "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.2"),
    *("1.2.840.10008.1.2.5", "1.2.840.10008.1.2.4.70", "1.2.840.10008.1.2.4.57", "1.2.840.10008.1.2.4.80"),
    *("1.2.840.10008.1.2.4.81", "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91"),
    *("1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51"),
)
# PS3.4 table B.2-1.
_SUCCESS, _FULL, _OTHER_KIND, _NOT_UNDERSTOOD = 0x0000, 0xA700, 0xA900, 0xC000


class Receiver:
    """Takes CT images. Other kinds of objects are turned down when the association is made, one by one.

    Image data go to disk as they come in, so that memory does not grow with their size.

    Args:
        inbox: takes the images.
        title: AE title. Peers must call it by this name.
        host: address to listen at; this machine only unless told otherwise. There is no encryption: let it be reached
            from a trusted network only.
        port: 0 takes a free one.
        allow: AE titles that may call; all if empty.
        most: associations at the same time; more are turned down for the moment.
    """

    def __init__(
        self,
        inbox: Inbox,
        title: str = TITLE,
        host: str = "127.0.0.1",
        port: int = PORT,
        allow: Sequence[str] = (),
        most: int = 10,
    ) -> None:
        self.inbox = inbox
        self.title, self.host = check_title(title), host
        self._port, self._allow, self._most = port, [check_title(one) for one in allow], most
        self._server: Any = None

    @property
    def port(self) -> int:
        """That it listens at."""
        return int(self._server.server_address[1]) if self._server else self._port

    def start(self) -> None:
        """Listen, in threads of its own.

        Raises:
            DeviceError: the port is taken, or the address is not this machine's.
        """
        from pynetdicom import AE, _config, evt

        _config.STORE_RECV_CHUNKED_DATASET = True
        entity = AE(ae_title=self.title)
        entity.require_called_aet = True
        entity.require_calling_aet = self._allow
        entity.maximum_associations = self._most
        entity.network_timeout = entity.acse_timeout = entity.dimse_timeout = 60
        entity.add_supported_context("1.2.840.10008.1.1")  # Verification
        for kind in IMAGES:
            entity.add_supported_context(kind, list(SYNTAXES))
        handlers: list[Any] = [
            (evt.EVT_C_STORE, self._store),
            (evt.EVT_CONN_CLOSE, _drop_torn),
            (evt.EVT_REJECTED, _rejected),
        ]
        try:
            self._server = entity.start_server((self.host, self._port), block=False, evt_handlers=handlers)
        except OSError as error:
            text = (
                f"cannot listen at {self.host}:{self._port}: {error.strerror or error}; give another --port or --host"
            )
            raise DeviceError(text) from error

    def stop(self) -> None:
        """Stop listening; associations that are open are aborted."""
        if self._server is not None:
            for association in list(self._server.active_associations):
                if association.is_established:
                    association.abort()
            self._server.shutdown()
            self._server = None

    def __enter__(self) -> Receiver:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _store(self, event: Any) -> int | Dataset:
        """Answers one C-STORE: success only once the image is in the inbox."""
        from pydicom import dcmread

        sender = str(event.assoc.requestor.ae_title).strip()
        try:
            path = Path(event.dataset_path)
            tags = ["StudyInstanceUID", "SOPInstanceUID", "Modality", "Rows"]
            header = dcmread(path, stop_before_pixels=True, specific_tags=tags)
            study, instance = (str(header.get(name, "")) for name in ("StudyInstanceUID", "SOPInstanceUID"))
        except Exception as error:  # whatever pydicom meets in what a peer sends
            log.warning("from %s: an image cannot be read: %s", sender, error)
            return _answer(_NOT_UNDERSTOOD, "the data set cannot be read")
        if header.get("Modality", "CT") != "CT":
            log.warning("from %s: refused: an image of modality %s", sender, header.Modality)
            return _answer(_OTHER_KIND, f"Modality is {header.Modality}, only CT is taken")
        if instance != str(event.request.AffectedSOPInstanceUID):
            return _answer(_OTHER_KIND, "SOPInstanceUID differs from the request's")
        try:
            self.inbox.store(study, instance, path, sender)
        except InboxFull as error:
            log.warning("from %s: refused: %s", sender, error)
            return _answer(_FULL, "out of room")
        except DataError as error:
            log.warning("from %s: refused: %s", sender, error)
            return _answer(_NOT_UNDERSTOOD, str(error))
        except OSError as error:
            log.error("the inbox cannot be written to: %s", error)
            return _answer(_FULL, "cannot be written")
        return _SUCCESS


def check_title(title: str) -> str:
    r"""An AE title: 1 to 16 characters without backslash and control characters (PS3.5 section 6.2).

    Raises:
        DataError: it is none.
    """
    if not 0 < len(title.strip()) <= 16 or not title.isascii() or not title.isprintable() or "\\" in title:
        raise DataError(f"AE title {title!r}: needs 1 to 16 plain characters")
    return title.strip()


def _answer(status: int, comment: str) -> Dataset:
    from pydicom import Dataset

    answer = Dataset()
    answer.Status, answer.ErrorComment = status, comment[:64]
    return answer


def _drop_torn(event: Any) -> None:
    """Removes the file of an image that was cut off by the end of its connection; the library leaves it."""
    torn = getattr(getattr(event.assoc.dimse, "message", None), "_data_set_path", None)
    if torn is not None:
        Path(torn).unlink(missing_ok=True)


def _rejected(event: Any) -> None:
    log.warning("turned down an association with %s", str(event.assoc.requestor.ae_title).strip())


_SYNTAXES = ["1.2.840.10008.1.2.1", "1.2.840.10008.1.2"]  # explicit and implicit VR little endian
_PEER = re.compile(r"(?P<title>[^@]+)@(?P<host>.+):(?P<port>\d{1,5})")
_WARNING = range(0xB000, 0xC000)  # stored, with remarks
# PS3.4 table B.2-1: does not match the SOP class, not understood. To send it again changes nothing.
_FINAL = (*range(0xA900, 0xAA00), *range(0xC000, 0xD000), 0x0122, 0x0124)


@dataclass(frozen=True, slots=True)
class Peer:
    """Whom to send to.

    Attributes:
        title: its AE title.
        host: name or address.
        port: that it listens at.
    """

    title: str
    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Peer:
        """From `AE@HOST:PORT`.

        Raises:
            DataError: it is written otherwise.
        """
        found = _PEER.fullmatch(text.strip())
        if found is None or not 0 < int(found["port"]) < 65536:
            raise DataError(f"peer {text!r}: write it as AE@HOST:PORT, such as ORTHANC@192.0.2.7:4242")
        return cls(check_title(found["title"]), found["host"].strip("[]"), int(found["port"]))

    def __str__(self) -> str:
        return f"{self.title}@{self.host}:{self.port}"


class Refused(DeviceError):
    """The peer does not want it; to send it again changes nothing."""


def send(
    files: Sequence[Path],
    peer: Peer,
    *,
    title: str = TITLE,
    attempts: int = 5,
    wait_s: float = 2.0,
    stop: threading.Event | None = None,
) -> int:
    """Send files, all by one association. What was stored is not sent again.

    Args:
        files: DICOM files without compression.
        peer: whom to.
        title: own AE title.
        attempts: how often it is tried.
        wait_s: before the second one; doubled for each further one.
        stop: ends the waiting.

    Returns:
        How many attempts it took.

    Raises:
        Refused: the peer does not take such objects.
        DeviceError: it did not work out; says what the last attempt met.
    """
    stop = stop or threading.Event()
    left, error = list(files), DeviceError(f"{peer}: stopped before it was tried")
    for attempt in range(1, attempts + 1):
        try:
            _send_once(left, peer, title)
            return attempt
        except Refused:
            raise
        except DeviceError as failed:
            error = failed
        if attempt < attempts and stop.wait(wait_s * 2 ** (attempt - 1)):
            break
    raise error


def _send_once(left: list[Path], peer: Peer, title: str) -> None:
    """Sends what is left, and takes away what was stored."""
    from pydicom import dcmread
    from pynetdicom import AE

    entity = AE(ae_title=title)
    entity.acse_timeout = entity.dimse_timeout = entity.network_timeout = entity.connection_timeout = 30
    kinds = {str(dcmread(file, specific_tags=["SOPClassUID"], stop_before_pixels=True).SOPClassUID) for file in left}
    for kind in sorted(kinds):
        entity.add_requested_context(kind, _SYNTAXES)
    association = entity.associate(peer.host, peer.port, ae_title=peer.title)
    if not association.is_established:
        if association.is_rejected:
            why = "turned the association down; it must know this AE title and its own"
        elif association.accepted_contexts or association.rejected_contexts:
            why = "takes neither SEG nor SR"
        else:
            why = "cannot be reached"
        raise (Refused if association.rejected_contexts else DeviceError)(f"{peer} {why}")
    try:
        for file in list(left):
            try:
                answer = association.send_c_store(file)
            except ValueError as error:
                raise Refused(f"{peer} does not take {file.name}: {error}") from error
            except RuntimeError as error:
                raise DeviceError(f"{peer}: the connection broke while {file.name} was sent") from error
            status = answer.get("Status")
            if status is None:
                raise DeviceError(f"{peer} gave no answer to {file.name}")
            if status != 0 and status not in _WARNING:
                comment = str(answer.get("ErrorComment", "") or "no comment")
                raise (Refused if status in _FINAL else DeviceError)(
                    f"{peer} did not store {file.name}: status {status:04X}, {comment}"
                )
            left.remove(file)
    finally:
        if association.is_established:
            association.release()


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


def serve(
    folder: Path,
    title: str,
    host: str,
    port: int,
    send_to: Sequence[str] = (),
    allow: Sequence[str] = (),
    quiet_s: float = 10.0,
    audit: Path | None = None,
    stop: threading.Event | None = None,
) -> None:
    """Take CT studies, look at them, send SR and SEG, until SIGINT or SIGTERM.

    Args:
        folder: for images and results.
        title: own AE title.
        host: address to listen at.
        port: to listen at; 0 takes a free one.
        send_to: peers, `AE@HOST:PORT`.
        allow: AE titles that may send; all if empty.
        quiet_s: see `Listener`.
        audit: trail; `audit.jsonl` in the folder unless given, since patients' data come in here by themselves.
        stop: ends it too.

    Raises:
        DataError: a peer or title is wrongly written, or the folder cannot be written to.
        DeviceError: the address cannot be listened at.
    """
    peers = [Peer.parse(text) for text in send_to]
    trail = audit or folder / "audit.jsonl"
    inbox = Inbox(folder)
    stop = stop or threading.Event()
    if threading.current_thread() is threading.main_thread():
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda *_: stop.set())
    say = partial(tell, style="")
    listener = Listener(
        inbox,
        partial(diagnose_study, audit=trail),
        peers,
        title=title,
        quiet_s=quiet_s,
        audit=AuditTrail(trail),
        tell=say,
    )
    with Receiver(inbox, title, host, port, allow) as receiver:
        say(f"{title} takes CT studies at {host}:{receiver.port}; results lie in {folder / 'results'}")
        say(f"SR and SEG go to {', '.join(map(str, peers)) or 'nobody (--send-to)'}. {DISCLAIMER}")
        listener.run(stop)
    say("stopped")
