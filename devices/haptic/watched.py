"""`WatchedDevice`: a haptic device that another program on this machine drives, looked at and never commanded."""

from __future__ import annotations

import fcntl
import os
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from wugan import clock
from wugan.devices.base import Device
from wugan.devices.haptic.device import HapticDevice
from wugan.devices.haptic.driver import Driver
from wugan.devices.haptic.ports import BY_ID
from wugan.devices.haptic.servo.memory import ServoMemory, Word
from wugan.devices.haptic.servo.records import Phase, RecordCodec
from wugan.devices.haptic.servo.stats import ServoStats
from wugan.duration import to_ns
from wugan.errors import DeviceError
from wugan.packet import Packet
from wugan.signals import HapticSample

_LOOK_S = 0.1  # how often it is looked whether the servo still lives


def running_servo(port: str) -> ServoMemory | None:
    """The memory of the servo that drives this port now, by whichever of its names; `None` where there is none."""
    for name in _names(port):
        try:
            memory = ServoMemory.attach(name)
        except DeviceError:
            continue
        if memory.words[Word.PHASE] != Phase.STOPPED and _alive(memory):
            return memory
        memory.close()
    return None


def _names(port: str) -> list[str]:
    """A port as it was named, by its own path, and by the links that survive a replug: a servo is known by one."""
    real = os.path.realpath(port)
    links = sorted(BY_ID.iterdir()) if BY_ID.is_dir() else []
    same = [str(link) for link in links if os.path.realpath(link) == real]
    return list(dict.fromkeys([port, real, *same]))


@dataclass(eq=False)
class WatchedDevice(Device[HapticSample]):
    """Reads the shared memory of a servo that runs: its newest state, its counters, how late it wakes.

    Args:
        driver: as the program that drives the device made it; its number of axes must be the same.
        port: path of the port, as that program named it.

    Raises:
        DeviceError: from `open`, no servo of this user drives the port; from reads, it has ended.
    """

    silent_s: ClassVar[float | None] = None

    driver: Driver
    port: str
    _shared: ServoMemory | None = field(init=False, repr=False, default=None)

    @property
    def name(self) -> str:
        """Protocol and port."""
        return f"{self.driver.spec.protocol} device {self.port} (driven by another program)"

    @property
    def spec(self) -> dict[str, Any]:
        """As `HapticDevice.spec`; the rate is that of the servo that runs."""
        spec = HapticDevice(self.driver, self.port).spec
        period_ns = 0 if self._shared is None else self._shared.words[Word.PERIOD_NS]
        return spec | ({"rate": round(1e9 / period_ns, 1)} if period_ns else {})

    @property
    def phase(self) -> Phase:
        """How the link to the device stands."""
        return Phase.STOPPED if self._shared is None else Phase(self._shared.words[Word.PHASE])

    @property
    def stats(self) -> ServoStats:
        """What the servo has done so far. Raises `DeviceError` where it is not open."""
        return ServoStats.of(self._memory())

    def read_latest(self, max_age: str | float = "10ms") -> Packet[HapticSample]:
        """The newest state; never waits. Raises `DeviceError` where it is older than `max_age`, or there is none."""
        memory = self._memory()
        newest = memory.states.newest()
        spec = self.driver.spec
        if newest is None:
            raise DeviceError(f"{self.name}: it has given no state yet")
        try:
            record = RecordCodec(spec.axes).unpack(*newest)
        except struct.error as error:
            raise DeviceError(
                f"{self.port}: its states are not of {spec.axes} axes; name the driver and its parameters (--set) as "
                "the program does that drives it"
            ) from error
        age_s = (time.monotonic_ns() - record.time_ns) / 1e9
        if age_s > to_ns(max_age) / 1e9:
            raise DeviceError(f"{self.name}: its newest state is {age_s:.3f} s old, more than max_age {max_age!r}")
        time_ns = record.time_ns + clock.offset_ns()
        position, velocity, output = (np.array([row]) for row in (record.position, record.velocity, record.output))
        rate = float(self.spec["rate"])
        sample = HapticSample(np.array([time_ns], np.int64), position, velocity, output, rate, spec.space)
        return Packet(sample, time_ns, stream=self.name, seq=record.number)

    def _open(self) -> None:
        self._shared = running_servo(self.port)
        if self._shared is None:
            raise DeviceError(f"{self.port}: no program of yours drives a device there")

    def _capture(self) -> Iterator[Packet[HapticSample] | None]:
        """Nothing: who wants every state reads them where the device is driven."""
        while not self.closing:
            memory = self._memory()
            if memory.words[Word.PHASE] == Phase.STOPPED or not _alive(memory):
                raise DeviceError(f"{self.port}: the program that drove it has ended")
            time.sleep(_LOOK_S)
            yield None

    def _close(self) -> None:
        memory, self._shared = self._shared, None
        if memory is not None:
            memory.close()

    def _memory(self) -> ServoMemory:
        if self._shared is None:
            raise DeviceError(f"{self.name} is not open, or has ended")
        return self._shared


def _alive(memory: ServoMemory) -> bool:
    """Whether the servo of this memory runs: its process is there, and the file is locked, as it is while that lives.

    A process number alone is not enough: another program may have it by now.
    """
    pid = memory.words[Word.PID]
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    try:
        fcntl.flock(memory.file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return pid > 0
    fcntl.flock(memory.file, fcntl.LOCK_UN)
    return False
