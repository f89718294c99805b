"""`PtyEmulator`: an emulated device on a pseudo-terminal, which a driver opens like a serial port.

`Faults` is what goes wrong on its line; `EmulatorProcess` has it in a process of its own, so that host and device do
not share an interpreter.
"""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import multiprocessing
import os
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np

from wugan.devices.haptic.emulators.body import Moving, held
from wugan.devices.haptic.emulators.device import EmulatedDevice
from wugan.devices.haptic.servo.port import readable
from wugan.errors import DataError, DeviceError

Side = Literal["both", "commands", "answers"]


@dataclass(frozen=True, slots=True)
class Faults:
    """How a line misbehaves. The defaults are a perfect line.

    Attributes:
        seed: of all that is random.
        delay_s: added to each answer on its way to the host.
        jitter_s: up to as much again is added to each answer, evenly spread. Answers keep their order, as on a wire.
        noise: probability that a byte has one bit flipped.
        loss: probability that a byte is dropped.
        duplicate: probability that an answer is sent twice.
        on: which way noise and loss strike: `commands` (host to device), `answers`, or `both`.
        stall_s: for this long the device's port neither reads nor answers. Its clock, watchdog and motor go on.
        stall_every_s: how often it stalls; 0 is never.
        unplug_s: for this long the device is away.
        unplug_every_s: how often it is unplugged; 0 is never.

    Raises:
        DataError: a value that cannot be.
    """

    seed: int = 0
    delay_s: float = 0.0
    jitter_s: float = 0.0
    noise: float = 0.0
    loss: float = 0.0
    duplicate: float = 0.0
    on: Side = "both"
    stall_s: float = 0.0
    stall_every_s: float = 0.0
    unplug_s: float = 0.0
    unplug_every_s: float = 0.0

    def __post_init__(self) -> None:
        for name in ("noise", "loss", "duplicate"):
            value = getattr(self, name)
            if not 0 <= value <= 1:
                raise DataError(f"fault {name}={value}: give a probability, 0 to 1")
        for name in ("delay_s", "jitter_s", "stall_s", "stall_every_s", "unplug_s", "unplug_every_s"):
            value = getattr(self, name)
            if not 0 <= value < float("inf"):
                raise DataError(f"fault {name}={value}: give seconds, 0 or more")
        if self.on not in ("both", "commands", "answers"):
            raise DataError(f"fault on={self.on}: give both, commands or answers")

    @classmethod
    def parse(cls, text: str) -> Faults:
        """Read the command line's form: `delay=0.002,noise=1e-4,stall=0.03@2` (stall for 30 ms every 2 s).

        Raises:
            DataError: an unknown fault or a value that cannot be.
        """
        fields = {field.name for field in dataclasses.fields(cls)}
        values: dict[str, str | float | int] = {}
        for part in filter(None, (part.strip() for part in text.split(","))):
            name, _, value = part.partition("=")
            value, _, every = value.partition("@")
            name = name if name in fields else f"{name}_s"
            if name not in fields or (every and f"{name.removesuffix('_s')}_every_s" not in fields):
                known = ", ".join(sorted(field.removesuffix("_s") for field in fields))
                raise DataError(f"--fault {part!r}: no such fault. Known: {known}; stall and unplug take @EVERY_S")
            try:
                values[name] = value if name == "on" else int(value) if name == "seed" else float(value)
                if every:
                    values[f"{name.removesuffix('_s')}_every_s"] = float(every)
            except ValueError as error:
                raise DataError(f"--fault {part!r}: {value!r} is not a number") from error
        return cls(**values)  # type: ignore[arg-type]


