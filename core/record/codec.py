"""How a packet lies in a recording or a dead letter: as one JSON object, which any MCAP viewer shows and which runs no
code when read.

    {"seq": 3, "time_ns": 300, "data": …, "attrs": {…}}

Text, numbers, `None`, lists and dictionaries are as in JSON. The rest is an object with one reserved key first:

| value | written as |
|---|---|
| dataclass, Pydantic model, named tuple | `{"$type": "module:Class", FIELD: …}` |
| numpy array | `{"$array": "<base64 of its bytes, C order>", "dtype": …, "shape": […]}` |
| array or torch tensor of a dead letter, in a safetensors file | `{"$stored": NAME}`, `{"$tensor": NAME, "dtype": …}` |
| numpy scalar | `{"$scalar": "<base64>", "dtype": …}` |
| enumeration's member | `{"$enum": "module:Class", "name": …}` |
| bytes, bytearray | `{"$bytes": "<base64>"}`, `{"$bytearray": "<base64>"}` |
| tuple, set, frozenset | `{"$tuple": […]}`, `{"$set": […]}`, `{"$frozenset": […]}` |
| NaN, infinity; complex | `{"$float": "nan"}`; `{"$complex": [real, imaginary]}` |
| date, time, date and time | `{"$date": "<ISO 8601>"}`, `{"$time": …}`, `{"$datetime": …}` |
| dictionary with other keys than text, or keys that begin with `$` | `{"$dict": [[key, value], …]}` |

A type is looked up by its name only among dataclasses, models, named tuples and enumerations of modules that this
program has loaded, or that lie in packages that it trusts (see `decode`).
"""

from __future__ import annotations

import base64
import dataclasses
import datetime
import enum
import importlib
import json
import math
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import numpy as np
from pydantic import BaseModel

from wugan.errors import DataError
from wugan.packet import Packet

_DATES: dict[type, str] = {datetime.datetime: "$datetime", datetime.date: "$date", datetime.time: "$time"}
_COLLECTIONS: dict[type, str] = {tuple: "$tuple", set: "$set", frozenset: "$frozenset"}


def encode(packet: Packet[Any], arrays: dict[str, np.ndarray[Any, Any]] | None = None) -> dict[str, Any]:
    """A packet as JSON values.

    Args:
        packet: what to write.
        arrays: takes the arrays and tensors that safetensors can hold, by their place in the packet, so that only their
            names are in what is returned. Without it tensors have no written form.

    Raises:
        DataError: it holds something that has no written form; names the stream, the place in the packet and the type.
    """
    encoder = _Encoder(arrays)
    try:
        return {
            "seq": int(packet.seq),
            "time_ns": int(packet.time_ns),
            "data": encoder.encode(packet.data, "data"),
            "attrs": encoder.encode(packet.attrs, "attrs"),
        }
    except DataError as error:
        raise DataError(f"packet {packet.seq} of stream {packet.stream!r} cannot be recorded: {error}") from error
    except RecursionError as error:
        raise DataError(f"packet {packet.seq} of stream {packet.stream!r} is nested too deeply to record") from error


class _Encoder:
    def __init__(self, arrays: dict[str, np.ndarray[Any, Any]] | None) -> None:
        self._arrays = arrays

    def encode(self, value: Any, where: str) -> Any:
        kind = type(value)
        if value is None or kind in (str, bool, int):
            return value
        if kind is float:
            return value if math.isfinite(value) else {"$float": repr(value)}
        if kind is list:
            return [self.encode(item, f"{where}[{number}]") for number, item in enumerate(value)]
        if kind is dict:
            return self._dict(value, where)
        if kind in _COLLECTIONS:
            return {_COLLECTIONS[kind]: [self.encode(item, f"{where}[{number}]") for number, item in enumerate(value)]}
        if kind in (bytes, bytearray):
            return {f"${kind.__name__}": _base64(value)}
        if kind is complex:
            return {"$complex": [self.encode(value.real, where), self.encode(value.imag, where)]}
        if kind in _DATES:
            return {_DATES[kind]: value.isoformat()}
        if kind is np.ndarray or isinstance(value, np.generic):
            return self._array(value, where)
        if self._arrays is not None and (torch := sys.modules.get("torch")) and isinstance(value, torch.Tensor):
            return self._tensor(torch, value, where)
        if isinstance(value, enum.Enum) and value.name is not None:
            return {"$enum": _name(kind, where), "name": value.name}
        fields = {name: self.encode(item, f"{where}.{name}") for name, item in _fields(value, where).items()}
        return {"$type": _name(kind, where), **fields}

    def _dict(self, value: dict[Any, Any], where: str) -> dict[str, Any]:
        if all(type(key) is str and not key.startswith("$") for key in value):
            return {key: self.encode(item, f"{where}.{key}") for key, item in value.items()}
        pairs = ([self.encode(key, f"{where} key"), self.encode(value[key], f"{where}[{key!r}]")] for key in value)
        return {"$dict": list(pairs)}

    def _array(self, value: Any, where: str) -> dict[str, Any]:
        if value.dtype.hasobject:
            raise DataError(f"{where} is an array of Python objects: give numbers, or a list")
        if isinstance(value, np.generic):
            return {"$scalar": _base64(value.tobytes()), "dtype": np.lib.format.dtype_to_descr(value.dtype)}
        if (
            self._arrays is not None
            and value.dtype.kind in "biuf"
            and value.dtype.itemsize <= 8
            and value.dtype.isnative
        ):
            return {"$stored": self._store(np.ascontiguousarray(value).reshape(value.shape), where)}
        dtype = np.lib.format.dtype_to_descr(value.dtype)
        return {"$array": _base64(value.tobytes()), "dtype": dtype, "shape": list(value.shape)}

    def _tensor(self, torch: Any, value: Any, where: str) -> dict[str, Any]:
        if value.layout is not torch.strided:
            raise DataError(f"{where} is a {value.layout} tensor: give a dense one")
        dense = value.detach().cpu().resolve_conj().resolve_neg().contiguous()
        raw = dense.reshape(-1).view(torch.uint8).numpy()
        dtype = str(value.dtype).removeprefix("torch.")
        return {"$tensor": self._store(raw, where), "dtype": dtype, "shape": list(value.shape)}

    def _store(self, array: np.ndarray[Any, Any], where: str) -> str:
        assert self._arrays is not None
        name = where if where not in self._arrays else f"{where} ({len(self._arrays)})"
        self._arrays[name] = array
        return name


