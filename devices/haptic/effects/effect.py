"""`Effect`: one thing that a hand feels, as parameters; `Running`: the same while the loop turns.

An effect's fields are annotated with the names of the values below, and both the check when it is constructed and the
bytes on the way to the servo process follow from the annotation.
"""

from __future__ import annotations

import math
import struct
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import fields
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from wugan.devices.haptic.safety.limits import JOINT_UNITS, Given, si
from wugan.errors import DataError

if TYPE_CHECKING:
    from wugan.devices.haptic.proxy.geometry import Geometry


Vector: TypeAlias = tuple[float, ...]
#: One number for all axes, or one for each.
PerAxis: TypeAlias = "float | tuple[float, ...]"
#: Points inline `[P][axes]`, or the name of a geometry that holds them.
Path: TypeAlias = "tuple[tuple[float, ...], ...] | str"

#: Samples of a profile, however many axes there are.
Samples: TypeAlias = tuple[float, ...]

#: What a field may hold, by the name of its annotation: tags as they are written.
KINDS = {
    "float": "f",
    "int": "i",
    "bool": "b",
    "str": "s",
    "PerAxis": "fv",
    "Vector": "v",
    "Samples": "v",
    "Path": "ms",
}
MAX_AXES = 32
MAX_POINTS = 1_000
MAX_TEXT = 120
_UNSIGNED_32 = 0xFFFFFFFF


def normal(kind: str, value: Any, where: str, unit: str = "") -> Any:
    """The value as its kind stores it: finite floats, tuples.

    Args:
        kind: a key of `KINDS`.
        value: what the user gave; numbers may be texts with a unit where the field has one (`"2 N/mm"`).
        where: names the field in errors.
        unit: the field's unit; empty where it has none.

    Raises:
        DataError: it is of another kind, not finite, or too long.
    """
    if unit:
        value = _measured(value, unit, where)
    for tag in KINDS[kind]:
        try:
            return _NORMAL[tag](value)
        except (TypeError, ValueError, OverflowError):
            continue
    raise DataError(f"{where}: {value!r:.80} is no {_WORDS[kind]}; give finite numbers in SI units")


def _measured(value: Any, unit: str, where: str) -> Any:
    """The value with each text that is a quantity as a number; a text that starts with no digit is a name."""
    if isinstance(value, str):
        if not value.strip()[:2].strip("+-.")[:1].isdigit():
            return value
        try:
            return si(value, unit, where)
        except DataError:
            if unit in JOINT_UNITS:
                with suppress(DataError):
                    return si(value, JOINT_UNITS[unit], where)
            raise
    if isinstance(value, (tuple, list)):
        return tuple(_measured(part, unit, where) for part in value)
    return value


def pack(value: Any) -> bytes:
    """A normal value as bytes: one letter for what it is, then the value, little-endian."""
    if isinstance(value, bool):
        return b"b" + bytes([value])
    if isinstance(value, int):
        return b"i" + struct.pack("<I", value)
    if isinstance(value, float):
        return b"f" + struct.pack("<d", value)
    if isinstance(value, str):
        text = value.encode()
        return b"s" + bytes([len(text)]) + text
    if value and isinstance(value[0], tuple):
        flat = [number for row in value for number in row]
        return b"m" + struct.pack(f"<HB{len(flat)}d", len(value), len(value[0]), *flat)
    return b"v" + struct.pack(f"<B{len(value)}d", len(value), *value)


