from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from wugan.devices.haptic import registry
from wugan.devices.haptic.emulators.app import register
from wugan.devices.haptic.emulators.pty import PtyEmulator
from wugan.errors import WuganError


def wugan_emulate(*arguments: str) -> Any:
    cli = typer.Typer()
    register(cli)
    return CliRunner().invoke(cli, list(arguments))


@pytest.mark.parametrize("name", registry.emulators())
def test_every_device_runs_and_leaves_no_port(name: str, tmp_path: Path) -> None:
    port = tmp_path / "port"
    result = wugan_emulate(name, "--pty", str(port), "--hand", "hold", "--seconds", "0.05")
    assert result.exit_code == 0, result.output
    assert str(port) in result.stdout.splitlines() and "commands/s" in result.stdout
    assert not os.path.lexists(port)


def test_json_lines() -> None:
    result = wugan_emulate("odrive", "--set", "axes=2", "--hand", "sine:0.3", "--seconds", "0.6", "--json")
    first, *rows = map(json.loads, result.stdout.splitlines())
    assert first["name"] == "odrive" and first["axes"] == 2 and not os.path.lexists(first["port"])
    assert len(rows) >= 2
    assert all(len(row["position"]) == len(row["output"]) == len(row["contact"]) == 2 for row in rows)
    assert rows[-1]["position"] != rows[0]["position"]


def test_a_world_to_touch() -> None:
    pytest.importorskip("mujoco")
    result = wugan_emulate("inverse3", "--world", "peg", "--hand", "push:-2:2", "--seconds", "0.4", "--json")
    last = json.loads(result.stdout.splitlines()[-1])
    assert last["position"][2] < 0.2  # where it rests
    with pytest.raises(WuganError, match="must be hinges"):
        raise wugan_emulate("odrive", "--world", "peg").exception


def test_without_a_name_it_lists_them() -> None:
    rows = [json.loads(row) for row in wugan_emulate("--json").stdout.splitlines()]
    assert [row["name"] for row in rows] == registry.emulators()
    table = wugan_emulate().stdout
    assert all(name in table for name in registry.emulators())


def test_ctrl_c_is_its_usual_end(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def interrupted(self: PtyEmulator, *rest: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(PtyEmulator, "run", interrupted)
    result = wugan_emulate("odrive", "--pty", str(tmp_path / "port"))
    assert result.exit_code == 0 and not os.path.lexists(tmp_path / "port")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["phantom"], "Known: "),
        (["odrive", "--fault", "lag=1"], "no such fault"),
        (["odrive", "--hand", "left"], "sine:AMPLITUDE"),
        (["odrive", "--set", "axes"], "KEY=VALUE"),
        (["odrive", "--set", "axis=2"], "It takes: axes"),
        (["odrive", "--pty", "/proc/nowhere/port"], "cannot be made"),
    ],
)
def test_what_cannot_be_is_told(arguments: list[str], complaint: str) -> None:
    with pytest.raises(WuganError, match=complaint):
        raise wugan_emulate(*arguments).exception
