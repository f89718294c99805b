"""What the servo writes into shared memory: `Phase` of the link, `Record` of one state, and safety events as bytes."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from enum import IntEnum

from wugan.devices.haptic.safety.events import Code, SafetyEvent

_EVENT = struct.Struct("=qI")
_EVENT_TEXT = 200  # bytes of a detail that are kept


class Phase(IntEnum):
    """How the link to the device stands."""

    STARTING = 0  # the servo process is not there yet
    CONNECTING = 1  # it looks for the port, or shakes hands, for the first time
    READY = 2  # states come; programs are rendered (while ramping, at a share of their force)
    LOST = 3  # it was lost, and is being made again; there is no state
    ESTOPPED = 4  # emergency stop: zero until it is released
    FAULT = 5  # the device refuses, and needs a hand; tried again each second
    STOPPED = 6  # the servo has ended


@dataclass(frozen=True, slots=True)
class Record:
    """One state that the guard has admitted, and what belongs to it.

    Attributes:
        number: of the record, from 1.
        time_ns: when it arrived, monotonic.
        sent_ns: when the command that it answers was written, monotonic.
        device_time_s: the device's own clock; NaN where it has none.
        energy_j: energy that the passivity controller has seen the rendering give so far.
        position, velocity: m and m/s, or rad and rad/s, calibrated.
        output: N or N·m, commanded by the frame that it answers, after all limits.
    """

    number: int
    time_ns: int
    sent_ns: int
    device_time_s: float
    energy_j: float
    position: tuple[float, ...]
    velocity: tuple[float, ...]
    output: tuple[float, ...]

    @property
    def round_trip_s(self) -> float:
        """From the command to its answer."""
        return (self.time_ns - self.sent_ns) / 1e9


class RecordCodec:
    """Records of a device with this many axes, to bytes and back."""

    def __init__(self, axes: int) -> None:
        self.axes = axes
        self._struct = struct.Struct(f"=qqdd{3 * axes}d")
        self.size = self._struct.size

    def pack(
        self,
        time_ns: int,
        sent_ns: int,
        device_time_s: float | None,
        energy_j: float,
        position: tuple[float, ...],
        velocity: tuple[float, ...],
        output: tuple[float, ...],
    ) -> bytes:
        """The bytes of one record."""
        clock = math.nan if device_time_s is None else device_time_s
        return self._struct.pack(time_ns, sent_ns, clock, energy_j, *position, *velocity, *output)

    def unpack(self, number: int, data: bytes) -> Record:
        """The record again."""
        time_ns, sent_ns, clock, energy, *values = self._struct.unpack(data)
        axes = self.axes
        position, velocity, output = (tuple(values[at * axes : (at + 1) * axes]) for at in range(3))
        return Record(number, time_ns, sent_ns, clock, energy, position, velocity, output)


def pack_event(event: SafetyEvent) -> bytes:
    """A safety event as bytes; a long detail is cut."""
    return _EVENT.pack(event.time_ns, event.code) + event.detail.encode()[:_EVENT_TEXT]


def unpack_event(data: bytes) -> SafetyEvent:
    """The event again."""
    time_ns, code = _EVENT.unpack_from(data)
    return SafetyEvent(Code(code), time_ns, data[_EVENT.size :].decode(errors="ignore"))
