"""The wire format of packets between processes: a small head, and buffers that may travel beside it.

Arrays and plain values, which most packets are, take a short way; everything else is pickled by `payload.encode`.
"""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from typing import Any

import numpy as np

from wugan.packet import Packet
from wugan.runtime.link import Undelivered
from wugan.runtime.payload import decode, encode, freeze, payload_bytes

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
