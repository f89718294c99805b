"""`RerunSink`: shows streams in the Rerun viewer, live or from a file."""

from __future__ import annotations

import logging
import socket
import threading
import uuid
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from wugan.clock import EPOCH_NS
from wugan.errors import DataError, PipelineError, PluginError
from wugan.observe.rerun_data import Waveform, entities
from wugan.packet import Packet
from wugan.stage import Sink

log = logging.getLogger(__name__)

FLUSH_S = 5.0  # how long a viewer may take for what still waits

_recordings: dict[str, _Recording] = {}
_lock = threading.Lock()
_live = str(uuid.uuid4())  # one for all sinks of a program, so that a viewer shows their streams together


@dataclass(eq=False)
class RerunSink(Sink[Any]):
    """Shows points, images, sound, numbers and text in the Rerun viewer, each stream below its own name.

    Packets lie on two timelines: `time`, that of their stamps, and `seq`. See `wugan.observe.rerun_data.entities` for
    what is shown how. Give exactly one of `path`, `connect` and `spawn`. Several sink nodes may share a sink, or name
    the same file: of one process they write into it together.

    Args:
        path: a file to write, usually `*.rrd`, for `rerun FILE`.
        connect: a viewer that runs, such as `rerun+http://127.0.0.1:9876/proxy` (`rerun` alone listens there).
        spawn: start a viewer on this machine, or use the one that runs.
        overwrite: replace a file that is there already.

    Attributes:
        not_shown: packets that hold nothing that the viewer can show, by stream and type.

    Raises:
        PipelineError: not exactly one of `path`, `connect` and `spawn` is given.
        PluginError: from `warm_up`: `rerun-sdk` is not installed.
        DataError: from `warm_up`: the file is there already or cannot be written, or no viewer answers.
    """

    path: str | Path | None = None
    connect: str | None = None
    spawn: bool = False
    overwrite: bool = False
    not_shown: Counter[tuple[str, str]] = field(init=False, repr=False, default_factory=Counter)
    _recording: _Recording | None = field(init=False, repr=False, default=None)
    _opened: int = field(init=False, repr=False, default=0)
    _live: str = field(init=False, repr=False, default="")

    def __post_init__(self) -> None:
        if (self.path is not None) + (self.connect is not None) + self.spawn != 1:
            raise PipelineError("RerunSink needs exactly one of path='FILE.rrd', connect='URL' and spawn=True")
        self._live = _live  # travels to the actors

    def warm_up(self) -> None:
        """Open the file or the connection, or join those who use it already."""
        rerun_sdk()
        key = str(Path(self.path).absolute()) if self.path is not None else self.connect or "spawn"
        with _lock:
            if key not in _recordings:
                _recordings[key] = self._open(key)
            self._recording = _recordings[key]
            self._recording.users += 1
            self._opened += 1

    def _open(self, key: str) -> _Recording:
        rr = rerun_sdk()
        if self.path is not None:
            try:
                Path(key).open("ab" if self.overwrite else "xb").close()
            except FileExistsError as error:
                raise DataError(f"{key} is there already: give another name, or overwrite=True") from error
            except OSError as error:
                raise DataError(f"{key} cannot be written: {error.strerror or error}") from error
        stream = rr.RecordingStream("wugan", recording_id=None if self.path is not None else self._live)
        stream.set_log_tick_enabled(False)
        if self.path is not None:
            stream.save(key)
        elif self.connect is not None:
            try:
                _knock(self.connect)
                stream.connect_grpc(self.connect)
            except Exception as error:
                raise DataError(f"no viewer answers at {self.connect}: {error}. Start one with `rerun`") from error
        else:
            stream.spawn()
        return _Recording(key, stream)

    def write(self, packet: Packet[Any]) -> None:
        """Show one packet."""
        if self._recording is None:
            raise DataError("RerunSink is not open: call warm_up() first")
        shown = entities(packet.data)
        if shown:
            self._recording.show(packet, shown)
            return
        kind = f"{type(packet.data).__module__}.{type(packet.data).__qualname__}"
        self.not_shown[packet.stream, kind] += 1
        if self.not_shown[packet.stream, kind] == 1:
            log.warning(
                "stream %r: %s holds nothing that the viewer can show (numbers, text, points, images, sound, or "
                "fields of these); such packets are counted from here on",
                packet.stream,
                kind,
            )

    def close(self) -> None:
        """Write out what waits, once everyone who uses the file or connection has closed it."""
        with _lock:
            if self._recording is None or not self._opened:
                return
            self._opened -= 1
            self._recording.users -= 1
            if self._recording.users:
                return
            del _recordings[self._recording.key]
        self._recording.close()


class _Recording:
    """One file or connection that several sinks may use."""

    def __init__(self, key: str, stream: Any) -> None:
        self.key = key
        self.stream = stream
        self.users = 0
        self._from_1970: bool | None = None  # a timeline counts in one way, which the first packet decides

    def show(self, packet: Packet[Any], shown: list[tuple[tuple[str, ...], Any]]) -> None:
        import rerun as rr

        if self._from_1970 is None:
            self._from_1970 = packet.time_ns >= EPOCH_NS
        # Rerun keeps the time that is set for each thread, and each node has a thread of its own.
        self.stream.set_time("time", **self._time(packet.time_ns))
        self.stream.set_time("seq", sequence=packet.seq)
        for path, what in shown:
            place = rr.new_entity_path([packet.stream, *path])
            if isinstance(what, Waveform):
                times = rr.TimeColumn("time", **self._time(packet.time_ns + what.offset_ns))
                low_and_high = rr.Scalars.columns(scalars=what.bounds.ravel()).partition([2] * len(what.bounds))
                self.stream.send_columns(place, [times], low_and_high)
            else:
                self.stream.log(place, what)

    def _time(self, ns: Any) -> dict[str, Any]:
        if self._from_1970:
            return {"timestamp": np.asarray(ns).astype("datetime64[ns]")[()]}
        return {"duration": np.asarray(ns).astype("timedelta64[ns]")[()]}

    def close(self) -> None:
        try:
            self.stream.flush(timeout_sec=FLUSH_S)
        except Exception as error:
            log.warning("the viewer at %s did not take everything: %s", self.key, error)
        self.stream.disconnect()


def rerun_sdk() -> Any:
    """The module `rerun`.

    Raises:
        PluginError: it is not installed; names the extra that brings it.
    """
    try:
        import rerun
    except ImportError as error:
        raise PluginError(f"the viewer needs the package rerun-sdk ({error}): pip install 'wugan[viewer]'") from error
    return rerun


def _knock(url: str) -> None:
    """Raise `OSError` where nothing listens; Rerun itself would try for a quarter of a minute."""
    place = urlsplit(url)
    if place.hostname and place.port:
        socket.create_connection((place.hostname, place.port), timeout=FLUSH_S).close()
