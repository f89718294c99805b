"""`HapticDevice`: a force-feedback device in the pipeline's process; a servo process of its own drives it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from wugan import clock
from wugan.devices.base import Device, Health
from wugan.devices.calibration import Calibration, load
from wugan.devices.haptic.calibration import LEAST, HapticCalibration, at_rest
from wugan.devices.haptic.driver import Driver, HapticSpec
from wugan.devices.haptic.effects.program import check_program
from wugan.devices.haptic.log import SafetyLog
from wugan.devices.haptic.safety.events import SafetyEvent
from wugan.devices.haptic.safety.limits import Limits
from wugan.devices.haptic.servo.memory import Phase, Record, RecordCodec, ServoMemory, ServoStats, Word, expiry_ns
from wugan.devices.haptic.servo.port import find_port
from wugan.devices.haptic.servo.process import ServoConfig, ServoProcess
from wugan.devices.haptic.servo.rendering import NO_SURFACES
from wugan.duration import to_ns
from wugan.errors import DataError, DeviceError
from wugan.packet import Packet
from wugan.signals import HapticSample

if TYPE_CHECKING:
    from wugan.devices.haptic.effects import Program
    from wugan.devices.haptic.proxy.geometry import Geometry

_QUEUED = 256  # chunks that wait for a slow reader: 5 s of 20 ms each
_REST_S = 0.5  # how long a calibration looks at the handle
_STOP_S = 0.5  # for the servo to say that it has stopped the device: many periods
_RATE_STATES = 256  # states from which rate and jitter are told


@dataclass(eq=False)
class HapticDevice(Device[HapticSample]):
    """Reads a haptic device at `rate_hz`, and renders what `update` gives it, within limits.

    Position and force are never made up: while the link is lost `health` says so, reads raise `DeviceError` with the
    age of the last state, and the servo makes the link again; then the force comes back with a ramp.

    Args:
        driver: the protocol that the device speaks.
        port: path of its serial line, best one below `/dev/serial/by-id`; `None` looks for the driver's USB ids.
        limits: of force, slew, speed and workspace; `None` for what fits the device (`Limits.of`).
        rate_hz: periods of the servo a second.
        timeout: how long the device may take for an answer before the link is given up and the force is zero; `None`
            for 3 ms, or three exchanges of a slower device (100 ms for an emulated one).
        passivity: whether the passivity controller is in the loop.
        surfaces: whether programs may name meshes and clouds (`share`). Opening takes some seconds longer then, and
            half a minute the first time.
        chunk: length of the packets of `packets()`.
        events: file for safety events, one JSON object a line; `None` keeps them in the log only.
        on_event: called with each `SafetyEvent`, on the capturing thread.

    Raises:
        DeviceError: from `open`, the port or the device is not to be had; says why and what to do.
        DataError: a parameter cannot be, or the limits are higher than the device allows.
    """

    silent_s: ClassVar[float | None] = None  # a lost link is told by `health`, and made again by the servo

    driver: Driver
    port: str | None = None
    limits: Limits | None = None
    rate_hz: float = 1000.0
    timeout: str | float | None = None
    passivity: bool = True
    surfaces: bool = False
    chunk: str | float = "20ms"
    events: str | None = None
    on_event: Callable[[SafetyEvent], object] | None = None
    _servo: ServoProcess | None = field(init=False, repr=False, default=None)
    _seen: int = field(init=False, repr=False, default=0)  # number of the state that was last read

    def __post_init__(self) -> None:
        if not 1.0 <= self.rate_hz <= 10_000.0:
            raise DataError(f"HapticDevice: rate_hz {self.rate_hz:g} must be 1 to 10,000")
        if to_ns(self.chunk) * self.rate_hz < 1e9:
            raise DataError(f"HapticDevice: chunk {self.chunk!r} is less than one state at {self.rate_hz:g} Hz")
        if self.limits is not None:
            self.limits.check(self.driver.spec)

    # --- what it is

    @property
    def haptic(self) -> HapticSpec:
        """What the device can do; once open, with what the device itself has said."""
        return self._servo.spec if self._servo is not None else self.driver.spec

    @property
    def spec(self) -> dict[str, Any]:
        """Kind, model, axes, ranges and rate, readable before it is opened."""
        spec = self.haptic
        unit = {"cartesian": ("m", "N"), "joint": ("rad", "N·m")}[spec.space]
        return {
            "kind": "haptic",
            "protocol": spec.protocol,
            "model": spec.model,
            "space": spec.space,
            "axes": spec.axes,
            "rate": self.rate_hz,
            "unit": unit[0],
            "force_unit": unit[1],
            "max_output": list(spec.max_output),
            "workspace": [list(ends) for ends in spec.workspace],
            "watchdog_s": spec.watchdog_s,
        }

    @property
    def name(self) -> str:
        return f"{self.driver.spec.protocol} device" + (f" {self.port}" if self.port else "")

    @property
    def serial(self) -> str | None:
        """What the device calls itself; else the name of its port."""
        if self._servo is not None and self._servo.serial:
            return self._servo.serial
        return f"{self.driver.spec.protocol}-{Path(self.port).name}" if self.port else None

    @property
    def capacity(self) -> int:
        return _QUEUED

    @property
    def phase(self) -> Phase:
        """How the link to the device stands."""
        return self._servo.phase if self._servo is not None else Phase.STOPPED

    @property
    def warnings(self) -> list[str]:
        """What the system has refused the servo, with the remedy."""
        return list(self._servo.warnings) if self._servo is not None else []

    @property
    def stats(self) -> ServoStats:
        """What the servo has done so far, and how late it woke. Raises `DeviceError` where it never ran."""
        return ServoStats.of(self._memory())

    @property
    def health(self) -> Health:
        """Open, lost or closed; states so far, the age of the newest, their rate, and what is wrong."""
        servo = self._servo
        if servo is None or servo.memory is None:
            return Health("closed")
        stats = ServoStats.of(servo.memory)
        records = self._records(max(0, servo.memory.states.head - _RATE_STATES))
        steps = np.diff(np.array([record.time_ns for record in records], float)) / 1e9
        rate, jitter = (1 / float(steps.mean()), float(steps.std())) if len(steps) > 1 else (0.0, 0.0)
        if not self.is_open:
            return Health("closed", stats.states, self.lost, stats.age_s)
        if self.phase is Phase.READY:
            return Health("open", stats.states, self.lost, stats.age_s, rate, jitter)
        why = servo.error or f"the link is {self.phase.name.lower()}"
        return Health("lost", stats.states, self.lost, stats.age_s, 0.0, 0.0, why)

    # --- what it feels like

    def update(self, program: Program, expires: str | float = "100ms") -> None:
        """Render this program from the next period on, until it expires or another one comes.

        Args:
            program: effects, in SI units.
            expires: when the force ends unless it is renewed; at most 2 s.

        Raises:
            DataError: it does not fit the device, or a value in it cannot be meant (a wrong unit).
            DeviceError: the device is not open, or its servo has died.
        """
        memory = self._running()
        if program.geometry_names and not self.surfaces:
            raise DataError(f"{self.name}: {NO_SURFACES}")
        data = check_program(program, self.haptic)
        memory.write_program(data, expiry_ns(expires))

    def zero(self) -> None:
        """Take all effects away: zero from the next period on. Raises `DeviceError` where it is not open."""
        self._running().write_program(b"", 0)

    def estop(self) -> None:
        """Emergency stop: zero, and it stays until `release()`; the device latches it too where it can.

        Returns once the stop is on its way to the device, whose force is zero an exchange later.

        Raises:
            DeviceError: it is not open, or its servo did not say within half a second that it has stopped it.
        """
        if not self._running().emergency_stop(_STOP_S):
            raise DeviceError(
                f"{self.name}: its servo has not confirmed the emergency stop within {_STOP_S:g} s. If it still "
                "pushes, cut its power"
            )

    def release(self) -> None:
        """Lift an emergency stop, after a person has seen that it is safe; the force comes back with a ramp."""
        memory = self._running()
        memory.write_program(b"", 0)
        memory.raise_word(Word.RELEASE)

    def share(self, name: str, geometry: Geometry) -> None:
        """Make a mesh, a cloud or a path known to programs by a name, until `close`. Raises `DataError` as it does."""
        self._running()
        self._shared.append(geometry.share(name))

    # --- what it says

    def read(self) -> Packet[HapticSample]:
        """Wait for the next state. Raises `DeviceError` while the link is lost."""
        return self._wait(self._memory().states.head, None)

    def async_read(self, timeout: str | float = "200ms") -> Packet[HapticSample]:
        """The newest state that was not read yet; waits for one at most `timeout`. Raises `DeviceError` else."""
        return self._wait(self._seen, to_ns(timeout) / 1e9)

    def read_latest(self, max_age: str | float = "10ms") -> Packet[HapticSample]:
        """The newest state, read before or not; never waits.

        Raises:
            DeviceError: there is none, or it is older than `max_age`; tells its age.
        """
        record = self._newest(self._memory())
        age_s = None if record is None else (time.monotonic_ns() - record.time_ns) / 1e9
        if record is None or age_s is None or age_s > to_ns(max_age) / 1e9:
            raise DeviceError(f"{self.name}: {self._why(age_s)}, more than max_age {max_age!r}")
        self._seen = record.number
        return self._packet([record])

    def _wait(self, after: int, timeout_s: float | None) -> Packet[HapticSample]:
        memory = self._memory()
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        while (
            (lost := self.phase is not Phase.READY)  # what came before the loss is no news
            or memory.states.head <= after
            or (record := self._newest(memory)) is None
        ):
            if not self.is_open or (lost and deadline is None) or (deadline and time.monotonic() >= deadline):
                last_ns = memory.words[Word.LAST_STATE_NS]
                raise DeviceError(
                    f"{self.name}: {self._why((time.monotonic_ns() - last_ns) / 1e9 if last_ns else None)}"
                )
            time.sleep(0.2 / self.rate_hz)
        self._seen = record.number
        return self._packet([record])

    def _why(self, age_s: float | None) -> str:
        came = "it has given no state yet" if age_s is None else f"its newest state is {age_s:.3f} s old"
        phase = self.phase
        if not self.is_open:
            return f"it is closed, and {came}"
        error = self._servo.error if self._servo is not None else ""
        return came if phase is Phase.READY else f"the link is {phase.name.lower()} ({error or 'no answer'}), {came}"

    # --- how it is a device

    def _open(self) -> None:
        timeout_s = None if self.timeout is None else to_ns(self.timeout) / 1e9
        log = SafetyLog(self.name, self.events, self.on_event)
        log.check()
        config = ServoConfig(
            self.port or find_port(self.driver.spec),
            self.driver,
            self.limits,
            self.rate_hz,
            timeout_s,
            self.passivity,
            self.surfaces,
        )
        self._log = log
        self._shared: list[Any] = []
        self._seen = 0
        self._servo = servo = ServoProcess(config)
        servo.start()
        self._codec = RecordCodec(servo.spec.axes)
        offset = self._offset()
        if offset is not None:
            servo.calibrate(offset)

    def _offset(self) -> tuple[float, ...] | None:
        """Where its zero was when it was calibrated; only that of a device that still means the same by it."""
        if not self.haptic.keeps_position or not self.serial:
            return None
        try:
            calibration = load(HapticCalibration, self.serial)
        except DeviceError:  # never calibrated: the device's own zero
            return None
        wrong = calibration.fits(self.haptic)
        if wrong:
            raise DataError(f"{self.serial}: {wrong}; run `wugan devices calibrate` again")
        return calibration.offset

    def _capture(self) -> Iterator[Packet[HapticSample] | None]:
        servo, memory = self._servo, self._memory()
        assert servo is not None
        pause_s = to_ns(self.chunk) / 1e9
        seen = 0
        due = time.monotonic() + pause_s
        while True:
            self._log.drain(memory.events)
            found, overwritten, seen = memory.states.after(seen)
            if found:
                packet = self._packet([self._codec.unpack(number, data) for number, data in found])
                if overwritten > 0:
                    packet.attrs["overwritten"] = overwritten
                yield packet
            else:
                yield None
            if self.closing:
                return
            if not servo.alive:
                raise DeviceError(servo.error or f"{self.name}: its servo process has died")
            time.sleep(max(0.0, min(pause_s, due - time.monotonic())))
            due = max(due + pause_s, time.monotonic())

    def _close(self) -> None:
        servo = self._servo
        if servo is None:
            return
        servo.close()
        if servo.memory is not None:
            self._log.drain(servo.memory.events)
        for memory in self._shared:
            memory.close()
            memory.unlink()
        self._shared = []

    def _calibrate(self) -> Calibration:
        """Take the place where the handle rests now as its zero. The force is zero meanwhile."""
        servo, memory = self._servo, self._running()
        assert servo is not None
        serial = self.serial
        if not serial:
            raise DeviceError(f"{self.name}: it has no serial number, and no port was named: name its port")
        self.zero()
        servo.calibrate((0.0,) * self.haptic.axes)
        time.sleep(0.05)
        begun = memory.states.head
        until = time.monotonic() + max(_REST_S, 2 * LEAST / self.rate_hz)
        while time.monotonic() < until:
            time.sleep(0.02)
        calibration = at_rest(self._packet(self._records(begun)).data, self.haptic, serial)
        servo.calibrate(calibration.offset)
        return calibration

    def _memory(self) -> ServoMemory:
        if self._servo is None or self._servo.memory is None:
            raise DeviceError(f"{self.name} is not open: call open(), or use it in a `with` block")
        return self._servo.memory

    def _running(self) -> ServoMemory:
        memory = self._memory()
        if not self.is_open or self._servo is None or not self._servo.alive:
            raise DeviceError(f"{self.name} is closed, or its servo has died: open it again")
        return memory

    def _newest(self, memory: ServoMemory) -> Record | None:
        newest = memory.states.newest()
        return None if newest is None else self._codec.unpack(*newest)

    def _records(self, after: int) -> list[Record]:
        return [self._codec.unpack(number, data) for number, data in self._memory().states.after(after)[0]]

    def _packet(self, records: list[Record]) -> Packet[HapticSample]:
        axes, offset = self.haptic.axes, clock.offset_ns()
        times = np.array([record.time_ns + offset for record in records], np.int64)
        position, velocity, force = (
            np.array([getattr(record, name) for record in records], np.float64).reshape(-1, axes)
            for name in ("position", "velocity", "output")
        )
        sample = HapticSample(times, position, velocity, force, self.rate_hz, self.haptic.space)
        first = int(times[0]) if len(times) else clock.now_ns()
        return Packet(
            sample,
            first,
            stream=self.name,
            seq=records[-1].number if records else 0,
            attrs={"link": self.phase.name.lower()},
        )

    def __getstate__(self) -> dict[str, Any]:
        """A copy in another process is a closed one."""
        gone = ("_feed", "_thread", "_servo", "_log", "_shared", "_codec")
        return {key: value for key, value in self.__dict__.items() if key not in gone}
