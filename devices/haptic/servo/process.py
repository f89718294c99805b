"""`ServoProcess`: starts a servo process, watches it, and stops the device itself where that process cannot."""

from __future__ import annotations

import logging
import os
import pickle
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from wugan.devices.haptic.driver import Driver, HapticSpec
from wugan.devices.haptic.safety.limits import Limits
from wugan.devices.haptic.servo.memory import Phase, ServoMemory, Word
from wugan.devices.haptic.servo.port import SerialPort
from wugan.errors import DeviceError

TIMEOUT_S = 0.003  # with this the output is zero within 5 ms of the last frame, whatever the answer's fate
TIMEOUT_PERIODS = 3.0
# The other end of a pseudo-terminal is a program among others, which the system lets run when it likes: on a busy
# machine it may be away for tens of milliseconds, and nobody holds its handle.
EMULATED_TIMEOUT_S = 0.1


@dataclass(slots=True)
class ServoConfig:
    """What a servo drives, and how.

    Attributes:
        port: path of the serial line.
        driver: the device's protocol.
        limits: what the guard lets through; None for what fits the device.
        rate_hz: periods a second.
        timeout_s: how long an answer may take before the link is given up; None for `default_timeout_s`.
        passivity: whether the passivity controller is in the loop.
        surfaces: whether programs may name geometries. The kernels for that take seconds to load, so the servo does it
            before it starts or not at all.
        offset: reading at the reference position, for each axis, which is subtracted; None for zeros.
        real_time: whether to ask the system for real-time priority and locked memory.
    """

    port: str
    driver: Driver
    limits: Limits | None = None
    rate_hz: float = 1000.0
    timeout_s: float | None = None
    passivity: bool = True
    surfaces: bool = False
    offset: tuple[float, ...] | None = None
    real_time: bool = True

    @property
    def period_ns(self) -> int:
        """Length of a period."""
        return round(1e9 / self.rate_hz)

    @property
    def timeout_ns(self) -> int:
        """How long an answer may take."""
        timeout_s = self.timeout_s
        if timeout_s is None:
            timeout_s = default_timeout_s(self.port, self.driver.spec, self.rate_hz)
        return round(timeout_s * 1e9)


def default_timeout_s(port: str, spec: HapticSpec, rate_hz: float) -> float:
    """3 ms, or three exchanges of a device or loop that is slower than that; 100 ms where the device is emulated."""
    least = EMULATED_TIMEOUT_S if os.path.realpath(port).startswith("/dev/pts/") else TIMEOUT_S
    return max(least, TIMEOUT_PERIODS / min(rate_hz, spec.max_rate_hz))


_LENGTH = struct.Struct("=I")


def pack(message: dict[str, Any]) -> bytes:
    """The bytes of one message."""
    data = pickle.dumps(message)
    return _LENGTH.pack(len(data)) + data


def send(link: socket.socket, message: dict[str, Any]) -> None:
    """Send one message; waits for room."""
    link.sendall(pack(message))


def receive(link: socket.socket) -> dict[str, Any]:
    """Wait for the next message. Raises `EOFError` when the other end is closed."""
    message: dict[str, Any] = pickle.loads(_exactly(link, _LENGTH.unpack(_exactly(link, _LENGTH.size))[0]))
    return message


def _exactly(link: socket.socket, length: int) -> bytes:
    data = bytearray()
    while len(data) < length:
        piece = link.recv(length - len(data))
        if not piece:
            raise EOFError
        data += piece
    return bytes(data)


logger = logging.getLogger(__name__)

_START_S = 20.0  # for the process to import what it needs, on a busy machine
_SURFACES_S = 120.0  # as long as the kernels for surfaces may take to compile, the first time
_LINK_S = 5.0  # for the device to answer, on top of what its driver asks for
_END_S = 2.0
_HANGS_S = 0.3  # without a period: a servo that is frozen holds the last force of a device without a watchdog
_LOOK_S = 0.05
_LAST_TRIES = 50  # to stop the device after the servo was killed: its port is free at once, or soon
_LAST_PAUSE_S = 0.002


