from __future__ import annotations

from typing import Any

import pytest
from rich.console import Console

from wugan.devices.monitor import view

SPEC = {
    "kind": "haptic",
    "space": "cartesian",
    "unit": "m",
    "force_unit": "N",
    "workspace": [[-0.1, 0.1], [0.0, 0.2]],
    "max_output": [5.0, 4.0],
}
LOOK = {"state": "ready", "error": "", "rate_hz": 998.5, "late_p99_ms": 0.13, "losses": 0, "age_ms": None}


def shown(look: dict[str, Any], spec: dict[str, Any] | None = None) -> str:
    console = Console(width=100, force_terminal=False, record=True, file=open("/dev/null", "w"))
    console.print(view("board", look, spec))
    return console.export_text()


def test_axes_in_millimetres_and_numbers_with_their_units() -> None:
    text = shown({**LOOK, "position": [0.01, 0.3], "velocity": [0.5, 0.0], "force": [-1.5, 0.0]}, SPEC)
    assert "board  ready" in text and "rate 998.5 Hz" in text and "late p99 0.13 ms" in text and "losses 0" in text
    rows = {line.split()[0]: line for line in text.splitlines() if line.strip()[:2] in ("x ", "y ")}
    assert "10.00" in rows["x"] and "500.0" in rows["x"] and "-1.500" in rows["x"] and "●" in rows["x"]
    assert "▶" in rows["y"]  # outside its range
    assert "age" not in text


def test_while_a_device_is_away_no_number_is_shown() -> None:
    text = shown({"state": "waiting", "error": "no such device"}, SPEC)
    assert "waiting" in text and "no such device" in text and "●" not in text and "–" in text


@pytest.mark.parametrize("look", [{"state": "open", "error": "", "level_dbfs": -20.1}])
def test_another_kind_has_numbers_only(look: dict[str, Any]) -> None:
    assert "level -20.1 dBFS" in shown(look)
