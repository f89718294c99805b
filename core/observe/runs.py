"""`Run`: a pipeline that runs in another process of this user, found by its announcement."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wugan.errors import RuntimeFailure
from wugan.observe.announcement import VERSION, listens, run_folders, sweep

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
