"""`Servo`: the loop that reads the device, renders, limits and commands, once in each period."""

from __future__ import annotations

import ctypes
import errno
import gc
import sys
import time
from collections.abc import Callable

from wugan.devices.haptic.driver import EmergencyStopLatched, HapticSpec, State
from wugan.devices.haptic.safety.events import Code, Events
from wugan.devices.haptic.safety.guard import Guard
from wugan.devices.haptic.servo.forces import Forces, Renders
from wugan.devices.haptic.servo.link import Link, NoAnswer
from wugan.devices.haptic.servo.memory import BIN_NS, BINS, Phase, RecordCodec, ServoMemory, Word, pack_event
from wugan.devices.haptic.servo.port import LineLost
from wugan.devices.haptic.servo.process import ServoConfig
from wugan.errors import DataError, DeviceError

_CLOCK_MONOTONIC = 1
_TIMER_ABSTIME = 1
_SECOND_NS = 1_000_000_000


class _Timespec(ctypes.Structure):
    _fields_ = (("tv_sec", ctypes.c_long), ("tv_nsec", ctypes.c_long))


def sleeper() -> Callable[[int], None]:
    """A function that sleeps until a time of `time.monotonic_ns()`, by `clock_nanosleep` where there is one.

    A signal ends the sleep early, so that its handler runs; the caller looks at the clock anyway.
    """
    if not sys.platform.startswith("linux"):
        return _sleep_for_the_rest
    nanosleep = ctypes.CDLL(None, use_errno=True).clock_nanosleep
    moment = _Timespec()
    reference = ctypes.byref(moment)

    def sleep(until_ns: int) -> None:
        moment.tv_sec, moment.tv_nsec = divmod(until_ns, _SECOND_NS)
        failed = nanosleep(_CLOCK_MONOTONIC, _TIMER_ABSTIME, reference, None)
        if failed not in (0, errno.EINTR):
            raise OSError(failed, "clock_nanosleep")

    return sleep


def _sleep_for_the_rest(until_ns: int) -> None:
    rest = until_ns - time.monotonic_ns()
    if rest > 0:
        time.sleep(rest / _SECOND_NS)


_RETRY_NS = 20_000_000  # between two tries to find or greet a device that is away
_FAULT_NS = 500_000_000  # between two tries with a device that refuses
_REPEAT_NS = 20_000_000  # an emergency stop is sent again and again: one frame may be lost
_FIRST_STATE_NS = 100_000_000  # how long the first state after a handshake may take


class Stop(Exception):
    """The servo is to end; says why. Raised by the `check` that the loop is given."""


class EmergencyStop(Exception):
    """Zero until a person releases it."""