class Line:
    """One direction of a line that suffers from `Faults`: what goes in, and what is due to come out."""

    def __init__(self, faults: Faults, way: Literal["commands", "answers"]) -> None:
        """Start with nothing under way."""
        self._faults = faults
        self._strikes = faults.on in ("both", way)
        self._answers = way == "answers"
        self._random = np.random.default_rng((faults.seed, self._answers))
        self._under_way: list[tuple[float, bytes]] = []

    def put(self, data: bytes, now_s: float) -> None:
        """Send bytes at a time."""
        faults = self._faults
        if self._strikes and (faults.noise or faults.loss):
            data = self._damage(data)
        if not data:
            return
        due = now_s
        if self._answers:
            due += faults.delay_s + (faults.jitter_s * self._random.random() if faults.jitter_s else 0.0)
            if faults.duplicate and self._random.random() < faults.duplicate:
                data += data
        if self._under_way:
            due = max(due, self._under_way[-1][0])
        self._under_way.append((due, data))

    def take(self, now_s: float) -> bytes:
        """The bytes that have arrived by then."""
        arrived = b""
        while self._under_way and self._under_way[0][0] <= now_s:
            arrived += self._under_way.pop(0)[1]
        return arrived

    @property
    def next_s(self) -> float | None:
        """When the next bytes arrive; None when nothing is under way."""
        return self._under_way[0][0] if self._under_way else None

    def clear(self) -> None:
        """Lose what is under way."""
        self._under_way.clear()

    def _damage(self, data: bytes) -> bytes:
        values = np.frombuffer(data, np.uint8)
        flips = np.where(
            self._random.random(values.size) < self._faults.noise, 1 << self._random.integers(0, 8, values.size), 0
        )
        kept = self._random.random(values.size) >= self._faults.loss
        return (values ^ flips.astype(np.uint8))[kept].tobytes()


RATE_HZ = 2000.0  # physics; twice the usual servo rate, so that each period sees a new position
LONGEST_CATCH_UP_S = 0.02  # after a longer pause of this process the emulated world did not move, so nothing is missed
READ_SIZE = 4096
REMEMBERED = 1 << 17  # changes of output, and receptions, that are kept


@dataclass(frozen=True, slots=True)
class Change:
    """The output of the device changed.

    Attributes:
        time_ns: when by the device's clock, on the scale of `time.monotonic_ns()`, which all processes of a machine
            share. What a timer of the firmware did has that timer's time, even where the emulator caught up with it
            a little later.
        output: the new output, N or N·m.
    """

    time_ns: int
    output: tuple[float, ...]


