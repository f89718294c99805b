"""`Monitor`: what a device does now, as one line of numbers after another."""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import numpy as np
from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from wugan.devices.base import Device
from wugan.errors import DeviceError
from wugan.packet import Packet
from wugan.signals import Audio, HapticSample, Image, PointCloud

if TYPE_CHECKING:
    from wugan.devices.haptic.device import HapticDevice


RETRY_S = 0.5  # how often a device that is away is looked for


class Monitor:
    """Looks at a device again and again, and waits for it while it is away.

    Args:
        device: any; it is opened here. A haptic device is given no program, so its output is zero.
        interval_s: between two looks.

    Attributes:
        seen: looks that had an item of the device.
    """

    def __init__(self, device: Device[Any], interval_s: float = 0.25) -> None:
        self.device, self.interval_s = device, interval_s
        self.seen = 0
        self._before: dict[str, Any] = {}
        self._at = 0.0

    def looks(self, seconds: float | None = None) -> Generator[dict[str, Any], None, None]:
        """One look after another: `state`, `rate_hz`, `jitter_ms`, what the kind of device has, and `error`.

        Args:
            seconds: when to end, after the first look; `None` goes on until the caller stops.
        """
        until = None
        try:
            while until is None or time.monotonic() < until:
                look = self._look()
                self.seen += not look.get("error")
                if until is None and seconds is not None:
                    until = time.monotonic() + seconds
                yield look
                left = RETRY_S if until is None else until - time.monotonic()
                time.sleep(max(0.0, min(self.interval_s if self.device.is_open else RETRY_S, left)))
        finally:
            self.device.close()

    def _look(self) -> dict[str, Any]:
        device = self.device
        if device.is_open and device.health.state == "lost" and not _returns(device):
            device.close()
        if not device.is_open:
            try:
                device.open()
            except DeviceError as error:
                return {"state": "waiting", "error": str(error)}
        health = device.health
        look: dict[str, Any] = {"state": health.state, "error": health.error}
        if hasattr(device, "stats"):
            return look | self._haptic(device)  # type: ignore[arg-type]
        look |= {"rate_hz": round(health.rate_hz, 2), "jitter_ms": round(health.jitter_s * 1e3, 3)}
        look |= {"captured": health.captured, "lost": health.lost}
        try:
            packet = device.read_latest("2s")
        except DeviceError as error:
            return look | {"error": look["error"] or str(error)}
        return look | {"age_ms": round((health.age_s or 0.0) * 1e3, 1), **_describe(packet)}

    def _haptic(self, device: HapticDevice) -> dict[str, Any]:
        """Counters of the servo as rates, and its newest state."""
        now, stats = time.monotonic(), device.stats
        counts = {"cycles": stats.cycles, "states": stats.states}
        passed = now - self._at
        fresh = self._before and stats.cycles >= self._before["cycles"] and passed > 0
        rates = {name: round((counts[name] - self._before[name]) / passed, 1) if fresh else None for name in counts}
        self._before, self._at = counts, now
        look = {
            "state": stats.phase.name.lower(),
            "loop_hz": rates["cycles"],
            "rate_hz": rates["states"],
            "late_p50_ms": round(stats.jitter.p50_s * 1e3, 3),
            "late_p99_ms": round(stats.jitter.p99_s * 1e3, 3),
            "late_max_ms": round(stats.jitter.max_s * 1e3, 3),
            "losses": stats.losses,
            "timeouts": stats.timeouts,
            "rejected": stats.rejected,
            "age_ms": None if stats.age_s is None else round(stats.age_s * 1e3, 1),
        }
        try:
            look |= _describe(device.read_latest("100ms"))
        except DeviceError as error:
            look |= {"position": None, "velocity": None, "force": None, "error": device.health.error or str(error)}
        return look


def _returns(device: Device[Any]) -> bool:
    """Whether the device makes its link again by itself: a servo that lives does."""
    from wugan.devices.haptic.servo.memory import Phase

    return getattr(device, "phase", Phase.STOPPED) is not Phase.STOPPED


def _describe(packet: Packet[Any]) -> dict[str, Any]:
    """An item in a few numbers."""
    data = packet.data
    if isinstance(data, HapticSample):
        names = ("position", "velocity", "force")
        return {name: [round(float(value), 6) for value in getattr(data, name)[-1]] for name in names}
    if isinstance(data, Audio):
        loudness = float(np.sqrt(np.mean(np.square(data.samples)))) if len(data.samples) else 0.0
        return {"level_dbfs": round(20 * float(np.log10(max(loudness, 1e-6))), 1)}
    if isinstance(data, Image):
        size = data.pixels.shape
        return {"size": f"{size[1]} × {size[0]}", "brightness": round(float(data.pixels[::8, ::8].mean()) / 255, 3)}
    if isinstance(data, PointCloud):
        return {"points": len(data.points)}
    return {}


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
