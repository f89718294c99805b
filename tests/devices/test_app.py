"""`wugan devices` as it is typed, on an emulated board."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from wugan.cli import console
from wugan.devices import app, discovery
from wugan.devices.calibration import kept
from wugan.devices.discovery import Discovery, Found
from wugan.devices.discovery import watch as discovery_watch
from wugan.devices.haptic.calibration import HapticCalibration
from wugan.devices.haptic.emulators.pty import EmulatorProcess
from wugan.devices.haptic.emulators.wugan_board import EmulatedWuganBoard

BOARD = Found("haptic", "Test Board", "/dev/ttyACM0", driver="wugan|haply", vid=0x2341, pid=0x3E, serial="75A")
CAMERA = Found("camera", "Laptop", "/dev/video0", driver="v4l2")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WUGAN_HOME", str(tmp_path))
    monkeypatch.setattr(console.out, "_width", 160)
    return tmp_path


@pytest.fixture
def attached(monkeypatch: pytest.MonkeyPatch) -> list[Found]:
    there = [BOARD, CAMERA]

    def discover(kinds: Any = None) -> Discovery:
        return Discovery(tuple(one for one in there if not kinds or one.kind in kinds), ("microphone: none",))

    monkeypatch.setattr(discovery, "discover", discover)
    return there


@pytest.fixture(scope="module")
def emulator() -> Iterator[EmulatorProcess]:
    with EmulatorProcess(EmulatedWuganBoard, {"axes": 2}) as emulator:
        yield emulator


def run(*arguments: str) -> Result:
    cli = typer.Typer()
    app.register(cli)

    @cli.command()
    def other() -> None: ...

    return CliRunner().invoke(cli, ["devices", *arguments])


def text(result: Result) -> str:
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


def test_list(attached: list[Found]) -> None:
    assert "Test Board" in text(run("list")) and "Laptop" not in text(run("list", "--kind", "haptic"))
    rows = [json.loads(line) for line in text(run("list", "--json")).splitlines() if line.startswith("{")]
    assert [(row["kind"], row["usb"]) for row in rows] == [("haptic", "2341:003e"), ("camera", "")]
    attached.clear()
    assert "no devices are attached" in text(run("list"))


def test_list_goes_on_and_tells_what_changes(attached: list[Found], monkeypatch: pytest.MonkeyPatch) -> None:
    def sleep(seconds: float) -> None:
        if not attached:
            raise KeyboardInterrupt
        attached.pop()

    monkeypatch.setattr(discovery, "watch", lambda look: discovery_watch(look, sleep=sleep))
    told = [json.loads(line) for line in text(run("list", "--watch", "--json")).splitlines() if line.startswith("{")]
    assert [(row["arrived"], row["kind"]) for row in told] == [
        (True, "haptic"),
        (True, "camera"),
        (False, "camera"),
        (False, "haptic"),
    ]


def test_info_of_a_port_that_is_in_no_list(emulator: EmulatorProcess) -> None:
    row = json.loads(text(run("info", emulator.port, "--driver", "wugan", "--set", "axes=2", "--json")))
    assert row["protocol"] == "wugan" and row["axes"] == 2 and row["calibrations"].startswith("none")


def test_info_of_a_camera(attached: list[Found]) -> None:
    assert json.loads(text(run("info", "laptop", "--json")))["layout"] == "rgb8"


def test_a_monitor_that_saw_nothing_is_an_error(tmp_path: Path) -> None:
    none = run("monitor", str(tmp_path / "none"), "--driver", "wugan", "--seconds", "0", "--json")
    assert none.exit_code != 0 and "nothing came of it" in str(none.exception)
    assert json.loads(none.stdout.splitlines()[0])["state"] == "waiting"


def test_calibrate_monitor_and_zero(emulator: EmulatorProcess) -> None:
    wugan = (emulator.port, "--driver", "wugan", "--set", "axes=2")
    text(run("calibrate", *wugan))
    (made,) = kept(HapticCalibration)
    assert made.protocol == "wugan" and len(made.offset) == 2
    assert made.device in json.loads(text(run("info", *wugan, "--json")))["calibrations"][0]

    looks = [
        json.loads(line)
        for line in text(run("monitor", *wugan, "--json", "--seconds", "0.4", "--interval", "0.1")).splitlines()
    ]
    ready = [look for look in looks if look["state"] == "ready" and look["rate_hz"]]
    assert ready and all(look["force"] in ([0, 0], None) for look in ready)

    run("zero", *wugan)
    assert not any(emulator.output)
