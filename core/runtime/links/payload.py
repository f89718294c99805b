"""Payloads: their size, making their arrays read-only, and the wire format of packets between processes.

The wire format is a small head, and buffers that may travel beside it. Arrays and plain values, which most packets are,
take a short way; everything else is pickled, with its arrays kept apart.
"""

from __future__ import annotations

import dataclasses
import functools
import io
import pickle
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, ClassVar

import cloudpickle
import numpy as np

from wugan.packet import Packet

SMALL = 4096  # bytes; a smaller buffer is cheaper inside the pickle than beside it
DEPTH = 6  # a window holds a dictionary of packets of tokens of arrays
_PLAIN = (int, float, bool, type(None))


@dataclass(slots=True)
class Undelivered:
    """Stands in for the data of a packet that could not be unpacked on arrival."""

    error: Exception


def leaves(data: Any, depth: int = DEPTH) -> Iterator[Any]:
    """Arrays, tensors and byte strings in a payload: itself, in a dataclass's fields, a mapping, a sequence."""
    torch = sys.modules.get("torch")
    if isinstance(data, (np.ndarray, bytes, bytearray, str)) or (torch is not None and isinstance(data, torch.Tensor)):
        yield data
    elif depth and dataclasses.is_dataclass(data) and not isinstance(data, type):
        for field in dataclasses.fields(data):
            yield from leaves(getattr(data, field.name, None), depth - 1)
    elif depth and isinstance(data, dict):
        for item in data.values():
            yield from leaves(item, depth - 1)
    elif depth and isinstance(data, (list, tuple)) and data and not isinstance(data[0], _PLAIN):
        for item in data:
            yield from leaves(item, depth - 1)


def payload_bytes(data: Any) -> int:
    """Bytes that a payload occupies, near enough to bound a queue."""
    if type(data) is np.ndarray:
        return data.nbytes
    found = sum(leaf.nbytes if hasattr(leaf, "nbytes") else len(leaf) for leaf in leaves(data))
    return found or sys.getsizeof(data)


def freeze(data: Any) -> Any:
    """Make the payload's arrays read-only, since several readers may share them; returns the payload."""
    if type(data) is np.ndarray:
        data.flags.writeable = False
        return data
    for leaf in leaves(data):
        if isinstance(leaf, np.ndarray):
            leaf.flags.writeable = False
    return data


def pickling() -> ModuleType:
    """The cloudpickle that knows the classes of this program.

    Ray carries its own, and that one remembers which of a script's classes it sent where. Another would give each
    process its own copy of them, and `isinstance` would fail between stages.
    """
    return sys.modules.get("ray.cloudpickle") or cloudpickle


@functools.cache
def _pickler(module: ModuleType) -> type[pickle.Pickler]:
    class Pickler(module.Pickler):  # type: ignore[name-defined]
        """cloudpickle, with torch tensors and uneven arrays carried as whole arrays, outside of the pickle."""

        def reducer_override(self, obj: Any) -> Any:
            if type(obj) is np.ndarray and obj.nbytes >= SMALL and not obj.dtype.hasobject:
                return _array_parts(obj)
            torch = sys.modules.get("torch")
            if torch is not None and type(obj) is torch.Tensor:
                return _tensor_parts(obj)
            return super().reducer_override(obj)

    return Pickler


class _Plain(pickle.Pickler):
    """The same without a look at each object: several times as fast, for what consists of importable classes."""

    dispatch_table: ClassVar[dict[type, Any]] = {}  # type: ignore[misc]


def _array_parts(array: np.ndarray[Any, Any]) -> Any:
    if array.nbytes >= SMALL and not (array.flags.c_contiguous or array.flags.f_contiguous):
        array = np.ascontiguousarray(array)
    return array.__reduce_ex__(5)


def _tensor_parts(tensor: Any) -> Any:
    torch = sys.modules["torch"]
    if not tensor.requires_grad and _as_array(torch, tensor):
        return _tensor, (tensor.numpy(),)
    return tensor.__reduce_ex__(5)


def _as_array(torch: ModuleType, tensor: Any) -> bool:
    """Whether numpy can hold the tensor as it is."""
    plain = tensor.device.type == "cpu" and tensor.layout is torch.strided and tensor.dtype is not torch.bfloat16
    return bool(plain and not tensor.is_conj() and not tensor.is_neg())


def _tensor(array: np.ndarray[Any, Any]) -> Any:
    import torch

    # torch has no read-only tensors, and an in-place operation on shared memory would change every reader's data.
    return torch.from_numpy(array.copy())


