"""Where packets go that a stage could not handle: a folder with the packet and what went wrong."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import re
import threading
import time
import traceback
from pathlib import Path
from typing import Any

from wugan.runtime.payload import pickling
from wugan.runtime.summary import summary


class DeadLetters:
    """A folder, made at the first letter, with one subfolder for each packet that failed.

    A letter holds `error.json` (stage, port, stream, seq, time, data in words, error, traceback) and `packet.pickle`,
    which `load` reads back. `Letter` reads one, `replay_letters` gives them to their stages again.

    Args:
        folder: where letters go.
        max_letters: how many are kept; a stage that fails on every frame must not fill the disk.
        max_bytes: how much the kept packets may hold together.
    """

    def __init__(self, folder: Path, max_letters: int = 10_000, max_bytes: int = 1024 * 1024 * 1024) -> None:
        self.folder = folder
        self.max_letters = max_letters
        self.max_bytes = max_bytes
        self._lock = threading.Lock()
        self._count = self._written = self._bytes = 0

    def write(self, stage: str, port: str, packet: Any, error: BaseException) -> Path | None:
        """Keep a packet with its error.

        Returns:
            The letter's folder; `None` once there are too many.
        """
        with self._lock:
            if self._written >= self.max_letters:
                return None
            self._written += 1
            letter = self._new(re.sub(r"[^\w.-]", "_", stage))
        about = {
            "stage": stage,
            "port": port,
            "stream": getattr(packet, "stream", None),
            "seq": getattr(packet, "seq", None),
            "time_ns": getattr(packet, "time_ns", None),
            "error": f"{type(error).__name__}: {error}",
            "traceback": "".join(traceback.format_exception(error)),
            "written": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        }
        with contextlib.suppress(Exception):  # the words are a help; a class may refuse to be looked into
            about["data"] = summary(packet.data)
        try:
            pickled = pickling().dumps(packet, protocol=5)
            with self._lock:
                self._bytes += len(pickled)
                room = self._bytes <= self.max_bytes
            if room:
                (letter / "packet.pickle").write_bytes(pickled)
            else:
                about["packet"] = f"not kept, since these letters hold {self.max_bytes} bytes already"
        except Exception as unpicklable:  # the error must be kept even where the packet cannot be
            about["packet"] = f"not kept, {type(unpicklable).__name__}: {unpicklable}"
        (letter / "error.json").write_text(json.dumps(about, indent=2, default=str))
        return letter

    def adopt(self, letter: Path) -> Path:
        """Move a letter of another folder here, under its name or the next that is free; returns where it is now."""
        with self._lock:
            self.folder.mkdir(parents=True, exist_ok=True)
            place = self.folder / letter.name
            if place.exists():
                place = self._new(letter.name.rpartition("-")[0] or letter.name)
            os.replace(letter, place)  # over an empty folder, if there is one
        return place

    def _new(self, stage: str) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        while True:  # an earlier run, or another stage's process, may have letters in this folder
            self._count += 1
            letter = self.folder / f"{stage}-{self._count:05d}"
            try:
                letter.mkdir()
                return letter
            except FileExistsError:
                continue

    @staticmethod
    def load(letter: Path) -> Any:
        """The packet of a letter. Only open letters that you wrote: unpickling runs code."""
        return pickle.loads((letter / "packet.pickle").read_bytes())
