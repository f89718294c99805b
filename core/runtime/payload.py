"""Looking into payloads: their size, making their arrays read-only, and pickling with arrays kept apart."""

from __future__ import annotations

import dataclasses
import io
import pickle
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import cloudpickle
import numpy as np

SMALL = 4096  # bytes; a smaller buffer is cheaper inside the pickle than beside it


def arrays(data: Any, depth: int = 3) -> Iterator[np.ndarray[Any, Any]]:
    """The numpy arrays in a payload: itself, in a dataclass's fields, a mapping, a list, to a small depth."""
    if isinstance(data, np.ndarray):
        yield data
    elif depth and dataclasses.is_dataclass(data) and not isinstance(data, type):
        for field in dataclasses.fields(data):
            yield from arrays(getattr(data, field.name, None), depth - 1)
    elif depth and isinstance(data, dict):
        for item in data.values():
            yield from arrays(item, depth - 1)
    elif depth and isinstance(data, (list, tuple)) and len(data) <= 64:
        for item in data:
            yield from arrays(item, depth - 1)


def payload_bytes(data: Any) -> int:
    """Bytes that a payload occupies, near enough to bound a queue."""
    if isinstance(data, (bytes, bytearray, str)):
        return len(data)
    return sum(array.nbytes for array in arrays(data)) or sys.getsizeof(data)


def freeze(data: Any) -> Any:
    """Make the payload's arrays read-only, since several readers may share them; returns the payload."""
    for array in arrays(data):
        array.flags.writeable = False
    return data


class _Pickler(cloudpickle.Pickler):  # type: ignore[misc]
    """cloudpickle, with torch tensors carried as arrays so that they too travel outside of the pickle."""

    def reducer_override(self, obj: Any) -> Any:
        torch = sys.modules.get("torch")
        if torch is not None and isinstance(obj, torch.Tensor) and not obj.requires_grad and obj.layout is torch.strided:
            if obj.device.type == "cpu" and obj.dtype is not torch.bfloat16:
                return _tensor, (obj.numpy(),)
        return super().reducer_override(obj)


def _tensor(array: np.ndarray[Any, Any]) -> Any:
    import warnings

    import torch

    with warnings.catch_warnings():  # shared arrays are read-only by design
        warnings.simplefilter("ignore", UserWarning)
        return torch.from_numpy(array)


def encode(item: Any) -> tuple[bytes, list[memoryview]]:
    """Pickle, with contiguous buffers over a few KB returned beside it (pickle protocol 5, PEP 574)."""
    buffers: list[memoryview] = []

    def keep(buffer: pickle.PickleBuffer) -> bool:
        raw = buffer.raw()
        if raw.nbytes < SMALL:
            return True
        buffers.append(raw)
        return False

    stream = io.BytesIO()
    _Pickler(stream, protocol=5, buffer_callback=keep).dump(item)
    return stream.getvalue(), buffers


def decode(pickled: bytes, buffers: Sequence[Any]) -> Any:
    """The inverse of `encode`; arrays are views of `buffers`."""
    return pickle.loads(pickled, buffers=buffers)
