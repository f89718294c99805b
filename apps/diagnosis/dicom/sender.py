"""`send`: DICOM files to a peer, by C-STORE, with retries."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from wugan.apps.diagnosis.dicom.receiver import TITLE, check_title
from wugan.errors import DataError, DeviceError

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