def unpack(kind: str, data: memoryview, at: int) -> tuple[Any, int]:
    """The value of a kind that starts at an offset, and where the next one starts.

    Raises:
        struct.error, IndexError, ValueError: these are not the bytes of a value of this kind.
    """
    tag = chr(data[at])
    if tag not in KINDS[kind]:
        raise ValueError(f"{tag!r} where {KINDS[kind]!r} was expected")
    at += 1
    if tag == "b":
        return bool(data[at]), at + 1
    if tag == "i":
        return struct.unpack_from("<I", data, at)[0], at + 4
    if tag == "f":
        return struct.unpack_from("<d", data, at)[0], at + 8
    if tag == "s":
        end = at + 1 + data[at]
        if end > len(data):
            raise ValueError("a text runs past the end")
        return bytes(data[at + 1 : end]).decode(), end
    if tag == "v":
        count = data[at]
        return struct.unpack_from(f"<{count}d", data, at + 1), at + 1 + 8 * count
    rows, columns = struct.unpack_from("<HB", data, at)
    flat = struct.unpack_from(f"<{rows * columns}d", data, at + 3)
    return tuple(flat[i * columns : (i + 1) * columns] for i in range(rows)), at + 3 + 8 * rows * columns


def within(value: PerAxis, low: float, high: float, where: str, unit: str) -> None:
    """Refuse numbers outside a believable range.

    Raises:
        DataError: the least or the greatest of them lies outside.
    """
    numbers = value if isinstance(value, tuple) else (value,)
    for number in numbers:
        if not low <= number <= high:
            raise DataError(f"{where} is {number:g} {unit}; it must lie in {low:g} … {high:g} (SI: m, N, s, rad)")


def unit_vector(value: Vector, where: str) -> Vector:
    """The vector with length 1.

    Raises:
        DataError: it has no direction.
    """
    length = math.hypot(*value)
    if not length > 1e-9:
        raise DataError(f"{where} is {value}; a direction needs a component that is not zero")
    if abs(length - 1.0) < 1e-12:
        return value  # it is one already, and must stay the same to the last bit on its way through bytes
    return tuple(number / length for number in value)


def spread(value: PerAxis, axes: int) -> list[float]:
    """One number for each axis; an empty tuple means zeros."""
    if not isinstance(value, tuple):
        return [value] * axes
    return list(value) or [0.0] * axes


def _float(value: Any) -> float:
    if isinstance(value, (bool, str, bytes)):
        raise TypeError
    number = value if isinstance(value, Given) else float(value)
    if not math.isfinite(number):
        raise ValueError
    return number


def _int(value: Any) -> int:
    if isinstance(value, bool) or not 0 <= int(value) <= _UNSIGNED_32 or int(value) != value:
        raise ValueError
    return int(value)


def _bool(value: Any) -> bool:
    if value is not True and value is not False:
        raise TypeError
    return bool(value)


def _str(value: Any) -> str:
    if not isinstance(value, str) or len(value.encode()) > MAX_TEXT:
        raise TypeError
    return value


def _vector(value: Any) -> Vector:
    numbers = tuple(_float(number) for number in value)
    if len(numbers) > 255:
        raise ValueError
    return numbers


def _matrix(value: Any) -> tuple[Vector, ...]:
    rows = tuple(_vector(row) for row in value)
    if not 2 <= len(rows) <= MAX_POINTS or not 1 <= len(rows[0]) <= MAX_AXES or len({len(row) for row in rows}) != 1:
        raise ValueError
    return rows


_NORMAL = {"f": _float, "i": _int, "b": _bool, "s": _str, "v": _vector, "m": _matrix}
_WORDS = {
    "float": "number",
    "int": "whole number from 0 to 2³²−1",
    "bool": "True or False",
    "str": f"text of at most {MAX_TEXT} bytes",
    "PerAxis": "number, nor a tuple of numbers",
    "Vector": "tuple of at most 255 numbers",
    "Samples": "tuple of at most 255 numbers",
    "Path": f"name of a geometry, nor 2 to {MAX_POINTS} points of equal length",
}


#: Greatest values that any effect takes. Above them no device of this class is stable or believable, so a greater
#: number is a wrong unit or a slip. A lesser limit, the device's own, is set by the safety layer.
MAX_STIFFNESS = 20_000.0  # N/m or N·m/rad
MAX_DAMPING = 500.0  # N·s/m or N·m·s/rad
MAX_FORCE = 100.0  # N or N·m
MAX_POSITION = 100.0  # m or rad (sixteen turns of a wheel)
MAX_DURATION = 10.0  # s: longer pushes are renewed by a program that has not expired


