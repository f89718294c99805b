"""`AuditTrail`: who did what and when, with which model, on what; append-only, and a change of it shows.

Each entry is a JSON line that holds the hash of the one before (Haber and Stornetta 1991), so that an edited,
inserted, removed or reordered line breaks the chain where it lies. Lines cut off at the end leave a chain that is
whole: against that stands the head, the last hash. It is written to `NAME.head` beside the trail, and is worth most
where the trail's keeper cannot write, such as a ticket or a signed mail. With a key the hashes are HMACs: without it
nobody can make a false chain anew.
"""

from __future__ import annotations

import fcntl
import getpass
import hashlib
import hmac
import json
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from wugan.errors import DataError

START = "0" * 64  #: what the first entry has as `previous`


def canonical(entry: Mapping[str, Any]) -> bytes:
    """One spelling for one content: sorted keys, no spaces, UTF-8 (RFC 8785 for the types that are used here).

    Raises:
        ValueError: a number is NaN or infinite.
        TypeError: a value is no JSON.
    """
    text = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8")


def digest(entry: Mapping[str, Any], key: bytes | None) -> str:
    """SHA-256 of an entry without its `hash`; with a key HMAC-SHA-256, which only who has the key can make."""
    data = canonical({name: value for name, value in entry.items() if name != "hash"})
    return hmac.new(key, data, "sha256").hexdigest() if key else hashlib.sha256(data).hexdigest()


_TAIL = 1 << 16  # bytes read at first to find the last line; doubled until it is there


class Reference(BaseModel):
    """A thing that an entry is about, by name and content.

    Attributes:
        name: what it is called: a file's name, a model's.
        sha256: of its content, 64 hexadecimal digits; empty where it has none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    sha256: str = Field("", pattern="^([0-9a-f]{64})?$")


class Entry(BaseModel):
    """One line of a trail.

    Attributes:
        seq: position, from 0 without gaps.
        time: UTC, ISO 8601.
        who: account and machine, or what the program says.
        action: what was done, such as `"diagnose"` or `"export-identified"`.
        models, inputs, outputs: what it was done with, on, and what it gave.
        detail: more, JSON values by name.
        previous: hash of the entry before.
        hash: SHA-256 of all the others (an HMAC where the trail has a key).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    seq: int = Field(ge=0)
    time: str
    who: str
    action: str = Field(min_length=1)
    models: tuple[Reference, ...] = ()
    inputs: tuple[Reference, ...] = ()
    outputs: tuple[Reference, ...] = ()
    detail: dict[str, Any] = {}
    previous: str = Field(pattern="^[0-9a-f]{64}$")
    hash: str = Field("", pattern="^([0-9a-f]{64})?$")