def _base64(raw: bytes | bytearray) -> str:
    return base64.b64encode(raw).decode("ascii")


def _fields(value: Any, where: str) -> dict[str, Any]:
    """The fields of an object that has such."""
    if isinstance(value, BaseModel):
        fields = {**{name: getattr(value, name) for name in type(value).model_fields}, **(value.model_extra or {})}
    elif dataclasses.is_dataclass(value):
        fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    elif isinstance(value, tuple) and hasattr(value, "_fields"):
        fields = value._asdict()  # type: ignore[attr-defined]
    else:
        raise DataError(
            f"{where} is a {type(value).__module__}.{type(value).__qualname__}: give a dataclass, a Pydantic model, "
            "a numpy array or plain values"
        )
    if wrong := [name for name in fields if name.startswith("$")]:
        raise DataError(f"{where} has a field {wrong[0]!r}: names that begin with $ are reserved")
    return fields


def _name(kind: type, where: str) -> str:
    if "<" in kind.__qualname__:
        raise DataError(f"{where} is of the local class {kind.__qualname__}: define it at the top level of a module")
    return f"{kind.__module__}:{kind.__qualname__}"


def decode(
    written: Any,
    stream: str,
    trusted: Collection[str] = (),
    arrays: Mapping[str, np.ndarray[Any, Any]] | None = None,
) -> Packet[Any]:
    """The inverse of `encode`; arrays are read-only.

    Args:
        written: what `encode` gave.
        stream: name of the packet's stream.
        trusted: top-level packages whose modules may be imported to find a type; others must be loaded already.
        arrays: those that `encode` took out.

    Raises:
        DataError: it is no packet, or one of a type that is not there or may not be imported.
    """
    decoder = _Decoder(trusted, arrays or {})
    try:
        seq, time_ns = written["seq"], written["time_ns"]
        data, attrs = decoder.decode(written["data"]), decoder.decode(written["attrs"])
    except DataError:
        raise
    except Exception as error:
        raise DataError(f"no packet of wugan's ({type(error).__name__}: {error})") from error
    return Packet(data, time_ns, stream=stream, seq=seq, attrs=attrs)