class Running(ABC):
    """An effect in the loop, with what it remembers from period to period (an anchor, a proxy, a time).

    `add` works on lists of floats, which for the one to seven axes of a device are several times faster than arrays.
    """

    def __init__(self, effect: Any, axes: int) -> None:
        """Begin with the parameters of an effect, on a device of so many axes."""
        self._axes = axes
        self.update(effect)

    @abstractmethod
    def update(self, effect: Any) -> None:
        """Take new parameters of the same kind, and keep what is remembered."""

    @abstractmethod
    def add(
        self, position: list[float], velocity: list[float], dt_s: float, force: list[float], push: list[float]
    ) -> None:
        """Add this effect's force to `force`, or to `push`; never raises for finite input.

        Args:
            position: one for each axis, m or rad.
            velocity: one for each axis, m/s or rad/s.
            dt_s: time since the last period, s.
            force: one for each axis, N or N·m; added to in place. All that takes its energy from the hand.
            push: the same for what does not depend on the hand's motion (a pulse, a vibration, a weight): passivity
                control leaves it alone.
        """

    def potential(self, position: list[float]) -> float:
        """Energy that is stored in it with the hand at a position, J. A new program may change it; see `Renderer`."""
        return 0.0

    def reset(self) -> None:
        """Forget what is remembered: the device was away, and may be anywhere."""


class Effect(ABC):
    """One thing that a hand feels. A frozen dataclass whose fields are annotated with the kinds of `values`.

    Subclasses have a `CODE` (their number in a program's bytes, never used again for another) and say in `validate`
    what their fields may hold.
    """

    CODE: ClassVar[int]
    #: True where axes must be m along x, y(, z); the others work along any axes, joints included.
    CARTESIAN: ClassVar[bool] = False

    def __post_init__(self) -> None:
        """Normalise and check all fields.

        Raises:
            DataError: a field holds what no device could render, with its name and what to do.
        """
        for entry in fields(self):  # type: ignore[arg-type]
            unit = entry.metadata.get("unit", "")
            value = normal(str(entry.type), getattr(self, entry.name), self.where(entry.name), unit)
            object.__setattr__(self, entry.name, value)
        self.validate()

    def where(self, name: str) -> str:
        """The field's name as errors give it."""
        return f"{type(self).__name__}.{name}"

    @abstractmethod
    def validate(self) -> None:
        """Refuse what cannot be rendered.

        Raises:
            DataError: a field is out of range.
        """

    def check_axes(self, axes: int) -> None:
        """Refuse another number of axes than the effect has coordinates for.

        Raises:
            DataError: a field has another number of coordinates.
        """
        for entry in fields(self):  # type: ignore[arg-type]
            value = getattr(self, entry.name)
            if not isinstance(value, tuple) or not value or entry.type == "Samples":
                continue
            count = len(value[0]) if isinstance(value[0], tuple) else len(value)
            if count != axes:
                raise DataError(f"{self.where(entry.name)} has {count} coordinates, the device has {axes} axes")

    @abstractmethod
    def start(self, axes: int, geometries: Mapping[str, Geometry]) -> Running:
        """The effect ready for the loop.

        Raises:
            DataError: its geometry is unknown, or does not suit it.
        """

    @property
    def key(self) -> tuple[Any, ...]:
        """What makes it the same effect when a program is replaced, so that its memory is kept."""
        return (type(self),)

    @property
    def geometry_names(self) -> tuple[str, ...]:
        """Names of the geometries that it needs."""
        return ()


def find(geometries: Mapping[str, Geometry], name: str, where: str) -> Geometry:
    """The geometry of a name.

    Raises:
        DataError: there is none.
    """
    try:
        return geometries[name]
    except KeyError:
        known = ", ".join(sorted(geometries)) or "none"
        raise DataError(f"{where}: there is no geometry {name!r} (there are: {known}); share it first") from None
