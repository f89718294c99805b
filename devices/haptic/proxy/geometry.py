"""`Geometry`: the arrays of a mesh, a cloud or a path, with their index, shared between processes."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing import shared_memory
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError

Kind = Literal["mesh", "cloud", "path"]
#: Triangles in a leaf of a mesh's tree of boxes.
LEAF = 4
_MAGIC = b"WHG1"
_HEADER = struct.Struct("<4sI")
_ALIGN = 64  # bytes: a cache line
_TYPES = {"<f8": np.float64, "<i8": np.int64, "<i4": np.int32, "|u1": np.uint8}
_MOST_HEADER = 16_384


@dataclass(slots=True)
class Geometry:
    """What a hand can touch, ready for the loop. Built by `mesh`, `cloud` or `path` in the process that has time.

    Attributes:
        kind: `mesh`, `cloud` or `path`.
        arrays: what the kernels of this kind read; read-only.
        scale: the length that the kind is resolved by, m: for a cloud its support radius, for a mesh its mean edge.
        radius: radius of the sphere that touches it unless an effect names another, m.
    """

    kind: Kind
    arrays: Mapping[str, NDArray[Any]]
    scale: float
    radius: float

    def __post_init__(self) -> None:
        """Make the arrays read-only: the kernels are compiled for that."""
        self.arrays = {key: array.view() for key, array in self.arrays.items()}
        for array in self.arrays.values():
            array.flags.writeable = False

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays."""
        return sum(array.nbytes for array in self.arrays.values())

    def share(self, name: str) -> shared_memory.SharedMemory:
        """Copy it into shared memory of a name, which other processes `attach`.

        Args:
            name: unique in the machine; letters, digits, `-` and `_`, at most 30 (macOS takes no more).

        Returns:
            The memory, which belongs to the caller: keep it as long as it is used, then `close()` and `unlink()` it.

        Raises:
            DataError: the name is taken or cannot be one.
        """
        if not 0 < len(name) <= 30 or not name.replace("-", "").replace("_", "").isalnum() or not name.isascii():
            raise DataError(f"{name!r} cannot name shared memory: use at most 30 letters, digits, - and _")
        places, at = [], 0
        for key, array in self.arrays.items():
            places.append((key, array.dtype.str, list(array.shape), at))
            at += -(-array.nbytes // _ALIGN) * _ALIGN
        head = {"kind": self.kind, "scale": self.scale, "radius": self.radius, "arrays": places}
        text = json.dumps(head).encode()
        start = _start(len(text))
        try:
            memory = shared_memory.SharedMemory(name, create=True, size=start + max(at, 1))
        except FileExistsError:
            raise DataError(f"shared memory {name!r} exists already; choose another name, or unlink the old") from None
        for (key, array), (_, _, _, offset) in zip(self.arrays.items(), places, strict=True):
            view = np.ndarray(array.shape, array.dtype, memory.buf, start + offset)
            view[...] = self.arrays[key]
            del view
        buffer = _buffer(memory)
        buffer[_HEADER.size : _HEADER.size + len(text)] = text
        buffer[: _HEADER.size] = _HEADER.pack(_MAGIC, len(text))  # last: until then nobody can attach
        return memory

    @classmethod
    def attach(cls, name: str) -> Geometry:
        """The geometry that another process shares under this name; nothing is copied, all pages are touched.

        Raises:
            DataError: there is no such memory, or it holds something else.
        """
        memory = _open(name)
        try:
            kind, scale, radius, places, start = _head(_buffer(memory), name)
            raw = np.asarray(_Mapped(memory))
            arrays: dict[str, NDArray[Any]] = {}
            for key, dtype, shape, offset in places:
                count = int(np.prod(shape)) * np.dtype(_TYPES[dtype]).itemsize
                arrays[str(key)] = raw[start + offset : start + offset + count].view(_TYPES[dtype]).reshape(shape)
            raw[::4096].max(initial=0)  # no page fault later, in the loop
        except (KeyError, TypeError, ValueError) as error:
            raise DataError(f"shared memory {name!r} holds no haptic geometry: {error}") from error
        geometry = cls(kind, arrays, scale, radius)
        geometry.check(name)
        return geometry

    def check(self, name: str) -> None:
        """Refuse arrays that do not belong together: the kernels look nothing up twice.

        Raises:
            DataError: an array is missing, or its shape does not suit the others.
        """
        shapes = {key: array.shape for key, array in self.arrays.items()}
        if self.kind == "mesh":
            count = shapes.get("triangles", (0,))[0]
            nodes = shapes.get("boxes", (0,))[0]
            wanted = {"triangles": (count, 9), "normals": (count, 3), "hollow": (count,), "boxes": (nodes, 6)}
            good = shapes == wanted and count > 0 and nodes >= 1 and LEAF * ((nodes + 1) // 2) >= count
        elif self.kind == "cloud":
            count, cells = shapes.get("points", (0,))[0], shapes.get("cells", (0,))[0]
            wanted = {"points": (count, 6), "cells": (cells,), "starts": (cells + 1,), "grid": (7,)}
            good = shapes == wanted and cells > 0
            if good:
                starts = self.arrays["starts"]
                good = bool(starts[0] == 0 and starts[-1] == count and (np.diff(starts) >= 0).all())
        else:
            good = list(shapes) == ["points"] and len(shapes["points"]) == 2 and shapes["points"][0] >= 2
        if not good:
            raise DataError(f"the {self.kind} {name!r} has arrays that do not belong together: {shapes}")


class _Mapped:
    """Shared memory as NumPy takes it for an array's base: mapped for as long as any array on it lives.

    An array made on `memory.buf` directly does not hold it: when the `SharedMemory` object goes, the pages go, and the
    next look at the array ends the process.
    """

    def __init__(self, memory: shared_memory.SharedMemory) -> None:
        self._memory = memory
        address = np.frombuffer(_buffer(memory), np.uint8).ctypes.data
        self.__array_interface__ = {"data": (address, True), "shape": (memory.size,), "typestr": "|u1", "version": 3}


def _head(buffer: memoryview, name: str) -> tuple[Kind, float, float, list[Any], int]:
    if len(buffer) < _HEADER.size:
        raise ValueError("it is too short")
    magic, length = _HEADER.unpack_from(buffer)
    if magic != _MAGIC or not length <= min(_MOST_HEADER, len(buffer) - _HEADER.size):
        raise ValueError(f"it starts with {bytes(magic)!r}")
    head = json.loads(bytes(buffer[_HEADER.size : _HEADER.size + length]))
    if head["kind"] not in get_args(Kind):
        raise ValueError(f"its kind is {head['kind']!r:.40}")
    return head["kind"], float(head["scale"]), float(head["radius"]), head["arrays"], _start(length)


def _buffer(memory: shared_memory.SharedMemory) -> memoryview:
    buffer = memory.buf
    assert buffer is not None, "it is closed only by its owner, or with the last array on it"
    return buffer


def _start(length: int) -> int:
    return -(-(_HEADER.size + length) // _ALIGN) * _ALIGN


def _open(name: str) -> shared_memory.SharedMemory:
    """Shared memory of another process, without becoming its owner.

    Until Python 3.13 (`track=False`) whoever attaches is registered as an owner, and its end would unlink the memory
    under the others.
    """
    from multiprocessing import resource_tracker

    register = resource_tracker.register
    resource_tracker.register = lambda *_: None
    try:
        return shared_memory.SharedMemory(name)
    except (FileNotFoundError, ValueError, OSError) as error:
        raise DataError(f"there is no shared memory {name!r}: {error}") from error
    finally:
        resource_tracker.register = register