_Plain.dispatch_table[np.ndarray] = _array_parts
_by_value: set[type] = set()  # payloads that hold classes of a script or a function, which only cloudpickle can carry


def encode(item: Any) -> tuple[bytes, list[memoryview]]:
    """Pickle, with contiguous buffers over a few KB returned beside it (pickle protocol 5, PEP 574)."""
    kind = type(getattr(item, "data", item))
    module = pickling()
    if kind not in _by_value and not getattr(module, "list_registry_pickle_by_value", set)():
        torch = sys.modules.get("torch")
        if torch is not None and len(_Plain.dispatch_table) < 2:
            _Plain.dispatch_table = {np.ndarray: _array_parts, torch.Tensor: _tensor_parts}
        try:
            head, buffers = _dump(_Plain, item)
        except Exception:  # cloudpickle may be able to, and says what is wrong where not
            _by_value.add(kind)
        else:
            if b"__main__" not in head:
                return head, buffers
            _by_value.add(kind)
    return _dump(_pickler(module), item)


def _dump(pickler: type[pickle.Pickler], item: Any) -> tuple[bytes, list[memoryview]]:
    buffers: list[memoryview] = []

    def keep(buffer: pickle.PickleBuffer) -> bool:
        raw = buffer.raw()
        if raw.nbytes < SMALL:
            return True
        buffers.append(raw)
        return False

    stream = io.BytesIO()
    pickler(stream, protocol=5, buffer_callback=keep).dump(item)
    return stream.getvalue(), buffers


def decode(pickled: bytes, buffers: Sequence[Any]) -> Any:
    """The inverse of `encode`; arrays are views of `buffers`."""
    return pickle.loads(pickled, buffers=buffers)


PICKLED, ARRAY, PLAIN = 0, 1, 2
_PLAIN_TYPES = (int, float, bool, str, bytes, type(None))
_ARRAY_KINDS = "biufcSUmM"


def pack(packet: Packet[Any]) -> tuple[int, bytes, Sequence[memoryview], int]:
    """The kind, head and buffers of a packet, and its payload's size in bytes.

    Raises:
        Exception: whatever pickling raises.
    """
    data = packet.data
    attrs = packet.attrs
    if not attrs or all(type(value) in _PLAIN_TYPES for value in attrs.values()):
        plain_array = type(data) is np.ndarray and data.dtype.kind in _ARRAY_KINDS and data.nbytes
        if plain_array and (data.flags.c_contiguous or not data.flags.f_contiguous):
            data = data if data.flags.c_contiguous else np.ascontiguousarray(data)
            about = (
                packet.stream,
                packet.seq,
                packet.time_ns,
                attrs or None,
                data.dtype.str,
                data.shape,
            )
            return ARRAY, pickle.dumps(about, protocol=5), (data.reshape(-1).view(np.uint8).data,), data.nbytes
        if type(data) in _PLAIN_TYPES:
            plain = (packet.stream, packet.seq, packet.time_ns, attrs or None, data)
            return PLAIN, pickle.dumps(plain, protocol=5), (), payload_bytes(data)
    head, buffers = encode(packet)
    return PICKLED, head, buffers, payload_bytes(data)


def unpack(kind: int, head: bytes, buffers: Sequence[Any]) -> Packet[Any]:
    """The packet again, but for `entered_ns`. Its arrays are views of the buffers (`bytes`, or arrays of
    them), read-only as those are.

    What cannot be unpacked (a class that this process cannot import) comes as `Undelivered`.
    """
    try:
        if kind == ARRAY:
            stream, seq, time_ns, attrs, dtype, shape = pickle.loads(head)
            raw = buffers[0]
            array = np.ndarray(shape, dtype, raw) if type(raw) is bytes else raw.view(dtype).reshape(shape)
            return Packet(array, time_ns, stream=stream, seq=seq, attrs=attrs or {})
        if kind == PLAIN:
            stream, seq, time_ns, attrs, data = pickle.loads(head)
            return Packet(data, time_ns, stream=stream, seq=seq, attrs=attrs or {})
        arrays = [np.frombuffer(raw, np.uint8) if type(raw) is bytes else raw for raw in buffers]
        packet: Packet[Any] = decode(head, arrays)
        freeze(packet.data)  # small arrays and odd ones were inside the pickle
        return packet
    except Exception as error:
        return Packet(Undelivered(error), 0)
