"""How a pipeline that runs lets other processes of the same user ask how it is, as `wugan top` does.

Each run keeps two files in a folder that only its user can open: `PID-N.json`, which says what runs, and `PID-N.sock`,
a Unix socket. Whoever connects is sent one JSON object, `Announcement.answer`, and the connection is closed. `runs`
finds those that there are.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import logging
import os
import socket
import stat
import tempfile
import threading
import time
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wugan.errors import RuntimeFailure

if TYPE_CHECKING:
    from wugan.runtime.running import Running

log = logging.getLogger(__name__)

VERSION = 1  # of the answer's form
SEND_S = 2.0  # how long an asker may take to read the answer
_numbers = itertools.count()


def run_folders() -> list[Path]:
    """Where runs of this user may be announced, those of this process in the first.

    That is below `XDG_RUNTIME_DIR`, or in the folder for temporary files where a process (a service, a cron job) has no
    such variable; who looks for runs looks in both.
    """
    temporary = Path(tempfile.gettempdir()) / f"wugan-{os.getuid()}"
    home = os.environ.get("XDG_RUNTIME_DIR")
    return [Path(home) / "wugan", temporary] if home else [temporary, Path(f"/run/user/{os.getuid()}/wugan")]


def open_folder(folder: Path) -> None:
    """Make the folder, and check that nobody else can write there.

    Raises:
        RuntimeFailure: it belongs to another user, or is no folder.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    about = folder.lstat()
    if not stat.S_ISDIR(about.st_mode) or about.st_uid != os.getuid():
        raise RuntimeFailure(f"{folder} is no folder of this user's: remove it, or set XDG_RUNTIME_DIR to another")
    if stat.S_IMODE(about.st_mode) & 0o077:
        folder.chmod(0o700)


class Announcement:
    """Announces a run until `close()`, or until the run is forgotten.

    Args:
        running: what runs. It is not kept alive by its announcement.
        folder: where to; default the first of `run_folders()`.

    Attributes:
        started: when, in seconds since 1970.

    Raises:
        OSError: the folder or the socket cannot be made.
        RuntimeFailure: the folder is another user's.
    """

    def __init__(self, running: Running, folder: Path | None = None) -> None:
        folder = folder or run_folders()[0]
        open_folder(folder)
        sweep(folder)
        self.pid = os.getpid()
        self.started = time.time()
        self.pipeline = running.pipeline.name
        self.runtime = type(running).__name__.removesuffix("Running").lower()
        self._running = weakref.ref(running)
        stem = folder / f"{self.pid}-{next(_numbers)}"
        self.socket, self.file = stem.with_suffix(".sock"), stem.with_suffix(".json")
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self.socket.unlink(missing_ok=True)  # of a dead process that had this number
            self._listener.bind(str(self.socket))
            self.socket.chmod(0o600)
            self._listener.listen()
            about = {"pid": self.pid, "pipeline": self.pipeline, "started": self.started, "socket": str(self.socket)}
            part = stem.with_suffix(".part")
            part.write_text(json.dumps(about))
            part.replace(self.file)  # so that nobody reads half of it
        except BaseException:
            self.close()
            raise
        weakref.finalize(running, self.close)  # also at the end of the process
        threading.Thread(target=self._serve, name=f"wugan-announce-{self.pipeline}", daemon=True).start()

    def answer(self) -> dict[str, Any] | None:
        """What an asker is told: what runs, its graph, and `running.stats()`; `None` once the run is forgotten."""
        running = self._running()
        if running is None:
            return None
        nodes = running.pipeline.nodes.values()
        return {
            "version": VERSION,
            "pid": self.pid,
            "pipeline": self.pipeline,
            "runtime": self.runtime,
            "started": self.started,
            "at_ns": time.monotonic_ns(),
            "graph": {node.name: {"kind": node.ports.kind, "in": node.inputs} for node in nodes},
            "stats": running.stats(),
            "errors": running.errors(),
        }

    def _serve(self) -> None:
        while True:
            try:
                asker, _ = self._listener.accept()
            except OSError:  # closed
                return
            with asker:
                try:
                    told = self.answer()
                    if told is None:
                        return
                    asker.settimeout(SEND_S)
                    asker.sendall(json.dumps(told, default=str).encode())
                except Exception as error:  # one that hangs up, or stats in the middle of the end: the next may ask
                    log.debug("an asker got no answer: %s: %s", type(error).__name__, error)

    def close(self) -> None:
        """Take the announcement back; safe to call twice."""
        if os.getpid() != self.pid:  # a fork's exit is not the run's
            return
        self.file.unlink(missing_ok=True)
        self.socket.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread
        self._listener.close()


