"""`Monitor`: what a device does now, as one line of numbers after another."""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import numpy as np

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
    from wugan.devices.haptic.servo.records import Phase

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
