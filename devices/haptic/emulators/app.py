"""The command `wugan emulate`."""

from __future__ import annotations

import json
import signal
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
import yaml
from rich.markup import escape
from rich.table import Table

from wugan.cli import out, tell
from wugan.errors import DataError, PluginError

if TYPE_CHECKING:
    from wugan.devices.haptic.emulators.body import Moving
    from wugan.devices.haptic.emulators.device import EmulatedDevice
    from wugan.devices.haptic.emulators.pty import PtyEmulator

SHOWN_EVERY_S = 0.2
JSON_EVERY_S = 0.5


def register(cli: typer.Typer) -> None:
    """Emulated force-feedback devices on a pseudo-terminal. Command `emulate`."""
    cli.command()(emulate)


def emulate(
    name: Annotated[str | None, typer.Argument(help="which device; without it, those that there are")] = None,
    pty: Annotated[Path | None, typer.Option(help="path of the port; a temporary one if not given")] = None,
    hand: Annotated[
        str, typer.Option(help="who holds it: none, hold, sine:AMPLITUDE[:HZ[:AXIS]] or push:FORCE[:AXIS] (SI units)")
    ] = "none",
    fault: Annotated[
        str,
        typer.Option(
            help="of the line: delay=0.002,noise=1e-4,stall=0.03@5; also jitter, loss, duplicate, unplug, seed"
        ),
    ] = "",
    world: Annotated[
        str | None, typer.Option(help="something to touch, in MuJoCo: peg, corner, lever, or an MJCF file")
    ] = None,
    values: Annotated[
        list[str] | None, typer.Option("--set", "-s", metavar="KEY=VALUE", help="of the device, such as axes=2")
    ] = None,
    seconds: Annotated[float | None, typer.Option(help="end by itself after so long", min=0)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object a line")] = False,
) -> None:
    """Put an emulated haptic device on a serial port, for drivers, tests and demonstrations without hardware."""
    from wugan.devices.haptic import registry
    from wugan.devices.haptic.emulators.body import held
    from wugan.devices.haptic.emulators.pty import Faults, PtyEmulator

    if name is None:
        _list(as_json)
        return
    device = registry.emulator(name, _values(values or []))
    body: Moving = _world(device, world, hand) if world else held(device, hand)
    emulator = PtyEmulator(device, body, Faults.parse(fault), port=pty)
    shown = _Json(emulator) if as_json else _Line(emulator)
    if threading.current_thread() is threading.main_thread():  # only there are signals taken
        signal.signal(signal.SIGHUP, _hang_up)
    try:
        shown.begin(name)
        emulator.run(seconds, shown.update, JSON_EVERY_S if as_json else SHOWN_EVERY_S)
    except KeyboardInterrupt:
        pass  # the usual end
    finally:
        emulator.close()
    shown.end()


def _hang_up(number: int, frame: object) -> None:
    """The terminal was closed: end with the port removed, not in the middle."""
    sys.exit(128 + number)


def _list(as_json: bool) -> None:
    from wugan.devices.haptic import registry

    table = Table("name", "device", "axes", "most", "own watchdog")
    for name in registry.emulators():
        try:
            device = registry.emulator(name)
        except PluginError as error:
            tell(str(error), "yellow")
            continue
        spec, unit = device.spec, "N" if device.spec.space == "cartesian" else "N·m"
        watchdog = f"{spec.watchdog_s * 1000:g} ms" if spec.watchdog_s else "none"
        if as_json:
            row = {"name": name, "model": spec.model, "axes": spec.axes, "space": spec.space}
            print(json.dumps({**row, "max_output": spec.max_output, "watchdog_s": spec.watchdog_s}))
        table.add_row(name, escape(spec.model), str(spec.axes), f"{max(spec.max_output):.3g} {unit}", watchdog)
    if not as_json:
        out.print(table)


def _values(given: list[str]) -> dict[str, Any]:
    """`axes=2` as YAML reads it."""
    values = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not equals:
            raise DataError(f"--set {text!r}: give KEY=VALUE")
        try:
            values[key.replace("-", "_")] = yaml.safe_load(value)
        except yaml.YAMLError as error:
            raise DataError(f"--set {text!r}: {value!r} cannot be read") from error
    return values


def _world(device: EmulatedDevice, source: str, hand: str) -> Moving:
    from wugan.devices.haptic.emulators.body import DEFAULT_CARTESIAN_STEP, DEFAULT_JOINT_STEP, scripted
    from wugan.devices.haptic.emulators.world import World

    spec, rest = device.spec, device.rest
    joint = spec.space == "joint"
    held = scripted(hand, rest, spec.max_output, joint)
    step = DEFAULT_JOINT_STEP if joint else DEFAULT_CARTESIAN_STEP
    return World(source, spec.axes, space=spec.space, origin=rest, encoder_step=step, hand=held)


class _Line:
    """One line of the terminal that is written over; where there is no terminal, nothing moves."""

    def __init__(self, emulator: PtyEmulator) -> None:
        self._emulator = emulator
        self._live = sys.stdout.isatty()
        cartesian = emulator.device.spec.space == "cartesian"
        self._units = ("mm", "N", 1000.0) if cartesian else ("rad", "N·m", 1.0)

    def begin(self, name: str) -> None:
        out.print(f"{name} ({self._emulator.device.spec.model}) is at", style="green", highlight=False, markup=False)
        print(self._emulator.port, flush=True)  # alone on its line, for scripts
        tell("Ctrl-C ends it.", "dim")

    def update(self) -> None:
        if self._live:
            # Not by Rich: the device's time stands still while this prints.
            sys.stdout.write(f"\r{self._text()}\x1b[K")
            sys.stdout.flush()

    def end(self) -> None:
        print(("\r\x1b[K" if self._live else "") + self._text(), flush=True)

    def _text(self) -> str:
        emulator, (length, force, factor) = self._emulator, self._units
        position = " ".join(f"{value * factor:8.3f}" for value in emulator.body.position)
        output = " ".join(f"{value:7.3f}" for value in emulator.output)
        contact = " ".join(f"{value:7.3f}" for value in emulator.body.contact)
        return (
            f"position {position} {length}  output {output} {force}  contact {contact}  {_rate(emulator):5d} commands/s"
        )


class _Json:
    """One JSON object a line: first the port, then the state of the moment."""

    def __init__(self, emulator: PtyEmulator) -> None:
        self._emulator = emulator

    def begin(self, name: str) -> None:
        spec = self._emulator.device.spec
        print(
            json.dumps({"name": name, "model": spec.model, "port": self._emulator.port, "axes": spec.axes}), flush=True
        )

    def update(self) -> None:
        emulator = self._emulator
        row = {
            "time_ns": time.monotonic_ns(),
            "position": emulator.body.position.tolist(),
            "velocity": emulator.body.velocity.tolist(),
            "output": list(emulator.output),
            "contact": emulator.body.contact.tolist(),
            "commands_per_s": _rate(emulator),
            "received_bytes": emulator.received_bytes,
            "sent_bytes": emulator.sent_bytes,
            "paused_s": round(emulator.paused_s, 6),
        }
        print(json.dumps(row), flush=True)

    def end(self) -> None:
        self.update()


def _rate(emulator: PtyEmulator) -> int:
    """Receptions in the last second. A host that writes once in each period is counted once in each."""
    since = time.monotonic_ns() - 1_000_000_000
    count = 0
    for received in reversed(emulator.received_ns):
        if received < since:
            break
        count += 1
    return count
