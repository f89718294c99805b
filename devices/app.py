"""`wugan devices`: what is attached, what it can do, and what it does now."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from wugan.devices.discovery import Found
from wugan.errors import DeviceError

devices = typer.Typer(help="Devices: list, info, calibrate, monitor, zero.", no_args_is_help=True)

DeviceArgument = Annotated[str, typer.Argument(metavar="DEVICE", help="its port or address, serial number or name")]
DriverOption = Annotated[
    str | None, typer.Option("--driver", "-d", help="protocol of a haptic device; found by its USB ids if left out")
]
SetOption = Annotated[
    list[str] | None, typer.Option("--set", "-s", metavar="NAME=VALUE", help="a parameter of the driver; repeatable")
]
JsonOption = Annotated[bool, typer.Option("--json", help="one JSON object a line")]


def register(cli: typer.Typer) -> None:
    """Devices: found, calibrated, watched, stopped. Commands `devices list|info|calibrate|monitor|zero`."""
    cli.add_typer(devices, name="devices")


@devices.command("list")
def list_(
    as_json: JsonOption = False,
    kind: Annotated[list[str] | None, typer.Option(help="only this kind: haptic, camera, …; repeatable")] = None,
    watch: Annotated[bool, typer.Option("--watch", "-w", help="go on, and tell what is plugged in and out")] = False,
) -> None:
    """List what is attached, without opening anything."""
    from wugan.cli.console import out, tell
    from wugan.devices.discovery import discover

    seen = discover(kind)
    for problem in seen.problems:
        tell(problem, "yellow")
    if as_json and not watch:
        for one in seen.found:
            print(json.dumps(one.row(), ensure_ascii=False))
    elif not watch:
        out.print(_table(seen.found) if seen.found else "no devices are attached")
    else:
        _watch(kind, as_json)


def _watch(kinds: list[str] | None, as_json: bool) -> None:
    """Tell what comes and goes, until Ctrl-C."""
    from wugan.cli.console import out
    from wugan.devices.discovery import discover, watch

    try:
        for change in watch(lambda: discover(kinds).found):
            if change is None:
                continue
            if as_json:
                print(json.dumps({"arrived": change.arrived, **change.found.row()}, ensure_ascii=False), flush=True)
                continue
            one = change.found
            mark, style = ("+", "green") if change.arrived else ("-", "red")
            words = " ".join(filter(None, (one.kind, one.name, one.address, one.driver, one.usb, one.serial)))
            out.print(f"{mark} {words}", style=style, highlight=False, markup=False, soft_wrap=True)
    except KeyboardInterrupt:
        return


def _table(found: tuple[Found, ...]) -> Any:
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    table = Table("kind", "name", "address", "driver", "USB", "serial", box=box.SIMPLE_HEAD)
    for one in found:
        table.add_row(*map(escape, (one.kind, one.name, one.address, one.driver, one.usb, one.serial)))
    return table


@devices.command()
def info(
    device: DeviceArgument, driver: DriverOption = None, set_: SetOption = None, as_json: JsonOption = False
) -> None:
    """Show what a device can do and how it was calibrated, without opening it."""
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    from wugan.cli.console import out
    from wugan.devices.calibration import kept
    from wugan.devices.discovery import choose
    from wugan.devices.haptic.calibration import HapticCalibration

    chosen = choose(device, driver, set_)
    rows: dict[str, Any] = {key: value for key, value in chosen.found.row().items() if value not in ("", None)}
    rows |= {key: value for key, value in chosen.device.spec.items() if value is not None and key not in rows}
    protocol = chosen.device.spec.get("protocol")
    if protocol is not None:
        # A device may tell its serial number only once it is open, so all that may be its own are told.
        made = [one for one in kept(HapticCalibration) if one.protocol == protocol]
        told = [f"{one.device} of {one.made:%Y-%m-%d %H:%M} UTC" for one in made]
        rows["calibrations"] = told or "none: `wugan devices calibrate`"
    if as_json:
        print(json.dumps(rows, ensure_ascii=False))
        return
    table = Table(box=box.SIMPLE, show_header=False)
    for key, value in rows.items():
        table.add_row(key.replace("_", " "), escape(_worded(value)))
    out.print(table)


def _worded(value: Any) -> str:
    if not isinstance(value, list):
        return str(value)
    parts = (f"{part[0]:g} … {part[1]:g}" if isinstance(part, list) else part for part in value)
    return ", ".join(f"{part:g}" if isinstance(part, (int, float)) else part for part in parts)


@devices.command()
def calibrate(device: DeviceArgument, driver: DriverOption = None, set_: SetOption = None) -> None:
    """Measure where a device's zero lies and keep it; the handle must rest at its reference position."""
    from wugan.cli.console import out
    from wugan.devices.calibration import path_of
    from wugan.devices.discovery import choose

    chosen = choose(device, driver, set_)
    with chosen.device.connect() as opened:
        made = opened.calibrate()
    values = made.model_dump(exclude={"version", "device", "made"})
    described = ", ".join(f"{key} {value}" for key, value in values.items())
    out.print(f"{made.device}: {described}", highlight=False, markup=False, soft_wrap=True)
    out.print(f"kept in {path_of(made.kind, made.device)}", highlight=False, markup=False, soft_wrap=True)


