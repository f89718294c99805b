"""`Replay`: a source that gives a recorded stream again; `contents` and `read` look into a recording."""

from __future__ import annotations

import json
import logging
import math
import os
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from mcap.exceptions import EndOfFile, RecordLengthLimitExceeded
from mcap.records import Channel, Message, Schema, Statistics
from mcap.stream_reader import StreamReader
from mcap.writer import MCAP0_MAGIC

from wugan.errors import DataError
from wugan.packet import Packet
from wugan.plugin import plugins
from wugan.record.codec import decode
from wugan.record.recorder import FORMAT
from wugan.stage import Source

log = logging.getLogger(__name__)


@dataclass(slots=True)
class StreamContents:
    """What a recording holds of one stream.

    Attributes:
        kind: type of the first packet's data.
        packets: how many.
        first_ns: earliest time among them, nanoseconds.
        last_ns: latest time.
    """

    kind: str
    packets: int = 0
    first_ns: int = 0
    last_ns: int = 0

    @property
    def seconds(self) -> float:
        """Time from the earliest packet to the latest."""
        return (self.last_ns - self.first_ns) / 1e9


@dataclass(eq=False)
class Replay(Source[Any]):
    """Gives the packets of one recorded stream, equal to those that were recorded and in the same order.

    Several replays of one recording keep their streams' distances in time, since each counts from the recording's
    earliest packet. Arrays are read-only. A recording that was cut off is read up to the cut, with a warning.

    Args:
        path: the recording (MCAP, written by `Recorder`).
        stream: which stream; may be left out where the recording holds only one.
        speed: 1.0 for the pace at which it was recorded, 2.0 for twice that; `None` for as fast as it is read.
        packages: packages whose modules may be imported to find the types of the data, beside those that this program
            has loaded and those of installed plugins.

    Raises:
        DataError: `speed` is not positive. From `open`: the file cannot be read, is no recording, or has no such
            stream. From `packets`: the file is damaged (what comes before was given), or holds types that are not
            there or not trusted.
    """

    path: str | Path
    stream: str | None = None
    speed: float | None = 1.0
    packages: Sequence[str] = ()
    _closed: threading.Event | None = field(init=False, repr=False, default=None)  # made in open: it cannot be pickled
    _stream: str | None = field(init=False, repr=False, default=None)
    _origin_ns: int = field(init=False, repr=False, default=0)

    def __post_init__(self) -> None:
        if self.speed is not None and not 0 < self.speed < math.inf:
            raise DataError(f"Replay: speed {self.speed!r} is not a positive number; None is as fast as possible")

    def open(self) -> None:
        """Look whether the recording has the stream, and when it begins."""
        held = contents(self.path, warn=False)
        known = ", ".join(map(repr, held)) or "none"
        if self.stream is None and len(held) != 1:
            raise DataError(f"{self.path} holds {len(held)} streams: choose one with stream= (there are: {known})")
        self._stream = next(iter(held)) if self.stream is None else self.stream
        if self._stream not in held:
            raise DataError(f"{self.path} holds no stream {self._stream!r} (there are: {known})")
        self._origin_ns = min(about.first_ns for about in held.values())
        self._closed = threading.Event()

    def close(self) -> None:
        """End `packets`, also while it waits for a packet's time."""
        if self._closed is not None:
            self._closed.set()
        self._closed = None

    def packets(self) -> Iterator[Packet[Any]]:
        """The stream from its first packet to its last."""
        if self._closed is None:
            self.open()
        closed = self._closed
        assert closed is not None
        started = time.monotonic()
        for packet in read(self.path, self._stream, self.packages):
            if self.speed is not None:
                due = started + (packet.time_ns - self._origin_ns) / 1e9 / self.speed
                closed.wait(max(0.0, min(due - time.monotonic(), threading.TIMEOUT_MAX)))
            if closed.is_set():
                return
            yield packet


