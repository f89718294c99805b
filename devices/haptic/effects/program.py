"""`Program`: the effects that the servo renders now, and its bytes; `Renderer`: its force, period by period."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wugan.devices.haptic.driver import HapticSpec
from wugan.devices.haptic.effects.effect import Effect, Running, pack, unpack
from wugan.devices.haptic.effects.fixture import ForbiddenBox, ForbiddenSphere, Guide, Surface
from wugan.devices.haptic.effects.simple import (
    Damper,
    Detents,
    Friction,
    Pulse,
    Spring,
    Texture,
    Vibration,
    Wall,
    Weight,
)
from wugan.devices.haptic.safety.limits import Plausible
from wugan.errors import DataError

if TYPE_CHECKING:
    from wugan.devices.haptic.proxy.geometry import Geometry


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


def check_program(program: Program, spec: HapticSpec) -> bytes:
    """The bytes of a program that this device can render.

    Raises:
        DataError: it cannot, or a value in it cannot be meant for a device of its size (a wrong unit).
    """
    program.check(spec)
    return program.to_bytes()


#: Beyond this, m, rad, m/s or rad/s, a number is no measurement.
_FAR = 1e6


class Renderer:
    """Renders a program in the servo loop: no I/O, no clock, no exception for finite input.

    Args:
        axes: number of axes of the device.
        geometries: meshes, clouds and paths by the names that programs use. Looked up when a program is loaded, so a
            mapping that gains names later serves later programs.

    Attributes:
        active: the part of the last step's force that pushes by itself (pulse, vibration, weight, assist of a guide),
            float64 `[axes]`, N or N·m; passivity control leaves it alone.
        granted_j: energy that new programs have put into springs, guides and walls, J: a spring whose center was moved
            has it to give, lawfully. The loop reads it and sets it to 0.
    """

    def __init__(self, axes: int, geometries: Mapping[str, Geometry] | None = None) -> None:
        self._axes = axes
        self._geometries = {} if geometries is None else geometries
        self._running: dict[tuple[object, ...], Running] = {}
        self._output = np.zeros(axes)
        self._at = [0.0] * axes
        self._begun = False
        self.active = np.zeros(axes)
        self.granted_j = 0.0

    def load(self, program: Program) -> None:
        """Render this program from the next step on.

        An effect that was in the last program too (the same kind, in the same place among its kind) takes its new
        parameters and keeps its memory: its proxy stays where it is.

        Raises:
            DataError: an effect does not suit the device or its geometry is unknown; the last program stays.
        """
        seen: dict[tuple[object, ...], int] = {}
        fresh: dict[tuple[object, ...], Running] = {}
        kept = []
        for effect in program.effects:
            effect.check_axes(self._axes)
            turn = seen[effect.key] = seen.get(effect.key, -1) + 1
            key = (*effect.key, turn)
            started = effect.start(self._axes, self._geometries)
            old = self._running.get(key)
            fresh[key] = started if old is None else old
            if old is not None:
                kept.append((old, effect))
        before = {key: running.potential(self._at) for key, running in self._running.items()} if self._begun else {}
        for old, effect in kept:  # only now, when all effects were accepted
            old.update(effect)
        self._running = fresh
        if self._begun:
            for key, running in fresh.items():
                self.granted_j += max(0.0, running.potential(self._at) - before.get(key, 0.0))

    def step(self, position: Sequence[float], velocity: Sequence[float], dt_s: float) -> NDArray[np.float64]:
        """The program's force.

        Args:
            position: finite, one for each axis, m or rad.
            velocity: finite, one for each axis, m/s or rad/s.
            dt_s: time since the last step, s.

        Returns:
            float64 `[axes]`, N or N·m; overwritten by the next step. Zero where a number is not finite or beyond any
            device.
        """
        at, speed = [float(value) for value in position], [float(value) for value in velocity]
        force, push = [0.0] * self._axes, [0.0] * self._axes
        if all(-_FAR < value < _FAR for value in (*at, *speed)):
            self._at, self._begun = at, True
            for running in self._running.values():
                running.add(at, speed, dt_s, force, push)
        self.active[:] = push
        np.add(force, push, out=self._output)
        return self._output

    def potential(self, position: Sequence[float]) -> float:
        """Energy (J) that springs, guides, walls and surfaces have stored with the hand there, m or rad."""
        at = [float(value) for value in position]
        return sum(running.potential(at) for running in self._running.values())

    def reset(self) -> None:
        """Forget all contacts and times: the device was away, and may be anywhere."""
        self._begun = False
        for running in self._running.values():
            running.reset()