class ServoProcess:
    """A servo process and its end of the shared memory.

    Args:
        config: what it is to drive.

    Attributes:
        memory: shared with it; `None` before `start`.
        spec: what the device is; after `start`, what the device itself has said.
        serial: what the device calls itself; empty where it does not.
        warnings: what the system has refused, with the remedy.
        error: why the device is not to be had now, in words; empty where it is.
    """

    def __init__(self, config: ServoConfig) -> None:
        self.config = config
        self.memory: ServoMemory | None = None
        self.spec: HapticSpec = config.driver.spec
        self.serial = ""
        self.warnings: list[str] = []
        self.error = ""
        self._process: subprocess.Popen[bytes] | None = None
        self._link: socket.socket | None = None
        self._changed = threading.Condition()
        self._final = self._ready = self._ended = self._closing = self._hung = False

    @property
    def pid(self) -> int:
        """Process number of the servo; 0 where there is none."""
        return self._process.pid if self._process is not None else 0

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def phase(self) -> Phase:
        """How the link to the device stands."""
        if self.memory is None:
            return Phase.STARTING
        return Phase(self.memory.words[Word.PHASE]) if not self._ended else Phase.STOPPED

    def start(self) -> None:
        """Start the process, and wait until the device gives states.

        Raises:
            DeviceError: the port or the device is not to be had; says why and what to do. Nothing is left behind.
        """
        import cloudpickle

        memory = ServoMemory.create(self.config.port)
        self.memory = memory
        ours, theirs = socket.socketpair()
        try:
            # Not multiprocessing's spawn, which would run the user's own script again in there, imports and all.
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "wugan.devices.haptic.servo.child",
                    str(theirs.fileno()),
                    str(memory.file),
                    str(memory.path),
                    str(os.getpid()),
                ],
                pass_fds=(theirs.fileno(), memory.file),
                stdin=subprocess.DEVNULL,
                env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
                start_new_session=True,  # Ctrl-C in the terminal is for the pipeline
            )
        except OSError as error:
            memory.remove()
            ours.close()
            raise DeviceError(f"{self.config.port}: the servo process cannot be started: {error}") from error
        finally:
            theirs.close()
        self._link = ours
        try:
            send(ours, {"path": sys.path, "config": cloudpickle.dumps(self.config)})
        except (OSError, pickle.PicklingError, TypeError) as error:
            self.close()
            raise DeviceError(f"{self.config.port}: the driver cannot be given to the servo: {error}") from error
        threading.Thread(target=self._listen, args=(ours,), name="wugan-servo", daemon=True).start()
        threading.Thread(target=self._watch, args=(self._process, memory), name="wugan-hang", daemon=True).start()
        self._await_link()

    def _await_link(self) -> None:
        begun = time.monotonic()
        patience = _SURFACES_S if self.config.surfaces else _START_S
        with self._changed:
            while not self._ready and not self._final and not self._ended:
                if self.memory is not None and self.memory.words[Word.PID]:
                    patience = min(patience, time.monotonic() - begun + _LINK_S + self.config.driver.waits_s)
                rest = begun + patience - time.monotonic()
                if rest <= 0:
                    break
                self._changed.wait(min(rest, 0.05))
            ready = self._ready
        if not ready:
            error = self.error or "the servo process has ended before the device answered; see what it printed above"
            self.close()
            raise DeviceError(error)

    def calibrate(self, offset: tuple[float, ...]) -> None:
        """Tell the servo where the device's zero lies."""
        if self._link is None or not self.alive:
            raise DeviceError(f"{self.config.port}: the servo does not run")
        send(self._link, {"offset": offset})

    def close(self) -> None:
        """Have the device stopped and the process end. Safe to call twice."""
        with self._changed:
            self._closing = True
        link, self._link = self._link, None
        process = self._process
        if process is None or link is None:
            return
        link.shutdown(socket.SHUT_RDWR)
        try:
            process.wait(_END_S)
        except subprocess.TimeoutExpired:
            logger.warning("%s: the servo process does not end, and is killed", self.config.port)
            process.kill()
            process.wait()
        link.close()
        if self.memory is not None and not _ended_well(self.memory):
            stop_device(self.config.port, self.config.driver)
        if self.memory is not None:
            self.memory.remove()

    def _listen(self, link: socket.socket) -> None:
        """Hear the servo, until it ends."""
        process, memory = self._process, self.memory
        assert process is not None
        assert memory is not None
        memory.lifeline.hold()
        try:
            while True:
                self._hear(receive(link))
        except (EOFError, OSError, pickle.UnpicklingError):
            pass
        finally:
            memory.lifeline.release()
        process.wait()
        with self._changed:
            unexpected = not self._closing
        if unexpected:
            if not _ended_well(memory):
                stop_device(self.config.port, self.config.driver)
            how = "hung, and was killed" if self._hung else f"has died (exit code {process.returncode})"
            why = f"{self.config.port}: the servo process {how}"
            logger.error("%s; the device was told to stop", why)
        with self._changed:
            self._ended = True
            if unexpected:
                self.error = why
            self._changed.notify_all()

    def _watch(self, process: subprocess.Popen[bytes], memory: ServoMemory) -> None:
        """Kill a servo that no longer begins periods; `_listen` then tells the device to stop.

        Looks are counted, not time: where this process was frozen too, the servo gets its chance first.
        """
        patience = max(_HANGS_S, 3 * self.config.period_ns / 1e9) / _LOOK_S
        seen, stuck = -1, 0
        while process.poll() is None:
            time.sleep(_LOOK_S)
            cycles = memory.words[Word.CYCLES]
            stuck = stuck + 1 if cycles == seen and memory.words[Word.PHASE] == Phase.READY else 0
            seen = cycles
            if stuck > patience and not self._closing:
                self._hung = True
                process.kill()
                return

    def _hear(self, message: dict[str, Any]) -> None:
        with self._changed:
            if "spec" in message:
                self.spec, self.serial, self.error, self._ready = message["spec"], message["serial"], "", True
                if message["text"]:
                    logger.warning("%s: %s", self.config.port, message["text"])
            elif "error" in message:
                if message["error"] != self.error:
                    logger.log(logging.WARNING if self._ready else logging.DEBUG, "%s", message["error"])
                self.error = message["error"]
                self._final = self._final or message["final"]
            elif "warning" in message:
                self.warnings.append(message["warning"])
                logger.warning("%s: %s", self.config.port, message["warning"])
            self._changed.notify_all()


def _ended_well(memory: ServoMemory) -> bool:
    """Whether the servo came to its own end, so that it has told the device zero, or never had it."""
    return memory.words[Word.PHASE] in (Phase.STOPPED, Phase.STARTING)


def stop_device(port: str, driver: Driver, opened: Callable[[str, int], SerialPort] = SerialPort) -> bool:
    """Tell a device to stop whose servo process was killed: the last resort, for devices without a watchdog.

    Returns:
        Whether the stop frame was written.
    """
    for _ in range(_LAST_TRIES):
        line = opened(port, driver.baud)
        try:
            line.open()
            frame = driver.stop()
            return line.write(frame) == len(frame)
        except DeviceError:
            time.sleep(_LAST_PAUSE_S)
        finally:
            line.close()
    logger.error("%s: the device could not be told to stop; cut its power if it pushes", port)
    return False
