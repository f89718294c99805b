"""What a payload is made of, in one line: types, shapes, fields; never values."""

from __future__ import annotations

import dataclasses
import sys
from typing import Any

import numpy as np
from pydantic import BaseModel

from wugan.packet import Packet

DEPTH = 5  # a window holds a dictionary of packets of tokens of arrays
MOST = 8  # fields or keys named


def summary(data: Any, depth: int = DEPTH) -> str:
    """Such as `Frame(pixels=uint8[1080, 1920, 3], number=int)`."""
    name = type(data).__name__
    torch = sys.modules.get("torch")
    if isinstance(data, np.ndarray):
        return f"{data.dtype}{list(data.shape)}"
    if torch is not None and isinstance(data, torch.Tensor):
        return f"{str(data.dtype).removeprefix('torch.')}{list(data.shape)} on {data.device}"
    if isinstance(data, (bytes, bytearray, str)):
        return f"{name}[{len(data)}]"
    if not depth:
        return name
    if isinstance(data, Packet):
        return f"Packet({summary(data.data, depth - 1)})"
    if isinstance(data, dict):
        return f"{{{_fields(((str(key), item) for key, item in data.items()), ': ', len(data), depth)}}}"
    if isinstance(data, (list, tuple)) and not hasattr(data, "_fields"):
        return f"{name}[{len(data)}]" + (f" of {summary(data[0], depth - 1)}" if data else "")
    names: list[str] = []
    if dataclasses.is_dataclass(data):
        names = [field.name for field in dataclasses.fields(data)]
    elif isinstance(data, BaseModel):
        names = list(type(data).model_fields)
    elif isinstance(data, tuple):
        names = list(getattr(data, "_fields", ()))
    if not names:
        return name
    return f"{name}({_fields(((field, getattr(data, field, None)) for field in names), '=', len(names), depth)})"


def _fields(items: Any, sign: str, count: int, depth: int) -> str:
    shown = [f"{name}{sign}{summary(item, depth - 1)}" for (name, item), _ in zip(items, range(MOST), strict=False)]
    return ", ".join(shown) + (f", … {count - MOST} more" if count > MOST else "")
