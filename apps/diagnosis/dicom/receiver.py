"""`Receiver`: a DICOM Storage SCP that takes CT images into an inbox, and answers C-ECHO."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wugan.apps.diagnosis.dicom.inbox import Inbox, InboxFull
from wugan.errors import DataError, DeviceError

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