class PtyEmulator:
    """Connects a device's firmware, its body and a faulty line, and keeps time for them.

    The host sees a raw port at `port`, a stable path that survives `unplug()` and `replug()`. A thread (`start()`), or
    the caller's own (`run()`), steps the physics by real time at `rate_hz` and catches up after a late wake. Where this
    process itself was not scheduled for longer than `LONGEST_CATCH_UP_S`, the emulated world pauses too (`paused_s`
    sums it up): no watchdog trips because the computer was busy.

    All methods may be called from any thread.
    """

    def __init__(
        self,
        device: EmulatedDevice,
        body: Moving | None = None,
        faults: Faults | None = None,
        *,
        port: str | Path | None = None,
        rate_hz: float = RATE_HZ,
    ) -> None:
        """Plug it in; nothing moves before `start()` or `run()`.

        Args:
            device: its firmware.
            body: its moving part; None is one that suits it, at `device.rest`.
            faults: of the line; None is a perfect one.
            port: path of the port (a symbolic link is made there); None is a new path among the temporary files.
            rate_hz: steps of physics a second.

        Raises:
            DeviceError: no pseudo-terminal can be had, or something lies at `port` that is no link.
        """
        self.device = device
        self.body: Moving = body if body is not None else held(device)
        self.changes: deque[Change] = deque(maxlen=REMEMBERED)
        self.received_ns: deque[int] = deque(maxlen=REMEMBERED)
        self.received_bytes = 0
        self.sent_bytes = 0
        self.steps = 0
        self.paused_s = 0.0
        self._dt = 1.0 / rate_hz
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        if port is None:
            self._folder = tempfile.TemporaryDirectory(prefix="wugan-emulator-")
            port = Path(self._folder.name) / type(device).__module__.rpartition(".")[2]
        self._link = Path(port)
        self._master = -1
        self._host_there = False  # the host has the port open, as far as is known
        self._stalled_until = 0.0
        self._replug_at: float | None = None
        self._jobs: deque[Callable[[], None]] = deque()
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)
        self._thread: threading.Thread | None = None
        self._runner: threading.Thread | None = None
        self._running = False
        self._output: tuple[float, ...] = ()
        self._error: BaseException | None = None
        self._set_faults(faults or Faults())
        self._plug()
        self._feel()
        self._note(self._now())

    # What a user does with it.

    @property
    def port(self) -> str:
        """Path to open. It does not exist while the device is unplugged."""
        return str(self._link)

    @property
    def faults(self) -> Faults:
        """Of the line, now. May be set at any time; what is under way then is lost."""
        return self._faults

    @faults.setter
    def faults(self, faults: Faults) -> None:
        self._do(lambda: self._set_faults(faults))

    def start(self) -> Self:
        """Run in a thread of its own until `close()`."""
        self._running = True
        self._thread = threading.Thread(target=self._run_thread, name=f"emulator {self._link.name}", daemon=True)
        self._runner = self._thread
        self._thread.start()
        return self

    def run(self, seconds: float | None = None, each: Callable[[], None] | None = None, each_s: float = 0.1) -> None:
        """Run in the caller's thread, for so long or until an exception; call `each` every `each_s`."""
        self._running = True
        self._runner = threading.current_thread()
        try:
            begun = shown = time.monotonic()
            self._restart_clock()
            while self._running and (seconds is None or time.monotonic() - begun < seconds):
                self._turn()
                if each is not None and time.monotonic() - shown >= each_s:
                    shown = time.monotonic()
                    each()
        finally:
            self._runner = None
            while self._jobs:
                self._jobs.popleft()()

    def close(self) -> None:
        """End and remove the port. The host sees an unplugged device.

        Raises:
            DeviceError: the emulated firmware had failed; its error is the cause.
        """
        if self._thread is not None:
            self._running = False
            os.write(self._wake_write, b".")
            self._thread.join()
            self._thread = None
        if self._wake_read >= 0:
            self._unplug_port()
            os.close(self._wake_read)
            os.close(self._wake_write)
            self._wake_read = self._wake_write = -1
            if self._folder is not None:
                self._folder.cleanup()
        error, self._error = self._error, None
        if error is not None:
            raise DeviceError(f"emulated {self.device.spec.protocol} failed: {error!r}") from error

    def __enter__(self) -> Self:
        """Start it, unless it runs already."""
        return self if self._thread is not None else self.start()

    def __exit__(self, *error: object) -> None:
        self.close()

    def unplug(self) -> int:
        """Pull the cable: the host reads an end of file, the path goes away, and so does the power if it came by it.

        Returns:
            When it was done, by `time.monotonic_ns()`; so do `replug()` and `stall()`.
        """

        def pull() -> None:
            self._unplug_port()
            now = self._now()
            self.device.unplugged(now)
            self._note(now)

        return self._do(pull)

    def replug(self) -> int:
        """Put the cable back: a new pseudo-terminal under the same path."""
        return self._do(self._plug)

    def stall(self, seconds: float) -> int:
        """Neither read nor answer for so long; clock, watchdog and motor of the device go on."""

        def begin() -> None:
            self._stalled_until = self._now() + seconds

        return self._do(begin)

    @property
    def output(self) -> tuple[float, ...]:
        """What the actuators give now, N or N·m."""
        return self._output

    # How it works. All below runs in the emulator's thread, or before it starts.

    def _do(self, job: Callable[[], None]) -> int:
        """Have a job done between two steps, and wait for it; when it was done."""
        runner = self._runner
        if runner is None or runner is threading.current_thread():
            job()
            return time.monotonic_ns()
        done, when = threading.Event(), 0

        def wrapped() -> None:
            nonlocal when
            try:
                job()
            finally:
                when = time.monotonic_ns()
                done.set()

        self._jobs.append(wrapped)
        os.write(self._wake_write, b".")
        while not done.wait(0.05):
            if not runner.is_alive() and not done.is_set():
                raise DeviceError("the emulator has ended") from self._error
        return when

    def _run_thread(self) -> None:
        try:
            self.run()
        except BaseException as error:  # told by close()
            self._error = error
            self._unplug_port()

    def _set_faults(self, faults: Faults) -> None:
        self._faults = faults
        self._commands = Line(faults, "commands")
        self._answers = Line(faults, "answers")
        now = time.monotonic()
        self._next_stall = now + (faults.stall_every_s or float("inf"))
        self._next_unplug = now + (faults.unplug_every_s or float("inf"))

    def _plug(self) -> None:
        import tty

        if self._master >= 0:
            return
        if self._link.exists():  # a link that leads nowhere was left by an emulator that was killed
            what = "another emulator may be there" if self._link.is_symlink() else "something else lies there"
            raise DeviceError(f"port {self._link}: {what}. Give a path that is free, or end or remove that.")
        try:
            master, slave = os.openpty()
        except OSError as error:
            raise DeviceError(f"no pseudo-terminal can be had: {error.strerror}") from error
        # Raw, so that the first bytes of a host that has not yet set its own mode are neither echoed nor changed. The
        # mode outlives this end, which is closed so that it shows when the host closes its own.
        tty.setraw(slave)
        new = self._link.with_name(f".{self._link.name}.{os.getpid()}")
        try:
            self._link.parent.mkdir(parents=True, exist_ok=True)
            new.unlink(missing_ok=True)
            new.symlink_to(os.ttyname(slave))
            new.replace(self._link)
        except OSError as error:
            os.close(master)
            raise DeviceError(f"port {self._link} cannot be made: {error.strerror}") from error
        finally:
            os.close(slave)
        os.set_blocking(master, False)
        self._master = master
        self._host_there = False

    def _unplug_port(self) -> None:
        if self._master >= 0:
            self._link.unlink(missing_ok=True)
            os.close(self._master)
            self._master = -1
        self._commands.clear()
        self._answers.clear()

    def _now(self) -> float:
        """The device's clock: monotonic time less what the world paused."""
        return time.monotonic() - self.paused_s

    def _restart_clock(self) -> None:
        self._stepped = self._now()
        self._feel()

    def _turn(self) -> None:
        """Wait for the next byte or step, and do what is due."""
        now = self._now()
        wake = self._stepped + self._dt
        stalled = now < self._stalled_until
        if not stalled and self._answers.next_s is not None:
            wake = min(wake, self._answers.next_s)
        watched = [self._wake_read]
        if self._master >= 0 and self._host_there and not stalled:
            watched.append(self._master)
        if wake > now:
            readable(watched, wake - now)
        while self._jobs:
            try:
                os.read(self._wake_read, 64)
            except BlockingIOError:
                pass
            self._jobs.popleft()()
        self._schedule()
        self._physics()
        if self._now() >= self._stalled_until:
            self._read()
            self._write()

    def _schedule(self) -> None:
        """Stalls and unpluggings that come by themselves."""
        now = time.monotonic()
        if now >= self._next_stall:
            self._next_stall = now + self._faults.stall_every_s
            self.stall(self._faults.stall_s)
        if now >= self._next_unplug:
            self._next_unplug = now + self._faults.unplug_every_s
            self._replug_at = now + self._faults.unplug_s
            self.unplug()
        if self._replug_at is not None and now >= self._replug_at:
            self._replug_at = None
            self.replug()

    def _physics(self) -> None:
        late = self._now() - self._stepped - self._dt
        if late > LONGEST_CATCH_UP_S:
            self.paused_s += late
        # Counted, for a device whose steps take longer than they last: its world slows down, its port stays alive.
        for _ in range(max(1, round(LONGEST_CATCH_UP_S / self._dt))):
            if self._stepped + self._dt > self._now():
                break
            self._stepped += self._dt
            self._answer(self.device.tick(self._stepped), self._stepped)
            self._note(self._stepped)
            self.body.step(self.device.output, self._dt)
            self.steps += 1
            self._feel()

    def _feel(self) -> None:
        position, velocity = self.body.sensed()
        self.device.sense(position, velocity)

    def _note(self, now_s: float) -> None:
        output = tuple(self.device.output.tolist())
        if output != self._output:
            self._output = output
            self.changes.append(Change(round((now_s + self.paused_s) * 1e9), output))

    def _read(self) -> None:
        while self._master >= 0:
            try:
                data = os.read(self._master, READ_SIZE)
            except BlockingIOError:
                self._host_there = True
                break
            except OSError as error:
                if error.errno != errno.EIO:
                    raise
                self._host_is_away()
                break
            self._host_there = True
            self._commands.put(data, self._now())
        data = self._commands.take(self._now())
        if data:
            self.received_bytes += len(data)
            self.received_ns.append(time.monotonic_ns())
            now = self._now()
            self._answer(self.device.receive(data, now), now)
            self._note(now)

    def _host_is_away(self) -> None:
        if self._host_there:
            self._host_there = False
            self._answers.clear()
            now = self._now()
            self.device.port_closed(now)
            self._note(now)

    def _answer(self, data: bytes, now_s: float) -> None:
        if data and self._host_there:
            self._answers.put(data, now_s)

    def _write(self) -> None:
        data = self._answers.take(self._now())
        if data and self._master >= 0:
            try:
                self.sent_bytes += os.write(self._master, data)
            except BlockingIOError:
                pass  # the host does not read: what does not fit is lost, as on a USB endpoint
            except OSError as error:
                if error.errno != errno.EIO:
                    raise