class Head(BaseModel):
    """Where a trail ends.

    Attributes:
        entries: how many there are.
        hash: of the last one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    entries: int = Field(ge=0)
    hash: str = Field(START, pattern="^[0-9a-f]{64}$")


class AuditTrail:
    """Writes entries to a file. Several processes of one machine may write to the same one.

    An entry is on the disk when `record` returns. A line that a crash left half written is moved to `NAME.torn` before
    the next one is written, and the trail says so in an entry of its own.

    Args:
        path: the trail, made with its folder where it is missing.
        key: makes hashes that only its holder can make.
        who: stands in every entry; the account and the machine unless given.
    """

    def __init__(self, path: str | os.PathLike[str], key: bytes | None = None, who: str | None = None) -> None:
        self.path = Path(path)
        self.key = key
        self.who = who or f"{_account()}@{socket.gethostname()}"

    def record(
        self,
        action: str,
        *,
        models: Mapping[str, str] | None = None,
        inputs: Mapping[str, str] | None = None,
        outputs: Mapping[str, str] | None = None,
        **detail: Any,
    ) -> Entry:
        """Append one entry.

        Args:
            action: what was done.
            models: SHA-256 of each that was used, by name.
            inputs: SHA-256 of what it was done on, by name.
            outputs: SHA-256 of what it gave, by name.
            detail: more, JSON values by name.

        Raises:
            DataError: the file cannot be written, its last line is no entry, or a value is no JSON.
        """
        with self._locked() as file:
            last, torn = self._end(file)
            if torn:
                last = self._write(file, last, "repair", {"torn_bytes": torn, "moved_to": f"{self.path.name}.torn"})
            referred = [_references(named) for named in (models, inputs, outputs)]
            return self._write(file, last, action, detail, *referred)

    def head(self) -> Head:
        """Where the trail ends now; nothing is checked but the last line."""
        with self._locked() as file:
            last, _ = self._end(file, repair=False)
        return Head(entries=last.seq + 1, hash=last.hash) if last else Head(entries=0)

    @contextmanager
    def _locked(self) -> Iterator[BinaryIO]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with open(self.path, "a+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                yield file
        except OSError as error:
            raise DataError(f"audit trail {self.path}: {error.strerror or error}; nothing was recorded") from error

    def _end(self, file: BinaryIO, repair: bool = True) -> tuple[Entry | None, int]:
        """The last whole entry, and how many torn bytes lay behind it (they are moved away)."""
        size = file.seek(0, os.SEEK_END)
        length = min(_TAIL, size)
        while True:
            file.seek(size - length)
            data = file.read(length)
            if length == size or data.count(b"\n") > 1:
                break
            length = min(2 * length, size)
        whole, _, torn = data.rpartition(b"\n")
        if torn and repair:
            with open(self.path.with_name(f"{self.path.name}.torn"), "ab") as kept:
                kept.write(torn + b"\n")
            file.truncate(size - len(torn))
        line = whole.rpartition(b"\n")[2]
        if not line:
            return None, len(torn)
        try:
            return Entry.model_validate_json(line), len(torn)
        except ValidationError as error:
            raise DataError(
                f"audit trail {self.path}: its last line is no entry; `wugan audit verify` says more, and a new trail "
                "goes to another file"
            ) from error

    def _write(
        self, file: BinaryIO, last: Entry | None, action: str, detail: dict[str, Any], *referred: tuple[Reference, ...]
    ) -> Entry:
        seq, previous = (last.seq + 1, last.hash) if last else (0, START)
        time = datetime.now(UTC).isoformat(timespec="microseconds")
        models, inputs, outputs = referred or ((), (), ())
        try:
            entry = Entry(
                seq=seq,
                time=time,
                who=self.who,
                action=action,
                models=models,
                inputs=inputs,
                outputs=outputs,
                detail=json.loads(canonical(detail)),
                previous=previous,
            )
        except (ValueError, TypeError) as error:  # pydantic's ValidationError is a ValueError
            raise DataError(f"audit entry {action!r}: {error}; nothing was recorded") from error
        entry = entry.model_copy(update={"hash": digest(entry.model_dump(mode="json"), self.key)})
        file.seek(0, os.SEEK_END)
        file.write(canonical(entry.model_dump(mode="json")) + b"\n")
        file.flush()
        os.fsync(file.fileno())
        self._anchor(Head(entries=seq + 1, hash=entry.hash))
        return entry

    def _anchor(self, head: Head) -> None:
        beside, new = head_file(self.path), head_file(self.path).with_suffix(".head.new")
        new.write_text(head.model_dump_json() + "\n", encoding="utf-8")
        os.replace(new, beside)


def head_file(path: str | os.PathLike[str]) -> Path:
    """Where the head of a trail is written."""
    return Path(path).with_name(f"{Path(path).name}.head")


def read(path: str | os.PathLike[str]) -> Iterator[Entry]:
    """The entries of a trail, as they stand there; `verify` checks them.

    Raises:
        DataError: there is no such file, or a line is no entry.
    """
    for number, line in _lines(Path(path)):
        yield _entry(Path(path), number, line)


def verify(path: str | os.PathLike[str], head: Head | None = None, key: bytes | None = None) -> Head:
    """Check every entry, the chain, and that nothing is missing at the end.

    Args:
        path: the trail.
        head: where it ended when it was last looked at; what lies beside the trail unless given.
        key: of a trail that has one.

    Returns:
        Where the trail ends now.

    Raises:
        DataError: it was changed; names the line and what is wrong with it.
    """
    path = Path(path)
    if head is None and head_file(path).is_file():
        try:
            head = Head.model_validate_json(head_file(path).read_bytes())
        except ValidationError as error:
            raise DataError(f"{head_file(path)}: is no head of a trail; give the hash that you have noted") from error
    previous, count, at_head = START, 0, START
    for number, line in _lines(path):
        entry = _entry(path, number, line)
        where = f"audit trail {path}, line {number}"
        if entry.seq != count:
            raise DataError(f"{where}: has the number {entry.seq}, not {count}: lines were removed, inserted or moved")
        if entry.previous != previous:
            raise DataError(f"{where}: does not follow from the line before: lines were removed, inserted or moved")
        found = digest(entry.model_dump(mode="json"), key)
        if found != entry.hash or canonical(entry.model_dump(mode="json")) != line:
            other = "" if found == entry.hash or key is not None else " (or the trail has a key: give it)"
            raise DataError(f"{where}: its content is not what was recorded: it was changed afterwards{other}")
        previous, count = entry.hash, count + 1
        if head is not None and count == head.entries:
            at_head = entry.hash
    if head is not None and head.entries > count:
        raise DataError(f"audit trail {path}: ends after {count} entries, not {head.entries}: lines were cut off")
    if head is not None and at_head != head.hash:
        raise DataError(f"audit trail {path}: entry {head.entries} is not the one that was noted: it was written anew")
    return Head(entries=count, hash=previous)


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    try:
        with open(path, "rb") as file:
            for number, line in enumerate(file, 1):
                if not line.endswith(b"\n"):
                    raise DataError(
                        f"audit trail {path}, line {number}: is half a line ({len(line)} bytes), as a crash leaves it; "
                        "the next entry that is recorded moves it away and says so"
                    )
                yield number, line[:-1]
    except OSError as error:
        raise DataError(f"audit trail {path}: {error.strerror}; give the file that was written to") from error


def _entry(path: Path, number: int, line: bytes) -> Entry:
    try:
        return Entry.model_validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "it"
        raise DataError(
            f"audit trail {path}, line {number}: {field}: {first['msg']}: it was changed afterwards, or is no trail"
        ) from error


def _references(named: Mapping[str, str] | None) -> tuple[Reference, ...]:
    try:
        return tuple(Reference(name=name, sha256=sha256) for name, sha256 in (named or {}).items())
    except ValidationError as error:
        raise DataError(f"audit entry: {error.errors()[0]['msg']} in {named}; a SHA-256 has 64 hex digits") from error


def _account() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user that has no name
        return f"uid-{os.getuid()}"
