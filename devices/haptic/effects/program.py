"""`Program`: the effects that the servo renders now, and its bytes on the way there."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, fields
from typing import Any

from wugan.devices.haptic.effects.damper import Damper
from wugan.devices.haptic.effects.detents import Detents
from wugan.devices.haptic.effects.effect import Effect
from wugan.devices.haptic.effects.forbidden_box import ForbiddenBox
from wugan.devices.haptic.effects.forbidden_sphere import ForbiddenSphere
from wugan.devices.haptic.effects.friction import Friction
from wugan.devices.haptic.effects.guide import Guide
from wugan.devices.haptic.effects.pulse import Pulse
from wugan.devices.haptic.effects.spring import Spring
from wugan.devices.haptic.effects.surface import Surface
from wugan.devices.haptic.effects.texture import Texture
from wugan.devices.haptic.effects.values import pack, unpack
from wugan.devices.haptic.effects.vibration import Vibration
from wugan.devices.haptic.effects.wall import Wall
from wugan.devices.haptic.effects.weight import Weight
from wugan.devices.haptic.safety.plausible import Plausible
from wugan.devices.haptic.spec import HapticSpec
from wugan.errors import DataError

#: Every effect by its number in the bytes. A number is never given to another effect.
EFFECTS: dict[int, type[Effect]] = {
    kind.CODE: kind
    for kind in (
        Damper,
        Detents,
        ForbiddenBox,
        ForbiddenSphere,
        Friction,
        Guide,
        Pulse,
        Spring,
        Surface,
        Texture,
        Vibration,
        Wall,
        Weight,
    )
}
MAX_BYTES = 4096
MAX_EFFECTS = 64
_MAGIC = b"WHP"
_VERSION = 1
_HEADER = struct.Struct("<3sBB")
_CHECK = struct.Struct("<I")


@dataclass(frozen=True, slots=True)
class Program:
    """Effects whose forces are added. Immutable: to change what is felt, send another program.

    Its bytes: `WHP`, version (1), number of effects; for each effect its code (1 byte), the length of its fields
    (2 bytes) and its fields in their declared order; last the CRC-32 of all before it, little-endian.
    """

    effects: tuple[Effect, ...] = ()

    def __post_init__(self) -> None:
        """Check what it is made of.

        Raises:
            DataError: something in it is no effect, or there are too many.
        """
        object.__setattr__(self, "effects", tuple(self.effects))
        for effect in self.effects:
            if EFFECTS.get(getattr(effect, "CODE", 0)) is not type(effect):
                raise DataError(f"a program holds effects of wugan.devices.haptic.effects, not {effect!r:.80}")
        if len(self.effects) > MAX_EFFECTS:
            raise DataError(f"a program holds at most {MAX_EFFECTS} effects, not {len(self.effects)}")

    @property
    def geometry_names(self) -> tuple[str, ...]:
        """Names of all geometries that its effects need, each once."""
        return tuple(dict.fromkeys(name for effect in self.effects for name in effect.geometry_names))

    def to_bytes(self) -> bytes:
        """The program for the servo.

        Raises:
            DataError: it is longer than `MAX_BYTES`.
        """
        parts = [_HEADER.pack(_MAGIC, _VERSION, len(self.effects))]
        for effect in self.effects:
            body = b"".join(pack(getattr(effect, entry.name)) for entry in fields(effect))  # type: ignore[arg-type]
            parts.append(struct.pack("<BH", effect.CODE, min(len(body), 0xFFFF)) + body)
        data = b"".join(parts)
        if len(data) + _CHECK.size > MAX_BYTES:
            raise DataError(
                f"the program takes {len(data) + _CHECK.size} bytes, at most {MAX_BYTES} fit; put long paths and "
                "profiles into a Geometry and name it"
            )
        return data + _CHECK.pack(zlib.crc32(data))

    @classmethod
    def from_bytes(cls, data: bytes | bytearray | memoryview) -> Program:
        """The program that these bytes are.

        Raises:
            DataError: they are damaged, of another version, or hold what no effect can be. Nothing else is raised.
        """
        view = memoryview(bytes(data[: MAX_BYTES + 1]))
        if not _HEADER.size + _CHECK.size <= len(view) <= MAX_BYTES:
            raise DataError(f"a program has {_HEADER.size + _CHECK.size} to {MAX_BYTES} bytes, not {len(data)}")
        body = view[: -_CHECK.size]
        magic, version, count = _HEADER.unpack_from(body)
        if magic != _MAGIC or version != _VERSION:
            raise DataError(
                f"these bytes are no haptic program of version {_VERSION}: they start with {bytes(view[:4])!r}"
            )
        if _CHECK.unpack(view[-_CHECK.size :])[0] != zlib.crc32(body):
            raise DataError("the program's bytes are damaged: their CRC-32 is another; send the program again")
        at, effects = _HEADER.size, []
        try:
            for _ in range(count):
                code, length = struct.unpack_from("<BH", body, at)
                effects.append(_effect(code, body[at + 3 : at + 3 + length]))
                at += 3 + length
            if at != len(body):
                raise ValueError(f"{len(body) - at} bytes are left over")
        except (struct.error, IndexError, ValueError, TypeError) as error:
            raise DataError(f"the program's bytes are damaged at {at}: {error}") from error
        return cls(tuple(effects))

    def check(self, spec: HapticSpec) -> None:
        """Refuse what this device cannot render, and numbers that must be in another unit.

        Raises:
            DataError: an effect needs a Cartesian device or has another number of axes, or a quantity in it cannot be
                meant on this device (`safety.plausible`).
        """
        plausible = Plausible.of(spec)
        for effect in self.effects:
            name = type(effect).__name__
            if effect.CARTESIAN and (spec.space != "cartesian" or spec.axes not in (2, 3)):
                raise DataError(
                    f"{name} needs a Cartesian device of 2 or 3 axes; {spec.model} has {spec.axes} ({spec.space})"
                )
            effect.check_axes(spec.axes)
            plausible.check_fields(effect)


def _effect(code: int, body: memoryview) -> Effect:
    kind = EFFECTS.get(code)
    if kind is None:
        raise ValueError(f"no effect has the code {code}")
    values: list[Any] = []
    at = 0
    for entry in fields(kind):  # type: ignore[arg-type]
        value, at = unpack(str(entry.type), body, at)
        values.append(value)
    if at != len(body):
        raise ValueError(f"{kind.__name__} has {len(body) - at} bytes too many")
    return kind(*values)