START_S = 30.0  # a new interpreter on a busy machine
ANSWER_S = 10.0
_PRIORITY = 40  # below the servo's: a device shares no processor with the computer that it is attached to


class EmulatorProcess:
    """The same device, port and faults as a `PtyEmulator`, and times on the same clock (`time.monotonic_ns()`).

    In one interpreter the emulator's thread and the host's take turns; for measurements they must not. The process
    ends with `close()`, and by itself when its parent dies.
    """

    def __init__(
        self,
        device: type[EmulatedDevice],
        values: Mapping[str, Any] | None = None,
        *,
        body: Moving | None = None,
        hand: str = "none",
        faults: Faults | None = None,
        port: str | Path | None = None,
        rate_hz: float = RATE_HZ,
    ) -> None:
        """Start it and wait until the port is there.

        Args:
            device: the class of the emulated device.
            values: its constructor's keyword values.
            body: its moving part (it is pickled); None is one that suits it.
            hand: who holds that default body, as `scripted()` takes it.
            faults: of the line.
            port: path of the port; None is a new one.
            rate_hz: steps of physics a second.

        Raises:
            DeviceError: it cannot be made, or does not start.
        """
        context = multiprocessing.get_context("spawn")
        self._pipe, other = context.Pipe()
        self._process = context.Process(
            target=_serve,
            args=(other, device, dict(values or {}), body, hand, faults, port, rate_hz),
            name=f"emulated {device.__name__}",
            daemon=True,
        )
        self._process.start()
        other.close()
        try:
            self.port: str = self._answer(START_S)
        except BaseException:
            self.close()
            raise

    def unplug(self) -> int:
        """Pull the cable; when that was done, on the clock of `time.monotonic_ns()`."""
        return int(self._call("unplug"))

    def replug(self) -> int:
        """Put the cable back; when that was done."""
        return int(self._call("replug"))

    def stall(self, seconds: float) -> int:
        """Neither read nor answer for so long; when that began."""
        return int(self._call("stall", seconds))

    def set_faults(self, faults: Faults) -> int:
        """Give the line other faults; when that was done."""
        return int(self._call("faults", faults))

    def changes(self) -> list[Change]:
        """The changes of the output since the last call, the oldest first."""
        return list(self._call("changes"))

    def received_ns(self) -> list[int]:
        """When the device received something, since the last call."""
        return list(self._call("received_ns"))

    @property
    def output(self) -> tuple[float, ...]:
        """What the actuators give now, N or N·m."""
        return tuple(self._call("output"))

    @property
    def position(self) -> tuple[float, ...]:
        """Where the body truly is, m or rad."""
        return tuple(self._call("position"))

    @property
    def paused_s(self) -> float:
        """How long the emulated world has stood still because the computer was busy elsewhere."""
        return float(self._call("paused_s"))

    def close(self) -> None:
        """End it and remove the port."""
        try:
            self._pipe.send(("close", ()))
        except OSError:
            pass  # it has ended already
        self._process.join(ANSWER_S)
        if self._process.is_alive():
            self._process.terminate()
            self._process.join()
        self._pipe.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _call(self, name: str, *values: Any) -> Any:
        try:
            self._pipe.send((name, values))
        except OSError as error:
            raise DeviceError(f"the {self._process.name} has ended ({error})") from error
        return self._answer(ANSWER_S)

    def _answer(self, seconds: float) -> Any:
        try:
            if not self._pipe.poll(seconds):
                raise DeviceError(f"the {self._process.name} does not answer within {seconds:g} s")
            good, value = self._pipe.recv()
        except (EOFError, OSError) as error:
            raise DeviceError(
                f"the {self._process.name} has ended; see what it printed above. A script that starts one has "
                'its commands below `if __name__ == "__main__":`, since the new process imports it'
            ) from error
        if not good:
            raise DeviceError(f"{self._process.name}: {value}")
        return value