def contents(path: str | Path, warn: bool = True) -> dict[str, StreamContents]:
    """What streams a recording holds, in order of their first packets.

    Args:
        path: the recording.
        warn: log a warning where it was cut off.

    Raises:
        DataError: it cannot be read, is no recording, or is damaged.
    """
    held: dict[str, StreamContents] = {}
    for channel, schema, message in _messages(Path(path), warn):
        about = held.get(channel.topic)
        if about is None:
            about = StreamContents(schema.name if schema else "", 0, message.log_time, message.log_time)
            held[channel.topic] = about
        about.packets += 1
        about.first_ns = min(about.first_ns, message.log_time)
        about.last_ns = max(about.last_ns, message.log_time)
    return held


def read(path: str | Path, stream: str | None = None, packages: Sequence[str] = ()) -> Iterator[Packet[Any]]:
    """The packets of a recording in the order in which they were recorded; errors are those of `Replay`.

    Args:
        path: the recording.
        stream: only this one.
        packages: as for `Replay`.
    """
    trusted = {plugin.target.partition(":")[0].partition(".")[0] for plugin in plugins()} | {"wugan", *packages}
    for channel, _, message in _messages(Path(path), warn=True):
        if stream is None or channel.topic == stream:
            try:
                packet = decode(json.loads(message.data), channel.topic, trusted)
            except (DataError, ValueError, RecursionError) as error:
                raise DataError(f"{path}: stream {channel.topic!r}, packet {message.sequence}: {error}") from error
            yield packet


class _Whole:
    """A file whose reads give all that was asked for; a short one means that the file ends there."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def read(self, length: int) -> bytes:
        got = self._file.read(length)
        if len(got) < length:
            raise EndOfFile
        return got


def _messages(path: Path, warn: bool) -> Iterator[tuple[Channel, Schema | None, Message]]:
    """All messages in order, each with its channel and schema."""
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size == 0:
                raise DataError(f"{path} is empty (0 bytes): nothing had been recorded yet")
            if file.read(len(MCAP0_MAGIC)) != MCAP0_MAGIC:
                raise DataError(f"{path} is no MCAP file; give one that wugan's Recorder wrote")
            file.seek(max(0, size - len(MCAP0_MAGIC)))
            finished = size > len(MCAP0_MAGIC) and file.read() == MCAP0_MAGIC
            file.seek(0)
            count = 0
            try:
                for item in _walk(path, StreamReader(_Whole(file), validate_crcs=True, record_size_limit=size)):  # type: ignore[arg-type]
                    count += 1
                    yield item
            except (EndOfFile, RecordLengthLimitExceeded) as error:
                if finished:
                    raise DataError(f"{path} is damaged after {count} packets; those before can be read") from error
                if warn:
                    log.warning("%s was cut off while it was recorded; the %d packets before were read", path, count)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}") from error


def _walk(path: Path, reader: StreamReader) -> Iterator[tuple[Channel, Schema | None, Message]]:
    channels: dict[int, Channel] = {}
    schemas: dict[int, Schema] = {}
    count, announced = 0, None
    records = iter(reader.records)
    while True:
        try:
            record = next(records, None)
            if isinstance(record, Message):
                channel = channels[record.channel_id]
        except (EndOfFile, RecordLengthLimitExceeded):
            raise
        except Exception as error:  # whatever a parser does with bytes that mean something else
            what = f"{type(error).__name__}: {error}".rstrip(": ")
            raise DataError(f"{path} is damaged after {count} packets ({what}); those before can be read") from error
        if record is None:
            break
        if isinstance(record, Schema):
            schemas.setdefault(record.id, record)
        elif isinstance(record, Channel):
            channels.setdefault(record.id, record)
        elif isinstance(record, Statistics):
            announced = record.message_count
        elif isinstance(record, Message):
            if channel.metadata.get("wugan") != FORMAT:
                raise DataError(
                    f"{path}: channel {channel.topic!r} was not recorded by this version of wugan "
                    f"(message encoding {channel.message_encoding!r}); only what Recorder wrote can be replayed"
                )
            count += 1
            yield channel, schemas.get(channel.schema_id), record
    if announced is not None and announced != count:
        raise DataError(f"{path} is damaged: {count} of {announced} packets can be read")