class _Decoder:
    def __init__(self, trusted: Collection[str], arrays: Mapping[str, np.ndarray[Any, Any]]) -> None:
        self._trusted = trusted
        self._arrays = arrays
        self._readers: dict[str, Callable[[dict[str, Any]], Any]] = {
            "$type": self._object,
            "$array": lambda raw: _array(raw["$array"], raw["dtype"], raw["shape"]),
            "$stored": lambda raw: self._stored(raw["$stored"]),
            "$tensor": lambda raw: _tensor(self._arrays[raw["$tensor"]], raw["dtype"], raw["shape"]),
            "$scalar": lambda raw: _array(raw["$scalar"], raw["dtype"], ())[()],
            "$enum": lambda raw: self._find(raw["$enum"])[raw["name"]],
            "$bytes": lambda raw: base64.b64decode(raw["$bytes"], validate=True),
            "$bytearray": lambda raw: bytearray(base64.b64decode(raw["$bytearray"], validate=True)),
            "$tuple": lambda raw: tuple(self.decode(raw["$tuple"])),
            "$set": lambda raw: set(self.decode(raw["$set"])),
            "$frozenset": lambda raw: frozenset(self.decode(raw["$frozenset"])),
            "$float": lambda raw: float(raw["$float"]),
            "$complex": lambda raw: complex(*self.decode(raw["$complex"])),
            "$datetime": lambda raw: datetime.datetime.fromisoformat(raw["$datetime"]),
            "$date": lambda raw: datetime.date.fromisoformat(raw["$date"]),
            "$time": lambda raw: datetime.time.fromisoformat(raw["$time"]),
            "$dict": lambda raw: {self.decode(key): self.decode(item) for key, item in raw["$dict"]},
        }

    def decode(self, raw: Any) -> Any:
        if isinstance(raw, list):
            return [self.decode(item) for item in raw]
        if not isinstance(raw, dict):
            return raw
        tag = next(iter(raw), "")
        if not tag.startswith("$"):
            return {key: self.decode(item) for key, item in raw.items()}
        if tag not in self._readers:
            raise DataError(f"value of the unknown kind {tag!r}; a newer wugan may have written it")
        return self._readers[tag](raw)

    def _stored(self, name: str) -> np.ndarray[Any, Any]:
        array = self._arrays[name]
        array.flags.writeable = False
        return array

    def _object(self, raw: dict[str, Any]) -> Any:
        name = raw["$type"]
        cls: Any = self._find(name)
        values = {field: self.decode(item) for field, item in raw.items() if field != "$type"}
        try:
            if issubclass(cls, BaseModel):
                return cls.model_construct(**values)
            fields = dataclasses.fields(cls) if dataclasses.is_dataclass(cls) else ()  # a named tuple has none of these
            later = {field.name for field in fields if not field.init}
            made: Any = cls(**{field: item for field, item in values.items() if field not in later})
            for field in later & values.keys():
                object.__setattr__(made, field, values[field])
            return made
        except Exception as error:
            raise DataError(
                f"{name} cannot be made of its recorded fields ({type(error).__name__}: {error})"
            ) from error

    def _find(self, name: str) -> Any:
        """The class of a name, if it is one that holds data and nothing else need be imported for it."""
        module, _, path = name.partition(":")
        package = module.partition(".")[0]
        if module not in sys.modules and package not in self._trusted:
            raise DataError(
                f"data is of type {name}, whose module is not loaded: import {module} first, or trust the package: "
                f"packages=[{package!r}]"
            )
        try:
            found: Any = importlib.import_module(module)
            for part in path.split("."):
                found = getattr(found, part)
        except Exception as error:
            raise DataError(f"data is of type {name}, which is not there ({error})") from error
        if isinstance(found, type):
            named_tuple = issubclass(found, tuple) and hasattr(found, "_fields")
            if issubclass(found, (BaseModel, enum.Enum)) or dataclasses.is_dataclass(found) or named_tuple:
                return found
        raise DataError(f"{name} is no dataclass, Pydantic model, named tuple or enumeration")


def _array(raw: str, dtype: Any, shape: Any) -> Any:
    described = np.lib.format.descr_to_dtype(_descr(dtype))
    if described.hasobject:
        raise DataError("an array of Python objects")
    return np.ndarray(tuple(shape), described, buffer=base64.b64decode(raw, validate=True))


def _tensor(raw: np.ndarray[Any, Any], dtype: str, shape: Sequence[int]) -> Any:
    import torch

    kind = getattr(torch, dtype, None)
    if not isinstance(kind, torch.dtype):
        raise DataError(f"a tensor of the unknown kind {dtype!r}")
    return torch.from_numpy(raw.copy()).view(kind).reshape(tuple(shape))


def _descr(dtype: Any) -> Any:
    """A structured dtype's description has tuples, which JSON made lists."""
    if isinstance(dtype, str):
        return dtype
    return [tuple(_descr_part(part) for part in field) for field in dtype]


def _descr_part(part: Any) -> Any:
    if not isinstance(part, list):
        return part
    return _descr(part) if part and isinstance(part[0], list) else tuple(part)


def schema_of(written: Any) -> dict[str, Any]:
    """JSON Schema of encoded values, as a viewer needs it to list and plot the fields."""
    if isinstance(written, dict):
        described: dict[str, Any] = {"type": "object"}
        described["properties"] = {name: schema_of(item) for name, item in written.items()}
        if "$type" in written:
            described["title"] = written["$type"]
        return described
    if isinstance(written, list):
        return {"type": "array", "items": schema_of(written[0]) if written and _alike(written) else {}}
    if isinstance(written, bool):
        return {"type": "boolean"}
    if isinstance(written, (int, float)):
        return {"type": "number"}
    return {"type": "string"} if isinstance(written, str) else {}


def _alike(items: list[Any]) -> bool:
    return len({json.dumps(schema_of(item)) for item in items[:100]}) == 1
