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
from wugan.devices.haptic.servo.memory import Phase, RecordCodec, ServoMemory, ServoStats, Word
from wugan.devices.haptic.servo.port import BY_ID, SerialPort
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


_REPEATS = 3  # a frame that noise destroys is sent again
_PAUSE_S = 0.02
_ANSWER_S = 0.3  # for the device, or the servo, to say that it has stopped


@dataclass(frozen=True, slots=True)
class Zeroed:
    """What was done.

    Attributes:
        by: `servo`, where a program of this machine drives the device and was told; or `port`, where the device was
            told directly.
        confirmed: whether the servo, or the device, has said so.
        output: what the device says that it applies, N or N·m; `None` where it does not say.
        latched: the stop stays until a person releases it.
    """

    by: str
    confirmed: bool
    output: tuple[float, ...] | None = None
    latched: bool = False


def zero(port: str, driver: Driver, estop: bool = False) -> Zeroed:
    """Zero the output.

    Where a servo on this machine drives the device, it makes an emergency stop, which stays until that program releases
    it. Otherwise the driver's `stop()` is sent three times, or its `emergency_stop()`, which latches in devices that
    can.

    Raises:
        DeviceError: the port is missing, or held by a program that is none of wugan's; then pull the plug.
    """
    memory = running_servo(port)
    if memory is not None:
        try:
            return Zeroed("servo", memory.emergency_stop(_ANSWER_S), latched=True)
        finally:
            memory.close()
    line = SerialPort(port, driver.baud)
    try:
        line.open()
    except DeviceError as error:
        raise DeviceError(f"{error}. If it pushes, cut its power") from error
    try:
        time.sleep(driver.waits_s)  # a board that starts anew when its port is opened has stopped already
        frame = driver.emergency_stop() if estop else driver.stop()
        for _ in range(_REPEATS):
            line.write(frame)
            time.sleep(_PAUSE_S)
        line.flush_input()
        output = _ask(line, driver)
    finally:
        line.close()
    return Zeroed("port", output is not None and not any(output), output, estop)


def _ask(line: SerialPort, driver: Driver) -> tuple[float, ...] | None:
    """What the device says that it applies, where it can be asked without commanding it."""
    driver.reset()
    frame = driver.read()
    if frame is None:
        return None
    line.write(frame)
    until = time.monotonic() + _ANSWER_S
    while time.monotonic() < until:
        for state in driver.feed(line.read()):
            if state.output is not None:
                return state.output
        time.sleep(0.002)
    return None
