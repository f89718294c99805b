"""Write an ONNX model as bytes: the few messages of its protocol buffer that a graph of operators needs.

The package `onnx` would do it too, but nothing else here needs it, and running a model needs onnxruntime only. Field
numbers are those of onnx.proto3 (ONNX IR version 8).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_IR_VERSION, _OPSET = 8, 17  # what onnxruntime 1.18 and later read
_TYPES = {"float32": 1, "uint8": 2, "int32": 6, "int64": 7, "bool": 9, "float16": 10}


def node(op: str, inputs: Sequence[str], outputs: Sequence[str], **attributes: Any) -> bytes:
    """One operator: its ONNX name, the names of its inputs (empty for one left out) and outputs, its attributes."""
    parts = [_text(1, name) for name in inputs] + [_text(2, name) for name in outputs] + [_text(4, op)]
    parts += [_bytes(5, _attribute(name, value)) for name, value in attributes.items()]
    return b"".join(parts)


def tensor(name: str, array: NDArray[Any]) -> bytes:
    """A constant."""
    dims = b"".join(_number(1, size) for size in array.shape)
    raw = np.ascontiguousarray(array).tobytes()
    return dims + _number(2, _TYPES[str(array.dtype)]) + _text(8, name) + _bytes(9, raw)


def value(name: str, shape: Sequence[int | str], dtype: str = "float32") -> bytes:
    """What goes in or comes out: its name and shape; a size given as text is free."""
    sizes = (_text(2, size) if isinstance(size, str) else _number(1, size) for size in shape)
    dims = b"".join(_bytes(1, size) for size in sizes)
    return _text(1, name) + _bytes(2, _bytes(1, _number(1, _TYPES[dtype]) + _bytes(2, dims)))


def model(
    nodes: Sequence[bytes], inputs: Sequence[bytes], outputs: Sequence[bytes], constants: Sequence[bytes]
) -> bytes:
    """The whole file, from what `node`, `value` and `tensor` gave."""
    graph = b"".join(
        [_bytes(1, one) for one in nodes]
        + [_text(2, "graph")]
        + [_bytes(5, one) for one in constants]
        + [_bytes(11, one) for one in inputs]
        + [_bytes(12, one) for one in outputs]
    )
    return _number(1, _IR_VERSION) + _bytes(7, graph) + _bytes(8, _text(1, "") + _number(2, _OPSET))


def _attribute(name: str, given: Any) -> bytes:
    head = _text(1, name)
    if isinstance(given, int):
        return head + _number(3, given) + _number(20, 2)
    if isinstance(given, float):
        return head + bytes([2 << 3 | 5]) + struct.pack("<f", given) + _number(20, 1)
    if isinstance(given, str):
        return head + _text(4, given) + _number(20, 3)
    return head + b"".join(_number(8, int(one)) for one in given) + _number(20, 7)


def _varint(number: int) -> bytes:
    number &= 2**64 - 1
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def _number(field: int, number: int) -> bytes:
    return _varint(field << 3) + _varint(number)


def _bytes(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _text(field: int, text: str) -> bytes:
    return _bytes(field, text.encode())
