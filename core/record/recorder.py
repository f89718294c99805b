"""`Recorder`: a sink that writes streams into an MCAP file, for `wugan.record.replay` and viewers (Foxglove)."""

from __future__ import annotations

import fcntl
import json
import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from mcap.writer import Writer

from wugan.errors import DataError
from wugan.packet import Packet
from wugan.record.codec import encode, schema_of
from wugan.stage import Sink

FORMAT = "1"  #: version of the packets' written form, kept in each channel's metadata under `wugan`
FLUSH_S = 1.0  # what a kill or a power cut may cost
CHUNK_BYTES = 1024 * 1024

_files: dict[Path, _File] = {}
_files_lock = threading.Lock()


@dataclass(eq=False)
class Recorder(Sink[Any]):
    """Writes the packets of any number of streams into one MCAP file, one channel for each stream.

    Several sink nodes may share a recorder, or name the same file: of one process they write into it together. It is
    written to disk once a second, so that a kill or a power cut costs a second at most; `Replay` reads what is there.

    A message's `log_time` is the packet's `time_ns` and its `sequence` the packet's `seq`, as far as MCAP's unsigned
    numbers hold them; `wugan.record.codec` describes the data.

    Args:
        path: the file, usually `*.mcap`.
        overwrite: replace a file that is there already.

    Raises:
        DataError: from `warm_up`: the file is there already, or cannot be written. From `write`: the packet holds what
            has no written form (nothing of it is written), or the disk is full (the recording then ends there).
    """

    path: str | Path
    overwrite: bool = False
    _file: _File | None = field(init=False, repr=False, default=None)
    _opened: int = field(init=False, repr=False, default=0)

    def warm_up(self) -> None:
        """Create the file, or join those who write it already."""
        place = Path(self.path).absolute()
        with _files_lock:
            if place not in _files:
                _files[place] = _File(place, self.overwrite)
            self._file = _files[place]
            self._file.users += 1
            self._opened += 1

    def write(self, packet: Packet[Any]) -> None:
        """Append one packet to its stream."""
        if self._file is None:
            raise DataError(f"recording {self.path} is not open: use `with Recorder(...)`, or call warm_up() first")
        self._file.write(packet)

    def close(self) -> None:
        """Finish the file, once everyone who writes it has closed it.

        Raises:
            DataError: what was still to be written could not be (disk full).
        """
        with _files_lock:
            if self._file is None or not self._opened:
                return
            self._opened -= 1
            self._file.users -= 1
            if self._file.users:
                return
            del _files[self._file.path]
        self._file.close()

    @property
    def is_new(self) -> bool:
        """Whether it has opened its file, so that what was there before (if anything) is gone."""
        return self._file is not None

    @property
    def counts(self) -> dict[str, int]:
        """Packets written so far, by stream."""
        return dict(self._file.counts) if self._file else {}

    def __enter__(self) -> Self:
        self.warm_up()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


class _File:
    """One MCAP file that several recorders may write."""

    def __init__(self, path: Path, overwrite: bool) -> None:
        self.path = path
        self.users = 0
        self.counts: Counter[str] = Counter()
        self._channels: dict[str, int] = {}
        self._lock = threading.Lock()
        self._broken: OSError | None = None
        self._unsaved = False
        try:
            self._stream = path.open("ab" if overwrite else "xb")
            fcntl.flock(self._stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._stream.truncate(0)
        except BlockingIOError as error:
            raise DataError(f"{path} is being written by another process: give each a file of its own") from error
        except FileExistsError as error:
            raise DataError(
                f"{path} is there already, or another process is writing it: give another name, or overwrite=True"
            ) from error
        except OSError as error:
            raise DataError(f"{path} cannot be written: {error.strerror or error}") from error
        self._writer = Writer(self._stream, chunk_size=CHUNK_BYTES)
        self._attempt(self._start)
        self._closed = threading.Event()
        self._saver = threading.Thread(target=self._save, name=f"record-{path.name}", daemon=True)
        self._saver.start()

    def write(self, packet: Packet[Any]) -> None:
        written = encode(packet)
        message = json.dumps(written, allow_nan=False, separators=(",", ":")).encode("ascii")
        with self._lock:
            self._attempt(lambda: self._add(packet, written, message))
            self.counts[packet.stream] += 1
            self._unsaved = True

    def _add(self, packet: Packet[Any], written: dict[str, Any], message: bytes) -> None:
        if packet.stream not in self._channels:
            schema = json.dumps(schema_of(written)).encode()
            kind = f"{type(packet.data).__module__}.{type(packet.data).__qualname__}"
            schema_id = self._writer.register_schema(kind, "jsonschema", schema)
            self._channels[packet.stream] = self._writer.register_channel(
                packet.stream, "json", schema_id, {"wugan": FORMAT}
            )
        time_ns = min(max(packet.time_ns, 0), 2**64 - 1)
        self._writer.add_message(
            self._channels[packet.stream], time_ns, message, publish_time=time_ns, sequence=packet.seq % 2**32
        )

    def _attempt(self, act: Any) -> None:
        """Do something with the file; once that has failed, the recording ends there."""
        if self._broken is None:
            try:
                act()
                return
            except OSError as error:
                self._broken = error
        reason = self._broken.strerror or self._broken
        raise DataError(f"recording {self.path} ended early, after {sum(self.counts.values())} packets: {reason}")

    def _save(self) -> None:
        while not self._closed.wait(FLUSH_S):
            with self._lock:
                if self._unsaved and not self._broken:
                    try:
                        self._attempt(self._writer.flush)
                    except DataError:
                        return  # the next packet tells
                    self._unsaved = False

    def close(self) -> None:
        self._closed.set()
        self._saver.join()
        try:
            with self._lock:
                self._attempt(self._finish)
        finally:
            try:
                self._stream.close()
            except OSError:
                pass  # told above

    def _start(self) -> None:
        self._writer.start(library="wugan")
        self._stream.flush()

    def _finish(self) -> None:
        self._writer.finish()
        self._stream.flush()
