"""What the haptic benchmarks share: an emulated board in a process of its own, tables, and whom they run beside."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from wugan.devices.haptic.driver import Driver
from wugan.devices.haptic.drivers.wugan_board import WuganBoard
from wugan.devices.haptic.effects import Program, Weight
from wugan.devices.haptic.emulators.body import Body
from wugan.devices.haptic.emulators.haply import EmulatedHaply
from wugan.devices.haptic.emulators.pty import EmulatorProcess
from wugan.devices.haptic.emulators.wugan_board import EmulatedWuganBoard
from wugan.devices.haptic.servo.memory import Phase, ServoMemory, Word
from wugan.devices.haptic.servo.process import ServoConfig, ServoProcess

AXES = 2
EMULATOR_PRIORITY = 40
PUSH = Program((Weight((1.0, 0.0)),))


def board(**values: Any) -> EmulatorProcess:
    """An emulated board whose handle is too heavy to be moved, so that a push stays a push.

    It stands for firmware, which no program of this computer delays: it runs at a real-time priority below the servo's
    where that is permitted. Where it is not, what is measured includes how late the emulator was.
    """
    return punctual(EmulatorProcess(EmulatedWuganBoard, {"axes": AXES}, body=Body(1e9, axes=AXES), **values))


def pantograph() -> EmulatorProcess:
    """An emulated Haply 2DIY, which has no watchdog, with as heavy a handle."""
    rest = EmulatedHaply().rest
    return punctual(EmulatorProcess(EmulatedHaply, body=Body(1e9, axes=AXES, start=list(rest))))


def punctual(made: EmulatorProcess) -> EmulatorProcess:
    """Give an emulator's threads real-time priority, where that is permitted."""
    for thread in os.listdir(f"/proc/{made._process.pid}/task"):
        with contextlib.suppress(OSError):
            os.sched_setscheduler(int(thread), os.SCHED_FIFO, os.sched_param(EMULATOR_PRIORITY))
    return made


@contextlib.contextmanager
def prompt_terminals() -> Iterator[None]:
    """Give the kernel's workers real-time priority meanwhile, where that is permitted.

    They carry the bytes of pseudo-terminals, at ordinary priority: while the kernel takes back the memory of a large
    process that was killed, a byte can wait for 20 ms. A serial line has no such worker on its way out.
    """
    workers = [int(path.parent.name) for path in Path("/proc").glob("[0-9]*/comm") if _is_worker(path)]
    raised = []
    for worker in workers:
        with contextlib.suppress(OSError):
            os.sched_setscheduler(worker, os.SCHED_FIFO, os.sched_param(EMULATOR_PRIORITY))
            raised.append(worker)
    try:
        yield
    finally:
        for worker in raised:
            with contextlib.suppress(OSError):
                os.sched_setscheduler(worker, os.SCHED_OTHER, os.sched_param(0))


def _is_worker(comm: Path) -> bool:
    try:
        return comm.read_text().startswith("kworker/u")  # those bound to no core
    except OSError:
        return False  # it has ended


def servo(
    port: str,
    *,
    driver: Driver | None = None,
    rate_hz: float = 1000.0,
    timeout_s: float = 0.003,
    watchdog_ms: int = 500,
    passivity: bool = False,
) -> ServoProcess:
    """A servo process that drives the board, ready."""
    driver = driver or WuganBoard(axes=AXES, watchdog_ms=watchdog_ms)
    # Without the passivity controller, which has its own benchmark: what is measured must not depend on it.
    started = ServoProcess(ServoConfig(port, driver, None, rate_hz, timeout_s, passivity=passivity))
    started.start()
    return started


def memory_of(process: ServoProcess) -> ServoMemory:
    """Its shared memory."""
    assert process.memory is not None
    return process.memory


def push(process: ServoProcess, seconds: float = 2.0) -> None:
    """Have the device push for so long; 2 s at most, as the servo ends what is not renewed."""
    memory_of(process).write_program(PUSH.to_bytes(), time.monotonic_ns() + round(seconds * 1e9))


def ready(process: ServoProcess) -> bool:
    """Whether states come."""
    return memory_of(process).words[Word.PHASE] == Phase.READY


def until(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Wait for something; whether it came."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.0005)
    return True


def milliseconds(values: Sequence[float]) -> str:
    """Median, 99th percentile and maximum of times in seconds, in milliseconds."""
    if not len(values):
        return "-"
    p50, p99 = np.quantile(values, [0.5, 0.99]) * 1e3
    return f"{p50:7.3f} {p99:8.3f} {max(values) * 1e3:9.3f}"


def machine() -> str:
    """What it runs on, for the table's head."""
    load = os.getloadavg()[0]
    real_time = "permitted" if os.geteuid() == 0 else "as the user may"
    return f"{os.cpu_count()} cores, load {load:.1f} at the start, real-time priority {real_time}"