@devices.command()
def monitor(
    device: DeviceArgument,
    driver: DriverOption = None,
    set_: SetOption = None,
    as_json: JsonOption = False,
    seconds: Annotated[float | None, typer.Option(min=0, help="end after so many seconds")] = None,
    interval: Annotated[float, typer.Option(min=0.02, help="seconds between two looks")] = 0.25,
) -> None:
    """Watch a device live: position, force, rate and jitter, or what its kind has. Waits while it is unplugged.

    A haptic device is driven with zero output; one that another program drives is only looked at. Ctrl-C leaves.
    With --seconds, exit code 1 says that nothing came of it in all that time.
    """
    from rich.live import Live

    from wugan.cli.console import out
    from wugan.devices.discovery import choose, driven_elsewhere
    from wugan.devices.monitor import Monitor, view

    opened = driven_elsewhere(choose(device, driver, set_).device)
    watched = Monitor(opened, interval)
    looks = watched.looks(seconds)
    try:
        if as_json:
            for look in looks:
                print(json.dumps(look, ensure_ascii=False), flush=True)
        elif out.is_terminal:
            with Live(console=out, auto_refresh=False, vertical_overflow="visible") as live:
                for look in looks:
                    live.update(view(opened.name, look, opened.spec), refresh=True)
        else:
            for look in looks:
                out.print(view(opened.name, look, opened.spec))
    except KeyboardInterrupt:
        looks.close()  # closes the device
        return
    if not watched.seen:
        raise DeviceError(f"{opened.name}: nothing came of it in {seconds:g} s")


@devices.command()
def zero(
    port: Annotated[str, typer.Argument(metavar="PORT", help="of the haptic device")],
    driver: DriverOption = None,
    set_: SetOption = None,
    estop: Annotated[bool, typer.Option("--estop", help="latch it in the device, where the device can")] = False,
) -> None:
    """Take a haptic device's output to zero now, also while another program of wugan drives it.

    Exit code 1 means that nobody confirmed it.
    """
    from wugan.cli.console import out, tell
    from wugan.devices.discovery import choose_driver
    from wugan.devices.haptic.watched import zero as stop

    done = stop(port, choose_driver(port, driver, set_), estop)
    who = "the program that drives it made an emergency stop" if done.by == "servo" else "stop was sent to the device"
    said = f"; it says that it applies {', '.join(f'{value:g}' for value in done.output)}" if done.output else ""
    out.print(f"{port}: {who}{said}", highlight=False, markup=False, soft_wrap=True)
    if not done.confirmed and (done.output is None or any(done.output)):
        tell(f"{port}: this was not confirmed. If it still pushes, cut its power.", "yellow")
        raise typer.Exit(1)
