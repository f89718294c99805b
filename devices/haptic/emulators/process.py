"""`EmulatorProcess`: a `PtyEmulator` in a process of its own, so that host and device do not share an interpreter."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import time
from collections.abc import Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Self

from wugan.devices.haptic.emulators.body import Moving, held
from wugan.devices.haptic.emulators.device import EmulatedDevice
from wugan.devices.haptic.emulators.faults import Faults
from wugan.devices.haptic.emulators.pty import RATE_HZ, Change, PtyEmulator
from wugan.errors import DeviceError

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
