"""`view`: a look of a `Monitor` as a table for a terminal."""

from __future__ import annotations

from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

_BAR = 24  # characters
_COLUMNS, _WIDTH = 4, 17  # of numbers
_STYLES = {"ready": "green", "open": "green", "waiting": "yellow", "lost": "red", "estopped": "red", "fault": "red"}
_UNITS = {"hz": "Hz", "ms": "ms", "dbfs": "dBFS"}
_AXES = ("x", "y", "z")
_SHOWN = ("state", "error", "position", "velocity", "force")


def view(name: str, look: dict[str, Any], spec: dict[str, Any] | None = None) -> RenderableType:
    """The device's name and state, its axes where it has some, and its numbers.

    Args:
        name: of the device.
        look: what `Monitor.looks` gives.
        spec: `HapticDevice.spec`, for units, ranges and the number of axes.
    """
    state = str(look["state"])
    parts: list[RenderableType] = [Text.assemble((name, "bold"), "  ", (state, _STYLES.get(state, "cyan")))]
    if spec is not None and spec.get("kind") == "haptic":
        parts.append(_axes(look, spec))
    numbers = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for _ in range(_COLUMNS):
        numbers.add_column(min_width=_WIDTH)  # so that nothing jumps when a number gets longer
    shown = [(key, value) for key, value in look.items() if key not in _SHOWN and value is not None]
    for start in range(0, len(shown), _COLUMNS):
        row = shown[start : start + _COLUMNS]
        numbers.add_row(*(_number(key, value) for key, value in row))
    if shown:
        parts.append(numbers)
    if look.get("error"):
        parts.append(Text(str(look["error"]), "yellow"))
    return Group(*parts)


def _axes(look: dict[str, Any], spec: dict[str, Any]) -> Table:
    unit, force_unit = spec["unit"], spec["force_unit"]
    small, factor = ("mm", 1e3) if unit == "m" else (unit, 1.0)
    table = Table("axis", "in its range", small, f"{small}/s", force_unit, f"of {force_unit}", box=box.SIMPLE_HEAD)
    for index, (low, high) in enumerate(spec["workspace"]):
        axis = _AXES[index] if spec["space"] == "cartesian" and index < 3 else str(index)
        values = [look.get(key) for key in ("position", "velocity", "force")]
        if any(value is None for value in values):
            table.add_row(axis, Text("·" * _BAR, "dim"), "–", "–", "–", f"{spec['max_output'][index]:g}")
            continue
        position, velocity, force = (value[index] for value in values if value is not None)
        table.add_row(
            axis,
            _bar(position, low, high),
            f"{position * factor:9.2f}",
            f"{velocity * factor:9.1f}",
            f"{force:7.3f}",
            f"{spec['max_output'][index]:g}",
        )
    for column in table.columns[2:]:
        column.justify = "right"
    return table


def _bar(value: float, low: float, high: float) -> Text:
    """Where a value lies in its range; outside, an arrow says where."""
    share = (value - low) / (high - low)
    if not 0 <= share <= 1:
        return Text("◀" + "─" * (_BAR - 1) if share < 0 else "─" * (_BAR - 1) + "▶", "red")
    place = min(_BAR - 1, int(share * _BAR))
    return Text("─" * place + "●" + "─" * (_BAR - 1 - place))


def _number(key: str, value: Any) -> Text:
    """`late_p99_ms` as people write it: late p99 0.132 ms."""
    stem, _, last = key.rpartition("_")
    unit = _UNITS.get(last)
    label = key if unit is None else stem
    return Text.assemble((f"{label.replace('_', ' ')} ", "dim"), str(value), (f" {unit}" if unit else "", "dim"))