def _serve(
    pipe: Connection,
    device: type[EmulatedDevice],
    values: dict[str, Any],
    body: Moving | None,
    hand: str,
    faults: Faults | None,
    port: str | Path | None,
    rate_hz: float,
) -> None:
    """What the process does: run the emulator in a thread, and do what is asked through the pipe."""
    with contextlib.suppress(OSError, AttributeError):  # refused, or not Linux: then a busy computer makes it late
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(_PRIORITY))
    try:
        emulated = device(**values)
        moved = held(emulated, hand) if body is None else body
        emulator = PtyEmulator(emulated, moved, faults, port=port, rate_hz=rate_hz).start()
    except Exception as error:
        pipe.send((False, f"{type(error).__name__}: {error}"))
        return
    pipe.send((True, emulator.port))
    try:
        while True:
            name, arguments = pipe.recv()
            if name == "close":
                break
            try:
                pipe.send((True, _do(emulator, name, arguments)))
            except Exception as error:
                pipe.send((False, f"{type(error).__name__}: {error}"))
    except (EOFError, OSError):
        pass  # the parent is gone
    finally:
        emulator.close()


def _do(emulator: PtyEmulator, name: str, arguments: tuple[Any, ...]) -> Any:
    if name in ("unplug", "replug", "stall"):
        return getattr(emulator, name)(*arguments)
    if name == "faults":
        emulator.faults = arguments[0]
        return time.monotonic_ns()
    if name == "changes":
        return _drain(emulator.changes)
    if name == "received_ns":
        return _drain(emulator.received_ns)
    if name == "position":
        return emulator.body.position.tolist()
    return getattr(emulator, name)


def _drain(records: Any) -> list[Any]:
    return [records.popleft() for _ in range(len(records))]