def sweep(folder: Path) -> None:
    """Remove the announcements of processes that were killed."""
    from wugan.runtime.links.shared import alive  # whose package imports this module

    for path in folder.glob("*-*.*"):
        pid = path.name.partition("-")[0]
        if pid.isdigit() and not alive(int(pid)) and not listens(path.with_suffix(".sock")):
            path.unlink(missing_ok=True)


def listens(path: Path) -> bool:
    """Whether somebody answers at a socket, also from another container, where its process has no number here."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asker:
        asker.settimeout(SEND_S)
        try:
            asker.connect(str(path))
        except TimeoutError:
            return True
        except OSError:
            return False
    return True


ANSWER_S = 5.0  # how long a run may take to answer; stats of a cluster take a moment


@dataclass(frozen=True)
class Run:
    """A run that was announced.

    Attributes:
        pid: the process that started it.
        pipeline: its name.
        started: when, in seconds since 1970.
        socket: where it answers.
    """

    pid: int
    pipeline: str
    started: float
    socket: Path

    @property
    def age_s(self) -> float:
        """For how long it has been running, in seconds."""
        return max(0.0, time.time() - self.started)

    def ask(self, timeout: float = ANSWER_S) -> dict[str, Any] | None:
        """What it tells of itself now, see `Announcement.answer`; `None` once it has ended.

        Raises:
            RuntimeFailure: it does not answer in time, or speaks another version's form.
        """
        parts = []
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asker:
            asker.settimeout(timeout)
            try:
                asker.connect(str(self.socket))
                while part := asker.recv(1 << 16):
                    parts.append(part)
            except TimeoutError as error:
                raise RuntimeFailure(
                    f"pipeline {self.pipeline!r} (process {self.pid}) does not answer within {timeout:g} s: "
                    "its process is stopped or overloaded"
                ) from error
            except OSError:
                return None
        if not parts:
            return None
        try:
            told: dict[str, Any] = json.loads(b"".join(parts))
        except ValueError:  # it ended while it answered
            return None
        if told.get("version") != VERSION:
            raise RuntimeFailure(
                f"pipeline {self.pipeline!r} (process {self.pid}) runs another version of wugan: use that one's command"
            )
        return told


def runs() -> list[Run]:
    """The runs of this user on this machine, the newest first; announcements without a process are removed."""
    found = [run for folder in run_folders() for run in _runs(folder)]
    return sorted(found, key=lambda run: run.started, reverse=True)


def _runs(folder: Path) -> Iterator[Run]:
    if not folder.is_dir() or folder.lstat().st_uid != os.getuid():
        return
    sweep(folder)
    for path in folder.glob("*-*.json"):
        try:
            about = json.loads(path.read_text())
            run = Run(int(about["pid"]), str(about["pipeline"]), float(about["started"]), Path(about["socket"]))
        except (OSError, ValueError, KeyError, TypeError):  # it has just ended, or is no announcement
            continue
        if listens(run.socket):
            yield run
        else:  # its process's number is another's by now
            path.unlink(missing_ok=True)
            run.socket.unlink(missing_ok=True)


def choose(found: list[Run], wanted: str | None) -> Run:
    """The run of this name or process number, the newest where several fit; without a wish, the newest of all.

    Raises:
        RuntimeFailure: there is none; names those that there are.
    """
    if not found:
        raise RuntimeFailure(
            "no pipeline of this user runs on this machine: start one (`wugan run FILE`, or p.run()) and look again"
        )
    fitting = [run for run in found if wanted in (None, run.pipeline, str(run.pid))]
    if not fitting:
        there = ", ".join(f"{run.pipeline} (process {run.pid})" for run in found)
        raise RuntimeFailure(f"no pipeline {wanted!r} runs on this machine; these do: {there}")
    return fitting[0]
