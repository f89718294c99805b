"""`Letter`: a packet that failed, as it lies in a dead-letter folder; `read_letters` reads a folder of them."""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from wugan.errors import DataError
from wugan.packet import Packet
from wugan.runtime.dead_letters import DeadLetters

log = logging.getLogger(__name__)

ABOUT = "error.json"
REPLAYED = "replayed"  # subfolder of the letters that have been replayed


class Earlier(BaseModel):
    """An earlier failure of the same packet."""

    error: str
    written: str


class Letter(BaseModel):
    """One letter. Reading it does not unpickle the packet; `load` does.

    Attributes:
        folder: where it lies; its name names the letter.
        stage: the node that failed.
        port: the port at which the packet arrived; empty where there was none.
        stream: the packet's stream; `None` where no packet was at hand.
        seq: its number in the stream.
        time_ns: its time.
        data: what it held, in words; see `summary`.
        error: class and message of the exception.
        traceback: all of it.
        written: when.
        not_kept: why the packet is not in the letter; empty where it is.
        earlier: how it failed before it was replayed.
    """

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    folder: Path
    stage: str
    port: str = ""
    stream: str | None = None
    seq: int | None = None
    time_ns: int | float | None = None
    data: str = ""
    error: str
    traceback: str = ""
    written: str = ""
    not_kept: str = Field(default="", alias="packet")
    earlier: list[Earlier] = Field(default_factory=list)

    @property
    def name(self) -> str:
        """Stage and number."""
        return self.folder.name

    @classmethod
    def read(cls, folder: str | os.PathLike[str]) -> Letter:
        """Read one.

        Raises:
            DataError: there is none, or it is damaged.
        """
        path = Path(folder)
        if not (path / ABOUT).is_file():
            raise DataError(
                f"{path} is no letter, since it holds no {ABOUT}: give a folder such as "
                "dead_letters/NAME-TIME/STAGE-00001 (`wugan letters list FOLDER` names them)"
            )
        try:
            return cls(folder=path, **json.loads((path / ABOUT).read_text(encoding="utf-8")))
        except ValidationError as error:
            first = error.errors()[0]
            what = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        except (OSError, ValueError, TypeError) as error:
            what = str(error)
        raise DataError(f"{path / ABOUT} cannot be read: {what}")

    def load(self) -> Packet[Any]:
        """The packet. Only open letters that you wrote: unpickling runs code.

        Raises:
            DataError: it was not kept, or cannot be unpickled here.
        """
        if self.not_kept:
            raise DataError(f"{self.folder}: the packet was {self.not_kept}")
        try:
            packet = DeadLetters.load(self.folder)
        except FileNotFoundError as error:
            raise DataError(f"{self.folder}: there is no packet.pickle in it") from error
        except Exception as error:  # whatever the classes in it do
            raise DataError(
                f"{self.folder}: its packet cannot be unpickled here ({type(error).__name__}: {error}); the modules "
                "that define its data must be importable"
            ) from error
        if not isinstance(packet, Packet):
            raise DataError(f"{self.folder}: it holds no packet, since none was at hand when the stage failed")
        return packet

    def failed_again(self, newer: Letter) -> Letter:
        """Note that the packet failed once more, which is now the letter's error; the packet stays as it is."""
        path = self.folder / ABOUT
        about = json.loads(path.read_text(encoding="utf-8"))
        about["earlier"] = [*about.get("earlier", []), {"error": self.error, "written": self.written}]
        about |= {"error": newer.error, "traceback": newer.traceback, "written": newer.written}
        beside = path.with_suffix(".new")
        beside.write_text(json.dumps(about, indent=2), encoding="utf-8")
        os.replace(beside, path)
        return Letter.read(self.folder)


def read_letters(folder: str | os.PathLike[str]) -> list[Letter]:
    """The letters of a folder, by stage and in the order in which they failed; a damaged one is skipped and told.

    Raises:
        DataError: there is no such folder, or no letter in it.
    """
    path = Path(folder)
    if not path.is_dir():
        raise DataError(f"{path} is no folder: give the dead-letter folder of a run, such as dead_letters/NAME-TIME")
    found = list(letters_in(path))
    if not found:
        raise DataError(f"{path} holds no letters{_hint(path)}")
    return found


def letters_in(path: Path) -> Iterator[Letter]:
    """As `read_letters`, for a folder that may hold none."""
    for folder in sorted((entry for entry in path.iterdir() if _may_be(entry)), key=_order):
        try:
            yield Letter.read(folder)
        except DataError as error:
            log.warning("skipped: %s", error)


def _may_be(entry: Path) -> bool:
    """Whether it is a letter, or one that its process did not come to finish; a run's own folder holds folders."""
    if entry.name.startswith(".") or not entry.is_dir():
        return False
    numbered = re.fullmatch(r".+-\d{5,}", entry.name) is not None
    return (entry / ABOUT).is_file() or (numbered and not any(inner.is_dir() for inner in entry.iterdir()))


def _order(folder: Path) -> tuple[str, int]:
    stage, _, number = folder.name.rpartition("-")
    return (stage, int(number)) if number.isdecimal() else (folder.name, 0)


def _hint(path: Path) -> str:
    if (path / ABOUT).is_file():
        return f": it is a letter itself; give {path.parent}, or use `wugan letters show`"
    if (path / REPLAYED).is_dir():
        return f"; those in {path / REPLAYED} have been replayed"
    inside = [entry for entry in sorted(path.iterdir()) if entry.is_dir()]
    runs = [str(entry) for entry in inside if any(map(_may_be, entry.iterdir()))]
    return f"; give that of one run: {', '.join(runs[-5:])}" if runs else ""