class Servo:
    """Drives one device until `check` raises `Stop`; whatever happens, the device is told zero on the way out.

    Args:
        config: what to drive.
        memory: where programs come from and states go.
        link: to the device; not open yet.
        renderer: makes forces of programs.
        check: called in each period and while waiting; raises `Stop` when the servo is to end.
        say: told what a person should hear: the device's spec when it is ready, or what is wrong and whether trying
            again is of no use.
    """

    def __init__(
        self,
        config: ServoConfig,
        memory: ServoMemory,
        link: Link,
        renderer: Renders,
        check: Callable[[], None],
        say: Callable[[HapticSpec | None, str, bool], None],
    ) -> None:
        self._config = config
        self._memory = memory
        self._words = memory.words
        self._link = link
        link.check = self._look_up
        self._check = check
        self._say = say
        self._sleep = sleeper()
        self._events = Events()
        self._told = 0  # events that are in shared memory
        self.guard = Guard(config.driver.spec, config.limits, self._events)
        axes = config.driver.spec.axes
        self._zero = (0.0,) * axes
        self._offset = config.offset
        self._codec = RecordCodec(axes)
        self._state: State | None = None
        self._state_ns = 0
        self._position: tuple[float, ...] = self._zero
        self._output = self._zero
        self._forces = Forces(config, memory, renderer, self._events)
        self._calibrated = True
        self._words[Word.PERIOD_NS] = config.period_ns

    def calibrate(self, offset: tuple[float, ...]) -> None:
        """The handle's zero was measured anew: take it, and let the force come back with the ramp."""
        self._offset = offset
        self._calibrated = True
        if self._words[Word.PHASE] == Phase.READY:
            self._state = None
            self.guard.connected(True, now_s=time.monotonic())

    # --- the link's life

    def run(self) -> str:
        """Drive the device; why it ended."""
        self._words[Word.PHASE] = Phase.CONNECTING
        try:
            while True:
                try:
                    self._watch_estop()
                    self._connect()
                    self._serve()
                except EmergencyStop as stop:
                    self._stay_stopped(str(stop))
                except LineLost as lost:
                    self._lose(str(lost))
                    self._link.port.close()
                    # Without power an incremental encoder forgets where it was.
                    self._calibrated = self._calibrated and self._config.driver.spec.keeps_position
                except NoAnswer as lost:
                    self._words[Word.TIMEOUTS] += 1
                    self._lose(str(lost))
        except Stop as stop:
            return str(stop)
        finally:
            # Zero first; all else can wait.
            self._link.end()
            self._words[Word.PHASE] = Phase.STOPPED
            self._tell_events()

    def _lose(self, why: str) -> None:
        """Zero while the line may still carry it, and no state from here on."""
        self._link.silence(self._config.driver.stop())
        self._state = None
        if self._words[Word.PHASE] == Phase.READY:
            self._words[Word.LOSSES] += 1
            self._words[Word.LOST_NS] = time.monotonic_ns()
            self._words[Word.PHASE] = Phase.LOST
        self.guard.lost(why, now_s=time.monotonic())
        self._tell_events()
        gc.collect()  # it is switched off while the loop runs

    def _connect(self) -> None:
        """Bring the link up, however long that takes. Leaves with `Stop` or `EmergencyStop`, or when states come."""
        while True:
            try:
                self._link.connect()
                self._begin()
                return
            except (NoAnswer, LineLost) as error:
                self._link.silence(self._config.driver.stop())
                if isinstance(error, LineLost):
                    self._link.port.close()
                self._say(None, str(error), False)
                self._pause(_RETRY_NS)
            except EmergencyStopLatched as error:
                raise EmergencyStop(str(error)) from error
            except (DeviceError, DataError) as error:
                opened = self._link.port.is_open
                self._link.silence(self._config.driver.stop())
                if opened:
                    self._words[Word.PHASE] = Phase.FAULT
                    self._events.add(Code.DEVICE_FAULT, time.monotonic_ns(), str(error))
                    self._tell_events()
                self._say(None, str(error), True)
                self._pause(_FAULT_NS if opened else _RETRY_NS)

    def _begin(self) -> None:
        """After a handshake: the first state, its check, and then the ramp."""
        driver, guard = self._config.driver, self.guard
        if driver.spec != guard.spec:
            if driver.spec.axes != guard.spec.axes:
                raise DeviceError(f"{driver.spec.model} has {driver.spec.axes} axes, not {guard.spec.axes}")
            guard = Guard(driver.spec, self._config.limits, self._events)
        if not self._link.send(self._zero):
            raise NoAnswer(f"{self._link.port.path}: takes no command")
        begun = time.monotonic_ns()
        state = None
        while state is None and time.monotonic_ns() - begun < _FIRST_STATE_NS:
            try:
                state = self._link.receive(time.monotonic_ns() + _RETRY_NS)
            except NoAnswer:
                if not self._link.in_flight:
                    raise
        if state is None:
            raise NoAnswer(f"{self._link.port.path}: no state after the handshake")
        if "estop" in state.flags:
            raise EmergencyStop("by the device")
        if state.fault:
            raise DeviceError(f"{driver.spec.model} reports: {state.fault}")
        if "unreferenced" in state.flags:  # the device itself does not know where its zero lies
            self._calibrated = False
        self.guard = guard
        guard.connected(self._calibrated, now_s=time.monotonic())
        self._forces.reset()
        self._output = self._zero
        self._take(state)
        if self._state is None:
            raise DeviceError(f"{driver.spec.model} says what cannot be: position {state.position}")
        words = self._words
        words[Word.LINKS] += 1
        words[Word.READY_NS] = time.monotonic_ns()
        words[Word.PHASE] = Phase.READY
        self._say(driver.spec, "" if self._calibrated else "it must be calibrated before it may push", False)
        self._tell_events()

    def _look_up(self) -> None:
        """Leave what is waited for where the servo is to end, or the device to stop."""
        self._check()
        self._watch_estop()

    def _watch_estop(self) -> None:
        if self._words[Word.ESTOP] != self._words[Word.ESTOPPED]:
            raise EmergencyStop("by the program")

    def _stay_stopped(self, by: str) -> None:
        """Tell the device again and again to stop, until a person releases it."""
        words, link = self._words, self._link
        released = words[Word.RELEASE]
        self.guard.estop(by, now_s=time.monotonic())
        self._state = None
        words[Word.PHASE] = Phase.ESTOPPED
        self._say(None, f"emergency stop: {by}", True)
        while True:
            asked = words[Word.ESTOP]
            if link.port.is_open:
                link.silence(self._config.driver.emergency_stop())
                link.drain()
            words[Word.ESTOPPED] = asked  # who asked may believe it now
            self._tell_events()
            self._pause(_REPEAT_NS, estop=False)
            if words[Word.ESTOP] == words[Word.ESTOPPED] and words[Word.RELEASE] != released:
                break
        self.guard.release(now_s=time.monotonic())
        if hasattr(self._config.driver, "clear_estop"):
            self._config.driver.clear_estop = True  # the device latches it too
        words[Word.PHASE] = Phase.LOST
        self._tell_events()

    def _pause(self, for_ns: int, estop: bool = True) -> None:
        until = time.monotonic_ns() + for_ns
        while (now := time.monotonic_ns()) < until:
            if estop:
                self._look_up()
            else:
                self._check()
            self._sleep(min(until, now + 1_000_000))

    # --- the periods

    def _serve(self) -> None:
        """Run period after period until the link is lost."""
        words, histogram, sleep, check = self._words, self._memory.histogram, self._sleep, self._check
        period = self._config.period_ns
        wake = time.monotonic_ns() + period
        while True:
            sleep(wake)
            now = time.monotonic_ns()
            late = now - wake
            if late < 0:  # a signal came
                check()
                continue
            place = late // BIN_NS
            histogram[place if place < BINS else BINS - 1] += 1
            if late > words[Word.LATE_MAX_NS]:
                words[Word.LATE_MAX_NS] = late
            words[Word.CYCLES] += 1
            check()
            wake += period
            self._period(now, wake)
            behind = time.monotonic_ns() - wake
            if behind > period:  # whole periods were missed: they are not made up for, the grid stays
                missed = behind // period
                words[Word.OVERRUNS] += missed
                wake += missed * period

    def _period(self, now: int, end: int) -> None:
        words, link = self._words, self._link
        if words[Word.ESTOP] != words[Word.ESTOPPED]:
            raise EmergencyStop("by the program")
        if link.in_flight:  # never two commands in the line
            words[Word.SKIPPED] += 1
        else:
            output = self._forces.next(now, self._state, self._position, self.guard)
            if self.guard.stopped is Code.ESTOP:
                raise EmergencyStop("by the device")
            if link.send(output):
                self._output = output
                words[Word.COMMANDS] += 1
            else:
                words[Word.UNSENT] += 1
                if now - self._state_ns > self._config.timeout_ns:
                    raise NoAnswer(f"{link.port.path}: the line takes nothing")
                if self.guard.events.total != self._told:
                    self._tell_events()
                return
        state = link.receive(end)
        if state is not None:
            self._take(state)
        if self._events.total != self._told:
            self._tell_events()

    def _take(self, state: State) -> None:
        """Take the answer of the device; only what the guard believes becomes a state."""
        now = time.monotonic_ns()
        if "watchdog" in state.flags:
            raise NoAnswer(f"{self._link.port.path}: the device's own watchdog has tripped")
        admitted = self.guard.admit(state, now / 1e9)
        self._state = admitted
        if admitted is None:
            self._words[Word.REJECTED] += 1
            return
        self._state_ns = now
        # The guard knows the device's own coordinates, in which its workspace is; all others those of the calibration.
        self._position = admitted.position
        if self._offset is not None:
            self._position = tuple(value - zero for value, zero in zip(admitted.position, self._offset, strict=True))
        self._memory.states.append(
            self._codec.pack(
                now,
                self._link.sent_ns,
                admitted.device_time_s,
                self._forces.energy_j,
                self._position,
                self.guard.velocity,
                self._output,
            )
        )
        self._words[Word.STATES] += 1
        self._words[Word.LAST_STATE_NS] = now

    def _tell_events(self) -> None:
        for event in self._events.since(self._told):
            self._memory.events.append(pack_event(event))
        self._told = self._events.total
