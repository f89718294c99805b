"""`RerunSink`: shows packets in a Rerun viewer, and what each kind of data looks like there."""

from __future__ import annotations

import dataclasses
import enum
import io
import logging
import math
import numbers
import socket
import sys
import threading
import uuid
import wave
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from wugan.clock import EPOCH_NS
from wugan.errors import DataError, PipelineError, PluginError
from wugan.packet import Packet
from wugan.signals import Audio, Reply, Transcript
from wugan.stage import Sink

DEPTH = 4  # fields within fields
SERIES = 64  # numbers of one vector that are drawn as curves; longer ones are shown as a tensor
POINTS_PER_S = 200  # of a waveform; each has the lowest and the highest sample around it


@dataclass(frozen=True)
class Waveform:
    """The outline of a stretch of sound.

    Attributes:
        offset_ns: int64 `[N]`, time of each point, from the packet's.
        bounds: float64 `[N, 2]`, lowest and highest sample around it.
    """

    offset_ns: NDArray[np.int64]
    bounds: NDArray[np.float64]


Shown = tuple[tuple[str, ...], Any]  # path below the stream's, and an archetype or a `Waveform`


def entities(data: Any) -> list[Shown]:
    """What to show of a payload; empty where there is nothing that the viewer can show.

    Numbers become scalars, text becomes a log, `[N, 3]` floats and objects with such an `xyz` become points, uint8
    images `[H, W]` and `[H, W, 1|3|4]` become images, other arrays tensors, `Audio` a waveform and a sound that can be
    played. Dictionaries, dataclasses, Pydantic models, named tuples and windows are shown field by field.
    """
    return list(_entities((), data, DEPTH))


def _entities(path: tuple[str, ...], data: Any, depth: int) -> Iterator[Shown]:
    import rerun as rr

    data = _as_numpy(data)
    if isinstance(data, np.ndarray):
        yield from _array(path, data)
    elif isinstance(data, enum.Enum):
        yield path, rr.TextLog(data.name)
    elif isinstance(data, (bool, np.bool_, numbers.Real)):
        yield path, rr.Scalars(float(data))
    elif isinstance(data, str):
        yield path, rr.TextLog(data)
    elif isinstance(data, Audio):
        yield from _audio(path, data)
    elif isinstance(data, Transcript):
        yield path, rr.TextLog(data.text)
        yield (*path, "confidence"), rr.Scalars(data.confidence)
    elif isinstance(data, Reply):
        yield path, rr.TextLog(data.text)
    elif (points := _points(data)) is not None:
        yield path, points
    elif isinstance(data, Packet):
        yield from _entities(path, data.data, depth)
    elif isinstance(data, (list, tuple)) and data and all(isinstance(item, numbers.Real) for item in data):
        yield from _array(path, np.asarray(data, np.float64))
    elif depth:
        for name, value in _fields(data):
            if name == "time_ns":  # it is what the timeline shows
                continue
            yield from _entities((*path, name), value, depth - 1)


def _as_numpy(data: Any) -> Any:
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(data, torch.Tensor):
        data = data.detach().cpu()
        return data.float().numpy() if data.dtype == torch.bfloat16 else data.numpy()
    return data


def _fields(data: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(data, Mapping):
        yield from ((str(name), value) for name, value in data.items())
    elif dataclasses.is_dataclass(data) and not isinstance(data, type):
        yield from ((field.name, getattr(data, field.name, None)) for field in dataclasses.fields(data))
    elif isinstance(data, BaseModel):
        yield from ((name, getattr(data, name)) for name in type(data).model_fields)
    elif isinstance(data, tuple) and hasattr(data, "_fields"):
        yield from zip(data._fields, data, strict=True)


def _array(path: tuple[str, ...], array: NDArray[Any]) -> Iterator[Shown]:
    import rerun as rr

    if array.dtype.names and {"x", "y", "z"} <= set(array.dtype.names):
        yield path, rr.Points3D(np.stack([array[axis].ravel() for axis in "xyz"], axis=1).astype(np.float32))
        return
    if array.dtype.kind not in "biuf" or array.size == 0:
        return
    if array.dtype == np.float16 or array.dtype.itemsize > 8:  # the viewer has no other
        array = array.astype(np.float32 if array.dtype == np.float16 else np.float64)
    array = array.astype(array.dtype.newbyteorder("="), copy=False)
    if array.ndim == 0 or (array.ndim == 1 and len(array) <= SERIES):
        yield path, rr.Scalars(array.reshape(-1).astype(np.float64))
    elif array.dtype == np.uint8 and (array.ndim == 2 or (array.ndim == 3 and array.shape[2] in (1, 3, 4))):
        yield path, rr.Image(array[:, :, 0] if array.ndim == 3 and array.shape[2] == 1 else array)
    elif array.ndim == 2 and array.shape[1] == 3 and array.dtype.kind == "f":
        yield path, rr.Points3D(array.astype(np.float32))
    elif array.dtype.kind == "b":
        yield path, rr.Tensor(array.astype(np.uint8))
    else:
        yield path, rr.Tensor(array)


def _points(data: Any) -> Any:
    """Points of an object that has them as `xyz`, with `rgb` or `colors` as uint8 `[N, 3|4]` if it has those."""
    import rerun as rr

    xyz = _as_numpy(getattr(data, "xyz", None))
    if not (isinstance(xyz, np.ndarray) and xyz.ndim == 2 and xyz.shape[1] == 3 and xyz.dtype.kind in "iuf"):
        return None
    for name in ("rgb", "colors"):
        colors = _as_numpy(getattr(data, name, None))
        if isinstance(colors, np.ndarray) and colors.dtype == np.uint8 and len(colors) == len(xyz):
            return rr.Points3D(xyz.astype(np.float32), colors=colors)
    return rr.Points3D(xyz.astype(np.float32))


def _audio(path: tuple[str, ...], audio: Audio) -> Iterator[Shown]:
    import rerun as rr

    if not len(audio.samples):
        return
    if hasattr(rr, "AssetAudio"):  # older versions play no sound
        yield path, rr.AssetAudio(contents=_wav(audio), media_type="audio/wav")
    yield (*path, "waveform"), waveform(audio)


def waveform(audio: Audio) -> Waveform:
    """The outline of a sound: the lowest and highest sample of each stretch of 5 ms."""
    step = max(1, audio.rate // POINTS_PER_S)
    starts = np.arange(0, len(audio.samples), step)
    samples = np.nan_to_num(np.asarray(audio.samples, np.float64))
    bounds = np.stack([np.minimum.reduceat(samples, starts), np.maximum.reduceat(samples, starts)], axis=1)
    return Waveform((starts * 1e9 / audio.rate).astype(np.int64), bounds)


def _wav(audio: Audio) -> bytes:
    """16-bit PCM."""
    samples = np.clip(np.nan_to_num(audio.samples), -1, 1)
    with io.BytesIO() as memory:
        with wave.open(memory, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(math.ceil(audio.rate))
            file.writeframes((samples * 32767).astype("<i2").tobytes())
        return memory.getvalue()


log = logging.getLogger(__name__)

FLUSH_S = 5.0  # how long a viewer may take for what still waits

_recordings: dict[str, _Recording] = {}
_lock = threading.Lock()
_live = str(uuid.uuid4())  # one for all sinks of a program, so that a viewer shows their streams together


@dataclass(eq=False)
class RerunSink(Sink[Any]):
    """Shows points, images, sound, numbers and text in the Rerun viewer, each stream below its own name.

    Packets lie on two timelines: `time`, that of their stamps, and `seq`. See `wugan.observe.rerun.entities` for
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
