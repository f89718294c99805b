"""Where packets go that a stage could not handle: a folder with the packet and what went wrong."""

from __future__ import annotations

import json
import pickle
import re
import threading
import time
import traceback
from pathlib import Path
from typing import Any

import cloudpickle


class DeadLetters:
    """A folder, made at the first letter, with one subfolder for each packet that failed.

    A letter holds `error.json` (stage, port, stream, seq, time, error, traceback) and `packet.pickle`, which
    `load` reads back.

    Args:
        folder: where letters go.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._count = 0

    def write(self, stage: str, port: str, packet: Any, error: BaseException) -> Path:
        """Keep a packet with its error; returns the letter's folder."""
        safe = re.sub(r"[^\w.-]", "_", stage)
        with self._lock:
            self.folder.mkdir(parents=True, exist_ok=True)
            while True:  # an earlier run may have left letters in this folder
                self._count += 1
                letter = self.folder / f"{safe}-{self._count:05d}"
                if not letter.exists():
                    break
            letter.mkdir()
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
        try:
            (letter / "packet.pickle").write_bytes(cloudpickle.dumps(packet, protocol=5))
        except Exception as unpicklable:  # the error must be kept even where the packet cannot be
            about["packet"] = f"not kept, {type(unpicklable).__name__}: {unpicklable}"
        (letter / "error.json").write_text(json.dumps(about, indent=2, default=str))
        return letter

    @staticmethod
    def load(letter: Path) -> Any:
        """The packet of a letter. Only open letters that you wrote: unpickling runs code."""
        return pickle.loads((letter / "packet.pickle").read_bytes())
