"""`serve`: the receiver and the listener together, until a signal ends them."""

from __future__ import annotations

import signal
import threading
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from wugan.apps.diagnosis.dicom.inbox import Inbox
from wugan.apps.diagnosis.dicom.listen import Listener, diagnose_study
from wugan.apps.diagnosis.dicom.receiver import Receiver
from wugan.apps.diagnosis.dicom.sender import Peer
from wugan.apps.diagnosis.result import DISCLAIMER
from wugan.cli import tell
from wugan.privacy.audit import AuditTrail


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
