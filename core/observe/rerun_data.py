"""What the Rerun viewer can show of a payload: `entities` says which archetypes, below which path."""

from __future__ import annotations

import dataclasses
import enum
import io
import math
import numbers
import sys
import wave
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from wugan.packet import Packet
from wugan.signals import Audio, Reply, Transcript

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
